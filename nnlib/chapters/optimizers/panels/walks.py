"""Walks down a landscape by any optimizer: the ravine, momentum, Nesterov's look ahead, and the race of all rules."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.gradient_descent.panels.walks import tidy, until_it_leaves
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Steps, choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.landscapes import DIVERGED, LANDSCAPES, Landscape, Quadratic
from nnlib.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, Optimizer, RMSProp
from nnlib.parameter import Parameter

Make = Callable[[list[Parameter]], Optimizer]


class Rule(NamedTuple):
    """How to make an optimizer from parameters, η, α (its momentum) and ρ (its memory of squares); how to draw it."""

    make: Callable[[list[Parameter], float, float, float], Optimizer]
    colour: str
    dashes: str


RULES = {
    "plain": Rule(lambda w, eta, _a, _r: SGD(w, eta), figures.INK, "-"),
    "momentum": Rule(lambda w, eta, alpha, _: Momentum(w, eta, alpha), figures.BLUE, "--"),
    "Nesterov": Rule(lambda w, eta, alpha, _: Nesterov(w, eta, alpha), figures.GREEN, "-"),
    "AdaGrad": Rule(lambda w, eta, _a, _r: AdaGrad(w, eta), figures.ORANGE, "-."),
    "RMSProp": Rule(lambda w, eta, _, rho: RMSProp(w, eta, rho), figures.NEGATIVE, ":"),
    "Adam": Rule(lambda w, eta, alpha, rho: Adam(w, eta, alpha, rho), figures.RED, "-"),
}


def roll(
    surface: Landscape, make: Make, *, steps: int, start: tuple[float, float] | None = None
) -> np.ndarray:
    """Walk on a landscape by an optimizer, ``make(parameters)``; return the path (steps + 1, 2), start included.

    A walk that leaves for infinity ends there; the rest of the path repeats its last place.
    """
    place = Parameter(np.array(surface.start if start is None else start, dtype=float), "v")
    optimizer = make([place])
    path = [place.value.copy()]
    for _ in range(steps):
        if np.abs(place.value).max() < DIVERGED:
            place.grad = surface.gradient(place.value)
            optimizer.step()
        path.append(place.value.copy())
    return np.array(path)


def trail(
    ax: Axes, walk: np.ndarray, colour: str, dashes: str, name: str = "", dots: int | None = None
) -> None:
    """Draw a walk up to where it leaves the chart: a dot for each step or the first ``dots``, a square at its end."""
    seen = until_it_leaves(walk, (np.abs(walk) < 10).all(axis=1))
    marks: dict[str, Any] = {"marker": "o", "markersize": 3, "markevery": slice(dots)}
    ax.plot(*seen.T, dashes, color=colour, linewidth=1.6, zorder=3, label=name, **marks)
    if len(seen) == len(walk):
        ax.plot(*seen[-1], "s", color=colour, markeredgecolor="white", markersize=10, zorder=5)


def ring(ax: Axes, place: np.ndarray) -> None:
    """Mark where all walks start."""
    ax.plot(
        *place,
        "o",
        color="white",
        markeredgecolor=figures.INK,
        markeredgewidth=2,
        markersize=10,
        zorder=6,
    )


def heights(surface: Landscape, walk: np.ndarray) -> np.ndarray:
    """Return the cost (steps + 1,) along a walk; NaN once it is far off the map."""
    costs = np.full(len(walk), np.nan)
    near = until_it_leaves(walk, (np.abs(walk) < 100).all(axis=1))
    costs[: len(near)] = surface.value(near)
    return costs


def standing(cost: float) -> str:
    """Say what a walk costs now."""
    return "runs away" if np.isnan(cost) else figures.minus(f"C = {tidy(cost)}")


def side_by_side(figure: Figure) -> tuple[Axes, Axes]:
    """Return room for a chart on the left and for curves on the right."""
    left, right = figures.axes(figure, columns=2)
    left.set_position((0.095, 0.15, 0.45, 0.76))
    right.set_position((0.645, 0.15, 0.335, 0.76))
    return left, right


def room_for_names(figure: Figure) -> tuple[Axes, Axes]:
    """Return room for a chart, for curves, and at their right for the curves' names."""
    left, right = figures.axes(figure, columns=2)
    left.set_position((0.095, 0.15, 0.32, 0.76))
    right.set_position((0.52, 0.15, 0.295, 0.76))
    return left, right


