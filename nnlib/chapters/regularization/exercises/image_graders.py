"""What is right and what is wrong in the answers of chapter 07 about dropout and moved images."""

from typing import Any

import numpy as np

from nnlib.chapters.kit.exercise import Named, NotYet
from nnlib.chapters.kit.grading import call, name_mistake, numbers


def grade_dropout(dropout: Any) -> str:
    """A function dropout(x, keep, rng) → x m / keep, with m = 1 with the chance keep, else 0, for every number."""
    signs = np.random.default_rng(5)
    for keep, shape in ((0.8, (400, 50)), (0.3, (300, 60)), (1.0, (3, 2))):
        x = signs.uniform(1, 2, shape) * signs.choice([-1, 1], shape)
        y, again, other = (
            numbers(
                call(dropout, x, keep, np.random.default_rng(seed)), "dropout(x, keep, rng)", shape
            )
            for seed in (0, 0, 1)
        )
        if keep < 1:
            _require_own_draw(dropout, x, keep)
            _require_pattern(y != 0)
            if np.array_equal(y, other) or not np.array_equal(y, again):
                raise NotYet(
                    "the numbers do not come from the rng that came in: same seed, same mask; another seed, another."
                )
            _require_share((y != 0).mean(), keep)
            _require_single_draws(y != 0)
            if np.isclose(y.sum(), x.sum()):
                raise NotYet(
                    "the sum is made to be that of x in every draw: divide by keep, the same number always."
                )
            if np.ptp(y[y != 0]) == 0:
                raise NotYet("that is the mask alone: times x.")
            _require_scale(y[y != 0] / x[y != 0], keep)
        elif not np.allclose(y, x):
            raise NotYet("with keep = 1 everything stays as it is: rng.random() is below 1 always.")
    return "x m / keep: what is kept grows by 1/keep, so that the mean over all masks is x."


def _require_own_draw(dropout: Any, x: np.ndarray, keep: float) -> None:
    """Try ten seeds: where all numbers stay with some and none with others, one draw decides."""
    draws = (np.asarray(call(dropout, x, keep, np.random.default_rng(seed))) for seed in range(10))
    shares = {float(np.mean(draw != 0)) for draw in draws}
    if shares == {0.0, 1.0}:
        raise NotYet(
            "one draw decides for all: draw one number for each number of x, rng.random(x.shape)."
        )


def _require_pattern(kept: np.ndarray) -> None:
    if kept.all():
        raise NotYet("nothing is dropped: some numbers should become 0.")
    if not kept.any():
        raise NotYet("everything is 0.")
    if (kept == kept[0]).all():
        raise NotYet(
            "the same mask for every example: draw one number for each number of x, rng.random(x.shape)."
        )
    if (kept == kept[:, :1]).all():
        raise NotYet(
            "whole examples are dropped: draw one number for each number of x, rng.random(x.shape)."
        )


def _require_share(share: float, keep: float) -> None:
    if abs(share - (1 - keep)) < 0.02:
        raise NotYet(
            f"keep is the chance to *stay*: with keep = {keep} you drop {keep:.0%}. rng.random(…) < keep stays."
        )
    if abs(share - keep) > 0.02:
        raise NotYet(f"with keep = {keep} about {keep:.0%} should stay, and {share:.0%} do.")


def _require_single_draws(kept: np.ndarray) -> None:
    if len(set(kept.sum(axis=1))) == 1 or len(set(kept.sum(axis=0))) == 1:
        raise NotYet(
            "exactly as many are kept each time: every number is to be drawn by itself, whatever the others do."
        )


def _require_scale(factors: np.ndarray, keep: float) -> None:
    named = (
        (
            1.0,
            "the scaling is missing: what stays is divided by keep, so that the mean over all masks is x.",
        ),
        (keep, "times keep instead of divided by it: that makes the mean smaller still."),
        (1 / (1 - keep), "divided by the chance to be dropped: divide by keep."),
        (1 - keep, "times the chance to be dropped: divide by keep."),
        (
            1 / np.sqrt(keep),
            "divided by √keep: that would keep the mean square; the mean is to be kept.",
        ),
        (1 / keep**2, "divided by keep twice."),
    )
    if np.allclose(factors, 1 / keep):
        return
    for wrong, words in named:
        if np.allclose(factors, wrong):
            raise NotYet(words)
    if (np.abs(factors * keep - 1) < 0.3).all():
        raise NotYet(
            "divided by the share that was kept in this draw: divide by keep, the same number always."
        )
    raise NotYet(
        f"what stays should be x / keep, {1 / keep:.3f} times x; here it is {factors[0]:.3f} times x."
    )


