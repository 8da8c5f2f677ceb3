"""Exercise 4 of chapter 02: the linear model with the least squared error for AND."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import number, numbers
from nnlib.datasets import truth_table

CORNERS, AND = truth_table([0, 0, 0, 1])


def grade(w, b):
    w, b = numbers(w, "w", (2,)), number(b, "b")
    z = CORNERS @ w + b
    cost = ((z - AND) ** 2).mean() / 2
    if np.allclose(w, 0) and np.isclose(b, 0.5):
        raise NotYet("that is the best for XOR; AND has other targets.")
    if np.array_equal(z > 0, AND):
        raise NotYet(
            "that is a perceptron for AND. Here z itself should be near 0 and 1 on all four rows."
        )
    if not (np.allclose(w, 0.5, atol=1e-3) and np.isclose(b, -0.25, atol=1e-3)):
        raise NotYet(
            f"its cost is {cost:.5f}; there is one with {1 / 32:.5f}. Set the three derivatives to "
            "zero."
        )
    return f"cost {cost:.5f}; no other straight answer is as close to AND."


WRONG = {
    "best for XOR": lambda: (np.zeros(2), 0.5),
    "a perceptron for AND": lambda: (np.ones(2), -1.5),
    "its cost is 0.06250; there is one with 0.03125": lambda: (np.array([0.5, 0.5]), 0.0),
}

exercise = Exercise(
    names=("w", "b"),
    grade=grade,
    hints=(
        "Only one row wants 1. As the inputs are alike, w₁ = w₂ = w.",
        "∂C/∂b = 0 says that the errors of the four rows sum to 0: 4w + 4b = 1.",
        "∂C/∂w₁ = 0 says the same of the two rows with x₁ = 1: (w + b) + (2w + b) = 1.",
    ),
    solution="""
        w = np.array([0.5, 0.5])
        b = -0.25         # 4w + 4b = 1 and 3w + 2b = 1
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.normal(size=2), rng.normal()),
)
