"""Changed pictures that mean the same, or not: what augmentation shows a network, and what the network says."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.regularization.experiments.augmenting import (
    CHANGES,
    change_images,
    first_digit_read,
    largest_change,
    middle_of_the_photo,
    train_on_upright_digits,
)

COLUMNS, SHOWN = 4, 8  # pictures in a row, and in all
PICTURES = {"a six": 6, "a three": 3, "a two": 2, "the photograph": None}


@demo(
    size=(8.4, 4.6),
    picture=Choice("picture", list(PICTURES), "a six"),
    kind=Choice("change", list(CHANGES), "rotate"),
    strength=Slider("strength, of the most", 0, 1, 0.5, ticks=(1,)),
    again=Steps("draw", 20, 0, interval=700),
)
def augmentation(figure: Figure, picture: str, kind: str, strength: float, again: int) -> str:
    """Draw a picture and seven changed ones; over digits what a network says that never saw a changed one."""
    ax = figures.axes(figure)
    digit, strength = PICTURES[picture], round(strength, 2)
    many = np.repeat(
        middle_of_the_photo() if digit is None else first_digit_read(digit), SHOWN, axis=0
    )
    many[1:] = change_images(many[1:], kind, strength, rng=np.random.default_rng(again))
    _paint_page(ax, many if digit is None else 1 - many)
    words = _write_what_is_said(ax, many, digit)
    figure.subplots_adjust(left=0.02, right=0.98, top=0.92, bottom=0.02)
    how = _how(kind, strength, many.shape[2])
    colourless = kind == "hue shift" and many.shape[3] == 1
    note = "a grey digit has no hue: nothing changes" if colourless else "the first is as it is"
    ax.set_title(f"{how}, draw {again}; {note}")
    return (
        f"{picture.capitalize()} and seven changed ones, {how} ({100 * strength:.0f} % of the "
        f"most), draw {again}.{f' Here {note}.' * colourless}{words}"
    )


def _how(kind: str, strength: float, width: int) -> str:
    """Return a change in words, with its amount for pictures of ``width`` pixels."""
    most, unit = largest_change(kind, width)
    amount = f"{round(strength * most) if unit else round(strength * most, 2):g}{unit}"
    amount = "1 pixel" if amount == "1 pixels" else amount
    return f"{kind} of size {amount}" if kind == "noise" else f"{kind} by up to {amount}"


def _write_what_is_said(ax: Axes, images: np.ndarray, digit: int | None) -> str:
    """Write over each image (n, h, w, c) which digit the network sees in it, and return how often it is wrong."""
    side = images.shape[1]
    if digit is None:
        _write(ax, side, 0, "as it is", wrong=False)
        return ""
    said = train_on_upright_digits().classify(images)
    for place, label in enumerate(said):
        _write(ax, side, place, f"says {label}", wrong=bool(label != digit))
    return (
        f" A network that never saw such changes misreads {(said[1:] != digit).sum()} of the seven."
    )


def _corner(side: int, place: int) -> tuple[int, int]:
    """Return the upper left pixel of a picture on the page; over each is room for a word."""
    step = side + max(3, side // 4)
    return step * (place // COLUMNS + 1) - side, step * (place % COLUMNS)


def _paint_page(ax: Axes, images: np.ndarray) -> None:
    """Draw images (n, h, w, c) on one page."""
    side = images.shape[1]
    bottom, right = _corner(side, SHOWN - 1)[0] + side, _corner(side, COLUMNS - 1)[1] + side
    page = np.zeros((bottom, right, 4))  # nothing between them: words stand on the page's own paper
    corners = [_corner(side, place) for place in range(len(images))]
    for (top, left), image in zip(corners, images, strict=True):
        page[top : top + side, left : left + side, :3] = image
        page[top : top + side, left : left + side, 3] = 1
    ax.imshow(page.clip(0, 1), interpolation="none")
    drawings.frames(ax, (side, side), corners)
    ax.set_axis_off()


def _write(ax: Axes, side: int, place: int, word: str, *, wrong: bool) -> None:
    """Write a word over a picture, in bold if it is wrong."""
    top, left = _corner(side, place)
    look = {
        "color": figures.DARK_RED if wrong else figures.INK,
        "weight": "bold" if wrong else "normal",
        "fontsize": 12,
    }
    ax.text(left + side / 2, top - 0.09 * side, word, ha="center", **look)
