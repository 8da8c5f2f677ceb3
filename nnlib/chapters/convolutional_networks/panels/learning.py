"""Networks that look through windows, at work: digits that move about, feature maps, depth, and normalising."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from nnlib.activations import Activation, ReLU, Sigmoid, Tanh
from nnlib.batches import Split, stratified_split
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import choice, counter
from nnlib.chapters.kit.panel import Panel
from nnlib.convolution import Conv2D
from nnlib.datasets import load_digits
from nnlib.initializers import Initializer, glorot, he, zeros
from nnlib.layers import Dense, Flatten, Layer, Residual
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.numerics import softmax
from nnlib.optimizers import SGD
from nnlib.pooling import MaxPool2D
from nnlib.training import DivergedError, History, fit

CANVAS, LABELLED = 14, 500


@cache
def digit_images() -> Split:
    """Return the digits (n, 8, 8, 1), float32, and a stratified half of them to test on."""
    x, y = load_digits()
    return stratified_split(x.astype(np.float32), y, held_out=0.5, rng=np.random.default_rng(0))


def placed(x: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return digits (n, 8, 8, 1) on black canvases (n, 14, 14, 1), their upper left corners at ``corners`` (n, 2)."""
    canvas = np.zeros((len(x), CANVAS, CANVAS, 1), x.dtype)
    for picture, digit, (top, left) in zip(canvas, x, corners, strict=True):
        picture[top : top + 8, left : left + 8] = digit
    return canvas


@cache
def shifted_digits() -> Split:
    """Return 500 digits, each at one random place of a larger canvas, and those to test on, placed at random too."""
    (x, y), (x_test, y_test) = digit_images()
    rng = np.random.default_rng(0)
    corners = [rng.integers(0, CANVAS - 7, (len(part), 2)) for part in (x[:LABELLED], x_test)]
    return (placed(x[:LABELLED], corners[0]), y[:LABELLED]), (placed(x_test, corners[1]), y_test)


def windowed(rng: np.random.Generator) -> Network:
    """Return a small convolutional network for 14 × 14 pixels; its last pooling takes the largest of each map."""
    layers: list[Layer] = [Conv2D(1, 8, 3, rng=rng, weights=he), ReLU(), MaxPool2D(2)]
    layers += [Conv2D(8, 32, 3, rng=rng, weights=he), ReLU(), MaxPool2D(4), Flatten()]
    return Network([*layers, Dense(32, 10, rng=rng)]).astype(np.float32)


def dense(rng: np.random.Generator) -> Network:
    """Return a network for 14 × 14 pixels that does not know which of them are neighbours."""
    layers = [Flatten(), Dense(196, 64, rng=rng, weights=he), ReLU(), Dense(64, 10, rng=rng)]
    return Network(layers).astype(np.float32)


@cache
def trained(kind: str, seed: int = 1) -> Network:
    """Train the "convolutional" or the "dense" network on the 500 shifted digits."""
    rng = np.random.default_rng(seed)
    network, rate, epochs = (
        (windowed(rng), 0.2, 25) if kind == "convolutional" else (dense(rng), 1.0, 100)
    )
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), rate)
    fit(*parts, shifted_digits()[0], epochs=epochs, batch_size=20, rng=rng)
    return network


def draw_moving(figure: Figure, digit: int, down: int, right: int) -> str:
    """Draw a test digit on its canvas, and what the two networks say about it."""
    left, bars = figures.axes(figure, columns=2)
    (_, _), (x, y) = digit_images()
    canvas = placed(x[digit : digit + 1], np.array([[down, right]]))
    left.imshow(canvas[0, :, :, 0], cmap="gray_r", interpolation="none")
    left.set(xticks=[0, 7, 13], yticks=[0, 7, 13])
    for side in ("top", "right"):
        left.spines[side].set_visible(True)  # white paper needs an edge
    answers = []
    for kind, colour, shift in (("convolutional", figures.BLUE, -0.2), ("dense", figures.RED, 0.2)):
        shares = softmax(trained(kind).predict(canvas))[0]
        bars.bar(np.arange(10) + shift, shares, width=0.38, color=colour, label=kind)
        answers.append(int(shares.argmax()))
    bars.set(xticks=range(10), ylim=(0, 1.3), xlabel="digit", ylabel="share of certainty")
    bars.legend(loc="upper right", ncols=2)
    left.set_title(f"test digit {digit}: a {y[digit]}")
    bars.set_title(f"they say {answers[0]} and {answers[1]}")
    return (
        f"Test digit {digit}, a {y[digit]}, {down} pixels from the top and {right} from the left: the convolutional "
        f"network says {answers[0]}, the dense one {answers[1]}."
    )


def moving() -> Panel:
    """Choose a digit and move it about."""
    return Panel(
        draw_moving,
        size=(8.4, 3.6),
        digit=counter("test digit", 0, 99, 4),
        down=counter("pixels from the top", 0, 6, 3),
        right=counter("pixels from the left", 0, 6, 3),
    )


