"""Random networks of all layers at their kinks: right gradients pass the check, planted mistakes never do."""

import numpy as np
import pytest

from nnlib import activations, pooling
from nnlib.activations import ELU, LeakyReLU, ReLU, Sigmoid, Tanh
from nnlib.convolution import Conv2D
from nnlib.datasets import load_digits, truth_table
from nnlib.gradcheck import check_gradients
from nnlib.layers import Dense, Flatten, Residual
from nnlib.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy, SquaredError
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.parameter import Parameter
from nnlib.pooling import (
    AvgPool2D,
    GlobalAvgPool2D,
    GlobalMaxPool2D,
    L2Pool2D,
    MaxPool2D,
    WeightedAvgPool2D,
)
from nnlib.regularization import DropConnect, Dropout

BENDS = [ReLU, LeakyReLU, ELU, Tanh, Sigmoid]
POOLS = [MaxPool2D, AvgPool2D, WeightedAvgPool2D, L2Pool2D]


def bend(rng):
    return BENDS[rng.integers(len(BENDS))]()


def dense_network(rng):
    """Up to five hidden layers of all kinds; biases are 0, as they start."""
    d = int(rng.integers(2, 6))
    layers = [Dense(d, d, rng=rng), bend(rng)]
    for _ in range(rng.integers(0, 4)):
        kind = rng.integers(5)
        if kind == 0:
            layers += [Residual([Dense(d, d, rng=rng), bend(rng)]), bend(rng)]
        elif kind == 1:
            layers += [Dense(d, d, rng=rng), BatchNorm(d), bend(rng)]
        elif kind == 2:
            layers += [DropConnect(d, d, 0.7, rng=rng), bend(rng)]
        elif kind == 3:
            layers += [Dense(d, d, rng=rng), bend(rng), Dropout(0.7, rng=rng)]
        else:
            layers += [Dense(d, d, rng=rng), bend(rng)]
    x = rng.standard_normal((6, d))
    x[rng.random(6) < 0.4] = 0  # whole rows of zeros
    x[rng.random((6, d)) < 0.2] = 0
    return Network([*layers, Dense(d, 3, rng=rng)]), x


def image_network(rng):
    """A convolution or two with every kind of pooling, on images of which some are empty."""
    c = int(rng.integers(1, 4))
    padding = [0, 1, "same"][rng.integers(3)]
    layers = [Conv2D(1, c, 3, padding=padding, rng=rng), bend(rng)]
    layers += [POOLS[rng.integers(4)](2, 1)] if rng.random() < 0.7 else []
    layers += [BatchNorm(c)] if rng.random() < 0.3 else []
    if rng.random() < 0.4:
        layers += [Conv2D(c, c, 2, padding=1, rng=rng), bend(rng)]
    ends = [[GlobalMaxPool2D()], [GlobalAvgPool2D()], [Flatten()]]
    layers += ends[rng.integers(3)]
    x = rng.random((3, 6, 6, 1)) * (rng.random((3, 6, 6, 1)) < 0.5)
    x[rng.random(3) < 0.4] = 0
    width = Network(layers).predict(x).shape[1]
    return Network([*layers, Dense(width, 3, rng=rng)]), x


def task(seed):
    """A network, its input, a loss, targets: everything from one seed."""
    rng = np.random.default_rng(seed)
    network, x = (dense_network if seed % 2 else image_network)(rng)
    losses = [
        (SoftmaxCrossEntropy(), rng.integers(0, 3, len(x))),
        (SquaredError(), rng.standard_normal((len(x), 3))),
        (SigmoidCrossEntropy(), rng.integers(0, 2, (len(x), 3)).astype(float)),
    ]
    return network, x, *losses[rng.integers(3)]


