"""Functions that stay right where the textbook formula overflows: all are safe at ±10,000.

The trick is always the same: never raise e to a large positive number.
"""

from typing import Any

import numpy as np

from nnlib.errors import describe, require_array, require_count, require_labels, require_share


def floats(who: Any, name: str, z: Any) -> np.ndarray:
    """Return ``z`` as floats: whole numbers become float64, so that none overflows; all else raises ``TypeError``."""
    array = require_array(who, name, z) if isinstance(z, np.ndarray) else _array(who, name, z)
    if array.dtype.kind == "f":
        return array
    return array.astype(float)


def _array(who: Any, name: str, z: Any) -> np.ndarray:
    """Return an array of what is none yet: a number, a list, a column of pandas."""
    try:
        array = np.asarray(z)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{who} got {name} as {describe(z)}: expected numbers")
    return array


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return σ(z) = 1 / (1 + e⁻ᶻ), elementwise, same shape and dtype as ``z``.

    For z < 0 the equal form eᶻ / (1 + eᶻ) is used, so that e is only ever raised to −|z|.
    In float64 the result is exactly 1.0 from z ≈ 37 on.  Source: S0, N8.
    """
    z = floats("sigmoid", "z", z)
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


@np.errstate(under="ignore")
def log_sum_exp(z: np.ndarray) -> np.ndarray:
    """Return log Σⱼ exp(zⱼ) over the last axis, kept as an axis of length 1.

    Uses log Σ exp(z) = m + log Σ exp(z − m) with m the maximum *of each row*.  Source: N15.
    """
    z = _rows("log_sum_exp", z)
    largest = z.max(axis=-1, keepdims=True)
    # ±∞ minus itself would be no number
    m = np.where(np.isinf(largest), 0, largest)
    with np.errstate(divide="ignore"):
        return m + np.log(np.exp(z - m).sum(axis=-1, keepdims=True))


def log_softmax(z: np.ndarray) -> np.ndarray:
    """Return log softmax(z) = z − log Σⱼ exp(zⱼ) over the last axis, same shape as ``z``.  Source: N15."""
    z = _rows("log_softmax", z)
    # first, so that no digits of the sum are lost beside a large m
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax(z: np.ndarray) -> np.ndarray:
    """Return exp(zₖ) / Σⱼ exp(zⱼ) over the last axis: each row is positive and sums to 1.  Source: N9, N15."""
    z = _rows("softmax", z)
    weights = np.exp(z - z.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights


def one_hot(
    labels: np.ndarray,
    classes: int,
    dtype: type | np.dtype = np.float64,
    *,
    smoothing: float = 0.0,
) -> np.ndarray:
    """Return (n, classes) with a single 1 in each row, at the place that the label names.

    ``labels`` (n,) are whole numbers from 0 to classes − 1; others raise ``ValueError``. With ``smoothing`` s, in
    [0, 1), the rows are softer: t = (1 − s) one-hot + s / classes, which asks for less than certainty ("label
    smoothing"; Szegedy and others, 2016).  Source: N11.
    """
    require_count("one_hot", "classes", classes)
    require_share("one_hot", "smoothing", smoothing)
    require_labels("one_hot", require_array("one_hot", "labels", labels), classes)
    _require_type(dtype, "f" if smoothing else "fiu")
    rows = rows_of(labels, classes, dtype)
    return (1 - smoothing) * rows + smoothing / classes if smoothing else rows


def rows_of(labels: np.ndarray, classes: int, dtype: Any) -> np.ndarray:
    """Return one-hot rows (n, classes) of labels that were looked at already."""
    return (labels[:, None] == np.arange(classes)).astype(dtype)


def _require_type(dtype: Any, kinds: str) -> None:
    try:
        fits = np.dtype(dtype).kind in kinds
    except TypeError:
        fits = False
    if not fits:
        told = dtype.__name__ if isinstance(dtype, type) else repr(dtype)
        raise TypeError(
            f"one_hot got dtype = {told}: expected a type of numbers such as np.float32, with "
            "smoothing one of floats; smoothing is given by name, smoothing=0.1"
        )


def _rows(who: str, z: Any) -> np.ndarray:
    """Return z as floats if it has rows, each of at least one number; else raise."""
    array = floats(who, "z", z)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError(f"{who} got z of shape {array.shape}: expected (classes,) or (n, classes)")
    return array
