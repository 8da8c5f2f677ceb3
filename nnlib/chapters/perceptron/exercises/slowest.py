"""Exercise 7 of chapter 01: ten points at most that take a perceptron a hundred mistakes or more."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.perceptron.exercises._problem import small_problem
from nnlib.perceptron import Perceptron


def grade(x, y):
    x, y = small_problem(x, y)
    if x.shape[1] != 2 or len(x) > 10:
        raise NotYet(
            "x should hold at most ten points with two coordinates each, but it has shape "
            f"{x.shape}."
        )
    if np.abs(x).max() > 1:
        raise NotYet(
            "all the coordinates should be between −1 and 1: larger ones would make it too easy."
        )
    perceptron = Perceptron(2).fit(x, y, epochs=100_000 // len(x))
    mistakes = sum(perceptron.mistakes)
    if not perceptron.converged:
        raise NotYet(
            f"still wrong after {mistakes:,} mistakes, and here the count stops: either no line "
            "separates these, or the gap is narrower than it need be. The learning has to end."
        )
    if mistakes < 100:
        raise NotYet(
            f"learnt after {mistakes} mistake{'s' if mistakes > 1 else ''}. The bound is (R/γ)²: "
            "what makes γ, the gap, small?"
        )
    return f"learnt after {mistakes:,} mistakes. How far can you get?"


WRONG = {
    "The bound is (R/γ)²": lambda: ([[1.0, 1.0], [-1.0, -1.0]], [1, 0]),
    "no line separates": lambda: ([[0.1, 0.1], [0.1, 0.1]], [1, 0]),
    "between −1 and 1": lambda: ([[9.0, 9.0], [9.0, 8.9]], [1, 0]),
    "at most ten": lambda: (np.ones((11, 2)), np.arange(11) % 2),
}

exercise = Exercise(
    names=("x", "y"),
    grade=grade,
    hints=(
        "The bound is (R/γ)², and R is at most √3 in this square. So γ has to be small.",
        "Two points of different classes very close to each other make γ small, and one such pair "
        "can be enough.",
        "Put the pair far from the origin, where a line from the start has to turn a long way to "
        "fit between.",
    ),
    solution="""
        x = np.array([[1.0, 1.0], [1.0, 0.95], [-1.0, 0.95]])
        y = np.array([1, 0, 0])
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.uniform(0.5, 1, (2, 2)) * [[1], [-1]], np.array([0, 1])),
)
