"""Penalties: by hand, against nudges, and in a training."""

import numpy as np
import pytest

from nnlib.gradcheck import check_gradients
from nnlib.layers import Dense
from nnlib.losses import SquaredError
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.parameter import Parameter
from nnlib.regularization import L1, L2, Penalty
from nnlib.training import fit

BOTH = pytest.mark.parametrize("kind", [L1, L2])


def weights(values):
    return Parameter(np.array(values, dtype=float), "W")


def test_by_hand():
    two = [weights([[3.0, -4.0]]), weights([1.0, 2.0])]  # the second is a row: a bias, and free
    assert L2(0.1).value(two) == pytest.approx(0.1 / 2 * 25)
    assert L1(0.1).value(two) == pytest.approx(0.1 * 7)
    L2(0.1).add_gradients(two)
    assert two[0].grad == pytest.approx(np.array([[0.3, -0.4]]))
    assert two[1].grad is None


def test_the_slope_of_l1_at_zero_is_zero():
    assert L1(0.5).slope(np.array([[0.0, -2.0, 3.0]])).tolist() == [[0.0, -0.5, 0.5]]


@BOTH
def test_the_slope_is_that_of_nudging(kind):
    rng = np.random.default_rng(0)
    parameters = Network([Dense(3, 4, rng=rng), Dense(4, 2, rng=rng)]).parameters()
    penalty = kind(0.3)

    def run():
        for parameter in parameters:
            parameter.grad = np.zeros_like(parameter.value)
        penalty.add_gradients(parameters)
        return penalty.value(parameters)

    assert check_gradients(run, parameters, rng=rng).passed


@BOTH
def test_single_precision_stays(kind):
    parameter = Parameter(np.ones((2, 2), np.float32), "W")
    kind(0.3).add_gradients([parameter])
    assert parameter.grad.dtype == np.float32


def trained(penalty, second=0.0):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((20, 3))
    y = x @ np.array([[1.0], [second], [-2.0]])
    network = Network([Dense(3, 1, rng=rng)])
    optimizer = SGD(network.parameters(), 0.1)
    options = {"epochs": 300, "batch_size": 20, "rng": rng, "penalty": penalty}
    history = fit(network, SquaredError(), optimizer, (x, y), **options)
    return network.parameters()[0].value, history, x, y


def test_ridge_regression_is_what_fit_with_l2_ends_at():
    w, _, x, y = trained(L2(0.5))
    # The slope of 1/(2n) ‖xw + b − y‖² + λ/2 ‖w‖² is 0 there; b takes the means out.
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    wanted = np.linalg.solve(x.T @ x / len(x) + 0.5 * np.eye(3), x.T @ y / len(x))
    assert w == pytest.approx(wanted, abs=1e-8)


def test_the_history_is_without_the_penalty():
    w, history, x, y = trained(L2(0.5))
    b = (y - x @ w).mean()
    assert history.loss[-1] == pytest.approx(((x @ w + b - y) ** 2).mean() / 2, abs=1e-6)


def test_l1_holds_a_small_weight_near_zero_where_l2_only_shrinks_it():
    plain, l1, l2 = (trained(penalty, second=0.2)[0][1, 0] for penalty in (None, L1(0.4), L2(0.4)))
    assert plain == pytest.approx(0.2, abs=1e-6)
    assert abs(l1) < 2 * 0.1 * 0.4  # it hops round 0 by a step: η times λ, and the loss's own slope, smaller than λ
    assert 2 * 0.1 * 0.4 < l2 < 0.2


@BOTH
@pytest.mark.parametrize("wrong", [0, -1.0, float("nan"), "a lot", None])
def test_a_strength_must_be_above_zero(kind, wrong):
    with pytest.raises((ValueError, TypeError), match="strength"):
        kind(wrong)


def test_fit_refuses_what_is_no_penalty():
    for wrong in (0.1, L2):
        with pytest.raises(TypeError, match="as the penalty"):
            trained(wrong)


def test_it_says_what_it_is():
    assert repr(L2(0.001)) == "L2(0.001)"
    with pytest.raises(NotImplementedError):
        Penalty(0.1).cost(np.zeros((1, 1)))
