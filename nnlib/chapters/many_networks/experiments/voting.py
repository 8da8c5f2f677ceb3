"""Networks that vote on digits, how alike their mistakes are, and the sub-networks that dropout leaves."""

from functools import cache

import numpy as np

from nnlib.activations import ReLU
from nnlib.chapters.kit.digits import cut_mnist
from nnlib.datasets import moons
from nnlib.ensembles import chances, mean_correlation
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.numerics import softmax
from nnlib.optimizers import SGD, Adam
from nnlib.regularization import Dropout
from nnlib.training import Examples, fit

VOTERS, LEARNT, VOTER_EPOCHS = 15, 1000, 12  # networks, and digits that each of them learns from
WAYS = ("the same digits", "digits of its own")
KEEP = 0.5  # of the teacher's hidden neurons, while it learns
ORDERS = 10  # in which voters are asked, for the mean


def parts_of_mnist() -> tuple[Examples, Examples, Examples]:
    """Return the digits of this chapter: 10,000 to learn from, 2,000 to choose by, 5,000 to judge by; x (n, 784)."""
    return cut_mnist(10_000, 2_000, 5_000)


def small_network(rng: np.random.Generator, hidden: int = 20) -> Network:
    """Return a network 784 – 20 – 10 in float32."""
    layers = [Dense(784, hidden, rng=rng), ReLU(), Dense(hidden, 10, rng=rng)]
    return Network(layers).astype(np.float32)


def digits_for(way: str, seed: int) -> Examples:
    """Return the 1,000 digits that a voter learns from: the same for all, or a draw of its own from 10,000."""
    (x, y), *_ = parts_of_mnist()
    if way == WAYS[0]:
        return x[:LEARNT], y[:LEARNT]
    rows = np.random.default_rng(100 + seed).choice(len(x), LEARNT, replace=False)
    return x[rows], y[rows]


@cache
def train_voters(way: str) -> tuple[Network, ...]:
    """Return 15 networks, each from its own seed, trained for 12 epochs on what ``digits_for`` gives."""
    networks = []
    for seed in range(VOTERS):
        rng = np.random.default_rng(seed)
        network = small_network(rng)
        optimizer = SGD(network.parameters(), learning_rate=0.1)
        fit(
            *(network, SoftmaxCrossEntropy(), optimizer, digits_for(way, seed)),
            epochs=VOTER_EPOCHS,
            batch_size=20,
            rng=rng,
        )
        networks.append(network)
    return tuple(networks)


@cache
def chances_of_voters(way: str) -> np.ndarray:
    """Return what each voter thinks of the 5,000 test digits, (voters, n, 10)."""
    x, _ = parts_of_mnist()[2]
    return np.stack([chances(network, x) for network in train_voters(way)])


@cache
def errors_by_count(way: str, vote: str) -> np.ndarray:
    """Return the share of test digits misread by 1, 2, … 15 voters (15,), the mean over orders of asking them."""
    y, p = parts_of_mnist()[2][1], chances_of_voters(way)
    votes = p if vote == "mean" else (p == p.max(axis=2, keepdims=True)).astype(np.float32)
    rng = np.random.default_rng(0)
    wrong = []
    for _ in range(ORDERS):
        summed = np.cumsum(votes[rng.permutation(VOTERS)], axis=0)
        wrong.append((summed.argmax(axis=2) != y).mean(axis=1))
    return np.mean(wrong, axis=0)


def mistakes_of(way: str) -> np.ndarray:
    """Return 1 where a voter misreads a test digit, else 0: (voters, n)."""
    answers = chances_of_voters(way).argmax(axis=2)
    return (answers != parts_of_mnist()[2][1]).astype(float)


def correlation_of(way: str) -> float:
    """Return how alike the mistakes of the voters are, ρ."""
    return mean_correlation(mistakes_of(way))


