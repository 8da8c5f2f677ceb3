"""Exercise 4 of chapter 09: how much the last state moves with the weight of the loop, weight_slope(w, h)."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import brief, called, grade_function, numbers


def weight_slope(w, h):
    total, later = 0.0, 1.0
    for t in reversed(range(1, len(h))):
        dz = later * (1 - h[t] ** 2)
        total = total + h[t - 1] * dz
        later = dz * w
    return total


def bend(h):
    return 1 - h**2


def swept(factor=lambda h: bend(h), share=lambda h, t: h[t - 1], back=lambda dz, w: dz * w):
    """A mistake in the bend of a step, in the state that w meets, or in what goes back."""

    def sweep(w, h):
        total, later = 0.0, 1.0
        for t in reversed(range(1, len(h))):
            dz = later * factor(h[t])
            total, later = total + share(h, t) * dz, back(dz, w)
        return total

    return sweep


def each_step(w, h):
    """What w does at each step to the last state."""
    later, found = 1.0, []
    for t in reversed(range(1, len(h))):
        dz = later * bend(h[t])
        found.append(h[t - 1] * dz)
        later = dz * w
    return np.array(found[::-1])


WRONG = {
    "that is what w does at the last step. It is used at every step, and the effects add up.": (
        lambda w, h: each_step(w, h)[-1]
    ),
    "that is what w does at the first step. It is used at every step, and the effects add up.": (
        lambda w, h: each_step(w, h)[0]
    ),
    "that is ∂h_T/∂h₀, how much the first state matters. w acts at each step, by h_{t−1}.": (
        lambda w, h: np.prod(w * bend(h[1:]))
    ),
    "a mean over the steps; their effects add up.": lambda w, h: np.mean(each_step(w, h)),
    "those are the parts, one for each step; add them up.": each_step,
    "what w does at step t is in proportion to h_{t−1}, which it was multiplied by, not to h_t.": (
        swept(share=lambda h, t: h[t])
    ),
    "h_{t−1} is missing: a nudge of w moves z_t by h_{t−1} times as much.": swept(
        share=lambda h, t: 1.0
    ),
    "w is missing on the way back: from z_t to h_{t−1} it is w.": swept(back=lambda dz, w: dz),
    "each step's own bend is there, but the way to the last state is missing: w (1 − h²) for each "
    "step in between.": lambda w, h: np.sum(h[:-1] * bend(h[1:])),
    "on the way to the end w alone is there; each step in between has its bend as well, "
    "w (1 − h²).": lambda w, h: np.sum(h[:-1] * bend(h[1:]) * w ** np.arange(len(h) - 1)[::-1]),
    "the bends are missing: each step has its 1 − h_t².": swept(factor=lambda h: 1.0),
    "tanh′ is 1 − h², with the square.": swept(factor=lambda h: 1 - h),
    "h is tanh(z) already: tanh′(z) = 1 − h², and no tanh is taken again.": swept(
        factor=lambda h: bend(np.tanh(h))
    ),
    "h (1 − h) is the slope of σ; tanh has 1 − h².": swept(factor=lambda h: h * (1 - h)),
    "the sign is wrong: a slope is asked for, not a step.": lambda w, h: -weight_slope(w, h),
    "the first step is left out. It takes h[0], the start.": lambda w, h: weight_slope(w, h[1:]),
    "the last step is left out. h[-1] is h_T, made by w as well.": (
        lambda w, h: weight_slope(w, h[:-1])
    ),
}


def states(w, h0, inputs):
    found = [h0]
    for x in inputs:
        found.append(float(np.tanh(w * found[-1] + x)))
    return np.array(found)


CASES = [
    (-1.5, states(-1.5, 0.4, [0.2, -0.3, 0.6, 0.1])),
    (0.9, states(0.9, 0.5, [0.1, 0.0, -0.4, 0.3, 0.2, 0.5])),
    (2.0, states(2.0, -0.2, [0.7])),
]


def read(result, case):
    """The number that is asked for, or one for each step, which is a known mistake."""
    one_each = np.shape(result) == (len(case[1]) - 1,)
    return numbers(result, called(weight_slope, case), np.shape(result) if one_each else ())


def otherwise(case, got, right):
    w, h = case
    if np.ndim(got):
        return "one number is asked for, not one for each step."
    steps = "1 step" if len(h) == 2 else f"{len(h) - 1} steps"
    place = f"h = {brief(h)}" if len(h) <= 6 else f"h from {brief(h[0])} to {brief(h[-1])}"
    asked = f"for w = {brief(w)} and {steps}, {place},"
    return f"{asked} it should be {brief(right)}, but it is {brief(got)}."


exercise = Exercise(
    names=("weight_slope",),
    grade=grade_function(
        weight_slope,
        CASES,
        WRONG,
        read=read,
        otherwise=otherwise,
        praise="one weight, used at every step: its slope is a sum over the steps, and each part "
        "has come through all steps after it.",
    ),
    hints=(
        "It is section 4 with C = h_T: dh is 1 at the last step, and 0 before.",
        "Walk back from t = T: dz = later * (1 - h[t] ** 2), add h[t - 1] * dz, then later = "
        "dz * w.",
        "later = 1 at first; for t in reversed(range(1, len(h))).",
    ),
    solution=weight_slope,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(),),
)
