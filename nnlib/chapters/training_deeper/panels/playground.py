"""The playground: a small network learns two classes of points, and every part of it can be changed while it runs."""

import math
from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib.activations import Activation
from nnlib.chapters.kit import drawings, figures, svg
from nnlib.chapters.kit.controls import Choice, Counter, Slider, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.kit.experiments import share_right
from nnlib.chapters.training_deeper.experiments.playground import (
    ACTIVATIONS,
    BATCHES,
    DATA,
    FEATURES,
    PENALTIES,
    RATES,
    Run,
    Settings,
    run_of,
)
from nnlib.layers import Dense
from nnlib.network import Network

EPOCHS = 200
EDGE = 1.1  # the pictures reach from −EDGE to EDGE on both axes
BORDER_STEPS, MAP_STEPS, GAP = 48, 24, 4
WIDEST = 8  # neurons in a layer, as many as fit below each other

# In inches: the figure; from where to where the network reaches; the large map; the losses.
WIDTH, HEIGHT = 8.4, 3.8
LEFT, BOTTOM, TOP = 0.88, 0.86, 3.74
MAP = (5.3, 0.32, 3.0, 3.0)
LOSSES = (0.88, 0.34, 3.75, 0.4)
LARGEST_TILE = 0.55
LARGEST_WEIGHT = 4  # from here on a line grows no thicker


@demo(
    size=(WIDTH, HEIGHT),
    data=Choice("data", list(DATA), "two moons"),
    noise=Slider("noise", 0, 0.5, 0.15, step=0.05, on_release=True),
    features=Choice("features", list(FEATURES), "x₁, x₂"),
    layer_1=Counter("neurons, layer 1", 0, WIDEST, 4, on_release=True),
    activation=Choice("activation", list(ACTIVATIONS), "tanh"),
    layer_2=Counter("neurons, layer 2", 0, WIDEST, 4, on_release=True),
    learning_rate=Choice("learning rate η", list(RATES), 0.3),
    layer_3=Counter("neurons, layer 3", 0, WIDEST, 0, on_release=True),
    batch_size=Choice("batch size", list(BATCHES), 10),
    penalty=Choice("penalty", list(PENALTIES), "none"),
    epoch=Steps("epoch", EPOCHS, value=25, interval=80),
)
def playground(
    figure: Figure, epoch: int, layer_1: int, layer_2: int, layer_3: int, **chosen: Any
) -> str:
    """Draw the network: what it is given, what each neuron and it as a whole answer, its weights; and its losses."""
    widths = tuple(width for width in (layer_1, layer_2, layer_3) if width)
    settings = Settings(widths=widths, **{**chosen, "noise": round(chosen["noise"], 2)})
    run = run_of(settings)
    network = run.at(epoch)
    sheet, border, losses = figures.axes(figure, columns=3)
    for ax, place in ((sheet, (0, 0, WIDTH, HEIGHT)), (border, MAP), (losses, LOSSES)):
        ax.set_position(np.array(place) / (WIDTH, HEIGHT, WIDTH, HEIGHT))
    seen, new = (
        round(100 * share_right(network, *examples))
        for examples in (run.examples, run.new_examples)
    )
    _draw_network(sheet, run, network)
    _draw_key(sheet, f"{seen} % right", f"new: {new} %")
    _draw_border(border, run, network)
    _draw_losses(losses, run.losses[: epoch + 1], run.new_losses[: epoch + 1])
    return (
        f"{_in_words(settings)}. After {epoch} epochs about {seen} of 100 training points and "
        f"about {new} of 100 new points are on their own side."
    )


def _in_words(settings: Settings) -> str:
    neurons = " – ".join(map(str, settings.widths))
    hidden = f"by hidden {settings.activation} neurons {neurons}"
    return (
        f"{settings.data[0].upper()}{settings.data[1:]} with noise {settings.noise:.2f}, from "
        f"{settings.features}, {hidden if neurons else 'without a hidden layer'}; "
        f"η = {settings.learning_rate:g}, batches of {settings.batch_size}, penalty "
        f"{settings.penalty}"
    )


