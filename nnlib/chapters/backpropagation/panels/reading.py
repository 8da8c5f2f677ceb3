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

ROWS, COLUMNS = 3, 10
CHOSEN = {"edgecolor": figures.ORANGE, "linewidth": 4, "facecolor": "none", "clip_on": False}


@demo(
    size=(8.4, 4.0),
    number=Counter("hidden neuron", 1, HIDDEN, 8),
    epoch=Steps("epoch", EPOCHS, EPOCHS, interval=600, ticks=(0,)),
)
def hidden_weights(figure: Figure, number: int, epoch: int) -> str:
    """Draw the weights of all hidden neurons as pictures, and the votes of one of them for the ten digits."""
    network = train_hidden_layer()[epoch]
    first, _, second, _ = (parameter.value for parameter in network.parameters())
    if not figure.axes:
        _lay_out(figure)
    *tiles, bars = figure.axes
    last = train_hidden_layer()[-1].parameters()[0].value
    largest = float(np.quantile(np.abs(last), 0.995))  # one scale for all epochs
    for place, ax in enumerate(tiles):
        ax.images[0].set_data(first[:, place].reshape(28, 28))
        ax.images[0].set_clim(-largest, largest)
        ax.patches[0].set_visible(place == number - 1)
    votes = second[number - 1]
    _draw_votes(bars, votes)
    most, least = int(votes.argmax()), int(votes.argmin())
    words = f"neuron {number} votes most for the {most}, and most against the {least}"
    figure.suptitle(f"epoch {epoch}: {words}")
    return (
        f"The weights of thirty hidden neurons as pictures of 28 × 28 pixels, at epoch {epoch}, "
        f"and the output weights of one: {words}."
    )


def _lay_out(figure: Figure) -> None:
    """Make the tiles with their frames and the axes of the bars."""
    grid = figure.add_gridspec(ROWS + 1, COLUMNS, height_ratios=[1, 1, 1, 1.25])
    for place in range(HIDDEN):
        ax = figure.add_subplot(grid[place // COLUMNS, place % COLUMNS])
        drawings.frames(drawings.weight_image(ax, np.zeros((28, 28)), 1.0), (28, 28))
        ax.add_patch(Rectangle((-0.5, -0.5), 28, 28, **CHOSEN))
    figure.add_subplot(grid[ROWS, :])
    figure.subplots_adjust(left=0.09, right=0.98, top=0.9, bottom=0.13, wspace=0.08, hspace=0.14)


def _draw_votes(ax: Axes, votes: np.ndarray) -> None:
    ax.clear()
    colours = [drawings.POSITIVE if vote > 0 else drawings.NEGATIVE for vote in votes]
    ax.bar(range(10), votes, color=colours)
    ax.axhline(0, color=figures.INK, linewidth=0.8)
    ax.set(xticks=range(10), xlabel="digit", ylabel="votes", ylim=(-4, 4))


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
        "digits stays below it and is soon flat."
    )
