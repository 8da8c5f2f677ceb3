"""Learning by heart: a few digits, some of them with a wrong label, the gap that opens, and when to stop."""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.activations import ReLU
from nnlib.batches import Split, stratified_split
from nnlib.callbacks import Patience
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Steps, choice, counter
from nnlib.chapters.kit.panel import Panel
from nnlib.datasets import load_digits
from nnlib.layers import Dense, Flatten
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import Examples, History, State, fit

RATE, BATCH, EPOCHS = 0.2, 10, 100
VALIDATION = 400


class Handful(NamedTuple):
    """Few digits to learn from, 400 to validate on and about 900 to test on, each x (n, 8, 8, 1) and labels y (n,)."""

    training: Examples
    validation: Examples
    test: Examples


@cache
def halves(seed: int) -> Split:
    """Return half of the digits to learn from, and half to test on, each x (n, 8, 8, 1) and labels y (n,)."""
    return stratified_split(*load_digits(), held_out=0.5, rng=np.random.default_rng(seed))


def mislabelled(y: np.ndarray, wrong: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return labels y (n,) of which the first ``wrong`` per cent are other ones than they were."""
    labels, count = y.copy(), len(y) * wrong // 100
    labels[:count] = (labels[:count] + rng.integers(1, 10, count)) % 10
    return labels


@cache
def handful(examples: int, wrong: int = 0, seed: int = 0) -> Handful:
    """Return ``examples`` digits, up to 450; of the first ``wrong`` per cent the label is another one than it was."""
    (x, y), test = halves(seed)
    labels = mislabelled(y[:examples], wrong, rng=np.random.default_rng(seed))
    return Handful((x[:examples], labels), (x[-VALIDATION:], y[-VALIDATION:]), test)


def plain(rng: np.random.Generator) -> Network:
    """Return a network 64-64-10 with ReLU: 4,810 parameters, more than there are examples by far."""
    return Network([Flatten(), Dense(64, 64, rng=rng), ReLU(), Dense(64, 10, rng=rng)])


class Course(NamedTuple):
    """Loss and accuracy of a training from before the first epoch on (EPOCHS + 1,), all measured after the epoch."""

    loss: np.ndarray
    accuracy: np.ndarray
    validation_loss: np.ndarray
    validation_accuracy: np.ndarray


@cache
def course(examples: int, wrong: int = 0, seed: int = 0) -> Course:
    """Train a plain network on a handful, and measure it in each epoch on what it learns from and on what is new."""
    data, rng, loss = (
        handful(examples, wrong, seed),
        np.random.default_rng(seed),
        SoftmaxCrossEntropy(),
    )
    network = plain(rng)
    rows: list[list[float]] = []

    def measure(_: State | None = None) -> None:
        row = []
        for x, y in (data.training, data.validation):
            z = network.predict(x)
            row += [loss.forward(z, y), float((z.argmax(axis=1) == y).mean())]
        rows.append(row)

    measure()
    parts = network, loss, SGD(network.parameters(), RATE)
    fit(*parts, data.training, epochs=EPOCHS, batch_size=BATCH, rng=rng, callbacks=[measure])
    return Course(*np.array(rows).T)


def draw_gap(figure: Figure, examples: int, wrong: int, epoch: int) -> str:
    """Draw loss and accuracy up to an epoch, on the examples learnt from and on new ones, and the gap between."""
    left, right = figures.axes(figure, columns=2)
    found = course(examples, wrong)
    high = max(2.5, float(found.validation_loss.max()))
    own, new_right = (100 * part for part in (found.accuracy, found.validation_accuracy))
    for ax, seen, new in ((left, found.loss, found.validation_loss), (right, own, new_right)):
        _two_curves(ax, seen, new, epoch)
        ax.vlines(epoch, *sorted((seen[epoch], new[epoch])), color=figures.INK, linewidth=1.2)
    left.set(ylabel="loss", ylim=(0, 1.05 * high))
    right.set(ylabel="accuracy (%)", ylim=(0, 104))
    right.legend(loc="lower right")
    left.set_title(
        f"gap in loss {figures.minus(f'{found.validation_loss[epoch] - found.loss[epoch]:.2f}')}"
    )
    right.set_title(f"epoch {epoch}: own {round(own[epoch], 1):g} %, new {new_right[epoch]:.0f} %")
    shares = [round(float(part[epoch])) for part in (own, new_right)]
    return (
        f"A network learns {examples} digits, {wrong} in 100 of them with a wrong label. After epoch {epoch} the loss "
        f"is about {found.loss[epoch]:.1f} on them and about {found.validation_loss[epoch]:.1f} on new ones; about "
        f"{shares[0]} of 100 and about {shares[1]} of 100 are right."
    )


def _two_curves(ax: Axes, seen: np.ndarray, new: np.ndarray, epoch: int) -> None:
    for values, (colour, dashes), name in (
        (seen, figures.TRAINING, "learnt from"),
        (new, figures.VALIDATION, "new"),
    ):
        ax.plot(values[: epoch + 1], dashes, color=colour, label=name)
        ax.plot([epoch], [values[epoch]], "o", color=colour)
    ax.set(xlabel="epoch", xlim=(-2, EPOCHS + 2))


def gap() -> Panel:
    """Choose how many digits and how many wrong labels, and play the training."""
    return Panel(
        draw_gap,
        size=(8.4, 3.8),
        examples=choice("digits to learn from", [50, 100, 200, 450], 200),
        wrong=choice("wrong labels of 100", [0, 10, 20, 50], 10),
        epoch=Steps("epoch", EPOCHS, value=60, interval=80),
    )


def stops(losses: np.ndarray, patience: int) -> int:
    """Return the epoch after which ``Patience`` ends a training with these validation losses, from epoch 0 on."""
    network = plain(np.random.default_rng(0))
    optimizer, rule = SGD(network.parameters(), RATE), Patience(patience)
    for epoch in range(1, len(losses)):
        history = History(validation_loss=[*losses[1 : epoch + 1]])
        if rule(State(epoch, network, optimizer, history, np.random.default_rng(0))):
            return epoch
    return len(losses) - 1


def draw_stopping(figure: Figure, wrong: int, patience: int, digits: int) -> str:
    """Draw where patience ends a training and which epoch is kept, and the gap between the two losses."""
    left, right = figures.axes(figure, columns=2)
    found = course(200, wrong, digits)
    gaps = found.validation_loss - found.loss
    end = stops(found.validation_loss, patience)
    kept = 1 + int(found.validation_loss[1 : end + 1].argmin())
    least = int(np.abs(gaps).argmin())
    _paint_losses(left, found, end, kept)
    right.plot(gaps, color=figures.INK)
    right.axhline(0, color="#999999", linewidth=1)
    right.plot([least], [gaps[least]], "v", color=figures.DARK_ORANGE, markersize=12)
    right.plot([kept], [gaps[kept]], "*", color=figures.INK, markersize=16)
    right.set(
        xlabel="epoch", ylabel="gap: new − learnt from", xlim=(-2, EPOCHS + 2), ylim=(-0.4, 1.2)
    )
    left.set_title(f"stops after {end}, keeps epoch {kept}")
    right.set_title(f"smallest gap: epoch {least}")
    shares = [
        round(100 * float(found.validation_accuracy[epoch])) for epoch in (kept, EPOCHS, least)
    ]
    return (
        f"200 digits, {wrong} of 100 labels wrong, draw {digits}. With a patience of {patience} epochs training stops "
        f"after epoch {end} and keeps epoch {kept}, where about {shares[0]} of 100 new digits are right; after "
        f"{EPOCHS} epochs it would be about {shares[1]}. The gap is smallest at epoch {least}, with about {shares[2]}."
    )


def _paint_losses(ax: Axes, found: Course, end: int, kept: int) -> None:
    """Draw both losses, grey where training has ended, and a star at the epoch that is kept."""
    ax.plot(found.loss, figures.TRAINING[1], color=figures.TRAINING[0], label="learnt from")
    ax.plot(found.validation_loss, figures.VALIDATION[1], color=figures.VALIDATION[0], label="new")
    ax.axvspan(end, EPOCHS + 2, color="#EEEEEE", zorder=0)
    ax.plot(
        [kept],
        [found.validation_loss[kept]],
        "*",
        color=figures.INK,
        markersize=16,
        label="kept",
        zorder=4,
    )
    ax.set(xlabel="epoch", ylabel="loss", xlim=(-2, EPOCHS + 2), ylim=(0, 2.6))
    ax.legend(loc="upper right")


def stopping() -> Panel:
    """Choose wrong labels, patience, and which digits were drawn."""
    return Panel(
        draw_stopping,
        size=(8.4, 3.8),
        wrong=choice("wrong labels of 100", [0, 10, 20], 10),
        patience=counter("patience (epochs)", 1, 40, 10),
        digits=counter("which digits (draw)", 0, 7, 0, on_release=True),
    )
