"""Automatic differentiation: compute as usual, and every step is remembered, so that slopes come for free.

- reverse mode: ``Variable`` keeps the graph of a computation; one sweep backwards gives the slopes of one result by
  *everything* that went into it. That is back-propagation.
- forward mode: ``Dual`` carries a rate along with each value; one run gives the slopes of *every* result by one input.

Both use the same table of local rules, ``autodiff_rules``. The engine knows no mathematics but the chain rule.
Source: N16, N17; S. Linnainmaa 1970 (reverse), R. Wengert 1964 (forward).
"""

import copy
import itertools
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from nnlib._numpy_words import SpeaksNumPy
from nnlib.autodiff_rules import RULES, require_base, told
from nnlib.errors import describe

Axis = int | tuple[int, ...] | None

_NUMBERS = itertools.count()


class Traced(SpeaksNumPy):
    """What variables and duals have in common: the operators. A subclass says in ``_apply`` what else is noted.

    NumPy's functions of the same names do the same, as np.exp(x) or np.dot(a, b); others, and arrays of variables, are
    refused in words. Comparisons compare values. Where there is no finite value or slope (log 0, 1/0, (−2)^½, the slope
    of √x at 0) a ``ValueError`` says so; infinity and NaN that come in pass through.
    """

    __slots__ = ()

    @classmethod
    def _lift(cls, other: Any) -> Self:
        raise NotImplementedError

    @classmethod
    def _apply(
        cls,
        operation: str,
        operands: tuple[Self, ...],
        options: tuple[Any, ...] = (),
    ) -> Self:
        raise NotImplementedError

    def _two(self, operation: str, other: Any, turned: bool = False) -> Self:
        if isinstance(other, int | float | np.number):
            # a plain number follows the array's precision
            other = np.asarray(other, dtype=self.value.dtype)
        pair = (self._lift(other), self) if turned else (self, self._lift(other))
        return self._apply(operation, pair)

    def __add__(self, other: Any) -> Self:
        return self._two("+", other)

    def __radd__(self, other: Any) -> Self:
        return self._two("+", other, turned=True)

    def __sub__(self, other: Any) -> Self:
        return self._two("-", other)

    def __rsub__(self, other: Any) -> Self:
        return self._two("-", other, turned=True)

    def __mul__(self, other: Any) -> Self:
        return self._two("*", other)

    def __rmul__(self, other: Any) -> Self:
        return self._two("*", other, turned=True)

    def __truediv__(self, other: Any) -> Self:
        return self._two("/", other)

    def __rtruediv__(self, other: Any) -> Self:
        return self._two("/", other, turned=True)

    def __matmul__(self, other: Any) -> Self:
        return self._two("@", other)

    def __rmatmul__(self, other: Any) -> Self:
        return self._two("@", other, turned=True)

    def __neg__(self) -> Self:
        return self * -1.0

    def __pow__(self, exponent: Any) -> Self:
        if isinstance(exponent, Traced):  # aᵇ = exp(b ln a)
            require_base(self.value)
            return (self.log() * exponent).exp()
        return self._apply(
            "**",
            (self,),
            (np.asarray(_array(exponent), dtype=self.value.dtype),),
        )

    def __rpow__(self, base: Any) -> Self:
        return (self * np.log(require_base(_array(base)))).exp()

    def __abs__(self) -> Self:
        return self.relu() + (-self).relu()

    def __getitem__(self, index: Any) -> Self:
        return self._apply("[]", (self,), (copy.deepcopy(index),))

    def exp(self) -> Self:
        """Return eˣ, elementwise."""
        return self._apply("exp", (self,))

    def log(self) -> Self:
        """Return ln x, elementwise."""
        return self._apply("log", (self,))

    def tanh(self) -> Self:
        """Return tanh x, elementwise."""
        return self._apply("tanh", (self,))

    def sigmoid(self) -> Self:
        """Return σ(x), elementwise."""
        return self._apply("sigmoid", (self,))

    def relu(self) -> Self:
        """Return max(0, x), elementwise; the slope at 0 is taken as 0."""
        return self._apply("relu", (self,))

    def sum(self, axis: Axis = None, keepdims: bool = False, **more: Any) -> Self:
        """Return the sum over ``axis``, or over everything."""
        return self._reduce("sum", axis, keepdims, more)

    def mean(self, axis: Axis = None, keepdims: bool = False, **more: Any) -> Self:
        """Return the mean over ``axis``, or over everything."""
        return self._reduce("mean", axis, keepdims, more)

    def max(self, axis: Axis = None, keepdims: bool = False, **more: Any) -> Self:
        """Return the largest over ``axis``, or over everything; if several are, they share the slope equally."""
        return self._reduce("max", axis, keepdims, more)

    def min(self, axis: Axis = None, keepdims: bool = False, **more: Any) -> Self:
        """Return the smallest over ``axis``, or over everything; if several are, they share the slope equally."""
        return -(-self)._reduce("max", axis, keepdims, more)

    def _reduce(self, operation: str, axis: Axis, keepdims: bool, more: dict[str, Any]) -> Self:
        if more:
            raise TypeError(
                f"{operation} got {next(iter(more))}=: expected axis and keepdims alone"
            )
        return self._apply(operation, (self,), (axis, keepdims))

    def reshape(self, *shape: Any) -> Self:
        """Return the same numbers in another shape, given as numbers or as one tuple."""
        whole = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
        return self._apply("reshape", (self,), (whole,))

    @property
    def T(self) -> Self:  # noqa: N802 - as NumPy calls it
        """The array with its axes in reverse order."""
        return self._apply("T", (self,))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return self.value.shape


