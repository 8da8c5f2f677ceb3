"""What a pointer can hold in a picture: the start on a landscape, a point, the tip of an arrow. Sliders follow it.

A place comes as shares of the picture, from its left and from its bottom; the axes beneath it say what that means.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit.controls import Control

Spot = tuple[float, float]
Values = dict[str, Any]  # of controls, by name


@dataclass(frozen=True)
class Touch:
    """The controls named ``x`` and ``y`` follow the pointer across and up in one of the picture's ``axes``.

    Where that is not all there is to it, ``to(x, y, values)`` returns the new values of some controls, by name, for
    data coordinates x and y and the present values; ``what`` then names what moves.
    """

    x: str | None = None
    y: str | None = None
    axes: int = 0
    to: Callable[[float, float, Values], Mapping[str, Any]] | None = None
    what: str = ""

    def words(self, controls: Mapping[str, Control]) -> str:
        """Return in words what moves."""
        named = [controls[name].description for name in (self.x, self.y) if name]
        return f"drag in the picture: {self.what or ' and '.join(named)}"

    def values(self, figure: Figure, spot: Spot, widgets: Mapping[str, Any]) -> Values:
        """Return the values that the controls take with the pointer at ``spot``, each within its range."""
        x, y = _data(figure, figure.axes[self.axes], spot)
        if not np.isfinite([x, y]).all():
            return {}
        if self.to is not None:
            now = {name: one.value for name, one in widgets.items()}
            found = dict(self.to(x, y, now))
        else:
            found = {name: at for name, at in ((self.x, x), (self.y, y)) if name}
        return {name: _within(widgets[name], value) for name, value in found.items()}


def find(figure: Figure, touches: Sequence[Touch], spot: Spot) -> Touch | None:
    """Return what the pointer takes hold of at ``spot``: the first whose axes lie beneath it, or none."""
    pixels = figure.transFigure.transform(spot)
    for touch in touches:
        if figure.axes[touch.axes].bbox.padded(8).contains(*pixels):
            return touch
    return None


def _data(figure: Figure, ax: Axes, spot: Spot) -> tuple[float, float]:
    x, y = ax.transData.inverted().transform(figure.transFigure.transform(spot))
    return float(x), float(y)


def _within(widget: Any, value: Any) -> Any:
    """The nearest value that a slider can have; what is no slider takes any."""
    slider = getattr(widget, "slider", widget)
    if not hasattr(slider, "min"):
        return value
    steps = round((min(max(value, slider.min), slider.max) - slider.min) / slider.step)
    return type(slider.value)(round(slider.min + steps * slider.step, 10))
