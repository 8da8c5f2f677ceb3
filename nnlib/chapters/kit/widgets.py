"""The widgets that controls become when they are shown. Each has a ``value`` and a name that is read aloud."""

from functools import singledispatch
from typing import Any

import ipywidgets
import traitlets

from nnlib.chapters.kit.controls import Choice, Control, Counter, KernelGrid, Slider, Steps


@singledispatch
def widget(control: Control) -> Any:
    """Return the widget of a control, with the control's start as its ``value``."""
    raise TypeError(f"{control} is not a control of the kit")


@widget.register
def _(control: Slider) -> ipywidgets.FloatSlider:
    decimals = len(f"{control.step:.10f}".rstrip("0").split(".")[1])
    return ipywidgets.FloatSlider(
        value=control.value,
        min=control.low,
        max=control.high,
        step=control.step,
        readout_format=f".{decimals}f",
        continuous_update=not control.on_release,
        **_look(control),
    )


@widget.register
def _(control: Counter) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(
        value=control.value,
        min=control.low,
        max=control.high,
        continuous_update=not control.on_release,
        **_look(control),
    )


@widget.register
def _(control: Choice) -> ipywidgets.Dropdown:
    return ipywidgets.Dropdown(options=control.options, value=control.value, **_look(control))


@widget.register(Steps)
def _(control: Steps) -> "StepsWidget":
    return StepsWidget(control)


@widget.register(KernelGrid)
def _(control: KernelGrid) -> "KernelWidget":
    return KernelWidget(control)


def _look(control: Control) -> dict[str, Any]:
    # an empty width leaves it to panel.css
    return {"description": control.description, "style": {"description_width": ""}}


class StepsWidget(ipywidgets.VBox):
    """A slider with buttons to go back and on, and to play. Its ``value`` stays within the slider's ends."""

    value = traitlets.Int(0)

    def __init__(self, steps: Steps) -> None:
        start, high = steps.value, steps.high
        self.slider = widget(Counter(steps.description, 0, high, start))
        self.back = ipywidgets.Button(description="◀ back")
        self.on = ipywidgets.Button(description="next ▶")
        self.play = ipywidgets.Play(
            value=start, min=0, max=high, interval=steps.interval, show_repeat=False
        )
        row = ipywidgets.HBox([self.back, self.on, self.play])
        super().__init__([self.slider, row], value=start)
        self.add_class("nnlib-steps")
        self.back.on_click(lambda _: self._move(-1))
        self.on.on_click(lambda _: self._move(1))
        self.resting = False
        self._links = [
            traitlets.link((self.slider, "value"), (self, "value")),
            traitlets.dlink((self, "value"), (self.play, "value")),
        ]
        self.play.observe(self._tick, names="value")
        self.play.observe(self._wake, names="playing")

    def rest(self) -> None:
        """Stop playing, and heed no step of it that is still on its way."""
        self.resting, self.play.playing = True, False

    def _tick(self, change: Any) -> None:
        if self.resting:
            self.play.value = self.value
        else:
            self.value = change["new"]

    def _wake(self, change: Any) -> None:
        self.resting = self.resting and not change["new"]

    @traitlets.validate("value")
    def _within(self, proposal: Any) -> int:
        return int(min(max(proposal["value"], self.slider.min), self.slider.max))

    def _move(self, by: int) -> None:
        self.value += by


class KernelWidget(ipywidgets.VBox):
    """A list of known kernels over a grid of nine numbers to write into. Its ``value`` is a tuple, row by row."""

    value = traitlets.Tuple()

    def __init__(self, grid: KernelGrid) -> None:
        self.grid = grid
        self.choice = widget(Choice(grid.description, list(grid.known), grid.name))
        self.cells = [ipywidgets.FloatText(step=0.1) for _ in range(9)]  # named in panel.js
        box = ipywidgets.Box(self.cells)
        box.add_class("nnlib-kernel")
        super().__init__([self.choice, box], value=grid.start)
        self._fill()
        self.choice.observe(self._take, names="value")
        for number in self.cells:
            number.observe(self._read, names="value")
        self.observe(self._fill, names="value")

    def _take(self, _: Any) -> None:
        self.value = self.grid.numbers(self.choice.value)

    def _read(self, _: Any) -> None:
        if not self.filling:
            self.value = tuple(cell.value for cell in self.cells)

    def _fill(self, _: Any = None) -> None:
        self.filling = True  # nine changes, of which the first eight are nobody's kernel
        for cell, weight in zip(self.cells, self.value, strict=True):
            cell.value = round(weight, 3)
        self.filling = False
