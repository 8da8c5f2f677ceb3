"""What a convolution costs, how far it sees, and how slopes go back through it."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Steps, choice, counter
from nnlib.chapters.kit.panel import Panel
from nnlib.windows import output_size


def costs(pixels: int, c_in: int, size: int, c_out: int) -> dict[str, tuple[int, int]]:
    """Return (parameters, multiplications) of three layers that make as many outputs: dense, local, convolution.

    *local* looks through windows as a convolution does, with weights of its own at every place. Biases left out.
    """
    places = output_size(pixels, size) ** 2
    window = size**2 * c_in
    dense = pixels**2 * c_in * places * c_out
    return {
        "dense": (dense, dense),
        "windows": (places * window * c_out, places * window * c_out),
        "shared": (window * c_out, places * window * c_out),
    }


def draw_savings(figure: Figure, pixels: int, c_in: int, kernel: int, c_out: int) -> str:
    """Draw parameters and multiplications of a dense layer, of windows, and of a convolution."""
    left, right = figures.axes(figure, columns=2)
    found = costs(pixels, c_in, kernel, c_out)
    ratio = found["dense"][0] / found["shared"][0]
    for ax, which, title in (
        (left, 0, f"weights: {ratio:,.0f} : 1"),
        (right, 1, "multiplications"),
    ):
        figures.log_scale(ax, [1, 1e3, 1e6, 1e9, 1e12])
        numbers = [found[name][which] for name in found]
        ax.bar(list(found), numbers, color=[figures.INK, figures.RED, figures.BLUE], width=0.6)
        for place, number in enumerate(numbers):
            ax.text(place, number * 1.3, f"{number:,}", ha="center", fontsize=10)
        ax.set(ylim=(1, 1e13), title=title)
    return (
        f"{c_out} filters of {kernel} × {kernel} on {pixels} × {pixels} pixels with {c_in} channel{'s' * (c_in > 1)}: "
        f"a dense layer needs {found['dense'][0]:,} weights, windows {found['windows'][0]:,}, a convolution "
        f"{found['shared'][0]:,}, {ratio:,.0f} times fewer than dense; multiplications {found['dense'][1]:,}, "
        f"{found['windows'][1]:,}, {found['shared'][1]:,}."
    )


def savings() -> Panel:
    """Choose image, channels, window and filters of a layer."""
    return Panel(
        draw_savings,
        size=(8.4, 3.8),
        pixels=counter("pixels across", 7, 64, 28),
        c_in=counter("channels in", 1, 64, 1),
        kernel=counter("window", 1, 7, 5),
        c_out=counter("filters", 1, 64, 20),
    )


def seen_from(layers: int, size: int, pool: int) -> list[tuple[int, int]]:
    """Return for each level, from the top output down to the pixels, the first and the last unit that it sees.

    Every layer is a convolution with windows of ``size``, and after it a pooling of ``pool`` with the same stride.
    """
    first = last = 0
    seen = [(0, 0)]
    for _ in range(layers):
        first, last = first * pool, last * pool + pool - 1 + size - 1
        seen.append((first, last))
    return seen


def draw_field(figure: Figure, layers: int, kernel: int, pool: int) -> str:
    """Draw, in one dimension, which units of each layer below one output sees."""
    ax = figures.axes(figure)
    seen = seen_from(layers, kernel, pool)
    widest = seen[-1][1] + 1
    for level, (first, last) in enumerate(seen):
        height, count = layers - level, last - first + 1
        middle = np.linspace(-0.5, 0.5, count + 1) * count
        ticks = [((place, height - 0.15), (place, height + 0.15)) for place in middle]
        ax.add_collection(LineCollection(ticks, colors=figures.INK, linewidths=0.6))
        ax.fill_between(
            [-count / 2, count / 2],
            height - 0.15,
            height + 0.15,
            color=figures.CLASS_TINTS[1],
            zorder=0,
        )
        if level < layers:
            below = (seen[level + 1][1] - seen[level + 1][0] + 1) / 2
            for side in (-1, 1):
                ax.plot(
                    [side * count / 2, side * below],
                    [height - 0.15, height - 0.85],
                    color=figures.RED,
                    linewidth=1,
                )
        name = (
            "pixels" if level == layers else "one output" if level == 0 else f"after layer {height}"
        )
        ax.text(
            -widest / 2 - 0.02 * widest,
            height,
            f"{name}: {count}",
            ha="right",
            va="center",
            fontsize=11,
        )
    ax.set(xlim=(-widest * 0.85, widest * 0.6), ylim=(-0.5, layers + 0.5))
    ax.set_axis_off()
    after = f", pooled by {pool} each time" if pool > 1 else ""
    ax.set_title(f"{layers} layers of {kernel} × {kernel}{after}: {widest} pixels across")
    return (
        f"One output after {layers} convolution{'s' * (layers > 1)} with windows of {kernel}{after} "
        f"sees {widest} pixels across; layer by layer {', '.join(str(last - first + 1) for first, last in seen)}."
    )


def field() -> Panel:
    """Choose how many layers, their window, and pooling between."""
    return Panel(
        draw_field,
        size=(8.4, 4.0),
        layers=counter("layers", 1, 6, 3),
        kernel=counter("window", 1, 7, 3),
        pool=choice("pooling after each", [("none", 1), ("2", 2), ("3", 3)], 1),
    )


KERNEL = np.array([[1, 2, 0], [0, -1, 1], [2, 0, 1]])


def sweep(stride: int, padding: int, steps: int) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Return dx with its margin after the first ``steps`` windows gave their share, and where windows stand.

    The image is 4 × 4, the kernel ``KERNEL``, and every dz is 1.
    """
    count = output_size(4, 3, stride=stride, padding=padding)
    corners = [(i * stride, j * stride) for i in range(count) for j in range(count)]
    dx = np.zeros((4 + 2 * padding, 4 + 2 * padding), int)
    for top, left in corners[:steps]:
        dx[top : top + 3, left : left + 3] += KERNEL
    return dx, corners


