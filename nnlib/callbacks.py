"""Callbacks: what ``fit`` asks after each epoch. One that returns True ends the training.

Three ways to know when to stop: the cost no longer falls, the validation cost no longer falls, the time is up. And
one to go on if the cost stalls. One that remembers more than the history has ``state()`` and ``load_state(…)``, as
optimizers have, and, if it draws random numbers, ``generators()``, as layers have: so a ``Checkpoint`` can resume it.
Source: N14, N22, N43; S1, S2, S4.
"""

import math
import time
from itertools import pairwise

import numpy as np

from nnlib.errors import describe, require_count, require_positive, require_rng
from nnlib.network import Network
from nnlib.schedules import Rule
from nnlib.training import State


class Scheduled:
    """Sets the learning rate of the coming epoch: η = rule(epochs done). Start the optimizer at rule(0)."""

    def __init__(self, rule: Rule) -> None:
        if not callable(rule):
            raise TypeError(
                f"Scheduled got {describe(rule)}: expected a rule, as schedules.linear(…) makes"
            )
        self.rule = rule

    def __call__(self, state: State) -> None:
        """Set η."""
        state.optimizer.learning_rate = self.rule(state.epoch)


class Converged:
    """Ends training once the training loss falls by less than ``tolerance`` (a share, such as 0.01) in an epoch.

    A rise counts as no fall. A plateau looks the same as an optimum to it, so ask for ``patience`` epochs in a row.
    """

    def __init__(self, tolerance: float = 0.01, patience: int = 3) -> None:
        self.tolerance = require_positive("Converged", "tolerance", tolerance)
        self.patience = require_count("Converged", "patience", patience)

    def __call__(self, state: State) -> bool:
        """Whether the last ``patience`` epochs each brought too little."""
        losses = state.history.loss[-self.patience - 1 :]
        falls = [before - after for before, after in pairwise(losses)]
        small = [
            fall <= self.tolerance * abs(before)
            for fall, before in zip(falls, losses, strict=False)
        ]
        return len(small) == self.patience and all(small)


class Patience:
    """Ends training once the validation loss has not been lower than its best for ``epochs`` epochs in a row.

    Raises ``ValueError`` if ``fit`` was given no validation data.
    """

    def __init__(self, epochs: int = 5) -> None:
        self.epochs = require_count("Patience", "epochs", epochs)

    def __call__(self, state: State) -> bool:
        """Whether the best validation loss is ``epochs`` epochs old."""
        losses = state.history.validation_loss
        _require_validation("Patience", losses)
        best = min(
            range(len(losses)),
            key=lambda epoch: (math.isnan(losses[epoch]), losses[epoch]),
        )
        return len(losses) - 1 - best >= self.epochs


class KeepBest:
    """Early stopping's memory: keeps the weights of the epoch with the lowest validation loss (E24).

    ``restore(network)`` puts them back when training is over; ``epoch`` says which one it was, the first of several
    that are equal, and ``loss`` its validation loss. Together with ``Patience`` this is early stopping. Raises
    ``ValueError`` if ``fit`` was given no validation data.  Source: S4, N31.
    """

    def __init__(self) -> None:
        self.epoch, self.loss = 0, math.inf
        self.best: list[np.ndarray] = []

    def __call__(self, state: State) -> None:
        """Note the weights if they are the best so far."""
        _require_validation("KeepBest", state.history.validation_loss)
        loss = state.history.validation_loss[-1]
        if loss < self.loss:  # never if it is not a number
            self.epoch, self.loss = state.epoch, loss
            self.best = [value.value.copy() for value in state.network.state()]

    def restore(self, network: Network) -> None:
        """Put the best weights back. Raises ``RuntimeError`` before the first epoch."""
        _put_back("KeepBest", self.best, network)

    def state(self) -> dict[str, np.ndarray]:
        """Return the best weights with their epoch and loss, as arrays."""
        return {
            "epoch": np.array(self.epoch),
            "loss": np.array(self.loss),
            **_named(self.best),
        }

    def load_state(self, state: dict[str, np.ndarray]) -> None:
        """Go on from where ``state()`` was taken."""
        self.epoch = int(state["epoch"])
        self.loss = float(state["loss"])
        self.best = _unnamed(state)


