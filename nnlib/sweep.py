"""Sweeps: the same training with many settings, as many at a time as there are workers, and nothing done twice.

A *task* is a plain function that trains once and returns what it measured. A *space* is a list of settings to try.
``run`` calls the task with each of them, several times if asked to, and writes each result to a file as soon as it is
there: whoever starts the same sweep again goes on where it ended.

    def train(learning_rate, batch_size, *, rng):
        ...
        return {"accuracy": accuracy}

    space = sweep.grid(learning_rate=[0.1, 1.0], batch_size=[10, 100])
    with ProcessPoolExecutor() as pool:
        results = sweep.run(train, space, pool, rng=rng, results="first.jsonl", repeats=3)
    print(results.table("accuracy"))

Any ``concurrent.futures.Executor`` serves. Without one the trials are done here, one after another; a
``ProcessPoolExecutor`` uses the cores, and Dask's ``client.get_executor()`` a cluster: that one line changes.

Source: N39; J. Bergstra and Y. Bengio, "Random search for hyper-parameter optimization", JMLR 13, 2012.
"""

import math
import secrets
from collections.abc import Generator, Sequence
from concurrent.futures import BrokenExecutor, Future, as_completed
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

import numpy as np

from nnlib import _records, _trials
from nnlib._interrupt import Interrupt
from nnlib._progress import Bar, say
from nnlib._records import Record, Records
from nnlib._results import Results as Results
from nnlib._trials import Setting, Task, Trial
from nnlib.errors import describe, require_count, require_number, require_positive, require_rng

# Spaces.


def grid(**values: Sequence[Any]) -> list[Setting]:
    """Return all combinations of the values, as a list of dicts; the last parameter changes fastest.

    ``grid(learning_rate=[0.1, 1.0], batch_size=[10, 100])`` has four. Raises ``TypeError`` unless each parameter has a
    list of values, ``ValueError`` for an empty one.
    """
    if not values:
        raise ValueError("grid got no parameters: expected lists, as in grid(hidden=[10, 30])")
    lists = [_require_list("grid", name, value) for name, value in values.items()]
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*lists)]


def random_search(
    n: int, /, *, rng: np.random.Generator, **distributions: "Distribution"
) -> list[Setting]:
    """Return ``n`` settings as a list of dicts, every parameter drawn at random and independently of the others.

    With as many trials a grid tries few values of each parameter, a random search ``n`` different ones; if only some
    parameters matter, and nobody knows which, it finds better ones. A longer search of the same seed begins with the
    settings of the shorter one.  Source: Bergstra and Bengio, 2012.
    """
    require_count("random_search", "n", n)
    require_rng("random_search", rng)
    if not distributions:
        raise ValueError(
            "random_search got no parameters: expected what to draw them from, "
            "as in random_search(20, rng=rng, momentum=sweep.uniform(0, 0.99))"
        )
    for name, one in distributions.items():
        if isinstance(one, type) or not isinstance(one, Distribution):
            raise TypeError(
                f"random_search got {name} = {describe(one)}: expected sweep.uniform(low, high), "
                "sweep.log_uniform(low, high) or sweep.choice([…])"
            )
    return [{name: one.draw(rng) for name, one in distributions.items()} for _ in range(n)]


class Distribution:
    """What a random search draws a parameter from."""

    def draw(self, rng: np.random.Generator) -> Any:
        """Return one value."""
        raise NotImplementedError


@dataclass(frozen=True)
class _Between(Distribution):
    low: float
    high: float
    log: bool

    def draw(self, rng: np.random.Generator) -> float:
        if self.log:
            return math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        return float(rng.uniform(self.low, self.high))


@dataclass(frozen=True)
class _Choice(Distribution):
    values: tuple[Any, ...]

    def draw(self, rng: np.random.Generator) -> Any:
        return self.values[int(rng.integers(len(self.values)))]


def uniform(low: float, high: float) -> Distribution:
    """Any number from ``low`` to ``high``, all equally likely. Raises ``ValueError`` unless low < high."""
    ends = require_number("uniform", "low", low), require_number("uniform", "high", high)
    return _Between(*_require_order("uniform", *ends), log=False)


