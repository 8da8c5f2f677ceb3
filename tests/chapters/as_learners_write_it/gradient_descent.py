"""Chapter 04: right answers in other styles, and wrong ones that no table of formulas can make."""

from fractions import Fraction

import numpy as np
from learners import right, wrong

from nnlib.numerics import one_hot, softmax

# slope


@right("slope")
def _(w, x, y):
    total = 0
    for one_x, one_y in zip(x, y, strict=True):
        total += (w * one_x - one_y) * one_x
    return total / len(x)


@right("slope")
def _(w, x, y):
    return np.array((w * x - y) @ x / len(x))


@right("slope")
def _(w, x, y):
    x, y = x.astype(np.float32), y.astype(np.float32)
    return np.float32(w) * np.mean(x * x) - np.mean(x * y)


@right("slope")
def _(w, x, y):
    def cost(w):
        return sum((w * x - y) ** 2) / (2 * len(x))

    return (cost(w + 1e-5) - cost(w - 1e-5)) / 2e-5


@wrong("slope", "slope(w, x, y) should be a single number, but it has shape (7,)")
def _(w, x, y):
    return (w * x - y) * x


@wrong("slope", "changes the array")
def _(w, x, y):
    y -= w * x
    return -(y * x).mean()


@wrong("slope", "it says 0, but a nudge of w says")
def _(w, x, y):
    return 0


@wrong("slope", "the sum is there, the mean is not: 1/n is missing.")
def _(w, x, y):
    return (w * x - y) @ x


# walk


@right("walk")
def _(gradient, v, eta, steps):
    place = v.copy()
    while steps > 0:
        place -= eta * gradient(place)
        steps -= 1
    return place


@right("walk")
def _(gradient, v, eta, steps):
    path = [v]
    for _ in range(steps):
        path.append(path[-1] - eta * gradient(path[-1]))
    return list(path[-1])


@right("walk")
def _(gradient, v, eta, steps):
    v = v.astype(np.float32)
    for _ in range(steps):
        v = (v - eta * gradient(v)).astype(np.float32)
    return v


@right("walk")
def walk(gradient, v, eta, steps):
    return v if steps == 0 else walk(gradient, v - eta * gradient(v), eta, steps - 1)


@wrong("walk", "changes the array")
def _(gradient, v, eta, steps):
    for _ in range(steps):
        v -= eta * gradient(v)
    return v


@wrong("walk", "one step only")
def _(gradient, v, eta, steps):
    for _ in range(steps):
        v = v - eta * gradient(v)
        return v


@wrong("walk", "it stays where it starts")
def _(gradient, v, eta, steps):
    for _ in range(steps):
        w = v - eta * gradient(v)  # noqa: F841
    return v


@wrong("walk", "the shape of the start, (2,), but it has ()")
def _(gradient, v, eta, steps):
    for _ in range(steps):
        v = v - eta * gradient(v)
    return v[0]


@wrong("walk", "five steps lead to [0.5905, −0.3361], but yours lead to [0, 0]")
def _(gradient, v, eta, steps):
    return np.zeros_like(v)


@wrong("walk", "right for two weights; from (0.5, −1, 2)")
def _(gradient, v, eta, steps):
    return v * (1 - eta * gradient(np.ones_like(v))) ** steps


@wrong("walk", "one step too few.")
def _(gradient, v, eta, steps):
    for _ in range(1, steps):
        v = v - eta * gradient(v)
    return v


# largest_rate


@right("largest_rate")
def _():
    return np.float32(1) / np.float32(3)


@right("largest_rate")
def _():
    curvatures = np.array([6, 1])
    return np.array(2 / curvatures.max())


@right("largest_rate")
def _():
    return 0.333333


@wrong("largest_rate", "as a quotient")
def _():
    return 0.333


@wrong("largest_rate", "eta should be a single number")
def _():
    return [1 / 3, 2]


# one_hot


@right("one_hot")
def _(labels, classes):
    return np.eye(classes)[labels]


