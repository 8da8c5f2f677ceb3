"""The contract that every layer keeps. Layers are found by themselves: a new one fails here until it has a case.

A case says how to build the layer, gives it an input clear of kinks, and lists what it must refuse.
"""

import copy
import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import nnlib
from nnlib import (
    activations,
    convolution,
    ensembles,
    layers,
    normalization,
    pooling,
    recurrent,
    regularization,
    steps,
)
from nnlib.gradcheck import check_gradients
from nnlib.layers import Layer
from nnlib.network import Network
from nnlib.parameter import Parameter
from nnlib.saving import kinds, saved_form

for found in pkgutil.iter_modules(nnlib.__path__, "nnlib."):
    if not found.ispkg:
        importlib.import_module(found.name)

KINDS = {name: kind for name, kind in kinds().items() if "." not in name}  # the library's own
ABSTRACT = {"Activation", "Pool2D", "Compound", "Recurrent"}  # only there to be derived from

Generator = np.random.Generator


def normal(*shape: int) -> Callable[[Generator], np.ndarray]:
    return lambda rng: rng.standard_normal(shape)


def clear_of_zero(*shape: int) -> Callable[[Generator], np.ndarray]:
    """Numbers from 0.1 to 2 of either sign: the kink at 0 is far from every nudge."""
    return lambda rng: rng.uniform(0.1, 2, shape) * rng.choice([-1.0, 1.0], shape)


def zeros(*shape: int) -> Callable[[], np.ndarray]:
    return lambda: np.zeros(shape)


NO_ARRAYS = {
    "list": lambda: [[1.0, 2.0]],
    "None": lambda: None,
    "text": lambda: np.array([["a", "b"]]),
}


@dataclass(frozen=True)
class Case:
    """How to try one kind of layer: ``shape`` is that of its output, ``wrong`` the arrays that it must refuse."""

    build: Callable[[Generator], Layer]
    x: Callable[[Generator], np.ndarray]
    shape: tuple[int, ...]
    wrong: dict[str, Callable[[], Any]] = field(default_factory=dict)


