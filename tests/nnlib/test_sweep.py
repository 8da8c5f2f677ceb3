"""Sweeps: the same results whoever does the trials, and nothing lost or done twice, whoever is killed."""

import json
import logging
import math
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sweep_tasks import (
    blas_threads,
    count,
    draw,
    fail_at_zero,
    kill_own_worker_once,
    kill_workers_when_the_others_are_written,
    train,
)

from nnlib import sweep
from nnlib.training import fit

GRID = sweep.grid(learning_rate=[0.1, 1.0], hidden=[3, 8])
WIDTHS = sweep.grid(width=[1, 2, 3, 4])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "results.jsonl"


def seed(number=0):
    return np.random.default_rng(number)


def processes():
    """Fresh ones, which fork nothing of what the tests before left running."""
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def dask():
    distributed = pytest.importorskip("distributed")
    quiet = {"dashboard_address": ":0", "silence_logs": logging.CRITICAL + 1}
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def lines(file):
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def marks(folder, what):
    """How often each number was begun, or ended."""
    return Counter(int(path.name.split("-")[1]) for path in Path(folder).glob(f"{what}-*"))


# Spaces.


def test_a_grid_has_all_combinations_in_a_fixed_order():
    assert sweep.grid(a=[1, 2], b=("x", "y")) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]
    assert [setting["a"] for setting in sweep.grid(a=np.array([0.5, 1]))] == [0.5, 1]


def test_a_random_search_draws_what_it_was_told_to():
    found = sweep.random_search(
        4000,
        rng=seed(),
        rate=sweep.log_uniform(1e-4, 1),
        momentum=sweep.uniform(-1, 3),
        hidden=sweep.choice([10, 30, 100]),
    )
    rate, momentum, hidden = (
        np.array([setting[name] for setting in found]) for name in ("rate", "momentum", "hidden")
    )
    # a quarter of the trials in each power of ten: 25 % ± 4 standard deviations of 0.7 %
    shares = np.histogram(np.log10(rate), [-4, -3, -2, -1, 0])[0] / 4000
    assert np.all(np.abs(shares - 0.25) < 0.028)
    shares = np.histogram(momentum, [-1, 0, 1, 2, 3])[0] / 4000
    assert np.all(np.abs(shares - 0.25) < 0.028)
    assert np.all(
        np.abs(np.array([np.mean(hidden == one) for one in (10, 30, 100)]) - 1 / 3) < 0.03
    )
    # drawn independently: correlations of 4000 pairs are below 4/√4000 = 0.063
    assert abs(np.corrcoef(np.log(rate), momentum)[0, 1]) < 0.063
    assert abs(np.corrcoef(momentum, hidden)[0, 1]) < 0.063


def test_a_longer_random_search_begins_with_the_shorter_one():
    def search(n):
        return sweep.random_search(n, rng=seed(3), a=sweep.uniform(0, 1), b=sweep.choice([1, 2]))

    assert search(9)[:4] == search(4)
    assert search(9)[4:] != search(5)


# Whoever does the trials.


def test_a_trial_is_the_task_called_with_its_own_generator():
    results = sweep.run(draw, WIDTHS, rng=seed(), results=None, repeats=2)
    assert [(row["width"], row["repeat"]) for row in results.rows] == [
        (width, repeat) for width in (1, 2, 3, 4) for repeat in (0, 1)
    ]
    assert len(set(results.column("first"))) == 8
    other = sweep.run(draw, WIDTHS, rng=seed(1), results=None, repeats=2)
    assert not set(results.column("first")) & set(other.column("first"))


def test_two_processes_and_two_threads_find_what_one_finds(file):
    here = sweep.run(train, GRID, rng=seed(), results=None, repeats=2)
    with processes() as pool:
        there = sweep.run(train, GRID, pool, rng=seed(), results=file, repeats=2)
    with ThreadPoolExecutor(2) as pool:
        beside = sweep.run(train, GRID, pool, rng=seed(), results=None, repeats=2)
    assert here.rows == there.rows == beside.rows
    assert len(here.rows) == 8
    assert len({row["loss"] for row in here.rows}) == 8
    assert sweep.run(train, GRID, rng=seed(), results=file, repeats=2).rows == here.rows


