"""Exercise 1 of chapter 03: the slope of the sigmoid."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_function
from nnlib.chapters.sigmoid.exercises._shared import Z, at_the_worst, sigma


def slope(z):
    a = 1 / (1 + np.exp(-z))
    return a * (1 - a)


WRONG = {
    "that is the sigmoid itself, not its slope.": sigma,
    "the sign is wrong: a sigmoid only ever rises, so its slope is positive.": (
        lambda z: -slope(z)
    ),
    "that is z (1 − z): the formula wants the output a = σ(z), not z.": lambda z: z * (1 - z),
    "the sigmoid is applied twice: σ′ is taken at z, not at the output a.": (
        lambda z: slope(sigma(z))
    ),
    "the factor σ(z) is missing: σ′ = σ (1 − σ).": lambda z: 1 - sigma(z),
    "that is the slope's formula for tanh, 1 − a².": lambda z: 1 - sigma(z) ** 2,
    "that is a · a: the second factor is what a lacks to 1.": lambda z: sigma(z) ** 2,
}

exercise = Exercise(
    names=("slope",),
    grade=grade_function(
        slope,
        [(Z,), (Z[4:6],)],
        WRONG,
        praise="σ′ = σ (1 − σ); it never exceeds ¼.",
        otherwise=at_the_worst("slope"),
        tolerance=1e-5,
    ),
    hints=(
        "First a = σ(z): 1 / (1 + np.exp(-z)).",
        "Then the slope is a times what is missing to 1.",
    ),
    solution=slope,
    wrong=WRONG,
    noise=lambda rng: (lambda z: rng.random(len(z)),),
)
