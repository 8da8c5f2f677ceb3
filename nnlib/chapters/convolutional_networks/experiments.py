"""What chapter 06 looks at and trains: a photograph through kernels, digits that move about, deep networks."""

import warnings
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.activations import Activation, ReLU, Sigmoid, Tanh
from nnlib.batches import Split, stratified_split
from nnlib.chapters.kit.digits import cut_digits
from nnlib.convolution import Conv2D, cross_correlate, output_size
from nnlib.datasets import load_photo
from nnlib.initializers import Initializer, glorot, he, zeros
from nnlib.layers import Dense, Flatten, Layer, Residual
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.mnist import load_mnist
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.optimizers import SGD
from nnlib.pooling import (
    AvgPool2D,
    GlobalMaxPool2D,
    L2Pool2D,
    MaxPool2D,
    Pool2D,
    WeightedAvgPool2D,
)
from nnlib.training import DivergedError, Examples, History, fit

# A photograph, and what is done to it.

KERNELS = {
    "as it is": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "upright edges": np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
    "level edges": np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
    "outline": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "relief": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
}
POOLS: dict[str, type[Pool2D]] = {
    "largest": MaxPool2D,
    "mean": AvgPool2D,
    "weighted mean": WeightedAvgPool2D,
    "L², the length": L2Pool2D,
}


@cache
def grey_photo() -> np.ndarray:
    """Return the middle of the photograph in grey, (120, 120), in [0, 1]: means of 3 × 3 pixels and three colours."""
    part = load_photo()[40:400, 70:430].mean(axis=2)
    return part.reshape(120, 3, 120, 3).mean(axis=(1, 3))


def move_picture(image: np.ndarray, how: str, amount: int) -> np.ndarray:
    """Return an image (h, w) after a "shift" by ``amount`` pixels to the right, a "turn" by as many degrees, or an
    "enlarge" by as many per cent.

    What comes in from outside is black; turning and enlarging take means of four pixels.
    """
    from PIL import Image

    if how == "shift":
        return np.pad(image, ((0, 0), (amount, 0)))[:, : image.shape[1]]
    picture = Image.fromarray(image.astype(np.float32))
    if how == "turn":
        return np.asarray(picture.rotate(amount, Image.Resampling.BILINEAR), float)
    rim = [side * (1 - 1 / (1 + amount / 100)) / 2 for side in picture.size]
    box = (rim[0], rim[1], picture.width - rim[0], picture.height - rim[1])
    return np.asarray(picture.resize(picture.size, Image.Resampling.BILINEAR, box=box), float)


def look_and_move(kernel: np.ndarray, how: str, amount: int) -> tuple[np.ndarray, np.ndarray]:
    """Return K(T(x)) and T(K(x)), both (118, 118): K looks through the kernel (3, 3), T moves, x is the photograph."""
    return (
        cross_correlate(move_picture(grey_photo(), how, amount), kernel),
        move_picture(cross_correlate(grey_photo(), kernel), how, amount),
    )


def difference_in_the_middle(first: np.ndarray, second: np.ndarray) -> float:
    """Return how far two pictures (118, 118) differ, away from the border, relative to the size of the first."""
    middle = np.s_[30:88, 30:88]
    size = np.sqrt((first[middle] ** 2).mean())
    return float(np.sqrt(((first - second)[middle] ** 2).mean()) / size)


def equivariance_error(kernel: np.ndarray, how: str, amount: int) -> float:
    """Return how far looking and then moving differs from moving and then looking; arguments of ``look_and_move``."""
    return difference_in_the_middle(*look_and_move(kernel, how, amount))


def pool_image(image: np.ndarray, kind: str, size: int) -> np.ndarray:
    """Return an image (h, w) pooled in windows of ``size``; ``kind`` is one of ``POOLS``."""
    return POOLS[kind](size).forward(image[None, :, :, None])[0, :, :, 0]


def relative_change(before: np.ndarray, after: np.ndarray) -> float:
    """Return how far two pictures (h, w) differ, relative to how much the first varies."""
    return float(np.sqrt(((after - before) ** 2).mean()) / before.std())


def layer_costs(pixels: int, c_in: int, size: int, c_out: int) -> dict[str, tuple[int, int]]:
    """Return (weights, multiplications) of three layers that make as many outputs: "dense", "windows", "shared".

    The second looks through windows as a convolution does, but with weights of its own at every place; the third is
    the convolution. Biases are left out.
    """
    places = output_size(pixels, size) ** 2
    per_place = size**2 * c_in * c_out
    dense = pixels**2 * c_in * places * c_out
    return {
        "dense": (dense, dense),
        "windows": (places * per_place, places * per_place),
        "shared": (per_place, places * per_place),
    }


