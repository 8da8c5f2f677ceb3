"""The ravine that plain descent zigzags down, the ball with momentum, and Nesterov's look ahead."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.touch import Touch, Values
from nnlib.chapters.kit.walks import (
    Make,
    costs_along,
    on_the_map,
    optimizer_walk,
    ring,
    start_inside,
    trail,
)
from nnlib.chapters.optimizers.panels._layout import (
    LOOKS,
    MAP_AND_CURVES,
    capital,
    cost_in_words,
    draw_landscape,
    map_beside_curves,
    place_in_words,
)
from nnlib.landscapes import LANDSCAPES, Landscape, Quadratic
from nnlib.optimizers import SGD, Adam, Momentum, Nesterov


@picture(size=(8.4, 2.2))
def cover(figure: Figure) -> str:
    """Draw what the chapter starts with: three rules, one ravine, 30 steps."""
    ravine = LANDSCAPES["ravine"]
    makes: dict[str, Make] = {
        "plain, η = 0.09": lambda w: SGD(w, 0.09),
        "momentum, η = 0.02": lambda w: Momentum(w, 0.02, 0.8),
        "Adam, η = 0.3": lambda w: Adam(w, 0.3, 0.8),
    }
    for ax, (name, make) in zip(figures.axes(figure, columns=3), makes.items(), strict=True):
        draw_landscape(ax, ravine)
        drawings.path(ax, optimizer_walk(ravine, make, steps=30))
        ax.set_title(name)
        ax.set_ylabel("w₂" if name.startswith("plain") else "")
    figure.subplots_adjust(left=0.09, right=0.99, top=0.88, bottom=0.24, wspace=0.15)
    return (
        "Three walks of 30 steps down the same ravine, seen from above, each with a learning rate "
        "of its own. Plain descent goes in a zigzag with sharp corners; momentum and Adam swing "
        "down in wide bends, and Adam passes the lowest place and comes back. All three end near "
        "it."
    )


@demo(
    size=MAP_AND_CURVES,
    steepest=Choice("curvature across", [1, 2, 5, 10, 20, 50], 20),
    learning_rate=Slider("learning rate η", 0.005, 0.3, 0.09, step=0.001),
)
def zigzag(figure: Figure, steepest: int, learning_rate: float) -> str:
    """Draw 30 steps of plain descent down a ravine, and what is left after a step in directions of each curvature."""
    chart, curve = map_beside_curves(figure)
    surface = Quadratic(1, steepest, start=(-3.0, 0.6))
    walk = optimizer_walk(surface, lambda w: SGD(w, learning_rate), steps=30)
    draw_landscape(chart, surface)
    drawings.path(chart, on_the_map(walk))
    curvatures = np.array([0.0, 1 / learning_rate, 250.0])
    curve.axhspan(1, 5, color="#F0F0F0")
    curve.plot(curvatures, np.abs(1 - learning_rate * curvatures), color=figures.INK, linewidth=1.6)
    along, across = (abs(1 - learning_rate * curvature) for curvature in (1, steepest))
    first, second = ("along", "across") if steepest > 1 else ("both", "")
    blue, red = figures.CLASS_COLOURS
    _mark(curve, 1, along, first, "o", blue, below=0 < along < across)
    _mark(curve, steepest, across, second, "s", red, below=0.2 < across < along)
    curve.set(xlabel="curvature c", ylabel="left, |1 − ηc|", xlim=(0, 68), ylim=(0, 2))
    words = cost_in_words(float(costs_along(surface, walk)[-1]))
    chart.set_title(f"30 steps: {words}")
    curve.set_title(f"η = {learning_rate:.3f}")
    return (
        f"A ravine with curvature 1 along and {steepest} across, and 30 steps of plain descent "
        f"with η = {learning_rate:.3f}: {words}. Each step leaves {along:.2f} of the way along and "
        f"{across:.2f} of the way across{'; above 1 it grows' if across > 1 else ''}."
    )


def _mark(
    ax: Axes, curvature: float, left: float, name: str, marker: str, colour: str, *, below: bool
) -> None:
    """Mark what is left after a step in a direction of one curvature; what is too high, with an arrow at the top."""
    seen, height = left < 1.93, min(left, 1.93)
    look = {"color": colour, "markersize": 10, "clip_on": False}
    ax.plot([curvature], [height], marker if seen else "^", **look)
    ax.annotate(
        name if seen else f"{name} ↑",
        (curvature, height),
        xytext=(9, -4 if not seen else -14 if below else 4),
        textcoords="offset points",
        color=figures.DARK_RED if colour == figures.RED else colour,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5},
    )


def _start_at(x: float, y: float, now: Values) -> dict[str, float]:
    left, bottom = LANDSCAPES[now["name"]].start
    return {"right": x - left, "up": y - bottom}


@demo(
    size=MAP_AND_CURVES,
    touch=Touch(to=_start_at, what="the start"),
    name=Choice("landscape", list(LANDSCAPES), "ravine"),
    learning_rate=Slider("learning rate η", 0.005, 0.2, 0.02, step=0.005),
    right=Slider("shifted right", -1, 1, 0.0),
    momentum=Slider("momentum α", 0, 0.99, 0.9, step=0.01),
    up=Slider("shifted up", -1, 1, 0.0),
    step=Steps("step", 200, 30, interval=100),
)
def ball(
    figure: Figure,
    name: str,
    learning_rate: float,
    right: float,
    momentum: float,
    up: float,
    step: int,
) -> str:
    """Draw a ball with momentum and plain descent on a landscape, and their costs by step."""
    chart, curves = map_beside_curves(figure)
    surface = LANDSCAPES[name]
    start = start_inside(surface, (surface.start[0] + right, surface.start[1] + up))
    makes: dict[str, Make] = {
        "plain": lambda w: SGD(w, learning_rate),
        "momentum": lambda w: Momentum(w, learning_rate, momentum),
    }
    walks = {
        rule: optimizer_walk(surface, make, steps=200, start=start) for rule, make in makes.items()
    }
    words = _draw_walks(chart, curves, surface, walks, step)
    figures.legend(curves, loc="upper right")
    chart.set_title(f"step {step}: ball {words['momentum']}")
    return figures.minus(
        f"{capital(name)}, from {place_in_words(start)} with η = {learning_rate:.3f}, step {step}: "
        f"the ball with momentum α = {momentum:.2f}: {words['momentum']}; plain descent: "
        f"{words['plain']}."
    )


@demo(
    size=MAP_AND_CURVES,
    name=Choice("landscape", ["bowl", "ravine", "two valleys", "Rosenbrock", "Beale"], "bowl"),
    learning_rate=Slider("learning rate η", 0.005, 0.2, 0.08, step=0.005),
    momentum=Slider("momentum α", 0, 0.99, 0.9, step=0.01),
    step=Steps("step", 100, 25, interval=120),
)
def look_ahead(figure: Figure, name: str, learning_rate: float, momentum: float, step: int) -> str:
    """Draw momentum and Nesterov on a landscape, and their costs by step."""
    chart, curves = map_beside_curves(figure)
    surface = LANDSCAPES[name]
    makes: dict[str, Make] = {
        "momentum": lambda w: Momentum(w, learning_rate, momentum),
        "Nesterov": lambda w: Nesterov(w, learning_rate, momentum),
    }
    walks = {rule: optimizer_walk(surface, make, steps=100) for rule, make in makes.items()}
    words = _draw_walks(chart, curves, surface, walks, step)
    figures.legend(curves, loc="upper right")
    chart.set_title(f"η = {learning_rate:.3f}, α = {momentum:.2f}, step {step}")
    return (
        f"{capital(name)} with η = {learning_rate:.3f} and α = {momentum:.2f}, step {step}: "
        f"momentum {words['momentum']}, Nesterov {words['Nesterov']}."
    )


def _draw_walks(
    chart: Axes, curves: Axes, surface: Landscape, walks: dict[str, np.ndarray], step: int
) -> dict[str, str]:
    """Draw walks up to ``step`` on their landscape and their whole costs beside it; return where each stands."""
    draw_landscape(chart, surface)
    words, lowest, highest = {}, 0.0, 0.0
    for name, walk in walks.items():
        (colour, dashes), costs = LOOKS[name], costs_along(surface, walk)
        trail(chart, walk[: step + 1], colour, dashes)
        curves.plot(costs, dashes, color=colour, linewidth=1.8, label=name)
        curves.plot([step], costs[step : step + 1], "s", color=colour, markersize=8, clip_on=False)
        words[name] = cost_in_words(float(costs[step]))
        lowest, highest = min(lowest, float(np.nanmin(costs))), max(highest, float(costs[0]))
    first = next(iter(walks.values()))
    ring(chart, first[0])
    lowest = max(lowest, -2.0)  # a saddle goes down for ever
    curves.set(xlabel="step", ylabel="cost C", xlim=(0, len(first) - 1))
    curves.set_ylim(lowest - 0.05 * highest - 0.02, 1.25 * highest + 0.02)
    return words
