"""What is right and what is not yet right about an answer in chapter 01, in the order of the chapter."""

from typing import Any

import numpy as np

from nnlib.chapters.kit.exercise import NotYet
from nnlib.chapters.kit.grading import call, number, numbers
from nnlib.datasets import truth_table
from nnlib.perceptron import Perceptron

CORNERS, _ = truth_table([0, 0, 0, 0])
GATES = {
    (0, 0, 0, 1): "AND",
    (1, 1, 1, 0): "NAND",
    (1, 0, 0, 0): "NOR",
    (0, 0, 0, 0): "never",
    (1, 1, 1, 1): "always",
}


def grade_or_gate(w: Any, b: Any) -> str:
    """Weights and a bias of a perceptron that answers OR."""
    w, b = numbers(w, "w", (2,)), number(b, "b")
    z = CORNERS @ w + b
    answers = tuple(int(value > 0) for value in z)
    if answers == (0, 1, 1, 1):
        return "1 as soon as one input is 1, and 0 for (0, 0)."
    if answers in GATES and answers != (1, 1, 1, 0) and answers != (1, 0, 0, 0) and w.min() <= 0:
        raise NotYet(
            f"each weight has to be above 0: with w = {w}, a vote of 0 or less can never say 1 on its own."
        )
    if answers in GATES:
        tie = " (A z of exactly 0 counts as 0.)" if (z == 0).any() else ""
        advice = {
            "AND": "one input alone must be enough, so the bias is too low",
            "NAND": "signs are flipped, and the threshold is that of AND",
            "NOR": "that is OR with the sign of every weight and of the bias flipped",
            "never": "no vote gets above the threshold, so the bias is too low",
            "always": "even with no vote at all it says 1: is the bias below 0?",
        }
        raise NotYet(f"your perceptron answers {GATES[answers]}: {advice[GATES[answers]]}.{tie}")
    row = next(i for i in range(4) if answers[i] != (0, 1, 1, 1)[i])
    x = tuple(int(value) for value in CORNERS[row])
    line = " A z of exactly 0 counts as 0." if z[row] == 0 else ""
    raise NotYet(
        f"for x = {x} it has z = {z[row]:g}, so it answers {answers[row]}, and OR wants {1 - answers[row]}.{line}"
    )


def grade_threshold(b: Any, w0: Any) -> str:
    """Bias and weight of the constant input x₀ = −1 that replace the threshold T = 1.5."""
    b, w0 = number(b, "b"), number(w0, "w0")
    if np.isclose(b, 1.5):
        raise NotYet(
            "b has the wrong sign: w·x > 1.5 is the same as w·x − 1.5 > 0, so which number is added?"
        )
    if not np.isclose(b, -1.5):
        raise NotYet(
            f"with b = {b:g} the neuron needs w·x > {0 - b:g} to answer 1, and it should need w·x > 1.5."
        )
    if np.isclose(w0, -1.5):
        raise NotYet(
            "b is right. w0 has the wrong sign: the input x₀ is −1, and (−1)·w0 must be −1.5."
        )
    if not np.isclose(w0, 1.5):
        raise NotYet(
            f"b is right. With w0 = {w0:g} the extra input adds {0 - w0:g} to the vote; it should add −1.5."
        )
    return "threshold 1.5, bias −1.5 and weight 1.5 on a constant input −1 are the same neuron."


def grade_predict(predict: Any) -> str:
    """A function predict(w, b, x) that answers 0 or 1 for every row of x."""
    rng = np.random.default_rng(2)
    w, b, x = np.array([1.0, -2.0, 0.5]), 1.5, rng.standard_normal((20, 3))
    wanted = (x @ w + b > 0).astype(int)
    got = numbers(_labels(call(predict, w, b, x), 20), "the answers", (20,))
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
        z = float(x[row] @ w + b)
        raise NotYet(
            f"row {row} has z = {z:.3f}, so the answer is {wanted[row]}; yours is {got[row]:g}."
        )
    one = numbers(
        _labels(call(predict, np.array([1.0]), -1.0, np.array([[1.0]])), 1),
        "the answer to one row",
        (1,),
    )
    if one[0] != 0:
        raise NotYet(
            f"exactly on the line, where z = 0, yours is {one[0]:g} and should be 0: z > 0, not z >= 0."
        )
    return "it answers a whole batch at once, and 0 on the line itself."


def _labels(answers: Any, n: int) -> Any:
    if isinstance(answers, np.ndarray) and answers.dtype.kind in "US":
        raise NotYet(
            f"your answers are texts, such as {str(answers.flat[0])!r}: 0 and 1 should be numbers."
        )
    if np.ndim(answers) == 0 or len(answers) != n:
        raise NotYet(f"for {n} rows of x, {n} answers are wanted. Is your return inside the loop?")
    return answers


