"""Chapter 05: right answers in other styles, and wrong ones that no table of formulas can make."""

import math

import numpy as np
from learners import right, wrong

# 1: the slope of σ(w²)².


@right("chain")
def _(w):
    a = 1 / (1 + math.exp(-w * w))
    return 4 * w * a**2 * (1 - a)


@right("chain")
def _(w):
    p, h = w * w, 1e-5
    return 2 * w * ((1 + np.exp(-p - h)) ** -2 - (1 + np.exp(-p + h)) ** -2) / (2 * h)


@right("chain")
def _(w):
    def cost(w):
        return 1 / (1 + np.exp(-(w**2))) ** 2

    return (cost(w + 1e-5) - cost(w - 1e-5)) / 2e-5  # right to ten digits, as the chapter says


@wrong("chain", "a nudge says")
def _(w):
    def cost(w):
        return 1 / (1 + np.exp(-(w**2))) ** 2

    return (cost(w + 1e-3) - cost(w)) / 1e-3  # one-sided: right to three digits


@right("chain")
def _(w):
    a = np.float32(1 / (1 + np.exp(-(w**2))))
    return np.prod([2 * a, a * (1 - a), 2 * w])


@wrong("chain", "returns nothing")
def _(w):
    print(w)


@wrong("chain", "a nudge says")
def _(w):
    return 2 * w


# 2: a sweep by hand.


@right("sweep")
def _():
    return 6.0, 14.0, 48.0, 28.0


@right("sweep")
def _():
    p, q = 2 * 3, 2 + 2 * 3
    return p, q + p, p + (q + p) * 3, (q + p) * 2


@right("sweep")
def _():
    return tuple(np.array([6, 14, 48, 28], np.float32))


@wrong("sweep", "p should be a single number")
def _():
    return 6, [8, 6], 48, 28


@wrong("sweep", "v is None")
def _():
    return 6, 14, 48, None


@wrong("sweep", "start at r with 1")
def _():
    return 7, 14, 48, 28


# 3: dz at the output.


@right("output_delta")
def _(a, y):
    return (a - y) / len(a) * (a - a**2)


@right("output_delta")
def _(a, y):
    dz = []
    for outputs, targets in zip(a, y, strict=True):
        dz.append([(o - t) * o * (1 - o) / len(a) for o, t in zip(outputs, targets, strict=True)])
    return dz


@right("output_delta")
def _(a, y):
    a = a.astype(np.float32)
    da = (a - y) / a.shape[0]
    return da * a * (1 - a)


@wrong("output_delta", "should be of shape (5, 3), but it has shape (3,)")
def _(a, y):
    return ((a - y) * a * (1 - a)).mean(axis=0)


@wrong("output_delta", "changes the array that it was given")
def _(a, y):
    slope = a * (1 - a)
    a -= y
    return a * slope / len(a)


@wrong("output_delta", "but a nudge of z says")
def _(a, y):
    return (a - y) * (1 - a) / len(a)


@wrong("output_delta", "for a of shape (1, 4)")
def _(a, y):
    return (a - y) * a * (1 - a) / 5


# 4: one layer back.


@right("hidden_delta")
def _(dz_next, W_next, a):
    return (W_next @ dz_next.T).T * (a - a**2)


@right("hidden_delta")
def _(dz_next, W_next, a):
    back = np.zeros(a.shape)
    for j in range(W_next.shape[0]):
        for k in range(W_next.shape[1]):
            back[:, j] += dz_next[:, k] * W_next[j, k]
    return back * a * (1 - a)


@right("hidden_delta")
def _(dz_next, W_next, a):
    dz_next, W_next, a = (part.astype(np.float32) for part in (dz_next, W_next, a))
    return np.einsum("nk,dk,nd,nd->nd", dz_next, W_next, a, 1 - a)


@wrong("hidden_delta", "stops with ValueError")
def _(dz_next, W_next, a):
    return (dz_next @ W_next.T + dz_next * 0)[:, :4] * a * (1 - a)


@wrong("hidden_delta", "wrong before one of 2: which number is fixed in it?")
def _(dz_next, W_next, a):
    return (dz_next @ W_next.T) * a * (1 - a) * 4 / W_next.shape[1]


@wrong("hidden_delta", "wrong before one of 2: which number is fixed in it?")
def _(dz_next, W_next, a):
    return (dz_next @ W_next.T) * a * (1 - a) * 6 / len(a)


@wrong("hidden_delta", "changes the array that it was given")
def _(dz_next, W_next, a):
    slope = a.copy()
    slope *= 1 - a
    a[:] = (dz_next @ W_next.T) * slope
    return a


@wrong("hidden_delta", "but it is")
def _(dz_next, W_next, a):
    return (dz_next @ W_next.T) * (1 - a)


# 5: the slopes by weights and biases.


@right("gradients")
def _(x, dz):
    dW = sum(np.outer(x[i], dz[i]) for i in range(len(x)))
    return [dW, sum(dz)]


@right("gradients")
def _(x, dz):
    return (dz.T @ x).T, np.ones(len(dz)) @ dz


