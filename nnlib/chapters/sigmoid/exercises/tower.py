"""Exercise 5 of chapter 03: two sigmoid neurons that make a tower."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import numbers
from nnlib.numerics import sigmoid

EDGES, HEIGHT, SOFT = (0.2, 0.5), 0.7, 55
INSIDE = np.linspace(0.25, 0.45, 21)
OUTSIDE = np.concatenate([np.linspace(-1, 0.15, 24), np.linspace(0.55, 2, 30)])


def grade(W, b, v):
    W, b, v = numbers(W, "W", (2,)), numbers(b, "b", (2,)), numbers(v, "v", (2,))
    _require_edges(W, b)

    def made(x):
        return sigmoid(np.reshape(x, (-1, 1)) * W + b) @ v

    _require_height(W, float(made(2.0)[0]), float(made(0.35)[0]), made(INSIDE))
    error = max(np.abs(made(INSIDE) - HEIGHT).max(), np.abs(made(OUTSIDE)).max())
    if error > 0.06:
        raise NotYet(
            f"nearly: near a wall it is off by {error:.2f}. Are the edges exactly at 0.2 and 0.5?"
        )
    return f"a tower; away from its walls it is off by {error:.3f} at most."


def _require_edges(W, b):
    if (W == 0).any():
        raise NotYet("a weight of 0 gives a flat line: W is the steepness of each step.")
    edges = np.sort(-b / W)
    if np.allclose(edges, EDGES, atol=0.03):
        return
    if np.allclose(edges, [-0.5, -0.2]):
        raise NotYet(
            "the edges are at −0.5 and −0.2: a step stands where W x + b = 0, so b is −W times "
            "the edge."
        )
    if np.allclose(np.sort(-b), EDGES):
        raise NotYet("b is −edge, without W: the step stands where W x + b = 0, so b = −W · edge.")
    raise NotYet(
        f"the steps stand at x = {edges[0]:.2f} and {edges[1]:.2f}, but they should stand at 0.2 "
        "and 0.5: where is W x + b = 0?"
    )


def _require_height(W, far, middle, inside):
    if abs(far) > 0.02:
        raise NotYet(
            f"far to the right {far:.2f} is left over: the second step has to take away what the "
            "first gave."
        )
    if np.allclose(inside, -HEIGHT, atol=0.05):
        raise NotYet("it goes down to −0.7: the signs in v are swapped.")
    if (steepness := np.abs(W).min()) < SOFT:
        raise NotYet(
            f"the walls are too soft: steepness {steepness:.0f} makes a hill, not a tower. Try 100."
        )
    if abs(middle - HEIGHT) > 0.03:
        raise NotYet(
            f"the edges are right. In the middle it is {middle:.2f}, but 0.7 is asked for."
        )


def tower(steepness=100, bias=(-20, -50), v=(0.7, -0.7)):
    return (steepness, steepness), bias, v


WRONG = {
    "the edges are at −0.5 and −0.2": lambda: tower(bias=(20, 50)),
    "b is −edge, without W": lambda: tower(bias=(-0.2, -0.5)),
    "far to the right 1.40 is left over": lambda: tower(v=(0.7, 0.7)),
    "far to the right 0.08 is left over": lambda: tower(v=(0.7, -0.62)),
    "the signs in v are swapped": lambda: tower(v=(-0.7, 0.7)),
    "the walls are too soft: steepness 10 ": lambda: tower(10, (-2, -5)),
    "the walls are too soft: steepness 50 ": lambda: tower(50, (-10, -25)),
    "In the middle it is 1.00, but 0.7 is asked for": lambda: tower(v=(1, -1)),
    "the steps stand at x = 0.30 and 0.50": lambda: tower(bias=(-30, -50)),
    "near a wall it is off by": lambda: tower(bias=(-17.1, -50)),
    "a weight of 0 gives a flat line": lambda: tower(0, (0, 0), (1, 1)),
}

exercise = Exercise(
    names=("W", "b", "v"),
    grade=grade,
    hints=(
        "A step σ(W x + b) stands where W x + b = 0. So b = −W · edge.",
        "Steepness 100: W = (100, 100), and b = (−100 · 0.2, −100 · 0.5).",
        "The first step gives 0.7, the second takes it away.",
    ),
    solution="""
        W = np.array([100.0, 100.0])
        b = np.array([-20.0, -50.0])    # −100 · 0.2 and −100 · 0.5
        v = np.array([0.7, -0.7])
    """,
    wrong=WRONG,
    noise=lambda rng: tuple(rng.normal(size=(3, 2))),
)
