"""What is right and what is wrong in the answers of chapter 04, softmax regression apart."""

from typing import Any

import numpy as np

from nnlib.chapters.kit.exercise import Named, NotYet
from nnlib.chapters.kit.grading import call, name_mistake, number, numbers
from nnlib.numerics import one_hot


def grade_slope(slope: Any) -> str:
    """A function slope(w, x, y): the derivative of C(w) = 1/(2n) Σ (w x − y)²."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 7))
    for w in (0.3, -1.2):
        answer = np.asarray(number(call(slope, w, x, y), "slope(w, x, y)"))
        right = ((w * x - y) * x).mean()
        if not np.isclose(answer, right):
            name_mistake(answer, _wrong_slopes(w, x, y))
            raise NotYet(
                f"for one of our examples it says {answer:.5g}, and a nudge of w says {right:.5g}."
            )
    return "the mean of error times input, as in chapter 02."


def _wrong_slopes(w: float, x: np.ndarray, y: np.ndarray) -> Named:
    error = w * x - y
    products = error * x
    return [
        (products.sum(), "the sum is there, the mean is not: 1/n is missing."),
        (2 * products.mean(), "twice too large: the ½ cancels the 2 of the square."),
        (products.mean() / 2, "half of it: the derivative of ½ e² is e, without a ½."),
        (-products.mean(), "the sign is turned round: the error is w x − y, not y − w x."),
        (
            -products.sum(),
            "two things: the sum is there and not the mean, and the sign is turned round.",
        ),
        (2 * products.sum(), "two things: 1/n is missing, and the ½ cancels the 2 of the square."),
        (error.mean(), "the factor x is missing: w x changes by x when w changes by 1."),
        (
            (error * y).mean(),
            "the error is multiplied by y: it is x by which w x changes when w changes by 1.",
        ),
        (
            (error * w).mean(),
            "the error is multiplied by w: it is x by which w x changes when w changes by 1.",
        ),
        ((w * x * x).mean(), "y is forgotten: the error is w x − y."),
        ((error**2).mean() / 2, "that is the cost itself, not its slope."),
        (
            error.mean() * x.mean(),
            "the mean of products is not the product of means: multiply in each example first.",
        ),
    ]


def grade_walk(walk: Any) -> str:
    """A function walk(gradient, v, eta, steps) that returns the place after ``steps`` steps."""
    start, curvature = np.array([1.0, -2.0]), np.array([1.0, 3.0])

    def gradient(v: np.ndarray) -> np.ndarray:
        return curvature * v

    eta, steps = 0.1, 5
    answer = np.asarray(call(walk, gradient, start, eta, steps), dtype=float)
    shrink = 1 - eta * curvature
    if answer.shape == (steps + 1, 2) and np.allclose(answer[-1], start * shrink**steps):
        raise NotYet("the whole path is right; hand back its last place only.")
    if answer.shape != start.shape:
        raise NotYet(
            f"the place should have the shape of the start, {start.shape}, and it has {answer.shape}."
        )
    named: Named = [
        (
            start * (1 + eta * curvature) ** steps,
            "that climbs: the gradient points uphill, so walk against it.",
        ),
        (start * shrink, "one step only: the loop returns before it is done, or is missing."),
        (start * shrink ** (steps - 1), "one step too few."),
        (start * shrink ** (steps + 1), "one step too many."),
        (start, "it stays where it starts."),
        (
            start - steps * eta * curvature * start,
            "the gradient is asked once; it has to be asked anew in each step.",
        ),
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
        1
        / 6: "that is where v₁ is at 0 after one step. It may still overshoot, as long as |v₁| shrinks.",
        2 / 3: "with C = 3 v₁² the curvature, the second derivative, is 6 and not 3.",
        1.0: "that is the limit for C = v². Here the steep side is 3 v₁².",
        2 / 7: "the two directions do not add up: each shrinks by its own factor.",
    }
    for wrong, words in named.items():
        if np.isclose(value, wrong, atol=2e-3):
            raise NotYet(words)
    if 1e-6 < abs(value - 1 / 3) < 5e-3:
        raise NotYet("nearly: give it exactly, as a fraction.")
    if not np.isclose(value, 1 / 3, rtol=1e-5):
        raise NotYet(
            f"with η = {value:.3g}, v₁ is multiplied by {1 - 6 * value:.3g} in each step; where does that reach −1?"
        )
    return "v₁ ← (1 − 6η) v₁ shrinks while η < ⅓: the steepest direction sets the limit for all."


def grade_one_hot(encode: Any) -> str:
    """A function encode(labels, classes) that returns rows with a single 1."""
    for labels, classes in ((np.array([2, 0, 3, 2]), 5), (np.array([1, 0]), 3)):
        answer = numbers_or_why(call(encode, labels, classes), (len(labels), classes))
        _grade_rows(answer, labels, one_hot(labels, classes))
    return "one row for each label, one column for each class."


def _grade_rows(answer: np.ndarray, labels: np.ndarray, wanted: np.ndarray) -> None:
    if not np.array_equal(answer, wanted):
        if np.array_equal(answer, np.roll(wanted, -1, axis=1)):
            raise NotYet(
                "every 1 is one place too far left: labels count from 0, and so do columns."
            )
        if np.array_equal(answer, np.roll(wanted, 1, axis=1)):
            raise NotYet(
                "every 1 is one place too far right: labels count from 0, and so do columns."
            )
        if np.array_equal(answer, wanted * labels[:, None]):
            raise NotYet(
                "the label itself stands in its place: a 1 is wanted there, whatever the label."
            )
        if (answer.sum(axis=1) != 1).any():
            row = int(np.flatnonzero(answer.sum(axis=1) != 1)[0])
            raise NotYet(
                f"row {row} sums to {answer[row].sum():g}: there should be a single 1 in each row."
            )
        row = int(np.flatnonzero((answer != wanted).any(axis=1))[0])
        raise NotYet(
            f"for the label {labels[row]} the row should be {wanted[row]}, and it is {answer[row]}."
        )


def numbers_or_why(value: Any, shape: tuple[int, int]) -> np.ndarray:
    """Return the answer as an array of ``shape``; where it is transposed, say so."""
    if np.shape(value) == shape[::-1]:
        raise NotYet(
            f"rows and columns are swapped: examples are rows, so {shape} is wanted, not {shape[::-1]}."
        )
    return numbers(value, "the answer", shape)


def grade_updates(updates: Any) -> str:
    """How many updates 5 epochs of 1,205 examples in batches of 10 make, the last batch of an epoch being smaller."""
    value = number(updates, "updates")
    named = {
        121: "that is one epoch; there are five.",
        600: "the last 5 examples of every epoch make a batch too, a smaller one.",
        120: "that is one epoch, and its last 5 examples are a batch too.",
        602: "batches do not run on from one epoch into the next: each epoch ends with a batch of 5.",
        602.5: "there are no half batches: each epoch ends with a batch of 5.",
        603: "batches do not run on from one epoch into the next: each epoch ends with a batch of 5.",
        6025: "that is the number of examples seen; ten of them share an update.",
        610: "one batch too many in each epoch: 121 batches are numbered 0 to 120.",
        726: "one epoch too many: five epochs are numbered 0 to 4.",
        732: "one batch too many in each epoch, and one epoch too many: counting from 0 ends before the number itself.",
    }
    if value in named:
        raise NotYet(named[value])
    if value != 605:
        raise NotYet(
            "how many batches are needed for all 1,205 examples to come once? And how often do they come?"
        )
    return "120 full batches and one of 5, five times."
