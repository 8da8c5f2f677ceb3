"""Pooling block by block, in place: the same steps as in ``nnlib/pooling.py``, without an array for each of them."""

from collections.abc import Callable

import numpy as np

from nnlib._fast.blocks import by_blocks
from nnlib.windows import Pair, parts, places

# Views, one for each place in the window, in row order.
Parts = list[np.ndarray]


def avg_pool(x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    """Return the means; shapes as in ``pooling.avg_pool``."""

    def pool(seen: Parts, y: np.ndarray) -> None:
        y[...] = seen[0]
        for part in seen[1:]:
            y += part
        y /= len(seen)

    return _forward(pool, x, size, stride, x.dtype)


def avg_pool_grad(
    dy: np.ndarray, x: np.ndarray, y: np.ndarray, size: Pair, stride: Pair
) -> np.ndarray:
    """Return dx: dy / (number of pixels) to all."""

    def unpool(dy: np.ndarray, seen: Parts, y: np.ndarray, d_seen: Parts) -> None:
        share = dy / len(seen)
        for d_part in d_seen:
            d_part += share

    return _backward(unpool, dy, x, y, size, stride)


def weighted_avg_pool(x: np.ndarray, W: np.ndarray, stride: Pair) -> np.ndarray:
    """Return Σ w x; shapes as in ``pooling.weighted_avg_pool``."""

    def pool(seen: Parts, y: np.ndarray) -> None:
        y[...] = 0
        for w, part in zip(W.flat, seen, strict=True):
            y += w * part

    return _forward(pool, x, W.shape, stride, np.result_type(x, W))


def weighted_avg_pool_grad(
    dy: np.ndarray,
    x: np.ndarray,
    W: np.ndarray,
    stride: Pair,
    *,
    needs_dW: bool = True,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return (dx, dW): w dy to all, and Σ dy x."""

    def unpool(dy: np.ndarray, seen: Parts, y: np.ndarray, d_seen: Parts) -> None:
        for w, d_part in zip(W.flat, d_seen, strict=True):
            d_part += w * dy

    dx = _backward(unpool, dy, x, dy, W.shape, stride)
    if not needs_dW:
        return dx, None
    return dx, np.array([(dy * part).sum() for part in parts(x, W.shape, stride)]).reshape(W.shape)


def l2_pool(x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    """Return √Σ x²; shapes as in ``pooling.l2_pool``."""

    def pool(seen: Parts, y: np.ndarray) -> None:
        try:
            with np.errstate(over="raise", under="raise"):
                np.square(seen[0], out=y)
                for part in seen[1:]:
                    y += np.square(part)
            np.sqrt(y, out=y)
        except FloatingPointError:
            y[...] = 0
            for part in seen:
                np.hypot(y, part, out=y)

    return _forward(pool, x, size, stride, x.dtype)


def l2_pool_grad(
    dy: np.ndarray, x: np.ndarray, y: np.ndarray, size: Pair, stride: Pair
) -> np.ndarray:
    """Return dx: dy · x / y to each."""

    def unpool(dy: np.ndarray, seen: Parts, y: np.ndarray, d_seen: Parts) -> None:
        length = np.where(y == 0, 1, y)
        try:
            with np.errstate(over="raise", under="raise"):
                slope = dy / length
            slopes = (slope * part for part in seen)
        except FloatingPointError:
            slopes = (dy * (part / length) for part in seen)
        for d_part, d_pixels in zip(d_seen, slopes, strict=True):
            d_part += d_pixels

    return _backward(unpool, dy, x, y, size, stride)


def max_pool(x: np.ndarray, size: Pair, stride: Pair) -> np.ndarray:
    """Return the largest; shapes as in ``pooling.max_pool``."""

    def pool(seen: Parts, y: np.ndarray) -> None:
        y[...] = seen[0]
        for part in seen[1:]:
            np.maximum(y, part, out=y)

    return _forward(pool, x, size, stride, x.dtype)


def max_pool_grad(
    dy: np.ndarray, x: np.ndarray, y: np.ndarray, size: Pair, stride: Pair
) -> np.ndarray:
    """Return dx: dy to the first pixel that is as large as y."""

    def unpool(dy: np.ndarray, seen: Parts, y: np.ndarray, d_seen: Parts) -> None:
        waiting = np.ones(y.shape, bool)
        for part, d_part in zip(seen, d_seen, strict=True):
            found = part == y
            found &= waiting
            d_part += dy * found
            waiting ^= found
        for part, d_part in zip(seen, d_seen, strict=True) if np.count_nonzero(waiting) else ():
            found = np.isnan(part) & waiting
            d_part += dy * found
            waiting ^= found

    return _backward(unpool, dy, x, y, size, stride)


def _forward(
    pool: Callable[[Parts, np.ndarray], None],
    x: np.ndarray,
    size: Pair,
    stride: Pair,
    dtype: np.dtype,
) -> np.ndarray:
    """Let ``pool`` write y from the parts of x, block by block."""
    y = np.empty((len(x), *places(x.shape, size, stride), x.shape[3]), dtype)

    def work(images: slice) -> None:
        pool(list(parts(x[images], size, stride)), y[images])

    by_blocks(work, len(x), x[0].nbytes)
    return y


def _backward(
    unpool: Callable[[np.ndarray, Parts, np.ndarray, Parts], None],
    dy: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    size: Pair,
    stride: Pair,
) -> np.ndarray:
    """Let ``unpool`` add to the parts of dx, block by block."""
    dx = np.zeros(x.shape, dy.dtype)

    def work(images: slice) -> None:
        seen, d_seen = (list(parts(one[images], size, stride)) for one in (x, dx))
        unpool(dy[images], seen, y[images], d_seen)

    by_blocks(work, len(x), x[0].nbytes)
    return dx
