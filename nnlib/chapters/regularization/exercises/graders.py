"""What is right and what is wrong in the answers of chapter 07 about epochs and penalties."""

from typing import Any

import numpy as np

from nnlib.chapters.kit.exercise import Named, NotYet
from nnlib.chapters.kit.grading import call, name_mistake, number, numbers
from nnlib.regularization import L1

Losses = tuple[list[float], list[float]]


def _curves() -> list[Losses]:
    """Return courses of a training: one drawn up so that mistakes differ, some at random."""
    rng, curves = np.random.default_rng(7), []
    for epochs in (9, 12, 7):
        time = np.arange(1, epochs + 1)
        training = 2 * 0.8**time + 0.1 * rng.random(epochs)
        validation = training + 0.02 * (time - 2) ** 2 + 0.1 * rng.random(epochs)
        curves.append((training.tolist(), validation.tolist()))
    drawn = (
        [2.0, 1.65, 1.0, 0.7, 0.45, 0.30, 0.12, 0.4],
        [2.15, 1.7, 1.3, 1.35, 1.1, 1.2, 1.25, 1.4],
    )
    return [drawn, *curves]


def grade_best_epoch(best_epoch: Any) -> str:
    """A function best_epoch(training, validation) → the epoch, from 1, with the lowest validation loss."""
    curves = _curves()
    answers = np.array(
        [number(call(best_epoch, list(t), list(v)), "best_epoch(…)") for t, v in curves]
    )
    right = np.array([np.argmin(v) + 1 for _, v in curves])
    if not np.array_equal(answers, right):
        name_mistake(answers, _wrong_epochs(curves))
        wrong = int(np.flatnonzero(answers != right)[0])
        losses = ", ".join(f"{loss:.2f}" for loss in curves[wrong][1])
        raise NotYet(
            f"for the validation losses {losses} it is epoch {right[wrong]}; yours says {answers[wrong]:g}."
        )
    return "the lowest validation loss, whatever the training loss does. KeepBest keeps the weights of that epoch."


def _wrong_epochs(curves: list[Losses]) -> Named:
    pairs = [(np.array(t), np.array(v)) for t, v in curves]
    rises = [np.flatnonzero(np.diff([*v, np.inf]) > 0)[0] + 1 for _, v in pairs]
    gap = "the smallest gap is at the start, or where the curves happen to cross (E24): neither says it reads well."
    return [
        (
            np.array([v.argmin() for _, v in pairs]),
            "one too few: Python counts places from 0, epochs count from 1.",
        ),
        (np.array([v.argmin() + 2 for _, v in pairs]), "one too many: the first entry is epoch 1."),
        (np.array([abs(t - v).argmin() + 1 for t, v in pairs]), gap),
        (np.array([abs(t - v).argmin() for t, v in pairs]), gap),
        (
            np.array([t.argmin() + 1 for t, _ in pairs]),
            "the training loss chose that: it falls while learning by heart.",
        ),
        (
            np.array([t.argmin() for t, _ in pairs]),
            "the training loss chose that: it falls while learning by heart.",
        ),
        (
            np.array([len(t) for t, _ in pairs]),
            "that is the last epoch: by then the validation loss has risen again.",
        ),
        (np.array(rises), "that stops at the first rise, which may be chance: look at all epochs."),
        (
            np.array([v.argmax() + 1 for _, v in pairs]),
            "that is the *highest* validation loss: a loss should be low.",
        ),
        (
            np.array([v.min() for _, v in pairs]),
            "that is the lowest loss itself: in which epoch was it?",
        ),
        (
            np.array([(t + v).argmin() + 1 for t, v in pairs]),
            "the sum of both losses chose that: training has no say.",
        ),
    ]


