"""Learning by heart: the gap that opens, and when to stop."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Counter, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.kit.touch import Touch
from nnlib.chapters.regularization.experiments.overfitting import (
    EPOCHS,
    Measured,
    stopping_epoch,
    train_and_measure,
)

WIDE = (-2, EPOCHS + 2)


@demo(
    size=(8.4, 3.8),
    touch=(Touch(x="epoch"), Touch(x="epoch", axes=1)),
    examples=Choice("digits to learn from", [50, 100, 200, 450], 200),
    wrong=Choice("wrong labels of 100", [0, 10, 20, 50], 10),
    epoch=Steps("epoch", EPOCHS, 60, interval=80, ticks=(0, 60)),
)
def gap(figure: Figure, examples: int, wrong: int, epoch: int) -> str:
    """Draw loss and accuracy up to an epoch, on the examples learnt from and on new ones, and the gap between."""
    left, right = figures.axes(figure, columns=2)
    found = train_and_measure(examples, wrong)
    high = max(2.5, float(found.validation_loss.max()))
    own, new = (100 * part for part in (found.accuracy, found.validation_accuracy))
    _paint_two_curves(left, found.loss, found.validation_loss, epoch)
    _paint_two_curves(right, own, new, epoch)
    left.set(ylabel="loss", ylim=(0, 1.05 * high))
    right.set(ylabel="accuracy (%)", ylim=(0, 104))
    figures.legend(right, loc="lower right")
    apart = f"{found.validation_loss[epoch] - found.loss[epoch]:.2f}"
    left.set_title(f"gap in loss {figures.minus(apart)}")
    right.set_title(f"epoch {epoch}: own {round(own[epoch], 1):g} %, new {new[epoch]:.0f} %")
    shares = [round(float(part[epoch])) for part in (own, new)]
    return (
        f"A network learns {examples} digits, {wrong} in 100 of them with a wrong label. "
        f"After epoch {epoch} the loss is about {found.loss[epoch]:.1f} on them and about "
        f"{found.validation_loss[epoch]:.1f} on new ones; about {shares[0]} of 100 and about "
        f"{shares[1]} of 100 are right."
    )


def _paint_two_curves(ax: Axes, seen: np.ndarray, new: np.ndarray, epoch: int) -> None:
    """Draw a quantity (EPOCHS + 1,) on what was learnt from and on what is new, and the line between the two."""
    for values, (colour, dashes), name in (
        (seen, figures.TRAINING, "learnt from"),
        (new, figures.VALIDATION, "new"),
    ):
        ax.plot(values[: epoch + 1], dashes, color=colour, label=name)
        ax.plot([epoch], [values[epoch]], "o", color=colour)
    ax.set(xlabel="epoch", xlim=WIDE)
    ax.vlines(epoch, *sorted((seen[epoch], new[epoch])), color=figures.INK, linewidth=1.2)


@demo(
    size=(8.4, 3.8),
    wrong=Choice("wrong labels of 100", [0, 10, 20], 10),
    patience=Counter("patience (epochs)", 1, 40, 10),
    digits=Counter("which digits (draw)", 0, 7, 0, on_release=True),
)
def stopping(figure: Figure, wrong: int, patience: int, digits: int) -> str:
    """Draw where patience ends a training and which epoch is kept, and the gap between the two losses."""
    left, right = figures.axes(figure, columns=2)
    found = train_and_measure(200, wrong, digits)
    gaps = found.validation_loss - found.loss
    end = stopping_epoch(found.validation_loss, patience)
    kept = 1 + int(found.validation_loss[1 : end + 1].argmin())
    least = int(np.abs(gaps).argmin())
    _paint_losses(left, found, end, kept)
    _paint_gaps(right, gaps, least, kept)
    left.set_title(f"stops after {end}, keeps epoch {kept}")
    right.set_title(f"smallest gap: epoch {least}")
    shares = [
        round(100 * float(found.validation_accuracy[epoch])) for epoch in (kept, EPOCHS, least)
    ]
    return (
        f"200 digits, {wrong} of 100 labels wrong, draw {digits}. "
        f"With a patience of {patience} epochs training stops after epoch {end} and keeps epoch "
        f"{kept}, where about {shares[0]} of 100 new digits are right; after {EPOCHS} epochs it "
        f"would be about {shares[1]}. "
        f"The gap is smallest at epoch {least}, with about {shares[2]}."
    )


def _paint_losses(ax: Axes, found: Measured, end: int, kept: int) -> None:
    """Draw both losses, grey after training has ended, and a star at the epoch that is kept."""
    for losses, (colour, dashes), name in (
        (found.loss, figures.TRAINING, "learnt from"),
        (found.validation_loss, figures.VALIDATION, "new"),
    ):
        ax.plot(losses, dashes, color=colour, label=name)
    ax.axvspan(end, EPOCHS + 2, color="#EEEEEE", zorder=0)
    star = {"color": figures.INK, "markersize": 16, "label": "kept", "zorder": 4}
    ax.plot([kept], [found.validation_loss[kept]], "*", **star)
    ax.set(xlabel="epoch", ylabel="loss", xlim=WIDE, ylim=(0, 2.6))
    figures.legend(ax, loc="upper right")


def _paint_gaps(ax: Axes, gaps: np.ndarray, least: int, kept: int) -> None:
    """Draw the gaps (EPOCHS + 1,), a triangle at the smallest, and a star at the epoch that is kept."""
    ax.plot(gaps, color=figures.INK)
    ax.axhline(0, color="#999999", linewidth=1)
    ax.plot([least], [gaps[least]], "v", color=figures.DARK_ORANGE, markersize=12)
    ax.plot([kept], [gaps[kept]], "*", color=figures.INK, markersize=16)
    ax.set(xlabel="epoch", ylabel="gap: new − learnt from", xlim=WIDE, ylim=(-0.4, 1.2))