@right("one_hot")
def _(labels, classes):
    return [[int(label == k) for k in range(classes)] for label in labels]


@right("one_hot")
def _(labels, classes):
    return labels[:, None] == np.arange(classes)


@right("one_hot")
def _(labels, classes):
    rows = np.zeros((len(labels), classes), dtype=np.float32)
    for row, label in enumerate(labels):
        rows[row, label] = 1
    return rows


@wrong("one_hot", "row 0 sums to 3: there should be a single 1 in each row.")
def _(labels, classes):
    rows = np.zeros((len(labels), classes))
    rows[:, labels] = 1
    return rows


@wrong("one_hot", "the answer should be of shape (4, 5), but it has shape (4, 4)")
def _(labels, classes):
    return np.eye(4)[labels]


@wrong("one_hot", "the answer should be of shape (2, 3), but it has shape (2, 5)")
def _(labels, classes):
    return np.eye(5)[labels]


@wrong("one_hot", "for the label 0 the row should be [1. 0. 0. 0. 0.], but it is [0. 0. 0. 0. 1.].")
def _(labels, classes):
    return np.eye(classes)[::-1][labels]


@wrong("one_hot", "stops with IndexError")
def _(labels, classes):
    return np.eye(classes - 2)[labels]


@wrong("one_hot", "every 1 is one place too far left")
def _(labels, classes):
    return np.eye(classes)[labels - 1]


# softmax_gradient


@right("softmax_gradient")
def _(x, W, b, labels):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for row, label in zip(x, labels, strict=True):
        powers = np.exp(row @ W + b)
        dz = powers / powers.sum()
        dz[label] -= 1
        dW += np.outer(row, dz) / len(x)
        db += dz / len(x)
    return [dW, db]


@right("softmax_gradient")
def _(x, W, b, labels):
    z = x @ W + b
    a = np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))
    a[np.arange(len(x)), labels] -= 1
    return np.einsum("ni,nk->ik", x, a) / len(x), np.ones(len(x)) @ a / len(x)


@right("softmax_gradient")
def _(x, W, b, labels):
    x, W, b = (part.astype(np.float32) for part in (x, W, b))
    z = x @ W + b
    powers = np.exp(z - z.max(axis=1)[:, None])
    a = powers / powers.sum(axis=1)[:, None]
    y = (labels[:, None] == np.arange(len(b))).astype(np.float32)
    return (x.T @ (a - y) / len(x)).tolist(), (a - y).mean(axis=0)


def shares(x, W, b):
    powers = np.exp(x @ W + b)
    return powers / powers.sum(axis=1, keepdims=True)


@wrong("softmax_gradient", "dW: rows and columns are swapped: it should be of shape (4, 3)")
def _(x, W, b, labels):
    dz = (shares(x, W, b) - np.eye(len(b))[labels]) / len(x)
    return dz.T @ x, dz.sum(axis=0)


@wrong("softmax_gradient", "db should be of shape (3,), but it has shape (6,)")
def _(x, W, b, labels):
    dz = (shares(x, W, b) - np.eye(len(b))[labels]) / len(x)
    return x.T @ dz, dz.sum(axis=1)


@wrong("softmax_gradient", "2 arrays are expected, return dW, db; but one ndarray came back")
def _(x, W, b, labels):
    dz = (shares(x, W, b) - np.eye(len(b))[labels]) / len(x)
    return x.T @ dz


@wrong("softmax_gradient", "dW: the sign is wrong")
def _(x, W, b, labels):
    return x.T @ (np.eye(len(b))[labels] - shares(x, W, b)) / len(x), b  # db is not there yet


@wrong("softmax_gradient", "] is 0.00000, but a nudge of W[")
def _(x, W, b, labels):
    return np.zeros_like(W), np.zeros_like(b)


@wrong("softmax_gradient", "dW is right, db is not: every example adds its dz to it")
def _(x, W, b, labels):
    dz = (shares(x, W, b) - np.eye(len(b))[labels]) / len(x)
    return x.T @ dz, dz[-1]