ANY_SHAPE = {"empty batch": zeros(0, 3)}
IMAGES = {
    "one image alone": zeros(5, 6, 2),
    "rows": zeros(5, 60),
    "empty batch": zeros(0, 5, 6, 2),
    "no pixels": zeros(5, 0, 6, 2),
    "smaller than the window": zeros(5, 6, 1, 2),
}
ANY_IMAGES = {name: make for name, make in IMAGES.items() if "window" not in name}
SEQUENCES = {
    "width": zeros(5, 4, 2),
    "one sequence alone": zeros(4, 3),
    "rank 4": zeros(5, 4, 3, 1),
    "empty batch": zeros(0, 4, 3),
    "no steps": zeros(5, 0, 3),
}
CASES = {
    "Dense": Case(
        lambda rng: layers.Dense(4, 3, rng=rng),
        normal(5, 4),
        (5, 3),
        {
            "width": zeros(5, 3),
            "one row alone": zeros(4),
            "rank 3": zeros(5, 4, 1),
            "empty batch": zeros(0, 4),
        },
    ),
    "Flatten": Case(
        lambda rng: layers.Flatten(),
        normal(5, 2, 3, 2),
        (5, 12),
        {"rank 1": zeros(4), "empty batch": zeros(0, 2, 2, 1)},
    ),
    "Residual": Case(
        lambda rng: layers.Residual(
            [
                layers.Dense(4, 6, rng=rng),
                normalization.BatchNorm(6),
                activations.Tanh(),
                layers.Dense(6, 3, rng=rng),
            ],
            projection=layers.Dense(4, 3, rng=rng),
        ),
        normal(5, 4),
        (5, 3),
        {"empty batch": zeros(0, 4)},
    ),
    "Conv2D": Case(
        lambda rng: convolution.Conv2D(2, 3, (3, 2), stride=(2, 1), padding="same", rng=rng),
        normal(5, 4, 5, 2),
        (5, 2, 5, 3),
        {
            "channels": zeros(5, 4, 5, 3),
            **ANY_IMAGES,
        },
    ),
    "AvgPool2D": Case(
        lambda rng: pooling.AvgPool2D((2, 3)), normal(5, 5, 6, 2), (5, 2, 2, 2), IMAGES
    ),
    "WeightedAvgPool2D": Case(
        lambda rng: pooling.WeightedAvgPool2D(3, 2, learn=True),
        normal(5, 5, 6, 2),
        (5, 2, 2, 2),
        IMAGES,
    ),
    "L2Pool2D": Case(
        lambda rng: pooling.L2Pool2D(2), clear_of_zero(5, 5, 6, 2), (5, 2, 3, 2), IMAGES
    ),
    "MaxPool2D": Case(
        lambda rng: pooling.MaxPool2D(2, stride=1), normal(5, 5, 6, 2), (5, 4, 5, 2), IMAGES
    ),
    "GlobalAvgPool2D": Case(
        lambda rng: pooling.GlobalAvgPool2D(), normal(5, 3, 4, 2), (5, 2), ANY_IMAGES
    ),
    "GlobalMaxPool2D": Case(
        lambda rng: pooling.GlobalMaxPool2D(), normal(5, 3, 4, 2), (5, 2), ANY_IMAGES
    ),
    "BatchNorm": Case(
        lambda rng: normalization.BatchNorm(2),
        normal(3, 2, 2, 2),
        (3, 2, 2, 2),
        {
            "features": zeros(5, 3),
            "rank 3": zeros(5, 2, 2),
            "empty batch": zeros(0, 2),
            "one row": zeros(1, 2),
        },
    ),
    "RNN": Case(lambda rng: recurrent.RNN(3, 2, rng=rng), normal(5, 4, 3), (5, 4, 2), SEQUENCES),
    "GRU": Case(
        lambda rng: recurrent.GRU(3, 2, last=True, rng=rng), normal(5, 4, 3), (5, 2), SEQUENCES
    ),
    "EachStep": Case(
        lambda rng: steps.EachStep(
            [layers.Dense(3, 4, rng=rng), normalization.BatchNorm(4), layers.Dense(4, 2, rng=rng)]
        ),
        normal(5, 4, 3),
        (5, 4, 2),
        {"rank 2": zeros(5, 3), "empty batch": zeros(0, 4, 3), "no steps": zeros(5, 0, 3)},
    ),
    "Dropout": Case(
        lambda rng: regularization.Dropout(0.6, rng=rng), normal(5, 2, 3), (5, 2, 3), ANY_SHAPE
    ),
    "DropConnect": Case(
        lambda rng: regularization.DropConnect(4, 3, 0.6, rng=rng),
        normal(5, 4),
        (5, 3),
        {
            "width": zeros(5, 3),
            "one row alone": zeros(4),
            "rank 3": zeros(5, 4, 1),
            "empty batch": zeros(0, 4),
        },
    ),
    "MixtureOfExperts": Case(
        lambda rng: ensembles.MixtureOfExperts(
            [
                layers.Dense(4, 3, rng=rng),
                [layers.Dense(4, 5, rng=rng), activations.Tanh(), layers.Dense(5, 3, rng=rng)],
            ],
            gate=layers.Dense(4, 2, rng=rng),
        ),
        normal(5, 4),
        (5, 3),
        {"empty batch": zeros(0, 4)},
    ),
    "Step": Case(lambda rng: activations.Step(), clear_of_zero(5, 3), (5, 3), ANY_SHAPE),
    "Sign": Case(lambda rng: activations.Sign(), clear_of_zero(5, 3), (5, 3), ANY_SHAPE),
    "Sigmoid": Case(lambda rng: activations.Sigmoid(), normal(5, 3), (5, 3), ANY_SHAPE),
    "Tanh": Case(lambda rng: activations.Tanh(), normal(5, 2, 3), (5, 2, 3), ANY_SHAPE),
    "ReLU": Case(
        lambda rng: activations.ReLU(), clear_of_zero(5, 2, 2, 3), (5, 2, 2, 3), ANY_SHAPE
    ),
    "LeakyReLU": Case(lambda rng: activations.LeakyReLU(), clear_of_zero(5, 3), (5, 3), ANY_SHAPE),
    "ELU": Case(lambda rng: activations.ELU(), clear_of_zero(5, 3), (5, 3), ANY_SHAPE),
    "Softmax": Case(
        lambda rng: activations.Softmax(),
        normal(5, 4),
        (5, 4),
        {
            "rank 1": zeros(4),
            "rank 3": zeros(5, 4, 1),
            "empty batch": zeros(0, 4),
            "no classes": zeros(5, 0),
        },
    ),
}
every_kind = pytest.mark.parametrize("kind", CASES)
every_wrong_x = pytest.mark.parametrize(
    ("kind", "make", "error"),
    [
        pytest.param(kind, make, error, id=f"{kind}-{name}")
        for kind, case in CASES.items()
        for wrong, error in ((case.wrong, ValueError), (NO_ARRAYS, TypeError))
        for name, make in wrong.items()
    ],
)


