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

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = (
        _itself
    )
    __matmul__ = __rmatmul__ = __pow__ = __rpow__ = __neg__ = __abs__ = __getitem__ = __call__ = (
        _itself
    )
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
        return textwrap.fill(
            f"{MARKS[self.status]} {self.status}: {self.words}", width=100, subsequent_indent="  "
        )


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
            return Answer(
                NOT_ATTEMPTED, f'write your answer in place of todo. Stuck? ex.hint("{name}")'
            )
        try:
            return Answer(CORRECT, exercise.grade(*answer))
        except NotYet as reason:
            return Answer(NOT_YET, str(reason))
        except NotAttempted:
            return Answer(
                NOT_ATTEMPTED, f'write your answer in place of todo. Stuck? ex.hint("{name}")'
            )
        except Exception as error:  # whatever a learner hands in, an answer comes back
            return Answer(
                NOT_YET, f"your answer could not be read ({type(error).__name__}: {error})"
            )

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
