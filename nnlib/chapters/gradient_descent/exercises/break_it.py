"""Exercise 7 of chapter 04: three softmaxes for batches, of which two are wrong."""

import numpy as np

from nnlib import numerics
from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import numbers


def right_softmax(z):
    return numerics.softmax(np.asarray(z, dtype=float))


def column_softmax(z):
    return _shares(np.exp(z - np.max(z, axis=0)))


def global_softmax(z):
    return _shares(np.exp(z - np.max(z)))


def _shares(powers):
    with np.errstate(invalid="ignore"):
        return powers / powers.sum(axis=1, keepdims=True)


SUSPECTS = {"first": column_softmax, "second": right_softmax, "third": global_softmax}
for _suspect in SUSPECTS.values():
    _suspect.__name__ = _suspect.__qualname__ = "softmax"  # their names would tell


def grade(first, second, third):
    for name, batch in (("first", first), ("second", second), ("third", third)):
        _grade_proof(name, batch)
    return (
        "the first takes off the largest of each column: its rows sum to 1 and are wrong all the "
        "same. The third takes one maximum for all, so that a row far below it is 0 / 0. A batch "
        "against its rows, one by one, finds both."
    )


def _grade_proof(name, batch):
    if batch is None:
        if name != "second":
            raise NotYet(
                f"{name} = None says that it is right, but it is not. Try rows that differ very "
                "much."
            )
        return
    shape = np.shape(batch)
    if len(shape) != 2 or min(shape) < 2:
        raise NotYet(
            f"{name} should be a batch of at least two rows and two columns, but it has shape "
            f"{shape}."
        )
    z = numbers(batch, name, shape)
    if name == "second":
        raise NotYet(
            "the second one is right: for your batch too it says the same row by row. Hand in None."
        )
    whole = SUSPECTS[name](z)
    rows = np.concatenate([SUSPECTS[name](row[None, :]) for row in z])
    if np.allclose(whole, rows, equal_nan=False):
        raise NotYet(
            f"for that batch the {name} one says the same as row by row. Find one where it does "
            "not."
        )


SMALL, FAR = [[1.0, 2.0], [3.0, 5.0]], [[0.0, 1.0], [1000.0, 1001.0]]
WRONG = {
    "third = None says that it is right": lambda: (SMALL, None, None),
    "first = None says that it is right": lambda: (None, None, None),
    "for that batch the third one says the same as row by row": lambda: (SMALL, None, SMALL),
    "for that batch the first one says the same as row by row": lambda: (
        [[1.0, 2.0], [1.0, 2.0]],
        None,
        FAR,
    ),
    "the second one is right": lambda: (FAR, FAR, FAR),
    "first should be a batch of at least two rows": lambda: ([1.0, 2.0], None, None),
}

exercise = Exercise(
    names=("first", "second", "third"),
    grade=grade,
    hints=(
        "Compare f(z) with np.concatenate([f(row[None, :]) for row in z]): each row as a batch of "
        "its own.",
        "Two small rows find one of the wrong ones: np.array([[1.0, 2.0], [3.0, 5.0]]).",
        "For the other, rows must lie far apart: [0, 1] beside [1000, 1001].",
    ),
    solution="""
        first = np.array([[1.0, 2.0], [3.0, 5.0]])
        second = None
        third = np.array([[0.0, 1.0], [1000.0, 1001.0]])
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), None),
)
