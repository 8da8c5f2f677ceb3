"""The panel: controls over one picture that follows them. Every widget of the course is one.

A demo is a function ``draw(figure, **values) -> alt text`` and the controls that give the values:

>>> panel = Panel(draw_line, slope=slider("slope", -2, 2, 1))            # doctest: +SKIP

The picture is a value of an HTML widget and not an output, so that it is redrawn in place, works in every notebook
front end, and an error cannot be swallowed.
"""

import html
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Steps

SCRIPT = Path(__file__).with_name("names.js")
# JupyterLab may bring the messages of two controls in two threads at once, and a figure bears one at a time.
DRAWING = threading.RLock()


class ControlNames(anywidget.AnyWidget):
    """Invisible: gives slider handles and play buttons the names that ipywidgets leaves out, for screen readers."""

    _esm = SCRIPT


def in_columns(controls: list[widgets.DOMWidget], columns: int) -> list[widgets.DOMWidget]:
    """Return the controls as they are for one column; for more, in a grid, and steps in one row below it."""
    if columns == 1:
        return controls
    parts = [control for control in controls if isinstance(control, Steps)]
    small = [control for control in controls if control not in parts]
    for control in [*small, *(steps.slider for steps in parts)]:
        control.layout.width = "29em"
        control.style.description_width = "9em"
    for steps in parts:
        steps.in_one_row()
    grid = widgets.GridBox(
        small, layout=widgets.Layout(grid_template_columns=f"repeat({columns}, max-content)")
    )
    return [grid, *parts]


class Panel(widgets.VBox):
    """Controls over a picture.

    ``draw(figure, **values)`` draws and returns the alt text: what the picture now shows, in words, the values
    included. It is called once at the start and after each change. ``size`` is in inches. With two ``columns`` the
    controls stand side by side, steps below. An exception in ``draw`` is shown as one line and raised as well; the
    last good picture stays.
    """

    def __init__(
        self,
        draw: Callable[..., str],
        size: tuple[float, float] = (7.6, 4.2),
        columns: int = 1,
        **controls: Any,
    ) -> None:
        self.draw = draw
        self.controls = controls
        self.figure = figures.figure(*size)
        self.alt = ""
        self.shown: dict[str, Any] = {}
        self.picture = widgets.HTML()
        self.message = widgets.HTML()
        super().__init__(
            [*in_columns([*controls.values()], columns), self.message, self.picture, ControlNames()]
        )
        self.redraw()
        for control in controls.values():
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
            self.message.value = (
                f'<p role="alert" style="color: {figures.RED}; margin: 0">{words}</p>'
            )
            raise
        self.alt, self.shown = alt, values
        self.picture.value = picture
        if self.message.value:
            self.message.value = ""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Offer the live widget, and for pages without a kernel the start picture and its words."""
        bundle = super()._repr_mimebundle_() or {}
        return {
            **bundle,
            "text/plain": self.alt,
            "text/html": figures.image_tag(self.figure, self.alt),
        }
