"""Changed pictures that mean the same, or not: what augmentation shows a network, and what the network says."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib import augment
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Steps, choice, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.chapters.regularization.panels.learning import BATCH, RATE, handful, plain
from nnlib.datasets import load_photo
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit

COLUMNS, SHOWN = 4, 8  # pictures in a row, and in all


@cache
def photo() -> np.ndarray:
    """Return the middle of the photograph, (1, 96, 96, 3): means of 4 × 4 pixels."""
    part = load_photo()[40:424, 60:444]
    return part.reshape(1, 96, 4, 96, 4, 3).mean(axis=(2, 4))


@cache
def reader() -> Network:
    """Return a plain network that has learnt 450 digits as they are, for 60 epochs."""
    data, rng = handful(450), np.random.default_rng(0)
    network = plain(rng)
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), RATE)
    fit(*parts, data.training, epochs=60, batch_size=BATCH, rng=rng)
    return network


@cache
def well_read(digit: int) -> np.ndarray:
    """Return the first test digit of a kind that the reader reads, (1, 8, 8, 1)."""
    x, y = handful(450).test
    rows = np.flatnonzero((y == digit) & (reader().classify(x) == digit))
    return x[rows[:1]]


PICTURES = {"a six": 6, "a three": 3, "a two": 2, "the photograph": None}
KINDS = ("rotate", "translate", "crop", "noise", "hue shift")


def limits(kind: str, width: int) -> tuple[float, str]:
    """Return the largest amount of a change for a picture of ``width`` pixels, and its unit."""
    return {
        "rotate": (180.0, "°"),
        "translate": (width // 2, " pixels"),
        "crop": (width // 2, " pixels"),
        "noise": (1.0, ""),
        "hue shift": (180.0, "°"),
    }[kind]


def changed(x: np.ndarray, kind: str, strength: float, *, rng: np.random.Generator) -> np.ndarray:
    """Return x (n, h, w, c) changed at random; ``strength``, 0 to 1, is a share of the largest amount.

    A grey picture stays as it is where the hue is shifted: it has none.
    """
    amount: Any = strength * limits(kind, x.shape[2])[0]
    if kind == "hue shift":
        return x if x.shape[3] == 1 else augment.hue_shift(x, amount, rng=rng)
    if kind in ("translate", "crop"):
        amount = round(amount)
    rule: Any = {
        "rotate": augment.rotate,
        "translate": augment.translate,
        "crop": augment.crop,
        "noise": augment.noise,
    }
    return rule[kind](x, amount, rng=rng)


def draw_changes(figure: Figure, picture: str, kind: str, strength: float, again: int) -> str:
    """Draw a picture and seven changed ones; over digits what a network says that never saw a changed one."""
    ax = figures.axes(figure)
    digit, strength = PICTURES[picture], round(strength, 2)
    many = np.repeat(photo() if digit is None else well_read(digit), SHOWN, axis=0)
    many[1:] = changed(many[1:], kind, strength, rng=np.random.default_rng(again))
    said = [] if digit is None else [int(label) for label in reader().classify(many)]
    side = many.shape[1]
    _paint_page(ax, many if digit is None else 1 - many)
    for place in range(SHOWN if said else 1):
        _name(
            ax,
            side,
            place,
            f"says {said[place]}" if said else "as it is",
            wrong=bool(said and said[place] != digit),
        )
    figure.subplots_adjust(left=0.02, right=0.98, top=0.92, bottom=0.02)
    most, unit = limits(kind, side)
    amount = f"{round(strength * most) if unit else round(strength * most, 2):g}{unit}"
    if amount == "1 pixels":
        amount = "1 pixel"
    how = f"{kind} of size {amount}" if kind == "noise" else f"{kind} by up to {amount}"
    ax.set_title(f"{how}, draw {again}; the first is as it is")
    wrong = sum(label != digit for label in said[1:])
    words = (
        f" Of the seven, a network that never saw such changes reads {wrong} as another digit."
        if said
        else ""
    )
    return (
        f"{picture.capitalize()} and seven changed ones, {how} ({100 * strength:.0f} % of the most), "
        f"draw {again}.{words}"
    )


def _corner(side: int, place: int) -> tuple[int, int]:
    """Return the upper left pixel of a picture on the page; over each is room for a word."""
    step = side + max(3, side // 4)
    return step * (place // COLUMNS + 1) - side, step * (place % COLUMNS)


def _paint_page(ax: Axes, images: np.ndarray) -> None:
    """Draw images (n, h, w, c) on one page."""
    side = images.shape[1]
    bottom, right = (
        end + side for end in (_corner(side, SHOWN - 1)[0], _corner(side, COLUMNS - 1)[1])
    )
    page = np.ones((bottom, right, images.shape[3]))
    for place, image in enumerate(images):
        top, left = _corner(side, place)
        page[top : top + side, left : left + side] = image
    ax.imshow(page.squeeze(), cmap="gray", vmin=0, vmax=1, interpolation="none")
    ax.set_axis_off()


def _name(ax: Axes, side: int, place: int, name: str, *, wrong: bool) -> None:
    """Write a word over a picture, in bold where it is wrong."""
    top, left = _corner(side, place)
    colour, weight = (figures.RED, "bold") if wrong else (figures.INK, "normal")
    ax.text(
        left + side / 2,
        top - 0.09 * side,
        name,
        ha="center",
        fontsize=12,
        color=colour,
        weight=weight,
    )


def changes() -> Panel:
    """Choose a picture, what is done to it and how strongly, and draw again."""
    return Panel(
        draw_changes,
        size=(8.4, 4.6),
        picture=choice("picture", list(PICTURES), "a six"),
        kind=choice("change", list(KINDS), "rotate"),
        strength=slider("strength, of the most", 0, 1, 0.5),
        again=Steps("draw", 20, value=0, interval=700),
    )