def log_uniform(low: float, high: float) -> Distribution:
    """Any number from ``low`` to ``high``, its logarithm uniform: as likely from 0.01 to 0.1 as from 0.1 to 1.

    For what matters by its factor, as learning rates do. Raises ``ValueError`` unless 0 < low < high.
    """
    ends = (
        require_positive("log_uniform", "low", low),
        require_positive("log_uniform", "high", high),
    )
    return _Between(*_require_order("log_uniform", *ends), log=True)


def choice(values: Sequence[Any]) -> Distribution:
    """One of the list ``values``, all equally likely. Raises ``TypeError`` if it is none, ``ValueError`` if empty."""
    return _Choice(tuple(_require_list("choice", "values", values)))


def _require_order(who: str, low: float, high: float) -> tuple[float, float]:
    if not low < high:
        raise ValueError(f"{who} got low = {low:g} and high = {high:g}: expected low < high")
    return low, high


def _require_list(who: str, name: str, values: Any) -> list[Any]:
    listed = isinstance(values, list | tuple | range) or (
        isinstance(values, np.ndarray) and values.ndim == 1
    )
    if not listed:
        raise TypeError(
            f"{who} got {name} = {describe(values)}: expected a list of values, such as [0.1, 1.0]"
        )
    if len(values) == 0:
        raise ValueError(f"{who} got an empty list of {name}: expected at least one value")
    return list(values)


# Running them.


