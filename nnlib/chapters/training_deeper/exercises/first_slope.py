"""Exercise 4 of chapter 05b: the slope of the first weight of a chain of sigmoid neurons."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_function, number
from nnlib.numerics import sigmoid


def first_slope(w, b, x):
    slope, a = x, x
    for i in range(len(w)):
        a = 1 / (1 + np.exp(-(w[i] * a + b[i])))
        slope = slope * a * (1 - a)
        if i > 0:
            slope = slope * w[i]  # w₁ itself is not a factor
    return slope


def outputs_of_chain(w, b, x):
    outputs = [x]
    for weight, bias in zip(w, b, strict=True):
        outputs.append(1 / (1 + np.exp(-(weight * outputs[-1] + bias))))
    return np.array(outputs[1:])


def mistaken(answer, outputs=outputs_of_chain):
    """A mistake that goes forward to the outputs a (L,), and then gives ``answer(w, a, x)``."""
    return lambda w, b, x: answer(w, outputs(w, b, x), x)


def bends(a):
    """The product of all σ′."""
    return np.prod(a * (1 - a))


def right_but_for_outputs(w, a, x):
    return np.prod(w[1:]) * bends(a) * x


WRONG = {
    "the x is missing: z₁ = w₁ x + b₁ moves x times as much as w₁.": mistaken(
        lambda w, a, x: np.prod(w[1:]) * bends(a)
    ),
    "w₁ itself is not a factor: the product of weights begins with w₂.": mistaken(
        lambda w, a, x: np.prod(w) * bends(a) * x
    ),
    "that is the slope with respect to x: here the weights begin with w₂.": mistaken(
        lambda w, a, x: np.prod(w) * bends(a)
    ),
    "the slopes of the sigmoids are missing.": mistaken(lambda w, a, x: np.prod(w[1:]) * x),
    "the weights w₂ … w_L are missing.": mistaken(lambda w, a, x: bends(a) * x),
    "the weights w₂ … w_L are multiplied, not added.": mistaken(
        lambda w, a, x: np.sum(w[1:]) * bends(a) * x
    ),
    "the last neuron's σ′ is missing: the product goes from 1 to L.": mistaken(
        lambda w, a, x: np.prod(w[1:]) * bends(a[:-1]) * x
    ),
    "the first neuron's σ′ is missing: the product goes from 1 to L.": mistaken(
        lambda w, a, x: np.prod(w[1:]) * bends(a[1:]) * x
    ),
    "that is a_L itself, not its slope.": mistaken(lambda w, a, x: a[-1]),
    "σ′ is a (1 − a); yours has a alone.": mistaken(
        lambda w, a, x: np.prod(w[1:]) * np.prod(a) * x
    ),
    "a is σ(z) already: σ′(z) is a (1 − a).": mistaken(
        lambda w, a, x: np.prod(w[1:]) * bends(sigmoid(a)) * x
    ),
    "the biases are missing in the forward pass.": mistaken(
        right_but_for_outputs, lambda w, b, x: outputs_of_chain(w, 0 * b, x)
    ),
    "it is w₁ that is left out of the product, not the last weight.": mistaken(
        lambda w, a, x: np.prod(w[:-1]) * bends(a) * x
    ),
    "only the first neuron sees x; the others see the one before.": mistaken(
        right_but_for_outputs, lambda w, b, x: sigmoid(w * x + b)
    ),
}

CASES = [
    (np.array([1.5, -2.0, 2.5]), np.array([0.3, 0.5, -0.4]), 0.7),
    (np.array([2.0]), np.zeros(1), -0.6),
    (np.array([0.0, 1.5]), np.array([0.3, -0.2]), 0.7),
]


def read(result, case):
    if case[0][0] == 0 and np.isnan(np.asarray(result, float)).any():
        raise NotYet(
            "with w₁ = 0 your function divides 0 by 0. w₁ is not a factor: leave it out of the "
            "product, rather than multiply by it and divide again."
        )
    return number(result, "first_slope(w, b, x)")


exercise = Exercise(
    names=("first_slope",),
    grade=grade_function(
        first_slope,
        CASES,
        WRONG,
        read=read,
        praise="every weight but the first, every σ′, and x.",
        otherwise=lambda case, got, right: (
            f"for a chain of {len(case[0])} a nudge says {right:.4g}, but yours says {got:.4g}."
        ),
        tolerance=1e-5,
    ),
    hints=(
        "Go forward first and keep every a; σ′(z) is a (1 − a).",
        "np.prod(w[1:]) times the product of all a (1 − a) times x.",
    ),
    solution=first_slope,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(),),
)
