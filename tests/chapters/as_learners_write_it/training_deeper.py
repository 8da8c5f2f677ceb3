"""Chapter 05b: right answers in other styles, and wrong ones that no table of formulas can make."""

import math
from itertools import pairwise

import numpy as np
from learners import right, wrong

# 1: how many times larger.


@right("times")
def _():
    return 150.4


@right("times")
def _():
    return np.float32(150.41)


@right("times")
def _():
    return 2 + math.exp(5) + math.exp(-5)


@right("times")
def _():
    return np.array(150.413)


@right("times")
def _():
    return round(0.993 / 0.0066037)


@wrong("times", "write both δ at z = 5")
def _():
    return 25


@wrong("times", "did you round on the way?")
def _():
    return 1 / 0.0066


@wrong("times", "did you round on the way?")
def _():
    return 1 / 0.0067


@wrong("times", "times should hold numbers")
def _():
    return "150"


# 2: who knows nothing.


@right("clueless")
def _(classes):
    return -math.log(1 / classes)


@right("clueless")
def _(classes):
    return np.float32(-np.log(np.full(classes, 1 / classes))[0])


@right("clueless")
def _(classes):
    shares, target = np.full(classes, 1 / classes), np.eye(classes)[0]
    return -(target * np.log(shares)).sum()


@wrong("clueless", "Do not round it.")
def _(classes):
    return round(math.log(classes), 2)


@wrong("clueless", "returns nothing")
def _(classes):
    math.log(classes)


@wrong("clueless", "clueless(10) should be a single number, but it has shape (10,)")
def _(classes):
    return -np.log(np.full(classes, 1 / classes))


@wrong("clueless", "every class gets the share 1/K")
def _(classes):
    return 2.302585


# 3: weights to start with.


@right("start")
def _(n_in, n_out, rng):
    return rng.normal(0, 1 / math.sqrt(n_in), (n_in, n_out))


@right("start")
def _(n_in, n_out, rng):
    return [[rng.normal() / n_in**0.5 for _ in range(n_out)] for _ in range(n_in)]


@right("start")
def _(n_in, n_out, rng):
    return rng.standard_normal((n_out, n_in), dtype=np.float32).T / np.float32(n_in**0.5)


@wrong("start", "has shape (50, 400)")
def _(n_in, n_out, rng):
    return rng.standard_normal((n_out, n_in)) / np.sqrt(n_in)


@wrong("start", "do not come from the rng that was passed in")
def _(n_in, n_out, rng):
    return np.random.default_rng(n_out).normal(0, n_in**-0.5, (n_in, n_out))


@wrong("start", "stops with TypeError")
def _(n_in, n_out, rng):
    return rng.standard_normal(n_in, n_out) / np.sqrt(n_in)


@wrong("start", "with 400 inputs the standard deviation should be 0.050, but it is 0.030.")
def _(n_in, n_out, rng):
    return rng.normal(0, 0.03, (n_in, n_out))


# 4: the chain.


@right("first_slope")
def _(w, b, x):
    outputs = [x]
    for i in range(len(w)):
        outputs.append(1 / (1 + math.exp(-(w[i] * outputs[i] + b[i]))))
    slope = x
    for i in range(len(w)):
        slope *= outputs[i + 1] * (1 - outputs[i + 1]) * (w[i] if i else 1)
    return slope


@right("first_slope")
def _(w, b, x):
    def last(first):
        a = x
        for weight, bias in zip([first, *w[1:]], b, strict=True):
            a = 1 / (1 + np.exp(-(weight * a + bias)))
        return a

    return (last(w[0] + 1e-5) - last(w[0] - 1e-5)) / 2e-5


@right("first_slope")
def _(w, b, x):
    a, rate = x, 0.0  # forward mode: a value, and how fast it changes with w₁
    for i, (weight, bias) in enumerate(zip(w, b, strict=True)):
        rate = weight * rate if i else x
        a = 1 / (1 + np.exp(-(weight * a + bias)))
        rate *= a * (1 - a)
    return np.float32(rate)


@wrong("first_slope", "w₁ is not a factor: leave it out of the product")
def _(w, b, x):
    slope, a = x, x
    for weight, bias in zip(w, b, strict=True):
        a = 1 / (1 + np.exp(-(weight * a + bias)))
        slope = slope * weight * a * (1 - a)
    return slope / w[0]


@wrong("first_slope", "first_slope(w, b, x) should be a single number")
def _(w, b, x):
    return np.array([x])


