"""Exercise 3 of chapter 01: the answers of a perceptron to a batch of examples."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import brief, grade_function, numbers


def predict(w, b, x):
    z = x @ w + b  # (n, d) @ (d,) is (n,)
    return (z > 0).astype(int)


WRONG = {
    "exactly on the line, where z = 0, yours is 1 and should be 0: z > 0, not z >= 0.": (
        lambda w, b, x: x @ w + b >= 0
    ),
    "the side is right, but the labels are −1 and 1 and should be 0 and 1.": (
        lambda w, b, x: np.where(x @ w + b > 0, 1, -1)
    ),
    "these are the votes z themselves: they still have to be compared with 0.": (
        lambda w, b, x: x @ w + b
    ),
    "b is subtracted, but it should be added: z = x @ w + b.": lambda w, b, x: x @ w - b > 0,
    "b is left out: z = x @ w + b.": lambda w, b, x: x @ w > 0,
    "every answer is the opposite of the right one: it is 1 where z > 0.": (
        lambda w, b, x: x @ w + b < 0
    ),
}


def read(answers, case):
    n = len(case[-1])
    if isinstance(answers, np.ndarray) and answers.dtype.kind in "US":
        text = str(answers.flat[0])
        raise NotYet(f"your answers are texts, such as {text!r}: 0 and 1 should be numbers.")
    if np.ndim(answers) == 0 or len(answers) != n:
        raise NotYet(f"{n} rows of x should give {n} answers. Is your return inside the loop?")
    return numbers(answers, "the answers", (n,))


def otherwise(case, got, right):
    w, b, x = case
    row = int(np.flatnonzero(got != right)[0])
    z = float(x[row] @ w + b)
    if z == 0:
        return f"exactly on the line, where z = 0, yours is {brief(got[row])} and should be 0."
    return (
        f"row {row} has z = {brief(z)}, so the answer is {right[row]}; yours is {brief(got[row])}."
    )


CASES = [
    (np.array([1.0, -2.0, 0.5]), 1.5, np.random.default_rng(2).standard_normal((20, 3))),
    (np.array([1.0]), -1.0, np.array([[1.0]])),
]

exercise = Exercise(
    names=("predict",),
    grade=grade_function(
        predict,
        CASES,
        WRONG,
        read=read,
        otherwise=otherwise,
        praise="it answers a whole batch at once, and 0 on the line itself.",
    ),
    hints=(
        "x has shape (n, d) and w has shape (d,). Which product gives one number for each row?",
        "z = x @ w + b is (n,). Comparing it with 0 gives True or False for each row.",
        "(z > 0).astype(int) turns True and False into 1 and 0.",
    ),
    solution=predict,
    wrong=WRONG,
    noise=lambda rng: (lambda w, b, x: rng.integers(0, 2, len(x)),),
)