@pytest.mark.slow
def test_dask_finds_what_one_finds(file):
    here = sweep.run(train, GRID, rng=seed(), results=None, repeats=2)
    with dask() as client:
        assert len(client.scheduler_info()["workers"]) == 2
        pool = client.get_executor()
        assert sweep.run(train, GRID, pool, rng=seed(), results=file, repeats=2).rows == here.rows
        doubled = sweep.run(lambda a, *, rng: 2 * a, [{"a": 4}], pool, rng=seed(), results=None)
        assert doubled.rows == [{"a": 4, "repeat": 0, "result": 8}]
    assert len(lines(file)) == 1 + 8


def test_what_else_is_tried_changes_no_trial(file):
    alone = sweep.run(draw, [{"width": 3}], rng=seed(), results=None).rows
    among = sweep.run(draw, WIDTHS, rng=seed(), results=file, repeats=3).rows
    assert alone == [row for row in among if row["width"] == 3 and row["repeat"] == 0]
    other_order = sweep.run(draw, WIDTHS[::-1], rng=seed(), results=None, repeats=3).rows
    assert sorted(map(str, other_order)) == sorted(map(str, among))
    drawn_from = seed()
    drawn_from.random(100)
    assert sweep.run(draw, WIDTHS, rng=drawn_from, results=None, repeats=3).rows == among


def test_a_setting_that_comes_twice_is_repeated():
    twice = [{"width": 2}, {"width": 3}, {"width": 2}]
    results = sweep.run(draw, twice, rng=seed(), results=None)
    assert [row["repeat"] for row in results.rows] == [0, 0, 1]
    assert results.rows[0]["first"] != results.rows[2]["first"]


def test_children_of_one_seed_are_told_apart():
    first, second = seed().spawn(2)
    one = sweep.run(draw, WIDTHS, rng=first, results=None).rows
    assert one != sweep.run(draw, WIDTHS, rng=second, results=None).rows


def test_blas_has_one_thread_in_every_trial():
    numbers = sweep.grid(number=[1, 2])
    with processes() as pool:
        found = sweep.run(blas_threads, numbers, pool, rng=seed(), results=None)
    assert list(found.column("result")) == [1, 1]
    assert list(sweep.run(blas_threads, numbers, rng=seed(), results=None).column("result")) == [
        1,
        1,
    ]


# The file.


def test_the_file_has_a_line_for_each_trial_as_soon_as_it_is_done(file):
    seen = []

    def look(number, *, rng):
        seen.append(len(lines(file)))
        return number

    sweep.run(look, sweep.grid(number=[1, 2, 3]), rng=seed(), results=file)
    assert seen == [1, 2, 3]
    first, *rest = lines(file)
    assert first["format"] == "nnlib sweep 1"
    assert [line["measures"] for line in rest] == [{"result": 1}, {"result": 2}, {"result": 3}]


def test_only_what_is_missing_is_done(file, tmp_path):
    task = partial(count, folder=str(tmp_path), seconds=0)
    few = sweep.run(task, sweep.grid(number=[1, 2]), rng=seed(), results=file)
    before = file.read_bytes()
    more = sweep.run(task, sweep.grid(number=[0, 1, 2]), rng=seed(), results=file, repeats=2)
    assert marks(tmp_path, "ended") == {0: 2, 1: 2, 2: 2}
    assert file.read_bytes().startswith(before)
    assert [row for row in more.rows if row["repeat"] == 0][1:] == few.rows
    again = sweep.run(task, sweep.grid(number=[0, 1, 2]), rng=seed(), results=file, repeats=2)
    assert again.rows == more.rows
    assert marks(tmp_path, "ended").total() == 6
    assert sorted(map(str, sweep.read(file).rows)) == sorted(map(str, more.rows))


NUMBERS = {
    "nan": math.nan,
    "up": math.inf,
    "down": -math.inf,
    "half": np.float32(0.5),
    "whole": np.int64(7),
    "array": np.array(2.5),
    "yes": np.True_,
    "tiny": 5e-324,
    "third": 1 / 3,
    "large": 10**400,
}


def measure_all(width, *, rng):
    return NUMBERS


def test_all_numbers_are_written_as_valid_json_and_read_back(file):
    def refuse(word):
        raise AssertionError(word)

    for _ in range(2):
        (row,) = sweep.run(measure_all, [{"width": 1}], rng=seed(), results=file).rows
        assert math.isnan(row["nan"])
        assert {name: row[name] for name in NUMBERS if name != "nan"} == {
            name: number for name, number in NUMBERS.items() if name != "nan"
        }
        assert {type(row[name]) for name in NUMBERS} == {float, int, bool}
    for line in file.read_text().splitlines():
        json.loads(line, parse_constant=refuse)


