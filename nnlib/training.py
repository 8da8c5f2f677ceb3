"""Training: the loop that shows a network its examples again and again, and the history it keeps."""

import math
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
from tqdm import tqdm

from nnlib.batches import minibatches
from nnlib.errors import (
    describe,
    require_count,
    require_examples,
    require_finite,
    require_rng,
    require_same_length,
    require_shape,
)
from nnlib.losses import Loss
from nnlib.network import Network
from nnlib.optimizers import Optimizer
from nnlib.regularization import Penalty

Examples = tuple[np.ndarray, np.ndarray]


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


@dataclass
class State:
    """What a callback sees after each epoch: it may look at everything, and change the learning rate."""

    epoch: int
    network: Network
    optimizer: Optimizer
    history: History
    rng: np.random.Generator  # what fit draws from
    epochs: int = 0  # how many there are to be in all, if no callback ends training earlier


Callback = Callable[[State], bool | None]
Augmentation = Callable[[np.ndarray, np.random.Generator], np.ndarray]
_Good = tuple[list[np.ndarray], dict[str, np.ndarray] | None]


class DivergedError(FloatingPointError):
    """The loss is no longer a finite number. ``history`` holds what was reached before."""

    history: History


def fit(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    examples: Examples,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    validation: Examples | None = None,
    penalty: Penalty | None = None,
    augment: Augmentation | None = None,
    callbacks: Iterable[Callback] = (),
    history: History | None = None,
) -> History:
    """Train ``network`` by mini-batches of ``examples = (x, y)`` and return the history.

    In each epoch all examples come once, in a new random order. After each epoch every callback is called with the
    state; one that returns True ends training. ``penalty`` adds to the slopes; the history's losses are without it, so
    that training and validation can be compared. ``augment(x, rng)`` returns the mini-batch to learn from instead of x,
    changed anew each time. With the ``history`` of an earlier run training goes on after its last epoch, up to
    ``epochs`` in all. Ctrl-C ends it too, after the running step: network and history stay.
    Raises ``ValueError`` or ``TypeError`` for bad data before the first step, and ``DivergedError``, with the weights
    and the optimizer's memory put back to those from before the epoch, where the loss stops being finite.
    Source: S0, N19.
    """
    x, y = _require_examples("fit", examples)
    if validation is not None:
        _require_examples("fit's validation", validation)
    callbacks = _require_parts(network, loss, optimizer, callbacks)
    history = _require_extras(penalty, augment, history)
    for name, number in (("epochs", epochs), ("batch_size", batch_size)):
        require_count("fit", name, number)
    require_rng("fit", rng)
    trainer = _Trainer(network, loss, optimizer, penalty, augment, rng, counts=_has_classes(y))
    with _Interrupt() as interrupt, _remaining(history, epochs) as progress:
        try:
            for epoch in progress:
                trainer.epoch(
                    (x, y), minibatches(len(x), batch_size, rng=rng), validation, history, interrupt
                )
                if any(
                    [
                        callback(State(epoch, network, optimizer, history, rng, epochs))
                        for callback in callbacks
                    ]
                ):
                    history.ended = f"a callback ended training after epoch {epoch}"
                    break
                interrupt.check()
            else:
                history.ended = f"all {epochs} epochs are done"
        except KeyboardInterrupt:
            history.ended = f"you interrupted training in epoch {len(history.loss) + 1}"
            tqdm.write(
                f"{history.ended}; the network is that of the last finished step", file=sys.stderr
            )
        finally:
            network.training = False
    return history


def _remaining(history: History, epochs: int) -> tqdm:
    return tqdm(range(len(history.loss) + 1, epochs + 1), unit="epoch", disable=None)


