"""The gradient check is checked itself: right gradients pass, every planted bug is found and named."""

import functools
import re
from pathlib import Path

import numpy as np
import pytest

from nnlib import gradcheck
from nnlib.activations import Sigmoid
from nnlib.gradcheck import check_gradients
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy, SquaredError
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.parameter import Parameter


class LineFit:
    """Least squares by hand, C = 1/2m Σ (x @ W + b − t)², whose dW passes through ``bug`` before it is stored."""

    def __init__(self, rng, bug=lambda gradient: gradient, m=5, n=3):
        self.x, self.t = rng.standard_normal((m, n)), rng.standard_normal((m, n))
        self.W = Parameter(rng.standard_normal((n, n)), "W")
        self.b = Parameter(rng.standard_normal(n), "b")
        self.bug = bug

    def __call__(self) -> float:
        difference = self.x @ self.W.value + self.b.value - self.t
        self.W.grad = self.bug(self.x.T @ difference / len(self.x))
        self.b.grad = difference.mean(axis=0)
        return float((difference**2).sum() / (2 * len(self.x)))

    @property
    def parameters(self) -> list[Parameter]:
        return [self.W, self.b]


def one_bad_element(gradient):
    gradient = gradient.copy()
    gradient[2, 1] += 0.001 * np.abs(gradient).max()
    return gradient


BUGS = {
    "wrong sign": lambda gradient: -gradient,
    "factor 2": lambda gradient: 2 * gradient,
    "transposed": lambda gradient: gradient.T.copy(),
    "missing 1/m": lambda gradient: 5 * gradient,
    "one bad element": one_bad_element,
    "one row too far": lambda gradient: np.roll(gradient, 1, axis=0),
    "nothing at all": np.zeros_like,
    "a constant added": lambda gradient: gradient + 1e-3,
}
every_bug = pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("every_element", [False, True])
def test_right_gradients_pass(seed, every_element):
    rng = np.random.default_rng(seed)
    fit = LineFit(rng)
    report = check_gradients(fit, fit.parameters, rng=rng, every_element=every_element)
    assert report.passed
    assert 0 <= report.worst < 1e-7


@every_bug
@pytest.mark.parametrize("seed", range(5))
def test_planted_bug_is_found_and_its_parameter_named(bug, seed):
    rng = np.random.default_rng(seed)
    fit = LineFit(rng, bug)
    report = check_gradients(fit, fit.parameters, rng=rng)
    assert not report.passed
    assert report.where[0] == "W"
    assert report.where[1] in np.ndindex(3, 3)


def test_worst_is_the_largest_distance_over_the_largest_gradient(rng):
    fit = LineFit(rng, lambda gradient: 2 * gradient)
    # twice the true gradient: the largest distance is half of the largest analytic value
    assert check_gradients(fit, fit.parameters, rng=rng).worst == pytest.approx(0.5, rel=1e-6)


def test_the_bad_element_is_named_with_both_values(rng):
    fit = LineFit(rng, one_bad_element)
    report = check_gradients(fit, fit.parameters, rng=rng)
    difference = fit.x @ fit.W.value + fit.b.value - fit.t
    assert report.where == ("W", (2, 1))
    assert report.analytic == fit.W.grad[2, 1]
    assert report.numeric == pytest.approx((fit.x.T @ difference / 5)[2, 1], rel=1e-6)


def test_one_bad_element_of_a_large_matrix_is_found(rng):
    scale = rng.uniform(1, 2, (784, 30))
    W = Parameter(rng.standard_normal((784, 30)), "W")

    def f():
        W.grad = scale * W.value
        W.grad[517, 23] += 0.01
        return float((W.grad * W.value).sum() - 0.01 * W.value[517, 23]) / 2

    report = check_gradients(f, [W], rng=rng)
    assert not report.passed
    assert report.where == ("W", (517, 23))
    assert report.analytic - report.numeric == pytest.approx(0.01, rel=1e-3)


