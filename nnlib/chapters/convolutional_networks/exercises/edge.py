"""Exercise 3 of chapter 06: a kernel that finds where it gets brighter to the right."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import numbers

WRONG = {
    "zeros find nothing": lambda: np.zeros((3, 3)),
    "the sum of its numbers: make that 0": lambda: [[-1, 0, 2], [-1, 0, 2], [-1, 0, 2]],
    "each of its rows should sum to 0.": lambda: [[0, 0, 1], [0, 0, 0], [-1, 0, 0]],
    "It finds level edges: transpose it": lambda: [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "it answers to corners, not to upright edges": lambda: [[1, 0, -1], [0, 0, 0], [-1, 0, 1]],
    "it answers where it gets *darker* to the right": lambda: [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    "it finds upright lines": lambda: [[-1, 2, -1]] * 3,
    "of shape (3, 3)": lambda: [-1, 0, 1],
}


def grade(kernel):
    array = numbers(kernel, "kernel", (3, 3))
    tiny = 1e-6 * np.abs(array).max()
    if not array.any():
        raise NotYet(
            "zeros find nothing: if it gets brighter to the right, the answer should be above 0."
        )
    if abs(array.sum()) > tiny:
        raise NotYet(
            f"to an area of grey 1 it answers {array.sum():.4g}, the sum of its numbers: make that "
            "0."
        )
    rows, columns = (np.where(abs(sums) < tiny, 0, sums) for sums in (array.sum(1), array.sum(0)))
    if rows.any():
        turned = "" if columns.any() else " It finds level edges: transpose it."
        raise NotYet(
            f"it answers to changes from top to bottom: each of its rows should sum to 0.{turned}"
        )
    return _grade_columns(*columns)


def _grade_columns(left, middle, right):
    """Praise or explain a kernel all of whose rows sum to 0, by the sums of its columns."""
    if left == middle == right == 0:
        raise NotYet(
            "it answers to corners, not to upright edges: the right column should weigh more than "
            "the left."
        )
    if right >= 0 >= left:
        return (
            "dark on the left counts against, bright on the right for: Sobel, Prewitt and their "
            "kin."
        )
    if right <= 0 <= left:
        raise NotYet(
            "it answers where it gets *darker* to the right: turn it round, minus on the left."
        )
    raise NotYet(
        "it finds upright lines; at an edge its answer is above 0 on one side and below on the "
        "other."
    )


exercise = Exercise(
    names=("kernel",),
    grade=grade,
    hints=(
        "Compare what is on the right with what is on the left: one with weights above 0, the "
        "other below.",
        "Each row should sum to 0, such as −1, 0, 1.",
    ),
    solution="""
        kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.normal(size=(3, 3)),),
)
