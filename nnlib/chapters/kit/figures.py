"""The one visual language of the course. Functions draw arrays on a given ``ax`` and return it.

The same thing looks the same everywhere, and never by colour alone: class 0 is blue and round, class 1 is red and
square; positive weights are green and solid, negative ones purple and dashed; training is blue and solid,
validation red and dashed. Colours are M. Okabe and K. Ito's, told apart by colour-blind readers.
"""

import base64
import html
import io
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import matplotlib
import matplotlib.colors
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.container import Container
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.transforms import ScaledTranslation

from nnlib.chapters.kit import svg, theme

BLUE, RED, GREEN, PURPLE, ORANGE, INK = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#333333",
)
CLASS_COLOURS, CLASS_TINTS, CLASS_MARKERS = (BLUE, RED), ("#DCEBF5", "#FBE6D8"), ("o", "s")
POSITIVE, NEGATIVE = GREEN, "#882255"
TRAINING, VALIDATION = (BLUE, "-"), (RED, "--")
GRADIENT = ORANGE
DARK_ORANGE, DARK_RED = "#A46800", "#BF4F00"  # readable as text on white
HEIGHTS = matplotlib.colors.LinearSegmentedColormap.from_list(
    "heights", ["#F7FBFF", "#C6DBEF", "#6BAED6", "#2171B5"]
)

STYLE = {
    # DejaVu Sans here, and for an SVG what the reader's own machine has; each of its texts repeats the list
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Lucida Grande", "Verdana", "Arial"],
    "svg.fonttype": "none",
    "svg.hashsalt": "nnlib",
    "font.size": 13,
    "axes.titlesize": 14,
    "axes.titley": 1.0,  # fixed: finding a place for the title costs a tenth of a redraw
    "axes.labelsize": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "axes.linewidth": 0.8,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 2.2,
    "legend.frameon": False,
    "legend.fontsize": 12,
    "axes.prop_cycle": matplotlib.cycler(color=[BLUE, RED, GREEN, NEGATIVE, ORANGE, INK]),
}
# What a legend repeats of a line, of points or of a patch.
LOOKS = (
    *("alpha", "color", "linestyle", "linewidth", "marker", "markersize", "fillstyle"),
    *("markerfacecolor", "markeredgecolor", "markeredgewidth"),
    *("facecolor", "edgecolor", "sizes", "fill", "hatch"),
)
# What each legend shows; a legend is forgotten with its figure.
LEGENDS: WeakKeyDictionary[Legend, tuple[str, ...]] = WeakKeyDictionary()
PIXELS_PER_INCH = 100
# of 255, the mean difference of a colour, which nobody sees
LOOKS_THE_SAME = 0.25


def figure(width: float = 7.6, height: float = 4.2) -> Figure:
    """Return an empty figure of ``width`` × ``height`` inches in the style of the course.

    The style is set for the whole session, as matplotlib reads some of it only when it draws.
    """
    matplotlib.rcParams.update(STYLE)
    blank = Figure(figsize=(width, height), dpi=PIXELS_PER_INCH, facecolor="white")
    FigureCanvasAgg(blank)
    return blank


def minus(numbers: str) -> str:
    """Return a text of numbers with a true minus sign for each hyphen: −0.5, as matplotlib's own ticks have it."""
    return numbers.replace("-", "−")


def added(number: float, digits: int = 1) -> str:
    """Return a number as the next term of a sum, with its sign: "+ 0.6", or "− 0.8" with a true minus."""
    sign = "−" if round(number, digits) < 0 else "+"
    return f"{sign} {abs(number):.{digits}f}"


def axes(fig: Figure, columns: int = 1, **options: Any) -> Any:
    """Return the figure's axes, emptied: one, or an array of ``columns``. Made at the first call, kept ever after.

    Only what was drawn is taken out; ticks and labels stay, as making them anew takes a third of a redraw.
    ``options`` go to ``Figure.subplots``.
    """
    if len(fig.axes) != columns:
        fig.clear()
        for ax in np.ravel(fig.subplots(1, columns, **options)):
            ax.locator_params(
                nbins=5 if columns == 1 else 3
            )  # few are easier to read, and each costs a millisecond
            _fix_labels(ax)
            for axis in (ax.xaxis, ax.yaxis):
                svg.keep_axis(axis)
        # at the left so much that the label of an upright axis stands 12 pixels from the edge, or more
        fig.subplots_adjust(left=0.122, right=0.97, top=0.9, bottom=0.15, wspace=0.28)
    else:
        for ax in fig.axes:
            for artist in [*ax.lines, *ax.collections, *ax.patches, *ax.texts, *ax.images]:
                artist.remove()
            ax.containers.clear()  # bars are noted there once more, for the legend
            ax.set_prop_cycle(None)
            ax.relim()
            ax.autoscale()
    return fig.axes[0] if columns == 1 else np.array(fig.axes)


