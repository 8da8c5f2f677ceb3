"""Leaving out: a small network with neurons or connections missing, and all its sub-networks in one picture."""

from functools import cache
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Steps, choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.numerics import sigmoid

SHAPE = (3, 5, 4, 1)
WAYS = ("neurons: Dropout", "connections: DropConnect")


@cache
def small_weights() -> list[np.ndarray]:
    """Return the weights of the small network in the picture."""
    rng = np.random.default_rng(1)
    return [rng.standard_normal(shape) for shape in pairwise(SHAPE)]


def masks(way: str, keep: float, step: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return what is kept in a draw: 0 or 1 for each neuron of each layer, and for each connection.

    Inputs and the output always stay. In the same draw, more is kept where ``keep`` is larger.
    """
    rng = np.random.default_rng(step)
    neurons = [np.ones(width) for width in SHAPE]
    connections = [np.ones(weights.shape) for weights in small_weights()]
    if way == WAYS[0]:
        neurons[1:-1] = [(rng.random(width) < keep).astype(float) for width in SHAPE[1:-1]]
    else:
        connections = [(rng.random(part.shape) < keep).astype(float) for part in connections]
    return neurons, connections


def draw_dropped(figure: Figure, way: str, keep: float, step: int) -> str:
    """Draw the network of one draw: what is left out is not there, what is kept is divided by keep."""
    ax = figures.axes(figure)
    keep = round(keep, 2)
    neurons, connections = masks(way, keep, step)
    places = [
        [(place, 0.5 - (k + 0.5) / width) for k in range(width)]
        for place, width in enumerate(SHAPE)
    ]
    scale = [1.0, 1 / keep, 1 / keep] if way == WAYS[0] else [1 / keep] * 3
    for layer, weights in enumerate(small_weights()):
        alive = connections[layer] * np.outer(neurons[layer], neurons[layer + 1])
        for i, j in zip(*np.nonzero(alive), strict=True):
            _edge(ax, places[layer][i], places[layer + 1][j], float(weights[i, j]) * scale[layer])
    for layer, column in enumerate(places):
        for here, kept in zip(column, neurons[layer], strict=True):
            edge, line = (figures.INK, "-") if kept else ("#CCCCCC", ":")
            ax.scatter(
                *here, s=900, color="white", edgecolor=edge, linewidth=1.8, linestyle=line, zorder=3
            )
    ax.set(xlim=(-0.4, 3.4), ylim=(-0.6, 0.5))
    for place, name in enumerate(("inputs", "hidden", "hidden", "output")):
        ax.text(place, -0.56, name, ha="center", va="center", fontsize=12)
    ax.set_axis_off()
    figure.subplots_adjust(left=0.02, right=0.98, top=0.88, bottom=0.02)
    left, whole, what = _counts(way, neurons, connections)
    ax.set_title(f"draw {step}: {left} of {whole} {what} kept, each × 1/{keep:g}")
    return (
        f"Draw {step}, keep {keep:g}: a network 3 – 5 – 4 – 1 in which {left} of {whole} {what} are there and "
        f"multiplied by 1/{keep:g}, the others gone."
    )


def _counts(
    way: str, neurons: list[np.ndarray], connections: list[np.ndarray]
) -> tuple[int, int, str]:
    parts, what = (
        (neurons[1:-1], "hidden neurons") if way == WAYS[0] else (connections, "connections")
    )
    return int(sum(part.sum() for part in parts)), sum(part.size for part in parts), what


def _edge(ax: Axes, start: tuple[float, float], end: tuple[float, float], weight: float) -> None:
    colour, dashes = (figures.POSITIVE, "-") if weight >= 0 else (figures.NEGATIVE, "--")
    ax.plot(
        *zip(start, end, strict=True),
        dashes,
        color=colour,
        linewidth=0.5 + min(abs(weight), 4.0),
        zorder=1,
    )


def dropped() -> Panel:
    """Choose what is left out and how much is kept, and draw again."""
    return Panel(
        draw_dropped,
        way=choice("leave out", list(WAYS), WAYS[0]),
        keep=slider("keep", 0.1, 1, 0.5, step=0.05),
        step=Steps("draw", 30, value=1, interval=600),
    )


NEURONS = 8


class Every(NamedTuple):
    """For each of all sub-networks its z (k,), and the chance of meeting it (k,); and z of the whole one, scaled."""

    z: np.ndarray
    chance: np.ndarray
    scaled: float


def every_mask(neurons: int) -> np.ndarray:
    """Return all 2^neurons masks of 0s and 1s, (2^neurons, neurons)."""
    return np.array(list(product((0.0, 1.0), repeat=neurons)))


@cache
def every(keep: float, layers: int, size: float, seed: int = 0) -> Every:
    """Return what all sub-networks of 2-8-1 answer, or of 2-4-4-1, with weights of N(0, size²), and tanh between.

    Neurons are multiplied by 0 or 1 in the sub-networks, and by keep in the scaled network.
    """
    rng = np.random.default_rng(seed)
    width = NEURONS // layers
    widths = [2, *[width] * layers, 1]
    weights = [size * rng.standard_normal(shape) for shape in pairwise(widths)]
    x = np.array([1.0, -0.5])
    found = every_mask(NEURONS)
    share = np.full((1, NEURONS), keep)
    z = [_through(x, weights, np.split(part, layers, axis=1)) for part in (found, share)]
    chance = np.prod(np.where(found == 1, keep, 1 - keep), axis=1)
    return Every(z[0], chance, float(z[1][0]))


def _through(x: np.ndarray, weights: list[np.ndarray], factors: list[np.ndarray]) -> np.ndarray:
    """Return z (k,) for k masks: each hidden layer's neurons times its ``factors`` (k, width)."""
    a = np.broadcast_to(x, (len(factors[0]), 2))
    for layer, factor in zip(weights, factors, strict=False):
        a = np.tanh(a @ layer) * factor
    return (a @ weights[-1])[:, 0]


def averages(found: Every) -> tuple[float, float, float]:
    """Return the sub-networks' arithmetic mean, their geometric one (renormalised), and what the scaled one says.

    All three are shares for class 1. The geometric mean of σ(z) and that of 1 − σ(z), divided by their sum.
    """
    yes, no = (float(np.exp(found.chance @ np.log(sigmoid(sign * found.z)))) for sign in (1, -1))
    return (
        float(found.chance @ sigmoid(found.z)),
        yes / (yes + no),
        float(sigmoid(np.array(found.scaled))),
    )


def draw_ensemble(figure: Figure, keep: float, layers: int, spread: float) -> str:
    """Draw what all 256 sub-networks answer, how often each is met, their means, and the scaled network."""
    ax = figures.axes(figure)
    keep, spread = round(keep, 2), round(spread, 1)
    found = every(keep, layers, spread)
    heights, edges = np.histogram(
        sigmoid(found.z), bins=np.linspace(0, 1, 41), weights=100 * found.chance
    )
    ax.stairs(heights, edges, fill=True, color="#BBBBBB")
    means = averages(found)
    top = 1.25 * max(float(heights.max()), 1.0)
    styles = (
        (figures.ORANGE, ":", "arithmetic mean"),
        (figures.BLUE, "-", "geometric mean"),
        (figures.RED, "--", "scaled"),
    )
    for value, (colour, dashes, name) in zip(means, styles, strict=True):
        ax.plot([value, value], [0, top], dashes, color=colour, linewidth=3, label=name)
    ax.set(
        xlabel="answer: share for class 1",
        ylabel="chance of the masks (%)",
        xlim=(0, 1),
        ylim=(0, top),
    )
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.6))
    figure.subplots_adjust(right=0.7)
    ax.set_title(f"arithmetic {means[0]:.3f}, geometric {means[1]:.3f}, scaled {means[2]:.3f}")
    shape = (
        "one hidden layer of eight neurons"
        if layers == 1
        else f"{layers} hidden layers of {NEURONS // layers} neurons"
    )
    return (
        f"All 256 sub-networks of a network with {shape}, weights of size {spread:g}, keep {keep:g}: the arithmetic "
        f"mean of their answers is {means[0]:.3f}, the geometric one {means[1]:.3f}; the scaled network says "
        f"{means[2]:.3f}."
    )


def ensemble() -> Panel:
    """Choose keep, depth, and how large the weights are."""
    return Panel(
        draw_ensemble,
        size=(8.4, 4.0),
        keep=slider("keep", 0.1, 0.9, 0.5, step=0.05),
        layers=choice("hidden layers", [1, 2, 4], 1),
        spread=slider("size of the weights", 0.5, 4, 2, step=0.5),
    )