def test_parameters_are_plain_for_the_task_and_the_same_when_read_back(file):
    given = []

    def look(sizes, rate, name, *, rng):
        given.append((sizes, type(rate), name))
        return 1

    space = [{"sizes": (784, np.int64(30)), "rate": np.float64(0.1), "name": "größer"}]
    first = sweep.run(look, space, rng=seed(), results=file)
    again = sweep.run(look, space, rng=seed(), results=file)
    assert given == [((784, 30), float, "größer")]
    assert first.rows == again.rows
    assert first.rows[0]["sizes"] == [784, 30]


@pytest.mark.parametrize("cut", [1, 2, 20, 60])
def test_a_line_that_was_cut_off_is_named_and_its_trial_done_again(file, cut, capsys):
    whole = sweep.run(draw, WIDTHS, rng=seed(), results=file)
    content = file.read_bytes()
    file.write_bytes(content[:-cut])
    again = sweep.run(draw, WIDTHS, rng=seed(), results=file)
    assert again.rows == whole.rows
    said = capsys.readouterr().err
    # without its line's end alone the last record is whole
    assert ("results.jsonl is cut off" in said) == (cut > 1)
    assert len(lines(file)) == 5
    assert file.read_bytes().startswith(content[: -max(cut, 120)])


def test_a_first_line_that_was_cut_off_is_written_again(file):
    sweep.run(draw, WIDTHS, rng=seed(), results=file)
    content = file.read_bytes()
    file.write_bytes(content[:30])
    sweep.run(draw, WIDTHS, rng=seed(), results=file)
    assert lines(file)[0] == json.loads(content.splitlines()[0])


@pytest.mark.parametrize(
    "damage",
    [b"x", b"{}", b"[]", b"", b'{"parameters": 1, "repeat": 0}', bytes(40), b"\xff", b'{"rep'],
)
def test_a_damaged_line_is_named_and_nothing_is_changed(file, damage):
    sweep.run(draw, WIDTHS, rng=seed(), results=file)
    content = file.read_bytes().splitlines(keepends=True)
    content[2] = damage + b"\n"
    file.write_bytes(b"".join(content))
    for call in (
        lambda: sweep.run(draw, WIDTHS, rng=seed(), results=file),
        lambda: sweep.read(file),
    ):
        with pytest.raises(
            ValueError, match=r"results\.jsonl, line 3: damaged.*Nothing was changed"
        ):
            call()
    assert file.read_bytes() == b"".join(content)


@pytest.mark.parametrize("measures", ['"a"', '{"mean": "many"}', '{"mean": [1]}', "3"])
def test_a_line_of_json_that_is_no_trial_is_damaged_too(file, measures):
    sweep.run(draw, WIDTHS, rng=seed(), results=file)
    line = '{"parameters": {"width": 9}, "repeat": 0, "seconds": 1, "measures": %s}\n'
    with file.open("a") as end:
        end.write(line % measures)
    with pytest.raises(ValueError, match="line 6: damaged"):
        sweep.read(file)


@pytest.mark.parametrize(
    ("words", "task", "space", "number"),
    [
        ("of the task draw; this is one of the task measure_all", measure_all, WIDTHS, 0),
        ("with the seed 0 of rng; this is one with the seed 1 of rng", draw, WIDTHS, 1),
        ("over the parameters width; .* shift, width", draw, sweep.grid(width=[1], shift=[1]), 0),
    ],
)
def test_a_file_of_another_sweep_is_told_apart_and_left_alone(file, words, task, space, number):
    sweep.run(draw, WIDTHS, rng=seed(), results=file)
    before = file.read_bytes()
    with pytest.raises(ValueError, match=f"holds a sweep {words}"):
        sweep.run(task, space, rng=seed(number), results=file)
    assert file.read_bytes() == before


def test_numbers_that_a_partial_holds_belong_to_the_task(file):
    def task(a, data, epochs, *, rng):
        return epochs

    ones = np.ones(3)
    one = [{"a": 1}]
    sweep.run(partial(task, data=ones, epochs=2), one, rng=seed(), results=file)
    with pytest.raises(ValueError, match=r"task\(epochs=2\); this is one of .*task\(epochs=3\)"):
        sweep.run(partial(task, data=ones, epochs=3), one, rng=seed(), results=file)
    again = partial(partial(task, data=2 * ones), epochs=2)
    assert sweep.run(again, one, rng=seed(), results=file).rows[0]["result"] == 2


