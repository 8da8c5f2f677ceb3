"""Blocks of a batch: cut by size alone, worked on by several threads, and nobody can tell by the result."""

import multiprocessing
import threading
import warnings

import numpy as np
import pytest

from nnlib import blocks
from nnlib.blocks import by_blocks


def cut(n, bytes_each, cores, monkeypatch):
    monkeypatch.setattr(blocks, "_cores", lambda: cores)
    return by_blocks(lambda rows: (rows.start, min(rows.stop, n)), n, bytes_each)


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_blocks_are_even_in_number_and_do_not_depend_on_cores(cores, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 100)
    assert cut(10, 10, cores, monkeypatch) == [(0, 10)]  # just one block of memory
    assert cut(11, 10, cores, monkeypatch) == [(0, 6), (6, 11)]
    assert cut(21, 10, cores, monkeypatch) == [(0, 6), (6, 12), (12, 18), (18, 21)]  # three would do; four end together
    assert cut(3, 1000, cores, monkeypatch) == [(0, 1), (1, 2), (2, 3)]  # one example is the least


def test_results_come_in_order_whoever_is_first(monkeypatch):
    monkeypatch.setattr(blocks, "_cores", lambda: 2)
    second_is_done = threading.Event()

    def work(rows):
        if rows.start == 0:
            assert second_is_done.wait(10)  # a deadlock, were there one thread only
        second_is_done.set()
        return rows.start

    blocks._threads.cache_clear()
    assert by_blocks(work, 2, blocks.BLOCK) == [0, 1]
    blocks._threads.cache_clear()


@pytest.mark.parametrize("cores", [1, 2])
def test_errors_come_out(cores, monkeypatch):
    monkeypatch.setattr(blocks, "_cores", lambda: cores)
    with pytest.raises(ZeroDivisionError):
        by_blocks(lambda rows: 1 // rows.start, 4, blocks.BLOCK)


def test_threads_heed_errstate_of_the_caller(monkeypatch):
    monkeypatch.setattr(blocks, "_cores", lambda: 2)
    huge = np.full(4, 1e308)
    with np.errstate(over="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert by_blocks(lambda rows: float((10 * huge[rows])[0]), 4, blocks.BLOCK) == [np.inf] * 4


def halves(_) -> list[int]:
    return by_blocks(lambda rows: rows.start, 2, blocks.BLOCK)


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # forking with threads, which is the point
def test_a_forked_process_gets_threads_of_its_own(monkeypatch):
    monkeypatch.setattr(blocks, "_cores", lambda: 2)
    assert halves(0) == [0, 1]
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map_async(halves, [0]).get(timeout=20) == [[0, 1]]


def test_at_least_one_core_is_found():
    assert blocks._cores() >= 1
