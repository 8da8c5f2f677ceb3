"""Blocks of a batch: cut by size alone, worked on by several threads, and nobody can tell by the result."""

import multiprocessing
import threading
import time
import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from nnlib._fast import blocks
from nnlib._fast.blocks import by_blocks


def cut(n, bytes_each, cores, monkeypatch):
    monkeypatch.setattr(blocks, "_cores", lambda: cores)
    return by_blocks(lambda rows: (rows.start, min(rows.stop, n)), n, bytes_each)


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_blocks_are_even_in_number_and_do_not_depend_on_cores(cores, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 100)
    assert cut(10, 10, cores, monkeypatch) == [(0, 10)]  # just one block of memory
    assert cut(11, 10, cores, monkeypatch) == [(0, 6), (6, 11)]
    assert cut(21, 10, cores, monkeypatch) == [
        (0, 6),
        (6, 12),
        (12, 18),
        (18, 21),
    ]  # three would do; four end together
    assert cut(3, 1000, cores, monkeypatch) == [(0, 1), (1, 2), (2, 3)]  # one example is the least


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(blocks, "_cores", lambda: 2)
    blocks._jobs.cache_clear()
    yield
    blocks._jobs.cache_clear()


def test_two_run_at_once_and_results_come_in_order(two_cores):
    names = on_two_threads(lambda rows: (rows.start, threading.current_thread().name))
    assert [start for start, _ in names] == [0, 1]
    assert len({name for _, name in names}) == 2


@pytest.mark.parametrize("cores", [1, 2])
def test_errors_come_out(cores, monkeypatch):
    monkeypatch.setattr(blocks, "_cores", lambda: cores)
    with pytest.raises(ZeroDivisionError):
        by_blocks(lambda rows: 1 // rows.start, 4, blocks.BLOCK)


def on_two_threads(work):
    """Two blocks that wait for each other, so that each has a thread of its own."""
    meet = threading.Barrier(2)

    def together(rows):
        meet.wait(10)
        return work(rows)

    return by_blocks(together, 2, blocks.BLOCK)


def test_threads_heed_errstate_of_the_caller(two_cores):
    with np.errstate(over="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert on_two_threads(lambda rows: float((10 * np.full(1, 1e308))[0])) == [np.inf, np.inf]


def halves(_) -> list[int]:
    return on_two_threads(lambda rows: rows.start)


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork"
)
@pytest.mark.filterwarnings(
    "ignore:This process:DeprecationWarning"
)  # forking with threads, which is the point
def test_a_forked_process_gets_threads_of_its_own(two_cores):
    assert halves(0) == [0, 1]
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map_async(halves, [0]).get(timeout=30) == [[0, 1]]


def test_at_least_one_core_is_found():
    assert blocks._cores() >= 1


def test_nothing_still_runs_once_an_error_came_out(two_cores):
    ended = threading.Event()

    def slow():
        time.sleep(0.2)
        ended.set()

    with pytest.raises(ZeroDivisionError):
        blocks.on_cores([lambda: 1 // 0, slow])
    assert ended.is_set()


def test_blas_has_one_thread_until_the_last_lets_go():
    def threads():
        return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}

    before = threads()
    with blocks.one_blas_thread():
        with blocks.one_blas_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == before
