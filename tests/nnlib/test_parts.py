"""Learning in parts: the same gradients as in one go, and the same bits on any number of cores."""

import threading

import numpy as np
import pytest

from nnlib import parts
from nnlib._fast import blocks
from nnlib.activations import ELU, ReLU, Sigmoid, Tanh
from nnlib.convolution import Conv2D
from nnlib.layers import Dense, Flatten, Layer, Residual
from nnlib.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
)
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.numerics import one_hot
from nnlib.optimizers import Adam, Momentum
from nnlib.parts import Parts, forward_and_backward
from nnlib.pooling import AvgPool2D, GlobalAvgPool2D, L2Pool2D, MaxPool2D, WeightedAvgPool2D
from nnlib.regularization import L1, L2, DropConnect, Dropout
from nnlib.training import fit

N = 21


def random_network(seed):
    """A network of layers of all kinds, and examples; every other one for images."""
    rng = np.random.default_rng(seed)
    bends, pools = (ReLU, Sigmoid, Tanh, ELU), (MaxPool2D, AvgPool2D, L2Pool2D, WeightedAvgPool2D)

    def bend():
        return bends[rng.integers(4)]()

    layers: list[Layer] = []
    if seed % 2:
        c = int(rng.integers(1, 4))
        layers += [BatchNorm(1)] if rng.random() < 0.2 else []
        layers += [Conv2D(1, c, 3, padding="same", rng=rng), bend(), pools[rng.integers(4)](2)]
        layers += [BatchNorm(c)] if rng.random() < 0.5 else []
        layers += [GlobalAvgPool2D()] if rng.random() < 0.3 else [Flatten()]
        x = rng.random((N, 6, 6, 1))
        width = Network(layers).predict(x[:1]).shape[1]
    else:
        x, width = rng.random((N, 5)), 5
    for _ in range(rng.integers(1, 4)):
        kind = rng.integers(5)
        if kind == 0:
            layers += [Dropout(0.7, rng=rng)]
        elif kind == 1:
            layers += [DropConnect(width, 7, 0.8, rng=rng), bend()]
            width = 7
        elif kind == 2:
            layers += [Residual([Dense(width, width, rng=rng), bend()])]
        else:
            layers += [Dense(width, 6, rng=rng), *([BatchNorm(6)] if kind == 3 else []), bend()]
            width = 6
    return Network([*layers, Dense(width, 3, rng=rng)]), x, rng.integers(0, 3, N)


def gradients(network, take):
    for parameter in network.parameters():
        parameter.zero_grad()
    cost, predictions = take()
    return [np.array(cost), predictions, *(one.grad for one in network.parameters())]


@pytest.mark.parametrize("count", [2, 3, 4, 21])
@pytest.mark.parametrize("seed", range(20))
def test_gradients_are_those_of_one_go(seed, count):
    (one, x, y), (other, _, _) = random_network(seed), random_network(seed)
    loss = SoftmaxCrossEntropy()
    whole = gradients(one, lambda: forward_and_backward(one, loss, x, y))
    taken = Parts(other, loss, N, count)
    in_parts = gradients(other, lambda: taken.forward_and_backward(x, y))
    for a, b in zip(whole, in_parts, strict=True):
        assert np.allclose(a, b, rtol=1e-12, atol=1e-14)
    for a, b in zip(one.statistics(), other.statistics(), strict=True):
        assert np.allclose(a.value, b.value, rtol=1e-12, atol=1e-15)


LOSSES = {
    SquaredError: lambda y: one_hot(y, 3),
    AbsoluteError: lambda y: one_hot(y, 3),
    SigmoidCrossEntropy: lambda y: one_hot(y, 3),
    SoftmaxCrossEntropy: lambda y: one_hot(y, 3, smoothing=0.2),
}


@pytest.mark.parametrize("kind", LOSSES)
def test_every_loss_is_a_mean(kind):
    (network, x, y), (other, _, _) = random_network(8), random_network(8)
    targets = LOSSES[kind](y)
    whole = gradients(network, lambda: forward_and_backward(network, kind(), x, targets))
    taken = Parts(other, kind(), N, 4)
    in_parts = gradients(other, lambda: taken.forward_and_backward(x, targets))
    for a, b in zip(whole, in_parts, strict=True):
        assert np.allclose(a, b, rtol=1e-12, atol=1e-14)


@pytest.fixture
def always(monkeypatch):
    """Take every mini-batch of four or more in parts."""
    monkeypatch.setattr(parts, "WORTH", 0)
    monkeypatch.setattr(parts, "ROOM", 1_000)
    monkeypatch.setattr(parts, "AXES", 2)
    monkeypatch.setattr(parts, "is_wide", lambda network, rows: False)


def on(cores, monkeypatch):
    monkeypatch.setattr(blocks, "_cores", lambda: cores)
    blocks._jobs.cache_clear()


def noisy(x, rng):
    return (x + 0.1 * rng.random(x.shape)).clip(0, 1)


def trained(seed, optimizer=Adam):
    network, x, y = random_network(seed)
    fit(
        network,
        SoftmaxCrossEntropy(),
        optimizer(network.parameters(), 0.01),
        (x, y),
        epochs=3,
        batch_size=8,
        rng=np.random.default_rng(seed),
        penalty=[L2(0.01), L1(0.001)],
        augment=noisy,
        clip=1.0,
    )
    return [one.value for one in network.state()]