def test_a_large_matrix_without_bug_passes(rng):
    layer, loss = Dense(784, 30, rng=rng), SquaredError()
    x, t = rng.random((4, 784)), rng.standard_normal((4, 30))
    report = check_gradients(
        lambda: step(Network([layer]), loss, x, t), layer.parameters(), rng=rng
    )
    assert report.passed


# Bugs planted in the library itself.


def step(network, loss, x, targets) -> float:
    for parameter in network.parameters():
        parameter.zero_grad()
    cost = loss.forward(network.forward(x), targets)
    network.backward(loss.backward())
    return cost


def check_network(rng) -> gradcheck.GradientReport:
    network = Network([Dense(4, 5, rng=rng), Sigmoid(), Dense(5, 3, rng=rng)])
    x, labels = rng.standard_normal((6, 4)), rng.integers(0, 3, 6)
    return check_gradients(
        lambda: step(network, SoftmaxCrossEntropy(), x, labels),
        network.parameters(),
        rng=rng,
        every_element=True,
    )


def test_network_passes(rng):
    assert check_network(rng).worst < 1e-7


def test_wrong_derivative_of_an_activation_is_found_in_the_layer_before(rng, monkeypatch):
    monkeypatch.setattr(Sigmoid, "derivative", staticmethod(lambda z, a: a))
    report = check_network(rng)
    assert not report.passed
    assert report.where[0].startswith("Dense(4 → 5).")


def test_loss_without_its_1_over_m_is_found(rng, monkeypatch):
    right = SoftmaxCrossEntropy.backward
    monkeypatch.setattr(SoftmaxCrossEntropy, "backward", lambda self: 6 * right(self))
    assert check_network(rng).worst == pytest.approx(5 / 6, rel=1e-6)


def test_bias_without_its_sum_over_the_batch_is_found(rng, monkeypatch):
    def only_the_first_row(self, dz):
        self.W.add_grad(self.recall().T @ dz)
        self.b.add_grad(dz[0].copy())

    monkeypatch.setattr(Dense, "backward_to_parameters", only_the_first_row)
    report = check_network(rng)
    assert not report.passed
    assert report.where[0].endswith(".b")


# What is no fair question is refused.


def test_forgotten_zero_grad_is_named(rng):
    layer, loss = Dense(3, 2, rng=rng), SquaredError()
    x, t = rng.standard_normal((4, 3)), rng.standard_normal((4, 2))

    def f():
        cost = loss.forward(layer.forward(x), t)
        layer.backward(loss.backward())
        return cost

    with pytest.raises(
        ValueError, match=r"two different gradients in Dense\(3 → 2\)\.W.*zero_grad"
    ):
        check_gradients(f, layer.parameters(), rng=rng)


def test_a_function_that_draws_random_numbers_is_refused(rng):
    fit = LineFit(rng, lambda gradient: gradient * rng.random(gradient.shape))
    with pytest.raises(ValueError, match=r"two different gradients in W.*random numbers"):
        check_gradients(fit, fit.parameters, rng=rng)


def test_float32_is_refused(rng):
    W = Parameter(np.ones((2, 2), np.float32), "W")
    with pytest.raises(TypeError, match="got W in float32: float64 is needed"):
        check_gradients(lambda: 0.0, [W], rng=rng)


def test_no_parameters_are_refused(rng):
    with pytest.raises(ValueError, match="no parameters: expected at least one"):
        check_gradients(lambda: 0.0, [], rng=rng)


def test_forgotten_backward_is_refused(rng):
    with pytest.raises(ValueError, match="left no gradient in W: does it run backward"):
        check_gradients(lambda: 0.0, [Parameter(np.ones(2), "W")], rng=rng)


def test_gradient_of_another_shape_is_refused(rng):
    fit = LineFit(rng, lambda gradient: gradient[0])
    with pytest.raises(
        ValueError, match=re.escape("gradient of W has shape (3,): expected (3, 3)")
    ):
        check_gradients(fit, fit.parameters, rng=rng)


