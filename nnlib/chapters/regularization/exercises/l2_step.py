"""Exercise 2 of chapter 07: one step of gradient descent with L2."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import brief, grade_function, name_function, parts


def l2_step(W, b, dW, db, rate, strength):
    return W - rate * (dW + strength * W), b - rate * db


def with_weights(new):
    """A mistake whose weights are ``new(W, dW, rate, strength)``; its biases are right."""
    return lambda W, b, dW, db, η, λ: (new(W, dW, η, λ), b - η * db)


def with_slope(slope):
    """A mistake that takes ``slope(w, strength)`` for that of the penalty; its biases are right."""
    return with_weights(lambda W, dW, η, λ: W - η * (dW + slope(W, λ)))


def with_biases(new):
    """A mistake whose weights are right and whose biases are ``new(b, db, rate, strength)``."""
    return lambda W, b, dW, db, η, λ: (W - η * (dW + λ * W), new(b, db, η, λ))


WRONG = {
    "W: the penalty is missing: its slope λ W is added to dW.": with_slope(lambda w, λ: 0),
    "W: the pull is half of what it should be: (λ/2) w² has the slope λ w (E13).": with_slope(
        lambda w, λ: λ / 2 * w
    ),
    "W: the pull is twice what it should be: the cost is (λ/2) w², with the ½ (E13).": with_slope(
        lambda w, λ: 2 * λ * w
    ),
    "W: the penalty's sign: here it pushes the weights away from 0.": with_slope(
        lambda w, λ: -λ * w
    ),
    "W: the sign: that goes uphill.": with_weights(lambda W, dW, η, λ: W + η * (dW + λ * W)),
    "W: the sign of dW: downhill is minus.": with_weights(lambda W, dW, η, λ: W + η * (dW - λ * W)),
    "W: η is missing from the penalty: its slope is a slope like dW.": with_weights(
        lambda W, dW, η, λ: W - η * dW - λ * W
    ),
    "W: η is missing.": with_weights(lambda W, dW, η, λ: W - dW - λ * W),
    "W: the weights shrink after the step: both slopes belong to the *old* W.": with_weights(
        lambda W, dW, η, λ: (1 - η * λ) * (W - η * dW)
    ),
    "W: that is L1, λ sign(W).": with_slope(lambda w, λ: λ * np.sign(w)),
    "W: that takes off the cost (λ/2) w² itself: take off its slope.": with_slope(
        lambda w, λ: λ / 2 * w**2
    ),
    "W: w² is squared still: the slope of (λ/2) w² is λ w.": with_slope(lambda w, λ: λ * w**2),
    "W: the same is taken off every weight: the pull λ w is in proportion to it.": with_slope(
        lambda w, λ: λ
    ),
    "W: every weight has its own slope, λ w: no sum.": (
        with_slope(lambda w, λ: λ / 2 * (w**2).sum()),
        with_slope(lambda w, λ: λ * w.sum()),
    ),
    "W: here λ is not divided by a number of examples, and W has none.": with_slope(
        lambda w, λ: λ / len(w) * w
    ),
    "W: that is the slope. The step is W minus η times it.": with_weights(
        lambda W, dW, η, λ: dW + λ * W
    ),
    "W: nothing has changed.": with_weights(lambda W, *_: W),
    "b: W is right. Biases are free: the penalty is for weights only (E17).": (
        with_biases(lambda b, db, η, λ: b - η * (db + λ * b)),
        with_biases(lambda b, db, η, λ: (1 - η * λ) * (b - η * db)),
        with_biases(lambda b, db, η, λ: b - η * (db + λ / 2 * b)),
    ),
    "b: W is right. Biases have no penalty, but they do learn: b − η db.": with_biases(
        lambda b, *_: b
    ),
    "b: W is right. The sign: downhill is minus.": with_biases(lambda b, db, η, λ: b + η * db),
    "b: W is right. η is missing.": with_biases(lambda b, db, η, λ: b - db),
}


def read(result, case):
    shapes = [np.shape(part) for part in case[:2]]
    if isinstance(result, tuple | list) and [np.shape(part) for part in result] == shapes[::-1]:
        raise NotYet("the two are swapped: W first, then b.")
    return parts(result, ("W", "b"), shapes)


def otherwise(case, got, right):
    name = "b" if np.allclose(got[0], right[0]) else "W"
    if name == "W":  # whatever b is
        name_function(got[0], case, WRONG, read=lambda theirs, _: theirs[0])
    answer, expected = (pair[name == "b"] for pair in (got, right))
    place = tuple(np.argwhere(~np.isclose(answer, expected))[0].tolist())
    return (
        f"{name}: at {list(place)} it should be {brief(expected[place])}, "
        f"but it is {brief(answer[place])}."
    )


def make_case(seed, n_in, n_out, rate, strength):
    rng = np.random.default_rng(seed)
    W, dW = rng.normal(size=(2, n_in, n_out))
    b, db = rng.normal(size=(2, n_out))
    return W, b, dW, db, rate, strength


CASES = [make_case(0, 3, 2, 0.2, 0.3), make_case(1, 2, 4, 0.05, 1.7)]

exercise = Exercise(
    names=("l2_step",),
    grade=grade_function(
        l2_step,
        CASES,
        WRONG,
        read=read,
        otherwise=otherwise,
        praise="W − η (dW + λ W), b − η db: the same as (1 − η λ) W − η dW, weight decay.",
    ),
    hints=(
        "The slope of (λ/2) w² is λ w: it is added to dW.",
        "Then a step as always: minus η times the slope, for W and for b. "
        "The penalty leaves b alone.",
    ),
    solution=l2_step,
    wrong=WRONG,
    noise=lambda rng: (lambda W, b, *_: (rng.normal(size=W.shape), rng.normal(size=b.shape)),),
)
