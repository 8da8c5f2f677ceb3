"""Training: one step of learning, the loop that takes it again and again, and the history it keeps."""

import math
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from tqdm import tqdm

from nnlib import _checks
from nnlib._checks import Examples, LossLike, NetworkLike, OptimizerLike
from nnlib._interrupt import Interrupt
from nnlib.batches import minibatches
from nnlib.errors import describe, require_shape
from nnlib.metrics import count_right, kind_of_targets
from nnlib.network import Network
from nnlib.optimizers import Optimizer
from nnlib.regularization import Penalty


def train_step(
    network: NetworkLike,
    loss: LossLike,
    optimizer: OptimizerLike,
    x: np.ndarray,
    y: np.ndarray,
    penalty: Penalty | None = None,
) -> tuple[float, np.ndarray]:
    """Take one learning step on the mini-batch (x, y); return (cost, predictions), both from before the step.

    Forward through the network, cost of its predictions, backward, one optimizer step. ``penalty`` adds to the
    gradients but not to the cost. If the cost is not finite there is no slope to follow, so parameters and optimizer
    stay as they are.
    """
    network.training = True
    predictions = network.forward(x)
    cost = loss.forward(predictions, y)
    if math.isfinite(cost):
        optimizer.zero_grad()
        network.backward_to_parameters(loss.backward())
        if penalty is not None:
            penalty.add_gradients(network.parameters())
        optimizer.step()
    return cost, predictions


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
    # what fit draws from
    rng: np.random.Generator
    # how many there are to be in all, if no callback ends training earlier
    epochs: int = 0


Callback = Callable[[State], bool | None]
Augmentation = Callable[[np.ndarray, np.random.Generator], np.ndarray]


class DivergedError(FloatingPointError):
    """The loss is no longer a finite number. ``history`` holds what was reached before."""

    history: History


def fit(
    network: NetworkLike,
    loss: LossLike,
    optimizer: OptimizerLike,
    examples: Examples,
    *,
    epochs: int = 10,
    batch_size: int = 32,
    rng: np.random.Generator,
    validation: Examples | None = None,
    penalty: Penalty | None = None,
    augment: Augmentation | None = None,
    callbacks: Iterable[Callback] = (),
    history: History | None = None,
) -> History:
    """Train ``network`` on mini-batches of ``examples = (x, y)`` and return the history.

    In each epoch every example is used once, in a new random order, and each mini-batch is a ``train_step``.

    - ``validation = (x, y)`` is measured after each epoch, never learned from.
    - ``penalty``, such as ``L2(0.001)``, adds to the gradients; the losses in the history do not include it, so that
      training and validation can be compared.
    - ``augment(x, rng)`` returns the mini-batch to learn from instead of x, freshly changed each time.
    - ``callbacks`` are all called with the state after each epoch; one that returns True ends training.
    - ``history`` of an earlier run: training continues after its last epoch, until there are ``epochs`` in all.

    However it ends, the network is left in prediction mode, ``network.training`` False. Ctrl-C ends training after
    the current step; network and history are kept. Raises ``ValueError`` or ``TypeError`` for bad data before the
    first step, and ``DivergedError``, with the weights and the optimizer's memory put back to those from before the
    epoch, if the loss stops being finite.  Source: S0, N19.
    """
    _checks.require_pairs("fit", examples)
    if validation is not None:
        _checks.require_pairs("fit's validation", validation)
    _checks.require_parts(network, loss, optimizer)
    callbacks = _checks.require_callbacks(callbacks)
    _checks.require_extras(penalty, augment)
    _checks.require_numbers(epochs, batch_size, rng)
    _checks.look_ahead(network, loss, examples, validation, batch_size)
    history = _history(history)
    run = _Run(network, loss, optimizer, examples, validation, batch_size, rng, penalty, augment)
    with Interrupt() as interrupt, _progress(history, epochs) as progress:
        try:
            for epoch in progress:
                run.epoch(history, interrupt)  # a train_step for each mini-batch
                if run.ended_by(callbacks, epoch, history, epochs):
                    history.ended = f"a callback ended training after epoch {epoch}"
                    break
                interrupt.check()
            else:
                history.ended = f"all {epochs} epochs are done"
        except KeyboardInterrupt:
            _say_interrupted(history)
        finally:
            network.training = False
    return history


