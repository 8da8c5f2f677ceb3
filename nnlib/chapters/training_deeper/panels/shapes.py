"""What is learnt: all examples or the mistakes alone, with how many neurons, and a curve instead of classes."""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Steps, choice, counter, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.training_deeper.panels.starts import BENDS, digits
from nnlib.datasets import blobs
from nnlib.layers import Dense, Layer
from nnlib.losses import BinaryCrossEntropy, SoftmaxCrossEntropy, SquaredError
from nnlib.network import Network
from nnlib.numerics import sigmoid
from nnlib.optimizers import SGD
from nnlib.parameter import count_values
from nnlib.training import History, State, fit

LEARN_FROM = ("all examples", "the mistakes alone")
STEPS = 150


class Walk(NamedTuple):
    """Points (n, 2), labels (n,), and at each step the weights (3,), w₁, w₂ and b, and the cost of all examples."""

    x: np.ndarray
    y: np.ndarray
    weights: list[np.ndarray]
    costs: list[float]


@cache
def walk(learn_from: str, distance: float, learning_rate: float = 0.5, seed: int = 1) -> Walk:
    """Let logistic regression learn two clouds, from all examples or only from those that it now gets wrong."""
    x, y = blobs(120, rng=np.random.default_rng(seed), distance=distance)
    ones = np.column_stack([x, np.ones(len(x))])
    weights, costs, w = [], [], np.zeros(3)
    for _ in range(STEPS + 1):
        a = sigmoid(ones @ w)
        weights.append(w)
        costs.append(BinaryCrossEntropy().forward(a[:, None], y))
        chosen = ((a > 0.5) != y) | (learn_from == LEARN_FROM[0])
        w = w - learning_rate * ones[chosen].T @ (a - y)[chosen] / len(x)
    return Walk(x, y, weights, costs)


def draw_mistakes(
    figure: Figure, learn_from: str, distance: float, learning_rate: float, step: int
) -> str:
    """Draw where the network says ½, and where it is sure to nine tenths; and the cost of all examples."""
    left, right = figures.axes(figure, columns=2)
    found = walk(learn_from, round(distance, 1), learning_rate)
    w1, w2, b = found.weights[step]
    limits = (-4.5, 4.5, -4.5, 4.5)
    drawings.decision_regions(left, lambda x: x @ np.array([w1, w2]) + b, limits)
    drawings.points(left, found.x, found.y, size=22)
    across = np.array([-4.5, 4.5])
    for level in (-np.log(9), np.log(9)):
        if abs(w2) > 1e-9:
            left.plot(
                across, (level - b - w1 * across) / w2, "--", color=figures.INK, linewidth=1.2
            )
    left.set(xlabel="x₁", ylabel="x₂")
    for name, colour, dashes in zip(
        LEARN_FROM, (figures.BLUE, figures.RED), ("-", "--"), strict=True
    ):
        right.plot(
            walk(name, round(distance, 1), learning_rate).costs, dashes, color=colour, label=name
        )
    right.plot([step], [found.costs[step]], "o", color=figures.INK, markersize=9)
    right.set(xlabel="step", ylabel="cost of all examples", ylim=(0, 1.4))
    right.legend(loc="upper right")
    wrong = int(((sigmoid(found.x @ np.array([w1, w2]) + b) > 0.5) != found.y).sum())
    left.set_title(f"step {step}: {wrong} of {len(found.y)} wrong")
    right.set_title(f"cost {found.costs[step]:.2f}")
    return (
        f"Two clouds {distance:.1f} apart, learnt from {learn_from} with η = {learning_rate:g}: after {step} steps "
        f"{wrong} of {len(found.y)} are wrong and the cost of all examples is {found.costs[step]:.2f}."
    )


def mistakes() -> Panel:
    """Learn two clouds from all examples or from the mistakes alone."""
    return Panel(
        draw_mistakes,
        size=(8.4, 4.0),
        learn_from=choice("learns from", list(LEARN_FROM), LEARN_FROM[1]),
        distance=slider("distance of the clouds", 1.0, 5.0, 2.0, step=0.5),
        learning_rate=choice("learning rate η", [0.5, 5.0, 50.0], 0.5),
        step=Steps("step", STEPS, value=60, interval=100),
    )


WIDTHS = (1, 2, 4, 8, 16, 32, 64, 192)


class Learnt(NamedTuple):
    """A trained network's history and how many parameters it has."""

    history: History
    parameters: int


