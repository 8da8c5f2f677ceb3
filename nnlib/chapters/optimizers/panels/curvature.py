"""Second derivatives: Newton's jump, the curvatures of a network while it learns, and how rare minima are."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Counter, Slider, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.kit.touch import Touch
from nnlib.chapters.kit.walks import optimizer_walk, ring, start_inside, trail
from nnlib.chapters.optimizers.experiments.curvatures import (
    MATRICES,
    MOMENTS,
    curvatures_while_learning,
    kind_of_place,
    make_newton,
    random_eigenvalues,
    second_order_cost,
    share_all_positive,
)
from nnlib.chapters.optimizers.panels._layout import (
    WIDE,
    capital,
    draw_landscape,
    name_beside,
    place_in_words,
    side_by_side,
)
from nnlib.landscapes import LANDSCAPES, Landscape
from nnlib.optimizers import SGD

PLAIN_RATES = {
    "bowl": 0.2,
    "ravine": 0.07,
    "saddle": 0.2,
    "two valleys": 0.2,
    "plateau": 0.5,
    "Rosenbrock": 0.05,
}


@demo(
    size=(7.6, 3.5),
    touch=Touch(x="v1", y="v2"),
    name=Choice("landscape", list(PLAIN_RATES), "two valleys"),
    damping=Slider("damping μ", 0, 5, 0.0),
    v1=Slider("start w₁", -1.8, 1.8, 0.4),
    v2=Slider("start w₂", -0.4, 1.2, 0.8),
    step=Steps("step", 40, 1, interval=400),
)
def jump(figure: Figure, name: str, damping: float, v1: float, v2: float, step: int) -> str:
    """Draw Newton's walk, the second-order picture from where it stands, and plain descent as far."""
    ax = figures.axes(figure)
    surface, start = LANDSCAPES[name], start_inside(LANDSCAPES[name], (v1, v2))
    newton = optimizer_walk(
        surface, lambda w: make_newton(surface, w, damping), steps=step, start=start
    )
    plain = optimizer_walk(surface, lambda w: SGD(w, PLAIN_RATES[name]), steps=step, start=start)
    draw_landscape(ax, surface)
    here = newton[-1]
    near = bool(np.abs(here).max() < 10)
    if near:
        _draw_second_order(ax, surface, here)
    trail(ax, plain, figures.INK, "-", "plain descent")
    trail(ax, newton, figures.RED, "-", "Newton")
    ring(ax, np.array(start))
    _name_lines(ax)
    words = kind_of_place(surface, here)
    ax.set_title(f"{name}, step {step}: Newton {words}")
    where = place_in_words(here) if near else "a place far off the map"
    return (
        f"{capital(name)}: Newton's method with damping {damping:.1f} from {place_in_words(start)} "
        f"stands at {where} after step {step}, and {words}. Dashed: the second-order picture from "
        "there."
    )


def _name_lines(ax: Axes) -> None:
    ax.set_position((0.105, 0.17, 0.63, 0.725))
    look = {"color": figures.DARK_ORANGE, "linewidth": 1.2}
    ax.plot([], [], "--", label="its picture\nof the ground", **look)
    name_beside(ax)


def _draw_second_order(ax: Axes, surface: Landscape, v: np.ndarray) -> None:
    """Draw in dashed lines of equal height what slope and curvature at ``v`` (2,) foretell."""
    left, right, bottom, top = surface.limits
    across, up = np.linspace(left, right, 61), np.linspace(bottom, top, 61)
    costs = second_order_cost(surface, v, np.stack(np.meshgrid(across, up), axis=-1))
    look = {"colors": figures.DARK_ORANGE, "linewidths": 1.2, "linestyles": "dashed"}
    ax.contour(across, up, costs, levels=9, zorder=2, **look)


