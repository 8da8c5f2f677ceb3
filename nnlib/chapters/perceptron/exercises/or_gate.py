"""Exercise 1 of chapter 01: weights and a bias that make a perceptron answer OR."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import brief, number, numbers
from nnlib.datasets import truth_table

CORNERS, OR = truth_table([0, 1, 1, 1])
GATES = {
    (0, 0, 0, 1): "AND: one input alone must be enough, so the bias is too low.",
    (1, 1, 1, 0): "NAND: signs are flipped, and the threshold is that of AND.",
    (1, 0, 0, 0): "NOR: that is OR with the sign of every weight and of the bias flipped.",
    (0, 0, 0, 0): "never: no vote gets above the threshold, so the bias is too low.",
    (1, 1, 1, 1): "always: even with no vote at all it says 1. Is the bias below 0?",
}
NEGATED = ("NAND", "NOR")


def grade(w, b):
    w, b = numbers(w, "w", (2,)), number(b, "b")
    z = CORNERS @ w + b
    answers = tuple((z > 0).astype(int).tolist())
    if answers == tuple(OR):
        return "1 as soon as one input is 1, and 0 for (0, 0)."
    words = GATES.get(answers)
    if words and not words.startswith(NEGATED) and w.min() <= 0:
        raise NotYet(
            f"each weight has to be above 0: with w = {brief(w)}, a vote of 0 or less can never "
            "say 1 on its own."
        )
    if words:
        tie = " (A z of exactly 0 counts as 0.)" if (z == 0).any() else ""
        raise NotYet(f"your perceptron answers {words}{tie}")
    raise NotYet(_first_difference(z, answers))


def _first_difference(z, answers):
    row = int(np.flatnonzero(np.array(answers) != OR)[0])
    x = tuple(int(value) for value in CORNERS[row])
    line = " A z of exactly 0 counts as 0." if z[row] == 0 else ""
    return (
        f"for x = {x} it has z = {brief(z[row])}, so it answers {answers[row]}; OR says {OR[row]}."
        f"{line}"
    )


WRONG = {
    "answers AND": lambda: ([1.0, 1.0], -1.5),
    "answers NOR": lambda: ([-1.0, -1.0], 0.5),
    "answers NAND": lambda: ([-1.0, -1.0], 1.5),
    "answers always": lambda: ([1.0, 1.0], 0.5),
    "answers never": lambda: ([1.0, 1.0], -2.0),
    "A z of exactly 0 counts as 0": lambda: ([1.0, 2.0], -1.0),
    "has to be above 0": lambda: ([0.0, 1.0], -1.5),
    "shape (1, 2)": lambda: ([[1.0, 1.0]], -0.5),
    "two numbers": lambda: (1.0, -0.5),
    "b is None": lambda: ([1.0, 1.0], None),
}

exercise = Exercise(
    names=("w", "b"),
    grade=grade,
    hints=(
        "Write down z for the four inputs (0,0), (0,1), (1,0), (1,1), with w₁, w₂ and b as "
        "letters.",
        "Of the four z, one must be 0 or less and three above 0. Which one tells you the sign of "
        "b?",
        "Take both weights equal to 1. Which b is between −1 and 0?",
    ),
    solution="""
        w = np.array([1.0, 1.0])
        b = -0.5          # (0,0): −0.5;  (0,1) and (1,0): 0.5;  (1,1): 1.5
    """,
    wrong=WRONG,
    noise=lambda rng: (-rng.random(2), -rng.random()),
)
