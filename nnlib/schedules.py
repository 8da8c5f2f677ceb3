"""Schedules: how the learning rate changes. Each function returns a rule, k → η, for k = 0, 1, 2, …

k is the number of epochs done, or of steps: ``Scheduled(rule)`` counts epochs, ``Scheduled(rule, per="step")`` steps.
Between two whole numbers the formulas hold as well. Every η is above 0, except where ``linear`` and ``cosine`` are told
to end at 0: there training rests. Rules raise ``TypeError`` or ``ValueError`` if k is not a finite number, 0 or more.

Noise of mini-batches keeps a constant η from settling. Enough for settling (Robbins and Monro, 1951): Σ ηₖ = ∞, so
that every place can be reached, and Σ ηₖ² < ∞, so that the noise dies away.  Source: S1, S4, N14.
"""

import math
import sys
from collections.abc import Callable

import numpy as np

from nnlib.errors import (
    describe,
    require_amount,
    require_count,
    require_function,
    require_positive,
)

Rule = Callable[[float], float]


def constant(start: float) -> Rule:
    """η = η₀. Σ η = ∞ and Σ η² = ∞: gets near the optimum fast, and never settles."""
    eta = require_positive("constant", "start", start)

    def rule(k: float) -> float:
        _checked(k)
        return eta

    return rule


def linear(start: float, end: float, steps: int) -> Rule:
    """ηₖ = (1 − k/τ) η₀ + (k/τ) η_τ up to k = τ = ``steps``, and η_τ ever after ("linear annealing").

    ``end`` η_τ is 0 or more. Without the clamp at τ the formula goes on falling, below 0 in the end. If η stays at
    η_τ > 0, Σ η² = ∞ (E16).
    """
    first = require_positive("linear", "start", start)
    last = require_amount("linear", "end", end)
    require_count("linear", "steps", steps)

    def rule(k: float) -> float:
        share = min(_checked(k) / steps, 1.0)
        return (1 - share) * first + share * last

    return rule


def inverse(start: float, half_life: float = 1.0) -> Rule:
    """ηₖ = η₀ / (1 + k/h): half of η₀ at k = h, then falling as 1/k. Σ η = ∞, Σ η² < ∞."""
    eta = require_positive("inverse", "start", start)
    h = require_positive("inverse", "half_life", half_life)
    return lambda k: eta / (1 + _checked(k) / h)


def inverse_root(start: float) -> Rule:
    """ηₖ = η₀ / √(k + 1), for problems that are convex and no more. Σ η = ∞ and, just so, Σ η² = ∞."""
    eta = require_positive("inverse_root", "start", start)
    return lambda k: eta / (_checked(k) + 1) ** 0.5


def step(start: float, factor: float, every: int) -> Rule:
    """ηₖ = η₀ · factor^⌊k/every⌋: the same η for ``every`` steps or epochs, then ``factor`` times as much."""
    eta = require_positive("step", "start", start)
    share = require_positive("step", "factor", factor)
    require_count("step", "every", every)
    return lambda k: _power("step", eta, share, _checked(k) // every)


def exponential(start: float, factor: float) -> Rule:
    """ηₖ = η₀ · factorᵏ. For a factor below 1 Σ η is finite: training gets only so far.

    A factor above 1 makes η grow, as a search for the largest η that still learns does.
    """
    eta = require_positive("exponential", "start", start)
    share = require_positive("exponential", "factor", factor)
    return lambda k: _power("exponential", eta, share, _checked(k))


def cosine(start: float, end: float, steps: int) -> Rule:
    """ηₖ = η_τ + ½ (η₀ − η_τ)(1 + cos(π k/τ)) up to k = τ = ``steps``, and η_τ ever after: half a wave down.

    ``end`` η_τ is 0 or more.  Source: Loshchilov and Hutter, 2017.
    """
    first = require_positive("cosine", "start", start)
    last = require_amount("cosine", "end", end)
    require_count("cosine", "steps", steps)
    return lambda k: (
        last + (first - last) * (1 + math.cos(math.pi * min(_checked(k) / steps, 1.0))) / 2
    )


def warm_up(steps: int, rule: Rule) -> Rule:
    """From rule(0)/(τ + 1) up to rule(0) in a line over k = τ = ``steps``, then ``rule`` from its beginning.

    Without steps, τ = 0, it is ``rule`` itself.
    """
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer):
        told = describe(steps)
        raise TypeError(f"warm_up got steps = {told}: expected a whole number, 0 or more")
    require_amount("warm_up", "steps", steps)
    require_function("warm_up", rule, "a rule, as cosine(…) makes")

    def warming(k: float) -> float:
        done = _checked(k)
        if done >= steps:
            return rule(k - steps)
        first = require_amount("warm_up, from its rule for k = 0,", "η", rule(0))
        return first * (done + 1) / (steps + 1)

    return warming


def _checked(k: float) -> float:
    return require_amount("a schedule", "k", k)


def _power(who: str, eta: float, factor: float, times: float) -> float:
    """Return η · factor^times: never 0, which a long fall is rounded to; raise if a long rise leaves all numbers."""
    try:
        grown = eta * factor**times
    except OverflowError:
        grown = math.inf
    if math.isinf(grown):
        raise ValueError(
            f"{who} got a factor of {factor:g} that is used {times:g} times: "
            "that makes a larger η than there are numbers; "
            "expected a factor below 1, or fewer times"
        )
    return max(grown, sys.float_info.min)