def grade_l2_step(l2_step: Any) -> str:
    """A function l2_step(W, b, dW, db, rate, strength) → W − η (dW + λ W), b − η db."""
    for seed, (n_in, n_out), rate, strength in ((0, (3, 2), 0.2, 0.3), (1, (2, 4), 0.05, 1.7)):
        rng = np.random.default_rng(seed)
        W, dW, b, db = (
            rng.normal(size=shape) for shape in ((n_in, n_out), (n_in, n_out), n_out, n_out)
        )
        result = call(l2_step, W, b, dW, db, rate, strength)
        if not (isinstance(result, tuple | list) and len(result) == 2):
            raise NotYet(
                f"the function should return two things, W and b; it returned {type(result).__name__}."
            )
        if np.shape(result[0]) == b.shape and np.shape(result[1]) == W.shape:
            raise NotYet("the two are swapped: W first, then b.")
        new_W, new_b = (
            numbers(result[0], "the new W", W.shape),
            numbers(result[1], "the new b", b.shape),
        )
        _require_close(
            "W", new_W, W - rate * (dW + strength * W), _wrong_weights(W, dW, rate, strength)
        )
        _require_close("b", new_b, b - rate * db, _wrong_biases(b, db, rate, strength))
    return "W − η (dW + λ W), b − η db: the same as (1 − η λ) W − η dW, weight decay."


def _require_close(name: str, answer: np.ndarray, right: np.ndarray, named: Named) -> None:
    if not np.allclose(answer, right):
        name_mistake(answer, [(wrong, f"{name}: {words}") for wrong, words in named])
        place = np.argwhere(~np.isclose(answer, right))[0].tolist()
        wanted, given = right[tuple(place)], answer[tuple(place)]
        raise NotYet(f"{name}: at {place} it should be {wanted:.5f}, and it is {given:.5f}.")


def _wrong_weights(W: np.ndarray, dW: np.ndarray, rate: float, strength: float) -> Named:
    step, pull = rate * dW, rate * strength * W
    own = "every weight has its own slope, λ w: no sum."
    return [
        (W - step, "the penalty is missing: its slope λ W is added to dW."),
        (
            W - step - pull / 2,
            "the pull is half of what it should be: (λ/2) w² has the slope λ w (E13).",
        ),
        (
            W - step - 2 * pull,
            "the pull is twice what it should be: the cost is (λ/2) w², with the ½ (E13).",
        ),
        (W - step + pull, "the penalty's sign: here it pushes the weights away from 0."),
        (W + step + pull, "the sign: that goes uphill."),
        (W + step - pull, "the sign of dW: downhill is minus."),
        (W - step - strength * W, "η is missing from the penalty: its slope is a slope like dW."),
        (W - dW - strength * W, "η is missing."),
        (
            (1 - rate * strength) * (W - step),
            "the weights shrink after the step: both slopes belong to the *old* W.",
        ),
        (W - step - rate * strength * np.sign(W), "that is L1, λ sign(W)."),
        (
            W - step - rate * strength / 2 * W * W,
            "that takes off the cost (λ/2) w² itself: its slope is wanted.",
        ),
        (W - step - rate * strength * W * W, "w² is squared still: the slope of (λ/2) w² is λ w."),
        (
            W - step - rate * strength,
            "the same is taken off every weight: the pull λ w is in proportion to it.",
        ),
        (W - step - rate * strength / 2 * (W * W).sum(), own),
        (W - step - rate * strength * W.sum(), own),
        (
            W - step - pull / len(W),
            "here λ is not divided by a number of examples, and W has none.",
        ),
        (dW + strength * W, "that is the slope. The step is W minus η times it."),
        (W, "nothing has changed."),
    ]


def _wrong_biases(b: np.ndarray, db: np.ndarray, rate: float, strength: float) -> Named:
    return [
        (
            b - rate * (db + strength * b),
            "W is right. Biases are free: the penalty is for weights only (E17).",
        ),
        (
            (1 - rate * strength) * (b - rate * db),
            "W is right. Biases are free: the penalty is for weights only (E17).",
        ),
        (
            b - rate * (db + strength * b / 2),
            "W is right. Biases are free: the penalty is for weights only (E17).",
        ),
        (b, "W is right. Biases have no penalty, but they do learn: b − η db."),
        (b + rate * db, "W is right. The sign: downhill is minus."),
        (b - db, "W is right. η is missing."),
    ]


