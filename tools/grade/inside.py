"""Runs in the sandbox: the cells that the exercises need, and the course's own grader on what they leave behind.

What is to be done comes in through standard input; what came out goes through a pipe that is moved away before the
learner's code begins. Each line of it begins with a word that is drawn anew for each hand-in, so that what is printed
is no mark. Yet grader and learner share one process: see docs/marks.md.
"""

import ast
import builtins
import importlib
import json
import linecache
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from tools.grade import guard
from tools.grade.catalogue import CHECK
from tools.grade.slices import Cell, Check, needed, read_cell

NOT_YET, NOT_RUN = "not yet", "not run"
Tell = Callable[[dict[str, Any]], None]
Names = dict[str, Any]


class Nothing:
    """What stands for IPython where there is none: it takes every call and does nothing."""

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *_: Any, **__: Any) -> None:
        """Do nothing."""
        return None


@dataclass
class Grader:
    """The course's own grader, taken before any of the learner's code ran."""

    chapter: Any
    put_back: Callable[[], list[str]]
    judge: Callable[..., Any]
    changed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, exercises: Any) -> "Grader":
        """Take the grader of a chapter's exercises as it is now."""
        from tools.grade.trust import Originals

        chapter = exercises.chapter
        originals = Originals(chapter, *chapter.exercises.values())
        known = dict(chapter.exercises)

        def put_back() -> list[str]:
            changed = originals.put_back()
            chapter.exercises = dict(known)
            return changed

        return cls(chapter, put_back, chapter._judge)

    def restore(self) -> None:
        """Put back what the learner's code changed of it."""
        self.changed |= set(self.put_back())

    def reply(self, name: str, answers: list[Any]) -> tuple[str, str]:
        """Return the verdict and its words."""
        self.restore()
        answer = self.judge(name, *answers)
        return str(answer.status), str(answer.words)


def main() -> None:
    """Do what standard input asks for, in the current folder."""
    wish, leave = json.loads(sys.stdin.buffer.read()), os._exit
    tell = _private_line(wish["word"])
    guard.lock(os.getcwd())
    guard.limit(wish["megabytes"], wish["seconds"])
    exercises = importlib.import_module(f"nnlib.chapters.{wish['package']}.exercises")
    from nnlib.chapters.kit.exercise import todo

    grader = Grader.of(exercises)
    names = _page(ex=exercises, todo=todo)
    tell({"ready": True})
    sys.addaudithook(guard.Watch(os.getcwd()))
    cells = _cells(wish, tell)
    if not wish["everything"]:
        cells = needed(cells, set(wish["exercises"]))
    for cell in cells:
        tell({"begin": cell.place, "checks": sorted(cell.checks)})
        _run(cell, names, grader, set(wish["exercises"]), tell)
        grader.restore()
    ran = {cell.place for cell in cells}
    left = [text for place, text in enumerate(wish["cells"]) if place not in ran]
    tell({"end": True, "changed": sorted(grader.changed), "left": _identifiers(left)})
    leave(0)  # threads and handlers of the learner's are not waited for


def _private_line(word: str) -> Tell:
    """Return a way to the parent that printing does not reach; input is empty and output goes nowhere from now on."""
    line = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)

    def tell(said: dict[str, Any]) -> None:
        line.write(f"{word} {json.dumps(said)}\n")
        line.flush()

    return tell


def _page(**names: Any) -> Names:
    """Return the names of a fresh notebook; the few that every chapter imports are there if their cell is gone."""
    import numpy

    page = ModuleType("__main__")
    sys.modules["__main__"] = page  # where classes of the learner's are looked for
    vars(page).update(names, np=numpy, __builtins__=builtins, display=lambda *_, **__: None)
    vars(page).update(get_ipython=Nothing)
    return vars(page)


def _cells(wish: dict[str, Any], tell: Tell) -> list[Cell]:
    """Read the cells that are not to be skipped; one that is no Python is answered if it checks an exercise."""
    cells = []
    for place, text in enumerate(wish["cells"]):
        if place in wish["skip"]:
            continue
        checks = [name for name in CHECK.findall(text) if name in wish["exercises"]]
        tell({"begin": place, "checks": checks, "reading": True})
        try:
            cells.append(read_cell(place, text, wish["known"]))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            for name in checks:
                _say(
                    tell,
                    name,
                    NOT_YET,
                    f"its cell is no Python: {_words(error)}",
                    place,
                )
    return cells


def _run(cell: Cell, names: Names, grader: Grader, wanted: set[str], tell: Tell) -> None:
    """Run a cell and judge what it checks; whatever it raises becomes words."""
    left = [step.name for step in cell.steps if isinstance(step, Check) and step.name in wanted]
    verdict, words = NOT_YET, ""
    try:
        for step in cell.steps:
            if not isinstance(step, Check):
                _execute(step, cell.place, names)
            elif step.name in wanted:
                _say(
                    tell,
                    step.name,
                    *grader.reply(step.name, _answers(step, names)),
                    cell.place,
                )
                left.remove(step.name)
    except MemoryError:
        verdict, words = NOT_RUN, "asks for more memory than it may have"
    except BaseException as error:  # the learner's, of any kind
        words = f"stops with {_words(error)}"
    for name in left:
        _say(tell, name, verdict, f"its cell {words}", cell.place)
    if words and not left:
        tell({"trouble": f"cell {cell.place + 1} {words}"})


def _execute(step: Any, place: int, names: Names) -> None:
    text = ast.unparse(step)
    file = f"<cell {place + 1}, line {step.lineno}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), names)


def _answers(check: Check, names: Names) -> list[Any]:
    answers: list[Any] = []
    for written in check.answers:
        starred = isinstance(written, ast.Starred)
        value = eval(ast.unparse(written.value if starred else written), names)  # type: ignore[attr-defined]
        answers += value if starred else [value]
    return answers


def _say(tell: Tell, name: str, verdict: str, words: str, place: int) -> None:
    tell(
        {
            "exercise": name,
            "verdict": verdict,
            "words": " ".join(words.split()),
            "cell": place,
        }
    )


def _words(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:500].removesuffix(": ")
    except BaseException:  # its words are the learner's too
        return type(error).__name__


def _identifiers(texts: list[str]) -> list[str]:
    return sorted(set(re.findall(r"[^\W\d]\w*", "\n".join(texts))))


if __name__ == "__main__":
    main()
