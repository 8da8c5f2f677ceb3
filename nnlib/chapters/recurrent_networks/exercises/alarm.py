"""Exercise 3 of chapter 09: weights by hand for a loop of two step neurons that raises an alarm and keeps it up."""

from itertools import pairwise, product

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import numbers

LONGEST = 8
SEQUENCES = [
    np.array(bits) for length in range(1, LONGEST + 1) for bits in product([0, 1], repeat=length)
]


def run(weights, bits):
    """All states (time, 2) of the loop h ← [x @ W_x + h @ W_h + b > 0], from zeros."""
    W_x, W_h, b = weights
    h, states = np.zeros(2), []
    for bit in bits:
        h = (bit * W_x[0] + h @ W_h + b > 0).astype(float)
        states.append(h)
    return np.array(states)


def seen_two(bits):
    return any(a and b for a, b in pairwise(bits))


def alarms(weights, neuron=0):
    """What a neuron says at the end of every sequence."""
    return [bool(run(weights, bits)[-1, neuron]) for bits in SEQUENCES]


RIGHT = [seen_two(bits) for bits in SEQUENCES]
TURNED = (
    "with loop transposed it would be right: h @ W_h sends state k through *row* k, and "
    "*column* k leads to neuron k."
)
SECOND = "h₂ is the alarm, and it works; but h₁ should be."
# Wrong machines, told by what they do.
MACHINES = {
    "the alarm does not stay up: what in h₁ of the step before could hold it?": (
        ([[1, 1]], [[0, 0], [1, 0]], [-1.5, -0.5])
    ),
    "it falls two steps later: the old h₁ alone should be enough to hold h₁ up.": (
        ([[1, 1]], [[1, 0], [1, 0]], [-1.5, -0.5])
    ),
    "it counts ones, wherever they are: 1 0 1 raises it. h₂ should forget a 1 that is followed "
    "by a 0.": ([[1, 1]], [[2, 0], [1, 1]], [-1.5, -0.5]),
    "a single 1 raises it: both, x and h₂, are needed.": (
        ([[1, 1]], [[1, 0], [1, 0]], [-0.5, -0.5])
    ),
    "it never goes up: is z₁ above 0 when x = 1 and h₂ = 1?": ([[0, 0]], [[0, 0], [0, 0]], [0, 0]),
    "it is up from the first step on, whatever comes.": ([[0, 0]], [[0, 0], [0, 0]], [1, 0]),
    "two zeros in a row raise it, not two ones. (And before the first step h is 0.)": (
        ([[-1, -1]], [[2, 0], [1, 0]], [-0.5, 0.5])
    ),
}


def grade(into, loop, bias):
    if np.shape(into) == (2,):
        into = np.asarray(into)[None]
    shapes = {"into": (1, 2), "loop": (2, 2), "bias": (2,)}
    pairs = zip((into, loop, bias), shapes.items(), strict=True)
    weights = [numbers(value, name, shape) for value, (name, shape) in pairs]
    said = alarms(weights)
    if said != RIGHT:
        name_machine(weights, said)
        k = next(k for k, right in enumerate(RIGHT) if said[k] != right)
        bits, plural = " ".join(map(str, SEQUENCES[k])), "s" * (len(SEQUENCES[k]) > 1)
        up, how = ("not up", "there are") if RIGHT[k] else ("up", "there are no")
        raise NotYet(
            f"after the bit{plural} {bits} the alarm is {up}, but {how} two ones in a row."
        )
    return (
        f"right for all {len(SEQUENCES)} sequences of up to {LONGEST} bits: one neuron remembers "
        "a bit for one step, the other an event for ever."
    )


def name_machine(weights, said):
    into, loop, bias = weights
    if alarms((into, loop.T, bias)) == RIGHT:
        raise NotYet(TURNED)
    if alarms(weights, neuron=1) == RIGHT:
        raise NotYet(SECOND)
    for words, machine in MACHINES.items():
        if said == alarms([np.array(part) for part in machine]):
            raise NotYet(words)


WRONG = {words: lambda machine=machine: machine for words, machine in MACHINES.items()} | {
    TURNED: lambda: ([[1, 1]], [[2, 1], [0, 0]], [-1.5, -0.5]),
    SECOND: lambda: ([[1, 1]], [[0, 1], [0, 2]], [-0.5, -1.5]),
}

exercise = Exercise(
    names=("into", "loop", "bias"),
    grade=grade,
    hints=(
        "Let h₂ be the bit just read: no state goes into it, only x.",
        "Then h₁ should go up if x and the old h₂ are 1 both (an AND, as in chapter 02), *or* if "
        "the old h₁ was 1.",
        "z₁ = x + h₂ + 2 h₁ − 1.5 is above 0 just then. Row k of loop is what the old h_k gives to "
        "z₁ and z₂.",
    ),
    solution="""
        into = [[1, 1]]  # x into z₁ and z₂
        loop = [[2, 0], [1, 0]]  # the old h₁ holds h₁ up, the old h₂ is the bit before
        bias = [-1.5, -0.5]
    """,
    wrong=WRONG,
    noise=lambda rng: (-rng.uniform(0, 1, (1, 2)), rng.normal(size=(2, 2)), rng.normal(size=2)),
)
