"""Chapter 10: right answers in other styles, and wrong ones that no table of formulas can make."""

import math
from collections import Counter

import numpy as np
from learners import right, wrong

from nnlib import augment
from nnlib.activations import ReLU
from nnlib.chapters.many_networks import exercises as ex
from nnlib.ensembles import Distillation, Ensemble, share_of_votes, soft_targets
from nnlib.layers import Dense, Flatten
from nnlib.network import Network
from nnlib.numerics import softmax
from nnlib.optimizers import SGD, Adam
from nnlib.training import fit

# elected


@right("elected")
def _(labels, weights, classes):
    answers = []
    for example in labels.T.tolist():
        votes = [0] * classes
        for weight, c in zip(weights, example, strict=True):
            votes[c] += weight
        answers.append(votes.index(max(votes)))
    return answers


@right("elected")
def _(labels, weights, classes):
    return [
        np.bincount(example, weights=weights, minlength=classes).argmax() for example in labels.T
    ]


@right("elected")
def _(labels, weights, classes):
    votes = np.zeros((labels.shape[1], classes), dtype=np.float32)
    for voter, weight in zip(labels, weights, strict=True):
        votes[np.arange(len(voter)), voter] += weight
    return votes.argmax(axis=1).astype(np.float32)


@right("elected")
def _(labels, weights, classes):
    votes = weights[:, None, None] * (labels[:, :, None] == np.arange(classes))
    return tuple(votes.sum(axis=0).argmax(axis=-1))


@right("elected")
def _(labels, weights, classes):
    shares = np.einsum("k,knc->nc", weights / weights.sum(), np.eye(classes)[labels])
    return np.argmax(shares.round(9), axis=1)


@wrong("elected", "one answer for each of the 5 voters; one for each of the 7 examples")
def _(labels, weights, classes):
    return [np.bincount(voter, minlength=classes).argmax() for voter in labels]


@wrong("elected", "If these are the votes for each class: the place of the largest")
def _(labels, weights, classes):
    return [weights @ (labels == c) for c in range(classes)]


@wrong("elected", "the weights are not used")
def _(labels, weights, classes):
    return share_of_votes(labels, classes).argmax(axis=1)


@wrong("elected", "the one that is named first")
def _(labels, weights, classes):
    votes = [Counter() for _ in range(labels.shape[1])]
    for voter, weight in zip(labels.tolist(), weights, strict=True):
        for count, c in zip(votes, voter, strict=True):
            count[c] += weight
    return [count.most_common(1)[0][0] for count in votes]


@wrong("elected", "stops with ValueError")
def _(labels, weights, classes):
    return np.argmax([(labels == c) @ weights for c in range(classes)], axis=0)


@wrong("elected", "voters with the weights 1, 2, 0.5, 1.5, 4.5 name 3, 0, 0, 1, 2: elected should")
def _(labels, weights, classes):
    return np.full(labels.shape[1], 3)


@wrong("elected", "your function returns nothing")
def _(labels, weights, classes):
    print(np.argmax([weights @ (labels == c) for c in range(classes)], axis=0))


# voters


@right("voters")
def _():
    return 4, 0.3, 0.0667


@right("voters")
def _():
    return math.ceil(0.7 / 0.2), np.float32(0.3), np.float32(1 / 15)


@right("voters")
def _():
    variances = 0.3 + 0.7 / np.arange(1, 100)
    rhos = np.linspace(0, 1, 100_001)
    return np.argmax(variances <= 0.5) + 1, 0.3, rhos[np.argmin(abs(0.25 + 0.75 * rhos - 0.3))]


@wrong("voters", "enough: voters are whole numbers: round up")
def _():
    return 0.7 / 0.2, 0.3, 1 / 15


@wrong("voters", "floor should hold numbers")
def _():
    return 4, "0.3", 1 / 15


@wrong("voters", "enough and floor are right. rho: Var = ρ + (1 − ρ)/K, with K = 4")
def _():
    return 4, 0.3, 0.2


# temperature


@right("temperature")
def _():
    return 3.64


@right("temperature")
def _():
    return np.float32((7 - 3) / math.log(0.75 / 0.25))


@right("temperature")
def _():
    T = 1.0
    while soft_targets(np.array([[7.0, 3.0]]), T)[0, 1] < 0.25:
        T += 0.001
    return T


