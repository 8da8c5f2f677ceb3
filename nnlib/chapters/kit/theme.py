"""Pictures in the dark: the same hues, where light paper becomes dark, dark ink light, and what is coloured stays so.

The page is told by its theme; a picture is drawn in light colours once, and its SVG is painted over.
"""

import re
from functools import cache

import numpy as np

# Of an SVG as matplotlib writes it: style="fill: #dcebf5; stroke: #333333"
COLOUR = re.compile(r"(?<=: )#[0-9a-f]{6}\b")
# Björn Ottosson's OKLab (2020): linear light to cones, and their cube roots to lightness, green–red, blue–yellow
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
# lightness: that of #111111 for white, how much is added for what is darker, and its end; what is coloured
WHITE_BECOMES, STRETCH, BRIGHTEST, COLOURS = 0.178, 1.3, 0.92, (0.66, 0.76)
# chroma up to which a colour is a tint of the paper, and from which it is coloured
TINT, COLOURED = 0.04, 0.10


def painted(svg: str, dark: bool) -> str:
    """Return an SVG for a dark page, or as it is."""
    return COLOUR.sub(lambda found: in_the_dark(found[0]), svg) if dark else svg


@cache
def in_the_dark(colour: str) -> str:
    """Return what a colour "#rrggbb" becomes on a dark page."""
    lightness, a, b = to_lab(colour)
    chroma = float(np.hypot(a, b))
    turned = min(WHITE_BECOMES + STRETCH * (1 - lightness), BRIGHTEST)
    coloured = np.clip((chroma - TINT) / (COLOURED - TINT), 0, 1)
    new = (1 - coloured) * turned + coloured * np.clip(turned, *COLOURS)
    return _nearest(float(new), a, b)


def to_lab(colour: str) -> np.ndarray:
    """Return lightness, a and b (OKLab) of a colour "#rrggbb"."""
    light = to_light(colour)
    return LAB @ np.cbrt(CONES @ light)


def to_light(colour: str) -> np.ndarray:
    """Return red, green and blue as amounts of light from 0 to 1."""
    shares = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours "#rrggbb", from 1 to 21.  Source: WCAG 2.2."""
    weights = [0.2126, 0.7152, 0.0722]
    dark, bright = sorted(float(to_light(colour) @ weights) for colour in (one, other))
    return (bright + 0.05) / (dark + 0.05)


def _nearest(lightness: float, a: float, b: float) -> str:
    """The colour of this lightness and hue, and of as much of its chroma as a screen can show."""
    for share in np.linspace(1, 0, 21):
        lab = np.array([lightness, share * a, share * b])
        light = np.linalg.solve(CONES, np.linalg.solve(LAB, lab) ** 3)
        if light.min() > -1e-4 and light.max() < 1 + 1e-4:
            break
    light = light.clip(0, 1)
    shares = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * share):02x}" for share in shares)