def check(network, x, loss, targets, mistake=None, seed=0):
    """Check in training mode, the same random numbers drawn in each call; ``mistake`` changes the gradients."""
    states = [generator.bit_generator.state for generator in network.generators()]

    def f() -> float:
        for generator, state in zip(network.generators(), states, strict=True):
            generator.bit_generator.state = state
        for parameter in network.parameters():
            parameter.zero_grad()
        cost = loss.forward(network.forward(x), targets)
        network.backward(loss.backward())
        if mistake is not None:
            mistake(network.parameters(), len(x))
        return cost

    return check_gradients(f, network.parameters(), rng=np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(200))
def test_a_right_gradient_passes_with_zero_rows_images_and_biases(seed):
    report = check(*task(seed))
    assert report.passed, report


def weights(parameters):
    """The weights with the largest slope."""
    tables = [parameter for parameter in parameters if parameter.value.ndim >= 2]
    return max(tables, key=lambda one: np.abs(one.grad).max())


def task_that_learns(seed):
    """A task in which some weight has a slope: a mistake in zeros is none."""
    for other in range(seed, seed + 10_000, 1000):
        network, x, loss, targets = task(other)
        check(network, x, loss, targets)
        if np.abs(weights(network.parameters()).grad).max() > 1e-3:
            return network, x, loss, targets
    raise AssertionError(f"no network near {seed} learns")


def transpose(parameters, m):
    square = [p for p in parameters if p.value.ndim == 2 and p.value.shape[0] == p.value.shape[1]]
    for parameter in square or [weights(parameters)]:
        turned = parameter.grad.swapaxes(0, 1)
        parameter.grad = (turned if turned.shape == parameter.grad.shape else turned[::-1]).reshape(
            parameter.grad.shape
        )


def one_bad_element(parameters, m):
    parameter = weights(parameters)
    parameter.grad[(0,) * parameter.grad.ndim] += 0.01 * np.abs(parameter.grad).max()


def scale_all(factor):
    def mistake(parameters, m):
        for parameter in parameters:
            parameter.grad = factor(m) * parameter.grad

    return mistake


MISTAKES = {
    "sign": scale_all(lambda m: -1),
    "factor 2": scale_all(lambda m: 2),
    "missing 1/m": scale_all(lambda m: m),
    "transpose": transpose,
    "one bad element": one_bad_element,
}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize(
    "seed", [*range(40), *(pytest.param(s, marks=pytest.mark.slow) for s in range(40, 200))]
)
def test_a_planted_mistake_is_found_beside_kinks_too(mistake, seed):
    report = check(*task_that_learns(seed), mistake=MISTAKES[mistake])
    assert not report.passed, report
    assert "differ" in str(report)


SIDES = {
    "the wrong side": lambda z, a: z < 0,
    "both sides": lambda z, a: np.ones_like(z),
    "no side": lambda z, a: np.zeros_like(z),
    "a slope too many below 0": lambda z, a: np.where(z > 0, 1.0, 0.1),
    "from a bit above 0 on": lambda z, a: z > 0.2,
}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("seed", range(20))
def test_a_slope_of_the_wrong_side_is_found_at_the_kink(side, seed, monkeypatch):
    rng = np.random.default_rng(seed)
    x, y = truth_table([0, 1, 1, 0])
    network = Network(
        [Dense(2, 6, rng=rng), ReLU(), Dense(6, 6, rng=rng), ReLU(), Dense(6, 2, rng=rng)]
    )
    assert check(network, x, SoftmaxCrossEntropy(), y).passed
    monkeypatch.setattr(activations.ReLU, "derivative", staticmethod(SIDES[side]))
    assert not check(network, x, SoftmaxCrossEntropy(), y).passed


def test_the_other_slope_at_the_kink_itself_is_as_right(monkeypatch):
    monkeypatch.setattr(activations.ReLU, "derivative", staticmethod(lambda z, a: z >= 0))
    network = Network(
        [
            Dense(2, 4, rng=np.random.default_rng(0)),
            ReLU(),
            Dense(4, 2, rng=np.random.default_rng(1)),
        ]
    )
    x, y = truth_table([0, 1, 1, 0])
    report = check(network, x, SoftmaxCrossEntropy(), y)
    assert report.passed
    assert report.kinks == ("Dense(2 → 4).b",)