def built(
    kind: str, rng: Generator, dtype: type = np.float64
) -> tuple[Layer, np.ndarray, np.ndarray]:
    """The layer with random parameters, an input, and a gradient for its output."""
    case = CASES[kind]
    layer = case.build(rng)
    for parameter in layer.parameters():
        parameter.value = rng.standard_normal(parameter.value.shape).astype(dtype)
    for statistic in layer.statistics():
        statistic.value = rng.uniform(0.5, 2, statistic.value.shape).astype(dtype)
    return layer, case.x(rng).astype(dtype), rng.standard_normal(case.shape).astype(dtype)


def draws(layer: Layer) -> list[dict[str, Any]]:
    """Where the layer's generators stand."""
    return [copy.deepcopy(generator.bit_generator.state) for generator in layer.generators()]


def again(layer: Layer) -> Callable[[np.ndarray], np.ndarray]:
    """The layer's forward, in which it draws the same numbers each time."""
    states = draws(layer)

    def forward(x: np.ndarray) -> np.ndarray:
        for generator, state in zip(layer.generators(), states, strict=True):
            generator.bit_generator.state = state
        return layer.forward(x)

    return forward


def gradients(layer: Layer) -> list[np.ndarray]:
    return [parameter.grad.copy() for parameter in layer.parameters()]


def test_every_kind_of_layer_has_a_case():
    assert set(KINDS) == set(CASES) | ABSTRACT, (
        "a layer without a case in this file, or a case without a layer"
    )


def test_a_layer_of_a_chapter_never_hides_one_of_the_library():
    importlib.import_module("nnlib.chapters.recurrent_networks.exercises.break_it")
    assert kinds()["RNN"] is recurrent.RNN


def test_every_case_builds_what_it_says(rng):
    assert {kind: type(case.build(rng)) for kind, case in CASES.items()} == {
        kind: KINDS[kind] for kind in CASES
    }


@every_kind
def test_shapes(kind, rng):
    layer, x, dy = built(kind, rng)
    assert layer.forward(x).shape == CASES[kind].shape
    assert layer.backward(dy).shape == x.shape
    assert [gradient.shape for gradient in gradients(layer)] == [
        p.value.shape for p in layer.parameters()
    ]


@every_kind
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_gradients_agree_with_nudging(kind, seed, training):
    rng = np.random.default_rng(seed)
    layer, values, dy = built(kind, rng)
    layer.training = training
    x, forward = Parameter(values, "x"), again(layer)

    def f() -> float:
        for parameter in layer.parameters():
            parameter.zero_grad()
        y = forward(x.value)
        x.grad = layer.backward(dy)
        return float((y * dy).sum())

    nudges = np.random.default_rng(seed)  # not the layer's own, which f sets back
    report = check_gradients(f, [x, *layer.parameters()], rng=nudges, every_element=True)
    assert report.worst <= 1e-7, report


