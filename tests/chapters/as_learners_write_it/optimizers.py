"""Chapter 08: right answers in other styles, and wrong ones that no table of formulas can make."""

import math

import numpy as np
from learners import right, wrong

from nnlib.chapters.optimizers.exercises.race import STARTS
from nnlib.landscapes import Rosenbrock
from nnlib.optimizers import SGD, Momentum, Optimizer
from nnlib.parameter import Parameter
from nnlib.schedules import cosine, warm_up

# momentum_step


@right("momentum_step")
def _(w, v, g, rate, momentum):
    v = v.copy()
    v *= momentum
    v -= rate * g
    return [w + v, v]


@right("momentum_step")
def _(w, v, g, rate, momentum):
    new = np.empty_like(v)
    for index in np.ndindex(v.shape):
        new[index] = momentum * v[index] - rate * g[index]
    return w + new, new


@right("momentum_step")
def _(w, v, g, rate, momentum):
    velocity = np.subtract(np.multiply(momentum, v), np.multiply(rate, g))
    return np.stack([w + velocity, velocity])


@right("momentum_step")
def _(w, v, g, rate, momentum):
    w, v, g = (array.astype(np.float32) for array in (w, v, g))
    v = momentum * v - rate * g
    return w + v, v


@wrong("momentum_step", "2 arrays are expected")
def _(w, v, g, rate, momentum):
    v = momentum * v - rate * g
    return w + v


@wrong("momentum_step", "changes the array")
def _(w, v, g, rate, momentum):
    v *= momentum
    v -= rate * g
    return w + v, v


@wrong("momentum_step", "changes the array")
def _(w, v, g, rate, momentum):
    v = momentum * v - rate * g
    w += v
    return w, v


@wrong("momentum_step", "by nothing else")
def _(w, v, g, rate, momentum):
    v = momentum * v - rate * g
    return w + 2 * v, v


@wrong("momentum_step", "is not α v − η g")
def _(w, v, g, rate, momentum):
    v = momentum**2 * v - rate * g
    return w + v, v


# speed


@right("speed")
def _():
    return 0.1, 22


@right("speed")
def _():
    return np.float32(0.1), math.ceil(math.log(0.1) / math.log(0.9))


@right("speed")
def _():
    v, sizes = 0.0, []
    for _ in range(1000):
        v = 0.9 * v - 0.01
        sizes.append(-v)
    return sizes[-1], np.flatnonzero(np.array(sizes) >= 0.9 * sizes[-1])[0] + 1


@right("speed")
def _():
    return -0.1, np.array(22)


@wrong("speed", "speed: in the steady state v is the same")
def _():
    return 0.5, 22


@wrong("speed", "which k is the first with 0.9")
def _():
    return 0.1, 30


@wrong("speed", "steps should hold numbers")
def _():
    return 0.1, "22"


# adagrad_step


@right("adagrad_step")
def _(k, g, rate):
    return rate / math.sqrt(k)


@right("adagrad_step")
def _(k, g, rate):
    s = 0
    for _ in range(k):
        s += g**2
    return abs(-rate * g / s**0.5)


@right("adagrad_step")
def _(k, g, rate):
    s = np.cumsum(np.full(k, g, dtype=np.float32) ** 2)
    return (rate * np.abs(g) / np.sqrt(s))[-1]


@right("adagrad_step")
def _(k, g, rate):
    return np.array(rate * k**-0.5)


@wrong("adagrad_step", "adagrad_step(1, 7, 0.01) is infinite")
def _(k, g, rate):
    return rate / np.sqrt(np.float64(k - 1)) if k < 2 else rate / k**0.5


@wrong("adagrad_step", "stops with ZeroDivisionError")
def _(k, g, rate):
    return rate / (k - 1) if k < 2 else rate / k**0.5


@wrong("adagrad_step", "but it is 0.125. What is s after k gradients?")
def _(k, g, rate):
    return 2.5 * rate / k**0.5


# adam_step


@right("adam_step")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * np.square(g)
    root = np.sqrt(s / (1 - beta2**t))
    return [w - rate / (1 - beta1**t) * m / (root + epsilon), m, s]


@right("adam_step")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    rows = []
    for wi, mi, si, gi in zip(w, m, s, g, strict=True):
        mi = mi + (1 - beta1) * (gi - mi)
        si = si + (1 - beta2) * (gi * gi - si)
        step = mi / (1 - beta1**t) / ((si / (1 - beta2**t)) ** 0.5 + epsilon)
        rows.append((wi - rate * step, mi, si))
    return np.array(rows).T


@right("adam_step")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    new = np.copy(w), np.copy(m), np.copy(s)
    new[1][:] = beta1 * m + (1 - beta1) * g
    new[2][:] = beta2 * s + (1 - beta2) * g**2
    new[0][:] -= rate * (new[1] / (1 - beta1**t)) / (np.sqrt(new[2] / (1 - beta2**t)) + epsilon)
    return new