class Variable(Traced):
    """A value, and how it came about: the operation, its parents and, after ``backward``, its gradient.

    ``Variable(array, name="x")``; whole numbers become floats. ``grad`` is None, or ∂result/∂value in the shape of
    ``value``. Operators + - * / ** @ and the methods make new variables; nothing is ever changed in place: ``w += 1``
    gives the name w to a new one. A step of learning changes the value, ``w.value = w.value - 0.1 * w.grad``.
    """

    __slots__ = (
        "_number",
        "_value",
        "grad",
        "name",
        "operation",
        "options",
        "parents",
        "sweeps",
    )

    def __init__(self, value: Any, name: str = "") -> None:
        self._value = _array(value).copy()
        self.name = name
        self.grad: np.ndarray | None = None
        self.operation = ""
        self.parents: tuple[Variable, ...] = ()
        self.options: tuple[Any, ...] = ()
        self.sweeps = 0
        self._number = next(_NUMBERS)

    @property
    def value(self) -> np.ndarray:
        """The array itself, not a copy; a number or list that is set becomes one."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = _array(value)

    @classmethod
    def _lift(cls, other: Any) -> "Variable":
        return other if isinstance(other, Variable) else cls(other)

    @classmethod
    def _apply(
        cls,
        operation: str,
        operands: tuple["Variable", ...],
        options: tuple[Any, ...] = (),
    ) -> "Variable":
        values = [operand.value for operand in operands]
        result = cls(_forward(operation, values, options))
        result.operation = operation
        result.parents = operands
        result.options = options
        return result

    def ancestors(self) -> list["Variable"]:
        """Return all that this came from and itself, parents before children. No recursion: graphs may be deep."""
        found, waiting = {id(self): self}, [self]
        while waiting:
            for parent in waiting.pop().parents:
                if id(parent) not in found:
                    found[id(parent)] = parent
                    waiting.append(parent)
        # whoever is made later comes later
        return sorted(found.values(), key=lambda node: node._number)

    def backward(self, seed: np.ndarray | float | None = None) -> None:
        """Add ∂self/∂v to ``v.grad`` for every v that self came from: one sweep, children before parents.

        ``self`` is a single number, or ``seed``, in its shape, says how much each of its numbers counts. A second
        call *adds* a second time, as everywhere in this library: ``zero_grad`` forgets. ``sweeps`` counts the calls,
        and printing a variable shows it. Raises ``ValueError`` if the shape of the seed is wrong.
        """
        flowing = {id(self): _seed(self, seed)}
        for node in reversed(self.ancestors()):
            dy = flowing.pop(id(node))  # complete: all children have been here
            node.grad = dy.copy() if node.grad is None else node.grad + dy
            node.sweeps += 1
            if node.parents:
                for parent, dx in zip(node.parents, _pull(node, dy), strict=True):
                    flowing[id(parent)] = flowing[id(parent)] + dx if id(parent) in flowing else dx

    def zero_grad(self) -> None:
        """Forget the gradients of this and of all that it came from."""
        for node in self.ancestors():
            node.grad, node.sweeps = None, 0

    def __repr__(self) -> str:
        name = f"{self.name} = " if self.name else ""
        slope = "" if self.grad is None else f", grad {_brief(self.grad)}"
        added = f", added up over {self.sweeps} backward sweeps" if self.sweeps > 1 else ""
        return f"Variable({name}{_brief(self.value)}{slope}{added})"


class Dual(Traced):
    """A value with the rate at which it changes, x + ẋ ε with ε² = 0: forward mode.

    ``Dual(array, rate)`` with ``rate`` in the shape of the value, 0 unless given. What is computed from duals has its
    own rate in ``rate``: start with ẋ = 1 for one input to get the slopes of every result by it.
    """

    __slots__ = ("rate", "value")

    def __init__(self, value: Any, rate: Any = 0.0) -> None:
        self.value = _array(value, "Dual")
        rate = _array(rate, "Dual")
        if rate.shape not in ((), self.value.shape):
            raise ValueError(
                f"Dual got a rate of shape {rate.shape}: "
                f"expected {self.value.shape}, that of its value"
            )
        self.rate = np.broadcast_to(rate, self.value.shape)

    @classmethod
    def _lift(cls, other: Any) -> "Dual":
        return other if isinstance(other, Dual) else cls(other)

    @classmethod
    def _apply(
        cls,
        operation: str,
        operands: tuple["Dual", ...],
        options: tuple[Any, ...] = (),
    ) -> "Dual":
        values = [operand.value for operand in operands]
        y = _forward(operation, values, options)
        rates = tuple(operand.rate for operand in operands)
        push, arguments = RULES[operation].push, (rates, y, *values, *options)
        return cls(y, told(operation, values, options, push, arguments, flow=rates))

    def __repr__(self) -> str:
        return f"Dual({_brief(self.value)}, rate {_brief(self.rate)})"


def slope(function: Callable[[Dual], Dual], x: float) -> float:
    """Return the derivative of a function of one number at x, by forward mode.

    Raises ``TypeError`` if it is no function, ``ValueError`` if x or the result is more than a single number.
    """
    if not callable(function):
        raise TypeError(f"slope got {describe(function)}: expected a function of one number")
    start = Dual(x, 1.0)
    result = Dual._lift(function(start))
    for name, dual in (("x", start), ("a result", result)):
        if dual.value.size != 1:
            raise ValueError(f"slope got {name} of shape {dual.shape}: expected a single number")
    return float(result.rate.item())


def count_paths(result: Variable, start: Variable) -> int:
    """Return how many paths lead from ``start`` to ``result``: what a sum over paths would have to go through."""
    for name, node in (("result", result), ("start", start)):
        if not isinstance(node, Variable):
            raise TypeError(f"count_paths got {describe(node)} as {name}: expected a Variable")
    paths: dict[int, int] = {}
    for node in result.ancestors():
        paths[id(node)] = int(node is start) + sum(paths[id(parent)] for parent in node.parents)
    return paths[id(result)]


def _array(value: Any, who: str = "Variable") -> np.ndarray:
    if isinstance(value, Traced):
        raise TypeError(
            f"expected numbers, got a {type(value).__name__}: variables and duals do not mix"
        )
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{who} got an array with a mask: expected numbers, as .filled(0) gives")
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{who} got {describe(value)}: expected numbers")
    return array if array.dtype.kind == "f" else array.astype(float)


def _forward(operation: str, values: list[np.ndarray], options: tuple[Any, ...]) -> np.ndarray:
    forward = RULES[operation].forward
    return np.asarray(told(operation, values, options, forward, (*values, *options)))


def _pull(node: Variable, dy: np.ndarray) -> tuple[np.ndarray, ...]:
    pull, values = RULES[node.operation].pull, [parent.value for parent in node.parents]
    arguments = (dy, node.value, *values, *node.options)
    return told(node.operation, values, node.options, pull, arguments, flow=(dy,))


def _seed(result: Variable, seed: np.ndarray | float | None) -> np.ndarray:
    if seed is None and result.value.size != 1:
        raise ValueError(
            "backward starts from a single number, and this variable has "
            f"shape {result.shape}: take its sum or mean "
            "first, or give a seed of its shape"
        )
    start = np.ones(result.shape) if seed is None else _array(seed, "backward")
    if start.shape != result.shape:
        raise ValueError(
            f"backward got a seed of shape {start.shape}: "
            f"expected {result.shape}, that of the variable"
        )
    return start.astype(result.value.dtype)


def _brief(array: np.ndarray) -> str:
    return f"{float(array.reshape(-1)[0]):g}" if array.size == 1 else f"of shape {array.shape}"
