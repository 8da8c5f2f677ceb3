"""PyTorch as a referee: the same values, the same gradients, the same weights after training, to ten digits.

Where NNLIB_REQUIRE_TORCH is 1 a missing PyTorch is a failure, elsewhere these tests step aside.
"""

import importlib
import os

import numpy as np
import pytest

from nnlib import activations, losses
from nnlib.curvature import hessian, hessian_vector
from nnlib.layers import Dense
from nnlib.network import Network
from nnlib.numerics import softmax
from nnlib.optimizers import SGD

if os.environ.get("NNLIB_REQUIRE_TORCH") == "1":
    torch = importlib.import_module("torch")
else:
    torch = pytest.importorskip("torch")
F = torch.nn.functional

close = {"rel": 1e-10, "abs": 1e-10}


def tensor(array: np.ndarray):
    """A float64 tensor of the same values that wants a gradient."""
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def numbers(of) -> np.ndarray:
    return of.detach().numpy()


def test_dense(rng):
    layer, x, dz = Dense(5, 3, rng=rng), rng.standard_normal((7, 5)), rng.standard_normal((7, 3))
    layer.b.value[...] = rng.standard_normal(3)
    their_x, their_W, their_b = tensor(x), tensor(layer.W.value.T), tensor(layer.b.value)
    theirs = F.linear(their_x, their_W, their_b)
    theirs.backward(torch.from_numpy(dz))
    assert layer.forward(x) == pytest.approx(numbers(theirs), **close)
    assert layer.backward(dz) == pytest.approx(numbers(their_x.grad), **close)
    assert layer.W.grad == pytest.approx(numbers(their_W.grad).T, **close)
    assert layer.b.grad == pytest.approx(numbers(their_b.grad), **close)


ACTIVATIONS = {
    "Sigmoid": torch.sigmoid,
    "Tanh": torch.tanh,
    "ReLU": torch.relu,
    "LeakyReLU": lambda z: F.leaky_relu(z, 0.01),
    "ELU": F.elu,
    "Softmax": lambda z: torch.softmax(z, dim=1),
    "Step": lambda z: torch.heaviside(z.detach(), torch.zeros(1, dtype=z.dtype)) + 0 * z,
    "Sign": lambda z: torch.where(z > 0, 1.0, -1.0) + 0 * z,
}


def test_every_activation_and_loss_has_a_reference():
    kinds = {name for name, kind in vars(activations).items() if getattr(kind, "__module__", "") == "nnlib.activations"}
    assert {name for name in kinds if not name.startswith("_")} - {"Activation"} == set(ACTIVATIONS)
    assert {kind.__name__ for kind in losses.Loss.__subclasses__() if kind.__module__ == "nnlib.losses"} == set(LOSSES)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("size", [1, 30])
def test_activations(name, size, rng):
    layer = getattr(activations, name)()
    z, da = size * rng.standard_normal((6, 4)), rng.standard_normal((6, 4))
    z[0, 0] = z[1] = 0  # PyTorch's choice at the kinks is ours, too
    their_z = tensor(z)
    theirs = ACTIVATIONS[name](their_z)
    theirs.backward(torch.from_numpy(da))
    assert layer.forward(z) == pytest.approx(numbers(theirs), **close)
    assert layer.backward(da) == pytest.approx(numbers(their_z.grad), **close)


def per_example(loss):
    """Summed over outputs, mean over examples, as ours are."""
    return lambda p, t: loss(p, t, reduction="sum") / len(p)


def amounts(rng):
    return rng.standard_normal((6, 4)), rng.standard_normal((6, 4))


def chances(rng):
    return softmax(rng.standard_normal((6, 4))), rng.integers(0, 4, 6)


def answers(rng):
    return rng.uniform(0.01, 0.99, (6, 4)), rng.integers(0, 2, (6, 4)).astype(float)


def logits(rng):
    return 30 * rng.standard_normal((6, 4)), rng.integers(0, 4, 6)


