"""Chapter 01: right answers in other styles, and wrong ones that no table of formulas can make."""

import math

import numpy as np
from learners import right, wrong


@right("or_gate")
def _():
    return [1, 1], -0.5


@right("or_gate")
def _():
    return (True, 2), np.float32(-0.25)


@right("or_gate")
def _():
    return np.array([5, 5], dtype=np.int8), -1


@wrong("or_gate", "for x = (1, 0) it has z = −0.5, so it answers 0; OR says 1")
def _():
    return np.array([0.0, 1.0]), -0.5


@right("threshold")
def _():
    return -3 / 2, 3 / 2


@right("threshold")
def _():
    return np.float32(-1.5), np.array(1.5)


@right("threshold")
def _():
    threshold = 1.5
    b = -threshold
    return b, -1 * b


@wrong("threshold", "b should hold numbers, but it is 'minus 1.5'")
def _():
    return "minus 1.5", 1.5


@right("predict")
def _(w, b, x):
    return x @ w + b > 0


@right("predict")
def _(w, b, x):
    return [int(row @ w + b > 0) for row in x]


@right("predict")
def _(w, b, x):
    answers = np.zeros(len(x), dtype=np.int8)
    for i in range(len(x)):
        z = b
        for j in range(len(w)):
            z += w[j] * x[i, j]
        if z > 0:
            answers[i] = 1
    return answers


@right("predict")
def _(w, b, x):
    return np.heaviside(np.float32(x) @ np.float32(w) + b, 0)


@wrong("predict", "20 rows of x should give 20 answers")
def _(w, b, x):
    return int((x[0] @ w + b) > 0)


@wrong("predict", "inside the loop")
def _(w, b, x):
    for row in x:
        return [row @ w + b > 0]


@wrong(
    "predict",
    "stops with ValueError: in w @ x, w is (3,) and x is (20, 3). In a product the inner two "
    "numbers must agree; here they are 3 and 20. The other way round, x @ w, they do.",
)
def _(w, b, x):
    return w @ x + b


@wrong("predict", "in np.dot(w, x), w is (3,) and x is (20, 3). In a product the inner two")
def _(w, b, x):
    return np.dot(w, x) + b > 0


@wrong("predict", "returns nothing")
def _(w, b, x):
    (x @ w + b > 0).astype(int)


@wrong("predict", "your answers are texts, such as ")
def _(w, b, x):
    return (x @ w + b > 0).astype(int).astype(str)


@wrong("predict", "exactly on the line, where z = 0, yours is 0.5 and should be 0")
def _(w, b, x):
    return (np.sign(x @ w + b) + 1) / 2


@wrong("predict", "in place")
def _(w, b, x):
    x *= w
    return (x.sum(axis=1) + b > 0).astype(int)


@wrong("predict", "the answers should be of shape (20,), but it has shape (20, 1); .ravel()")
def _(w, b, x):
    return (x @ w.reshape(-1, 1) + b > 0).astype(int)


@wrong("predict", "row 1 has z = −3.969, so the answer is 0; yours is 1")
def _(w, b, x):
    return np.ones(len(x))


@right("distance")
def _(w, b, x):
    return (np.dot(w, x) + b) / np.linalg.norm(w)


@right("distance")
def _(w, b, x):
    length = math.sqrt(sum(weight**2 for weight in w))
    return sum(weight * value for weight, value in zip(w, x, strict=True)) / length + b / length


@right("distance")
def _(w, b, x):
    w, x = w.astype(np.float32), x.astype(np.float32)
    return (w @ x + np.float32(b)) * (w @ w) ** -0.5


@wrong("distance", "returns nothing")
def _(w, b, x):
    print((w @ x + b) / np.sqrt(w @ w))


@wrong("distance", "should be a single number, but it has shape (2,)")
def _(w, b, x):
    return (w * x + b) / np.sqrt(w @ w)


@wrong("distance", "the sign is that of w·x, without b; it should be the sign of z")
def _(w, b, x):
    d = abs(w @ x + b) / np.linalg.norm(w)
    return d if w @ x > 0 else -d


