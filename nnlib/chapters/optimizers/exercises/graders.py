"""What is right and what is wrong in the answers of chapter 08, exercises 1 to 4, and how the learner is told."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlib.chapters.kit.exercise import Named, NotYet
from nnlib.chapters.kit.grading import call, name_mistake, number, numbers

STEADY_SPEED, STEADY_STEPS = 0.1, 22


def arrays(result: Any, names: tuple[str, ...], shape: tuple[int, ...]) -> np.ndarray:
    """Return what a step gave back, one array of ``shape`` for each name, as one array (names, …)."""
    if isinstance(result, np.ndarray) and result.shape == (len(names), *shape):
        result = list(result)
    if not isinstance(result, tuple | list) or len(result) != len(names):
        came = (
            f"{len(result)} parts"
            if isinstance(result, tuple | list)
            else f"one {type(result).__name__}"
        )
        raise NotYet(
            f"{len(names)} arrays are wanted, return {', '.join(names)}; and {came} came back."
        )
    return np.stack([numbers(part, name, shape) for part, name in zip(result, names, strict=True)])


def grade_momentum_step(momentum_step: Any) -> str:
    """A function momentum_step(w, v, g, rate, momentum) → (w, v)."""
    rng = np.random.default_rng(2)
    for rate, momentum, shape in ((0.3, 0.9, (3,)), (0.02, 0.5, (2, 4))):
        w, v, g = rng.normal(size=(3, *shape))
        answer = arrays(call(momentum_step, w, v, g, rate, momentum), ("w", "v"), shape)
        new = momentum * v - rate * g
        if not np.allclose(answer, [w + new, new]):
            name_mistake(answer, _wrong_momentum(w, v, g, rate, momentum))
            if np.allclose(answer[1], new):
                raise NotYet("v is right. w moves by the new v, w + v, and by nothing else.")
            raise NotYet(f"with η = {rate} and α = {momentum} the new v is not α v − η g.")
    return "the gradient changes the speed, and the speed changes the place."


def _wrong_momentum(
    w: np.ndarray, v: np.ndarray, g: np.ndarray, rate: float, momentum: float
) -> Named:
    new, uphill = momentum * v - rate * g, momentum * v + rate * g
    damped, torch = momentum * v - (1 - momentum) * rate * g, momentum * v + g
    swapped, both = rate * v - momentum * g, momentum * (v - rate * g)
    pairs = [
        (new, w + new, "both are right, in the other order: return w, v."),
        (w + uphill, uphill, "the sign: v + η g goes uphill."),
        (w - new, new, "v is right. Its minus is in it already: w + v, not w − v."),
        (w + v, new, "v is right. w moves by the new v; yours moves by the old one."),
        (w + rate * new, new, "v is right. η is in v already: w + v, not w + η v."),
        (w - rate * g, new, "v is right, and w does not use it: w + v."),
        (new, new, "v is right. v is a step, not a place: w + v."),
        (w, new, "v is right, and w has not moved: w + v."),
        (
            w + damped,
            damped,
            "a factor 1 − α before η g: that is Adam's mean, and here g comes in whole.",
        ),
        (
            w - rate * torch,
            torch,
            "that is the form with v ← α v + g, w ← w − η v. Here η g is in v: α v − η g.",
        ),
        (w - rate * g, -rate * g, "the old v is forgotten: that is SGD."),
        (
            w + momentum * new - rate * g,
            new,
            "v is right; w looks ahead, as Nesterov does. Here w + v is wanted.",
        ),
        (w + v - rate * g, v - rate * g, "α is missing: nothing slows the ball down."),
        (w + momentum * v - g, momentum * v - g, "η is missing."),
        (w + swapped, swapped, "η and α are swapped."),
        (w + both, both, "α belongs to the old v alone: α v − η g, not α (v − η g)."),
    ]
    return [(np.stack([place, speed]), words) for place, speed, words in pairs]


def grade_speed(speed: Any, steps: Any) -> str:
    """The step size that momentum approaches, η g/(1 − α) = 0.1, and after how many steps 90 % are reached: 22."""
    answer = abs(number(speed, "speed"))
    named = {
        0.01: "that is the first step, η g. The speed adds up: how large is it when it no longer changes?",
        0.009: "that is α η: the share α is added on and on, α + α² + …",
        0.01 / 0.9: "divided by α. In the steady state v = α v − η g: solve that for v.",
        0.01 / 1.9: "divided by 1 + α: a sign. v − α v = −η g.",
        0.001: "multiplied by 1 − α instead of divided: momentum makes steps larger here.",
        10.0: "that is 1/(1 − α), the number of times: η g comes to it.",
        1.0: "that is the slope g, without η and α.",
    }
    if abs(answer - STEADY_SPEED) > 0.0005:
        for wrong, words in named.items():
            if abs(answer / wrong - 1) < 0.005:
                raise NotYet(f"speed: {words}")
        raise NotYet(
            "speed: in the steady state v is the same before and after: v = α v − η g. Solve that for v."
        )
    _require_steps(number(steps, "steps"))
    return "η g/(1 − α) = 0.1, ten times an ordinary step; and 1 − 0.9ᵏ is 0.89 for k = 21 and 0.90 for k = 22."


def _require_steps(answer: float) -> None:
    named = {
        21.0: "21 give 89 %: just short.",
        21.85: "round up: steps are whole numbers.",
        10.0: "that is 1/(1 − α): ten steps give 1 − 0.9¹⁰ = 65 %.",
        9.0: "the speed grows by less and less: nine steps give 1 − 0.9⁹ = 61 %.",
        1.0: "the first step is η g, a tenth of it.",
        44.0: "44 give 99 %. Nine tenths are asked for.",
        23.0: "one too many: with v = 0 at the start the first step has 1 − α of the final speed, the k-th 1 − αᵏ.",
    }
    if answer != STEADY_STEPS:
        for wrong, words in named.items():
            if abs(answer - wrong) < 0.06:
                raise NotYet(f"speed is right. steps: {words}")
        raise NotYet(
            "speed is right. steps: the k-th step has the share 1 − αᵏ of it; which k is the first with 0.9?"
        )


def grade_adagrad_step(adagrad_step: Any) -> str:
    """A function adagrad_step(k, g, rate) → the size of the k-th step under equal gradients: η/√k."""
    for k, g, rate in ((4, 3.0, 0.1), (25, -0.2, 0.5), (1, 7.0, 0.01), (100, -50.0, 2.0)):
        with np.errstate(all="ignore"):
            answer = np.asarray(call(adagrad_step, k, g, rate))
        called, right = f"adagrad_step({k}, {g:g}, {rate:g})", rate / math.sqrt(k)
        if answer.shape == () and answer.dtype.kind == "f" and np.isinf(answer):
            raise NotYet(
                f"{called} is infinite: s has k squares in it, the newest included, and is not 0."
            )
        value = np.asarray(number(answer, called))
        if not np.isclose(value, right):
            name_mistake(value, _wrong_adagrad(k, abs(g), g, rate))
            raise NotYet(
                f"{called} should be {right:.4g}, and it is {value:.4g}. What is s after k gradients?"
            )
    return "η/√k: s = k g², and the size of g cancels. The hundredth step is a tenth of the first."


def _wrong_adagrad(k: int, size: float, g: float, rate: float) -> Named:
    root = math.sqrt(k)
    wrong = [
        (-rate / root, "the sign: the size of a step is asked for, and that is above 0."),
        (rate / k, "s is k g², and it is √s that divides: √k, not k."),
        (rate, "s grows with every step, so the steps shrink. Yours does not depend on k."),
        (rate * root, "multiplied by √k instead of divided: the steps shrink."),
        (rate / math.sqrt(k + 1), "s has k squares in it after k gradients, not k + 1."),
        (rate / (k * g), "the root is missing: g/s. AdaGrad divides by √s."),
        (rate / (k * size), "the root is missing: g/s. AdaGrad divides by √s."),
        *(
            (rate / math.sqrt(count), "s has k squares in it after k gradients, not k − 1.")
            for count in {k - 1} - {0}
        ),
    ]
    for slope in (g, size):
        wrong += [
            (
                rate * slope / root,
                "it still depends on g. g is divided by √s = √k |g|: it cancels.",
            ),
            (rate / (root * slope), "the g above is missing: η g/√s, with √s = √k |g|."),
            (rate * slope / k, "it still depends on g, and √s has √k in it, not k."),
            (rate * slope, "that is SGD's step; AdaGrad divides it by √s."),
            (rate * slope / math.sqrt(k * size), "s adds up squares, g², not g."),
        ]
    return [(np.asarray(value), words) for value, words in wrong]


def _adam(
    w: np.ndarray,
    m: np.ndarray,
    s: np.ndarray,
    g: np.ndarray,
    step: tuple[int, float],
    *,
    betas: tuple[float, float] = (0.9, 0.999),
    shares: tuple[float, float] | None = None,
    hats: Callable[[float, int], float] = lambda beta, t: 1 - beta**t,
    squared: Callable[[np.ndarray], np.ndarray] = np.square,
    below: Callable[[np.ndarray], np.ndarray] = lambda s_hat: np.sqrt(s_hat) + 1e-8,
    keep_hats: bool = False,
) -> np.ndarray:
    """Return Adam's (w, m, s), or what one of the known mistakes makes of them."""
    t, rate = step
    share_m, share_s = shares or (1 - betas[0], 1 - betas[1])
    m, s = betas[0] * m + share_m * g, betas[1] * s + share_s * squared(g)
    with np.errstate(all="ignore"):
        m_hat, s_hat = m / hats(betas[0], t), s / hats(betas[1], t)
        place = w - rate * m_hat / below(s_hat)
    return np.stack([place, m_hat, s_hat] if keep_hats else [place, m, s])


