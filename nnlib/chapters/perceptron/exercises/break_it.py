"""Exercise 6 of chapter 01: data that a perceptron learns and ``broken_fit`` never does."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.perceptron.exercises._problem import small_problem
from nnlib.perceptron import Perceptron


def broken_fit(x, y, epochs=1000):
    """Learn as a perceptron does, but with one line missing: the exercise *break it* is to find out which.

    Returns w, b and whether the last pass was without a mistake. Labels are 0 and 1.
    """
    x, y = np.asarray(x, float), np.asarray(y)
    w, b = np.zeros(x.shape[1]), 0.0
    for _ in range(epochs):
        mistakes = 0
        for row, label in zip(x, y, strict=True):
            sign = 1 if label == 1 else -1
            if (1 if row @ w + b > 0 else -1) != sign:
                w = w + sign * row
                mistakes += 1
        if mistakes == 0:
            return w, b, True
    return w, b, False


def grade(x, y):
    x, y = small_problem(x, y)
    if not Perceptron(x.shape[1]).fit(x, y, epochs=1000).converged:
        raise NotYet(
            "the sound perceptron still makes mistakes after 1000 passes, so nothing is proved "
            "against broken_fit: either no line separates these, or the gap is too narrow for 1000 "
            "passes. Take fewer or smaller numbers."
        )
    if broken_fit(x, y)[2]:
        raise NotYet(
            "broken_fit learns these too: a line through the origin does for them. What does a "
            "line need that must not go through the origin?"
        )
    return (
        "the sound perceptron learns these, and broken_fit is still wrong after 1000 passes: it "
        "never changes b."
    )


WRONG = {
    "broken_fit learns these too": lambda: ([[-1.0], [1.0]], [0, 1]),
    "no line separates": lambda: ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]),
    "both labels": lambda: ([[1.0], [2.0]], [1, 1]),
    "as rows": lambda: ([1.0, 2.0], [0, 1]),
    "one label for each": lambda: ([[1.0], [2.0]], [0, 1, 1]),
}

exercise = Exercise(
    names=("x", "y"),
    grade=grade,
    hints=(
        "Read broken_fit beside Perceptron.learn. Which of the two, w or b, is never changed?",
        "Its b stays 0, so its line always goes through the origin.",
        "One input is enough: which two points on the right half of an axis can no such line tell "
        "apart?",
    ),
    solution="""
        x = np.array([[1.0], [2.0]])      # both on the same side of the origin
        y = np.array([0, 1])              # the threshold has to lie between 1 and 2
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.normal(size=(40, 2)), rng.permutation(40) % 2),
    noises=3,
)
