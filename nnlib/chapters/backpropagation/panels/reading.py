"""What thirty hidden neurons learn from the digits, and how training goes, epoch by epoch."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib.chapters.backpropagation.experiments import EPOCHS, HIDDEN, train_hidden_layer
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Counter, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.history import History

SHADES = 12  # of green, and of purple
SIDE, APART = 28, 4  # pixels of a tile, and between two
ROWS, COLUMNS = 3, 10
CORNERS = [
    (row * (SIDE + APART), column * (SIDE + APART))
    for row in range(ROWS)
    for column in range(COLUMNS)
]
CHOSEN = {"edgecolor": figures.ORANGE, "linewidth": 4, "facecolor": "none", "clip_on": False}


@demo(
    size=(8.4, 4.0),
    number=Counter("hidden neuron", 1, HIDDEN, 8),
    epoch=Steps("epoch", EPOCHS, EPOCHS, interval=600, ticks=(0,)),
)
def hidden_weights(figure: Figure, number: int, epoch: int) -> str:
    """Draw the weights of all hidden neurons as pictures, and the votes of one of them for the ten digits."""
    network, last = train_hidden_layer()[epoch], train_hidden_layer()[-1]
    if not figure.axes:
        _lay_out(figure)
    tiles, bars = figure.axes
    largest = float(np.quantile(np.abs(last.parameters()[0].value), 0.995))  # one for all epochs
    shades = np.round(network.parameters()[0].value / largest * SHADES)  # few make a small picture
    tiles.images[0].set_data(_beside_each_other(shades))
    up, across = CORNERS[number - 1]
    tiles.patches[0].set_xy((across - 0.5, up - 0.5))
    votes = network.parameters()[2].value[number - 1]
    _draw_votes(bars, votes)
    most, least = int(votes.argmax()), int(votes.argmin())
    words = f"neuron {number} votes most for the {most}, and most against the {least}"
    figure.suptitle(f"epoch {epoch}: {words}")
    return (
        f"The weights of thirty hidden neurons as pictures of 28 × 28 pixels, at epoch {epoch}, "
        f"and the output weights of one: {words}."
    )


def _beside_each_other(weights: np.ndarray) -> np.ndarray:
    """Return the weights (784, 30) as one picture of 30 tiles, with NaN between them."""
    whole = np.full((ROWS * (SIDE + APART) - APART, COLUMNS * (SIDE + APART) - APART), np.nan)
    for (up, across), tile in zip(CORNERS, weights.T, strict=True):
        whole[up : up + SIDE, across : across + SIDE] = tile.reshape(SIDE, SIDE)
    return whole


def _lay_out(figure: Figure) -> None:
    """Make the picture of all tiles with their frames, and the axes of the bars."""
    tiles, bars = figure.subplots(2, 1, height_ratios=[2.7, 1])
    drawings.weight_image(tiles, _beside_each_other(np.zeros((SIDE**2, HIDDEN))), SHADES)
    drawings.frames(tiles, (SIDE, SIDE), CORNERS)
    tiles.add_patch(Rectangle((0, 0), SIDE, SIDE, **CHOSEN))
    bars.set(xticks=range(10), xlabel="digit", ylabel="votes", ylim=(-4, 4), yticks=[-3, 0, 3])
    figure.subplots_adjust(left=0.08, right=0.985, top=0.91, bottom=0.14, hspace=0.06)


def _draw_votes(ax: Axes, votes: np.ndarray) -> None:
    for artist in [*ax.patches, *ax.lines]:
        artist.remove()
    colours = [drawings.POSITIVE if vote > 0 else drawings.NEGATIVE for vote in votes]
    ax.bar(range(10), votes, color=colours)
    ax.axhline(0, color=figures.INK, linewidth=0.8)


@picture(size=(8.4, 3.6))
def learning_curves(figure: Figure, networks: dict[str, History]) -> str:
    """Draw the accuracy on training and validation digits by epoch, a chart for each of three networks."""
    for ax, (name, history) in zip(
        figures.axes(figure, columns=len(networks), sharey=True), networks.items(), strict=True
    ):
        seen, new = (
            [100 * share for share in part]
            for part in (history.accuracy, history.validation_accuracy)
        )
        drawings.curves(ax, seen, new, what="right of 100")
        ax.set(title=name, ylim=(85, 100.5))
        ax.label_outer()
        if ax is not figure.axes[0]:
            ax.get_legend().remove()
    return (
        f"Three charts, {', '.join(networks)}: how many of 100 digits are right, by epoch. The "
        "curve of the training digits climbs, highest with most neurons; that of the validation "
        "digits starts above it, falls behind after two or three epochs, and is soon flat."
    )
