"""Curvature: how the slope of the cost changes from place to place, found from gradients alone.

The d numbers of all parameters stand in one row w, parameter after parameter, each as ``value.ravel()`` has it. The
Hessian H is the table of the second derivatives ∂²C/∂wᵢ∂wⱼ, so H v says how the gradient changes on the way v.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from nnlib._notes import no_notes
from nnlib.errors import describe, require_finite, require_shape
from nnlib.parameter import Parameter, require_parameters

# A gradient is known to its last digit, ε = 2e-16 of its size. Over a step h that spoils a slope by ε/h, and bends
# of the gradient spoil a central difference by h². Both are small at h = ∛ε = 6e-6, and leave some ten digits.
STEP = float(np.cbrt(np.finfo(float).eps))


def hessian(f: Callable[[], float], parameters: Iterable[Parameter]) -> np.ndarray:
    """Return H (d, d): column j is (∇C(w + h eⱼ) − ∇C(w − h eⱼ)) / 2h, and H is the mean of that table and its mirror.

    ``f()`` runs forward and backward; the gradients that it leaves are C's, and what it returns is not looked at. It is
    called 2 d + 2 times, and H takes d² numbers: for networks of some thousand weights at most. Values and gradients of
    the parameters are put back, even if ``f`` raises, and running averages of ``BatchNorm`` stay as they are. At a kink
    (ReLU at 0) there is no second derivative: what comes out is large.
    Raises ``TypeError`` below float64, ``ValueError`` if ``f`` leaves no gradient or a different one each time.
    Source: S3, S4, N37; E34.
    """
    listed = _checked("hessian", f, parameters)
    w = np.concatenate([parameter.value.ravel() for parameter in listed])
    here = np.zeros_like(w)
    if not np.array_equal(
        _gradient("hessian", f, listed, here),
        _gradient("hessian", f, listed, here),
    ):
        raise ValueError(
            "hessian: f() called twice leaves two different gradients. Does it draw random numbers?"
        )
    # beside a large weight a small step would drown in rounding
    steps = STEP * np.maximum(1, np.abs(w))
    rows = [
        _difference("hessian", f, listed, way) / (2 * h)
        for way, h in zip(np.diag(steps), steps, strict=True)
    ]
    return np.array(
        [(row + column) / 2 for row, column in zip(rows, np.transpose(rows), strict=True)]
    )


def hessian_vector(
    f: Callable[[], float],
    parameters: Iterable[Parameter],
    direction: np.ndarray,
) -> np.ndarray:
    """Return H v (d,) for the ``direction`` v (d,) without H: (∇C(w + h v) − ∇C(w − h v)) / 2h, two calls of ``f``.

    All else is as in ``hessian``; only whether ``f`` draws random numbers is not looked at, as that would take a third
    call. Raises ``ValueError`` if ``direction`` has another shape or is not finite.  Source: Pearlmutter, 1994; N37.
    """
    listed = _checked("hessian_vector", f, parameters)
    w = np.concatenate([parameter.value.ravel() for parameter in listed])
    require_finite(
        "hessian_vector",
        "direction",
        require_shape("hessian_vector", "direction", direction, w.shape),
    )
    length = float(np.linalg.norm(direction))
    if length == 0:
        return np.zeros_like(w)
    # the way is as long for a short v as for a long one
    h = STEP * max(1.0, float(np.abs(w).max())) / length
    return _difference("hessian_vector", f, listed, h * direction) / (2 * h)


def _checked(who: str, f: Any, parameters: Any) -> list[Parameter]:
    if not callable(f):
        raise TypeError(
            f"{who} got f as {describe(f)}: "
            "expected the function itself, which runs forward and backward, not what it returns"
        )
    if isinstance(parameters, Parameter):
        raise TypeError(f"{who} got {parameters} alone: expected a list, as [W]")
    listed = require_parameters(who, parameters)
    if len({id(parameter) for parameter in listed}) < len(listed):
        raise ValueError(f"{who} got a parameter twice: expected each once")
    for parameter in listed:
        if parameter.value.dtype != np.float64:
            raise TypeError(
                f"{who} got {parameter.name} in {parameter.value.dtype}: "
                "float64 is needed, as network.astype(np.float64) gives"
            )
    return listed


def _difference(
    who: str,
    f: Callable[[], float],
    parameters: list[Parameter],
    way: np.ndarray,
) -> np.ndarray:
    return _gradient(who, f, parameters, way) - _gradient(who, f, parameters, -way)


def _gradient(
    who: str,
    f: Callable[[], float],
    parameters: list[Parameter],
    way: np.ndarray,
) -> np.ndarray:
    """Return ∇C (d,) at the weights moved by ``way`` (d,); values and gradients are put back, whatever happens."""
    kept = [(parameter.value, parameter.grad) for parameter in parameters]
    try:
        for parameter in parameters:
            part, way = np.split(way, [parameter.value.size])
            parameter.value = parameter.value + part.reshape(parameter.value.shape)
            parameter.grad = None
        with no_notes():
            f()
        return np.concatenate([_left_in(parameter, who).ravel() for parameter in parameters])
    finally:
        for parameter, (value, gradient) in zip(parameters, kept, strict=True):
            parameter.value, parameter.grad = value, gradient


def _left_in(parameter: Parameter, who: str) -> np.ndarray:
    if parameter.grad is None:
        raise ValueError(f"{who}: f() left no gradient in {parameter.name}: does it run backward?")
    name = f"the gradient of {parameter.name}"
    return require_finite(
        who,
        name,
        require_shape(who, name, parameter.grad, parameter.value.shape),
    )
