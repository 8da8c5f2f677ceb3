"""PyTorch as a referee: the same values, the same gradients, the same weights after training, to ten digits.

Where NNLIB_REQUIRE_TORCH is 1 a missing PyTorch is a failure, elsewhere these tests step aside.
"""

import importlib
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_cases import close as same
from layer_cases import convolutions, poolings, results, sides

from nnlib import activations, losses, schedules
from nnlib.autodiff import Variable
from nnlib.batches import minibatches
from nnlib.callbacks import AverageWeights, Scheduled
from nnlib.convolution import Conv2D
from nnlib.curvature import hessian, hessian_vector
from nnlib.layers import Dense
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.numerics import one_hot, softmax
from nnlib.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    RMSProp,
    clip_gradients,
)
from nnlib.parameter import Parameter
from nnlib.pooling import AvgPool2D, GlobalAvgPool2D, GlobalMaxPool2D, L2Pool2D, MaxPool2D
from nnlib.recurrent import GRU, RNN
from nnlib.training import fit

if os.environ.get("NNLIB_REQUIRE_TORCH") == "1":
    torch = importlib.import_module("torch")
else:
    torch = pytest.importorskip("torch")
torch.set_num_threads(1)  # for arrays as small as these a second thread only waits
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
    kinds = {
        name
        for name, kind in vars(activations).items()
        if getattr(kind, "__module__", "") == "nnlib.activations"
    }
    assert {name for name in kinds if not name.startswith("_")} - {"Activation"} == set(ACTIVATIONS)
    assert {
        kind.__name__ for kind in losses.Loss.__subclasses__() if kind.__module__ == "nnlib.losses"
    } == set(LOSSES)


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


def signs(rng):
    return 30 * rng.standard_normal((6, 4)), rng.uniform(0, 1, (6, 4)).round(1)


def logits(rng):
    return 30 * rng.standard_normal((6, 4)), rng.integers(0, 4, 6)


