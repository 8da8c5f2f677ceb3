"""The exercises of chapter 01, in the order of the chapter: hints, solutions and the mistakes that are known."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlib.chapters.kit.exercise import Chapter, Exercise, Mistake
from nnlib.chapters.perceptron.exercises.graders import (
    broken_fit,
    grade_break_it,
    grade_distance,
    grade_or_gate,
    grade_predict,
    grade_slowest,
    grade_threshold,
    grade_update,
)

__all__ = ["broken_fit", "chapter", "check", "hint", "solution"]


def _random_function(rng: np.random.Generator, make: Callable[..., Any]) -> tuple[Any, ...]:
    return (lambda *_: make(rng),)


def _update(new: str, *, always: bool = False, on_line: bool = False, z: str = "w @ x + b") -> str:
    """Return the code of an update that returns ``new`` on a mistake, or wrongly always, or wrongly not at z = 0."""
    right = f"sign * ({z}) >= 0" if on_line else f"(1 if {z} > 0 else -1) == sign"
    keep = "False" if always else right
    return f"def update(w, b, x, sign, learning_rate):\n    if {keep}:\n        return w, b\n    return {new}"


chapter = Chapter(
    or_gate=Exercise(
        grade_or_gate,
        hints=(
            "Write down z for the four inputs (0,0), (0,1), (1,0), (1,1), with w₁, w₂ and b as letters.",
            "Of the four z, one must be 0 or less and three above 0. Which one tells you the sign of b?",
            "Take both weights equal to 1. Which b is between −1 and 0?",
        ),
        code="""
            w = np.array([1.0, 1.0])
            b = -0.5          # (0,0): −0.5;  (0,1) and (1,0): 0.5;  (1,1): 1.5
        """,
        mistakes=(
            Mistake("w = np.array([1.0, 1.0]); b = -1.5", "answers AND"),
            Mistake("w = np.array([-1.0, -1.0]); b = 0.5", "answers NOR"),
            Mistake("w = np.array([-1.0, -1.0]); b = 1.5", "answers NAND"),
            Mistake("w = np.array([1.0, 1.0]); b = 0.5", "answers always"),
            Mistake("w = np.array([1.0, 1.0]); b = -2.0", "answers never"),
            Mistake("w = np.array([1.0, 2.0]); b = -1.0", "A z of exactly 0 counts as 0"),
            Mistake("w = np.array([[1.0, 1.0]]); b = -0.5", "shape (1, 2)"),
            Mistake("w = np.array([0.0, 1.0]); b = -1.5", "has to be above 0"),
            Mistake("w = 1.0; b = -0.5", "two numbers"),
            Mistake("w = [1.0, 1.0]; b = None", "b is None"),
        ),
        noise=lambda rng: (-rng.random(2), -rng.random()),
    ),
    threshold=Exercise(
        grade_threshold,
        hints=(
            "Bring 1.5 to the other side of w·x > 1.5.",
            "Now write the number that is added as w0 times the input x₀ = −1.",
        ),
        code="""
            b = -1.5          # w·x > 1.5  is  w·x − 1.5 > 0
            w0 = 1.5          # (−1) · 1.5 = −1.5
        """,
        mistakes=(
            Mistake("b = 1.5; w0 = 1.5", "b has the wrong sign"),
            Mistake("b = -1.5; w0 = -1.5", "w0 has the wrong sign"),
            Mistake("b = 'minus 1.5'; w0 = 1.5", "b should hold numbers"),
        ),
        noise=lambda rng: (rng.normal(), rng.normal()),
    ),
    predict=Exercise(
        grade_predict,
        hints=(
            "x has shape (n, d) and w has shape (d,). Which product gives one number for each row?",
            "z = x @ w + b is (n,). Comparing it with 0 gives True or False for each row.",
            "(z > 0).astype(int) turns True and False into 1 and 0.",
        ),
        code="""
            def predict(w, b, x):
                z = x @ w + b                 # (n, d) @ (d,) is (n,)
                return (z > 0).astype(int)
        """,
        mistakes=(
            Mistake(
                "def predict(w, b, x): return (x @ w + b >= 0).astype(int)", "exactly on the line"
            ),
            Mistake("def predict(w, b, x): return x @ w + b", "votes z themselves"),
            Mistake(
                "def predict(w, b, x): return np.where(x @ w + b > 0, 1, -1)", "labels are −1 and 1"
            ),
            Mistake("def predict(w, b, x): return (x @ w - b > 0).astype(int)", "b is subtracted"),
            Mistake("def predict(w, b, x): return (x @ w > 0).astype(int)", "b is left out"),
            Mistake("def predict(w, b, x): return (x @ w + b < 0).astype(int)", "the opposite"),
            Mistake(
                "def predict(w, b, x): return int((x[0] @ w + b) > 0)", "20 answers are wanted"
            ),
            Mistake("def predict(w, b, x): return w @ x + b", "stops with ValueError"),
            Mistake("def predict(w, b, x): (x @ w + b > 0).astype(int)", "returns nothing"),
            Mistake(
                "def predict(w, b, x): return (x @ w + b > 0).astype(int).astype(str)", "are texts"
            ),
            Mistake("def predict(w, b, x): return (np.sign(x @ w + b) + 1) / 2", "yours is 0.5"),
            Mistake(
                "def predict(w, b, x):\n    for row in x:\n        return [row @ w + b > 0]",
                "inside the loop",
            ),
            Mistake(
                "def predict(w, b, x):\n    x *= w\n    return (x.sum(axis=1) + b > 0).astype(int)",
                "in place",
            ),
        ),
        noise=lambda rng: _random_function(rng, lambda rng: rng.integers(0, 2, 20)),
    ),
    distance=Exercise(
        grade_distance,
        hints=(
            "Start on the line and walk d steps of length 1 along w. By how much does w·x + b grow?",
            "A step of length 1 along w is w/‖w‖, and w·(w/‖w‖) = ‖w‖. So z = d·‖w‖.",
            "‖w‖ is np.sqrt(w @ w), or np.linalg.norm(w).",
        ),
        code="""
            def distance(w, b, x):
                return (w @ x + b) / np.sqrt(w @ w)
        """,
        mistakes=(
            Mistake("def distance(w, b, x): return w @ x + b", "z itself"),
            Mistake("def distance(w, b, x): return (w @ x + b) / (w @ w)", "squared length"),
            Mistake(
                "def distance(w, b, x): return abs(w @ x + b) / np.sqrt(w @ w)", "the sign is not"
            ),
            Mistake("def distance(w, b, x): return w @ x / np.sqrt(w @ w)", "b is left out"),
            Mistake(
                "def distance(w, b, x): return -(w @ x + b) / np.sqrt(w @ w)", "the sign is not"
            ),
            Mistake("def distance(w, b, x): return (w @ x + b) / abs(w).sum()", "sum of its sizes"),
            Mistake(
                "def distance(w, b, x): return (w @ x + b) / np.hypot(w[0], w[1])",
                "right for two inputs",
            ),
            Mistake(
                "def distance(w, b, x): return round((w @ x + b) / np.sqrt(w @ w), 2)",
                "do not round",
            ),
            Mistake(
                "def distance(w, b, x): return w @ x + b / np.sqrt(w @ w)", "only b is divided"
            ),
            Mistake(
                "def distance(w, b, x): return (w @ x + b) / np.sqrt(w @ w)**1/2", "needs brackets"
            ),
            Mistake(
                "def distance(w, b, x): return (w @ x - b) / np.sqrt(w @ w)", "b is subtracted"
            ),
            Mistake("def distance(w, b, x): return (w @ x + b) / len(w)", "how many weights"),
            Mistake("def distance(w, b, x): return -b / np.sqrt(w @ w)", "x has to come into it"),
            Mistake(
                "def distance(w, b, x): print((w @ x + b) / np.sqrt(w @ w))", "returns nothing"
            ),
        ),
        noise=lambda rng: _random_function(rng, lambda rng: rng.normal()),
    ),
    update=Exercise(
        grade_update,
        hints=(
            "First find out what the perceptron answers: +1 where w·x + b > 0, else −1.",
            "If the answer equals sign, return w and b as they are.",
            "Else return w + learning_rate * sign * x, and b + learning_rate * sign.",
        ),
        code="""
            def update(w, b, x, sign, learning_rate):
                answer = 1 if w @ x + b > 0 else -1
                if answer == sign:
                    return w, b
                return w + learning_rate * sign * x, b + learning_rate * sign
        """,
        mistakes=(
            Mistake(
                _update("w - learning_rate * sign * x, b - learning_rate * sign"), "moves away"
            ),
            Mistake(_update("w + sign * x, b + sign"), "learning rate is left out"),
            Mistake(_update("w + learning_rate * sign * x, b"), "b did not change"),
            Mistake(_update("w + learning_rate * x, b + learning_rate"), "the other way"),
            Mistake(_update("w + learning_rate * sign * x"), "return two things"),
            Mistake(_update("w + learning_rate * sign * x, b + sign"), "Δb should be"),
            Mistake(
                _update("w + learning_rate * sign * x, b + learning_rate * sign", always=True),
                "answered rightly",
            ),
            Mistake(
                _update("w + learning_rate * (sign - (1 if w @ x + b > 0 else -1)) * x, b"),
                "twice too large",
            ),
            Mistake(
                _update("w + learning_rate * sign * x, b + learning_rate * sign", z="w @ x"),
                "Is b in z",
            ),
            Mistake(
                "def update(w, b, x, sign, learning_rate):\n"
                "    guess = 1 if w @ x + b > 0 else 0\n"
                "    return (w, b) if guess == sign else (w + learning_rate * sign * x, b + learning_rate * sign)",
                "−1 or +1, as sign is",
            ),
            Mistake(
                "def update(w, b, x, sign, learning_rate):\n"
                "    if sign * (w @ x + b) <= 0:\n"
                "        w, b = w + learning_rate * sign * x, b + learning_rate * sign\n"
                "    return w, b",
                "only if the line counts as wrong",
            ),
            Mistake(
                "def update(w, b, x, sign, learning_rate):\n"
                "    while (1 if w @ x + b > 0 else -1) != sign:\n"
                "        w, b = w + learning_rate * sign * x, b + learning_rate * sign\n"
                "    return w, b",
                "one call is one step",
            ),
            Mistake(
                _update("w + learning_rate * sign * x, b + learning_rate * sign", on_line=True),
                "at z = 0",
            ),
            Mistake(
                _update("(w.__iadd__(learning_rate * sign * x), b + learning_rate * sign)"),
                "in place",
            ),
        ),
        noise=lambda rng: _random_function(rng, lambda rng: (rng.normal(size=2), rng.normal())),
    ),
    break_it=Exercise(
        grade_break_it,
        hints=(
            "Read broken_fit beside Perceptron.learn. Which of the two, w or b, is never changed?",
            "Its b stays 0, so its line always goes through the origin.",
            "One input is enough: which two points on the right half of an axis can no such line tell apart?",
        ),
        code="""
            x = np.array([[1.0], [2.0]])      # both on the same side of the origin
            y = np.array([0, 1])              # the threshold has to lie between 1 and 2
        """,
        mistakes=(
            Mistake(
                "x = np.array([[-1.0], [1.0]]); y = np.array([0, 1])", "broken_fit learns these too"
            ),
            Mistake(
                "x = np.array([[0., 0], [0, 1], [1, 0], [1, 1]]); y = np.array([0, 1, 1, 0])",
                "no line separates",
            ),
            Mistake("x = np.array([[1.0], [2.0]]); y = np.array([1, 1])", "both labels"),
            Mistake("x = np.array([1.0, 2.0]); y = np.array([0, 1])", "as rows"),
            Mistake("x = np.array([[1.0], [2.0]]); y = np.array([0, 1, 1])", "one label for each"),
        ),
        noise=lambda rng: (rng.normal(size=(40, 2)), rng.permutation(40) % 2),
    ),
    slowest=Exercise(
        grade_slowest,
        hints=(
            "The bound is (R/γ)², and R is at most √3 in this square. So γ has to be small.",
            "Two points of different classes very close to each other make γ small, and one such pair can be enough.",
            "Put the pair far from the origin, where a line from the start has to turn a long way to fit between.",
        ),
        code="""
            x = np.array([[1.0, 1.0], [1.0, 0.95], [-1.0, 0.95]])
            y = np.array([1, 0, 0])
        """,
        mistakes=(
            Mistake(
                "x = np.array([[1.0, 1.0], [-1.0, -1.0]]); y = np.array([1, 0])", "The bound is"
            ),
            Mistake(
                "x = np.array([[0.1, 0.1], [0.1, 0.1]]); y = np.array([1, 0])", "no line separates"
            ),
            Mistake(
                "x = np.array([[9.0, 9.0], [9.0, 8.9]]); y = np.array([1, 0])", "between −1 and 1"
            ),
            Mistake("x = np.ones((11, 2)); y = np.arange(11) % 2", "at most ten"),
        ),
        noise=lambda rng: (rng.uniform(0.5, 1, (2, 2)) * [[1], [-1]], np.array([0, 1])),
    ),
)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