# Digits of 8 × 8 pixels, at their usual place or anywhere on a canvas.

CANVAS, LABELLED = 14, 500


@cache
def digit_images() -> Split:
    """Return the digits (n, 8, 8, 1), float32, as (training, test): one half of every class each."""
    (x, y), (x_test, y_test) = cut_digits(0.5, flat=False, rng=np.random.default_rng(0))
    return (x.astype(np.float32), y), (x_test.astype(np.float32), y_test)


def place_on_canvas(x: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return digits (n, 8, 8, 1) on black canvases (n, 14, 14, 1), their upper left corners at ``corners`` (n, 2)."""
    canvases = np.zeros((len(x), CANVAS, CANVAS, 1), x.dtype)
    for canvas, digit, (top, left) in zip(canvases, x, corners, strict=True):
        canvas[top : top + 8, left : left + 8] = digit
    return canvases


@cache
def shifted_digits() -> Split:
    """Return 500 digits, each at one random place of a canvas (14, 14, 1), and those to test on, placed likewise."""
    (x, y), (x_test, y_test) = digit_images()
    x, y, rng = x[:LABELLED], y[:LABELLED], np.random.default_rng(0)
    corners, corners_test = (rng.integers(0, CANVAS - 7, (len(part), 2)) for part in (x, x_test))
    return (place_on_canvas(x, corners), y), (place_on_canvas(x_test, corners_test), y_test)


# MNIST: 28 × 28 pixels, at their usual place or moved about.

REACH, EPOCHS, BATCH = 4, 6, 20


class Digits(NamedTuple):
    """Images (n, 28, 28, 1), float32, and labels (n,): 3,000 to learn from, 1,000 to choose by, 2,000 to test on."""

    training: Examples
    validation: Examples
    test: Examples


@cache
def mnist_digits(*, moved: bool = False) -> Digits:
    """Return digits of MNIST at their usual place, or each ``moved`` by up to 4 pixels down or up, right or left."""
    if not moved:
        seen, test = load_mnist(train=4000, test=2000)
        return Digits(*stratified_split(*seen, held_out=0.25, rng=np.random.default_rng(0)), test)
    rng = np.random.default_rng(1)

    def placed(x: np.ndarray) -> np.ndarray:
        return move_digits(x, rng.integers(-REACH, REACH + 1, (len(x), 2)))

    return Digits(*((placed(x), y) for x, y in mnist_digits()))


def move_digits(x: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Return images x (n, h, w, 1), moved by ``shifts`` (n, 2), pixels down and to the right, at most 4 of them."""
    rim = (REACH, REACH)
    padded = np.pad(x, ((0, 0), rim, rim, (0, 0)))
    height, width = x.shape[1:3]
    corners = REACH - np.asarray(shifts)
    return np.stack(
        [
            image[i : i + height, j : j + width]
            for image, (i, j) in zip(padded, corners, strict=True)
        ]
    )


def convolutional_network(rng: np.random.Generator) -> Network:
    """Return a small convolutional network for 28 × 28 pixels, in the manner of LeNet."""
    layers: list[Layer] = [Conv2D(1, 8, 5, rng=rng, weights=he), ReLU(), MaxPool2D(2)]
    layers += [Conv2D(8, 16, 5, rng=rng, weights=he), ReLU(), MaxPool2D(2)]
    return Network([*layers, Flatten(), Dense(256, 10, rng=rng)]).astype(np.float32)


def placeless_network(rng: np.random.Generator) -> Network:
    """Return a convolutional network whose last pooling takes the largest of each whole map, wherever it is."""
    layers: list[Layer] = [Conv2D(1, 8, 5, rng=rng, weights=he), ReLU(), MaxPool2D(2)]
    layers += [Conv2D(8, 32, 5, rng=rng, weights=he), ReLU(), GlobalMaxPool2D()]
    return Network([*layers, Dense(32, 10, rng=rng)]).astype(np.float32)


def dense_network(rng: np.random.Generator) -> Network:
    """Return a network for 28 × 28 pixels that does not know which of them are neighbours."""
    layers = [Flatten(), Dense(784, 256, rng=rng, weights=he), ReLU(), Dense(256, 10, rng=rng)]
    return Network(layers).astype(np.float32)


# Each with the η that the validation digits like best, of those that were tried: 0.05, 0.1, 0.2, 0.4 for the
# convolutional ones, 0.1, 0.2, 0.4, 0.8 for the dense one. For moved digits they hold too; there 0.2 is as good as 0.1.
READERS: dict[str, tuple[Callable[[np.random.Generator], Network], float]] = {
    "convolutional": (convolutional_network, 0.1),
    "placeless": (placeless_network, 0.1),
    "dense": (dense_network, 0.4),
}


def train_on_mnist(kind: str, *, moved: bool = False, seed: int = 0) -> Network:
    """Train one of ``READERS`` on 3,000 digits for six epochs, in batches of 20, and return it."""
    # to a cache, a default that is spelt out is another call
    return _trained_on_mnist(kind, moved, seed)


@cache
def _trained_on_mnist(kind: str, moved: bool, seed: int) -> Network:
    make, rate = READERS[kind]
    rng = np.random.default_rng(seed)
    network = make(rng)
    fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), rate),
        mnist_digits(moved=moved).training,
        epochs=EPOCHS,
        batch_size=BATCH,
        rng=rng,
    )
    return network


