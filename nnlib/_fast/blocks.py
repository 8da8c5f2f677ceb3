"""A large batch in blocks of examples: small enough for the processor's cache, and several at a time on several cores.

The one place that spreads work. Blocks are cut by sizes alone and their results come in order, so the same numbers come
out, bit for bit, on one core and on many. With one core, or where threads cannot be started (as in a browser), the
blocks simply run one by one; so do blocks within a block.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from functools import cache, partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

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
    helpers = 0 if _INSIDE.get() else min(len(works), _cores(), THREADS) - 1
    jobs = _jobs(os.getpid()) if helpers > 0 else None
    if jobs is None:
        return [work() for work in works]
    todo: deque[tuple[int, Callable[[], Result]]] = deque(enumerate(works))
    done: SimpleQueue[tuple[int, Any]] = SimpleQueue()
    with one_blas_thread():
        inside = _INSIDE.set(True)
        # a copy of the context each, so that the caller's np.errstate holds in the threads too
        for _ in range(helpers):
            jobs.put(partial(copy_context().run, _take, todo, done))
        try:
            _take(todo, done)
            results = dict(done.get() for _ in works)  # whatever happens, none is still at work
        finally:
            _INSIDE.reset(inside)
    for place in range(len(works)):
        if isinstance(results[place], _Raised):
            raise results[place].error
    return [results[place] for place in range(len(works))]


@dataclass
class _Raised:
    """Stands for the result of a work that raised an error."""

    error: BaseException


def _take(todo: deque[tuple[int, Callable[[], Any]]], done: SimpleQueue[tuple[int, Any]]) -> None:
    """Do what is still to do, one after another, until all is taken."""
    while todo:
        try:
            place, work = todo.popleft()
        except IndexError:  # another thread was quicker
            return
        try:
            done.put((place, work()))
        except BaseException as error:
            done.put((place, _Raised(error)))


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


@contextmanager
def one_core() -> Iterator[None]:
    """Spread nothing over the cores: for a worker beside others, each of which has a core of its own."""
    inside = _INSIDE.set(True)
    try:
        with one_blas_thread():
            yield
    finally:
        _INSIDE.reset(inside)


def look_for_blas() -> None:
    """Let the next ``one_blas_thread`` hold libraries too that were loaded since the last looking, such as SciPy's."""
    _blas.cache_clear()


class _Held:
    """How many ask for one thread just now; the last to go puts back what was before."""

    def __init__(self) -> None:
        self.lock, self.count = Lock(), 0
        self.before: Any = None


_HELD = _Held()


@cache
def _blas() -> Any:
    from threadpoolctl import ThreadpoolController  # here: a network needs NumPy alone

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
def _jobs(process: int) -> SimpleQueue[Callable[[], Any]] | None:
    """Where the threads of a process wait for something to do, or None where there cannot be any.

    A process that was forked needs others.
    """
    jobs: SimpleQueue[Callable[[], Any]] = SimpleQueue()
    try:
        for k in range(min(_cores(), THREADS) - 1):
            Thread(target=_serve, args=[jobs], name=f"nnlib_{k}", daemon=True).start()
    except RuntimeError:  # as in WebAssembly, where the first one cannot start
        return None
    return jobs


def _serve(jobs: SimpleQueue[Callable[[], Any]]) -> None:
    while True:
        jobs.get()()
