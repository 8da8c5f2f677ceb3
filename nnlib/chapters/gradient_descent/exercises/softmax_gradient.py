"""Exercise 5 of chapter 04: the gradient of softmax regression, dW and db."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_function, parts
from nnlib.numerics import one_hot, softmax


def softmax_gradient(x, W, b, labels):
    z = x @ W + b
    a = np.exp(z - z.max(axis=1, keepdims=True))
    a = a / a.sum(axis=1, keepdims=True)
    dz = (a - np.eye(W.shape[1])[labels]) / len(x)
    return x.T @ dz, dz.sum(axis=0)


def with_dz(dz):
    """A mistake that is right but for ``dz(z, a, y, labels)``, of which then 1/n is taken."""

    def gradient(x, W, b, labels):
        z = x @ W + b
        wrong = dz(z, softmax(z), one_hot(labels, W.shape[1]), labels) / len(x)
        return x.T @ wrong, wrong.sum(axis=0)

    return gradient


def shares(z, axis):
    return np.exp(z) / np.exp(z).sum(axis=axis)


def shares_below(z, highest):
    """Softmax along rows, with ``highest`` taken off all scores."""
    with np.errstate(all="ignore"):
        a = np.exp(z - highest)
        return a / a.sum(axis=1, keepdims=True)


FAR_APART = (
    "where the scores of two rows lie 800 apart, 0 / 0 comes out. Take off each row's own maximum "
    "before exp, and not one for all rows."
)
WRONG_DW = {
    "dW: the 1/n is missing; the cost is a mean over examples.": with_dz(
        lambda z, a, y, labels: len(z) * (a - y)
    ),
    "dW: the sign is wrong. dz = a − y: where a is too large, less of z is wanted.": with_dz(
        lambda z, a, y, labels: y - a
    ),
    "dW: labels were subtracted as they are: make one-hot rows of them first.": with_dz(
        lambda z, a, y, labels: a - labels[:, None]
    ),
    "dW: there is a factor a (1 − a) too many: with softmax and log it cancels.": with_dz(
        lambda z, a, y, labels: (a - y) * a * (1 - a)
    ),
    "dW: the targets are not taken off yet: dz = (a − y) / n.": with_dz(lambda z, a, y, labels: a),
    "dW: twice too large: there is no square here, so no 2.": with_dz(
        lambda z, a, y, labels: 2 * (a - y)
    ),
    "dW: all shares together sum to 1: each *row* of a should, so sum along axis 1.": with_dz(
        lambda z, a, y, labels: shares(z, axis=None) - y
    ),
    "dW: the columns of a sum to 1: each *row* should, so sum along axis 1.": with_dz(
        lambda z, a, y, labels: shares(z, axis=0) - y
    ),
    FAR_APART: with_dz(lambda z, a, y, labels: shares_below(z, z.max()) - y),
    "dW: b is left out of z = x @ W + b.": (
        lambda x, W, b, labels: softmax_gradient(x, W, 0 * b, labels)
    ),
    "dW: a is the sigmoid of each score: it should be softmax, whose rows sum to 1.": with_dz(
        lambda z, a, y, labels: 1 / (1 + np.exp(-z)) - y
    ),
}


def with_db(change):
    """A mistake that has the right dW, and ``change(db, n)`` for db."""

    def gradient(x, W, b, labels):
        dW, db = softmax_gradient(x, W, b, labels)
        return dW, change(db, len(x))

    return gradient


WRONG_DB = {
    "dW is right. db is divided by n once more, but dz has its 1/n already.": with_db(
        lambda db, n: db / n
    ),
    "dW is right. In db the 1/n is missing.": with_db(lambda db, n: db * n),
    "dW is right. In db the sign is wrong.": with_db(lambda db, n: -db),
}


def read(result, case):
    _, W, b, _ = case
    if isinstance(result, tuple | list) and len(result) == 2:
        first, second = map(np.shape, result)
        if (first, second) == (b.shape, W.shape):
            raise NotYet("the two are swapped: dW first, then db.")
        if first == W.shape and not np.isfinite(result[0]).all():
            raise NotYet(FAR_APART)
        if first == W.T.shape:
            raise NotYet(
                f"dW: rows and columns are swapped: it should be of shape {W.shape}, like W, but "
                f"it is of shape {first}."
            )
    return parts(result, ("dW", "db"), (W.shape, b.shape))


def words_for_w(case, got, right):
    i, k = np.unravel_index(np.abs(got - right).argmax(), right.shape)
    return f"dW[{i}, {k}] is {got[i, k]:.5f}, but a nudge of W[{i}, {k}] says {right[i, k]:.5f}."


def words_for_b(case, got, right):
    return "dW is right, db is not: every example adds its dz to it, so sum dz over the rows."


rng = np.random.default_rng(1)
LABELS = (np.array([0, 2, 1, 1, 0, 2]), np.array([3, 0, 2, 1, 3]))
CASES = [
    (rng.normal(size=(len(labels), d)), rng.normal(size=(d, k)), rng.normal(size=k), labels)
    for labels, d, k in zip(LABELS, (4, 2), (3, 4), strict=True)
]
# Rows whose scores lie 800 apart: a single maximum for all of them leaves 0 / 0 in the lower ones.
x, W, b, labels = CASES[0]
up = np.array([600.0, -200, 0, 600, -200, 300])[:, None] / W.shape[0]
CASES.append((x + up, W - W.mean(axis=0) + 1, b, labels))
# One row with scores of 690 and 706, beside ordinary ones: cutting scores off is no way out.
high = np.array([[690.0, 705, 0], [0, 1, 0]])
CASES.append((np.array([[1.0, 1], [0, 1]]), high, b[:3], labels[:2]))
PRAISE = "dz = (a − y)/n; dW = xᵀ dz; db sums the rows. Five lines, and digits can be read."


def grade_part(place, wrong, otherwise):
    return grade_function(
        lambda *case: softmax_gradient(*case)[place],
        CASES,
        wrong,
        praise=PRAISE,
        read=lambda result, case: read(result, case)[place],
        otherwise=otherwise,
        tolerance=1e-5,
    )


def grade(function):
    grade_part(0, WRONG_DW, words_for_w)(function)
    return grade_part(1, WRONG_DB, words_for_b)(function)


exercise = Exercise(
    names=("softmax_gradient",),
    grade=grade,
    hints=(
        "Forward first: a, the softmax of each row of x @ W + b; y, the one-hot rows.",
        "dz = (a − y) / n.",
        "dW = xᵀ @ dz; in db every row of dz is added up.",
    ),
    solution=softmax_gradient,
    wrong=WRONG_DW
    | WRONG_DB
    | {"the two are swapped: dW first, then db.": lambda *case: softmax_gradient(*case)[::-1]},
    noise=lambda rng: (lambda *_: (rng.normal(size=(4, 3)), rng.normal(size=3)),),
)
