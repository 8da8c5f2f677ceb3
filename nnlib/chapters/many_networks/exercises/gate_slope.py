"""Exercise 6 of chapter 10: what the gate of a mixture of experts hears when it learns."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.chapters.kit.grading import brief, grade_function, numbers


def gate_slope(dy, f, g):
    dg = np.stack([(dy * answers).sum(axis=1) for answers in f], axis=1)
    return g * (dg - (g * dg).sum(axis=1, keepdims=True))


def for_shares(dy, f):
    """dgₖ = Σⱼ dyⱼ fₖⱼ, (n, K)."""
    return (dy * f).sum(axis=2).T


def through_softmax(dg, g, axis=1):
    return g * (dg - (g * dg).sum(axis=axis, keepdims=True))


WRONG: Mistakes = {
    "that is dg, the slope with respect to the shares: it still has to go through the softmax.": (
        lambda dy, f, g: for_shares(dy, f)
    ),
    "g · dg is the first half: Σ g dg, over the experts, is taken off dg before.": (
        lambda dy, f, g: g * for_shares(dy, f)
    ),
    "g (1 − g) dg is what a logit does to its own share. It changes the others as well: "
    "g (dg − Σ g dg).": lambda dy, f, g: g * (1 - g) * for_shares(dy, f),
    "the g before the bracket is missing.": lambda dy, f, g: (
        for_shares(dy, f) - (g * for_shares(dy, f)).sum(axis=1, keepdims=True)
    ),
    "the sign: it is dg − Σ g dg, not Σ g dg − dg.": lambda dy, f, g: (
        -through_softmax(for_shares(dy, f), g)
    ),
    "a plus: it is dg − Σ g dg.": lambda dy, f, g: (
        g * (for_shares(dy, f) + (g * for_shares(dy, f)).sum(axis=1, keepdims=True))
    ),
    "Σ g dg runs over the experts of one example, axis=1; yours runs over the examples.": (
        lambda dy, f, g: through_softmax(for_shares(dy, f), g, axis=0)
    ),
    "one Σ g dg for the whole batch: each example has its own, axis=1 with keepdims=True.": (
        lambda dy, f, g: through_softmax(for_shares(dy, f), g, axis=None)
    ),
    "what is taken off is Σ g dg, weighted by the shares, not Σ dg.": lambda dy, f, g: (
        g * (for_shares(dy, f) - for_shares(dy, f).sum(axis=1, keepdims=True))
    ),
    "what is taken off is Σ g dg, weighted by the shares, not the plain mean of dg.": (
        lambda dy, f, g: g * (for_shares(dy, f) - for_shares(dy, f).mean(axis=1, keepdims=True))
    ),
    "what is taken off is the sum of g dg over the experts, not its mean.": lambda dy, f, g: (
        g * (for_shares(dy, f) - (g * for_shares(dy, f)).mean(axis=1, keepdims=True))
    ),
    "dgₖ is a *sum* over the d outputs, Σⱼ dyⱼ fₖⱼ, not a mean.": lambda dy, f, g: through_softmax(
        (dy * f).mean(axis=2).T, g
    ),
    "divided by n once too often: dy has the 1/n of the loss in it already.": lambda dy, f, g: (
        through_softmax(for_shares(dy, f), g) / len(g)
    ),
    "g is in dg already: dgₖ = Σⱼ dyⱼ fₖⱼ is what y = Σ gₖ fₖ says, without gₖ.": lambda dy, f, g: (
        through_softmax(g * for_shares(dy, f), g)
    ),
    "dy is missing in dg: the experts' answers alone do not say which way is better.": (
        lambda dy, f, g: through_softmax(f.sum(axis=2).T, g)
    ),
    "f is missing in dg: gₖ is multiplied by fₖ in y, so dgₖ has fₖ in it.": lambda dy, f, g: (
        through_softmax(np.repeat(dy.sum(axis=1, keepdims=True), len(f), axis=1), g)
    ),
    "dg is read in another order: reshape does not turn a table round, .T does.": (
        lambda dy, f, g: through_softmax((dy * f).sum(axis=2).reshape(g.shape), g)
    ),
}


def read(result, case):
    _, f, g = case
    got = np.shape(result)
    if got == f.shape:
        raise NotYet(
            f"shape {got} comes back, a slope for each answer of each expert. dgₖ adds up over the "
            "d outputs, Σⱼ dyⱼ fₖⱼ."
        )
    if got == (len(f), len(g)) and len(f) != len(g):
        raise NotYet(f"shape {got} comes back; expected (n, K) = {g.shape}: .T turns it round.")
    return numbers(result, "gate_slope(dy, f, g)", g.shape)


def otherwise(case, got, right):
    i, k = (int(index) for index in np.argwhere(~np.isclose(got, right))[0])
    rows = np.abs(got.sum(axis=1)).max() > 1e-6
    clue = " Each row should add up to 0: a softmax moves shares, it makes none." if rows else ""
    return (
        f"for f of shape {case[1].shape} the slope at [{i}, {k}] should be {brief(right[i, k])}, "
        f"but it is {brief(got[i, k])}.{clue}"
    )


def make_case(seed, K, n, d):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)), rng.normal(size=(K, n, d)), rng.dirichlet(np.ones(K), n)


CASES = (make_case(0, 3, 4, 2), make_case(1, 2, 5, 1), make_case(2, 4, 1, 3), make_case(3, 3, 3, 3))

exercise = Exercise(
    names=("gate_slope",),
    grade=grade_function(
        gate_slope,
        CASES,
        WRONG,
        read=read,
        otherwise=otherwise,
        praise="gₖ (dgₖ − Σ g dg): an expert gains share if it is better than the mixture, and "
        "each row adds up to 0.",
    ),
    hints=(
        "First dg (n, K): y = Σ gₖ fₖ, so dgₖ = Σⱼ dyⱼ fₖⱼ. For one expert this is "
        "(dy * f[k]).sum(axis=1).",
        "np.stack([… for answers in f], axis=1) puts the columns side by side.",
        "Then back through the softmax: a logit zₖ changes all shares of its row, "
        "∂gₘ/∂zₖ = gₘ (δₘₖ − gₖ). Summed up: gₖ (dgₖ − Σₘ gₘ dgₘ).",
    ),
    solution=gate_slope,
    wrong=WRONG,
    noise=lambda rng: (lambda dy, f, g: rng.normal(size=g.shape),),
)
