"""Is a gradient right? Compare it with what the loss really does when a parameter is nudged.

It knows no layer and no formula, so that it shares no mistake with the code that it judges.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlib._notes import no_notes
from nnlib.errors import describe, require_function, require_positive, require_rng

STEP = 1e-5
DIRECTIONS = 3
# of the loss, relative: a sum of many terms is off by a few last digits
ROUNDING = 16 * float(np.finfo(float).eps)
# how far beside a kink the weights are moved, and how many such places have to agree, out of how many
ASIDE, AGREEING, PLACES = 0.1, 3, 12


@dataclass(frozen=True)
class GradientReport:
    """What ``check_gradients`` found; printing it gives one readable line.

    ``worst``: largest relative error, max|analytic − numeric| / max|analytic|, over the parameters;
    ``where``: (parameter name, index), with index None where whole directions were compared and agreed;
    ``analytic`` and ``numeric``: the two values there; ``tolerance``: the error from which it fails.
    ``kinks``: names of the parameters at which the loss has a kink, so that they were judged beside it.
    ``blurred``: the slopes are so small that the rounding of the loss hides whether they are right.
    ``aside``: the values are not from the place itself, but from one beside a kink.
    """

    worst: float
    where: tuple[str, tuple[int, ...] | None]
    analytic: float
    numeric: float
    tolerance: float
    kinks: tuple[str, ...] = ()
    blurred: bool = False
    aside: bool = False

    @property
    def passed(self) -> bool:
        """Whether the worst error is within the tolerance (NaN is not)."""
        return bool(self.worst <= self.tolerance)

    def __str__(self) -> str:
        name, index = self.where
        place = name if index is None else f"{name}[{', '.join(map(str, index))}]"
        bent = f". The loss has a kink at {', '.join(self.kinks)}: judged a little beside it"
        kinks = bent if self.kinks else ""
        if self.blurred:
            return (
                f"gradients agree as far as can be told: those of {place} "
                f"are too small beside the rounding of the loss{kinks}"
            )
        if self.passed:
            return f"gradients agree: largest relative error {self.worst:.0e}, at {place}{kinks}"
        if self.aside and np.isnan(self.numeric):
            return (
                f"gradients cannot be compared: the loss has a kink or a jump at {place} "
                f"wherever we looked, {PLACES} places beside this one included"
            )
        beside = ". The loss has a kink there, so the weights were moved a little beside it"
        return (
            f"gradients differ: relative error {self.worst:.1e} at {place}, "
            f"where backward says {self.analytic:.6g} and nudging says {self.numeric:.6g}"
            f"{beside if self.aside else ''}"
        )


def check_gradients(
    f: Callable[[], float],
    parameters: Iterable[Any],
    *,
    rng: np.random.Generator,
    tolerance: float = 1e-6,
    every_element: bool = False,
) -> GradientReport:
    """Compare each ``parameter.grad`` with central differences (f(v + h) − f(v − h)) / 2h, h = 1e-5.

    ``f()`` runs forward and backward, leaves fresh gradients in ``parameter.grad`` and returns the loss.
    First every parameter is moved along random directions, where one wrong element shows as well as many;
    where they disagree (or always, with ``every_element``) each element is nudged alone, to find the worst.

    A kink, such as ReLU at 0, has two slopes, one to each side: backward gives one of them (or one between), nudging
    their mean, and both are right. A smaller step tells a kink from a mistake: the slopes to the two sides come
    together if the loss is smooth, and stay apart at a kink. There all weights are moved a little, to places without
    a kink, and backward has to be right at each of these. ``kinks`` of the report names the parameters.

    Raises ``TypeError`` below float64 or if ``f`` does not return a number, ``ValueError`` if ``f`` leaves no gradient
    or a different one each time. Differences within the rounding error of the loss (about 1e-10) are ignored.
    """
    require_rng("check_gradients", rng)
    require_positive("check_gradients", "tolerance", tolerance)
    listed = _require_parameters(parameters)
    _require_repeatable(f, listed)
    check = _Check(f, listed, rng, tolerance)
    here = _Place(f, listed)
    reports = [
        check.parameter(here, parameter, every_element) or check.beside(parameter)
        for parameter in listed
    ]
    _cost(f)
    return replace(_worst(reports), kinks=tuple(n for report in reports for n in report.kinks))


class _Place:
    """The loss and its gradients, as f gives them where the parameters are now."""

    def __init__(self, f: Callable[[], float], parameters: Sequence[Any]) -> None:
        self.f = f
        self.cost = _cost(f)
        self.gradients = {id(parameter): _gradient(parameter) for parameter in parameters}

    def slopes(self, parameter: Any, direction: np.ndarray, step: float) -> "_Slopes":
        """Return how f changes to both sides along ``direction``; all is put back as it was."""
        start = parameter.value
        try:
            parameter.value = start + step * direction
            above = _cost(self.f)
            parameter.value = start - step * direction
            below = _cost(self.f)
        finally:
            parameter.value = start
        return _Slopes(
            mean=(above - below) / (2 * step),
            jump=abs(above - 2 * self.cost + below) / step,
            rounding=ROUNDING * max(abs(above), abs(below)) / (2 * step),
        )


@dataclass
class _Slopes:
    """What steps of one size say: the mean of the slopes to both sides, their difference, and the rounding in it."""

    mean: float
    jump: float
    rounding: float


@dataclass
class _Check:
    """One call of ``check_gradients``. If a kink keeps a method from judging, it returns None."""

    f: Callable[[], float]
    parameters: Sequence[Any]
    rng: np.random.Generator
    tolerance: float

    def parameter(
        self, place: _Place, parameter: Any, every_element: bool = False
    ) -> GradientReport | None:
        """Judge one parameter at a place: along directions, and if they disagree, element by element."""
        if not every_element:
            report = self.directions(place, parameter)
            if report is None or report.passed:
                return report
        return self.elements(place, parameter)

    def directions(self, place: _Place, parameter: Any) -> GradientReport | None:
        """Compare along a few random directions."""
        step = STEP / math.sqrt(max(parameter.value.size, 1))
        reports = []
        for _ in range(DIRECTIONS):
            direction = self.direction(parameter)
            slopes = place.slopes(parameter, direction, step)
            reports.append(self.judge(place, parameter, direction, step, slopes))
        told = [report for report in reports if report is not None]
        # one that differs says more than another that meets a kink
        if len(told) == DIRECTIONS or not all(report.passed for report in told):
            return _worst(told)
        return None

    def direction(self, parameter: Any) -> np.ndarray:
        """Return ±1 to ±2 in every element: one wrong element is never watered down, and two do not cancel."""
        shape = parameter.value.shape
        return self.rng.choice([-1.0, 1.0], shape) * self.rng.uniform(1, 2, shape)

    def elements(self, place: _Place, parameter: Any) -> GradientReport | None:
        """Nudge each element alone; judge from the one that is furthest off to the first that agrees."""
        gradient = place.gradients[id(parameter)]
        slopes = {
            index: place.slopes(parameter, _only(gradient, index), STEP)
            for index in np.ndindex(gradient.shape)
        }
        off = {index: abs(gradient[index] - slope.mean) for index, slope in slopes.items()}
        kinks, best = False, None
        for index in sorted(off, key=lambda i: (not np.isnan(off[i]), -off[i])):  # NaN first
            step = _only(gradient, index)
            report = self.judge(place, parameter, step, STEP, slopes[index], index)
            if report is not None and not report.passed:
                return report
            kinks, best = kinks or report is None, best or report
            if report is not None and report.numeric == slopes[index].mean:
                break
        return None if kinks else best

    def judge(
        self,
        place: _Place,
        parameter: Any,
        direction: np.ndarray,
        step: float,
        wide: _Slopes,
        index: tuple[int, ...] | None = None,
    ) -> GradientReport | None:
        """Compare along one direction. If a step does not agree, a tenth of it tells what is wrong."""
        gradient = place.gradients[id(parameter)]
        analytic = float((gradient * direction).sum())
        blank = GradientReport(0.0, (parameter.name, index), analytic, 0.0, self.tolerance)
        first = _compared(blank, gradient, wide)
        if first.passed or np.isnan(first.worst):
            return first
        near = place.slopes(parameter, direction, step / 10)
        second = _compared(blank, gradient, near)
        nearer = abs(analytic - near.mean) < abs(analytic - wide.mean) / 5
        if second.passed and (nearer or not second.blurred):
            return second
        return first if _is_smooth(wide, near, abs(analytic - near.mean)) else None

    def beside(self, parameter: Any) -> GradientReport:
        """Judge at places beside a kink: backward must be right wherever nudging can tell."""
        agreeing: list[GradientReport] = []
        for _ in range(PLACES):
            with self.moved() as place:
                report = self.parameter(place, parameter)
            if report is not None and not report.passed:
                return replace(report, aside=True)
            agreeing += [] if report is None else [report]
            if len(agreeing) == AGREEING:
                return replace(_worst(agreeing), kinks=(parameter.name,))
        where = (parameter.name, None)
        return GradientReport(np.nan, where, np.nan, np.nan, self.tolerance, aside=True)

    @contextmanager
    def moved(self) -> Iterator[_Place]:
        """Move every number of every parameter by ``ASIDE`` to twice as much, up or down; then put all back."""
        starts = [parameter.value for parameter in self.parameters]
        try:
            for parameter in self.parameters:
                parameter.value = parameter.value + ASIDE * self.direction(parameter)
            yield _Place(self.f, self.parameters)
        finally:
            for parameter, start in zip(self.parameters, starts, strict=True):
                parameter.value = start


def _compared(blank: GradientReport, gradient: np.ndarray, slopes: _Slopes) -> GradientReport:
    """Return the report of nudging's ``slopes``; an error that rounding explains is within the tolerance."""
    largest = float(np.abs(gradient).max(initial=0.0))
    distance = abs(blank.analytic - slopes.mean)
    error = distance / largest if largest != 0 else np.inf * distance if distance else 0.0
    hidden = distance <= slopes.rounding and error > blank.tolerance
    if hidden:  # below the rounding a slope is as good as 0
        error = blank.tolerance if largest > slopes.rounding else 0.0
    return replace(blank, worst=error, numeric=slopes.mean, blurred=hidden)