def grade_distance(distance: Any) -> str:
    """A function distance(w, b, x): how far a point is from the line, with a sign for the side."""
    w, b, x = np.array([3.0, -4.0]), 2.0, np.array([1.0, 5.0])
    z, norm = float(x @ w + b), 5.0
    got = number(call(distance, w, b, x), "the distance")
    named = {
        z: "that is z itself: it grows when w and b are doubled, the line stays. Divide by the length of w.",
        z / norm**2: "it is divided by w·w, the squared length of w: take the square root.",
        z
        / norm
        / 2: "a/b**1/2 is (a/b)/2, half of it: the root needs brackets, (…)**(1/2), or np.sqrt.",
        z / norm**2 / 2: "a/b**1/2 is (a/b)/2: the root needs brackets, (…)**(1/2), or np.sqrt.",
        (z - b) + b / norm: "brackets: only b is divided by the length, and w·x is not.",
        abs(z)
        / norm: "the size is right, the sign is not: negative is the side where the answer is 0.",
        (z - b)
        / norm: "that is the distance from the parallel line through the origin: b is left out.",
        (z - 2 * b) / norm: "b is subtracted, and it should be added.",
        -b / norm: "that is how far the line is from the origin; x has to come into it.",
        z
        / len(w): "len(w) is how many weights there are; the length of an arrow is np.sqrt(w @ w).",
        z
        / (
            abs(w).sum()
        ): "the length of w is the root of its sum of squares, not the sum of its sizes.",
    }
    for value, words in named.items():
        if np.isclose(got, value):
            raise NotYet(words)
    if not np.isclose(got, z / norm):
        raise NotYet(
            f"for w = (3, −4), b = 2, x = (1, 5) it should be {z / norm:g}, and it is {got:g}."
        )
    _grade_other_distances(distance)
    return "the signed distance, (w·x + b) / ‖w‖, which no rescaling of w and b can change."


def _grade_other_distances(distance: Any) -> None:
    three, there = np.array([1.0, 2.0, 2.0]), np.array([0.5, 1.0, -1.0])
    other = number(call(distance, three, 1.0, there), "the distance")
    if not np.isclose(other, 0.5, rtol=1e-6):
        raise NotYet(
            f"right for two inputs; for w = (1, 2, 2), b = 1, x = (0.5, 1, −1) it should be 0.5; it is {other:g}."
        )
    exact = number(call(distance, np.array([1.0, 1.0]), 0.0, np.array([1.0, 0.0])), "the distance")
    if not np.isclose(exact, np.sqrt(0.5), rtol=1e-6):
        raise NotYet(f"do not round: √½ = 0.70710678… is wanted, and {exact:g} came.")


def grade_update(update: Any) -> str:
    """A function update(w, b, x, sign, learning_rate): one step of the learning rule, returning the new w and b."""
    w, x, rate = np.array([1.0, -1.0]), np.array([2.0, 4.0]), 0.25  # w·x = −2
    right = "is answered rightly, so nothing may change. (Is your guess −1 or +1, as sign is, and is b in your z?)"
    _require_same(
        call(update, w, 0.5, x, -1, rate), w, 0.5, f"z = −1.5 and the class −1: that {right}"
    )
    _grade_step(call(update, w, 0.5, x, 1, rate), w, 0.5, x, rate)
    new_w, new_b = _pair(call(update, w, 3.5, x, -1, rate))  # z = 1.5
    if np.allclose(new_w, w) and np.isclose(new_b, 3.5):
        raise NotYet(
            "z = w·x + b = −2 + 3.5 = 1.5 and the class is −1: a mistake, but nothing changed. Is b in z?"
        )
    if not (np.allclose(new_w, w - rate * x) and np.isclose(new_b, 3.5 - rate)):
        raise NotYet(
            "right for class +1; for a mistake on class −1, w and b have to move the other way."
        )
    nothing = np.zeros(3), 0.0
    new_w, _ = _pair(call(update, *nothing, np.ones(3), 1, rate), 3)
    if np.allclose(new_w, 0):
        raise NotYet(
            "at z = 0 the guess is −1, so for class +1 it is a mistake: learning starts there."
        )
    on_line = "at z = 0 the guess is −1, so class −1 is answered rightly: nothing may change. (sign·z <= 0 is a mistake "
    _require_same(
        call(update, *nothing, np.ones(3), -1, rate),
        *nothing,
        f"{on_line}only if the line counts as wrong.)",
    )
    far = np.array([-10.0, -10.0])
    new_w, _ = _pair(call(update, far, 0.0, x, 1, rate))
    if not np.allclose(new_w, far + rate * x):
        raise NotYet(
            "one call is one step: even if the example is still wrong after it, the next one has its turn."
        )
    return "right for both classes, leaves right answers alone, and learns on the line itself."


