"""A parameter: a named array and its gradient, all an optimizer sees; and the cache that forward keeps for backward."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from nnlib.errors import describe, require_array


class Parameter:
    """An array that learning changes, with the gradient that says how.

    ``value`` is an array of floats of any shape; ``grad`` is None until the first backward pass,
    then an array of the same shape, ∂loss/∂value. ``name`` appears in messages.
    Raises ``TypeError`` if ``value`` is not an array of floats.
    """

    __slots__ = ("grad", "name", "value")

    def __init__(self, value: np.ndarray, name: str) -> None:
        require_array(f"Parameter {name}", "value", value)
        if value.dtype.kind != "f":
            raise TypeError(
                f"Parameter {name} got value of dtype {value.dtype}: "
                "expected floats, as value.astype(float) makes"
            )
        self.value = value
        self.name = name
        self.grad: np.ndarray | None = None

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
    """Return ``parameters`` as a list, each once, if they are some and nothing else; else raise in words."""
    hint = "expected parameters, as network.parameters() gives"
    if not isinstance(parameters, Iterable):
        raise TypeError(f"{who} got {describe(parameters)}: {hint}")
    listed = list(parameters)
    for parameter in listed:
        if not isinstance(parameter, Parameter):
            raise TypeError(f"{who} got {type(parameter).__name__}: {hint}")
    if not listed:
        raise ValueError(f"{who} got no parameters: expected at least one")
    return list(dict.fromkeys(listed))


def count_values(parameters: Any) -> int:
    """Return how many numbers a list of parameters holds altogether."""
    return sum(parameter.value.size for parameter in parameters)
