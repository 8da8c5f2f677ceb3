"""The digits of exercises 7 and 8 of chapter 07: a hundred that are given, and all the others, which are not."""

from functools import cache

import numpy as np

from nnlib.batches import stratified_split
from nnlib.datasets import load_digits

GIVEN = 10  # digits of each class


@cache
def given_and_unseen():
    x, y = load_digits()
    rng = np.random.default_rng(0)
    classes = [rng.permutation(np.flatnonzero(y == label))[:GIVEN] for label in range(10)]
    given = np.concatenate(classes)
    unseen = np.setdiff1d(np.arange(len(y)), given)
    return (x[given], y[given]), (x[unseen], y[unseen])


def few_digits():
    """Return ``(x, y), (x_validation, y_validation)``: 80 digits (n, 8, 8, 1) to learn from and 20 to choose by."""
    given, _ = given_and_unseen()
    return stratified_split(*given, held_out=0.2, rng=np.random.default_rng(0))
