"""The exercise engine: three answers to every attempt (not attempted, correct, not yet and why), hints, solutions."""

import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from nnlib.chapters.kit import cards

NOT_ATTEMPTED, CORRECT, NOT_YET = "not attempted", "correct", "not yet"
LOOKS = {
    NOT_ATTEMPTED: cards.NOT_ATTEMPTED,
    CORRECT: cards.CORRECT,
    NOT_YET: cards.NOT_YET,
}


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
    """What the learner is told: ``status`` is one of the three, ``words`` say why. A notebook shows it as a card.

    ``done`` of the ``of`` exercises of the chapter are solved so far.
    """

    status: str
    words: str
    done: int = field(default=0, compare=False)
    of: int = field(default=0, compare=False)

    def __repr__(self) -> str:
        text = f"{LOOKS[self.status].sign} {self.status}: {self.words}"
        return textwrap.fill(text, width=100, subsequent_indent="  ")

    def _repr_html_(self) -> str:
        done = cards.progress(self.done, self.of)
        return cards.card(LOOKS[self.status], cards.paragraph(self.words), done)


class Text(str):
    """A text that a notebook shows as it is, without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Hint(Text):
    """A hint, which begins with its number and a colon. A notebook shows it as a card."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        number, _, words = self.partition(": ")
        return cards.card(replace(cards.HINT, words=number), cards.paragraph(words))


class Solution(Text):
    """A worked solution: code, or text in lines. A notebook shows it as a card."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return cards.card(cards.SOLUTION, cards.code(self))


Mistakes = Mapping[str, Callable[..., Any] | tuple[Callable[..., Any], ...]]


@dataclass(frozen=True)
class Exercise:
    """One exercise, all of it.

    - ``names``: the learner's variables, in the order in which ``check`` takes them
    - ``grade``: takes these objects, returns what is right about them, in words, or raises ``NotYet``
    - ``hints``: lead on step by step
    - ``solution``: the function that the learner is to write, done right, or the text of a worked answer
    - ``wrong``: the known mistakes: words of the reply, and who makes it (or several who do). Where the solution is a
      function, a mistake is that function done wrong; else it is a function of nothing that returns what is handed in
    - ``noise``: makes random wrong answers, as they are handed in, from a generator; the tests try ``noises`` of them
    """

    names: tuple[str, ...]
    grade: Callable[..., str]
    hints: tuple[str, ...]
    solution: Callable[..., Any] | str
    wrong: Mistakes
    noise: Callable[[np.random.Generator], tuple[Any, ...]]
    noises: int = 20

    @property
    def code(self) -> str:
        """The worked solution as a learner writes it."""
        text = self.solution if isinstance(self.solution, str) else inspect.getsource(self.solution)
        return textwrap.dedent(text).strip()

    def handed_in(self, answer: Callable[..., Any]) -> tuple[Any, ...]:
        """Return what ``check`` takes for an answer that is written as ``wrong`` has them."""
        if not isinstance(self.solution, str):
            return (answer,)
        given = answer()
        return given if isinstance(given, tuple) and len(self.names) > 1 else (given,)


def each_mistake(wrong: Mistakes) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every known mistake with the words of its reply."""
    for words, makers in wrong.items():
        for maker in makers if isinstance(makers, tuple) else (makers,):
            yield words, maker


class Chapter:
    """The exercises of one chapter, with the three functions that its notebook uses.

    Takes the exercises' modules in the order of the chapter; each holds an ``exercise`` and gives it its name.
    """

    def __init__(self, *modules: ModuleType) -> None:
        self.exercises: dict[str, Exercise] = {
            module.__name__.rpartition(".")[2]: module.exercise for module in modules
        }
        self._hints_given = dict.fromkeys(self.exercises, 0)
        self._solved: set[str] = set()

    def check(self, name: str, *answer: Any) -> Answer:
        """Look at the learner's own objects and say: not attempted, correct, or not yet and why.

        Says as well how many exercises of the chapter are done: what was solved once stays so while the kernel runs.
        """
        reply = self._judge(name, *answer)
        if reply.status == CORRECT:
            self._solved.add(name)
        return replace(reply, done=len(self._solved), of=len(self.exercises))

    def _judge(self, name: str, *answer: Any) -> Answer:
        exercise = self._find(name)
        if len(answer) != len(exercise.names):
            call = ", ".join([f'"{name}"', *exercise.names])
            return Answer(NOT_YET, f"submit this exercise as check({call})")
        begin = f'write your answer in place of todo. Stuck? ex.hint("{name}")'
        try:
            if any(contains_todo(part) for part in answer):
                return Answer(NOT_ATTEMPTED, begin)
            # graders count on NumPy's own settings, whatever the learner has set
            with np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
                return Answer(CORRECT, exercise.grade(*answer))
        except NotYet as reason:
            return Answer(NOT_YET, _bounded(str(reason)))
        except NotAttempted:
            return Answer(NOT_ATTEMPTED, begin)
        except RecursionError:
            words = "your answer holds itself, or calls itself without an end"
            return Answer(NOT_YET, words)
        except (Exception, SystemExit) as error:  # whatever comes in, an answer goes back
            words = f"your answer could not be read ({type(error).__name__}: {error})"
            return Answer(NOT_YET, _bounded(words))

    def hint(self, name: str) -> Hint:
        """Return the next hint; after the last one they start again."""
        hints = self._find(name).hints
        number = self._hints_given[name] % len(hints)
        self._hints_given[name] += 1
        return Hint(f"Hint {number + 1} of {len(hints)}: {hints[number]}")

    def solution(self, name: str) -> Solution:
        """Return the worked solution as code, to read, to run and to compare."""
        return Solution(self._find(name).code)

    def _find(self, name: str) -> Exercise:
        if name not in self.exercises:
            known = ", ".join(f'"{known}"' for known in self.exercises)
            raise ValueError(f'there is no exercise "{name}" in this chapter; there are {known}')
        return self.exercises[name]


def _bounded(words: str, most: int = 1000) -> str:
    """Return the words, without the middle if an answer that they quote is very long."""
    half = most // 2
    return words if len(words) <= most else f"{words[:half]} […] {words[-half:]}"


def contains_todo(value: Any) -> bool:
    """Whether ``value`` is ``todo``, or a list, tuple, dict or array that holds it."""
    if isinstance(value, list | tuple):
        return any(contains_todo(part) for part in value)
    if isinstance(value, dict):
        return any(contains_todo(part) for part in value.values())
    if isinstance(value, np.ndarray) and value.dtype == object:
        return any(contains_todo(part) for part in value.flat)
    return isinstance(value, Todo)
