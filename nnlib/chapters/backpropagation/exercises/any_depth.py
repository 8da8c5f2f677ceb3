"""Exercise 7 of chapter 05: back-propagation through any number of tanh layers."""

from itertools import pairwise

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_function, numbers


def deep_slopes(Ws, outputs, dz):
    slopes = []
    for k in reversed(range(len(Ws))):
        slopes.append(outputs[k].T @ dz)
        dz = (dz @ Ws[k].T) * (1 - outputs[k] ** 2)
    return slopes[::-1]


def passed_back(step):
    """A mistake in how dz gets through a layer: ``step(dz, W, a, behind)`` with its input a and its output."""

    def slopes(Ws, outputs, dz):
        found = []
        for k in reversed(range(len(Ws))):
            found.append(outputs[k].T @ dz)
            dz = step(dz, Ws[k], outputs[k], outputs[k + 1])
        return found[::-1]

    return slopes


TURNED = "the list is in the order of the sweep, last layer first: turn it round at the end."
WRONG = {
    TURNED: lambda *case: deep_slopes(*case)[::-1],
    "dW of the last layer is right. One layer back the bend is missing: times tanh′.": passed_back(
        lambda dz, W, a, behind: dz @ W.T
    ),
    "dW of the last layer is right. a (1 − a) is the slope of the sigmoid; this is tanh.": (
        passed_back(lambda dz, W, a, behind: (dz @ W.T) * a * (1 - a))
    ),
    "dW of the last layer is right. tanh is taken once more: outputs hold tanh(z) already.": (
        passed_back(lambda dz, W, a, behind: (dz @ W.T) * (1 - np.tanh(a) ** 2))
    ),
    "each dW is divided by n once more, but dz has its 1/n already.": lambda *case: [
        dW / len(case[2]) for dW in deep_slopes(*case)
    ],
    "the sign is wrong: a slope is asked for, not a step.": lambda *case: [
        -dW for dW in deep_slopes(*case)
    ],
}


def example(sizes, n, rng):
    """Return the weights (each neuron joined to all of the next layer), what the layers give, and the last dz."""
    Ws = [rng.normal(size=(d, k)) for d, k in pairwise(sizes)]
    outputs = [rng.normal(size=(n, sizes[0]))]
    for W in Ws:
        outputs.append(np.tanh(outputs[-1] @ W))
    return Ws, outputs, rng.normal(size=outputs[-1].shape) / n


def read(result, case):
    Ws, _, _ = case
    if not isinstance(result, list | tuple) or len(result) != len(Ws):
        raise NotYet(f"for {len(Ws)} layers a list of {len(Ws)} arrays is expected.")
    shapes = [W.shape for W in Ws]
    got = [np.shape(dW) for dW in result]
    if got != shapes and got == shapes[::-1]:
        raise NotYet(TURNED)
    return [
        numbers(dW, f"dW of layer {k}", W.shape)
        for k, (dW, W) in enumerate(zip(result, Ws, strict=True), start=1)
    ]


def otherwise(case, got, right):
    wrong = [k for k, pair in enumerate(zip(got, right, strict=True), 1) if not near(*pair)]
    last = len(right)
    if wrong[-1] == last:
        return "dW of the last layer is x.T @ dz, where x is what comes into it: outputs[-2]."
    return (
        f"of {last} layers, dW is right down to layer {wrong[-1] + 1}, and wrong in layer "
        f"{wrong[-1]}: how does dz get from one layer to the one before?"
    )


def near(got, right):
    return np.allclose(got, right, rtol=1e-5, atol=1e-7)


rng = np.random.default_rng(5)
exercise = Exercise(
    names=("deep_slopes",),
    grade=grade_function(
        deep_slopes,
        [
            example((3, 4, 4, 2), 5, rng),
            example((2, 3), 1, rng),
            example((3, 3, 3, 3, 3), 4, rng),
        ],
        WRONG,
        praise="a loop of two lines, and the network may be as deep as you like.",
        read=read,
        otherwise=otherwise,
        tolerance=1e-5,
    ),
    hints=(
        "Start at the last layer: its dW is outputs[-2].T @ dz.",
        "Then dz goes back: (dz @ W.T) * (1 − a²), where a is the output of the layer before.",
        "for k in reversed(range(len(Ws))): …, and turn the list round at the end.",
    ),
    solution=deep_slopes,
    wrong=WRONG,
    noise=lambda rng: (lambda Ws, *_: [rng.normal(size=W.shape) for W in Ws],),
)
