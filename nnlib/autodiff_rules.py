"""One local rule for each operation, as a table: how a value is made, and how a change passes through it.

A rule knows only its own inputs x₁, x₂, … and its own output y = f(x₁, x₂, …), nothing of the graph around it:

- ``forward``  y = f(x)
- ``pull``     reverse mode: from dy = ∂C/∂y to each dx = ∂C/∂x, in the shape of x
- ``push``     forward mode: from the rates ẋ at which the inputs change to the rate ẏ of the output

``pull`` and ``push`` of one rule are transposes of each other, which the tests check.  Source: N16, N17.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlib import numerics

Slope = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    """An operation. ``pull(dy, y, *x)`` gives a tuple, one dx for each x; ``push(rates, y, *x)`` gives ẏ.

    ``by_number``: whether each number of y comes from the numbers at its place.
    """

    forward: Callable[..., np.ndarray]
    pull: Callable[..., tuple[np.ndarray, ...]]
    push: Callable[..., np.ndarray]
    by_number: bool = False


def unbroadcast(dy: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return dy summed to ``shape``: a number that was used in many places gets the sum of what they send back."""
    if dy.shape == shape:
        return dy
    extra = dy.ndim - len(shape)
    repeated = tuple(range(extra)) + tuple(
        extra + i for i, n in enumerate(shape) if n == 1 != dy.shape[extra + i]
    )
    return dy.sum(axis=repeated).reshape(shape)


