"""Walks on a landscape by any optimizer, and how they are drawn."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from nnlib.chapters.kit import figures
from nnlib.landscapes import DIVERGED, Landscape
from nnlib.optimizers import Optimizer
from nnlib.parameter import Parameter

Make = Callable[[list[Parameter]], Optimizer]


def optimizer_walk(
    surface: Landscape, make: Make, *, steps: int, start: tuple[float, float] | None = None
) -> np.ndarray:
    """Walk on a landscape by an optimizer, ``make(parameters)``; return the path (steps + 1, 2), start included.

    A walk that diverges ends there; the rest of the path repeats its last place.
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


def start_inside(surface: Landscape, place: tuple[float, float]) -> tuple[float, float]:
    """Return the place, or the nearest one on the map of the surface."""
    left, right, bottom, top = surface.limits
    return min(max(place[0], left), right), min(max(place[1], bottom), top)


def until_it_leaves(walk: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the first places of a walk, up to where it leaves the picture for the first time."""
    return walk[: len(walk) if inside.all() else int(inside.argmin())]


def on_the_map(walk: np.ndarray) -> np.ndarray:
    """Return the first places (k, 2) of a walk, up to where it leaves the charts of the course."""
    return until_it_leaves(walk, (np.abs(walk) < 10).all(axis=1))


def costs_along(surface: Landscape, walk: np.ndarray) -> np.ndarray:
    """Return the cost (steps + 1,) along a walk; NaN once it is far off the map."""
    costs = np.full(len(walk), np.nan)
    near = until_it_leaves(walk, (np.abs(walk) < 100).all(axis=1))
    costs[: len(near)] = surface.value(near)
    return costs


def tidy(value: float) -> str:
    """Return a number with two decimals, and 0.00 without a sign."""
    return f"{round(value, 2) + 0.0:.2f}"


def trail(
    ax: Axes,
    walk: np.ndarray,
    colour: str,
    dashes: str,
    name: str = "",
    dots: int | None = None,
) -> None:
    """Draw a walk up to where it leaves the chart: a dot for each step or the first ``dots``, a square at its end."""
    seen = on_the_map(walk)
    marks: dict[str, Any] = {"marker": "o", "markersize": 3, "markevery": slice(dots)}
    ax.plot(*seen.T, dashes, color=colour, linewidth=1.6, zorder=3, label=name, **marks)
    if len(seen) == len(walk):
        last = {"color": colour, "markeredgecolor": "white", "markersize": 10}
        ax.plot(*seen[-1], "s", zorder=5, clip_on=not in_view(ax, seen[-1]), **last)


def in_view(ax: Axes, place: np.ndarray) -> bool:
    """Whether a place (2,) is on the chart or on its edge, where its mark is drawn whole."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    return bool(left <= place[0] <= right and bottom <= place[1] <= top)


def ring(ax: Axes, place: np.ndarray) -> None:
    """Mark where all walks start."""
    look = {"color": "white", "markeredgecolor": figures.INK, "markeredgewidth": 2}
    ax.plot(*place, "o", markersize=10, zorder=6, clip_on=False, **look)