@pytest.mark.parametrize("content", ["a note", "a note\n", '{"format": "nnlib checkpoint 1"}\n'])
def test_a_file_of_somebody_else_is_left_alone(file, content):
    file.write_text(content)
    with pytest.raises(ValueError, match=r"results\.jsonl: this is not a file of sweep\.run"):
        sweep.run(draw, WIDTHS, rng=seed(), results=file)
    assert file.read_text() == content


def test_two_runs_do_not_write_one_file_at_once(file):
    code = """
import numpy as np, sys
from nnlib import sweep
def wait(number, *, rng):
    print("begun", flush=True)
    sys.stdin.readline()
    return 1
sweep.run(wait, [{"number": 1}], rng=np.random.default_rng(0), results=sys.argv[1])
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code, file], **pipes) as other:
        assert other.stdout.readline() == "begun\n"
        with pytest.raises(RuntimeError, match=r"results\.jsonl is being written by another run"):
            sweep.run(draw, WIDTHS, rng=seed(), results=file)
        other.communicate("go on\n")
    assert other.returncode == 0
    assert sweep.read(file).rows == [{"number": 1, "repeat": 0, "result": 1}]


# Failures.


def test_a_failing_trial_is_recorded_and_the_sweep_goes_on(file, capsys):
    numbers = sweep.grid(number=[0, 1, 2])
    results = sweep.run(fail_at_zero, numbers, rng=seed(), results=file)
    assert list(results.column("result")) == [1, 0.5]
    failure = {"number": 0, "repeat": 0, "error": "ZeroDivisionError: division by zero"}
    assert results.failures == [failure]
    assert "1 of 3 trials failed, the first with ZeroDivisionError" in capsys.readouterr().err
    again = sweep.run(fail_at_zero, numbers, rng=seed(), results=file)
    assert again.failures == [failure]
    assert len(lines(file)) == 4
    assert "1 of 3 trials failed" in capsys.readouterr().err


def test_failed_trials_are_done_again_if_asked_for(file, tmp_path):
    lamp = tmp_path / "repaired"

    def task(number, *, rng):
        if number == 1 and not lamp.exists():
            raise OSError("no data")
        return rng.random()

    numbers = sweep.grid(number=[0, 1])
    first = sweep.run(task, numbers, rng=seed(), results=file)
    lamp.touch()
    assert sweep.run(task, numbers, rng=seed(), results=file).failures == first.failures
    mended = sweep.run(task, numbers, rng=seed(), results=file, retry_failed=True)
    assert mended.failures == []
    assert mended.rows[0] == first.rows[0]
    assert mended.rows == sweep.run(task, numbers, rng=seed(), results=None).rows
    assert sweep.run(task, numbers, rng=seed(), results=file).rows == mended.rows


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "returned None: expected a number, or a dict"),
        ("0.5", "returned a str: expected a number"),
        ({}, "returned an empty dict"),
        ({"loss": [1]}, "returned a list as loss: expected a number"),
        ({"loss": np.ones(2)}, r"returned an array of shape \(2,\) and dtype float64 as loss"),
        ({3: 1.0}, "returned 3 as a name"),
        ({"width": 1.0}, "returned width, the name of a parameter"),
        ({"repeat": 1.0}, "returned repeat, the name"),
        (1j, "returned 1j: expected a number"),
    ],
)
def test_what_is_no_number_is_said_in_words(given, words):
    def task(width, *, rng):
        return given

    results = sweep.run(task, [{"width": 1}], rng=seed(), results=None)
    (failure,) = results.failures
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(failure["error"])
    with pytest.raises(ValueError, match="no trial that succeeded; the first error"):
        results.best()
    assert results.table().splitlines()[1].split()[:3] == ["1", "0", "1:"]


def test_a_trial_that_leaves_the_program_failed():
    results = sweep.run(lambda *, rng: sys.exit("enough"), [{}], rng=seed(), results=None)
    assert results.failures == [{"repeat": 0, "error": "SystemExit: enough"}]


# Who is killed.


DRIVER = """
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import numpy as np
from nnlib import sweep
from sweep_tasks import count
task = partial(count, folder=sys.argv[2], seconds=0.1)
space = sweep.grid(number=range(30))
rng = np.random.default_rng(0)
if sys.argv[3] == "here":
    sweep.run(task, space, rng=rng, results=sys.argv[1])
else:
    with ProcessPoolExecutor(2) as pool:
        sweep.run(task, space, pool, rng=rng, results=sys.argv[1])
