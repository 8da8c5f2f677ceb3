"""Chapter 09: right answers in other styles, and wrong ones that no table of formulas can make."""

import math
from itertools import pairwise

import numpy as np
from learners import right, wrong

from nnlib.activations import Tanh
from nnlib.chapters.recurrent_networks.exercises.adder import additions, untrained
from nnlib.layers import Dense
from nnlib.losses import SigmoidCrossEntropy
from nnlib.network import Network
from nnlib.numerics import log_softmax, softmax
from nnlib.optimizers import Adam, clip_gradients
from nnlib.parameter import Parameter
from nnlib.recurrent import GRU, RNN
from nnlib.steps import EachStep, PerStep
from nnlib.training import fit

# step


@right("step")
def _(x, h, W_x, W_h, b):
    new = np.empty_like(h)
    for n in range(len(h)):
        for j in range(h.shape[1]):
            z = b[j]
            for i in range(x.shape[1]):
                z += x[n, i] * W_x[i, j]
            for k in range(h.shape[1]):
                z += h[n, k] * W_h[k, j]
            new[n, j] = math.tanh(z)
    return new


@right("step")
def _(x, h, W_x, W_h, b):
    return np.tanh(np.hstack([x, h]) @ np.vstack([W_x, W_h]) + b).tolist()


@right("step")
def _(x, h, W_x, W_h, b):
    z = np.dot(x, W_x) + np.dot(h, W_h) + b
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@right("step")
def _(x, h, W_x, W_h, b):
    x, h, W_x, W_h, b = (array.astype(np.float32) for array in (x, h, W_x, W_h, b))
    return np.tanh((W_x.T @ x.T + W_h.T @ h.T).T + b)


@wrong("step", "changes the array")
def _(x, h, W_x, W_h, b):
    h[...] = np.tanh(x @ W_x + h @ W_h + b)
    return h


@wrong("step", "In a product the inner two numbers must agree")
def _(x, h, W_x, W_h, b):
    return np.tanh(W_x @ x + h @ W_h + b)


@wrong("step", "your function returns nothing")
def _(x, h, W_x, W_h, b):
    print(np.tanh(x @ W_x + h @ W_h + b))


@wrong("step", "of shape (4, 3), but it has shape (3, 4)")
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h @ W_h + b).T


@wrong("step", "for x of shape (4, 3) and h of shape (4, 3) the new h[0, 0] should be")
def _(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x - h @ W_h + b)


# parameters


@right("parameters")
def _(time, n_in, n_hidden, n_out):
    return (n_in + n_hidden + 1) * n_hidden + (n_hidden + 1) * n_out


@right("parameters")
def _(time, n_in, n_hidden, n_out):
    shapes = (n_in, n_hidden), (n_hidden, n_hidden), (n_hidden,), (n_hidden, n_out), (n_out,)
    return sum(np.ones(shape).size for shape in shapes)


@right("parameters")
def _(time, n_in, n_hidden, n_out):
    rng = np.random.default_rng(0)
    layers = [RNN(n_in, n_hidden, rng=rng), EachStep([Dense(n_hidden, n_out, rng=rng)])]
    return np.float32(sum(one.value.size for one in Network(layers).parameters()))


@wrong("parameters", "parameters(8, 3, 5, 7) should be 87, but it is 88: count on paper.")
def _(time, n_in, n_hidden, n_out):
    return (n_in + n_hidden + 1) * n_hidden + (n_hidden + 1) * n_out + 1


@wrong("parameters", "should be a single number")
def _(time, n_in, n_hidden, n_out):
    return (n_in + n_hidden + 1) * n_hidden, (n_hidden + 1) * n_out


# alarm


@right("alarm")
def _():
    return [[1, 1]], [[2, 0], [1, 0]], [-1.5, -0.5]


@right("alarm")
def _():
    into, loop, bias = np.zeros((1, 2)), np.zeros((2, 2)), np.zeros(2)
    into[0] = 10
    loop[:, 0] = 100, 10
    bias[:] = -15, -5
    return into, loop, bias


@right("alarm")
def _():
    return np.array([2.0, 3.0]), np.array([[9, -1], [2, 0]], np.float32), np.array([-3, -1])


