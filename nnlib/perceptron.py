"""The perceptron: a weighted vote against a threshold, and the rule by which it learns from its mistakes.

Then NAND, and the circuits that are built from nothing else.

Source: F. Rosenblatt 1958; S0, S4, N1–N3, N5.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlib.errors import (
    require_array,
    require_count,
    require_finite,
    require_positive,
    require_rng,
    require_rows,
    require_same_length,
)


class Perceptron:
    """One neuron that answers 1 where x·w + b > 0 and 0 elsewhere, also exactly on the line.

    ``w`` (n_in,) and ``b`` (a number) start at zero. Labels are 0 and 1; if ``fit`` is given −1 and +1,
    ``predict`` answers in those. After ``fit``, ``mistakes`` holds the number of mistakes in each pass and
    ``converged`` whether the last pass had none.
    """

    def __init__(self, n_in: int) -> None:
        self.n_in = require_count("Perceptron", "n_in", n_in)
        self.w = np.zeros(n_in)
        self.b = 0.0
        self.classes = np.array([0, 1])
        self.mistakes: list[int] = []

    @property
    def converged(self) -> bool:
        """Whether the last pass of ``fit`` went through all the examples without a mistake."""
        return bool(self.mistakes) and self.mistakes[-1] == 0

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Return z = x @ w + b, (n,), for x (n, n_in): how far above (or below) the threshold the vote is."""
        return require_rows(self, x, self.n_in) @ self.w + self.b

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return a label (n,) for each row of x (n, n_in)."""
        require_finite(self, "x", require_rows(self, x, self.n_in))
        return self.classes[(self.scores(x) > 0).astype(int)]

    def learn(self, x: np.ndarray, sign: int, learning_rate: float = 1.0) -> bool:
        """Look at one example x (n_in,) whose class is ``sign`` = −1 or +1; return whether it was a mistake.

        On a mistake Δw = η·sign·x and Δb = η·sign, else nothing changes.
        """
        answer = 1 if x @ self.w + self.b > 0 else -1
        if answer == sign:
            return False
        self.w = self.w + learning_rate * sign * x
        self.b = self.b + learning_rate * sign
        return True

    def fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        *,
        epochs: int = 100,
        learning_rate: float = 1.0,
        rng: np.random.Generator | None = None,
    ) -> "Perceptron":
        """Learn from x (n, n_in) and labels y (n,) until a pass has no mistake, at most ``epochs`` passes.

        Goes on from the present weights. The examples are taken in the given order, or with ``rng`` in a new
        random order in each pass. Where the classes are separable a pass without mistakes comes after at most
        (R/γ)² mistakes; where they are not, it never comes.  Source: Novikoff 1962.
        """
        signs = self._signs(x, y)
        require_positive(self, "learning_rate", learning_rate)
        self.mistakes = []
        for _ in range(require_count(self, "epochs", epochs)):
            order = np.arange(len(x)) if rng is None else require_rng(self, rng).permutation(len(x))
            self.mistakes.append(sum(self.learn(x[i], signs[i], learning_rate) for i in order))
            if self.converged:
                break
        return self

    def _signs(self, x: np.ndarray, y: Any) -> np.ndarray:
        require_finite(self, "x", require_rows(self, x, self.n_in))
        require_array(self, "labels", y)
        if y.ndim != 1:
            raise ValueError(f"{self} got labels of shape {y.shape}: expected (n,)")
        require_same_length(self, x=x, labels=y)
        found = {value.item() for value in np.unique(y)}
        if not (found <= {0, 1} or found <= {-1, 1}):
            raise ValueError(
                f"{self} got the labels {sorted(found)}: expected 0 and 1, or −1 and 1"
            )
        self.classes = np.array([-1, 1]) if -1 in found else np.array([0, 1])
        return np.where(y > 0, 1, -1)

    def __repr__(self) -> str:
        return f"Perceptron({self.n_in} → 1)"


# NAND, and what is built from it. Source: S0, N5.


def nand() -> Perceptron:
    """Return the NAND gate: w = (−2, −2), b = 3, so that z is 3, 1, 1 and −1: only two ones together say 0."""
    gate = Perceptron(2)
    gate.w, gate.b = np.array([-2.0, -2.0]), 3.0
    return gate


class Circuit:
    """NAND perceptrons and the wires between them.

    ``inputs`` and ``outputs`` name wires; ``gates`` are (output, input, input), each wire known before it is used:
    ``Circuit(["a"], [("not a", "a", "a")], ["not a"])`` is NOT. Raises ``ValueError`` where a wire comes from nowhere
    or from two places.
    """

    def __init__(
        self, inputs: Sequence[str], gates: Sequence[tuple[str, str, str]], outputs: Sequence[str]
    ) -> None:
        self.inputs, self.gates, self.outputs = list(inputs), list(gates), list(outputs)
        known = set(self.inputs)
        for out, *sources in self.gates:
            if missing := [wire for wire in sources if wire not in known]:
                raise ValueError(
                    f"Circuit got the gate {out!r} fed by {missing[0]!r}: expected one of {sorted(known)}"
                )
            if out in known:
                raise ValueError(
                    f"Circuit got two sources for the wire {out!r}: expected a new name for each gate"
                )
            known.add(out)
        if missing := [wire for wire in self.outputs if wire not in known]:
            raise ValueError(
                f"Circuit got the output {missing[0]!r}: expected one of {sorted(known)}"
            )

    def wires(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """Return what is on every wire, (n,) of 0 and 1 each, for x (n, inputs) of 0 and 1."""
        require_rows(self, x, len(self.inputs))
        if not np.isin(x, (0, 1)).all():
            raise ValueError(f"{self} got x with values other than 0 and 1: expected bits")
        gate = nand()
        values = {name: x[:, column].astype(int) for column, name in enumerate(self.inputs)}
        for out, left, right in self.gates:
            values[out] = gate.predict(np.column_stack([values[left], values[right]]).astype(float))
        return values

    def run(self, x: np.ndarray) -> np.ndarray:
        """Return the outputs, (n, outputs) of 0 and 1, for x (n, inputs) of 0 and 1."""
        values = self.wires(x)
        return np.column_stack([values[name] for name in self.outputs])

    def placed(self, prefix: str, *sources: str) -> list[tuple[str, str, str]]:
        """Return this circuit's gates for use inside another: own wires get ``prefix``, inputs become ``sources``."""
        if len(sources) != len(self.inputs):
            raise ValueError(f"{self} got {len(sources)} wires: expected {len(self.inputs)}")
        names = dict(zip(self.inputs, sources, strict=True))
        return [tuple(names.get(wire, prefix + wire) for wire in gate) for gate in self.gates]  # type: ignore[misc]

    def __repr__(self) -> str:
        return (
            f"Circuit({', '.join(self.inputs)} → {', '.join(self.outputs)}; {len(self.gates)} NAND)"
        )


NOT = Circuit(["a"], [("out", "a", "a")], ["out"])
AND = Circuit(["a", "b"], [("nand", "a", "b"), ("out", "nand", "nand")], ["out"])
OR = Circuit(
    ["a", "b"], [("not a", "a", "a"), ("not b", "b", "b"), ("out", "not a", "not b")], ["out"]
)
XOR = Circuit(
    ["a", "b"],
    [("nand", "a", "b"), ("left", "a", "nand"), ("right", "nand", "b"), ("out", "left", "right")],
    ["out"],
)
HALF_ADDER = Circuit(["a", "b"], [*XOR.gates, ("carry", "nand", "nand")], ["out", "carry"])
FULL_ADDER = Circuit(
    ["a", "b", "c"],
    [
        *XOR.placed("ab ", "a", "b"),
        *XOR.placed("sum ", "ab out", "c"),
        ("carry", "ab nand", "sum nand"),
    ],
    ["sum out", "carry"],
)
TWO_BIT_ADDER = Circuit(
    ["a1", "a0", "b1", "b0"],
    [*HALF_ADDER.placed("low ", "a0", "b0"), *FULL_ADDER.placed("high ", "a1", "b1", "low carry")],
    ["high carry", "high sum out", "low out"],
)
