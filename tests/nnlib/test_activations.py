"""Activations and their derivatives at points where both can be worked out by hand."""

import numpy as np
import pytest

from nnlib import activations
from nnlib.activations import (
    ELU,
    Activation,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Sign,
    Softmax,
    Step,
    Tanh,
)

LN2, LN3 = np.log(2), np.log(3)
# layer, z, f(z), f′(z)
BY_HAND = [
    (Step, -0.5, 0, 0),
    (Step, 0, 0, 0),  # y = [z > 0]
    (Step, 0.5, 1, 0),
    (Sign, -0.5, -1, 0),
    (Sign, 0, -1, 0),
    (Sign, 0.5, 1, 0),
    (Sigmoid, 0, 1 / 2, 1 / 4),
    (Sigmoid, LN3, 3 / 4, 3 / 16),  # 1 / (1 + 1/3); ¾ · ¼
    (Sigmoid, -LN3, 1 / 4, 3 / 16),
    (Tanh, 0, 0, 1),
    (Tanh, LN2, 0.6, 0.64),  # (2 − ½) / (2 + ½); 1 − 0.36
    (Tanh, -LN2, -0.6, 0.64),
    (ReLU, -3, 0, 0),
    (ReLU, 0, 0, 0),
    (ReLU, 3, 3, 1),
    (LeakyReLU, -3, -0.03, 0.01),
    (LeakyReLU, 0, 0, 0.01),
    (LeakyReLU, 3, 3, 1),
    (ELU, -LN2, -0.5, 0.5),  # ½ − 1; ½
    (ELU, 0, 0, 1),
    (ELU, 3, 3, 1),
]
ELEMENTWISE = (Step, Sign, Sigmoid, Tanh, ReLU, LeakyReLU, ELU)
every_elementwise = pytest.mark.parametrize("kind", ELEMENTWISE)


@pytest.mark.parametrize(("kind", "z", "value", "slope"), BY_HAND)
def test_by_hand(kind, z, value, slope):
    layer = kind()
    assert layer.forward(np.array([[float(z)]]))[0, 0] == pytest.approx(value, abs=1e-15)
    # the slope, times what comes from behind
    assert layer.backward(np.array([[-2.0]]))[0, 0] == pytest.approx(-2 * slope, abs=1e-15)


def test_every_activation_is_worked_by_hand():
    defined = {
        kind
        for kind in vars(activations).values()
        if isinstance(kind, type) and kind.__module__ == Step.__module__
    }
    assert defined == {*ELEMENTWISE, Softmax, activations.Activation}
    assert {kind for kind, *_ in BY_HAND} == set(ELEMENTWISE)


@every_elementwise
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_out_nothing_overflows(kind, dtype):
    far = {
        Step: (0, 1),
        Sign: (-1, 1),
        Sigmoid: (0, 1),
        Tanh: (-1, 1),
        ReLU: (0, 1e4),
        LeakyReLU: (-100, 1e4),
        ELU: (-1, 1e4),
    }
    layer = kind()
    with np.errstate(all="raise", under="ignore"):
        values = layer.forward(np.array([[-1e4, 1e4]], dtype))
        slopes = layer.backward(np.ones((1, 2), dtype))
    assert values[0].tolist() == pytest.approx(far[kind], rel=1e-6)
    assert np.isfinite(slopes).all()


@every_elementwise
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 4), (2, 3, 4, 5)])
def test_any_shape(kind, shape, rng):
    layer, z = kind(), rng.standard_normal(shape)
    assert layer.forward(z).ravel() == pytest.approx(kind().forward(z.reshape(1, -1))[0])
    assert layer.backward(z).shape == shape


@every_elementwise
def test_nan_is_not_hidden_where_there_is_a_number_to_show(kind):
    answer = kind().forward(np.array([[np.nan]]))[0, 0]
    assert np.isnan(answer) or kind in (Step, Sign)


def test_softmax_by_hand():
    # e⁰ : e^log 3 = 1 : 3;  dz = a · (da − Σ da a) with da = (1, 0), Σ da a = ¼
    layer = Softmax()
    assert layer.forward(np.array([[0.0, LN3]])) == pytest.approx(np.array([[0.25, 0.75]]))
    assert layer.backward(np.array([[1.0, 0.0]])) == pytest.approx(np.array([[3 / 16, -3 / 16]]))


def test_softmax_backward_is_the_whole_jacobian(rng):
    layer, z, da = Softmax(), rng.standard_normal((1, 4)), rng.standard_normal((1, 4))
    a = layer.forward(z)[0]
    jacobian = np.diag(a) - np.outer(a, a)  # ∂aₖ/∂zⱼ = aₖ (δₖⱼ − aⱼ)
    assert layer.backward(da)[0] == pytest.approx(da[0] @ jacobian)


def test_softmax_far_out():
    with np.errstate(all="raise", under="ignore"):
        assert Softmax().forward(np.array([[1e4, -1e4], [-1e4, -1e4]])).tolist() == [
            [1.0, 0.0],
            [0.5, 0.5],
        ]


@pytest.mark.parametrize("kind", [*ELEMENTWISE, Softmax])
def test_whole_numbers_give_floats_or_stay_exact(kind):
    answer = kind().forward(np.array([[2, -1]]))
    assert answer == pytest.approx(kind().forward(np.array([[2.0, -1.0]])))


@every_elementwise
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, bool])
def test_whole_numbers_are_computed_as_floats(kind, dtype):
    z = np.array([[0, 1, 100, 255]]).astype(dtype)
    layer, exact = kind(), kind()
    assert layer.forward(z).dtype == np.float64
    assert np.array_equal(layer.forward(z), exact.forward(z.astype(float)))
    assert np.array_equal(layer.backward(np.ones((1, 4))), exact.backward(np.ones((1, 4))))


class Forgetful(Activation):
    """A learner's own: the derivative has no return."""

    @staticmethod
    def function(z):
        return z * z

    @staticmethod
    def derivative(z, a):
        2 * z


class Summed(Forgetful):
    """A learner's own that is not elementwise."""

    @staticmethod
    def function(z):
        return z.sum()


def test_an_own_activation_without_return_is_told():
    layer = Forgetful()
    layer.forward(np.ones((2, 3)))
    with pytest.raises(TypeError, match=r"^Forgetful\(\) got the result of derivative as None"):
        layer.backward(np.ones((2, 3)))


def test_an_own_activation_of_another_shape_is_told():
    with pytest.raises((TypeError, ValueError), match=r"^Summed\(\) got the result of function"):
        Summed().forward(np.ones((2, 3)))