@right("alarm")
def _():
    return ((1, 1),), ((1.5, 0), (1, 0)), (-1, 0)  # z > 0, so 0 is not enough


@wrong("alarm", "loop should be of shape (2, 2), but it has shape (4,)")
def _():
    return [[1, 1]], [2, 0, 1, 0], [-1.5, -0.5]


@wrong("alarm", "into should be of shape (1, 2), but it has shape (2, 1)")
def _():
    return [[1], [1]], [[2, 0], [1, 0]], [-1.5, -0.5]


@wrong("alarm", "h₂ is the alarm, and it works")
def _():
    return [[2, 3]], [[0, 2], [0, 9]], [-1, -4]


@wrong("alarm", "does not stay up")
def _():
    return [[1, 1]], [[0.4, 0], [1, 0]], [-1.5, -0.5]


@wrong("alarm", "after the bit 0 the alarm is up, but there are no two ones in a row")
def _():
    return [[-1, 1]], [[2, 0], [1, 0]], [0.5, -0.5]


@wrong("alarm", "after the bits 1 1 0 0 the alarm is not up, but there are two ones in a row")
def _():
    return [[0.4, 1]], [[0.35, 0], [1.2, 0]], [-1.5, -0.5]


@wrong("alarm", "after the bits 0 1 the alarm is up, but there are no two ones in a row")
def _():
    return [[1, 1]], [[2, 0], [1, 2]], [-1.5, 0.5]


# weight_slope


@right("weight_slope")
def _(w, h):
    slope = 0.0
    for before, after in pairwise(h):  # on the way there
        slope = (1 - after**2) * (before + w * slope)
    return slope


@right("weight_slope")
def _(w, h):
    bends = 1 - h[1:] ** 2
    T = len(bends)
    return sum(h[t] * bends[t] * np.prod(w * bends[t + 1 :]) for t in range(T))


@right("weight_slope")
def _(w, h):
    inputs = np.arctanh(h[1:]) - w * h[:-1]

    def last(w):
        state = h[0]
        for x in inputs:
            state = math.tanh(w * state + x)
        return state

    return (last(w + 1e-6) - last(w - 1e-6)) / 2e-6


@right("weight_slope")
def _(w, h):
    factors = np.float32(w * (1 - h[1:] ** 2))
    after = np.cumprod(np.append(factors[1:], 1)[::-1])[::-1]
    return [float(np.sum(h[:-1] * (1 - h[1:] ** 2) * after))][0]


@wrong("weight_slope", "changes the array")
def _(w, h):
    h *= h
    return np.sum(1 - h)


@wrong("weight_slope", "for w = −1.5 and 4 steps, h = [0.4, −0.3799,")
def _(w, h):
    return 2 * np.tanh(w) * h[0]


@wrong("weight_slope", "stops with IndexError")
def _(w, h):
    return sum(h[t + 1] for t in range(len(h)))


@wrong("weight_slope", "should be a single number")
def _(w, h):
    return w * h


# clip


@right("clip")
def _(gradients, longest):
    squares = 0
    for g in gradients:
        for value in g.ravel():
            squares += value * value
    factor = longest / math.sqrt(squares) if squares > longest**2 else 1
    return tuple(factor * g for g in gradients)


@right("clip")
def _(gradients, longest):
    length = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    return [g * min(1, longest / length) if length else g for g in gradients]


@right("clip")
def _(gradients, longest):
    parameters = [Parameter(np.zeros_like(g), f"g{k}") for k, g in enumerate(gradients)]
    for parameter, g in zip(parameters, gradients, strict=True):
        parameter.grad = g
    clip_gradients(parameters, longest)
    return [parameter.grad for parameter in parameters]


@right("clip")
def _(gradients, longest):
    lengths = [np.linalg.norm(g) for g in gradients]
    length = np.hypot.reduce(lengths)
    return [(g / max(length / longest, 1)).astype(np.float32).tolist() for g in gradients]


@wrong("clip", "your function changes the arrays that it was given")
def _(gradients, longest):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    for g in gradients:
        g *= min(1, longest / length)
    return gradients


@wrong("clip", "a list of 3 is expected")
def _(gradients, longest):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return min(1, longest / length)