def grade_adam_step(adam_step: Any) -> str:
    """A function adam_step(w, m, s, g, t, rate) → (w, m, s)."""
    rng, names = np.random.default_rng(4), ("w", "m", "s")
    for t, rate, scale in ((3, 0.1, 1.0), (1, 0.02, 1.0), (1, 0.5, 1e-4), (1000, 0.01, 1.0)):
        w, m, s, g = rng.normal(size=(4, 4)) * np.array([1, scale, scale, scale])[:, None]
        m, s = (0 * m, 0 * s) if t == 1 else (m, np.square(s))
        with np.errstate(all="ignore"):
            result = call(adam_step, w, m, s, g, t, rate)
        _require_finite_place(result, t)
        answer, right = arrays(result, names, (4,)), _adam(w, m, s, g, (t, rate))
        if not np.allclose(answer, right, atol=1e-14):
            name_mistake(
                answer / (np.abs(right) + 1e-30), _wrong_adam(right, (w, m, s, g, (t, rate)))
            )
            wrong = [
                name
                for name, one, other in zip(names, answer, right, strict=True)
                if not np.allclose(one, other)
            ]
            raise NotYet(
                f"for t = {t} and gradients of size {scale:g} {' and '.join(wrong)} differs: take line by line."
            )
    return "two running means, both corrected for their start at 0, and a step of about η whatever the size of g."