@every_kind
def test_gradients_of_two_backward_passes_add_up(kind, rng):
    layer, x, dy = built(kind, rng)
    layer.forward(x)
    layer.backward(dy)
    once = gradients(layer)
    layer.backward(dy)
    assert all(
        np.allclose(twice, 2 * one) for twice, one in zip(gradients(layer), once, strict=True)
    )
    assert not layer.parameters() or any(gradient.any() for gradient in once)


@every_kind
def test_backward_to_parameters_leaves_the_same_gradients(kind, rng):
    layer, x, dy = built(kind, rng)
    layer.forward(x)
    layer.backward(dy)
    whole = gradients(layer)
    for parameter in layer.parameters():
        parameter.zero_grad()
    assert layer.backward_to_parameters(dy) is None
    assert [gradient.tolist() for gradient in gradients(layer)] == [
        gradient.tolist() for gradient in whole
    ]


@every_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_stays(kind, dtype, rng):
    layer, x, dy = built(kind, rng, dtype)
    assert layer.forward(x).dtype == dtype
    assert layer.backward(dy).dtype == dtype
    assert {gradient.dtype for gradient in gradients(layer)} <= {np.dtype(dtype)}
    assert {p.value.dtype for p in [*layer.parameters(), *layer.statistics()]} <= {np.dtype(dtype)}


@every_kind
def test_what_came_in_is_not_changed(kind, rng):
    layer, x, dy = built(kind, rng)
    before = x.copy(), dy.copy(), [parameter.value.copy() for parameter in layer.parameters()]
    for _ in range(2):
        layer.forward(x)
        layer.backward(dy)
    assert np.array_equal(x, before[0])
    assert np.array_equal(dy, before[1])
    assert all(
        np.array_equal(p.value, value)
        for p, value in zip(layer.parameters(), before[2], strict=True)
    )


@every_kind
def test_read_only_arrays_are_good_enough(kind, rng):
    layer, x, dy = built(kind, rng)
    x.flags.writeable = dy.flags.writeable = False
    y = layer.forward(x)
    assert y.shape == dy.shape
    assert np.isfinite(layer.backward(dy)).all()


@every_kind
@pytest.mark.parametrize("method", ["backward", "backward_to_parameters"])
def test_backward_before_forward_is_refused_in_words(kind, method, rng):
    layer, _, dy = built(kind, rng)
    with pytest.raises(
        RuntimeError, match=re.escape(f"{layer}: backward was called before forward")
    ):
        getattr(layer, method)(dy)


@every_kind
def test_batch_equals_row_by_row_in_prediction_mode(kind, rng):
    layer, x, _ = built(kind, rng)
    layer.training = False
    x = x * 3 ** np.arange(len(x)).reshape(-1, *[1] * (x.ndim - 1))  # rows of very different size
    rows = np.concatenate([layer.forward(x[i : i + 1]) for i in range(len(x))])
    assert layer.forward(x) == pytest.approx(rows, rel=1e-12, abs=1e-14)


@every_kind
def test_prediction_depends_on_values_alone(kind, rng):
    layer, x, _ = built(kind, rng)
    layer.training = False
    first = layer.forward(x).copy()
    layer.forward(x[::-1])  # what was seen before does not matter, nor does the order in memory
    assert layer.forward(x.copy(order="F")) == pytest.approx(first, rel=1e-12, abs=1e-14)


@every_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saved_and_loaded_it_predicts_the_same_bits(kind, dtype, rng, tmp_path):
    layer, x, _ = built(kind, rng, dtype)
    loaded = Network.load(Network([layer]).save(tmp_path / kind))
    assert type(loaded.layers[0]) is KINDS[kind]
    assert saved_form(loaded.layers[0]) == saved_form(layer)
    predictions = loaded.predict(x)
    assert predictions.dtype == dtype
    assert predictions.tobytes() == Network([layer]).predict(x).tobytes()


@every_wrong_x
def test_wrong_x_is_refused_by_name(kind, make, error, rng):
    layer, _, _ = built(kind, rng)
    with pytest.raises(error, match=f"^{re.escape(str(layer))} got .*expected"):
        layer.forward(make())


