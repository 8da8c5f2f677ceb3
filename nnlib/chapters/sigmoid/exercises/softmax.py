"""Exercise 4 of chapter 03: softmax of one row of scores at a temperature, safe for large scores."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import call, grade_function, numbers


def softmax(z, T):
    powers = np.exp((z - z.max()) / T)
    return powers / powers.sum()


def shares(powers):
    return powers / powers.sum()


def without(z, taken_off, T):
    return shares(np.exp((z - taken_off) / T))


WRONG: Mistakes = {
    "positive already, but the sum is not 1: divide by it.": (
        lambda z, T: np.exp(z / T),
        lambda z, T: np.exp((z - z.max()) / T),
    ),
    "a high temperature should even the shares out: divide z by T.": (
        lambda z, T: softmax(z, 1 / T)
    ),
    "T belongs in the exponent: exp(z / T).": lambda z, T: softmax(z, 1) / T,
    "T is not used yet: exp(z / T).": lambda z, T: softmax(z, 1),
    "shares of z itself can be negative; of exp(z / T) they never are.": lambda z, T: shares(z),
    "turned round: the largest score must get the largest share.": lambda z, T: softmax(-z, T),
    "take their own largest off, z.max()": lambda z, T: without(z, 1000, T),
    "for z = (1000, 999) at T = 1 it gives": lambda z, T: without(z, 0, T),
    "for z = (1000, 999) at T = 0.5 it gives": lambda z, T: shares(np.exp(z / T - z.max())),
    "for z = (-1000, -999) at T = 1 it gives": lambda z, T: without(z, abs(z).max(), T),
    "for z = (2000, 0) at T = 1 it gives": lambda z, T: without(z, z.mean(), T),
}
SMALL = [(np.array([2.0, 0.5, -1.0, 0.0]), T) for T in (1.0, 0.5, 3.0)]
SMALL.append((np.array([0.3, -0.3]), 1.0))
OFF = "Take the largest score off *before* dividing by T."
LARGE = [(1000, 999, 1.0), (1000, 999, 0.5), (-1000, -999, 1.0), (2000, 0, 1.0)]


def scores_at(case):
    z, T = case
    scores = ", ".join(f"{score:g}" for score in z).replace("-", "−")
    return f"({scores}) at T = {T}"


def read(shares_given, case):
    try:
        return numbers(shares_given, "softmax(z, T)", case[0].shape)
    except NotYet as reason:
        if "finite" not in str(reason):
            raise
        raise NotYet(
            f"for z = {scores_at(case)} a share is not a finite number. What is taken off should "
            "depend on the scores: take their own largest off, z.max()."
        ) from None


def otherwise(case, got, right):
    if np.allclose(got, right, atol=2e-3):
        first = f"{right[0]:.8f}, but yours is {got[0]:.8f}. Do not round."
        return f"nearly: the first share of {scores_at(case)} is {first}"
    return (
        f"the first share of {scores_at(case)} is {right[0]:.4f}, but yours is {got[0]:.4f}, and "
        f"all of yours add up to {got.sum():.4f}."
    )


compare = grade_function(
    softmax,
    SMALL,
    WRONG,
    read=read,
    praise="positive, sums to 1, and safe: taking the same number off every score changes "
    "nothing but the overflow.",
    otherwise=otherwise,
    tolerance=1e-5,
)


def _asked(function, z, T, where):
    try:
        return np.asarray(call(function, z, T), dtype=float)
    except NotYet as reason:
        if "OverflowError" not in str(reason):
            raise
        raise NotYet(
            f"{where} stops: exp of so large a number is more than the computer can hold. {OFF}"
        ) from None


def grade(function):
    with np.errstate(all="ignore"):
        praise = compare(function)
        for first, second, T in LARGE:
            z = np.array([first, second], dtype=float)
            where = f"right for small scores; for z = ({first}, {second}) at T = {T:g} it"
            got, right = _asked(function, z, T, where), softmax(z, T)
            if not np.isfinite(got).all():
                raise NotYet(f"{where} gives {got}. {OFF}")
            if not np.allclose(got, right, atol=1e-6):
                raise NotYet(f"{where} should say {right}, but yours says {got}.")
    return praise


exercise = Exercise(
    names=("softmax",),
    grade=grade,
    hints=(
        "Divide the scores by T, take exp of each, and divide by their sum.",
        "For large scores: z − z.max() first. Why does that change nothing else?",
    ),
    solution=softmax,
    wrong=WRONG,
    noise=lambda rng: (lambda z, _: rng.random(len(z)),),
)