@right("gradients")
def _(x, dz):
    dW, db = np.zeros((x.shape[1], dz.shape[1])), np.zeros(dz.shape[1])
    for row, delta in zip(x, dz, strict=True):
        dW += row[:, None] * delta
        db += delta
    return dW.tolist(), db.tolist()


@right("gradients")
def _(x, dz):
    return np.einsum("ni,no->io", x, dz), len(dz) * dz.mean(axis=0)


@wrong("gradients", "db should be of shape (3,)")
def _(x, dz):
    return x.T @ dz, dz.sum(axis=1)


@wrong("gradients", "2 arrays are expected, return dW, db")
def _(x, dz):
    return x.T @ dz


@wrong("gradients", "the sign is wrong: the minus belongs to the update")
def _(x, dz):
    return -x.T @ dz, -dz.sum(axis=0)


@wrong("gradients", "dz has its 1/n already")
def _(x, dz):
    return x.T @ dz / len(x), dz.mean(axis=0)


@wrong("gradients", "every example adds x times dz")
def _(x, dz):
    return x[:3].T @ dz[:3], dz.sum(axis=0)


@wrong("gradients", "so add up the rows of dz")
def _(x, dz):
    return x.T @ dz, dz.max(axis=0)


@wrong("gradients", "changes the array that it was given")
def _(x, dz):
    dz[0] += dz[1:].sum(axis=0)
    return x.T @ dz, dz[0]


# 6: paths.


@right("paths")
def _():
    return 1000


@right("paths")
def _():
    return 1e3


@right("paths")
def _():
    return np.prod([10] * 3)


@right("paths")
def _():
    return (np.ones((1, 10)) @ np.ones((10, 10)) @ np.ones((10, 10)) @ np.ones(10)).item()


@wrong("paths", "How many choices are there?")
def _():
    return 1001


@wrong("paths", "paths should hold numbers")
def _():
    return "10 · 10 · 10"


# 7: any depth.


@right("any_depth")
def deep(Ws, outputs, dz):
    if not Ws:
        return []
    below = (dz @ Ws[-1].T) * (1 - outputs[-2] ** 2)
    return [*deep(Ws[:-1], outputs[:-1], below), outputs[-2].T @ dz]


@right("any_depth")
def _(Ws, outputs, dz):
    slopes = [None] * len(Ws)
    for k in range(len(Ws) - 1, -1, -1):
        slopes[k] = np.einsum("ni,nj->ij", outputs[k], dz)
        dz = np.einsum("nj,ij->ni", dz, Ws[k]) * (1 - np.square(outputs[k]))
    return tuple(slopes)


@right("any_depth")
def _(Ws, outputs, dz):
    slopes = []
    for W, a in zip(reversed(Ws), reversed(outputs[:-1]), strict=True):
        slopes.insert(0, sum(np.outer(a[n], dz[n]) for n in range(len(a))))
        dz = np.array([(W @ dz[n]) * (1 - a[n]) * (1 + a[n]) for n in range(len(a))])
    return slopes


@wrong("any_depth", "in layer 2: how does dz get from one layer to the one before?")
def _(Ws, outputs, dz):  # the bend is that of the layer behind
    slopes = []
    for k in reversed(range(len(Ws))):
        slopes.append(outputs[k].T @ dz)
        dz = (dz @ Ws[k].T) * (1 - outputs[k].mean() ** 2)
    return slopes[::-1]


@wrong("any_depth", "for 3 layers a list of 3 arrays is expected")
def _(Ws, outputs, dz):  # two layers only
    before = (dz @ Ws[-1].T) * (1 - outputs[-2] ** 2)
    return outputs[-3].T @ before, outputs[-2].T @ dz


@wrong("any_depth", "the inner two numbers must agree")
def _(Ws, outputs, dz):  # not turned over
    slopes = []
    for k in reversed(range(len(Ws))):
        slopes.append(outputs[k].T @ dz)
        dz = (dz @ Ws[k]) * (1 - outputs[k] ** 2)
    return slopes[::-1]


# 8: three suspects.


@right("break_it")
def _():
    return "third", {"second": "slope", "first": "order"}


@right("break_it")
def _():
    return "third", {"first": "Order", "second": " SLOPE "}


@right("break_it")
def _():
    return "third", dict([("first", "order"), ("second", "slope")])


@wrong("break_it", "should be of the form")
def _():
    return "third", {"first": "order"}


@wrong("break_it", "should be of the form")
def _():
    return "third", ["order", "slope"]


@wrong("break_it", 'right should be "first", "second" or "third"')
def _():
    return "fourth", {}


@wrong("break_it", "first: a fault is")
def _():
    return "third", {"first": "chocolate", "second": "slope"}


# 9: as few neurons as can do it.


@right("smallest")
def _():
    return 60.0, 1, 10


@right("smallest")
def _():
    return np.int64(50), np.float64(0.7), np.int64(10)


@right("smallest")
def _():
    return 100, 1.0, 20


@wrong("smallest", "hidden is None")
def _():
    return None, 0.5, 10
