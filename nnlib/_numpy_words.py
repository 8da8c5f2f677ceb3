"""What NumPy asks of a variable, answered with the operations of ``autodiff``, or refused in words.

``np.exp(x)`` is ``x.exp()`` and ``np.dot(a, b)`` is ``a @ b``. What has no rule is refused, and the sentence says what
to write instead: without these answers NumPy makes arrays of objects, whose products are wrong, without slopes.
"""

import inspect
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from nnlib.errors import describe

# the operator that each is, as Python calls its method
OPERATORS = {
    np.add: "add",
    np.subtract: "sub",
    np.multiply: "mul",
    np.divide: "truediv",
    np.power: "pow",
    np.matmul: "matmul",
}
MADE_OF: dict[Any, Callable[..., Any]] = {
    np.exp: lambda x: x.exp(),
    np.log: lambda x: x.log(),
    np.tanh: lambda x: x.tanh(),
    np.sqrt: lambda x: x**0.5,
    np.square: lambda x: x**2,
    np.absolute: abs,
    np.negative: lambda x: -x,
    np.positive: lambda x: x,
    np.reciprocal: lambda x: 1 / x,
    np.maximum: lambda a, b: _maximum(a, b),
}
# their answers have no slopes: they are about the values alone
OF_VALUES = {
    *(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal),
    *(np.isfinite, np.isnan, np.isinf, np.allclose, np.isclose, np.array_equal),
    *(np.shape, np.ndim, np.size, np.argmax, np.argmin, np.argsort),
    *(np.zeros_like, np.ones_like, np.empty_like, np.full_like),
}
PARTS = "one Variable(…) of all the numbers, and take its parts as x[i]"
INSTEAD = {
    "concatenate": PARTS,
    "stack": PARTS,
    "vstack": PARTS,
    "hstack": PARTS,
    "maximum": "x.relu() for np.maximum(x, 0)",
    "where": "mask * a + (1 - mask) * b",
    "var": "((x - x.mean()) ** 2).mean()",
    "std": "((x - x.mean()) ** 2).mean() ** 0.5",
    "norm": "(x ** 2).sum() ** 0.5",
    "inner": "a @ b.T",
    "outer": "a.reshape(-1, 1) * b",
    "einsum": "a @ b, or (a * b).sum(axis=…)",
    "log2": "x.log() / np.log(2)",
    "log10": "x.log() / np.log(10)",
    "expm1": "x.exp() - 1",
    "log1p": "(1 + x).log()",
    "dot": "a @ b",
    "transpose": "x.T",
    "ravel": "x.reshape(-1)",
    "flatten": "x.reshape(-1)",
    "clip": "relu: low + (x - low).relu() is x from low on",
    "minimum": "-(-x).relu() for np.minimum(x, 0)",
}
THERE_IS = "+ - * / ** @ and sum, mean, max, min, exp, log, tanh, sigmoid, relu, reshape, T"


def _maximum(a: Any, b: Any) -> Any:
    for x, limit in ((a, b), (b, a)):
        if isinstance(x, SpeaksNumPy) and np.ndim(limit) == 0 and np.all(_value(limit) == 0):
            return x.relu()
    raise TypeError(f"np.maximum has a rule for x and 0 alone: write {INSTEAD['maximum']}")


def _dot(a: Any, b: Any) -> Any:
    if 0 in (np.ndim(a), np.ndim(b)):
        return a * b
    if np.ndim(b) > 2:
        raise TypeError(
            f"np.dot has no rule for b of shape {np.shape(b)}: expected at most two dimensions; "
            "a @ b multiplies stacks of matrices, one by one"
        )
    return a @ b


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: lambda a, axis=None, *, keepdims=False: a.sum(axis, keepdims),
    np.mean: lambda a, axis=None, *, keepdims=False: a.mean(axis, keepdims),
    np.max: lambda a, axis=None, *, keepdims=False: a.max(axis, keepdims),
    np.amax: lambda a, axis=None, *, keepdims=False: a.max(axis, keepdims),
    np.min: lambda a, axis=None, *, keepdims=False: a.min(axis, keepdims),
    np.amin: lambda a, axis=None, *, keepdims=False: a.min(axis, keepdims),
    np.reshape: lambda a, shape: a.reshape(shape),
    np.transpose: lambda a: a.T,
    np.dot: _dot,
}


