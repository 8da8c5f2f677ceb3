"""Exercise 6 of chapter 08: a learning rate that rises in a line and falls along half a cosine wave."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet, each_mistake
from nnlib.chapters.kit.grading import brief, call, name_mistake, number


def rate(k, top, end, warm, steps):
    if k < warm:
        return top * (k + 1) / (warm + 1)
    share = min((k - warm) / steps, 1)
    return end + (top - end) * (1 + np.cos(np.pi * share)) / 2


def rising(up):
    """A mistake that rises as ``up(k, warm)`` times the top, and falls rightly."""
    return lambda k, top, end, warm, steps: (
        top * up(k, warm) if k < warm else rate(k, top, end, warm, steps)
    )


def falling(down, share=lambda k, warm, steps: min((k - warm) / steps, 1)):
    """A mistake that falls from top to end as ``down(share(k, warm, steps))`` does from 1 to 0, and rises rightly."""
    return lambda k, top, end, warm, steps: (
        rate(k, top, end, warm, steps)
        if k < warm
        else end + (top - end) * down(share(k, warm, steps))
    )


def wave(share):
    return (1 + np.cos(np.pi * share)) / 2


def line(share):
    return 1 - share


def unclamped(k, warm, steps):
    return (k - warm) / steps


WRONG = {
    "after the end it rises again: the cosine turns. Clamp the share at 1, min(…, 1).": falling(
        wave, unclamped
    ),
    "a line, and it goes on below the end, below 0 at last; it should be half a wave.": falling(
        line, unclamped
    ),
    "a line down; it should be half a cosine wave.": falling(line),
    "1 + cos goes from 2 to 0: the half, ½ (1 + cos), is missing.": falling(lambda u: 2 * wave(u)),
    "a whole wave, down and up: π times the share, not 2π.": falling(lambda u: wave(2 * u)),
    "the π is missing: half a wave is cos(π · share).": falling(lambda u: (1 + np.cos(u)) / 2),
    "a quarter of a wave: π times the share, not π/2.": falling(lambda u: wave(u / 2)),
    "cos(π/2 · share) is a quarter of a wave, and ends steeply: ½ (1 + cos(π · share)) is half of "
    "one.": falling(lambda u: np.cos(np.pi / 2 * u)),
    "the wave goes up: 1 + cos falls, 1 − cos rises.": falling(lambda u: wave(1 - u)),
    "cos goes from 1 to −1: ½ (1 + cos) from 1 to 0.": falling(lambda u: np.cos(np.pi * u)),
    "it begins at top + end: top − end is its height.": (
        lambda k, top, end, warm, steps: (
            rate(k, top, end, warm, steps) if k < warm else end + rate(k, top, 0, warm, steps)
        )
    ),
    "after the way down it is 0; it should stay at end.": (
        lambda k, top, end, warm, steps: (k < warm + steps) * rate(k, top, end, warm, steps),
        lambda k, top, end, warm, steps: (k <= warm + steps) * rate(k, top, end, warm, steps),
    ),
    "it falls to 0; it should fall to end.": (
        lambda k, top, end, warm, steps: rate(k, top, 0, warm, steps)
    ),
    "top and end are swapped.": lambda k, top, end, warm, steps: rate(k, end, top, warm, steps),
    "at k = 0 it is 0, a step that goes nowhere: (k + 1)/(warm + 1).": (
        rising(lambda k, warm: k / warm),
        rising(lambda k, warm: k / (warm + 1)),
    ),
    "it is at the top one step early: (k + 1)/(warm + 1).": rising(lambda k, warm: (k + 1) / warm),
    "the warm-up is missing: before k = warm it rises.": rising(lambda k, warm: 1),
    "the wave begins at k = warm, so its clock is k − warm.": falling(
        wave, lambda k, warm, steps: min(k / steps, 1)
    ),
    "one off at the joint: at k = warm it is the top itself.": falling(
        wave, lambda k, warm, steps: min((k - warm + 1) / steps, 1)
    ),
    "steps counts the way down alone, without warm.": falling(
        wave, lambda k, warm, steps: min((k - warm) / (steps - warm), 1)
    ),
}


CURVES = ((0.1, 0.01, 5, 20), (0.5, 0.1, 0, 8), (2.0, 0.0, 1, 5))  # top, end, warm, steps


def places(curve):
    """All k of a schedule, until long after its end: at a single one many mistakes are right."""
    _, _, warm, steps = curve
    return range(warm + 2 * steps + 3)


def asked(k, curve):
    return f"rate({', '.join(f'{value:g}' for value in (k, *curve))})"


def rates(function, curve):
    return np.array([function(k, *curve) for k in places(curve)])


def grade(function):
    for curve in CURVES:
        right = rates(rate, curve)
        got = [number(call(function, k, *curve), asked(k, curve)) for k in places(curve)]
        if not np.allclose(got, right):
            name_mistake(got, [(rates(f, curve), words) for words, f in each_mistake(WRONG)])
            k = int(np.argmax(~np.isclose(got, right)))
            raise NotYet(
                f"{part(k, curve)}: {asked(k, curve)} should be {brief(right[k])}, but it is "
                f"{brief(got[k])}."
            )
    return (
        "gently up, along half a wave down, and then still: a rate that never turns below 0 and "
        "never rises again."
    )


def part(k, curve):
    _, _, warm, steps = curve
    if k < warm:
        return "on the way up"
    return "on the way down" if k < warm + steps else "after the end"


exercise = Exercise(
    names=("rate",),
    grade=grade,
    hints=(
        "Two branches: if k < warm, the line; else the wave, with its own clock, k − warm.",
        "share = min((k - warm) / steps, 1) goes from 0 to 1 and stays there.",
        "(1 + np.cos(np.pi * share)) / 2 goes from 1 to 0. Multiply it by the height, top − end, "
        "and add end.",
    ),
    solution=rate,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(),),
)