@cache
def reader() -> Network:
    """Train a small convolutional network on half of the digits, at their usual size."""
    rng = np.random.default_rng(1)
    layers: list[Layer] = [
        Conv2D(1, 8, 3, padding="same", rng=rng, weights=he),
        ReLU(),
        MaxPool2D(2),
    ]
    layers += [
        Conv2D(8, 16, 3, padding="same", rng=rng, weights=he),
        ReLU(),
        MaxPool2D(2),
        Flatten(),
    ]
    network = Network([*layers, Dense(64, 10, rng=rng)]).astype(np.float32)
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), 0.2)
    fit(*parts, digit_images()[0], epochs=15, batch_size=20, rng=rng)
    return network


STAGES = {
    "first convolution and ReLU": 2,
    "first pooling": 3,
    "second convolution and ReLU": 5,
    "second pooling": 6,
}


def draw_maps(figure: Figure, digit: int, stage: str) -> str:
    """Draw a test digit, the filters of the first layer, and the feature maps at a stage."""
    small, filters, maps = figures.axes(figure, columns=3)
    x, y = digit_images()[1]
    network, values = reader(), x[digit : digit + 1]
    for layer in network.layers[: STAGES[stage]]:
        values = layer.forward(values)
    small.imshow(x[digit, :, :, 0], cmap="gray_r", interpolation="none")
    small.set_axis_off()
    drawings.weight_image(
        filters, sheet(network.parameters()[0].value[:, :, 0].transpose(2, 0, 1), 4)
    )
    maps.imshow(sheet(values[0].transpose(2, 0, 1), 4), cmap="gray_r", vmin=0, interpolation="none")
    maps.set_axis_off()
    places = (0.02, 0.1, 0.26, 0.75), (0.3, 0.1, 0.27, 0.75), (0.6, 0.05, 0.39, 0.8)
    for ax, place in zip((small, filters, maps), places, strict=True):
        ax.set_position(place)
    small.set_title(f"test digit {digit}: a {y[digit]}")
    filters.set_title("filters, layer 1")
    maps.set_title(f"{values.shape[3]} maps, {values.shape[1]} × {values.shape[2]}")
    answer = int(network.classify(x[digit : digit + 1])[0])
    return (
        f"Test digit {digit}, a {y[digit]}, at the stage {stage}: {values.shape[3]} maps of {values.shape[1]} × "
        f"{values.shape[2]}, beside the eight filters of the first layer. The network says {answer}."
    )