@dataclass
class _Trainer:
    network: Network
    loss: Loss
    optimizer: Optimizer
    penalty: Penalty | None
    augment: Augmentation | None
    rng: np.random.Generator
    counts: bool  # whether there are classes, so that right answers can be counted

    def epoch(
        self,
        examples: Examples,
        batches: Iterator[np.ndarray],
        validation: Examples | None,
        history: History,
        interrupt: "_Interrupt",
    ) -> None:
        self.network.training = True
        (x, y), total, right = examples, 0.0, 0
        good = self.remembered()
        with np.errstate(over="ignore", invalid="ignore"):
            for step, rows in enumerate(batches, start=1):
                cost, right_here = self.step(self.changed(x[rows]), y[rows])
                if not math.isfinite(cost):
                    self.give_up(f"loss became {cost}", step, good, history)
                total += cost * len(rows)
                right += right_here
                interrupt.check()
        if not all(np.isfinite(parameter.value).all() for parameter in self.network.parameters()):
            self.give_up("weights became infinite", step, good, history)
        validated = self.validate(
            validation
        )  # before anything is noted, so that all four lists end together
        history.loss.append(total / len(x))
        history.accuracy.append(right / len(x) if self.counts else math.nan)
        history.validation_loss.append(validated[0])
        history.validation_accuracy.append(validated[1])

    def remembered(self) -> _Good:
        """Copies of the network's values and of the optimizer's memory, where it can tell and take back what it has."""
        values = [parameter.value.copy() for parameter in self.network.state()]
        return values, self.optimizer.state() if hasattr(self.optimizer, "load_state") else None

    def changed(self, x: np.ndarray) -> np.ndarray:
        if self.augment is None:
            return x
        return require_shape("fit's augment", "its result", self.augment(x, self.rng), x.shape)

    def step(self, x: np.ndarray, y: np.ndarray) -> tuple[float, int]:
        predictions = self.network.forward(x)
        cost = self.loss.forward(predictions, y)
        if math.isfinite(cost):
            self.optimizer.zero_grad()
            self.network.backward_to_parameters(self.loss.backward())
            if self.penalty is not None:
                self.penalty.add_gradients(self.network.parameters())
            self.optimizer.step()
        return cost, _count_right(predictions, y) if self.counts else 0

    def validate(self, examples: Examples | None) -> tuple[float, float]:
        if examples is None:
            return math.nan, math.nan
        x, y = examples
        with np.errstate(over="ignore", invalid="ignore"):
            predictions = self.network.predict(x)
            cost = self.loss.forward(predictions, y)
        return cost, _count_right(predictions, y) / len(x) if self.counts else math.nan

    def give_up(self, what: str, step: int, good: _Good, history: History) -> NoReturn:
        values, memory = good
        for parameter, value in zip(self.network.state(), values, strict=True):
            parameter.value[...] = value
        if memory is not None:
            self.optimizer.load_state(memory)
        epoch = len(history.loss) + 1
        history.ended = f"the {what} in epoch {epoch}"
        error = DivergedError(
            f"fit: the {what} at step {step} of epoch {epoch}. The usual cause is a learning rate that is "
            f"too large (it is {self.optimizer.learning_rate:g}); others are inputs that are not scaled and weights "
            f"that start too large. The weights are back to those from before epoch {epoch}."
        )
        error.history = history
        raise error


def _has_classes(y: np.ndarray) -> bool:
    """Labels are whole numbers, or one-hot rows with more than one column."""
    if y.ndim == 2 and y.shape[1] > 1:
        return bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())
    return y.dtype.kind in "iu"


def _count_right(predictions: np.ndarray, y: np.ndarray) -> int:
    """Count the rows whose largest output (or, with a single output, its side of ½) is the right one."""
    labels = predictions.argmax(axis=1) if predictions.shape[1] > 1 else predictions[:, 0] > 0.5
    targets = y.argmax(axis=1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(len(y))
    return int((labels == targets).sum())


def _require_examples(who: str, examples: Any) -> Examples:
    if not (isinstance(examples, tuple | list) and len(examples) == 2):
        raise TypeError(f"{who} got examples as {describe(examples)}: expected a pair (x, y)")
    x, y = examples
    require_finite(who, "x", require_examples(who, "x", x))
    require_finite(who, "y", require_examples(who, "y", y))
    require_same_length(who, x=x, y=y)
    return x, y


def _require_parts(network: Any, loss: Any, optimizer: Any, callbacks: Any) -> list[Callback]:
    """Return the callbacks as a list; raise where a part cannot do its work, or the optimizer works for another."""
    parts = (
        (network, "network", ("forward", "backward_to_parameters", "parameters", "predict")),
        (loss, "loss", ("forward", "backward")),
        (optimizer, "optimizer", ("zero_grad", "step")),
    )
    for part, name, methods in parts:
        if isinstance(part, type) or not all(hasattr(part, method) for method in methods):
            hint = (
                f"; call the class to make one, {part.__name__}(…)"
                if isinstance(part, type)
                else ""
            )
            raise TypeError(f"fit got {describe(part)} in the place of the {name}{hint}")
    ours = {id(parameter) for parameter in network.parameters()}
    if ours.isdisjoint(
        id(parameter) for parameter in getattr(optimizer, "parameters", network.parameters())
    ):
        raise ValueError(
            f"fit got {optimizer} of another network's parameters: expected those of {network}"
        )
    functions: list[Any] = list(callbacks) if isinstance(callbacks, Iterable) else [None]
    if not all(callable(function) and not isinstance(function, type) for function in functions):
        raise TypeError(
            f"fit got callbacks as {describe(callbacks)}: expected a list of functions or callbacks such as Patience(5)"
        )
    return functions


def _require_extras(penalty: Any, augment: Any, history: Any) -> History:
    """Return the history to go on with; raise where what may be left out is given and of the wrong kind."""
    if not (penalty is None or isinstance(penalty, Penalty)):
        raise TypeError(
            f"fit got {describe(penalty)} as the penalty: expected one such as L2(0.001)"
        )
    if not (augment is None or callable(augment)):
        raise TypeError(
            f"fit got {describe(augment)} as augment: expected a function of x and rng that returns x"
        )
    if not (history is None or isinstance(history, History)):
        raise TypeError(
            f"fit got {describe(history)} as the history: expected what an earlier fit returned"
        )
    return History() if history is None else history


class _Interrupt:
    """Lets Ctrl-C wait for the end of a step, so that no update is left half done; a second one does not wait.

    Signals reach only the main thread; elsewhere this does nothing.
    """

    def __enter__(self) -> "_Interrupt":
        self.asked = False
        self.active = threading.current_thread() is threading.main_thread()
        if self.active:
            self.before = signal.signal(signal.SIGINT, self._ask)
        return self

    def _ask(self, *_: Any) -> None:
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
