"""Convolution by matrix products: what all windows on some images show is laid out first, block by block."""

import numpy as np

from nnlib._fast.blocks import by_blocks
from nnlib._fast.windows import Columns, Layout, Strips
from nnlib.windows import Pair, places

# Numbers in a row of a window: from here on strips are faster than columns.
FEW = 16


def conv2d(x: np.ndarray, W: np.ndarray, b: np.ndarray, stride: Pair = (1, 1)) -> np.ndarray:
    """Return z = matrix @ W + b, the matrix showing a window in each row; shapes as in ``convolution.conv2d``."""
    rows, columns = places(x.shape, W.shape[:2], stride)
    z = np.empty((len(x), rows * columns, len(b)), np.result_type(x, W))
    biases = np.tile(b, rows * columns)

    def work(images: slice) -> None:
        _way(W)(x[images], W.shape[:2], stride).product(W, z[images])
        # one long row for each image adds up faster than many short ones
        long_rows = z[images].reshape(-1, biases.size)
        long_rows += biases

    by_blocks(work, len(x), _bytes_each(x, W))
    return z.reshape(len(x), rows, columns, -1)


def conv2d_grad(
    dz: np.ndarray,
    x: np.ndarray,
    W: np.ndarray,
    stride: Pair = (1, 1),
    *,
    needs_dx: bool = True,
) -> tuple[np.ndarray | None, np.ndarray, np.ndarray]:
    """Return (dx, dW, db): dW = matrixᵀ @ dz, and dx = dz @ Wᵀ, each row added back to where its window was."""
    dx = np.zeros(x.shape, np.result_type(dz, W)) if needs_dx else None
    dz = dz.reshape(len(dz), -1, W.shape[3])

    def work(images: slice) -> tuple[np.ndarray, np.ndarray]:
        layout, dz_here = _way(W)(x[images], W.shape[:2], stride), dz[images]
        if dx is not None:
            layout.d_input(dz_here, W, dx[images])
        return layout.d_weights(dz_here), dz_here.sum(axis=0).sum(axis=0)

    (dW, db), *others = by_blocks(work, len(x), _bytes_each(x, W))
    for dW_here, db_here in others:
        dW += dW_here
        db += db_here
    return dx, dW, db


def _way(W: np.ndarray) -> type[Layout]:
    """The faster way to lay out what windows of this size show on images with so many channels."""
    return Columns if W.shape[1] * W.shape[2] < FEW else Strips


def _bytes_each(x: np.ndarray, W: np.ndarray) -> int:
    """About how much memory one image takes when it is laid out."""
    return x[0].nbytes * _way(W).copies(W.shape[:2])
