"""What is right and what is not yet right about an answer in chapter 01, in the order of the chapter."""

from typing import Any

import numpy as np

from nnlib.datasets import truth_table
from nnlib.errors import require_finite
from nnlib.exercises.engine import NotYet, call, number, numbers
from nnlib.perceptron import Perceptron

CORNERS, _ = truth_table([0, 0, 0, 0])
GATES = {(0, 0, 0, 1): "AND", (1, 1, 1, 0): "NAND", (1, 0, 0, 0): "NOR", (0, 0, 0, 0): "never", (1, 1, 1, 1): "always"}


def grade_or_gate(w: Any, b: Any) -> str:
    """Weights and a bias of a perceptron that answers OR."""
    w, b = numbers(w, "w", (2,)), number(b, "b")
    z = CORNERS @ w + b
    answers = tuple(int(value > 0) for value in z)
    if answers == (0, 1, 1, 1):
        return "1 as soon as one input is 1, and 0 for (0, 0)."
    if answers in GATES:
        advice = {
            "AND": "one input alone must be enough, so the bias is too low",
            "NAND": "signs are flipped, and the threshold is that of AND",
            "NOR": "that is OR with the sign of every weight and of the bias flipped",
            "never": "no vote gets above the threshold, so the bias is too low",
            "always": "even with no vote at all it says 1: is the bias below 0?",
        }
        raise NotYet(f"your perceptron answers {GATES[answers]}: {advice[GATES[answers]]}.")
    row = next(i for i in range(4) if answers[i] != (0, 1, 1, 1)[i])
    x = tuple(int(value) for value in CORNERS[row])
    line = " A z of exactly 0 counts as 0." if z[row] == 0 else ""
    raise NotYet(
        f"for x = {x} it has z = {z[row]:g}, so it answers {answers[row]}, and OR wants {1 - answers[row]}.{line}"
    )


def grade_threshold(b: Any, w0: Any) -> str:
    """Bias and weight of the constant input x₀ = −1 that replace the threshold T = 1.5."""
    b, w0 = number(b, "b"), number(w0, "w0")
    if b == 1.5:
        raise NotYet("b has the wrong sign: w·x > 1.5 is the same as w·x − 1.5 > 0, so which number is added?")
    if b != -1.5:
        raise NotYet(f"with b = {b:g} the neuron needs w·x > {-b:g} to answer 1, and it should need w·x > 1.5.")
    if w0 == -1.5:
        raise NotYet("b is right. w0 has the wrong sign: the input x₀ is −1, and (−1)·w0 must be −1.5.")
    if w0 != 1.5:
        raise NotYet(f"b is right. With w0 = {w0:g} the extra input adds {-w0:g} to the vote; it should add −1.5.")
    return "threshold 1.5, bias −1.5 and weight 1.5 on a constant input −1 are the same neuron."


def grade_predict(predict: Any) -> str:
    """A function predict(w, b, x) that answers 0 or 1 for every row of x."""
    rng = np.random.default_rng(2)
    w, b, x = np.array([1.0, -2.0, 0.5]), 1.5, rng.standard_normal((20, 3))
    wanted = (x @ w + b > 0).astype(int)
    answers = call(predict, w, b, x)
    got = np.asarray(answers)
    if got.shape != (20,):
        raise NotYet(f"for 20 examples, x of shape (20, 3), 20 answers are wanted, and shape {got.shape} came.")
    known = (
        (2 * wanted - 1, "the side is right, but the labels are −1 and 1 and should be 0 and 1."),
        (x @ w + b, "these are the votes z themselves: they still have to be compared with 0."),
        (x @ w - b > 0, "b is subtracted, and it should be added: z = x @ w + b."),
        (x @ w > 0, "b is left out: z = x @ w + b."),
        (1 - wanted, "every answer is the opposite of the right one: it is 1 where z > 0."),
    )
    for wrong, words in known:
        if np.array_equal(got, wrong):
            raise NotYet(words)
    if not np.array_equal(got, wanted):
        row = int(np.flatnonzero(got != wanted)[0])
        raise NotYet(
            f"row {row} has z = {float(x[row] @ w + b):.3f}, so the answer is {wanted[row]}; yours is {got[row]}."
        )
    if np.asarray(call(predict, np.array([1.0]), -1.0, np.array([[1.0]])))[0] != 0:
        raise NotYet("exactly on the line, where z = 0, the answer is 0: z > 0 is wanted, not z >= 0.")
    return "it answers a whole batch at once, and 0 on the line itself."


def grade_distance(distance: Any) -> str:
    """A function distance(w, b, x): how far a point is from the line, with a sign for the side."""
    w, b, x = np.array([3.0, -4.0]), 2.0, np.array([1.0, 5.0])
    z, norm = float(x @ w + b), 5.0
    got = number(call(distance, w, b, x), "the distance")
    named = {
        z: "that is z itself: it grows when w and b are doubled, the line stays. Divide by the length of w.",
        z / norm**2: "it is divided by w·w, the squared length of w: take the square root.",
        abs(z) / norm: "the size is right, the sign is not: negative is the side where the answer is 0.",
        (z - b) / norm: "that is the distance from the parallel line through the origin: b is left out.",
        z / (abs(w).sum()): "the length of w is the root of its sum of squares, not the sum of its sizes.",
    }
    for value, words in named.items():
        if np.isclose(got, value):
            raise NotYet(words)
    if not np.isclose(got, z / norm):
        raise NotYet(f"for w = (3, −4), b = 2, x = (1, 5) it should be {z / norm:g}, and it is {got:g}.")
    if not np.isclose(number(call(distance, w[:1], b, x[:1]), "the distance"), 5 / 3):
        raise NotYet("it should work for any number of inputs, not only for two.")
    return "the signed distance, (w·x + b) / ‖w‖, which no rescaling of w and b can change."


