"""Exercise 2 of chapter 01: the bias, and the weight of an input −1, that replace a threshold of 1.5."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import brief, number


def grade(b, w0):
    b, w0 = number(b, "b"), number(w0, "w0")
    if np.isclose(b, 1.5):
        raise NotYet(
            "b has the wrong sign: w·x > 1.5 is the same as w·x − 1.5 > 0, so which number is "
            "added?"
        )
    if not np.isclose(b, -1.5):
        raise NotYet(
            f"with b = {brief(b)} the neuron needs w·x > {brief(0 - b)} to answer 1, but it should "
            "need w·x > 1.5."
        )
    if np.isclose(w0, -1.5):
        raise NotYet(
            "b is right. w0 has the wrong sign: the input x₀ is −1, and (−1)·w0 must be −1.5."
        )
    if not np.isclose(w0, 1.5):
        raise NotYet(
            f"b is right. With w0 = {brief(w0)} the extra input adds {brief(0 - w0)} to the vote; "
            "it should add −1.5."
        )
    return "threshold 1.5, bias −1.5 and weight 1.5 on a constant input −1 are the same neuron."


WRONG: Mistakes = {
    "b has the wrong sign": (lambda: (1.5, 1.5), lambda: (1.5, -1.5)),
    "w0 has the wrong sign": lambda: (-1.5, -1.5),
    "needs w·x > 0 to answer 1": lambda: (0.0, 1.5),
    "the extra input adds −3 to the vote": lambda: (-1.5, 3.0),
}

exercise = Exercise(
    names=("b", "w0"),
    grade=grade,
    hints=(
        "Bring 1.5 to the other side of w·x > 1.5.",
        "Now write the number that is added as w0 times the input x₀ = −1.",
    ),
    solution="""
        b = -1.5          # w·x > 1.5  is  w·x − 1.5 > 0
        w0 = 1.5          # (−1) · 1.5 = −1.5
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.normal(), rng.normal()),
)