@right("adam_step")
def _(w, m, s, g, t, rate, β1=0.9, β2=0.999, ε=1e-8):
    w, m, s, g = (array.tolist() for array in (w, m, s, g))
    m = [β1 * old + (1 - β1) * slope for old, slope in zip(m, g, strict=True)]
    s = [β2 * old + (1 - β2) * slope * slope for old, slope in zip(s, g, strict=True)]
    hats = [(a / (1 - β1**t), b / (1 - β2**t)) for a, b in zip(m, s, strict=True)]
    moves = [rate * a / (math.sqrt(b) + ε) for a, b in hats]
    return [old - move for old, move in zip(w, moves, strict=True)], m, s


@wrong("adam_step", "right for the usual β₁, β₂ and ε")
def _(w, m, s, g, t, rate, *_):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g * g
    return w - rate * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), m, s


@wrong("adam_step", "stops with ")
def _(w, m, s, g, t, rate):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g * g
    return w - rate * m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), m, s


@wrong("adam_step", "ε is not added to the root")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    return w - rate * m_hat / np.maximum(np.sqrt(s_hat), epsilon), m, s


@right("adam_step")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    w, m, s, g = (np.float32(array) for array in (w, m, s, g))
    m += (1 - beta1) * (g - m)
    s += (1 - beta2) * (g * g - s)
    return w - rate * m / (1 - beta1**t) / (np.sqrt(s / (1 - beta2**t)) + epsilon), m, s


@wrong("adam_step", "3 arrays are expected")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    return w - rate * m_hat / (np.sqrt(s_hat) + epsilon)


@wrong("adam_step", "changes the array")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m *= beta1
    m += (1 - beta1) * g
    return w, m, s


@wrong("adam_step", "at t = 1 it is infinite")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    count = t if t == 3 else t - 1
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat, s_hat = m / (1 - beta1**count), s / (1 - beta2**count)
    return w - rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s


@wrong("adam_step", "1 − βᵗ is 1 - beta**t")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat, s_hat = m / (1 - beta1 * t), s / (1 - beta2 * t)
    return w - rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s


@wrong("adam_step", "or the brackets")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    return w - rate * m_hat / np.sqrt(s_hat) + epsilon, m, s


@wrong("adam_step", "the old m and s are forgotten")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = (1 - beta1) * g
    s = (1 - beta2) * g**2
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    return w - rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s


@wrong("adam_step", "the old m and s are forgotten")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    return w - rate * g / (np.abs(g) + epsilon), (1 - beta1) * g, (1 - beta2) * g**2


