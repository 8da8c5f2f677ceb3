"""A large batch in blocks of examples: small enough for the processor's cache, and several at a time on several cores.

Blocks are cut by sizes alone and their results come in order, so the same numbers come out, bit for bit, on one core
and on many. With one core, or where threads cannot be started (as in a browser), the blocks simply run one by one.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import TypeVar

Result = TypeVar("Result")

# Bytes that a block works on: with less, waking a thread costs more than it helps.
BLOCK = 1 << 21
# At most so many; a library's matrix products may use more cores by themselves.
THREADS = 4


def by_blocks(work: Callable[[slice], Result], n: int, bytes_each: int) -> list[Result]:
    """Return [work(rows), …] for blocks of n examples, ``rows`` a slice; in order, though several may run at once.

    ``bytes_each`` is what ``work`` needs for one example: it decides how many there are in a block.
    """
    blocks = _cut(n, bytes_each)
    threads = _threads(os.getpid()) if len(blocks) > 1 and _cores() > 1 else None
    if threads is None:
        return [work(rows) for rows in blocks]
    # a copy of the context each, so that the caller's np.errstate holds in the threads too
    running = [threads.submit(copy_context().run, work, rows) for rows in blocks]
    return [block.result() for block in running]


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
