"""Whether layers take notes: in training ``BatchNorm`` notes running averages at every forward pass.

A pass that only measures, as for a Hessian, should leave no trace: it runs ``with no_notes():``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TAKEN = ContextVar("notes are taken", default=True)


def notes_are_taken() -> bool:
    """Return whether a layer may note what it sees in a forward pass; what it computes is the same either way."""
    return _TAKEN.get()


@contextmanager
def no_notes() -> Iterator[None]:
    """Let layers note nothing inside the ``with`` block, in this thread."""
    before = _TAKEN.set(False)
    try:
        yield
    finally:
        _TAKEN.reset(before)
