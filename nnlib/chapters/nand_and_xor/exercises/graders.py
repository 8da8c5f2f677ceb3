"""What is right and what is not yet right about an answer in chapter 02, in the order of the chapter."""

from itertools import product
from typing import Any

import numpy as np

from nnlib.chapters.kit.exercise import NotYet
from nnlib.chapters.kit.grading import call, number, numbers
from nnlib.circuits import FULL_ADDER, Circuit

TWO, THREE, FOUR = (np.array(list(product((0, 1), repeat=n))) for n in (2, 3, 4))


def grade_majority(w: Any, b: Any) -> str:
    """Weights and a bias of a perceptron that answers 1 where at least two of three inputs are 1."""
    w, b = numbers(w, "w", (3,)), number(b, "b")
    answers, ones = (THREE @ w + b > 0).astype(int), THREE.sum(axis=1)
    if answers[0]:
        raise NotYet("yours says 1 with no vote at all: is the bias below 0?")
    named = (
        (ones >= 1, "one input alone is enough for yours, so the bias is too high."),
        (
            ones >= 3,
            "yours wants all three, so the bias is too low. (A z of exactly 0 counts as 0.)",
        ),
    )
    for wrong, words in named:
        if np.array_equal(answers, wrong):
            raise NotYet(words)
    if not np.array_equal(answers, ones >= 2):
        row = int(np.flatnonzero(answers != (ones >= 2))[0])
        raise NotYet(
            f"for x = {THREE[row]} two of three say {int(ones[row] >= 2)}, and yours says {answers[row]}."
        )
    return "a vote in the plainest sense."


def _circuit(inputs: list[str], gates: Any, outputs: list[str]) -> Circuit:
    gates = gates.tolist() if isinstance(gates, np.ndarray) else gates
    named = isinstance(gates, list | tuple) and all(
        isinstance(gate, list | tuple) and len(gate) == 3 for gate in gates
    )
    if not named or not all(isinstance(wire, str) for gate in gates for wire in gate):
        raise NotYet(
            'gates should be a list of (output, input, input), three names each, as ("not b", "b", "b").'
        )
    known, made = set(inputs), [gate[0] for gate in gates]
    for out, *sources in gates:
        for wire in sources:
            if wire not in known and wire in made:
                raise NotYet(
                    f"{wire!r} is used before it is made: put its gate above that of {out!r}."
                )
            if wire not in known:
                raise NotYet(
                    f"no gate makes {wire!r}, which {out!r} uses. (The wire that a gate makes comes first.)"
                )
        if out in known:
            raise NotYet(f"the wire {out!r} is made twice: give each gate a new name.")
        known.add(out)
    if missing := [wire for wire in outputs if wire not in known]:
        raise NotYet(f"no gate makes the wire {missing[0]!r}.")
    return Circuit(inputs, [tuple(gate) for gate in gates], outputs)


def grade_implies(gates: Any) -> str:
    """NAND gates for *a implies b*: wrong only where a is 1 and b is 0."""
    answers = _circuit(["a", "b"], gates, ["out"]).run(TWO)[:, 0].tolist()
    named = {
        (1, 0, 1, 1): "that is *b implies a*: the two inputs are swapped.",
        (0, 1, 1, 1): "that is OR: which of the two has to be turned round first?",
        (0, 0, 1, 0): "that is *a and not b*, just the opposite of *a implies b*.",
        (1, 1, 1, 0): "that is NAND itself: one input has to be turned round first.",
    }
    if tuple(answers) in named:
        raise NotYet(named[tuple(answers)])
    if answers != [1, 1, 0, 1]:
        raise NotYet(
            f"for (a, b) = (0,0), (0,1), (1,0), (1,1) it answers {answers}, and [1, 1, 0, 1] is wanted."
        )
    return f"wrong only where a is 1 and b is 0, with {len(gates)} NAND."