@right("temperature")
def _():
    T = np.linspace(0.5, 20, 5000)
    shares = 1 / (1 + np.exp(4 / T))
    return np.array(T[abs(shares - 0.25).argmin()])


@wrong("temperature", "the shares are 3/4 and 1/4, so e^(7/T) is 3 times e^(3/T)")
def _():
    return 2.0


@wrong("temperature", "temperature should be a single number")
def _():
    return [7 / math.log(3), 3 / math.log(3)]


# distillation_slope


@right("distillation_slope")
def _(z, t, T):
    return T * (softmax(z / T) - t) / len(z)


@right("distillation_slope")
def _(z, t, T):
    loss = Distillation(T)
    loss.forward(z, t)
    return loss.backward()


@right("distillation_slope")
def _(z, t, T):
    n, classes = z.shape
    rows = []
    for i in range(n):
        top = max(z[i])
        powers = [math.exp((score - top) / T) for score in z[i]]
        rows.append([T * (powers[k] / sum(powers) - t[i, k]) / n for k in range(classes)])
    return rows


@right("distillation_slope")
def _(z, t, T):
    z, t = np.float32(z), np.float32(t)
    scaled = z / np.float32(T)
    p = np.exp(scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True))
    return T * (p - t) / z.shape[0]


@wrong("distillation_slope", "changes the array")
def _(z, t, T):
    z /= T
    return T * (softmax(z) - t) / len(z)


@wrong("distillation_slope", "right for small logits; for logits of about 1000 it holds nan")
def _(z, t, T):
    powers = np.exp(z / T)
    return T * (powers / powers.sum(axis=1, keepdims=True) - t) / len(z)


@wrong("distillation_slope", "Take the largest of each *row* off before exp")
def _(z, t, T):
    powers = np.exp((z - z.max()) / T)
    return T * (powers / powers.sum(axis=1, keepdims=True) - t) / len(z)


@wrong("distillation_slope", "one row comes back; dz has the shape of z, (4, 3)")
def _(z, t, T):
    return (T * (softmax(z / T) - t)).sum(axis=0) / len(z)


@wrong("distillation_slope", "stops with ValueError")
def _(z, t, T):
    powers = np.exp(z / T)
    return T * (powers / powers.sum(axis=1) - t) / len(z)


@wrong("distillation_slope", "for z of shape (4, 3) and T = 2.5, dz[0, 0] should be")
def _(z, t, T):
    return 2 * T * (softmax(z / T) - t) / len(z)


@wrong("distillation_slope", "should be of shape (4, 3), but it has shape ()")
def _(z, t, T):
    return Distillation(T).forward(z, t)


# consult


@right("consult")
def _(f, g):
    return np.einsum("knd,nk->nd", f, g)


@right("consult")
def _(f, g):
    return (f * g.T[:, :, None]).sum(axis=0)


@right("consult")
def _(f, g):
    K, n, d = f.shape
    rows = [[0.0] * d for _ in range(n)]
    for k in range(K):
        for i in range(n):
            for j in range(d):
                rows[i][j] += g[i, k] * f[k, i, j]
    return rows


@right("consult")
def _(f, g):
    f, g = f.astype(np.float32), g.astype(np.float32)
    return np.stack([g[i] @ f[:, i] for i in range(len(g))])


@wrong("consult", "stops with ValueError")
def _(f, g):
    return sum(g[:, k] * f[k] for k in range(len(f)))


@wrong("consult", "one answer of each expert. Add them up over the experts, axis 0")
def _(f, g):
    return g.T[:, :, None] * f


@wrong("consult", "shape (3, 2) comes back; y has one row of d = 2 numbers for each of the n = 4")
def _(f, g):
    return (g.T[:, :, None] * f).sum(axis=1)


@wrong("consult", "changes the array")
def _(f, g):
    f *= g.T[:, :, None]
    return f.sum(axis=0)


@wrong("consult", "changes the array")
def _(f, g):
    y = f[0]
    y *= g[:, [0]]
    for k in range(1, len(f)):
        y += g[:, [k]] * f[k]
    return y


@wrong("consult", "y[0, 0]: the shares are 0.6685 and 0.1591 and 0.1724, the experts answer")
def _(f, g):
    return 3 * np.einsum("knd,nk->nd", f, g)


