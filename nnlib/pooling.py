"""Pooling: what a small window shows, in one number, channel by channel. Images get smaller, small shifts matter less.

Ordered by rising difficulty: the mean, a weighted mean, the length, the largest. All take x (n, height, width,
channels) to (n, rows, columns, channels); where the windows do not cover the last rows or columns, these are left out.
Source: N26; S4.
"""

from typing import Any

import numpy as np

from nnlib.blocks import by_blocks
from nnlib.errors import require_images, require_pair, require_shape
from nnlib.layers import Layer
from nnlib.parameter import Parameter
from nnlib.windows import Pair, pair_text, parts, places, require_room


class Pool2D(Layer):
    """What all have in common: a window of ``size`` pixels, moved by ``stride``, which is ``size`` unless given.

    Both are numbers or pairs (height, width); with a stride below the size windows overlap. A kind of pooling says how
    ``pool`` makes one image of the parts, and how ``unpool`` gives each part its share of dy.
    Raises ``ValueError`` or ``TypeError`` naming the layer where an argument is wrong or x is smaller than the window.
    """

    def __init__(self, size: int | Pair, stride: int | Pair | None = None) -> None:
        name = type(self).__name__
        self.size = require_pair(name, "size", size)
        self.stride = self.size if stride is None else require_pair(name, "stride", stride)

    def pool(self, parts: list[np.ndarray], y: np.ndarray) -> None:
        """Write y (n, rows, columns, c) from one part of the same shape for each place in the window, in row order."""
        raise NotImplementedError

    def unpool(
        self, dy: np.ndarray, parts: list[np.ndarray], y: np.ndarray, d_parts: list[np.ndarray]
    ) -> None:
        """Add to each of ``d_parts`` dy times the slope of y by the part."""
        raise NotImplementedError

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return y (n, rows, columns, channels)."""
        require_room(self, require_images(self, x), self.size)
        x = x if x.dtype.kind == "f" else x.astype(float)
        y = np.empty((len(x), *places(x.shape, self.size, self.stride), x.shape[3]), x.dtype)
        by_blocks(lambda images: self.pool(self.parts(x[images]), y[images]), len(x), x[0].nbytes)
        self.cache = x, y
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx: what a pixel gets from all windows that show it, added up."""
        x, y = self.recall()
        require_shape(self, "dy", dy, y.shape)
        dx = np.zeros(x.shape, dy.dtype)

        def work(images: slice) -> None:
            self.unpool(dy[images], self.parts(x[images]), y[images], self.parts(dx[images]))

        by_blocks(work, len(x), x[0].nbytes)
        self.learn_from(dy, x)
        return dx

    def learn_from(self, dy: np.ndarray, x: np.ndarray) -> None:
        """Add to the gradients of what is learnt; nothing unless told otherwise."""

    def parts(self, x: np.ndarray) -> list[np.ndarray]:
        """Return the views of x, one for each place in the window."""
        return list(parts(x, self.size, self.stride))

    def config(self) -> dict[str, Any]:
        """Return size and stride."""
        return {"size": list(self.size), "stride": list(self.stride)}

    def __repr__(self) -> str:
        stride = "" if self.stride == self.size else f", stride {pair_text(self.stride)}"
        return f"{type(self).__name__}({self.size[0]}×{self.size[1]}{stride})"


class AvgPool2D(Pool2D):
    """y = mean of the window; each pixel gets dy / (number of pixels).  Source: N26."""

    def pool(self, parts: list[np.ndarray], y: np.ndarray) -> None:
        """Write the mean."""
        y[...] = parts[0]
        for part in parts[1:]:
            y += part
        y /= len(parts)

    def unpool(
        self, dy: np.ndarray, parts: list[np.ndarray], y: np.ndarray, d_parts: list[np.ndarray]
    ) -> None:
        """Add dy / (number of pixels) to all."""
        share = dy / len(parts)
        for d_part in d_parts:
            d_part += share


