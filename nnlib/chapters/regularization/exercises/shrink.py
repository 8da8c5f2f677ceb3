"""Exercise 3 of chapter 07: what the penalty alone leaves of a weight after ten steps, η = 0.1, λ = 0.5."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_number

RIGHT = 0.95**10
WRONG = {
    "5 % of what is left *then* goes in each step, not 5 % of the beginning: 1 − 10 · 0.05 is too "
    "little.": lambda: 1 - 10 * 0.05,
    "e^(−0.5) is what many tiny steps tend to; these are ten of 5 % each.": lambda: np.exp(-0.5),
    "η is forgotten: a step takes the share η λ, not λ.": lambda: 0.5**10,
    "a step takes 10 %: η λ is 0.05. Is there a 2 too many, or the λ left out?": lambda: 0.9**10,
    "a step takes 2.5 %: the slope of (λ/2) w² is λ w, without the ½.": lambda: 0.975**10,
    "it grows: minus, not plus.": lambda: 1.05**10,
    "it does not stay: the loss has no slope here, but the penalty has.": lambda: 1.0,
    "that is after one step.": lambda: 0.95,
    "that is after nine steps.": lambda: 0.95**9,
    "that is after eleven steps.": lambda: 0.95**11,
    "that is what is gone.": lambda: 1 - RIGHT,
    "0.05 is what a step takes; 0.95 stays.": lambda: 0.05**10,
    "give a share, between 0 and 1, not a percentage.": lambda: 100 * RIGHT,
}

exercise = Exercise(
    names=("left",),
    grade=grade_number(
        "left",
        RIGHT,
        WRONG,
        tolerance=4e-3,  # 0.6, by hand, is right
        praise=f"0.95¹⁰ = {RIGHT:.4f}: each step leaves 1 − η λ = 95 % of what was there.",
        otherwise="write one step, w − η λ w, as a factor times w; then ten of them.",
    ),
    hints=(
        "One step without a slope of the loss: w − η λ w = (1 − η λ) w.",
        "Ten steps multiply by 1 − η λ ten times.",
    ),
    solution="left = (1 - 0.1 * 0.5) ** 10",
    wrong=WRONG,
    noise=lambda rng: (rng.uniform(1, 50),),
)
