"""Exercise 4 of chapter 05: dz of a sigmoid layer, from that of the layer after it."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_function
from nnlib.numerics import sigmoid


def hidden_delta(dz_next, W_next, a):
    return (dz_next @ W_next.T) * a * (1 - a)


def bent_by(slope):
    """A mistake that goes back through the weights rightly, and then bends by ``slope(a)``."""
    return lambda dz_next, W_next, a: (dz_next @ W_next.T) * slope(a)


WRONG = {
    "through the weights it is right; now through the bend: times σ′(z).": bent_by(lambda a: 1),
    "W is not transposed: δ comes back *against* the direction of the weights.": (
        lambda dz_next, W_next, a: (dz_next @ W_next) * a * (1 - a)
    ),
    "σ′ is taken at a, but a is σ(z) already: a (1 − a).": bent_by(
        lambda a: sigmoid(a) * (1 - sigmoid(a))
    ),
    "σ′ is a (1 − a), not a.": bent_by(lambda a: a),
    "the sign is wrong: nothing changes sign on the way back.": lambda *case: -hidden_delta(*case),
    "dz_next has its 1/n already.": lambda *case: hidden_delta(*case) / len(case[0]),
    "that is the slope of tanh.": bent_by(lambda a: 1 - a * a),
    "δ has to go back through the weights first.": lambda dz_next, W_next, a: dz_next * a * (1 - a),
}

rng = np.random.default_rng(1)
SQUARE = rng.normal(size=(6, 4)), rng.normal(size=(4, 4)), rng.uniform(0.1, 0.9, (6, 4))
NARROW = SQUARE[0][:3, :2], SQUARE[1][:, :2], SQUARE[2][:3]


def otherwise(case, got, right):
    if case is NARROW:
        return (
            "right for 6 examples before a layer of 4 neurons, but for 3 examples wrong before "
            "one of 2: which number is fixed in it?"
        )
    return f"dz[0, 0] should be {right[0, 0]:.5f}, but it is {got[0, 0]:.5f}."


exercise = Exercise(
    names=("hidden_delta",),
    grade=grade_function(
        hidden_delta,
        [SQUARE, NARROW],
        WRONG,
        praise="back through Wᵀ, then through the bend.",
        otherwise=otherwise,
        tolerance=1e-5,
    ),
    hints=(
        "Shapes: dz_next (n, k), W_next (d, k). What gives (n, d)?",
        "dz_next @ W_next.T, then times a (1 − a).",
    ),
    solution=hidden_delta,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(size=(6, 4)),),
)