def _require_finite_place(result: Any, t: int) -> None:
    """Say why the place is infinite or not a number."""
    place = result[0] if isinstance(result, tuple | list) and len(result) == 3 else 0.0
    if np.asarray(place).dtype.kind == "f" and not np.isfinite(place).all():
        if t == 1:
            raise NotYet(
                "at t = 1 it is infinite: 1 − β⁰ = 0. t counts from 1, so the powers are βᵗ, not βᵗ⁻¹."
            )
        raise NotYet(
            "w is not a number: a root of something below 0? s is a mean of squares; 1 − βᵗ is 1 - beta**t."
        )


def _wrong_adam(right: np.ndarray, case: tuple[Any, ...]) -> Named:
    """Return the known mistakes in units of the right answer, so that small numbers are compared as well."""
    t = case[-1][0]
    named: Named = [
        (right[[0, 2, 1]], "all three are right, in another order: return w, m, s."),
        (right[[1, 2, 0]], "all three are right, in another order: return w, m, s."),
        *_wrong_places(right, case),
        *_wrong_corrections(case),
        (_adam(*case, betas=(0.999, 0.9)), "β₁ and β₂ are swapped: 0.9 for m, 0.999 for s."),
        (
            _adam(*case, shares=(1.0, 1.0)),
            "the factors 1 − β are missing: m and s are means, not sums.",
        ),
        (_adam(*case, shares=(0.9, 0.999)), "β and 1 − β: m ← β m + (1 − β) g; yours has β twice."),
        (_adam(*case, squared=lambda g: g), "s is the mean of g², and yours takes g."),
        (_adam(*case, squared=np.abs), "s is the mean of g², and yours takes |g|."),
        (_adam(*case, below=lambda s_hat: s_hat + 1e-8), "the root is missing: m̂/(√ŝ + ε)."),
        (
            _adam(*case, below=np.sqrt),
            "close: ε is missing below, or the brackets: m̂/(√ŝ + ε). Where every gradient was 0, yours is 0/0.",
        ),
        (
            _adam(*case, below=lambda s_hat: np.sqrt(s_hat) + 1e-8 / np.sqrt(1 - 0.999**t)),
            SHORT_FORM,
        ),
        (_adam(*case, below=lambda s_hat: np.sqrt(s_hat + 1e-8)), INSIDE),
    ]
    return [(wrong / (np.abs(right) + 1e-30), words) for wrong, words in named]


