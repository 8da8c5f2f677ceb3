"""Exercise 1 of chapter 04: the slope of the squared error of one weight."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_function


def slope(w, x, y):
    return ((w * x - y) * x).mean()


BY_X = "it is x by which w x changes when w changes by 1."
WRONG = {
    "the sum is there, the mean is not: 1/n is missing.": (lambda w, x, y: len(x) * slope(w, x, y)),
    "twice too large: the ½ cancels the 2 of the square.": lambda *case: 2 * slope(*case),
    "half of it: the derivative of ½ e² is e, without a ½.": lambda *case: slope(*case) / 2,
    "the sign is turned round: the error is w x − y, not y − w x.": lambda *case: -slope(*case),
    "two things: the sum is there but not the mean, and the sign is turned round.": (
        lambda w, x, y: -len(x) * slope(w, x, y)
    ),
    "two things: 1/n is missing, and the ½ cancels the 2 of the square.": (
        lambda w, x, y: 2 * len(x) * slope(w, x, y)
    ),
    "the factor x is missing: w x changes by x when w changes by 1.": (
        lambda w, x, y: (w * x - y).mean()
    ),
    f"the error is multiplied by y: {BY_X}": lambda w, x, y: ((w * x - y) * y).mean(),
    f"the error is multiplied by w: {BY_X}": lambda w, x, y: ((w * x - y) * w).mean(),
    "y is forgotten: the error is w x − y.": lambda w, x, y: slope(w, x, 0),
    "that is the cost itself, not its slope.": lambda w, x, y: ((w * x - y) ** 2).mean() / 2,
    "the mean of products is not the product of means: multiply in each example first.": (
        lambda w, x, y: (w * x - y).mean() * x.mean()
    ),
}
rng = np.random.default_rng(0)
CASES = [(w, *rng.normal(size=(2, n))) for w, n in ((0.3, 7), (-1.2, 7), (2.0, 4))]


def otherwise(case, got, right):
    return f"for one of our examples it says {got:.5g}, but a nudge of w says {right:.5g}."


exercise = Exercise(
    names=("slope",),
    grade=grade_function(
        slope,
        CASES,
        WRONG,
        praise="the mean of error times input, as in chapter 02.",
        otherwise=otherwise,
        tolerance=1e-5,
    ),
    hints=(
        "Write the error e = w x − y of one example: its cost is ½ e².",
        "The derivative of ½ e² with respect to w is e · x. Then the mean.",
    ),
    solution=slope,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(),),
)
