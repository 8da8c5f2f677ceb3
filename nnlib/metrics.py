"""How good are the answers? Numbers for people; unlike a loss, none of them has a useful slope."""

import math
from typing import Any

import numpy as np

from nnlib.errors import (
    require_array,
    require_count,
    require_examples,
    require_labels,
    require_rank,
    require_same_length,
)

KINDS = ("labels", "rows", "bits", "signs", "numbers")


def accuracy(labels: np.ndarray, targets: np.ndarray) -> float:
    """Return the share of examples, 0 to 1, whose label is right. Both arguments are labels (n,), whole numbers.

    Raises ``ValueError`` if there are none or their numbers differ, ``TypeError`` if one holds no labels.
    """
    _require_whole("labels", labels)
    _require_whole("targets", targets)
    require_same_length("accuracy", labels=labels, targets=targets)
    return float((labels == targets).mean())


def zero_one_loss(labels: np.ndarray, targets: np.ndarray) -> float:
    """Return the mean of 1{label ≠ target}: the share of mistakes, 1 − accuracy.  Source: N11, E40."""
    return 1 - accuracy(labels, targets)


def confusion_matrix(labels: np.ndarray, targets: np.ndarray, classes: int) -> np.ndarray:
    """Return counts (classes, classes): row i, column j holds how often the target i was called j."""
    require_count("confusion_matrix", "classes", classes)
    require_labels("confusion_matrix", labels, classes)
    require_labels("confusion_matrix", targets, classes)
    require_same_length("confusion_matrix", labels=labels, targets=targets)
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (targets, labels), 1)
    return counts


def kind_of_targets(targets: np.ndarray) -> str:
    """Return which answers there are to count, by all targets of a data set.

    - "labels": whole numbers from 0 on, (n,)
    - "rows": (n, classes), each adding up to 1; the largest names the class
    - "bits" or "signs": 0 and 1, or −1 and 1, (n,) or (n, 1)
    - "numbers": anything else, to which there is no right or wrong
    """
    require_examples("kind_of_targets", "targets", targets)
    if targets.ndim == 2 and targets.shape[1] > 1:
        adds_up = targets.min() >= 0 and np.abs(targets.sum(axis=1) - 1).max() <= 1e-3
        return "rows" if adds_up else "numbers"
    if targets.ndim > 2:
        return "numbers"
    for kind, values in (("bits", (0, 1)), ("signs", (-1, 1))):
        if np.isin(targets, values).all():
            return kind
    whole = targets.ndim == 1 and targets.dtype.kind in "iu" and targets.min() >= 0
    return "labels" if whole else "numbers"


def count_right(
    predictions: np.ndarray, targets: np.ndarray, kind: str, *, threshold: float = 0.5
) -> float:
    """Return in how many rows of ``predictions`` (n, outputs) the answer is right; NaN if there is no right answer.

    Of several outputs the largest is the answer. A single output says 1 if it is above ``threshold``, and if targets
    are of the ``kind`` "signs", −1 or 1 by its own sign. ``kind`` is what ``kind_of_targets`` returned.
    """
    require_array("count_right", "predictions", predictions)
    require_array("count_right", "targets", targets)
    require_same_length("count_right", predictions=predictions, targets=targets)
    if kind not in KINDS:
        raise ValueError(f"count_right got kind = {kind!r}: expected one of {', '.join(KINDS)}")
    return right_among(predictions, targets, kind, threshold)


def right_among(predictions: np.ndarray, targets: np.ndarray, kind: str, threshold: float) -> float:
    """Return what ``count_right`` returns, of arrays that were looked at already."""
    outputs = predictions.shape[1] if predictions.ndim == 2 else 0
    if outputs > 1 and kind == "rows":
        return int((predictions.argmax(axis=1) == targets.argmax(axis=1)).sum())
    if outputs > 1 and kind in ("labels", "bits") and targets.ndim == 1:
        return int((predictions.argmax(axis=1) == targets).sum())
    if outputs == 1 and kind in ("bits", "signs"):
        yes = predictions[:, 0] > (0.0 if kind == "signs" else threshold)
        return int((yes == (targets.reshape(len(targets)) > 0)).sum())
    return math.nan


def _require_whole(name: str, value: Any) -> None:
    require_rank("accuracy", name, value, 1, "(n,)")
    if value.dtype.kind == "f":
        raise TypeError(
            f"accuracy got {name} of dtype {value.dtype}: expected labels, whole numbers; "
            "outputs become labels with argmax(axis=1), as network.classify does, "
            "floats that are labels with astype(int)"
        )
