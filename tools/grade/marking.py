"""One hand-in, from its text to its rows."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.grade import sandbox
from tools.grade.catalogue import CHECK, Chapter, recognise
from tools.grade.hand_ins import HandIn, remarks
from tools.grade.sandbox import Limits

CORRECT, NOT_YET, NOT_ATTEMPTED, NOT_RUN = "correct", "not yet", "not attempted", "not run"
BEST_FIRST = (CORRECT, NOT_YET, NOT_ATTEMPTED, NOT_RUN)
MISSING = re.compile(r"name '(\w+)' is not defined")
MOST_WORDS = 500


@dataclass(frozen=True)
class Row:
    """One exercise of one hand-in."""

    file: str
    chapter: str
    exercise: str
    verdict: str
    words: str
    notes: str
    fingerprint: str


@dataclass
class Marks:
    """What is known of a hand-in so far: for each exercise its verdict and words, and notes on the whole."""

    replies: dict[str, tuple[str, str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    skip: set[int] = field(default_factory=set)
    left: set[str] = field(default_factory=set)

    def add(self, name: str, verdict: str, words: str) -> None:
        """Note a reply; of several to one exercise the best counts."""
        old = self.replies.get(name, (NOT_RUN, ""))
        if name not in self.replies or BEST_FIRST.index(verdict) <= BEST_FIRST.index(old[0]):
            self.replies[name] = verdict, words[:MOST_WORDS]

    def note(self, words: str) -> None:
        """Note something on the whole hand-in, once."""
        if words not in self.notes:
            self.notes.append(words)


def mark(hand_in: HandIn, known: Sequence[Chapter], limits: Limits) -> list[Row]:
    """Return the rows of a hand-in: one for each exercise of its chapter, or one that says why there are none."""
    chapter = recognise(hand_in.cells, known)
    if chapter is None:
        words = hand_in.trouble or "not a notebook of this course"
        return [Row(hand_in.name, "", "", NOT_RUN, words, "", hand_in.fingerprint)]
    texts = hand_in.texts
    marks = Marks(notes=remarks(texts))
    until = time.monotonic() + limits.seconds
    _attempts(texts, chapter, set(chapter.exercises), marks, limits, until)
    missing = {name for name, reply in marks.replies.items() if _misses(reply, marks.left)}
    if missing:
        marks.note("every cell was run for a name that was missing")
        marks.skip.clear()
        _attempts(texts, chapter, missing, marks, limits, until, everything=True)
    return [_row(hand_in, chapter, name, marks) for name in chapter.exercises]


def _misses(reply: tuple[str, str], left: set[str]) -> bool:
    """Whether an answer lacks a name that stands in a cell which was not run."""
    found = MISSING.search(reply[1])
    return reply[0] == NOT_YET and bool(found) and found[1] in left  # type: ignore[index]


def _attempts(
    texts: list[str],
    chapter: Chapter,
    wanted: set[str],
    marks: Marks,
    limits: Limits,
    until: float,
    *,
    everything: bool = False,
) -> None:
    """Run the hand-in, and again without the cell that ended the sandbox, until it comes to its end."""
    while wanted and time.monotonic() < until:
        wish = {
            "package": chapter.package,
            "known": list(chapter.exercises),
            "exercises": sorted(wanted),
            "cells": texts,
            "skip": sorted(marks.skip),
            "everything": everything,
            "seconds": int(until - time.monotonic()) + 10,
        }
        ended = _attempt(wish, marks, limits, until)
        if ended is None or ended["begin"] in marks.skip:
            return
        marks.skip.add(ended["begin"])
        # cells run in order, so what stands before is judged, unless none ran because one could not even be read
        ahead = texts if ended.get("reading") else texts[ended["begin"] + 1 :]
        wanted &= set(CHECK.findall("\n".join(ahead)))
        wanted -= {name for name, (verdict, _) in marks.replies.items() if verdict == CORRECT}


def _attempt(
    wish: dict[str, Any], marks: Marks, limits: Limits, until: float
) -> dict[str, Any] | None:
    """Run the hand-in once; return what was said of the cell in which it was ended, None if it came to its end."""
    at: dict[str, Any] = {}
    answered: set[str] = set()
    try:
        for said in sandbox.run(wish, limits, until):
            at = said if "begin" in said else at
            if said.get("exercise") in wish["exercises"]:
                answered.add(said["exercise"])
                marks.add(said["exercise"], str(said["verdict"]), str(said["words"]))
            _note(said, marks)
    except sandbox.Ended as end:
        if not str(end):
            return None
        if not at:
            marks.note(f"its sandbox did not start: {end}")
            return None
        for name in set(at["checks"]) & set(wish["exercises"]) - answered:
            marks.add(name, NOT_RUN, f"its cell {end}")
        marks.note(f"cell {at['begin'] + 1} {end}")
    return at


def _note(said: dict[str, Any], marks: Marks) -> None:
    if said.get("trouble"):
        marks.note(" ".join(str(said["trouble"]).split())[:200])
    if said.get("changed"):
        marks.note(f"changed {', '.join(map(str, said['changed'][:5]))}: look at it yourself")
    marks.left = set(said.get("left", ()))


def _row(hand_in: HandIn, chapter: Chapter, name: str, marks: Marks) -> Row:
    times = sum(CHECK.findall(text).count(name) for text in hand_in.texts)
    notes = list(marks.notes)
    if times > 1:
        notes.insert(0, f"checked {times} times, the best counts")
    if name in marks.replies:
        verdict, words = marks.replies[name]
    elif times:
        verdict, words = NOT_RUN, "the notebook ended before it"
    else:
        verdict, words = NOT_ATTEMPTED, "no cell checks it"
    exercise = chapter.exercises[name]
    return Row(
        hand_in.name,
        chapter.number,
        exercise,
        verdict,
        words,
        "; ".join(notes),
        hand_in.fingerprint,
    )
