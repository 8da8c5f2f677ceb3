"""What is right and what is wrong in the answers of chapter 04, and how the learner is told."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from nnlib.batches import stratified_split
from nnlib.datasets import load_digits
from nnlib.exercises.engine import NotYet, call, number, numbers
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.numerics import one_hot, softmax
from nnlib.optimizers import SGD
from nnlib.training import DivergedError, fit

Named = list[tuple[Any, str]]


def name_mistake(answer: np.ndarray, named: Named) -> None:
    """Raise ``NotYet`` with the words of the first known wrong value that the answer equals."""
    for wrong, words in named:
        if np.shape(wrong) == np.shape(answer) and np.allclose(answer, wrong):
            raise NotYet(words)


def grade_slope(slope: Any) -> str:
    """A function slope(w, x, y): the derivative of C(w) = 1/(2n) Σ (w x − y)²."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 7))
    for w in (0.3, -1.2):
        answer = np.asarray(number(call(slope, w, x, y), "slope(w, x, y)"))
        error = w * x - y
        named: Named = [
            ((error * x).sum(), "the sum is there, the mean is not: 1/n is missing."),
            (2 * (error * x).mean(), "twice too large: the ½ cancels the 2 of the square."),
            ((error * x).mean() / 2, "half of it: the derivative of ½ e² is e, without a ½."),
            (-(error * x).mean(), "the sign is turned round: the error is w x − y, not y − w x."),
            (error.mean(), "the factor x is missing: w x changes by x when w changes by 1."),
            ((error**2).mean() / 2, "that is the cost itself, not its slope."),
            (
                error.mean() * x.mean(),
                "the mean of products is not the product of means: multiply in each example first.",
            ),
        ]
        right = (error * x).mean()
        if not np.isclose(answer, right):
            name_mistake(answer, named)
            raise NotYet(f"for one of our examples it says {answer:.5g}, and a nudge of w says {right:.5g}.")
    return "the mean of error times input, as in chapter 02."


def grade_descend(descend: Any) -> str:
    """A function descend(gradient, v, eta, steps) that returns the place after ``steps`` steps."""
    start, curvature = np.array([1.0, -2.0]), np.array([1.0, 3.0])

    def gradient(v: np.ndarray) -> np.ndarray:
        return curvature * v

    eta, steps = 0.1, 5
    answer = np.asarray(call(descend, gradient, start, eta, steps), dtype=float)
    shrink = 1 - eta * curvature
    if answer.shape == (steps + 1, 2) and np.allclose(answer[-1], start * shrink**steps):
        raise NotYet("the whole path is right; hand back its last place only.")
    if answer.shape != start.shape:
        raise NotYet(f"the place should have the shape of the start, {start.shape}, and it has {answer.shape}.")
    named: Named = [
        (start * (1 + eta * curvature) ** steps, "that climbs: the gradient points uphill, so walk against it."),
        (start * shrink, "one step only: the loop returns before it is done, or is missing."),
        (start * shrink ** (steps - 1), "one step too few."),
        (start * shrink ** (steps + 1), "one step too many."),
        (start, "it stays where it starts."),
        (start - steps * eta * curvature * start, "the gradient is asked once; it has to be asked anew in each step."),
        (start * (1 - curvature) ** steps, "η is not used."),
    ]
    if not np.allclose(answer, start * shrink**steps):
        name_mistake(answer, named)
        raise NotYet(
            f"from (1, −2) on ½ v₁² + 1.5 v₂², η = 0.1, five steps lead to (0.590, −0.336), yours to {answer}."
        )
    return "v ← v − η ∇C(v), and nothing else. All training in this course is this loop."


