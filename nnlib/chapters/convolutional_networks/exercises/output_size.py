"""Exercise 1 of chapter 06: how many places a window has, places(n, size, stride, padding)."""

import math

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet, each_mistake
from nnlib.chapters.kit.grading import brief, call, called, name_mistake, number


def places(n, size, stride, padding):
    return (n + 2 * padding - size) // stride + 1


def from_room(count):
    """A mistake that makes something else of the room to move, n + 2 · padding − size, and of the stride."""
    return lambda n, size, stride, padding: count(n + 2 * padding - size, stride)


WRONG = {
    "padding is on both sides: 2 · padding more pixels.": (
        lambda n, size, stride, padding: (n + padding - size) // stride + 1
    ),
    "the padding is missing.": lambda n, size, stride, padding: (n - size) // stride + 1,
    "one too few: the first place counts as well, + 1.": from_room(lambda room, s: room // s),
    "the stride is missing: only every stride-th place is taken.": from_room(
        lambda room, s: room + 1
    ),
    "the next place is stride pixels on: stride − 1 are left out, not stride.": from_room(
        lambda room, s: room // (s + 1) + 1
    ),
    "rounded to the nearest: if the window would stick out at the end, it has no place there. "
    "Round down, with //.": (
        from_room(lambda room, s: round(room / s) + 1),
        from_room(lambda room, s: round(room / s + 1)),
        from_room(lambda room, s: int(room / s + 1.5)),
    ),
    "rounded up: if the window would stick out at the end, it has no place there.": from_room(
        lambda room, s: math.ceil(room / s) + 1
    ),
    "a window is in a place or not: round down, with // instead of /.": from_room(
        lambda room, s: room / s + 1
    ),
    "rounded too early: only room for whole steps counts, so divide once, after n + 2 · padding "
    "− size.": (
        lambda n, size, stride, padding: (n - size) // stride + 2 * padding // stride + 1,
        lambda n, size, stride, padding: (n + 2 * padding) // stride - size // stride + 1,
        lambda n, size, stride, padding: n // stride + 2 * padding // stride - size // stride + 1,
    ),
    "+ size instead of − size: a large window has fewer places.": (
        lambda n, size, stride, padding: (n + 2 * padding + size) // stride + 1
    ),
    "brackets are missing: // binds more tightly than −.": (
        lambda n, size, stride, padding: n + 2 * padding - size // stride + 1
    ),
    "the + 1 belongs behind the division: the first place, then one every stride pixels.": (
        from_room(lambda room, s: (room + 1) // s)
    ),
    "the size is missing: the window has to fit in whole.": (
        lambda n, size, stride, padding: (n + 2 * padding) // stride,
        lambda n, size, stride, padding: (n + 2 * padding) // stride + 1,
    ),
}

CASES = [
    (28, 5, 1, 0),
    (28, 3, 1, 1),
    (8, 3, 2, 0),
    (11, 3, 2, 2),
    (10, 3, 4, 0),
    (12, 4, 3, 1),
    (64, 7, 4, 2),
]


def answers_of(function):
    """Return the function's answers to all cases: one alone may be what several mistakes answer, or a right one."""
    return np.array([number(call(function, *case), called(places, case)) for case in CASES])


def grade(function):
    answers, right = answers_of(function), answers_of(places)
    if np.allclose(answers, right):
        return "⌊(n + 2p − k) / s⌋ + 1. Rows and columns each have theirs."
    name_mistake(answers, [(answers_of(mistake), words) for words, mistake in each_mistake(WRONG)])
    first = np.flatnonzero(~np.isclose(answers, right))[0]
    raise NotYet(
        f"{called(places, CASES[first])} should be {right[first]:g}, but it is "
        f"{brief(answers[first])}: count on paper."
    )


exercise = Exercise(
    names=("places",),
    grade=grade,
    hints=(
        "With zeros on both sides there are n + 2 · padding pixels.",
        "The window can move on by n + 2 · padding − size pixels. How many steps of stride fit in?",
        "Round down with //; and the first place, before any step, counts too.",
    ),
    solution=places,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(),),
)
