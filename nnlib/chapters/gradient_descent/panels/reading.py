"""Softmax regression on the digits: its weights as pictures while it learns, and what it says about a digit."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.gradient_descent.experiments import EPOCHS, train_on_digits
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Counter, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.history import History
from nnlib.metrics import accuracy
from nnlib.numerics import softmax


@demo(size=(7.6, 4.0), epoch=Steps("epoch", EPOCHS, 1, interval=400))
def weight_pictures(figure: Figure, epoch: int) -> str:
    """Draw the ten columns of W as pictures, as they are after ``epoch`` epochs."""
    run = train_on_digits()
    network = run.moments[epoch]
    weights, last = (run.moments[moment].parameters()[0].value for moment in (epoch, EPOCHS))
    largest = float(np.abs(last).max())  # one scale for all epochs
    share = round(100 * accuracy(network.classify(run.x), run.y))
    if not figure.axes:
        figure.subplots(2, 5)
    for digit, ax in enumerate(figure.axes):
        image = weights[:, digit].reshape(8, 8)
        if ax.images:
            ax.images[0].set_data(image)
        else:
            drawings.frames(drawings.weight_image(ax, image, largest), (8, 8))
        ax.set_title(str(digit))
    if figure.axes[7].get_legend() is None:
        drawings.votes_key(figure.axes[7], bbox_to_anchor=(0.5, -0.02))
    figure.subplots_adjust(left=0.02, right=0.98, top=0.83, bottom=0.11, wspace=0.1, hspace=0.3)
    figure.suptitle(f"epoch {epoch}: about {share} of 100 test digits right")
    return (
        f"The weights for the ten digits as pictures, at epoch {epoch}; "
        f"about {share} of 100 test digits are right."
    )


@demo(
    size=(8.4, 3.6),
    number=Counter("test digit", 0, 99, 5),
    epoch=Counter("epochs of learning", 0, EPOCHS, EPOCHS, ticks=(0,)),
)
def digit_shares(figure: Figure, number: int, epoch: int) -> str:
    """Draw a test digit, and the ten shares that softmax regression gives it."""
    run = train_on_digits()
    image, label = run.x[number], int(run.y[number])
    shares = softmax(run.moments[epoch].predict(image[None, :]))[0]
    answer = int(shares.argmax())
    left, right = figures.axes(figure, columns=2)
    left.imshow(image.reshape(8, 8), cmap="gray_r")
    drawings.frames(left, (8, 8))
    left.set_axis_off()
    colours = [
        figures.BLUE if digit == label else figures.RED if digit == answer else "#BBBBBB"
        for digit in range(10)
    ]
    right.bar(range(10), shares, color=colours)
    for digit, name in {answer: "answer", label: "right"}.items():
        right.text(digit, shares[digit] + 0.02, name, ha="center", fontsize=12)
    right.set(xticks=range(10), ylim=(0, 1.12), xlabel="digit", ylabel="share of certainty")
    verdict = "right" if answer == label else "wrong"
    left.set_title(f"test digit {number}: a {label}")
    right.set_title(f"epoch {epoch}: {answer}, {verdict}")
    return (
        f"Test digit {number} is a {label}; at epoch {epoch} softmax regression says {answer} "
        f"with a share of about {shares[answer]:.2f}: {verdict}."
    )


@picture(size=(7.6, 3.6))
def learning_curve(figure: Figure, history: History) -> str:
    """Draw the cost of training and of validation digits by epoch."""
    ax = figures.axes(figure)
    drawings.curves(ax, history.loss, history.validation_loss, what="cost C")
    ax.set(ylim=(0.15, 0.65))
    return (
        "The cost by epoch: for the training digits it falls all the way; for the validation "
        "digits it falls with it at first, and hardly at all after the tenth epoch."
    )
