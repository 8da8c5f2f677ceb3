"""Where learning starts: one neuron that is badly wrong, the first weights, and what depth does to slopes."""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.activations import ELU, Activation, LeakyReLU, ReLU, Sigmoid, Tanh
from nnlib.chapters.kit.digits import cut_digits
from nnlib.initializers import Initializer, glorot, he, scaled, standard_normal, zeros
from nnlib.layers import Dense, Layer
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.numerics import sigmoid
from nnlib.optimizers import SGD
from nnlib.training import History, fit

STEPS = 100


def neuron_outputs(cost: str, z: float, learning_rate: float, steps: int = STEPS) -> np.ndarray:
    """Return the outputs a (steps + 1,) of a neuron with x = 1 that should say 0, from weighted input z on.

    ``cost`` is "quadratic", with ∂C/∂z = a · a(1 − a), or "cross-entropy", with ∂C/∂z = a.
    """
    outputs = []
    for _ in range(steps + 1):
        a = float(sigmoid(np.array(z)))
        outputs.append(a)
        slope = a * a * (1 - a) if cost == "quadratic" else a
        z -= learning_rate * 2 * slope  # w and b have this slope each, and both move z
    return np.array(outputs)


def normal(deviation: float) -> Initializer:
    """Return the initializer w ~ N(0, deviation²)."""
    return lambda shape, rng: deviation * standard_normal(shape, rng)


STARTS: dict[str, Initializer] = {
    "all zeros": zeros,
    "N(0, 0.01²)": normal(0.01),
    "scaled, N(0, 1/d)": scaled,
    "Glorot": glorot,
    "He, N(0, 2/d)": he,
    "N(0, 1)": standard_normal,
    "N(0, 2.5²)": normal(2.5),
}


class FromStart(NamedTuple):
    """The weighted inputs of the hidden layer (n, 30) before learning, and what learning then brought."""

    z: np.ndarray
    history: History


@cache
def train_from(start: str, epochs: int = 10) -> FromStart:
    """Train 64-30-10 with sigmoid neurons on the digits, from weights that start as ``start``."""
    rng = np.random.default_rng(0)
    train, test = cut_digits(0.2, rng=np.random.default_rng(0))
    hidden = Dense(64, 30, rng=rng, weights=STARTS[start])
    network = Network([hidden, Sigmoid(), Dense(30, 10, rng=rng, weights=STARTS[start])])
    z = hidden.forward(train[0])
    loss, optimizer = SoftmaxCrossEntropy(), SGD(network.parameters(), learning_rate=0.5)
    history = fit(
        network, loss, optimizer, train, epochs=epochs, batch_size=10, rng=rng, validation=test
    )
    return FromStart(z, history)


BENDS: dict[str, type[Activation]] = {
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "ReLU": ReLU,
    "leaky ReLU": LeakyReLU,
    "ELU": ELU,
}
DEPTH_STARTS = ("scaled, N(0, 1/d)", "Glorot", "He, N(0, 2/d)", "N(0, 1)")
WIDTH = 30


def deep_network(layers: int, activation: str, start: str, *, rng: np.random.Generator) -> Network:
    """Return a network for the digits with ``layers`` dense layers, 30 neurons in each hidden one."""
    parts: list[Layer] = []
    width = 64
    for _ in range(layers - 1):
        parts += [Dense(width, WIDTH, rng=rng, weights=STARTS[start]), BENDS[activation]()]
        width = WIDTH
    return Network([*parts, Dense(width, 10, rng=rng, weights=STARTS[start])])


class Sizes(NamedTuple):
    """How far the outputs of each hidden layer (layers − 1,) differ between digits; each ∂C/∂W in size (layers,)."""

    spreads: np.ndarray
    slopes: np.ndarray


@cache
def measure_sizes(layers: int, activation: str, start: str) -> Sizes:
    """Measure a new network of ``layers`` dense layers on 100 digits, in root mean squares."""
    (x, y), _ = cut_digits(0.2, rng=np.random.default_rng(0))
    x, y = x[:100], y[:100]
    network = deep_network(layers, activation, start, rng=np.random.default_rng(0))
    spreads, a = [], x
    for layer in network.layers:
        a = layer.forward(a)
        spreads.append(root_mean_square(a - a.mean(axis=0)))
    loss = SoftmaxCrossEntropy()
    loss.forward(a, y)
    network.backward(loss.backward())
    slopes = [
        root_mean_square(layer.W.grad)
        for layer in network.layers
        if isinstance(layer, Dense) and layer.W.grad is not None
    ]
    return Sizes(np.array(spreads[1::2]), np.array(slopes))


def root_mean_square(values: np.ndarray) -> float:
    """Return the root of the mean square of numbers of any shape."""
    return float(np.sqrt((values**2).mean()))
