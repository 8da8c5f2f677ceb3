"""Experts that share out the plane, a gate that learns who decides where, and a single network of the same size."""

from collections.abc import Callable
from functools import cache
from typing import cast

import numpy as np

from nnlib.activations import Tanh
from nnlib.chapters.kit.experiments import train_and_keep
from nnlib.ensembles import MixtureOfExperts
from nnlib.layers import Dense
from nnlib.losses import Loss, SigmoidCrossEntropy, SquaredError
from nnlib.network import Network
from nnlib.optimizers import Adam
from nnlib.training import Examples

EVERY = 4  # epochs, a copy is kept
EXPERTS, NEURONS = 4, 6  # 24 parameters, and 25
POINTS, EPOCHS, CHESS_EPOCHS, BATCH = 400, 80, 60, 20
CENTRES = np.array([[-0.5, -0.4], [0.6, -0.6], [-0.4, 0.6], [0.5, 0.4]])
SLOPES = np.array([[2.0, 0.0], [-2.0, 0.0], [0.0, -2.0], [0.0, 2.0]])  # one patch, one direction


def patchwork(x: np.ndarray) -> np.ndarray:
    """Return heights (n,) over points x (n, 2): four patches, each round a centre, each rising another way."""
    patch = ((x[:, None] - CENTRES) ** 2).sum(axis=2).argmin(axis=1)
    return (x * SLOPES[patch]).sum(axis=1)


def waves(x: np.ndarray) -> np.ndarray:
    """Return heights (n,) over points x (n, 2): smooth everywhere."""
    return np.sin(3 * x[:, 0]) * np.cos(2 * x[:, 1])


def chessboard(x: np.ndarray) -> np.ndarray:
    """Return the class (n,), 0 or 1, of points x (n, 2) on a board of 3 × 3 squares."""
    return (np.floor(1.5 * (x + 1)).sum(axis=1) % 2).astype(int)


GROUNDS: dict[str, Callable[[np.ndarray], np.ndarray]] = {"patchwork": patchwork, "waves": waves}
# Of three rates tried for each, none is better by more than a fifth.
RATES = {"mixture": 0.1, "single": 0.03}


def mixture_of_lines(rng: np.random.Generator, balance: float = 0.0) -> Network:
    """Return four experts 2 → 1, each a plane, and a gate 2 → 4."""
    experts = [Dense(2, 1, rng=rng) for _ in range(EXPERTS)]
    return Network([MixtureOfExperts(experts, Dense(2, EXPERTS, rng=rng), balance=balance)])


def single_network(rng: np.random.Generator) -> Network:
    """Return one network 2 – 6 – 1 with tanh."""
    return Network([Dense(2, NEURONS, rng=rng), Tanh(), Dense(NEURONS, 1, rng=rng)])


def points_on(ground: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return 400 points x (n, 2) of the square from −1 to 1, and their heights (n, 1), with an error of 0.05."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (POINTS, 2))
    return x, GROUNDS[ground](x)[:, None] + 0.05 * rng.standard_normal((POINTS, 1))


def _learn(
    network: Network,
    loss: Loss,
    examples: Examples,
    rate: float,
    epochs: int,
    rng: np.random.Generator,
) -> list[Network]:
    return train_and_keep(
        *(network, loss, Adam(network.parameters(), rate), examples),
        epochs=epochs,
        batch_size=BATCH,
        rng=rng,
        every=EVERY,
    )


@cache
def learn_ground(kind: str, ground: str, seed: int = 0) -> list[Network]:
    """Return a "mixture" or a "single" network while it learns a ground: from the start, and after each 4 epochs."""
    rng = np.random.default_rng(seed)
    network = mixture_of_lines(rng) if kind == "mixture" else single_network(rng)
    return _learn(network, SquaredError(), points_on(ground, seed), RATES[kind], EPOCHS, rng)


def squared_error(network: Network, ground: str) -> float:
    """Return the mean squared error on 4,000 new points, measured without error."""
    x = np.random.default_rng(999).uniform(-1, 1, (4000, 2))
    return float(((network.predict(x)[:, 0] - GROUNDS[ground](x)) ** 2).mean())


@cache
def learn_chessboard(balance: float, seed: int = 0) -> list[Network]:
    """Return the mixture while it learns a chessboard of 400 points, with so much pull towards equal work."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (POINTS, 2))
    network = mixture_of_lines(rng, balance)
    examples = x, chessboard(x)
    return _learn(network, SigmoidCrossEntropy(), examples, 0.1, CHESS_EPOCHS, rng)


def share_right(network: Network) -> float:
    """Return the share of 4,000 new points of the chessboard that are answered right."""
    x = np.random.default_rng(999).uniform(-1, 1, (4000, 2))
    return float(((network.predict(x)[:, 0] > 0) == chessboard(x)).mean())


def work_of_experts(network: Network) -> np.ndarray:
    """Return the mean share of each expert over the square, (4,): they add up to 1."""
    x = np.random.default_rng(999).uniform(-1, 1, (4000, 2))
    return gated(network).shares(x).mean(axis=0)


def gated(network: Network) -> MixtureOfExperts:
    """Return the only layer of a mixture."""
    return cast(MixtureOfExperts, network.layers[0])
