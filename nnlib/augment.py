"""Augmentation: each time a network meets an image it is moved, turned, cropped, tinted or grainy, and means the same.

Images x are (n, height, width, channels), floats in [0, 1]; what comes back has the same shape, dtype and range, and x
itself stays as it was. With strength 0 it equals x. ``translated``, ``rotated``, ``cropped`` and ``hue_shifted`` do
exactly what they are told, by one number for all images or an array (n,) with one for each; ``translate``, ``rotate``,
``crop``, ``hue_shift`` and ``noise`` draw for each image, up to a strength, anew in each call: online augmentation, as
in ``fit(…, augment=lambda x, rng: augment.translate(x, 1, rng=rng))``.

All raise ``TypeError`` or ``ValueError`` for an x that is not such an array and for amounts that make no sense.
Source: S4, N34; Simard, Steinkraus, Platt, 2003.
"""

from typing import Any

import numpy as np

from nnlib._fast.blocks import by_blocks
from nnlib.errors import (
    describe,
    require_amount,
    require_finite,
    require_images,
    require_rng,
)

# What is done exactly.


def translated(x: np.ndarray, down: float | np.ndarray, right: float | np.ndarray) -> np.ndarray:
    """Return x moved by whole pixels, down and to the right; negative is up and to the left. What comes in is 0."""
    n, h, w, _ = _require_x("translated", x).shape
    down = _whole("translated", "down", down, n)
    right = _whole("translated", "right", right, n)
    return _read(x, np.arange(h)[:, None] - down, np.arange(w) - right)


def rotated(x: np.ndarray, degrees: float | np.ndarray) -> np.ndarray:
    """Return x turned anticlockwise, as you see it, about the middle of the image; what comes in is 0.

    The pixel at (i, j) from the middle, down and right, shows what was at (i cos + j sin, j cos − i sin): bilinear.
    """
    n, h, w, _ = _require_x("rotated", x).shape
    angle = np.deg2rad(_amounts("rotated", "degrees", degrees, n) % 360)
    # so that quarter turns come out exactly
    cos = np.cos(angle).round(15)
    sin = np.sin(angle).round(15)
    i, j = np.arange(h)[:, None] - (h - 1) / 2, np.arange(w) - (w - 1) / 2
    return _read(x, i * cos + j * sin + (h - 1) / 2, j * cos - i * sin + (w - 1) / 2)


def cropped(
    x: np.ndarray,
    top: float | np.ndarray,
    left: float | np.ndarray,
    pixels: float | np.ndarray,
) -> np.ndarray:
    """Return what a smaller window at (top, left) shows, enlarged to the size of x, bilinear.

    The window's shorter side has ``pixels`` fewer; the longer one is in proportion, so that nothing is stretched.
    Corner pixels of the window become corner pixels of the image: row i shows top + i (1 − pixels / (m − 1)), for m
    pixels on the shorter side. All are whole numbers; a window that leaves the image raises ``ValueError``.
    """
    n, h, w, _ = _require_x("cropped", x).shape
    pixels = _whole("cropped", "pixels", pixels, n)
    _require_between("cropped", "pixels", pixels, min(h, w) - 1)
    top = _whole("cropped", "top", top, n)
    left = _whole("cropped", "left", left, n)
    _require_between("cropped", "top", top, _room(h, (h, w), pixels))
    _require_between("cropped", "left", left, _room(w, (h, w), pixels))
    step = 1 - pixels / max(min(h, w) - 1, 1)
    rows = top + np.arange(h)[:, None] * step
    columns = left + np.arange(w) * step
    return _read(x, np.minimum(rows, h - 1), np.minimum(columns, w - 1))


