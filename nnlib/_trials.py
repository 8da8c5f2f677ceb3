"""Trials: one call of a task with one setting, which random numbers it draws, and what comes of it.

A trial is told by its parameters and its number among the repeats of them. Its generator is a child of the sweep's,
as ``SeedSequence.spawn`` makes them, but numbered by what the trial is and not by when it was asked for: so its result
depends neither on the other trials nor on who does it, when, and after what.
"""

import hashlib
import inspect
import json
import math
import pickle
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from nnlib._fast.blocks import look_for_blas, one_blas_thread, one_core
from nnlib._interrupt import Interrupt
from nnlib._progress import no_bars
from nnlib.errors import describe, require_count, require_rng

Task = Callable[..., Any]
Setting = dict[str, Any]

# What results call their own, beside the parameters.
RESERVED = ("repeat", "error", "mean", "spread", "repeats", "failed")


@dataclass(frozen=True)
class Trial:
    """One call: its parameters as the task gets them, its number among equal ones, and its name."""

    parameters: Setting
    repeat: int
    key: str

    def seed(self, root: np.random.SeedSequence) -> tuple[Any, tuple[int, ...]]:
        """Return (entropy, spawn key) of its own generator, a child of ``root``."""
        digest = hashlib.sha256(self.key.encode()).digest()
        words = np.frombuffer(digest[:16], "<u4").tolist()
        return root.entropy, (*root.spawn_key, *words)


def key_of(parameters: Setting, repeat: int) -> str:
    """Return the name of a trial: JSON text, the same whatever the order of the parameters."""
    return json.dumps([parameters, repeat], sort_keys=True, ensure_ascii=False, allow_nan=False)


def make_trials(space: Any, repeats: int) -> list[Trial]:
    """Return a trial for each setting of ``space`` and each repeat; a setting that comes twice is repeated again."""
    require_count("sweep.run", "repeats", repeats)
    seen: Counter[str] = Counter()
    trials = []
    for parameters in _settings(space):
        name = key_of(parameters, 0)
        for _ in range(repeats):
            key = key_of(parameters, seen[name])
            trials.append(Trial(parameters, seen[name], key))
            seen[name] += 1
    return trials


def _settings(space: Any) -> list[Setting]:
    if not isinstance(space, Sequence) or isinstance(space, str):
        raise TypeError(
            f"sweep.run got {describe(space)} as space: expected a list of settings, as "
            "sweep.grid(learning_rate=[0.1, 1.0]) makes"
        )
    if not space:
        raise ValueError("sweep.run got an empty space: expected at least one setting")
    return [_require_setting(setting) for setting in space]


def _require_setting(setting: Any) -> Setting:
    if not isinstance(setting, dict) or not all(isinstance(name, str) for name in setting):
        raise TypeError(
            f"sweep.run got {describe(setting)} in space: expected dicts from the names of "
            'parameters to values, such as {"learning_rate": 0.1}'
        )
    if "rng" in setting:
        raise ValueError(
            "sweep.run got rng as a parameter: it gives each trial its own, so leave it out"
        )
    for name in RESERVED:
        if name in setting:
            raise ValueError(
                f"sweep.run got a parameter {name}: its results use this name, so choose another"
            )
    return {name: _plain(name, value) for name, value in setting.items()}


