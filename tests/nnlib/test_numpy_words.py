"""NumPy's words for variables: right, or refused with what to write instead; never an array of variables."""

import copy
import math
import re

import numpy as np
import pytest

from nnlib.autodiff import Dual, Variable, count_paths, slope

H = 1e-6
M = np.array([[1.0, -2.0], [3.0, 0.5]])
V = np.array([0.5, 2.0])


def slopes_by_nudging(f, values):
    """∂(Σ f · weights)/∂ each number of each value, by central differences of the same NumPy words on plain arrays."""
    shape = np.shape(f(*values))
    weights = np.arange(1.0, 1 + np.prod(shape, dtype=int)).reshape(shape)
    slopes = []
    for i, value in enumerate(values):
        slope_here = np.zeros(value.shape)
        for place in np.ndindex(value.shape):
            nudge = np.zeros(value.shape)
            nudge[place] = H
            up, down = (
                (f(*[v + sign * nudge if j == i else v for j, v in enumerate(values)]) * weights)
                for sign in (1, -1)
            )
            slope_here[place] = (up - down).sum() / (2 * H)
        slopes.append(slope_here)
    return weights, slopes


# The same words on arrays and on variables.
WORDS = {
    "sum": (lambda a: np.sum(a), [M]),
    "sum by axis": (lambda a: np.sum(a, 0), [M]),
    "sum kept": (lambda a: np.sum(a, axis=1, keepdims=True), [M]),
    "mean": (lambda a: np.mean(a), [M]),
    "mean by axes": (lambda a: np.mean(a, axis=(0, -1)), [M]),
    "max": (lambda a: np.max(a, axis=0), [M]),
    "amax kept": (lambda a: np.amax(a, axis=1, keepdims=True), [M]),
    "min": (lambda a: np.min(a), [M]),
    "amin by axis": (lambda a: np.amin(a, axis=-1), [M]),
    "dot of matrix and vector": (lambda a, b: np.dot(a, b), [M, V]),
    "dot of vector and matrix": (lambda a, b: np.dot(a, b), [V, M]),
    "dot of matrices": (lambda a, b: np.dot(a, b), [M, M + 1]),
    "dot of vectors": (lambda a, b: np.dot(a, b), [V, V + 1]),
    "dot with a number": (lambda a: np.dot(3, a), [M]),
    "dot with an array": (lambda a: np.dot(M, a), [V]),
    "dot of a stack": (lambda a, b: np.dot(a, b), [np.stack([M, M + 1]), V]),
    "matmul": (lambda a, b: np.matmul(a, b), [M, V]),
    "exp": (lambda a: np.exp(a), [M]),
    "log": (lambda a: np.log(a), [V]),
    "tanh": (lambda a: np.tanh(a), [M]),
    "sqrt": (lambda a: np.sqrt(a), [V]),
    "square": (lambda a: np.square(a), [M]),
    "abs": (lambda a: np.abs(a), [M]),
    "Python's abs": (lambda a: abs(a), [M]),
    "negative": (lambda a: np.negative(a), [M]),
    "positive": (lambda a: np.positive(a), [M]),
    "reciprocal": (lambda a: np.reciprocal(a), [M]),
    "maximum": (lambda a: np.maximum(a, 0), [M]),
    "maximum turned": (lambda a: np.maximum(0.0, a), [M]),
    "add": (lambda a, b: np.add(a, b), [M, V]),
    "subtract": (lambda a: np.subtract(V, a), [M]),
    "multiply": (lambda a, b: np.multiply(a, b), [M, V]),
    "divide": (lambda a, b: np.divide(a, b), [V, M]),
    "power": (lambda a: np.power(a, 3), [M]),
    "power of a variable": (lambda a, b: np.power(a, b), [V, M]),
    "power of a number": (lambda a: np.power(2, a), [M]),
    "reshape": (lambda a: np.reshape(a, (4,)), [M]),
    "reshape to a row": (lambda a: np.reshape(a, -1), [M]),
    "transpose": (lambda a: np.transpose(a), [M]),
    "an array left": (lambda a: V * a, [M]),
    "an array left of @": (lambda a: M @ a, [V]),
    "a NumPy number left": (lambda a: np.float64(2) * a - np.float32(1), [M]),
    "a row": (lambda a: a[0], [M]),
    "a number of it": (lambda a: a[1, 0], [M]),
    "a part": (lambda a: a[:, 1:], [M]),
    "some twice": (lambda a: a[[0, 1, 0]], [V]),
    "those of the labels": (lambda a: a[range(2), np.array([1, 0])], [M]),
    "those of a mask": (lambda a: a[M > 0], [M]),
}


