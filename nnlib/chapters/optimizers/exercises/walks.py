"""What is right and what is wrong in the answers of chapter 08, exercises 5 to 8, and how the learner is told."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlib import optimizers
from nnlib.chapters.kit.exercise import Named, NotYet
from nnlib.chapters.kit.grading import call, name_mistake, number, numbers
from nnlib.landscapes import DIVERGED, Rosenbrock
from nnlib.optimizers import Optimizer
from nnlib.parameter import Parameter

CURVES = ((0.1, 0.01, 5, 20), (0.5, 0.1, 0, 8), (2.0, 0.0, 1, 5))
Curve = tuple[float, float, int, int]  # top, end, warm, steps
Shape = Callable[[float], float]
Rule = Callable[[int], float]
Rates = list[tuple[Rule, str]]


def grade_newton_step(newton_step: Any) -> str:
    """A function newton_step(w, gradient, hessian) → w − H⁻¹ ∇C."""
    rng = np.random.default_rng(6)
    for size, sign in ((2, 1.0), (4, 1.0), (3, -1.0)):
        factor = rng.normal(size=(size, size))
        table = factor @ np.diag([sign, *[1.0] * (size - 1)]) @ factor.T + 0.1 * np.eye(size)
        w = rng.normal(size=size)
        way = rng.uniform(0.5, 1.5, size) * np.where(
            np.arange(size) % 2, -1.0, 1.0
        )  # both signs, in every case
        slope = table @ way
        result = call(newton_step, w, slope, table)
        if np.shape(result) == table.shape:
            raise NotYet(
                f"a table {table.shape} comes back: / and * work number by number. H⁻¹ g is np.linalg.solve(H, g)."
            )
        answer, right = numbers(result, "w", (size,)), w - way
        if not np.allclose(answer, right):
            name_mistake(answer, _wrong_newton(w, slope, table))
            saddle = " near a saddle, with one curvature below 0," if sign < 0 else ""
            raise NotYet(
                f"for {size} weights{saddle} it differs from w − H⁻¹ g: is H times (w − yours) equal to g?"
            )
    return "one step to where the slope is 0 if the cost is as curved everywhere: the foot of a bowl, but a saddle too."


def _wrong_newton(w: np.ndarray, g: np.ndarray, table: np.ndarray) -> Named:
    way = np.linalg.solve(table, g)
    return [
        (w - table @ g, "that is H g. It is H⁻¹ g: divide by the curvature, do not multiply."),
        (w + table @ g, "that is H g, and uphill: w − H⁻¹ g."),
        (w + way, "the sign: w − H⁻¹ g."),
        (w - abs(way), "the size of H⁻¹ g alone: its signs say which way to go. No abs."),
        (-way, "that is the step alone: add it to w."),
        (way, "that is H⁻¹ g alone: w minus that."),
        (
            w - g / np.diag(table),
            "that divides by the diagonal alone: the other entries of H say how slopes mix. Solve.",
        ),
        (
            w - (1 / table) @ g,
            "1 / H is taken number by number, and that is not the inverse. np.linalg.solve(H, g).",
        ),
        (w - g, "H is not used: that is SGD with η = 1."),
        (w - np.linalg.solve(table, w), "H⁻¹ belongs to the gradient, not to w."),
        (
            w - g / np.linalg.norm(table),
            "the size of H is not enough: each direction has its own curvature. Solve.",
        ),
        (
            w - g / np.linalg.det(table),
            "the determinant is one number: each direction has its own curvature. Solve.",
        ),
        (w - way / 2, "half of the step: there is no ½."),
    ]


def wave(share: float) -> float:
    """Return half a cosine wave, 1 at share 0, 0 at share 1."""
    return (1 + math.cos(math.pi * share)) / 2


def line(share: float) -> float:
    """Return 1 at share 0, 0 at share 1."""
    return 1 - share


def _rate(
    k: int,
    curve: Curve,
    *,
    rise: Callable[[int, int], float] = lambda k, warm: (k + 1) / (warm + 1),
    clock: Callable[[int, int, int], float] = lambda k, warm, steps: (k - warm) / steps,
    fall: Shape = wave,
    clamp: Shape = lambda share: min(share, 1.0),
) -> float:
    """Return η of step k, or what one of the known mistakes makes of it."""
    top, end, warm, steps = curve
    return (
        top * rise(k, warm) if k < warm else end + (top - end) * fall(clamp(clock(k, warm, steps)))
    )


def grade_schedule(rate: Any) -> str:
    """A function rate(k, top, end, warm, steps): up in a line, down along half a wave, and then end for ever."""
    for curve in CURVES:
        top, end, warm, steps = curve
        places = range(warm + 2 * steps + 3)
        answer = np.array(
            [number(call(rate, k, *curve), f"rate({k}, {top}, {end}, …)") for k in places]
        )
        right = np.array([_rate(k, curve) for k in places])
        if not np.allclose(answer, right):
            name_mistake(
                answer,
                [(np.array([f(k) for k in places]), words) for f, words in _wrong_rates(curve)],
            )
            k = int(np.argmax(~np.isclose(answer, right)))
            part = (
                "on the way up"
                if k < warm
                else "on the way down"
                if k < warm + steps
                else "after the end"
            )
            called = f"rate({k}, {top}, {end}, {warm}, {steps})"
            raise NotYet(f"{part}: {called} should be {right[k]:.4g}, and it is {answer[k]:.4g}.")
    return "gently up, along half a wave down, and then still: a rate that never turns below 0 and never rises again."


def _wrong_rates(curve: Curve) -> Rates:
    """Return the known mistakes of the two clocks, as functions of k."""

    def changed(**parts: Any) -> Rule:
        return lambda k: _rate(k, curve, **parts)

    return [
        *_wrong_waves(curve),
        (
            changed(rise=lambda k, warm: k / warm),
            "at k = 0 it is 0, a step that goes nowhere: (k + 1)/(warm + 1).",
        ),
        (
            changed(rise=lambda k, warm: k / (warm + 1)),
            "at k = 0 it is 0, a step that goes nowhere: (k + 1)/(warm + 1).",
        ),
        (
            changed(rise=lambda k, warm: (k + 1) / warm),
            "it is at the top one step early: (k + 1)/(warm + 1).",
        ),
        (changed(rise=lambda k, warm: 1.0), "the warm-up is missing: before k = warm it rises."),
        (
            changed(clock=lambda k, warm, n: k / n),
            "the wave begins at k = warm, so its clock is k − warm.",
        ),
        (
            changed(clock=lambda k, warm, n: (k - warm + 1) / n),
            "one off at the joint: at k = warm it is the top itself.",
        ),
        (
            changed(clock=lambda k, warm, n: (k - warm) / (n - warm)),
            "steps counts the way down alone, without warm.",
        ),
    ]


def _wrong_waves(curve: Curve) -> Rates:
    """Return the known mistakes of the way down, as functions of k."""
    top, end, *_ = curve

    def fall(wave: Shape, clamp: Shape = lambda share: min(share, 1.0)) -> Rule:
        return lambda k: _rate(k, curve, fall=wave, clamp=clamp)

    def onwards(share: float) -> float:
        return share

    return [
        (
            fall(wave, onwards),
            "after the end it rises again: the cosine turns. Clamp the share at 1, min(…, 1).",
        ),
        (
            fall(line, onwards),
            "a line, and it goes on below the end, below 0 at last; half a wave is wanted.",
        ),
        (fall(line), "a line down; half a cosine wave is wanted."),
        (
            fall(lambda share: 2 * wave(share)),
            "1 + cos goes from 2 to 0: the half, ½ (1 + cos), is missing.",
        ),
        (
            fall(lambda share: wave(2 * share)),
            "a whole wave, down and up: π times the share, not 2π.",
        ),
        (
            fall(lambda share: wave(share / math.pi)),
            "the π is missing: half a wave is cos(π · share).",
        ),
        (fall(lambda share: wave(share / 2)), "a quarter of a wave: π times the share, not π/2."),
        (
            fall(lambda share: math.cos(math.pi / 2 * share)),
            "cos(π/2 · share) is a quarter of a wave, and ends steeply: ½ (1 + cos(π · share)) is half of one.",
        ),
        (fall(lambda share: wave(1 - share)), "the wave goes up: 1 + cos falls, 1 − cos rises."),
        (
            fall(lambda share: math.cos(math.pi * share)),
            "cos goes from 1 to −1: ½ (1 + cos) from 1 to 0.",
        ),
        (
            fall(lambda share: wave(share) * top / (top - end)),
            "it begins at top + end: top − end is its height.",
        ),
        *_wrong_ends(curve),
    ]


def _wrong_ends(curve: Curve) -> Rates:
    """Return the known mistakes of where the way down ends, as functions of k."""
    top, end, warm, steps = curve
    nothing = "after the way down it is 0; it should stay at end."
    return [
        (lambda k: _rate(k, curve) if k < warm + steps else 0.0, nothing),
        (lambda k: _rate(k, curve) if k <= warm + steps else 0.0, nothing),
        (lambda k: _rate(k, (top, 0.0, warm, steps)), "it falls to 0; it should fall to end."),
        (lambda k: _rate(k, (end, top, warm, steps)), "top and end are swapped."),
    ]


class Momentum(optimizers.Momentum):
    """Momentum with a fault: what it remembers is gone after every step."""

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """Forget, then step."""
        for array in memory:
            array[...] = 0
        super().update(w, g, *memory)


class Nesterov(optimizers.Momentum):
    """Nesterov's momentum without a fault, put in other words."""

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """Go back to the ball, w − α v, move it by the new v, and look ahead again, w + α v."""
        (v,) = memory
        w -= self.momentum * v
        v[...] = self.momentum * v - self.learning_rate * g
        w += v
        w += self.momentum * v


