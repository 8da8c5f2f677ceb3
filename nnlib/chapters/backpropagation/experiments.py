"""What chapter 05 computes: a small graph, slopes by differences, passes through three neurons, and MNIST learnt."""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.activations import Sigmoid
from nnlib.autodiff import Variable
from nnlib.chapters.kit.digits import cut_mnist
from nnlib.chapters.kit.experiments import share_right, train_and_keep
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.numerics import sigmoid
from nnlib.optimizers import SGD
from nnlib.training import fit

# A computation with a value that is used twice, and slopes that are measured.


def small_computation(f: float, g: float) -> tuple[Variable, list[Variable]]:
    """Return a = b·c with b = d + e, c = e + 2, d = 3 + f, e = f·g, and [f, g, d, e, b, c, a], all named (S4)."""
    start_f, start_g = Variable(f, "f"), Variable(g, "g")
    d, e = 3 + start_f, start_f * start_g
    b, c = d + e, e + 2
    a = b * c
    for variable, name in zip((d, e, b, c, a), "debca", strict=True):
        variable.name = name
    return a, [start_f, start_g, d, e, b, c, a]


PLACE, TRUE_SLOPE = 1.0, float(np.cos(1.0))


def measured_slope(difference: str, h: np.ndarray) -> np.ndarray:
    """Return the slope of sin at 1, measured with steps h, any shape, by a "one-sided" or "central" difference."""
    if difference == "one-sided":
        return (np.sin(PLACE + h) - np.sin(PLACE)) / h
    return (np.sin(PLACE + h) - np.sin(PLACE - h)) / (2 * h)


# A network of two inputs and three neurons, small enough to show every number of it.

X, Y = np.array([1.0, 0.5]), np.array([1.0])
ETA = 2.0


class Weights(NamedTuple):
    """The numbers that learning changes: W1 (2, 2), b1 (2,), W2 (2, 1), b2 (1,)."""

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


class Passes(NamedTuple):
    """What a forward and a backward pass leave behind, for one example: (2,) of layer 1, (1,) of layer 2."""

    z1: np.ndarray
    a1: np.ndarray
    z2: np.ndarray
    a2: np.ndarray
    cost: float
    delta2: np.ndarray
    delta1: np.ndarray


def first_weights() -> Weights:
    """Return the weights that the network starts with."""
    return Weights(
        np.array([[0.5, -1.0], [1.0, 0.8]]),
        np.array([-0.5, 0.2]),
        np.array([[-1.2], [0.6]]),
        np.array([0.1]),
    )


def pass_both_ways(w: Weights, nudge: tuple[str, float] = ("", 0.0)) -> Passes:
    """Go forward and backward; ``nudge`` = (neuron, Δz) moves the weighted input of one neuron on the way."""
    moved = {name: np.zeros(size) for name, size in (("hidden", 2), ("output", 1))}
    neuron, by = nudge
    if neuron:
        layer, _, number = neuron.partition(" ")
        moved[layer][int(number or 1) - 1] = by
    z1 = X @ w.W1 + w.b1 + moved["hidden"]
    a1 = sigmoid(z1)
    z2 = a1 @ w.W2 + w.b2 + moved["output"]
    a2 = sigmoid(z2)
    delta2 = (a2 - Y) * a2 * (1 - a2)
    delta1 = (delta2 @ w.W2.T) * a1 * (1 - a1)
    return Passes(z1, a1, z2, a2, float(((a2 - Y) ** 2).sum() / 2), delta2, delta1)


def updated_weights(w: Weights) -> Weights:
    """Return the weights after one step of gradient descent with η = 2."""
    p = pass_both_ways(w)
    return Weights(
        w.W1 - ETA * np.outer(X, p.delta1),
        w.b1 - ETA * p.delta1,
        w.W2 - ETA * np.outer(p.a1, p.delta2),
        w.b2 - ETA * p.delta2,
    )


# MNIST, read by a network with one hidden layer.

HIDDEN, EPOCHS = 30, 10
RATES = {0: 0.05, 30: 0.5, 100: 1.0}  # the best of several by validation digits, over five seeds


def right_with(hidden: int, seed: int) -> float:
    """Train with that many hidden neurons (0 for softmax regression) on 10,000 digits of MNIST, ten epochs in batches
    of 10 with the η of ``RATES``; return the share of the 10,000 test digits that is then read right.
    """
    train, _, test = cut_mnist()
    rng = np.random.default_rng(seed)
    first = [Dense(784, hidden, rng=rng), Sigmoid()] if hidden else []
    network = Network([*first, Dense(hidden or 784, 10, rng=rng)]).astype(np.float32)
    optimizer = SGD(network.parameters(), RATES[hidden])
    fit(network, SoftmaxCrossEntropy(), optimizer, train, epochs=EPOCHS, batch_size=10, rng=rng)
    return share_right(network, *test)


@cache
def train_hidden_layer() -> list[Network]:
    """Train 784-30-10 on 10,000 digits of MNIST, η = 0.5, batches of 10; return it as it was at the start and after
    each of ten epochs.
    """
    train, *_ = cut_mnist()
    rng = np.random.default_rng(0)
    network = Network([Dense(784, HIDDEN, rng=rng), Sigmoid(), Dense(HIDDEN, 10, rng=rng)])
    network = network.astype(np.float32)
    loss, optimizer = SoftmaxCrossEntropy(), SGD(network.parameters(), learning_rate=0.5)
    return train_and_keep(network, loss, optimizer, train, epochs=EPOCHS, batch_size=10, rng=rng)
