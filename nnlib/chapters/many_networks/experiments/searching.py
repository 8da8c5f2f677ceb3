"""Nine trials on a grid, nine at random, and how much better the best of many trials looks than it is."""

from functools import cache

import numpy as np

from nnlib.chapters.many_networks.experiments.measured import READ, STRENGTHS
from nnlib.chapters.many_networks.experiments.voting import parts_of_mnist, small_network
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.optimizers import SGD
from nnlib.regularization import L2
from nnlib.training import DivergedError, fit

# exponents of 10 between which η and λ are searched
RATE_RANGE, STRENGTH_RANGE = (-3.0, 1.0), (-7.0, -3.0)
SIDE = 3  # of the grid, so nine trials
GOOD = 0.8  # share of validation digits that only the best η reach


def train(learning_rate: float, strength: float, *, rng: np.random.Generator) -> float:
    """Return the share of validation digits that a network reads after five epochs on 500, with that η and λ."""
    (x, y), (x_new, y_new), _ = parts_of_mnist()
    network = small_network(rng)
    optimizer = SGD(network.parameters(), learning_rate)
    try:
        fit(
            *(network, SoftmaxCrossEntropy(), optimizer, (x[:500], y[:500])),
            epochs=5,
            batch_size=20,
            rng=rng,
            penalty=L2(strength),
        )
    except DivergedError:
        return 0.1  # one digit in ten, as by guessing
    return accuracy(network.classify(x_new), y_new)


@cache
def _table() -> np.ndarray:
    return np.array(READ) / 100


def share_read(log_rate: np.ndarray, log_strength: np.ndarray) -> np.ndarray:
    """Return what was measured near (log₁₀ η, log₁₀ λ): the share of validation digits read, interpolated."""
    table = _table()
    row = (np.asarray(log_rate) - RATE_RANGE[0]) / 4 * (len(table) - 1)
    column = np.rint((np.asarray(log_strength) - STRENGTH_RANGE[0]) / 4 * (len(STRENGTHS) - 1))
    low = np.clip(np.floor(row), 0, len(table) - 2).astype(int)
    part, column = row - low, column.astype(int)
    return (1 - part) * table[low, column] + part * table[low + 1, column]


def share_of_good_rates() -> float:
    """Return the share w of the range of log₁₀ η from which ``GOOD`` is reached."""
    rates = np.linspace(*RATE_RANGE, 4001)
    return float((share_read(rates, np.full(4001, -5.0)) >= GOOD).mean())


def grid_points(rng: np.random.Generator, side: int = SIDE) -> np.ndarray:
    """Return a grid of side² trials (side², 2) as exponents; where it begins is left to chance, as nobody knows better.

    Its lines are a third of the range apart (for a side of 3), so each third of the range has one.
    """
    steps = [(np.arange(side) + rng.random()) / side for _ in range(2)]
    places = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 2)
    return _in_range(places)


def random_points(rng: np.random.Generator, trials: int = SIDE**2) -> np.ndarray:
    """Return so many trials (trials, 2) as exponents, each drawn by itself."""
    return _in_range(rng.random((trials, 2)))


def _in_range(places: np.ndarray) -> np.ndarray:
    low = np.array([RATE_RANGE[0], STRENGTH_RANGE[0]])
    return low + 4 * places


def best_found(points: np.ndarray) -> float:
    """Return the best share read at points (trials, 2)."""
    return float(share_read(*points.T).max())


@cache
def compare_searches(side: int, times: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """Return the best share found by ``times`` grids of side² trials and by as many random searches, (times,) each."""
    rng = np.random.default_rng(side)
    grids = [best_found(grid_points(rng, side)) for _ in range(times)]
    drawn = [best_found(random_points(rng, side**2)) for _ in range(times)]
    return np.array(grids), np.array(drawn)


@cache
def best_of_equals(trials: int, digits: int, share: float = 0.9) -> np.ndarray:
    """Return what the best of so many networks seems to read, 2,000 times: all read ``share`` of all digits there are.

    Each is judged by ``digits`` validation digits.
    """
    rng = np.random.default_rng(trials)
    return rng.binomial(digits, share, (2000, trials)).max(axis=1) / digits


def expected_luck(trials: int) -> float:
    """Return the mean of the largest of so many standard normal numbers: 0 for one, 1.54 for ten, 2.51 for a hundred.

    ∫ z k φ(z) Φ(z)ᵏ⁻¹ dz, added up in small steps; Φ is the running sum of φ.
    """
    z = np.linspace(-8, 8, 20_001)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    below = np.cumsum(density) * (z[1] - z[0])
    return float((z * trials * density * below ** (trials - 1)).sum() * (z[1] - z[0]))
