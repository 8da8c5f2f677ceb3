"""Pictures in the dark: every colour of the course has contrast there, and what is dark and light changes places."""

import numpy as np
import pytest

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.theme import contrast, in_the_dark, painted, to_lab

PAPER, DARK_PAPER = "#ffffff", "#111111"
LINES = [
    figures.BLUE,
    figures.RED,
    figures.GREEN,
    figures.PURPLE,
    figures.NEGATIVE,
    figures.DARK_ORANGE,
]


def test_paper_and_ink_change_places():
    assert in_the_dark(PAPER) == DARK_PAPER
    assert contrast(in_the_dark(figures.INK), DARK_PAPER) > 12
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # of WCAG's examples


@pytest.mark.parametrize("colour", [*LINES, figures.ORANGE])
def test_what_is_coloured_keeps_its_hue_and_is_seen(colour):
    new = in_the_dark(colour.lower())
    assert contrast(new, DARK_PAPER) >= 4.5
    (_, *hue), (_, *other) = to_lab(colour.lower()), to_lab(new)
    turned = np.angle(complex(*hue) / complex(*other), deg=True)
    assert abs(turned) < 5
    assert np.hypot(*other) > 0.05


@pytest.mark.parametrize("colour", [figures.DARK_ORANGE, figures.DARK_RED, figures.INK])
def test_colours_of_words_are_read_on_white_and_in_the_dark(colour):
    assert contrast(colour.lower(), PAPER) >= 4.5
    assert contrast(in_the_dark(colour.lower()), DARK_PAPER) >= 4.5


@pytest.mark.parametrize("tint", figures.CLASS_TINTS)
def test_tints_are_dark_and_ink_and_points_are_seen_on_them(tint):
    dark = in_the_dark(tint.lower())
    assert 1.15 < contrast(dark, DARK_PAPER) < 2
    assert contrast(in_the_dark(figures.INK), dark) >= 7
    for colour in figures.CLASS_COLOURS:
        assert contrast(in_the_dark(colour.lower()), dark) >= 3


def test_the_higher_the_brighter():
    heights = [figures.matplotlib.colors.to_hex(figures.HEIGHTS(k)) for k in np.linspace(0, 1, 13)]
    lightness = [to_lab(in_the_dark(colour))[0] for colour in heights]
    assert (np.diff(lightness) > -0.01).all()
    assert lightness[-1] - lightness[0] > 0.4


def test_only_colours_are_painted():
    fig = figures.figure(2, 2)
    ax = figures.axes(fig)
    ax.imshow(np.eye(3), cmap="gray_r")
    ax.plot([0, 1], [0, 1], color=figures.RED)
    ax.set_title("#d55e00")
    light = figures.image_tag(fig, "a line", "svg")
    dark = figures.image_tag(fig, "a line", "svg", dark=True)
    assert light != dark
    assert painted("x", dark=False) == "x"
    svg = '<path style="fill: none; stroke: #d55e00" clip-path="url(#d55e00)"/><text>#d55e00'
    new = in_the_dark("#d55e00")
    assert painted(svg, dark=True) == svg.replace("stroke: #d55e00", f"stroke: {new}")
