"""Pooling: what a small window shows, in one number, channel by channel. Images get smaller, small shifts matter less.

Ordered by rising difficulty: the mean, a weighted mean, the length, the largest. All take x (n, height, width,
channels) to y (n, rows, columns, channels), with as many rows and columns as the window has places; if the windows do
not cover the last rows or columns, these are left out. First the functions and their slopes, then the layers.

``parts`` shows what lies at each place (u, v) in the window, for all windows at once: p₁, p₂, …, each of y's shape.
Source: N26; S4.
"""

from functools import reduce
from typing import Any

import numpy as np

from nnlib._fast import pooling as fast
from nnlib._fast.choice import or_faster
from nnlib.errors import (
    describe,
    require_flag,
    require_images,
    require_pair,
    require_rank,
    require_shape,
)
from nnlib.layers import Layer
from nnlib.numerics import floats
from nnlib.parameter import Parameter
from nnlib.windows import Pair, pair_text, parts, require_room, require_window


def _require_forward(who: str, x: Any, size: Any, stride: Any) -> tuple[int, int, int, int]:
    """Return the shape of y if a window can look at images x; else raise."""
    n, _, _, channels = require_images(who, x).shape
    return n, *require_window(who, x, size, stride), channels


def _require_backward(who: str, dy: Any, x: Any, y: Any, size: Any, stride: Any) -> None:
    shape = _require_forward(who, x, size, stride)
    require_shape(who, "y", y, shape)
    require_shape(who, "dy", dy, shape)


def _require_weights(who: str, x: Any, W: Any, stride: Any) -> tuple[int, int, int, int]:
    require_rank(who, "W", W, 2, "(height, width)")
    return _require_forward(who, x, W.shape, stride)


def _require_weights_back(
    who: str, dy: Any, x: Any, W: Any, stride: Any, *, needs_dW: bool = True
) -> None:
    require_shape(who, "dy", dy, _require_weights(who, x, W, stride))