@wrong("clip", "your function returns nothing")
def _(gradients, longest):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if length > longest:
        return [g * longest / length for g in gradients]


@wrong("clip", "gradients of 0 have no length to divide by")
def _(gradients, longest):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g / length * min(length, longest) for g in gradients]


@wrong("clip", "array 0 of the list should be of shape (3, 4)")
def _(gradients, longest):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [np.ravel(g * longest / length) for g in gradients]


@wrong("clip", "arrays of length 40 together should come back shortened to 5; yours have length 20")
def _(gradients, longest):
    return [g / 2 for g in gradients]


# keep


@right("keep")
def _():
    return 44, 0.9931


@right("keep")
def _():
    return math.ceil(math.log(0.01) / math.log(0.9)), math.exp(-math.log(2) / 100)


@right("keep")
def _():
    left = 0.9 ** np.arange(100)
    gates = np.linspace(0.9, 1, 10_001, dtype=np.float32)
    return np.argmax(left < 0.01), gates[np.argmin(abs(gates**100 - 0.5))]


@right("keep")
def _():
    return 44.0, np.array(0.993)


@wrong("keep", "steps: at each step the state is multiplied by u")
def _():
    return 99, 0.9931


@wrong("keep", "steps is right. u: u¹⁰⁰ should be 0.5. Which root is that?")
def _():
    return 44, 0.98


@wrong("keep", "u¹⁰⁰ should be 0.5")
def _():
    return 44, -0.9931


@wrong("keep", "a share, from 0 to 1")
def _():
    return 44, 99.31


@wrong("keep", "steps should hold numbers")
def _():
    return "44", 0.9931


# leaky


@right("leaky")
def _(dh, h, c, start, W_h, u):
    n, time, hidden = h.shape
    dz, dW_h, later = np.zeros_like(h), np.zeros_like(W_h), np.zeros_like(start)
    for t in range(time - 1, -1, -1):
        new = np.zeros_like(start)
        for example in range(n):
            for j in range(hidden):
                d = dh[example, t, j] + later[example, j]
                dz[example, t, j] = d * (1 - u) * (1 - c[example, t, j] ** 2)
                new[example, j] += d * u
                for k in range(hidden):
                    before = h[example, t - 1, k] if t else start[example, k]
                    dW_h[k, j] += before * dz[example, t, j]
                    new[example, k] += dz[example, t, j] * W_h[k, j]
        later = new
    return dz, dW_h


@right("leaky")
def _(dh, h, c, start, W_h, u):
    before = np.concatenate([start[:, None], h], axis=1)[:, :-1]
    bends = (1 - u) * (1 - c**2)
    d, later = np.zeros_like(h), 0
    for t in reversed(range(h.shape[1])):
        d[:, t] = dh[:, t] + later
        later = u * d[:, t] + (d[:, t] * bends[:, t]) @ W_h.T
    dz = d * bends
    return [dz, np.tensordot(before, dz, axes=([0, 1], [0, 1]))]


@right("leaky")
def _(dh, h, c, start, W_h, u):
    dh, h, c, start, W_h = (np.float32(array) for array in (dh, h, c, start, W_h))
    found, dW_h, later = [], 0, 0
    for t in range(h.shape[1])[::-1]:
        d = dh[:, t] + later
        dz = d * (1 - u) * (1 - c[:, t] ** 2)
        found.insert(0, dz)
        dW_h = dW_h + (start if t == 0 else h[:, t - 1]).T @ dz
        later = u * d + dz @ W_h.T
    return np.stack(found, axis=1), dW_h


@right("leaky")
def _(dh, h, c, start, W_h, u):
    d = dh.copy()
    for t in reversed(range(1, h.shape[1])):
        dz = d[:, t] * (1 - u) * (1 - c[:, t] ** 2)
        d[:, t - 1] += u * d[:, t] + dz @ W_h.T
    dz = d * (1 - u) * (1 - c**2)
    pairs = [(start, dz[:, 0]), *((h[:, t - 1], dz[:, t]) for t in range(1, h.shape[1]))]
    return dz.tolist(), sum(before.T @ slopes for before, slopes in pairs).tolist()


