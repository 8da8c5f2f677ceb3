"""What the panels share: how each optimizer is drawn, and where charts, curves and their names stand."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.walks import tidy
from nnlib.landscapes import Landscape

# Colour and dashes of each optimizer.
LOOKS = {
    "plain": (figures.INK, "-"),
    "momentum": (figures.BLUE, "--"),
    "Nesterov": (figures.GREEN, "-"),
    "AdaGrad": (figures.ORANGE, "-."),
    "RMSProp": (figures.NEGATIVE, ":"),
    "Adam": (figures.RED, "-"),
}


WIDE = (8.4, 3.8)  # inches: two charts side by side
MAP_AND_CURVES = (8.4, 3.25)


def side_by_side(figure: Figure) -> tuple[Axes, Axes]:
    """Return room for a chart on the left and for curves on the right."""
    left, right = figures.axes(figure, columns=2)
    left.set_position((0.105, 0.16, 0.42, 0.75))
    right.set_position((0.645, 0.16, 0.335, 0.75))
    return left, right


def map_beside_curves(figure: Figure) -> tuple[Axes, Axes]:
    """Return room for a map on the left, in the shape of all maps, and for curves as high as it on the right."""
    left, right = figures.axes(figure, columns=2)
    left.set_position((0.1, 0.19, 0.48, 0.657))
    right.set_position((0.69, 0.19, 0.275, 0.657))
    return left, right


def room_for_names(figure: Figure) -> tuple[Axes, Axes]:
    """Return room for a chart, for curves, and at their right for the curves' names."""
    left, right = figures.axes(figure, columns=2)
    left.set_position((0.105, 0.16, 0.265, 0.75))
    right.set_position((0.485, 0.16, 0.285, 0.75))
    return left, right


def draw_landscape(ax: Axes, surface: Landscape, steps: int = 61) -> None:
    """Draw a surface as the course does, its place called w as v is the velocity here."""
    drawings.landscape(ax, surface, steps)
    ax.set(xlabel="w₁", ylabel="w₂")
    beside = ScaledTranslation(-0.42, 0, ax.get_figure().dpi_scale_trans)  # ticks are short here
    ax.yaxis.set_label_coords(0, 0.5, transform=ax.transAxes + beside)


def pushed_apart(
    heights: Sequence[float],
    across: Sequence[float],
    gap: float,
    near: float,
    room: tuple[float, float] = (-np.inf, np.inf),
) -> list[float]:
    """Return the heights of names, moved so that those less than ``near`` apart ``across`` have a ``gap`` between them.

    Whatever is higher stays higher, and all stay within ``room``.
    """
    order = sorted(range(len(heights)), key=lambda k: heights[k])
    moved = list(heights)
    close = [(i, j) for i, j in combinations(order, 2) if abs(across[i] - across[j]) < near]
    for _ in range(60):
        for i, j in close:
            lack = gap - (moved[j] - moved[i])
            if lack > 0:
                moved[i], moved[j] = moved[i] - lack / 2, moved[j] + lack / 2
        moved = [min(max(height, room[0]), room[1]) for height in moved]
    return moved


def name_beside(ax: Axes) -> None:
    """Name the curves at the right of the axes, off the data."""
    figures.legend(ax, loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=1.6)


def cost_in_words(cost: float) -> str:
    """Return what a walk costs now, as text."""
    return "runs away" if np.isnan(cost) else figures.minus(f"C = {tidy(cost)}")


def place_in_words(v: tuple[float, float] | np.ndarray) -> str:
    """Return a place (2,) as text, with one decimal."""
    return figures.minus(f"({v[0]:.1f}, {v[1]:.1f})")


def capital(name: str) -> str:
    """Return a name as a sentence begins with it."""
    return f"{name[0].upper()}{name[1:]}"
