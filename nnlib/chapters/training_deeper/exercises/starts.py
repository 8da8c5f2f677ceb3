"""Exercise 5 of chapter 05b: how many random starts are needed if one in ten works."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import grade_number, number

OTHERWISE = "All k fail with probability 0.9^k; which k brings that to 5 % or less?"


def unrounded():
    return np.log(0.05) / np.log(0.9)


WRONG: Mistakes = {
    "28 give 94.8 %: just short.": lambda: int(unrounded()),
    "round up: starts are whole numbers.": (
        unrounded,
        lambda: round(unrounded(), 1),
        lambda: round(unrounded(), 2),
    ),
    "ten give 1 − 0.9¹⁰ = 65 %.": lambda: 10,
    "chances do not add up: with two starts it is 1 − 0.9² = 19 %, not 20 %.": lambda: 0.95 / 0.1,
    "that would be right if nine in ten worked: 1 − 0.1^k. Here 0.9^k is the chance that all k "
    "fail.": lambda: int(np.ceil(np.log(0.05) / np.log(0.1))),
    f"That is more than needed. {OTHERWISE}": (lambda: 30, lambda: 40),
}

known = grade_number(
    "starts",
    29,
    WRONG,
    praise="29: 0.9²⁹ = 4.7 %, and 0.9²⁸ is 5.2 % still.",
    otherwise=OTHERWISE,
    tolerance=1e-6,
)


def grade(starts):
    if number(starts, "starts") > 29.1:
        raise NotYet(f"That is more than needed. {OTHERWISE}")
    return known(starts)


exercise = Exercise(
    names=("starts",),
    grade=grade,
    hints=("The chance that all k fail is 0.9^k.", "ln 0.05 / ln 0.9, rounded up."),
    solution="""
        starts = int(np.ceil(np.log(0.05) / np.log(0.9)))
    """,
    wrong=WRONG,
    noise=lambda rng: (int(rng.integers(30, 500)),),
)
