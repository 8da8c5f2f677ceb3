"""The race: every rule on the same landscape from the same start, each with the learning rate that suits it there."""

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Steps, choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.optimizers.panels.walks import RULES, heights, name_beside, ring, roll, trail
from nnlib.landscapes import LANDSCAPES, Landscape, Quadratic
from nnlib.optimizers import Optimizer
from nnlib.parameter import Parameter

RACE_STEPS = 100
FLOOR = 1e-6  # lower than this above the lowest place is arrived
GRID = [m * 10.0**k for k in range(-3, 1) for m in (1, 2, 3, 5, 7)]


class Turned(Quadratic):
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
    "ravine, turned": Turned(1, 20, start=(-2.898, -0.980)),
    **LANDSCAPES,
}
STARTS = {**{name: surface.start for name, surface in SURFACES.items()}, "saddle": (-1.5, 0.1)}
SHIFTS = (
    (0.0, 0.0),
    (0.4, 0.0),
    (0.0, -0.3),
    (0.4, -0.3),
)  # a rule is tuned on four starts, not for one lucky jump

# What ``tune`` finds for each rule in the order of RULES, with α = 0.9 and ρ = 0.99. On the saddle there is no best.
TUNED = {
    "ravine, turned": (0.07, 0.05, 0.05, 1.0, 0.1, 0.3),
    "bowl": (1.0, 0.2, 1.0, 1.0, 0.1, 0.3),
    "ravine": (0.07, 0.05, 0.05, 2.0, 0.2, 0.3),
    "saddle": (0.05, 0.05, 0.05, 0.05, 0.05, 0.05),
    "two valleys": (0.2, 0.02, 0.07, 2.0, 0.2, 0.5),
    "plateau": (0.7, 0.7, 0.5, 0.5, 0.05, 0.5),
    "Rosenbrock": (0.05, 0.03, 0.02, 0.7, 0.07, 0.3),
    "Beale": (0.07, 0.03, 0.03, 0.3, 0.02, 0.5),
}


def lowest(name: str) -> float:
    """Return the lowest cost on the map of a landscape."""
    return {"two valleys": -0.2049, "saddle": -1.62}.get(name, 0.0)


def above(name: str, walk: np.ndarray) -> np.ndarray:
    """Return how far above the lowest cost of the map a walk stands at each step, at least 10⁻⁶; NaN far off it."""
    return np.maximum(heights(SURFACES[name], walk) - lowest(name), FLOOR)


def on_the_map(surface: Landscape, walk: np.ndarray) -> bool:
    """Whether a walk never leaves the chart by more than a tenth of its width."""
    left, right, bottom, top = surface.limits
    margin = (right - left) / 10
    low, high = np.array([left, bottom]) - margin, np.array([right, top]) + margin
    return bool(((walk > low) & (walk < high)).all())


def tune(name: str, rule: str, alpha: float = 0.9, rho: float = 0.99) -> float:
    """Return the η of ``GRID`` whose walks stay on the map and are lowest, in the mean of log cost over all steps.

    The mean is over 100 steps from each of four starts.
    """
    scores = []
    for eta in GRID:
        starts = [(STARTS[name][0] + right, STARTS[name][1] + up) for right, up in SHIFTS]
        paths = [walk_of(name, rule, start, eta, alpha, rho) for start in starts]
        costs = np.mean([np.log10(above(name, path)) for path in paths])
        scores.append(costs if all(on_the_map(SURFACES[name], path) for path in paths) else np.inf)
    return GRID[int(np.argmin(scores))]


@lru_cache(maxsize=512)
def walk_of(
    name: str,
    rule: str,
    start: tuple[float, float],
    eta: float,
    alpha: float = 0.9,
    rho: float = 0.99,
) -> np.ndarray:
    """Return the path (101, 2) of one rule on one landscape."""

    def make(w: list[Parameter]) -> Optimizer:
        return RULES[rule].make(w, eta, alpha, rho)

    return roll(SURFACES[name], make, steps=RACE_STEPS, start=start)


def walks(
    name: str, start: tuple[float, float], factor: float, alpha: float, rho: float
) -> dict[str, np.ndarray]:
    """Return the path of every rule, each with ``factor`` times its own tuned η."""
    rates = zip(RULES, TUNED[name], strict=True)
    return {rule: walk_of(name, rule, start, factor * eta, alpha, rho) for rule, eta in rates}


def draw_race(figure: Figure, name: str, right: float, up: float, step: int, **chosen: Any) -> str:
    """Draw all walks up to ``step``, and how far above the lowest place of the map each stands at every step."""
    chart, curves = figures.axes(figure, columns=2)
    chart.set_position((0.085, 0.14, 0.41, 0.77))
    curves.set_position((0.58, 0.14, 0.235, 0.77))
    figures.log_scale(curves, [1e-6, 1e-4, 1e-2, 1, 100])
    start = STARTS[name][0] + right, STARTS[name][1] + up
    drawings.landscape(chart, SURFACES[name], steps=41)
    stands = {}
    for rule, walk in walks(name, start, **chosen).items():
        colour, dashes = RULES[rule].colour, RULES[rule].dashes
        trail(chart, walk[: step + 1], colour, dashes, dots=20)  # later ones lie on each other
        costs = above(name, walk)
        curves.plot(costs, dashes, color=colour, linewidth=1.8, label=rule)
        curves.plot([step], costs[step : step + 1], "s", color=colour, markersize=7)
        stands[rule] = float(costs[step])
    ring(chart, np.array(start))
    curves.set(
        xlabel="step", ylabel="cost above the lowest", xlim=(0, RACE_STEPS), ylim=(0.7e-6, 200)
    )
    name_beside(curves)
    chart.set_title(f"{name}, step {step}")
    told = ", ".join(
        f"{rule} {'has run away' if np.isnan(cost) else rough(cost)}"
        for rule, cost in stands.items()
    )
    begun = figures.minus(f"({start[0]:.1f}, {start[1]:.1f})")
    return (
        f"Six optimizers on the landscape {name!r} from {begun}, each with {chosen['factor']:g} times its own tuned η, "
        f"α = {chosen['alpha']:.2f}, ρ = {chosen['rho']:.2f}. At step {step} above the lowest cost of the map: {told}."
    )


def rough(cost: float) -> str:
    """Return a cost in as many digits as matter here."""
    return f"{cost:.2f}" if cost >= 0.005 else "under 0.01"


def race() -> Panel:
    """Choose a landscape, shift the start, and change every rule's η, α and ρ at once."""
    return Panel(
        draw_race,
        size=(9.6, 4.0),
        columns=2,
        name=choice("landscape", list(SURFACES), "ravine, turned"),
        factor=choice("times own η", [0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 5.0], 1.0),
        right=slider("shifted right", -1, 1, 0.0),
        alpha=slider("momentum α", 0, 0.99, 0.9, step=0.01),
        up=slider("shifted up", -1, 1, 0.0),
        rho=slider("memory ρ", 0.5, 0.99, 0.99, step=0.01),
        step=Steps("step", RACE_STEPS, value=40, interval=100),
    )