"""


@pytest.fixture
def start(file, tmp_path):
    """Start a driver in a process group of its own, of which nothing is left afterwards."""
    begun = []
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def driver(where):
        command = [sys.executable, "-c", DRIVER, file, tmp_path, where]
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        begun.append(subprocess.Popen(command, env=environment, start_new_session=True, **pipes))
        wait_until(lambda: file.exists() and file.read_bytes().count(b"\n") > 5)
        return begun[-1]

    yield driver
    for one in begun:
        one.kill()
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
        one.wait()
        one.stderr.close()


def wait_until(happened, seconds=60):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.skipif(os.name == "nt", reason="kills by signals")
@pytest.mark.parametrize("where", ["here", "processes"])
def test_a_sweep_whose_driver_was_killed_is_resumed(start, file, tmp_path, where):
    start(where).kill()
    time.sleep(0.5)  # until those workers have ended what they were at
    kept = [line["parameters"]["number"] for line in lines(file)[1:]]
    assert 4 < len(kept) < 30
    resumed = sweep.run(
        partial(count, folder=str(tmp_path), seconds=0.1),
        sweep.grid(number=range(30)),
        rng=seed(),
        results=file,
    )
    ended = marks(tmp_path, "ended")
    assert {number: ended[number] for number in kept} == dict.fromkeys(kept, 1)
    assert set(ended) == set(range(30))
    # the driver died before it could record what it, or its workers, were at: that alone is done again
    assert max(ended.values()) <= 2
    assert where == "processes" or sum(ended.values()) <= 31
    elsewhere = tmp_path / "whole"
    elsewhere.mkdir()
    task = partial(count, folder=str(elsewhere), seconds=0)
    whole = sweep.run(task, sweep.grid(number=range(30)), rng=seed(), results=None)
    assert resumed.rows == whole.rows
    assert [line["parameters"]["number"] for line in lines(file)[1:]][: len(kept)] == kept
    assert len(lines(file)) == 31


@pytest.mark.skipif(os.name == "nt", reason="kills by signals")
@pytest.mark.slow
def test_what_was_done_before_a_process_was_killed_is_kept(file, tmp_path):
    task = partial(kill_own_worker_once, folder=str(tmp_path))
    numbers = sweep.grid(number=range(6))
    with processes() as pool, pytest.raises(RuntimeError) as caught:
        sweep.run(task, numbers, pool, rng=seed(), results=file)
    assert "of 6 trials were lost" in str(caught.value)
    assert f"What is finished is in {file}: run again with the same file" in str(caught.value)
    kept = [line["parameters"]["number"] for line in lines(file)[1:]]
    assert 2 not in kept
    with processes() as pool:
        resumed = sweep.run(task, numbers, pool, rng=seed(), results=file)
    assert resumed.rows == sweep.run(task, numbers, rng=seed(), results=None).rows
    ended = marks(tmp_path, "ended")
    assert {number: ended[number] - 1 for number in kept} == dict.fromkeys(kept, 1)
    assert len(lines(file)) == 7


@pytest.mark.skipif(os.name == "nt", reason="kills by signals")
@pytest.mark.slow
def test_what_a_killed_worker_of_dask_was_at_is_done_by_another(file, tmp_path):
    task = partial(kill_own_worker_once, folder=str(tmp_path))
    numbers = sweep.grid(number=range(8))
    with dask() as client:
        found = sweep.run(task, numbers, client.get_executor(), rng=seed(), results=file)
    assert (tmp_path / "killed").exists()
    assert [row["number"] for row in found.rows] == list(range(8))
    # recorded once each, whatever Dask did again of what had not been fetched yet
    assert Counter(line["parameters"]["number"] for line in lines(file)[1:]) == Counter(range(8))
    done = marks(tmp_path, "ended")
    assert found.rows == sweep.run(task, numbers, rng=seed(), results=file).rows
    assert marks(tmp_path, "ended") == done
    assert found.rows == sweep.run(task, numbers, rng=seed(), results=None).rows


@pytest.mark.skipif(os.name == "nt", reason="kills by signals")
@pytest.mark.slow
def test_a_trial_that_kills_every_worker_of_dask_is_left_for_the_next_run(file):
    task = partial(kill_workers_when_the_others_are_written, file=str(file))
    numbers = sweep.grid(number=[1, 2, 3])
    with dask() as client:
        pool = client.get_executor()
        with pytest.raises(RuntimeError, match=r"1 of 3 trials were lost.*KilledWorker"):
            sweep.run(task, numbers, pool, rng=seed(), results=file)
    assert sorted(line["parameters"]["number"] for line in lines(file)[1:]) == [1, 3]


INTERRUPTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import numpy as np
from nnlib import sweep
from sweep_tasks import count, learn_for_long
task = learn_for_long if "fit" in sys.argv[3] else partial(count, seconds=0.3)
space = [{"number": number, "folder": sys.argv[2]} for number in range(8)]
def go(pool):
    results = sweep.run(task, space, pool, rng=np.random.default_rng(0), results=sys.argv[1])
    print(results)
if "processes" in sys.argv[3]:
    with ProcessPoolExecutor(2) as pool:
        go(pool)
else:
    go(None)
"""


