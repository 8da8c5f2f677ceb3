"""Exercise 1 of chapter 08: one step with momentum, w and v."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_function


def momentum_step(w, v, g, rate, momentum):
    v = momentum * v - rate * g
    return w + v, v


def with_speed(new, then):
    """A mistake whose new speed is ``new(v, g, rate, momentum)`` and which then moves as ``then`` says."""

    def step(w, v, g, rate, momentum):
        speed = new(v, g, rate, momentum)
        return then(w, speed), speed

    return step


def moves(w, speed):
    return w + speed


def right_speed(place):
    """A mistake that has the right new speed and a wrong ``place(w, new, old, g, rate, momentum)``."""

    def step(w, v, g, rate, momentum):
        new = momentum * v - rate * g
        return place(w, new, v, g, rate, momentum), new

    return step


WRONG = {
    "both are right, in the other order: return w, v.": lambda *a: momentum_step(*a)[::-1],
    "the sign: v + η g goes uphill.": with_speed(lambda v, g, η, α: α * v + η * g, moves),
    "v is right. Its minus is in it already: w + v, not w − v.": right_speed(
        lambda w, new, *_: w - new
    ),
    "v is right. w moves by the new v; yours moves by the old one.": right_speed(
        lambda w, new, old, *_: w + old
    ),
    "v is right. η is in v already: w + v, not w + η v.": right_speed(
        lambda w, new, old, g, η, α: w + η * new
    ),
    "v is right, and w does not use it: w + v.": right_speed(
        lambda w, new, old, g, η, α: w - η * g
    ),
    "v is right. v is a step, not a place: w + v.": right_speed(lambda w, new, *_: new),
    "v is right, and w has not moved: w + v.": right_speed(lambda w, *_: w),
    "a factor 1 − α before η g: that is Adam's mean, and here g comes in whole.": with_speed(
        lambda v, g, η, α: α * v - (1 - α) * η * g, moves
    ),
    "that is the form with v ← α v + g, w ← w − η v. Here η g is in v: α v − η g.": (
        lambda w, v, g, η, α: (w - η * (α * v + g), α * v + g)
    ),
    "the old v is forgotten: that is SGD.": with_speed(lambda v, g, η, α: -η * g, moves),
    "v is right; w looks ahead, as Nesterov does. Here it is w + v alone.": right_speed(
        lambda w, new, old, g, η, α: w + α * new - η * g
    ),
    "α is missing: nothing slows the ball down.": with_speed(lambda v, g, η, α: v - η * g, moves),
    "η is missing.": with_speed(lambda v, g, η, α: α * v - g, moves),
    "η and α are swapped.": with_speed(lambda v, g, η, α: η * v - α * g, moves),
    "α belongs to the old v alone: α v − η g, not α (v − η g).": with_speed(
        lambda v, g, η, α: α * (v - η * g), moves
    ),
}


def otherwise(case, got, right):
    *_, rate, momentum = case
    if np.allclose(got[1], right[1]):
        return "v is right. w moves by the new v, w + v, and by nothing else."
    return f"with η = {rate} and α = {momentum} the new v is not α v − η g."


rng = np.random.default_rng(2)
CASES = [
    (*rng.normal(size=(3, *shape)), rate, momentum)
    for rate, momentum, shape in ((0.3, 0.9, (3,)), (0.02, 0.5, (2, 4)))
]

exercise = Exercise(
    names=("momentum_step",),
    grade=grade_function(
        momentum_step,
        CASES,
        WRONG,
        parts=("w", "v"),
        otherwise=otherwise,
        tolerance=1e-6,
        praise="the gradient changes the speed, and the speed changes the place.",
    ),
    hints=(
        "First the speed: the share α of the old one, and a push downhill, −η g.",
        "v = momentum * v - rate * g makes a new array; then w + v, with this new v.",
    ),
    solution=momentum_step,
    wrong=WRONG,
    noise=lambda rng: (lambda w, v, *_: (w + rng.normal(size=w.shape), v),),
)