def grade_collapse(collapse: Any) -> str:
    """A function that returns W, b of the one layer that does what two linear layers do."""
    rng = np.random.default_rng(0)
    first, b1, second, b2 = (
        rng.normal(size=(3, 4)),
        rng.normal(size=4),
        rng.normal(size=(4, 2)),
        rng.normal(size=2),
    )
    result = call(collapse, first, b1, second, b2)
    if not (isinstance(result, tuple | list) and len(result) == 2):
        raise NotYet(
            f"the function should return two things, W and b; it returned {type(result).__name__}"
        )
    weights, bias = numbers(result[0], "W", (3, 2)), numbers(result[1], "b", (2,))
    if not np.allclose(weights, first @ second):
        raise NotYet(
            "W is not right: put the first layer's z into the second layer and multiply out."
        )
    if np.allclose(bias, b1 @ second):
        raise NotYet("W is right. In b the second bias is lost.")
    if np.allclose(bias, b2):
        raise NotYet(
            "W is right. In b the first bias is lost: it goes through the second layer's weights too."
        )
    if not np.allclose(bias, b1 @ second + b2):
        raise NotYet("W is right, b is not: what comes out of both layers for x = 0?")
    return "two linear layers are one; and so are a hundred."


def grade_best_line(w: Any, b: Any) -> str:
    """The linear model with the least squared error for AND."""
    w, b = numbers(w, "w", (2,)), number(b, "b")
    targets = np.array([0, 0, 0, 1])
    cost = ((TWO @ w + b - targets) ** 2).mean() / 2
    if np.allclose(w, 0) and np.isclose(b, 0.5):
        raise NotYet("that is the best for XOR; AND has other targets.")
    if np.allclose(w, 1) and b <= -1:
        raise NotYet(
            "that is a perceptron for AND. Here z itself should be near 0 and 1 on all four rows."
        )
    if not (np.allclose(w, 0.5, atol=1e-3) and np.isclose(b, -0.25, atol=1e-3)):
        raise NotYet(
            f"its cost is {cost:.5f}; there is one with {1 / 32:.5f}. Set the three derivatives to zero."
        )
    return f"cost {cost:.4f}; no other straight answer is as close to AND."


def grade_xnor(c: Any, v: Any, d: Any) -> str:
    """Hidden bias c, output weights v and bias d of a ReLU network with W all ones that computes XNOR exactly."""
    c, v, d = numbers(c, "c", (2,)), numbers(v, "v", (2,)), number(d, "d")
    answers = np.maximum(TWO @ np.ones((2, 2)) + c, 0) @ v + d
    if np.allclose(answers, [0, 1, 1, 0]):
        raise NotYet("that is XOR itself; XNOR is 1 − XOR. What happens to v and to d?")
    if np.allclose(answers, [1, 2, 2, 1]):
        raise NotYet("that is 1 + XOR: the 1 is there, and v is still to be turned round.")
    if np.allclose(answers, [0, -1, -1, 0]):
        raise NotYet("that is −XOR: the 1 of 1 − XOR is missing. Where can it go?")
    if not np.allclose(answers, [1, 0, 0, 1]):
        shown = ", ".join(f"{value:g}" for value in answers)
        raise NotYet(
            f"for (0,0), (0,1), (1,0), (1,1) it answers {shown}, and 1, 0, 0, 1 is wanted, exactly."
        )
    return "1 − XOR, in the same hidden space."


def grade_build(build: Any) -> str:
    """A function that returns W, b of a hidden step layer whose neurons are silent for one row each."""
    for rows in (TWO[[1, 2]], TWO[[3]], THREE[[0, 3, 5, 6]], FOUR[[0, 7, 8, 14, 15]]):
        n, d = rows.shape
        result = call(build, rows.astype(float))
        if not (isinstance(result, tuple | list) and len(result) == 2):
            raise NotYet(
                f"the function should return two things, W and b; it returned {type(result).__name__}"
            )
        _grade_silent(rows, numbers(result[0], "W", (d, n)), numbers(result[1], "b", (n,)))
    return "silent for its own row only. AND over such neurons forbids rows, as OR over the others allowed them."


