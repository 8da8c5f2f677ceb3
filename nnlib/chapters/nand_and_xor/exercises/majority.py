"""Exercise 1 of chapter 02: a perceptron that answers 1 if at least two of its three inputs are 1."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet, each_mistake
from nnlib.chapters.kit.grading import name_mistake, number, numbers
from nnlib.chapters.nand_and_xor.exercises._shared import every_row

ROWS = every_row(3)
MAJORITY = ROWS.sum(axis=1) >= 2


def answers_of(w, b):
    return ROWS @ w + b > 0


NO_VOTE = "yours says 1 with no vote at all. Is the bias below 0?"
WRONG: Mistakes = {
    NO_VOTE: (lambda: (-np.ones(3), 1.5), lambda: (np.ones(3), 1.5)),
    "one input alone is enough for yours, so the bias is too high.": lambda: (np.ones(3), -0.5),
    "yours asks for all three, so the bias is too low. (A z of exactly 0 counts as 0.)": (
        lambda: (np.ones(3), -2.0)
    ),
    "for x = [1 0 0] the majority says 0, but yours says 1.": lambda: ([2.0, 1.0, 1.0], -1.5),
}


def grade(w, b):
    answers = answers_of(numbers(w, "w", (3,)), number(b, "b"))
    if answers[0]:
        raise NotYet(NO_VOTE)
    if not np.array_equal(answers, MAJORITY):
        name_mistake(answers, [(answers_of(*made()), words) for words, made in each_mistake(WRONG)])
        row = int(np.flatnonzero(answers != MAJORITY)[0])
        raise NotYet(
            f"for x = {ROWS[row]} the majority says {int(MAJORITY[row])}, but yours says "
            f"{int(answers[row])}."
        )
    return "a vote in the plainest sense."


exercise = Exercise(
    names=("w", "b"),
    grade=grade,
    hints=(
        "Give all three the same weight, 1.",
        "Two ones make a vote of 2, one makes 1. Which b is between?",
    ),
    solution="""
        w = np.array([1.0, 1.0, 1.0])
        b = -1.5          # 1 vote: −0.5;  2 votes: 0.5
    """,
    wrong=WRONG,
    noise=lambda rng: (-rng.random(3), rng.random()),
)
