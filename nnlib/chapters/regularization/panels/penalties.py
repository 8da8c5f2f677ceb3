"""What penalties do: a border that bends less, and weights that are small, or gone."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Counter, Slider
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.experiments import share_right
from nnlib.chapters.regularization.experiments.penalties import (
    DRAW,
    PENALTIES,
    POINTS,
    ZERO,
    learn_border,
    learn_digit_weights,
    noisy_moons,
    share_near_zero,
)
from nnlib.network import Network
from nnlib.training import Examples

LIMITS = (-1.8, 2.8, -1.5, 2.0)
LARGEST = 1.8  # no weight of the pictures is larger


@demo(
    size=(8.4, 3.9),
    kind=Choice("penalty", list(PENALTIES), "L2"),
    power=Slider("log₁₀ λ", -5, -1, -4, step=0.25, on_release=True, ticks=(-1,)),
    noise=Slider("noise of the points", 0.1, 0.5, 0.4, on_release=True, ticks=(0.1,)),
    draw=Counter("draw", 0, 7, DRAW, on_release=True),
)
def border(figure: Figure, kind: str, power: float, noise: float, draw: int) -> str:
    """Draw the border between two classes that a network learns with a penalty, and the histogram of its weights."""
    left, right = figures.axes(figure, columns=2)
    power, noise = round(power, 2), round(noise, 2)
    network, weights = learn_border(kind, power, noise, draw)
    examples = noisy_moons(POINTS, noise, draw)
    _paint_border(left, network, examples, steps=60, size=30)
    left.set(xlabel="x₁", ylabel="x₂")
    _paint_histogram(right, weights)
    shares = [
        round(100 * share_right(network, *part))
        for part in (examples, noisy_moons(2000, noise, 99))
    ]
    left.set_title(f"draw {draw}: {shares[0]} % right, new {shares[1]} %")
    right.set_title(f"{kind}, λ = {_strength(power)}: spread {weights.std():.2f}")
    return (
        f"Draw {draw}: 40 points of two half circles with noise {noise:.1f}, learnt with {kind}, "
        f"λ = {_strength(power)}: about {shares[0]} of 100 points and about {shares[1]} of 100 "
        f"new points are on their own side; the weights spread by about {weights.std():.1f}."
    )


def _strength(power: float) -> str:
    """Return 10^power in words of two digits, never as 1e-05."""
    return np.format_float_positional(10**power, precision=2, fractional=False, trim="-")


def _paint_border(ax: Axes, network: Network, examples: Examples, *, steps: int, size: int) -> None:
    """Draw points x (n, 2) with labels (n, 1), and the two regions into which a network divides the plane."""
    x, y = examples
    drawings.decision_regions(ax, lambda place: network.predict(place)[:, 0] - 0.5, LIMITS, steps)
    drawings.points(ax, x, y[:, 0], size=size)


def _paint_histogram(ax: Axes, weights: np.ndarray) -> None:
    """Draw how many of the weights (n,) are of which size."""
    heights, edges = np.histogram(np.clip(weights, -2, 2), bins=np.linspace(-2.05, 2.05, 42))
    ax.stairs(100 * heights / weights.size, edges, fill=True, color=figures.BLUE)
    ax.set(xlabel="weight (beyond ±2: in the last bars)", ylabel="share of the weights (%)")
    ax.set(xlim=(-2.1, 2.1), ylim=(0, max(15.0, 110 * float(heights.max()) / weights.size)))


@demo(
    size=(8.4, 3.5),
    kind=Choice("penalty", list(PENALTIES), "L1"),
    power=Slider("log₁₀ λ", -4, -1.5, -2.5, step=0.25, on_release=True, ticks=(-2.5,)),
)
def digit_weights(figure: Figure, kind: str, power: float) -> str:
    """Draw the weights of each of the ten digits as an image, and all of them by size."""
    left, right = figures.axes(figure, columns=2)
    power = round(power, 2)
    weights, read = learn_digit_weights(kind, power)
    _paint_digits(left, weights)
    left.set_position((0.02, 0.1, 0.6, 0.76))
    right.set_position((0.72, 0.19, 0.26, 0.67))
    right.plot(np.arange(1, 641), np.sort(np.abs(weights).ravel())[::-1], color=figures.BLUE)
    right.set(xlabel="weights, largest first", ylabel="size |w|", xlim=(0, 640), ylim=(0, 2))
    share = share_near_zero(weights)
    right.axvspan(640 * (1 - share), 640, color="#EEEEEE", zorder=0)
    left.set_title(f"{kind}, λ = {_strength(power)}: {round(100 * read)} of 100 right")
    right.set_title(f"{100 * share:.0f} % below {ZERO:g} (grey)")
    return (
        f"Weights from 64 pixels to each of ten digits, learnt with {kind}, "
        f"λ = {_strength(power)}: about {100 * share:.0f} of 100 weights are closer to zero than "
        f"{ZERO:g}, and about {100 * read:.0f} of 100 new digits are read."
    )


def _paint_digits(ax: Axes, weights: np.ndarray) -> None:
    """Draw the weights (64, 10) of each digit as an image, its name above it."""
    sheet = np.full((18, 44), np.nan)
    for digit, column in enumerate(weights.T):
        top, across = 10 * (digit // 5), 9 * (digit % 5)
        sheet[top : top + 8, across : across + 8] = column.reshape(8, 8)
        ax.text(across - 0.5, top - 0.8, str(digit), fontsize=12)
        drawings.frames(ax, (8, 8), [(top, across)])
    # the same largest for all pictures: smaller weights are paler
    drawings.weight_image(ax, sheet, LARGEST)
    drawings.votes_key(ax, bbox_to_anchor=(0.5, 0.0))
    ax.set_ylim(17.5, -2.2)  # room for the names of the upper row
    ax.set_anchor("N")


@picture(size=(8.4, 2.8))
def cover(figure: Figure) -> str:
    """Draw the same points three times: learnt freely, with a penalty, and with too much of one."""
    examples = noisy_moons(POINTS, 0.4, DRAW)
    powers = {-5.0: "too free", -2.5: "held back", -1.0: "held too tight"}
    for ax, (power, name) in zip(figures.axes(figure, columns=3), powers.items(), strict=True):
        _paint_border(ax, learn_border("L2", power, 0.4).network, examples, steps=80, size=26)
        ax.set(xticks=[], yticks=[], title=name)
    figure.subplots_adjust(left=0.02, right=0.98, top=0.87, bottom=0.04, wspace=0.08)
    return (
        "Forty points of two classes and the border that a network draws between them, "
        "three times: winding round single points, in one smooth bend, and nearly straight."
    )
