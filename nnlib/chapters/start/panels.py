"""The panel of chapter 00: a network whose learning you can drag through."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from nnlib.activations import Sigmoid, Tanh
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Steps, choice
from nnlib.chapters.kit.panel import Panel
from nnlib.datasets import spirals
from nnlib.layers import Dense
from nnlib.losses import BinaryCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import State, fit

MOMENTS = 40
SPIRALS = 300


@cache
def learning_run(activation: str) -> tuple[np.ndarray, np.ndarray, list[Network]]:
    """Return points, labels, and a 2-24-24-1 network as it was at the start and after every tenth epoch."""
    rng = np.random.default_rng(1)
    x, y = spirals(SPIRALS, rng=rng, turns=1.5)
    kind = {"tanh": Tanh, "none": None}[activation]
    layers = [Dense(2, 24, rng=rng), Dense(24, 24, rng=rng), Dense(24, 1, rng=rng)]
    bends = [[kind()] if kind else [] for _ in range(2)]
    network = Network([layers[0], *bends[0], layers[1], *bends[1], layers[2], Sigmoid()])
    moments = [network.copy()]

    def remember(state: State) -> None:
        if state.epoch % 10 == 0:
            moments.append(state.network.copy())

    optimizer = SGD(network.parameters(), learning_rate=0.5 if kind else 0.1)
    fit(
        network,
        BinaryCrossEntropy(),
        optimizer,
        (x, y),
        epochs=10 * MOMENTS,
        batch_size=20,
        rng=rng,
        callbacks=[remember],
    )
    return x, y, moments


def draw_learn(figure: Figure, activation: str, moment: int) -> str:
    """Draw what the network answers everywhere in the plane, ``moment`` × 10 epochs after it began to learn."""
    ax = figures.axes(figure)
    x, y, moments = learning_run(activation)
    network = moments[moment]
    drawings.decision_regions(
        ax, lambda grid: network.predict(grid)[:, 0] - 0.5, (-1.75, 1.75, -1.15, 1.15), steps=48
    )
    drawings.points(ax, x, y, names=("one arm", "the other"), size=30)
    right = int(((network.predict(x)[:, 0] > 0.5) == y).sum())
    ax.set(xlabel="x₁", ylabel="x₂")
    ax.set_title(f"after {10 * moment} epochs")
    ax.legend(loc="upper left", handletextpad=0.1)
    return (
        f"Activation {activation}, after {10 * moment} epochs: the two spiral arms and what the network answers "
        f"everywhere; {in_words(right / len(x))} of the points are on their own side."
    )


def in_words(share: float) -> str:
    """Return a share, 0 to 1, in words that hold on every machine: training differs a little from one to the next."""
    names = {0.95: "nearly all", 0.75: "most", 0.57: "somewhat more than half", 0.4: "about half"}
    return next((name for least, name in names.items() if share >= least), "few")


def learn() -> Panel:
    """Drag through the learning of a small network."""
    return Panel(
        draw_learn,
        activation=choice(
            "activation", [("tanh", "tanh"), ("none: only straight lines", "none")], "tanh"
        ),
        moment=Steps("tens of epochs", MOMENTS, value=MOMENTS, interval=150),
    )
