"""Progress: a bar on terminals, of whoever was called first, and words beside it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tqdm import tqdm

_QUIET = ContextVar("inside somebody else's bar", default=False)


class Bar(tqdm):
    """A bar without tqdm's own thread, which would redraw it during a long step; none where no terminal is."""

    monitor_interval = 0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, disable=True if _QUIET.get() else None, **options)


@contextmanager
def no_bars() -> Iterator[None]:
    """Let whatever is called inside draw no bars of its own."""
    before = _QUIET.set(True)
    try:
        yield
    finally:
        _QUIET.reset(before)


def say(words: str) -> None:
    """Write a line to stderr, above the bar if there is one."""
    tqdm.write(words, file=sys.stderr)
