"""Programs as learners write them: what a row of ``WRONG`` cannot say, and right answers in other styles.

They stand in ``as_learners_write_it``, a file for each chapter:

>>> @right("predict")                                     # doctest: +SKIP
... def _(w, b, x):
...     return [int(row @ w + b > 0) for row in x]
>>> @wrong("predict", "are strings")                      # doctest: +SKIP
... def _(w, b, x):
...     return (x @ w + b > 0).astype(int).astype(str)

Where the exercise asks for a function it is this function; where it asks for values it is a function of nothing that
returns them.
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).with_name("as_learners_write_it")


class Program(NamedTuple):
    """An answer to an exercise; ``named`` are words of the reply to it, or None if it is right."""

    chapter: str
    exercise: str
    answer: Callable[..., Any]
    named: str | None


PROGRAMS: list[Program] = []


def right(exercise: str) -> Callable[..., Any]:
    """Say that a program is a right answer."""
    return _program(exercise, None)


def wrong(exercise: str, named: str) -> Callable[..., Any]:
    """Say that a program is a wrong answer, and words that the reply must then contain."""
    return _program(exercise, named)


def _program(exercise: str, named: str | None) -> Callable[..., Any]:
    def remember(answer: Callable[..., Any]) -> Callable[..., Any]:
        chapter = answer.__module__.rpartition(".")[2]
        PROGRAMS.append(Program(chapter, exercise, answer, named))
        return answer

    return remember


def every_program() -> list[Program]:
    """Return all programs of all chapters."""
    for path in sorted(FOLDER.glob("*.py")):
        importlib.import_module(f"{FOLDER.name}.{path.stem}")
    return PROGRAMS