@pytest.mark.parametrize("seed", range(20))
def test_the_same_bits_come_out_on_any_number_of_cores(seed, always, monkeypatch):
    found = []
    for cores in (1, 2, 3, 64):
        on(cores, monkeypatch)
        found.append(trained(seed))
    blocks._jobs.cache_clear()
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("seed", range(20))
def test_training_in_parts_is_training(seed, always, monkeypatch):
    # Adam would divide a slope of 1e-17, which should be 0, by its size
    in_parts = trained(seed, Momentum)
    monkeypatch.setattr(parts, "WORTH", 10**15)
    for a, b in zip(in_parts, trained(seed, Momentum), strict=True):
        assert np.allclose(a, b, rtol=1e-9, atol=1e-11)


def test_large_mini_batches_go_to_several_threads(monkeypatch):
    on(2, monkeypatch)
    seen, meet = set(), threading.Barrier(2)

    class Watch(Sigmoid):
        def forward(self, x):
            meet.wait(10)
            seen.add(threading.current_thread().name)
            return super().forward(x)

    Watch.__module__ = "nnlib.somewhere"  # else it is a learner's, and goes whole
    rng = np.random.default_rng(0)
    network = Network([Dense(784, 512, rng=rng), Watch(), Dense(512, 10, rng=rng)])
    x, y = rng.random((128, 784)), rng.integers(0, 10, 128)
    taken = Parts(network, SoftmaxCrossEntropy(), 128, 2)
    taken.forward_and_backward(x, y)
    blocks._jobs.cache_clear()
    assert len(seen) == 2


def test_what_is_small_or_not_ours_goes_in_one(always, rng):
    seen = []

    class Centred(Layer):  # looks across the batch, and nobody could know
        def forward(self, x):
            seen.append(len(x))
            return x - x.mean(axis=0)

        def backward(self, dy):
            return dy - dy.mean(axis=0)

    network = Network([Dense(5, 4, rng=rng), Centred(), Dense(4, 3, rng=rng)])
    forward_and_backward(network, SoftmaxCrossEntropy(), rng.random((8, 5)), rng.integers(0, 3, 8))
    assert seen[-1] == 8
    assert parts.count_parts(network, rng.random((3, 5))) == 1


@pytest.mark.parametrize(
    "module", ["__main__", "nnlib.chapters.somewhere.experiments", "nnlib_too"]
)
def test_only_layers_of_the_library_itself_are_known(module, always, rng):
    kind = type("Bend", (Tanh,), {"__module__": module})
    network = Network([Dense(5, 4, rng=rng), kind(), Dense(4, 3, rng=rng)])
    assert parts._parts_of(network, SoftmaxCrossEntropy(), rng.random((8, 5))) is None
    network.layers[1] = Tanh()
    ours = Network(network.layers)
    assert parts._parts_of(ours, SoftmaxCrossEntropy(), rng.random((8, 5))) is not None


def test_a_loss_of_ones_own_goes_in_one(always, rng):
    seen = []

    class SummedError(SquaredError):
        def forward(self, predictions, targets):
            seen.append(len(predictions))
            return super().forward(predictions, targets) * len(predictions)

    network = Network([Dense(5, 3, rng=rng)])
    forward_and_backward(network, SummedError(), rng.random((8, 5)), rng.random((8, 3)))
    assert seen == [8]


def test_twins_follow_what_happens_to_the_network(always, rng):
    network, loss = (
        Network([Dense(5, 4, rng=rng), Tanh(), Dense(4, 3, rng=rng)]),
        SoftmaxCrossEntropy(),
    )
    x, y = rng.random((8, 5)), rng.integers(0, 3, 8)

    def found():
        return gradients(network, lambda: forward_and_backward(network, loss, x, y))

    def fresh():
        other = network.copy()
        return gradients(other, lambda: forward_and_backward(other, loss, x, y))

    found()
    network.layers[0].W.value = 2 * network.layers[0].W.value
    network.layers[2] = Dense(4, 3, rng=rng)
    for a, b in zip(found(), fresh(), strict=True):
        assert np.array_equal(a, b)
    network.layers[0].W = type(network.layers[0].W)(rng.random((5, 4)), "W")
    for a, b in zip(found(), fresh(), strict=True):
        assert np.array_equal(a, b)


def test_gradients_that_are_there_are_added_to(always, rng):
    network, loss = Network([Dense(5, 3, rng=rng)]), SoftmaxCrossEntropy()
    x, y = rng.random((8, 5)), rng.integers(0, 3, 8)
    once = gradients(network, lambda: forward_and_backward(network, loss, x, y))[2].copy()
    forward_and_backward(network, loss, x, y)
    assert np.allclose(network.parameters()[0].grad, 2 * once)


def test_an_error_in_a_part_comes_out(always, rng):
    network = Network([Dense(5, 3, rng=rng), Sigmoid()])
    with pytest.raises(ValueError, match=r"targets of shape \(4, 2\)"):
        forward_and_backward(network, BinaryCrossEntropy(), rng.random((8, 5)), np.zeros((8, 2)))
