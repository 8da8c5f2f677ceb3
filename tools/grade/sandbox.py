"""One process for one hand-in: it is started with as little as this system can take away, heard, and ended whole."""

import contextlib
import json
import os
import queue
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MOST_SAID = 2_000_000  # characters: more is no reply of a grader's
START = 60  # seconds until Python and the course's library are loaded, on a machine that is busy
NAMESPACES = ["unshare", "--net", "--pid", "--fork", "--kill-child"]
MARK = "NNLIB_SANDBOX"
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "NUMBER_OF_PROCESSORS")
running: set[subprocess.Popen[bytes]] = set()
stopping = threading.Event()


@dataclass(frozen=True)
class Limits:
    """How long a cell may take, and a notebook, and how much memory; how many threads NumPy gets."""

    cell_seconds: float = 60
    seconds: float = 180
    megabytes: int = 2000
    threads: int = 1


@cache
def prefix() -> list[str]:
    """Return what a command needs before it to have no network and processes of its own; nothing if this cannot be."""
    if not shutil.which(NAMESPACES[0]):
        return []
    for more in ([], ["--map-root-user"]):
        command = [*NAMESPACES, *more]
        done = subprocess.run([*command, "true"], capture_output=True, check=False)
        if done.returncode == 0:
            return command
    return []


class Ended(Exception):  # noqa: N818 - it is how every sandbox ends
    """The process is gone, or had to go; the text says why, and is empty if it came to its end."""


class Stopped(Exception):  # noqa: N818
    """The lecturer wants no more of it."""


def stop() -> None:
    """End every sandbox, and let none begin."""
    stopping.set()
    for process in list(running):
        end(process)


def run(wish: dict[str, Any], limits: Limits, until: float) -> Iterator[dict[str, Any]]:
    """Let a sandbox do what ``wish`` says and yield all that it tells; raises Ended at the end."""
    word = secrets.token_hex(16)
    folder = tempfile.mkdtemp(prefix="nnlib-grade-")
    process = _start(folder, word, limits)
    running.add(process)
    try:
        if stopping.is_set():
            raise Stopped
        _hand_over(process, {**wish, "word": word, "megabytes": limits.megabytes})
        yield from _hear(process, word, limits, until)
    finally:
        end(process)
        _end_strays(folder)
        running.discard(process)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: str, word: str, limits: Limits) -> subprocess.Popen[bytes]:
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), str(limits.threads))
    variables = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    variables |= dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "USERPROFILE"), folder) | threads
    variables |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    variables |= {"MPLBACKEND": "Agg", MARK: folder}
    return subprocess.Popen(
        [*prefix(), sys.executable, "-P", "-s", "-m", "tools.grade.inside"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=variables,
        start_new_session=True,
    )


def _hand_over(process: subprocess.Popen[bytes], wish: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # it is gone already, which is found out next
        if process.stdin:
            process.stdin.write(json.dumps(wish).encode())
            process.stdin.close()


def _hear(
    process: subprocess.Popen[bytes], word: str, limits: Limits, until: float
) -> Iterator[dict[str, Any]]:
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    patience: float = START
    while True:
        left = until - time.monotonic()
        try:
            line = lines.get(timeout=max(0.0, min(patience, left)))
        except queue.Empty:
            words = f"took longer than {min(patience, limits.seconds):.0f} s"
            raise Ended(words if left > 0 else f"the notebook {words}") from None
        if not line:
            raise Ended(_cause(process))
        said = _understood(line, word)
        if said.get("end"):
            yield said
            raise Ended("")
        if said:
            patience = limits.cell_seconds
            yield said


def _read(process: subprocess.Popen[bytes], lines: "queue.Queue[bytes]") -> None:
    """Put what comes into a queue, an empty line at its end; of what never ends only the beginning is heard."""
    said = 0
    for line in iter(lambda: process.stdout.readline(MOST_SAID) if process.stdout else b"", b""):
        said += len(line)
        if said > MOST_SAID:
            break
        lines.put(line)
    lines.put(b"")
    if (
        process.stdout
    ):  # closed by who reads: elsewhere it would wait for a process that keeps it open
        process.stdout.close()


def _understood(line: bytes, word: str) -> dict[str, Any]:
    """Return what a line says; nothing if it has not the word in front, so that somebody else wrote it."""
    first, _, text = line.decode(errors="replace").partition(" ")
    if not secrets.compare_digest(first.encode(), word.encode()):
        return {}
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _cause(process: subprocess.Popen[bytes]) -> str:
    try:
        code = process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return "closed its line to the grader"
    if code < 0:
        return f"Python crashed ({signal.Signals(-code).name})"
    return f"ended Python (exit code {code})"


def end(process: subprocess.Popen[bytes]) -> None:
    """End a sandbox with what it started: all of it where it has processes of its own, else its group."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()


def _end_strays(folder: str) -> None:
    """End what left the group of its sandbox, on a Linux that gives no processes of one's own."""
    mark = f"{MARK}={folder}\0".encode()
    for path in [] if prefix() else Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in path.read_bytes():
                os.kill(int(path.parent.name), signal.SIGKILL)