def grade_update(update: Any) -> str:
    """A function update(w, b, x, sign, learning_rate): one step of the learning rule, returning the new w and b."""
    w, b, x, rate = np.array([1.0, -1.0]), 0.5, np.array([2.0, 4.0]), 0.5  # z = −1.5
    _same_step(call(update, w, b, x, -1, rate), (w, b), "this example is answered rightly: nothing may change.")
    _grade_step(*_pair(call(update, w, b, x, 1, rate)), w, b, x, rate)
    new_w, new_b = _pair(call(update, w, b + 3, x, -1, rate))
    if not (np.allclose(new_w, w - rate * x) and np.isclose(new_b, b + 3 - rate)):
        raise NotYet("right for class +1; for a mistake on class −1, w and b have to move the other way.")
    new_w, new_b = _pair(call(update, np.zeros(2), 0.0, x, 1, rate))
    if np.allclose(new_w, 0):
        raise NotYet("at z = 0 the answer is the lower class, so for class +1 it is a mistake: learning starts there.")
    return "right for both classes, leaves right answers alone, and learns on the line itself."


def _grade_step(new_w: np.ndarray, new_b: float, w: np.ndarray, b: float, x: np.ndarray, rate: float) -> None:
    step, bias_step = new_w - w, new_b - b
    if np.allclose(step, -rate * x):
        raise NotYet("w moves away from x: for a mistake on class +1, w has to move towards x.")
    if np.allclose(step, x):
        raise NotYet("the learning rate is left out: Δw is learning_rate · sign · x.")
    if np.allclose(step, 0):
        raise NotYet("z = −1.5 and the class is +1: that is a mistake, and w did not change.")
    if not np.allclose(step, rate * x):
        raise NotYet(f"Δw should be learning_rate · sign · x = {rate * x}, and it is {step}.")
    if np.isclose(bias_step, 0):
        raise NotYet("w is right; b did not change. It is the weight of a constant input 1, so it learns too.")
    if not np.isclose(bias_step, rate):
        raise NotYet(f"w is right; Δb should be learning_rate · sign = {rate:g}, and it is {bias_step:g}.")


def _pair(result: Any) -> tuple[np.ndarray, float]:
    if not (isinstance(result, tuple | list) and len(result) == 2):
        raise NotYet(f"the function should return two things, the new w and the new b; it returned {result!r}")
    return numbers(result[0], "the new w", (2,)), number(result[1], "the new b")


def _same_step(result: Any, wanted: tuple[np.ndarray, float], words: str) -> None:
    w, b = _pair(result)
    if not (np.allclose(w, wanted[0]) and np.isclose(b, wanted[1])):
        raise NotYet(words)


def broken_fit(x: np.ndarray, y: np.ndarray, epochs: int = 1000) -> tuple[np.ndarray, float, bool]:
    """Learn as a perceptron does, but with one line missing: the exercise *break it* is to find out which.

    Returns w, b and whether the last pass was without a mistake. Labels are 0 and 1.
    """
    w, b = np.zeros(x.shape[1]), 0.0
    for _ in range(epochs):
        mistakes = 0
        for row, label in zip(x, y, strict=True):
            sign = 1 if label == 1 else -1
            if (1 if row @ w + b > 0 else -1) != sign:
                w = w + sign * row
                mistakes += 1
        if mistakes == 0:
            return w, b, True
    return w, b, False


def grade_break_it(x: Any, y: Any) -> str:
    """Data that a perceptron can learn and ``broken_fit`` cannot."""
    x, y = _small_problem(x, y)
    if not Perceptron(x.shape[1]).fit(x, y, epochs=1000).converged:
        raise NotYet(
            "the sound perceptron does not get these right in 1000 passes either: the data must be separable, "
            "or else nothing is proved against broken_fit."
        )
    if broken_fit(x, y)[2]:
        raise NotYet(
            "broken_fit learns these too: a line through the origin does for them. What does a line need that must "
            "not go through the origin?"
        )
    return "only a line that misses the origin will do for these, and broken_fit never changes b."


def _small_problem(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.asarray(x), np.asarray(y)
    if x.ndim != 2 or x.dtype.kind not in "iuf" or not 1 <= len(x) <= 100:
        raise NotYet(f"x should hold up to 100 examples as rows, shape (n, d); it has shape {x.shape}.")
    if y.shape != (len(x),):
        raise NotYet(f"y should hold one label for each of the {len(x)} rows of x; it has shape {y.shape}.")
    if set(np.unique(y)) != {0, 1}:
        raise NotYet("y should hold both labels, 0 and 1, and no others.")
    return require_finite("check", "x", x.astype(float)), y.astype(int)


def grade_slowest(x: Any, y: Any) -> str:
    """At most ten points in the square from −1 to 1 that take a perceptron a hundred mistakes or more."""
    x, y = _small_problem(x, y)
    if x.shape[1] != 2 or len(x) > 10:
        raise NotYet(f"at most ten points with two coordinates each are wanted; x has shape {x.shape}.")
    if np.abs(x).max() > 1:
        raise NotYet("all the coordinates should be between −1 and 1: larger ones would make it too easy.")
    perceptron = Perceptron(2).fit(x, y, epochs=100_000 // len(x))
    mistakes = sum(perceptron.mistakes)
    if not perceptron.converged:
        raise NotYet(f"still mistakes after {mistakes:,} of them: are these separable at all? The learning has to end.")
    if mistakes < 100:
        raise NotYet(f"learnt after {mistakes} mistakes. The bound is (R/γ)²: what makes γ, the gap, small?")
    return f"learnt after {mistakes:,} mistakes. How far can you get?"
