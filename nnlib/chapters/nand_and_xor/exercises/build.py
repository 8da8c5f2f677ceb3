"""Exercise 6 of chapter 02: a hidden step layer whose neurons are silent for one row each."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import call, parts
from nnlib.chapters.nand_and_xor.exercises._shared import every_row


def build(rows):
    return (1 - 2 * rows).T, rows.sum(axis=1) - 0.5


CASES = (
    every_row(2)[[1, 2]],
    every_row(2)[[3]],
    every_row(3)[[0, 3, 5, 6]],
    every_row(4)[[0, 7, 8, 14, 15]],
)


def grade(function):
    for rows in CASES:
        n, d = rows.shape
        result = call(function, rows)
        look_at_neurons(rows, *parts(result, ("W", "b"), [(d, n), (n,)]))
    return (
        "silent for its own row only. AND over such neurons forbids rows, as OR over the others "
        "allowed them."
    )


def look_at_neurons(rows, W, b):
    every = every_row(rows.shape[1])
    fires = every @ W + b > 0
    own = (every[:, None, :] == rows[None, :, :]).all(axis=2)
    if np.array_equal(fires, own):
        raise NotYet(
            "those are the neurons of section 7, which fire for their own row: turn all the signs "
            "round."
        )
    turned = np.array_equal(np.sign(W), 1 - 2 * rows.T)
    if (fires & own).any():
        row = rows[(fires & own).any(axis=0)][0]
        part = "W is right, so b is too high." if turned else "Which inputs should vote against?"
        raise NotYet(f"the neuron for {row} fires for its own row. {part}")
    if not np.array_equal(fires, ~own):
        row = rows[(~fires & ~own).any(axis=0)][0]
        part = "Each input that differs should add to its vote."
        part = "W is right, so b is too low." if turned else part
        raise NotYet(f"the neuron for {row} is silent for other rows too. {part}")


WRONG = {
    "neurons of section 7": lambda rows: ((2 * rows - 1).T, 0.5 - rows.sum(axis=1)),
    "W is right, so b is too high": lambda rows: ((1 - 2 * rows).T, rows.sum(axis=1) + 0.5),
    "W is right, so b is too low": lambda rows: ((1 - 2 * rows).T, rows.sum(axis=1) - 1.5),
    "Each input that differs": lambda rows: (-rows.T, rows.sum(axis=1) - 0.5),
    "Which inputs should vote against?": lambda rows: (rows.T, 0.5 - rows.sum(axis=1)),
}

exercise = Exercise(
    names=("build",),
    grade=grade,
    hints=(
        "The neuron for the row (1, 0, 1) should be silenced by its own ones and woken by any "
        "input that differs.",
        "So the weights are −1 where the row has a 1, and +1 where it has a 0: W = (1 − 2·rows) "
        "transposed.",
        "Its own row then has z = b − (number of ones), and every other row at least 1 more. Which "
        "b is between?",
    ),
    solution=build,
    wrong=WRONG,
    noise=lambda rng: (
        lambda rows: (rng.normal(size=rows.T.shape), rng.normal(size=len(rows)) - 9),
    ),
)
