"""What a run looks like from outside: the history that it leaves, and the state that callbacks are shown."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from nnlib._checks import Examples, LossLike
from nnlib.errors import describe
from nnlib.network import Network
from nnlib.optimizers import Optimizer

Augmentation = Callable[[np.ndarray, np.random.Generator], np.ndarray]


@dataclass
class History:
    """What happened, one entry per finished epoch. Accuracies are shares, 0 to 1.

    ``loss`` and ``accuracy`` are means over the mini-batches as they were met, so the network got better meanwhile;
    ``validation_…`` are measured after the epoch. Without classes or validation data the entries are NaN.
    ``ended`` says in words why training ended.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    ended: str = ""


def require_history(who: str, history: Any) -> History:
    """Return ``history`` if it has a number for each epoch in each of its lists; else raise."""
    if not isinstance(history, History):
        raise TypeError(
            f"{who} got {describe(history)} as the history: expected what an earlier fit returned"
        )
    columns = {name: entries for name, entries in asdict(history).items() if name != "ended"}
    lengths = {name: len(entries) for name, entries in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"{who} got a history with {lengths}: expected one entry for each epoch")
    for name, entries in columns.items():
        if not all(isinstance(entry, int | float | np.number) for entry in entries):
            raise TypeError(f"{who} got a history whose {name} are not all numbers")
    return history


@dataclass
class State:
    """What a callback sees: it may look at everything, and change the learning rate."""

    # how many are done since the run began, with those of a ``history`` that goes on
    epoch: int
    network: Network
    optimizer: Optimizer
    history: History
    # what fit draws from
    rng: np.random.Generator
    # how many there are to be in all, if no callback ends training earlier
    epochs: int = 0
    # the same of the optimizer's steps, as if all epochs had had as many
    steps: int = 0
    steps_in_all: int = 0
    # whether a callback that looked before has ended training
    ending: bool = False
    loss: LossLike | None = field(default=None, repr=False)
    examples: Examples | None = field(default=None, repr=False)
    validation: Examples | None = field(default=None, repr=False)
    augment: Augmentation | None = field(default=None, repr=False)

    def training_loss(self) -> float:
        """Return the loss of the present weights on all training examples, in prediction mode and without penalty.

        ``history.loss`` is another number: the mean over the epoch, while the weights changed. Costs a forward pass.
        """
        if self.loss is None or self.examples is None:
            raise RuntimeError("this state has no loss and examples to measure: fit makes one")
        x, y = self.examples
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            return float(self.loss.forward(self.network.predict(x), y))


Callback = Callable[[State], bool | None]


class DivergedError(FloatingPointError):
    """The loss is no longer a finite number. ``history`` holds what was reached before."""

    history: History
