"""Exercise 3 of chapter 05b: weights that keep z at a variance of 1."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import call, numbers


def start(n_in, n_out, rng):
    return rng.standard_normal((n_in, n_out)) / np.sqrt(n_in)


def spread_by(deviation):
    """A mistake that draws from a normal distribution with another ``deviation(n_in, n_out)``."""
    return lambda n_in, n_out, rng: deviation(n_in, n_out) * rng.standard_normal((n_in, n_out))


SPREADS = {
    "that is N(0, 1): z would spread by √n_in.": spread_by(lambda n_in, n_out: 1),
    "the *variance* should be 1/n_in; you divided the standard deviation by n_in.": spread_by(
        lambda n_in, n_out: 1 / n_in
    ),
    "z adds up the inputs: their number counts, not that of outputs.": spread_by(
        lambda n_in, n_out: 1 / np.sqrt(n_out)
    ),
    "that is He's start, for ReLU: z has a variance of 2.": spread_by(
        lambda n_in, n_out: np.sqrt(2 / n_in)
    ),
    "that is Glorot's start, a compromise; here only z counts.": spread_by(
        lambda n_in, n_out: np.sqrt(2 / (n_in + n_out))
    ),
    "divide by √n_in, not by √(n_in + 1).": spread_by(lambda n_in, n_out: 1 / np.sqrt(n_in + 1)),
    "multiplied instead of divided.": spread_by(lambda n_in, n_out: np.sqrt(n_in)),
}
WRONG = SPREADS | {
    "all neurons (columns) have the same weights": (
        lambda n_in, n_out, rng: np.zeros((n_in, n_out)),
        lambda n_in, n_out, rng: np.tile(start(n_in, 1, rng), n_out),
    ),
    "some neurons (columns) have the same weights as others": (
        lambda n_in, n_out, rng: np.repeat(start(n_in, n_out // 2, rng), 2, axis=1)
    ),
    "each neuron has the same weight for all of its inputs": lambda n_in, n_out, rng: np.tile(
        rng.normal(0, n_in**-0.5, n_out), (n_in, 1)
    ),
    "the mean is not 0.": lambda n_in, n_out, rng: rng.random((n_in, n_out)) / np.sqrt(n_in),
    "but it should be a normal distribution": (
        lambda n_in, n_out, rng: rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(3 / n_in),
        lambda n_in, n_out, rng: rng.laplace(0, (2 * n_in) ** -0.5, (n_in, n_out)),
    ),
    "with 100 inputs the standard deviation should be 0.100, but it is": (
        lambda n_in, n_out, rng: rng.normal(0, 0.05, (n_in, n_out))
    ),
    "same seed, same weights; another, others.": (
        lambda n_in, n_out, rng: start(n_in, n_out, np.random.default_rng(0)),
        lambda n_in, n_out, rng: start(n_in, n_out, np.random.default_rng()),
    ),
}


def grade(function):
    for n_in, n_out in ((400, 50), (100, 150), (4, 5000)):
        weights, again, other = (
            numbers(
                call(function, n_in, n_out, np.random.default_rng(seed)),
                f"start({n_in}, {n_out})",
                (n_in, n_out),
            )
            for seed in (0, 0, 1)
        )
        _require_differences(weights)
        if np.array_equal(weights, other) or not np.array_equal(weights, again):
            raise NotYet(
                "the weights do not come from the rng that was passed in: same seed, same weights; "
                "another, others."
            )
        _require_distribution(weights)
    return "N(0, 1/n_in): n_in terms of variance 1/n_in each add up to 1."


def _require_differences(weights):
    if (np.ptp(weights, axis=1) == 0).all():
        raise NotYet(
            "all neurons (columns) have the same weights, and would stay the same for ever."
        )
    if len(np.unique(weights, axis=1).T) < weights.shape[1]:
        raise NotYet("some neurons (columns) have the same weights as others: draw all of them.")
    if (np.ptp(weights, axis=0) == 0).all():
        raise NotYet(
            "each neuron has the same weight for all of its inputs: draw a number for every weight."
        )


def _require_distribution(weights):
    shape, spread, wanted = weights.shape, weights.std(), weights.shape[0] ** -0.5
    if abs(weights.mean()) > 6 / np.sqrt(weights.size) * spread:
        raise NotYet("the mean is not 0.")
    if abs(spread / wanted - 1) > 0.03:
        for words, mistake in SPREADS.items():
            if abs(spread / mistake(*shape, np.random.default_rng(0)).std() - 1) < 0.03:
                raise NotYet(words)
        raise NotYet(
            f"with {shape[0]} inputs the standard deviation should be {wanted:.3f}, but it is "
            f"{spread:.3f}."
        )
    if not 2.6 < (weights**4).mean() / spread**4 < 3.6:  # it is 3 for a normal distribution
        raise NotYet(
            "the spread is right, but it should be a normal distribution: rng.standard_normal or "
            "rng.normal."
        )


exercise = Exercise(
    names=("start",),
    grade=grade,
    hints=(
        "z adds up n_in products; variances of independent terms add.",
        "rng.standard_normal((n_in, n_out)) has variance 1. Divided by c, it has variance 1/c².",
    ),
    solution=start,
    wrong=WRONG,
    noise=lambda rng: (spread_by(lambda *_: rng.uniform(2, 9)),),
)
