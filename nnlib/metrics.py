"""How good are the answers? Numbers for people; unlike a loss, none of them has a useful slope."""

import numpy as np

from nnlib.errors import require_labels, require_rank, require_same_length


def accuracy(labels: np.ndarray, targets: np.ndarray) -> float:
    """Return the share of examples, 0 to 1, whose label is right. Both arguments are labels (n,).

    Raises ``ValueError`` if there are none or their numbers differ.
    """
    require_rank("accuracy", "labels", labels, 1, "(n,)")
    require_rank("accuracy", "targets", targets, 1, "(n,)")
    require_same_length("accuracy", labels=labels, targets=targets)
    return float((labels == targets).mean())


def zero_one_loss(labels: np.ndarray, targets: np.ndarray) -> float:
    """Return the mean of 1{label ≠ target}: the share of mistakes, 1 − accuracy.  Source: N11, E40."""
    return 1 - accuracy(labels, targets)


def confusion_matrix(labels: np.ndarray, targets: np.ndarray, classes: int) -> np.ndarray:
    """Return counts (classes, classes): row i, column j holds how often the target i was called j."""
    require_labels("confusion_matrix", labels, classes)
    require_labels("confusion_matrix", targets, classes)
    require_same_length("confusion_matrix", labels=labels, targets=targets)
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (targets, labels), 1)
    return counts
