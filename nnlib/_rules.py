"""What an optimizer's rule, which may be the learner's own, has to keep to: refused in words before it goes wrong."""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from nnlib.errors import require_positive, require_shape
from nnlib.parameter import Parameter


def require_names(who: str, remembers: Any) -> None:
    """Raise ``TypeError`` if what a rule remembers is a single text: each letter would be a name."""
    if isinstance(remembers, str):
        raise TypeError(
            f"{who} got remembers = {remembers!r}: expected a tuple of names, ({remembers!r},)"
        )


def values_if_new(rule: Any, parameters: Iterable[Parameter]) -> list[np.ndarray]:
    """Return copies of all values if the first step of a rule of the learner's own begins, else nothing."""
    if rule.steps > 1 or type(rule).__module__.startswith("nnlib."):
        return []
    return [parameter.value.copy() for parameter in parameters]


def warn_if_still(rule: Any, parameters: list[Parameter], before: list[np.ndarray]) -> None:
    """Warn if a step changed nothing though there are slopes: ``w = w - …`` gives a name to another array."""
    still = all(
        np.array_equal(one.value, value, equal_nan=True)
        for one, value in zip(parameters, before, strict=False)
    )
    slopes = any(one.grad is not None and one.grad.any() for one in parameters)
    if still and slopes and rule.learning_rate > 0:
        warnings.warn(
            f"{rule} changed nothing in its first step, though there are gradients. Its update "
            "has to change w in place, as w -= … does; w = w - … makes another array",
            stacklevel=3,
        )


def require_gradients(who: Any, parameters: Iterable[Parameter]) -> None:
    """Raise unless every gradient that there is has the shape of its parameter. Asked in each step, so to be quick."""
    for parameter in parameters:
        grad = parameter.grad
        if grad is None or (
            type(grad) is np.ndarray
            and grad.shape == parameter.value.shape
            and grad.dtype.kind == "f"
        ):
            continue
        # a number of NumPy's is what arithmetic makes of an array without axes
        if not (isinstance(grad, np.floating) and parameter.value.shape == ()):
            require_shape(who, f"the gradient of {parameter.name}", grad, parameter.value.shape)


def require_epsilon(who: str, epsilon: Any, parameters: Iterable[Parameter]) -> float:
    """Return ε if it is above 0, in the dtype of every parameter too: 0/0 would be no number."""
    require_positive(who, "epsilon", epsilon)
    for dtype in {parameter.value.dtype for parameter in parameters}:
        if dtype.type(epsilon) == 0:
            raise ValueError(
                f"{who} got epsilon = {epsilon:g}, which is 0 in {dtype}: expected more, such as "
                "1e-4, or parameters in float32, as network.astype(np.float32) makes"
            )
    return float(epsilon)
