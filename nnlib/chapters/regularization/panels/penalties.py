"""What penalties do: a border that bends less, and weights that are small, or gone."""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.activations import Sigmoid, Tanh
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.regularization.panels.learning import handful
from nnlib.datasets import moons
from nnlib.layers import Dense, Flatten
from nnlib.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.regularization import L1, L2, Penalty
from nnlib.training import Examples, fit

PENALTIES: dict[str, type[Penalty]] = {"L2": L2, "L1": L1}
LIMITS = (-1.8, 2.8, -1.5, 2.0)
BORDER_RATE, BORDER_EPOCHS, POINTS, DRAW = 0.2, 2000, 40, 2


def some_moons(points: int, noise: float, seed: int) -> Examples:
    """Return ``points`` of two noisy half circles, labels (n, 1)."""
    x, y = moons(points, noise=noise, rng=np.random.default_rng(seed))
    return x, y[:, None]


class Bent(NamedTuple):
    """A network that has learnt 40 points, and its weights without the biases (n,)."""

    network: Network
    weights: np.ndarray


@cache
def bent(kind: str, power: float, noise: float, seed: int = DRAW) -> Bent:
    """Train 2-24-24-1 on 40 points with a penalty of λ = 10^power, all points in every step."""
    rng = np.random.default_rng(seed)
    layers = [
        Dense(2, 24, rng=rng),
        Tanh(),
        Dense(24, 24, rng=rng),
        Tanh(),
        Dense(24, 1, rng=rng),
        Sigmoid(),
    ]
    network = Network(layers)
    parts = network, BinaryCrossEntropy(), SGD(network.parameters(), BORDER_RATE)
    penalty = PENALTIES[kind](10**power)
    examples = some_moons(POINTS, noise, seed)
    fit(*parts, examples, epochs=BORDER_EPOCHS, batch_size=POINTS, rng=rng, penalty=penalty)
    return Bent(network, weights_of(network))


def weights_of(network: Network) -> np.ndarray:
    """Return all weights of a network in a row (n,), its biases left out."""
    return np.concatenate(
        [part.value.ravel() for part in network.parameters() if part.value.ndim == 2]
    )


def share_right(network: Network, examples: Examples) -> float:
    """Return the share of points on their own side."""
    x, y = examples
    return float(((network.predict(x) > 0.5) == y).mean())


def strength_of(power: float) -> str:
    """Return 10^power in words of two digits, never as 1e-05."""
    return np.format_float_positional(10**power, precision=2, fractional=False, trim="-")


def draw_border(figure: Figure, kind: str, power: float, noise: float) -> str:
    """Draw the border between two classes that a network learns with a penalty, and the histogram of its weights."""
    left, right = figures.axes(figure, columns=2)
    power, noise = round(power, 2), round(noise, 2)
    network, weights = bent(kind, power, noise)
    examples = some_moons(POINTS, noise, DRAW)
    drawings.decision_regions(left, lambda x: network.predict(x)[:, 0] - 0.5, LIMITS, 60)
    drawings.points(left, examples[0], examples[1][:, 0], size=30)
    left.set(xlabel="x₁", ylabel="x₂")
    heights, edges = np.histogram(np.clip(weights, -2, 2), bins=np.linspace(-2.05, 2.05, 42))
    right.stairs(100 * heights / weights.size, edges, fill=True, color=figures.BLUE)
    right.set(
        xlabel="weight (beyond ±2: in the last bars)",
        ylabel="share of the weights (%)",
        xlim=(-2.1, 2.1),
    )
    right.set_ylim(0, max(15.0, 110 * float(heights.max()) / weights.size))
    shares = [
        round(100 * share_right(network, part)) for part in (examples, some_moons(2000, noise, 99))
    ]
    left.set_title(f"{shares[0]} % right, new points {shares[1]} %")
    right.set_title(f"{kind}, λ = {strength_of(power)}: spread {weights.std():.2f}")
    return (
        f"40 points of two half circles with noise {noise:.1f}, learnt with {kind}, λ = {strength_of(power)}: about "
        f"{shares[0]} of 100 points and about {shares[1]} of 100 new points are on their own side; the weights spread "
        f"by about {weights.std():.1f}."
    )


def border() -> Panel:
    """Choose penalty, λ and noise."""
    return Panel(
        draw_border,
        size=(8.4, 3.9),
        kind=choice("penalty", list(PENALTIES), "L2"),
        power=slider("log₁₀ λ", -5, -1, -4, step=0.25, on_release=True),
        noise=slider("noise of the points", 0.1, 0.5, 0.4, on_release=True),
    )