def grade_largest_rate(eta: Any) -> str:
    """The learning rate from which on descent on C = 3 v₁² + ½ v₂² runs away."""
    value = number(eta, "eta")
    named = {
        2.0: "that is the limit along v₂, the gentle side. The steep side runs away much earlier.",
        1 / 6: "that is where v₁ is at 0 after one step. It may still overshoot, as long as |v₁| shrinks.",
        2 / 3: "with C = 3 v₁² the curvature, the second derivative, is 6 and not 3.",
        1.0: "that is the limit for C = v². Here the steep side is 3 v₁².",
        2 / 7: "the two directions do not add up: each shrinks by its own factor.",
    }
    for wrong, words in named.items():
        if np.isclose(value, wrong, atol=2e-3):
            raise NotYet(words)
    if not np.isclose(value, 1 / 3, atol=2e-3):
        raise NotYet(
            f"with η = {value:.3g}, v₁ is multiplied by {1 - 6 * value:.3g} in each step; where does that reach −1?"
        )
    return "v₁ ← (1 − 6η) v₁ shrinks while η < ⅓: the steepest direction sets the limit for all."


def grade_one_hot(encode: Any) -> str:
    """A function encode(labels, classes) that returns rows with a single 1."""
    labels = np.array([2, 0, 3, 2])
    answer = numbers_or_why(call(encode, labels, 5), (4, 5))
    wanted = one_hot(labels, 5)
    if not np.array_equal(answer, wanted):
        if np.array_equal(answer, one_hot(labels - 1, 5) if labels.min() > 0 else np.roll(wanted, -1, axis=1)):
            raise NotYet("every 1 is one place too far left: labels count from 0, and so do columns.")
        if np.array_equal(answer, np.roll(wanted, 1, axis=1)):
            raise NotYet("every 1 is one place too far right: labels count from 0, and so do columns.")
        if (answer.sum(axis=1) != 1).any():
            row = int(np.flatnonzero(answer.sum(axis=1) != 1)[0])
            raise NotYet(f"row {row} sums to {answer[row].sum():g}: there should be a single 1 in each row.")
        raise NotYet(f"for the label 2 of 5 classes the row should be 0 0 1 0 0, and it is {answer[0]}.")
    return "one row for each label, one column for each class."


def numbers_or_why(value: Any, shape: tuple[int, int]) -> np.ndarray:
    """Return the answer as an array of ``shape``; where it is transposed, say so."""
    if np.shape(value) == shape[::-1]:
        raise NotYet(f"rows and columns are swapped: examples are rows, so {shape} is wanted, not {shape[::-1]}.")
    return numbers(value, "the answer", shape)


def grade_softmax_gradient(gradient: Any) -> str:
    """A function gradient(x, W, b, labels) → dW, db of the mean cross-entropy of softmax(x @ W + b)."""
    rng = np.random.default_rng(1)
    x, W, b, labels = rng.normal(size=(6, 4)), rng.normal(size=(4, 3)), rng.normal(size=3), np.array([0, 2, 1, 1, 0, 2])
    result = call(gradient, x, W, b, labels)
    if not (isinstance(result, tuple | list) and len(result) == 2):
        raise NotYet(f"the function should return two things, dW and db; it returned {type(result).__name__}.")
    a, y = softmax(x @ W + b), one_hot(labels, 3)
    dW, db = numbers_or_why(result[0], (4, 3)), numbers(result[1], "db", (3,))
    right = x.T @ (a - y) / 6
    named: Named = [
        (6 * right, "dW: the 1/n is missing, the cost is a mean over examples."),
        (-right, "dW: the sign is wrong. dz = a − y: where a is too large, less of z is wanted."),
        (x.T @ (a - labels[:, None]) / 6, "dW: labels were subtracted as they are: make one-hot rows of them first."),
        (
            x.T @ ((a - y) * a * (1 - a)) / 6,
            "dW: there is a factor a (1 − a) too many: with softmax and log it cancels.",
        ),
        (x.T @ a / 6, "dW: the targets are not taken off yet: dz = (a − y) / n."),
        (right * 2, "dW is twice too large: there is no square here, so no 2."),
    ]
    if not np.allclose(dW, right):
        name_mistake(dW, named)
        raise NotYet(f"dW[0, 0] is {dW[0, 0]:.5f}, and a nudge of W[0, 0] says {right[0, 0]:.5f}.")
    dz = (a - y) / 6
    if not np.allclose(db, dz.sum(axis=0)):
        name_mistake(db, [(dz.mean(axis=0), "dW is right. In db n is divided by twice: dz has its 1/n already.")])
        raise NotYet("dW is right, db is not: every example adds its dz to it, so sum dz over the rows.")
    return "dz = (a − y)/n; dW = xᵀ dz; db sums the rows. Five lines, and digits can be read."


