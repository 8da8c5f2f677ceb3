"""Walking downhill on a curve and on a surface."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Steps, choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.landscapes import LANDSCAPES, descend


class Valley(NamedTuple):
    """A curve C(w) with its slope, and how high to draw it."""

    value: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    top: float


VALLEYS = {
    "bowl": Valley(lambda w: w**2, lambda w: 2 * w, 6.5),
    "two valleys": Valley(lambda w: w**4 / 4 - w**2 + w / 4, lambda w: w**3 - 2 * w + 0.25, 3.5),
    "shelf": Valley(lambda w: w**4 / 4 + w**3 / 3, lambda w: w**3 + w**2, 5.5),
}


def draw_walk(figure: Figure, name: str, start: float, learning_rate: float, step: int) -> str:
    """Draw a curve and the places of gradient descent on it up to ``step``."""
    ax = figures.axes(figure)
    valley = VALLEYS[name]
    walk = descend(
        valley.slope, np.array([start]), learning_rate=learning_rate, steps=max(step, 1)
    )[: step + 1, 0]
    across = np.linspace(-2.5, 2.5, 201)
    ax.plot(across, valley.value(across), color=figures.BLUE)
    seen = until_it_leaves(walk, np.abs(walk) < 4)
    ax.plot(seen, valley.value(seen), "o-", color=figures.RED, linewidth=1, markersize=5)
    if len(seen) == len(walk):
        ax.plot(
            seen[-1:],
            valley.value(seen[-1:]),
            "s",
            color=figures.RED,
            markersize=11,
            markeredgecolor="white",
        )
    low = float(valley.value(across).min())
    ax.set(xlabel="weight w", ylabel="cost C", xlim=(-2.5, 2.5), ylim=(low - 0.5, valley.top))
    words = where(float(walk[-1]), float(valley.value(walk[-1])), float(valley.slope(walk[-1])))
    ax.set_title(f"η = {learning_rate:.2f}, step {step}: {words}")
    begun = figures.minus(f"{start:.1f}")
    return f"Gradient descent on the curve {name!r} from {begun} with η = {learning_rate:.2f}, step {step}: {words}."


def until_it_leaves(walk: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the first places of a walk, up to where it leaves the picture for the first time."""
    return walk[: len(walk) if inside.all() else int(inside.argmin())]


def where(w: float, cost: float, slope: float) -> str:
    """Say where a walk stands, in as many digits as every machine agrees on."""
    if abs(w) > 100:
        return "w is beyond 100, and runs away"
    return figures.minus(f"w = {tidy(w)}, C = {tidy(cost)}, slope {tidy(slope)}")


def tidy(value: float) -> str:
    """Return a number with two decimals, and 0.00 without a sign."""
    return f"{round(value, 2) + 0.0:.2f}"


def walk() -> Panel:
    """Choose a curve, a start and a learning rate, and step downhill."""
    return Panel(
        draw_walk,
        name=choice("curve", list(VALLEYS), "bowl"),
        start=slider("start", -2, 2, -2.0),
        learning_rate=slider("learning rate η", 0.01, 1.2, 0.2, step=0.01),
        step=Steps("step", 40, value=3, interval=250),
    )


def draw_surface(
    figure: Figure, name: str, v1: float, v2: float, learning_rate: float, step: int
) -> str:
    """Draw a landscape from above, and gradient descent on it up to ``step``."""
    ax = figures.axes(figure)
    surface = LANDSCAPES[name]
    walked = descend(
        surface.gradient, np.array([v1, v2]), learning_rate=learning_rate, steps=max(step, 1)
    )[: step + 1]
    drawings.landscape(ax, surface)
    drawings.path(ax, until_it_leaves(walked, (np.abs(walked) < 10).all(axis=1)))
    here = walked[-1]
    gone = np.abs(here).max() > 100
    steep = float(np.linalg.norm(surface.gradient(here)))
    words = (
        "it runs away" if gone else f"C = {tidy(float(surface.value(here)))}, ‖∇C‖ = {tidy(steep)}"
    )
    ax.set_title(figures.minus(f"{name}, η = {learning_rate:.3f}, step {step}:  {words}"))
    place = "far off the map" if gone else figures.minus(f"({tidy(here[0])}, {tidy(here[1])})")
    begun = figures.minus(f"({v1:.1f}, {v2:.1f})")
    return figures.minus(
        f"{name.capitalize()}, seen from above: gradient descent from {begun} with η = {learning_rate:.3f} "
        f"stands after {step} steps at {place}; {words}."
    )


def surface() -> Panel:
    """Choose a landscape, a place to start, the learning rate, and step downhill."""
    return Panel(
        draw_surface,
        size=(7.6, 4.6),
        name=choice("landscape", list(LANDSCAPES), "ravine"),
        v1=slider("start v₁", -1.8, 1.8, -1.8),
        v2=slider("start v₂", -0.4, 1.2, 0.7),
        learning_rate=slider("learning rate η", 0.005, 0.3, 0.08, step=0.005),
        step=Steps("step", 100, value=12, interval=150),
    )


def cover() -> None:
    """Show the picture that the chapter starts with: walks down a ravine with a small and a larger learning rate."""
    figure = figures.figure(8.4, 2.5)
    ravine = LANDSCAPES["ravine"]
    rates = (0.02, 0.092)
    for ax, rate in zip(figures.axes(figure, columns=2), rates, strict=True):
        drawings.landscape(ax, ravine)
        drawings.path(
            ax, descend(ravine.gradient, np.array([-3.0, 1.2]), learning_rate=rate, steps=30)
        )
        ax.set_title(f"η = {rate:.3f}")
    figure.subplots_adjust(top=0.88, bottom=0.2)
    figures.show(
        figure,
        alt="Two walks of 30 steps down the same ravine, seen from above. With a learning rate of 0.02 the walk goes "
        "smoothly and not far; with 0.092 it jumps from wall to wall and gets nearer to the lowest place.",
    )