def name_beside(ax: Axes) -> None:
    """Name the curves at the right of the axes, off the data."""
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=1.6)


def draw_zigzag(figure: Figure, steepest: int, learning_rate: float) -> str:
    """Draw 30 steps of plain descent down a ravine, and what is left after a step in directions of each curvature."""
    left, right = side_by_side(figure)
    surface = Quadratic(1, steepest, start=(-3.0, 0.6))
    walk = roll(surface, lambda w: SGD(w, learning_rate), steps=30)
    drawings.landscape(left, surface)
    drawings.path(left, until_it_leaves(walk, (np.abs(walk) < 10).all(axis=1)))
    curvatures = np.array([0.0, 1 / learning_rate, 250.0])
    right.axhspan(1, 5, color="#F0F0F0")
    right.plot(curvatures, np.abs(1 - learning_rate * curvatures), color=figures.INK, linewidth=1.6)
    ends = np.array([1.0, steepest])
    left_over = np.abs(1 - learning_rate * ends)
    names = ("along", "across") if steepest > 1 else ("both", "")
    for place, height, name, marker, colour in zip(
        ends, left_over, names, "os", figures.CLASS_COLOURS, strict=True
    ):
        seen = height < 1.93
        right.plot(
            [place], [min(height, 1.93)], marker if seen else "^", color=colour, markersize=10
        )
        text, where = name if seen else f"{name} ↑", (place, min(height, 1.93))
        right.annotate(
            text, where, xytext=(9, 4 if seen else -4), textcoords="offset points", color=colour
        )
    right.set(xlabel="curvature c", ylabel="left after a step, |1 − ηc|", xlim=(0, 68), ylim=(0, 2))
    words = standing(float(heights(surface, walk)[-1]))
    left.set_title(f"30 steps: {words}")
    right.set_title(f"η = {learning_rate:.3f}")
    return (
        f"A ravine with curvature 1 along and {steepest} across, and 30 steps of plain descent with η = "
        f"{learning_rate:.3f}: {words}. Each step leaves {left_over[0]:.2f} of the way along and {left_over[1]:.2f} of "
        f"the way across{'; above 1 it grows' if left_over[1] > 1 else ''}."
    )


def zigzag() -> Panel:
    """Choose how steep a ravine is, and the learning rate."""
    return Panel(
        draw_zigzag,
        size=(9.0, 3.9),
        steepest=choice("curvature across", [1, 2, 5, 10, 20, 50], 20),
        learning_rate=slider("learning rate η", 0.005, 0.3, 0.09, step=0.001),
    )


def draw_ball(
    figure: Figure,
    name: str,
    right: float,
    up: float,
    learning_rate: float,
    momentum: float,
    step: int,
) -> str:
    """Draw a ball with momentum and plain descent on a landscape, and their costs by step."""
    chart, curves = side_by_side(figure)
    surface = LANDSCAPES[name]
    start = surface.start[0] + right, surface.start[1] + up
    walks = {
        "plain": roll(surface, lambda w: SGD(w, learning_rate), steps=200, start=start),
        "momentum": roll(
            surface, lambda w: Momentum(w, learning_rate, momentum), steps=200, start=start
        ),
    }
    words = paint(chart, curves, surface, walks, step)
    curves.legend(loc="upper right")
    chart.set_title(f"step {step}: ball {words['momentum']}")
    begun = figures.minus(f"({start[0]:.1f}, {start[1]:.1f})")
    return figures.minus(
        f"{name[0].upper()}{name[1:]}, from {begun} with η = {learning_rate:.3f}, step {step}: the ball with momentum "
        f"α = {momentum:.2f}: {words['momentum']}; plain descent: {words['plain']}."
    )


