"""The panel: controls over one picture that follows them. Every widget of the course is one.

The picture is a value of an HTML widget and not an output, so that it is redrawn in place, works in every notebook
front end, and an error cannot be swallowed.
"""

import html
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Control
from nnlib.chapters.kit.widgets import StepsWidget, widget

# JupyterLab may bring the messages of two controls in two threads at once, and a figure takes one at a time.
DRAWING = threading.RLock()


class ControlNames(anywidget.AnyWidget):
    """Invisible: gives slider handles and play buttons the names that ipywidgets leaves out, for screen readers."""

    _esm = Path(__file__).with_name("names.js")


def in_columns(controls: list[ipywidgets.DOMWidget], columns: int) -> list[ipywidgets.DOMWidget]:
    """Return the controls as they are for one column; for more, in a grid, and steps in one row below it."""
    if columns == 1:
        return controls
    parts = [control for control in controls if isinstance(control, StepsWidget)]
    small = [control for control in controls if control not in parts]
    for control in [*small, *(steps.slider for steps in parts)]:
        control.layout.width = "29em"
        control.style.description_width = "9em"
    for steps in parts:
        steps.in_one_row()
    layout = ipywidgets.Layout(grid_template_columns=f"repeat({columns}, max-content)")
    return [ipywidgets.GridBox(small, layout=layout), *parts]


class Panel(ipywidgets.VBox):
    """Controls over a picture, which ``draw(figure, **values)`` draws at the start and after each change.

    ``size`` is that of the figure in inches; with two ``columns`` the controls stand side by side, steps below them.
    ``controls`` are the widgets by name, ``alt`` says what the picture now shows. An exception in the drawing function
    is shown as one line and raised as well; the last good picture stays.
    """

    def __init__(
        self,
        draw: Callable[..., str],
        controls: dict[str, Control],
        size: tuple[float, float],
        columns: int = 1,
    ) -> None:
        self.draw, self.size = draw, size
        self.controls = {name: widget(control) for name, control in controls.items()}
        self.figure = figures.figure(*size)
        self.alt = ""
        self.shown: dict[str, Any] = {}
        self.picture, self.message = ipywidgets.HTML(), ipywidgets.HTML()
        parts = in_columns([*self.controls.values()], columns)
        super().__init__([*parts, self.message, self.picture, ControlNames()])
        self.redraw()
        for control in self.controls.values():
            control.observe(self.redraw, names="value")

    def redraw(self, _: Any = None) -> None:
        """Draw the picture for the present values of the controls, if it is not there already."""
        with DRAWING:
            values = {name: control.value for name, control in self.controls.items()}
            if values != self.shown or self.message.value:
                self._draw(values)

    def _draw(self, values: dict[str, Any]) -> None:
        try:
            alt = self.draw(self.figure, **values)
            picture = figures.image_tag(self.figure, alt, "svg")
        except Exception as error:
            words = html.escape(f"{type(error).__name__}: {error}")
            style = f"color: {figures.RED}; margin: 0"
            self.message.value = f'<p role="alert" style="{style}">{words}</p>'
            raise
        self.alt, self.shown = alt, values
        self.picture.value = picture
        if self.message.value:
            self.message.value = ""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Offer the live widget, and for pages without a kernel the start picture and its words."""
        bundle = super()._repr_mimebundle_() or {}
        picture = figures.image_tag(self.figure, self.alt)
        return {**bundle, "text/plain": self.alt, "text/html": picture}
