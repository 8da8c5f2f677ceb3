"""What several exercises of chapter 02 share: all rows of bits, and the learner's list of gates as a circuit."""

from itertools import product

import numpy as np

from nnlib.chapters.kit.exercise import NotYet
from nnlib.circuits import Circuit


def every_row(bits):
    """Return all rows of so many bits, (2 ** bits, bits), in the order in which one counts."""
    return np.array(list(product((0, 1), repeat=bits)))


def circuit(inputs, gates):
    """Return the circuit of the learner's gates, whose output is the wire "out", or say why it is none."""
    gates = gates.tolist() if isinstance(gates, np.ndarray) else gates
    if not _are_triples_of_names(gates):
        raise NotYet(
            "gates should be a list of (output, input, input), three names each; the gate NOT a is "
            '("not a", "a", "a").'
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
                    f"no gate makes {wire!r}, which {out!r} uses. (The wire that a gate makes "
                    "comes first.)"
                )
        if out in known:
            raise NotYet(f"the wire {out!r} is made twice: give each gate a new name.")
        known.add(out)
    if "out" not in known:
        raise NotYet("no gate makes the wire 'out'.")
    return Circuit(inputs, [tuple(gate) for gate in gates], ["out"])


def _are_triples_of_names(gates):
    return isinstance(gates, list | tuple) and all(
        isinstance(gate, list | tuple)
        and len(gate) == 3
        and all(isinstance(wire, str) for wire in gate)
        for gate in gates
    )