class ExecutorLike(Protocol):
    """What does the trials: any ``concurrent.futures.Executor``."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future:
        """Begin a call as soon as there is room, and return its future at once."""


def run(
    task: Task,
    space: Sequence[Setting],
    executor: ExecutorLike | None = None,
    *,
    rng: np.random.Generator,
    results: Any,
    repeats: int = 1,
    retry_failed: bool = False,
) -> Results:
    """Call ``task(rng=…, **setting)`` for each setting of ``space`` and return the ``Results``.

    - ``task`` returns a number, or a dict from the names of measures to numbers (True and False count as 1 and 0).
    - ``space`` is what ``grid`` or ``random_search`` gives, or any list of dicts. Parameters are numbers, texts, or
      lists of them.
    - ``executor`` does the trials, each of them on one core; without one they are done here, in turn.
    - ``rng`` is told by its seed alone: each trial gets a generator of its own, made of that seed, the parameters and
      the number of the repeat. So the results are the same with any executor, in any order, and in a larger space.
    - ``results`` names a file, to which each finished trial adds a line of JSON at once. With the same file only what
      is missing is done; settings and repeats may have been added. None keeps nothing. A task whose *code* changed
      needs a new file: compared are its name and, of a ``functools.partial``, the numbers and texts.
    - ``repeats``: so many trials for each setting, which differ in their generators.
    - ``retry_failed`` does those again that failed in an earlier run.

    A trial that raises an error is recorded with it, and the sweep goes on. Ctrl-C ends it: what is finished is
    returned, the rest left for the next run. Raises ``TypeError`` or ``ValueError`` before the first trial for what
    cannot be run, for a file of another sweep and for a damaged one; ``RuntimeError`` at the end if workers died, what
    the others did being kept in the file, and if another run writes the same file.  Source: N39.
    """
    submit = _require_executor(executor)
    trials = _trials.make_trials(space, repeats)
    _trials.require_task(task, trials)
    if any(kind.__module__ == "concurrent.futures.process" for kind in type(executor).__mro__):
        _trials.require_sendable(task)
    root = _trials.require_root(rng)
    names = sorted({name for trial in trials for name in trial.parameters})
    first = _records.header(_trials.name_of(task), _seed_in_words(root), names)
    with _records.opened(results, first) as records:
        todo = [trial for trial in trials if _is_to_do(trial, records, retry_failed)]
        lost = _do(task, todo, len(trials), submit, root, records)
        found = [records.by_key[trial.key] for trial in trials if trial.key in records.by_key]
    _say_failures(found)
    if lost:
        raise _lost(lost, len(trials), results) from lost[0]
    return Results(found, missing=len(trials) - len(found))


def read(path: Any) -> Results:
    """Return the ``Results`` that a file holds, in the order in which the trials ended.

    A last line that is cut off is left out. Raises ``ValueError`` naming the file if it is damaged or of another kind.
    """
    return Results(_records.read(path)[1])


def _require_executor(executor: Any) -> Any:
    if executor is None:
        return None
    if isinstance(executor, type) or not hasattr(executor, "submit"):
        made = f"an object, as {executor.__name__}() makes" if isinstance(executor, type) else ""
        raise TypeError(
            f"sweep.run got {describe(executor)} as executor: "
            f"expected {made or 'one of concurrent.futures, such as ProcessPoolExecutor()'}"
        )
    if hasattr(executor, "get_executor"):
        raise TypeError(
            "sweep.run got a Dask client as executor: expected its executor, client.get_executor()"
        )
    return executor.submit


def _seed_in_words(root: np.random.SeedSequence) -> str:
    return "".join([str(root.entropy), *(f", child {child}" for child in root.spawn_key)])


def _is_to_do(trial: Trial, records: Records, retry_failed: bool) -> bool:
    known = records.by_key.get(trial.key)
    return known is None or (retry_failed and "error" in known)


# Trials as they end, each with its record or the error that its worker ended with.
Outcomes = Generator[tuple[Trial, Record | BaseException], None, None]


def _do(
    task: Task,
    todo: list[Trial],
    total: int,
    submit: Any,
    root: np.random.SeedSequence,
    records: Records,
) -> list[BaseException]:
    """Do the trials, recording each as it ends; return what became of those that were lost with their workers."""
    lost: list[BaseException] = []
    calls = {trial.key: (task, trial.parameters, trial.seed(root)) for trial in todo}
    outcomes = _in_turn(todo, calls) if submit is None else _by_workers(todo, calls, submit)
    done = total - len(todo)
    with Bar(total=total, initial=done, unit="trial") as bar:
        try:
            for trial, outcome in outcomes:
                if isinstance(outcome, BaseException):
                    lost.append(outcome)
                    continue
                about = {"parameters": trial.parameters, "repeat": trial.repeat}
                with Interrupt() as interrupt:  # Ctrl-C waits until it is written and kept
                    records.add({**about, **outcome})
                    done += 1
                bar.update()
                interrupt.check()
        except KeyboardInterrupt:
            say(f"you interrupted the sweep: {done} of {total} trials are finished")
        finally:
            outcomes.close()
    return lost


def _in_turn(todo: list[Trial], calls: dict[str, Any]) -> Outcomes:
    for trial in todo:
        yield trial, _trials.attempt(*calls[trial.key])


def _by_workers(todo: list[Trial], calls: dict[str, Any], submit: Any) -> Outcomes:
    """Hand out all trials and give each as it ends; whoever closes this has the rest cancelled."""
    futures: dict[Future, Trial] = {}
    sweep = secrets.token_hex(8)
    try:
        for trial in todo:
            try:
                future = submit(_trials.attempt_beside_others, sweep, *calls[trial.key])
            except (BrokenExecutor, RuntimeError) as error:
                future = Future()
                future.set_exception(error)
            futures[future] = trial
        for future in as_completed(futures):
            yield futures[future], _outcome(future)
    finally:
        for future in futures:
            future.cancel()


def _outcome(future: Future) -> Record | BaseException:
    if future.cancelled():
        return RuntimeError("it was cancelled")
    error = future.exception()
    if isinstance(error, KeyboardInterrupt):  # Ctrl-C reaches the processes of a terminal, too
        raise error
    return future.result() if error is None else error


def _say_failures(found: list[Record]) -> None:
    failed = [record["error"] for record in found if "error" in record]
    if failed:
        kind, message = failed[0]["type"], failed[0]["message"]
        say(
            f"sweep.run: {len(failed)} of {len(found)} trials failed, the first with {kind}: "
            f"{message}. See failures of the results; retry_failed=True does them again"
        )


def _lost(lost: list[BaseException], total: int, results: Any) -> RuntimeError:
    """The error that says how to go on."""
    what = f"{type(lost[0]).__name__}: {lost[0]}".rstrip(".")
    way = (
        "Nothing is kept, as results is None"
        if results is None
        else f"What is finished is in {results}: run again with the same file and a new executor, "
        "and only what is missing is done"
    )
    return RuntimeError(
        f"sweep.run: {len(lost)} of {total} trials were lost, as their workers ended before "
        f"they did ({what}). A usual cause is too little memory. {way}"
    )
