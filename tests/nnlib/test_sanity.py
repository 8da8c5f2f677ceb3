"""The sanity ladder: a sound network climbs it, and each kind of broken one falls at its own rung."""

import math

import numpy as np
import pytest

from nnlib.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlib.convolution import Conv2D
from nnlib.datasets import load_digits, xor
from nnlib.initializers import he, scaled, standard_normal, zeros
from nnlib.layers import Dense, Flatten, Layer, Residual
from nnlib.losses import (
    BinaryCrossEntropy,
    CrossEntropy,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
)
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.numerics import one_hot
from nnlib.optimizers import SGD, Adam
from nnlib.pooling import MaxPool2D
from nnlib.regularization import Dropout
from nnlib.sanity import _handful, climb
from nnlib.training import fit

X, Y = load_digits()
X = X.reshape(len(X), -1)


def ladder(network, examples=(X, Y), learning_rate=0.5, loss=None, **options):
    rng, loss = np.random.default_rng(0), loss or SoftmaxCrossEntropy()
    return climb(network, loss, examples, learning_rate=learning_rate, rng=rng, **options)


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


# What strangers met: sound networks that fell, and broken ones that did not.

PLAIN, MOVED = (X, Y), np.random.default_rng(7).permutation(len(X))


def normed(kind=BatchNorm, activation=Sigmoid):
    rng = np.random.default_rng(0)
    layers = [Dense(64, 30, rng=rng), kind(30), activation(), Dense(30, 30, rng=rng), kind(30)]
    return Network([*layers, activation(), Dense(30, 10, rng=rng)])


@pytest.mark.parametrize("activation", [Sigmoid, ReLU])
@pytest.mark.parametrize("scale", [1, 100])
def test_batch_norm_climbs_whatever_the_scale(scale, activation):
    result = ladder(normed(activation=activation), (scale * X, Y))
    assert result.passed, result
    assert "scale" not in str(result)


@pytest.mark.parametrize("n", [901, 11, 111])
def test_no_number_of_examples_leaves_batch_norm_one_alone(n):
    assert [rung.name for rung in ladder(normed(), (X[:n], Y[:n])).rungs][-1] == "epoch"


class ForgetfulBatchNorm(BatchNorm):
    """Forgets in training that the mean and the variance depend on x: dx = γ / σ · dy."""

    def backward(self, dy):
        x, mean, variance, _ = self.recall()
        self.cache = x, mean, variance, False
        return super().backward(dy)


def test_a_backward_that_is_wrong_in_training_only_falls_at_the_gradient():
    result = ladder(normed(ForgetfulBatchNorm))
    assert names(result)[-1] == ("gradient", False)
    assert "in training mode gradients differ" in str(result)


def test_dropout_is_looked_at_with_the_same_random_numbers_each_time():
    rng = np.random.default_rng(0)
    network = Network(
        [Dense(64, 40, rng=rng), Tanh(), Dropout(0.8, rng=rng), Dense(40, 10, rng=rng)]
    )
    assert ("gradient", True) in names(ladder(network))


def test_a_convolution_with_empty_corners_climbs():
    rng = np.random.default_rng(0)
    network = Network(
        [
            Conv2D(1, 8, 3, padding=1, rng=rng),
            ReLU(),
            MaxPool2D(2),
            Flatten(),
            Dense(128, 10, rng=rng),
        ]
    )
    result = ladder(network, (X[:500].reshape(-1, 8, 8, 1), Y[:500]), learning_rate=0.1)
    assert result.passed, result
    assert "kink" in str(result)


def test_a_deaf_network_falls_even_if_the_examples_are_sorted():
    rng, order = np.random.default_rng(0), np.argsort(Y, kind="stable")
    layers = [
        layer for _ in range(8) for layer in (Dense(64, 64, rng=rng, weights=scaled), Sigmoid())
    ]
    network = Network([*layers, Dense(64, 10, rng=rng)])
    for examples in ((X[order], Y[order]), (X[MOVED], Y[MOVED])):
        assert names(ladder(network, examples, learning_rate=0.1))[-1] == ("handful", False)


