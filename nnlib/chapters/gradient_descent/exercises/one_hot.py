"""Exercise 4 of chapter 04: labels as one-hot rows."""

from unittest import mock

import numpy as np

from nnlib import numerics
from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_function, numbers


def encode(labels, classes):
    rows = np.zeros((len(labels), classes))
    rows[np.arange(len(labels)), labels] = 1
    return rows


OWN = "that is the library's one_hot: write it yourself, it takes two lines."
WRONG = {
    OWN: lambda labels, classes: numerics.one_hot(labels, classes),
    "every 1 is one place too far left: labels count from 0, and so do columns.": (
        lambda labels, classes: encode(labels - 1, classes)
    ),
    "every 1 is one place too far right: labels count from 0, and so do columns.": (
        lambda labels, classes: encode((labels + 1) % classes, classes)
    ),
    "the label itself stands in its place: there should be a 1, whatever the label.": (
        lambda labels, classes: encode(labels, classes) * labels[:, None]
    ),
    "rows and columns are swapped: examples are rows, so (4, 5) is expected, not (5, 4).": (
        lambda labels, classes: encode(labels, classes).T
    ),
}


def read(result, case):
    labels, classes = case
    shape = len(labels), classes
    if np.shape(result) == shape[::-1]:
        raise NotYet(
            f"rows and columns are swapped: examples are rows, so {shape} is expected, not "
            f"{shape[::-1]}."
        )
    return numbers(result, "the answer", shape)


def otherwise(case, got, right):
    (labels, _), sums = case, got.sum(axis=1)
    if (sums != 1).any():
        row = int((sums != 1).argmax())
        return f"row {row} sums to {sums[row]:g}: there should be a single 1 in each row."
    row = int((got != right).any(axis=1).argmax())
    return f"for the label {labels[row]} the row should be {right[row]}, but it is {got[row]}."


compare = grade_function(
    encode,
    [
        (np.array([2, 0, 3, 2]), 5),
        (np.array([1, 0]), 3),
        (np.array([1, 3, 0]), 4),
    ],
    WRONG,
    praise="one row for each label, one column for each class.",
    read=read,
    otherwise=otherwise,
)


def refuse(*_, **__):
    raise NotYet(OWN)


def grade(function):
    if function is numerics.one_hot:
        refuse()
    known = getattr(function, "__globals__", {})
    names = {name: refuse for name, value in known.items() if value is numerics.one_hot}
    with mock.patch.dict(known, names), mock.patch.object(numerics, "one_hot", refuse):
        return compare(function)


exercise = Exercise(
    names=("encode",),
    grade=grade,
    hints=(
        "Start with np.zeros((len(labels), classes)) and set one place in each row.",
        "np.arange(len(labels)) numbers the rows: rows[np.arange(len(labels)), labels] = 1.",
    ),
    solution=encode,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.random((4, 5)),),
)