@wrong("consult", "should be of shape (4, 2), but it has shape ()")
def _(f, g):
    return np.einsum("knd,nk->", f, g)


# gate_slope


@right("gate_slope")
def _(dy, f, g):
    y = np.einsum("knd,nk->nd", f, g)
    return g * ((f - y) * dy).sum(axis=2).T


@right("gate_slope")
def _(dy, f, g):
    n, K = g.shape
    dz = np.zeros((n, K), dtype=np.float32)
    for i in range(n):
        dg = [dy[i] @ f[k, i] for k in range(K)]
        jacobian = np.diag(g[i]) - np.outer(g[i], g[i])
        dz[i] = jacobian @ dg
    return dz


@right("gate_slope")
def _(dy, f, g):
    rows = []
    for i, shares in enumerate(g.tolist()):
        dg = [sum(a * b for a, b in zip(dy[i], one[i], strict=True)) for one in f]
        mean = sum(share * slope for share, slope in zip(shares, dg, strict=True))
        rows.append([share * (slope - mean) for share, slope in zip(shares, dg, strict=True)])
    return rows


@right("gate_slope")
def _(dy, f, g):
    dg = np.einsum("nd,knd->nk", dy, f)
    return g * dg - g * np.sum(g * dg, axis=1)[:, None]


@wrong("gate_slope", "a slope for each answer of each expert. dgₖ adds up over the d outputs")
def _(dy, f, g):
    return dy * f


@wrong("gate_slope", "expected (n, K) = (4, 3): .T turns it round")
def _(dy, f, g):
    dg = (dy * f).sum(axis=2)
    return g.T * (dg - (g.T * dg).sum(axis=0))


@wrong("gate_slope", "stops with ValueError")
def _(dy, f, g):
    dg = (dy * f).sum(axis=2).T
    return g * (dg - (g * dg).sum(axis=1))


@wrong("gate_slope", "changes the array")
def _(dy, f, g):
    f *= dy
    dg = f.sum(axis=2).T
    return g * (dg - (g * dg).sum(axis=1, keepdims=True))


@wrong("gate_slope", "Each row should add up to 0")
def _(dy, f, g):
    dg = (dy * f).sum(axis=2).T
    return g**2 * dg


# winner


@right("winner")
def _(shares, digits, rng):
    seems, truly = [], []
    for _ in range(1000):
        read = [rng.binomial(digits, share) for share in shares]
        best = max(range(len(read)), key=read.__getitem__)
        seems.append(read[best] / digits)
        truly.append(shares[best])
    return sum(seems) / 1000, sum(truly) / 1000


@right("winner")
def _(shares, digits, rng):
    read = rng.binomial(digits, shares, size=(5000, len(shares))).astype(np.float32) / digits
    best = (read + rng.uniform(0, 1e-5, read.shape)).argmax(axis=1)  # of equal ones any
    return [read[np.arange(5000), best].mean(), np.take(shares, best).mean()]


@right("winner")
def _(shares, digits, rng):
    errors = np.sqrt(shares * (1 - shares) / digits)
    read = shares + errors * rng.standard_normal((4000, len(shares)))
    best = np.argmax(read, axis=1)
    return np.array([np.max(read, axis=1).mean(), shares[best].mean()])


@right("winner")
def _(shares, digits, rng):
    read = np.stack([rng.binomial(digits, share, 2000) for share in shares])
    wins = np.bincount(read.argmax(axis=0), minlength=len(shares)) / 2000
    return read.max(axis=0).mean() / digits, wins @ shares


@wrong("winner", "three calls gave answers from ")
def _(shares, digits, rng):
    read = rng.binomial(digits, shares)
    return read.max() / digits, shares[read.argmax()]


@wrong("winner", "what it seems to read: that is the largest of all searches")
def _(shares, digits, rng):
    read = rng.binomial(digits, shares, (1000, len(shares)))
    return read.max(axis=0).mean() / digits, shares[read.argmax(axis=1)].mean()


@wrong("winner", "2 numbers are expected, return seems, truly; but one")
def _(shares, digits, rng):
    return rng.binomial(digits, shares, (1000, len(shares))).max(axis=1).mean() / digits