@every_kind
def test_wrong_dy_is_refused_by_name(kind, rng):
    layer, x, dy = built(kind, rng)
    layer.forward(x)
    wanted = re.escape(str(CASES[kind].shape))
    with pytest.raises(
        ValueError, match=f"^{re.escape(str(layer))} got d. of shape .*expected {wanted}"
    ):
        layer.backward(dy[:-1])
    with pytest.raises(
        TypeError, match=f"^{re.escape(str(layer))} got d. as a list: expected a NumPy array"
    ):
        layer.backward(dy.tolist())


@every_kind
def test_an_array_that_was_refused_leaves_no_trace(kind, rng):
    layer, x, dy = built(kind, rng)
    forward = again(layer)
    y, before = forward(x).copy(), draws(layer)
    with pytest.raises(TypeError):
        layer.forward(None)
    assert draws(layer) == before
    dx = layer.backward(dy)
    assert np.array_equal(forward(x), y)
    assert np.array_equal(layer.backward(dy), dx)


@every_kind
def test_names_read_well(kind, rng):
    layer, _, _ = built(kind, rng)
    assert str(layer).startswith(f"{kind}(")
    names = [parameter.name for parameter in [*layer.parameters(), *layer.statistics()]]
    owners = tuple(
        f"{owner}." for owner in layers.every_layer([layer])
    )  # what is inside keeps its name
    assert len(set(names)) == len(names)
    assert all(name.startswith(owners) for name in names)


def test_a_bare_layer_says_what_it_lacks():
    with pytest.raises(NotImplementedError, match=r"Layer\(\) has no forward"):
        Layer().forward(np.ones((1, 1)))
    with pytest.raises(NotImplementedError, match=r"Layer\(\) has no backward"):
        Layer().backward(np.ones((1, 1)))


# What a layer does with its numbers.


def test_dense_by_hand():
    layer = layers.Dense(2, 1, rng=np.random.default_rng(0))
    layer.W.value[...], layer.b.value[...] = [[2.0], [-1.0]], [0.5]
    x, dz = np.array([[1.0, 3.0], [4.0, 0.0]]), np.array([[1.0], [10.0]])
    # 1·2 − 3·1 + 0.5 = −0.5;  4·2 − 0·1 + 0.5 = 8.5
    assert layer.forward(x).tolist() == [[-0.5], [8.5]]
    # dx: each dz times (2, −1)
    assert layer.backward(dz).tolist() == [[2.0, -1.0], [20.0, -10.0]]
    # dW: 1·1 + 4·10 and 3·1 + 0·10;  db: 1 + 10
    assert layer.W.grad.tolist() == [[41.0], [3.0]]
    assert layer.b.grad.tolist() == [11.0]


def test_dense_starts_with_glorot_weights_and_zero_bias(rng):
    layer = layers.Dense(64, 30, rng=rng)
    limit = np.sqrt(6 / 94)
    assert 0.95 * limit < np.abs(layer.W.value).max() <= limit
    assert not layer.b.value.any()
    assert str(layer) == "Dense(64 → 30)"
    assert [parameter.name for parameter in layer.parameters()] == [
        "Dense(64 → 30).W",
        "Dense(64 → 30).b",
    ]


def test_dense_takes_an_initializer(rng):
    layer = layers.Dense(3, 2, rng=rng, weights=lambda shape, rng: np.full(shape, 7.0))
    assert layer.W.value.tolist() == [[7.0, 7.0]] * 3


def test_flatten_by_hand():
    x = np.arange(8.0).reshape(2, 2, 2, 1)
    layer = layers.Flatten()
    assert layer.forward(x).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert np.array_equal(layer.backward(x.reshape(2, 4)), x)


def test_dense_keeps_weights_of_its_own(rng):
    mine = np.ones((3, 2))
    layer = layers.Dense(3, 2, rng=rng, weights=lambda shape, rng: mine)
    layer.W.value += 1
    assert mine.tolist() == [[1.0, 1.0]] * 3