LOSSES = {
    "SquaredError": (amounts, lambda p, t: 0.5 * per_example(F.mse_loss)(p, t)),
    "AbsoluteError": (amounts, per_example(F.l1_loss)),
    "CrossEntropy": (chances, lambda p, t: F.nll_loss(torch.log(p), t)),
    "BinaryCrossEntropy": (answers, per_example(F.binary_cross_entropy)),
    "SoftmaxCrossEntropy": (logits, F.cross_entropy),
    "SigmoidCrossEntropy": (signs, per_example(F.binary_cross_entropy_with_logits)),
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


# A name of ours and its arguments, a name of theirs and the same arguments; without any, both have their own defaults.
OPTIMIZERS = [
    (SGD, {"learning_rate": 0.3}, "SGD", {"lr": 0.3}),
    (Momentum, {}, "SGD", {"lr": 0.1, "momentum": 0.9}),
    (Momentum, {"learning_rate": 0.02, "momentum": 0.5}, "SGD", {"lr": 0.02, "momentum": 0.5}),
    (Momentum, {"momentum": 0}, "SGD", {"lr": 0.1}),
    (Nesterov, {}, "SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    (
        Nesterov,
        {"learning_rate": 0.02, "momentum": 0.99},
        "SGD",
        {"lr": 0.02, "momentum": 0.99, "nesterov": True},
    ),
    (AdaGrad, {}, "Adagrad", {}),
    (AdaGrad, {"learning_rate": 0.5, "epsilon": 1e-3}, "Adagrad", {"lr": 0.5, "eps": 1e-3}),
    (RMSProp, {}, "RMSprop", {}),
    (
        RMSProp,
        {"learning_rate": 0.1, "decay": 0.5, "epsilon": 0.1},
        "RMSprop",
        {"lr": 0.1, "alpha": 0.5, "eps": 0.1},
    ),
    (RMSProp, {"decay": 0}, "RMSprop", {"alpha": 0.0}),
    (Adam, {}, "Adam", {}),
    (
        Adam,
        {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.9, "epsilon": 0.1},
        "Adam",
        {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1},
    ),
    (Adam, {"beta1": 0, "beta2": 0}, "Adam", {"betas": (0.0, 0.0)}),
    (AdamW, {}, "AdamW", {}),
    (
        AdamW,
        {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.9, "epsilon": 0.1, "weight_decay": 0.3},
        "AdamW",
        {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "weight_decay": 0.3},
    ),
    (AdamW, {"weight_decay": 0}, "AdamW", {"weight_decay": 0.0}),
]


@pytest.mark.parametrize(("kind", "ours", "name", "theirs"), OPTIMIZERS)
@pytest.mark.parametrize("seed", range(3))
def test_optimizers_over_sixty_steps(kind, ours, name, theirs, seed):
    rng = np.random.default_rng(seed)
    values = [rng.standard_normal(shape) for shape in ((4, 3), (3,), (2, 3, 1, 2), (1,))]
    mine = [Parameter(value.copy(), "w") for value in values]
    others = [tensor(value) for value in values]
    optimizer = kind(mine, **ours)
    # ours decays tables of weights only, theirs whatever it is told to
    groups = [
        {"params": [other for other in others if other.ndim >= 2]},
        {"params": [other for other in others if other.ndim < 2], "weight_decay": 0.0},
    ]
    reference = getattr(torch.optim, name)(groups if kind is AdamW else others, **theirs)
    for _ in range(60):
        for parameter, other in zip(mine, others, strict=True):
            gradient = rng.choice([0, 1e-6, 1, 100]) * rng.standard_normal(parameter.value.shape)
            parameter.grad = np.where(rng.random(gradient.shape) < 0.2, 0.0, gradient)
            other.grad = torch.tensor(parameter.grad)
        optimizer.step()
        reference.step()
        for parameter, other in zip(mine, others, strict=True):
            assert parameter.value == pytest.approx(numbers(other), rel=1e-12, abs=1e-12)
    # Adam's η is 0.001: four arrays together have come at least as far
    assert sum(np.abs(p.value - value).max() for p, value in zip(mine, values, strict=True)) > 0.01


@pytest.mark.parametrize("kind", [Momentum, Nesterov])
def test_with_a_changing_rate_our_speed_lives_on_and_theirs_is_scaled(kind, rng):
    # ours, its old speed multiplied by the ratio of the rates, walks as theirs does
    w, alpha, gradients = rng.standard_normal(5), 0.9, rng.standard_normal((20, 5))
    ours, scaled, other = Parameter(w.copy(), "w"), Parameter(w.copy(), "w"), tensor(w)
    mine, turned = (kind([p], momentum=alpha) for p in (ours, scaled))
    theirs = torch.optim.SGD([other], lr=0.1, momentum=alpha, nesterov=kind is Nesterov)
    for rate, gradient in zip(np.linspace(0.2, 0.01, 20), gradients, strict=True):
        turned.memory[0][0] *= rate / turned.learning_rate
        for optimizer in (mine, turned):
            optimizer.learning_rate, optimizer.parameters[0].grad = rate, gradient.copy()
            optimizer.step()
        theirs.param_groups[0]["lr"], other.grad = rate, torch.tensor(gradient)
        theirs.step()
        assert scaled.value == pytest.approx(numbers(other), rel=1e-12, abs=1e-12)
    assert np.abs(ours.value - numbers(other)).max() > 0.01


@pytest.mark.parametrize("longest", [1e-3, 1.0, 7.0, 1e3])
@pytest.mark.parametrize("seed", range(3))
def test_clipping(longest, seed):
    rng = np.random.default_rng(seed)
    gradients = [rng.standard_normal(shape) for shape in ((4, 3), (3,), (2, 3, 1, 2))]
    mine, others = [], []
    for gradient in gradients:
        mine.append(Parameter(np.zeros_like(gradient), "w"))
        mine[-1].grad = gradient.copy()
        others.append(tensor(np.zeros_like(gradient)))
        others[-1].grad = torch.tensor(gradient)
    norm = clip_gradients(mine, longest)
    assert norm == pytest.approx(torch.nn.utils.clip_grad_norm_(others, longest).item(), rel=1e-12)
    # theirs divides by ‖g‖ + 10⁻⁶, ours by ‖g‖
    factor = (norm + 1e-6) / norm if norm > longest else 1
    for parameter, other in zip(mine, others, strict=True):
        assert parameter.grad == pytest.approx(factor * numbers(other.grad), rel=1e-12)


# A rule of ours with its start η₀ = 0.3, and the class of theirs with its arguments; steps from k = 0 to 20 at most.
SCHEDULERS = [
    (schedules.cosine(0.3, 0.0, 20), "CosineAnnealingLR", {"T_max": 20, "eta_min": 0}),
    (schedules.cosine(0.3, 0.01, 20), "CosineAnnealingLR", {"T_max": 20, "eta_min": 0.01}),
    (
        schedules.linear(0.3, 0.0, 12),
        "LinearLR",
        {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 12},
    ),
    (
        schedules.warm_up(4, schedules.constant(0.3)),
        "LinearLR",
        {"start_factor": 1 / 5, "end_factor": 1.0, "total_iters": 4},
    ),
    (schedules.exponential(0.3, 0.7), "ExponentialLR", {"gamma": 0.7}),
    (schedules.exponential(0.3, 1.3), "ExponentialLR", {"gamma": 1.3}),
    (schedules.step(0.3, 0.1, every=6), "StepLR", {"step_size": 6, "gamma": 0.1}),
    (schedules.constant(0.3), "ConstantLR", {"factor": 1.0}),
    (schedules.inverse(0.3), "LambdaLR", {"lr_lambda": lambda k: 1 / (1 + k)}),
]


@pytest.mark.parametrize(("rule", "name", "arguments"), SCHEDULERS)
def test_schedules(rule, name, arguments):
    optimizer = torch.optim.SGD([tensor(np.zeros(1))], lr=0.3)
    scheduler = getattr(torch.optim.lr_scheduler, name)(optimizer, **arguments)
    for k in range(21):
        assert rule(k) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12, abs=1e-16)
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("decay", [None, 0.9])
@pytest.mark.parametrize("per", ["epoch", "step"])
# theirs clips to 10⁻⁶ less than 0.5, which Adam nearly divides out again
@pytest.mark.parametrize(("clip", "tolerance"), [(None, 1e-10), (0.5, 1e-6)])
def test_averages_and_a_schedule_by_steps_in_a_training(decay, per, clip, tolerance, rng):
    x, y = rng.standard_normal((30, 4)), rng.integers(0, 3, 30)
    network = Network([Dense(4, 5, rng=rng), activations.Tanh(), Dense(5, 3, rng=rng)])
    theirs = twin(network)
    optimizer = torch.optim.AdamW(
        [{"params": [p], "weight_decay": 0.05 * (p.ndim >= 2)} for p in theirs.parameters()], lr=0.1
    )
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=60, eta_min=0)
    swa = torch.optim.swa_utils
    average = swa.AveragedModel(
        theirs, multi_avg_fn=None if decay is None else swa.get_ema_multi_avg_fn(decay)
    )
    order = np.random.default_rng(5)
    for _ in range(20):
        for rows in minibatches(30, 10, rng=order):
            optimizer.zero_grad()
            F.cross_entropy(theirs(torch.tensor(x[rows])), torch.tensor(y[rows])).backward()
            torch.nn.utils.clip_grad_norm_(theirs.parameters(), clip or np.inf)
            optimizer.step()
            scheduler.step()
            if per == "step":
                average.update_parameters(theirs)
        if per == "epoch":
            average.update_parameters(theirs)
    mine = AverageWeights(decay=decay, per=per)
    fit(
        *(network, losses.SoftmaxCrossEntropy()),
        *(AdamW(network.parameters(), 0.1, weight_decay=0.05), (x, y)),
        epochs=20,
        batch_size=10,
        rng=np.random.default_rng(5),
        clip=clip,
        callbacks=[Scheduled(schedules.cosine(0.1, 0.0, 60), per="step"), mine],
    )
    mine.restore(network)
    for parameter, other in zip(network.parameters(), average.module.parameters(), strict=True):
        assert parameter.value == pytest.approx(numbers(other).T, rel=tolerance, abs=tolerance)


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
    network, loss = (
        Network([Dense(4, 5, rng=rng), bend(), Dense(5, 3, rng=rng)]),
        losses.SoftmaxCrossEntropy(),
    )
    x, labels, v = rng.standard_normal((9, 4)), rng.integers(0, 3, 9), rng.standard_normal(43)
    shapes = [parameter.value.shape for parameter in network.parameters()]

    def f():
        cost = loss.forward(network.forward(x), labels)
        network.backward(loss.backward())
        return cost

    def their_cost(w):
        sizes = [int(np.prod(shape)) for shape in shapes]
        W1, b1, W2, b2 = (
            part.reshape(shape) for part, shape in zip(torch.split(w, sizes), shapes, strict=True)
        )
        a = ACTIVATIONS[bend.__name__](torch.from_numpy(x) @ W1 + b1)
        return F.cross_entropy(a @ W2 + b2, torch.from_numpy(labels))

    w = torch.from_numpy(
        np.concatenate([parameter.value.ravel() for parameter in network.parameters()])
    )
    theirs = numbers(torch.autograd.functional.hessian(their_cost, w))
    assert np.abs(theirs).max() > 0.1
    assert hessian(f, network.parameters()) == pytest.approx(theirs, abs=1e-9)
    assert hessian_vector(f, network.parameters(), v) == pytest.approx(theirs @ v, abs=1e-8)