class WeightedAvgPool2D(Pool2D):
    """y = Σ w x over the window, with the same weights w (height, width) at every place and for every channel.

    ``weights`` are given as an array, none below 0, and divided by their sum; without them they fall with the distance
    d from the middle of the window as 1 / (1 + d). With ``learn=True`` they are where learning starts: a parameter W
    that may then become anything, dW = Σ dy x; else they stay as they are.
    Raises ``ValueError`` or ``TypeError`` where the weights do not fit or have no sum.  Source: N26.
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
        self.learn = bool(learn)
        values = falling_weights(self.size) if weights is None else np.asarray(weights, float)
        require_shape(self, "weights", values, self.size)
        if not (values >= 0).all() or not 0 < values.sum() < np.inf:
            raise ValueError(
                f"{self} got weights {values.tolist()}: expected none below 0, with a sum above 0"
            )
        self.W = Parameter(values / values.sum(), f"{self}.W")

    def pool(self, parts: list[np.ndarray], y: np.ndarray) -> None:
        """Write Σ w x."""
        y[...] = 0
        for weight, part in zip(self.W.value.flat, parts, strict=True):
            y += weight * part

    def unpool(
        self, dy: np.ndarray, parts: list[np.ndarray], y: np.ndarray, d_parts: list[np.ndarray]
    ) -> None:
        """Add w dy to all."""
        for weight, d_part in zip(self.W.value.flat, d_parts, strict=True):
            d_part += weight * dy

    def learn_from(self, dy: np.ndarray, x: np.ndarray) -> None:
        """Add Σ dy x to dW where W is learnt."""
        if self.learn:
            slopes = [(dy * part).sum() for part in self.parts(x)]
            self.W.add_grad(np.array(slopes, dy.dtype).reshape(self.size))

    def parameters(self) -> list[Parameter]:
        """Return [W] where it is learnt, else nothing."""
        return [self.W] if self.learn else []

    def statistics(self) -> list[Parameter]:
        """Return [W] where it is not learnt: it is saved all the same."""
        return [] if self.learn else [self.W]

    def config(self) -> dict[str, Any]:
        """Return size, stride and whether the weights are learnt."""
        return {**super().config(), "learn": self.learn}


class L2Pool2D(Pool2D):
    """y = √Σ x², the length of the window as a vector, no mean; dx = dy · x / y, and 0 where y = 0.  Source: N26."""

    def pool(self, parts: list[np.ndarray], y: np.ndarray) -> None:
        """Write √Σ x²."""
        np.square(parts[0], out=y)
        for part in parts[1:]:
            y += np.square(part)
        np.sqrt(y, out=y)

    def unpool(
        self, dy: np.ndarray, parts: list[np.ndarray], y: np.ndarray, d_parts: list[np.ndarray]
    ) -> None:
        """Add dy · x / y, the slope 0 at 0 being a choice."""
        slope = np.divide(dy, y, out=np.zeros_like(dy), where=y > 0)
        for part, d_part in zip(parts, d_parts, strict=True):
            d_part += slope * part


class MaxPool2D(Pool2D):
    """y = the largest of the window; dy goes to that pixel alone, and of equal ones to the first in row order.

    Source: N26.
    """

    def pool(self, parts: list[np.ndarray], y: np.ndarray) -> None:
        """Write the largest."""
        y[...] = parts[0]
        for part in parts[1:]:
            np.maximum(y, part, out=y)

    def unpool(
        self, dy: np.ndarray, parts: list[np.ndarray], y: np.ndarray, d_parts: list[np.ndarray]
    ) -> None:
        """Add dy to the first of the parts that is as large as y."""
        waiting = np.ones(y.shape, bool)
        for part, d_part in zip(parts, d_parts, strict=True):
            found = part == y
            found &= waiting
            d_part += dy * found
            waiting ^= found


def falling_weights(size: Pair) -> np.ndarray:
    """Return weights 1 / (1 + d), d the distance in pixels from the middle of a window of ``size``."""
    rows, columns = (np.arange(n) - (n - 1) / 2 for n in size)
    return 1 / (1 + np.hypot(rows[:, None], columns))
