"""Leaving out: a small network with neurons or connections missing, and all its sub-networks in one picture."""

from functools import cache
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.regularization.experiments.subnetworks import (
    NEURONS,
    ask_all_subnetworks,
    mean_answers,
)
from nnlib.numerics import sigmoid

SHAPE = (3, 5, 4, 1)
LEFT_OUT = ("neurons: Dropout", "connections: DropConnect")
MEANS = (
    (figures.ORANGE, ":", "arithmetic mean"),
    (figures.BLUE, "-", "geometric mean"),
    (figures.RED, "--", "scaled"),
)
Masks = tuple[list[np.ndarray], list[np.ndarray]]  # 0 or 1 for each neuron, and each connection


@cache
def _small_weights() -> list[np.ndarray]:
    """Return the weights (n_in, n_out) of each layer of the small network in the picture."""
    rng = np.random.default_rng(1)
    return [rng.standard_normal(shape) for shape in pairwise(SHAPE)]


def _masks(way: str, keep: float, step: int) -> Masks:
    """Return what is kept in a draw: 0 or 1 for each neuron of each layer (width,), and for each connection.

    Inputs and the output always stay. In the same draw, more is kept if ``keep`` is larger.
    """
    rng = np.random.default_rng(step)
    neurons = [np.ones(width) for width in SHAPE]
    connections = [np.ones(weights.shape) for weights in _small_weights()]
    if way == LEFT_OUT[0]:
        neurons[1:-1] = [(rng.random(width) < keep).astype(float) for width in SHAPE[1:-1]]
    else:
        connections = [(rng.random(part.shape) < keep).astype(float) for part in connections]
    return neurons, connections


@demo(
    way=Choice("leave out", list(LEFT_OUT), LEFT_OUT[0]),
    keep=Slider("keep", 0.1, 1, 0.5, step=0.05, ticks=(0.5,)),
    step=Steps("draw", 30, 1, interval=600),
)
def dropout(figure: Figure, way: str, keep: float, step: int) -> str:
    """Draw the network of one draw: what is left out is not there, what is kept is divided by keep."""
    ax = figures.axes(figure)
    keep = round(keep, 2)
    masks = _masks(way, keep, step)
    inputs_stay = way == LEFT_OUT[0]
    scale = [1.0 if inputs_stay else 1 / keep, 1 / keep, 1 / keep]
    places = [
        [(place, 0.5 - (k + 0.5) / width) for k in range(width)]
        for place, width in enumerate(SHAPE)
    ]
    _paint_connections(ax, places, masks, scale)
    _paint_neurons(ax, places, masks[0])
    ax.set(xlim=(-0.4, 3.4), ylim=(-0.6, 0.5))
    for place, name in enumerate(("inputs", "hidden", "hidden", "output")):
        ax.text(place, -0.56, name, ha="center", va="center", fontsize=12)
    ax.set_axis_off()
    figure.subplots_adjust(left=0.02, right=0.98, top=0.88, bottom=0.02)
    left, whole, what = _counts(way, *masks)
    ax.set_title(f"draw {step}: {left} of {whole} {what} kept, each × 1/{keep:g}")
    return (
        f"Draw {step}, keep {keep:g}: a network 3 – 5 – 4 – 1 in which {left} of {whole} {what} "
        f"are there and multiplied by 1/{keep:g}, the others gone."
    )


Places = list[list[tuple[int, float]]]


def _paint_connections(ax: Axes, places: Places, masks: Masks, scale: list[float]) -> None:
    """Draw a line for each connection that is there, as thick as its weight times the ``scale`` of its layer."""
    neurons, connections = masks
    for layer, weights in enumerate(_small_weights()):
        alive = connections[layer] * np.outer(neurons[layer], neurons[layer + 1])
        for i, j in zip(*np.nonzero(alive), strict=True):
            weight = float(weights[i, j]) * scale[layer]
            style = (figures.POSITIVE, "-") if weight >= 0 else (figures.NEGATIVE, "--")
            ends = zip(places[layer][i], places[layer + 1][j], strict=True)
            width = 0.5 + min(abs(weight), 4.0)
            ax.plot(*ends, style[1], color=style[0], linewidth=width, zorder=1)


def _paint_neurons(ax: Axes, places: Places, neurons: list[np.ndarray]) -> None:
    """Draw a circle for each neuron, dotted and pale for those that are left out."""
    here = np.array([place for column in places for place in column])
    edges = [(figures.INK, "-") if stays else ("#CCCCCC", ":") for stays in np.concatenate(neurons)]
    colours, lines = zip(*edges, strict=True)
    look = {"edgecolor": colours, "linewidth": 1.8, "linestyle": lines}
    ax.scatter(*here.T, s=900, color="white", zorder=3, **look)  # at once, as each call takes long


def _counts(
    way: str, neurons: list[np.ndarray], connections: list[np.ndarray]
) -> tuple[int, int, str]:
    """Return how many are kept, of how many, and of what."""
    hidden = way == LEFT_OUT[0]
    parts = neurons[1:-1] if hidden else connections
    what = "hidden neurons" if hidden else "connections"
    return int(sum(part.sum() for part in parts)), sum(part.size for part in parts), what


@demo(
    size=(8.4, 4.0),
    keep=Slider("keep", 0.1, 0.9, 0.5, step=0.05),
    layers=Choice("hidden layers", [1, 2, 4], 1),
    spread=Slider("size of the weights", 0.5, 4, 2, step=0.5),
)
def ensemble(figure: Figure, keep: float, layers: int, spread: float) -> str:
    """Draw what all 256 sub-networks answer, how often each is met, their means, and the scaled network."""
    ax = figures.axes(figure)
    keep, spread = round(keep, 2), round(spread, 1)
    found = ask_all_subnetworks(keep, layers, spread)
    bins = np.linspace(0, 1, 41)
    heights, edges = np.histogram(sigmoid(found.z), bins=bins, weights=100 * found.chance)
    ax.stairs(heights, edges, fill=True, color="#BBBBBB")
    means = mean_answers(found)
    top = 1.25 * max(float(heights.max()), 1.0)
    for value, (colour, dashes, name) in zip(means, MEANS, strict=True):
        ax.plot([value, value], [0, top], dashes, color=colour, linewidth=3, label=name)
    ax.set(xlabel="answer: share for class 1", ylabel="chance of the masks (%)")
    ax.set(xlim=(0, 1), ylim=(0, top))
    figures.legend(ax, loc="center left", bbox_to_anchor=(1.0, 0.6))
    figure.subplots_adjust(right=0.7)
    ax.set_title(f"arithmetic {means[0]:.3f}, geometric {means[1]:.3f}, scaled {means[2]:.3f}")
    width = NEURONS // layers
    several = f"{layers} hidden layers of {width} neurons"
    shape = "one hidden layer of eight neurons" if layers == 1 else several
    return (
        f"All 256 sub-networks of a network with {shape}, weights of size {spread:g}, keep "
        f"{keep:g}: the arithmetic mean of their answers is {means[0]:.3f}, the geometric one "
        f"{means[1]:.3f}; the scaled network says {means[2]:.3f}."
    )
