"""Exercise 1 of chapter 09: once round the loop, rnn_step(x, h, W_x, W_h, b)."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes
from nnlib.chapters.kit.grading import brief, grade_function
from nnlib.numerics import sigmoid


def rnn_step(x, h, W_x, W_h, b):
    return np.tanh(x @ W_x + h @ W_h + b)


WRONG: Mistakes = {
    "that is z; the state is tanh(z).": lambda x, h, W_x, W_h, b: x @ W_x + h @ W_h + b,
    "the bias is missing.": lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h),
    "the bias belongs into tanh, with the rest of z.": (
        lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h) + b
    ),
    "what the state says belongs into tanh, with the rest of z.": (
        lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + b) + h @ W_h
    ),
    "it forgets: the state that comes in, h, is missing.": (
        lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + b)
    ),
    "it is blind: the input x is missing.": lambda x, h, W_x, W_h, b: np.tanh(h @ W_h + b),
    "x and h are swapped: x belongs to W_x, h to W_h.": (
        lambda x, h, W_x, W_h, b: np.tanh(h @ W_x + x @ W_h + b)
    ),
    "W_h should not be transposed: h @ W_h, as rows are examples.": (
        lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + h @ W_h.T + b)
    ),
    "W_x should not be transposed: x @ W_x, as rows are examples.": (
        lambda x, h, W_x, W_h, b: np.tanh(x @ W_x.T + h @ W_h + b)
    ),
    "nothing is transposed here: x @ W_x and h @ W_h, as rows are examples.": (
        lambda x, h, W_x, W_h, b: np.tanh(x @ W_x.T + h @ W_h.T + b),
        lambda x, h, W_x, W_h, b: np.tanh(W_x @ x.T + W_h @ h.T + b[:, None]).T,
    ),
    "the plain loop has tanh in it, not σ.": (
        lambda x, h, W_x, W_h, b: sigmoid(x @ W_x + h @ W_h + b)
    ),
    "h comes twice: the new state is tanh(z) alone.": (
        lambda x, h, W_x, W_h, b: h + np.tanh(x @ W_x + h @ W_h + b)
    ),
    "one sum z, and one tanh of it: the bend of a sum is not the sum of bends.": (
        lambda x, h, W_x, W_h, b: np.tanh(x @ W_x + b) + np.tanh(h @ W_h),
        lambda x, h, W_x, W_h, b: np.tanh(x @ W_x) + np.tanh(h @ W_h) + b,
    ),
}


def case(n, n_in, n_hidden, rng):
    shapes = (n, n_in), (n, n_hidden), (n_in, n_hidden), (n_hidden, n_hidden), (n_hidden,)
    return tuple(rng.normal(size=shape) for shape in shapes)


def otherwise(case, got, right):
    x, h, *_ = case
    return (
        f"for x of shape {x.shape} and h of shape {h.shape} the new h[0, 0] should be "
        f"{brief(right[0, 0])}, but it is {brief(got[0, 0])}."
    )


rng = np.random.default_rng(9)
exercise = Exercise(
    names=("rnn_step",),
    grade=grade_function(
        rnn_step,
        [case(*sizes, rng) for sizes in ((4, 3, 3), (5, 2, 4), (1, 3, 1))],
        WRONG,
        praise="a layer that takes what it gave: all there is to a plain recurrent network.",
        otherwise=otherwise,
    ),
    hints=(
        "z is made of three parts: what the input says, what the old state says, and the bias.",
        "z = x @ W_x + h @ W_h + b, of shape (n, n_hidden); then np.tanh.",
    ),
    solution=rnn_step,
    wrong=WRONG,
    noise=lambda rng: (lambda x, h, *_: rng.normal(size=h.shape),),
)