# Depth, with short cuts and with batch normalisation.

WIDTH = 30
NORMED: dict[str, tuple[type[Activation], Initializer]] = {
    "sigmoid": (Sigmoid, glorot),
    "tanh": (Tanh, glorot),
    "ReLU": (ReLU, he),
}


def identity(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return weights (d, d) that hand on what comes in; nothing is drawn."""
    return np.eye(shape[0], shape[1])


def deep_network(kind: str, layers: int, *, rng: np.random.Generator) -> Network:
    """Return a deep network for the digits, "plain", or "residual": short cuts round every two layers.

    The second layer of each residual block starts at 0, so that the block starts as the identity. Two more tell the
    short cut from its start: "plain from the identity", and "residual from He", whose second layers start by He.
    """
    second = zeros if kind == "residual" else he
    plain = identity if kind == "plain from the identity" else he

    def dense(n_in: int, start: Initializer = he) -> Dense:
        return Dense(n_in, WIDTH, rng=rng, weights=start)

    parts: list[Layer] = [Flatten(), dense(64), ReLU()]
    for _ in range((layers - 2) // 2):
        if kind.startswith("residual"):
            parts += [Residual([dense(WIDTH), ReLU(), dense(WIDTH, second)]), ReLU()]
        else:
            parts += [dense(WIDTH, plain), ReLU(), dense(WIDTH, plain), ReLU()]
    return Network([*parts, Dense(WIDTH, 10, rng=rng)])


class Trained(NamedTuple):
    """What a training brought: its history, and the share of test digits that are then read right."""

    history: History
    right: float


def train_and_test(
    network: Network, rate: float, scale: float = 1.0, *, rng: np.random.Generator
) -> Trained:
    """Train on half of the digits, inputs times ``scale``, for ten epochs; a run that diverges keeps what it had."""
    (x, y), (x_test, y_test) = digit_images()
    try:
        history = fit(
            network,
            SoftmaxCrossEntropy(),
            SGD(network.parameters(), rate),
            (scale * x, y),
            validation=(scale * x_test, y_test),
            epochs=10,
            batch_size=20,
            rng=rng,
        )
    except DivergedError as error:
        history = error.history
    return Trained(history, accuracy(network.classify(scale * x_test), y_test))


@cache
def train_deep_network(kind: str, layers: int, rate: float, seed: int = 0) -> Trained:
    """Train a network of as many layers, of a kind that ``deep_network`` makes."""
    rng = np.random.default_rng(seed)
    return train_and_test(deep_network(kind, layers, rng=rng), rate, rng=rng)


@cache
def slopes_at_blocks(kind: str, layers: int) -> list[float]:
    """Return how large the slopes ∂C/∂a are that reach each block of a new network, the first block first.

    Root mean squares over 100 digits; a block is two layers.
    """
    network = deep_network(kind, layers, rng=np.random.default_rng(0))
    loss, (x, y) = SoftmaxCrossEntropy(), digit_images()[0]
    loss.forward(network.forward(x[:100]), y[:100])
    slope, sizes = loss.backward(), []
    for layer in reversed(network.layers[3:]):
        slope = layer.backward(slope)
        sizes.append(float(np.sqrt((slope**2).mean())))
    return sizes[0 :: 2 if kind == "residual" else 4][::-1]


@cache
def train_three_layers(
    activation: str, rate: float, scale: float = 1.0, *, batch_norm: bool, seed: int = 0
) -> Trained:
    """Train a network with three hidden layers on inputs times ``scale``, with batch normalisation or without.

    Inputs that are not scaled are the point here, so ``fit`` is not to warn of them.
    """
    rng = np.random.default_rng(seed)
    bend, start = NORMED[activation]
    parts: list[Layer] = [Flatten()]
    for n_in in (64, WIDTH, WIDTH):
        norm = [BatchNorm(WIDTH)] if batch_norm else []
        parts += [Dense(n_in, WIDTH, rng=rng, weights=start), *norm, bend()]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="fit: the inputs reach up to")
        return train_and_test(Network([*parts, Dense(WIDTH, 10, rng=rng)]), rate, scale, rng=rng)
