"""A small window on a photograph: kernels, where a window can stand, what moves with a picture, pooling."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib.chapters.convolutional_networks.experiments import (
    KERNELS,
    POOLS,
    difference_in_the_middle,
    grey_photo,
    look_and_move,
    pool_image,
    relative_change,
)
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Counter, KernelGrid, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.convolution import cross_correlate, output_size


def show_picture(ax: Axes, image: np.ndarray, low: float = 0.0, high: float = 1.0) -> Axes:
    """Draw an image (h, w), black at ``low`` and white at ``high``."""
    ax.imshow(image, cmap="gray", vmin=low, vmax=high, interpolation="none")
    ax.set_axis_off()
    return ax


def grey_range(kernel: np.ndarray) -> tuple[float, float]:
    """Return what is black and what is white: grey is 0 for a kernel whose weights sum to 0."""
    return (-1.0, 1.0) if abs(kernel.sum()) < 1e-9 else (0.0, 1.0)


@picture(size=(8.4, 2.4))
def cover(figure: Figure) -> str:
    """Draw the picture that the chapter starts with: the photograph through three kernels."""
    axes = figures.axes(figure, columns=4)
    show_picture(axes[0], grey_photo())
    for ax, name in zip(axes[1:], ("blur", "upright edges", "level edges"), strict=True):
        kernel = KERNELS[name].astype(float)
        show_picture(ax, cross_correlate(grey_photo(), kernel), *grey_range(kernel))
        ax.set_title(name)
    axes[0].set_title("the photograph")
    figure.subplots_adjust(left=0.01, right=0.99, top=0.88, bottom=0.02, wspace=0.06)
    return (
        "A photograph of a woman in uniform, and what three small kernels make of it: a blurred "
        "picture, and two in which only the upright or only the level edges are seen."
    )


@demo(size=(8.4, 4.0), kernel=KernelGrid("kernel", KERNELS, "upright edges"))
def kernels(figure: Figure, kernel: tuple[float, ...]) -> str:
    """Draw the photograph, and what a 3 × 3 kernel makes of it."""
    left, right = figures.axes(figure, columns=2)
    weights = np.reshape(kernel, (3, 3))
    answer = cross_correlate(grey_photo(), weights)
    show_picture(left, grey_photo())
    show_picture(right, answer, *grey_range(weights))
    left.set_title("120 × 120 pixels")
    right.set_title(figures.minus(f"118 × 118; sum of weights {weights.sum():.2f}"))
    rows = "; ".join(" ".join(f"{weight:g}" for weight in np.round(row, 2)) for row in weights)
    return figures.minus(
        f"A photograph of a woman in uniform, and what the kernel with the rows {rows} makes of "
        f"it: answers from {answer.min():.2f} to {answer.max():.2f}."
    )


@demo(
    size=(8.4, 4.2),
    pixels=Counter("pixels", 7, 12, 7),
    kernel=Counter("window", 1, 5, 3, ticks=(3, 5)),
    padding=Counter("padding", 0, 2, 1),
    stride=Counter("stride", 1, 4, 2, ticks=(1, 2, 3)),
    place=Steps("step", 63, 5, interval=300),
)
def window(figure: Figure, pixels: int, kernel: int, padding: int, stride: int, place: int) -> str:
    """Draw an image with its margin of zeros, a window at one of its places, and the places as output."""
    left, right = figures.axes(figure, columns=2)
    count = output_size(pixels, kernel, stride=stride, padding=padding)
    here = min(place, count**2 - 1)  # at the last place it stays
    row, column = divmod(here, count)
    _cells(left, pixels)
    _box(left, -padding, -padding, pixels + 2 * padding, figures.INK, "--")
    _shade_unseen(left, -padding, pixels + padding, (count - 1) * stride + kernel - padding)
    _box(left, column * stride - padding, row * stride - padding, kernel, figures.RED, "-")
    _cells(right, count)
    right.add_patch(Rectangle((column, row), 1, 1, color=figures.RED, alpha=0.35, linewidth=0))
    low, high = -padding - 0.2, max(pixels + padding, count) + 0.2
    for ax in (left, right):
        ax.set(xlim=(low, high), ylim=(high, low), aspect="equal")
        ax.set_axis_off()
    last = ", the last" if here == count**2 - 1 else ""
    left.set_title(f"step {place}: place {here + 1} of {count**2}{last}")
    right.set_title(f"⌊({pixels} + 2·{padding} − {kernel}) / {stride}⌋ + 1 = {count}")
    unseen = pixels + 2 * padding - ((count - 1) * stride + kernel)
    return (
        f"A window of {kernel} × {kernel} on {pixels} × {pixels} pixels with a margin of "
        f"{padding}, moved by {stride}: {count} × {count} places, and {unseen} rows and columns "
        "at the end, margin included, that no window sees. "
        f"Step {place}: place {here + 1}{last}, in row {row + 1} and column {column + 1}."
    )


def _shade_unseen(ax: Axes, first: int, end: int, seen: int) -> None:
    """Shade the columns and the rows from ``seen`` on, which no window reaches."""
    for left, top in ((seen, first), (first, seen)):
        shade = {"color": figures.ORANGE, "alpha": 0.35, "linewidth": 0}
        ax.add_patch(Rectangle((left, top), end - left, end - top, **shade))


def _cells(ax: Axes, count: int) -> None:
    upright = [((i, 0), (i, count)) for i in range(count + 1)]
    level = [((0, i), (count, i)) for i in range(count + 1)]
    ax.add_collection(LineCollection(upright + level, colors=figures.INK, linewidths=0.6))


def _box(ax: Axes, left: float, top: float, size: float, colour: str, dashes: str) -> None:
    look = {"edgecolor": colour, "linestyle": dashes, "linewidth": 2}
    ax.add_patch(Rectangle((left, top), size, size, fill=False, **look))


MOVES = {
    "shift": "shifted by {} pixels",
    "turn": "turned by {} degrees",
    "enlarge": "enlarged by {} per cent",
}


@demo(
    size=(8.4, 3.4),
    name=Choice("kernel", [name for name in KERNELS if name != "as it is"], "upright edges"),
    how=Choice("the move", list(MOVES), "turn"),
    amount=Counter("by (pixels, degrees, %)", 0, 30, 15),
)
def equivariance(figure: Figure, name: str, how: str, amount: int) -> str:
    """Draw the answers for the moved picture, the moved answers, and their difference."""
    kernel = KERNELS[name].astype(float)
    first, second = look_and_move(kernel, how, amount)
    apart = 100 * difference_in_the_middle(first, second)
    axes = figures.axes(figure, columns=3)
    show_picture(axes[0], first, *grey_range(kernel))
    show_picture(axes[1], second, *grey_range(kernel))
    show_picture(axes[2], first - second, -1, 1)
    titles = "move, then look", "look, then move", f"difference: {apart:.0f} %"
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(title)
    figure.subplots_adjust(left=0.02, right=0.98, top=0.88, bottom=0.02, wspace=0.06)
    return (
        f"The photograph seen through the kernel {name!r}, {MOVES[how].format(amount)} before "
        f"looking or after it: in the middle the two differ by {apart:.0f} per cent of their size."
    )


@demo(
    size=(8.4, 4.2),
    kind=Choice("pooling", list(POOLS), "largest"),
    across=Counter("window", 2, 10, 4),
    shift=Counter("shift (pixels)", 0, 10, 1, ticks=(1,)),
)
def pooling(figure: Figure, kind: str, across: int, shift: int) -> str:
    """Draw the outline of the photograph, pooled, and say how much a shift changes either."""
    left, right = figures.axes(figure, columns=2)
    outline = np.abs(cross_correlate(grey_photo(), KERNELS["upright edges"].astype(float)))
    shifted = np.roll(outline, shift, axis=1)
    small, small_shifted = pool_image(outline, kind, across), pool_image(shifted, kind, across)
    show_picture(left, shifted, 0, 1.5)
    show_picture(right, small_shifted, 0, 1.5 * (across if kind.startswith("L") else 1))
    pixels = 100 * relative_change(outline, shifted)
    pooled = 100 * relative_change(small, small_shifted)
    left.set_title(f"pixels: change {pixels:.0f} %")
    right.set_title(f"pooled: change {pooled:.0f} %")
    return (
        f"The strength of upright edges in the photograph, shifted by {shift} "
        f"pixel{'s' * (shift != 1)}, and pooled by the {kind} of windows of {across} × {across}. "
        f"The shift changes the pixels by {pixels:.0f} and the pooled ones by {pooled:.0f} "
        "per cent."
    )