def elementwise(function: Callable[..., np.ndarray], *slopes: Slope) -> Rule:
    """Return the rule of a function that works number by number; ``slopes[i](y, *x)`` is ∂y/∂xᵢ."""

    def pull(dy: np.ndarray, y: np.ndarray, *x: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(
            unbroadcast(dy * slope(y, *x), part.shape)
            for slope, part in zip(slopes, x, strict=False)
        )

    def push(rates: tuple[np.ndarray, ...], y: np.ndarray, *x: np.ndarray) -> np.ndarray:
        total = sum(rate * slope(y, *x) for slope, rate in zip(slopes, rates, strict=False))
        return np.broadcast_to(total, y.shape)

    return Rule(function, pull, push, by_number=True)


def linear(function: Callable[..., np.ndarray], back: Callable[..., np.ndarray]) -> Rule:
    """Return the rule of a linear function of one array: rates go through the function itself."""
    return Rule(
        function,
        pull=lambda dy, y, x, *options: (back(dy, x, *options),),
        push=lambda rates, y, x, *options: function(rates[0], *options),
    )


def _spread(dy: np.ndarray, x: np.ndarray, axis: Any, keepdims: bool) -> np.ndarray:
    """Return dy of a sum over ``axis`` in the shape of x: each term of a sum has the slope 1."""
    wide = dy if keepdims or axis is None else np.expand_dims(dy, axis)
    return np.broadcast_to(wide, x.shape)


def _share(x: np.ndarray, axis: Any) -> float:
    """Return 1 / (how many numbers of x go into one mean)."""
    axes = range(x.ndim) if axis is None else np.atleast_1d(axis)
    return 1 / int(np.prod([x.shape[i] for i in axes]))


def _mean(x: np.ndarray, axis: Any, keepdims: bool) -> np.ndarray:
    if x.size == 0 and np.sum(x, axis=axis).size:
        raise ValueError("there are no numbers to take the mean of")
    return x.mean(axis=axis, keepdims=keepdims)


def _largest(x: np.ndarray, y: np.ndarray, axis: Any, keepdims: bool) -> np.ndarray:
    """Return the slopes of a maximum in the shape of x: 1 at the largest number, shared equally by several."""
    found = x == _spread(y, x, axis, keepdims)
    return (found / found.sum(axis=axis, keepdims=True)).astype(x.dtype)


def _into(dy: np.ndarray, x: np.ndarray, index: Any) -> np.ndarray:
    """Return zeros in the shape of x, with dy added where x was read."""
    dx = np.zeros(x.shape, dy.dtype)
    np.add.at(dx, index, dy)
    return dx


def _matrix_pull(
    dy: np.ndarray, y: np.ndarray, a: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """da = dy bᵀ, db = aᵀ dy; a vector on the left is a row, on the right a column."""
    rows = a if a.ndim > 1 else a[None, :]
    columns = b if b.ndim > 1 else b[:, None]
    dy = dy if a.ndim > 1 else np.expand_dims(dy, -2 if b.ndim > 1 else -1)
    dy = dy if b.ndim > 1 else np.expand_dims(dy, -1)
    da, db = dy @ np.swapaxes(columns, -1, -2), np.swapaxes(rows, -1, -2) @ dy
    return unbroadcast(da, rows.shape).reshape(a.shape), unbroadcast(db, columns.shape).reshape(
        b.shape
    )


RULES: dict[str, Rule] = {
    "+": elementwise(np.add, lambda y, a, b: 1.0, lambda y, a, b: 1.0),
    "-": elementwise(np.subtract, lambda y, a, b: 1.0, lambda y, a, b: -1.0),
    "*": elementwise(np.multiply, lambda y, a, b: b, lambda y, a, b: a),
    "/": elementwise(np.divide, lambda y, a, b: 1 / b, lambda y, a, b: -y / b),
    # n is a constant
    "**": elementwise(np.power, lambda y, a, n: n * a ** np.where(n == 0, 1, n - 1)),
    "exp": elementwise(np.exp, lambda y, x: y),
    "log": elementwise(np.log, lambda y, x: 1 / x),
    "tanh": elementwise(np.tanh, lambda y, x: 1 - y * y),
    "sigmoid": elementwise(numerics.sigmoid, lambda y, x: y * (1 - y)),
    "relu": elementwise(lambda x: np.maximum(x, 0), lambda y, x: x > 0),
    "@": Rule(
        np.matmul,
        pull=_matrix_pull,
        push=lambda rates, y, a, b: rates[0] @ b + a @ rates[1],
    ),
    "sum": linear(lambda x, axis, keepdims: x.sum(axis=axis, keepdims=keepdims), _spread),
    "mean": linear(
        _mean,
        lambda dy, x, axis, keepdims: _spread(dy, x, axis, keepdims) * _share(x, axis),
    ),
    "max": Rule(
        lambda x, axis, keepdims: x.max(axis=axis, keepdims=keepdims),
        pull=lambda dy, y, x, axis, keepdims: (
            _spread(dy, x, axis, keepdims) * _largest(x, y, axis, keepdims),
        ),
        push=lambda rates, y, x, axis, keepdims: (rates[0] * _largest(x, y, axis, keepdims)).sum(
            axis=axis, keepdims=keepdims
        ),
    ),
    "[]": linear(lambda x, index: x[index], _into),
    "reshape": linear(
        lambda x, shape: x.reshape(shape),
        lambda dy, x, shape: dy.reshape(x.shape),
    ),
    "T": linear(lambda x: x.T, lambda dy, x: dy.T),
}

# What is told if numbers have no value or no slope.

MATRICES = (
    "expected (…, n, k) @ (…, k, m), or a vector (k,) for either; numbers are multiplied by *"
)
HINTS = {
    "log": "expected numbers above 0",
    "/": "expected a divisor other than 0",
    "**": "a base below 0 needs a whole exponent, a base of 0 an exponent of 0 or of 1 and more",
}


def require_base(base: np.ndarray) -> np.ndarray:
    """Return the ``base`` of a power whose exponent is a variable, if it is above 0; else raise ``ValueError``."""
    if (base <= 0).any():
        raise ValueError(
            f"a variable exponent needs a base above 0, and this one holds {base.min():g}; "
            "a constant exponent, as in x ** 2, may have any base"
        )
    return base


@np.errstate(divide="raise", over="raise", invalid="raise")
def _strictly(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    return function(*arguments)


def told(
    operation: str,
    values: Sequence[np.ndarray],
    options: Sequence[Any],
    function: Callable[..., Any],
    arguments: Sequence[Any],
    flow: Sequence[np.ndarray] = (),
) -> Any:
    """Return ``function(*arguments)``: y of the values, or if there is a ``flow`` of slopes, what becomes of them.

    What is impossible, and finite numbers that give none that is finite, raise an error that says which and what
    instead. Infinity and NaN that came in pass through.
    """
    try:
        return _strictly(function, arguments)
    except FloatingPointError:
        with np.errstate(all="ignore"):
            result = function(*arguments)
    except (ValueError, TypeError, IndexError) as error:
        kind = next(k for k in (ValueError, TypeError, IndexError) if isinstance(error, k))
        shapes = " and ".join(str(value.shape) for value in values)
        why = MATRICES if operation == "@" else error
        raise kind(f"{operation!r} of shapes {shapes} is not possible: {why}") from None
    if all(np.isfinite(one).all() for one in flow):
        came = [*values, *options] if RULES[operation].by_number else values
        for y in result if isinstance(result, tuple) else (result,):
            _require_finite(operation, came, y, "has the slope" if flow else "gives")
    return result


def _require_finite(
    operation: str, values: Sequence[np.ndarray], y: np.ndarray, gives: str
) -> None:
    """Raise if a number of ``y`` is not finite though those that it came from are."""
    if RULES[operation].by_number:
        *values, y = np.broadcast_arrays(*values, y)
        came = np.all([np.isfinite(value) for value in values], axis=0)
    else:
        came = np.all([np.isfinite(value).all() for value in values])
    wrong = came & ~np.isfinite(y)
    if not wrong.any():
        return
    place = tuple(np.argwhere(wrong)[0])
    numbers = [float(value[place]) for value in values] if RULES[operation].by_number else []
    shown = " and ".join(f"{number:g}" for number in numbers) or "such numbers"
    hint = f"too large for {y.dtype}"
    if 0 in numbers or np.isnan(y[place]):
        hint = HINTS.get(operation, hint)
    raise ValueError(f"{operation!r} of {shown} {gives} {y[place]:g}: {hint}")