def paint(
    left: Axes,
    right: Axes,
    surface: Landscape,
    walks: dict[str, np.ndarray],
    step: int,
    last: int = 200,
) -> dict[str, str]:
    """Draw walks up to ``step`` on their landscape and their whole costs beside it; return where each stands."""
    drawings.landscape(left, surface)
    words, lowest, highest = {}, 0.0, 0.0
    for name, walk in walks.items():
        rule, costs = RULES[name], heights(surface, walk)
        trail(left, walk[: step + 1], rule.colour, rule.dashes)
        right.plot(costs, rule.dashes, color=rule.colour, linewidth=1.8, label=name)
        right.plot([step], costs[step : step + 1], "s", color=rule.colour, markersize=8)
        words[name] = standing(float(costs[step]))
        lowest, highest = min(lowest, float(np.nanmin(costs))), max(highest, float(costs[0]))
    ring(left, next(iter(walks.values()))[0])
    lowest = max(lowest, -2.0)  # a saddle goes down for ever
    right.set(xlabel="step", ylabel="cost C", xlim=(0, last))
    right.set_ylim(lowest - 0.05 * highest - 0.02, 1.25 * highest + 0.02)
    return words


def ball() -> Panel:
    """Choose a landscape, a start, η and α, and let the ball roll."""
    return Panel(
        draw_ball,
        size=(9.0, 3.9),
        columns=2,
        name=choice("landscape", list(LANDSCAPES), "ravine"),
        learning_rate=slider("learning rate η", 0.005, 0.2, 0.02, step=0.005),
        right=slider("shifted right", -1, 1, 0.0),
        momentum=slider("momentum α", 0, 0.99, 0.9, step=0.01),
        up=slider("shifted up", -1, 1, 0.0),
        step=Steps("step", 200, value=30, interval=100),
    )


def draw_ahead(figure: Figure, name: str, learning_rate: float, momentum: float, step: int) -> str:
    """Draw momentum and Nesterov on a landscape, and their costs by step."""
    left, right = side_by_side(figure)
    surface = LANDSCAPES[name]
    walks = {
        "momentum": roll(surface, lambda w: Momentum(w, learning_rate, momentum), steps=100),
        "Nesterov": roll(surface, lambda w: Nesterov(w, learning_rate, momentum), steps=100),
    }
    words = paint(left, right, surface, walks, step, last=100)
    right.legend(loc="upper right")
    left.set_title(f"η = {learning_rate:.3f}, α = {momentum:.2f}, step {step}")
    return (
        f"{name[0].upper()}{name[1:]} with η = {learning_rate:.3f} and α = {momentum:.2f}, step {step}: momentum "
        f"{words['momentum']}, Nesterov {words['Nesterov']}."
    )


def ahead() -> Panel:
    """Choose a landscape, η and α, and compare momentum with Nesterov."""
    return Panel(
        draw_ahead,
        size=(9.0, 3.9),
        name=choice("landscape", ["bowl", "ravine", "two valleys", "Rosenbrock", "Beale"], "bowl"),
        learning_rate=slider("learning rate η", 0.005, 0.2, 0.08, step=0.005),
        momentum=slider("momentum α", 0, 0.99, 0.9, step=0.01),
        step=Steps("step", 100, value=25, interval=120),
    )


def cover() -> None:
    """Show the picture that the chapter starts with: three rules, one ravine, 30 steps."""
    figure = figures.figure(9.0, 2.3)
    ravine = LANDSCAPES["ravine"]
    makes: dict[str, Make] = {
        "plain, η = 0.09": lambda w: SGD(w, 0.09),
        "momentum, η = 0.02": lambda w: Momentum(w, 0.02, 0.8),
        "Adam, η = 0.3": lambda w: Adam(w, 0.3, 0.8),
    }
    for ax, (name, make) in zip(figures.axes(figure, columns=3), makes.items(), strict=True):
        drawings.landscape(ax, ravine)
        drawings.path(ax, roll(ravine, make, steps=30))
        ax.set_title(name)
        ax.set_ylabel("v₂" if name.startswith("plain") else "")
    figure.subplots_adjust(left=0.09, right=0.99, top=0.88, bottom=0.24, wspace=0.15)
    figures.show(
        figure,
        alt="Three walks of 30 steps down the same ravine, seen from above, each with a learning rate of its own. "
        "Plain descent goes in a zigzag with sharp corners; momentum and Adam swing down in wide bends, and Adam "
        "passes the lowest place and comes back. All three end near it.",
    )
