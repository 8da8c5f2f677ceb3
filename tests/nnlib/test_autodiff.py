"""The graph engine: hand-worked examples, deep graphs, and agreement with forward mode, layers and PyTorch."""

import copy
import gc
from itertools import pairwise

import numpy as np
import pytest

from nnlib.activations import Sigmoid, Tanh
from nnlib.autodiff import Dual, Variable, count_paths, slope
from nnlib.gradcheck import check_gradients
from nnlib.layers import Dense
from nnlib.losses import SquaredError
from nnlib.network import Network

try:
    import torch
except ImportError:
    torch = None


def example(f, g):
    """a = b·c, b = d + e, c = e + 2, d = 3 + f, e = f·g (S4)."""
    e = f * g
    return (3 + f + e) * (e + 2)


# By hand.


def test_the_graph_of_the_notes():
    f, g = Variable(4.0, "f"), Variable(2.0, "g")
    a = example(f, g)
    a.backward()
    assert a.value == 150  # (3 + 4 + 8) · (8 + 2)
    assert f.grad == 60  # 2 + 5g + 2fg + 2fg² = 2 + 10 + 16 + 32
    assert g.grad == 100  # f (c + b) = 4 · (10 + 15)
    assert slope(lambda f: example(f, Dual(2.0)), 4.0) == 60
    assert count_paths(a, f) == 3


def test_a_variable_used_twice_gets_both_gradients():
    x = Variable(3.0)
    (x + x).backward()
    assert x.grad == 2
    a = Variable(3.0)
    b = a + a
    (b * b).backward()  # 4a²
    assert (a.grad, b.grad) == (24, 12)


def test_a_diamond_is_swept_only_when_all_children_are_done():
    x = Variable(2.0)
    left = x * 3
    right = left * x  # 3x²
    (left + right).backward()
    assert left.grad == 1 + 2
    assert x.grad == 3 + 12  # derivative of 3x + 3x²


def test_a_second_backward_adds_and_says_so():
    x = Variable(3.0, "x")
    y = x * x
    y.backward()
    assert "sweeps" not in repr(x)
    y.backward()
    assert x.grad == 12
    assert repr(x) == "Variable(x = 3, grad 12, added up over 2 backward sweeps)"
    y.zero_grad()
    assert x.grad is None
    assert repr(x) == "Variable(x = 3)"


def test_two_results_add_into_one_leaf():
    x = Variable(np.array([1.0, 2.0]))
    (x * 3).sum().backward()
    (x * x).sum().backward()
    assert x.grad.tolist() == [3 + 2, 3 + 4]


def test_a_seed_weighs_the_results():
    x = Variable(np.array([1.0, 2.0, 3.0]))
    (x * x).backward(np.array([1.0, 0.0, 10.0]))
    assert x.grad.tolist() == [2, 0, 60]


# Deep graphs.


def test_ten_thousand_nodes_deep_and_beyond():
    x = Variable(1.0)
    y = x
    for _ in range(50_000):
        y = y + 1.0
    y.backward()
    assert x.grad == 1
    del y
    gc.collect()