@pytest.mark.skipif(os.name == "nt", reason="there a program cannot press Ctrl-C for another")
@pytest.mark.parametrize("where", ["here", "fit", "processes", "processes, fit"])
def test_ctrl_c_keeps_what_is_finished_and_cancels_the_rest(file, tmp_path, where):
    command = [sys.executable, "-c", INTERRUPTED, file, tmp_path, where]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, start_new_session=True, **pipes) as run:
        try:
            wait_until(lambda: file.exists() and len(lines(file)) > 1)
            wait_until(lambda: len(marks(tmp_path, "begun")) > 2)
            time.sleep(0.2)  # until it is inside the training
            if where == "processes, fit":
                os.killpg(run.pid, signal.SIGINT)  # as a terminal does
            else:
                os.kill(run.pid, signal.SIGINT)
            said, words = run.communicate(timeout=20)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)
    recorded = [line["parameters"]["number"] for line in lines(file)[1:]]
    assert 1 <= len(recorded) < 8
    assert (
        said == f"Results({len(recorded)} trials of {len(recorded)} settings, "
        f"{8 - len(recorded)} still to be done)\n"
    )
    assert f"you interrupted the sweep: {len(recorded)} of 8 trials are finished" in words
    # nothing that was ended early is among them
    values = {line["parameters"]["number"]: line["measures"]["result"] for line in lines(file)[1:]}
    if "fit" in where:
        assert set(values.values()) == {1}
    assert len(marks(tmp_path, "begun")) < 8


# What is not accepted.


def lost_function():
    def inner(number, *, rng):
        return 1

    return inner


@pytest.mark.parametrize(
    "task", [lambda number, *, rng: 1, lost_function(), partial(lost_function())]
)
def test_what_other_processes_cannot_find_is_refused_in_words(task):
    with ProcessPoolExecutor(2) as pool, pytest.raises(TypeError, match=r"%%writefile tasks\.py"):
        sweep.run(task, sweep.grid(number=[1]), pool, rng=seed(), results=None)
    assert sweep.run(task, sweep.grid(number=[1]), rng=seed(), results=None).rows[0]["result"] == 1


