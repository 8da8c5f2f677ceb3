"""The file of a sweep: a line of JSON for each finished trial, behind a first line that says what the sweep is.

A line is on the disk before the next trial is begun, and none is ever changed. So whatever kills the writer leaves
whole lines and at most one half of a line, at the end.
"""

import errno
import importlib
import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nnlib._files import require_path
from nnlib._progress import say
from nnlib._trials import key_of
from nnlib.errors import describe

FORMAT = "nnlib sweep 1"
Record = dict[str, Any]

# JSON has no words for them.
NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def header(task: str, seed: Any, parameters: list[str]) -> Record:
    """Return the first line: what the sweep is, by which its file is told from others."""
    return {"format": FORMAT, "task": task, "seed": seed, "parameters": parameters}


class Records:
    """The records of finished trials, by the keys of the trials; with a file, each new one is written at once."""

    def __init__(self, first: Record, path: Path = Path(), file: Any = None) -> None:
        self.path, self.file = path, file
        self.by_key: dict[str, Record] = {}
        if file is not None:
            self._take(first)

    def add(self, record: Record) -> None:
        """Keep a record; if there is a file, it is on disk before this returns."""
        if self.file is not None:
            self._write(_line(record))
        _keep(self.by_key, record)

    def _take(self, first: Record) -> None:
        """Take what the file holds and mend its end, or begin it with its first line."""
        self.file.seek(0)
        content = self.file.read()
        whole, broken = _split(content)
        if whole:
            _require_same_sweep(self.path, _parse_header(self.path, whole[0]), first)
            self.by_key = _parse_records(self.path, whole)
        elif not _line(first).startswith(broken):
            raise ValueError(f"{self.path}: {_FOREIGN}")
        if broken:
            self._cut_off(len(content) - len(broken))
        elif content and not content.endswith(b"\n"):
            self._write(b"\n")
        if not whole:
            self._write(_line(first))

    def _cut_off(self, length: int) -> None:
        self.file.truncate(length)
        say(
            f"sweep.run: the last line of {self.path} is cut off, as if the writer was killed; "
            "it is removed, and its trial done again"
        )

    def _write(self, line: bytes) -> None:
        try:
            if self.file.write(line) != len(line):
                raise OSError(errno.ENOSPC, "the disk is full")
            os.fsync(self.file.fileno())
        except OSError as error:
            words = f"{self.path} could not be written ({error.strerror or error})"
            raise type(error)(error.errno, words) from error


@contextmanager
def opened(path: Any, first: Record) -> Iterator[Records]:
    """Hand out the records of the file ``path``, or of none if it is None; nobody else may write it meanwhile.

    Raises ``ValueError`` naming the file if it is damaged or of another sweep, which leaves it as it is.
    """
    if path is None:
        yield Records(first)
        return
    path = require_path("sweep.run", path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder: expected the name of a file for the results")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b", buffering=0) as file:
        _lock(path, file)
        yield Records(first, path, file)


def _lock(path: Path, file: Any) -> None:
    """Keep other processes from writing the file, until this one closes it or is killed."""
    try:
        if os.name == "nt":
            file.seek(1 << 30)  # far behind the end: what is locked cannot be read
            system: Any = importlib.import_module("msvcrt")
            system.locking(file.fileno(), system.LK_NBLCK, 1)
        else:
            system = importlib.import_module("fcntl")
            system.lockf(file, system.LOCK_EX | system.LOCK_NB)
    except (BlockingIOError, PermissionError):
        raise RuntimeError(
            f"{path} is being written by another run just now: wait for its end, "
            "or give this one a file of its own"
        ) from None
    except (ImportError, AttributeError, OSError):  # as in a browser, and on some network drives
        return


# Lines.


def read(path: Any) -> tuple[Record, list[Record]]:
    """Return the first line and the records of a file; raise ``ValueError`` naming it if it is damaged."""
    path = require_path("sweep.read", path)
    whole, _ = _split(path.read_bytes())
    if not whole:
        raise ValueError(f"{path}: {_FOREIGN}")
    return _parse_header(path, whole[0]), list(_parse_records(path, whole).values())


def _split(content: bytes) -> tuple[list[bytes], bytes]:
    """Return the lines, and what there is of one that was cut off; only the line's end may be missing."""
    *whole, rest = content.split(b"\n")
    if rest and _parse(rest) is not None:
        return [*whole, rest], b""
    return whole, rest


def _parse(line: bytes) -> Record | None:
    """Return the dict that a line holds, if it does."""
    try:
        found = json.loads(line.decode("utf-8"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _parse_header(path: Path, line: bytes) -> Record:
    """Return the first line; raise ``ValueError`` if it is not one of a sweep."""
    found = _parse(line) or {}
    if found.get("format") != FORMAT:
        raise ValueError(f"{path}: {_FOREIGN}")
    return found


def _parse_records(path: Path, lines: list[bytes]) -> dict[str, Record]:
    """Return what the lines after the first hold, by the keys of their trials; raise ``ValueError`` for a bad one."""
    records: dict[str, Record] = {}
    for number, line in enumerate(lines[1:], start=2):
        try:
            _keep(records, _restored(_parse(line)))
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ValueError(
                f"{path}, line {number}: damaged, this is not a trial. Nothing was changed. "
                "Mend the line, or delete it to have its trial done again"
            ) from None
    return records


def _keep(records: dict[str, Record], record: Record) -> None:
    """Let a later record take the place of an earlier one that failed."""
    key = key_of(record["parameters"], record["repeat"])
    if "measures" not in records.get(key, {}):
        records[key] = record


def _restored(found: Record | None) -> Record:
    """Return a record as it was before it was written; raise if it is none."""
    if found is None or not isinstance(found["parameters"], dict):
        raise TypeError
    record = {**found, "repeat": int(found["repeat"]), "seconds": float(found["seconds"])}
    if "error" in record:
        return {**record, "error": {part: str(found["error"][part]) for part in ERROR}}
    return {**record, "measures": {n: _number(v) for n, v in found["measures"].items()}}


ERROR = ("type", "message")


def _number(value: Any) -> float:
    if isinstance(value, str):
        return NOT_FINITE[value]
    if not isinstance(value, int | float):
        raise TypeError
    return value


def _line(record: Record) -> bytes:
    """Return a record as a line of valid JSON."""
    if "measures" in record:
        written = {name: _writable(value) for name, value in record["measures"].items()}
        record = {**record, "measures": written}
    return json.dumps(record, ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n"


def _writable(value: float) -> float | str:
    if isinstance(value, int) or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


# Whose file it is.


_FOREIGN = "this is not a file of sweep.run, so nothing was written: expected the name of a new one"


def _require_same_sweep(path: Path, found: Record, own: Record) -> None:
    words = {
        "task": "of the task {}",
        "parameters": "over the parameters {}",
        "seed": "with the seed {} of rng",
    }
    for name, what in words.items():
        if found.get(name) != own[name]:
            there, here = (what.format(_said(one.get(name))) for one in (found, own))
            raise ValueError(
                f"{path} holds a sweep {there}; this is one {here}. Nothing was written: "
                "give this one a file of its own"
            )


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value) if isinstance(value, str | int) else describe(value)
