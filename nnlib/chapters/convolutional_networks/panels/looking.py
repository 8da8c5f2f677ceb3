"""A small window on a photograph: kernels, where a window can stand, what moves with a picture, pooling."""

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import KernelGrid, Steps, choice, counter
from nnlib.chapters.kit.panel import Panel
from nnlib.convolution import cross_correlate
from nnlib.datasets import load_photo
from nnlib.pooling import AvgPool2D, L2Pool2D, MaxPool2D, Pool2D, WeightedAvgPool2D
from nnlib.windows import output_size

KERNELS = {
    "as it is": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "upright edges": np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
    "level edges": np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
    "outline": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "relief": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
}


@cache
def grey_photo() -> np.ndarray:
    """Return the middle of the photograph in grey, (120, 120), in [0, 1]: means of 3 × 3 pixels and three colours."""
    part = load_photo()[40:400, 70:430].mean(axis=2)
    return part.reshape(120, 3, 120, 3).mean(axis=(1, 3))


def show_picture(ax: Axes, image: np.ndarray, low: float = 0.0, high: float = 1.0) -> Axes:
    """Draw an image (h, w), black at ``low`` and white at ``high``."""
    ax.imshow(image, cmap="gray", vmin=low, vmax=high, interpolation="none")
    ax.set_axis_off()
    return ax


def draw_kernels(figure: Figure, kernel: tuple[float, ...]) -> str:
    """Draw the photograph, and what a 3 × 3 kernel makes of it."""
    left, right = figures.axes(figure, columns=2)
    weights = np.reshape(kernel, (3, 3))
    answer = cross_correlate(grey_photo(), weights)
    total = float(weights.sum())
    show_picture(left, grey_photo())
    if abs(total) < 1e-9:
        show_picture(right, answer, -1, 1)
    else:
        show_picture(right, answer)
    left.set_title("120 × 120 pixels")
    right.set_title(figures.minus(f"118 × 118; sum of weights {total:.2f}"))
    rows = "; ".join(" ".join(f"{weight:g}" for weight in np.round(row, 2)) for row in weights)
    return figures.minus(
        f"A photograph of a woman in uniform, and what the kernel with the rows {rows} makes of it: answers from "
        f"{answer.min():.2f} to {answer.max():.2f}."
    )


def kernels() -> Panel:
    """Choose a kernel, or write your own."""
    return Panel(
        draw_kernels, size=(8.4, 4.0), kernel=KernelGrid("kernel", KERNELS, "upright edges")
    )


def draw_window(
    figure: Figure, pixels: int, kernel: int, padding: int, stride: int, place: int
) -> str:
    """Draw an image with its margin of zeros, a window at one of its places, and the places as output."""
    left, right = figures.axes(figure, columns=2)
    count = output_size(pixels, kernel, stride=stride, padding=padding)
    here = place % count**2  # after the last place comes the first
    row, column = divmod(here, count)
    _cells(left, pixels, figures.INK)
    _box(left, -padding, -padding, pixels + 2 * padding, figures.INK, "--")
    _box(left, column * stride - padding, row * stride - padding, kernel, figures.RED, "-")
    _cells(right, count, figures.INK)
    right.add_patch(Rectangle((column, row), 1, 1, color=figures.RED, alpha=0.35, linewidth=0))
    low, high = -padding - 0.2, max(pixels + padding, count) + 0.2
    for ax in (left, right):
        ax.set(xlim=(low, high), ylim=(high, low), aspect="equal")
        ax.set_axis_off()
    left.set_title(f"step {place}: place {here + 1} of {count**2}")
    right.set_title(f"⌊({pixels} + 2·{padding} − {kernel}) / {stride}⌋ + 1 = {count}")
    unseen = pixels + 2 * padding - ((count - 1) * stride + kernel)
    return (
        f"A window of {kernel} × {kernel} on {pixels} × {pixels} pixels with a margin of {padding}, moved by {stride}: "
        f"{count} × {count} places, and {unseen} rows and columns at the end, margin included, that no window sees. "
        f"Step {place}: place {here + 1}, in row {row + 1} and column {column + 1}."
    )


def _cells(ax: Axes, count: int, colour: str) -> None:
    lines = [((i, 0), (i, count)) for i in range(count + 1)] + [
        ((0, i), (count, i)) for i in range(count + 1)
    ]
    ax.add_collection(LineCollection(lines, colors=colour, linewidths=0.6))


def _box(ax: Axes, left: float, top: float, size: float, colour: str, dashes: str) -> None:
    ax.add_patch(
        Rectangle(
            (left, top), size, size, fill=False, edgecolor=colour, linestyle=dashes, linewidth=2
        )
    )


def window() -> Panel:
    """Choose image, window, padding and stride, and step the window along."""
    return Panel(
        draw_window,
        size=(8.4, 4.2),
        pixels=counter("pixels", 7, 12, 7),
        kernel=counter("window", 1, 5, 3),
        padding=counter("padding", 0, 2, 1),
        stride=counter("stride", 1, 4, 2),
        place=Steps("step", 63, value=5, interval=300),
    )


MOVES = ("shift", "turn", "enlarge")


