"""What chapter 04 works out: costs of one neuron, walks downhill, softmax regression on the digits, and noise."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.chapters.kit.digits import cut_digits
from nnlib.chapters.kit.experiments import train_and_keep
from nnlib.datasets import load_digits
from nnlib.landscapes import LANDSCAPES, descend
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.numerics import one_hot, sigmoid, softmax
from nnlib.optimizers import SGD
from nnlib.schedules import Rule, constant, inverse, inverse_root, linear

# The costs of one neuron a = σ(3x + b).

X = np.array([-2.4, -1.9, -1.2, -0.8, -0.3, 0.4, -0.6, 0.2, 0.7, 1.3, 1.8, 2.5])
Y = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
SLOPE = 3.0
PLACES = np.linspace(-4, 4, 401)
COSTS = ("0-1 loss", "absolute error", "squared error", "cross-entropy")


def twelve_points() -> tuple[np.ndarray, np.ndarray]:
    """Return the x (12,) and the targets (12,) of the neuron. No border tells its two classes apart."""
    return X.copy(), Y.copy()


def cost_of_bias(name: str, b: float) -> float:
    """Return the mean cost of the neuron a = σ(3x + b) over twelve examples: how wrong it is, by one of four costs."""
    a = sigmoid(SLOPE * X + b)
    each = {
        "0-1 loss": (a > 0.5) != Y,
        "absolute error": np.abs(a - Y),
        "squared error": (a - Y) ** 2 / 2,
        "cross-entropy": -np.log(np.where(Y == 1, a, 1 - a)),
    }
    return float(each[name].mean())


@cache
def cost_curve(name: str) -> np.ndarray:
    """Return the cost at all ``PLACES`` (401,) of the bias."""
    return np.array([cost_of_bias(name, place) for place in PLACES])


# Walks downhill.


class Valley(NamedTuple):
    """A curve C(w) with its slope."""

    value: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


VALLEYS = {
    "bowl": Valley(lambda w: w**2, lambda w: 2 * w),
    "two valleys": Valley(lambda w: w**4 / 4 - w**2 + w / 4, lambda w: w**3 - 2 * w + 0.25),
    "shelf": Valley(lambda w: w**4 / 4 + w**3 / 3, lambda w: w**3 + w**2),
}


def walk_on_curve(name: str, start: float, learning_rate: float, steps: int) -> np.ndarray:
    """Return the places (steps + 1,) of gradient descent on one of the ``VALLEYS``; there may be no step."""
    slope, begin = VALLEYS[name].slope, np.array([start])
    walk = descend(slope, begin, learning_rate=learning_rate, steps=max(steps, 1))
    return walk[: steps + 1, 0]


def walk_on_surface(
    name: str, start: tuple[float, float], learning_rate: float, steps: int
) -> np.ndarray:
    """Return the places (steps + 1, 2) of gradient descent on a landscape of the library; there may be no step."""
    gradient, begin = LANDSCAPES[name].gradient, np.array(start)
    walk = descend(gradient, begin, learning_rate=learning_rate, steps=max(steps, 1))
    return walk[: steps + 1]


# Softmax regression on the digits.

EPOCHS = 30


class Reading(NamedTuple):
    """Test digits x (n, 64) with labels y (n,), and the network as it was at the start and after each epoch."""

    x: np.ndarray
    y: np.ndarray
    moments: list[Network]


@cache
def train_on_digits() -> Reading:
    """Train softmax regression on 80 % of the digits, batches of 10, η = 0.1, and keep every epoch's network."""
    rng = np.random.default_rng(0)
    train, (x_test, y_test) = cut_digits(0.2, rng=rng)
    network = Network([Dense(64, 10, rng=rng)])
    optimizer = SGD(network.parameters(), learning_rate=0.1)
    moments = train_and_keep(
        network, SoftmaxCrossEntropy(), optimizer, train, epochs=EPOCHS, batch_size=10, rng=rng
    )
    return Reading(x_test, y_test, moments)


@cache
def example_gradients() -> np.ndarray:
    """Return ∂C/∂W of softmax regression at W = 0 for each of the 1,797 digits alone: (n, 640)."""
    x, y = load_digits()
    x = x.reshape(len(x), -1)
    dz = softmax(np.zeros((len(x), 10))) - one_hot(y, 10)
    return np.asarray((x[:, :, None] * dz[:, None, :]).reshape(len(x), -1))


ESTIMATES = 100


@cache
def estimates(size: int, *, replace: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Return 100 mini-batch gradients (100, 640), the gradient of all digits (640,), and how far off they typically
    are: the root of the mean squared distance, by the length of the gradient.
    """
    every = example_gradients().astype(np.float32)
    n, rng = len(every), np.random.default_rng(0)
    # intp, as bincount takes no other where integers have 32 bits, such as in a browser
    drawn = [rng.choice(n, size, replace=replace).astype(np.intp) for _ in range(ESTIMATES)]
    counts = np.array([np.bincount(rows, minlength=n) for rows in drawn], np.float32)
    means, true = counts @ every / size, every.mean(axis=0)
    off = np.sqrt(((means - true) ** 2).sum(axis=1).mean()) / np.linalg.norm(true)
    return means, true, float(off)


# Descent with noise, under a schedule.

STEPS, RUNS = 3000, 200
SCHEDULES = ("constant", "linear", "1/k", "1/√k")


def named_schedule(name: str, rate: float) -> Rule:
    """Return the one of the four ``SCHEDULES`` that has this name, starting at ``rate``."""
    rules = {"constant": constant(rate), "linear": linear(rate, rate / 100, STEPS)}
    return {**rules, "1/k": inverse(rate, half_life=10), "1/√k": inverse_root(rate)}[name]


@cache
def _noise_of_every_step() -> np.ndarray:
    """Return the noise of every step and run: (steps, runs), standard normal."""
    return np.random.default_rng(0).standard_normal((STEPS, RUNS))


@cache
def settle_with_noise(name: str, rate: float, noise: float) -> np.ndarray:
    """Return the mean distance (3000,) from the optimum of C = ½ w² at each step, over 200 runs that start at w = 1.

    ``noise`` is the spread of what is added to each gradient; the learning rate follows the schedule ``name``.
    """
    eta, w = named_schedule(name, rate), np.ones(RUNS)
    distance = np.empty(STEPS)
    for k, error in enumerate(_noise_of_every_step()):
        distance[k] = np.abs(w).mean()
        w = w - eta(k) * (w + noise * error)  # the gradient of ½ w² is w
    return distance
