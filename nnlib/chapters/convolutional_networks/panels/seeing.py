"""What a convolution costs, how far it sees, and how slopes go back through it."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from nnlib.chapters.convolutional_networks.experiments import layer_costs
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Counter, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.convolution import output_size


@demo(
    size=(8.4, 3.8),
    pixels=Counter("pixels across", 7, 64, 28, ticks=(12, 28)),
    c_in=Counter("channels in", 1, 64, 1, ticks=(20,)),
    kernel=Counter("window", 1, 7, 5, ticks=(5,)),
    c_out=Counter("filters", 1, 64, 20),
)
def savings(figure: Figure, pixels: int, c_in: int, kernel: int, c_out: int) -> str:
    """Draw weights and multiplications of a dense layer, of windows, and of a convolution."""
    left, right = figures.axes(figure, columns=2)
    costs = layer_costs(pixels, c_in, kernel, c_out)
    weights, products = zip(*costs.values(), strict=True)
    ratio = weights[0] / weights[2]
    _bars(left, list(costs), weights, f"weights: {ratio:,.0f} : 1")
    _bars(right, list(costs), products, "multiplications")
    return (
        f"{c_out} filters of {kernel} × {kernel} on {pixels} × {pixels} pixels with {c_in} "
        f"channel{'s' * (c_in > 1)}: a dense layer needs {weights[0]:,} weights, windows "
        f"{weights[1]:,}, a convolution {weights[2]:,}, {ratio:,.0f} times fewer than dense; "
        f"multiplications {products[0]:,}, {products[1]:,}, {products[2]:,}."
    )


def _bars(ax: Axes, names: list[str], numbers: tuple[int, ...], title: str) -> None:
    figures.log_scale(ax, [1, 1e3, 1e6, 1e9, 1e12])
    ax.bar(names, numbers, color=[figures.INK, figures.RED, figures.BLUE], width=0.6)
    for place, number in enumerate(numbers):
        ax.text(place, number * 1.5, _short(number), ha="center", fontsize=12)
    ax.set(xlim=(-0.6, 2.6), ylim=(1, 1e13), ylabel="how many", title=title)


def _short(number: int) -> str:
    """Return a number that is no wider than a bar: 12,345, or 68.7 and below it billion."""
    for power, name in ((1e9, "billion"), (1e6, "million")):
        if number >= power:
            return f"{number / power:,.1f}\n{name}"
    return f"{number:,}"


def units_seen(layers: int, size: int, pool: int) -> list[int]:
    """Return for each level, from one output at the top down to the pixels, how many units across it depends on.

    Every layer is a convolution with windows of ``size``, and after it a pooling of ``pool`` with the same stride.
    """
    seen = [1]
    for _ in range(layers):
        seen.append(seen[-1] * pool + size - 1)
    return seen


@demo(
    size=(8.4, 4.0),
    layers=Counter("layers", 1, 6, 3, ticks=(2, 3)),
    kernel=Counter("window", 1, 7, 3, ticks=(3,)),
    pool=Choice("pooling after each", [("none", 1), ("2", 2), ("3", 3)], 1),
)
def field(figure: Figure, layers: int, kernel: int, pool: int) -> str:
    """Draw, in one dimension, which units of each layer below one output sees."""
    ax = figures.axes(figure)
    seen = units_seen(layers, kernel, pool)
    widest = seen[-1]
    names = ["one output", *[f"after layer {k}" for k in range(layers - 1, 0, -1)], "pixels"]
    for level, (count, name) in enumerate(zip(seen, names, strict=True)):
        height = layers - level
        _units(ax, count, height)
        look = {"ha": "right", "va": "center", "fontsize": 12}
        ax.text(-0.52 * widest, height, f"{name}: {count}", **look)
        for side in (-0.5, 0.5) if height else ():
            ends = [side * count, side * seen[level + 1]]
            ax.plot(ends, [height - 0.15, height - 0.85], color=figures.RED, linewidth=1)
    ax.set(xlim=(-widest * 0.85, widest * 0.6), ylim=(-0.5, layers + 0.5))
    ax.set_axis_off()
    after = f", pooled by {pool} each time" if pool > 1 else ""
    several = f"{layers} layer{'s' * (layers > 1)} of {kernel} × {kernel}"
    ax.set_title(f"{several}{after}: {widest} pixel{'s' * (widest > 1)} across")
    return (
        f"One output after {layers} convolution{'s' * (layers > 1)} with windows of "
        f"{kernel}{after} sees {widest} pixels across; layer by layer {', '.join(map(str, seen))}."
    )


def _units(ax: Axes, count: int, height: int) -> None:
    low, high = height - 0.15, height + 0.15
    borders = np.linspace(-0.5, 0.5, count + 1) * count
    lines = [((place, low), (place, high)) for place in borders]
    ax.add_collection(LineCollection(lines, colors=figures.INK, linewidths=0.6))
    ax.fill_between(borders[[0, -1]], low, high, color=figures.CLASS_TINTS[1], zorder=0)


KERNEL = np.array([[1, 2, 0], [0, -1, 1], [2, 0, 1]])


def slopes_added(corners: list[tuple[int, int]], padding: int) -> np.ndarray:
    """Return dx of a 4 × 4 image with its margin, once windows at ``corners`` have added ``KERNEL``; every dz is 1."""
    dx = np.zeros((4 + 2 * padding, 4 + 2 * padding), int)
    for top, left in corners:
        dx[top : top + 3, left : left + 3] += KERNEL
    return dx


@demo(
    size=(8.4, 4.0),
    stride=Choice("stride", [1, 2], 1),
    padding=Choice("padding", [0, 1], 0),
    step=Steps("windows", 16, 2, interval=500),
)
def way_back(figure: Figure, stride: int, padding: int, step: int) -> str:
    """Draw how each window adds its kernel, times its dz, to the slopes of the pixels that it saw."""
    left, right = figures.axes(figure, columns=2)
    starts = range(0, stride * output_size(4, 3, stride=stride, padding=padding), stride)
    corners = [(top, across) for top in starts for across in starts]
    done = corners[:step]
    dx = slopes_added(done, padding)
    _numbers(left, KERNEL, 0)
    _numbers(right, dx, padding)
    if done:
        top, across = done[-1]
        right.plot(*_square(across, top, 3), color=figures.RED, linewidth=2.5)
    left.set_title("kernel; every dz is 1")
    right.set_title(f"step {step}: dx after {len(done)} of {len(corners)} windows")
    for ax, count in ((left, 3), (right, 4 + 2 * padding)):
        ax.set(xlim=(-0.1, count + 0.1), ylim=(count + 0.1, -0.1), aspect="equal")
        ax.set_axis_off()
    inner = dx[padding : padding + 4, padding : padding + 4]
    rows = "; ".join(" ".join(map(str, row)) for row in inner)
    return figures.minus(
        f"Going back through a 3 × 3 convolution of a 4 × 4 image, stride {stride}, margin "
        f"{padding}: step {step}, after {len(done)} of {len(corners)} windows the rows of dx are "
        f"{rows}."
    )


def _numbers(ax: Axes, values: np.ndarray, margin: int) -> None:
    count = len(values)
    ax.plot(*_square(margin, margin, count - 2 * margin), color=figures.INK, linewidth=2)
    for i, j in np.ndindex(values.shape):
        outside = not (margin <= i < count - margin and margin <= j < count - margin)
        colour = "#767676" if outside else figures.INK
        look = {"ha": "center", "va": "center", "color": colour}
        ax.text(j + 0.5, i + 0.5, figures.minus(str(values[i, j])), **look)


def _square(left: float, top: float, size: float) -> tuple[list[float], list[float]]:
    return [left, left + size, left + size, left, left], [top, top, top + size, top + size, top]
