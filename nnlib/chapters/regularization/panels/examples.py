"""More examples, and the right ones; and all remedies together."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from nnlib import augment
from nnlib.activations import ReLU
from nnlib.callbacks import KeepBest, Patience
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import choice, counter
from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.regularization.panels.learning import (
    BATCH,
    RATE,
    halves,
    handful,
    mislabelled,
    plain,
)
from nnlib.layers import Dense, Flatten, Layer
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.regularization import L2, Dropout
from nnlib.training import fit

STEPS, LEAST_EPOCHS, RESCUE_EPOCHS = 1500, 40, 70


def dropping(keep: float, *, rng: np.random.Generator) -> Network:
    """Return the plain network with dropout behind its hidden layer."""
    layers: list[Layer] = [
        Flatten(),
        Dense(64, 64, rng=rng),
        ReLU(),
        Dropout(keep, rng=rng),
        Dense(64, 10, rng=rng),
    ]
    return Network(layers)


def grainy(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return images with noise of size 0.2."""
    return augment.noise(x, 0.2, rng=rng)


def grainy_crops(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return what a window smaller by up to a pixel shows, with noise of size 0.2."""
    return augment.noise(augment.crop(x, 1, rng=rng), 0.2, rng=rng)


class Way(NamedTuple):
    """How a network is held back: what ``fit`` is given, how much dropout keeps, whether to stop early."""

    options: dict[str, Any]
    keep: float = 1.0
    early: bool = False

    def network(self, rng: np.random.Generator) -> Network:
        """Return a new network."""
        return plain(rng) if self.keep == 1 else dropping(self.keep, rng=rng)


WAYS: dict[str, Way] = {
    "plain": Way({}),
    "L2": Way({"penalty": L2(0.01)}),
    "dropout": Way({}, keep=0.5),
    "noise": Way({"augment": grainy}),
    "crops and noise": Way({"augment": grainy_crops}),
    "early stopping": Way({}, early=True),
    "all together": Way({"penalty": L2(0.002), "augment": grainy_crops}, keep=0.7, early=True),
}


@cache
def error_by_number(way: str, wrong: int, examples: int, seed: int = 0) -> float:
    """Return the share of test digits misread after learning so many, ``wrong`` per cent with a wrong label.

    At least 40 epochs, and 1,500 steps.
    """
    (x, y), (x_test, y_test) = halves(seed)
    rng = np.random.default_rng(seed)
    labels = mislabelled(y[:examples], wrong, rng=rng)
    network = WAYS[way].network(rng)
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), RATE)
    epochs = max(LEAST_EPOCHS, STEPS * BATCH // examples)
    fit(
        *parts,
        (x[:examples], labels),
        epochs=epochs,
        batch_size=BATCH,
        rng=rng,
        **WAYS[way].options,
    )
    return float((network.classify(x_test) != y_test).mean())


NUMBERS = (50, 100, 200, 400, 800)


def draw_more(figure: Figure, way: str, wrong: int) -> str:
    """Draw the share of new digits that are misread, by how many were learnt from, plain and with a remedy."""
    ax = figures.axes(figure)
    if ax.get_xscale() != "log":
        ax.set_xscale("log")
        ax.minorticks_off()
        ax.set_xticks(NUMBERS, [str(number) for number in NUMBERS])
    words = []
    for name, colour, style in (("plain", figures.RED, "s--"), (way, figures.BLUE, "o-")):
        errors = [100 * error_by_number(name, wrong, number) for number in NUMBERS]
        ax.plot(
            NUMBERS, errors, style, color=colour, label=name if name == "plain" else f"with {name}"
        )
        words.append(f"about {errors[0]:.0f} and {errors[-1]:.0f} of 100")
    ax.set(
        xlabel="digits to learn from", ylabel="new digits misread (%)", ylim=(0, 45), xlim=(45, 900)
    )
    ax.legend(loc="upper right")
    ax.set_title(f"{wrong} wrong labels of 100")
    return (
        f"New digits misread after learning from 50 and from 800 digits, {wrong} of 100 labels wrong: {words[0]} "
        f"plain, {words[1]} with {way}."
    )


def more() -> Panel:
    """Choose a remedy and how many labels are wrong."""
    return Panel(
        draw_more,
        way=choice("held back by", ["L2", "dropout", "noise"], "noise"),
        wrong=choice("wrong labels of 100", [0, 10, 20], 10),
    )


@cache
def biased(digit: int, count: int, seed: int = 0) -> np.ndarray:
    """Return the share of test digits of each kind (10,) that are read after learning 200 with ``count`` of a kind."""
    (x, y), (x_test, y_test) = halves(seed)
    rows = np.concatenate(
        [np.flatnonzero(y == digit)[:count], np.flatnonzero(y != digit)[: 200 - count]]
    )
    rng = np.random.default_rng(seed)
    network = plain(rng)
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), RATE)
    fit(*parts, (x[rows], y[rows]), epochs=40, batch_size=BATCH, rng=rng)
    right = network.classify(x_test) == y_test
    return np.array([right[y_test == kind].mean() for kind in range(10)])


def draw_sample(figure: Figure, digit: int, count: int) -> str:
    """Draw how many of each digit are read where one digit is rare among those learnt from."""
    ax = figures.axes(figure)
    shares = 100 * biased(digit, count)
    bars = ax.bar(range(10), shares, color=figures.BLUE, width=0.7)
    bars[digit].set(color=figures.RED)
    ax.text(digit, shares[digit] + 1.5, f"{shares[digit]:.0f}", ha="center", weight="bold")
    ax.axhline(shares.mean(), color=figures.INK, linestyle=":", linewidth=1.5)
    ax.set(xticks=range(10), xlabel="digit", ylabel="read (%)", ylim=(0, 108), xlim=(-0.6, 9.6))
    ax.set_title(f"200 digits, {count} of kind {digit}; mean {shares.mean():.0f} %")
    return (
        f"Learnt from 200 digits, {count} of them of kind {digit}: about {shares[digit]:.0f} of 100 new digits of "
        f"this kind are read, and about {shares.mean():.0f} of 100 on the mean of all kinds (dotted)."
    )


def sample() -> Panel:
    """Choose a digit and how many of it are among the examples."""
    return Panel(
        draw_sample,
        digit=counter("the rare digit", 0, 9, 8, on_release=True),
        count=choice("how many of 200", [0, 1, 2, 5, 10, 20], 1),
    )


@cache
def rescued(way: str, seed: int = 0, examples: int = 200, wrong: int = 10) -> float:
    """Return the share of test digits read after 70 epochs on a handful, held back in some way."""
    data, rng = handful(examples, wrong, seed), np.random.default_rng(seed)
    chosen = WAYS[way]
    network, best = chosen.network(rng), KeepBest()
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), RATE)
    options = dict(chosen.options)
    if chosen.early:
        options |= {"callbacks": [best, Patience(20)], "validation": data.validation}
    fit(*parts, data.training, epochs=RESCUE_EPOCHS, batch_size=2 * BATCH, rng=rng, **options)
    if chosen.early:
        best.restore(network)
    return float((network.classify(data.test[0]) == data.test[1]).mean())


SEEDS = range(3)
LISTED = ("plain", "early stopping", "L2", "dropout", "crops and noise", "all together")


def rescue(found: Callable[[str, int], float] = rescued) -> None:
    """Show, a row for each remedy, the share of test digits read with three draws of the examples."""
    figure = figures.figure(8.4, 3.6)
    ax = figures.axes(figure)
    means = []
    for row, way in enumerate(LISTED):
        shares = [100 * found(way, seed) for seed in SEEDS]
        means.append(np.mean(shares))
        ax.plot(shares, [row] * len(shares), "o", color=figures.BLUE, markersize=8, alpha=0.7)
        ax.plot([means[-1]] * 2, [row - 0.3, row + 0.3], color=figures.INK)
    ax.set(
        yticks=range(len(LISTED)),
        yticklabels=LISTED,
        ylim=(len(LISTED) - 0.5, -0.5),
        xlim=(76, 100),
    )
    ax.set_xlabel("test digits read (%): dots are draws, lines their means")
    figure.subplots_adjust(left=0.22, bottom=0.18, top=0.96)
    figures.show(
        figure,
        alt="Shares of test digits read for six ways to learn 200 digits with twenty wrong labels: lowest for plain, "
        "higher with early stopping, L2 or dropout, highest with augmentation and with all together.",
    )