def test_every_tied_pixel_gets_the_slope_is_found_where_all_are_equal(monkeypatch):
    # an empty image: every window of the convolution gives b, so the largest of them grows as b does, once
    def all_of_them(self, dy, x, y):
        return dy * np.ones_like(x) if x.shape[1:3] == self.size else None

    network = Network([Conv2D(1, 1, 3, rng=np.random.default_rng(0)), MaxPool2D(4), Flatten()])
    x, target = np.zeros((1, 6, 6, 1)), np.array([[1.0]])
    assert check(network, x, SquaredError(), target).passed
    monkeypatch.setattr(pooling.MaxPool2D, "pool_grad", all_of_them)
    report = check(network, x, SquaredError(), target)
    assert report.where[0].endswith(".b")
    # z = b = 0, target 1: dC/db = −1, and all 16 pixels of the window say it
    assert (report.analytic, round(report.numeric, 6)) == (-16, -1)


# The smallest inputs that strangers met.


def test_one_neuron_that_starts_at_its_kink():
    network = Network([Dense(1, 1, rng=np.random.default_rng(0)), ReLU()])
    report = check(network, np.array([[0.0]]), SquaredError(), np.array([[1.0]]))
    assert report.passed
    assert "The loss has a kink at Dense(1 → 1).b: judged a little beside it" in str(report)


@pytest.mark.parametrize("kind", [ReLU, LeakyReLU, ELU, Sigmoid, Tanh])
@pytest.mark.parametrize("seed", range(10))
def test_xor_itself(kind, seed):
    rng = np.random.default_rng(seed)
    x, y = truth_table([0, 1, 1, 0])
    network = Network([Dense(2, 4, rng=rng), kind(), Dense(4, 2, rng=rng)])
    report = check(network, x, SoftmaxCrossEntropy(), y)
    assert report.passed
    if kind is not ELU:  # its slope has no jump at 0, but a bend, which may look like a small one
        assert bool(report.kinks) == (kind in (ReLU, LeakyReLU))


@pytest.mark.parametrize("padding", [0, 1, "same"])
def test_a_convolution_on_digits_with_empty_corners(padding, rng):
    x, y = load_digits()
    layers = [Conv2D(1, 4, 3, padding=padding, rng=rng), ReLU(), MaxPool2D(2), Flatten()]
    width = Network(layers).predict(x[:1]).shape[1]
    network = Network([*layers, Dense(width, 10, rng=rng)])
    report = check(network, x[:10], SoftmaxCrossEntropy(), y[:10])
    assert report.passed
    assert report.kinks


@pytest.mark.parametrize("seed", range(10))
def test_deep_networks_with_small_weights(seed):
    rng = np.random.default_rng(seed)

    def small(shape, rng):
        return 5e-2 * rng.standard_normal(shape)

    layers = [layer for _ in range(6) for layer in (Dense(20, 20, rng=rng, weights=small), ReLU())]
    x, targets = rng.standard_normal((10, 20)), rng.standard_normal((10, 20))
    assert check(Network(layers), x, SquaredError(), targets).passed


def test_a_loss_with_a_kink_everywhere_cannot_be_judged():
    W = Parameter(np.array([0.3]), "W")
    noise = np.random.default_rng(0)

    def f() -> float:  # its slope jumps at random from place to place
        W.grad = np.array([1.0])
        return float(W.value[0] + noise.uniform(-1e-3, 1e-3))

    report = check_gradients(f, [W], rng=np.random.default_rng(0))
    assert not report.passed
    assert "wherever" in str(report)


def test_weights_are_where_they_were_after_looking_beside_a_kink(rng):
    network = Network([Dense(2, 4, rng=rng), ReLU(), Dense(4, 2, rng=rng)])
    before = [parameter.value.copy() for parameter in network.parameters()]
    x, y = truth_table([0, 1, 1, 0])
    assert check(network, x, SoftmaxCrossEntropy(), y).kinks
    for parameter, value in zip(network.parameters(), before, strict=True):
        assert np.array_equal(parameter.value, value)