@wrong("winner", "seems should be a single number")
def _(shares, digits, rng):
    read = rng.binomial(digits, shares, (1000, len(shares)))
    return read.max(axis=1) / digits, shares[read.argmax(axis=1)]


@wrong("winner", "for 8 networks and 400 digits, what it truly reads should be about 0.92")
def _(shares, digits, rng):
    read = rng.binomial(digits, shares, (1000, len(shares)))
    return read.max(axis=1).mean() / digits, 0.95


@wrong("winner", "A single network has no luck, on average")
def _(shares, digits, rng):
    if len(shares) == 1:
        shares = np.repeat(shares, 2)
    read = rng.binomial(digits, shares, (1000, len(shares)))
    return read.max(axis=1).mean() / digits, shares[read.argmax(axis=1)].mean()


# break_it


@right("break_it")
def _():
    return " Third", {"first": "Equal", "second": "late ", "fourth": "ADDS"}


@right("break_it")
def _():
    return "third", dict(zip(["fourth", "first", "second"], ["adds", "equal", "late"], strict=True))


@right("break_it")
def _():
    faults = {"first": np.str_("equal")}
    faults["second"] = np.array(["late"])[0]
    faults["fourth"] = "adds"
    return np.str_("third"), faults


@wrong("break_it", "faults should be")
def _():
    return "third", ["equal", "late", "adds"]


@wrong("break_it", "the fourth one has a fault")
def _():
    return "fourth", {"first": "equal", "second": "late", "third": "adds"}


# student


def small(rng, *first):
    layers = [*first, Dense(784, 20, rng=rng), ReLU(), Dense(20, 10, rng=rng)]
    return Network(layers).astype(np.float32)


def altered(rng, copies):
    x, _ = ex.hundred_digits()
    images = np.concatenate([x] * copies).reshape(-1, 28, 28, 1)
    return augment.crop(augment.rotate(images, 20, rng=rng), 4, rng=rng)


@right("student")
def _():
    rng, T = np.random.default_rng(1), 4
    network, x = small(rng), altered(rng, 20).reshape(-1, 784)
    targets = soft_targets(ex.teacher().predict(x), T)
    optimizer = SGD(network.parameters(), 0.1)
    fit(network, Distillation(T), optimizer, (x, targets), epochs=10, batch_size=20, rng=rng)
    return network


@right("student")
def _():
    rng = np.random.default_rng(2)
    network, x = small(rng, Flatten()), altered(rng, 20)  # it takes images
    targets = soft_targets(ex.teacher().predict(x.reshape(-1, 784)), 8)
    optimizer = Adam(network.parameters(), 0.001)
    fit(network, Distillation(8), optimizer, (x, targets), epochs=10, batch_size=20, rng=rng)
    return network


@right("student")
def _():
    rng, teacher = np.random.default_rng(3), ex.teacher()
    network = small(rng)
    optimizer, loss = SGD(network.parameters(), 0.1), Distillation(8)
    for _ in range(600):  # new images at every step
        x = altered(rng, 1).reshape(-1, 784)[rng.permutation(100)[:50]]
        loss.forward(network.forward(x), soft_targets(teacher.predict(x), 8))
        optimizer.zero_grad()
        network.backward(loss.backward())
        optimizer.step()
    return network


@wrong("student", "expected one trained Network, got an Ensemble")
def _():
    rng = np.random.default_rng(0)
    return Ensemble([small(rng), small(rng)])


@wrong("student", "more than the teacher reads")
def _():
    from nnlib.chapters.many_networks.experiments.voting import parts_of_mnist
    from nnlib.layers import Layer

    class Knows(Layer):
        """It has learnt the test digits by heart."""

        place = 0

        def forward(self, x):
            labels = np.roll(parts_of_mnist()[2][1], -self.place)[: len(x)]
            self.place += len(x)
            return np.eye(10)[labels]

    return Network([Knows()])


@wrong("student", "it guesses, or nearly")
def _():
    rng = np.random.default_rng(0)
    network = small(rng)
    x, _ = ex.hundred_digits()
    targets = soft_targets(ex.teacher().predict(x), 8)
    optimizer = SGD(network.parameters(), 100.0)
    fit(network, Distillation(8), optimizer, (x, targets), epochs=1, batch_size=100, rng=rng)
    return network
