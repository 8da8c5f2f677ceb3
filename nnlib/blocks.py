"""A large batch in blocks of examples: small enough for the processor's cache, and several at a time on several cores.

Nothing about networks is here, only how to do the same work quicker. What is added up over blocks is added in their
order, and they are cut by sizes alone: the same numbers come out bit for bit on one core and on many.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import TypeVar

Result = TypeVar("Result")

BLOCK = (
    1 << 21
)  # bytes that one block works on: with less, waking a thread costs more than it helps
THREADS = 4  # at most; matrix products of a library may use more cores by themselves


def by_blocks(work: Callable[[slice], Result], n: int, bytes_each: int) -> list[Result]:
    """Return [work(rows), …] for blocks of n examples, ``rows`` a slice; in order, though several may run at once.

    ``bytes_each`` is what ``work`` needs for one example: it decides how many there are in a block.
    """
    count = -(-n * bytes_each // BLOCK)
    size = (
        -(-n // (count + count % 2)) if count > 1 else n
    )  # an even number of blocks, so that two cores end together
    blocks = [slice(start, start + size) for start in range(0, n, size)]
    if len(blocks) == 1 or _cores() == 1:
        return [work(rows) for rows in blocks]
    waiting = [_threads(os.getpid()).submit(copy_context().run, work, rows) for rows in blocks]
    mine = {
        i: work(blocks[i]) for i in reversed(range(len(blocks))) if waiting[i].cancel()
    }  # from the other end
    return [mine[i] if i in mine else block.result() for i, block in enumerate(waiting)]


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """The threads of a process that help its own; one that was forked needs others."""
    return ThreadPoolExecutor(min(_cores(), THREADS) - 1, "nnlib")
