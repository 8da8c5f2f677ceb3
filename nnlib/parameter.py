"""A parameter: a named array and its gradient, all an optimizer sees; and the cache that forward keeps for backward."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from nnlib.errors import describe, require_array


class Parameter:
    """An array that learning changes, with the gradient that says how.

    ``value`` is an array of floats of any shape, and keeps its shape; ``grad`` is None until the first backward pass,
    then an array of the same shape, ∂loss/∂value. ``name`` appears in messages.
    Raises ``TypeError`` if ``value`` is not an array of floats, ``ValueError`` if a new one has another shape.
    """

    __slots__ = ("_value", "grad", "name")

    def __init__(self, value: np.ndarray, name: str) -> None:
        self.name = name
        self._value = self._require_floats(value)
        self.grad: np.ndarray | None = None

    @property
    def value(self) -> np.ndarray:
        """The array itself, not a copy; what is set must be an array of floats of the same shape."""
        return self._value

    @value.setter
    def value(self, value: np.ndarray) -> None:
        shape = self._value.shape
        # what NumPy's arithmetic makes of an array without axes
        value = np.asarray(value) if isinstance(value, np.floating) else value
        if self._require_floats(value).shape != shape:
            raise ValueError(
                f"Parameter {self.name} got value of shape {value.shape}: "
                f"expected {shape}{_way_out(value, shape)}"
            )
        self._value = value

    def _require_floats(self, value: Any) -> np.ndarray:
        require_array(f"Parameter {self.name}", "value", value)
        if value.dtype.kind != "f":
            raise TypeError(
                f"Parameter {self.name} got value of dtype {value.dtype}: "
                "expected floats, as value.astype(float) makes"
            )
        if not value.flags.writeable:
            raise ValueError(
                f"Parameter {self.name} got a value that is read-only: "
                "expected an array that learning may change, as value.copy() gives"
            )
        return value

    def zero_grad(self) -> None:
        """Forget the gradient, before the backward pass of the next step."""
        self.grad = None

    def add_grad(self, gradient: np.ndarray) -> None:
        """Add ``gradient``, same shape as ``value``, to ``grad``: what flows in along several paths adds up.

        The first array that comes is kept, not copied: hand over a fresh one.
        """
        if self.grad is None:
            self.grad = gradient
        else:
            self.grad += gradient

    def __repr__(self) -> str:
        return f"Parameter({self.name}, shape {self.value.shape})"


def _way_out(value: np.ndarray, shape: tuple[int, ...]) -> str:
    """How an array of another shape is made to fit, if it is an array as others lay it out."""
    if value.ndim == 2 and value.T.shape == shape:
        return "; it is transposed, and W.T fits"
    if value.ndim == 4 and value.transpose(2, 3, 1, 0).shape == shape:
        return "; it has the channels first, and W.transpose(2, 3, 1, 0) fits"
    if value.ndim == 2 and 1 in value.shape and shape == (value.size,):
        return f"; it is a {'row' if value.shape[0] == 1 else 'column'}, and b.ravel() fits"
    return ""


class Remembers:
    """What layers and losses have in common: forward leaves something in ``cache``, and backward recalls it."""

    cache: Any = None

    def recall(self) -> Any:
        """Return what forward left; raise ``RuntimeError`` if there was no forward."""
        if self.cache is None:
            raise RuntimeError(
                f"{self}: backward was called before forward, so there is nothing to differentiate"
            )
        return self.cache

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


def require_parameters(who: str, parameters: Any) -> list[Parameter]:
    """Return a list of ``parameters`` if they are some and nothing else; else raise ``TypeError``, ``ValueError``."""
    hint = "expected parameters, as network.parameters() gives"
    if not isinstance(parameters, Iterable):
        raise TypeError(f"{who} got {describe(parameters)}: {hint}")
    listed = list(parameters)
    for parameter in listed:
        if not isinstance(parameter, Parameter):
            raise TypeError(f"{who} got {type(parameter).__name__}: {hint}")
    if not listed:
        raise ValueError(f"{who} got no parameters: expected at least one")
    return listed


def count_values(parameters: Any) -> int:
    """Return how many numbers a list of parameters holds altogether."""
    return sum(parameter.value.size for parameter in parameters)
