"""Is a gradient right? Compare it with what the loss really does when a parameter is nudged.

Imports NumPy only, so that it shares no mistake with the code that it judges.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

STEP = 1e-5
DIRECTIONS = 3
# of the loss, relative: a sum of many terms is off by a few last digits
ROUNDING = 16 * np.finfo(float).eps


@dataclass(frozen=True)
class GradientReport:
    """What ``check_gradients`` found; printing it gives one readable line.

    ``worst``: largest relative error, max|analytic − numeric| / max|analytic|, over the parameters;
    ``where``: (parameter name, index), with index None where whole directions were compared and agreed;
    ``analytic`` and ``numeric``: the two values there; ``tolerance``: the error from which it fails.
    """

    worst: float
    where: tuple[str, tuple[int, ...] | None]
    analytic: float
    numeric: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether the worst error is within the tolerance (NaN is not)."""
        return bool(self.worst <= self.tolerance)

    def __str__(self) -> str:
        name, index = self.where
        place = name if index is None else f"{name}[{', '.join(map(str, index))}]"
        if self.passed:
            return f"gradients agree: largest relative error {self.worst:.0e}, at {place}"
        return (
            f"gradients differ: relative error {self.worst:.1e} at {place}, "
            f"where backward says {self.analytic:.6g} and nudging says {self.numeric:.6g}"
        )


def check_gradients(
    f: Callable[[], float],
    parameters: Sequence[Any],
    *,
    rng: np.random.Generator,
    tolerance: float = 1e-6,
    every_element: bool = False,
) -> GradientReport:
    """Compare each ``parameter.grad`` with central differences (f(v + h) − f(v − h)) / 2h, h = 1e-5.

    ``f()`` runs forward and backward, leaves fresh gradients in ``parameter.grad`` and returns the loss.
    First every parameter is moved along random directions, where one wrong element shows as well as many;
    where they disagree (or always, with ``every_element``) each element is nudged alone, to find the worst.
    Raises ``TypeError`` below float64, ``ValueError`` if ``f`` leaves no gradient or a different one each time.
    Differences within the rounding error of the loss (about 1e-10) are ignored.
    If a loss has a kink (ReLU at 0) within h, the two may differ though both are right: try another ``rng``.
    """
    gradients = _fresh_gradients(f, parameters)
    rng = np.random.default_rng(rng)
    worst = GradientReport(-1.0, ("", None), 0.0, 0.0, tolerance)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        report = _along_directions(f, parameter, gradient, rng, tolerance)
        if every_element or not report.passed:
            report = _element_by_element(f, parameter, gradient, tolerance)
        # written so that NaN wins, and stays
        if not (report.worst <= worst.worst or np.isnan(worst.worst)):
            worst = report
    f()
    return worst


def _fresh_gradients(f: Callable[[], float], parameters: Sequence[Any]) -> list[np.ndarray]:
    if not parameters:
        raise ValueError("check_gradients got no parameters: expected at least one")
    for parameter in parameters:
        if parameter.value.dtype != np.float64:
            raise TypeError(
                f"check_gradients got {parameter.name} in {parameter.value.dtype}: "
                "float64 is needed, as network.astype(np.float64) gives"
            )
    first = _gradients(f, parameters)
    for parameter, before, after in zip(parameters, first, _gradients(f, parameters), strict=True):
        if not np.array_equal(before, after, equal_nan=True):
            raise ValueError(
                "check_gradients: f() called twice leaves two different "
                f"gradients in {parameter.name}. "
                "Either it does not set them to zero first (zero_grad), so "
                "that they add up, or it draws random numbers"
            )
    return first


def _gradients(f: Callable[[], float], parameters: Sequence[Any]) -> list[np.ndarray]:
    f()
    for parameter in parameters:
        if parameter.grad is None:
            raise ValueError(
                f"check_gradients: f() left no gradient in {parameter.name}: does it run backward?"
            )
        if parameter.grad.shape != parameter.value.shape:
            raise ValueError(
                f"check_gradients: the gradient of {parameter.name} has shape "
                f"{parameter.grad.shape}: "
                f"expected {parameter.value.shape}, that of the parameter"
            )
    return [parameter.grad.copy() for parameter in parameters]


def _slope(
    f: Callable[[], float], parameter: Any, direction: np.ndarray, step: float
) -> tuple[float, float]:
    """Central difference of f along ``direction``, and by how much rounding can spoil it; all is put back as it was."""
    start = parameter.value
    try:
        parameter.value = start + step * direction
        above = f()
        parameter.value = start - step * direction
        below = f()
    finally:
        parameter.value = start
    return (above - below) / (2 * step), ROUNDING * max(abs(above), abs(below)) / (2 * step)


def _along_directions(
    f: Callable[[], float],
    parameter: Any,
    gradient: np.ndarray,
    rng: np.random.Generator,
    tolerance: float,
) -> GradientReport:
    """Each direction is ±1 to ±2 in every element: one wrong element is never watered down, and two do not cancel."""
    reports = []
    for _ in range(DIRECTIONS):
        direction = rng.choice([-1.0, 1.0], gradient.shape) * rng.uniform(1, 2, gradient.shape)
        numeric, rounding = _slope(f, parameter, direction, STEP / np.sqrt(max(gradient.size, 1)))
        analytic = float((gradient * direction).sum())
        error = _relative(abs(analytic - numeric), gradient, rounding, tolerance)
        reports.append(GradientReport(error, (parameter.name, None), analytic, numeric, tolerance))
    return next(
        (report for report in reports if not report.passed),
        max(reports, key=lambda report: report.worst),
    )


def _element_by_element(
    f: Callable[[], float],
    parameter: Any,
    gradient: np.ndarray,
    tolerance: float,
) -> GradientReport:
    numeric, rounding = np.empty_like(gradient), np.empty_like(gradient)
    for index in np.ndindex(gradient.shape):
        direction = np.zeros_like(gradient)
        direction[index] = 1
        numeric[index], rounding[index] = _slope(f, parameter, direction, STEP)
    distance = np.abs(gradient - numeric)
    # argmax finds NaN first
    index = tuple(int(i) for i in np.unravel_index(np.argmax(distance), distance.shape))
    error = _relative(float(distance[index]), gradient, float(rounding[index]), tolerance)
    return GradientReport(
        error,
        (parameter.name, index),
        float(gradient[index]),
        float(numeric[index]),
        tolerance,
    )


def _relative(distance: float, gradient: np.ndarray, rounding: float, tolerance: float) -> float:
    """Return the relative error; one that rounding explains is within the tolerance."""
    largest = float(np.abs(gradient).max(initial=0.0))
    if distance <= rounding:
        # below it a slope is as good as 0
        return min(distance / largest, tolerance) if largest > rounding else 0.0
    return distance / largest if largest > 0 else float("inf")