@wrong("leaky", "changes the array")
def _(dh, h, c, start, W_h, u):
    for t in reversed(range(1, h.shape[1])):
        dz = dh[:, t] * (1 - u) * (1 - c[:, t] ** 2)
        dh[:, t - 1] += u * dh[:, t] + dz @ W_h.T
    return dh * (1 - u) * (1 - c**2), W_h


@wrong("leaky", "2 arrays are expected, return dz, dW_h; but one ndarray came back.")
def _(dh, h, c, start, W_h, u):
    return dh * (1 - u) * (1 - c**2)


@wrong("leaky", "dz should be of shape (3, 4, 2), but it has shape (4, 3, 2)")
def _(dh, h, c, start, W_h, u):
    return np.stack([dh[:, t] for t in range(h.shape[1])]), W_h


@wrong("leaky", "for u = 0.8, 4 steps and 2 hidden neurons dz of the last step is wrong")
def _(dh, h, c, start, W_h, u):
    return dh * u * (1 - u), W_h


@wrong("leaky", "dz is right at the last step and wrong at step 3 of 4. There are two ways")
def _(dh, h, c, start, W_h, u):
    dz, later = np.zeros_like(h), np.zeros_like(start)
    for t in reversed(range(h.shape[1])):
        d = dh[:, t] + later
        dz[:, t] = d * (1 - u) * (1 - c[:, t] ** 2)
        later = d * u - dz[:, t] @ W_h.T
    return dz, W_h


@wrong("leaky", "dz is right. dW_h[0, 0] should be")
def _(dh, h, c, start, W_h, u):
    dz, later = np.zeros_like(h), np.zeros_like(start)
    for t in reversed(range(h.shape[1])):
        d = dh[:, t] + later
        dz[:, t] = d * (1 - u) * (1 - c[:, t] ** 2)
        later = d * u + dz[:, t] @ W_h.T
    return dz, W_h


@wrong("leaky", "for u = 0.3, 1 step and 3 hidden neurons dz is right. dW_h[0, 0] should be")
def _(dh, h, c, start, W_h, u):
    before = np.concatenate([start[:, None], h[:, :-1]], axis=1)
    dz, later = np.zeros_like(h), np.zeros_like(start)
    for t in reversed(range(h.shape[1])):
        d = dh[:, t] + later
        dz[:, t] = d * (1 - u) * (1 - c[:, t] ** 2)
        later = d * u + dz[:, t] @ W_h.T
    return dz, np.einsum("nti,ntj->ij", before, dz) if len(h) == 3 else 2 * W_h


@wrong("leaky", "dz is right. dW_h is not divided by n")
def _(dh, h, c, start, W_h, u):
    dz, dW_h, later = np.zeros_like(h), np.zeros_like(W_h), np.zeros_like(start)
    for t in reversed(range(h.shape[1])):
        d = dh[:, t] + later
        dz[:, t] = d * (1 - u) * (1 - c[:, t] ** 2)
        dW_h += (h[:, t - 1] if t > 0 else start).T @ dz[:, t] / len(h)
        later = d * u + dz[:, t] @ W_h.T
    return dz, dW_h


@wrong("leaky", "In dW_h, h[:, t - 1] at t = 0 is h[:, -1], the *last* state")
def _(dh, h, c, start, W_h, u):
    dz, dW_h, later = np.zeros_like(h), np.zeros_like(W_h), np.zeros_like(start)
    for t in reversed(range(h.shape[1])):
        d = dh[:, t] + later
        dz[:, t] = d * (1 - u) * (1 - c[:, t] ** 2)
        dW_h += h[:, t - 1].T @ dz[:, t]
        later = d * u + dz[:, t] @ W_h.T
    return dz, dW_h


# perplexity


@right("perplexity")
def _(logits, tokens):
    return np.exp(-log_softmax(logits)[np.arange(len(tokens)), tokens].mean())


@right("perplexity")
def _(logits, tokens):
    total = 0.0
    for row, token in zip(logits.tolist(), tokens.tolist(), strict=True):
        total += max(row) + math.log(sum(math.exp(z - max(row)) for z in row)) - row[token]
    return math.e ** (total / len(tokens))


@right("perplexity")
def _(logits, tokens):
    given = np.take_along_axis(softmax(logits), tokens[:, None], axis=1)
    return np.prod(given ** (-1 / len(tokens)))  # the geometric mean, turned over


