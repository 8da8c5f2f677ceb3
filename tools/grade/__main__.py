"""The command: run the hand-ins of a folder and write their table of marks."""

import argparse
import os
import signal
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from tools.grade import guard, hand_ins, sandbox
from tools.grade.catalogue import Chapter, chapters
from tools.grade.hand_ins import HandIn
from tools.grade.marking import CORRECT, NOT_RUN, Row, mark
from tools.grade.sandbox import Limits
from tools.grade.table import Table, TableError, summary


def main() -> int:
    """Mark what is new in the folder, print how it goes and the sums."""
    options = _parse()
    if not options.folder.is_dir():
        return _refuse(f"{options.folder} is no folder")
    found = [hand_ins.read(path, options.folder) for path in hand_ins.find(options.folder)]
    if not found:
        return _refuse(f"there is no notebook in {options.folder}")
    try:
        table = Table(options.to)
        done = table.keep({one.name: one.fingerprint for one in found}, chapters())
    except TableError as error:
        return _refuse(str(error))
    if done:
        print(f"{options.to} has {len(done)} hand-ins already; delete it to begin anew.")
    print(_protection(), flush=True)
    code = _mark_all([one for one in found if one.name not in done], len(found), table, options)
    print(summary(table.rows))
    return code


def _mark_all(new: list[HandIn], of: int, table: Table, options: argparse.Namespace) -> int:
    """Mark hand-ins, several at a time, each into the table when it is done."""
    threads = max(1, (os.cpu_count() or 1) // options.jobs)
    limits = Limits(options.cell_seconds, options.seconds, options.megabytes, threads)
    known = chapters()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ThreadPoolExecutor(options.jobs) as pool:
        waiting = [pool.submit(_timed, one, known, limits) for one in new]
        try:
            _collect(waiting, table, of - len(new), of)
        except KeyboardInterrupt:
            return _stop(pool, table)
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="course.py grade")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--cell-seconds", type=float, default=60)
    parser.add_argument("--megabytes", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    options.jobs = max(1, options.jobs)
    return options


def _refuse(words: str) -> int:
    print(f"course.py: {words}.", file=sys.stderr)
    return 1


def _protection() -> str:
    """Return in one line what this system keeps hand-ins from."""
    if sys.platform != "linux":
        return (
            "Time is limited here; memory, files and the network are guarded by Python's own means at most. "
            "Mark what you do not trust on Linux (docs/marks.md)."
        )
    lacks = [] if sandbox.prefix() else ["the network (unshare is not allowed)"]
    lacks += [] if guard.landlock() > 0 else ["files (this kernel has no Landlock)"]
    weak = f", but only by Python's own means from {' and '.join(lacks)}" if lacks else ""
    return f"Each hand-in is kept in a sandbox{weak} (docs/marks.md)."


def _timed(hand_in: HandIn, known: list[Chapter], limits: Limits) -> tuple[list[Row], float]:
    began = time.monotonic()
    try:
        rows = mark(hand_in, known, limits)
    except sandbox.Stopped:
        raise
    except Exception as error:  # one hand-in never ends the others
        words = f"the grader itself failed: {type(error).__name__}: {error}"
        rows = [Row(hand_in.name, "", "", NOT_RUN, words, "", hand_in.fingerprint)]
    return rows, time.monotonic() - began


def _collect(
    waiting: "list[Future[tuple[list[Row], float]]]", table: Table, done: int, of: int
) -> None:
    for future in as_completed(waiting):
        done += 1
        rows, seconds = future.result()
        table.add(rows)
        right = sum(row.verdict == CORRECT for row in rows)
        lost = sum(row.verdict == NOT_RUN for row in rows)
        words = f"{right} of {len(rows)} correct" + (f", {lost} not run" if lost else "")
        words = words if rows[0].chapter else f"not run: {rows[0].words}"
        print(f"{done} of {of}  {rows[0].file}: {words} ({seconds:.1f} s)", flush=True)


def _stop(pool: ThreadPoolExecutor, table: Table) -> int:
    """End what runs; what is done is in the table."""
    pool.shutdown(wait=False, cancel_futures=True)
    sandbox.stop()
    print(
        f"\n{table.path} has {len({row.file for row in table.rows})} hand-ins; the same command goes on from there."
    )
    return 130


if __name__ == "__main__":
    sys.exit(main())