def hue_shifted(x: np.ndarray, degrees: float | np.ndarray) -> np.ndarray:
    """Return x (n, h, w, 3), red, green and blue, with the hue of all colours turned: 120 makes red green.

    RGB → HSV → hue + degrees → RGB; value v = max and chroma v s = max − min stay.  Source: A. R. Smith, 1978.
    """
    _require_colours("hue_shifted", x)
    turns = _amounts("hue_shifted", "degrees", degrees, len(x)) % 360 / 60
    y = x.copy()

    def work(images: slice) -> None:
        moved = turns[images].astype(x.dtype)
        y[images] = np.where(moved[..., None] == 0, x[images], _turned(x[images], moved))

    by_blocks(work, len(x), 8 * x[0].nbytes)
    return y


# What is drawn for each image.


def translate(x: np.ndarray, pixels: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return x moved by whole pixels, each direction uniform from −pixels to pixels."""
    _require_x("translate", x)
    limit = _whole_strength("translate", pixels)
    down, right = require_rng("translate", rng).integers(-limit, limit + 1, (2, len(x)))
    return translated(x, down, right)


def rotate(x: np.ndarray, degrees: float, *, rng: np.random.Generator) -> np.ndarray:
    """Return x turned about its middle by an angle uniform from −degrees to degrees."""
    _require_x("rotate", x)
    limit = require_amount("rotate", "degrees", degrees)
    return rotated(x, require_rng("rotate", rng).uniform(-limit, limit, len(x)))


def crop(x: np.ndarray, pixels: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return what a window at a random place shows, enlarged; it is smaller by a number uniform from 0 to pixels."""
    n, h, w, _ = _require_x("crop", x).shape
    limit = _whole_strength("crop", pixels)
    _require_between("crop", "pixels", np.array([limit]), min(h, w) - 1)
    smaller = np.asarray(require_rng("crop", rng).integers(0, limit + 1, n))
    top = rng.integers(0, _room(h, (h, w), smaller) + 1)
    left = rng.integers(0, _room(w, (h, w), smaller) + 1)
    return cropped(x, top, left, smaller)


def hue_shift(x: np.ndarray, degrees: float, *, rng: np.random.Generator) -> np.ndarray:
    """Return x (n, h, w, 3) with the hue turned by an angle uniform from −degrees to degrees."""
    _require_colours("hue_shift", x)
    limit = require_amount("hue_shift", "degrees", degrees)
    return hue_shifted(x, require_rng("hue_shift", rng).uniform(-limit, limit, len(x)))


def noise(x: np.ndarray, amount: float, *, rng: np.random.Generator) -> np.ndarray:
    """Return x with Gaussian noise of the standard deviation ``amount`` on each number, clipped into [0, 1]."""
    _require_x("noise", x)
    amount = require_amount("noise", "amount", amount)
    y = require_rng("noise", rng).standard_normal(x.shape)
    y *= amount
    y += x
    return y.clip(0, 1, out=y).astype(x.dtype, copy=False)


# How it is done.


def _read(x: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return what x shows at fractional places, (n, h, w) or what broadcasts to it: bilinear, and 0 outside."""
    y = np.empty_like(x)

    def work(images: slice) -> None:
        # zeros for all that is outside
        framed = np.pad(x[images], ((0, 0), (1, 1), (1, 1), (0, 0)))
        i, down = _split(rows[images], x.shape[1], x.dtype)
        j, right = _split(columns[images], x.shape[2], x.dtype)
        n, h, w, c = framed.shape
        # in one row: the next one is to the right, w later is below
        pixels = framed.reshape(-1, c)
        at = (np.arange(n)[:, None, None] * h + i) * w + j
        above = _between(pixels.take(at, axis=0), pixels.take(at + 1, axis=0), right)
        below = _between(pixels.take(at + w, axis=0), pixels.take(at + w + 1, axis=0), right)
        y[images] = _between(above, below, down)

    by_blocks(work, len(x), 8 * x[0].nbytes)
    return y


def _split(place: np.ndarray, size: int, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixel before a place, counted in the frame, and how far on the way to the next one the place is."""
    place = place.clip(-1, size) + 1
    before = np.minimum(place.astype(int), size)
    return before, (place - before).astype(dtype)[..., None]


def _between(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return a if share = 0 and wherever a = b, exactly; and never, not even by rounding, less than 0 or over 1."""
    return a + share * (b - a)


def _turned(x: np.ndarray, sixths: np.ndarray) -> np.ndarray:
    """Return x with its hue, counted in sixths of a turn from red, moved on by ``sixths``."""
    red, green, blue = x[..., 0], x[..., 1], x[..., 2]
    value = x.max(axis=-1)
    chroma = value - x.min(axis=-1)
    safe = np.where(chroma == 0, 1, chroma)  # grey has no hue; any will do
    hue = np.select(
        [value == red, value == green],
        [(green - blue) / safe, (blue - red) / safe + 2],
        (red - green) / safe + 4,
    )
    k = (hue + sixths)[..., None] + np.array([5, 3, 1], x.dtype)
    k %= 6
    return value[..., None] - chroma[..., None] * np.minimum(k, 4 - k).clip(0, 1)


def _room(side: int, size: tuple[int, int], pixels: np.ndarray) -> np.ndarray:
    """Return how many whole pixels a cropping window can be moved along a side."""
    return (side - 1) * pixels // max(min(size) - 1, 1)


# What is refused.


def _require_x(who: str, x: Any) -> np.ndarray:
    require_images(who, x)
    if x.dtype.kind != "f":
        raise TypeError(
            f"{who} got x of dtype {x.dtype}: expected floats in [0, 1], as x / 255 makes of bytes"
        )
    require_finite(who, "x", x)
    if x.min() < 0 or x.max() > 1:
        raise ValueError(f"{who} got x from {x.min():g} to {x.max():g}: expected numbers in [0, 1]")
    return x


def _require_colours(who: str, x: Any) -> np.ndarray:
    if _require_x(who, x).shape[3] != 3:
        raise ValueError(
            f"{who} got x of shape {x.shape}: "
            "expected (n, height, width, 3), red, green and blue; grey has no hue"
        )
    return x


def _amounts(who: str, name: str, value: Any, n: int) -> np.ndarray:
    """Return one number for each image, (n, 1, 1), from one for all or an array (n,)."""
    if isinstance(value, bool) or not isinstance(
        value, int | float | np.integer | np.floating | np.ndarray
    ):
        raise TypeError(
            f"{who} got {name} as {describe(value)}: "
            "expected a number, or an array with one for each image"
        )
    values = np.asarray(value)
    if values.dtype.kind not in "iuf":
        raise TypeError(f"{who} got {name} of dtype {values.dtype}: expected numbers")
    if values.shape not in ((), (n,)):
        raise ValueError(
            f"{who} got {name} of shape {values.shape}: "
            f"expected one number, or ({n},) for {n} images"
        )
    require_finite(who, name, np.atleast_1d(values))
    return np.broadcast_to(values, n)[:, None, None]


def _whole(who: str, name: str, value: Any, n: int) -> np.ndarray:
    values = _amounts(who, name, value, n)
    if (values != np.rint(values)).any():
        raise ValueError(
            f"{who} got {name} = {values[values != np.rint(values)][0]:g}: expected whole pixels"
        )
    return values.astype(int)


def _require_between(who: str, name: str, values: np.ndarray, most: Any) -> None:
    wrong = (values < 0) | (values > most)
    if wrong.any():
        limit = np.broadcast_to(most, values.shape)[wrong][0]
        raise ValueError(
            f"{who} got {name} = {values[wrong][0]}: expected 0 to {limit}, so that a window fits"
        )


def _whole_strength(who: str, pixels: Any) -> int:
    if require_amount(who, "pixels", pixels) % 1:
        raise ValueError(f"{who} got pixels = {pixels}: expected whole pixels")
    return int(pixels)
