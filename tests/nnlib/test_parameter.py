"""A parameter keeps its shape and its floats, however its value is set."""

import copy
import pickle
import re

import numpy as np
import pytest

from nnlib.convolution import Conv2D
from nnlib.layers import Dense
from nnlib.network import Network
from nnlib.parameter import Parameter


def parameter(*shape) -> Parameter:
    return Parameter(np.zeros(shape), "Dense.W")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_new_value_of_the_same_shape_is_kept_itself(dtype):
    one, value = parameter(2, 3), np.ones((2, 3), dtype)
    one.value = value
    assert one.value is value
    one.value += 1
    assert one.value is value
    assert value.tolist() == [[2.0] * 3] * 2


def test_a_single_number_may_be_computed():
    one = parameter()
    one.value = one.value + 0.5
    assert isinstance(one.value, np.ndarray)
    assert one.value == 0.5


def test_the_gradient_stays_assignable():
    one = parameter(2)
    one.grad = np.ones(5)
    assert one.grad.shape == (5,)
    one.zero_grad()
    assert one.grad is None


@pytest.mark.parametrize(
    ("shape", "value", "error", "words"),
    [
        ((3, 2), np.ones((2, 3)), ValueError, "of shape (2, 3): expected (3, 2); it is transposed, and W.T fits"),
        ((3,), np.ones((3, 1)), ValueError, "of shape (3, 1): expected (3,); it is a column, and b.ravel() fits"),
        ((3,), np.ones((1, 3)), ValueError, "of shape (1, 3): expected (3,); it is a row, and b.ravel() fits"),
        ((1,), np.ones((1, 1)), ValueError, "expected (1,); it is a row, and b.ravel() fits"),
        ((5, 5, 1, 6), np.ones((6, 1, 5, 5)), ValueError, "has the channels first, and W.transpose(2, 3, 1, 0) fits"),
        ((3,), np.ones((3, 3)), ValueError, "of shape (3, 3): expected (3,)"),
        ((3,), np.ones(()), ValueError, "of shape (): expected (3,)"),
        ((), np.ones(1), ValueError, "of shape (1,): expected ()"),
        ((3,), np.ones(3, int), TypeError, "of dtype int64: expected floats, as value.astype(float) makes"),
        ((3,), np.ones(3, bool), TypeError, "of dtype bool: expected floats"),
        ((3,), np.ones(3, complex), TypeError, "of dtype complex128: expected numbers"),
        ((3,), [1.0, 2.0, 3.0], TypeError, "value as a list: expected a NumPy array"),
        ((), 1.0, TypeError, "value as 1.0: expected a NumPy array"),
        ((3,), None, TypeError, "value as None: expected a NumPy array"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_when_it_is_set(shape, value, error, words):
    one = parameter(*shape)
    before = one.value
    with pytest.raises(error, match=re.escape(words)) as caught:
        one.value = value
    assert str(caught.value).startswith("Parameter Dense.W got value ")
    assert one.value is before


def test_the_way_out_that_is_named_is_one():
    dense, conv = (
        Dense(4, 3, rng=np.random.default_rng(0)),
        Conv2D(2, 6, 5, rng=np.random.default_rng(0)),
    )
    W, b, kernel = np.random.rand(3, 4), np.random.rand(3, 1), np.random.rand(6, 2, 5, 5)
    dense.W.value, dense.b.value = W.T, b.ravel()
    conv.W.value = kernel.transpose(2, 3, 1, 0)
    x = np.random.rand(2, 4)
    # column by column as Nielsen has it: W @ x + b
    assert pytest.approx(W @ x.T + b) == dense.forward(x).T


def test_a_column_of_biases_cannot_get_in():
    # as many rows as neurons, and z would be wrong without a word
    layer = Dense(2, 3, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"Dense\(2 → 3\)\.b got value of shape \(3, 1\)"):
        layer.b.value = np.array([[1.0], [2.0], [3.0]])


def test_between_float_types_all_goes_on():
    network = Network([Dense(2, 3, rng=np.random.default_rng(0))])
    light = network.astype(np.float32)
    assert {p.value.dtype for p in light.parameters()} == {np.dtype(np.float32)}
    assert {p.value.dtype for p in light.astype(np.float64).parameters()} == {np.dtype(np.float64)}


@pytest.mark.parametrize(
    "twin", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))]
)
def test_a_copy_has_all_of_it(twin):
    one = parameter(2, 3)
    one.grad = np.ones((2, 3))
    other = twin(one)
    assert (other.name, other.value.tolist(), other.grad.tolist()) == (
        one.name,
        one.value.tolist(),
        one.grad.tolist(),
    )
    assert repr(other) == "Parameter(Dense.W, shape (2, 3))"