def moved(image: np.ndarray, how: str, amount: int) -> np.ndarray:
    """Return a picture shifted to the right by ``amount`` pixels, turned by as many degrees, or enlarged by per cent.

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


def mismatch(kernel: np.ndarray, how: str, amount: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Return K(T(x)), T(K(x)), and how far they differ in the middle of the picture, relative to their size.

    K looks through the kernel, T moves; x is the photograph.
    """
    first, second = (
        cross_correlate(moved(grey_photo(), how, amount), kernel),
        moved(cross_correlate(grey_photo(), kernel), how, amount),
    )
    middle = (slice(30, 88), slice(30, 88))
    size = np.sqrt((first[middle] ** 2).mean())
    return first, second, float(np.sqrt(((first - second)[middle] ** 2).mean()) / size)


def draw_equivariance(figure: Figure, name: str, how: str, amount: int) -> str:
    """Draw the answers for the moved picture, the moved answers, and their difference."""
    kernel = KERNELS[name].astype(float)
    first, second, apart = mismatch(kernel, how, amount)
    low, high = (-1, 1) if abs(kernel.sum()) < 1e-9 else (0, 1)
    axes = figures.axes(figure, columns=3)
    for ax, image, title in zip(
        axes, (first, second, first - second), ("move, then look", "look, then move"), strict=False
    ):
        show_picture(ax, image, low, high)
        ax.set_title(title)
    show_picture(axes[2], first - second, -1, 1)
    unit = {"shift": "pixels", "turn": "degrees", "enlarge": "per cent"}[how]
    axes[2].set_title(f"in the middle: {100 * apart:.0f} %")
    figure.subplots_adjust(left=0.02, right=0.98, top=0.88, bottom=0.02, wspace=0.06)
    return (
        f"The photograph through the kernel {name!r}, with {how} by {amount} {unit} before looking or after it: in the "
        f"middle the two differ by {100 * apart:.0f} per cent of their size."
    )


def equivariance() -> Panel:
    """Move a picture before or after looking at it through a kernel."""
    return Panel(
        draw_equivariance,
        size=(8.8, 3.4),
        name=choice("kernel", [name for name in KERNELS if name != "as it is"], "upright edges"),
        how=choice("the move", list(MOVES), "turn"),
        amount=counter("by (pixels, degrees, %)", 0, 30, 15),
    )


POOLS: dict[str, type[Pool2D]] = {
    "largest": MaxPool2D,
    "mean": AvgPool2D,
    "weighted mean": WeightedAvgPool2D,
    "L², the length": L2Pool2D,
}


def pooled(image: np.ndarray, kind: str, size: int) -> np.ndarray:
    """Return an image (h, w) pooled in windows of ``size``."""
    return POOLS[kind](size).forward(image[None, :, :, None])[0, :, :, 0]


def change(before: np.ndarray, after: np.ndarray) -> float:
    """Return how far two pictures differ, relative to how much the first varies."""
    return float(np.sqrt(((after - before) ** 2).mean()) / before.std())


def draw_pooling(figure: Figure, kind: str, across: int, shift: int) -> str:
    """Draw the outline of the photograph, pooled, and say how much a shift changes either."""
    left, right = figures.axes(figure, columns=2)
    outline = np.abs(cross_correlate(grey_photo(), KERNELS["upright edges"].astype(float)))
    there = np.roll(outline, shift, axis=1)
    small, small_there = pooled(outline, kind, across), pooled(there, kind, across)
    show_picture(left, there, 0, 1.5)
    show_picture(right, small_there, 0, 1.5 * (across if kind.startswith("L") else 1))
    changes = 100 * change(outline, there), 100 * change(small, small_there)
    left.set_title(f"pixels: change {changes[0]:.0f} %")
    right.set_title(f"pooled: change {changes[1]:.0f} %")
    return (
        f"The strength of upright edges in the photograph, shifted by {shift} pixel{'s' * (shift > 1)}, and pooled by "
        f"the {kind} of windows of {across} × {across}. The shift changes the pixels by {changes[0]:.0f} and the "
        f"pooled ones by {changes[1]:.0f} per cent."
    )


def pooling() -> Panel:
    """Choose a kind of pooling, the window, and a shift of the picture."""
    return Panel(
        draw_pooling,
        size=(8.4, 4.2),
        kind=choice("pooling", list(POOLS), "largest"),
        across=counter("window", 2, 10, 4),
        shift=counter("shift (pixels)", 0, 10, 1),
    )


def cover() -> None:
    """Show the picture that the chapter starts with: the photograph through three kernels."""
    figure = figures.figure(8.4, 2.4)
    axes = figures.axes(figure, columns=4)
    show_picture(axes[0], grey_photo())
    for ax, name in zip(axes[1:], ("blur", "upright edges", "level edges"), strict=True):
        answer = cross_correlate(grey_photo(), KERNELS[name].astype(float))
        show_picture(ax, answer, *((0, 1) if name == "blur" else (-1, 1)))
        ax.set_title(name)
    axes[0].set_title("the photograph")
    figure.subplots_adjust(left=0.01, right=0.99, top=0.88, bottom=0.02, wspace=0.06)
    figures.show(
        figure,
        alt="A photograph of a woman in uniform, and what three small kernels make of it: a blurred picture, and two "
        "in which only the upright or only the level edges are seen.",
    )
