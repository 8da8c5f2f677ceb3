"""What graders share: asking the learner's objects in a way that never breaks, and says what broke."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlib.chapters.kit.exercise import Named, NotAttempted, NotYet, contains_todo


def call(function: Any, *arguments: Any) -> Any:
    """Return what the learner's function answers for copies of the arguments.

    Raises ``NotYet`` where it is no function, where it stops with an error, or where it changes what it was given,
    and ``NotAttempted`` where it gives ``todo`` back.
    """
    if not callable(function):
        raise NotYet(f"a function was expected, and {type(function).__name__} came")
    given = [
        np.copy(argument) if isinstance(argument, np.ndarray) else argument
        for argument in arguments
    ]
    result = _result(function, given)
    if contains_todo(result):
        raise NotAttempted
    if result is None:
        raise NotYet(
            "your function returns nothing (None). Is there a return on every way through it? print only shows a value"
        )
    for before, after in zip(arguments, given, strict=True):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after):
            raise NotYet(
                "your function changes the array that it was given (w += … edits it in place); "
                "make a new one, as w = w + … does"
            )
    return result


def _result(function: Callable[..., Any], given: list[Any]) -> Any:
    """Return what the function answers; its errors become replies."""
    try:
        return function(*given)
    except (NotYet, NotAttempted):
        raise
    except Exception as error:
        if "Todo" in str(error):
            raise NotAttempted from error
        shapes = ", ".join(_brief(argument) for argument in given)
        raise NotYet(
            f"your function stops with {type(error).__name__}: {error} (called with {shapes})"
        ) from error


def number(value: Any, name: str) -> float:
    """Return the learner's ``value`` as a float, or raise ``NotYet`` where it is no finite number."""
    return float(numbers(value, name, ()))


def numbers(value: Any, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return the learner's ``value`` as an array of ``shape``, or raise ``NotYet`` that says what it is instead."""
    if value is None:
        raise NotYet(f"{name} is None: nothing was put into it")
    try:
        array = np.asarray(value)
        array = array.astype(float) if array.dtype.kind in "biuf" else array
    except ValueError:
        raise NotYet(
            f"{name} should hold numbers, in rows of the same length, and it is {value!r}"
        ) from None
    if array.dtype != float:
        raise NotYet(f"{name} should hold numbers, and it is {value!r}")
    if array.shape != shape:
        wanted = {(): "a single number", (2,): "two numbers, such as [1, 1]"}.get(
            shape, f"of shape {shape}"
        )
        hint = (
            "; .ravel() makes one row of it"
            if array.ndim > 1 and len(shape) == 1 and array.size == shape[0]
            else ""
        )
        raise NotYet(f"{name} should be {wanted}, and it has shape {array.shape}{hint}")
    if not np.isfinite(array).all():
        raise NotYet(f"{name} holds a value that is not a finite number")
    return array


def _brief(argument: Any) -> str:
    return (
        f"an array of shape {argument.shape}"
        if isinstance(argument, np.ndarray)
        else repr(argument)
    )


def name_mistake(answer: Any, named: Named) -> None:
    """Raise ``NotYet`` with the words of the first known wrong value that the answer equals, shape included."""
    for wrong, words in named:
        if np.shape(wrong) == np.shape(answer) and np.allclose(answer, wrong):
            raise NotYet(words)