def log_scale(ax: Axes, ticks: Sequence[float]) -> Axes:
    """Make the upright axis count in powers of ten, with these ticks alone: once, as it costs as much as a redraw."""
    if ax.get_yscale() != "log":
        ax.set_yscale("log")
        ax.minorticks_off()
        ax.set_yticks(
            ticks, [power_of_ten(tick) for tick in ticks]
        )  # as text: formulas would be set anew each time
    return ax


def legend(ax: Axes, loc: str, **options: Any) -> Axes:
    """Name what is drawn on ``ax``, at a fixed place. Made anew only where a name, its look or an option is new."""
    handles, names = ax.get_legend_handles_labels()
    state = (loc, repr(options), *names, *map(_looks, handles))
    if ax.get_legend() is None or LEGENDS.get(ax.get_legend()) != state:
        made = ax.legend(handles, names, loc=loc, **options)
        LEGENDS[made] = state
        svg.keep(made, lambda: ax.bbox.bounds)
    return ax


def _looks(handle: Any) -> str:
    """Return, as text, all that a legend shows of an artist."""
    one = handle[0] if isinstance(handle, Container) else handle
    asked = (getattr(one, f"get_{look}", None) for look in LOOKS)
    dashes = getattr(one, "_unscaled_dash_pattern", None)  # get_linestyle has one name for all
    shapes = one.get_paths() if isinstance(one, PathCollection) else []  # of scattered points
    drawn = [shape.vertices.tobytes() for shape in shapes]
    return repr([type(one), *(look() for look in asked if look), dashes, drawn])


def power_of_ten(value: float) -> str:
    """Return a size, rounded to a power of ten, as text: 10⁻³."""
    return "10" + str(round(float(np.log10(value)))).translate(
        str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    )


def _fix_labels(ax: Axes) -> None:
    """Put axis labels at a fixed distance: finding one for the present ticks costs a tenth of a redraw."""
    for axis, place, across, up in ((ax.xaxis, (0.5, 0), 0, -0.33), (ax.yaxis, (0, 0.5), -0.6, 0)):
        shift = ScaledTranslation(across, up, ax.get_figure().dpi_scale_trans)  # in inches
        axis.set_label_coords(*place, transform=ax.transAxes + shift)


def _save_png(fig: Figure, buffer: io.BytesIO) -> None:
    """Write the figure with a palette of 256 colours, a third of the size, if that looks the same."""
    from PIL import Image, ImageChops, ImageStat  # here: what is drawn live is SVG

    whole = io.BytesIO()
    fig.savefig(whole, format="png", dpi=2 * PIXELS_PER_INCH, pil_kwargs={"compress_level": 1})
    picture = Image.open(whole).convert("RGB")
    palette = picture.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    off = ImageStat.Stat(ImageChops.difference(picture, palette.convert("RGB"))).mean
    best = palette if max(off) < LOOKS_THE_SAME else picture
    best.save(buffer, "png", compress_level=9)


def image_tag(fig: Figure, alt: str, kind: str = "png", *, dark: bool = False) -> str:
    """Return the figure as ``<img alt="…" src="data:…">``, ``kind`` "png" (twice as many pixels, shown the same size)
    or "svg", which is drawn in half the time, can be ``dark``, and is laid out by ``panel.css``.
    """
    width, height = (round(side * PIXELS_PER_INCH) for side in fig.get_size_inches())
    if kind == "svg":
        data = theme.painted(svg.text(fig), dark).encode()
        look = f'style="--nnlib-shape: {width / height:.4f}" decoding="sync" draggable="false"'
        kind = "svg+xml"
    else:
        buffer = io.BytesIO()
        _save_png(fig, buffer)
        data = buffer.getvalue()
        look = 'style="max-width: 100%; height: auto; border-radius: 6px"'
    code = base64.b64encode(data).decode("ascii")
    source = f"data:image/{kind};base64,{code}"
    return f'<img alt="{html.escape(alt)}" width="{width}" {look} src="{source}">'


class Picture:
    """A figure with its alt text, as a notebook shows it: the picture, or the words where there are no pictures."""

    def __init__(self, fig: Figure, alt: str) -> None:
        self.alt = alt
        self.tag = image_tag(fig, alt)

    def _repr_html_(self) -> str:
        return self.tag

    def __repr__(self) -> str:
        return self.alt


def show(fig: Figure, *, alt: str) -> None:
    """Show ``fig`` in the notebook. ``alt`` says in words what it shows, for whoever cannot see it."""
    from IPython.display import display

    if not alt.strip():
        raise ValueError(
            "show got an empty alt: expected a sentence that says what the figure shows"
        )
    display(Picture(fig, alt))