class Budget:
    """Ends training after the epoch in which ``seconds`` are used up, counted from the end of the first epoch."""

    def __init__(self, seconds: float) -> None:
        self.seconds = require_positive("Budget", "seconds", seconds)
        self.start: float | None = None

    def __call__(self, state: State) -> bool:
        """Whether the time is up."""
        if state.epoch == 1 or self.start is None:
            self.start = time.monotonic()
        return time.monotonic() - self.start >= self.seconds

    def state(self) -> dict[str, np.ndarray]:
        """Return the seconds used, as an array; NaN before the first epoch."""
        return {"used": np.array(math.nan if self.start is None else time.monotonic() - self.start)}

    def load_state(self, state: dict[str, np.ndarray]) -> None:
        """Go on from where ``state()`` was taken: the time in between does not count."""
        used = float(state["used"])
        self.start = None if math.isnan(used) else time.monotonic() - used


class Restart:
    """Shakes the weights if the cost stalls: a way out of a bad place, not a promise of a better one.

    If the training loss has not fallen by a thousandth for ``patience`` epochs, training goes on from the best
    weights so far with N(0, scale²) added to each. ``restore(network)`` puts the best back when training is over;
    ``count`` says how often it was shaken.  Source: S1, N22.
    """

    def __init__(
        self,
        patience: int = 10,
        scale: float = 0.5,
        *,
        rng: np.random.Generator,
    ) -> None:
        self.patience = require_count("Restart", "patience", patience)
        self.scale = require_positive("Restart", "scale", scale)
        self.rng = require_rng("Restart", rng)
        self.count, self.waited = 0, 0
        self.best_loss, self.mark = math.inf, math.inf
        self.best: list[np.ndarray] = []

    def __call__(self, state: State) -> None:
        """Note the best weights, or shake them if nothing better comes."""
        loss = state.history.loss[-1]
        if loss < self.best_loss:
            self.best_loss = loss
            self.best = [value.value.copy() for value in state.network.state()]
        if loss < 0.999 * self.mark:
            self.mark, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.restore(state.network)
            for parameter in state.network.parameters():
                parameter.value += self.scale * self.rng.standard_normal(parameter.value.shape)
            self.count, self.waited = self.count + 1, 0

    def restore(self, network: Network) -> None:
        """Put the best weights back. Raises ``RuntimeError`` before the first epoch."""
        _put_back("Restart", self.best, network)

    def generators(self) -> list[np.random.Generator]:
        """Return what the shaking draws from."""
        return [self.rng]

    def state(self) -> dict[str, np.ndarray]:
        """Return the best weights, counts and losses, as arrays; the generator's state is its own."""
        numbers = {
            name: np.array(getattr(self, name)) for name in ("count", "waited", "best_loss", "mark")
        }
        return {**numbers, **_named(self.best)}

    def load_state(self, state: dict[str, np.ndarray]) -> None:
        """Go on from where ``state()`` was taken."""
        self.count, self.waited = int(state["count"]), int(state["waited"])
        self.best_loss = float(state["best_loss"])
        self.mark = float(state["mark"])
        self.best = _unnamed(state)


def _require_validation(who: str, losses: list[float]) -> None:
    if all(math.isnan(loss) for loss in losses):  # nothing was measured
        raise ValueError(f"{who} found no validation loss: give fit validation=(x, y)")


def _put_back(who: str, best: list[np.ndarray], network: Network) -> None:
    if not best:
        raise RuntimeError(f"{who} has no weights to restore: it was not called by fit yet")
    for parameter, value in zip(network.state(), best, strict=True):
        parameter.value[...] = value


def _named(best: list[np.ndarray]) -> dict[str, np.ndarray]:
    return {f"weights_{place}": value.copy() for place, value in enumerate(best)}


def _unnamed(state: dict[str, np.ndarray]) -> list[np.ndarray]:
    count = sum(name.startswith("weights_") for name in state)
    return [state[f"weights_{place}"].copy() for place in range(count)]
