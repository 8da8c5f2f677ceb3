"""The digits under every optimizer, and with mini-batches of every size."""

import itertools
import time
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.activations import Tanh
from nnlib.batches import stratified_split
from nnlib.callbacks import Scheduled
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import choice
from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.optimizers.panels.walks import RULES, name_beside, side_by_side
from nnlib.datasets import load_digits
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.schedules import Rule, constant
from nnlib.training import Callback, DivergedError, Examples, State, fit

EPOCHS, BATCH = 10, 50
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
RHO = 0.99


@cache
def three_parts(seed: int = 0) -> tuple[Examples, Examples, Examples]:
    """Return the digits (n, 64) in three parts: 60 % to train, 20 % to choose by, 20 % to test once."""
    x, y = load_digits()
    rng = np.random.default_rng(seed)
    rest, test = stratified_split(x.reshape(len(x), -1), y, held_out=0.2, rng=rng)
    training, validation = stratified_split(*rest, held_out=0.25, rng=rng)
    return training, validation, test


class Learnt(NamedTuple):
    """By epoch (e,): loss while training, loss and accuracy on the validation digits, seconds; and the network.

    Where training diverged, the losses and seconds of the epochs after it are NaN, the accuracies 0.1: a guess.
    """

    loss: np.ndarray
    validation_loss: np.ndarray
    accuracy: np.ndarray
    seconds: np.ndarray
    network: Network


@cache
def learnt(
    optimizer: str,
    eta: float,
    batch_size: int = BATCH,
    seed: int = 0,
    rho: float = RHO,
    schedule: Rule | None = None,
) -> Learnt:
    """Train 64-30-10 tanh neurons on the digits for ten epochs by one of ``RULES``, with η constant or by a schedule.

    Adam keeps its own β₂ = 0.999; ``rho`` is RMSProp's.
    """
    training, validation, _ = three_parts(seed)
    rng = np.random.default_rng(seed)
    network = Network([Dense(64, 30, rng=rng), Tanh(), Dense(30, 10, rng=rng)])
    rule = schedule or constant(eta)
    made = RULES[optimizer].make(
        network.parameters(), rule(0), 0.9, 0.999 if optimizer == "Adam" else rho
    )
    seconds: list[float] = []
    start = time.perf_counter()

    def clock(_: State) -> None:
        seconds.append(time.perf_counter() - start)

    parts = network, SoftmaxCrossEntropy(), made, training
    calls: list[Callback] = [Scheduled(rule), clock]
    options: dict[str, Any] = {"epochs": EPOCHS, "batch_size": batch_size, "validation": validation}
    try:
        history = fit(*parts, rng=rng, callbacks=calls, **options)
    except DivergedError as error:
        history = error.history
    return Learnt(
        padded(history.loss, np.nan),
        padded(history.validation_loss, np.nan),
        padded(history.validation_accuracy, 0.1),
        padded(seconds, np.nan),
        network,
    )


def padded(values: list[float], fill: float) -> np.ndarray:
    """Return values (n,) with ``fill`` up to the last epoch."""
    return np.array([*values, *[fill] * (EPOCHS - len(values))])


def draw_learning(figure: Figure, eta: float, optimizer: str) -> str:
    """Draw the validation loss by epoch for one η, and the last accuracy of every optimizer by η."""
    left, right = figures.axes(figure, columns=2)
    left.set_position((0.09, 0.15, 0.27, 0.76))
    right.set_position((0.455, 0.15, 0.36, 0.76))
    figures.log_scale(left, [0.01, 0.1, 1, 10])
    told = []
    for name, rule in RULES.items():
        chosen = name == optimizer
        look = {"color": rule.colour, "linestyle": rule.dashes, "linewidth": 3.5 if chosen else 1.3}
        left.plot(range(1, EPOCHS + 1), learnt(name, eta).validation_loss, **look)
        ends = [100 * learnt(name, rate).accuracy[-1] for rate in RATES]
        right.plot(range(len(RATES)), ends, marker="o", markersize=4, label=name, **look)
        if chosen:
            right.plot(
                [RATES.index(eta)], [ends[RATES.index(eta)]], "s", color=rule.colour, markersize=11
            )
        told.append(f"{name} {rough_accuracy(learnt(name, eta).accuracy[-1])}")
    left.set(xlabel="epoch", ylabel="validation loss", xlim=(1, EPOCHS), ylim=(0.05, 12))
    right.set(xlabel="learning rate η", ylabel="right, of 100", ylim=(0, 101))
    if len(right.get_xticks()) != len(RATES):
        right.set_xticks(range(len(RATES)), [f"{rate:g}" for rate in RATES])
    name_beside(right)
    left.set_title(f"η = {eta:g}")
    right.set_title("after 10 epochs")
    return (
        f"Six optimizers learn the digits, all with η = {eta:g}; {optimizer} is drawn thicker. Validation digits right "
        f"after 10 epochs, of 100: {', '.join(told)}."
    )


def rough_accuracy(share: float) -> str:
    """Return an accuracy as coarsely as all machines agree on it."""
    return "over 90" if share > 0.9 else "70 to 90" if share > 0.7 else "under 70"