class SpeaksNumPy:
    """NumPy's side of a variable: its functions, comparisons, and what must not be made of a variable.

    Comparisons compare values and answer in arrays of True and False, as NumPy's do; ``if x:`` takes a single number.
    """

    __slots__ = ()
    value: np.ndarray

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        name = ufunc.__name__
        if "out" in options:
            raise TypeError(
                f"np.{name} cannot write a {_kind(self)} into an array, as in array += x: "
                "write array = array + x"
            )
        if method != "__call__" or options:
            more = f" with {next(iter(options))}=" if options else f".{method}"
            raise TypeError(f"np.{name}{more} has no rule for a {_kind(self)}: there is {THERE_IS}")
        if ufunc in OF_VALUES:
            return ufunc(*(_value(one) for one in inputs))
        if ufunc in MADE_OF:
            return MADE_OF[ufunc](*inputs)
        if ufunc not in OPERATORS:
            raise TypeError(_no_rule(name, self))
        left, right = inputs
        if isinstance(left, SpeaksNumPy):
            return getattr(left, f"__{OPERATORS[ufunc]}__")(right)
        return getattr(right, f"__r{OPERATORS[ufunc]}__")(left)

    def __array_function__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        arguments: Sequence[Any],
        options: dict[str, Any],
    ) -> Any:
        name = f"{function.__module__}.{function.__name__}".removeprefix("numpy.")
        if function in OF_VALUES:
            named = {option: _value(one) for option, one in options.items()}
            return function(*(_value(one) for one in arguments), **named)
        if function not in FUNCTIONS:
            raise TypeError(_no_rule(name, self))
        expected = inspect.signature(FUNCTIONS[function])
        try:
            expected.bind(*arguments, **options)
        except TypeError:
            raise TypeError(
                f"np.{name} of a {_kind(self)} got arguments that it has no rule for: "
                f"expected np.{name}{expected}"
            ) from None
        return FUNCTIONS[function](*arguments, **options)

    def __array__(self, *dtype: Any, **options: Any) -> np.ndarray:
        raise TypeError(
            f"a {_kind(self)} cannot become an array, which has no slopes, nor a part of one: "
            f"x.value holds its numbers; with slopes there is {THERE_IS}"
        )

    def __float__(self) -> float:
        raise TypeError(
            f"a {_kind(self)} cannot become a plain number, which has no slope: "
            "x.value is its number; x.exp(), x.log() and others are functions with slopes"
        )

    __int__ = __float__

    def __bool__(self) -> bool:
        if self.value.size != 1:
            raise ValueError(
                f"a {_kind(self)} of shape {self.value.shape} is neither true nor false: "
                "expected a single number; (x.value > 0).all() and .any() ask all of them"
            )
        return bool(self.value)

    def __eq__(self, other: object) -> Any:
        return _compared(operator.eq, self, other)

    def __ne__(self, other: object) -> Any:
        return _compared(operator.ne, self, other)

    def __lt__(self, other: Any) -> Any:
        return _compared(operator.lt, self, other)

    def __le__(self, other: Any) -> Any:
        return _compared(operator.le, self, other)

    def __gt__(self, other: Any) -> Any:
        return _compared(operator.gt, self, other)

    def __ge__(self, other: Any) -> Any:
        return _compared(operator.ge, self, other)

    # a variable is itself, whatever its value: two that are equal are two in a set
    __hash__ = object.__hash__

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"a {_kind(self)} has no {name}")
        write = INSTEAD.get(name, f"x.value.{name}, which has no slope")
        raise AttributeError(f"a {_kind(self)} has no {name}: write {write}")

    def __len__(self) -> int:
        if self.value.ndim == 0:
            raise TypeError(f"a {_kind(self)} of a single number has no length and no parts")
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        parts: Any = self
        return (parts[i] for i in range(len(self)))

    def __setitem__(self, index: Any, part: Any) -> None:
        raise TypeError(
            f"a {_kind(self)} cannot be changed in place, as in x[0] = …: "
            "make a new one, or change x.value before it is used"
        )

    def __format__(self, digits: str) -> str:
        if not digits:
            return str(self)
        if self.value.size != 1:
            raise ValueError(
                f"a {_kind(self)} of shape {self.value.shape} cannot be printed with "
                f"{digits!r}: expected a single number; x.value is the array"
            )
        return format(self.value.item(), digits)


def _kind(x: Any) -> str:
    return type(x).__name__


def _value(one: Any) -> Any:
    return one.value if isinstance(one, SpeaksNumPy) else one


def _no_rule(name: str, x: SpeaksNumPy) -> str:
    write = INSTEAD.get(name.rpartition(".")[2])
    what_then = f"write {write}" if write else f"there is {THERE_IS}"
    return f"np.{name} has no rule for a {_kind(x)}: {what_then}"


def _compared(how: Callable[[Any, Any], Any], x: SpeaksNumPy, other: Any) -> Any:
    try:
        return how(x.value, _value(other))
    except (TypeError, ValueError):
        raise TypeError(
            f"a {_kind(x)} of shape {x.value.shape} cannot be compared with {describe(other)}: "
            "expected numbers of a fitting shape"
        ) from None
