"""Exercise 5 of chapter 09: gradients shortened together if they are too long, clip(gradients, longest)."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import brief, call, name_function, numbers


def clip(gradients, longest):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if length <= longest:
        return gradients
    return [g * longest / length for g in gradients]


def length(gradients):
    return np.sqrt(sum(np.sum(g**2) for g in gradients))


def measured_by(norm):
    """A mistake in the length of all of them."""

    def clipped(gradients, longest):
        factor = min(1, longest / norm(gradients))
        return [g * factor for g in gradients]

    return clipped


WRONG = {
    "each array is shortened by itself, which turns the step. One length for all of them, and one "
    "factor.": (
        lambda gradients, longest: [g * min(1, longest / length([g])) for g in gradients],
        lambda gradients, longest: [g * longest / length([g]) for g in gradients],
    ),
    "each *number* is cut off, which turns the step. Multiply all of them by one factor.": (
        lambda gradients, longest: [np.clip(g, -longest, longest) for g in gradients],
        lambda gradients, longest: [np.minimum(g, longest) for g in gradients],
    ),
    "short gradients are stretched: those that are not longer than longest stay as they are.": (
        lambda gradients, longest: [g * longest / length(gradients) for g in gradients]
    ),
    "long gradients get the length 1, not longest.": (
        lambda gradients, longest: [
            g / length(gradients) if length(gradients) > longest else g for g in gradients
        ]
    ),
    "nothing is shortened.": lambda gradients, longest: gradients,
    "too long, and so gone: they should be shortened, not set to 0.": (
        lambda gradients, longest: [g * (length(gradients) <= longest) for g in gradients]
    ),
    "the root is missing: a length is the root of the sum of squares.": (
        measured_by(lambda gradients: length(gradients) ** 2)
    ),
    "lengths do not add up: one root, of the squares of all numbers.": measured_by(
        lambda gradients: sum(length([g]) for g in gradients)
    ),
    "that is the longest of the arrays; the length is the root of all squares together.": (
        measured_by(lambda gradients: max(length([g]) for g in gradients))
    ),
    "that is the largest number; the length is the root of the sum of squares.": (
        measured_by(lambda gradients: max(abs(g).max() for g in gradients))
    ),
    "the length is a root of squares, not a sum of absolute values.": (
        measured_by(lambda gradients: sum(abs(g).sum() for g in gradients))
    ),
    "a sum of squares, not a mean: more numbers make a longer gradient.": (
        measured_by(
            lambda gradients: np.sqrt(np.mean(np.concatenate([g.ravel() for g in gradients]) ** 2))
        )
    ),
    "only the first array is measured.": measured_by(lambda gradients: length(gradients[:1])),
}


def case(longest, size, *shapes):
    found = [rng.normal(size=shape) for shape in shapes]
    return [g * size / length(found) for g in found], longest


rng = np.random.default_rng(29)
CASES = [
    case(5.0, 40.0, (3, 4), (4, 4), (4,)),
    case(0.5, 0.9, (2, 3), (3,)),
    case(5.0, 3.0, (3, 4), (4, 4), (4,)),
    case(2.0, 2.0 - 1e-9, (2, 2)),
    case(1.0, 1e4, (5,)),
    ([np.zeros((2, 3)), np.zeros(3)], 1.0),
]


def grade(function):
    for gradients, longest in CASES:
        given = [g.copy() for g in gradients]
        got = call(function, given, longest)
        if not all(map(np.array_equal, given, gradients)):
            raise NotYet(
                "your function changes the arrays that it was given (g *= … edits them in place); "
                "make new ones, as [g * factor for g in gradients] does."
            )
        if not isinstance(got, list | tuple) or len(got) != len(gradients):
            raise NotYet(f"for {len(gradients)} arrays a list of {len(gradients)} is expected.")
        right = clip(gradients, longest)
        if not all(map(near, got, right)):
            require_zeros(got, gradients)
            name_function(got, ([g.copy() for g in gradients], longest), WRONG)
            for k, part in enumerate(got):
                numbers(part, f"array {k} of the list", gradients[k].shape)
            raise NotYet(otherwise(gradients, longest, got))
    return "the direction stays, the length is bounded: a cliff throws nobody far."


def near(got, right):
    is_array = np.shape(got) == right.shape and np.asarray(got).dtype.kind in "iuf"
    return is_array and np.allclose(got, right, rtol=1e-5, atol=1e-12)


def require_zeros(got, gradients):
    if not length(gradients) and np.isnan(np.asarray(got[0], float)).any():
        raise NotYet(
            "gradients of 0 have no length to divide by; they should come back as they are."
        )


def otherwise(gradients, longest, got):
    return (
        f"arrays of length {brief(length(gradients))} together should come back "
        f"{'shortened to' if length(gradients) > longest else 'as they are for longest ='} "
        f"{brief(longest)}; yours have length {brief(length([np.asarray(g) for g in got]))}."
    )


exercise = Exercise(
    names=("clip",),
    grade=grade,
    hints=(
        "First one length for all: the root of the sum of the squares of all numbers in all "
        "arrays.",
        "sum(np.sum(g**2) for g in gradients) is the sum of squares.",
        "If the length is above longest, multiply every array by longest / length.",
    ),
    solution=clip,
    wrong=WRONG,
    noise=lambda rng: (lambda gradients, _: [g + rng.normal() for g in gradients],),
)
