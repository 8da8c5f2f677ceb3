"""The Hessian against exact ones, and whether everything is put back."""

import re

import numpy as np
import pytest

from nnlib.activations import Sigmoid
from nnlib.curvature import hessian, hessian_vector
from nnlib.landscapes import LANDSCAPES
from nnlib.layers import Dense, Residual
from nnlib.losses import SoftmaxCrossEntropy, SquaredError
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.parameter import Parameter
from nnlib.regularization import Dropout


def standing_on(surface, place):
    """A landscape's two numbers as two parameters, and the f that leaves its gradient in them."""
    v = [
        Parameter(np.array([number]), name)
        for number, name in zip(place, ("v1", "v2"), strict=True)
    ]

    def f() -> float:
        here = np.concatenate([v[0].value, v[1].value])
        v[0].grad, v[1].grad = np.split(surface.gradient(here), 2)
        return float(surface.value(here))

    return f, v


def small_network(rng, loss=None):
    network = Network([Dense(3, 4, rng=rng), Sigmoid(), Dense(4, 2, rng=rng)])
    x, labels = rng.standard_normal((6, 3)), rng.integers(0, 2, 6)
    loss = loss or SoftmaxCrossEntropy()

    def f() -> float:
        for parameter in network.parameters():
            parameter.zero_grad()
        cost = loss.forward(network.forward(x), labels)
        network.backward(loss.backward())
        return cost

    return f, network.parameters()


@pytest.mark.parametrize("name", LANDSCAPES)
@pytest.mark.parametrize("seed", range(5))
def test_hessian_of_every_landscape(name, seed):
    place = np.random.default_rng(seed).uniform(-2, 2, 2)
    exact = LANDSCAPES[name].hessian(place)
    found = hessian(*standing_on(LANDSCAPES[name], place))
    assert np.abs(found - exact).max() < 1e-8 * max(1, np.abs(exact).max())


def test_far_from_zero_the_step_grows_with_the_weights():
    place = np.array([3e6, -2e6])
    exact = LANDSCAPES["Rosenbrock"].hessian(place)
    found = hessian(*standing_on(LANDSCAPES["Rosenbrock"], place))
    assert (
        np.abs(found - exact).max() < 1e-8 * np.abs(exact).max()
    )  # with the step as at 0 it is off by 1e-5


def test_hessian_of_least_squares_by_hand(rng):
    # C = 1/2m ‖x @ W − t‖²: every column of W has H = xᵀx/m, and no column bends another
    layer, x, t = Dense(3, 2, rng=rng), rng.standard_normal((7, 3)), rng.standard_normal((7, 2))
    loss = SquaredError()

    def f() -> float:
        cost = loss.forward(layer.forward(x), t)
        layer.backward(loss.backward())
        return cost

    exact = np.einsum("ab,ij->aibj", x.T @ x / 7, np.eye(2)).reshape(6, 6)
    assert hessian(f, layer.parameters())[:6, :6] == pytest.approx(
        exact, abs=1e-9
    )  # though f forgets zero_grad
    assert hessian(f, layer.parameters())[6:, 6:] == pytest.approx(
        np.eye(2), abs=1e-9
    )  # of the biases


def test_hessian_of_a_network_is_symmetric_and_times_v_the_short_way(rng):
    f, parameters = small_network(rng)
    H, v = hessian(f, parameters), rng.standard_normal(26)
    assert H.shape == (26, 26)
    assert (H == H.T).all()
    for length in (1e-9, 1.0, 1e9):
        assert hessian_vector(f, parameters, length * v) / length == pytest.approx(H @ v, abs=1e-8)
    assert (hessian_vector(f, parameters, np.zeros(26)) == 0).all()
    assert hessian_vector(f, parameters, np.arange(26)) == pytest.approx(
        H @ np.arange(26), abs=1e-7
    )


def test_calls_are_as_many_as_said(rng):
    f, parameters = small_network(rng)
    calls = []
    hessian(lambda: calls.append(f()), parameters)
    assert len(calls) == 2 * 26 + 2
    hessian_vector(lambda: calls.append(f()), parameters, np.ones(26))
    assert len(calls) == 2 * 26 + 2 + 2


# What is put back, and what is refused.


def both(f, parameters):
    count = sum(
        parameter.value.size for parameter in parameters if isinstance(parameter, Parameter)
    )
    return [lambda: hessian(f, parameters), lambda: hessian_vector(f, parameters, np.ones(count))]


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("fails", [0, 1, 2, 3, 40])
def test_all_is_put_back_bit_for_bit(which, fails, rng):
    right, parameters = small_network(rng)
    calls = []

    def f() -> float:
        parameters[0].value += 0  # in place, and so on a copy
        calls.append(right())
        if len(calls) == fails:
            raise ZeroDivisionError
        parameters[-1].value[...] = 7
        return calls[-1]

    right()
    arrays = [(parameter.value, parameter.grad) for parameter in parameters]
    before = [(value.tobytes(), gradient.tobytes()) for value, gradient in arrays]
    if 0 < fails <= (54, 2)[which]:
        with pytest.raises(ZeroDivisionError):
            both(f, parameters)[which]()
    else:
        both(f, parameters)[which]()
    assert all(
        p.value is value and p.grad is grad
        for p, (value, grad) in zip(parameters, arrays, strict=True)
    )
    assert [(p.value.tobytes(), p.grad.tobytes()) for p in parameters] == before


