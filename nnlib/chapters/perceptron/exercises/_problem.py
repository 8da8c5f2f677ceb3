"""What the two open exercises of chapter 01 ask for: a small problem for a perceptron."""

import numpy as np

from nnlib.chapters.kit.exercise import NotYet
from nnlib.chapters.kit.grading import numbers


def small_problem(x, y):
    """Return the learner's examples x (n, d) and labels y (n,), 0 and 1, or say what they are instead."""
    rows = len(x) if isinstance(x, list | tuple | np.ndarray) and np.ndim(x) > 0 else 0
    width = np.shape(x)[1] if np.ndim(x) == 2 else 0
    if not (1 <= rows <= 100 and width):
        raise NotYet(
            "x should hold up to 100 examples as rows, shape (n, d), but it has shape "
            f"{np.shape(x)}."
        )
    if np.shape(y) != (rows,):
        raise NotYet(
            f"y should hold one label for each of the {rows} rows of x, but it has shape "
            f"{np.shape(y)}."
        )
    x, y = numbers(x, "x", (rows, width)), numbers(y, "y", (rows,))
    if set(np.unique(y)) != {0.0, 1.0}:
        raise NotYet("y should hold both labels, 0 and 1, and no others.")
    return x, y.astype(int)
