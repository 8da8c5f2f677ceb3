"""The safe functions: hand-worked values, and what is left of them at ±10,000."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.numerics import log_softmax, log_sum_exp, one_hot, sigmoid, softmax

FLOATS = (np.float32, np.float64)
rows_of_numbers = st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=6).map(
    lambda row: np.array([row])
)


@pytest.fixture(autouse=True)
def nothing_overflows():
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.mark.parametrize(
    ("z", "wanted"),
    [
        (0.0, 0.5),
        (np.log(3), 0.75),  # 1 / (1 + 1/3)
        (-np.log(3), 0.25),  # 1 / (1 + 3)
        (1e4, 1.0),
        (-1e4, 0.0),
    ],
)
def test_sigmoid_by_hand(z, wanted):
    assert sigmoid(np.array([z]))[0] == pytest.approx(wanted, abs=1e-15)


def test_sigmoid_keeps_its_digits_far_to_the_left():
    # e⁻⁴⁰ / (1 + e⁻⁴⁰): 1 / (1 + e⁴⁰) is right here too, 1 − σ(40) would be 0
    assert sigmoid(np.array([-40.0]))[0] == pytest.approx(np.exp(-40.0), rel=1e-14)


@given(st.floats(-30, 30))
def test_sigmoid_mirrors(z):
    assert sigmoid(np.array([z]))[0] + sigmoid(np.array([-z]))[0] == pytest.approx(1, abs=1e-15)


def test_log_sum_exp_by_hand():
    # log(e⁰ + e^log 3) = log 4; with 1000 added to each it is 1000 more
    z = np.array([[0.0, np.log(3)], [1000.0, 1000 + np.log(3)]])
    assert log_sum_exp(z) == pytest.approx(np.array([[np.log(4)], [1000 + np.log(4)]]))


def test_log_sum_exp_shifts_each_row_by_its_own_maximum():
    z = np.array([[1e4, 0.0], [-1e4, -1e4]])
    assert log_sum_exp(z) == pytest.approx(np.array([[1e4], [-1e4 + np.log(2)]]))


def test_softmax_by_hand():
    # e⁰ : e^log 3 = 1 : 3
    assert softmax(np.array([[0.0, np.log(3)]])) == pytest.approx(np.array([[0.25, 0.75]]))


def test_softmax_rows_do_not_see_each_other():
    z = np.array([[1e4, 0.0], [-1e4, -1e4], [0.0, np.log(3)]])
    assert softmax(z) == pytest.approx(np.array([[1.0, 0.0], [0.5, 0.5], [0.25, 0.75]]))


@given(rows_of_numbers)
def test_softmax_is_a_distribution_and_agrees_with_its_logarithm(z):
    p = softmax(z)
    assert (p >= 0).all()
    assert p.sum() == pytest.approx(1)
    assert np.exp(log_softmax(z)) == pytest.approx(p, abs=1e-9)


@given(rows_of_numbers, st.floats(-100, 100))
def test_softmax_does_not_change_when_all_logits_move(z, shift):
    assert softmax(z + shift) == pytest.approx(softmax(z), abs=1e-9)


def test_log_softmax_by_hand_and_far_out():
    assert log_softmax(np.array([[0.0, np.log(3)]])) == pytest.approx(np.log([[0.25, 0.75]]))
    assert log_softmax(np.array([[1e4, -1e4]])).tolist() == [[0.0, -2e4]]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("function", [sigmoid, softmax, log_softmax, log_sum_exp])
def test_dtype_stays_and_the_argument_is_not_changed(function, dtype, rng):
    z = (1e4 * rng.standard_normal((4, 3))).astype(dtype)
    before = z.copy()
    answer = function(z)
    assert answer.dtype == dtype
    assert np.isfinite(answer).all()
    assert np.array_equal(z, before)


def test_one_hot_by_hand():
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert one_hot(np.array([1]), 2).dtype == np.float64
    assert one_hot(np.array([1]), 2, np.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("labels", "classes", "error", "words"),
    [
        (np.array([0, 3]), 3, ValueError, "got the label 3: expected labels from 0 to 2"),
        (np.array([-1]), 3, ValueError, "got the label -1: expected labels from 0 to 2"),
        (np.array([[1]]), 3, ValueError, r"shape \(1, 1\): expected \(n,\)"),
        (np.array([1.0]), 3, TypeError, "dtype float64: expected whole numbers"),
        ([1], 3, TypeError, "a list: expected a NumPy array"),
        (np.array([1]), 0, ValueError, "classes = 0: expected 1 or more"),
    ],
)
def test_one_hot_refuses(labels, classes, error, words):
    with pytest.raises(error, match=words):
        one_hot(labels, classes)


@pytest.mark.parametrize(
    ("z", "expected"),
    [
        ([-np.inf, -np.inf], -np.inf),
        ([np.inf, 0.0], np.inf),
        ([np.inf, np.inf], np.inf),
        ([-np.inf, 3.0], 3.0),
        ([np.nan, 0.0], np.nan),
    ],
)
def test_log_sum_exp_of_infinities(z, expected):
    assert log_sum_exp(np.array([z])).item() == pytest.approx(expected, nan_ok=True)
