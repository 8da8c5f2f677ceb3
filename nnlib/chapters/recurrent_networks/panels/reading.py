"""What a network writes that has read a text, and what one of its units does meanwhile."""

import re
import textwrap
from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
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


ROWS, COLUMNS = 7, 52
SHADES, PALE = 12, 2.5  # pale enough for ink to be read on them, on a dark page too
EXCERPT = 7  # where it begins in the validation text, so that it begins with a word


class _Letters(NamedTuple):
    """An excerpt, the place (column, row from below) of each of its characters, and the drawn ones as paths."""

    text: str
    places: list[tuple[int, int]]
    paths: list[Path]


@cache
def _letters() -> _Letters:
    """Return the excerpt as it is set: in rows that end with a word."""
    text, places = "", []
    column, row = 0, ROWS - 1
    for word in re.findall(r"\S+\s", text_of(text_parts()[1][EXCERPT : EXCERPT + ROWS * COLUMNS])):
        if column + len(word) > COLUMNS:
            column, row = 0, row - 1
        if row < 0:
            break
        places += [(column + place, row) for place in range(len(word))]
        text, column = text + word, column + len(word)
    return _Letters(text, places, _paths(text, places))


def _paths(text: str, places: list[tuple[int, int]]) -> list[Path]:
    font = FontProperties(family="DejaVu Sans Mono")
    return [
        Affine2D()
        .scale(1.42, 0.62)
        .translate(column + 0.07, row + 0.3)
        .transform_path(TextPath((0, 0), letter.replace("\n", "¶"), size=1, prop=font))
        for letter, (column, row) in zip(text, places, strict=True)
        if letter != " "
    ]


def _boxes(
    places: list[tuple[int, int]], low: float, high: float
) -> list[list[tuple[float, float]]]:
    """Return the corners of a part of each cell, from ``low`` to ``high``."""
    return [[(x, y + low), (x + 1, y + low), (x + 1, y + high), (x, y + high)] for x, y in places]


@cache
def _states() -> np.ndarray:
    return states_along(learn_to_read().network, _letters().text)


ORDERS = {"slowest first": "", "by spaces": " \n", "by vowels": "aeiou"}


@cache
def _order(order: str) -> np.ndarray:
    """Return the units in an order; after the first, by how strongly they go with some characters, up or down."""
    if not ORDERS[order]:
        return np.arange(HIDDEN)
    sought = [letter in ORDERS[order] for letter in _letters().text]
    together = np.corrcoef(_states().T, np.array(sought, float))[-1, :-1]
    return np.abs(together).argsort()[::-1]


@demo(
    size=(8.4, 3.5),
    order=Choice("sorted", list(ORDERS), "slowest first"),
    unit=Counter("unit", 1, HIDDEN, 1),
)
def one_unit(figure: Figure, order: str, unit: int) -> str:
    """Draw a piece of text that the network has never seen, each character on the colour of a unit's state."""
    ax = figures.axes(figure)
    ax.set_position((0.01, 0.02, 0.98, 0.85))
    states = _states()[:, _order(order)[unit - 1]]
    _draw_states(ax, np.round(states * SHADES) / SHADES)
    ax.set(xlim=(0, COLUMNS), ylim=(0, ROWS))
    ax.set_axis_off()
    ax.set_title(f"unit {unit} of {HIDDEN}, {order}: green above 0, purple underlined below")
    sorting = ", the slowest first" if order == "slowest first" else f" {order}, the surest first"
    return (
        f"A piece of text, each character coloured by the state of unit {unit} of {HIDDEN} after "
        f"reading it, green above 0, purple and underlined below; units are sorted{sorting}."
    )


def _draw_states(ax: Axes, states: np.ndarray) -> None:
    """Draw the excerpt, each character on a tint; those with a state (time,) below 0 are underlined too."""
    _, places, paths = _letters()
    tints = [to_hex(drawings.WEIGHTS((state / PALE + 1) / 2)) for state in states]
    below = [place for place, state in zip(places, states, strict=True) if state < 0]
    for boxes, colours in (
        (_boxes(places, 0, 1), tints),
        (_boxes(below, 0.05, 0.11), [figures.NEGATIVE]),
    ):
        look = {"facecolors": colours, "edgecolors": "none", "antialiaseds": False}
        ax.add_collection(PolyCollection(boxes, **look), autolim=False)
    ink = PathCollection(paths, facecolors=figures.INK, edgecolors="none", transform=ax.transData)
    ax.add_collection(ink, autolim=False)
    svg.keep(ink, lambda: svg.view(ax), _INK)


_INK: svg.Texts = {}


@picture(size=(7.6, 3.6))
def reading_curves(figure: Figure, reader: Reader) -> str:
    """Draw the perplexity on both parts of the text by round, and that of the table of pairs."""
    ax = figures.axes(figure)
    drawings.curves(ax, reader.training, reader.validation, what="perplexity")
    ax.axhline(table_perplexity(), color=figures.INK, linestyle=":", linewidth=1.6)
    ax.text(len(reader.training), table_perplexity() + 0.3, "table of pairs", ha="right")
    ax.set(xlabel="times read", ylim=(0, 18))
    ax.set_title("below the table after two rounds")
    return (
        "The perplexity by the number of times that the text was read. Both curves fall, steeply "
        "at first; that on the new text passes the table of pairs, a level line at 10.1, in the "
        "second round, and ends below 6.5; that on the training text starts above it and ends "
        "below it."
    )
