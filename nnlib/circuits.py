"""Circuits: NAND, a perceptron that nobody trained, and what is built from nothing else.

Ordered by rising difficulty: the gate, wires between gates, NOT, AND, OR and XOR, and adders.  Source: S0, N5.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlib.errors import describe, require_rows
from nnlib.perceptron import Perceptron


def nand() -> Perceptron:
    """Return the NAND gate: w = (−2, −2), b = 3, so that z is 3, 1, 1 and −1: only two ones together say 0."""
    gate = Perceptron(2)
    gate.w, gate.b = np.array([-2.0, -2.0]), 3.0
    return gate


class Circuit:
    """NAND perceptrons and the wires between them.

    ``inputs`` and ``outputs`` name wires; ``gates`` are (output, input, input), each wire known before it is used:
    ``Circuit(["a"], [("not a", "a", "a")], ["not a"])`` is NOT. Raises ``ValueError`` if a wire comes from nowhere
    or from two places, ``TypeError`` if these are no lists of names and triples of names.
    """

    def __init__(
        self,
        inputs: Sequence[str],
        gates: Sequence[tuple[str, str, str]],
        outputs: Sequence[str],
    ) -> None:
        self.inputs = _require_names("inputs", inputs)
        self.gates = _require_gates(gates)
        self.outputs = _require_names("outputs", outputs)
        known = set(self.inputs)
        if len(known) < len(self.inputs):
            raise ValueError(f"Circuit got the inputs {self.inputs}: expected a name for each")
        for out, *sources in self.gates:
            if missing := [wire for wire in sources if wire not in known]:
                raise ValueError(
                    f"Circuit got the gate {out!r} fed by {missing[0]!r}: "
                    f"expected one of {sorted(known)}"
                )
            if out in known:
                raise ValueError(
                    f"Circuit got two sources for the wire {out!r}: "
                    "expected a new name for each gate"
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
        if not all(isinstance(name, str) for name in (prefix, *sources)):
            raise TypeError(f"{self} was to be placed by {(prefix, *sources)}: expected names")
        if len(sources) != len(self.inputs):
            raise ValueError(f"{self} got {len(sources)} wires: expected {len(self.inputs)}")
        names = dict(zip(self.inputs, sources, strict=True))
        placed = [[names.get(wire, prefix + wire) for wire in gate] for gate in self.gates]
        return [(out, left, right) for out, left, right in placed]

    def __repr__(self) -> str:
        return (
            f"Circuit({', '.join(self.inputs)} → {', '.join(self.outputs)}; {len(self.gates)} NAND)"
        )


def _require_names(what: str, names: Any) -> list[str]:
    if not (isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)):
        raise TypeError(
            f"Circuit got {what} as {describe(names)}: expected a list of names, the wires"
        )
    if not names:
        raise ValueError(f"Circuit got no {what}: expected at least one wire")
    return list(names)


def _require_gates(gates: Any) -> list[tuple[str, str, str]]:
    if not isinstance(gates, list | tuple):
        raise TypeError(f"Circuit got gates as {describe(gates)}: expected a list of triples")
    for gate in gates:
        if not (
            isinstance(gate, list | tuple)
            and len(gate) == 3
            and all(isinstance(wire, str) for wire in gate)
        ):
            raise TypeError(
                f"Circuit got the gate {gate!r}: expected three names, (output, input, input)"
            )
    return list(gates)


NOT = Circuit(["a"], [("out", "a", "a")], ["out"])
AND = Circuit(["a", "b"], [("nand", "a", "b"), ("out", "nand", "nand")], ["out"])
OR = Circuit(
    ["a", "b"],
    [("not a", "a", "a"), ("not b", "b", "b"), ("out", "not a", "not b")],
    ["out"],
)
XOR = Circuit(
    ["a", "b"],
    [
        ("nand", "a", "b"),
        ("left", "a", "nand"),
        ("right", "nand", "b"),
        ("out", "left", "right"),
    ],
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
    [
        *HALF_ADDER.placed("low ", "a0", "b0"),
        *FULL_ADDER.placed("high ", "a1", "b1", "low carry"),
    ],
    ["high carry", "high sum out", "low out"],
)
