"""What the panels share: how each optimizer is drawn, and where charts, curves and their names stand."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.walks import tidy

# Colour and dashes of each optimizer.
LOOKS = {
    "plain": (figures.INK, "-"),
    "momentum": (figures.BLUE, "--"),
    "Nesterov": (figures.GREEN, "-"),
    "AdaGrad": (figures.ORANGE, "-."),
    "RMSProp": (figures.NEGATIVE, ":"),
    "Adam": (figures.RED, "-"),
}


def side_by_side(figure: Figure) -> tuple[Axes, Axes]:
    """Return room for a chart on the left and for curves on the right."""
    left, right = figures.axes(figure, columns=2)
    left.set_position((0.095, 0.15, 0.45, 0.76))
    right.set_position((0.645, 0.15, 0.335, 0.76))
    return left, right


def room_for_names(figure: Figure) -> tuple[Axes, Axes]:
    """Return room for a chart, for curves, and at their right for the curves' names."""
    left, right = figures.axes(figure, columns=2)
    left.set_position((0.095, 0.15, 0.32, 0.76))
    right.set_position((0.52, 0.15, 0.295, 0.76))
    return left, right


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
