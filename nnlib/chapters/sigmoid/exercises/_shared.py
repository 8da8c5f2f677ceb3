"""What the exercises about curves share: the sigmoid, places to ask at, and the place where an answer is worst."""

import numpy as np

Z = np.array([-4.0, -1.5, -0.2, 0.0, 0.7, 2.0, 5.0])


def sigma(z):
    return 1 / (1 + np.exp(-z))


def at_the_worst(what):
    """Words for an answer that no known mistake gives: where it is furthest off, and by how much."""

    def words(case, got, right):
        (z,) = case
        at = int(np.abs(got - right).argmax())
        return f"at z = {z[at]:g} the {what} is {right[at]:.6f}, but yours says {got[at]:.6f}."

    return words
