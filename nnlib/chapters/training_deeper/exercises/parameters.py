"""Exercise 6 of chapter 05b: how many weights and biases a network of dense layers has."""

from itertools import pairwise
from math import prod

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_function


def parameters(widths):
    return sum((widths[i] + 1) * widths[i + 1] for i in range(len(widths) - 1))


def weights(widths):
    return sum(n_in * n_out for n_in, n_out in pairwise(widths))


WRONG = {
    "those are the weights; every neuron has a bias too.": weights,
    "inputs have no bias.": lambda widths: weights(widths) + sum(widths),
    "the biases belong to the neurons that a layer leads to, not to its inputs.": (
        lambda widths: weights(widths) + sum(widths[:-1])
    ),
    "not one bias a layer, but one for each neuron.": (
        lambda widths: weights(widths) + len(widths) - 1
    ),
    "the outputs have biases as well.": lambda widths: weights(widths) + sum(widths[1:-1]),
    "not one bias in all, but one for each neuron.": lambda widths: weights(widths) + 1,
    "a bias is a weight more for each neuron: (d_in + 1) · d_out.": lambda widths: sum(
        (n_in + 1) * (n_out + 1) for n_in, n_out in pairwise(widths)
    ),
    "each layer joins two neighbours only: products of two widths, added up.": prod,
}

exercise = Exercise(
    names=("parameters",),
    grade=grade_function(
        parameters,
        [([64, 30, 10],), ([5, 7],), ([784, 100, 100, 10],)],
        WRONG,
        praise="(d_in + 1) · d_out for each layer, added up.",
        otherwise=lambda case, got, right: (
            f"for {case[0]} it is {right:,}, but yours says {got:,.0f}."
        ),
    ),
    hints=(
        "A layer from d_in to d_out has d_in · d_out weights and d_out biases.",
        "Layer i leads from widths[i] to widths[i + 1].",
    ),
    solution=parameters,
    wrong=WRONG,
    noise=lambda rng: (lambda _: int(rng.integers(1, 100)),),
)
