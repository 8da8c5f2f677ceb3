"""What a reader can move: sliders, choices, buttons, play. Each has a ``value`` and a name that is read aloud."""

from typing import Any

import ipywidgets as widgets
import traitlets

DESCRIPTION = {"description_width": "13em"}
WIDE = widgets.Layout


def slider(
    description: str,
    low: float,
    high: float,
    value: float,
    step: float = 0.1,
    *,
    on_release: bool = False,
) -> widgets.FloatSlider:
    """Return a slider for a number; the read-out has as many decimals as ``step``.

    ``on_release`` is for what trains a network at each move: the picture waits until the mouse lets go.
    """
    decimals = len(f"{step:.10f}".rstrip("0").split(".")[1])
    return widgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        readout_format=f".{decimals}f",
        continuous_update=not on_release,
        description=description,
        style=DESCRIPTION,
        layout=WIDE(width="34em"),
    )


def counter(
    description: str, low: int, high: int, value: int, *, on_release: bool = False
) -> widgets.IntSlider:
    """Return a slider for a whole number; ``on_release`` as for ``slider``."""
    return widgets.IntSlider(
        value=value,
        min=low,
        max=high,
        continuous_update=not on_release,
        description=description,
        style=DESCRIPTION,
        layout=WIDE(width="34em"),
    )


def choice(description: str, options: list[Any], value: Any) -> widgets.Dropdown:
    """Return a drop-down list; ``options`` are values, or (name, value) pairs."""
    return widgets.Dropdown(
        options=options,
        value=value,
        description=description,
        style=DESCRIPTION,
        layout=WIDE(width="34em"),
    )


class CountingButton(widgets.Button):
    """A button whose ``value`` is how often it was clicked, so that a picture can depend on it."""

    value = traitlets.Int(0)

    def __init__(self, description: str) -> None:
        super().__init__(
            description=description, layout=WIDE(width="auto", margin="2px 2px 2px 13.5em")
        )
        self.on_click(self._count)

    def _count(self, _: widgets.Button) -> None:
        self.value += 1


class KernelGrid(widgets.VBox):
    """Nine numbers, row by row, to write into a grid of 3 × 3, or to take from a list of known kernels."""

    value = traitlets.Tuple()

    def __init__(self, description: str, known: dict[str, Any], start: str) -> None:
        self.known = {
            name: tuple(float(weight) for row in rows for weight in row)
            for name, rows in known.items()
        }
        self.choice = choice(description, list(known), start)
        self.cells = [
            widgets.FloatText(step=0.1, layout=WIDE(width="5.2em")) for _ in range(9)
        ]  # named in names.js
        columns = WIDE(grid_template_columns="repeat(3, 5.6em)", margin="0 0 0 13.3em")
        super().__init__(
            [self.choice, widgets.GridBox(self.cells, layout=columns)], value=self.known[start]
        )
        self._fill()
        self.choice.observe(self._take, names="value")
        for cell in self.cells:
            cell.observe(self._read, names="value")
        self.observe(self._fill, names="value")

    def _take(self, _: Any) -> None:
        self.value = self.known[self.choice.value]

    def _read(self, _: Any) -> None:
        if not self.filling:
            self.value = tuple(cell.value for cell in self.cells)

    def _fill(self, _: Any = None) -> None:
        self.filling = True  # nine changes, of which the first eight are nobody's kernel
        for cell, weight in zip(self.cells, self.value, strict=True):
            cell.value = round(weight, 3)
        self.filling = False


class Steps(widgets.VBox):
    """A whole number that is stepped through: back, on, play, and a slider that jumps.

    ``interval`` is the time between two steps of play, in milliseconds.
    """

    value = traitlets.Int(0)

    def __init__(self, description: str, high: int, value: int = 0, interval: int = 400) -> None:
        self.slider = counter(description, 0, high, value)
        self.back = widgets.Button(description="◀ back", layout=WIDE(width="6em"))
        self.on = widgets.Button(description="next ▶", layout=WIDE(width="6em"))
        self.play = widgets.Play(value=value, min=0, max=high, interval=interval, show_repeat=False)
        self.row = widgets.HBox([self.back, self.on, self.play], layout=WIDE(margin="0 0 0 13.5em"))
        super().__init__([self.slider, self.row], value=value)
        self.back.on_click(lambda _: self._move(-1))
        self.on.on_click(lambda _: self._move(1))
        self._links = [
            traitlets.link((self.slider, "value"), (self, "value")),
            traitlets.link((self.play, "value"), (self, "value")),
        ]

    def in_one_row(self) -> None:
        """Put the buttons beside the slider and not below it."""
        self.layout.flex_flow, self.row.layout.margin = "row", "0 0 0 2em"

    @traitlets.validate("value")
    def _within(self, proposal: Any) -> int:
        return int(min(max(proposal["value"], self.slider.min), self.slider.max))

    def _move(self, by: int) -> None:
        self.value += by