@wrong("softmax_gradient", "changes the array")
def _(x, W, b, labels):
    W += b
    dz = (shares(x, W, 0) - np.eye(len(b))[labels]) / len(x)
    return x.T @ dz, dz.sum(axis=0)


@wrong("softmax_gradient", "dW is right. In db the 1/n is missing.")
def _(x, W, b, labels):
    dz = shares(x, W, b) - np.eye(len(b))[labels]
    return x.T @ dz / len(x), dz.sum(axis=0)


@wrong("softmax_gradient", "dW: a is the sigmoid of each score")
def _(x, W, b, labels):
    a = 1 / (1 + np.exp(-(x @ W + b)))
    return x.T @ (a - np.eye(len(b))[labels]) / len(x), a[0]


# updates


@right("updates")
def _():
    return 605.0


@right("updates")
def _():
    return np.int32(5) * int(np.ceil(1205 / 10))


@right("updates")
def _():
    count = 0
    for _ in range(5):
        for _ in range(0, 1205, 10):
            count += 1
    return np.array(count)


@wrong("updates", "how many batches are needed for all 1,205 examples")
def _():
    return 5


@wrong("updates", "updates should be a single number")
def _():
    return [121] * 5


# break_it


@right("break_it")
def _():
    return [[1, 2], [3, 5]], None, [[0, 1], [1000, 1001]]


@right("break_it")
def _():
    batch = np.array([[0, 1, 2], [2000, 2001, 2005]], dtype=np.int32)
    return batch, None, batch


@right("break_it")
def _():
    rng = np.random.default_rng(0)
    batch = rng.normal(size=(5, 10)).astype(np.float32)
    return tuple(map(tuple, batch)), None, batch * 5000


@wrong("break_it", "third should be a batch of at least two rows and two columns")
def _():
    return [[1, 2], [3, 5]], None, [[1000, 1001]]


@wrong("break_it", "first holds a value that is not a finite number")
def _():
    return [[1, 2], [3, np.inf]], None, [[0, 1], [1000, 1001]]


# tune


@right("tune")
def _():
    return 0.05, 5


@right("tune")
def _():
    return np.float32(0.1), np.int64(12)


@right("tune")
def _():
    return np.array(0.8), 100.0


@wrong("tune", "learning_rate should be a single number")
def _():
    return [0.1, 0.5], 10


@wrong("tune", "many steps: is η too small, or so large that it never settles?")
def _():
    return 100, 10


# What students hand in whose loop, numbers or imports stand still.


@wrong("walk", "right for two weights; from (0.5, −1, 2)")
def _(gradient, v, eta, steps):
    for _ in range(5):
        v = v - eta * gradient(v)
    return v


@wrong("walk", "right for two weights; from (0.5, −1, 2)")
def _(gradient, v, eta, steps):
    for _ in range(steps):
        v = v - 0.1 * gradient(v)
    return v


@wrong("one_hot", "that is the library's one_hot")
def _(labels, classes):
    return one_hot(labels, classes)


@right("largest_rate")
def _():
    return Fraction(1, 3)


@wrong("softmax_gradient", "Take off each row's own maximum before exp")
def _(x, W, b, labels):
    z = x @ W + b
    a = np.exp(z - z.max())
    dz = (a / a.sum(axis=1, keepdims=True) - one_hot(labels, len(b))) / len(x)
    return x.T @ dz, dz.sum(axis=0)


@wrong("softmax_gradient", "but a nudge of W[")
def _(x, W, b, labels):
    a = np.exp(np.clip(x @ W + b, -700, 700))
    dz = (a / a.sum(axis=1, keepdims=True) - one_hot(labels, len(b))) / len(x)
    return x.T @ dz, dz.sum(axis=0)


@wrong("softmax_gradient", "your function stops with")
def _(x, W, b, labels):
    dz = (softmax(x @ W + b) - one_hot(labels, 3)) / len(x)
    return x.T @ dz, dz.sum(axis=0)
