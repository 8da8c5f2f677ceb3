"""The exercise engine: three answers to every attempt (not attempted, correct, not yet and why), hints, solutions."""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

NOT_ATTEMPTED, CORRECT, NOT_YET = "not attempted", "correct", "not yet"
Named = list[tuple[Any, str]]  # known wrong values, and what to say to whoever hands them in
MARKS = {NOT_ATTEMPTED: "○", CORRECT: "✓", NOT_YET: "✗"}


class NotYet(Exception):  # noqa: N818 - it is an answer to the learner, not an error
    """Raised by a grader: its text is the reason, in words, why an answer is not right yet."""


class NotAttempted(Exception):  # noqa: N818
    """Raised where ``todo`` is asked for what it does not have: a truth, a size, a value."""


class Todo:
    """The place where the learner writes.

    Computing with it gives it back, so that a half-written answer still runs; where a number or a yes or no is
    needed, it says that it is still there.
    """

    def _itself(self, *_: Any, **__: Any) -> "Todo":
        return self

    def _stop(self, *_: Any, **__: Any) -> NoReturn:
        raise NotAttempted("write your answer in place of todo")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __matmul__ = __rmatmul__ = __pow__ = __rpow__ = __neg__ = __abs__ = __getitem__ = __call__ = _itself
    __lt__ = __le__ = __gt__ = __ge__ = __array_ufunc__ = __array_function__ = _itself
    __iter__ = __contains__ = __bool__ = __len__ = __int__ = __index__ = __float__ = _stop

    def __getattr__(self, name: str) -> "Todo":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __repr__(self) -> str:
        return "todo"


todo = Todo()


@dataclass(frozen=True)
class Answer:
    """What the learner is told: ``status`` is one of the three, ``words`` say why. A notebook shows it as text."""

    status: str
    words: str

    def __repr__(self) -> str:
        return textwrap.fill(f"{MARKS[self.status]} {self.status}: {self.words}", width=100, subsequent_indent="  ")


class Text(str):
    """A text that a notebook shows as it is, without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer: ``code`` makes it, and the answer must then contain ``named``. The tests run them all."""

    code: str
    named: str


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    ``grade`` takes the learner's objects, by the names that ``code`` gives them, and returns what is right about
    them, in words, or raises ``NotYet``; ``hints`` lead on step by step; ``code`` is the worked solution, which is run
    by the tests; ``mistakes`` are the known ones, and ``noise`` makes a random wrong answer from a generator.
    """

    grade: Callable[..., str]
    hints: tuple[str, ...]
    code: str
    mistakes: tuple[Mistake, ...]
    noise: Callable[[np.random.Generator], tuple[Any, ...]]

    @property
    def names(self) -> list[str]:
        """The variables that the learner hands in, in order."""
        return list(inspect.signature(self.grade).parameters)


class Chapter:
    """The exercises of one chapter, with the three functions that its notebook uses."""

    def __init__(self, **exercises: Exercise) -> None:
        self.exercises = exercises
        self._hints_given = dict.fromkeys(exercises, 0)

    def check(self, name: str, *answer: Any) -> Answer:
        """Look at the learner's own objects and say: not attempted, correct, or not yet and why."""
        exercise = self._find(name)
        if len(answer) != len(exercise.names):
            call = ", ".join([f'"{name}"', *exercise.names])
            return Answer(NOT_YET, f"this exercise is handed in as check({call})")
        if any(contains_todo(part) for part in answer):
            return Answer(NOT_ATTEMPTED, f'write your answer in place of todo. Stuck? ex.hint("{name}")')
        try:
            return Answer(CORRECT, exercise.grade(*answer))
        except NotYet as reason:
            return Answer(NOT_YET, str(reason))
        except NotAttempted:
            return Answer(NOT_ATTEMPTED, f'write your answer in place of todo. Stuck? ex.hint("{name}")')
        except Exception as error:  # whatever a learner hands in, an answer comes back
            return Answer(NOT_YET, f"your answer could not be read ({type(error).__name__}: {error})")

    def hint(self, name: str) -> Text:
        """Return the next hint; after the last one they start again."""
        exercise = self._find(name)
        number = self._hints_given[name] % len(exercise.hints)
        self._hints_given[name] += 1
        return Text(f"Hint {number + 1} of {len(exercise.hints)}: {exercise.hints[number]}")

    def solution(self, name: str) -> Text:
        """Return the worked solution as code, to read, to run and to compare."""
        return Text(textwrap.dedent(self._find(name).code).strip())

    def _find(self, name: str) -> Exercise:
        if name not in self.exercises:
            known = ", ".join(f'"{known}"' for known in self.exercises)
            raise ValueError(f'there is no exercise "{name}" in this chapter; there are {known}')
        return self.exercises[name]


def contains_todo(value: Any) -> bool:
    """Whether ``value`` is ``todo``, or a list, tuple, dict or array that holds it."""
    if isinstance(value, list | tuple):
        return any(contains_todo(part) for part in value)
    if isinstance(value, dict):
        return any(contains_todo(part) for part in value.values())
    if isinstance(value, np.ndarray) and value.dtype == object:
        return any(contains_todo(part) for part in value.flat)
    return isinstance(value, Todo)


# What graders share: asking the learner's objects in a way that never breaks, and says what broke.


def call(function: Any, *arguments: Any) -> Any:
    """Return what the learner's function answers for copies of the arguments.

    Raises ``NotYet`` where it is no function, where it stops with an error, or where it changes what it was given,
    and ``NotAttempted`` where it gives ``todo`` back.
    """
    if not callable(function):
        raise NotYet(f"a function was expected, and {type(function).__name__} came")
    given = [np.copy(argument) if isinstance(argument, np.ndarray) else argument for argument in arguments]
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
        raise NotYet(f"your function stops with {type(error).__name__}: {error} (called with {shapes})") from error


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
        raise NotYet(f"{name} should hold numbers, in rows of the same length, and it is {value!r}") from None
    if array.dtype != float:
        raise NotYet(f"{name} should hold numbers, and it is {value!r}")
    if array.shape != shape:
        wanted = {(): "a single number", (2,): "two numbers, such as [1, 1]"}.get(shape, f"of shape {shape}")
        hint = "; .ravel() makes one row of it" if array.ndim > 1 and len(shape) == 1 and array.size == shape[0] else ""
        raise NotYet(f"{name} should be {wanted}, and it has shape {array.shape}{hint}")
    if not np.isfinite(array).all():
        raise NotYet(f"{name} holds a value that is not a finite number")
    return array


def _brief(argument: Any) -> str:
    return f"an array of shape {argument.shape}" if isinstance(argument, np.ndarray) else repr(argument)


def name_mistake(answer: Any, named: Named) -> None:
    """Raise ``NotYet`` with the words of the first known wrong value that the answer equals, shape included."""
    for wrong, words in named:
        if np.shape(wrong) == np.shape(answer) and np.allclose(answer, wrong):
            raise NotYet(words)