def test_the_handful_is_of_every_class():
    rng, order = np.random.default_rng(0), np.argsort(Y, kind="stable")
    assert sorted(Y[order][_handful(Y[order], rng)]) == list(range(10))
    few = _handful(np.array([0] * 50 + [1] * 3), rng)
    assert len(set(few)) == 10
    assert set(few) & {50, 51, 52}
    assert len(_handful(np.array([0, 1, 1]), rng)) == 3


def test_a_rate_is_tried_with_the_optimizer_that_it_is_meant_for():
    rng = np.random.default_rng(0)
    layers = [Dense(64, 30, rng=rng), Tanh(), Dense(30, 30, rng=rng), Tanh()]
    network = Network([*layers, Dense(30, 10, rng=rng)])
    assert names(ladder(network, learning_rate=0.001))[-1] == ("handful", False)
    assert ladder(network, learning_rate=0.001, optimizer=Adam).passed


def test_an_optimizer_that_was_made_already_is_told():
    network = sound()
    with pytest.raises(TypeError, match="got a SGD as the optimizer: expected its class"):
        ladder(network, optimizer=SGD(network.parameters()))


def test_softmax_twice_falls_at_the_start_by_name():
    result = ladder(Network([*sound().layers, Softmax()]))
    assert names(result) == [("start", False)]
    assert "ends in Softmax, and SoftmaxCrossEntropy() takes logits" in str(result)
    assert ladder(Network([*sound().layers, Softmax()]), loss=CrossEntropy()).rungs[0].passed


def test_inputs_that_are_not_scaled_are_named():
    network = Network(
        [
            Dense(64, 30, rng=np.random.default_rng(0)),
            ReLU(),
            Dense(30, 10, rng=np.random.default_rng(1)),
        ]
    )
    result = ladder(network, (255 * X, Y))
    assert not result.passed
    assert "the inputs reach up to 255" in str(result)
    assert "x / 255" in str(result)


def test_one_output_is_yes_or_no():
    rng = np.random.default_rng(0)
    points, answers = xor(200, rng=rng)
    for loss, last in ((SigmoidCrossEntropy(), []), (BinaryCrossEntropy(), [Sigmoid()])):
        layers = [Dense(2, 8, rng=rng), Tanh(), Dense(8, 1, rng=rng), *last]
        for targets in (answers, answers[:, None]):
            result = ladder(Network(layers), (points, targets), loss=loss)
            assert result.passed, result
            assert "knowing nothing is ln 2 = 0.69" in str(result)


def test_rows_are_as_good_as_labels():
    assert ladder(sound(), (X, one_hot(Y, 10))).passed
    assert ladder(sound(), (X, one_hot(Y, 10)), loss=SquaredError()).rungs[0].passed


@pytest.mark.parametrize(
    ("targets", "error", "words"),
    [
        (Y[:, None], ValueError, r"targets of shape \(1797, 1\): .*y\[:, 0\]"),
        (X[:, :10], ValueError, "no classes|row 0 is"),
        (np.full(len(Y), 3), None, "all examples are of one class"),
    ],
)
def test_labels_that_do_not_fit(targets, error, words):
    if error is None:
        assert words in str(ladder(sound(), (X, targets)))
    else:
        with pytest.raises(error, match=words):
            ladder(sound(), (X, targets))


@pytest.mark.parametrize(("last", "passed"), [(zeros, True), (he, False)])
def test_deep_residual_networks_climb_if_their_blocks_start_at_zero(last, passed):
    rng = np.random.default_rng(0)
    layers = [Dense(64, 16, rng=rng, weights=he), ReLU()]
    for _ in range(6):
        block = [Dense(16, 16, rng=rng, weights=he), ReLU(), Dense(16, 16, rng=rng, weights=last)]
        layers += [Residual(block), ReLU()]
    result = ladder(Network([*layers, Dense(16, 10, rng=rng)]), learning_rate=0.05)
    assert result.passed is passed
    if not passed:
        assert names(result) == [("start", False)]
        assert "unless the last layer of each starts at zero" in str(result)


def test_a_layer_that_changes_x_itself_is_told():
    class Doubled(Layer):
        def forward(self, x):
            x *= 2
            return x

        def backward(self, dy):
            return 2 * dy

    result = ladder(Network([Doubled(), *sound().layers]), (X.copy() / 100, Y))
    assert names(result)[-1] == ("gradient", False)
    assert "or a layer changes x itself" in str(result)