@wrong("distance", "in place")
def _(w, b, x):
    w /= np.sqrt(w @ w)
    return w @ x + b


@wrong("distance", "for w = [3, −4], b = 2 and x = [1, 5] it should be −3, but it is −1")
def _(w, b, x):
    return (w @ x + b) / np.sqrt(9 * w @ w)


@wrong("distance", "it should be 0.70710678, but it is 0.70711.")
def _(w, b, x):
    return float(f"{(w @ x + b) / np.sqrt(w @ w):.5f}")


@right("update")
def _(w, b, x, sign, learning_rate):
    if sign * (1 if w @ x + b > 0 else -1) > 0:
        return [w, b]
    return [w + learning_rate * sign * x, b + learning_rate * sign]


@right("update")
def _(w, b, x, sign, learning_rate):
    guess = np.where(w @ x + b > 0, 1, -1)
    error = (sign - guess) / 2
    return w + learning_rate * error * x, b + learning_rate * error


@right("update")
def _(w, b, x, sign, learning_rate):
    z = sum(w[i] * x[i] for i in range(len(x))) + b
    new = list(w)
    if (z > 0) != (sign > 0):
        for i in range(len(x)):
            new[i] = new[i] + learning_rate * sign * x[i]
        b = b + learning_rate * sign
    return new, b


@right("update")
def _(w, b, x, sign, learning_rate):
    w = w.astype(np.float32)
    if (z := w @ x + b) <= 0 < sign or sign < 0 < z:
        w += learning_rate * sign * x
        b += learning_rate * sign
    return w, np.float32(b)


@wrong("update", "2 things are expected, return the new w, the new b; but one ndarray came back")
def _(w, b, x, sign, learning_rate):
    if (1 if w @ x + b > 0 else -1) == sign:
        return w, b
    return w + learning_rate * sign * x


@wrong("update", "w is right; Δb should be learning_rate · sign = 0.25, but it is 1")
def _(w, b, x, sign, learning_rate):
    if (1 if w @ x + b > 0 else -1) == sign:
        return w, b
    return w + learning_rate * sign * x, b + sign


@wrong("update", "Δw should be learning_rate · sign · x = [0.5, 1], but it is [0.25, 0.25]")
def _(w, b, x, sign, learning_rate):
    if (1 if w @ x + b > 0 else -1) == sign:
        return w, b
    return w + learning_rate * sign, b + learning_rate * sign


@wrong("update", "Δw should be learning_rate · sign · x = [3, 6], but it is [0.5, 1]")
def _(w, b, x, sign, learning_rate):
    if (1 if w @ x + b > 0 else -1) == sign:
        return w, b
    return w + 0.25 * sign * x, b + 0.25 * sign


@wrong("update", "in place")
def _(w, b, x, sign, learning_rate):
    if (1 if w @ x + b > 0 else -1) != sign:
        w += learning_rate * sign * x
        b += learning_rate * sign
    return w, b


@wrong("update", "returns nothing")
def _(w, b, x, sign, learning_rate):
    if (1 if w @ x + b > 0 else -1) != sign:
        return w + learning_rate * sign * x, b + learning_rate * sign


@right("break_it")
def _():
    return [[1], [2]], [0, 1]


@right("break_it")
def _():
    return [[1], [2]], [False, True]


@right("break_it")
def _():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
    return x, np.array([0, 0, 0, 1], dtype=np.uint8)


@wrong("break_it", "could not be read")
def _():
    return [[1, 2], [3]], [0, 1]


@wrong("break_it", "y should hold both labels, 0 and 1")
def _():
    return [[1], [2]], [-1, 1]


@right("slowest")
def _():
    return [[1, 1], [1, 0.95], [-1, 0.95]], [1, 0, 0]


@right("slowest")
def _():
    x = ((1.0, 1.0), (1.0, 0.96))
    return x, (True, False)


@right("slowest")
def _():
    return np.array([[1, 1], [1, 0.96875]], dtype=np.float32), np.array([1, 0])


@wrong("slowest", "x should hold at most ten points with two coordinates each")
def _():
    return [[1.0], [0.95]], [1, 0]
