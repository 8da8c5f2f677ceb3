"""Exercise 5 of chapter 07: what a dropout layer makes of its input while it learns."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import call, numbers


def dropout(x, keep, rng):
    m = rng.random(x.shape) < keep
    return x * m / keep


# What each x that is kept is multiplied by, and should be 1 / keep.
FACTORS = {
    "the scaling is missing: what stays is divided by keep, so that the mean over all masks is "
    "x.": lambda keep: 1.0,
    "times keep instead of divided by it: that makes the mean smaller still.": lambda keep: keep,
    "divided by the chance to be dropped: divide by keep.": lambda keep: 1 / (1 - keep),
    "times the chance to be dropped: divide by keep.": lambda keep: 1 - keep,
    "divided by √keep: that would keep the mean square; keep the mean.": lambda keep: keep**-0.5,
    "divided by keep twice.": lambda keep: keep**-2.0,
}


def grade(function):
    signs = np.random.default_rng(5)
    for keep, shape in ((0.8, (400, 50)), (0.3, (300, 60)), (1.0, (3, 2))):
        x = signs.uniform(1, 2, shape) * signs.choice([-1, 1], shape)
        y, again, other = (_drawn(function, x, keep, seed) for seed in (0, 0, 1))
        if keep == 1:
            _refuse(
                not np.allclose(y, x),
                "with keep = 1 everything stays as it is: rng.random() is below 1 always.",
            )
            continue
        draws = [_drawn(function, x, keep, seed) != 0 for seed in range(10)]
        _require_pattern(y != 0, draws)
        _refuse(
            np.array_equal(y, other) or not np.array_equal(y, again),
            "the numbers do not come from the rng that came in: same seed, same mask; another "
            "seed, another.",
        )
        _require_chance(y != 0, keep)
        _require_independence(draws, keep)
        _require_scale(x, y, keep)
    return "x m / keep: what is kept grows by 1/keep, so that the mean over all masks is x."


def _drawn(function, x, keep, seed):
    result = call(function, x, keep, np.random.default_rng(seed))
    return numbers(result, "dropout(x, keep, rng)", x.shape)


def _refuse(wrong, words):
    if wrong:
        raise NotYet(words)


def _require_pattern(kept, draws):
    one_each = "draw one number for each number of x, rng.random(x.shape)."
    _refuse({draw.mean() for draw in draws} == {0, 1}, f"one draw decides for all: {one_each}")
    _refuse(kept.all(), "nothing is dropped: some numbers should become 0.")
    _refuse(not kept.any(), "everything is 0.")
    _refuse((kept == kept[0]).all(), f"the same mask for every example: {one_each}")
    _refuse((kept == kept[:, :1]).all(), f"whole examples are dropped: {one_each}")


def _require_chance(kept, keep):
    share = kept.mean()
    _refuse(
        abs(share - (1 - keep)) < 0.02,
        f"keep is the chance to *stay*: with keep = {keep} you drop {keep:.0%}. "
        "rng.random(…) < keep stays.",
    )
    _refuse(
        abs(share - keep) > 0.02,
        f"with keep = {keep} about {keep:.0%} should stay, but {share:.0%} do.",
    )


def _require_independence(draws, keep):
    """Whatever the others do: counts vary from draw to draw, and no two numbers share their fate."""
    kept, each = draws[0], "draw for each number by itself, whatever the others do."
    same_count = any(len(set(kept.sum(axis=axis))) == 1 for axis in (0, 1))
    spread = np.sqrt(kept.size * keep * (1 - keep))  # of how many are kept, if each is drawn
    steady = np.std([draw.sum() for draw in draws]) < spread / 10
    _refuse(same_count or steady, f"exactly as many are kept each time: {each}")
    scaled = [(draw - keep) / np.sqrt(keep * (1 - keep)) for draw in draws]
    c = scaled[0]
    near = (c[1:] * c[:-1]).mean(), (c[:, 1:] * c[:, :-1]).mean(), (c * c[::-1, ::-1]).mean()
    twins = any(len(np.unique(kept, axis=axis)) < kept.shape[axis] for axis in (0, 1))
    partners = _with_partners(scaled), _with_partners([draw.T for draw in scaled])
    _refuse(
        twins or max(map(abs, near)) > 0.1 or max(partners) > 0.05,
        "some numbers share a draw, so that they stay or go together, or one stays because another "
        f"goes: {each}",
    )


def _with_partners(draws):
    """How far each row goes with, or against, a partner, on average: near 0 if all are drawn apart.

    The partner is found in one half of the draws, and looked at in the other: so chance alone finds none.
    """
    first, second = (np.concatenate(half, axis=1) for half in (draws[::2], draws[1::2]))
    together = first @ first.T
    np.fill_diagonal(together, 0)
    partner = np.abs(together).argmax(axis=1)
    with_or_against = np.sign(together[np.arange(len(together)), partner])
    return (with_or_against * (second * second[partner]).mean(axis=1)).mean()


def _require_scale(x, y, keep):
    _refuse(
        np.isclose(y.sum(), x.sum()),
        "the sum is made to be that of x in every draw: divide by keep, the same number always.",
    )
    _refuse(np.ptp(y[y != 0]) == 0, "that is the mask alone: times x.")
    factors, right = y[y != 0] / x[y != 0], 1 / keep
    if np.allclose(factors, right):
        return
    for words, factor in FACTORS.items():
        _refuse(np.allclose(factors, factor(keep)), words)
    _refuse(
        (np.abs(factors * keep - 1) < 0.3).all(),
        "divided by the share that was kept in this draw: divide by keep, the same number always.",
    )
    raise NotYet(
        f"what stays should be x / keep, {right:.3f} times x, but it is {factors[0]:.3f} times x."
    )


def with_mask(masked):
    """A mistake that makes ``masked(x, m, keep)`` of a mask m that is drawn as it should be."""
    return lambda x, keep, rng: masked(x, rng.random(x.shape) < keep, keep)


def with_draw(drawn):
    """A mistake that keeps what is below ``keep`` in ``drawn(x, rng)``, and divides by keep."""
    return lambda x, keep, rng: x * (drawn(x, rng) < keep) / keep


def by_factor(factor):
    return with_mask(lambda x, m, keep: x * m * factor(keep))


def mirrored(x, rng, axis):
    """Numbers for one half of the examples or neurons, and what they lack of 1 for the other half."""
    half = rng.random(x.shape).take(range(-(-x.shape[axis] // 2)), axis)
    return np.concatenate([half, 1 - half], axis).take(range(x.shape[axis]), axis)


def places(x, rng):
    """From 0 to 1 in even steps along each row, in random order."""
    return rng.permuted(np.indices(x.shape)[1], axis=1) / x.shape[1]


WRONG = {
    **{words: by_factor(factor) for words, factor in FACTORS.items()},
    "the share that was kept in this draw": (
        with_mask(lambda x, m, keep: x * m / m.mean()),
        with_mask(lambda x, m, keep: x * m / m.mean(axis=1, keepdims=True)),
    ),
    "the sum is made to be that of x in every draw": with_mask(
        lambda x, m, keep: x * m * x.sum() / (x * m).sum()
    ),
    "what stays should be x / keep": with_mask(lambda x, m, keep: x * m / keep + 0.5 * m),
    "keep is the chance to *stay*": (
        lambda x, keep, rng: x * (rng.random(x.shape) > keep) / keep,
        lambda x, keep, rng: x * (rng.random(x.shape) < 1 - keep) / (1 - keep),
    ),
    "about 80% should stay": lambda x, keep, rng: x * (rng.random(x.shape) < keep / 2) / keep,
    "the same mask for every example": with_draw(lambda x, rng: rng.random(x.shape[1])),
    "whole examples are dropped": with_draw(lambda x, rng: rng.random((len(x), 1))),
    "one draw decides for all": with_draw(lambda x, rng: rng.random()),
    "same seed, same mask; another seed, another": (
        with_draw(lambda x, rng: np.random.default_rng(0).random(x.shape)),
        with_draw(lambda x, rng: np.random.default_rng().random(x.shape)),
    ),
    "exactly as many are kept each time": (
        with_draw(places),
        with_draw(lambda x, rng: rng.permutation(x.size).reshape(x.shape) / x.size),
    ),
    "some numbers share a draw": (
        with_draw(
            lambda x, rng: np.repeat(rng.random(-(-x.size // 2)), 2)[: x.size].reshape(x.shape)
        ),
        with_draw(lambda x, rng: np.resize(rng.random((-(-len(x) // 2), x.shape[1])), x.shape)),
        with_draw(lambda x, rng: np.repeat(rng.random(x.shape), 2, axis=0)[: len(x)]),
        with_draw(
            lambda x, rng: np.tile(rng.random((len(x), -(-x.shape[1] // 2))), 2)[:, : x.shape[1]]
        ),
        with_draw(lambda x, rng: mirrored(x, rng, 0)),
        with_draw(lambda x, rng: mirrored(x, rng, 1)),
    ),
    "that is the mask alone": (
        with_mask(lambda x, m, keep: m),
        with_mask(lambda x, m, keep: m / keep),
    ),
    "nothing is dropped": lambda x, keep, rng: x * 1,
    "everything is 0": lambda x, keep, rng: 0 * x,
    "with keep = 1 everything stays": lambda x, keep, rng: dropout(x, min(keep, 0.9), rng),
}

exercise = Exercise(
    names=("dropout",),
    grade=grade,
    hints=(
        "rng.random(x.shape) has a number from 0 to 1 for each number of x; it is below keep with "
        "the chance keep.",
        "(rng.random(x.shape) < keep) is the mask m; True counts as 1, False as 0.",
        "Without more, the mean over all masks would be keep · x. Which division makes it x?",
    ),
    solution=dropout,
    wrong=WRONG,
    noise=lambda rng: (lambda x, *_: rng.normal(size=x.shape),),
)
