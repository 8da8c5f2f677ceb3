"""The digits under every optimizer, and with mini-batches of every size."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.optimizers.experiments.learning import (
    DIGIT_RATES,
    EPOCHS,
    train_on_digits,
    updates_made,
)
from nnlib.chapters.optimizers.experiments.rules import OPTIMIZERS
from nnlib.chapters.optimizers.panels._layout import (
    LOOKS,
    WIDE,
    name_beside,
    pushed_apart,
    side_by_side,
)
from nnlib.training import History

SIZES, BATCH_RATES = (5, 10, 20, 50, 100, 500), (0.03, 0.1, 0.3, 1.0)
UNITS = ("epochs", "updates", "seconds, on your machine")


@picture(size=WIDE)
def learning_curves(figure: Figure, runs: dict[str, Sequence[History]]) -> str:
    """Draw training and validation loss by epoch, for each optimizer the mean of its runs, and their spread."""
    parts = figures.axes(figure, columns=2)
    parts[0].set_position((0.105, 0.16, 0.3, 0.75))
    parts[1].set_position((0.485, 0.16, 0.3, 0.75))
    told = []
    for name, histories in runs.items():
        losses = [[h.loss for h in histories], [h.validation_loss for h in histories]]
        for ax, values in zip(parts, np.array(losses), strict=True):
            _draw_spread(ax, name, values)
        ends = np.mean(losses, axis=1)[:, -1]
        told.append(f"{name} {_rough_loss(ends[0])} and {_rough_loss(ends[1])}")
    for ax, title in zip(parts, ("training", "validation"), strict=True):
        ax.set(xlabel="epoch", ylim=(0, 1.3), title=title)
    parts[0].set_ylabel("loss")
    name_beside(parts[1])
    return (
        f"Loss by epoch, means of {len(histories)} runs and their spread; after the last epoch on "
        f"training and on validation images: {', '.join(told)}."
    )


def _draw_spread(ax: Axes, name: str, values: np.ndarray) -> None:
    """Draw the mean of runs (runs, epochs) of an optimizer, and shade from the lowest to the highest of them."""
    colour, dashes = LOOKS[name]
    epochs = np.arange(1, values.shape[1] + 1)
    ax.plot(epochs, values.mean(axis=0), dashes, color=colour, label=name)
    ax.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.2)
    ax.set_xticks(epochs)


def _rough_loss(loss: float) -> str:
    """Return a loss as coarsely as all machines agree on it."""
    return "under 0.3" if loss < 0.3 else "under 0.6" if loss < 0.6 else "above 0.6"


@demo(
    size=WIDE,
    eta=Choice("learning rate η", list(DIGIT_RATES), 0.3),
    optimizer=Choice("optimizer", list(OPTIMIZERS), "Adam"),
)
def learning(figure: Figure, eta: float, optimizer: str) -> str:
    """Draw the validation loss by epoch for one η, and the last accuracy of every optimizer by η."""
    losses, ends = figures.axes(figure, columns=2)
    losses.set_position((0.11, 0.16, 0.2, 0.75))
    ends.set_position((0.415, 0.16, 0.385, 0.75))
    figures.log_scale(losses, [0.01, 0.1, 1, 10])
    told = []
    for name in OPTIMIZERS:
        _draw_optimizer(losses, ends, name, eta, name == optimizer)
        told.append(f"{name} {_rough_accuracy(train_on_digits(name, eta).accuracy[-1])}")
    losses.set(xlabel="epoch", ylabel="validation loss", xlim=(1, EPOCHS), ylim=(0.05, 12))
    ends.set(xlabel="learning rate η", ylabel="right, of 100", ylim=(0, 101))
    if len(ends.get_xticks()) != len(DIGIT_RATES):
        ends.set_xticks(range(len(DIGIT_RATES)), [f"{rate:g}" for rate in DIGIT_RATES])
    name_beside(ends)
    losses.set_title(f"η = {eta:g}")
    ends.set_title("after 10 epochs")
    return (
        f"Six optimizers learn the digits, all with η = {eta:g}; {optimizer} is drawn thicker. "
        f"Validation digits right after 10 epochs, of 100: {', '.join(told)}."
    )


def _draw_optimizer(losses: Axes, ends: Axes, name: str, eta: float, chosen: bool) -> None:
    """Draw one optimizer's losses for one η, and its last accuracies by η: thicker, and marked, if it is chosen."""
    colour, dashes = LOOKS[name]
    look = {"color": colour, "linestyle": dashes, "linewidth": 3.5 if chosen else 1.3}
    losses.plot(range(1, EPOCHS + 1), train_on_digits(name, eta).validation_loss, **look)
    percent = [100 * train_on_digits(name, rate).accuracy[-1] for rate in DIGIT_RATES]
    ends.plot(range(len(DIGIT_RATES)), percent, marker="o", markersize=4, label=name, **look)
    if chosen:
        place = DIGIT_RATES.index(eta)
        ends.plot([place], [percent[place]], "s", color=colour, markersize=11)