@lru_cache(maxsize=32)
def _texts(*what: Hashable) -> svg.Texts:
    """Return where the texts of what stays the same through the epochs of a run are kept."""
    return {}


def _draw_network(ax: Axes, run: Run, network: Network) -> None:
    """Draw inputs and hidden neurons as tiles, a column for each layer, and a line for each weight."""
    names = FEATURES[run.settings.features]
    tiles = _Tiles((len(names), *run.settings.widths))
    _draw_tiles(ax, tiles, _answers_by_layer(run, network))
    _draw_weights(
        ax, tiles, [layer.W.value for layer in network.layers if isinstance(layer, Dense)]
    )
    for name, (x, y) in zip(names, tiles.ends(0, 0), strict=True):
        ax.text(x - 0.08, y, name, ha="right", va="center")
    ax.set(xlim=(0, WIDTH), ylim=(0, HEIGHT), aspect="auto")
    ax.set_axis_off()


class _Tiles:
    """Where the tiles stand that ``counts`` neurons have in each layer: in cells of one sheet, and in inches.

    All are of one size, as large as the fullest layer allows, and the layers are as far apart as there is room.
    """

    def __init__(self, counts: tuple[int, ...]) -> None:
        self.counts, most, pitch = counts, max(counts), MAP_STEPS + GAP
        self.cell = min(LARGEST_TILE / MAP_STEPS, (TOP - BOTTOM) / (most * pitch))  # inches
        apart = int((MAP[0] - LEFT) / len(counts) / self.cell)
        self.corners = [  # row and column of the sheet, from its top left
            [(pitch * (most - count) // 2 + pitch * k, layer * apart) for k in range(count)]
            for layer, count in enumerate(counts)
        ]
        self.shape = (most * pitch - GAP, (len(counts) - 1) * apart + MAP_STEPS)
        self.top = (TOP + BOTTOM + self.shape[0] * self.cell) / 2

    def ends(self, layer: int, side: int) -> list[tuple[float, float]]:
        """Return the middle of the left (``side`` 0) or right side (1) of each tile of a layer, in inches."""
        return [
            (
                LEFT + (column + side * MAP_STEPS) * self.cell,
                self.top - (row + MAP_STEPS / 2) * self.cell,
            )
            for row, column in self.corners[layer]
        ]


def _draw_tiles(ax: Axes, tiles: _Tiles, answers: Sequence[np.ndarray]) -> None:
    """Draw what the neurons answer in the plane, (points, neurons) by layer: green above 0, purple below.

    The colours are full at 1, or at the layer's largest answer if that is above 1.
    """
    sheet = np.full(tiles.shape, np.nan)
    for corners, layer in zip(tiles.corners, answers, strict=True):
        largest = max(1.0, float(np.abs(layer).max()))
        for (row, column), neuron in zip(corners, layer.T / largest, strict=True):
            tile = neuron.reshape(MAP_STEPS, MAP_STEPS)[::-1]  # a sheet begins at its top
            sheet[row : row + MAP_STEPS, column : column + MAP_STEPS] = tile
    height, width = (cells * tiles.cell for cells in tiles.shape)
    place = (LEFT, LEFT + width, tiles.top - height, tiles.top)
    look = {"cmap": drawings.WEIGHTS, "vmin": -1, "vmax": 1, "interpolation": "none"}
    ax.imshow(sheet, extent=place, zorder=2, **look)
    side = tiles.cell * MAP_STEPS
    middles = [middle for layer in range(len(answers)) for middle in tiles.ends(layer, 0)]
    squares = [Rectangle((x, y - side / 2), side, side) for x, y in middles]
    frames = PatchCollection(squares, zorder=3)
    frames.set(facecolor="none", edgecolor=figures.INK, linewidth=1)
    ax.add_collection(frames)
    svg.keep(frames, lambda: svg.view(ax), _texts("frames", tiles.counts))


def _draw_weights(ax: Axes, tiles: _Tiles, matrices: Sequence[np.ndarray]) -> None:
    """Join the tiles by lines: green and solid where a weight is positive, purple and dashed where it is negative."""
    layers = range(len(tiles.counts))
    starts = [tiles.ends(layer, 1) for layer in layers]
    ends = [*(tiles.ends(layer, 0) for layer in layers[1:]), [(MAP[0], (TOP + BOTTOM) / 2)]]
    weights = np.concatenate([matrix.ravel() for matrix in matrices])
    positive = weights >= 0
    ax.add_collection(
        LineCollection(
            [pair for sides in zip(starts, ends, strict=True) for pair in product(*sides)],
            colors=np.where(positive, figures.POSITIVE, figures.NEGATIVE),
            linestyles=["-" if sign else "--" for sign in positive],
            linewidths=0.4 + 0.7 * np.minimum(np.abs(weights), LARGEST_WEIGHT),
            zorder=1,
        )
    )


def _draw_key(ax: Axes, seen: str, new: str) -> None:
    """Write above the large map how many points are right, each with the look of its loss."""
    height, (left, _, width, _) = HEIGHT - 0.25, MAP
    for start, (colour, dashes), words in (
        (left, figures.TRAINING, seen),
        (left + width / 2, figures.VALIDATION, new),
    ):
        ax.plot([start, start + 0.3], [height] * 2, dashes, color=colour)
        ax.text(start + 0.38, height, words, va="center")


def _draw_border(ax: Axes, run: Run, network: Network) -> None:
    """Draw the training points and where the network's answer changes."""
    limits = (-EDGE, EDGE, -EDGE, EDGE)
    drawings.decision_regions(
        ax, lambda x: network.predict(run.inputs(x))[:, 0] - 0.5, limits, BORDER_STEPS
    )
    drawings.points(ax, run.x, run.y, size=22)
    for number, arm in enumerate(ax.collections[-2:]):
        svg.keep(arm, lambda: svg.view(ax), _texts("points", number, run.settings))
    ax.set(xticks=[], yticks=[], xlabel="x₁")
    ax.set_ylabel("x₂", rotation=0)
    ax.xaxis.set_label_coords(0.95, -0.02)
    ax.yaxis.set_label_coords(-0.05, 0.92)
    ax.spines[:].set_visible(True)


def _answers_by_layer(run: Run, network: Network) -> list[np.ndarray]:
    """Return what the inputs and the neurons of each hidden layer are over the plane, (points, neurons) each."""
    across = np.linspace(-EDGE, EDGE, MAP_STEPS)
    plane = np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)
    values = run.inputs(plane)
    answers = [values]
    for layer in network.layers[:-2]:  # without the output neuron, which the large picture shows
        values = layer.forward(values)
        if isinstance(layer, Activation):
            answers.append(values)
    return answers


def _draw_losses(ax: Axes, losses: list[float], new_losses: list[float]) -> None:
    """Draw the losses from epoch 0 on, and a cursor at the present one."""
    last, top = len(losses) - 1, max(1, math.ceil(max(losses + new_losses)))
    ax.axvline(last, color=figures.INK, linewidth=1)
    for values, (colour, dashes) in ((losses, figures.TRAINING), (new_losses, figures.VALIDATION)):
        ax.plot(values, dashes, color=colour)
        ax.plot([last], values[-1:], "o", color=colour, clip_on=False)
    ax.yaxis.set_label_coords(-0.08, 0.5)
    ax.set(ylabel="loss", xlim=(0, EPOCHS), ylim=(0, top), yticks=[0, top])
    ax.tick_params(labelsize=13)
    ax.set_xticks([0, 50, 100, 150, EPOCHS], ["0", "50", "100", "150", f"epoch {EPOCHS}"])
