"""The suspects of chapter 08: one walks as its namesake in nnlib does, the others leave its path, each in its way."""

import numpy as np
import pytest

from nnlib import optimizers
from nnlib.chapters.optimizers.exercises import SUSPECTS
from nnlib.parameter import Parameter


def walk(kind, slopes, **settings):
    w = Parameter(np.zeros_like(slopes[0]), "w")
    optimizer, path = kind([w], **settings), []
    for slope in slopes:
        w.grad = slope.copy()
        optimizer.step()
        path.append(w.value.copy())
    return np.array(path)


@pytest.mark.parametrize("name", SUSPECTS)
def test_nesterov_alone_does_what_its_name_says(name):
    slopes = np.random.default_rng(0).normal(size=(50, 3))
    ours = walk(SUSPECTS[name], slopes, learning_rate=0.1)
    assert np.allclose(ours, walk(getattr(optimizers, name), slopes, learning_rate=0.1)) == (
        name == "Nesterov"
    )


def test_under_a_steady_slope_each_fault_is_what_the_answer_says():
    steady = np.ones((10_000, 1))
    steps = {
        name: -np.diff(walk(kind, steady, learning_rate=1.0)[:, 0], prepend=0)
        for name, kind in SUSPECTS.items()
    }
    assert np.allclose(steps["Momentum"], 1)
    assert np.allclose(steps["RMSProp"], 1 / np.sqrt(np.arange(1, 10_001)))
    assert steps["Adam"][0] == pytest.approx(1)
    assert 1 + steps["Adam"].argmax() == 12
    assert steps["Adam"].max() == pytest.approx(2.08, abs=0.01)
    assert steps["Adam"][-1] == pytest.approx(np.sqrt(0.1), abs=0.001)