@pytest.mark.parametrize("words", WORDS)
def test_numpy_says_the_same_of_variables_and_of_arrays(words):
    f, values = WORDS[words]
    variables = [Variable(value) for value in values]
    result = f(*variables)
    assert isinstance(result, Variable)
    assert result.value == pytest.approx(np.asarray(f(*values)), rel=1e-12)
    weights, expected = slopes_by_nudging(f, values)
    result.backward(weights)
    for variable, nudged in zip(variables, expected, strict=True):
        assert variable.grad == pytest.approx(nudged, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("words", WORDS)
def test_forward_mode_has_the_same_slopes(words):
    f, values = WORDS[words]
    rng = np.random.default_rng(0)
    rates = [rng.standard_normal(value.shape) for value in values]
    result = f(*[Dual(value, rate) for value, rate in zip(values, rates, strict=True)])
    weights, expected = slopes_by_nudging(f, values)
    along = sum((nudged * rate).sum() for nudged, rate in zip(expected, rates, strict=True))
    assert (result.rate * weights).sum() == pytest.approx(along, rel=1e-6, abs=1e-8)


def test_the_product_of_the_bug_report():
    # [[1, 2], [3, 4]] · (1, 1): 1 + 2 = 3 and 3 + 4 = 7, no table of products
    assert np.dot(Variable([[1, 2], [3, 4]]), Variable([1, 1])).value.tolist() == [3, 7]


def test_parts_share_the_slope_of_a_maximum_equally():
    x = Variable([3.0, 1.0, 3.0])
    x.max().backward()
    assert x.grad.tolist() == [0.5, 0, 0.5]
    y = Variable([3.0, 1.0, 1.0])
    y.min().backward()
    assert y.grad.tolist() == [0, 0.5, 0.5]


def test_a_variable_can_be_taken_apart():
    w = Variable([[1.0, 2.0], [3.0, 4.0]])
    first, second = w
    (first @ second).backward()
    assert w.grad.tolist() == [[3, 4], [1, 2]]
    assert len(w) == 2
    assert sum(w).value.tolist() == [4, 6]


def test_an_index_may_change_afterwards():
    x, index = Variable([1.0, 2.0]), np.array([0, 0])
    y = x[index].sum()
    index[:] = 1
    y.backward()
    assert x.grad.tolist() == [2, 0]


def test_adding_to_a_name_makes_a_new_variable():
    v = w = Variable([1.0, 2.0], "w")
    v += 1
    assert (v is w, w.value.tolist(), v.value.tolist()) == (False, [1, 2], [2, 3])
    v.sum().backward()
    assert w.grad.tolist() == [1, 1]


# Values alone.


def test_comparisons_compare_values():
    v, w = Variable([1.0, 2.0]), Variable([1.0, 3.0])
    assert (v == w).tolist() == [True, False]
    assert (v != w).tolist() == [False, True]
    assert (v < w).tolist() == (w > v).tolist() == [False, True]
    assert (v >= w).tolist() == (w <= v).tolist() == [True, False]
    assert (np.array([0.0, 5.0]) > v).tolist() == (v < np.array([0.0, 5.0])).tolist()
    assert (1 < v).tolist() == [False, True]  # noqa: SIM300
    assert Variable(150.0) == 150
    assert Variable(3.0) != Dual(4.0)
    assert not (v == None).any()  # noqa: E711 - what a learner may write
    assert not (v == "abc").any()


def test_a_truth_test_asks_a_single_value():
    assert Variable(2.0)
    assert not Variable([0.0])
    for several in (Variable([1.0, 2.0]), Dual([])):
        with pytest.raises(ValueError, match=r"neither true nor false.*single number.*\.all\(\)"):
            bool(several)
    assert max(0, Variable(2.0)).value == 2


def test_two_of_one_value_are_two_in_a_set():
    v, w = Variable(1.0), Variable(1.0)
    assert v == w
    assert len({v, w, v}) == 2
    assert {v: "v"}[v] == "v"


def test_what_is_about_values_alone():
    v = Variable(M)
    assert np.allclose(v, M)
    assert np.array_equal(v, Variable(M))
    assert (np.shape(v), np.ndim(v), np.size(v), np.argmax(v)) == ((2, 2), 2, 4, 2)
    assert np.isfinite(v).all()
    assert not np.isnan(v).any()
    assert type(np.zeros_like(v)) is np.ndarray
    assert f"{Variable(2.0):.3f} {Variable(2.0)}" == "2.000 Variable(2)"


def test_copies():
    v = Variable(V, "v")
    y = copy.copy(v) * copy.deepcopy(v)
    y.sum().backward()
    assert v.grad is None
    product = copy.deepcopy(v * v)
    product.sum().backward()
    assert product.parents[0].grad == pytest.approx(2 * V)


def test_precision_stays():
    v = Variable(np.ones((2, 2), np.float32))
    for y in (np.exp(v), np.float64(2) * v, np.dot(v, v), v.max(0), v[0], abs(v), np.sqrt(v)):
        y.sum().backward()
        assert y.value.dtype == y.grad.dtype == v.grad.dtype == np.float32


# What has no finite value, or no slope.


@pytest.mark.parametrize(
    ("base", "exponent", "value", "by_base"),
    [
        (0.0, 0, 1, 0),
        (0.0, 1, 0, 1),
        (0.0, 2, 0, 0),
        (-2.0, 3, -8, 12),  # 3 · (−2)²
        (-2.0, 2, 4, -4),
        (-2.0, 0, 1, 0),
        (-2.0, -1, -0.5, -0.25),  # −1/4
        (4.0, 0.5, 2, 0.25),  # 1 / (2 · 2)
    ],
)
def test_powers_by_hand(base, exponent, value, by_base):
    x = Variable(base)
    y = x**exponent
    y.backward()
    assert (y.value, x.grad) == (value, by_base)
    assert slope(lambda x: x**exponent, base) == by_base


def test_powers_of_a_variable_exponent_by_hand():
    v, w = Variable(2.0), Variable(3.0)
    (v**w).backward()
    assert v.grad == pytest.approx(12)  # 3 · 2²
    assert w.grad == pytest.approx(8 * math.log(2))
    assert slope(lambda v: 2**v, 3.0) == pytest.approx(8 * math.log(2))


def square_root(x):
    return x**0.5


BEYOND = [
    (lambda x: x**-1, 0.0, "'**' of 0 and -1 gives inf: a base below 0 needs a whole exponent"),
    (lambda x: x**0.5, -2.0, "'**' of -2 and 0.5 gives nan: a base below 0 needs a whole"),
    (lambda x: x**2, 1e200, "'**' of 1e+200 and 2 gives inf: too large for float64"),
    (lambda x: 0**x, 2.0, "a variable exponent needs a base above 0, and this one holds 0"),
    (lambda x: (-2) ** x, 2.0, "a variable exponent needs a base above 0, and this one holds -2"),
    (lambda x: x**x, 0.0, "a variable exponent needs a base above 0, and this one holds 0"),
    (lambda x: x.log(), 0.0, "'log' of 0 gives -inf: expected numbers above 0"),
    (lambda x: np.log(x), -1.0, "'log' of -1 gives nan: expected numbers above 0"),
    (lambda x: 1 / x, 0.0, "'/' of 1 and 0 gives inf: expected a divisor other than 0"),
    (lambda x: x / 0, 0.0, "'/' of 0 and 0 gives nan: expected a divisor other than 0"),
    (lambda x: x.exp(), 1000.0, "'exp' of 1000 gives inf: too large for float64"),
    (lambda x: x * 1e200, 1e200, "'*' of 1e+200 and 1e+200 gives inf: too large for float64"),
    (lambda x: x.reshape(1) @ [1e200], 1e200, "'@' of such numbers gives inf: too large"),
    (lambda x: (x * np.ones(2)).sum(), 1e308, "'sum' of such numbers gives inf: too large"),
    (square_root, 0.0, "'**' of 0 and 0.5 has the slope inf: a base below 0 needs a whole"),
]


@pytest.mark.parametrize(("f", "x", "words"), BEYOND)
def test_no_finite_value_or_slope_is_told_in_both_modes(f, x, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        f(Variable(x)).backward()
    with pytest.raises(ValueError, match=re.escape(words)):
        slope(f, x)


def test_the_place_at_fault_is_shown():
    with pytest.raises(ValueError, match=r"'/' of 2 and 0 gives inf"):
        Variable([1.0, 2.0]) / np.array([1, 0])


def test_a_root_of_0_has_a_value_though_no_slope():
    assert (Variable(0.0) ** 0.5).value == 0


def test_infinity_and_nan_that_come_in_pass_through():
    x = Variable([np.inf, np.nan, 1.0])
    y = x - np.inf
    assert np.isnan(y.value[:2]).all()
    assert y.value[2] == -np.inf
    y.backward(np.ones(3))
    assert x.grad.tolist() == [1, 1, 1]
    z = x * 0.0
    assert np.isnan(z.value[:2]).all()
    z.backward(np.array([1, 1, np.inf]))
    assert np.isnan(x.grad[2])


@pytest.mark.parametrize("axis", [None, 0, (0, 1)])
def test_the_mean_of_nothing_is_refused(axis):
    with pytest.raises(
        ValueError, match=r"'mean' of shapes \(0, 3\) is not possible: there are no"
    ):
        Variable(np.ones((0, 3))).mean(axis=axis)


def test_what_is_empty_and_all_the_same_possible():
    nothing = Variable(np.ones((0, 3)))
    assert nothing.mean(axis=1).shape == (0,)
    (nothing.sum() + nothing.mean(axis=1).sum()).backward()
    assert nothing.grad.shape == (0, 3)
    with pytest.raises(ValueError, match=r"'max' of shapes \(0, 3\) is not possible"):
        nothing.max()


# Refused in words.

A, v, s = Variable(M, "A"), Variable(V, "v"), Variable(2.0, "s")
REFUSED = [
    (lambda: np.array([v, v]), TypeError, "cannot become an array.*nor a part of one: x.value"),
    (lambda: np.array([v, v], dtype=object), TypeError, "cannot become an array"),
    (lambda: np.array([[s, 1], [s, 2]]), TypeError, "cannot become an array"),
    (lambda: np.asarray(Dual(1.0)), TypeError, "a Dual cannot become an array"),
    (lambda: Variable([v, v]), TypeError, "cannot become an array"),
    (lambda: np.sum([v, v]), TypeError, "cannot become an array"),
    (lambda: M @ [v, v], TypeError, "cannot become an array"),
    (lambda: M.dot(v), TypeError, "cannot become an array"),
    (lambda: M[v], TypeError, "cannot become an array"),
    (lambda: v[s], TypeError, "cannot become an array"),
    (lambda: np.stack([v, v]), TypeError, r"np.stack.*write one Variable\(…\) of all the numbers"),
    (lambda: np.concatenate([v, V]), TypeError, "np.concatenate has no rule for a Variable: write"),
    (lambda: np.where(V > 0, v, 0), TypeError, r"np.where.*write mask \* a \+ \(1 - mask\) \* b"),
    (lambda: np.sin(v), TypeError, r"np.sin has no rule for a Variable: there is \+ - \* / \*\* @"),
    (lambda: np.log2(v), TypeError, r"np.log2.*write x.log\(\) / np.log\(2\)"),
    (lambda: np.maximum(v, v), TypeError, r"np.maximum has a rule for x and 0 alone.*x.relu\(\)"),
    (lambda: np.maximum(V, v), TypeError, "np.maximum has a rule for x and 0 alone"),
    (lambda: np.linalg.norm(v), TypeError, r"np.linalg.norm.*write \(x \*\* 2\).sum\(\) \*\* 0.5"),
    (
        lambda: np.einsum("i,i->", v, v),
        TypeError,
        "np.einsum has no rule for a Variable: write a @",
    ),
    (lambda: np.add.reduce(v), TypeError, "np.add.reduce has no rule"),
    (lambda: np.add(v, v, where=[True, False]), TypeError, "np.add with where= has no rule"),
    (
        lambda: np.sum(v, dtype=float),
        TypeError,
        r"np.sum of a Variable got arguments.*expected np.s",
    ),
    (lambda: np.sum(v, out=V), TypeError, "np.sum of a Variable got arguments that it has no rule"),
    (lambda: np.mean(v, where=[True, False]), TypeError, "np.mean of a Variable got arguments"),
    (lambda: np.reshape(A, 4, order="F"), TypeError, r"expected np.reshape\(a, shape\)"),
    (lambda: np.transpose(A, (0, 1)), TypeError, r"expected np.transpose\(a\)"),
    (
        lambda: np.dot(A, np.ones((2, 2, 2))),
        TypeError,
        r"np.dot.*\(2, 2, 2\): expected at most two",
    ),
    (lambda: v.sum(out=V), TypeError, "sum got out=: expected axis and keepdims alone"),
    (lambda: v.mean(dtype=float), TypeError, "mean got dtype=: expected axis and keepdims alone"),
    (lambda: v.max(initial=0), TypeError, "max got initial=: expected axis and keepdims alone"),
    (lambda: v.sum(axis=5), ValueError, r"'sum' of shapes \(2,\) is not possible: axis 5"),
    (lambda: v.mean(axis="rows"), TypeError, r"'mean' of shapes \(2,\) is not possible"),
    (lambda: A.sum(axis=(0, 0)), ValueError, "'sum' of shapes .* is not possible: duplicate"),
    (lambda: v.reshape("a"), TypeError, r"'reshape' of shapes \(2,\) is not possible"),
    (lambda: v @ 3, ValueError, r"'@' of shapes \(2,\) and \(\) .*numbers are multiplied by \*"),
    (
        lambda: v @ np.ones(3),
        ValueError,
        r"'@' of shapes \(2,\) and \(3,\) is not possible: expected",
    ),
    (lambda: v[5], IndexError, r"'\[\]' of shapes \(2,\) is not possible: index 5"),
    (lambda: v["a"], IndexError, r"'\[\]' of shapes \(2,\) is not possible"),
    (lambda: len(s), TypeError, "a Variable of a single number has no length and no parts"),
    (lambda: list(s), TypeError, "a Variable of a single number has no length and no parts"),
    (lambda: float(s), TypeError, "cannot become a plain number.*x.value is its number"),
    (lambda: int(s), TypeError, "cannot become a plain number"),
    (lambda: math.exp(s), TypeError, r"cannot become a plain number.*x.exp\(\)"),
    (lambda: slope(math.exp, 1.0), TypeError, "a Dual cannot become a plain number"),
    (lambda: f"{v:.2f}", ValueError, r"shape \(2,\) cannot be printed with '.2f'"),
    (lambda: v < "a", TypeError, "cannot be compared with a str"),
    (
        lambda: v == np.ones(3),
        TypeError,
        r"shape \(2,\) cannot be compared with an array of shape \(3",
    ),
    (lambda: v.dot(v), AttributeError, "a Variable has no dot: write a @ b"),
    (lambda: v.dtype, AttributeError, "a Variable has no dtype: write x.value.dtype"),
    (lambda: v.gradient, AttributeError, "a Variable has no gradient"),
    (lambda: Variable(np.ma.array(V, mask=[0, 1])), TypeError, r"a mask: .*as .filled\(0\) gives"),
    (lambda: Variable(np.array([1, "a"], object)), TypeError, "dtype object: expected numbers"),
    (lambda: Variable(1 + 2j), TypeError, "expected numbers"),
    (lambda: Dual("a"), TypeError, "Dual got a str: expected numbers"),
    (lambda: Dual(1.0, "a"), TypeError, "Dual got a str: expected numbers"),
    (lambda: v + "a", TypeError, "got a str: expected numbers"),
    (lambda: v.backward("a"), TypeError, "backward got a str: expected numbers"),
    (lambda: slope(3, 1.0), TypeError, "slope got 3: expected a function"),
    (lambda: slope(lambda x: None, 1.0), TypeError, "got None: expected numbers"),
    (lambda: slope(lambda x: x, V), ValueError, r"slope got x of shape \(2,\)"),
    (lambda: slope(lambda x: x * V, 1.0), ValueError, r"slope got a result of shape \(2,\)"),
    (lambda: count_paths(3, v), TypeError, "count_paths got 3 as result: expected a Variable"),
    (lambda: count_paths(v, "v"), TypeError, "count_paths got a str as start"),
]


@pytest.mark.parametrize(("use", "error", "words"), REFUSED)
def test_the_rest_is_refused_with_what_to_write(use, error, words):
    with pytest.raises(error, match=words):
        use()


def test_arrays_are_not_written_into():
    array = np.ones(2)
    with pytest.raises(TypeError, match=r"np.add cannot write .*: write array = array \+ x"):
        array += v
    with pytest.raises(TypeError, match="cannot become an array"):
        array[:] = v
    with pytest.raises(ValueError, match="sequence") as raised:  # NumPy's words; ours are its cause
        array[0] = s
    assert "cannot become a plain number" in str(raised.value.__cause__)
    with pytest.raises(TypeError, match=r"cannot be changed in place, as in x\[0\]"):
        v[0] = 3
    assert array.tolist() == [1, 1]


FUNCTIONS = [
    name
    for name in sorted(dir(np))
    if (hasattr(getattr(np, name), "_implementation") and not name.startswith("save"))
    or isinstance(getattr(np, name), np.ufunc)
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_numpy_is_right_or_refused(name):
    function = getattr(np, name)
    for arguments in ((A,), (A, A), (A, v), (A, 2), ([v, v],)):
        plain = [one.value if isinstance(one, Variable) else one for one in arguments]
        try:
            result = function(*arguments)
        except (TypeError, ValueError, AttributeError, IndexError):  # of lists NumPy's own
            continue
        if isinstance(result, Variable):
            assert result.value == pytest.approx(np.asarray(function(*plain)))
        else:
            made = result if isinstance(result, tuple | list) else (result,)
            assert not any(isinstance(one, np.ndarray) and one.dtype == object for one in made)