def _grade_step(result: Any, w: np.ndarray, b: float, x: np.ndarray, rate: float) -> None:
    """Look at the step for a mistake on class +1."""
    new_w, new_b = _pair(result)
    step, bias_step = new_w - w, new_b - b
    named = (
        (-rate * x, "w moves away from x: for a mistake on class +1, w has to move towards x."),
        (x, "the learning rate is left out: Δw is learning_rate · sign · x."),
        (2 * rate * x, "Δw is twice too large: sign − guess is 2 or −2; the rule has sign alone."),
        (0 * x, "z = −1.5 and the class is +1: that is a mistake, and w did not change."),
    )
    for wrong, words in named:
        if np.allclose(step, wrong):
            raise NotYet(words)
    if not np.allclose(step, rate * x):
        raise NotYet(f"Δw should be learning_rate · sign · x = {rate * x}, and it is {step}.")
    if np.isclose(bias_step, 0):
        raise NotYet(
            "w is right; b did not change. It is the weight of a constant input 1, so it learns too."
        )
    if not np.isclose(bias_step, rate):
        raise NotYet(
            f"w is right; Δb should be learning_rate · sign = {rate:g}, and it is {bias_step:g}."
        )


def _pair(result: Any, n: int = 2) -> tuple[np.ndarray, float]:
    if not (isinstance(result, tuple | list) and len(result) == 2):
        raise NotYet(
            f"the function should return two things, the new w and the new b; it returned {result!r}"
        )
    return numbers(result[0], "the new w", (n,)), number(result[1], "the new b")


def _require_same(result: Any, w: np.ndarray, b: float, words: str) -> None:
    new_w, new_b = _pair(result, len(w))
    if not (np.allclose(new_w, w) and np.isclose(new_b, b)):
        raise NotYet(words)


def broken_fit(x: np.ndarray, y: np.ndarray, epochs: int = 1000) -> tuple[np.ndarray, float, bool]:
    """Learn as a perceptron does, but with one line missing: the exercise *break it* is to find out which.

    Returns w, b and whether the last pass was without a mistake. Labels are 0 and 1.
    """
    x, y = np.asarray(x, float), np.asarray(y)
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
            "the sound perceptron still makes mistakes after 1000 passes, so nothing is proved against broken_fit: "
            "either no line separates these, or the gap is too narrow for 1000 passes. Take fewer or smaller numbers."
        )
    if broken_fit(x, y)[2]:
        raise NotYet(
            "broken_fit learns these too: a line through the origin does for them. What does a line need that must "
            "not go through the origin?"
        )
    return "the sound perceptron learns these, and broken_fit is still wrong after 1000 passes: it never changes b."


def _small_problem(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    rows = len(x) if isinstance(x, list | tuple | np.ndarray) and np.ndim(x) > 0 else 0
    width = np.shape(x)[1] if np.ndim(x) == 2 else 0
    if not (1 <= rows <= 100 and width):
        raise NotYet(
            f"x should hold up to 100 examples as rows, shape (n, d); it has shape {np.shape(x)}."
        )
    if np.shape(y) != (rows,):
        raise NotYet(
            f"y should hold one label for each of the {rows} rows of x; it has shape {np.shape(y)}."
        )
    x, y = numbers(x, "x", (rows, width)), numbers(y, "y", (rows,))
    if set(np.unique(y)) != {0.0, 1.0}:
        raise NotYet("y should hold both labels, 0 and 1, and no others.")
    return x, y.astype(int)


def grade_slowest(x: Any, y: Any) -> str:
    """At most ten points in the square from −1 to 1 that take a perceptron a hundred mistakes or more."""
    x, y = _small_problem(x, y)
    if x.shape[1] != 2 or len(x) > 10:
        raise NotYet(
            f"at most ten points with two coordinates each are wanted; x has shape {x.shape}."
        )
    if np.abs(x).max() > 1:
        raise NotYet(
            "all the coordinates should be between −1 and 1: larger ones would make it too easy."
        )
    perceptron = Perceptron(2).fit(x, y, epochs=100_000 // len(x))
    mistakes = sum(perceptron.mistakes)
    if not perceptron.converged:
        raise NotYet(
            f"still wrong after {mistakes:,} mistakes, and here the count stops: either no line separates these, or "
            "the gap is narrower than it need be. The learning has to end."
        )
    if mistakes < 100:
        raise NotYet(
            f"learnt after {mistakes} mistakes. The bound is (R/γ)²: what makes γ, the gap, small?"
        )
    return f"learnt after {mistakes:,} mistakes. How far can you get?"