def our_training(network, x, labels) -> list[float]:
    loss, optimizer, costs = (
        losses.SoftmaxCrossEntropy(),
        SGD(network.parameters(), learning_rate=0.2),
        [],
    )
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


# Images. Hundreds of cases, so ``same`` in place of approx.


@settings(max_examples=250)
@given(case=convolutions())
def test_convolutions(case):
    layer, x, dz = case
    (top, bottom), (left, right) = sides(layer, x)
    their_x, W = (torch.tensor(a, requires_grad=True) for a in (x, layer.W.value))
    b = torch.tensor(layer.b.value, requires_grad=True)
    padded = torch.nn.functional.pad(their_x.permute(0, 3, 1, 2), (left, right, top, bottom))
    z = torch.nn.functional.conv2d(
        padded, W.permute(3, 2, 0, 1).contiguous(), b, stride=layer.stride
    ).permute(0, 2, 3, 1)
    z.backward(torch.from_numpy(dz))
    for mine, theirs in zip(
        results(*case), (z.detach(), their_x.grad, W.grad, b.grad), strict=True
    ):
        assert same(mine, theirs.numpy())


@pytest.mark.filterwarnings(
    "ignore:Using padding='same' with even kernel"
)  # PyTorch on its own speed
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("size", [1, 2, 3, (3, 2)])
def test_same_and_valid_padding_at_stride_1(padding, size, rng):
    layer = Conv2D(2, 3, size, padding=padding, rng=rng)
    theirs = torch.nn.Conv2d(2, 3, size, padding=padding, dtype=torch.float64)
    theirs.weight.data, theirs.bias.data = (
        torch.tensor(layer.W.value).permute(3, 2, 0, 1),
        torch.tensor(layer.b.value),
    )
    x = rng.standard_normal((2, 5, 6, 2))
    z = theirs(torch.from_numpy(x).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    assert same(layer.forward(x), z.detach().numpy())


def their_pooling(layer, x):
    """The same pooling of a tensor (n, channels, height, width) by PyTorch."""
    kind, size, stride = type(layer), layer.size, layer.stride
    if kind is MaxPool2D:
        return F.max_pool2d(x, size, stride)
    if kind is AvgPool2D:
        return F.avg_pool2d(x, size, stride)
    if kind is L2Pool2D:
        return torch.sqrt(F.avg_pool2d(x**2, size, stride, divisor_override=1))
    kernel = torch.from_numpy(layer.W.value).expand(x.shape[1], 1, *size)
    return F.conv2d(x, kernel, stride=stride, groups=x.shape[1])


@settings(max_examples=300)
@given(case=poolings())
def test_poolings(case):
    layer, x, dy = case
    their_x = torch.tensor(x, requires_grad=True)
    y = their_pooling(layer, their_x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    y.backward(torch.from_numpy(dy))
    assert same(layer.forward(x), y.detach().numpy())
    assert same(layer.backward(dy), their_x.grad.numpy())


@settings(max_examples=50)
@given(
    shape=st.tuples(*[st.integers(1, 4)] * 4),
    kind=st.sampled_from([GlobalMaxPool2D, GlobalAvgPool2D]),
    seed=st.integers(0, 2**32 - 1),
)
def test_global_poolings(shape, kind, seed):
    rng, layer = np.random.default_rng(seed), kind()
    x, dy = rng.standard_normal(shape), rng.standard_normal((shape[0], shape[3]))
    their_x = tensor(x)
    images = their_x.permute(0, 3, 1, 2)
    pool = F.adaptive_max_pool2d if kind is GlobalMaxPool2D else F.adaptive_avg_pool2d
    y = pool(images, 1)[:, :, 0, 0]
    y.backward(torch.from_numpy(dy))
    assert same(layer.forward(x), numbers(y))
    assert same(layer.backward(dy), numbers(their_x.grad))


@pytest.mark.parametrize("kind", [MaxPool2D, AvgPool2D])
def test_nan_in_poolings(kind):
    x = np.array([[1.0, 5, 7, np.nan], [2, 3, np.nan, 4], [1, 2, 3, np.inf], [0, 0, 0, 0]])
    layer, their_x = kind(2), tensor(x[None, :, :, None])
    y = their_pooling(layer, their_x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    y.backward(torch.ones_like(y))
    assert np.array_equal(layer.forward(x[None, :, :, None]), numbers(y), equal_nan=True)
    # of two NaNs PyTorch takes the last, we the first, as of two equal numbers
    dx = numbers(their_x.grad)[0, :, :, 0].copy()
    if kind is MaxPool2D:
        dx[0, 3], dx[1, 2] = 1, 0
    assert np.array_equal(layer.backward(np.ones((1, 2, 2, 1)))[0, :, :, 0], dx)


def their_batch_norm(layer):
    """The same layer in PyTorch."""
    theirs = torch.nn.BatchNorm1d(layer.features, dtype=torch.float64)
    theirs.weight.data, theirs.bias.data = (
        torch.tensor(layer.gamma.value),
        torch.tensor(layer.beta.value),
    )
    return theirs


@settings(max_examples=200)
@given(
    shape=st.tuples(st.integers(2, 6), st.integers(1, 4))
    | st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(2, 4), st.integers(1, 4)),
    seed=st.integers(0, 2**32 - 1),
    batches=st.integers(1, 3),
)
def test_batch_norm_in_training_and_in_prediction(shape, seed, batches):
    rng, layer = np.random.default_rng(seed), BatchNorm(shape[-1])
    for parameter in layer.parameters():
        parameter.value[...] = rng.standard_normal(shape[-1])
    theirs = their_batch_norm(layer)
    for training in [*[True] * batches, False]:
        layer.training = training
        theirs.train(training)
        x, dy = 3 * rng.standard_normal(shape) + 5, rng.standard_normal(shape)
        compare_batch_norm(layer, theirs, x, dy)


def compare_batch_norm(layer, theirs, x, dy):
    their_x = torch.tensor(x, requires_grad=True)
    y = theirs(their_x.reshape(-1, layer.features)).reshape(x.shape)
    theirs.zero_grad()
    y.backward(torch.from_numpy(dy))
    for parameter in layer.parameters():
        parameter.zero_grad()
    assert same(layer.forward(x), y.detach().numpy())
    slope = 1 / np.sqrt(
        x.reshape(-1, layer.features).var(axis=0).min() + layer.epsilon
    )  # large where a variance is small
    assert same(layer.backward(dy), their_x.grad.numpy(), 1e-10 * max(1.0, slope))
    assert same(layer.gamma.grad, theirs.weight.grad.numpy())
    assert same(layer.beta.grad, theirs.bias.grad.numpy())
    assert same(layer.running_mean.value, theirs.running_mean.numpy())
    assert same(layer.running_variance.value, theirs.running_var.numpy())


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_label_smoothing(smoothing, rng):
    z, labels = logits(rng)
    loss, their_z = losses.SoftmaxCrossEntropy(), tensor(z)
    theirs = F.cross_entropy(their_z, torch.from_numpy(labels), label_smoothing=smoothing)
    theirs.backward()
    assert loss.forward(z, one_hot(labels, 4, smoothing=smoothing)) == pytest.approx(
        theirs.item(), **close
    )
    assert loss.backward() == pytest.approx(numbers(their_z.grad), **close)


# Variables. What is written with NumPy's words for ours, and with PyTorch's for theirs.

SQUARE = np.array([[0.5, -2.0, 1.5], [3.0, 0.25, -1.0], [-0.5, 4.0, 2.0]])
EXPRESSIONS = {
    "sum": (lambda x: np.sum(x, axis=1), lambda x: x.sum(dim=1)),
    "mean": (lambda x: np.mean(x, axis=0, keepdims=True), lambda x: x.mean(dim=0, keepdim=True)),
    "max": (lambda x: np.max(x, axis=1), lambda x: x.amax(dim=1)),
    "min": (lambda x: np.min(x), lambda x: x.amin()),
    "ties": (lambda x: (0 * x).max(axis=0) * 3 + x, lambda x: (0 * x).amax(dim=0) * 3 + x),
    "dot": (lambda x: np.dot(x, x[0]), lambda x: x @ x[0]),
    "labels": (lambda x: x[range(3), [2, 0, 0]], lambda x: x[range(3), [2, 0, 0]]),
    "parts": (lambda x: x[1:, ::2] * x[0, 1], lambda x: x[1:, ::2] * x[0, 1]),
    "mask": (lambda x: x[SQUARE > 0], lambda x: x[torch.from_numpy(SQUARE > 0)]),
    "abs": (lambda x: np.abs(x) + abs(0 * x), lambda x: x.abs() + (0 * x).abs()),
    "cube": (lambda x: np.power(x, 3), lambda x: x**3),
    "0th power": (lambda x: (0 * x) ** 0 + x, lambda x: (0 * x) ** 0 + x),
    "root": (lambda x: np.sqrt(x * x), lambda x: torch.sqrt(x * x)),
    "powers of 2": (lambda x: 2**x, lambda x: 2**x),
    "power": (lambda x: (x * x) ** x, lambda x: (x * x) ** x),
    "cross-entropy": (
        lambda x: -(x - np.log(np.exp(x).sum(axis=1, keepdims=True)))[range(3), [0, 1, 0]],
        lambda x: F.cross_entropy(x, torch.tensor([0, 1, 0]), reduction="none"),
    ),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_variables_with_numpys_words(name):
    ours, theirs = EXPRESSIONS[name]
    x, their_x = Variable(SQUARE), tensor(SQUARE)
    result, wanted = ours(x), theirs(their_x)
    result.sum().backward()
    wanted.sum().backward()
    assert result.value == pytest.approx(numbers(wanted), **close)
    assert x.grad == pytest.approx(numbers(their_x.grad), **close)


# Recurrent layers.


def recurrent_pair(kind, rng, **options):
    """A layer of ours with random values, and theirs with the same."""
    layer = kind(3, 5, rng=rng, **options)
    for parameter in layer.parameters():
        parameter.value = rng.standard_normal(parameter.value.shape)
    theirs = getattr(torch.nn, kind.__name__)(3, 5, batch_first=True, dtype=torch.float64)
    values = {"weight_ih_l0": layer.W_x.value.T, "weight_hh_l0": layer.W_h.value.T}
    values |= {"bias_ih_l0": layer.b.value, "bias_hh_l0": np.zeros(5 * layer.gates)}
    if (
        kind is GRU
    ):  # PyTorch has a second bias for all gates, which only the candidate's has a use for
        values["bias_hh_l0"][10:] = layer.b_h.value
    theirs.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
    return layer, theirs


@pytest.mark.parametrize("kind", [RNN, GRU])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("lengths", [[7, 7, 7, 7], [7, 3, 1, 5]])
def test_recurrent(kind, last, lengths, rng):
    layer, theirs = recurrent_pair(kind, rng, last=last, padding=-9)
    x, start = rng.standard_normal((4, 7, 3)), rng.standard_normal((4, 5))
    for i, length in enumerate(lengths):
        x[i, length:] = -9
    layer.start, their_x, their_start = start, tensor(x), tensor(start[None])
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        their_x, lengths, batch_first=True, enforce_sorted=False
    )
    their_h, their_end = theirs(packed, their_start)
    their_h, _ = torch.nn.utils.rnn.pad_packed_sequence(their_h, batch_first=True)
    y = layer.forward(x)
    dy = rng.standard_normal(y.shape)
    (their_end[0] if last else their_h).backward(torch.from_numpy(dy))
    assert y == pytest.approx(numbers(their_end[0] if last else their_h), **close)
    assert layer.end == pytest.approx(numbers(their_end[0]), **close)
    assert layer.backward(dy) == pytest.approx(numbers(their_x.grad), **close)
    assert layer.d_start == pytest.approx(numbers(their_start.grad[0]), **close)
    assert layer.W_x.grad == pytest.approx(numbers(theirs.weight_ih_l0.grad).T, **close)
    assert layer.W_h.grad == pytest.approx(numbers(theirs.weight_hh_l0.grad).T, **close)
    assert layer.b.grad == pytest.approx(numbers(theirs.bias_ih_l0.grad), **close)
    if kind is GRU:
        assert layer.b_h.grad == pytest.approx(numbers(theirs.bias_hh_l0.grad)[10:], **close)
