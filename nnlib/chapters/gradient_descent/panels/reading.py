"""Softmax regression on the digits: its weights as pictures while it learns, and what it says about a digit."""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from nnlib.batches import stratified_split
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Steps, counter
from nnlib.chapters.kit.panel import Panel
from nnlib.datasets import load_digits
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.numerics import softmax
from nnlib.optimizers import SGD
from nnlib.training import State, fit

EPOCHS = 30


class Reading(NamedTuple):
    """Test digits, and the network as it was at the start and after each epoch."""

    x: np.ndarray
    y: np.ndarray
    moments: list[Network]


@cache
def reading_run() -> Reading:
    """Train softmax regression on 80 % of the digits, batches of 10, η = 0.1, and keep every epoch's network."""
    rng = np.random.default_rng(0)
    x, y = load_digits()
    train, (x_test, y_test) = stratified_split(x.reshape(len(x), -1), y, held_out=0.2, rng=rng)
    network = Network([Dense(64, 10, rng=rng)])
    moments = [network.copy()]

    def remember(state: State) -> None:
        moments.append(state.network.copy())

    optimizer = SGD(network.parameters(), learning_rate=0.1)
    fit(
        network,
        SoftmaxCrossEntropy(),
        optimizer,
        train,
        epochs=EPOCHS,
        batch_size=10,
        rng=rng,
        callbacks=[remember],
    )
    return Reading(x_test, y_test, moments)


def draw_weights(figure: Figure, epoch: int) -> str:
    """Draw the ten columns of W as pictures, as they are after ``epoch`` epochs."""
    run = reading_run()
    network = run.moments[epoch]
    weights, last = (run.moments[moment].parameters()[0].value for moment in (epoch, EPOCHS))
    largest = float(np.abs(last).max())  # one scale for all epochs
    right = int((network.classify(run.x) == run.y).sum())
    if not figure.axes:
        figure.subplots(2, 5)
    for digit, ax in enumerate(figure.axes):
        for image in list(ax.images):
            image.remove()
        drawings.weight_image(ax, weights[:, digit].reshape(8, 8), largest)
        ax.set_title(str(digit))
    figure.subplots_adjust(left=0.02, right=0.98, top=0.8, bottom=0.02, wspace=0.1, hspace=0.3)
    share = round(100 * right / len(run.y))
    figure.suptitle(f"epoch {epoch}: about {share} of 100 test digits right")
    return f"The weights for the ten digits as pictures, at epoch {epoch}; about {share} of 100 test digits are right."


def weights() -> Panel:
    """Watch the weights of softmax regression grow, epoch by epoch."""
    return Panel(draw_weights, size=(7.6, 4.0), epoch=Steps("epoch", EPOCHS, value=1, interval=400))


def draw_answer(figure: Figure, number: int, epoch: int) -> str:
    """Draw a test digit, and the ten shares that softmax regression gives it."""
    run = reading_run()
    image, label = run.x[number], int(run.y[number])
    shares = softmax(run.moments[epoch].predict(image[None, :]))[0]
    answer = int(shares.argmax())
    left, right = figures.axes(figure, columns=2)
    left.imshow(image.reshape(8, 8), cmap="gray_r")
    left.set_axis_off()
    colours = [
        figures.BLUE if digit == label else figures.RED if digit == answer else "#BBBBBB"
        for digit in range(10)
    ]
    right.bar(range(10), shares, color=colours)
    for digit, name in {answer: "answer", label: "right"}.items():
        right.text(digit, shares[digit] + 0.02, name, ha="center", fontsize=11)
    right.set(xticks=range(10), ylim=(0, 1.12), xlabel="digit", ylabel="share of certainty")
    verdict = "right" if answer == label else "wrong"
    left.set_title(f"test digit {number}: a {label}")
    right.set_title(f"epoch {epoch}: {answer}, {verdict}")
    return (
        f"Test digit {number} is a {label}; at epoch {epoch} softmax regression says {answer} with a share of "
        f"about {shares[answer]:.2f}: {verdict}."
    )


def answer() -> Panel:
    """Choose a test digit and how long the network has learned."""
    return Panel(
        draw_answer,
        size=(8.4, 3.6),
        number=counter("test digit", 0, 99, 5),
        epoch=counter("epochs of learning", 0, EPOCHS, EPOCHS),
    )