def draw_backward(figure: Figure, stride: int, padding: int, step: int) -> str:
    """Draw how each window adds its kernel, times its dz, to the slopes of the pixels that it saw."""
    left, right = figures.axes(figure, columns=2)
    _, corners = sweep(stride, padding, 0)
    done = min(step, len(corners))
    dx, _ = sweep(stride, padding, done)
    _numbers(left, KERNEL, 0)
    _numbers(right, dx, padding)
    if done:
        top, across = corners[done - 1]
        right.plot(*_square(across, top, 3), color=figures.RED, linewidth=2.5)
    left.set_title("kernel; every dz is 1")
    right.set_title(f"step {step}: dx after {done} of {len(corners)} windows")
    for ax, count in ((left, 3), (right, 4 + 2 * padding)):
        ax.set(xlim=(-0.1, count + 0.1), ylim=(count + 0.1, -0.1), aspect="equal")
        ax.set_axis_off()
    inner = dx[padding : padding + 4, padding : padding + 4]
    rows = "; ".join(" ".join(map(str, row)) for row in inner)
    return figures.minus(
        f"Going back through a 3 × 3 convolution of a 4 × 4 image, stride {stride}, margin {padding}: "
        f"step {step}, after {done} of {len(corners)} windows the rows of dx are {rows}."
    )


def _numbers(ax: Axes, values: np.ndarray, margin: int) -> None:
    count = len(values)
    ax.plot(*_square(margin, margin, count - 2 * margin), color=figures.INK, linewidth=2)
    for i, j in np.ndindex(values.shape):
        outside = not (margin <= i < count - margin and margin <= j < count - margin)
        colour = "#767676" if outside else figures.INK
        ax.text(
            j + 0.5,
            i + 0.5,
            figures.minus(str(values[i, j])),
            ha="center",
            va="center",
            color=colour,
        )


def _square(left: float, top: float, size: float) -> tuple[list[float], list[float]]:
    return [left, left + size, left + size, left, left], [top, top, top + size, top + size, top]


def backward() -> Panel:
    """Choose stride and padding, and step from window to window."""
    return Panel(
        draw_backward,
        size=(8.4, 4.0),
        stride=choice("stride", [1, 2], 1),
        padding=choice("padding", [0, 1], 0),
        step=Steps("windows", 16, value=2, interval=500),
    )
