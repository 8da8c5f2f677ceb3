"""Exercise 8 of chapter 09: among how many characters a network hesitates, perplexity(logits, tokens)."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import brief, grade_function, numbers
from nnlib.numerics import log_softmax


def perplexity(logits, tokens):
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    given = log_p[np.arange(len(tokens)), tokens]
    return np.exp(-np.mean(given))


def of_given(formula):
    """A mistake with the probabilities of the characters that came."""
    return lambda logits, tokens: formula(
        np.exp(log_softmax(logits))[np.arange(len(tokens)), tokens]
    )


WRONG = {
    "that is the cross-entropy; perplexity is e to that power.": of_given(
        lambda given: -np.mean(np.log(given))
    ),
    "the sign: log p is below 0, so −log p is the loss. Yours is one over it.": of_given(
        lambda given: np.exp(np.mean(np.log(given)))
    ),
    "the mean is missing: e to the *sum* grows with every character of the text.": of_given(
        lambda given: np.exp(-np.sum(np.log(given)))
    ),
    "the base of the logarithm and that of the power should be the same.": (
        of_given(lambda given: np.exp(-np.mean(np.log2(given)))),
        of_given(lambda given: np.exp(-np.mean(np.log10(given)))),
        of_given(lambda given: 2 ** -np.mean(np.log(given))),
        of_given(lambda given: 10 ** -np.mean(np.log(given))),
    ),
    "that is the mean of 1/p; the mean is to be taken of −log p.": of_given(
        lambda given: np.mean(1 / given)
    ),
    "that is one over the mean of p; the mean is to be taken of −log p.": of_given(
        lambda given: 1 / np.mean(given)
    ),
    "that is one number for each character; first the mean, then e to its power.": of_given(
        lambda given: 1 / given
    ),
    "that is the mean probability of what came.": of_given(np.mean),
    "the softmax is missing: logits are no probabilities yet.": (
        lambda logits, tokens: np.exp(-np.mean(logits[np.arange(len(tokens)), tokens]))
    ),
    "softmax is taken of all numbers together; it should be taken of each row, axis=1.": (
        lambda logits, tokens: np.exp(
            np.log(np.exp(logits).sum()) - np.mean(logits[np.arange(len(tokens)), tokens])
        )
    ),
    "softmax is taken down the columns; it should be taken of each row, axis=1.": (
        lambda logits, tokens: np.exp(
            -np.mean(log_softmax(logits.T).T[np.arange(len(tokens)), tokens])
        )
    ),
    "all characters are counted, those that did not come as well: take one of each row.": (
        lambda logits, tokens: np.exp(-np.mean(log_softmax(logits)))
    ),
    "that is how undecided the network is, −Σ p log p; what really came (tokens) should decide.": (
        lambda logits, tokens: np.exp(
            -np.mean(np.sum(np.exp(log_softmax(logits)) * log_softmax(logits), axis=1))
        )
    ),
    "p of the likeliest character is taken; take that of the one that came.": (
        lambda logits, tokens: np.exp(-np.mean(log_softmax(logits).max(axis=1)))
    ),
    "log_p[:, tokens] is a whole table; one number is wanted from each row: "
    "log_p[np.arange(len(tokens)), tokens].": (
        lambda logits, tokens: np.exp(-np.mean(log_softmax(logits)[:, tokens]))
    ),
    "softmax is taken twice.": lambda logits, tokens: perplexity(
        np.exp(log_softmax(logits)), tokens
    ),
}


def case(n, characters, size, rng):
    return size * rng.normal(size=(n, characters)), rng.integers(0, characters, n)


rng = np.random.default_rng(39)
CASES = [
    case(6, 4, 1.0, rng),
    case(300, 39, 2.0, rng),
    (np.full((5, 39), -3.0), np.array([0, 38, 7, 7, 20])),
    (np.array([[1.0, 3.0]]), np.array([0])),
    (np.array([[900.0, 898.0, 0.0], [-900.0, -900.0, -905.0]]), np.array([1, 0])),
]


def read(result, case):
    logits, tokens = case
    name = f"perplexity of {len(tokens)} character{'s' * (len(tokens) > 1)}"
    is_number = np.isfinite(np.asarray(result, float)).all()
    if not is_number and abs(logits).max() < 500:
        raise NotYet(
            "it is no number. A logarithm of something below 0? Logits are no probabilities yet: "
            "softmax makes them so."
        )
    if not is_number:
        raise NotYet(
            "right, but for logits such as 900 or −900 it is no number: e⁹⁰⁰ is too large for a "
            "computer, and e⁻⁹⁰⁰ is 0. log_softmax of nnlib.numerics takes care of that; or take "
            "the largest logit of each row away first."
        )
    return numbers(result, name, np.shape(result) if np.ndim(result) == 1 else ())


def otherwise(case, got, right):
    logits, tokens = case
    if np.ndim(got):
        return "one number is asked for, the perplexity of the whole text."
    n = "one character" if len(tokens) == 1 else f"{len(tokens)} characters"
    asked = f"for {n} out of {logits.shape[1]}"
    return f"{asked} it should be {brief(right)}, but it is {brief(got)}."


exercise = Exercise(
    names=("perplexity",),
    grade=grade_function(
        perplexity,
        CASES,
        WRONG,
        read=read,
        otherwise=otherwise,
        praise="equal logits for 39 characters give 39, and who is sure and right has 1.",
    ),
    hints=(
        "log_softmax (from nnlib.numerics) makes log-probabilities of logits, row by row.",
        "Take from each row the one of the character that came: log_p[np.arange(len(tokens)), "
        "tokens].",
        "Their mean with a minus is the cross-entropy; np.exp of that.",
    ),
    solution=perplexity,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.uniform(0, 1),),
)
