"""Windows on images: how many places they have, and what they show there.

Images are (n, height, width, channels). Convolution and pooling both look through a window that slides over the image;
what they make of it differs, where it goes does not.  Source: N24.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnlib.errors import describe, require_count

Pair = tuple[int, int]


Padding = int | str | Pair


def output_size(n: int, size: int, *, stride: int = 1, padding: int | str = 0) -> int:
    """Return how many places a window of ``size`` pixels has on n pixels: ⌊(n + p − size) / stride⌋ + 1.

    p are the zeros added on both sides together: 2 · padding, or 0 for "valid", or as many as ⌈n / stride⌉ places
    need for "same". From one place to the next, stride − 1 pixels are left out (E45).
    Raises ``ValueError`` or ``TypeError`` if the window does not fit or an argument is wrong.  Source: N24.
    """
    require_count("output_size", "n", n)
    require_count("output_size", "size", size)
    require_count("output_size", "stride", stride)
    if isinstance(padding, tuple | list):
        raise TypeError(
            "output_size got a pair as padding: expected one axis at a time, "
            "as in output_size(n, size, padding=padding[0])"
        )
    before, after = margins(n, size, stride, _one_way("output_size", padding))
    if n + before + after < size:
        raise ValueError(
            f"output_size got a window of {size} on {n + before + after} "
            "pixels: expected one that fits"
        )
    return (n + before + after - size) // stride + 1


def margins(n: int, size: int, stride: int, padding: int | str) -> Pair:
    """Return how many zeros go before and after n pixels; if "same" needs an odd number, one more goes after."""
    if padding == "valid":
        return 0, 0
    if padding != "same":
        return int(padding), int(padding)
    total = max((-(-n // stride) - 1) * stride + size - n, 0)
    return total // 2, total - total // 2


def require_padding(who: Any, padding: Any) -> Padding:
    """Return ``padding`` if it is "same", "valid", a whole number of at least 0 or a pair of them; else raise.

    A pair of equal numbers becomes the number.
    """
    if not isinstance(padding, tuple | list):
        return _one_way(who, padding)
    if len(padding) != 2 or any(isinstance(side, str | tuple | list) for side in padding):
        raise TypeError(
            f"{who} got padding = {padding!r}: "
            "expected a pair of whole numbers (above and below, left and right)"
        )
    down, right = (int(_one_way(who, side)) for side in padding)
    return down if down == right else (down, right)


def _one_way(who: Any, padding: Any) -> int | str:
    if isinstance(padding, str) and padding in ("same", "valid"):
        return padding
    if isinstance(padding, bool | str) or not isinstance(padding, int | np.integer):
        came = repr(padding) if isinstance(padding, str) else describe(padding)
        raise TypeError(f'{who} got padding = {came}: expected a whole number, "same" or "valid"')
    if padding < 0:
        raise ValueError(f"{who} got padding = {padding}: expected 0 or more")
    return int(padding)


def each_way(padding: Padding) -> tuple[int | str, int | str]:
    """Return the padding (above and below, left and right)."""
    return padding if isinstance(padding, tuple) else (padding, padding)


def places(shape: tuple[int, ...], size: Pair, stride: Pair) -> Pair:
    """Return how many (rows, columns) of places a window has on images of ``shape`` (n, h, w, c)."""
    return (shape[1] - size[0]) // stride[0] + 1, (shape[2] - size[1]) // stride[1] + 1


def parts(x: np.ndarray, size: Pair, stride: Pair) -> Iterator[np.ndarray]:
    """Yield, for each place in a window in row order, a view of what lies there in every window on x (n, h, w, c).

    Each is (n, rows, columns, c), with rows × columns the places of the window. What is added to it is added to x.
    """
    rows, columns = places(x.shape, size, stride)
    for u, v in np.ndindex(*size):
        down = slice(u, u + (rows - 1) * stride[0] + 1, stride[0])
        right = slice(v, v + (columns - 1) * stride[1] + 1, stride[1])
        yield x[:, down, right]


def require_room(who: Any, x: np.ndarray, size: Pair) -> np.ndarray:
    """Return ``x`` (n, h, w, c) if a window of ``size`` has room on it; else raise ``ValueError``."""
    if x.shape[1] < size[0] or x.shape[2] < size[1]:
        raise ValueError(
            f"{who} got images of {x.shape[1]}×{x.shape[2]} pixels, margins "
            f"included: expected {size[0]}×{size[1]} "
            "or more, as large as the window"
        )
    return x


def require_window(who: Any, x: np.ndarray, size: Any, stride: Any) -> Pair:
    """Return the places (rows, columns) of a window on x (n, h, w, c); raise if it has no room or is no pair."""
    for name, pair in (("size", size), ("stride", stride)):
        if not (isinstance(pair, tuple) and len(pair) == 2):
            came = repr(pair) if isinstance(pair, tuple | list) else describe(pair)
            raise TypeError(
                f"{who} got {name} = {came}: expected a pair (height, width), as (2, 2)"
            )
        require_count(who, name, pair[0])
        require_count(who, name, pair[1])
    return places(require_room(who, x, size).shape, size, stride)


def pair_text(pair: Pair) -> str:
    """Return "2" for (2, 2) and "2×3" for (2, 3)."""
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"
