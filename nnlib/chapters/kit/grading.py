"""What graders share: asking the learner's objects in a way that never breaks, and naming the mistake.

``grade_function``, ``grade_number`` and ``grade_suspects`` are whole graders: most exercises need no other. The first
two recognise a known mistake by making it themselves, and so does the test that proves it. The rest is for exercises
that need words of their own.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np

from nnlib.chapters.kit.exercise import (
    Mistakes,
    NotAttempted,
    NotYet,
    contains_todo,
    each_mistake,
)
from nnlib.chapters.kit.shapes import shape_words

Case = tuple[Any, ...]  # the arguments of one call
Named = Iterable[tuple[Any, str]]  # known wrong values, and what to say to whoever hands them in
SHAPES = {(): "a single number", (2,): "two numbers, such as [1, 1]"}


# Whole graders.


def grade_function(
    reference: Callable[..., Any],
    cases: Sequence[Case],
    wrong: Mistakes,
    *,
    praise: str,
    parts: Sequence[str] = (),
    read: Callable[[Any, Any], Any] | None = None,
    otherwise: Callable[[Case, Any, Any], str] | None = None,
    tolerance: float = 1e-5,
) -> Callable[[Any], str]:
    """Return a grader of a function: it must answer every case as ``reference`` does.

    In the first case where it does not, the known mistake that gives the same answer is named; if there is none,
    ``otherwise(case, got, right)`` says what is the matter, or the numbers do.
    ``parts`` are the names of what a function returns several of; ``read(result, case)`` is for answers that are not
    numbers of the reference's shapes: it returns them as such, or raises ``NotYet``.
    ``tolerance`` is relative to the largest number of the right answer.
    """

    def grade(function: Any) -> str:
        for case in cases:
            right = reference(*_copies(case))
            result = call(function, *case)
            got = read(result, case) if read else _like(result, right, reference, case, parts)
            if not _same(got, right, tolerance):
                name_function(got, case, wrong, read=read, tolerance=tolerance)
                raise NotYet((otherwise or _differs(reference))(case, got, right))
        return praise

    return grade


def grade_number(
    name: str,
    right: float,
    wrong: Mistakes,
    *,
    praise: str,
    otherwise: str,
    tolerance: float = 1e-3,
) -> Callable[[Any], str]:
    """Return a grader of one number, which counts if it differs from ``right`` by a share of ``tolerance`` at most.

    ``wrong`` has functions that return the known wrong numbers; every other one is answered by ``otherwise``.
    """

    def grade(value: Any) -> str:
        got = number(value, name)
        if not np.isclose(got, right, rtol=tolerance, atol=1e-12):
            known = [(mistake(), words) for words, mistake in each_mistake(wrong)]
            numbers_only = [row for row in known if isinstance(row[0], int | float)]
            name_mistake(got, numbers_only, tolerance)
            raise NotYet(otherwise)
        return praise

    return grade


def grade_suspects(
    sound: str,
    faults: Mapping[str, tuple[str, str]],
    kinds: Sequence[str],
    *,
    answers: tuple[str, str] = ("right", "wrong"),
    one: str = "the {} one",
    clue: str,
    fault: str = "fault",
    other: str = "has another fault",
    praise: str,
) -> Callable[[Any, Any], str]:
    """Return a grader of two answers: which suspect is ``sound``, and which fault each of the others has.

    ``faults`` gives for each of the others its fault and a clue that helps to find it; ``kinds`` are the faults to
    choose from. ``answers`` are the names of the two answers, ``one`` how a suspect is called in a sentence, ``clue``
    what is said of one that is taken for the sound one, and ``other`` what is said of a fault that is another one's.
    """
    suspects = [sound, *faults]
    known = {name.lower(): name for name in suspects}
    found = f"{one.format(sound)} is {answers[0]} indeed."
    empty = ", ".join(f'"{name}": "…"' for name in faults)
    choice = f"a {fault} is {_listed(kinds)}."

    def grade(first: Any, second: Any) -> str:
        named = known.get(first.strip().lower()) if isinstance(first, str) else None
        if named is None:
            raise NotYet(f"{answers[0]} should be {_listed(sorted(suspects, key=_place))}.")
        if named != sound:
            raise NotYet(f"{one.format(named)} {clue}")
        if not isinstance(second, dict) or set(second) != set(faults):
            raise NotYet(f"{found} {answers[1]} should be {{{empty}}}, and no more.")
        for name, (kind, hint) in faults.items():
            called_one = _capital(one.format(name))
            given = str(second[name]).strip().lower()
            if given not in kinds:
                raise NotYet(f"{found} {called_one}: {choice}")
            if given != kind:
                raise NotYet(f"{found} {called_one} {other}. {hint}")
        return praise

    return grade


def _listed(words: Sequence[str]) -> str:
    """Words in quotation marks, with "or" before the last."""
    *most, last = (f'"{word}"' for word in words)
    return f"{', '.join(most)} or {last}"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _place(name: str) -> int:
    """Ordinals in their order; other names stay in the order in which they come."""
    ordinals = ("first", "second", "third", "fourth", "fifth")
    return ordinals.index(name) if name in ordinals else len(ordinals)


def name_function(
    got: Any,
    case: Case,
    wrong: Mistakes,
    *,
    read: Callable[[Any, Any], Any] | None = None,
    tolerance: float = 1e-5,
) -> None:
    """Raise ``NotYet`` with the words of the first known mistake that answers ``case`` as the learner did."""
    for words, mistake in each_mistake(wrong):
        try:
            with np.errstate(all="ignore"):
                theirs = mistake(*_copies(case))
                theirs = read(theirs, case) if read else theirs
        except Exception:
            continue
        if _same(got, theirs, tolerance):
            raise NotYet(words)


def name_mistake(answer: Any, named: Named, tolerance: float = 1e-5) -> None:
    """Raise ``NotYet`` with the words of the first known wrong value that the answer equals, shape included."""
    for wrong, words in named:
        if _same(answer, wrong, tolerance):
            raise NotYet(words)


def _same(got: Any, other: Any, tolerance: float) -> bool:
    """Whether two answers, numbers, arrays or tuples of them, have the same shapes and nearly the same numbers."""
    if isinstance(got, tuple | list) and isinstance(other, tuple | list):
        pairs = zip(got, other, strict=False)
        return len(got) == len(other) and all(_same(*pair, tolerance) for pair in pairs)
    try:
        got, other = np.asarray(got, float), np.asarray(other, float)
    except (TypeError, ValueError):
        return False
    if got.shape != other.shape:
        return False
    finite = np.abs(other[np.isfinite(other)])
    room = tolerance * float(finite.max()) + 1e-15 if finite.size else 0.0
    return bool(np.allclose(got, other, rtol=0, atol=room, equal_nan=True))


def _copies(case: Case) -> list[Any]:
    return [copy(part) if isinstance(part, np.ndarray | list) else part for part in case]


def _like(
    result: Any, right: Any, reference: Callable[..., Any], case: Case, names: Sequence[str]
) -> Any:
    """Return the learner's result as numbers of the shapes of the right one, or say what it is instead."""
    if isinstance(right, tuple):
        shapes = [np.shape(part) for part in right]
        return parts(result, names or [f"part {k + 1}" for k in range(len(right))], shapes)
    return numbers(result, called(reference, case), np.shape(right))