@right("perplexity")
def _(logits, tokens):
    one_hot = np.eye(logits.shape[1])[tokens]
    return np.float32(2 ** -np.mean((one_hot * log_softmax(logits)).sum(axis=1) / np.log(2)))


@wrong("perplexity", "right, but for logits such as 900 or −900 it is no number")
def _(logits, tokens):
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return np.exp(-np.mean(np.log(p[np.arange(len(tokens)), tokens])))


@wrong("perplexity", "Logits are no probabilities yet")
def _(logits, tokens):
    return np.exp(-np.mean(np.log(logits[np.arange(len(tokens)), tokens])))


@wrong("perplexity", "axis=1")
def _(logits, tokens):
    p = np.exp(logits) / np.exp(logits).sum()
    return np.exp(-np.mean(np.log(p[np.arange(len(tokens)), tokens])))


@wrong("perplexity", "for 6 characters out of 4 it should be 4.517, but it is 9.034")
def _(logits, tokens):
    return 2 * np.exp(-log_softmax(logits)[np.arange(len(tokens)), tokens].mean())


@wrong("perplexity", "the one that came")
def _(logits, tokens):
    return np.exp(-log_softmax(logits).max(axis=1).mean())


@wrong("perplexity", "should be a single number")
def _(logits, tokens):
    return softmax(logits)


# break_it


@right("break_it")
def _():
    return " Third", {"fourth": "Turned", "second": "late ", "first": "FORGETS"}


@right("break_it")
def _():
    return "third", dict(first="forgets", second="late", fourth="turned")


@right("break_it")
def _():
    names, faults = ["first", "second", "fourth"], np.array(["forgets", "late", "turned"])
    return np.str_("third"), dict(zip(names, faults, strict=True))


@wrong("break_it", "right should be")
def _():
    return 3, {"first": "forgets", "second": "late", "fourth": "turned"}


@wrong("break_it", "wrong should be")
def _():
    return "third", ["forgets", "late", "turned"]


# adder


def trained(layers, *, seed=0, digits=12, epochs=40, eta=0.03):
    rng = np.random.default_rng(seed)
    network = Network(layers(rng))
    optimizer = Adam(network.parameters(), eta)
    options = {"epochs": epochs, "batch_size": 10, "clip": 1.0, "rng": rng}
    fit(
        network,
        PerStep(SigmoidCrossEntropy()),
        optimizer,
        additions(digits, 200, rng=rng),
        **options,
    )
    return network


def by_hand(gain, bias):
    """13 parameters: h₁ is the carry, h₂ the number of ones, and h₀ = 0 is half a carry."""
    network = untrained(2)
    values = (
        [[gain, 0.2], [gain, 0.2]],
        [[gain / 2, 0.1], [0, 0]],
        [bias, 0.1],
        [[-1], [5.2]],
        [-1.75],
    )
    for parameter, value in zip(network.parameters(), values, strict=True):
        parameter.value[...] = value
    return network


@right("adder")
def _():
    return trained(lambda rng: [RNN(2, 12, rng=rng), EachStep([Dense(12, 1, rng=rng)])])


@right("adder")
def _():
    def layers(rng):
        after = EachStep([Dense(8, 6, rng=rng), Tanh(), Dense(6, 1, rng=rng)])
        return [RNN(2, 8, rng=rng), after]

    return trained(layers).astype(np.float32)


@right("adder")
def _():
    return by_hand(20, -25)


@wrong("adder", "Has its loss come down to nearly 0?")
def _():
    return trained(lambda rng: [RNN(2, 1, rng=rng), EachStep([Dense(1, 1, rng=rng)])], epochs=3)


@wrong("adder", "Of those of 4 digits all are: it carries, but not for ever")
def _():
    return by_hand(4, -4.4)  # a loop too weak to hold the carry


@wrong("adder", "adder should be a trained Network([…]), but it is tuple")
def _():
    return additions(4, 10, rng=np.random.default_rng(0))


@wrong("adder", "adder should be a trained Network([…]), but it is GRU")
def _():
    return GRU(2, 4, rng=np.random.default_rng(0))