def _is_smooth(wide: _Slopes, near: _Slopes, off: float) -> bool:
    """Whether the loss has no kink within the wide step, or none that explains how far ``off`` backward is.

    Where the loss is smooth, both steps have the same mean, and the jump shrinks with the step.
    """
    same = abs(wide.mean - near.mean) < 0.02 * off + near.rounding
    shrinks = near.jump < max(0.3 * wide.jump, 0.02 * off, 4 * near.rounding)
    return same and shrinks


def _only(gradient: np.ndarray, index: tuple[int, ...]) -> np.ndarray:
    """Return the direction in which one element alone is nudged."""
    direction = np.zeros_like(gradient)
    direction[index] = 1
    return direction


def _worst(reports: Sequence[GradientReport]) -> GradientReport:
    """Return the report with the largest error; NaN is larger than any."""
    return max(reports, key=lambda report: (np.isnan(report.worst), report.worst))


def _cost(f: Callable[[], float]) -> float:
    """Return what f returns, if it is a number; running averages stay as they are."""
    with no_notes():
        cost = f()
    if isinstance(cost, int | float | np.number | np.ndarray) and np.ndim(cost) == 0:
        return float(cost)
    hint = ": does it end with return?" if cost is None else ", such as a sum or a mean"
    raise TypeError(
        f"check_gradients: f() returned {describe(cost)}: expected the loss, one number{hint}"
    )


