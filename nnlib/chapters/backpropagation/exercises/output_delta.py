"""Exercise 3 of chapter 05: dz at the output, for the squared error behind a sigmoid."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_function
from nnlib.numerics import sigmoid


def output_delta(a, y):
    return (a - y) * a * (1 - a) / len(a)


def bent_twice(a):
    """σ′ taken at a, where it should be taken at z."""
    return sigmoid(a) * (1 - sigmoid(a))


WRONG = {
    "the sign is wrong: output minus target.": lambda a, y: (y - a) * a * (1 - a) / len(a),
    "the cost is a mean over the examples: 1/n is missing.": lambda a, y: (a - y) * a * (1 - a),
    "divided by the number of *examples*, 5 here, not by all 15 numbers.": (
        lambda a, y: (a - y) * a * (1 - a) / a.size
    ),
    "twice too large: the ½ cancels the 2.": lambda a, y: 2 * (a - y) * a * (1 - a) / len(a),
    "half of it: the derivative of ½ e² is e.": lambda a, y: (a - y) * a * (1 - a) / len(a) / 2,
    "two things: output minus target, and 1/n is missing.": lambda a, y: (y - a) * a * (1 - a),
    "divided by the number of outputs, 3; it is the number of examples, 5.": (
        lambda a, y: (a - y) * a * (1 - a) / a.shape[1]
    ),
    "σ′ is missing: with the squared error nothing cancels it.": lambda a, y: (a - y) / len(a),
    "σ′ is taken at a, but it belongs to z: a is σ(z) already, so σ′(z) = a (1 − a).": (
        lambda a, y: (a - y) * bent_twice(a) / len(a)
    ),
    "σ′ is taken at a instead of z, and 1/n is missing.": lambda a, y: (a - y) * bent_twice(a),
    "σ′ and 1/n are missing.": lambda a, y: a - y,
}

rng = np.random.default_rng(0)
CASES = [
    (rng.uniform(0.1, 0.9, shape), rng.integers(0, 2, shape).astype(float))
    for shape in ((5, 3), (1, 4))
]

exercise = Exercise(
    names=("output_delta",),
    grade=grade_function(
        output_delta,
        CASES,
        WRONG,
        praise="(a − y) σ′(z) / n, with σ′(z) = a (1 − a).",
        otherwise=lambda case, got, right: (
            f"for a of shape {right.shape} dz[0, 0] is {got[0, 0]:.5f}, but a nudge of z says "
            f"{right[0, 0]:.5f}."
        ),
        tolerance=1e-5,
    ),
    hints=("∂C/∂a is (a − y) / n.", "Then through the bend: times σ′(z) = a (1 − a)."),
    solution=output_delta,
    wrong=WRONG,
    noise=lambda rng: (lambda a, y: rng.normal(size=a.shape),),
)
