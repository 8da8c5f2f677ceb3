"""Exercise 8 of chapter 02: are two numbers of two bits equal? From NAND gates, the fewer the better."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.nand_and_xor.exercises._shared import circuit, every_row

ROWS = every_row(4)
EQUAL = (ROWS[:, :2] == ROWS[:, 2:]).all(axis=1)


def grade(gates):
    answers = circuit(["a1", "a0", "b1", "b0"], gates).run(ROWS)[:, 0]
    if np.array_equal(answers, ~EQUAL):
        raise NotYet("it answers 1 where they *differ*: one gate more turns it round.")
    if not np.array_equal(answers, EQUAL):
        first = int(np.flatnonzero(answers != EQUAL)[0])
        a1, a0, b1, b0 = ROWS[first]
        raise NotYet(f"for a = {a1}{a0} and b = {b1}{b0} it answers {answers[first]}.")
    record = "It can be done with 12." if len(gates) > 12 else "We know of none with fewer."
    return f"right on all sixteen inputs, with {len(gates)} NAND. {record}"


def where_they_differ():
    return [
        *[("n1", "a1", "b1"), ("p1", "a1", "n1"), ("q1", "n1", "b1"), ("differ1", "p1", "q1")],
        *[("n0", "a0", "b0"), ("p0", "a0", "n0"), ("q0", "n0", "b0"), ("differ0", "p0", "q0")],
        *[("same1", "differ1", "differ1"), ("same0", "differ0", "differ0")],
        ("out", "same1", "same0"),
    ]


WRONG = {
    "where they *differ*": where_they_differ,
    "for a = 00 and b = 01 it answers 1": lambda: [("out", "a1", "b1")],
    "no gate makes the wire 'out'": lambda: [("no", "a1", "b1")],
}

exercise = Exercise(
    names=("gates",),
    grade=grade,
    hints=(
        "Two bits differ where their XOR is 1. XOR takes four gates, as in section 2.",
        "The numbers are equal where neither pair of bits differs: NOT (XOR₁ OR XOR₀).",
    ),
    solution="""
        gates = [
            *[("n1", "a1", "b1"), ("p1", "a1", "n1"), ("q1", "n1", "b1"), ("differ1", "p1", "q1")],
            *[("n0", "a0", "b0"), ("p0", "a0", "n0"), ("q0", "n0", "b0"), ("differ0", "p0", "q0")],
            *[("same1", "differ1", "differ1"), ("same0", "differ0", "differ0")],
            *[("no", "same1", "same0"), ("out", "no", "no")],
        ]
    """,
    wrong=WRONG,
    noise=lambda rng: ([("out", *rng.choice(["a1", "a0", "b1", "b0"], 2).tolist())],),
)
