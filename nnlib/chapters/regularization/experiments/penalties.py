"""What penalties do to a border between two classes, and to the weights from pixels to digits."""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.activations import Sigmoid, Tanh
from nnlib.chapters.kit.digits import Examples
from nnlib.chapters.regularization.experiments.overfitting import (
    BATCH,
    handful_of_digits,
    plain_network,
)
from nnlib.datasets import moons
from nnlib.layers import Dense, Flatten
from nnlib.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.optimizers import SGD, Adam, AdamW
from nnlib.regularization import L1, L2, Penalty
from nnlib.training import fit

PENALTIES: dict[str, type[Penalty]] = {"L2": L2, "L1": L1}
BORDER_RATE, BORDER_EPOCHS, POINTS, DRAW = 0.2, 2000, 40, 2
WEIGHTS_RATE, WEIGHTS_EPOCHS = 0.25, 600
ADAM_RATE = 0.003
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


class Judged(NamedTuple):
    """The shares of validation digits and of test digits that a network reads."""

    validation: float
    test: float


@cache
def learn_with_adam(kind: str, strength: float, seed: int = 0) -> Judged:
    """Learn 200 digits, 20 with a wrong label, by Adam; ``kind`` is "none", "L2", or "decay" for decoupled decay."""
    data, rng = handful_of_digits(200, 10, seed), np.random.default_rng(seed)
    network = plain_network(rng)
    rule = (
        AdamW(network.parameters(), ADAM_RATE, weight_decay=strength)
        if kind == "decay"
        else Adam(network.parameters(), ADAM_RATE)
    )
    fit(
        network,
        SoftmaxCrossEntropy(),
        rule,
        data.training,
        epochs=60,
        batch_size=BATCH,
        rng=rng,
        penalty=L2(strength) if kind == "L2" else None,
    )
    shares = (accuracy(network.classify(x), y) for x, y in (data.validation, data.test))
    return Judged(*shares)


def share_near_zero(weights: np.ndarray) -> float:
    """Return the share of weights, of any shape, that count as zero: closer to it than 0.01."""
    return float((np.abs(weights) < ZERO).mean())