TWICE = Parameter(np.ones(2), "W")


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    ("f", "parameters", "error", "words"),
    [
        (lambda: 0.0, [], ValueError, "got no parameters: expected at least one"),
        (
            lambda: 0.0,
            [np.ones(2)],
            TypeError,
            r"got ndarray: expected parameters, as network\.parameters\(\) gives",
        ),
        (
            lambda: 0.0,
            [Parameter(np.ones(2), "W")],
            ValueError,
            r"f\(\) left no gradient in W: does it run backward",
        ),
        (
            lambda: 0.0,
            [Parameter(np.ones(2, np.float32), "W")],
            TypeError,
            "got W in float32: float64 is needed",
        ),
        (lambda: 0.0, [TWICE, TWICE], ValueError, "got a parameter twice: expected each once"),
    ],
)
def test_wrong_use(which, f, parameters, error, words):
    with pytest.raises(error, match=f"^{('hessian', 'hessian_vector')[which]}:? {words}"):
        both(f, parameters)[which]()


def test_a_gradient_left_from_before_is_no_gradient():
    w = Parameter(np.ones(2), "W")
    w.grad = np.ones(2)
    with pytest.raises(ValueError, match="left no gradient in W"):
        hessian(lambda: 0.0, [w])


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        (np.ones(3), "got the gradient of W of shape (3,): expected (2,)"),
        (
            np.array([1.0, np.nan]),
            "got the gradient of W with nan at [1]: expected finite numbers only",
        ),
    ],
)
@pytest.mark.parametrize("which", [0, 1])
def test_wrong_gradients(which, gradient, words):
    w = Parameter(np.ones(2), "W")

    def f() -> float:
        w.grad = gradient
        return 0.0

    with pytest.raises(ValueError, match=re.escape(words)):
        both(f, [w])[which]()


@pytest.mark.parametrize(
    ("direction", "error", "words"),
    [
        (np.ones(3), ValueError, "got direction of shape (3,): expected (2,)"),
        (np.ones((2, 1)), ValueError, "got direction of shape (2, 1): expected (2,)"),
        ([1.0, 2.0], TypeError, "got direction as a list: expected a NumPy array"),
        (
            np.array([np.inf, 0]),
            ValueError,
            "got direction with inf at [0]: expected finite numbers only",
        ),
    ],
)
def test_wrong_directions(direction, error, words):
    with pytest.raises(error, match=re.escape(f"hessian_vector {words}")):
        hessian_vector(*standing_on(LANDSCAPES["bowl"], np.ones(2)), direction)


def test_random_numbers_in_f_are_noticed(rng):
    network = Network([Dense(2, 20, rng=rng), Dropout(0.5, rng=rng), Dense(20, 1, rng=rng)])
    loss, x = SquaredError(), rng.standard_normal((4, 2))

    def f() -> float:
        cost = loss.forward(network.forward(x), np.zeros((4, 1)))
        network.backward(loss.backward())
        return cost

    with pytest.raises(ValueError, match=r"two different gradients\. Does it draw random numbers"):
        hessian(f, network.parameters())


# What forward only notes.


def normalised(rng):
    inside = Residual([Dense(3, 3, rng=rng), BatchNorm(3)])
    network = Network([Dense(2, 3, rng=rng), BatchNorm(3), inside, Dense(3, 2, rng=rng)])
    x, labels = 5 + rng.standard_normal((6, 2)), rng.integers(0, 2, 6)
    loss = SoftmaxCrossEntropy()

    def f() -> float:
        for parameter in network.parameters():
            parameter.zero_grad()
        cost = loss.forward(network.forward(x), labels)
        network.backward(loss.backward())
        return cost

    return network, f


@pytest.mark.parametrize("which", [0, 1])
def test_running_averages_stay_bit_for_bit(which, rng):
    network, f = normalised(rng)
    f()
    before = [statistic.value.tobytes() for statistic in network.statistics()]
    # with all parameters, and with those of a layer that is no BatchNorm
    for parameters in (network.parameters(), network.layers[0].parameters()):
        both(f, parameters)[which]()
        assert [statistic.value.tobytes() for statistic in network.statistics()] == before
    f()  # and afterwards they follow again
    assert [statistic.value.tobytes() for statistic in network.statistics()] != before


def test_they_follow_again_where_f_raises(rng):
    network, f = normalised(rng)

    def broken() -> float:
        f()
        raise ZeroDivisionError

    before = [statistic.value.copy() for statistic in network.statistics()]
    with pytest.raises(ZeroDivisionError):
        hessian(broken, network.parameters())
    assert all(map(np.array_equal, [s.value for s in network.statistics()], before))
    f()
    assert not np.array_equal(network.statistics()[0].value, before[0])


def test_the_hessian_in_training_is_that_of_training(rng):
    # the batch's own mean and variance, whether they are noted or not: a bias before BatchNorm has no effect
    network, f = normalised(rng)
    bias = network.layers[0].b
    for _ in range(50):  # until the running averages are those of these examples
        f()
    assert np.abs(hessian(f, [bias])).max() < 1e-8
    network.training = False
    assert np.abs(hessian(f, [bias])).max() > 1e-4


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_no_function_and_no_list(which):
    function = (hessian, hessian_vector)[which]
    more = ((), (np.ones(2),))[which]
    w = Parameter(np.ones(2), "W")

    def f() -> None:  # which forgets to return the cost
        w.grad = 3 * w.value

    with pytest.raises(TypeError, match=r"got f as 0.5: expected the function itself"):
        function(0.5, [w], *more)
    with pytest.raises(TypeError, match=r"got Parameter\(W, shape \(2,\)\) alone: .* as \[W\]"):
        function(f, w, *more)
    assert function(f, [w], *more).sum() == pytest.approx(6)  # 3 on the diagonal, 0 beside it
