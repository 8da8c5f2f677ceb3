"""What an optimizer's rule, which may be the learner's own, has to keep to: refused in words before it goes wrong."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from nnlib.errors import describe, require_positive, require_shape
from nnlib.parameter import Parameter


def require_names(who: str, remembers: Any) -> None:
    """Raise ``TypeError`` if what a rule remembers is a single text: each letter would be a name."""
    if isinstance(remembers, str):
        raise TypeError(
            f"{who} got remembers = {remembers!r}: expected a tuple of names, ({remembers!r},)"
        )


def not_in_place(who: Any, answer: Any) -> TypeError:
    """Return what to raise if ``update`` returned something: w itself is to change."""
    return TypeError(
        f"{who} got {describe(answer)} from its update: expected None, and w changed in place, "
        "as w -= … does; w = w - … makes another array"
    )


def require_gradients(who: Any, parameters: Iterable[Parameter]) -> None:
    """Raise unless every gradient that there is has the shape of its parameter."""
    for parameter in parameters:
        grad, shape = parameter.grad, parameter.value.shape
        # also a number of NumPy's, which is what arithmetic makes of an array of shape ()
        known = isinstance(grad, np.ndarray | np.floating)
        if grad is None or (known and grad.shape == shape and grad.dtype.kind == "f"):
            continue
        require_shape(who, f"the gradient of {parameter.name}", grad, shape)


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