def _plain(name: str, value: Any) -> Any:
    """Return a parameter without NumPy around it, if it can be written down and told from others."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple):
        return type(value)([_plain(name, one) for one in value])
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"sweep.run got {name} = {value}: expected finite numbers")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(
        f"sweep.run got {name} as {describe(value)}: expected numbers, texts or lists of them, "
        'which can be written down; a text such as "Adam" can stand for what the task looks up'
    )


def require_root(rng: Any) -> np.random.SeedSequence:
    """Return what a generator was seeded with, however much was drawn from it since."""
    root = require_rng("sweep.run", rng).bit_generator.seed_seq
    if not isinstance(root, np.random.SeedSequence):
        raise TypeError(
            "sweep.run got rng without a seed to make others of: "
            "expected a generator, as np.random.default_rng(0) makes"
        )
    return root


# The task.


def function_of(task: Any) -> Any:
    """Return the function itself of a ``partial``."""
    return function_of(task.func) if isinstance(task, partial) else task


def name_of(task: Any) -> str:
    """Return what a task is called, with the numbers and texts that a ``partial`` of it has: train(epochs=2)."""
    function, given = function_of(task), []
    while isinstance(task, partial):
        keywords = (f"{name}={value!r}" for name, value in task.keywords.items() if _is_told(value))
        given += [*(repr(value) for value in task.args if _is_told(value)), *keywords]
        task = task.func
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return f"{name}({', '.join(given)})" if given else name


def _is_told(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def require_task(task: Any, trials: Sequence[Trial]) -> None:
    """Raise ``TypeError`` unless ``task`` can be called with the parameters of each trial and ``rng``."""
    if not callable(task) or isinstance(task, type):
        raise TypeError(
            f"sweep.run got {describe(task)} as task: expected a function, "
            "as def train(learning_rate, *, rng): … makes"
        )
    try:
        taken = inspect.signature(task)
    except ValueError:  # what is written in C may not tell
        return
    for names in {tuple(trial.parameters) for trial in trials}:
        try:
            taken.bind(rng=None, **dict.fromkeys(names))
        except TypeError as error:
            raise TypeError(
                f"sweep.run got the task {name_of(task)}({', '.join(taken.parameters)}), which is "
                f"to be called with {', '.join((*names, 'rng'))}: {error}"
            ) from None


def require_sendable(task: Any) -> None:
    """Raise ``TypeError`` that says what to do unless other processes can find the task."""
    try:
        pickle.dumps(task)
    except Exception as error:
        found = f" ({error})"
    else:
        where = getattr(function_of(task), "__module__", "")
        if where != "__main__" or hasattr(sys.modules["__main__"], "__file__"):
            return
        found = ""
    raise TypeError(
        f"sweep.run got the task {name_of(task)}, which other processes cannot find{found}: "
        "expected a function with a name at the top of a file. In a notebook write it into "
        "one (%%writefile tasks.py) and import it from there (from tasks import …); data that "
        "it needs it loads itself"
    )


# What is done, here or in another process.


def attempt(task: Task, parameters: Setting, seed: tuple[Any, tuple[int, ...]]) -> dict[str, Any]:
    """Return {"measures": …, "seconds": …} of one call, or {"error": …, "seconds": …} if it failed."""
    start, pressed = time.perf_counter(), Interrupt.heard
    entropy, spawn_key = seed
    rng = np.random.default_rng(np.random.SeedSequence(entropy, spawn_key=spawn_key))
    look_for_blas()
    try:
        with one_blas_thread(), no_bars():
            given = task(rng=rng, **parameters)
        outcome: dict[str, Any] = {"measures": _measures(task, given, parameters)}
    except (Exception, SystemExit) as error:
        outcome = {"error": {"type": type(error).__name__, "message": str(error)}}
    if Interrupt.heard > pressed:  # fit ended early, so this is not what was asked for
        raise KeyboardInterrupt
    return {**outcome, "seconds": round(time.perf_counter() - start, 6)}


_INTERRUPTED: set[str] = set()


def attempt_beside_others(sweep: str, *what: Any) -> dict[str, Any]:
    """Return what ``attempt`` returns, on one core alone. ``sweep`` tells one run from all others.

    In a terminal Ctrl-C reaches this process, too: it then does no more of that sweep, though it was handed some.
    """
    if sweep in _INTERRUPTED:
        raise KeyboardInterrupt
    try:
        with one_core():
            return attempt(*what)
    except KeyboardInterrupt:
        _INTERRUPTED.add(sweep)
        raise


def _measures(task: Task, given: Any, parameters: Setting) -> dict[str, float]:
    named = given if isinstance(given, dict) else {"result": given}
    if not named:
        raise ValueError(f"{name_of(task)} returned an empty dict: expected a number for each name")
    for name, value in named.items():
        if not isinstance(name, str):
            raise TypeError(f"{name_of(task)} returned {describe(name)} as a name: expected texts")
        if name in parameters or name == "repeat":
            raise ValueError(
                f"{name_of(task)} returned {name}, the name of a parameter: give the "
                "measure another"
            )
        if not _is_number(value):
            of = f" as {name}" if named is given else ""
            raise TypeError(
                f"{name_of(task)} returned {describe(value)}{of}: expected a number, "
                'or a dict from names to numbers, such as {"accuracy": 0.97}'
            )
    return {
        name: value.item() if hasattr(value, "item") else value for name, value in named.items()
    }


def _is_number(value: Any) -> bool:
    if isinstance(value, np.ndarray | np.generic):
        return value.ndim == 0 and value.dtype.kind in "biuf"
    return isinstance(value, bool | int | float)
