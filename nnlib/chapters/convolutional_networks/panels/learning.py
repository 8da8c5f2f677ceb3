"""Networks that look through windows, at work: digits that move about, feature maps, depth, and normalising."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.convolutional_networks.experiments import (
    NORMED,
    REACH,
    mnist_digits,
    move_digits,
    slopes_at_blocks,
    train_deep_network,
    train_on_mnist,
    train_three_layers,
)
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Counter
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.touch import Touch
from nnlib.history import History
from nnlib.numerics import softmax


def _named(digit: int) -> str:
    return f"{'an' if digit == 8 else 'a'} {digit}"


@picture(size=(8.4, 3.4))
def learning_curves(figure: Figure, history: History) -> str:
    """Draw how the loss falls, and both accuracies, by epoch."""
    left, right = figures.axes(figure, columns=2)
    drawings.curves(left, history.loss, history.validation_loss, what="loss")
    drawings.curves(right, history.accuracy, history.validation_accuracy, what="accuracy")
    left.set(ylim=(0, 0.8), xticks=range(1, len(history.loss) + 1))
    right.set(ylim=(0.75, 1), xticks=range(1, len(history.loss) + 1))
    seen, new = history.accuracy[-1], history.validation_accuracy[-1]
    return (
        f"By epoch: the training loss falls from {_rough_loss(history.loss[0])} to "
        f"{_rough_loss(history.loss[-1])}. In the end more than {_floor(seen)} of 100 training "
        f"digits are right, and more than {_floor(new)} of 100 validation digits."
    )


def _rough_loss(loss: float) -> str:
    """Return a loss as coarsely as all machines agree on it."""
    return next((f"above {level:g}" for level in (0.5, 0.2, 0.1) if loss > level), "below 0.1")


def _floor(share: float) -> int:
    """Return how many of 100 a share is more than, as coarsely as all machines agree on it."""
    return max(level for level in (0, 50, 80, 90, 94, 97) if level < 100 * share or level == 0)


@demo(
    size=(8.4, 3.6),
    touch=Touch(to=lambda x, y, _: {"right": x - 13.5, "down": y - 13.5}, what="the digit"),
    digit=Counter("test digit", 0, 99, 17),
    down=Counter("pixels down", -REACH, REACH, 3),
    right=Counter("pixels to the right", -REACH, REACH, 3),
)
def moving_digits(figure: Figure, digit: int, down: int, right: int) -> str:
    """Draw a test digit that is moved about, and what two networks say that have learnt from moved digits."""
    paper, bars = figures.axes(figure, columns=2)
    x, y = mnist_digits().test
    image = move_digits(x[digit : digit + 1], np.array([[down, right]]))
    paper.imshow(image[0, :, :, 0], cmap="gray_r", interpolation="none")
    paper.set(xticks=[0, 14, 27], yticks=[0, 14, 27])
    for side in ("top", "right"):
        paper.spines[side].set_visible(True)  # white paper needs an edge
    answers = []
    for kind, name, colour, aside in (
        ("placeless", "convolutional", figures.BLUE, -0.2),
        ("dense", "dense", figures.RED, 0.2),
    ):
        shares = softmax(train_on_mnist(kind, moved=True).predict(image))[0]
        bars.bar(np.arange(10) + aside, shares, width=0.38, color=colour, label=name)
        answers.append(int(shares.argmax()))
    bars.set(xticks=range(10), ylim=(0, 1.3), xlabel="digit", ylabel="share of certainty")
    figures.legend(bars, loc="upper right", ncols=2)
    paper.set_title(f"test digit {digit}: {_named(y[digit])}")
    bars.set_title(f"they say {answers[0]} and {answers[1]}")
    return figures.minus(
        f"Test digit {digit}, {_named(y[digit])}, moved down by {down} and to the right by {right} "
        f"pixels: the convolutional network says {answers[0]}, the dense one {answers[1]}."
    )


STAGES = {
    "first convolution and ReLU": 2,
    "first pooling": 3,
    "second convolution and ReLU": 5,
    "second pooling": 6,
}
# from the left, and how wide; at the same height, all hang from their titles
PLACES = ((0.015, 0.21), (0.255, 0.25), (0.54, 0.45))


@demo(
    size=(8.4, 4.2),
    digit=Counter("test digit", 0, 99, 4),
    stage=Choice("after the", list(STAGES), "first convolution and ReLU"),
)
def feature_maps(figure: Figure, digit: int, stage: str) -> str:
    """Draw a test digit, the filters of the first layer, and the feature maps at a stage."""
    small, filters, maps = figures.axes(figure, columns=3)
    x, y = mnist_digits().test
    network, image = train_on_mnist("convolutional"), x[digit : digit + 1]
    answer = int(network.classify(image)[0])
    values = image
    for layer in network.layers[: STAGES[stage]]:
        values = layer.forward(values)
    small.imshow(image[0, :, :, 0], cmap="gray_r", interpolation="none")
    weights = network.parameters()[0].value[:, :, 0].transpose(2, 0, 1)
    drawings.weight_image(filters, sheet(weights, 3))
    _, height, width, count = values.shape
    columns = 3 if count == len(weights) else 4  # as the filters that they come from
    page = sheet(values[0].transpose(2, 0, 1), columns)
    maps.imshow(page, cmap="gray_r", vmin=0, interpolation="none")
    _hang(small, PLACES[0], 1, 1, image.shape[1:3])
    _hang(filters, PLACES[1], len(weights), 3, weights.shape[1:])
    _hang(maps, PLACES[2], count, columns, (height, width))
    drawings.votes_key(filters, ncols=1, bbox_to_anchor=(0.5, -0.02))
    small.set_title(f"test digit {digit}: {_named(y[digit])}")
    filters.set_title("filters, layer 1")
    maps.set_title(f"{count} maps, {height} × {width}")
    return (
        f"Test digit {digit}, {_named(y[digit])}, at the stage {stage}: {count} maps of {height} × "
        f"{width}, beside the eight filters of the first layer. The network says {answer}."
    )


def _hang(
    ax: Axes, place: tuple[float, float], count: int, columns: int, size: tuple[int, ...]
) -> None:
    """Hang a sheet of ``count`` pictures of ``size`` at its place, and frame each."""
    corners = [divmod(i, columns) for i in range(count)]
    high, wide = size
    drawings.frames(
        ax, (high, wide), [(row * (high + 1), col * (wide + 1)) for row, col in corners]
    )
    ax.set_axis_off()
    ax.set_anchor("N")
    ax.set_position((place[0], 0.02, place[1], 0.88))


def sheet(images: np.ndarray, columns: int) -> np.ndarray:
    """Return images (n, h, w) side by side, ``columns`` in a row, with a gap of one pixel between."""
    n, h, w = images.shape
    page = np.full((-(-n // columns) * (h + 1) - 1, columns * (w + 1) - 1), np.nan)
    for i, image in enumerate(images):
        top, left = i // columns * (h + 1), i % columns * (w + 1)
        page[top : top + h, left : left + w] = image
    return page


@demo(
    size=(8.4, 3.8),
    layers=Choice("layers", [4, 10, 20, 40], 20),
    rate=Choice("learning rate η", [0.01, 0.03, 0.1], 0.03),
)
def depth(figure: Figure, layers: int, rate: float) -> str:
    """Draw the slopes that reach each block at the start, and the training loss, of a plain and a residual network."""
    left, right = figures.axes(figure, columns=2)
    figures.log_scale(left, [1e-4, 1e-3, 1e-2, 1e-1])
    shares, first = [], []
    for kind, colour, line in (("residual", figures.BLUE, "-o"), ("plain", figures.RED, "--s")):
        slopes = slopes_at_blocks(kind, layers)
        left.plot(range(1, len(slopes) + 1), slopes, line, color=colour)
        history, share = train_deep_network(kind, layers, rate)
        epochs = range(1, len(history.loss) + 1)
        right.plot(epochs, history.loss, line[:-1], color=colour, label=kind)
        shares.append(f"{100 * share:.0f}")
        first.append(f"{slopes[0]:.4f}")
    left.set(xlabel="block (two layers)", ylabel="size of ∂C/∂a")
    left.set(xlim=(0.5, layers / 2 + 0.5), ylim=(1e-4, 1e-1))
    right.set(xlabel="epoch", ylabel="training loss", xlim=(1, 10), ylim=(0, 2.9))
    figures.legend(right, loc="upper right", ncols=2)
    left.set_title(f"{layers} layers, untrained")
    right.set_title(f"η = {rate:g}: {shares[0]} and {shares[1]} of 100 right")
    return (
        f"{layers} layers. Before learning, slopes of about {first[0]} reach the first block with "
        f"short cuts, and of about {first[1]} without. After ten epochs with η = {rate:g}, about "
        f"{shares[0]} of 100 test digits are right with short cuts, and about {shares[1]} without."
    )


@demo(
    activation=Choice("activation", list(NORMED), "sigmoid"),
    rate=Choice("learning rate η", [0.03, 0.1, 0.3, 1.0, 3.0], 0.3),
    scale=Choice("inputs times", [0.01, 1.0, 100.0], 1.0),
)
def normalising(figure: Figure, activation: str, rate: float, scale: float) -> str:
    """Draw test accuracy by epoch with and without batch normalisation."""
    ax = figures.axes(figure)
    words = []
    for way, colour, dashes in (("with", figures.BLUE, "-"), ("without", figures.RED, "--")):
        trained = train_three_layers(activation, rate, scale, batch_norm=way == "with")
        accuracies = trained.history.validation_accuracy
        epochs = range(1, len(accuracies) + 1)
        ax.plot(epochs, accuracies, dashes, color=colour, label=f"{way} BatchNorm")
        words.append(f"{way} about {100 * trained.right:.0f}")
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set(xlabel="epoch", ylabel="test accuracy", xlim=(1, 10), ylim=(0, 1.2), yticks=ticks)
    figures.legend(ax, loc="upper right", ncols=2)
    ax.set_title(f"{activation}, η = {rate:g}, inputs × {scale:g}")
    return (
        f"Three hidden {activation} layers, η = {rate:g}, inputs times {scale:g}, after ten "
        f"epochs: {' and '.join(words)} of 100 test digits right."
    )
