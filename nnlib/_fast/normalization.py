"""Batch normalisation block by block. An example is one long row, all its pixels side by side.

Long rows add up faster than many short ones; values for each feature are laid beside each other as often as there are
pixels, to fit such a row. Nothing but x is kept: x̂ is computed anew where it is needed, block by block in the cache.
"""

import numpy as np

from nnlib._fast.blocks import by_blocks


def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (μ, σ²), each (features,); as ``normalization.moments``."""
    rows, features = _rows(x), x.shape[-1]
    m, each = x.size // features, rows[0].nbytes
    sums = by_blocks(lambda some: _sum(rows[some], features), len(rows), each)
    mean = np.sum(sums, axis=0) / m
    wide = _wide(rows, mean)

    def squares(some: slice) -> np.ndarray:
        return _sum(np.square(rows[some] - wide), features)

    return mean, np.sum(by_blocks(squares, len(rows), each), axis=0) / m


def batch_norm(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float,
) -> np.ndarray:
    """Return γ x̂ + β; as ``normalization.batch_norm``."""
    rows = _rows(x)
    wide_mean = _wide(rows, mean)
    wide_scale = _wide(rows, 1 / np.sqrt(variance + epsilon))
    wide_gamma, wide_beta = _wide(rows, gamma), _wide(rows, beta)
    y = np.empty(rows.shape, np.result_type(x, gamma))

    def work(some: slice) -> None:
        np.multiply(_normal(rows[some], wide_mean, wide_scale), wide_gamma, out=y[some])
        y[some] += wide_beta

    by_blocks(work, len(rows), rows[0].nbytes)
    return y.reshape(x.shape)


def batch_norm_grad(
    dy: np.ndarray,
    x: np.ndarray,
    gamma: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float,
    *,
    training: bool = True,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (dx, dγ, dβ); as ``normalization.batch_norm_grad``."""
    rows, d_rows, features = _rows(x), _rows(dy), x.shape[-1]
    scale = 1 / np.sqrt(variance + epsilon)
    wide_mean, wide_scale = _wide(rows, mean), _wide(rows, scale)

    def sums(some: slice) -> np.ndarray:
        by_normal = d_rows[some] * _normal(rows[some], wide_mean, wide_scale)
        return np.stack([_sum(by_normal, features), _sum(d_rows[some], features)])

    d_gamma, d_beta = np.sum(by_blocks(sums, len(rows), rows[0].nbytes), axis=0)
    # in prediction nothing is shared
    m = x.size // features if training else np.inf
    slope, of_all = _wide(rows, gamma * scale), _wide(rows, d_beta / m)
    of_normal = _wide(rows, d_gamma / m)
    dx = np.empty(rows.shape, np.result_type(dy, slope))

    def work(some: slice) -> None:
        shared = _normal(rows[some], wide_mean, wide_scale)
        shared *= of_normal
        shared += of_all
        np.subtract(d_rows[some], shared, out=dx[some])
        dx[some] *= slope

    by_blocks(work, len(rows), rows[0].nbytes)
    return dx.reshape(x.shape), d_gamma.copy(), d_beta.copy()


def _rows(x: np.ndarray) -> np.ndarray:
    """x with an example a row, (n, pixels · features)."""
    return x.reshape(len(x), -1)


def _wide(rows: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values (features,) as often as there are pixels: one row that fits all examples."""
    return np.tile(values, rows.shape[1] // len(values))


def _sum(rows: np.ndarray, features: int) -> np.ndarray:
    """The sum for each feature, (features,): over the examples, then over the pixels."""
    return rows.sum(axis=0).reshape(-1, features).sum(axis=0)


def _normal(rows: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """x̂ of some rows."""
    normal = rows - mean
    normal *= scale
    return normal