class RMSProp(optimizers.RMSProp):
    """RMSProp with a fault: it adds up what it should average."""

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """s ← s + g²."""
        (s,) = memory
        s += g * g
        w -= self.learning_rate * g / (np.sqrt(s) + self.epsilon)


class Adam(optimizers.Adam):
    """Adam with a fault: its t stays 1."""

    def update(self, w: np.ndarray, g: np.ndarray, *memory: np.ndarray) -> None:
        """Count from the beginning again, then step."""
        self.steps = 1
        super().update(w, g, *memory)


SUSPECTS: dict[str, type[Optimizer]] = {
    "Momentum": Momentum,
    "Nesterov": Nesterov,
    "RMSProp": RMSProp,
    "Adam": Adam,
}
FAULTS = {
    "Momentum": ("forgets", "Under a steady slope its steps never grow; whose steps are those?"),
    "RMSProp": ("sums", "Under a steady slope its k-th step is η/√k (exercise 3)."),
    "Adam": (
        "never counts",
        "Its first step is right. Under a steady slope the next ones grow to 2 η, then shrink to η/3.",
    ),
}


def grade_break_it(right: Any, wrong: Any) -> str:
    """Which suspect does what its name says, and what is the matter with the others."""
    known = {name.lower(): name for name in SUSPECTS}
    if not isinstance(right, str) or right.strip().lower() not in known:
        raise NotYet(f"right should be one of {', '.join(map(repr, SUSPECTS))}.")
    named = known[right.strip().lower()]
    if named != "Nesterov":
        raise NotYet(
            f"{named} leaves the path of nnlib's: give both the same slope for ten steps and compare."
        )
    if not isinstance(wrong, dict) or set(wrong) != set(FAULTS):
        raise NotYet(
            'Nesterov is right indeed. wrong should be {"Momentum": "…", "RMSProp": "…", "Adam": "…"}.'
        )
    for name, (fault, clue) in FAULTS.items():
        given = str(wrong[name]).strip().lower()
        if given not in ("forgets", "sums", "never counts", "uphill"):
            raise NotYet(f'{name}: a fault is "forgets", "sums", "never counts" or "uphill".')
        if given != fault:
            raise NotYet(f"Nesterov is right indeed. {name} has another fault. {clue}")
    return "a ball without a memory is SGD; RMSProp that adds up is AdaGrad; and Adam corrects a start long past."