def learning() -> Panel:
    """Choose a learning rate, and the optimizer to look at."""
    return Panel(
        draw_learning,
        size=(9.6, 3.9),
        eta=choice("learning rate η", list(RATES), 0.3),
        optimizer=choice("optimizer", list(RULES), "Adam"),
    )


SIZES, BATCH_RATES = (5, 10, 20, 50, 100, 500), (0.03, 0.1, 0.3, 1.0)
UNITS = ("epochs", "updates", "seconds, on your machine")


def work(batch_size: int, eta: float, unit: str) -> np.ndarray:
    """Return what a plain run had cost after each epoch (e,), in one of ``UNITS``."""
    if unit == UNITS[2]:
        return learnt("plain", eta, batch_size).seconds
    updates = -(-len(three_parts()[0][0]) // batch_size)
    return np.arange(1, EPOCHS + 1) * (1.0 if unit == UNITS[0] else updates)


def draw_batches(figure: Figure, eta: float, batch_size: int, unit: str) -> str:
    """Draw the validation loss against the work for every batch size, and the accuracies of the whole grid."""
    left, right = side_by_side(figure)
    left.set_position((0.095, 0.15, 0.41, 0.76))
    figures.log_scale(left, [0.01, 0.1, 1, 10])
    most = max(0.01, float(np.nan_to_num(work(batch_size, eta, unit)).max()))
    ends: list[tuple[float, float, str, str]] = []
    for size in SIZES:
        chosen = size == batch_size
        cost, losses = work(size, eta, unit), learnt("plain", eta, size).validation_loss
        colour, dashes = (figures.RED, "-") if chosen else (figures.BLUE, "--")
        left.plot(
            cost,
            losses,
            dashes,
            color=colour,
            marker="o",
            markersize=3,
            linewidth=3 if chosen else 1.2,
        )
        if np.isfinite(losses[-1]) and cost[-1] <= most:
            ends.append((losses[-1], cost[-1], str(size), colour))
    name_ends(left, ends, 0.08 * most)
    left.set(xlabel=unit, ylabel="validation loss", xlim=(0, 1.12 * most), ylim=(0.05, 12))
    grid(right, batch_size, eta)
    left.set_title(f"η = {eta:g}, batches of {batch_size}")
    share = learnt("plain", eta, batch_size).accuracy[-1]
    return (
        f"Plain descent on the digits with η = {eta:g} and batches of {batch_size}: after 10 epochs "
        f"{rough_accuracy(share)} of 100 validation digits are right. Losses of all batch sizes, drawn by {unit}."
    )


def name_ends(ax: Axes, ends: list[tuple[float, float, str, str]], near: float) -> None:
    """Write at the end of each curve (loss, cost, name, colour) its name; names that would overlap move apart."""
    ends = sorted(ends)
    heights = np.log10([loss for loss, *_ in ends])
    for _ in range(50):
        for (i, low), (j, high) in itertools.combinations(enumerate(ends), 2):
            lack = 0.14 - (heights[j] - heights[i])
            if lack > 0 and abs(low[1] - high[1]) < near:
                heights[[i, j]] += -lack / 2, lack / 2
    for height, (_, cost, name, colour) in zip(heights, ends, strict=True):
        ax.annotate(
            name, (cost, 10**height), xytext=(5, -4), textcoords="offset points", color=colour
        )


def grid(ax: Axes, batch_size: int, eta: float) -> None:
    """Draw the validation accuracy of every batch size and η as a table, the chosen one framed."""
    for row, size in enumerate(SIZES):
        for column, rate in enumerate(BATCH_RATES):
            share = 100 * learnt("plain", rate, size).accuracy[-1]
            shade = figures.HEIGHTS(float(np.clip((share - 70) / 30, 0, 1)))
            ax.barh([row], [1], left=column - 0.5, height=1, color=[shade], edgecolor="white")
            colour = "white" if share > 93 else figures.INK
            ax.text(column, row, f"{share:.0f}", ha="center", va="center", color=colour)
    place = BATCH_RATES.index(eta), SIZES.index(batch_size)
    ax.barh(
        [place[1]],
        [1],
        left=place[0] - 0.5,
        height=1,
        fill=False,
        edgecolor=figures.RED,
        linewidth=3,
    )
    ax.set(xlabel="learning rate η", ylabel="batch size", xlim=(-0.5, 3.5), ylim=(-0.5, 5.5))
    if len(ax.get_yticks()) != len(SIZES) or ax.get_yticklabels()[0].get_text() != "5":
        ax.set_xticks(range(len(BATCH_RATES)), [f"{rate:g}" for rate in BATCH_RATES])
        ax.set_yticks(range(len(SIZES)), [str(size) for size in SIZES])
    ax.set_title("validation digits right, of 100")


def batches() -> Panel:
    """Choose η, the batch size, and what to count as work."""
    return Panel(
        draw_batches,
        size=(9.0, 4.0),
        eta=choice("learning rate η", list(BATCH_RATES), 0.3),
        batch_size=choice("batch size", list(SIZES), 20),
        unit=choice("count by", list(UNITS), "epochs"),
    )