def _rough_accuracy(share: float) -> str:
    """Return an accuracy as coarsely as all machines agree on it."""
    return "over 90" if share > 0.9 else "70 to 90" if share > 0.7 else "under 70"


@demo(
    size=WIDE,
    eta=Choice("learning rate η", list(BATCH_RATES), 0.3),
    batch_size=Choice("batch size", list(SIZES), 20),
    unit=Choice("count by", list(UNITS), "epochs"),
)
def batches(figure: Figure, eta: float, batch_size: int, unit: str) -> str:
    """Draw the validation loss against the work for every batch size, and the accuracies of the whole grid."""
    losses, table = side_by_side(figure)
    figures.log_scale(losses, [0.01, 0.1, 1, 10])
    most = max(0.01, float(np.nan_to_num(_work_done(batch_size, eta, unit)).max()))
    ends = []
    for size in SIZES:
        chosen, work = size == batch_size, _work_done(size, eta, unit)
        values = train_on_digits("plain", eta, size).validation_loss
        colour, dashes = (figures.RED, "-") if chosen else (figures.BLUE, "--")
        look = {"color": colour, "linewidth": 3 if chosen else 1.2}
        losses.plot(work, values, dashes, marker="o", markersize=3, **look)
        if np.isfinite(values[-1]) and work[-1] <= most:
            ends.append((values[-1], work[-1], str(size), colour))
    _name_ends(losses, ends, 0.12 * most, above=unit != "epochs")
    losses.set(xlabel=unit, ylabel="validation loss", xlim=(0, 1.12 * most), ylim=(0.05, 12))
    losses.set_title(f"η = {eta:g}, batches of {batch_size}")
    _draw_table(table, batch_size, eta)
    share = train_on_digits("plain", eta, batch_size).accuracy[-1]
    return (
        f"Plain descent on the digits with η = {eta:g} and batches of {batch_size}: after 10 "
        f"epochs {_rough_accuracy(share)} of 100 validation digits are right. Losses of all batch "
        f"sizes, drawn by {unit}."
    )


def _work_done(batch_size: int, eta: float, unit: str) -> np.ndarray:
    """Return what a plain run had cost after each epoch (10,), in one of ``UNITS``."""
    if unit == "epochs":
        return np.arange(1.0, EPOCHS + 1)
    if unit == "updates":
        return updates_made(batch_size)
    return train_on_digits("plain", eta, batch_size).seconds


def _name_ends(
    ax: Axes, ends: list[tuple[float, float, str, str]], near: float, *, above: bool
) -> None:
    """Write at the end of each curve (loss, work, name, colour) its name; names that would overlap move apart.

    Where other curves go on, all names stand ``above``.
    """
    ends = sorted(ends)
    heights = pushed_apart(
        [float(np.log10(loss)) for loss, *_ in ends], [w for _, w, *_ in ends], 0.14, near
    )
    for height, (_, work, name, colour) in zip(heights, ends, strict=True):
        look = {
            "xytext": (6, 7) if above else (5, -4),
            "textcoords": "offset points",
            "color": figures.DARK_RED if colour == figures.RED else colour,
        }
        ax.annotate(name, (work, 10**height), **look)


def _draw_table(ax: Axes, batch_size: int, eta: float) -> None:
    """Draw the validation accuracy of every batch size and η as a table, the chosen one framed."""
    for row, size in enumerate(SIZES):
        for column, rate in enumerate(BATCH_RATES):
            share = 100 * train_on_digits("plain", rate, size).accuracy[-1]
            shade = figures.HEIGHTS(float(np.clip((share - 70) / 30, 0, 1)))
            ax.barh([row], [1], left=column - 0.5, height=1, color=[shade], edgecolor="white")
            colour = "white" if share > 93 else figures.INK
            ax.text(column, row, f"{share:.0f}", ha="center", va="center", color=colour)
    place, left = SIZES.index(batch_size), BATCH_RATES.index(eta) - 0.5
    frame = {"fill": False, "edgecolor": figures.RED, "linewidth": 3}
    ax.barh([place], [1], left=left, height=1, **frame)
    ax.set(xlabel="learning rate η", ylabel="batch size", xlim=(-0.5, 3.5), ylim=(-0.5, 5.5))
    if len(ax.get_yticks()) != len(SIZES) or ax.get_yticklabels()[0].get_text() != "5":
        ax.set_xticks(range(len(BATCH_RATES)), [f"{rate:g}" for rate in BATCH_RATES])
        ax.set_yticks(range(len(SIZES)), [str(size) for size in SIZES])
    ax.set_title("validation digits right, of 100")
