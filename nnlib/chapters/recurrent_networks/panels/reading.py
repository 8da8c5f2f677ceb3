"""What a network writes that has read a text, and what one of its units does meanwhile."""

import textwrap
from functools import cache

import numpy as np
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from nnlib.chapters.kit import drawings, figures, svg
from nnlib.chapters.kit.controls import Choice, Counter, Slider
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.recurrent_networks.experiments.reading import (
    HIDDEN,
    Reader,
    learn_to_read,
    states_along,
    table_perplexity,
    text_of,
    text_parts,
    write,
)

OPENINGS = ("alice ", "the rabbit ", "'what ", "q")
LINES, LINE = 6, 66


@demo(
    size=(8.4, 2.8),
    temperature=Slider("temperature", 0.1, 2, 0.8, step=0.1, ticks=(1,)),
    opening=Choice("begins with", list(OPENINGS), OPENINGS[0]),
    seed=Counter("draw number", 0, 20, 0),
    learnt=Choice("the network", ["after learning", "before learning"], "after learning"),
)
def sample(figure: Figure, temperature: float, opening: str, seed: int, learnt: str) -> str:
    """Write down what the network goes on with after an opening."""
    ax = figures.axes(figure)
    ax.set_position((0.02, 0.02, 0.96, 0.84))
    reader, warmth = learn_to_read(), round(temperature, 1)
    network = reader.network if learnt == "after learning" else reader.before
    written = opening + write(network, opening, LINES * LINE - 60, warmth, seed)
    lines = textwrap.wrap(written.replace("\n", " ¶ "), LINE)[:LINES]
    for number, line in enumerate(lines):
        ax.text(0, LINES - number - 0.5, line, va="center", family="monospace", fontsize=13)
    ax.set(xlim=(0, 1), ylim=(0, LINES))
    ax.set_axis_off()
    ax.set_title(f"{learnt}, temperature {warmth:.1f}")
    return (
        f"Text written by the network {learnt}, at temperature {warmth:.1f}, beginning with "
        f"“{opening.strip()}”, draw number {seed}."
    )


ROWS, COLUMNS = 8, 58
SHADES, PALE = 12, 2.5  # pale enough for ink to be read on them, on a dark page too
EXCERPT = 7  # where it begins in the validation text, so that it begins with a word


@cache
def _letters() -> tuple[str, list[Path]]:
    """Return the excerpt, and each of its characters as a path that stands in a cell of its own."""
    text = text_of(text_parts()[1][EXCERPT : EXCERPT + ROWS * COLUMNS])
    font = FontProperties(family="DejaVu Sans Mono")
    paths = []
    for place, letter in enumerate(text):
        row, column = divmod(place, COLUMNS)
        if letter == " ":
            continue
        drawn = TextPath((0, 0), letter.replace("\n", "¶"), size=1, prop=font)
        moved = Affine2D().scale(1.42, 0.78).translate(column + 0.07, ROWS - row - 0.72)
        paths.append(moved.transform_path(drawn))
    return text, paths


@cache
def _cells() -> list[list[tuple[int, int]]]:
    """Return the corners of each character's cell."""
    return [
        [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
        for y in reversed(range(ROWS))
        for x in range(COLUMNS)
    ]


@cache
def _states() -> np.ndarray:
    return states_along(learn_to_read().network, _letters()[0])


@demo(
    size=(8.4, 3.5),
    unit=Counter("unit, slowest first", 1, HIDDEN, 1),
)
def one_unit(figure: Figure, unit: int) -> str:
    """Draw a piece of text that the network has never seen, each character on the colour of a unit's state."""
    ax = figures.axes(figure)
    ax.set_position((0.01, 0.02, 0.98, 0.85))
    _, paths = _letters()
    shades = np.round(_states()[:, unit - 1] * SHADES) / SHADES / PALE
    tints = [to_hex(drawings.WEIGHTS((shade + 1) / 2)) for shade in shades]
    cells = PolyCollection(_cells(), facecolors=tints, edgecolors="none", antialiaseds=False)
    ax.add_collection(cells, autolim=False)
    ink = PathCollection(paths, facecolors=figures.INK, edgecolors="none", transform=ax.transData)
    ax.add_collection(ink, autolim=False)
    svg.keep(ink, lambda: svg.view(ax), _INK)
    ax.set(xlim=(0, COLUMNS), ylim=(0, ROWS))
    ax.set_axis_off()
    ax.set_title(f"unit {unit} of {HIDDEN}: green above 0, purple below")
    return (
        f"A piece of text, each character coloured by the state of unit {unit} of {HIDDEN} after "
        "reading it, green above 0 and purple below; units are sorted, the slowest first."
    )


_INK: svg.Texts = {}


@picture(size=(7.6, 3.6))
def reading_curves(figure: Figure, reader: Reader) -> str:
    """Draw the perplexity on both parts of the text by round, and that of the table of pairs."""
    ax = figures.axes(figure)
    drawings.curves(ax, reader.training, reader.validation, what="perplexity")
    ax.axhline(table_perplexity(), color=figures.INK, linestyle=":", linewidth=1.6)
    ax.text(len(reader.training), table_perplexity() + 0.3, "table of pairs", ha="right")
    ax.set(xlabel="times read", ylim=(0, 18))
    return (
        "The perplexity by the number of times that the text was read. Both curves fall, steeply "
        "at first; that on the new text passes the table of pairs, a level line at 10.1, in the "
        "second round, and ends below 6.5; that on the training text starts above it and ends "
        "below it."
    )
