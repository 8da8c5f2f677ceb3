"""Exercise 3 of chapter 03: tanh out of the sigmoid."""

import math
from unittest import mock

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_function
from nnlib.chapters.sigmoid.exercises._shared import Z, at_the_worst, sigma


def tanh(z):
    return 2 / (1 + np.exp(-2 * z)) - 1


WRONG = {
    "the height is right, from −1 to 1. At 0 tanh has slope 1, and yours ½: what about the "
    "width?": (lambda z: 2 * sigma(z) - 1),
    "the width is right; the height still goes from 0 to 1.": lambda z: sigma(2 * z),
    "nearly: it goes from 0 to 2.": lambda z: 2 * sigma(2 * z),
    "wider than before: σ(2z) is squeezed, σ(z/2) is stretched.": lambda z: 2 * sigma(z / 2) - 1,
    "turned upside down.": lambda z: 1 - 2 * sigma(2 * z),
    "moved down to 0, but still only half as high: it goes from −½ to ½.": (
        lambda z: sigma(2 * z) - 0.5
    ),
    "that is np.tanh itself: make it out of the sigmoid.": lambda z: np.tanh(z),
}
compare = grade_function(
    tanh,
    [(Z,), (Z[4:6],)],
    WRONG,
    praise="tanh is the sigmoid, stretched to twice the height, squeezed to half the width, "
    "and moved down by 1.",
    otherwise=at_the_worst("tanh"),
    tolerance=1e-5,
)


def refuse(*_):
    raise NotYet("that is np.tanh itself: make it out of the sigmoid.")


def grade(function):
    if function is np.tanh:
        refuse()
    with mock.patch.object(np, "tanh", refuse), mock.patch.object(math, "tanh", refuse):
        return compare(function)


exercise = Exercise(
    names=("tanh",),
    grade=grade,
    hints=(
        "σ goes from 0 to 1, tanh from −1 to 1: twice as high, and 1 lower.",
        "Slope at 0: σ has ¼, tanh has 1.",
    ),
    solution=tanh,
    wrong=WRONG,
    noise=lambda rng: (lambda z: rng.normal(size=len(z)),),
)
