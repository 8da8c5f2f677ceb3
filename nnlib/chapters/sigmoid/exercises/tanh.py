"""Exercise 3 of chapter 03: tanh out of the sigmoid."""

import math
from types import FunctionType
from unittest import mock

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import call, grade_function
from nnlib.chapters.sigmoid.exercises._shared import Z, at_the_worst, sigma


def tanh(z):
    return 2 / (1 + np.exp(-2 * z)) - 1


WRONG: Mistakes = {
    "the height is right, from −1 to 1. At 0 tanh has slope 1, and yours ½: what about the "
    "width?": (lambda z: 2 * sigma(z) - 1),
    "the width is right; the height still goes from 0 to 1.": lambda z: sigma(2 * z),
    "nearly: it goes from 0 to 2.": lambda z: 2 * sigma(2 * z),
    "wider than before: σ(2z) is squeezed, σ(z/2) is stretched.": lambda z: 2 * sigma(z / 2) - 1,
    "turned upside down.": lambda z: 1 - 2 * sigma(2 * z),
    "moved down to 0, but still only half as high: it goes from −½ to ½.": (
        lambda z: sigma(2 * z) - 0.5
    ),
    "that is np.tanh itself": (np.tanh, lambda z: np.tanh(z)),
    "right for moderate z, but at z = 720": (
        lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
        lambda z: np.sinh(z) / np.cosh(z),
    ),
}
ITSELF = "that is np.tanh itself: make it out of the sigmoid."
TOO_LARGE = (
    "right for moderate z, but at z = 720 it fails: e^z is too large for the computer there. The "
    "sigmoid is not; twice what, minus 1?"
)
compare = grade_function(
    tanh,
    [(Z,), (Z[4:6],)],
    WRONG,
    praise="tanh is the sigmoid, stretched to twice the height, squeezed to half the width, "
    "and moved down by 1.",
    otherwise=at_the_worst("tanh"),
    tolerance=1e-5,
)


def nothing(z):
    return 0 * np.asarray(z)


def needs_tanh(function):
    """Whether the answers change where ``tanh`` of NumPy and of math is another function.

    Who only compares with it, in an assert, is stopped by that and needs it for nothing.
    """
    if not isinstance(function, FunctionType):
        return function is np.tanh
    names = {
        name: nothing
        for name, value in function.__globals__.items()
        if value is np.tanh or value is math.tanh
    }
    known = {**function.__globals__, **names}
    rest = function.__defaults__, function.__closure__
    other = FunctionType(function.__code__, known, function.__name__, *rest)
    with mock.patch.object(np, "tanh", nothing), mock.patch.object(math, "tanh", nothing):
        try:
            return not np.allclose(other(Z.copy()), tanh(Z))
        except Exception:
            return False


def holds_far_out(function):
    """Whether the answer is right where e^z overflows."""
    try:
        return bool(np.allclose(np.ravel(call(function, np.array([720.0, 1.0]))), [1, tanh(1.0)]))
    except NotYet:
        return False


def grade(function):
    praise = compare(function)
    if needs_tanh(function):
        raise NotYet(ITSELF)
    if not holds_far_out(function):
        raise NotYet(TOO_LARGE)
    return praise


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