def _gradient(parameter: Any) -> np.ndarray:
    """Return a copy of what f left in ``parameter.grad``."""
    if parameter.grad is None:
        raise ValueError(
            f"check_gradients: f() left no gradient in {parameter.name}: does it run backward?"
        )
    if np.shape(parameter.grad) != parameter.value.shape:
        raise ValueError(
            f"check_gradients: the gradient of {parameter.name} has shape "
            f"{np.shape(parameter.grad)}: "
            f"expected {parameter.value.shape}, that of the parameter"
        )
    return np.array(parameter.grad, float)


def _require_parameters(parameters: Any) -> list[Any]:
    """Return the parameters as a list, if they are float64; else raise."""
    wish = "expected a list of parameters, as network.parameters() gives; one alone is [W]"
    if not isinstance(parameters, Iterable) or hasattr(parameters, "value"):
        raise TypeError(f"check_gradients got {describe(parameters)}: {wish}")
    listed = list(parameters)
    if not listed:
        raise ValueError("check_gradients got no parameters: expected at least one")
    for parameter in listed:
        if not (hasattr(parameter, "value") and hasattr(parameter, "grad")):
            raise TypeError(f"check_gradients got {describe(parameter)} in the list: {wish}")
        if parameter.value.dtype != np.float64:
            raise TypeError(
                f"check_gradients got {parameter.name} in {parameter.value.dtype}: "
                "float64 is needed, as network.astype(np.float64) gives"
            )
    return listed


def _require_repeatable(f: Callable[[], float], parameters: Sequence[Any]) -> None:
    """Raise ``ValueError`` unless f leaves the same gradients twice."""
    wish = "a function without arguments that runs forward and backward and returns the loss"
    require_function("check_gradients", f, wish, arguments=0, role=" as f")
    first, second = _Place(f, parameters), _Place(f, parameters)
    for parameter in parameters:
        before, after = (place.gradients[id(parameter)] for place in (first, second))
        if not np.array_equal(before, after, equal_nan=True):
            raise ValueError(
                "check_gradients: f() called twice leaves two different "
                f"gradients in {parameter.name}. "
                "Either it does not set them to zero first (zero_grad), so "
                "that they add up, or it draws random numbers, "
                "or a layer changes x itself, as x *= 2"
            )