def independent_majority(error: float, voters: int, rng: np.random.Generator) -> float:
    """Return how often more than half of the voters are wrong, if each is wrong by a throw of its own."""
    wrong = rng.random((20_000, voters)) < error
    return float((wrong.mean(axis=1) > 0.5).mean())


def correlated_votes(rho: float, voters: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return errors (voters, n) of variance 1, each pair with correlation ρ: a part that all share, and one's own.

    √ρ s + √(1 − ρ) eₖ, with s and eₖ independent, of mean 0 and variance 1.
    """
    shared, own = rng.standard_normal(n), rng.standard_normal((voters, n))
    return np.sqrt(rho) * shared + np.sqrt(1 - rho) * own


# Dropout's sub-networks.


def teacher_network(rng: np.random.Generator) -> Network:
    """Return a network 784 – 200 – 10 in float32, with dropout behind its hidden layer."""
    layers = [Dense(784, 200, rng=rng), ReLU(), Dropout(KEEP, rng=rng), Dense(200, 10, rng=rng)]
    return Network(layers).astype(np.float32)


@cache
def train_teacher() -> Network:
    """Return such a network that has learnt the 10,000 digits for 12 epochs."""
    rng = np.random.default_rng(0)
    network = teacher_network(rng)
    optimizer = Adam(network.parameters(), learning_rate=0.001)
    fit(
        *(network, SoftmaxCrossEntropy(), optimizer, parts_of_mnist()[0]),
        epochs=12,
        batch_size=50,
        rng=rng,
    )
    return network


SUBNETWORKS = 40


@cache
def ask_subnetworks() -> np.ndarray:
    """Return the chances that 40 sub-networks of the teacher, drawn at random, give to 2,000 test digits.

    (sub-networks, n, 10): each has a mask of its own, which stays the same for all digits.
    """
    first, bend, _, last = train_teacher().copy().layers
    x = parts_of_mnist()[2][0][:2000]
    hidden = bend.forward(first.forward(x))
    rng, p = np.random.default_rng(1), []
    for _ in range(SUBNETWORKS):
        mask = np.where(rng.random(hidden.shape[1]) < KEEP, 1 / KEEP, 0).astype(np.float32)
        p.append(softmax(last.forward(hidden * mask)))
    return np.stack(p)


@cache
def misread_by_subnetworks() -> np.ndarray:
    """Return the share of digits misread by the mean of 1, 2, … 40 sub-networks (40,), the mean over ten orders."""
    y, p, rng, wrong = (
        parts_of_mnist()[2][1][:2000],
        ask_subnetworks(),
        np.random.default_rng(0),
        [],
    )
    for _ in range(ORDERS):
        summed = np.cumsum(p[rng.permutation(SUBNETWORKS)], axis=0)
        wrong.append((summed.argmax(axis=2) != y).mean(axis=1))
    return np.mean(wrong, axis=0)


def misread_by_the_whole() -> float:
    """Return the share of the same 2,000 test digits that the whole network misreads, as it predicts."""
    x, y = parts_of_mnist()[2]
    return float((train_teacher().classify(x[:2000]) != y[:2000]).mean())


# The cover.


@cache
def train_on_moons(count: int = 9) -> tuple[np.ndarray, np.ndarray, tuple[Network, ...]]:
    """Return noisy moons, x (n, 2) and y (n,), and networks 2 – 20 – 2 that have learnt a draw of them each."""
    x, y = moons(60, rng=np.random.default_rng(4), noise=0.25)
    networks = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        network = Network([Dense(2, 20, rng=rng), ReLU(), Dense(20, 2, rng=rng)])
        rows = rng.choice(len(x), len(x))
        optimizer = Adam(network.parameters(), learning_rate=0.03)
        fit(
            *(network, SoftmaxCrossEntropy(), optimizer, (x[rows], y[rows])),
            epochs=100,
            batch_size=20,
            rng=rng,
        )
        networks.append(network)
    return x, y, tuple(networks)
