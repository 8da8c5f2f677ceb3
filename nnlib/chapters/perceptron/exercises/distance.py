"""Exercise 4 of chapter 01: how far a point is from the line, with a sign for the side."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes
from nnlib.chapters.kit.grading import brief, grade_function


def distance(w, b, x):
    return (w @ x + b) / np.sqrt(w @ w)


def rounded(digits):
    return lambda *case: round(float(distance(*case)), digits)


WRONG: Mistakes = {
    "do not round: here √½ = 0.70710678… is expected.": tuple(map(rounded, range(5))),
    "right for two inputs, but the length of w has to take in all of its weights, as w @ w does.": (
        lambda w, b, x: (w @ x + b) / np.hypot(w[0], w[1])
    ),
    "that is z itself: it grows when w and b are doubled, but the line stays. Divide by the length "
    "of w.": lambda w, b, x: w @ x + b,
    "it is divided by w·w, the squared length of w: take the square root.": (
        lambda w, b, x: (w @ x + b) / (w @ w)
    ),
    "a/b**1/2 is (a/b)/2: the root needs brackets, (…)**(1/2), or np.sqrt.": (
        lambda w, b, x: (w @ x + b) / (w @ w) ** 1 / 2,
        lambda w, b, x: (w @ x + b) / np.sqrt(w @ w) ** 1 / 2,
    ),
    "brackets: only b is divided by the length, but w·x should be too.": (
        lambda w, b, x: w @ x + b / np.sqrt(w @ w)
    ),
    "the size is right, but the sign is that of w·x, without b; it should be the sign of z.": (
        lambda w, b, x: np.copysign(distance(w, b, x), w @ x)
    ),
    "the size is right, but the sign is not: negative is the side where the answer is 0.": (
        lambda *case: abs(distance(*case)),
        lambda *case: -distance(*case),
    ),
    "that is the distance from the parallel line through the origin: b is left out.": (
        lambda w, b, x: w @ x / np.sqrt(w @ w)
    ),
    "b is subtracted, but it should be added.": lambda w, b, x: (w @ x - b) / np.sqrt(w @ w),
    "that is how far the line is from the origin; x has to come into it.": (
        lambda w, b, x: -b / np.sqrt(w @ w)
    ),
    "len(w) is how many weights there are; the length of an arrow is np.sqrt(w @ w).": (
        lambda w, b, x: (w @ x + b) / len(w)
    ),
    "the length of w is the root of its sum of squares, not the sum of its sizes.": (
        lambda w, b, x: (w @ x + b) / abs(w).sum()
    ),
}


def otherwise(case, got, right):
    w, b, x = map(brief, case)
    numbers = f"it should be {right:.8g}, but it is {got:.8g}".replace("-", "−")
    return f"for w = {w}, b = {b} and x = {x} {numbers}."


CASES = [
    (np.array([3.0, -4.0]), 2.0, np.array([1.0, 5.0])),
    (np.array([1.0, 2.0, 2.0]), 1.0, np.array([0.5, 1.0, -1.0])),
    (np.array([1.0, 1.0]), 0.0, np.array([1.0, 0.0])),
    (np.array([1.0, 2.0]), -4.0, np.array([1.0, 0.5])),  # w·x is 2, and z is −2
    (np.array([-2.0]), 3.0, np.array([1.0])),  # w·x is −2, and z is 1
]

exercise = Exercise(
    names=("distance",),
    grade=grade_function(
        distance,
        CASES,
        WRONG,
        otherwise=otherwise,
        tolerance=1e-6,
        praise="the signed distance, (w·x + b) / ‖w‖, which no rescaling of w and b can change.",
    ),
    hints=(
        "Start on the line and walk d steps of length 1 along w. By how much does w·x + b grow?",
        "A step of length 1 along w is w/‖w‖, and w·(w/‖w‖) = ‖w‖. So z = d·‖w‖.",
        "‖w‖ is np.sqrt(w @ w), or np.linalg.norm(w).",
    ),
    solution=distance,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(),),
)
