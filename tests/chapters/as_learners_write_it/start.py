"""Chapter 00: right answers in other styles, and wrong ones that no table of numbers can make."""

from itertools import pairwise

import numpy as np
from learners import right, wrong


@right("pixels")
def _():
    return 64.0


@right("pixels")
def _():
    return np.zeros((8, 8)).size


@right("pixels")
def _():
    return np.int16(4**3)


@right("pixels")
def _():
    return sum(1 for _row in range(8) for _column in range(8))


@wrong("pixels", "n should hold numbers, but it is 'sixty-four'")
def _():
    return "sixty-four"


@wrong("pixels", "n should be a single number, but it has shape (8, 8)")
def _():
    return np.ones((8, 8))


@wrong("pixels", "that is not it. Count the pixels")
def _():
    return 64.05


@right("parameters")
def _():
    return np.float32(1510)


@right("parameters")
def _():
    sizes = [64, 20, 10]
    return sum((before + 1) * after for before, after in pairwise(sizes))


@right("parameters")
def _():
    weights, biases = [(64, 20), (20, 10)], [(20,), (10,)]
    return np.sum([np.prod(shape) for shape in weights + biases])


@wrong("parameters", "n should be a single number")
def _():
    return [64 * 20 + 20, 20 * 10 + 10]


@wrong("parameters", "that is not it. Count the weights of both layers")
def _():
    return 1511
