"""Gradient descent, step by step."""

import numpy as np
import pytest

from nnlib.layers import Dense
from nnlib.optimizers import SGD, Optimizer
from nnlib.parameter import Parameter


def parameter(value, grad=None, dtype=float) -> Parameter:
    made = Parameter(np.array(value, dtype), "w")
    made.grad = None if grad is None else np.array(grad, dtype)
    return made


def test_one_step_by_hand():
    w = parameter([1.0, -2.0], [0.5, 1.0])
    SGD([w], learning_rate=0.1).step()
    # 1 − 0.1 · 0.5 and −2 − 0.1 · 1
    assert w.value == pytest.approx(np.array([0.95, -2.1]))


def test_downhill_in_a_bowl_each_step_takes_the_same_share():
    # loss ½ w², gradient w: each step multiplies w by 1 − 0.1
    w = parameter([1.0])
    optimizer = SGD([w], learning_rate=0.1)
    for _ in range(20):
        optimizer.zero_grad()
        w.add_grad(w.value.copy())
        optimizer.step()
    assert w.value[0] == pytest.approx(0.9**20)


def test_too_large_a_step_climbs():
    # η = 2.1 multiplies w by −1.1
    w = parameter([1.0])
    optimizer = SGD([w], learning_rate=2.1)
    for _ in range(3):
        w.grad = w.value.copy()
        optimizer.step()
    assert w.value[0] == pytest.approx(-(1.1**3))


def test_steps_happen_in_place_and_leave_the_gradient_alone():
    w = parameter([1.0, 2.0], [1.0, 1.0])
    array = w.value
    SGD([w], learning_rate=0.5).step()
    assert w.value is array
    assert array.tolist() == [0.5, 1.5]
    assert w.grad.tolist() == [1.0, 1.0]


def test_parameters_without_gradient_stay():
    still, moved = parameter([3.0]), parameter([3.0], [1.0])
    SGD([still, moved], learning_rate=1).step()
    assert still.value.tolist() == [3.0]
    assert moved.value.tolist() == [2.0]


def test_zero_grad_forgets_every_gradient():
    several = [parameter([1.0], [2.0]), parameter([[1.0]], [[5.0]])]
    optimizer = SGD(several)
    optimizer.zero_grad()
    optimizer.step()
    assert [one.grad for one in several] == [None, None]
    assert [one.value.ravel().tolist() for one in several] == [[1.0], [1.0]]


def test_learning_rate_can_be_changed_between_steps():
    w = parameter([1.0], [1.0])
    optimizer = SGD([w], learning_rate=0.5)
    optimizer.step()
    optimizer.learning_rate = 0.25
    optimizer.step()
    assert w.value.tolist() == [0.25]
    assert repr(optimizer) == "SGD(learning_rate=0.25)"


def test_float32_stays_float32():
    w = parameter([1.0, 2.0], [1.0, 1.0], np.float32)
    SGD([w], learning_rate=0.1).step()
    assert w.value.dtype == np.float32
    assert w.value.tolist() == [np.float32(1) - np.float32(0.1), np.float32(2) - np.float32(0.1)]


def test_any_iterable_of_parameters_will_do(rng):
    layer = Dense(2, 2, rng=rng)
    assert SGD(p for p in layer.parameters()).parameters == layer.parameters()


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf")])
def test_learning_rate_must_be_above_zero(rate):
    optimizer = SGD([parameter([1.0])], learning_rate=0.5)
    with pytest.raises(ValueError, match=f"SGD got learning_rate = {rate}: expected a number above 0"):
        SGD([parameter([1.0])], learning_rate=rate)
    with pytest.raises(ValueError, match="SGD got learning_rate"):
        optimizer.learning_rate = rate
    assert optimizer.learning_rate == 0.5


@pytest.mark.parametrize("rate", ["0.1", None, True, np.array([0.1])])
def test_learning_rate_must_be_a_number(rate):
    with pytest.raises(TypeError, match=r"SGD got learning_rate = .*expected a number above 0"):
        SGD([parameter([1.0])], learning_rate=rate)


def test_nothing_to_learn_is_refused():
    with pytest.raises(ValueError, match="SGD got no parameters: expected at least one"):
        SGD([])


def test_arrays_are_no_parameters():
    with pytest.raises(TypeError, match=r"SGD got ndarray: expected parameters, as network\.parameters\(\) gives"):
        SGD([np.ones(3)])


def test_the_contract_alone_has_no_rule():
    w = parameter([1.0], [1.0])
    with pytest.raises(NotImplementedError):
        Optimizer([w], 0.1).step()


# What an optimizer sees.


def test_gradients_add_up_in_a_parameter_until_they_are_forgotten():
    w = parameter([0.0, 0.0])
    w.add_grad(np.array([1.0, 2.0]))
    w.add_grad(np.array([10.0, 20.0]))
    assert w.grad.tolist() == [11.0, 22.0]
    w.zero_grad()
    assert w.grad is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([1.0], "value as a list: expected a NumPy array"),
        (np.array([1]), "value of dtype int64: expected floats"),
        (np.array(["a"]), "value of dtype <U1: expected numbers"),
    ],
)
def test_a_parameter_holds_floats_only(value, words):
    with pytest.raises(TypeError, match=f"Parameter w got {words}"):
        Parameter(value, "w")


def test_a_parameter_names_itself():
    assert repr(parameter([[1.0, 2.0]])) == "Parameter(w, shape (1, 2))"
