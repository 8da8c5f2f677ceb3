"""Exercise 1 of chapter 05b: how many times as large δ is with cross-entropy, at z = 5."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_number, number
from nnlib.numerics import sigmoid

A = float(sigmoid(np.array(5.0)))
SLOPE = A * (1 - A)
PRAISE = f"{1 / SLOPE:.1f} times: δ is a against a · σ′(z), and σ′(5) is {SLOPE:.5f}."

WRONG = {
    "that is the other way round: σ′(5). Turn it over.": lambda: SLOPE,
    "that is δ with cross-entropy. Divide it by the other one.": lambda: A,
    "that is δ with the quadratic cost. The question is how many times it fits into the other.": (
        lambda: A * SLOPE
    ),
    "δ with cross-entropy is a, not 1: the a cancels.": lambda: 1 / (A * SLOPE),
    "the slope of the sigmoid is a (1 − a); here only a is left.": lambda: 1 / A,
    "that divides by 1 − a alone; σ′ is a (1 − a).": lambda: 1 / (1 - A),
}

OTHERWISE = (
    "write both δ at z = 5, a with cross-entropy and a · a(1 − a) with the quadratic cost, and "
    "divide."
)
known = grade_number(
    "times",
    1 / SLOPE,
    WRONG,
    praise=PRAISE,
    otherwise=OTHERWISE,
    tolerance=0.00025,
)


def grade(times):
    off = abs(number(times, "times") * SLOPE - 1)
    if off < 0.004:  # from values of three digits, say
        return PRAISE
    try:
        return known(times)
    except NotYet as reply:
        if off < 0.02 and str(reply) == OTHERWISE:
            raise NotYet("nearly: did you round on the way? Keep four digits of σ′(5).") from None
        raise


exercise = Exercise(
    names=("times",),
    grade=grade,
    hints=(
        "δ is a with cross-entropy, and a · σ′(z) with the quadratic cost.",
        "What is left is 1/σ′(5).",
    ),
    solution="""
        a = 1 / (1 + np.exp(-5))
        times = 1 / (a * (1 - a))
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.uniform(2, 100),),
)
