"""What chapter 03 works out: the slopes of activations, a neuron that learns, and networks built by hand."""

from collections.abc import Callable
from functools import cache

import numpy as np

from nnlib.activations import ELU, Activation, LeakyReLU, ReLU, Sigmoid, Sign, Step, Tanh
from nnlib.initializers import standard_normal
from nnlib.layers import Dense
from nnlib.network import Network

Curve = Callable[[np.ndarray], np.ndarray]
ACTIVATIONS: dict[str, type[Activation]] = {
    "sign": Sign,
    "step": Step,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "ReLU": ReLU,
    "leaky ReLU": LeakyReLU,
    "ELU": ELU,
}
INPUTS = np.linspace(0, 1, 11)
TARGETS = 0.6 * INPUTS + 0.1  # the straight line that a single neuron is to learn


def slopes_of(activation: type[Activation], z: np.ndarray) -> np.ndarray:
    """Return f′(z) as floats, of the shape of z, as the library has it."""
    return np.asarray(activation.derivative(z, activation.function(z)), dtype=float)


@cache
def train_one_neuron(name: str, learning_rate: float, steps: int = 60) -> list[tuple[float, float]]:
    """Return w and b of one neuron a = f(w x + b) at each step of gradient descent from w = 1, b = 1.

    It learns ``TARGETS`` (11,) from ``INPUTS`` (11,) by the squared error; f is the activation of that ``name``.
    """
    activation, w, b = ACTIVATIONS[name], 1.0, 1.0
    path = [(w, b)]
    for _ in range(steps):
        z = w * INPUTS + b
        dz = (activation.function(z) - TARGETS) * slopes_of(activation, z)
        w, b = w - learning_rate * float((dz * INPUTS).mean()), b - learning_rate * float(dz.mean())
        path.append((w, b))
    return path


def small_network() -> Network:
    """Return the 2-3-1 network with tanh and sigmoid, from a fixed seed, whose output is looked at."""
    rng = np.random.default_rng(3)
    hidden = Dense(2, 3, rng=rng, weights=standard_normal)
    output = Dense(3, 1, rng=rng, weights=standard_normal)
    return Network([hidden, Tanh(), output, Sigmoid()])


def tower_network(
    curve: Curve, count: int, steepness: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return W, b, v, each (2 · count,): the hidden sigmoid neurons and output weights of ``count`` towers on [0, 1].

    Tower k stands from k/count to (k + 1)/count and is as high as the curve in its middle.
    """
    edges = np.arange(count + 1) / count
    heights = curve((edges[:-1] + edges[1:]) / 2)
    places = np.concatenate([edges[:-1], edges[1:]])
    # the outer walls stand outside
    places = np.where(places == 0, -0.5, np.where(places == 1, 1.5, places))
    weights = np.full(2 * count, steepness)
    return weights, -steepness * places, np.concatenate([heights, -heights])


def tent(x: np.ndarray) -> np.ndarray:
    """Return 2x up to ½ and 2 − 2x beyond, for x (n,) from 0 to 1: two ReLU neurons."""
    return 2 * np.maximum(x, 0) - 4 * np.maximum(x - 0.5, 0)