@or_faster(fast.avg_pool, _require_forward)
def avg_pool(x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    """Return y = (p₁ + p₂ + …) / (number of pixels)."""
    return reduce(np.add, parts(x, size, stride)) / (size[0] * size[1])


@or_faster(fast.avg_pool_grad, _require_backward)
def avg_pool_grad(
    dy: np.ndarray, x: np.ndarray, y: np.ndarray, size: Pair, stride: Pair
) -> np.ndarray:
    """Return dx: each pixel gets dy / (number of pixels) from every window that shows it."""
    dx = np.zeros(x.shape, dy.dtype)
    for d_part in parts(dx, size, stride):
        d_part += dy / (size[0] * size[1])
    return dx


@or_faster(fast.weighted_avg_pool, _require_weights)
def weighted_avg_pool(x: np.ndarray, W: np.ndarray, stride: Pair) -> np.ndarray:
    """Return y = w₁ p₁ + w₂ p₂ + …, with W (height, width)."""
    weighted = (w * part for w, part in zip(W.flat, parts(x, W.shape, stride), strict=True))
    return reduce(np.add, weighted)


@or_faster(fast.weighted_avg_pool_grad, _require_weights_back)
def weighted_avg_pool_grad(
    dy: np.ndarray,
    x: np.ndarray,
    W: np.ndarray,
    stride: Pair,
    *,
    needs_dW: bool = True,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return (dx, dW): each pixel gets w dy from every window that shows it, each weight Σ dy p."""
    dx = np.zeros(x.shape, dy.dtype)
    for w, d_part in zip(W.flat, parts(dx, W.shape, stride), strict=True):
        d_part += w * dy
    if not needs_dW:
        return dx, None
    dW = np.array([(dy * part).sum() for part in parts(x, W.shape, stride)])
    return dx, dW.reshape(W.shape)


@or_faster(fast.l2_pool, _require_forward)
def l2_pool(x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    """Return y = √(p₁² + p₂² + …)."""
    try:
        with np.errstate(over="raise", under="raise"):
            return np.sqrt(reduce(np.add, (part**2 for part in parts(x, size, stride))))
    except FloatingPointError:  # a square is too large or too small for floats, y need not be
        return reduce(np.hypot, parts(x, size, stride), np.zeros((), x.dtype))


@or_faster(fast.l2_pool_grad, _require_backward)
def l2_pool_grad(
    dy: np.ndarray, x: np.ndarray, y: np.ndarray, size: Pair, stride: Pair
) -> np.ndarray:
    """Return dx: each pixel gets dy · x / y, and where y = 0 we choose the slope 0."""
    dx = np.zeros(x.shape, dy.dtype)
    length = np.where(y == 0, 1, y)
    try:
        with np.errstate(over="raise", under="raise"):
            slope = dy / length
        slopes = (slope * part for part in parts(x, size, stride))
    except FloatingPointError:  # dy / y is too large or too small for floats, x / y never is
        slopes = (dy * (part / length) for part in parts(x, size, stride))
    for d_part, d_pixels in zip(parts(dx, size, stride), slopes, strict=True):
        d_part += d_pixels
    return dx


@or_faster(fast.max_pool, _require_forward)
def max_pool(x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    """Return y = max(p₁, p₂, …), number by number, where pₖ (from ``parts``) holds the k-th cell of every window.

    x (n, height, width, channels), y (n, rows, columns, channels).
    """
    first, *others = parts(x, size, stride)
    return reduce(np.maximum, others, first.copy())


@or_faster(fast.max_pool_grad, _require_backward)
def max_pool_grad(
    dy: np.ndarray, x: np.ndarray, y: np.ndarray, size: Pair, stride: Pair
) -> np.ndarray:
    """Return dx: dy goes to the largest pixel alone; if several are equal, to the first, row by row.

    If there is NaN in a window it counts as the largest, as in ``max_pool``.
    """
    dx = np.zeros(x.shape, dy.dtype)
    # windows whose largest pixel has not been found yet
    waiting = np.ones(y.shape, bool)
    for part, d_part in zip(parts(x, size, stride), parts(dx, size, stride), strict=True):
        found = waiting & (part == y)
        d_part += dy * found
        waiting = waiting & ~found
    if np.count_nonzero(waiting):  # NaN is not even equal to itself
        dx += max_pool_grad(
            np.where(waiting, dy, 0), 1.0 * np.isnan(x), 1.0 * waiting, size, stride
        )
    return dx


class Pool2D(Layer):
    """What all have in common: a window of ``size`` pixels, moved by ``stride``, which is ``size`` unless given.

    Both are numbers or pairs (height, width); with a stride below the size windows overlap. A kind of pooling names its
    function ``pool`` and that one's slopes ``pool_grad``.
    Raises ``ValueError`` or ``TypeError`` naming the layer if an argument is wrong or x is smaller than the window.
    """

    def __init__(self, size: int | Pair, stride: int | Pair | None = None) -> None:
        name = type(self).__name__
        self.size = require_pair(name, "size", size)
        self.stride = self.size if stride is None else require_pair(name, "stride", stride)

    def pool(self, x: np.ndarray) -> np.ndarray:
        """Return y (n, rows, columns, channels)."""
        raise NotImplementedError(f"{self} has no pool")

    def pool_grad(self, dy: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return dx (n, height, width, channels), and add to the gradients of what is learnt."""
        raise NotImplementedError(f"{self} has no pool_grad")

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return y (n, rows, columns, channels)."""
        x = floats(self, "x", require_room(self, require_images(self, x), self.size))
        y = self.pool(x)
        self.cache = x, y
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx: what a pixel gets from all windows that show it, added up."""
        x, y = self.recall()
        return self.pool_grad(require_shape(self, "dy", dy, y.shape), x, y)

    def window(self) -> tuple[Pair, Pair]:
        """Return (size, stride)."""
        return self.size, self.stride

    def config(self) -> dict[str, Any]:
        """Return size and stride."""
        return {"size": list(self.size), "stride": list(self.stride)}

    def __repr__(self) -> str:
        stride = "" if self.stride == self.size else f", stride {pair_text(self.stride)}"
        return f"{type(self).__name__}({self.size[0]}×{self.size[1]}{stride})"


class AvgPool2D(Pool2D):
    """y = mean of the window; each pixel gets dy / (number of pixels).  Source: N26."""

    def pool(self, x: np.ndarray) -> np.ndarray:
        """Return the means."""
        return avg_pool.unchecked(x, self.size, self.stride)

    def pool_grad(self, dy: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return dx: dy / (number of pixels) to all."""
        return avg_pool_grad.unchecked(dy, x, y, self.size, self.stride)


class WeightedAvgPool2D(Pool2D):
    """y = Σ w x over the window, with the same weights w (height, width) at every place and for every channel.

    ``weights`` are given as an array, none below 0, and divided by their sum; without them they fall with the distance
    d from the middle of the window as 1 / (1 + d). With ``learn=True`` they are where learning starts: a parameter W
    that may then become anything, dW = Σ dy x; else they stay as they are.
    Raises ``ValueError`` or ``TypeError`` if the weights do not fit or have no sum.  Source: N26.
    """

    def __init__(
        self,
        size: int | Pair,
        stride: int | Pair | None = None,
        *,
        weights: np.ndarray | list | None = None,
        learn: bool = False,
    ) -> None:
        super().__init__(size, stride)
        self.learn = require_flag(self, "learn", learn)
        values = falling_weights(self.size) if weights is None else _numbers(self, weights)
        require_shape(self, "weights", values, self.size)
        if not (values >= 0).all() or not 0 < values.sum() < np.inf:
            raise ValueError(
                f"{self} got weights {values.tolist()}: expected none below 0, with a sum above 0"
            )
        self.W = Parameter(values / values.sum(), f"{self}.W")

    def pool(self, x: np.ndarray) -> np.ndarray:
        """Return Σ w x."""
        return weighted_avg_pool.unchecked(x, self.W.value, self.stride)

    def pool_grad(self, dy: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return dx: w dy to all; add Σ dy x to dW if it is learnt."""
        dx, dW = weighted_avg_pool_grad.unchecked(
            dy, x, self.W.value, self.stride, needs_dW=self.learn
        )
        if dW is not None:
            self.W.add_grad(dW)
        return dx

    def parameters(self) -> list[Parameter]:
        """Return [W] if it is learnt, else nothing."""
        return [self.W] if self.learn else []

    def statistics(self) -> list[Parameter]:
        """Return [W] if it is not learnt: it is saved all the same."""
        return [] if self.learn else [self.W]

    def config(self) -> dict[str, Any]:
        """Return size, stride and whether the weights are learnt."""
        return {**super().config(), "learn": self.learn}


class L2Pool2D(Pool2D):
    """y = √Σ x², the length of the window as a vector, no mean; dx = dy · x / y, and 0 where y = 0.  Source: N26."""

    def pool(self, x: np.ndarray) -> np.ndarray:
        """Return √Σ x²."""
        return l2_pool.unchecked(x, self.size, self.stride)

    def pool_grad(self, dy: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return dx: dy · x / y to each."""
        return l2_pool_grad.unchecked(dy, x, y, self.size, self.stride)


class MaxPool2D(Pool2D):
    """The largest number in each window, for each channel.

    Going back, that pixel gets all of dy; if several are equal, the first, row by row. ``size`` is that of the window,
    a number or a pair (height, width); ``stride`` is the same unless given.  Source: N26.
    """

    def pool(self, x: np.ndarray) -> np.ndarray:
        """Return the largest."""
        return max_pool.unchecked(x, self.size, self.stride)

    def pool_grad(self, dy: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return dx: dy to the first pixel of the window that is as large as y."""
        return max_pool_grad.unchecked(dy, x, y, self.size, self.stride)


class GlobalAvgPool2D(Layer):
    """y = mean of the whole image for each channel: x (n, height, width, channels) of any size, y (n, channels).

    Each pixel gets dy / (number of pixels).  Source: Lin, Chen and Yan, 2014; N26.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return y (n, channels)."""
        self.cache = require_images(self, x).shape
        return x.mean(axis=(1, 2))

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx: dy / (number of pixels) to all."""
        n, height, width, channels = self.recall()
        share = require_shape(self, "dy", dy, (n, channels)) / (height * width)
        return np.tile(share[:, None, None, :], (1, height, width, 1))


class GlobalMaxPool2D(Layer):
    """y = the largest of the whole image for each channel: x (n, height, width, channels) of any size, y (n, channels).

    Whether something is in the picture, wherever it is. dy goes to that pixel alone, and of equal ones to the first in
    row order.  Source: N26.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return y (n, channels)."""
        n, height, width, channels = require_images(self, x).shape
        pixels = floats(self, "x", x).reshape(n, height * width, channels)
        self.cache = x.shape, pixels.argmax(axis=1)
        return pixels.max(axis=1)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx: dy to the first pixel that is as large as y."""
        (n, height, width, channels), first = self.recall()
        require_shape(self, "dy", dy, (n, channels))
        dx = np.zeros((n, height * width, channels), dy.dtype)
        np.put_along_axis(dx, first[:, None, :], dy[:, None, :], axis=1)
        return dx.reshape(n, height, width, channels)


def falling_weights(size: Pair) -> np.ndarray:
    """Return weights 1 / (1 + d), d the distance in pixels from the middle of a window of ``size``."""
    size = require_pair("falling_weights", "size", size)
    rows, columns = (np.arange(n) - (n - 1) / 2 for n in size)
    return 1 / (1 + np.hypot(rows[:, None], columns))


def _numbers(who: Any, weights: Any) -> np.ndarray:
    try:
        array = np.asarray(weights)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{who} got {describe(weights)} as weights: expected an array of numbers")
    return array.astype(float)
