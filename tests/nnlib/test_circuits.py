"""Circuits of NAND perceptrons: truth tables, sums, and wires that come from nowhere."""

import itertools

import numpy as np
import pytest

from nnlib import circuits


def bits(n):
    return np.array(list(itertools.product((0, 1), repeat=n)))


@pytest.mark.parametrize(
    ("circuit", "expected"),
    [
        (circuits.NOT, [1, 0]),
        (circuits.AND, [0, 0, 0, 1]),
        (circuits.OR, [0, 1, 1, 1]),
        (circuits.XOR, [0, 1, 1, 0]),
    ],
    ids=["NOT", "AND", "OR", "XOR"],
)
def test_gates_from_nand(circuit, expected):
    assert circuit.run(bits(len(circuit.inputs)))[:, 0].tolist() == expected


def test_nand_is_worked_by_hand():
    gate = circuits.nand()
    x = bits(2).astype(float)
    assert gate.scores(x).tolist() == [3, 1, 1, -1]
    assert gate.predict(x).tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "circuit", [circuits.HALF_ADDER, circuits.FULL_ADDER], ids=["half", "full"]
)
def test_adders_count_ones(circuit):
    x = bits(len(circuit.inputs))
    assert (circuit.run(x) @ [1, 2]).tolist() == x.sum(axis=1).tolist()


def test_two_bit_adder_adds_all_sixteen_pairs():
    x = bits(4)
    assert (circuits.TWO_BIT_ADDER.run(x) @ [4, 2, 1]).tolist() == (x @ [2, 1, 2, 1]).tolist()
    assert len(circuits.TWO_BIT_ADDER.gates) == 14


@pytest.mark.parametrize(
    ("gates", "outputs", "words"),
    [
        ([("out", "a", "z")], ["out"], "the gate 'out' fed by 'z'"),
        ([("x", "a", "y"), ("y", "a", "a")], ["y"], "the gate 'x' fed by 'y'"),
        ([("a", "a", "a")], ["a"], "two sources for the wire 'a'"),
        ([("x", "a", "a")], ["out"], "the output 'out'"),
    ],
)
def test_a_circuit_with_a_loose_wire_is_refused(gates, outputs, words):
    with pytest.raises(ValueError, match=words):
        circuits.Circuit(["a"], gates, outputs)


@pytest.mark.parametrize(
    ("inputs", "gates", "outputs", "error", "words"),
    [
        ("ab", [], ["a"], TypeError, "inputs as a str: expected a list of names, the wires"),
        (3, [], ["a"], TypeError, "inputs as 3: expected a list of names"),
        ([1, 2], [], [1], TypeError, "inputs as a list: expected a list of names"),
        ([], [], ["a"], ValueError, "no inputs: expected at least one wire"),
        (["a", "a"], [], ["a"], ValueError, r"the inputs \['a', 'a'\]: expected a name for each"),
        (["a"], [], [], ValueError, "no outputs: expected at least one wire"),
        (["a"], [], "a", TypeError, "outputs as a str: expected a list of names"),
        (["a"], [], None, TypeError, "outputs as None: expected a list of names"),
        (["a"], 3, ["a"], TypeError, "gates as 3: expected a list of triples"),
        (["a"], ["out"], ["out"], TypeError, "the gate 'out': expected three names"),
        (
            ["a"],
            [("out", "a")],
            ["out"],
            TypeError,
            r"the gate \('out', 'a'\): expected three names",
        ),
        (
            ["a"],
            [(["out"], "a", "a")],
            ["out"],
            TypeError,
            r"the gate \(\['out'\], 'a', 'a'\): expe",
        ),
    ],
)
def test_what_is_no_circuit(inputs, gates, outputs, error, words):
    with pytest.raises(error, match=f"^Circuit got {words}"):
        circuits.Circuit(inputs, gates, outputs)


def test_a_circuit_takes_bits_only():
    with pytest.raises(ValueError, match="other than 0 and 1"):
        circuits.XOR.run(np.array([[0.5, 1.0]]))
    with pytest.raises(ValueError, match=r"expected \(n, 2\)"):
        circuits.XOR.run(bits(3))


def test_placing_a_circuit_needs_all_its_wires():
    with pytest.raises(ValueError, match="got 1 wires: expected 2"):
        circuits.XOR.placed("first ", "a")
    with pytest.raises(TypeError, match=r"was to be placed by \(3, 'a', 'b'\): expected names"):
        circuits.XOR.placed(3, "a", "b")
