"""Exercise 4 of chapter 06: how many weights and biases a convolution has, parameters(c_in, c_out, size)."""

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import brief, called, grade_function


def parameters(c_in, c_out, size):
    weights = size * size * c_in * c_out
    biases = c_out
    return weights + biases


WRONG = {
    "those are the weights; every filter has a bias too.": (
        lambda c_in, c_out, size: size**2 * c_in * c_out
    ),
    "not one bias in all, but one for each filter.": (
        lambda c_in, c_out, size: size**2 * c_in * c_out + 1
    ),
    "a bias belongs to what comes out: one for each filter, not for each input channel.": (
        lambda c_in, c_out, size: size**2 * c_in * c_out + c_in
    ),
    "a bias is one number more in a filter, not a filter more.": (
        lambda c_in, c_out, size: (size**2 * c_in + 1) * (c_out + 1)
    ),
    "c_in is missing: a filter has a window of weights for every channel that comes in.": (
        lambda c_in, c_out, size: size**2 * c_out + c_out
    ),
    "that is one filter; there are c_out of them.": lambda c_in, c_out, size: size**2 * c_in + 1,
    "c_out is missing from the weights: each filter has its own.": (
        lambda c_in, c_out, size: size**2 * c_in + c_out
    ),
    "a window is size rows of size columns: size², not size.": (
        lambda c_in, c_out, size: size * c_in * c_out + c_out
    ),
    "every filter sees every channel: c_in · c_out windows, not c_in + c_out.": (
        lambda c_in, c_out, size: size**2 * (c_in + c_out) + c_out
    ),
}


def otherwise(case, got, right):
    asked = called(parameters, case)
    return f"{asked} should be {right}, but it is {brief(got)}: count on paper."


exercise = Exercise(
    names=("parameters",),
    grade=grade_function(
        parameters,
        [(3, 8, 5), (1, 6, 3), (16, 4, 2)],
        WRONG,
        otherwise=otherwise,
        praise="(size² · c_in + 1) · c_out, however large the image is.",
    ),
    hints=(
        "One filter has a window of size · size weights for each channel that comes in, and one "
        "bias.",
        "There are c_out filters.",
    ),
    solution=parameters,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(),),
)
