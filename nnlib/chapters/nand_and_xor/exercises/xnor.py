"""Exercise 5 of chapter 02: a ReLU network with hidden weights 1 that computes XNOR exactly."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet, each_mistake
from nnlib.chapters.kit.grading import brief, name_mistake, number, numbers
from nnlib.chapters.nand_and_xor.exercises._shared import every_row


def answers_of(c, v, d):
    return np.maximum(every_row(2) @ np.ones((2, 2)) + c, 0) @ v + d


WRONG: Mistakes = {
    "that is XOR itself; XNOR is 1 − XOR. What happens to v and to d?": (
        lambda: ([0.0, -1.0], [1.0, -2.0], 0.0)
    ),
    "that is 1 + XOR: the 1 is there, and v is still to be turned round.": (
        lambda: ([0.0, -1.0], [1.0, -2.0], 1.0)
    ),
    "that is −XOR: the 1 of 1 − XOR is missing. Where can it go?": (
        lambda: ([0.0, -1.0], [-1.0, 2.0], 0.0)
    ),
}


def grade(c, v, d):
    answers = answers_of(numbers(c, "c", (2,)), numbers(v, "v", (2,)), number(d, "d"))
    if not np.allclose(answers, [1, 0, 0, 1]):
        name_mistake(answers, [(answers_of(*made()), words) for words, made in each_mistake(WRONG)])
        raise NotYet(
            f"for (0,0), (0,1), (1,0), (1,1) it answers {brief(answers)}, but it should answer "
            "[1, 0, 0, 1], exactly."
        )
    return "1 − XOR, in the same hidden space."


exercise = Exercise(
    names=("c", "v", "d"),
    grade=grade,
    hints=(
        "XNOR is 1 − XOR, and XOR has c = (0, −1), v = (1, −2), d = 0.",
        "Turn v round, and put the 1 into d.",
    ),
    solution="""
        c = np.array([0.0, -1.0])
        v = np.array([-1.0, 2.0])
        d = 1.0
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.normal(size=2), rng.normal(size=2), rng.normal()),
)
