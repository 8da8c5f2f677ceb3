"""Chapter 01: right answers in other styles, and wrong ones that no table of formulas can make."""

import numpy as np
from learners import right


@right("or_gate")
def _():
    return [1, 1], -0.5


@right("or_gate")
def _():
    return (True, 2), np.float32(-0.25)


@right("or_gate")
def _():
    return np.array([5, 5], dtype=np.int8), -1
