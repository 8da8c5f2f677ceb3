"""The race: every optimizer on the same landscape from the same start, each with the η that suits it there."""

from functools import lru_cache

import numpy as np

from nnlib.chapters.kit.walks import costs_along, optimizer_walk
from nnlib.chapters.optimizers.experiments.rules import OPTIMIZERS, Weights
from nnlib.landscapes import LANDSCAPES, Landscape, Quadratic
from nnlib.optimizers import Optimizer

STEPS = 100
ARRIVED = 1e-6  # what is lower than this above the lowest cost has arrived
RATES_TO_TRY = [m * 10.0**k for k in range(-3, 1) for m in (1, 2, 3, 5, 7)]


class TurnedRavine(Quadratic):
    """The ravine, turned by 30°: C = ½ uᵀ diag(c₁, c₂) u with u = R v, so that no weight goes along it."""

    def __init__(self, c1: float, c2: float, start: tuple[float, float]) -> None:
        super().__init__(c1, c2, start)
        cos, sin = np.cos(np.pi / 6), np.sin(np.pi / 6)
        self.turn = np.array([[cos, sin], [-sin, cos]])

    def value(self, v: np.ndarray) -> np.ndarray:
        """Return the ravine's cost at R v."""
        return super().value(v @ self.turn.T)

    def gradient(self, v: np.ndarray) -> np.ndarray:
        """Return Rᵀ times the ravine's gradient at R v."""
        return np.asarray(super().gradient(v @ self.turn.T) @ self.turn)

    def hessian(self, v: np.ndarray) -> np.ndarray:
        """Return Rᵀ diag(c₁, c₂) R."""
        return np.asarray(self.turn.T @ super().hessian(v) @ self.turn)


SURFACES: dict[str, Landscape] = {
    "ravine, turned": TurnedRavine(1, 20, start=(-2.898, -0.980)),
    **LANDSCAPES,
}
STARTS = {name: surface.start for name, surface in SURFACES.items()}
STARTS["saddle"] = (-1.5, 0.1)
LOWEST = {"two valleys": -0.2049, "saddle": -1.62}  # on the map; elsewhere it is 0
# A rate is tuned on four starts, not for one lucky jump.
SHIFTS = ((0.0, 0.0), (0.4, 0.0), (0.0, -0.3), (0.4, -0.3))

# What ``tune_rate`` finds, in the order of OPTIMIZERS, with α = 0.9 and ρ = 0.99. On the saddle there is no best.
TUNED_RATES = {
    "ravine, turned": (0.07, 0.05, 0.05, 1.0, 0.1, 0.3),
    "bowl": (1.0, 0.2, 1.0, 1.0, 0.1, 0.3),
    "ravine": (0.07, 0.05, 0.05, 2.0, 0.2, 0.3),
    "saddle": (0.05, 0.05, 0.05, 0.05, 0.05, 0.05),
    "two valleys": (0.2, 0.02, 0.07, 2.0, 0.2, 0.5),
    "plateau": (0.7, 0.7, 0.5, 0.5, 0.05, 0.5),
    "Rosenbrock": (0.05, 0.03, 0.02, 0.7, 0.07, 0.3),
    "Beale": (0.07, 0.03, 0.03, 0.3, 0.02, 0.5),
}


@lru_cache(maxsize=512)
def race_walk(
    name: str,
    optimizer: str,
    start: tuple[float, float],
    eta: float,
    alpha: float = 0.9,
    rho: float = 0.99,
) -> np.ndarray:
    """Return the path (101, 2) of one optimizer on one landscape."""

    def make(w: Weights) -> Optimizer:
        return OPTIMIZERS[optimizer](w, eta, alpha, rho)

    return optimizer_walk(SURFACES[name], make, steps=STEPS, start=start)


def race_walks(
    name: str, start: tuple[float, float], factor: float, alpha: float, rho: float
) -> dict[str, np.ndarray]:
    """Return the path (101, 2) of every optimizer, each with ``factor`` times its own tuned η."""
    rates = zip(OPTIMIZERS, TUNED_RATES[name], strict=True)
    return {rule: race_walk(name, rule, start, factor * eta, alpha, rho) for rule, eta in rates}


def cost_above_lowest(name: str, walk: np.ndarray) -> np.ndarray:
    """Return how far above the lowest cost of the map a walk (k, 2) stands at each step, at least 10⁻⁶: (k,).

    It is NaN once the walk is far off the map.
    """
    costs = costs_along(SURFACES[name], walk)
    return np.maximum(costs - LOWEST.get(name, 0.0), ARRIVED)


def there_from(costs: np.ndarray, level: float = 0.01) -> int:
    """Return the step from which on all costs (k,) are below a level; k if the last one is not."""
    late = np.flatnonzero(~(costs < level))
    return int(late[-1]) + 1 if len(late) else 0


def stays_on_the_map(name: str, walk: np.ndarray) -> bool:
    """Whether a walk (k, 2) never leaves the map by more than a tenth of its width."""
    left, right, bottom, top = SURFACES[name].limits
    margin = (right - left) / 10
    low, high = np.array([left, bottom]) - margin, np.array([right, top]) + margin
    return bool(((walk > low) & (walk < high)).all())


def tune_rate(name: str, optimizer: str) -> float:
    """Return the η of ``RATES_TO_TRY`` whose walks stay on the map and are lowest, in the mean of the log cost.

    The mean is over 100 steps from each of four starts.
    """
    right, up = STARTS[name]
    scores = []
    for eta in RATES_TO_TRY:
        paths = [race_walk(name, optimizer, (right + x, up + y), eta) for x, y in SHIFTS]
        cost = np.mean([np.log10(cost_above_lowest(name, path)) for path in paths])
        scores.append(cost if all(stays_on_the_map(name, path) for path in paths) else np.inf)
    return RATES_TO_TRY[int(np.argmin(scores))]