# The report.


def test_nan_never_passes(rng):
    fit = LineFit(rng, lambda gradient: np.where(np.eye(3, k=1) > 0, np.nan, gradient))
    report = check_gradients(fit, fit.parameters, rng=rng)
    assert not report.passed
    assert report.where == ("W", (0, 1))


def test_gradient_that_is_zero_everywhere_passes_only_if_the_loss_is_flat(rng):
    flat, lost = Parameter(np.ones(3), "flat"), Parameter(np.ones(3), "lost")

    def f():
        flat.grad, lost.grad = np.zeros(3), np.zeros(3)
        return float((lost.value**2).sum())

    assert check_gradients(f, [flat], rng=rng).passed
    assert check_gradients(f, [flat, lost], rng=rng).where[0] == "lost"


def test_the_tolerance_decides(rng):
    fit = LineFit(rng, lambda gradient: 1.01 * gradient)
    assert not check_gradients(fit, fit.parameters, rng=rng, tolerance=1e-4).passed
    assert check_gradients(fit, fit.parameters, rng=rng, tolerance=0.05).passed


def test_text_of_a_failure_reads_aloud(rng):
    fit = LineFit(rng, one_bad_element)
    report = check_gradients(fit, fit.parameters, rng=rng)
    assert str(report) == (
        f"gradients differ: relative error 1.0e-03 at W[2, 1], "
        f"where backward says {report.analytic:.6g} and nudging says {report.numeric:.6g}"
    )


def test_text_of_a_success_reads_aloud(rng):
    fit = LineFit(rng)
    text = str(check_gradients(fit, fit.parameters, rng=rng))
    assert re.fullmatch(r"gradients agree: largest relative error \de-\d\d, at (W|b)", text)


@every_bug
def test_parameters_are_put_back_bit_for_bit(bug, rng):
    fit = LineFit(rng, bug)
    arrays = [parameter.value for parameter in fit.parameters]
    before = [array.tobytes() for array in arrays]
    check_gradients(fit, fit.parameters, rng=rng, every_element=True)
    assert all(
        parameter.value is array for parameter, array in zip(fit.parameters, arrays, strict=True)
    )
    assert [array.tobytes() for array in arrays] == before


def test_parameters_are_put_back_when_f_fails(rng):
    fit = LineFit(rng)
    start = fit.W.value.copy()

    def f():
        if not np.array_equal(fit.W.value, start):
            raise ZeroDivisionError
        return fit()

    with pytest.raises(ZeroDivisionError):
        check_gradients(f, fit.parameters, rng=rng)
    assert np.array_equal(fit.W.value, start)


def test_gradients_left_behind_are_those_of_the_parameters(rng):
    fit = LineFit(rng)
    fit()
    before = fit.W.grad.copy()
    check_gradients(fit, fit.parameters, rng=rng)
    assert np.array_equal(fit.W.grad, before)


def test_it_shares_no_code_with_what_it_judges():
    imported = re.findall(r"from (nnlib\S*) import", Path(gradcheck.__file__).read_text("utf-8"))
    assert imported == ["nnlib._notes", "nnlib.errors"]  # which have words, and no formula


def test_two_wrong_elements_do_not_hide_each_other():
    for seed in range(
        100
    ):  # a transposed 2×2 gradient: one element too large, one too small by as much
        rng = np.random.default_rng(seed)
        scale, W = rng.uniform(1, 2, (2, 2)), Parameter(rng.standard_normal((2, 2)), "W")

        def f(scale=scale, W=W) -> float:
            W.grad = (scale * W.value).T.copy()
            return float((scale * W.value**2).sum() / 2)

        assert not check_gradients(f, [W], rng=rng).passed


def test_a_gradient_that_is_zero_but_for_rounding_agrees():
    value = Parameter(np.zeros(3), "b")

    def f():
        value.grad = np.full(3, 1e-17)  # what is left of sums that cancel
        return 2.3 + float((value.value**3).sum())

    assert check_gradients(f, [value], rng=np.random.default_rng(0)).passed