def grade_shrink(left: Any) -> str:
    """What is left of a weight after 10 steps without a slope, η = 0.1, λ = 0.5: 0.95¹⁰."""
    answer, right = number(left, "left"), 0.95**10
    named: Named = [
        (
            0.5,
            "5 % of what is left *then* goes in each step, not 5 % of the beginning: 1 − 10 · 0.05 is too little.",
        ),
        (np.exp(-0.5), "e^(−0.5) is what many tiny steps tend to; these are ten of 5 % each."),
        (0.5**10, "η is forgotten: a step takes the share η λ, not λ."),
        (0.9**10, "a step takes 10 %: η λ is 0.05. Is there a 2 too many, or the λ left out?"),
        (0.975**10, "a step takes 2.5 %: the slope of (λ/2) w² is λ w, without the ½."),
        (1.05**10, "it grows: minus, not plus."),
        (1.0, "it does not stay: the loss has no slope here, but the penalty has."),
        (0.95, "that is after one step."),
        (0.95**9, "that is after nine steps."),
        (0.95**11, "that is after eleven steps."),
        (1 - right, "that is what is gone."),
        (0.05**10, "0.05 is what a step takes; 0.95 stays."),
        (100 * right, "a share is wanted, between 0 and 1, not a percentage."),
    ]
    if abs(answer - right) < 0.0025:
        return f"0.95¹⁰ = {right:.4f}: each step leaves 1 − η λ = 95 % of what was there."
    for wrong, words in named:
        if abs(answer / wrong - 1) < 0.004:
            raise NotYet(words)
    raise NotYet("write one step, w − η λ w, as a factor times w; then ten of them.")


def grade_l1_slope(l1_slope: Any) -> str:
    """A function l1_slope(w, strength) → λ sign(w), and 0 where w = 0."""
    rng = np.random.default_rng(2)
    for shape, strength in (((3, 2), 0.3), ((4, 5), 2.5)):
        w = rng.normal(size=shape)
        w[1, 1], w[0, 0], w[2, 0] = 0, 1.5, -0.2  # a zero, and both signs, for certain
        with np.errstate(invalid="ignore"):
            result = call(l1_slope, w, strength)
        if np.shape(result) == shape and np.isnan(np.asarray(result, float)).any():
            raise NotYet(
                "where w = 0 it is not a number: |w| / w is 0 / 0 there. The slope should be 0."
            )
        answer, right = numbers(result, "l1_slope(w, strength)", shape), L1(strength).slope(w)
        if not np.allclose(answer, right):
            name_mistake(answer, _wrong_slopes(w, strength))
            i, j = np.argwhere(~np.isclose(answer, right))[0]
            raise NotYet(
                f"for w = {w[i, j]:.4g} and λ = {strength} it should be {right[i, j]:g}; it is {answer[i, j]:g}."
            )
    return "λ sign(w): as strong a pull on a small weight as on a large one, until it is 0."


def _wrong_slopes(w: np.ndarray, strength: float) -> Named:
    return [
        (
            strength / 2 * np.sign(w),
            "half of what it should be: λ Σ |w| has no ½, so its slope has none (E23).",
        ),
        (strength * np.abs(w), "that is the cost λ |w|; its slope is wanted."),
        (np.abs(w), "that is |w|; the slope of λ |w| is wanted."),
        (
            np.where(w >= 0, strength, -strength),
            "at w = 0 it should be 0: else a weight at 0 starts to hop (E23).",
        ),
        (
            np.where(w > 0, strength, -strength),
            "at w = 0 it should be 0: else a weight at 0 starts to hop (E23).",
        ),
        (
            strength * w,
            "that is L2's slope, λ w: L1 pulls as strongly on a small weight as on a large one.",
        ),
        (w, "that is w itself."),
        (np.sign(w), "λ is missing."),
        (
            -strength * np.sign(w),
            "the sign: where w is above 0, |w| grows with w. The minus comes with the step.",
        ),
        (strength * np.ones(w.shape), "below 0 the slope of |w| is −1."),
        (w - strength * np.sign(w), "that is the weight after a step; only the slope is wanted."),
        (np.zeros(w.shape), "zeros everywhere."),
    ]
