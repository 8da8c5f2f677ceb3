"""The panel: controls over one picture that follows them. Every widget of the course is one.

The picture is a value of an HTML widget and not an output, so that it is redrawn in place, works in every notebook
front end, and an error cannot be swallowed. What the page adds, from sizes to the pointer, lies in ``panel.js`` and
``panel.css``.
"""

import html
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Control
from nnlib.chapters.kit.touch import Touch, find
from nnlib.chapters.kit.widgets import StepsWidget, widget

# JupyterLab may bring the messages of two controls in two threads at once, and a figure takes one at a time.
DRAWING = threading.RLock()
STILL = "Run this cell in JupyterLab to move the picture."


class Page(anywidget.AnyWidget):
    """What the page and a panel tell each other. Heard by screen readers, and seen by nobody."""

    _esm = Path(__file__).with_name("panel.js")
    _css = Path(__file__).with_name("panel.css")

    alt = traitlets.Unicode("").tag(sync=True)  # to be read aloud
    busy = traitlets.Bool().tag(sync=True)  # while a picture is made
    drawn = traitlets.Int(0).tag(sync=True)  # how many pictures were made
    ticks = traitlets.Dict().tag(sync=True)  # marks on sliders, by their description
    touch = traitlets.Unicode("").tag(sync=True)  # what the pointer moves, in words
    dark = traitlets.Bool().tag(sync=True)  # the page's theme, told by the page


class Panel(ipywidgets.VBox):
    """Controls over a picture, which ``draw(figure, **values)`` draws at the start and after each change.

    ``size`` is that of the figure in inches; on the page it grows with the room there is. ``controls`` are the widgets
    by name, ``touches`` say which of them follow a pointer in the picture, ``alt`` says what the picture now shows. An
    exception in the drawing function is shown as one line and raised as well; the last good picture stays.
    """

    def __init__(
        self,
        draw: Callable[..., str],
        controls: dict[str, Control],
        size: tuple[float, float],
        touches: Sequence[Touch] = (),
    ) -> None:
        self.draw, self.size, self.touches = draw, size, touches
        self.starts = {name: control.start for name, control in controls.items()}
        self.controls = {name: widget(control) for name, control in controls.items()}
        self.figure = figures.figure(*size)
        self.alt, self.moving = "", False
        self.touched: Touch | None = None
        self.shown: dict[str, Any] = {}
        self.page = Page(
            ticks={one.description: list(one.ticks) for one in controls.values() if one.ticks},
            touch=", ".join(one.words(controls) for one in touches),
        )
        self.picture, self.message = ipywidgets.HTML(), ipywidgets.HTML()
        super().__init__([self._top(), self.message, self.picture, self.page])
        self.add_class("nnlib-panel")
        self.picture.add_class("nnlib-picture")
        self.redraw()
        self._listen()

    def _top(self) -> ipywidgets.Box:
        """Return the controls, and beside them the way back to where they started."""
        box = ipywidgets.Box([*self.controls.values()])
        box.add_class("nnlib-controls")
        self.reset = ipywidgets.Button(description="↺", tooltip="back to the start values")
        self.reset.add_class("nnlib-reset")
        top = ipywidgets.Box([box, self.reset])
        top.add_class("nnlib-top")
        return top

    def _listen(self) -> None:
        for control in self.controls.values():
            control.observe(self.redraw, names="value")
        self.reset.on_click(self.restart)
        self.page.observe(self.redraw, names="dark")
        self.page.on_msg(lambda _, place, __: self.follow(place))

    def restart(self, _: Any = None) -> None:
        """Go back to where the controls started, and stand still there."""
        for control in self.controls.values():
            if isinstance(control, StepsWidget):
                control.rest()
        self.move(self.starts)

    def move(self, values: dict[str, Any]) -> None:
        """Give several controls new values at once, and draw one picture for all of them."""
        with DRAWING:
            self.moving = True
            try:
                for name, value in values.items():
                    self.controls[name].value = value
            finally:  # or it would never draw again
                self.moving = False
            self.redraw()

    def follow(self, place: dict[str, Any]) -> None:
        """Move what a pointer holds to ``place``: ``x`` and ``y`` are shares of the picture from its left and top."""
        with DRAWING:
            spot, before = (place["x"], 1 - place["y"]), self.page.drawn
            if place["kind"] == "down":
                self.touched = find(self.figure, self.touches, spot)
            if self.touched is not None:
                self.move(self.touched.values(self.figure, spot, self.controls))
            if self.page.drawn == before:  # the page counts on one answer for each place
                self.page.drawn += 1

    def redraw(self, _: Any = None) -> None:
        """Draw the picture for the present values of the controls, if it is not there already."""
        with DRAWING:
            values = {name: control.value for name, control in self.controls.items()}
            seen = {**values, "dark theme": self.page.dark}
            if not self.moving and (seen != self.shown or self.message.value):
                self.page.busy = True
                with self.page.hold_sync():  # one message, after the picture
                    try:
                        self._draw(values)
                    finally:
                        self.page.busy = False
                self.shown = seen

    def _draw(self, values: dict[str, Any]) -> None:
        try:
            alt = self.draw(self.figure, **values)
            picture = figures.image_tag(self.figure, alt, "svg", dark=self.page.dark)
        except Exception as error:
            words = html.escape(f"{type(error).__name__}: {error}")
            style = f"color: {figures.RED}; margin: 0"
            self.message.value = f'<p role="alert" style="{style}">{words}</p>'
            raise
        self.alt = self.page.alt = alt
        self.picture.value = picture
        self.page.drawn += 1
        if self.message.value:
            self.message.value = ""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Offer the live widget, and for pages without a kernel the start picture and its words."""
        bundle = super()._repr_mimebundle_() or {}
        picture = f"{figures.image_tag(self.figure, self.alt)}<p><em>{STILL}</em></p>"
        return {**bundle, "text/plain": self.alt, "text/html": picture}