def _grade_silent(rows: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> None:
    every = np.array(list(product((0, 1), repeat=rows.shape[1])))
    fires = every @ weights + bias > 0
    own = (every[:, None, :] == rows[None, :, :]).all(axis=2)
    if np.array_equal(fires, own):
        raise NotYet(
            "those are the neurons of section 7, which fire for their own row: turn all the signs round."
        )
    turned = np.array_equal(np.sign(weights), 1 - 2 * rows.T)
    if (fires & own).any():
        column = int(np.argmax((fires & own).any(axis=0)))
        part = "W is right, so b is too high." if turned else "Which inputs should vote against?"
        raise NotYet(f"the neuron for {rows[column]} fires for its own row. {part}")
    if not np.array_equal(fires, ~own):
        column = int(np.argmax((~fires & ~own).any(axis=0)))
        part = (
            "W is right, so b is too low."
            if turned
            else "Each input that differs should add to its vote."
        )
        raise NotYet(f"the neuron for {rows[column]} is silent for other rows too. {part}")


# The full adder with one wire in the wrong place: its last gate should hear "sum nand" too.
BROKEN_ADDER = Circuit(
    FULL_ADDER.inputs, [*FULL_ADDER.gates[:-1], ("carry", "ab nand", "ab nand")], FULL_ADDER.outputs
)


def grade_break_it(rows: Any) -> str:
    """All the inputs for which ``BROKEN_ADDER`` adds wrongly."""
    rows = list(rows) if isinstance(rows, set) else rows
    if isinstance(rows, list | tuple) and any(np.shape(row) != (3,) for row in rows):
        raise NotYet("rows should be a list of inputs [a, b, c], three bits each.")
    shape = np.shape(rows)
    if len(shape) != 2 or shape[1] != 3 or shape[0] == 0 or not np.isin(rows, (0, 1)).all():
        raise NotYet(
            f"rows should be a list of inputs [a, b, c], each 0 or 1; it has shape {shape}. From a list of yes and no, "
            "or of row numbers, x[…] takes the rows themselves."
        )
    handed = {tuple(int(bit) for bit in row) for row in np.asarray(rows)}
    wrong = (BROKEN_ADDER.run(THREE) @ np.array([1, 2])) != THREE.sum(axis=1)
    wanted = {tuple(int(bit) for bit in row) for row in THREE[wrong]}
    if innocent := sorted(handed - wanted):
        raise NotYet(f"for {innocent[0]} it adds rightly: its outputs are the sum's ones and twos.")
    if missing := len(wanted - handed):
        raise NotYet(
            f"those are wrong indeed; {missing} more of the eight inputs are. Compare with a + b + c."
        )
    return "just these. A circuit is proved by trying all its inputs, and a network hardly ever can be."


def grade_equal(gates: Any) -> str:
    """NAND gates that answer 1 where two numbers of two bits are equal; fewer is better."""
    circuit = _circuit(["a1", "a0", "b1", "b0"], gates, ["out"])
    answers = circuit.run(FOUR)[:, 0]
    wanted = (FOUR[:, :2] == FOUR[:, 2:]).all(axis=1).astype(int)
    if np.array_equal(answers, 1 - wanted):
        raise NotYet("it answers 1 where they *differ*: one gate more turns it round.")
    if not np.array_equal(answers, wanted):
        first = int(np.flatnonzero(answers != wanted)[0])
        a1, a0, b1, b0 = FOUR[first]
        raise NotYet(f"for a = {a1}{a0} and b = {b1}{b0} it answers {answers[first]}.")
    record = "It can be done with 12." if len(gates) > 12 else "We know of none with fewer."
    return f"right on all sixteen inputs, with {len(gates)} NAND. {record}"
