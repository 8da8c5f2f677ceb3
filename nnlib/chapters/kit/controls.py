"""What a reader can move, as specifications: a name, a range and a start. ``widgets`` makes them when they are shown.

So a panel can be declared, and tested over all its ranges, where ipywidgets is not installed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Control:
    """A control with a ``description``, which is read aloud, and the value that it starts with.

    ``ticks`` are values that a slider marks: those that the text asks for.
    """

    description: str
    ticks: Sequence[float] = field(default=(), kw_only=True)

    @property
    def start(self) -> Any:
        """The value that the control starts with."""
        raise NotImplementedError

    def values(self) -> list[Any]:
        """Return the values that the tests try: both ends, the middle and what lies beside the start."""
        raise NotImplementedError


@dataclass(frozen=True)
class Slider(Control):
    """A number from ``low`` to ``high`` in steps of ``step``; its read-out has as many decimals as the step.

    ``on_release`` is for what trains a network at each move: the picture waits until the mouse lets go.
    """

    low: float
    high: float
    value: float
    step: float = field(default=0.1, kw_only=True)
    on_release: bool = field(default=False, kw_only=True)

    @property
    def start(self) -> float:
        """The number that it starts with."""
        return float(self.value)

    def values(self) -> list[float]:
        """Return both ends, the middle, and the neighbours of the start."""
        return _ends_middle_and_near(self.low, self.high, self.start, self.step, float)


@dataclass(frozen=True)
class Counter(Control):
    """A whole number from ``low`` to ``high``; ``on_release`` as for ``Slider``."""

    low: int
    high: int
    value: int
    on_release: bool = field(default=False, kw_only=True)

    @property
    def start(self) -> int:
        """The number that it starts with."""
        return self.value

    def values(self) -> list[int]:
        """Return both ends, the middle, and the neighbours of the start."""
        return _ends_middle_and_near(self.low, self.high, self.value, 1, int)


@dataclass(frozen=True)
class Steps(Control):
    """A whole number from 0 to ``high`` that is stepped through: back, next, play, and a slider that jumps.

    ``interval`` is the time between two steps of play, in milliseconds.
    """

    high: int
    value: int = 0
    interval: int = field(default=400, kw_only=True)

    @property
    def start(self) -> int:
        """The step that it starts with."""
        return self.value

    def values(self) -> list[int]:
        """Return both ends, the middle, and the neighbours of the start."""
        return _ends_middle_and_near(0, self.high, self.value, 1, int)


@dataclass(frozen=True)
class Choice(Control):
    """One of a list of ``options``, which are values, or (name, value) pairs."""

    options: Sequence[Any]
    value: Any

    @property
    def start(self) -> Any:
        """The option that it starts with."""
        return self.value

    def values(self) -> list[Any]:
        """Return the values of all options."""
        return [option[1] if isinstance(option, tuple) else option for option in self.options]


@dataclass(frozen=True)
class KernelGrid(Control):
    """Nine numbers in a grid of 3 × 3, row by row, written by hand or taken from the ``known`` kernels (3, 3)."""

    known: dict[str, Any]
    name: str

    def numbers(self, name: str) -> tuple[float, ...]:
        """Return the nine numbers of a known kernel."""
        return tuple(float(weight) for row in self.known[name] for weight in row)

    @property
    def start(self) -> tuple[float, ...]:
        """The kernel that it starts with."""
        return self.numbers(self.name)

    def values(self) -> list[tuple[float, ...]]:
        """Return all known kernels and one that nobody has named."""
        return [*map(self.numbers, self.known), (1.0, *[0.0] * 7, -1.0)]


def _ends_middle_and_near(low: Any, high: Any, start: Any, step: Any, kind: type) -> list[Any]:
    near = [value for value in (start - step, start + step) if low <= value <= high]
    return [kind(value) for value in (low, (low + high) / 2, high, *near)]
