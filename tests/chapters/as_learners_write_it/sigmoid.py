"""Chapter 03: right answers in other styles, and wrong ones that no table of formulas can make."""

import math

import numpy as np
from learners import right, wrong

numpy_tanh = np.tanh

# slope


@right("slope")
def _(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


@right("slope")
def _(z):
    slopes = []
    for one in z:
        a = 1 / (1 + math.exp(-one))
        slopes.append(a * (1 - a))
    return slopes


@right("slope")
def _(z):
    z = z.astype(np.float32)
    return 1 / (4 * np.cosh(z / 2) ** 2)


@right("slope")
def _(z):
    h = 1e-5

    def a(z):
        return 1 / (1 + np.exp(-z))

    return tuple((a(z + h) - a(z - h)) / (2 * h))


@wrong("slope", "slope(z) should be of shape (7,)")
def _(z):
    a = 1 / (1 + np.exp(-z))
    return (a * (1 - a)).mean()


@wrong("slope", "changes the array")
def _(z):
    z *= -1
    a = 1 / (1 + np.exp(z))
    return a * (1 - a)


@wrong("slope", "stops with TypeError")
def _(z):
    a = 1 / (1 + math.exp(-z))
    return a * (1 - a)


@wrong("slope", "nothing (None)")
def _(z):
    a = 1 / (1 + np.exp(-z))
    a * (1 - a)


@wrong("slope", "the factor σ(z) is missing")
def _(z):
    return np.exp(-z) / (1 + np.exp(-z))


@wrong("slope", "at z = 0 the slope is 0.250000, but yours says 0.500000")
def _(z):
    a = 1 / (1 + np.exp(-z))
    return 2 * a * (1 - a)


@wrong("slope", "that is the sigmoid itself, not its slope.")
def _(z):
    return [1 / (1 + math.exp(-one)) for one in z]


# nudge


@right("nudge")
def _(w, b, x, dw, db):
    z, dz = b, db
    for k in range(len(x)):
        z += w[k] * x[k]
        dz += dw[k] * x[k]
    a = 1 / (1 + math.exp(-z))
    return dz * a * (1 - a)


@right("nudge")
def _(w, b, x, dw, db):
    a = 1 / (1 + np.exp(-(np.sum(w * x) + b)))
    slopes_w, slope_b = a * (1 - a) * x, a * (1 - a)
    return np.array(slopes_w.dot(dw) + slope_b * db)


@right("nudge")
def _(w, b, x, dw, db):
    w, x, dw = (part.astype(np.float32) for part in (w, x, dw))
    z = np.float32(x @ w + b)
    a = 1 / (1 + np.exp(-z))
    return np.float32(a * (1 - a) * (dw @ x + db))


@wrong("nudge", "should be a single number, but it has shape (4,)")
def _(w, b, x, dw, db):
    a = 1 / (1 + np.exp(-(w @ x + b)))
    return a * (1 - a) * (x * dw + db)


@wrong("nudge", "it says 0.00000, but the prediction is")
def _(w, b, x, dw, db):
    return 0


@wrong("nudge", "that is Δz. The output changes σ′(z) times as much.")
def _(w, b, x, dw, db):
    return sum(one * change for one, change in zip(x, dw, strict=True)) + db


@wrong("nudge", "multiplied by σ(z); the slope is σ′(z) = a (1 − a)")
def _(w, b, x, dw, db):
    return (dw @ x + db) / (1 + math.exp(-(w @ x + b)))


@wrong("nudge", "the brackets: σ′(z) multiplies Δb too")
def _(w, b, x, dw, db):
    a = 1 / (1 + np.exp(-(w @ x + b)))
    return a * (1 - a) * x @ dw + db


@wrong("nudge", "Δz is right, but it is multiplied by 1 − a")
def _(w, b, x, dw, db):
    up = math.exp(-(w @ x + b))
    return up / (1 + up) * (x @ dw + db)


# tanh


@right("tanh")
def _(z):
    def s(z):
        return 1 / (1 + np.exp(-z))

    return s(2 * z) - s(-2 * z)


@right("tanh")
def _(z):
    return [2 / (1 + math.exp(-2 * one)) - 1 for one in z]


@right("tanh")
def _(z):
    a = 1 / (1 + np.exp(-2 * z.astype(np.float32)))
    return a - (1 - a)


@right("tanh")
def _(z):
    out = 2 / (1 + np.exp(-2 * z)) - 1
    assert np.allclose(out, np.tanh(z))
    return out


@right("tanh")
def _(z):
    return (1 - np.exp(-2 * z)) / (1 + np.exp(-2 * z))


@wrong("tanh", "right for moderate z, but at z = 720 it fails")
def _(z):
    up, down = np.exp(z), np.exp(-z)
    return (up - down) / (up + down)


@wrong("tanh", "right for moderate z, but at z = 720 it fails")
def _(z):
    return [math.sinh(one) / math.cosh(one) for one in z]


@wrong("tanh", "np.tanh itself")
def _(z):
    return numpy_tanh(z)


@wrong("tanh", "np.tanh itself")
def _(z):
    from math import tanh

    return [tanh(one) for one in z]


@wrong("tanh", "np.tanh itself")
def _(z):
    return [math.tanh(one) for one in z]


@wrong("tanh", "at z = -1.5 the tanh is -0.905148, but yours says -0.776870.")
def _(z):
    return np.where(z > 0, 1, -1) * (1 - np.exp(-np.abs(z)))


@wrong("tanh", "what about the width?")
def _(z):
    return (1 - np.exp(-z)) / (1 + np.exp(-z))


# softmax


@right("softmax")
def _(z, T):
    z = z / T
    powers = np.exp(z - np.max(z))
    return powers / np.sum(powers)


@right("softmax")
def _(z, T):
    largest = max(z)
    powers = [math.exp((score - largest) / T) for score in z]
    return [power / sum(powers) for power in powers]


@right("softmax")
def _(z, T):
    z = np.asarray(z, dtype=np.float32) / np.float32(T)
    z -= z.max()
    return tuple(np.exp(z) / np.exp(z).sum())


@right("softmax")
def _(z, T):
    scaled = z / T
    return np.exp(scaled - np.logaddexp.reduce(scaled))


@wrong("softmax", "T is not used")
def _(z, T):
    powers = np.exp(z) / T
    return powers / powers.sum()


@wrong("softmax", "softmax(z, T) should be of shape (4,)")
def _(z, T):
    powers = np.exp((z - z.max()) / T)
    return (powers / powers.sum())[None, :]


@wrong("softmax", "changes the array")
def _(z, T):
    z -= z.max()
    powers = np.exp(z / T)
    return powers / powers.sum()


@wrong("softmax", "the first share of (2, 0.5, −1, 0) at T = 1.0 is")
def _(z, T):
    return np.full(len(z), 1 / len(z))


@wrong("softmax", "right for small scores; for z = (1000, 999) at T = 1 it should say")
def _(z, T):
    powers = np.exp(np.minimum(z / T, 700))
    return powers / powers.sum()


@wrong("softmax", "for z = (1000, 999) at T = 1 it stops: exp of so large a number")
def _(z, T):
    powers = [math.exp(score / T) for score in z]
    return [power / sum(powers) for power in powers]


@wrong("softmax", "positive already, but the sum is not 1")
def _(z, T):
    largest = max(z)
    return [math.exp((score - largest) / T) for score in z]


@wrong("softmax", "for z = (2, 0.5, −1, 0) at T = 1.0 a share is not a finite number")
def _(z, T):
    powers = np.exp((z - 1000) / T)
    return powers / powers.sum()


@wrong("softmax", "is 0.71009992, but yours is 0.71010000. Do not round.")
def _(z, T):
    powers = np.exp((z - z.max()) / T)
    return (powers / powers.sum()).round(4)


# tower


@right("tower")
def _():
    return [200, 200], [-40, -100], [0.7, -0.7]


@right("tower")
def _():
    W = np.array([-100, -100], dtype=np.int16)  # steps that go down
    return W, -W * np.array([0.5, 0.2]), (0.7, -0.7)


@right("tower")
def _():
    W = np.full(2, 150, dtype=np.float32)
    return tuple(W), np.float32([-75, -30]), np.float32([-0.7, 0.7])


@wrong("tower", "far to the right 0.70 is left over")
def _():
    return [100, -100], [-20, 50], [0.7, 0.7]


@wrong("tower", "far to the right")
def _():
    return [100, 100], [-20, -50], [0.7, 0]


@wrong("tower", "v should be two numbers")
def _():
    return [100, 100], [-20, -50], 0.7


@wrong("tower", "W should be two numbers, such as [1, 1], but it has shape (2, 1)")
def _():
    return np.full((2, 1), 100), [-20, -50], [0.7, -0.7]


# break_it


@right("break_it")
def _():
    return "elu", -1


@right("break_it")
def _():
    return "elu", np.float32(-0.25)


@right("break_it")
def _():
    return "elu", np.array([-3.0, -1.0])[0]


@wrong("break_it", "z should be a single number")
def _():
    return "elu", np.array([-2.0, -0.5])


@wrong("break_it", "innocent: at z = -1 sigmoid claims 0.1966, and nudging says 0.1966")
def _():
    return "sigmoid", -1


# folds


@right("folds")
def _():
    return 1023.0


@right("folds")
def _():
    return np.int64(2) ** 10 - 1


@right("folds")
def _():
    pieces = 1
    for _ in range(10):
        pieces *= 2
    return np.float32(pieces - 1)


@wrong("folds", "each layer doubles the pieces")
def _():
    return 2**11 - 1


@wrong("folds", "single number")
def _():
    return [1023]


# wave


@right("wave")
def _():
    bends = [0.187, 0.326, 0.669, 0.808]
    W = [-1, -1, 1, -1]
    b = [-weight * bend for weight, bend in zip(W, bends, strict=True)]
    x = np.linspace(0, 1, 201)
    columns = np.column_stack([np.maximum(x[:, None] * W + b, 0), np.ones(201)])
    *v, d = np.linalg.lstsq(columns, np.sin(2 * np.pi * x))[0]
    return W, b, [float(weight) for weight in v], float(d)


@right("wave")
def _():
    knots = np.linspace(0, 1, 13, dtype=np.float32)
    slopes = np.diff(np.sin(2 * np.pi * knots)) / np.diff(knots)
    return np.ones(12, int), -knots[:-1], np.diff(slopes, prepend=np.float32(0)), 0


@right("wave")
def _():
    rng = np.random.default_rng(0)
    W = rng.standard_normal(60)
    b = -W * rng.random(60)
    x = np.linspace(0, 1, 101)
    columns = np.column_stack([np.maximum(x[:, None] * W + b, 0), np.ones(101)])
    v = np.linalg.lstsq(columns, np.sin(2 * np.pi * x))[0]
    return tuple(W), b, v[:-1], v[-1]


@wrong("wave", "d should be a single number")
def _():
    return [1, 1], [0, -0.5], [2, -4], [0.0]


@wrong("wave", "1 to 1,000 of them, but it has 1001")
def _():
    return np.ones(1001), np.ones(1001), np.ones(1001), 0
