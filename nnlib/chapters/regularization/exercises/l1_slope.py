"""Exercise 4 of chapter 07: the slope of L1."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import grade_function, numbers


def l1_slope(w, strength):
    return strength * np.sign(w)


WRONG: Mistakes = {
    "half of what it should be: λ Σ |w| has no ½, so its slope has none (E23).": (
        lambda w, λ: λ / 2 * np.sign(w)
    ),
    "that is the cost λ |w|, not its slope.": lambda w, λ: λ * np.abs(w),
    "that is |w|, not the slope of λ |w|.": lambda w, λ: np.abs(w),
    "at w = 0 it should be 0: else a weight at 0 starts to hop (E23).": (
        lambda w, λ: np.where(w >= 0, λ, -λ),
        lambda w, λ: np.where(w > 0, λ, -λ),
    ),
    "that is L2's slope, λ w: L1 pulls as strongly on a small weight as on a large one.": (
        lambda w, λ: λ * w
    ),
    "that is w itself.": lambda w, λ: w,
    "λ is missing.": lambda w, λ: np.sign(w),
    "the sign: if w is above 0, |w| grows with w. The minus comes with the step.": (
        lambda w, λ: -λ * np.sign(w)
    ),
    "below 0 the slope of |w| is −1.": lambda w, λ: λ * np.ones(w.shape),
    "that is the weight after a step; only the slope is asked for.": (
        lambda w, λ: w - λ * np.sign(w)
    ),
    "zeros everywhere.": lambda w, λ: 0 * w,
}


def read(result, case):
    w, _ = case
    if np.shape(result) == w.shape and np.isnan(np.asarray(result, float)).any():
        raise NotYet("if w = 0 it is not a number: |w| / w is 0 / 0 there. The slope should be 0.")
    return numbers(result, "l1_slope(w, strength)", w.shape)


def otherwise(case, got, right):
    w, strength = case
    first = np.argmax(~np.isclose(got, right))
    number, wanted, answer = (np.ravel(part)[first] for part in (w, right, got))
    return f"for w = {number:.4g} and λ = {strength} it should be {wanted:g}, but it is {answer:g}."


rng = np.random.default_rng(2)
SHAPES = (((3, 2), 0.3), ((4, 5), 2.5), ((5,), 0.3), ((2, 3, 2), 1.2))
CASES = [(rng.normal(size=shape), strength) for shape, strength in SHAPES]
for w, _ in CASES:
    w.flat[[0, 3, 4]] = 1.5, 0, -0.2  # a zero, and both signs, for certain
CASES += [(np.array(w), 0.7) for w in (1.5, 0.0, -0.2)]  # no axis at all
graded = grade_function(
    l1_slope,
    CASES,
    WRONG,
    read=read,
    otherwise=otherwise,
    praise="λ sign(w): as strong a pull on a small weight as on a large one, until it is 0.",
)


def grade(function):
    with np.errstate(invalid="ignore"):  # 0 / 0 is answered in words
        return graded(function)


exercise = Exercise(
    names=("l1_slope",),
    grade=grade,
    hints=(
        "|w| rises by 1 for each 1 of w if w is above 0, and falls by 1 if it is below.",
        "np.sign(w) is 1, −1 or, if w = 0, 0.",
    ),
    solution=l1_slope,
    wrong=WRONG,
    noise=lambda rng: (lambda w, _: rng.normal(size=w.shape),),
)