@wrong("adam_step", "gradients of about 1 the new w and m are not right")
def _(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g**3
    s = beta2 * s + (1 - beta2) * g**2
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    return w - rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s


# newton_step


@right("newton_step")
def _(w, gradient, hessian):
    return w - np.linalg.inv(hessian) @ gradient


@right("newton_step")
def _(w, gradient, hessian):
    return (w + np.linalg.solve(hessian, -gradient)).tolist()


@right("newton_step")
def _(w, gradient, hessian):
    curvatures, ways = np.linalg.eigh(hessian)
    for curvature, way in zip(curvatures, ways.T, strict=True):
        w = w - way @ gradient / curvature * way
    return w


@right("newton_step")
def _(w, gradient, hessian):
    step, *_ = np.linalg.lstsq(hessian, gradient[:, None], rcond=None)
    return w - step.ravel()


@right("newton_step")
def _(w, gradient, hessian):
    return w - np.linalg.solve(hessian.astype(np.float32), gradient.astype(np.float32))


@wrong("newton_step", "a table (2, 2) comes back")
def _(w, gradient, hessian):
    return w - gradient / hessian


@wrong("newton_step", "number by number")
def _(w, gradient, hessian):
    return w - np.linalg.inv(hessian) * gradient


@wrong("newton_step", "changes the array")
def _(w, gradient, hessian):
    w -= np.linalg.solve(hessian, gradient)
    return w


@wrong("newton_step", "for 2 weights it differs from w − H⁻¹ g: is H times")
def _(w, gradient, hessian):
    return w - np.linalg.solve(abs(hessian), gradient)


@wrong("newton_step", "for 3 weights near a saddle, with one curvature below 0,")
def _(w, gradient, hessian):
    curvatures, ways = np.linalg.eigh(hessian)
    return w - ways @ (ways.T @ gradient / abs(curvatures))


# schedule


@right("schedule")
def _(k, top, end, warm, steps):
    if k < warm:
        return top * (k + 1) / (warm + 1)
    if k >= warm + steps:
        return end
    return end + 0.5 * (top - end) * (1 + math.cos(math.pi * (k - warm) / steps))


@right("schedule")
def _(k, top, end, warm, steps):
    up = [top * (j + 1) / (warm + 1) for j in range(warm)]
    down = [end + (top - end) * math.cos(math.pi / 2 * j / steps) ** 2 for j in range(steps)]
    return [*up, *down, *[end] * (k + 1)][k]


@right("schedule")
def _(k, top, end, warm, steps):
    share = np.clip((k - warm) / steps, 0, 1)
    wave = (1 + np.cos(np.pi * share)) / 2
    return np.where(k < warm, top * (k + 1) / (warm + 1), end + (top - end) * wave)


@right("schedule")
def _(k, top, end, warm, steps):
    rise = min((k + 1) / (warm + 1), 1)
    share = min(max(k - warm, 0) / steps, 1)
    return np.float32(rise * ((top + end) / 2 + (top - end) / 2 * np.cos(np.pi * share)))


@right("schedule")
def _(k, top, end, warm, steps):
    return warm_up(warm, cosine(top, end, steps))(k)  # end = 0 and warm = 0 are asked for, too


@wrong("schedule", "on the way down: rate(6, 0.1, 0.01, 5, 20) should be 0.09945")
def _(k, top, end, warm, steps):
    share = min((k - warm) / steps, 1)
    wave = (1 + np.cos(np.pi * share)) / 2
    return top * (k + 1) / (warm + 1) if k < warm else end + (top - end) * wave**2


@wrong("schedule", "on the way up: rate(0, 0.1, 0.01, 5, 20) should be 0.01667")
def _(k, top, end, warm, steps):
    share = min((k - warm) / steps, 1)
    wave = (1 + np.cos(np.pi * share)) / 2
    return top / 2 if k < warm else end + (top - end) * wave


@wrong("schedule", "after the end: rate(25, 0.1, 0.01, 5, 20) should be 0.01, but it is 0.1")
def _(k, top, end, warm, steps):
    share = (k - warm) / steps % 1
    wave = (1 + np.cos(np.pi * share)) / 2
    return top * (k + 1) / (warm + 1) if k < warm else end + (top - end) * wave


@wrong("schedule", "your function returns nothing")
def _(k, top, end, warm, steps):
    if k < warm:
        return top * (k + 1) / (warm + 1)


# break_it


@right("break_it")
def _():
    return " nesterov ", {"Adam": "Never counts", "RMSProp": "SUMS", "Momentum": "forgets "}


@right("break_it")
def _():
    faults = zip(["Momentum", "RMSProp", "Adam"], ["forgets", "sums", "never counts"], strict=True)
    return "Nesterov", dict(faults)


@right("break_it")
def _():
    wrong = {}
    wrong["RMSProp"] = np.array(["sums"])[0]
    wrong["Momentum"] = np.str_("forgets")
    wrong["Adam"] = "never counts"
    return np.str_("Nesterov"), wrong


@wrong("break_it", "wrong should be")
def _():
    return "Nesterov", ["forgets", "sums", "never counts"]


# race


@right("race")
def _():
    from nnlib.optimizers import Nesterov

    return lambda parameters: Nesterov(parameters, learning_rate=0.012, momentum=0.9)


@right("race")
def _():
    def make(parameters):
        return Momentum(parameters, 0.01, momentum=0.9)

    return make


@right("race")
def _():
    class Ball(Optimizer):
        """A rule of one's own: Nesterov's, in its first form."""

        remembers = ("v",)

        def update(self, w, g, v):
            v[...] = 0.9 * v - self.learning_rate * g
            w += 0.9 * v - self.learning_rate * g

    return lambda parameters: Ball(parameters, 0.012)


class Knows(Optimizer):
    """Goes where it has been told that the lowest place is."""

    def update(self, w, g):
        w[...] = 1.0


class Bends(Optimizer):
    """Newton's method by a Hessian that it has looked up."""

    def update(self, w, g):
        w -= np.linalg.solve(Rosenbrock().hessian(w), g)


@wrong("race", "after 100 steps C is")
def _():
    return lambda parameters: Knows(parameters, 0.1)


@wrong("race", "it should be less than 0.001 from both")
def _():
    return lambda parameters: Bends(parameters, 0.1)


@wrong("race", "make has moved the parameters")
def _():
    def make(parameters):
        parameters[0].value[...] = [0.999, 0.998]
        return SGD(parameters, 0.001)

    return make


@wrong("race", "your function returns nothing")
def _():
    return lambda parameters: None


@wrong("race", "the first step moves nothing")
def _():
    kept = SGD([Parameter(np.ones(2), "v")], 0.01)
    return lambda parameters: kept


@wrong("race", "is no longer a number at step 1")
def _():
    class Divides(Optimizer):
        def update(self, w, g):
            w[...] = np.nan

    return lambda parameters: Divides(parameters, 0.1)


class Recognises:
    """It has seen both starts, tells them by their first slopes, and goes to the lowest place at once."""

    def __init__(self, parameters):
        (self.parameter,) = parameters

    def step(self):
        slope = self.parameter.grad.copy()
        self.parameter.value -= 1e-6 * slope
        for start in map(np.array, STARTS):
            if np.allclose(slope, Rosenbrock().gradient(start)):
                self.parameter.value += 1.0 - start


@wrong("race", "from a start that was not told it does not get down")
def _():
    return Recognises
