"""Cutting data up: a part to learn from and a part to be judged by, and mini-batches for each epoch."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from nnlib.errors import (
    require_array,
    require_count,
    require_labels,
    require_number,
    require_rng,
    require_same_length,
)

Split = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def split(x: np.ndarray, y: np.ndarray, *, held_out: float, rng: np.random.Generator) -> Split:
    """Return ``(x, y), (x_held_out, y_held_out)``: a random share ``held_out`` of the examples is set aside.

    Raises ``ValueError`` unless the share leaves at least one example on either side.  Source: N31, N39.
    """
    order = require_rng("split", rng).permutation(_examples("split", x, y))
    return _cut(x, y, order, _count("split", held_out, len(order)))


def stratified_split(
    x: np.ndarray, y: np.ndarray, *, held_out: float, rng: np.random.Generator
) -> Split:
    """Return a random split as ``split`` does, in which every class gives the same share of its examples.

    ``y`` (n,) are whole-number labels. Both parts come shuffled.  Source: N35.
    """
    if _examples("stratified_split", x, y) == 0:
        raise ValueError("stratified_split got no examples: expected at least two of each class")
    require_labels("stratified_split", y, int(y.max()) + 1 if y.dtype.kind in "iu" else 1)
    require_rng("stratified_split", rng)
    kept, aside = [], []
    for label in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == label))
        count = _count(f"stratified_split of class {label}", held_out, len(rows))
        aside.append(rows[:count])
        kept.append(rows[count:])
    rows_aside = rng.permutation(np.concatenate(aside))
    rows_kept = rng.permutation(np.concatenate(kept))
    return (x[rows_kept], y[rows_kept]), (x[rows_aside], y[rows_aside])


def minibatches(n: int, batch_size: int, *, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Give the row numbers 0 … n − 1 in random order, ``batch_size`` at a time; the last batch may be smaller.

    Call it again for the next epoch: the *examples* are reshuffled, not the batches.  Source: S0, N13.
    """
    require_count("minibatches", "n", n)
    require_count("minibatches", "batch_size", batch_size)
    order = require_rng("minibatches", rng).permutation(n)
    return (order[start : start + batch_size] for start in range(0, n, batch_size))


def _examples(who: str, x: Any, y: Any) -> int:
    for name, array in (("x", x), ("y", y)):
        if require_array(who, name, array).ndim == 0:
            raise ValueError(f"{who} got {name} of shape (): expected a row for each example")
    require_same_length(who, x=x, y=y)
    return len(x)


def _count(who: str, held_out: float, n: int) -> int:
    if not 0 < require_number(who, "held_out", held_out) < 1:
        raise ValueError(
            f"{who} got held_out = {held_out}: expected a share between 0 and 1, such as 0.2"
        )
    count = round(held_out * n)
    if not 0 < count < n:
        raise ValueError(
            f"{who} got held_out = {held_out} of {n} examples: that leaves one side empty"
        )
    return count


def _cut(x: np.ndarray, y: np.ndarray, order: np.ndarray, count: int) -> Split:
    return (x[order[count:]], y[order[count:]]), (
        x[order[:count]],
        y[order[:count]],
    )