LOSSES = {
    "SquaredError": (amounts, lambda p, t: 0.5 * per_example(F.mse_loss)(p, t)),
    "AbsoluteError": (amounts, per_example(F.l1_loss)),
    "CrossEntropy": (chances, lambda p, t: F.nll_loss(torch.log(p), t)),
    "BinaryCrossEntropy": (answers, per_example(F.binary_cross_entropy)),
    "SoftmaxCrossEntropy": (logits, F.cross_entropy),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("seed", range(3))
def test_losses(name, seed):
    examples, reference = LOSSES[name]
    predictions, targets = examples(np.random.default_rng(seed))
    loss, their_predictions = getattr(losses, name)(), tensor(predictions)
    theirs = reference(their_predictions, torch.from_numpy(targets))
    theirs.backward()
    assert loss.forward(predictions, targets) == pytest.approx(theirs.item(), **close)
    assert loss.backward() == pytest.approx(numbers(their_predictions.grad), **close)


def twin(network: Network):
    """The same network in PyTorch, with the same weights."""
    layers = []
    for layer in network.layers:
        if isinstance(layer, Dense):
            layers.append(torch.nn.Linear(layer.n_in, layer.n_out, dtype=torch.float64))
            layers[-1].weight.data = torch.tensor(layer.W.value.T)
            layers[-1].bias.data = torch.tensor(layer.b.value)
        else:
            layers.append(getattr(torch.nn, type(layer).__name__)())
    return torch.nn.Sequential(*layers)


@pytest.mark.parametrize("bend", [activations.Sigmoid, activations.Tanh, activations.ReLU])
def test_whole_network_after_fifty_steps(bend, rng):
    network = Network([Dense(6, 8, rng=rng), bend(), Dense(8, 3, rng=rng)])
    theirs = twin(network)
    start = network.parameters()[0].value.copy()
    x, labels = rng.standard_normal((20, 6)), rng.integers(0, 3, 20)
    ours = our_training(network, x, labels)
    reference = their_training(theirs, torch.from_numpy(x), torch.from_numpy(labels))
    assert ours == pytest.approx(reference, **close)
    assert ours[-1] < 0.95 * ours[0]
    for parameter, other in zip(network.parameters(), theirs.parameters(), strict=True):
        assert parameter.value == pytest.approx(numbers(other).T, **close)
    assert np.abs(network.parameters()[0].value - start).max() > 0.01


@pytest.mark.parametrize("bend", [activations.Sigmoid, activations.Tanh])
def test_hessian_of_a_whole_network(bend, rng):
    network, loss = Network([Dense(4, 5, rng=rng), bend(), Dense(5, 3, rng=rng)]), losses.SoftmaxCrossEntropy()
    x, labels, v = rng.standard_normal((9, 4)), rng.integers(0, 3, 9), rng.standard_normal(43)
    shapes = [parameter.value.shape for parameter in network.parameters()]

    def f():
        cost = loss.forward(network.forward(x), labels)
        network.backward(loss.backward())
        return cost

    def their_cost(w):
        sizes = [int(np.prod(shape)) for shape in shapes]
        W1, b1, W2, b2 = (part.reshape(shape) for part, shape in zip(torch.split(w, sizes), shapes, strict=True))
        a = ACTIVATIONS[bend.__name__](torch.from_numpy(x) @ W1 + b1)
        return F.cross_entropy(a @ W2 + b2, torch.from_numpy(labels))

    w = torch.from_numpy(np.concatenate([parameter.value.ravel() for parameter in network.parameters()]))
    theirs = numbers(torch.autograd.functional.hessian(their_cost, w))
    assert np.abs(theirs).max() > 0.1
    assert hessian(f, network.parameters()) == pytest.approx(theirs, abs=1e-9)
    assert hessian_vector(f, network.parameters(), v) == pytest.approx(theirs @ v, abs=1e-8)


def our_training(network, x, labels) -> list[float]:
    loss, optimizer, costs = losses.SoftmaxCrossEntropy(), SGD(network.parameters(), learning_rate=0.2), []
    for _ in range(50):
        costs.append(loss.forward(network.forward(x), labels))
        optimizer.zero_grad()
        network.backward(loss.backward())
        optimizer.step()
    return costs


def their_training(network, x, labels) -> list[float]:
    optimizer, costs = torch.optim.SGD(network.parameters(), lr=0.2), []
    for _ in range(50):
        cost = F.cross_entropy(network(x), labels)
        costs.append(cost.item())
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
    return costs
