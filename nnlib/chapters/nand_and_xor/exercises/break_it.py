"""Exercise 7 of chapter 02: all the inputs for which a full adder with a wrong wire adds wrongly."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.nand_and_xor.exercises._shared import every_row
from nnlib.circuits import FULL_ADDER, Circuit

# The full adder with one wire in the wrong place: its last gate should hear "sum nand" too.
BROKEN_ADDER = Circuit(
    FULL_ADDER.inputs, [*FULL_ADDER.gates[:-1], ("carry", "ab nand", "ab nand")], FULL_ADDER.outputs
)
ROWS = every_row(3)


def grade(rows):
    handed = rows_of_bits(rows)
    adds_wrongly = BROKEN_ADDER.run(ROWS) @ np.array([1, 2]) != ROWS.sum(axis=1)
    expected = rows_of_bits(ROWS[adds_wrongly])
    if innocent := sorted(handed - expected):
        raise NotYet(f"for {innocent[0]} it adds rightly: its outputs are the sum's ones and twos.")
    if missing := len(expected - handed):
        raise NotYet(
            f"those are wrong indeed; {missing} more of the eight inputs are. Compare with a + b + "
            "c."
        )
    return (
        "just these. A circuit is proved by trying all its inputs, and a network hardly ever can "
        "be."
    )


def rows_of_bits(rows):
    """Return the learner's rows as a set of (a, b, c), or say what they are instead."""
    rows = list(rows) if isinstance(rows, set) else rows
    if isinstance(rows, list | tuple) and any(np.shape(row) != (3,) for row in rows):
        raise NotYet("rows should be a list of inputs [a, b, c], three bits each.")
    shape = np.shape(rows)
    if len(shape) != 2 or shape[1] != 3 or shape[0] == 0 or not np.isin(rows, (0, 1)).all():
        raise NotYet(
            f"rows should be a list of inputs [a, b, c], each 0 or 1, but it has shape {shape}. "
            "From a list of yes and no, or of row numbers, x[…] takes the rows themselves."
        )
    return {tuple(int(bit) for bit in row) for row in np.asarray(rows)}


WRONG = {
    "for (0, 0, 0) it adds rightly": lambda: [[0, 0, 0]],
    "1 more of the eight inputs are": lambda: [[0, 1, 1]],
    "a list of inputs [a, b, c], three bits each": lambda: [0, 0, 1],
    "takes the rows themselves": lambda: np.array([3, 5]),
    "three bits each": lambda: ["011", "101"],
}

exercise = Exercise(
    names=("rows",),
    grade=grade,
    hints=(
        "ex.BROKEN_ADDER.run(x) gives ones and carry for each row of x. What should they be for "
        "a + b + c?",
        "x = np.array(list(product((0, 1), repeat=3))) is all eight. Compare outputs @ [1, 2] with "
        "x.sum(axis=1).",
    ),
    solution="""
        from itertools import product

        x = np.array(list(product((0, 1), repeat=3)))
        rows = x[ex.BROKEN_ADDER.run(x) @ [1, 2] != x.sum(axis=1)]
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.permutation(ROWS)[:7],),
)