@dataclass
class _Run:
    """One call of ``fit``: all that its epochs need."""

    network: NetworkLike
    loss: LossLike
    optimizer: OptimizerLike
    examples: Examples
    validation: Examples | None
    batch_size: int
    rng: np.random.Generator
    penalty: Penalty | None
    augment: Augmentation | None

    def __post_init__(self) -> None:
        self.kind = kind_of_targets(self.examples[1])

    def epoch(self, history: History, interrupt: Interrupt) -> None:
        """Learn from every example once, measure, and only then note all four numbers."""
        with np.errstate(over="ignore", invalid="ignore"), self.put_back_if_it_diverges():
            learned = self.learn(history, interrupt)
            validated = self.validate()
        history.loss.append(learned[0])
        history.accuracy.append(learned[1])
        history.validation_loss.append(validated[0])
        history.validation_accuracy.append(validated[1])

    def learn(self, history: History, interrupt: Interrupt) -> tuple[float, float]:
        """Take a step for each mini-batch; return the mean loss and the share of right answers."""
        x, y = self.examples
        total, right = 0.0, 0.0
        batches = minibatches(len(x), self.batch_size, rng=self.rng)
        for step, rows in enumerate(batches, start=1):
            changed = self.changed(x[rows])
            cost, predictions = train_step(
                self.network, self.loss, self.optimizer, changed, y[rows], self.penalty
            )
            if not math.isfinite(cost):
                raise _diverged(f"loss became {cost}", step, self.optimizer, history)
            total += cost * len(rows)
            right += self.count_right(predictions, y[rows])
            interrupt.check()
        if not all(np.isfinite(parameter.value).all() for parameter in self.network.parameters()):
            raise _diverged("weights became infinite", step, self.optimizer, history)
        return total / len(x), right / len(x)

    def changed(self, x: np.ndarray) -> np.ndarray:
        """Return the mini-batch to learn from."""
        if self.augment is None:
            return x
        return require_shape("fit's augment", "its result", self.augment(x, self.rng), x.shape)

    def validate(self) -> tuple[float, float]:
        """Return the loss and the share of right answers on the validation data, NaN without any."""
        if self.validation is None:
            return math.nan, math.nan
        x, y = self.validation
        predictions = self.network.predict(x)
        cost = self.loss.forward(predictions, y)
        return cost, self.count_right(predictions, y) / len(x)

    def count_right(self, predictions: np.ndarray, y: np.ndarray) -> float:
        """Return how many answers are right, NaN if there are no classes."""
        threshold = getattr(self.loss, "threshold", 0.5)
        return count_right(predictions, y, self.kind, threshold=threshold)

    def ended_by(
        self, callbacks: Iterable[Callback], epoch: int, history: History, epochs: int
    ) -> bool:
        """Whether a callback ends training; all of them look first."""
        # callbacks may ask a Network and an Optimizer for more than training does
        network, optimizer = cast(Network, self.network), cast(Optimizer, self.optimizer)
        state = State(epoch, network, optimizer, history, self.rng, epochs)
        return any([callback(state) for callback in callbacks])

    @contextmanager
    def put_back_if_it_diverges(self) -> Iterator[None]:
        """Put back the network's values and, if it can tell and take back what it has, the optimizer's memory."""
        values = [parameter.value.copy() for parameter in self.network.state()]
        optimizer = cast(Optimizer, self.optimizer)
        memory = optimizer.state() if hasattr(optimizer, "load_state") else None
        try:
            yield
        except DivergedError:
            for parameter, value in zip(self.network.state(), values, strict=True):
                parameter.value[...] = value
            if memory is not None:
                optimizer.load_state(memory)
            raise


def _diverged(what: str, step: int, optimizer: OptimizerLike, history: History) -> DivergedError:
    """The error that says in which epoch it happened, and what usually causes it."""
    epoch = len(history.loss) + 1
    history.ended = f"the {what} in epoch {epoch}"
    error = DivergedError(
        f"fit: the {what} at step {step} of epoch {epoch}. "
        "The usual cause is a learning rate that is "
        f"too large (it is {optimizer.learning_rate:g}); "
        "others are inputs that are not scaled and weights "
        f"that start too large. The weights are back to those from before epoch {epoch}."
    )
    error.history = history
    return error


def _history(history: History | None) -> History:
    """The history to go on with."""
    if not (history is None or isinstance(history, History)):
        raise TypeError(
            f"fit got {describe(history)} as the history: expected what an earlier fit returned"
        )
    return History() if history is None else history


class _Bar(tqdm):
    """A bar without tqdm's own thread, which would redraw it during a long epoch."""

    monitor_interval = 0


def _progress(history: History, epochs: int) -> tqdm:
    """The epochs still to come, with a bar on terminals."""
    return _Bar(range(len(history.loss) + 1, epochs + 1), unit="epoch", disable=None)


def _say_interrupted(history: History) -> None:
    history.ended = f"you interrupted training in epoch {len(history.loss) + 1}"
    tqdm.write(f"{history.ended}; the network is that of the last finished step", file=sys.stderr)