@wrong("first_slope", "for a chain of 1 a nudge says")
def _(w, b, x):
    slope, a = x, x
    for weight, bias in zip(w, b, strict=True):
        a = 1 / (1 + np.exp(-(weight * a + bias)))
        slope = slope * weight * a * (1 - a)
    return slope / 1.5


@wrong("first_slope", "changes the array that it was given")
def _(w, b, x):
    w[0] = 1
    slope, a = x, x
    for weight, bias in zip(w, b, strict=True):
        a = 1 / (1 + np.exp(-(weight * a + bias)))
        slope = slope * weight * a * (1 - a)
    return slope


@wrong("first_slope", "for a chain of 3 a nudge says")
def _(w, b, x):
    return 0.25 ** len(w)


# 5: how many starts.


@right("starts")
def _():
    return 29


@right("starts")
def _():
    return math.ceil(math.log(0.05, 0.9))


@right("starts")
def _():
    k = 0
    while 1 - 0.9**k < 0.95:
        k = k + 1
    return np.float32(k)


@wrong("starts", "starts is None")
def _():
    return None


@wrong("starts", "which k brings that to 5 % or less?")
def _():
    return 20


# 6: weights and biases.


@right("parameters")
def _(widths):
    count = 0
    for n_in, n_out in pairwise(widths):
        count += n_in * n_out + n_out
    return count


@right("parameters")
def _(widths):
    count = 0
    n_in = widths.pop(0)
    while widths:
        n_out = widths.pop(0)
        count, n_in = count + (n_in + 1) * n_out, n_out
    return count


@right("parameters")
def _(widths):
    w = np.array(widths)
    return w[:-1] @ w[1:] + w[1:].sum()


@right("parameters")
def _(widths):
    from nnlib.layers import Dense
    from nnlib.network import Network
    from nnlib.parameter import count_values

    rng = np.random.default_rng(0)
    layers = [Dense(widths[i - 1], widths[i], rng=rng) for i in range(1, len(widths))]
    return float(count_values(Network(layers).parameters()))


@wrong("parameters", "for [784, 100, 100, 10] it is 89,610, but yours says 79,510")
def _(widths):
    first, *_, last = widths  # one hidden layer at most
    return sum((i + 1) * o for i, o in pairwise([first, *widths[1:-1][:1], last]))


@wrong("parameters", "stops with IndexError")
def _(widths):
    return sum((widths[i] + 1) * widths[i + 1] for i in range(len(widths)))


@wrong("parameters", "parameters(widths) should be a single number, but it has shape (2,)")
def _(widths):
    return [(widths[i] + 1) * widths[i + 1] for i in range(len(widths) - 1)]


# 7: four suspects.


@right("break_it")
def _():
    return "third", {"fourth": "start", "second": "gradient", "first": "handful"}


@right("break_it")
def _():
    return " Third", {"first": "Handful", "second": "Gradient", "fourth": "Start"}


@right("break_it")
def _():
    return "third", {"first": "handful ", "second": "gradient", "fourth": np.str_("start")}


@wrong("break_it", 'fine should be "first", "second", "third" or "fourth".')
def _():
    return "fifth", {}


@wrong("break_it", "and no more.")
def _():
    return "third", {"first": "handful"}


@wrong("break_it", "and no more.")
def _():
    return "third", {"first": "handful", "second": "gradient", "third": "top", "fourth": "start"}


@wrong("break_it", "The first one: a rung is")
def _():
    return "third", {"first": "top", "second": "gradient", "fourth": "start"}


# 8: as deep as can be.


@right("deepest")
def _():
    return 8, "tanh", "scaled, N(0, 1/d)", 0.05


@right("deepest")
def _():
    return 8.0, "tanh", "scaled, N(0, 1/d)", np.float64(0.05)


@right("deepest")
def _():
    return np.int64(8), np.str_("ReLU"), "He, N(0, 2/d)", np.array(0.05)


@wrong("deepest", "layers should be a whole number")
def _():
    return 9.5, "tanh", "Glorot", 0.05


@wrong("deepest", "layers is None")
def _():
    return None, "tanh", "Glorot", 0.05


@wrong("deepest", "activation should be one of")
def _():
    return 8, math.tanh, "Glorot", 0.05


@wrong("deepest", "ran away to infinity")
def _():
    return 8, "ReLU", "N(0, 1)", 900
