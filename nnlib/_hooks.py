"""What ``fit`` and ``Checkpoint`` do with callbacks: look whether they are some, and call them in the right order."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from nnlib.errors import describe, require_function

HINT = "expected a list of functions or callbacks such as Patience(5)"
STATE = "a callback, a function of the state alone"


class Hooks:
    """All callbacks of a run as one: each hook goes to those that have it, and those that ``act_last`` come last.

    Raises ``TypeError`` in the words of ``who`` if they are no callbacks, ``ValueError`` if one of them is there twice.
    """

    def __init__(self, who: str, callbacks: Any) -> None:
        self.who = who
        self.given = _require_callbacks(who, callbacks)
        self.ordered = sorted(self.given, key=lambda one: bool(getattr(one, "acts_last", False)))
        self.starting = self._having("start")
        self.stepping = self._having("step")

    def start(self, state: Any) -> None:
        """Tell all that a run begins, or goes on."""
        for hook in self.starting:
            hook(state)

    def step(self, state: Any) -> None:
        """Tell all that the optimizer has made a step."""
        for hook in self.stepping:
            hook(state)

    def epoch(self, state: Any) -> bool:
        """Show all of them what an epoch has brought; return whether one of them ends training."""
        for callback in self.ordered:
            answer = callback(state)
            if not (answer is None or isinstance(answer, bool | np.bool_)):
                raise TypeError(
                    f"{self.who} got {describe(answer)} from the callback {_name(callback)}: "
                    "expected True, to end training, False or None"
                )
            state.ending = state.ending or bool(answer)
        return state.ending

    def _having(self, name: str) -> list[Callable[[Any], Any]]:
        found = [(one, getattr(one, name, None)) for one in self.ordered]
        hooks = [hook for _, hook in found if callable(hook)]
        for hook in hooks:
            require_function(self.who, hook, STATE)
        return hooks


def _require_callbacks(who: str, callbacks: Any) -> list[Callable[[Any], Any]]:
    if not isinstance(callbacks, Iterable) or isinstance(callbacks, str | type):
        one = isinstance(callbacks, type) or callable(callbacks)
        hint = ", also if there is one only: [Patience(5)]" if one else ""
        raise TypeError(f"{who} got callbacks as {describe(callbacks)}: {HINT}{hint}")
    listed: list[Any] = list(callbacks)
    for place, one in enumerate(listed):
        if isinstance(one, type):
            told = f"the class {one.__name__} at place {place}, to be called with (…)"
        elif not callable(one):
            told = f"a list with {describe(one)} at place {place}"
        else:
            require_function(who, one, STATE)
            continue
        raise TypeError(f"{who} got callbacks as {told}: {HINT}")
    _require_each_once(who, listed)
    return listed


def _require_each_once(who: str, callbacks: list[Any]) -> None:
    # a Checkpoint hands on what it was given
    inside = [one for callback in callbacks for one in getattr(callback, "callbacks", ())]
    seen: list[Any] = []
    for one in [*callbacks, *inside]:
        if any(one is other for other in seen):
            raise ValueError(
                f"{who} got the callback {_name(one)} twice: expected each once, "
                "in the list or in that of its Checkpoint"
            )
        seen.append(one)


def _name(callback: Any) -> str:
    return getattr(callback, "__qualname__", type(callback).__name__)