@cache
def architecture(width: int, layers: int, epochs: int = 15) -> Learnt:
    """Train a network with ``layers`` hidden layers of ``width`` tanh neurons on the digits."""
    rng = np.random.default_rng(0)
    train, test = digits()
    parts: list[Layer] = []
    n_in = 64
    for _ in range(layers):
        parts += [Dense(n_in, width, rng=rng), BENDS["tanh"]()]
        n_in = width
    network = Network([*parts, Dense(n_in, 10, rng=rng)])
    optimizer, loss = SGD(network.parameters(), 0.2), SoftmaxCrossEntropy()
    history = fit(
        network, loss, optimizer, train, epochs=epochs, batch_size=20, rng=rng, validation=test
    )
    return Learnt(history, count_values(network.parameters()))


def draw_width(figure: Figure, width: int, layers: int) -> str:
    """Draw both accuracies while a network of the chosen shape learns the digits."""
    ax = figures.axes(figure)
    history, parameters = architecture(width, layers)
    drawings.curves(ax, history.accuracy, history.validation_accuracy, what="accuracy")
    ax.set(ylim=(0, 1.02))
    shape = " – ".join(["64", *[str(width)] * layers, "10"])
    seen, new = (round(100 * part[-1]) for part in (history.accuracy, history.validation_accuracy))
    ax.set_title(f"{shape}: {parameters:,} parameters")
    return (
        f"A network {shape} with {parameters:,} parameters: after 15 epochs about {seen} of 100 training digits and "
        f"about {new} of 100 test digits are right."
    )


def width() -> Panel:
    """Choose how wide and how deep a network for the digits is."""
    return Panel(
        draw_width,
        width=choice("neurons in a layer", list(WIDTHS), 4),
        layers=counter("hidden layers", 1, 4, 1, on_release=True),
    )


MOMENTS, EPOCHS_A_MOMENT = 40, 25


class Fitted(NamedTuple):
    """Points x, y (n, 1), and the network as it was at each moment."""

    x: np.ndarray
    y: np.ndarray
    moments: list[Network]


def wanted(x: np.ndarray) -> np.ndarray:
    """Return the curve that the points of the regression scatter round."""
    return np.sin(np.pi * x) + x / 2


@cache
def fitted(hidden: int, activation: str) -> Fitted:
    """Fit noisy points on a curve by one hidden layer and a linear output."""
    rng = np.random.default_rng(2)
    x = rng.uniform(-1, 1, (60, 1))
    y = wanted(x) + 0.15 * rng.standard_normal(x.shape)
    network = Network([Dense(1, hidden, rng=rng), BENDS[activation](), Dense(hidden, 1, rng=rng)])
    moments = [network.copy()]

    def remember(state: State) -> None:
        if state.epoch % EPOCHS_A_MOMENT == 0:
            moments.append(state.network.copy())

    parts = network, SquaredError(), SGD(network.parameters(), 0.2)
    fit(
        *parts,
        (x, y),
        epochs=MOMENTS * EPOCHS_A_MOMENT,
        batch_size=60,
        rng=rng,
        callbacks=[remember],
    )
    return Fitted(x, y, moments)


def draw_regression(figure: Figure, hidden: int, activation: str, moment: int) -> str:
    """Draw the points, the curve they come from, and the network's curve at a moment of learning."""
    ax = figures.axes(figure)
    x, y, moments = fitted(hidden, activation)
    network = moments[moment]
    across = np.linspace(-1.1, 1.1, 121)[:, None]
    ax.plot(x, y, "o", color="#888888", markersize=5, label="examples")
    ax.plot(across, wanted(across), "--", color=figures.RED, label="the curve behind them")
    ax.plot(across, network.predict(across), color=figures.BLUE, label="network")
    error = 2 * SquaredError().forward(network.predict(x), y)
    ax.set(xlabel="x", ylabel="y", xlim=(-1.1, 1.1), ylim=(-2, 2))
    ax.legend(loc="upper left")
    ax.set_title(
        f"{hidden} {activation} neurons, epoch {moment * EPOCHS_A_MOMENT}: mean squared error {error:.3f}"
    )
    return (
        f"Regression by {hidden} hidden {activation} neurons and a linear output, after {moment * EPOCHS_A_MOMENT} "
        f"epochs: the mean squared error of the 60 examples is about {error:.2f}."
    )


def regression() -> Panel:
    """Choose the hidden layer of a network that fits a curve, and step through its learning."""
    return Panel(
        draw_regression,
        hidden=choice("hidden neurons", [1, 2, 3, 5, 20], 3),
        activation=choice("activation", list(BENDS), "tanh"),
        moment=Steps("moment", MOMENTS, value=8, interval=150),
    )