@demo(
    size=WIDE,
    start=Choice("random start", [0, 1, 2], 0),
    moment=Steps("moment", len(MOMENTS) - 1, 1, interval=600),
)
def spectrum(figure: Figure, start: int, moment: int) -> str:
    """Draw all curvatures of a network at a moment of its learning, and how many are negative at which cost."""
    left, right = side_by_side(figure)
    run = curvatures_while_learning(start)
    values, negative = run.curvatures[moment], run.negative()
    total, count, cost = len(values), int(negative[moment]), float(run.costs[moment])
    _draw_in_order(left, values, count)
    right.plot(run.costs, negative, "o-", color=figures.BLUE, markersize=5, linewidth=1.2)
    right.plot(cost, count, "s", color=figures.RED, markersize=11)
    right.set(xlabel="cost C", ylabel="curvatures below 0", xlim=(0, 2.6), ylim=(-3, 85))
    left.set_title(f"step {MOMENTS[moment]}: C = {cost:.2f}")
    right.set_title(f"{count} of {total} below 0")
    return (
        f"All {total} curvatures of a small network, random start {start}, after "
        f"{MOMENTS[moment]} steps, where its cost is about {cost:.1f}: about {round(count, -1)} of "
        "them are below 0 by more than a thousandth of the largest."
    )


def _draw_in_order(ax: Axes, curvatures: np.ndarray, negative: int) -> None:
    """Draw curvatures (d,) from the least up on a root scale; the first ones, ``negative`` of them, in purple."""
    squeezed = np.sign(curvatures) * np.sqrt(np.abs(curvatures))
    ranks = np.arange(1, len(curvatures) + 1)
    ax.axhline(0, color=figures.INK, linewidth=0.8)
    for part, colour in (
        (slice(negative), figures.NEGATIVE),
        (slice(negative, None), figures.POSITIVE),
    ):
        ax.vlines(ranks[part], 0, squeezed[part], color=colour, linewidth=1.5)
    ax.set(xlabel="curvatures, in order", ylabel="curvature (root scale)")
    ax.set(xlim=(0, len(curvatures) + 1), ylim=(-0.7, 2.1))
    ticks = [-0.3, 0, 0.3, 1, 2, 4]
    names = [figures.minus(f"{tick:g}") for tick in ticks]
    if ax.get_yticklabels()[0].get_text() != names[0]:
        ax.set_yticks([np.sign(tick) * abs(tick) ** 0.5 for tick in ticks], names)


LARGEST = 10


@demo(
    size=WIDE,
    dimension=Counter("dimension d", 1, LARGEST, 2),
    shift=Slider("moved up by", 0, 1.5, 0.0),
)
def minima(figure: Figure, dimension: int, shift: float) -> str:
    """Draw the eigenvalues of random matrices of a dimension, and how many have none below 0, by dimension."""
    left, right = side_by_side(figure)
    _draw_density(left, random_eigenvalues(dimension).ravel() + shift)
    dimensions = np.arange(1, LARGEST + 1)
    percent = 100 * np.array([share_all_positive(d, shift) for d in range(1, LARGEST + 1)])
    share = float(percent[dimension - 1])
    right.plot(dimensions, percent, "o-", color=figures.BLUE, linewidth=1.5)
    right.plot([dimension], [share], "s", color=figures.RED, markersize=11)
    right.set(xlabel="dimension d", ylabel="all above 0, of 100")
    right.set(xlim=(0.5, LARGEST + 0.5), ylim=(-3, 103))
    left.set_title(f"d = {dimension}, moved up by {shift:.1f}")
    few = 0 < share < 1
    right.set_title("fewer than 1 of 100" if few else f"{share:.0f} of 100 all above 0")
    return (
        f"Eigenvalues of {MATRICES:,} random symmetric matrices of dimension {dimension}, moved up "
        f"by {shift:.1f}: in about {share:.0f} of 100 matrices all eigenvalues are above 0."
    )


def _draw_density(ax: Axes, eigenvalues: np.ndarray) -> None:
    """Draw how dense eigenvalues (n,) lie, below 0 in purple, above in green."""
    heights, edges = np.histogram(eigenvalues, bins=50, range=(-2, 3), density=True)
    zero = int(np.argmin(np.abs(edges)))
    ax.stairs(heights[:zero], edges[: zero + 1], fill=True, color=figures.NEGATIVE)
    ax.stairs(heights[zero:], edges[zero:], fill=True, color=figures.POSITIVE)
    ax.axvline(0, color=figures.INK, linewidth=1.2)
    ax.set(xlabel="eigenvalue", ylabel="density", xlim=(-2, 3), ylim=(0, 1))
