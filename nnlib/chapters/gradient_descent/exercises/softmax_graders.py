"""What is right and what is wrong in the answers of chapter 04 about softmax regression."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from nnlib.batches import stratified_split
from nnlib.chapters.gradient_descent.exercises.graders import numbers_or_why
from nnlib.chapters.kit.exercise import Named, NotYet
from nnlib.chapters.kit.grading import call, name_mistake, number, numbers
from nnlib.datasets import load_digits
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.numerics import one_hot, softmax
from nnlib.optimizers import SGD
from nnlib.training import DivergedError, fit


def grade_softmax_gradient(softmax_gradient: Any) -> str:
    """A function softmax_gradient(x, W, b, labels) → dW, db of the mean cross-entropy of softmax(x @ W + b)."""
    rng = np.random.default_rng(1)
    x, W, b, labels = (
        rng.normal(size=(6, 4)),
        rng.normal(size=(4, 3)),
        rng.normal(size=3),
        np.array([0, 2, 1, 1, 0, 2]),
    )
    result = call(softmax_gradient, x, W, b, labels)
    if not (isinstance(result, tuple | list) and len(result) == 2):
        raise NotYet(
            f"the function should return two things, dW and db; it returned {type(result).__name__}."
        )
    if np.shape(result[0]) == (3,) and np.shape(result[1]) == (4, 3):
        raise NotYet("the two are swapped: dW first, then db.")
    dW, db = numbers_or_why(result[0], (4, 3)), numbers(result[1], "db", (3,))
    dz = (softmax(x @ W + b) - one_hot(labels, 3)) / 6
    right = x.T @ dz
    if not np.allclose(dW, right):
        name_mistake(
            dW, [(x.T @ wrong / 6, f"dW: {words}") for wrong, words in _wrong_dz(x @ W, b, labels)]
        )
        raise NotYet(f"dW[0, 0] is {dW[0, 0]:.5f}, and a nudge of W[0, 0] says {right[0, 0]:.5f}.")
    if not np.allclose(db, dz.sum(axis=0)):
        named: Named = [
            (dz.mean(axis=0), "dW is right. In db n is divided by twice: dz has its 1/n already."),
            (6 * dz.sum(axis=0), "dW is right. In db the 1/n is missing."),
            (-dz.sum(axis=0), "dW is right. In db the sign is wrong."),
        ]
        name_mistake(db, named)
        raise NotYet(
            "dW is right, db is not: every example adds its dz to it, so sum dz over the rows."
        )
    return "dz = (a − y)/n; dW = xᵀ dz; db sums the rows. Five lines, and digits can be read."


def _wrong_dz(scores: np.ndarray, b: np.ndarray, labels: np.ndarray) -> Named:
    """Return n · dz as the known mistakes have it, each with its words."""
    a, y = softmax(scores + b), one_hot(labels, 3)
    powers = np.exp(scores + b)
    return [
        (6 * (a - y), "the 1/n is missing, the cost is a mean over examples."),
        (y - a, "the sign is wrong. dz = a − y: where a is too large, less of z is wanted."),
        (
            a - labels[:, None],
            "labels were subtracted as they are: make one-hot rows of them first.",
        ),
        (
            (a - y) * a * (1 - a),
            "there is a factor a (1 − a) too many: with softmax and log it cancels.",
        ),
        (a, "the targets are not taken off yet: dz = (a − y) / n."),
        (2 * (a - y), "twice too large: there is no square here, so no 2."),
        (
            powers / powers.sum() - y,
            "all shares together sum to 1: each *row* of a should, so sum along axis 1.",
        ),
        (
            powers / powers.sum(axis=0) - y,
            "the columns of a sum to 1: each *row* should, so sum along axis 1.",
        ),
        (softmax(scores) - y, "b is left out of z = x @ W + b."),
        (
            powers / (1 + powers) - y,
            "a is the sigmoid of each score: softmax is wanted, whose rows sum to 1.",
        ),
    ]


def _right_softmax(z: np.ndarray) -> np.ndarray:
    return softmax(np.asarray(z, dtype=float))


def _column_softmax(z: np.ndarray) -> np.ndarray:
    return _shares(np.exp(z - np.max(z, axis=0)))


def _global_softmax(z: np.ndarray) -> np.ndarray:
    return _shares(np.exp(z - np.max(z)))


def _shares(powers: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


# Three softmaxes for batches of logits (n, classes). Two of them are wrong.
SUSPECTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "first": _column_softmax,
    "second": _right_softmax,
    "third": _global_softmax,
}
for _suspect in SUSPECTS.values():
    _suspect.__name__ = _suspect.__qualname__ = "softmax"  # their names would tell


def grade_break_it(first: Any, second: Any, third: Any) -> str:
    """For each suspect a batch for which it differs from itself row by row, or None where there is no such batch."""
    for name, batch in (("first", first), ("second", second), ("third", third)):
        _grade_proof(name, batch)
    return (
        "the first takes off the largest of each column: its rows sum to 1 and are wrong all the same. The third takes "
        "one maximum for all, so that a row far below it is 0 / 0. A batch against its rows, one by one, finds both."
    )


def _grade_proof(name: str, batch: Any) -> None:
    if batch is None:
        if name != "second":
            raise NotYet(
                f"{name} = None says that it is right, and it is not. Try rows that differ very much."
            )
        return
    shape = np.shape(batch)
    if len(shape) != 2 or shape[0] < 2 or shape[1] < 2:
        raise NotYet(
            f"{name} should be a batch of at least two rows and two columns, and it has shape {shape}."
        )
    z = numbers(batch, name, shape)
    if name == "second":
        raise NotYet(
            "the second one is right: for your batch too it says the same row by row. Hand in None."
        )
    whole = SUSPECTS[name](z)
    rows = np.concatenate([SUSPECTS[name](row[None, :]) for row in z])
    if np.allclose(whole, rows, equal_nan=False):
        raise NotYet(
            f"for that batch the {name} one says the same as row by row. Find one where it does not."
        )


@cache
def digits_split() -> Any:
    """Return ((x, y), (x_test, y_test)): the digits as rows of 64, a fifth of them held out."""
    x, y = load_digits()
    return stratified_split(x.reshape(len(x), -1), y, held_out=0.2, rng=np.random.default_rng(4))


def right_after(network: Network, rate: float, size: int, epochs: int) -> float:
    """Train on the digits and return how many of 100 test digits are right; a cost that runs away is an answer too."""
    train, (x, y) = digits_split()
    optimizer, rng = SGD(network.parameters(), rate), np.random.default_rng(0)
    try:
        fit(
            network,
            SoftmaxCrossEntropy(),
            optimizer,
            train,
            epochs=epochs,
            batch_size=size,
            rng=rng,
        )
    except DivergedError:
        raise NotYet(f"with η = {rate:g} the cost ran away to infinity: smaller steps.") from None
    return 100 * float((network.classify(x) == y).mean())


def grade_tune(learning_rate: Any, batch_size: Any) -> str:
    """A learning rate and a batch size that bring softmax regression to 95 % in three epochs."""
    rate, size = number(learning_rate, "learning_rate"), number(batch_size, "batch_size")
    if not 0 < rate < 1000:
        raise NotYet("the learning rate should be above 0, and below 1,000.")
    if size != int(size) or not 1 <= size <= 1438:
        raise NotYet(
            "the batch size should be a whole number from 1 to 1,438, the number of training digits."
        )
    right = right_after(
        Network([Dense(64, 10, rng=np.random.default_rng(0))]), rate, int(size), epochs=3
    )
    steps = 3 * -(-len(digits_split()[0][0]) // int(size))
    if right < 95:
        many = "is η too small, or so large that it never settles?"
        why = "few steps: smaller batches" if steps < 100 else f"many steps: {many}"
        raise NotYet(
            f"{right:.1f} of 100 test digits are right after {steps} steps, and 95 are wanted; {why}"
        )
    return f"{right:.1f} of 100 after {steps} steps. Pairs that work mostly have small batches, and an η to match."
