"""Exercise 5 of chapter 10: what a mixture of experts answers."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import brief, grade_function, numbers


def consult(f, g):
    y = 0
    for k in range(len(f)):
        y = y + g[:, [k]] * f[k]
    return y


def weighted(f, shares):
    """Add up the answers (K, n, d) of experts with shares (K, n)."""
    return (shares[:, :, None] * f).sum(axis=0)


def chosen(f, best):
    return f[best, np.arange(len(best))]


def softer(g):
    powers = np.exp(g)
    return powers / powers.sum(axis=1, keepdims=True)


WRONG: Mistakes = {
    "the mean of the experts: the gate is not asked. Each answer is multiplied by its share.": (
        lambda f, g: f.mean(axis=0)
    ),
    "the sum of the experts: the gate is not asked. Each answer is multiplied by its share.": (
        lambda f, g: f.sum(axis=0)
    ),
    "divided by K: the shares of an example add up to 1 already.": lambda f, g: (
        weighted(f, g.T) / len(f)
    ),
    "divided by n: nothing is averaged over examples here.": lambda f, g: weighted(f, g.T) / len(g),
    "only the expert with the largest share is heard; all of them are, each by its share.": (
        lambda f, g: chosen(f, g.argmax(axis=1))
    ),
    "only the expert with the largest share is heard, times that share; all of them are, each by "
    "its own.": (lambda f, g: g.max(axis=1, keepdims=True) * chosen(f, g.argmax(axis=1))),
    "g has gone through a softmax already; take it as it is.": lambda f, g: weighted(
        f, softer(g).T
    ),
    "the shares are read in another order: reshape does not turn a table round, g.T does.": (
        lambda f, g: weighted(f, g.reshape(len(f), -1))
    ),
    "the shares of the first example serve for all; each example has its own, a row of g.": (
        lambda f, g: weighted(f, np.repeat(g[:1], len(g), axis=0).T)
    ),
    "the mean shares over all examples serve for each; each example has its own, a row of g.": (
        lambda f, g: weighted(f, np.repeat(g.mean(axis=0, keepdims=True), len(g), axis=0).T)
    ),
    "the squares of the shares: they multiply once.": lambda f, g: weighted(f, g.T**2),
    "the last expert is missing: k runs from 0 to K − 1.": lambda f, g: weighted(f[:-1], g.T[:-1]),
    "the first expert is missing: k runs from 0 to K − 1.": lambda f, g: weighted(f[1:], g.T[1:]),
    "that is the last expert alone: add up over k, y = y + …": lambda f, g: g[:, [-1]] * f[-1],
    "f[0] has no share: it is multiplied by g[:, [0]], too.": lambda f, g: (
        f[0] + weighted(f[1:], g.T[1:])
    ),
}


def read(result, case):
    K, n, d = case[0].shape
    got = np.shape(result)
    if got == (K, n, d):
        raise NotYet(
            f"shape {got} comes back: one answer of each expert. Add them up over the experts, "
            "axis 0."
        )
    if got != (n, d) and got in ((K, d), (d, n), (n,), (K, n), (n, K)):
        raise NotYet(
            f"shape {got} comes back; y has one row of d = {d} numbers for each of the n = {n} "
            f"examples, {(n, d)}. The sum runs over the K = {K} experts."
        )
    return numbers(result, "consult(f, g)", (n, d))


def otherwise(case, got, right):
    i, j = (int(index) for index in np.argwhere(~np.isclose(got, right))[0])
    f, g = case
    shares, answers = (" and ".join(map(brief, values)) for values in (g[i], f[:, i, j]))
    return (
        f"y[{i}, {j}]: the shares are {shares}, the experts answer {answers}. That makes "
        f"{brief(right[i, j])}, but yours is {brief(got[i, j])}."
    )


def make_case(seed, K, n, d):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(K, n, d)), rng.dirichlet(np.ones(K), n)


CASES = (make_case(0, 3, 4, 2), make_case(1, 2, 5, 1), make_case(2, 4, 1, 3), make_case(3, 3, 3, 3))

exercise = Exercise(
    names=("consult",),
    grade=grade_function(
        consult,
        CASES,
        WRONG,
        read=read,
        otherwise=otherwise,
        praise="each expert's answer times its share, added up over the experts: for every example "
        "anew.",
    ),
    hints=(
        "One expert after the other: f[k] (n, d) are its answers, g[:, k] (n,) its shares.",
        "g[:, [k]] has the shape (n, 1), so that g[:, [k]] * f[k] multiplies each row by its own "
        "share.",
        "y = 0, then y = y + g[:, [k]] * f[k] for k in range(len(f)).",
    ),
    solution=consult,
    wrong=WRONG,
    noise=lambda rng: (lambda f, g: rng.normal(size=f.shape[1:]),),
)
