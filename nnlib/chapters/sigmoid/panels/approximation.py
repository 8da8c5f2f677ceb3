"""What a layer can draw: towers from pairs of soft steps, any curve from towers, and teeth from depth."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Counter, Slider
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.touch import Touch, Values
from nnlib.chapters.sigmoid.experiments import Curve, tent, tower_network
from nnlib.numerics import sigmoid

GRID = np.linspace(0, 1, 501)
CURVES: dict[str, Curve] = {
    "a wave": lambda x: np.sin(2 * np.pi * x),
    "a hill": lambda x: np.exp(-30 * (x - 0.4) ** 2),
    "a corner": lambda x: np.abs(x - 0.5),
    "a chirp": lambda x: np.sin(20 * x * x),
}


def _edge_at(x: float, y: float, now: Values) -> dict[str, float]:
    """Move the nearer edge to x, and the height to y."""
    nearer = "left" if abs(x - now["left"]) <= abs(x - now["right"]) else "right"
    return {nearer: x, "height": y}


@demo(
    touch=Touch(to=_edge_at, what="an edge and the height"),
    left=Slider("left edge", 0, 1, 0.3, step=0.05, ticks=(0.5,)),
    right=Slider("right edge", 0, 1, 0.7, step=0.05, ticks=(0.6,)),
    height=Slider("height", -1, 1, 0.8),
    steepness=Slider("steepness", 10, 300, 40, step=10),
)
def tower(figure: Figure, left: float, right: float, height: float, steepness: float) -> str:
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
    figures.legend(ax, loc="upper right", ncols=1)
    middle = (up - down)[np.argmin(np.abs(GRID - (left + right) / 2))]
    words = figures.minus(f"{numbers}; in its middle it is {middle:.2f}")
    return f"A tower of two sigmoid neurons, {words}."


def _draw_towers(figure: Figure, name: str, count: int, steepness: float) -> float:
    """Draw a curve and what ``count`` towers make of it; return the largest error."""
    ax = figures.axes(figure)
    target = CURVES[name](GRID)
    weights, biases, v = tower_network(CURVES[name], count, steepness)
    made = sigmoid(GRID[:, None] * weights + biases) @ v
    ax.plot(GRID, target, "--", color=figures.RED, label="wanted")
    ax.plot(GRID, made, color=figures.BLUE, label="network")
    ax.fill_between(GRID, target, made, color=figures.ORANGE, alpha=0.35, linewidth=0)
    ax.set(xlabel="x", ylabel="output", xlim=(0, 1), ylim=(-1.5, 1.5))
    figures.legend(ax, loc="lower left", ncols=2)
    return float(np.abs(made - target).max())


@demo(
    name=Choice("curve", list(CURVES), "a wave"),
    count=Counter("towers", 1, 60, 8),
    steepness=Slider("steepness", 20, 1000, 300, step=20),
)
def towers(figure: Figure, name: str, count: int, steepness: float) -> str:
    """Draw a curve and what ``count`` towers make of it."""
    error = _draw_towers(figure, name, count, steepness)
    made_of = f"{count} tower{'s' if count > 1 else ''}"
    title = f"{made_of}, {2 * count} hidden neurons: largest error {error:.3f}"
    figure.axes[0].set_title(title)
    return (
        f"{name.capitalize()} on 0 to 1 and {made_of} of steepness {steepness:.0f}, "
        f"{2 * count} sigmoid neurons: the largest error is {error:.3f}."
    )


@demo(size=(7.6, 3.6), depth=Counter("layers", 1, 7, 2, ticks=(1, 2, 3)))
def sawtooth(figure: Figure, depth: int) -> str:
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
    teeth = f"{2 ** (depth - 1)} teeth between 0 and 1, each as high as the others"
    return f"The tent after {words}: {teeth}."


@picture(size=(7.6, 3.0))
def cover(figure: Figure) -> str:
    """Show what the chapter starts with: a wave, and sixteen towers that follow it."""
    _draw_towers(figure, "a wave", 16, 300)
    figure.subplots_adjust(top=0.97, bottom=0.18)
    return (
        "A wave from 0 to 1, and a staircase of sixteen towers that follows it: "
        "a layer of 32 sigmoid neurons."
    )