def _differs(reference: Callable[..., Any]) -> Callable[[Case, Any, Any], str]:
    def words(case: Case, got: Any, right: Any) -> str:
        asked = called(reference, case)
        return f"{asked} should be {brief(right)}, but it is {brief(got)}."

    return words


def called(function: Callable[..., Any], case: Case) -> str:
    """Return a call as text: with its numbers, or with the names of its arguments if one of them is an array."""
    if all(np.ndim(part) == 0 for part in case):
        return f"{function.__name__}({', '.join(map(brief, case))})"
    names = list(inspect.signature(function).parameters)[: len(case)]
    return f"{function.__name__}({', '.join(names)})"


def brief(value: Any) -> str:
    """Return a number, or an array of few of them, in four digits as text; of a large array its shape."""
    if isinstance(value, tuple):
        return ", ".join(map(brief, value))
    if isinstance(value, bool | str) or not isinstance(value, int | float | np.number | np.ndarray):
        return repr(value)
    array = np.asarray(value)
    if array.size > 6:
        return f"an array of shape {array.shape}"
    text = np.array2string(array, separator=", ", formatter={"all": lambda part: f"{part:.4g}"})
    return text.replace("-", "−").replace("\n", "")


# Asking the learner's objects.


def call(function: Any, *arguments: Any) -> Any:
    """Return what the learner's function answers for copies of the arguments.

    Raises ``NotYet`` if it is not a function, stops with an error, or changes what it was given,
    and ``NotAttempted`` if it gives ``todo`` back.
    """
    if not callable(function):
        raise NotYet(f"expected a function, got {article(type(function).__name__)}")
    given = _copies(arguments)
    result = _result(function, given)
    if contains_todo(result):
        raise NotAttempted
    if result is None:
        raise NotYet(
            "your function returns nothing (None). Is there a return on every way through it? "
            "print only shows a value"
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
        with np.errstate(all="ignore"):  # an infinite answer gets words of its own
            return function(*given)
    except (NotYet, NotAttempted):
        raise
    except Exception as error:
        if "Todo" in str(error) or isinstance(error.__cause__, NotAttempted):
            raise NotAttempted from error
        shapes = ", ".join(_shape_or_value(argument) for argument in given)
        stop = f"your function stops with {type(error).__name__}"
        raise NotYet(f"{stop}: {shape_words(error)} (called with {shapes})") from error


def _shape_or_value(argument: Any) -> str:
    if isinstance(argument, np.ndarray):
        return f"an array of shape {argument.shape}"
    if isinstance(argument, list) and any(isinstance(part, np.ndarray) for part in argument):
        return f"a list of arrays of shapes {', '.join(str(np.shape(part)) for part in argument)}"
    return "a function" if inspect.isroutine(argument) else repr(argument)


def number(value: Any, name: str) -> float:
    """Return the learner's ``value`` as a float, or raise ``NotYet`` if it is not a finite number."""
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
            f"{name} should hold numbers, in rows of the same length, but it is {value!r}"
        ) from None
    if array.dtype != float:
        raise NotYet(f"{name} should hold numbers, but it is {value!r}")
    if array.shape != shape:
        row = array.ndim > 1 and len(shape) == 1 and array.size == shape[0]
        hint = "; .ravel() makes one row of it" if row else ""
        expected = SHAPES.get(shape, f"of shape {shape}")
        raise NotYet(f"{name} should be {expected}, but it has shape {array.shape}{hint}")
    if not np.isfinite(array).all():
        raise NotYet(f"{name} holds a value that is not a finite number")
    return array


def parts(
    result: Any, names: Sequence[str], shapes: Sequence[tuple[int, ...]]
) -> tuple[np.ndarray, ...]:
    """Return the several arrays that a function gave back, by name and shape each, or raise ``NotYet``."""
    if isinstance(result, np.ndarray) and len(set(shapes)) == 1 and len(result) == len(names):
        result = tuple(result)
    if not isinstance(result, tuple | list) or len(result) != len(names):
        several = isinstance(result, tuple | list)
        got = f"{len(result)} parts" if several else f"one {type(result).__name__}"
        things = "numbers" if not any(shapes) else "arrays" if all(shapes) else "things"
        raise NotYet(
            f"{len(names)} {things} are expected, return {', '.join(names)}; but {got} came back."
        )
    rows = zip(result, names, shapes, strict=True)
    return tuple(numbers(part, name, shape) for part, name, shape in rows)


def article(noun: str) -> str:
    """Return a noun with "a" or "an" before it."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
