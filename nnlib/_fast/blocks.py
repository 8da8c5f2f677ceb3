"""A large batch in blocks of examples: small enough for the processor's cache, and several at a time on several cores.

The one place that spreads work. Blocks are cut by sizes alone and their results come in order, so the same numbers come
out, bit for bit, on one core and on many. With one core, or where threads cannot be started (as in a browser), the
blocks simply run one by one; so do blocks within a block.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import cache, partial
from itertools import zip_longest
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

Result = TypeVar("Result")

# Bytes that a block works on: with less, waking a thread costs more than it helps.
BLOCK = 1 << 21
# At most so many.
THREADS = 4
_INSIDE = ContextVar("inside a block", default=False)


def by_blocks(work: Callable[[slice], Result], n: int, bytes_each: int) -> list[Result]:
    """Return [work(rows), …] for blocks of n examples, ``rows`` a slice; in order, though several may run at once.

    ``bytes_each`` is what ``work`` needs for one example: it decides how many there are in a block.
    """
    return on_cores([partial(work, rows) for rows in _cut(n, bytes_each)])


def on_cores(works: Sequence[Callable[[], Result]]) -> list[Result]:
    """Return what each of ``works`` returns, in order, though several may run at once."""
    many = len(works) > 1 and not _INSIDE.get() and _cores() > 1
    threads = _threads(os.getpid()) if many else None
    if threads is None:
        return [work() for work in works]
    with one_blas_thread():
        inside = _INSIDE.set(True)
        try:
            # a copy of the context each, so that the caller's np.errstate holds in the threads too
            others = [threads.submit(copy_context().run, work) for work in works[1::2]]
            try:
                mine = [work() for work in works[::2]]
            finally:  # whatever happens, none is left that still changes something
                wait(others)
        finally:
            _INSIDE.reset(inside)
        theirs = [one.result() for one in others]
    return [pair for both in zip_longest(mine, theirs) for pair in both][: len(works)]


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold the matrix products of NumPy to one thread each: several at once would wait for each other's cores.

    A library's own threads spin while they wait, which on a busy machine takes most of the time there is.
    """
    with _HELD.lock:
        _HELD.count += 1
        if _HELD.count == 1:
            _HELD.before = _blas().limit(limits=1, user_api="blas")
    try:
        yield
    finally:
        with _HELD.lock:
            _HELD.count -= 1
            if _HELD.count == 0:
                _HELD.before.restore_original_limits()


class _Held:
    """How many ask for one thread just now; the last to go puts back what was before."""

    def __init__(self) -> None:
        self.lock, self.count = threading.Lock(), 0
        self.before: Any = None


_HELD = _Held()


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def _cut(n: int, bytes_each: int) -> list[slice]:
    """The slices of n examples, an even number of them, so that two cores end together."""
    count = -(-n * bytes_each // BLOCK)
    size = -(-n // (count + count % 2)) if count > 1 else n
    return [slice(start, start + size) for start in range(0, n, size)]


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _threads(process: int) -> ThreadPoolExecutor | None:
    """The threads of a process, or None where there cannot be any; one that was forked needs others."""
    threads = ThreadPoolExecutor(min(_cores(), THREADS), "nnlib")
    try:
        threads.submit(int).result()
    except RuntimeError:  # as in WebAssembly, where the first one cannot start
        return None
    return threads
