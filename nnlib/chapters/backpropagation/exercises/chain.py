"""Exercise 1 of chapter 05: the slope of a chain of three functions."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_function
from nnlib.numerics import sigmoid


def slope(w):
    a = 1 / (1 + np.exp(-(w**2)))
    return 2 * a * a * (1 - a) * 2 * w


def mistaken(answer):
    """A mistake that has the right output a, and then gives ``answer(w, a)``."""
    return lambda w: answer(w, sigmoid(w * w))


WRONG = {
    "that is the outermost slope alone; two more functions stand between it and w.": mistaken(
        lambda w, a: 2 * a
    ),
    "the innermost slope is missing: w² moves 2w times as much as w.": mistaken(
        lambda w, a: 2 * a * a * (1 - a)
    ),
    "the outermost slope is missing: the square of σ moves 2σ times as much as σ.": mistaken(
        lambda w, a: a * (1 - a) * 2 * w
    ),
    "the slope of the sigmoid is missing: a (1 − a).": mistaken(lambda w, a: 2 * a * 2 * w),
    "σ′ is a (1 − a) with the output a, not with w².": (
        mistaken(lambda w, a: 2 * a * w**2 * (1 - w**2) * 2 * w),
        mistaken(lambda w, a: 2 * w**2 * w**2 * (1 - w**2) * 2 * w),
    ),
    "that is C itself, not its slope.": mistaken(lambda w, a: a * a),
    "half of it: does every square have its 2?": mistaken(lambda w, a: 2 * a * a * (1 - a) * w),
    "the sign is wrong.": lambda w: -slope(w),
    "one factor a is lost: the outermost slope is 2a, and σ′ is a (1 − a).": mistaken(
        lambda w, a: 2 * a * (1 - a) * 2 * w
    ),
}

exercise = Exercise(
    names=("slope",),
    grade=grade_function(
        slope,
        [(0.7,), (-1.1,)],
        WRONG,
        praise="three slopes, multiplied: 2a · a(1 − a) · 2w.",
        otherwise=lambda case, got, right: (
            f"at w = {case[0]} a nudge says {right:.6f}, but yours says {got:.6f}."
        ),
        tolerance=1e-5,
    ),
    hints=(
        "Name the values between: p = w², a = σ(p), C = a².",
        "Their slopes are 2w, a (1 − a) and 2a. Multiply.",
    ),
    solution=slope,
    wrong=WRONG,
    noise=lambda rng: (lambda _: rng.normal(),),
)
