"""Exercise 3 of chapter 04: the learning rate above which descent runs away."""

from fractions import Fraction

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import name_mistake, number

KNOWN = {
    "that is the limit along v₂, the gentle side. The steep side runs away much earlier.": 2.0,
    "that is where v₁ is at 0 after one step. It may still overshoot, as long as |v₁| shrinks.": (
        1 / 6
    ),
    "with C = 3 v₁² the curvature, the second derivative, is 6 and not 3.": 2 / 3,
    "that is the limit for C = v². Here the steep side is 3 v₁².": 1.0,
    "the two directions do not add up: each shrinks by its own factor.": 2 / 7,
}


def grade(eta):
    got = number(float(eta) if isinstance(eta, Fraction) else eta, "eta")
    if np.isclose(got, 1 / 3, rtol=1e-5):
        return (
            "v₁ ← (1 − 6η) v₁ shrinks while η < ⅓: the steepest direction sets the limit for all."
        )
    name_mistake(got, [(eta, words) for words, eta in KNOWN.items()], tolerance=5e-3)
    if abs(got - 1 / 3) < 5e-3:
        raise NotYet("nearly: give it exactly, as a quotient such as 2 / 7.")
    factor = 1 - 6 * got
    raise NotYet(
        f"with η = {got:.3g}, v₁ is multiplied by {factor:.3g} in each step; where does that "
        "reach −1?"
    )


WRONG = {words: lambda eta=eta: eta for words, eta in KNOWN.items()} | {
    "nearly: give it exactly, as a quotient such as 2 / 7.": lambda: 0.33,
    "with η = 0.1, v₁ is multiplied by 0.4 in each step": lambda: 0.1,
}

exercise = Exercise(
    names=("eta",),
    grade=grade,
    hints=(
        "The two directions do not disturb each other: ∂C/∂v₁ = 6 v₁, so v₁ ← (1 − 6η) v₁.",
        "It shrinks as long as 1 − 6η lies between −1 and 1.",
    ),
    solution="eta = 2 / 6     # 1 − 6η = −1",
    wrong=WRONG,
    noise=lambda rng: (rng.uniform(0.4, 0.6),),
)