def test_sixty_doublings_are_one_sweep():
    x = Variable(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60
    assert count_paths(y, x) == 2**60


def test_paths_double_with_each_layer():
    x = Variable(1.0)
    y, counted = x, []
    for _ in range(20):
        y = y.tanh() + y.sigmoid()
        counted.append(count_paths(y, x))
    assert counted == [2**depth for depth in range(1, 21)]
    assert count_paths(Variable(1.0), x) == 0


# Three gradients, and a fourth.


@pytest.mark.parametrize("seed", range(5))
def test_layers_autodiff_and_nudges_agree_on_random_networks(seed):
    rng = np.random.default_rng(seed)
    widths = rng.integers(2, 6, 4)
    x, t = rng.normal(size=(7, widths[0])), rng.normal(size=(7, widths[3]))
    dense = [Dense(int(a), int(b), rng=rng) for a, b in pairwise(widths)]
    network = Network([dense[0], Tanh(), dense[1], Sigmoid(), dense[2]])
    loss = SquaredError()

    def f():
        for parameter in network.parameters():
            parameter.zero_grad()
        cost = loss.forward(network.forward(x), t)
        network.backward(loss.backward())
        return cost

    assert check_gradients(f, network.parameters(), rng=rng).worst < 1e-7
    cost = f()
    w1, b1, w2, b2, w3, b3 = variables = [
        Variable(parameter.value) for parameter in network.parameters()
    ]
    difference = ((x @ w1 + b1).tanh() @ w2 + b2).sigmoid() @ w3 + b3 - t
    result = (difference**2).sum() / (2 * len(x))
    result.backward()
    assert result.value == pytest.approx(cost, rel=1e-12)
    for variable, parameter in zip(variables, network.parameters(), strict=True):
        assert np.allclose(variable.grad, parameter.grad, rtol=1e-10, atol=1e-12)


# What a step of a random expression may do with two earlier results x and y, of shape (3, 4), and with w, b, s.
OPERATIONS = [
    lambda x, y, w, b, s: x + y,
    lambda x, y, w, b, s: x - y * s,
    lambda x, y, w, b, s: x * y.tanh(),
    lambda x, y, w, b, s: x / (2.5 + y.tanh()),
    lambda x, y, w, b, s: (x.tanh() + 1.5) ** 3,
    lambda x, y, w, b, s: (x.sigmoid() + 0.5) ** -1.5,
    lambda x, y, w, b, s: x.tanh().exp(),
    lambda x, y, w, b, s: (x.sigmoid() + 0.1).log(),
    lambda x, y, w, b, s: x.relu() - y.sigmoid(),
    lambda x, y, w, b, s: x.sigmoid() @ w @ w.T,
    lambda x, y, w, b, s: x - x.sum() / 12,
    lambda x, y, w, b, s: x.tanh() * x.reshape(12).mean(),
    lambda x, y, w, b, s: (x.T * 0.5).T + b,
    lambda x, y, w, b, s: 2.0 - x.tanh() / 2 + 1 / (2 + y.sigmoid()),
]


def random_expression(rng, leaves):
    """Return a number made from leaves (3, 4), (4,), (4, 2), () by twelve random operations."""
    a, b, w, s = leaves
    pool = [a, a * b, a + s, a @ w @ w.T]
    for _ in range(12):
        x, y = pool[rng.integers(len(pool))], pool[rng.integers(len(pool))]
        pool.append(OPERATIONS[rng.integers(len(OPERATIONS))](x, y, w, b, s).tanh() * 2)
    return (pool[-1] * pool[-2]).sum() + pool[-3].mean() + (a @ b).sum() * s


SHAPES = [(3, 4), (4,), (4, 2), ()]


@pytest.mark.skipif(torch is None, reason="PyTorch is not installed")
@pytest.mark.parametrize("block", range(10))
def test_two_hundred_random_expressions_are_those_of_pytorch(block):
    for seed in range(20 * block, 20 * block + 20):
        values = [np.random.default_rng(seed).normal(size=shape) for shape in SHAPES]
        ours = [Variable(value) for value in values]
        theirs = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values]
        result = random_expression(np.random.default_rng(seed), ours)
        wanted = random_expression(np.random.default_rng(seed), theirs)
        result.backward()
        wanted.backward()
        assert float(result.value) == pytest.approx(wanted.item(), rel=1e-10)
        for mine, other in zip(ours, theirs, strict=True):
            assert (mine.grad is None) == (other.grad is None)  # a leaf that is not used
            if other.grad is not None:
                assert np.allclose(mine.grad, other.grad.numpy(), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("seed", range(20))
def test_forward_mode_says_the_same_along_a_direction(seed):
    rng = np.random.default_rng(seed)
    values = [rng.normal(size=shape) for shape in SHAPES]
    rates = [rng.normal(size=shape) for shape in SHAPES]
    variables = [Variable(value) for value in values]
    duals = [Dual(value, rate) for value, rate in zip(values, rates, strict=True)]
    result = random_expression(np.random.default_rng(seed), variables)
    along = random_expression(np.random.default_rng(seed), duals)
    result.backward()
    used = [
        (variable.grad, rate)
        for variable, rate in zip(variables, rates, strict=True)
        if variable.grad is not None
    ]
    directional = sum((grad * rate).sum() for grad, rate in used)
    assert float(along.value) == pytest.approx(float(result.value), rel=1e-12)
    assert float(along.rate) == pytest.approx(float(directional), rel=1e-9)


# Ways of writing.


def test_numbers_and_arrays_may_stand_on_either_side():
    x = Variable(np.array([1.0, 2.0]))
    array = np.array([3.0, 5.0])
    both = [
        (array + x, x + array),
        (array * x, x * array),
        (2 * x, x * 2),
        (array - x, -(x - array)),
        (array / x, 1 / (x / array)),
        (array @ x, x @ array),
    ]
    for left, right in both:
        assert isinstance(left, Variable)
        assert np.allclose(left.value, right.value)
    assert np.allclose((2**x).value, [2, 4])
    assert np.allclose((x**x).value, [1, 4])


def test_powers_differentiate_by_base_and_exponent():
    x, n = Variable(3.0), Variable(2.0)
    (x**n).backward()
    assert x.grad == pytest.approx(6)
    assert n.grad == pytest.approx(9 * np.log(3))
    zero = Variable(np.array([0.0, 0.0, -2.0]))
    (zero ** np.array([0.0, 1.0, 2.0])).sum().backward()
    assert zero.grad.tolist() == [0, 1, -4]


def test_precision_stays():
    x = Variable(np.ones((2, 3), dtype=np.float32))
    y = ((2.0 * x + 1) ** 2 / 3 - x).tanh().mean()
    y.backward()
    assert y.value.dtype == x.grad.dtype == np.float32
    assert (
        Dual(np.ones(2, dtype=np.float32), 1.0).exp().rate.dtype == np.float64
    )  # the rate's own precision
    assert Variable([1, 2]).value.dtype == float


def test_values_are_never_changed():
    array = np.array([1.0, -2.0])
    x = Variable(array)
    y = (x.relu() * x).sum()
    y.backward()
    y.backward()
    assert array.tolist() == [1, -2]
    x.grad += 1  # the reader's own: no other gradient is the same array
    assert y.grad == 2
    wide = Variable(np.ones((2, 3)))
    tall = wide.T
    tall.sum().backward()
    wide.grad += 1
    assert (tall.grad == 1).all()


# Wrong use.


@pytest.mark.parametrize(
    ("use", "error", "words"),
    [
        (
            lambda: Variable(np.ones(3)).backward(),
            ValueError,
            r"single number.*shape \(3,\).*sum or mean",
        ),
        (
            lambda: Variable(np.ones(3)).backward(np.ones(2)),
            ValueError,
            r"seed of shape \(2,\): expected \(3,\)",
        ),
        (lambda: Variable("abc"), TypeError, "Variable got a str: expected numbers"),
        (lambda: Variable(None), TypeError, "expected numbers"),
        (lambda: Variable(Variable(1.0)), TypeError, "do not mix"),
        (lambda: Variable(1.0) + Dual(1.0), TypeError, "do not mix"),
        (
            lambda: Variable(np.ones(3)) + np.ones(4),
            ValueError,
            r"'\+' of shapes \(3,\) and \(4,\)",
        ),
        (
            lambda: Variable(np.ones((2, 3))) @ np.ones(2),
            ValueError,
            r"'@' of shapes \(2, 3\) and \(2,\)",
        ),
        (lambda: Variable(np.ones(6)).reshape(4), ValueError, r"'reshape' of shapes \(6,\)"),
        (
            lambda: Dual(np.ones(3), np.ones(2)),
            ValueError,
            r"rate of shape \(2,\): expected \(3,\)",
        ),
    ],
)
def test_wrong_use_is_told(use, error, words):
    with pytest.raises(error, match=words):
        use()


def test_the_callers_array_may_change_afterwards():
    array = np.ones(2)
    y = (Variable(array, "x") * array).sum()
    x = y.parents[0].parents[0]
    array[:] = 5
    y.backward()
    assert x.grad.tolist() == [1, 1]


def test_a_copy_is_another_variable():
    w = Variable(3.0)
    other = copy.deepcopy(w)
    (w * other).backward()
    assert (w.grad, other.grad) == (3, 3)


def test_a_variable_exponent_needs_a_positive_base():
    for base in (-2.0, 0.0):
        with pytest.raises(ValueError, match="base above 0"):
            Variable(base) ** Variable(2.0)


def test_numpy_scalars_tuples_and_constants_are_welcome():
    x = Variable(np.ones(6, dtype=np.float32))
    assert (x * np.int64(2)).value.dtype == np.float32
    assert x.reshape((3, 2)).shape == (3, 2)
    assert slope(lambda x: 3.0, 1.0) == 0
    empty = Variable(np.ones((1, 3)))
    (np.zeros((0, 3)) + empty).sum().backward()
    assert empty.grad.tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("value", [3, 3.0, np.float64(3), np.array(3)])
def test_the_value_of_a_variable_may_be_set_to_a_number(value):
    x = Variable(1.0)
    x.value = value
    y = x * x
    y.backward()
    assert (y.value, x.grad) == (9, 6)


def test_the_value_of_a_variable_is_changed_in_place():
    x = Variable(np.ones(2))
    x.value -= 0.5
    assert x.value.tolist() == [0.5, 0.5]