def _wrong_places(right: np.ndarray, case: tuple[Any, ...]) -> Named:
    """Return the known mistakes of the step, where m and s are right."""
    w, m, s, g, (t, rate) = case
    place, mean, square = right
    with np.errstate(all="ignore"):
        rms = w - rate * g / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
        old = w - rate * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return [
        (
            np.stack([2 * w - place, mean, square]),
            "m and s are right. The sign of the step: it goes uphill.",
        ),
        (np.stack([w, mean, square]), "m and s are right, and w has not moved."),
        (_adam(w, m, s, g, (t, 1.0)), "m and s are right. η is missing in the step."),
        (
            np.stack([old, mean, square]),
            "m and s are right. The hats are made of the old ones: take the new m and s.",
        ),
        (np.stack([rms, mean, square]), "m and s are right. The step is made of m̂, not of g."),
    ]


def _wrong_corrections(case: tuple[Any, ...]) -> Named:
    def hats(correction: Callable[[float, int], float]) -> np.ndarray:
        return _adam(*case, hats=correction)

    return [
        (
            _adam(*case, keep_hats=True),
            "w is right. m̂ and ŝ are for this step only: return m and s uncorrected.",
        ),
        (
            hats(lambda beta, t: 1.0),
            "m and s are right. The correction m̂ = m/(1 − β₁ᵗ) is missing.",
        ),
        (
            hats(lambda beta, t: 1 - beta ** (t - 1)),
            "the powers are βᵗ, not βᵗ⁻¹: t counts from 1.",
        ),
        (hats(lambda beta, t: 1 - beta ** (t + 1)), "t counts from 1 already: βᵗ, not βᵗ⁺¹."),
        (
            hats(lambda beta, t: 1 / (1 - beta**t)),
            "multiplied by 1 − βᵗ; m and s are too small: divide.",
        ),
        (hats(lambda beta, t: 1 - beta), "1 − βᵗ, not 1 − β: the correction fades as t grows."),
        (
            hats(lambda beta, t: (1 - beta) ** t),
            "1 − βᵗ, not (1 − β)ᵗ: the power belongs to β alone.",
        ),
        (hats(lambda beta, t: 1 - 0.9**t), "β₁ is in both hats: ŝ = s/(1 − β₂ᵗ)."),
        (hats(lambda beta, t: 1 - 0.999**t), "β₂ is in both hats: m̂ = m/(1 − β₁ᵗ)."),
        (
            hats(lambda beta, t: 1 - beta**t if beta == 0.9 else 1.0),
            "m is corrected, s is not: ŝ = s/(1 − β₂ᵗ).",
        ),
        (
            hats(lambda beta, t: 1 - beta**t if beta != 0.9 else 1.0),
            "s is corrected, m is not: m̂ = m/(1 − β₁ᵗ).",
        ),
    ]


SHORT_FORM = (
    "close: that is the paper's shorter form, with both corrections in η. There ε joins the uncorrected √s, which "
    "makes a difference for small gradients. Here √ŝ + ε is wanted."
)
INSIDE = (
    "close: ε is inside the root, √(ŝ + ε). For gradients near 1 nobody sees a difference; for small ones, of 1e-4 "
    "here, the step is too short. As libraries have it, ε is outside: √ŝ + ε."
)