def test_a_function_of_a_notebook_is_refused_by_processes():
    code = """
from concurrent.futures import ProcessPoolExecutor
import numpy as np
from nnlib import sweep
def train(number, *, rng):
    return number
with ProcessPoolExecutor(2) as pool:
    try:
        sweep.run(train, [{"number": 1}], pool, rng=np.random.default_rng(0), results=None)
    except TypeError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "the task train, which other processes cannot find: expected a function" in done.stdout


def two(number, *, rng):
    return number


ONE = [{"number": 1}]


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: sweep.run(3, ONE, rng=seed(), results=None), TypeError, "got 3 as task"),
        (
            lambda: sweep.run(two, [{"size": 1}], rng=seed(), results=None),
            TypeError,
            r"the task two\(number, rng\), which is to be called with size, rng: .*'?number'?",
        ),
        (
            lambda: sweep.run(lambda number: 1, ONE, rng=seed(), results=None),
            TypeError,
            "to be called with number, rng",
        ),
        (lambda: sweep.run(two, [], rng=seed(), results=None), ValueError, "an empty space"),
        (lambda: sweep.run(two, 3, rng=seed(), results=None), TypeError, "got 3 as space"),
        (lambda: sweep.run(two, [3], rng=seed(), results=None), TypeError, "got 3 in space"),
        (
            lambda: sweep.run(two, [{"number": math.nan}], rng=seed(), results=None),
            ValueError,
            "number = nan: expected finite",
        ),
        (
            lambda: sweep.run(two, [{"number": fit}], rng=seed(), results=None),
            TypeError,
            "number as a function: expected numbers, texts",
        ),
        (
            lambda: sweep.run(two, [{"rng": 1}], rng=seed(), results=None),
            ValueError,
            "got rng as a parameter",
        ),
        (
            lambda: sweep.run(two, [{"error": 1}], rng=seed(), results=None),
            ValueError,
            "got a parameter error: its results use this name",
        ),
        (lambda: sweep.run(two, ONE, rng=None, results=None), TypeError, "got rng as None"),
        (lambda: sweep.run(two, ONE, rng=0, results=None), TypeError, "default_rng"),
        (lambda: sweep.run(two, ONE, rng=seed(), results=3), TypeError, "the name of a file"),
        (lambda: sweep.run(two, ONE, rng=seed(), results=Path.cwd()), ValueError, "is a folder"),
        (
            lambda: sweep.run(two, ONE, rng=seed(), results=None, repeats=0),
            ValueError,
            "repeats = 0: expected 1 or more",
        ),
        (
            lambda: sweep.run(two, ONE, ProcessPoolExecutor, rng=seed(), results=None),
            TypeError,
            r"an object, as ProcessPoolExecutor\(\) makes",
        ),
        (
            lambda: sweep.run(two, ONE, 2, rng=seed(), results=None),
            TypeError,
            r"got 2 as executor: expected one of concurrent\.futures",
        ),
        (lambda: sweep.grid(), ValueError, "grid got no parameters"),
        (lambda: sweep.grid(a=0.1), TypeError, r"grid got a = 0\.1: expected a list"),
        (lambda: sweep.grid(a="abc"), TypeError, "grid got a = a str: expected a list"),
        (lambda: sweep.grid(a=[]), ValueError, "an empty list of a"),
        (lambda: sweep.choice([]), ValueError, "choice got an empty list"),
        (lambda: sweep.uniform(1, 1), ValueError, "expected low < high"),
        (lambda: sweep.log_uniform(0, 1), ValueError, "low = 0: expected a number above 0"),
        (lambda: sweep.log_uniform(2, 1), ValueError, "low = 2 and high = 1"),
        (lambda: sweep.random_search(2, rng=seed()), ValueError, "got no parameters"),
        (lambda: sweep.random_search(0, rng=seed(), a=sweep.choice([1])), ValueError, "n = 0"),
        (lambda: sweep.random_search(2, rng=1, a=sweep.choice([1])), TypeError, "got rng as 1"),
        (lambda: sweep.random_search(2, rng=seed(), a=[1, 2]), TypeError, "a = a list: expected"),
        (lambda: sweep.random_search(2, rng=seed(), a=0.5), TypeError, r"sweep\.choice"),
    ],
)
def test_bad_input_is_refused_in_words(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_a_client_of_dask_is_told_apart_from_its_executor():
    class Client:
        submit = get_executor = print

    with pytest.raises(TypeError, match=r"client\.get_executor\(\)"):
        sweep.run(two, ONE, Client(), rng=seed(), results=None)


def test_a_pool_that_was_shut_down_loses_nothing(file):
    with ThreadPoolExecutor(1) as pool:
        pass
    with pytest.raises(RuntimeError, match=r"1 of 1 trials were lost.*shutdown"):
        sweep.run(two, ONE, pool, rng=seed(), results=file)
    assert sweep.run(two, ONE, rng=seed(), results=file).rows[0]["result"] == 1


def test_importing_it_starts_and_needs_nothing():
    code = (
        "import sys, nnlib.sweep\n"
        "print({'dask', 'distributed', 'multiprocessing.pool', 'concurrent.futures.process',"
        " 'concurrent.futures.thread'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


# Results.


SCORES = {1: [0.5, 0.7, 0.6], 2: [0.9, 0.9, 0.9], 3: [1.0, 0.0, 0.5]}


def score(a, b="x", *, rng, drawn=None):
    """Scores of which mean and spread are known, in the order of the repeats."""
    drawn = SCORES[a]
    score.calls[a] = score.calls.get(a, -1) + 1
    value = drawn[score.calls[a]]
    if value == 0:
        raise ArithmeticError("no score")
    return {"score": value, "cost": 1 - value}


@pytest.fixture
def scores():
    score.calls = {}
    return sweep.run(score, sweep.grid(a=[1, 2, 3]), rng=seed(), results=None, repeats=3)


def test_the_summary_has_mean_and_spread_over_the_repeats(scores):
    first, second, third = scores.summary("score")
    assert first["a"] == 1
    # (0.5 + 0.7 + 0.6) / 3 = 0.6; squares 0.01 + 0.01 + 0 over 3 − 1 give 0.01, its root 0.1
    assert first["mean"] == pytest.approx(0.6)
    assert first["spread"] == pytest.approx(0.1)
    assert (first["repeats"], first["failed"]) == (3, 0)
    assert second["spread"] == 0
    # (1 + 0.5) / 2 = 0.75 of the two that went well
    assert (third["mean"], third["repeats"], third["failed"]) == (0.75, 2, 1)


def test_the_best_is_the_highest_or_lowest_mean_of_what_never_failed(scores):
    assert scores.best("score") == {"a": 2}
    assert scores.best("score", highest=False) == {"a": 1}
    assert scores.best("cost", highest=False) == scores.best() == {"a": 2}


def test_the_table_is_sorted_by_the_measure_with_failures_last(scores):
    assert scores.table("score").splitlines() == [
        "a        score         cost  repeats  failed",
        "2      0.9 ± 0      0.1 ± 0        3",
        "1    0.6 ± 0.1    0.4 ± 0.1        3",
        "3  0.75 ± 0.35  0.25 ± 0.35        2  1: ArithmeticError",
    ]
    assert [line.split()[0] for line in scores.table("cost").splitlines()] == ["a", "1", "2", "3"]
    assert len(scores.table("cost", top=1).splitlines()) == 2


def test_columns_are_arrays_with_a_number_for_each_row(scores):
    assert scores.column("a").tolist() == [1, 1, 1, 2, 2, 2, 3, 3]
    assert scores.column("score").tolist() == [0.5, 0.7, 0.6, 0.9, 0.9, 0.9, 1.0, 0.5]
    assert scores.column("repeat").tolist() == [0, 1, 2, 0, 1, 2, 0, 2]
    assert scores.seconds.shape == (8,)
    assert scores.parameters == ["a"]
    assert scores.measures == ["score", "cost"]
    assert repr(scores) == "Results(8 trials of 3 settings, 1 failed)"


def test_what_is_not_measured_is_said(scores):
    with pytest.raises(ValueError, match="got the measure 'loss': expected one of score, cost"):
        scores.table("loss")
    with pytest.raises(ValueError, match="got 'loss': expected one of a, repeat, score, cost"):
        scores.column("loss")
    with pytest.raises(ValueError, match="top = 0"):
        scores.table(top=0)


def test_nan_is_never_the_best_and_stands_last():
    def task(a, *, rng):
        return {1: math.nan, 2: 3.0, 3: math.inf}[a]

    results = sweep.run(task, sweep.grid(a=[1, 2, 3]), rng=seed(), results=None)
    assert results.best() == {"a": 3}
    assert results.best(highest=False) == {"a": 2}
    assert [line.split()[0] for line in results.table().splitlines()] == ["a", "3", "2", "1"]
    only = sweep.run(task, [{"a": 1}], rng=seed(), results=None)
    with pytest.raises(ValueError, match="no setting whose trials all gave result"):
        only.best()


def test_settings_may_have_parameters_of_their_own():
    def task(name, momentum=0.0, *, rng):
        return momentum

    space = [{"name": "SGD"}, {"name": "Momentum", "momentum": 0.9}]
    results = sweep.run(task, space, rng=seed(), results=None)
    assert results.best() == {"name": "Momentum", "momentum": 0.9}
    assert np.isnan(results.column("momentum")[0])
    assert results.table().splitlines()[2].split() == ["SGD", "0", "1"]


def test_a_measure_may_be_called_error():
    results = sweep.run(lambda a, *, rng: {"error": a}, [{"a": 1}], rng=seed(), results=None)
    assert results.failures == []
    assert results.best("error", highest=False) == {"a": 1}


def test_parameters_that_are_lists_stay_lists():
    space = sweep.grid(sizes=[(2, 3), (2, 4, 3)])
    results = sweep.run(lambda sizes, *, rng: len(sizes), space, rng=seed(), results=None)
    assert results.column("sizes").tolist() == [[2, 3], [2, 4, 3]]
    assert results.best() == {"sizes": [2, 4, 3]}


def test_bars_of_fit_are_not_drawn_inside_a_trial(capsys, monkeypatch):
    from nnlib import _progress

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    sweep.run(train, GRID[:1], rng=seed(), results=None)
    said = capsys.readouterr().err
    assert "trial" in said
    assert "epoch" not in said
    with _progress.Bar(range(1), unit="epoch") as bar:
        assert not bar.disable
