"""Ctrl-C while a network learns: it waits for the end of a step."""

import signal
import threading
from typing import Any


class Interrupt:
    """Lets Ctrl-C wait for the end of a step, so that no update is left half done; a second one does not wait.

    Signals reach only the main thread; elsewhere this does nothing. Nor does it if the program ignores Ctrl-C, or if
    what handles it is not Python's. ``heard`` counts, for all of them, how often it was pressed: who calls a function
    that may have ended early for it can tell.
    """

    heard = 0

    def __enter__(self) -> "Interrupt":
        self.asked = False
        main = threading.current_thread() is threading.main_thread()
        self.active = main and signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, None)
        if self.active:
            self.before = signal.signal(signal.SIGINT, self._ask)
        return self

    def _ask(self, *_: Any) -> None:
        Interrupt.heard += 1
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def check(self) -> None:
        """Raise ``KeyboardInterrupt`` if Ctrl-C was pressed since the last look."""
        if self.asked:
            raise KeyboardInterrupt

    def __exit__(self, *_: Any) -> None:
        if self.active:
            signal.signal(signal.SIGINT, self.before)