STEPS, BAR, BEST_SGD, RECORD = 100, 1e-3, 0.02, 1.5e-8
OTHER_START = (1.5, 0.0)
SEES_TOO_MUCH = (
    "Newton would win: from both starts it is there, to ten digits, in a dozen steps. But it sees the table of second "
    "derivatives, 4 numbers here and 10¹² for a network of a million weights. The race is for those who see slopes."
)


def grade_race(make: Any) -> str:
    """A function make(parameters) → optimizer that in 100 steps gets below 0.001 on Rosenbrock from two starts."""
    reached = [_walk(make, start) for start in (Rosenbrock.start, OTHER_START)]
    words = f"after {STEPS} steps C is {reached[0]:.0e} from {Rosenbrock.start} and {reached[1]:.0e} from {OTHER_START}"
    if max(reached) >= BAR:
        raise NotYet(
            f"{words}; less than {BAR:g} is wanted from both. SGD leaves {BEST_SGD:g} at best."
        )
    ours = "That beats ours," if max(reached) < 0.9 * RECORD else "Ours got to"
    return f"{words}. {ours} {RECORD:.1e}, the best of 200,000 settings on these two starts. From others it does worse."


def _walk(make: Any, start: tuple[float, float]) -> float:
    landscape, parameter = Rosenbrock(), Parameter(np.array(start), "v")
    optimizer = call(make, [parameter])
    if isinstance(optimizer, optimizers.Newton):
        raise NotYet(SEES_TOO_MUCH)
    if isinstance(optimizer, type) or not callable(getattr(optimizer, "step", None)):
        came = (
            f"the class {optimizer.__name__}"
            if isinstance(optimizer, type)
            else type(optimizer).__name__
        )
        raise NotYet(
            f"make should return an optimizer, as Momentum(parameters, 0.01) makes, and returns {came}."
        )
    for k in range(1, STEPS + 1):
        parameter.grad = landscape.gradient(parameter.value)
        call(lambda: [optimizer.step()])
        if np.isnan(parameter.value).any():
            raise NotYet(
                f"from {start} v is no number any more at step {k}. Is something divided by 0?"
            )
        if np.abs(parameter.value).max() > DIVERGED:
            raise NotYet(
                f"from {start} it runs away to infinity, at step {k}: a smaller η, or less momentum?"
            )
        if k == 1 and np.array_equal(parameter.value, start):
            raise NotYet(
                "the first step moves nothing. Is a new optimizer made of the parameters that make gets?"
            )
    return float(landscape.value(parameter.value))
