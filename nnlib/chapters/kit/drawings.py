"""What the course draws, the same everywhere: points, regions, landscapes, walks, digits, weights, curves, networks.

Functions draw arrays on a given ``ax`` and return it; colours and their meaning are those of ``figures``.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import matplotlib
import matplotlib.colors
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.image import BboxImage
from matplotlib.legend_handler import HandlerBase
from matplotlib.path import Path
from matplotlib.transforms import Bbox, TransformedBbox

from nnlib.chapters.kit import figures, svg, theme
from nnlib.chapters.kit.figures import (
    CLASS_COLOURS,
    CLASS_MARKERS,
    CLASS_TINTS,
    HEIGHTS,
    INK,
    NEGATIVE,
    POSITIVE,
    RED,
    TRAINING,
    VALIDATION,
)
from nnlib.landscapes import Landscape, Limits

# Against, none, in favour; once, as it costs as much as a picture.
WEIGHTS = matplotlib.colors.LinearSegmentedColormap.from_list(
    "weights", [NEGATIVE, "white", POSITIVE], N=257
)


def points(
    ax: Axes,
    x: np.ndarray,
    y: np.ndarray,
    names: Sequence[str] = ("class 0", "class 1"),
    size: int = 45,
) -> Axes:
    """Draw points x (n, 2) with labels y (n,), 0 and 1 (or −1 and 1), each class by its colour and marker."""
    for label, name in enumerate(names):
        rows = (y > 0) == bool(label)
        marker, colour = CLASS_MARKERS[label], CLASS_COLOURS[label]
        ax.scatter(
            x[rows, 0],
            x[rows, 1],
            s=size,
            marker=marker,
            color=colour,
            edgecolor="white",
            linewidth=0.8,
            label=name,
            zorder=3,
        )
    return ax


def decision_regions(
    ax: Axes,
    scores: Callable[[np.ndarray], np.ndarray],
    limits: tuple[float, float, float, float],
    steps: int = 0,
) -> Axes:
    """Tint where ``scores`` of points (n, 2) are above 0 as class 1 and the rest as class 0, with the line between.

    ``limits`` are (left, right, bottom, top). A straight border is found from the four corners; for a curved one
    give a grid of ``steps`` × ``steps`` points.
    """
    left, right, bottom, top = limits
    ax.set(xlim=(left, right), ylim=(bottom, top))
    if steps == 0:
        return _straight_regions(
            ax, scores, np.array([[left, bottom], [right, bottom], [right, top], [left, top]])
        )
    across, up = np.linspace(left, right, steps), np.linspace(bottom, top, steps)
    z = scores(np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)).reshape(steps, steps)
    largest = max(1.0, 2 * float(np.abs(z).max()))
    ax.contourf(across, up, z, levels=[-largest, 0, largest], colors=CLASS_TINTS, zorder=0)
    if z.min() < 0 < z.max():
        ax.contour(across, up, z, levels=[0], colors=INK, linewidths=2.2, zorder=2)
    return ax


def _straight_regions(
    ax: Axes, scores: Callable[[np.ndarray], np.ndarray], corners: np.ndarray
) -> Axes:
    """Walk round the corners, and cut the rectangle where the sign of the score changes: exact, and fast."""
    z = scores(corners)
    region, border = [], []
    for here, there, z_here, z_there in zip(
        corners, np.roll(corners, -1, axis=0), z, np.roll(z, -1), strict=True
    ):
        if z_here > 0:
            region.append(here)
        if (z_here > 0) != (z_there > 0):
            border.append(here + (there - here) * z_here / (z_here - z_there))
            region.append(border[-1])
    ax.fill(*corners.T, color=CLASS_TINTS[0], zorder=0)
    if region:
        ax.fill(*np.array(region).T, color=CLASS_TINTS[1], zorder=0.5)
    if border:
        ax.plot(*np.array(border).T, color=INK, zorder=2)
    return ax


def arrow(ax: Axes, start: np.ndarray, end: np.ndarray, colour: str = INK) -> Axes:
    """Draw an arrow from ``start`` to ``end``, both (2,), as much of it as lies within the axes."""
    style = {
        "arrowstyle": "-|>",
        "color": colour,
        "linewidth": 2.2,
        "mutation_scale": 18,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    ends = {"xy": (end[0], end[1]), "xytext": (start[0], start[1])}
    note = ax.annotate("", **ends, arrowprops=style, zorder=4, annotation_clip=False)
    note.arrow_patch.set_clip_box(ax.bbox)
    return ax


def landscape(ax: Axes, surface: Landscape, steps: int = 61) -> Axes:
    """Draw a surface over its ``limits`` in lines of equal height: the darker, the higher.

    The steps are equal; where most of the map is low (its median under a fifth of the range) they grow with height.
    """
    left, right, bottom, top = surface.limits
    across, up = np.linspace(left, right, steps), np.linspace(bottom, top, steps)
    z = np.asarray(surface.value(np.stack(np.meshgrid(across, up), axis=-1)), dtype=float)
    for layer in _layers(surface.limits, steps, z.tobytes()):
        drawn = PathCollection(layer.paths, transform=ax.transData, **layer.look)
        svg.keep(drawn, lambda: svg.view(ax), layer.texts)
        ax.add_collection(drawn, autolim=False)
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel="v₁", ylabel="v₂", aspect="equal")
    return ax


class _Layer(NamedTuple):
    """Tints or lines of a landscape, where they lie in the plane, and their texts as SVG."""

    paths: list[Path]
    look: dict[str, Any]
    texts: svg.Texts


@lru_cache(maxsize=16)
def _layers(limits: Limits, steps: int, heights: bytes) -> tuple[_Layer, _Layer]:
    """Return tints and lines of equal height. Found once for the same heights (steps, steps), not at each redraw."""
    z = np.frombuffer(heights).reshape(steps, steps)
    left, right, bottom, top = limits
    across, up = np.linspace(left, right, steps), np.linspace(bottom, top, steps)
    low, high = float(z.min()), float(z.max())
    growth = 3 if np.median(z) - low < (high - low) / 5 else 1
    levels = low + (high - low) * np.linspace(0, 1, 13) ** growth
    bands = matplotlib.colors.BoundaryNorm(levels, HEIGHTS.N)
    sketch = Figure().subplots()
    tints = sketch.contourf(across, up, z, levels=levels, cmap=HEIGHTS, norm=bands)
    lines = sketch.contour(across, up, z, levels=levels)
    filled = {"facecolors": tints.get_facecolor(), "edgecolors": "none", "antialiaseds": False}
    drawn = {"facecolors": "none", "edgecolors": "white", "linewidths": 0.8}
    return (
        _Layer(tints.get_paths(), {**filled, "zorder": 0}, {}),
        _Layer(lines.get_paths(), {**drawn, "zorder": 1}, {}),
    )


def path(ax: Axes, points: np.ndarray) -> Axes:
    """Draw a walk (steps + 1, 2): a line with a dot for each step, a ring at the start, a square where it stands."""
    ax.plot(points[:, 0], points[:, 1], "o-", color=RED, linewidth=1.6, markersize=4, zorder=3)
    ax.plot(
        *points[0],
        "o",
        color="white",
        markeredgecolor=RED,
        markeredgewidth=2,
        markersize=9,
        zorder=4,
    )
    ax.plot(*points[-1], "s", color=RED, markeredgecolor="white", markersize=11, zorder=5)
    return ax


def digits(
    fig: Figure, images: np.ndarray, titles: Sequence[str] = (), columns: int = 10
) -> Figure:
    """Draw images (n, height, width) or (n, height, width, 1) in rows of ``columns``, ink dark on white paper."""
    fig.clear()
    rows = -(-len(images) // columns)
    for ax, image, title in zip(
        np.ravel(fig.subplots(rows, columns, squeeze=False)),
        images,
        [*titles, *[""] * len(images)],
        strict=False,
    ):
        ax.imshow(image.reshape(image.shape[:2]), cmap="gray_r")
        ax.set_title(title)
    for ax in fig.axes:
        ax.set_axis_off()
    fig.subplots_adjust(left=0.02, right=0.98, top=0.82, bottom=0.02, wspace=0.1)
    return fig


def weight_image(ax: Axes, weights: np.ndarray, largest: float = 0.0) -> Axes:
    """Draw weights (height, width) as a picture: green for a vote in favour, purple against, white for none.

    The colours are full at ``largest``, or at the largest weight where it is not given.
    """
    largest = largest or float(np.nanmax(np.abs(weights))) or 1.0
    ax.imshow(
        weights, cmap=WEIGHTS, vmin=-largest, vmax=largest, interpolation="none"
    )  # no resampling: faster
    ax.set_axis_off()
    return ax


def frames(ax: Axes, size: tuple[int, int], corners: Sequence[tuple[int, int]] = ((0, 0),)) -> Axes:
    """Draw a thin edge round each picture of ``size`` (rows, columns), told by its upper left pixel (row, column)."""
    high, wide = size
    outlines = [
        [(left, top), (left + wide, top), (left + wide, top + high), (left, top + high)]
        for top, left in np.array(corners) - 0.5
    ]
    look = {"facecolors": "none", "edgecolors": "#888888", "linewidths": 1, "clip_on": False}
    ax.add_collection(PolyCollection(outlines, **look), autolim=False)
    return ax


def votes_key(
    ax: Axes, names: tuple[str, str] = ("votes for", "votes against"), **options: Any
) -> Axes:
    """Say below ``ax`` what green and purple mean in pictures of weights; ``options`` go to ``figures.legend``."""
    for name, colour in zip(names, (POSITIVE, NEGATIVE), strict=True):
        ax.scatter([], [], color=colour, label=name)
    look = {"ncols": 2, "handletextpad": 0.2, "handler_map": {PathCollection: SWATCH}}
    return figures.legend(ax, "upper center", **{**look, **options})


class _Swatch(HandlerBase):
    """A patch in a legend made of pixels, as pictures of weights are: no theme changes its colour."""

    def create_artists(self, legend: Any, orig_handle: Any, *box: Any) -> list[Artist]:
        """Return one square in the colour of the handle."""
        left, bottom, width, height, _, to_screen = box
        place = Bbox.from_bounds(
            (width - SIDE) / 2 - left, (height - SIDE) / 2 - bottom, SIDE, SIDE
        )
        square = BboxImage(TransformedBbox(place, to_screen), interpolation="none")
        square.set_data(orig_handle.get_facecolor()[None, :1])
        return [square]


SIDE, SWATCH = 9.5, _Swatch()  # points


def curves(
    ax: Axes, training: Sequence[float], validation: Sequence[float] = (), *, what: str
) -> Axes:
    """Draw a quantity ``what`` by epoch, for training and (where given) validation, each named at its end."""
    for values, (colour, dashes), name in (
        (training, TRAINING, "training"),
        (validation, VALIDATION, "validation"),
    ):
        if len(values):
            ax.plot(range(1, len(values) + 1), values, dashes, color=colour, label=name)
    ax.set(xlabel="epoch", ylabel=what)
    ax.legend()
    return ax


def legend_right(fig: Figure) -> Figure:
    """Name what is drawn on the first axes in a legend to its right, off the data."""
    figures.legend(fig.axes[0], loc="center left", bbox_to_anchor=(1.0, 0.5), handletextpad=0.2)
    fig.subplots_adjust(right=0.75)
    return fig


def network(
    ax: Axes,
    activations: Sequence[Sequence[float]],
    weights: Sequence[np.ndarray],
    labels: Sequence[Sequence[str]],
) -> Axes:
    """Draw a network: a column of nodes per layer, filled by activation (0 white, 1 or more dark), edges by weight.

    ``activations`` and ``labels`` hold one row per layer; ``weights[k]`` (d_in, d_out) join layer k to k + 1:
    green and solid where positive, purple and dashed where negative, thicker where larger.
    """
    places = [_column(place, len(values)) for place, values in enumerate(activations)]
    for before, after, matrix in zip(places, places[1:], weights, strict=False):
        for i, j in np.ndindex(matrix.shape):
            _edge(ax, before[i], after[j], float(matrix[i, j]))
    nodes = np.array([place for column in places for place in column])
    fills = [float(np.clip(abs(value), 0, 1)) for values in activations for value in values]
    colours = [_grey(fill) for fill in fills]
    # all at once, as each call costs a millisecond
    ax.scatter(*nodes.T, s=1700, color=colours, edgecolor=INK, linewidth=1.5, zorder=3)
    words = [text for texts in labels for text in texts]
    for node, fill, text in zip(nodes, colours, words, strict=True):
        ax.text(*node, text, ha="center", va="center", color=_ink_on(fill), zorder=4)
    ax.set(xlim=(-0.5, len(places) - 0.5), ylim=(-0.5, 0.5))
    ax.set_axis_off()
    return ax


def _grey(fill: float) -> str:
    return matplotlib.colors.to_hex(matplotlib.colormaps["Greys"](0.75 * fill))


@lru_cache(maxsize=256)
def _ink_on(grey: str) -> str:
    """Return dark ink or white: what is easier to read on a grey, on that page where it is harder to read."""

    def least(ink: str) -> float:
        dark = theme.contrast(theme.in_the_dark(ink), theme.in_the_dark(grey))
        return min(theme.contrast(ink, grey), dark)

    return max(INK.lower(), "#ffffff", key=least)


def _column(place: int, count: int) -> list[tuple[float, float]]:
    return [(float(place), 0.5 - (k + 0.5) / count) for k in range(count)]


def _edge(ax: Axes, start: tuple[float, float], end: tuple[float, float], weight: float) -> None:
    colour, dashes = (POSITIVE, "-") if weight >= 0 else (NEGATIVE, "--")
    width = 0.5 + 2.5 * min(abs(weight), 2.0)
    ax.plot([start[0], end[0]], [start[1], end[1]], dashes, color=colour, linewidth=width, zorder=1)
