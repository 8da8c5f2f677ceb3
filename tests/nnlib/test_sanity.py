"""The sanity ladder: a sound network climbs it, and each kind of broken one falls at its own rung."""

import math

import numpy as np
import pytest

from nnlib.activations import ReLU, Sigmoid
from nnlib.datasets import load_digits
from nnlib.initializers import standard_normal, zeros
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.sanity import climb

X, Y = load_digits()
X = X.reshape(len(X), -1)


def ladder(network, examples=(X, Y), learning_rate=0.5, loss=None):
    rng = np.random.default_rng(0)
    return climb(
        network, loss or SoftmaxCrossEntropy(), examples, learning_rate=learning_rate, rng=rng
    )


def sound(weights=None, dtype=np.float64):
    rng = np.random.default_rng(0)
    options = {"weights": weights} if weights else {}
    return Network(
        [Dense(64, 30, rng=rng, **options), Sigmoid(), Dense(30, 10, rng=rng, **options)]
    ).astype(dtype)


def names(result):
    return [(rung.name, rung.passed) for rung in result.rungs]


def test_a_sound_network_climbs_to_the_top_and_stays_as_it_was():
    network = sound()
    before = [parameter.value.copy() for parameter in network.parameters()]
    result = ladder(network)
    assert names(result) == [
        ("start", True),
        ("gradient", True),
        ("handful", True),
        ("epoch", True),
    ]
    assert result.passed
    assert str(result).count("✓") == 4
    assert "ln 10 = 2.30" in str(result)
    for parameter, value in zip(network.parameters(), before, strict=True):
        assert np.array_equal(parameter.value, value)
    assert network.training


def test_float32_networks_climb_too():
    assert ladder(sound(dtype=np.float32), (X.astype(np.float32), Y)).passed


def test_weights_that_are_too_large_fall_at_the_start():
    result = ladder(sound(standard_normal))
    assert names(result) == [("start", False)]
    assert not result.passed
    assert "smaller weights" in str(result)


def test_a_trained_network_falls_at_the_start():
    network = sound()
    from nnlib.optimizers import SGD
    from nnlib.training import fit

    rng = np.random.default_rng(0)
    fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), 0.5),
        (X, Y),
        epochs=5,
        batch_size=10,
        rng=rng,
    )
    assert "trained already" in str(ladder(network))


class WrongSign(Sigmoid):
    """A sigmoid whose slope has the wrong sign."""

    @staticmethod
    def derivative(z, a):
        return -a * (1 - a)


def test_a_wrong_slope_falls_at_the_gradient():
    rng = np.random.default_rng(0)
    network = Network([Dense(64, 30, rng=rng), WrongSign(), Dense(30, 10, rng=rng)])
    result = ladder(network)
    assert names(result) == [("start", True), ("gradient", False)]
    assert "gradients differ" in str(result)


def test_a_dead_layer_falls_at_the_handful():
    rng = np.random.default_rng(0)
    network = Network([Dense(64, 30, rng=rng), ReLU(), Dense(30, 10, rng=rng)])
    network.layers[0].b.value[:] = -100  # off for every example
    assert names(ladder(network))[-1] == ("handful", False)


def test_a_rate_that_is_too_large_is_told():
    assert names(ladder(sound(), learning_rate=1e6))[-1][1] is False


def test_a_rate_that_is_too_small_falls_before_the_top():
    result = ladder(sound(), learning_rate=1e-6)
    assert names(result)[-1] == ("handful", False)
    assert "wrong learning rate" in str(result)


@pytest.mark.parametrize(
    ("examples", "learning_rate", "error", "words"),
    [
        ((X, Y[:5]), 0.5, ValueError, "1797 rows and y with 5 rows"),
        ((X, Y + 1), 0.5, ValueError, "label 10"),
        ((X, Y), 0, ValueError, "learning_rate = 0"),
        ((X, Y.astype(float)), 0.5, TypeError, "whole numbers"),
    ],
)
def test_wrong_use(examples, learning_rate, error, words):
    with pytest.raises(error, match=words):
        ladder(sound(), examples, learning_rate)


def test_the_loss_of_knowing_nothing():
    network = sound(zeros)
    assert SoftmaxCrossEntropy().forward(network.predict(X), Y) == pytest.approx(math.log(10))
