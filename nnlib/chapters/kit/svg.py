"""A figure as SVG text, quickly: what has not changed since the last redraw is not written anew.

At each redraw of a panel most of the picture stays: ticks, labels, the legend, a landscape. Turning them into text
takes most of the time. ``keep`` says of what an artist's looks depend; while that is the same, its text is used again.
"""

import io
import re
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FixedFormatter, FixedLocator

Texts = dict[Hashable, str]  # what an artist looks like in each state
POINTS_PER_INCH = 72  # an SVG counts in points
MOST_STATES = 16
# Of an SVG's text: what a route goes through or where something stands, one number of it, and a route's bends.
NUMBERS, NUMBER, CURVES = map(re.compile, (r' (?:d|x|y)="[^"]*"', r"-?\d+\.\d+", "[CQ]"))
NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def text(fig: Figure) -> str:
    """Return the figure as SVG, without paper: that of the page shows through."""
    dpi = fig.dpi
    fig.dpi = POINTS_PER_INCH
    fig.patch.set_visible(False)
    try:
        width, height = fig.bbox.size
        renderer = _Renderer(width, height, dpi)
        fig.draw(renderer)
    finally:
        fig.dpi = dpi
        fig.patch.set_visible(True)
    return renderer.whole()


def keep(artist: Artist, state: Callable[[], Hashable], texts: Texts | None = None) -> None:
    """Write the artist once for each ``state()``, which must tell all that its looks depend on and that may change.

    The size of the figure is taken care of. Artists that look the same in the same state may share their ``texts``.
    """
    draw, known = artist.draw, {} if texts is None else texts

    def draw_once(renderer: Any) -> None:
        if not isinstance(renderer, _Renderer):
            draw(renderer)
        elif artist.get_visible():
            renderer.write(known, state(), draw)

    # matplotlib asks the artist, whatever its class
    setattr(artist, "draw", draw_once)  # noqa: B010


def keep_axis(axis: Axis) -> None:
    """Keep an axis: its ticks with their numbers, and its label. Single ticks must not be made to look different."""

    def state() -> Hashable:
        label = axis.label
        return (
            *(axis.axes.bbox.bounds, axis.get_view_interval().tobytes(), axis.get_scale()),
            *(_places(axis.get_major_locator()), _names(axis.get_major_formatter())),
            *(axis.get_minor_locator(), axis.get_minor_formatter()),
            *(axis.get_label_position(), *axis.get_tick_params().items()),
            *(label.get_text(), label.get_color(), label.get_size(), label.get_visible()),
        )

    keep(axis, state)


def view(ax: Axes) -> Hashable:
    """Return where the axes stand in the figure and what they show of the plane: part of the state of what is in it."""
    return ax.bbox.bounds, ax.transData.get_matrix().tobytes(), ax.get_xscale(), ax.get_yscale()


def _shorter(numbers: re.Match[str]) -> str:
    """Return places, and the routes of lines, in half the text: to a hundredth of a point, which nobody sees."""
    rounded = NUMBER.sub(_to_hundredths, numbers[0])
    return rounded if CURVES.search(rounded) else rounded.replace(" \nL ", " ")


def _to_hundredths(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _places(locator: Any) -> Hashable:
    return tuple(locator.locs) if type(locator) is FixedLocator else locator


def _names(formatter: Any) -> Hashable:
    return tuple(formatter.seq) if type(formatter) is FixedFormatter else formatter


@lru_cache(4096)
def _size_of(words: str, font: FontProperties, formula: Any) -> tuple[float, float, float]:
    size: tuple[float, float, float] = text_to_path.get_text_width_height_descent(
        words, font, formula
    )
    return size


class _Renderer(RendererSVG):
    """Matplotlib's own, without the groups that nobody needs, with sizes of words remembered and artists kept."""

    def __init__(self, width: float, height: float, dpi: float) -> None:
        self.stream = io.StringIO()
        super().__init__(width, height, self.stream, image_dpi=dpi, metadata=NO_METADATA)
        self.begun = self.stream.tell()

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Open none: it would be half of the text of a tick."""

    def close_group(self, s: str) -> None:
        """Close none."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Measure words once, and not once for each picture."""
        return _size_of(s, prop, ismath)

    def whole(self) -> str:
        """End the picture and return its text."""
        self.finalize()
        return self.stream.getvalue()

    def part(self) -> str:
        """End the picture and return the text between its first and its last line, with what it refers to."""
        return NUMBERS.sub(_shorter, self.whole()[self.begun :].removesuffix("</svg>\n"))

    def write(self, known: Texts, state: Hashable, draw: Callable[[Any], None]) -> None:
        """Write what ``draw`` draws, or what it drew when everything was in the same state."""
        place = (self.width, self.height, self.image_dpi, state)
        if place not in known:
            apart = _Renderer(self.width, self.height, self.image_dpi)
            draw(apart)
            if len(known) >= MOST_STATES:
                known.pop(next(iter(known)))
            known[place] = apart.part()
        self.writer.comment("")  # ends the line before
        self.stream.write(known[place])
