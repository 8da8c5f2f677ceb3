"""Exercise 3 of chapter 02: the one layer that does what two linear layers do."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_function


def collapse(W1, b1, W2, b2):
    return W1 @ W2, b1 @ W2 + b2


WRONG = {
    "W is right. In b the second bias is lost.": lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2),
    "W is right. In b the first bias is lost: it goes through the second layer's weights too.": (
        lambda W1, b1, W2, b2: (W1 @ W2, b2)
    ),
}


def otherwise(case, got, right):
    if not np.allclose(got[0], right[0]):
        return "W is not right: put the first layer's z into the second layer and multiply out."
    return "W is right, b is not: what comes out of both layers for x = 0?"


rng = np.random.default_rng(0)
CASES = [
    tuple(rng.normal(size=shape) for shape in ((d, hidden), hidden, (hidden, out), out))
    for d, hidden, out in ((3, 4, 2), (2, 5, 1))
]

exercise = Exercise(
    names=("collapse",),
    grade=grade_function(
        collapse,
        CASES,
        WRONG,
        parts=("W", "b"),
        otherwise=otherwise,
        tolerance=1e-5,
        praise="two linear layers are one; and so are a hundred.",
    ),
    hints=(
        "Write z₂ = (x @ W1 + b1) @ W2 + b2 and multiply out.",
        "What stands behind x is W, the rest is b.",
    ),
    solution=collapse,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: (rng.normal(size=(3, 2)), rng.normal(size=2)),),
)