def moved(x: np.ndarray, down: int, right: int) -> np.ndarray:
    """Return the images x (n, h, w, c) moved by whole pixels, −1, 0 or 1; black (0) comes in."""
    h, w = x.shape[1:3]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return padded[:, 1 - down : 1 - down + h, 1 - right : 1 - right + w]


def grade_shift(shift_right: Any) -> str:
    """A function shift_right(x) → images (n, h, w, c) one pixel further right, black at the left."""
    rng = np.random.default_rng(6)
    for shape, kind in (
        ((2, 5, 6, 3), "float64"),
        ((3, 4, 4, 1), "float32"),
        ((1, 6, 2, 2), "uint8"),
    ):
        x = (rng.uniform(0.2, 1, shape) * (255 if kind == "uint8" else 1)).astype(kind)
        result = call(shift_right, x)
        _require_width(np.shape(result), shape[2])
        answer, right = numbers(result, "shift_right(x)", shape), moved(x, 0, 1).astype(float)
        if not np.allclose(answer, right):
            name_mistake(answer, _wrong_moves(x.astype(float)))
            place = tuple(np.argwhere(~np.isclose(answer, right))[0].tolist())
            raise NotYet(
                f"result{list(place)} should be {right[place]:.3g}, and it is {answer[place]:.3g}."
            )
        if np.asarray(result).dtype != x.dtype:
            came = np.asarray(result).dtype
            raise NotYet(
                f"the pixels are right; but {kind} came in and {came} goes out. np.zeros_like(x) keeps the type."
            )
    return "column j of the result is column j − 1 of x, and column 0 is black."


def _require_width(shape: tuple[int, ...], width: int) -> None:
    if len(shape) == 4 and shape[2] == width + 1:
        raise NotYet("the images are one pixel wider now: the last column falls off.")
    if len(shape) == 4 and shape[2] == width - 1:
        raise NotYet("the images are one pixel narrower now: a black column comes in at the left.")


def _wrong_moves(x: np.ndarray) -> Named:
    edge, kept, tipped = moved(x, 0, 1), moved(x, 0, 1), moved(x, 0, 1)
    edge[:, :, 0], kept[:, :, 0], tipped[:, :, 0] = x[:, :, 0], x[:, :, -1], 1
    cut, tinted = np.roll(x, 1, axis=2), np.roll(x, 1, axis=3)
    cut[:, :, -1], tinted[..., 0] = 0, 0
    return [
        (
            kept,
            "what leaves at the right comes in at the left: np.roll goes round in a circle. Black is to come in.",
        ),
        (edge, "the first column is still there, now twice: black is to come in."),
        (tipped, "white comes in: black is 0."),
        (cut, "the column that came round is the first one: make that black."),
        (tinted, "the channels moved on: axis 3 is colours, axis 2 columns."),
        (moved(x, 0, -1), "that is one pixel to the left."),
        (moved(x, 1, 0), "that is one pixel down: axis 1 is rows, axis 2 columns."),
        (moved(x, -1, 0), "that is one pixel up: axis 1 is rows, axis 2 columns."),
        (
            np.roll(x, -1, axis=2),
            "that is to the left, and round in a circle. Black is to come in.",
        ),
        (
            np.roll(x, 1, axis=1),
            "that is one pixel down, and round in a circle: columns are axis 2.",
        ),
        (np.roll(x, 1, axis=0), "the images changed places: axis 0 is examples, axis 2 columns."),
        (np.roll(x, 1, axis=3), "the channels changed places: axis 3 is colours, axis 2 columns."),
        (
            np.roll(x, 1),
            "without axis np.roll makes one long row of everything: columns are axis 2.",
        ),
        (
            np.concatenate([0 * x[:1], x[:-1]]),
            "the images moved on by one: axis 0 is examples, axis 2 columns.",
        ),
        (x[:, :, ::-1], "mirrored, not moved."),
        (x, "nothing has moved."),
    ]