def sheet(images: np.ndarray, columns: int) -> np.ndarray:
    """Return images (n, h, w) side by side, ``columns`` in a row, with a gap of one pixel between."""
    n, h, w = images.shape
    page = np.full((n // columns * (h + 1) - 1, columns * (w + 1) - 1), np.nan)
    for i, image in enumerate(images):
        top, left = i // columns * (h + 1), i % columns * (w + 1)
        page[top : top + h, left : left + w] = image
    return page


def maps() -> Panel:
    """Choose a digit and where in the network to look."""
    return Panel(
        draw_maps,
        size=(8.6, 3.6),
        digit=counter("test digit", 0, 99, 4),
        stage=choice("after the", list(STAGES), "first convolution and ReLU"),
    )


WIDTH = 30


def stack(kind: str, layers: int, *, rng: np.random.Generator) -> Network:
    """Return a deep network for the digits, "plain", or "residual": short cuts round every two layers.

    The second layer of each block starts at 0, so that the block starts as the identity.
    """

    def layer(n_in: int, start: Initializer = he) -> Dense:
        return Dense(n_in, WIDTH, rng=rng, weights=start)

    parts: list[Layer] = [Flatten(), layer(64), ReLU()]
    for _ in range((layers - 2) // 2):
        if kind == "residual":
            parts += [Residual([layer(WIDTH), ReLU(), layer(WIDTH, zeros)]), ReLU()]
        else:
            parts += [layer(WIDTH), ReLU(), layer(WIDTH), ReLU()]
    return Network([*parts, Dense(WIDTH, 10, rng=rng)])


class Learnt(NamedTuple):
    """What a training brought: its history and the share of test digits that are read."""

    history: History
    right: float


def learn(
    network: Network, rate: float, epochs: int, scale: float = 1.0, *, rng: np.random.Generator
) -> Learnt:
    """Train on half of the digits, inputs times ``scale``; a run that diverges keeps what it had."""
    (x, y), (x_test, y_test) = digit_images()
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), rate)
    options: dict[str, Any] = {
        "epochs": epochs,
        "batch_size": 20,
        "rng": rng,
        "validation": (scale * x_test, y_test),
    }
    try:
        history = fit(*parts, (scale * x, y), **options)
    except DivergedError as error:
        history = error.history
    return Learnt(history, accuracy(network.classify(scale * x_test), y_test))


@cache
def stacked(kind: str, layers: int, rate: float, seed: int = 0) -> Learnt:
    """Train a deep network for ten epochs."""
    rng = np.random.default_rng(seed)
    return learn(stack(kind, layers, rng=rng), rate, 10, rng=rng)


@cache
def arriving(kind: str, layers: int, seed: int = 0) -> list[float]:
    """Return how large the slopes ∂C/∂a are that reach each block of a new network, the first block first.

    Root mean squares over 100 digits; a block is two layers.
    """
    network, loss = stack(kind, layers, rng=np.random.default_rng(seed)), SoftmaxCrossEntropy()
    (x, y), _ = digit_images()
    loss.forward(network.forward(x[:100]), y[:100])
    slope, found = loss.backward(), []
    for layer in reversed(network.layers[3:]):
        slope = layer.backward(slope)
        found.append(float(np.sqrt((slope**2).mean())))
    return found[0 :: 2 if kind == "residual" else 4][::-1]


DEPTHS = (4, 10, 20, 40)


def draw_deep(figure: Figure, layers: int, rate: float) -> str:
    """Draw the slopes that reach each block at the start, and the training loss, of a plain and a residual network."""
    left, right = figures.axes(figure, columns=2)
    figures.log_scale(left, [1e-4, 1e-3, 1e-2, 1e-1])
    shares, first = [], []
    for kind, colour, dashes, marker in (
        ("residual", figures.BLUE, "-", "o"),
        ("plain", figures.RED, "--", "s"),
    ):
        slopes = arriving(kind, layers)
        left.plot(range(1, len(slopes) + 1), slopes, dashes, marker=marker, color=colour)
        history, share = stacked(kind, layers, rate)
        right.plot(range(1, len(history.loss) + 1), history.loss, dashes, color=colour, label=kind)
        shares.append(f"{100 * share:.0f}")
        first.append(f"{slopes[0]:.4f}")
    left.set(xlabel="block (two layers)", xlim=(0.5, layers / 2 + 0.5), ylim=(1e-4, 1e-1))
    right.set(xlabel="epoch", ylabel="training loss", xlim=(1, 10), ylim=(0, 2.9))
    right.legend(loc="upper right", ncols=2)
    left.set_title(f"{layers} layers, untrained: ∂C/∂a")
    right.set_title(f"η = {rate:g}: {shares[0]} and {shares[1]} of 100 right")
    return (
        f"{layers} layers. Before learning, slopes of about {first[0]} reach the first block with short cuts, and of "
        f"about {first[1]} without. After ten epochs with η = {rate:g}, about {shares[0]} of 100 test digits are right "
        f"with short cuts, and about {shares[1]} without."
    )


def deep() -> Panel:
    """Choose depth and learning rate."""
    return Panel(
        draw_deep,
        size=(8.4, 3.8),
        layers=choice("layers", list(DEPTHS), 20),
        rate=choice("learning rate η", [0.01, 0.03, 0.1], 0.03),
    )


NORMED: dict[str, tuple[type[Activation], Initializer]] = {
    "sigmoid": (Sigmoid, glorot),
    "tanh": (Tanh, glorot),
    "ReLU": (ReLU, he),
}


@cache
def normed(activation: str, rate: float, scale: float, way: str, seed: int = 0) -> Learnt:
    """Train a network with three hidden layers for ten epochs, "with" or "without" batch normalisation."""
    rng = np.random.default_rng(seed)
    bend, start = NORMED[activation]
    parts: list[Layer] = [Flatten()]
    for n_in in (64, WIDTH, WIDTH):
        norm = [BatchNorm(WIDTH)] if way == "with" else []
        parts += [Dense(n_in, WIDTH, rng=rng, weights=start), *norm, bend()]
    return learn(Network([*parts, Dense(WIDTH, 10, rng=rng)]), rate, 10, scale, rng=rng)


def draw_norm(figure: Figure, activation: str, rate: float, scale: float) -> str:
    """Draw test accuracy by epoch with and without batch normalisation."""
    ax = figures.axes(figure)
    words = []
    for way, colour, dashes in (("with", figures.BLUE, "-"), ("without", figures.RED, "--")):
        history, right = normed(activation, rate, scale, way)
        seen = history.validation_accuracy
        ax.plot(range(1, len(seen) + 1), seen, dashes, color=colour, label=f"{way} BatchNorm")
        words.append(f"{way} about {100 * right:.0f}")
    ax.set(
        xlabel="epoch",
        ylabel="test accuracy",
        xlim=(1, 10),
        ylim=(0, 1.2),
        yticks=[0, 0.25, 0.5, 0.75, 1],
    )
    ax.legend(loc="upper right", ncols=2)
    ax.set_title(f"{activation}, η = {rate:g}, inputs × {scale:g}")
    return (
        f"Three hidden {activation} layers, η = {rate:g}, inputs times {scale:g}, after ten epochs: "
        f"{' and '.join(words)} of 100 test digits right."
    )


def norm() -> Panel:
    """Choose activation, learning rate and the scale of the inputs."""
    return Panel(
        draw_norm,
        activation=choice("activation", list(NORMED), "sigmoid"),
        rate=choice("learning rate η", [0.03, 0.1, 0.3, 1.0, 3.0], 0.3),
        scale=choice("inputs times", [0.01, 1.0, 100.0], 1.0),
    )
