"""Exercise 5 of chapter 05: the slopes with respect to the weights and biases of a layer."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import call, name_function, parts


def gradients(x, dz):
    return x.T @ dz, dz.sum(axis=0)


def wrong_weights(dW):
    """A mistake in dW alone."""
    return lambda x, dz: (dW(x, dz), dz.sum(axis=0))


def wrong_biases(db):
    """A mistake in db alone."""
    return lambda x, dz: (x.T @ dz, db(dz))


WRONG = {
    "the two are swapped: dW comes first.": lambda x, dz: gradients(x, dz)[::-1],
    "dW has the shape (d_out, d_in) = (3, 4): it should have that of W, (4, 3). Transpose x, not "
    "dz.": wrong_weights(lambda x, dz: dz.T @ x),
    "dz has its 1/n already; here it is divided once more.": wrong_weights(
        lambda x, dz: x.T @ dz / len(x)
    ),
    "only the last example is left: each should be added, not replace the one before.": (
        wrong_weights(lambda x, dz: np.outer(x[-1], dz[-1]))
    ),
    "the mean of products is not the product of means.": wrong_weights(
        lambda x, dz: np.outer(x.mean(axis=0), dz.mean(axis=0))
    ),
    "the sign is wrong: the minus belongs to the update.": wrong_weights(lambda x, dz: -x.T @ dz),
    "dW is right. db should have the shape of b, (3,), without keepdims.": wrong_biases(
        lambda dz: dz.sum(axis=0, keepdims=True)
    ),
    "dW is right. db sums the rows of dz: its 1/n is in dz already.": wrong_biases(
        lambda dz: dz.mean(axis=0)
    ),
    "dW is right. In db the sign is wrong.": wrong_biases(lambda dz: -dz.sum(axis=0)),
    "dW is right. In db only the last example is left.": wrong_biases(lambda dz: dz[-1]),
}
OTHERWISE = (
    "dW[0, 0] should be {:.5f}: every example adds x times dz to it.",
    "dW is right. db[0] should be {:.5f}: a bias moves z as much as it moves itself, so add up "
    "the rows of dz.",
)

rng = np.random.default_rng(2)
CASES = [
    (rng.normal(size=(n, n_in)), rng.normal(size=(n, n_out)))
    for n, n_in, n_out in ((5, 4, 3), (2, 3, 6))
]


def only(place):
    """Return what reads one of the two, dW or db, from what a function returns."""
    return lambda both, _: both[place]


def grade(function):
    for case in CASES:
        result, right = call(function, *case), gradients(*case)
        name_function(result, case, WRONG)
        got = parts(result, ("dW", "db"), [part.shape for part in right])
        for place, words in enumerate(OTHERWISE):
            if not np.allclose(got[place], right[place]):
                name_function(got[place], case, WRONG, read=only(place))
                raise NotYet(words.format(right[place].flat[0]))
    return "what came in times what comes back, summed over the batch."


exercise = Exercise(
    names=("gradients",),
    grade=grade,
    hints=(
        "dW has the shape of W, (d_in, d_out): x is (n, d_in), dz is (n, d_out).",
        "x.T @ dz, and dz.sum(axis=0).",
    ),
    solution=gradients,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: (rng.normal(size=(4, 3)), rng.normal(size=3)),),
)
