"""What penalties do to a border between two classes, and to the weights from pixels to digits."""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.activations import Sigmoid, Tanh
from nnlib.chapters.kit.digits import Examples
from nnlib.chapters.regularization.experiments.overfitting import handful_of_digits
from nnlib.datasets import moons
from nnlib.layers import Dense, Flatten
from nnlib.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.regularization import L1, L2, Penalty
from nnlib.training import fit

PENALTIES: dict[str, type[Penalty]] = {"L2": L2, "L1": L1}
BORDER_RATE, BORDER_EPOCHS, POINTS, DRAW = 0.2, 2000, 40, 2
WEIGHTS_RATE, WEIGHTS_EPOCHS = 0.25, 600
# What counts as no weight: more than a step of L1's pull, ηλ, for every λ of the slider.
ZERO = 0.01


def noisy_moons(points: int, noise: float, seed: int) -> Examples:
    """Return ``points`` of two noisy half circles, x (n, 2), labels (n, 1)."""
    x, y = moons(points, noise=noise, rng=np.random.default_rng(seed))
    return x, y[:, None]


class Border(NamedTuple):
    """A network that has learnt 40 points, and its weights without the biases (n,)."""

    network: Network
    weights: np.ndarray


@cache
def learn_border(kind: str, power: float, noise: float, seed: int = DRAW) -> Border:
    """Train 2-24-24-1 on 40 points with a penalty of λ = 10^power, all points in every step."""
    network, rng = _border_network(seed)
    fit(
        network,
        BinaryCrossEntropy(),
        SGD(network.parameters(), BORDER_RATE),
        noisy_moons(POINTS, noise, seed),
        epochs=BORDER_EPOCHS,
        batch_size=POINTS,
        rng=rng,
        penalty=PENALTIES[kind](10**power),
    )
    weights = [part.value.ravel() for part in network.parameters() if part.value.ndim == 2]
    return Border(network, np.concatenate(weights))


def _border_network(seed: int) -> tuple[Network, np.random.Generator]:
    rng = np.random.default_rng(seed)
    first, second = Dense(2, 24, rng=rng), Dense(24, 24, rng=rng)
    return Network([first, Tanh(), second, Tanh(), Dense(24, 1, rng=rng), Sigmoid()]), rng


class DigitWeights(NamedTuple):
    """Weights (64, 10) from pixels to digits, and the share of new digits that are read."""

    weights: np.ndarray
    right: float


@cache
def learn_digit_weights(kind: str, power: float, seed: int = 0) -> DigitWeights:
    """Learn 200 digits without a hidden layer, with a penalty of λ = 10^power, all digits in every step."""
    data, rng = handful_of_digits(200, 0, seed), np.random.default_rng(seed)
    network = Network([Flatten(), Dense(64, 10, rng=rng)])
    fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), WEIGHTS_RATE),
        data.training,
        epochs=WEIGHTS_EPOCHS,
        batch_size=200,
        rng=rng,
        penalty=PENALTIES[kind](10**power),
    )
    x, y = data.test
    return DigitWeights(network.parameters()[0].value, accuracy(network.classify(x), y))


def share_near_zero(weights: np.ndarray) -> float:
    """Return the share of weights, of any shape, that count as zero: closer to it than 0.01."""
    return float((np.abs(weights) < ZERO).mean())
