"""Training: one step of learning, the loop that takes it again and again, and the history it keeps."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from nnlib import _checks
from nnlib._checks import Examples, LossLike, NetworkLike, OptimizerLike
from nnlib._fast.blocks import one_blas_thread
from nnlib._hooks import Hooks
from nnlib._interrupt import Interrupt
from nnlib._progress import Bar, say
from nnlib.batches import minibatches
from nnlib.errors import require_finite, require_shape
from nnlib.history import Augmentation, Callback, DivergedError, History, State, require_history
from nnlib.metrics import kind_of_targets, right_among
from nnlib.network import Network
from nnlib.optimizers import NotFiniteError, Optimizer, clip_gradients
from nnlib.parts import forward_and_backward
from nnlib.regularization import Penalty

Penalties = Penalty | Sequence[Penalty] | None


def train_step(
    network: NetworkLike,
    loss: LossLike,
    optimizer: OptimizerLike,
    x: np.ndarray,
    y: np.ndarray,
    penalty: Penalties = None,
    clip: float | None = None,
) -> tuple[float, np.ndarray]:
    """Take one learning step on the mini-batch (x, y); return (cost, predictions), both from before the step.

    Forward through the network, cost of its predictions, backward, one optimizer step. ``penalty``, one or a list, adds
    to the gradients but not to the cost; ``clip`` is the length that all gradients together, penalties included, are
    shortened to if they are longer. If the cost is not finite there is no slope to follow, so parameters and optimizer
    stay as they are; with ``clip``, slopes that are not finite raise ``NotFiniteError`` before the step.
    """
    penalties = _checks.require_step("train_step", network, loss, optimizer, penalty)
    cost, predictions = _step(network, loss, optimizer, x, y, penalties, clip)
    if math.isfinite(cost):
        _checks.require_slopes(network, optimizer)
    return cost, predictions


def _step(
    network: NetworkLike,
    loss: LossLike,
    optimizer: OptimizerLike,
    x: np.ndarray,
    y: np.ndarray,
    penalties: Sequence[Penalty],
    clip: float | None,
) -> tuple[float, np.ndarray]:
    """Take the learning step."""
    network.training = True
    optimizer.zero_grad()
    cost, predictions = forward_and_backward(network, loss, x, y)
    if math.isfinite(cost):
        for one in penalties:
            one.add_gradients(network.parameters())
        if clip is not None:
            clip_gradients(_checks.learned_by(optimizer, network), clip)
        optimizer.step()
    return cost, predictions


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
    penalty: Penalties = None,
    clip: float | None = None,
    augment: Augmentation | None = None,
    callbacks: Iterable[Callback] = (),
    history: History | None = None,
) -> History:
    """Train ``network`` on mini-batches of ``examples = (x, y)`` and return the history.

    In each epoch every example is used once, in a new random order, and each mini-batch is a ``train_step``.

    - ``validation = (x, y)`` is measured after each epoch, never learned from.
    - ``penalty``, such as ``L2(0.001)`` or a list of them, adds to the gradients; the losses in the history do not
      include it, so that training and validation can be compared.
    - ``clip``, such as 5.0, shortens the gradient of each step to that length if it is longer (``clip_gradients``).
    - ``augment(x, rng)`` returns the mini-batch to learn from instead of x, freshly changed each time.
    - ``callbacks`` are all called with the state after each epoch; one that returns True ends training. One that has
      ``start(state)`` is told before the first step that a run begins (``state.epoch`` is 0) or goes on, one that has
      ``step(state)`` after each step of the optimizer; one that ``acts_last`` is called after all others.
    - ``history`` of an earlier run: training continues after its last epoch, until there are ``epochs`` in all.

    However it ends, the network is left in prediction mode, ``network.training`` False. Ctrl-C ends training after
    the current step; network and history are kept. Raises ``ValueError`` or ``TypeError`` for bad data before the
    first step, and ``DivergedError``, with the weights and the optimizer's memory put back to those from before the
    epoch, if the loss stops being finite. Whatever else is raised while it trains, by a callback for one, has
    ``.history`` too: no finished epoch is lost.  Source: S0, N19.
    """
    _checks.require_pairs("fit", examples)
    if validation is not None:
        _checks.require_pairs("fit's validation", validation)
    _checks.require_parts(network, loss, optimizer)
    _checks.require_extras(penalty, clip, augment)
    _checks.require_numbers(epochs, batch_size, rng)
    _checks.look_ahead(network, loss, examples, validation, batch_size)
    run = _Run(
        *(network, loss, optimizer, examples, validation, batch_size, rng),
        *(penalty, clip, augment, Hooks("fit", callbacks)),
    )
    history = History() if history is None else require_history("fit", history)
    with one_blas_thread(), Interrupt() as interrupt, _progress(history, epochs) as progress:
        try:
            history.ended = run.train(history, epochs, progress, interrupt)
        except KeyboardInterrupt:
            _say_interrupted(history)
        except BaseException as error:
            _keep_history(error, history)
            raise
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
    penalty: Penalties
    clip: float | None
    augment: Augmentation | None
    hooks: Hooks

    def __post_init__(self) -> None:
        self.kind = kind_of_targets(self.examples[1])
        self.threshold = getattr(self.loss, "threshold", 0.5)
        self.penalties = _checks.require_penalties("fit", self.penalty)

    def train(
        self, history: History, epochs: int, numbers: Iterable[int], interrupt: Interrupt
    ) -> str:
        """Train for the epochs with these ``numbers``; return in words why it ended."""
        state = self.state(history, epochs)
        if state.epoch < epochs:
            self.hooks.start(state)
        for epoch in numbers:
            state = replace(state)  # who keeps the one before keeps it as it was
            self.epoch(state, interrupt)  # a train_step for each mini-batch
            state.epoch = epoch
            if self.hooks.epoch(state):
                return f"a callback ended training after epoch {epoch}"
            _checks.require_own(self.network, self.optimizer)  # whatever callbacks did
            interrupt.check()
        return f"all {epochs} epochs are done"

    def state(self, history: History, epochs: int) -> State:
        """Return what callbacks see at the start."""
        # they may ask a Network and an Optimizer for more than training does
        network, optimizer = cast(Network, self.network), cast(Optimizer, self.optimizer)
        done, steps = len(history.loss), -(-len(self.examples[0]) // self.batch_size)
        return State(
            *(done, network, optimizer, history, self.rng, epochs, done * steps, epochs * steps),
            loss=self.loss,
            examples=self.examples,
            validation=self.validation,
            augment=self.augment,
        )

    def epoch(self, state: State, interrupt: Interrupt) -> None:
        """Learn from every example once, measure, and only then note all four numbers."""
        quiet = np.errstate(over="ignore", invalid="ignore", under="ignore")
        with quiet, self.put_back_if_it_diverges():
            learned = self.learn(state, interrupt)
            validated = self.validate()
        history = state.history
        history.loss.append(learned[0])
        history.accuracy.append(learned[1])
        history.validation_loss.append(validated[0])
        history.validation_accuracy.append(validated[1])

    def learn(self, state: State, interrupt: Interrupt) -> tuple[float, float]:
        """Take a step for each mini-batch; return the mean loss and the share of right answers."""
        x, y = self.examples
        total, right = 0.0, 0.0
        batches = minibatches(len(x), self.batch_size, rng=self.rng)
        for step, rows in enumerate(batches, start=1):
            cost, predictions = self.step(step, self.changed(x[rows]), y[rows], state.history)
            total += cost * len(rows)
            right += self.count_right(predictions, y[rows])
            state.steps += 1
            self.hooks.step(state)
            interrupt.check()
        if not all(np.isfinite(parameter.value).all() for parameter in self.network.parameters()):
            raise _diverged("weights became infinite", step, self.optimizer, state.history)
        return float(total / len(x)), float(right / len(x))

    def step(
        self, step: int, x: np.ndarray, y: np.ndarray, history: History
    ) -> tuple[float, np.ndarray]:
        """Take a ``train_step``; raise ``DivergedError`` if there is no number to learn from."""
        parts = self.network, self.loss, self.optimizer
        try:
            cost, predictions = _step(*parts, x, y, self.penalties, self.clip)
        except NotFiniteError as error:
            raise _diverged("gradient became infinite", step, self.optimizer, history) from error
        if not math.isfinite(cost):
            raise _diverged(f"loss became {cost}", step, self.optimizer, history)
        return cost, predictions

    def changed(self, x: np.ndarray) -> np.ndarray:
        """Return the mini-batch to learn from."""
        if self.augment is None:
            return x
        changed = self.augment(x, self.rng)
        require_shape("fit's augment", "its result", changed, x.shape)
        return require_finite("fit's augment", "its result", changed)

    def validate(self) -> tuple[float, float]:
        """Return the loss and the share of right answers on the validation data, NaN without any."""
        if self.validation is None:
            return math.nan, math.nan
        x, y = self.validation
        predictions = self.network.predict(x)
        cost = float(_checks.require_cost(self.loss, self.loss.forward(predictions, y)))
        return cost, self.count_right(predictions, y) / len(x)

    def count_right(self, predictions: np.ndarray, y: np.ndarray) -> float:
        """Return how many answers are right, NaN if there are no classes."""
        return right_among(predictions, y, self.kind, self.threshold)

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


def _keep_history(error: BaseException, history: History) -> None:
    """Let an error carry what was reached before it, and say so."""
    if getattr(error, "history", None) is history:
        return
    done = len(history.loss)
    after = f"after epoch {done}" if done else "before the end of the first epoch"
    history.ended = f"{after} training was ended by {type(error).__name__}: {error}"
    error.history = history  # type: ignore[attr-defined]
    if done:
        error.add_note(
            f"fit: what was trained until then is not lost. The network keeps it, and the history "
            f"({done} epochs) is in error.history; in a notebook's next cell it is in "
            "sys.last_value.history, after import sys"
        )


def _progress(history: History, epochs: int) -> Bar:
    """The epochs still to come, with a bar on terminals."""
    return Bar(range(len(history.loss) + 1, epochs + 1), unit="epoch")


def _say_interrupted(history: History) -> None:
    history.ended = f"you interrupted training in epoch {len(history.loss) + 1}"
    say(f"{history.ended}; the network is that of the last finished step")