def test_a_gradient_that_is_nearly_zero_and_should_not_be_is_found():
    value = Parameter(np.ones(3), "b")

    def f():
        value.grad = np.full(3, 1e-12)
        return float(value.value.sum()) * 1e-4

    assert not check_gradients(f, [value], rng=np.random.default_rng(0)).passed


@pytest.mark.parametrize(("factor", "passes"), [(1, True), (1.5, False)])
def test_tiny_slopes_beside_a_large_loss_are_judged_by_what_rounding_leaves(factor, passes):
    value = Parameter(np.linspace(0.5, 1, 2000), "W")

    def f():
        value.grad = factor * 2e-7 * value.value
        return 2.3 + 1e-7 * float((value.value**2).sum())

    report = check_gradients(f, [value], rng=np.random.default_rng(0), tolerance=1e-5)
    assert report.passed == passes


RNG = np.random.default_rng(0)
ONE = Parameter(np.ones(2), "W")


def fresh() -> float:
    ONE.grad = 2 * ONE.value
    return float((ONE.value**2).sum())


WRONG = {
    "one parameter alone": (lambda: check_gradients(fresh, ONE, rng=RNG), "one alone is \\[W\\]"),
    "the method itself": (
        lambda: check_gradients(fresh, Dense(2, 2, rng=RNG).parameters, rng=RNG),
        r"got a method: expected a list of parameters",
    ),
    "a network": (
        lambda: check_gradients(fresh, Network([Dense(2, 2, rng=RNG)]), rng=RNG),
        "got a Network: expected a list of parameters",
    ),
    "layers": (
        lambda: check_gradients(fresh, [Dense(2, 2, rng=RNG)], rng=RNG),
        "got a Dense in the list",
    ),
    "no function": (lambda: check_gradients(fresh(), [ONE], rng=RNG), "got 2.0 as f"),
    "f without return": (
        lambda: check_gradients(lambda: fresh() and None, [ONE], rng=RNG),
        "returned None: expected the loss, one number: does it end with return",
    ),
    "f of all examples": (
        lambda: check_gradients(lambda: fresh() * np.ones(3), [ONE], rng=RNG),
        "returned an array of shape .3,.*: expected the loss, one number",
    ),
    "no generator": (lambda: check_gradients(fresh, [ONE], rng=None), "got rng as None"),
    "a seed": (lambda: check_gradients(fresh, [ONE], rng=0), "got rng as 0"),
}


@pytest.mark.parametrize(("use", "words"), WRONG.values(), ids=WRONG)
def test_wrong_use_is_told_in_words(use, words):
    with pytest.raises(TypeError, match=f"^check_gradients.* {words}"):
        use()


def test_slopes_that_rounding_hides_are_told_as_such():
    # the loss is near 1,000, its last digit near 1e-13: over a step of 1e-5 that hides a slope of 1e-8
    W = Parameter(np.ones(3), "W")

    def f() -> float:
        W.grad = np.full(3, 1.001e-5)
        return float(1e3 + 1e-5 * W.value.sum())

    report = check_gradients(f, [W], rng=np.random.default_rng(0))
    assert report.passed
    assert str(report).startswith("gradients agree as far as can be told: those of W are too small")


def test_running_averages_stay_as_they_are(rng):
    network = Network([Dense(4, 5, rng=rng), BatchNorm(5), Dense(5, 3, rng=rng)])
    before = [statistic.value.copy() for statistic in network.statistics()]
    x, labels = rng.standard_normal((6, 4)), rng.integers(0, 3, 6)
    f = functools.partial(step, network, SoftmaxCrossEntropy(), x, labels)
    assert check_gradients(f, network.parameters(), rng=rng).passed
    for statistic, value in zip(network.statistics(), before, strict=True):
        assert np.array_equal(statistic.value, value)
    f()
    assert not np.array_equal(network.statistics()[0].value, before[0])
