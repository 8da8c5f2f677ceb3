"""Exercise 3 of chapter 06: a kernel that finds where it gets darker from top to bottom."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import numbers

WRONG: Mistakes = {
    "zeros find nothing": lambda: np.zeros((3, 3)),
    "the sum of its numbers: make that 0": lambda: [[1, 1, 1], [0, 0, 0], [-2, -2, -2]],
    "each of its columns should sum to 0.": lambda: [[0, 0, 1], [0, 0, 0], [-1, 0, 0]],
    "It finds upright edges: transpose it": (
        lambda: [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
        lambda: [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    ),
    "it answers to corners, not to level edges": lambda: [[1, 0, -1], [0, 0, 0], [-1, 0, 1]],
    "it answers where it gets *brighter*": lambda: [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "it finds level lines": lambda: [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]],
    "of shape (3, 3)": lambda: [1, 0, -1],
}


def grade(kernel):
    array = numbers(kernel, "kernel", (3, 3))
    tiny = 1e-6 * np.abs(array).max()
    if not array.any():
        raise NotYet(
            "zeros find nothing: where it gets darker from top to bottom, the answer should be "
            "above 0."
        )
    if abs(array.sum()) > tiny:
        raise NotYet(
            f"to an area of grey 1 it answers {array.sum():.4g}, the sum of its numbers: make that "
            "0."
        )
    rows, columns = (np.where(abs(sums) < tiny, 0, sums) for sums in (array.sum(1), array.sum(0)))
    if columns.any():
        turned = "" if rows.any() else " It finds upright edges: transpose it, and mind the signs."
        raise NotYet(
            "it answers to changes from left to right: each of its columns should sum to "
            f"0.{turned}"
        )
    return _grade_rows(*rows)


def _grade_rows(top, middle, bottom):
    """Praise or explain a kernel all of whose columns sum to 0, by the sums of its rows."""
    if top == middle == bottom == 0:
        raise NotYet(
            "it answers to corners, not to level edges: the upper row should weigh more than the "
            "lower."
        )
    if top >= 0 >= bottom:
        return (
            "bright above counts for, bright below against: Sobel, Prewitt and their kin, turned "
            "by a quarter."
        )
    if top <= 0 <= bottom:
        raise NotYet(
            "it answers where it gets *brighter* from top to bottom: turn it round, minus below."
        )
    raise NotYet(
        "it finds level lines; at an edge its answer is above 0 on one side and below on the other."
    )


exercise = Exercise(
    names=("kernel",),
    grade=grade,
    hints=(
        "Compare what is above with what is below: one with weights above 0, the other below.",
        "Each column should sum to 0. Which end of it is the plus: where it should be bright, or "
        "where it should be dark?",
    ),
    solution="""
        kernel = np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]])
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.normal(size=(3, 3)),),
)