def _right_softmax(z: np.ndarray) -> np.ndarray:
    return softmax(z)


def _column_softmax(z: np.ndarray) -> np.ndarray:
    return _shares(np.exp(z - z.max(axis=0)))


def _global_softmax(z: np.ndarray) -> np.ndarray:
    return _shares(np.exp(z - z.max()))


def _shares(powers: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))


# Three softmaxes for batches of logits (n, classes). Two of them are wrong.
SUSPECTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "first": _column_softmax,
    "second": _right_softmax,
    "third": _global_softmax,
}


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
            raise NotYet(f"{name} = None says that it is right, and it is not. Try rows that differ very much.")
        return
    shape = np.shape(batch)
    if len(shape) != 2 or shape[0] < 2 or shape[1] < 2:
        raise NotYet(f"{name} should be a batch of at least two rows and two columns, and it has shape {shape}.")
    z = numbers(batch, name, shape)
    if name == "second":
        raise NotYet("the second one is right: for your batch too it says the same row by row. Hand in None.")
    whole = SUSPECTS[name](z)
    rows = np.concatenate([SUSPECTS[name](row[None, :]) for row in z])
    if np.allclose(whole, rows, equal_nan=False):
        raise NotYet(f"for that batch the {name} one says the same as row by row. Find one where it does not.")


def grade_updates(updates: Any) -> str:
    """How many updates 5 epochs of 1,437 examples in batches of 10 make, the last batch of an epoch being smaller."""
    value = number(updates, "updates")
    named = {
        144: "that is one epoch; there are five.",
        715: "the last 7 examples of every epoch make a batch too, a smaller one.",
        143: "that is one epoch, and its last 7 examples are a batch too.",
        718: "batches do not run on from one epoch into the next: each epoch ends with a batch of 7.",
        718.5: "there are no half batches: each epoch ends with a batch of 7.",
        719: "batches do not run on from one epoch into the next: each epoch ends with a batch of 7.",
        7185: "that is the number of examples seen; ten of them share an update.",
        725: "one batch too many in each epoch: 144 batches are numbered 0 to 143.",
        864: "one epoch too many: five epochs are numbered 0 to 4.",
        870: "one batch too many in each epoch, and one epoch too many: counting from 0 ends before the number itself.",
    }
    if value in named:
        raise NotYet(named[value])
    if value != 720:
        raise NotYet("how many batches are needed for all 1,437 examples to come once? And how often do they come?")
    return "143 full batches and one of 7, five times."


@cache
def _digits() -> Any:
    x, y = load_digits()
    return stratified_split(x.reshape(len(x), -1), y, held_out=0.2, rng=np.random.default_rng(4))


def grade_tune(learning_rate: Any, batch_size: Any) -> str:
    """A learning rate and a batch size that bring softmax regression to 93 % in three epochs."""
    rate, size = number(learning_rate, "learning_rate"), number(batch_size, "batch_size")
    if rate <= 0:
        raise NotYet("the learning rate should be above 0.")
    if size != int(size) or not 1 <= size <= 1438:
        raise NotYet("the batch size should be a whole number from 1 to 1,438, the number of training digits.")
    train, (x, y) = _digits()
    rng = np.random.default_rng(0)
    network = Network([Dense(64, 10, rng=rng)])
    try:
        fit(
            network,
            SoftmaxCrossEntropy(),
            SGD(network.parameters(), rate),
            train,
            epochs=3,
            batch_size=int(size),
            rng=rng,
        )
    except DivergedError:
        raise NotYet(f"with η = {rate:g} the cost ran away to infinity: smaller steps.") from None
    right = float((network.classify(x) == y).mean())
    steps = 3 * -(-len(train[0]) // int(size))
    if right < 0.95:
        way = (
            "few steps, so make each larger, or the batches smaller"
            if steps < 300
            else "many steps: is η too small to get there, or so large that it never settles?"
        )
        raise NotYet(f"about {100 * right:.0f} of 100 test digits are right after {steps} steps, wanted are 95. {way}.")
    return f"about {100 * right:.0f} of 100 after {steps} steps. Pairs that work have an η of 0.02 to 0.2 per example."
