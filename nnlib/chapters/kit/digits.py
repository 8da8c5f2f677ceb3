"""The one function that cuts the course's digits into the parts that a chapter learns from and is judged by."""

from functools import cache

import numpy as np

from nnlib.batches import stratified_split
from nnlib.datasets import load_digits
from nnlib.mnist import load_mnist

Examples = tuple[np.ndarray, np.ndarray]


@cache
def _all_digits() -> Examples:
    return load_digits()


def cut_digits(
    held_out: float, *, validation: float = 0.0, flat: bool = True, rng: np.random.Generator
) -> tuple[Examples, ...]:
    """Return the digits as (training, test), or, with a share for ``validation``, as (training, validation, test).

    Each part is (x, y), x (n, 64), or images (n, 8, 8, 1) unless ``flat``, y (n,); every class gives the same share.
    ``held_out`` is the share to test on, ``validation`` that of what is then left, to choose by.
    """
    x, y = _all_digits()
    rest, test = stratified_split(
        x.reshape(len(x), -1) if flat else x, y, held_out=held_out, rng=rng
    )
    if not validation:
        return rest, test
    return *stratified_split(*rest, held_out=validation, rng=rng), test


@cache
def cut_mnist(
    training: int = 10_000, validation: int = 2_000, test: int = 10_000
) -> tuple[Examples, Examples, Examples]:
    """Return so many digits of MNIST as (training, validation, test), each class alike; always the same digits.

    Each part is (x, y), x (n, 784) in float32, y (n,). They are kept, so do not change them.
    """
    (x, y), (x_test, y_test) = load_mnist(train=training + validation, test=test)
    share, rng = validation / len(x), np.random.default_rng(0)
    train, chosen_by = stratified_split(x.reshape(len(x), -1), y, held_out=share, rng=rng)
    for part in (*train, *chosen_by):
        part.flags.writeable = False
    return train, chosen_by, (x_test.reshape(len(x_test), -1), y_test)
