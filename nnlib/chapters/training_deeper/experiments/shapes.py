"""What is learnt: all examples or the mistakes alone, with how many neurons, and a curve instead of classes."""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.batches import stratified_split
from nnlib.chapters.kit.experiments import train_and_keep
from nnlib.chapters.training_deeper.experiments.starting import BENDS
from nnlib.datasets import blobs
from nnlib.layers import Dense, Layer
from nnlib.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy, SquaredError
from nnlib.mnist import load_mnist
from nnlib.network import Network
from nnlib.numerics import sigmoid
from nnlib.optimizers import SGD
from nnlib.parameter import count_values
from nnlib.training import Examples, History, fit

LEARN_FROM = ("all examples", "the mistakes alone")
STEPS = 150


class CloudsLearnt(NamedTuple):
    """Points (n, 2), labels (n,), and at each step the weights (3,), w₁, w₂ and b, and the cost of all examples."""

    x: np.ndarray
    y: np.ndarray
    weights: list[np.ndarray]
    costs: list[float]


@cache
def learn_clouds(
    learn_from: str, distance: float, learning_rate: float = 0.5, seed: int = 1
) -> CloudsLearnt:
    """Let logistic regression learn two clouds, from all examples or only from those that it now gets wrong."""
    x, y = blobs(120, rng=np.random.default_rng(seed), distance=distance)
    ones = np.column_stack([x, np.ones(len(x))])
    weights, costs, w = [], [], np.zeros(3)
    for _ in range(STEPS + 1):
        z = ones @ w
        a = sigmoid(z)
        weights.append(w)
        costs.append(SigmoidCrossEntropy().forward(z[:, None], y))
        chosen = ((a > 0.5) != y) | (learn_from == LEARN_FROM[0])
        w = w - learning_rate * ones[chosen].T @ (a - y)[chosen] / len(x)
    return CloudsLearnt(x, y, weights, costs)


WIDTHS = (1, 2, 4, 8, 16, 32, 64, 192)


class ArchitectureLearnt(NamedTuple):
    """A trained network's history and how many parameters it has."""

    history: History
    parameters: int


@cache
def mnist_digits() -> tuple[Examples, Examples]:
    """Return 3,000 digits of MNIST to learn from and 1,000 for validation: x (n, 784), float32, and y (n,)."""
    (x, y), _ = load_mnist(train=4000, test=10)
    return stratified_split(x.reshape(len(x), -1), y, held_out=0.25, rng=np.random.default_rng(0))


@cache
def train_architecture(width: int, layers: int, seed: int = 0) -> ArchitectureLearnt:
    """Train a network with ``layers`` hidden layers of ``width`` tanh neurons on MNIST, for 15 epochs."""
    rng, (training, validation) = np.random.default_rng(seed), mnist_digits()
    parts: list[Layer] = []
    n_in = 784
    for _ in range(layers):
        parts += [Dense(n_in, width, rng=rng), BENDS["tanh"]()]
        n_in = width
    network = Network([*parts, Dense(n_in, 10, rng=rng)]).astype(np.float32)
    history = fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), 0.1),
        training,
        epochs=15,
        batch_size=20,
        rng=rng,
        validation=validation,
    )
    return ArchitectureLearnt(history, count_values(network.parameters()))


MOMENTS, EPOCHS_A_MOMENT = 40, 25


class CurveLearnt(NamedTuple):
    """Points x, y (n, 1), and the network as it was at each moment."""

    x: np.ndarray
    y: np.ndarray
    moments: list[Network]


def true_curve(x: np.ndarray) -> np.ndarray:
    """Return the curve, at x of any shape, that the points of the regression scatter round."""
    return np.sin(np.pi * x) + x / 2


@cache
def fit_curve(hidden: int, activation: str) -> CurveLearnt:
    """Fit noisy points on a curve by one hidden layer and a linear output."""
    rng = np.random.default_rng(2)
    x = rng.uniform(-1, 1, (60, 1))
    y = true_curve(x) + 0.15 * rng.standard_normal(x.shape)
    network = Network([Dense(1, hidden, rng=rng), BENDS[activation](), Dense(hidden, 1, rng=rng)])
    moments = train_and_keep(
        network,
        SquaredError(),
        SGD(network.parameters(), 0.2),
        (x, y),
        epochs=MOMENTS * EPOCHS_A_MOMENT,
        batch_size=60,
        rng=rng,
        every=EPOCHS_A_MOMENT,
    )
    return CurveLearnt(x, y, moments)
