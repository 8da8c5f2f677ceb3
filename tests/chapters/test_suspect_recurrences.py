"""The suspects of chapter 09: one has the right gradients, the others fail where the answer says."""

import numpy as np
import pytest

from nnlib.chapters.recurrent_networks.exercises import SUSPECTS
from nnlib.gradcheck import check_gradients


def failing(name, time, n_hidden):
    """Which parameters of a suspect have wrong gradients."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, time, 3)), rng.normal(size=(4, time, n_hidden))
    layer = SUSPECTS[name](3, n_hidden, rng=rng)
    layer.start = rng.normal(size=(4, n_hidden))

    def cost():
        for parameter in layer.parameters():
            parameter.zero_grad()
        h = layer.forward(x)
        layer.backward(h - y)
        return ((h - y) ** 2).sum() / 2

    names = ("W_x", "W_h", "b")
    reports = [check_gradients(cost, [one], rng=rng) for one in layer.parameters()]
    return [part for part, report in zip(names, reports, strict=True) if not report.passed]


ALL = ["W_x", "W_h", "b"]


@pytest.mark.parametrize(
    ("name", "many_steps", "one_step", "one_neuron"),
    [
        ("first", ALL, [], ALL),
        ("second", ["W_h"], ["W_h"], ["W_h"]),
        ("third", [], [], []),
        ("fourth", ALL, [], []),
    ],
)
def test_each_suspect_fails_where_the_answer_says(name, many_steps, one_step, one_neuron):
    assert failing(name, 6, 5) == many_steps
    assert failing(name, 1, 5) == one_step
    assert failing(name, 6, 1) == one_neuron
    assert repr(SUSPECTS[name](3, 5, rng=np.random.default_rng(0))) == "RNN(3 → 5)"
