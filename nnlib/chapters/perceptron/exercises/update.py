"""Exercise 5 of chapter 01: one step of the learning rule, w and b."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import brief, grade_function


def update(w, b, x, sign, learning_rate):
    answer = 1 if w @ x + b > 0 else -1
    if answer == sign:
        return w, b
    return w + learning_rate * sign * x, b + learning_rate * sign


def taken_for_mistake(condition):
    """A mistake: it learns where ``condition(w, b, x, sign)`` holds."""

    def learn(w, b, x, sign, rate):
        return (w + rate * sign * x, b + rate * sign) if condition(w, b, x, sign) else (w, b)

    return learn


def step(dw, db):
    """A mistake: on a mistake w changes by ``dw(x, sign, rate)`` and b, whose input is 1, by ``db``."""

    def learn(w, b, x, sign, rate):
        if (1 if w @ x + b > 0 else -1) == sign:
            return w, b
        return w + dw(x, sign, rate), b + db(1, sign, rate)

    return learn


def as_it_should(x, sign, rate):
    return rate * sign * x


def not_at_all(x, sign, rate):
    return 0 * x


def w_by(dw):
    """Three mistakes: Δw is wrong, and Δb is wrong in the same way, or right, or 0."""
    return step(dw, dw), step(dw, as_it_should), step(dw, not_at_all)


def goes_on(w, b, x, sign, rate):
    while (1 if w @ x + b > 0 else -1) != sign:
        w, b = w + rate * sign * x, b + rate * sign
    return w, b


RIGHT_ALREADY = (
    "z = −1.5 and the class −1: that is answered rightly, so nothing may change. (Is your guess "
    "−1 or +1, as sign is, and is b in your z?)"
)
RIGHT_ON_THE_LINE = (
    "at z = 0 the guess is −1, so class −1 is answered rightly: nothing may change. (sign·z <= 0 "
    "is a mistake only if the line counts as wrong.)"
)
OTHER_CLASS = "right for class +1; for a mistake on class −1, w and b have to move the other way."
ONE_STEP = (
    "one call is one step: even if the example is still wrong after it, the next one has its turn."
)
# In the reverse order of the cases that they are found in: up to there, each of them is right.
WRONG = {
    ONE_STEP: goes_on,
    RIGHT_ON_THE_LINE: taken_for_mistake(lambda w, b, x, sign: sign * (w @ x + b) <= 0),
    "at z = 0 the guess is −1, so for class +1 it is a mistake: learning starts there.": (
        taken_for_mistake(lambda w, b, x, sign: sign * (w @ x + b) < 0)
    ),
    "z = w·x + b = −2 + 3.5 = 1.5 and the class is −1: a mistake, but nothing changed. Is b in "
    "z?": taken_for_mistake(lambda w, b, x, sign: (w @ x > 0) != (sign > 0)),
    OTHER_CLASS: step(lambda x, sign, rate: rate * x, lambda x, sign, rate: rate * x),
    "w moves away from x: for a mistake on class +1, w has to move towards x.": w_by(
        lambda x, sign, rate: -rate * sign * x
    ),
    "the learning rate is left out: Δw is learning_rate · sign · x.": w_by(
        lambda x, sign, rate: sign * x
    ),
    "Δw is twice too large: sign − guess is 2 or −2; the rule has sign alone.": w_by(
        lambda x, sign, rate: 2 * rate * sign * x
    ),
    "z = −1.5 and the class is +1: that is a mistake, but w did not change.": w_by(not_at_all),
    "w is right, but b did not change. It is the weight of a constant input 1, so it learns too.": (
        step(as_it_should, not_at_all)
    ),
    RIGHT_ALREADY: (
        taken_for_mistake(lambda *_: True),
        taken_for_mistake(lambda w, b, x, sign: (1 if w @ x + b > 0 else 0) != sign),
    ),
}


def otherwise(case, got, right):
    w, b, x, sign, rate = case
    z = w @ x + b
    if right[1] == b:
        return RIGHT_ALREADY if z < 0 else RIGHT_ON_THE_LINE
    if sign < 0:
        return OTHER_CLASS
    if not np.allclose(got[0], right[0]):
        dw, expected = brief(got[0] - w), brief(rate * sign * x)
        return f"Δw should be learning_rate · sign · x = {expected}, but it is {dw}."
    db, expected = brief(got[1] - b), brief(rate * sign)
    return f"w is right; Δb should be learning_rate · sign = {expected}, but it is {db}."


W, X = np.array([1.0, -1.0]), np.array([2.0, 4.0])  # w·x = −2
CASES = [
    (W, 0.5, X, -1, 0.25),  # right
    (W, 0.5, X, +1, 0.25),  # wrong
    (W, 3.5, X, -1, 0.25),  # wrong, on the other side
    (np.zeros(3), 0.0, np.ones(3), +1, 0.25),  # on the line: wrong
    (np.zeros(3), 0.0, np.ones(3), -1, 0.25),  # on the line: right
    (np.array([-10.0, -10.0]), 0.0, X, +1, 1.5),  # still wrong after it
]

exercise = Exercise(
    names=("update",),
    grade=grade_function(
        update,
        CASES,
        WRONG,
        parts=("the new w", "the new b"),
        otherwise=otherwise,
        tolerance=1e-6,
        praise="right for both classes, leaves right answers alone, and learns on the line itself.",
    ),
    hints=(
        "First find out what the perceptron answers: +1 where w·x + b > 0, else −1.",
        "If the answer equals sign, return w and b as they are.",
        "Else return w + learning_rate * sign * x, and b + learning_rate * sign.",
    ),
    solution=update,
    wrong=WRONG,
    noise=lambda rng: (lambda w, *_: (rng.normal(size=len(w)), rng.normal()),),
)