WEIGHTS_RATE, WEIGHTS_EPOCHS = 0.25, 600
LARGEST = 1.8  # no weight of the pictures is larger
ZERO = (
    0.01  # what counts as no weight: more than a step of L1's pull, ηλ, for every λ of the slider
)


class Images(NamedTuple):
    """Weights (64, 10) from pixels to digits, and the share of new digits that are read."""

    weights: np.ndarray
    right: float


@cache
def images(kind: str, power: float, seed: int = 0) -> Images:
    """Learn 200 digits without a hidden layer, with a penalty of λ = 10^power, all digits in every step."""
    data, rng = handful(200, 0, seed), np.random.default_rng(seed)
    network = Network([Flatten(), Dense(64, 10, rng=rng)])
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), WEIGHTS_RATE)
    fit(
        *parts,
        data.training,
        epochs=WEIGHTS_EPOCHS,
        batch_size=200,
        rng=rng,
        penalty=PENALTIES[kind](10**power),
    )
    right = float((network.classify(data.test[0]) == data.test[1]).mean())
    return Images(network.parameters()[0].value, right)


def near_zero(weights: np.ndarray) -> float:
    """Return the share of weights that count as zero: closer to it than 0.01."""
    return float((np.abs(weights) < ZERO).mean())


def draw_weights(figure: Figure, kind: str, power: float) -> str:
    """Draw the weights of each of the ten digits as an image, and all of them by size."""
    left, right = figures.axes(figure, columns=2)
    power = round(power, 2)
    found = images(kind, power)
    _paint_digits(left, found.weights)
    left.set_position((0.02, 0.1, 0.6, 0.76))
    right.set_position((0.72, 0.19, 0.26, 0.67))
    sizes = np.sort(np.abs(found.weights).ravel())[::-1]
    right.plot(np.arange(1, 641), sizes, color=figures.BLUE)
    right.set(xlabel="weights, largest first", ylabel="size |w|", xlim=(0, 640), ylim=(0, 2))
    share = near_zero(found.weights)
    right.axvspan(640 * (1 - share), 640, color="#EEEEEE", zorder=0)
    left.set_title(f"{kind}, λ = {strength_of(power)}: {round(100 * found.right)} of 100 right")
    right.set_title(f"{100 * share:.0f} % below {ZERO:g} (grey)")
    return (
        f"Weights from 64 pixels to each of ten digits, learnt with {kind}, λ = {strength_of(power)}: about "
        f"{100 * share:.0f} of 100 weights are closer to zero than {ZERO:g}, and about {100 * found.right:.0f} of 100 "
        "new digits are read."
    )


def _paint_digits(ax: Axes, weights: np.ndarray) -> None:
    """Draw the weights (64, 10) of each digit as an image, its name above it."""
    sheet = np.full((17, 44), np.nan)
    for digit, column in enumerate(weights.T):
        top, across = 9 * (digit // 5), 9 * (digit % 5)
        sheet[top : top + 8, across : across + 8] = column.reshape(8, 8)
        ax.text(across - 0.5, top - 0.9, str(digit), fontsize=11)
    drawings.weight_image(
        ax, sheet, LARGEST
    )  # the same for all pictures: smaller weights are paler
    ax.set_ylim(16.5, -2.2)  # room for the names of the upper row
    ax.set_anchor("N")


def weights() -> Panel:
    """Choose penalty and λ."""
    return Panel(
        draw_weights,
        size=(8.8, 3.5),
        kind=choice("penalty", list(PENALTIES), "L1"),
        power=slider("log₁₀ λ", -4, -1.5, -2.5, step=0.25, on_release=True),
    )


def cover() -> None:
    """Show the picture that the chapter starts with: the same points, learnt freely, with a penalty, with too much."""
    figure = figures.figure(8.4, 2.8)
    examples = some_moons(POINTS, 0.4, DRAW)
    for ax, power, name in zip(
        figures.axes(figure, columns=3),
        (-5, -2.5, -1),
        ("too free", "held back", "held too tight"),
        strict=True,
    ):
        network = bent("L2", power, 0.4).network
        drawings.decision_regions(
            ax, lambda x, network=network: network.predict(x)[:, 0] - 0.5, LIMITS, 80
        )  # type: ignore[misc]
        drawings.points(ax, examples[0], examples[1][:, 0], size=26)
        ax.set(xticks=[], yticks=[], title=name)
    figure.subplots_adjust(left=0.02, right=0.98, top=0.87, bottom=0.04, wspace=0.08)
    figures.show(
        figure,
        alt="Forty points of two classes and the border that a network draws between them, three times: winding round "
        "single points, in one smooth bend, and nearly straight.",
    )
