"""What a layer can draw: towers from pairs of soft steps, any curve from towers, and teeth from depth."""

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import choice, counter, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.numerics import sigmoid

Curve = Callable[[np.ndarray], np.ndarray]
GRID = np.linspace(0, 1, 501)
CURVES: dict[str, Curve] = {
    "a wave": lambda x: np.sin(2 * np.pi * x),
    "a hill": lambda x: np.exp(-30 * (x - 0.4) ** 2),
    "a corner": lambda x: np.abs(x - 0.5),
    "a chirp": lambda x: np.sin(20 * x * x),
}


def draw_tower(figure: Figure, left: float, right: float, height: float, steepness: float) -> str:
    """Draw height · σ(s (x − left)) − height · σ(s (x − right)) and the two soft steps that it is made of."""
    ax = figures.axes(figure)
    up, down = (height * sigmoid(steepness * (GRID - edge)) for edge in (left, right))
    ax.plot(GRID, up, "--", color=figures.POSITIVE, linewidth=1.6, label="left step, weight +v")
    ax.plot(GRID, -down, ":", color=figures.NEGATIVE, linewidth=1.8, label="right step, weight −v")
    ax.plot(GRID, up - down, color=figures.BLUE, label="their sum")
    ax.axhline(0, color=figures.INK, linewidth=0.8)
    ax.set(xlabel="x", ylabel="output", ylim=(-1.15, 2.2), xlim=(0, 1))
    numbers = f"edges {left:.2f} and {right:.2f}, height {height:.1f}, steepness {steepness:.0f}"
    ax.set_title(figures.minus(numbers))
    ax.legend(loc="upper right", ncols=1)
    middle = (up - down)[np.argmin(np.abs(GRID - (left + right) / 2))]
    return f"A tower of two sigmoid neurons, {figures.minus(f'{numbers}; in its middle it is {middle:.2f}')}."


def tower() -> Panel:
    """Shape one tower: its two edges, its height, and how steep the steps are."""
    return Panel(
        draw_tower,
        left=slider("left edge", 0, 1, 0.3, step=0.05),
        right=slider("right edge", 0, 1, 0.7, step=0.05),
        height=slider("height", -1, 1, 0.8),
        steepness=slider("steepness", 10, 300, 40, step=10),
    )


def tower_network(
    curve: Curve, count: int, steepness: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return W, b, v, each (2 · count,): the hidden sigmoid neurons and output weights of ``count`` towers on [0, 1].

    Tower k stands from k/count to (k + 1)/count and is as high as the curve in its middle.
    """
    edges = np.arange(count + 1) / count
    heights = curve((edges[:-1] + edges[1:]) / 2)
    places = np.concatenate([edges[:-1], edges[1:]])
    places = np.where(
        places == 0, -0.5, np.where(places == 1, 1.5, places)
    )  # the outer walls stand outside
    weights = np.full(2 * count, steepness)
    return weights, -steepness * places, np.concatenate([heights, -heights])


def draw_towers(figure: Figure, name: str, count: int, steepness: float) -> str:
    """Draw a curve and what ``count`` towers make of it."""
    ax = figures.axes(figure)
    wanted = CURVES[name](GRID)
    weights, biases, v = tower_network(CURVES[name], count, steepness)
    made = sigmoid(GRID[:, None] * weights + biases) @ v
    error = float(np.abs(made - wanted).max())
    ax.plot(GRID, wanted, "--", color=figures.RED, label="wanted")
    ax.plot(GRID, made, color=figures.BLUE, label="network")
    ax.fill_between(GRID, wanted, made, color=figures.ORANGE, alpha=0.35, linewidth=0)
    ax.set(xlabel="x", ylabel="output", xlim=(0, 1), ylim=(-1.5, 1.5))
    made_of = f"{count} tower{'s' if count > 1 else ''}"
    ax.set_title(f"{made_of}, {2 * count} hidden neurons: largest error {error:.3f}")
    ax.legend(loc="lower left", ncols=2)
    return (
        f"{name.capitalize()} on 0 to 1 and {made_of} of steepness {steepness:.0f}, {2 * count} sigmoid neurons: "
        f"the largest error is {error:.3f}."
    )


def towers() -> Panel:
    """Choose a curve, how many towers stand for it, and how steep their walls are."""
    return Panel(
        draw_towers,
        name=choice("curve", list(CURVES), "a wave"),
        count=counter("towers", 1, 60, 8),
        steepness=slider("steepness", 20, 1000, 300, step=20),
    )


def tent(x: np.ndarray) -> np.ndarray:
    """Return 2x up to ½ and 2 − 2x beyond, for x (n,) from 0 to 1: two ReLU neurons."""
    return 2 * np.maximum(x, 0) - 4 * np.maximum(x - 0.5, 0)


def draw_sawtooth(figure: Figure, depth: int) -> str:
    """Draw the tent applied ``depth`` times, and how many straight pieces it has."""
    ax = figures.axes(figure)
    x = np.linspace(0, 1, 2**depth + 1)
    y = x
    for _ in range(depth):
        y = tent(y)
    ax.plot(x, y, color=figures.BLUE, linewidth=2.2 if depth < 5 else 1.2)
    ax.set(xlabel="x", ylabel="output", xlim=(0, 1), ylim=(-0.05, 1.1))
    words = f"{depth} layer{'s' if depth > 1 else ''} of two neurons"
    ax.set_title(words)
    return f"The tent after {words}: {2 ** (depth - 1)} teeth between 0 and 1, each as high as the others."


def sawtooth() -> Panel:
    """One slider: how many layers of two ReLU neurons."""
    return Panel(draw_sawtooth, size=(7.6, 3.6), depth=counter("layers", 1, 7, 2))


def cover() -> None:
    """Show the picture that the chapter starts with: a wave, and sixteen towers that follow it."""
    figure = figures.figure(7.6, 3.0)
    draw_towers(figure, "a wave", 16, 300)
    figure.axes[0].set_title("")
    figure.subplots_adjust(top=0.97, bottom=0.18)
    figures.show(
        figure,
        alt="A wave from 0 to 1, and a staircase of sixteen towers that follows it: a layer of 32 sigmoid neurons.",
    )
