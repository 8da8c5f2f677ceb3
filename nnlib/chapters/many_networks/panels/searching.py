"""A grid beside random search, and how good the best of many equal networks looks."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.many_networks.experiments.searching import (
    GOOD,
    RATE_RANGE,
    STRENGTH_RANGE,
    best_found,
    best_of_equals,
    expected_luck,
    grid_points,
    random_points,
    share_read,
)

RATES = np.linspace(*RATE_RANGE, 97)
STRENGTHS = np.linspace(*STRENGTH_RANGE, 5)
LEVELS = np.linspace(0.1, 0.82, 13)
SIDES = {"4": 2, "9": 3, "16": 4}


@demo(
    size=(8.4, 3.8),
    trials=Choice("trials", list(SIDES), "4"),
    draw=Steps("draw", 20, 3, interval=700),
)
def search(figure: Figure, trials: str, draw: int) -> str:
    """Draw trials on a grid and at random over what each η and λ reads, and the η that each of them tries."""
    left, right = figures.axes(figure, columns=2)
    side, rng = SIDES[trials], np.random.default_rng(draw)
    tried = {"grid": grid_points(rng, side), "random": random_points(rng, side**2)}
    best = {}
    for ax, (name, points) in zip((left, right), tried.items(), strict=True):
        _draw_ground(ax)
        _draw_trials(ax, points)
        found = best_found(points)
        best[name] = f"{100 * found:.1f} of 100 validation digits"
        ax.set_title(f"{name}: best {100 * found:.1f}, {'good' if found >= GOOD else 'missed'}")
    left.set_ylabel("log₁₀ λ")
    figure.subplots_adjust(left=0.11, right=0.97, bottom=0.16)
    return (
        f"{trials} trials, draw {draw}: on a grid they try {side} learning rates and the best "
        f"reads {best['grid']}; at random they try {side**2}, and the best reads "
        f"{best['random']}. Dashed lines enclose a narrow strip of η where "
        f"{100 * GOOD:.0f} are read, whatever λ is."
    )


def _draw_ground(ax: Axes) -> None:
    """Draw how many digits are read by η and λ, the darker, the more, and where they are good enough."""
    read = share_read(*np.meshgrid(RATES, STRENGTHS))
    ax.contourf(RATES, STRENGTHS, read, levels=LEVELS, cmap=figures.HEIGHTS)
    look = {"colors": figures.INK, "linewidths": 1.8, "linestyles": "dashed"}
    ax.contour(RATES, STRENGTHS, read, levels=[GOOD], **look)
    ax.set(xlabel="log₁₀ η", xlim=RATE_RANGE, ylim=(-7.6, -2.85))


def _draw_trials(ax: Axes, points: np.ndarray) -> None:
    """Draw the trials (trials, 2), the best with a ring, and below them the η that they try."""
    look = {"color": figures.RED, "markeredgecolor": "white", "zorder": 4}
    ax.plot(*points.T, "o", markersize=8, **look)
    rug = {"color": figures.RED, "markersize": 16, "markeredgewidth": 2.5}
    ax.plot(points[:, 0], np.full(len(points), -7.35), "|", **rug)
    best = points[share_read(*points.T).argmax()]
    ring = {"color": "none", "markeredgecolor": figures.INK, "markeredgewidth": 2.4}
    ax.plot(*best, "o", markersize=15, zorder=5, **ring)


TRIALS, DIGITS = (1, 3, 10, 30, 100, 300), (100, 400, 2000)


@demo(
    size=(8.4, 3.8),
    trials=Choice("trials", list(TRIALS), 30),
    digits=Choice("validation digits", list(DIGITS), 400),
)
def winner(figure: Figure, trials: int, digits: int) -> str:
    """Draw what the best of many equal networks seems to read, beside what it reads."""
    ax = figures.axes(figure)
    _draw_share(ax, 1, digits, color="#999999", linewidth=4, label="any one")
    _draw_share(ax, trials, digits, color=figures.BLUE, linewidth=2.4, label="the winner")
    ax.axvline(90, color=figures.GREEN, linewidth=2.4, label="what each reads")
    formula = 90 + 100 * np.sqrt(0.9 * 0.1 / digits) * expected_luck(trials)
    ax.axvline(formula, color=figures.RED, linestyle="--", label="winner, by the formula")
    ax.set(xlabel="validation digits right, of 100", ylabel="how often (%)", xlim=(80, 100))
    ax.set_ylim(0, 70)
    seems = 100 * best_of_equals(trials, digits).mean()
    ax.set_title(f"best of {trials}, by {digits:,} digits: seems to read {seems:.1f}")
    figures.legend(ax, "upper left")
    return (
        f"Networks that all read 90 of 100 digits, each judged by {digits:,} validation digits: "
        f"the best of {trials} seems to read {seems:.1f} of 100 on average. It is luck."
    )


def _draw_share(ax: Axes, trials: int, digits: int, **look: Any) -> None:
    """Draw how often the best of so many networks seems to read which share of the digits."""
    step = 100 / digits  # from one share that can be read to the next: edges lie half-way between
    width = max(0.5, step)
    bins = np.arange(80 - step / 2, 100 + width, width)
    found = best_of_equals(trials, digits)
    heights, edges = np.histogram(100 * found, bins=bins)
    ax.stairs(100 * heights / len(found), edges, **look)
