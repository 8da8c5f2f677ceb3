"""Callbacks: what ``fit`` asks after each epoch. One that returns True ends the training.

Three ways to know when to stop: the cost no longer falls, the validation cost no longer falls, the time is up. And
one to go on if the cost stalls. A callback is a function of the state; it may also have

- ``start(state)``, called before the first step: ``state.epoch`` is 0 in a new run, above 0 in one that goes on
- ``step(state)``, called after each step of the optimizer; ``state.steps`` counts them
- ``acts_last = True``, if it changes the network: it is called when all others have looked
- ``state()`` and ``load_state(…)``, as optimizers have, if it remembers more than the history, and ``generators()``, as
  layers have, if it draws random numbers: so a ``Checkpoint`` can resume it

All that is remembered here is of one run of one network, and starts anew with the next one.
Source: N14, N22, N43; S1, S2, S4.
"""

import math
import time
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from nnlib._checks import NetworkLike
from nnlib.errors import (
    describe,
    require_amount,
    require_count,
    require_function,
    require_positive,
    require_rng,
    require_share,
)
from nnlib.history import State
from nnlib.network import Network
from nnlib.schedules import Rule


class Scheduled:
    """Sets the learning rate, η = rule(k): k counts the epochs that are done, or with ``per="step"`` the steps.

    The rule decides from the first step to the last, whatever η the optimizer was made with; after the last nothing is
    set. Raises ``ValueError`` or ``TypeError`` if it gives anything but a number, 0 or more: 0 lets training rest.
    """

    def __init__(self, rule: Rule, per: str = "epoch") -> None:
        self.rule = require_function("Scheduled", rule, "a rule, as cosine(…) makes")
        self.per = _require_per("Scheduled", per)

    def start(self, state: State) -> None:
        """Set η for the first step."""
        self._set(state, state.epoch if self.per == "epoch" else state.steps)

    def step(self, state: State) -> None:
        """Set η for the next step, if there is one and the rule counts steps."""
        if self.per == "step" and state.steps < state.steps_in_all:
            self._set(state, state.steps)

    def __call__(self, state: State) -> None:
        """Set η for the next epoch, if there is one and the rule counts epochs."""
        if self.per == "epoch" and state.epoch < state.epochs:
            self._set(state, state.epoch)

    def _set(self, state: State, k: int) -> None:
        who = f"Scheduled, from its rule for {self.per} {k + 1},"
        state.optimizer.learning_rate = require_amount(who, "η", self.rule(k))


class Converged:
    """Ends training once the training loss falls by less than ``tolerance`` (a share, such as 0.01) in an epoch.

    The loss is that of the history, without the penalty; with one it may rise while the whole cost falls. A rise counts
    as no fall. A plateau looks the same as an optimum to it, so ask for ``patience`` epochs in a row.
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

    def start(self, state: State) -> None:
        """Ask for validation data."""
        _require_validation("Patience", state)

    def __call__(self, state: State) -> bool:
        """Whether the best validation loss is ``epochs`` epochs old."""
        _require_validation("Patience", state)
        losses = state.history.validation_loss
        best = min(
            range(len(losses)),
            key=lambda epoch: (math.isnan(losses[epoch]), losses[epoch]),
        )
        return len(losses) - 1 - best >= self.epochs


class Budget:
    """Ends training after the epoch in which ``seconds`` are used up, counted from the start of the run.

    Of a run that goes on only the time in ``fit`` counts, not that in between.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = require_positive("Budget", "seconds", seconds)
        self.used, self.begun = 0.0, math.nan

    def start(self, state: State) -> None:
        """Start the clock, at 0 in a new run."""
        if state.epoch == 0:
            self.used = 0.0
        self.begun = time.monotonic() - self.used

    def __call__(self, state: State) -> bool:
        """Whether the time is up."""
        if math.isnan(self.begun):
            self.start(state)
        self.used = time.monotonic() - self.begun
        return self.used >= self.seconds

    def state(self) -> dict[str, np.ndarray]:
        """Return the seconds used, as an array."""
        return {"used": np.array(self.used)}

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from where ``state()`` was taken."""
        self.used = require_amount("Budget", "used", _number("Budget", state, "used"))


class _Keeper:
    """What remembers weights of a run: ``restore`` puts them back, a new run or another network forgets them."""

    # the numbers that are remembered too, and what they are at first
    fresh: ClassVar[dict[str, float]] = {}

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.network: Any = None
        self.best: list[np.ndarray] = []
        for name, value in self.fresh.items():
            setattr(self, name, value)

    def start(self, state: State) -> None:
        """Forget the run before, if this is a new one or one of another network."""
        another = self.network is not None and self.network is not state.network
        if state.epoch == 0 or another:
            self._forget()
        self.network = state.network

    def restore(self, network: Network) -> None:
        """Put the weights that were kept into ``network``, which may be a copy of the one they come from.

        Raises ``RuntimeError`` if there are none yet, ``ValueError`` or ``TypeError`` if they do not fit.
        """
        who = type(self).__name__
        if not self.best:
            raise RuntimeError(f"{who} has no weights to restore: it was not called by fit yet")
        if isinstance(network, type) or not isinstance(network, NetworkLike):
            raise TypeError(f"{who} got {describe(network)} to restore: expected a network")
        self.require_network(network)
        for parameter, value in zip(network.state(), self.best, strict=True):
            parameter.value[...] = value

    def require_network(self, network: Network) -> None:
        """Raise ``ValueError`` if there are weights, and not as many or of other shapes than the network's."""
        who, own = type(self).__name__, network.state()
        if self.best and len(self.best) != len(own):
            raise ValueError(
                f"{who} keeps {len(self.best)} arrays of another network: "
                f"expected the {len(own)} of {network}"
            )
        for value, parameter in zip(self.best, own, strict=False):
            if value.shape != parameter.value.shape:
                raise ValueError(
                    f"{who} keeps an array of shape {value.shape} of another network: "
                    f"expected {parameter.value.shape}, as {parameter.name} has"
                )

    def _keep(self, network: Network) -> None:
        self.best = [parameter.value.copy() for parameter in network.state()]

    def state(self) -> dict[str, np.ndarray]:
        """Return the weights and numbers that are remembered, as arrays."""
        numbers = {name: np.array(getattr(self, name)) for name in self.fresh}
        return numbers | {f"weights_{place}": w.copy() for place, w in enumerate(self.best)}

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from where ``state()`` was taken; raise ``ValueError``, and change nothing, if it makes no sense."""
        who = type(self).__name__
        numbers = {name: _number(who, state, name) for name in self.fresh}
        for name, number in numbers.items():
            if isinstance(self.fresh[name], int) and not (number >= 0 and number % 1 == 0):
                raise ValueError(f"{who} got {name} = {number}: expected a whole number, 0 or more")
        count = len(set(state) - set(self.fresh))
        best = [state.get(f"weights_{place}") for place in range(count)]
        for place, weights in enumerate(best):
            if not (isinstance(weights, np.ndarray) and weights.dtype.kind == "f"):
                raise ValueError(
                    f"{who} got weights_{place} as {describe(weights)}: expected an array of floats"
                )
        self._forget()
        self.best = [weights.copy() for weights in best if weights is not None]
        for name, number in numbers.items():
            setattr(self, name, type(self.fresh[name])(number))


class KeepBest(_Keeper):
    """Early stopping's memory: keeps the weights of the epoch with the lowest validation loss (E24).

    ``restore(network)`` puts them back when training is over; ``epoch`` says which one it was, the first of several
    that are equal, and ``loss`` its validation loss. Together with ``Patience`` this is early stopping. Raises
    ``ValueError`` if ``fit`` was given no validation data.  Source: S4, N31.
    """

    fresh: ClassVar[dict[str, float]] = {"epoch": 0, "loss": math.inf}
    epoch: int
    loss: float

    def start(self, state: State) -> None:
        """Forget the run before, and ask for validation data."""
        super().start(state)
        _require_validation("KeepBest", state)

    def __call__(self, state: State) -> None:
        """Note the weights if they are the best so far."""
        _require_validation("KeepBest", state)
        loss = state.history.validation_loss[-1]
        if loss < self.loss:  # never if it is not a number
            self.epoch, self.loss = state.epoch, loss
            self._keep(state.network)


class Restart(_Keeper):
    """Shakes the weights if the cost stalls: a way out of a bad place, not a promise of a better one.

    If the training loss of the history has not fallen by a thousandth for ``patience`` epochs, training goes on from
    the best weights so far with N(0, scale²) added to each; the optimizer forgets what it remembers of the old place.
    Which weights are best is measured after each epoch, on all training examples in prediction mode, as the loss of the
    history is that of weights on the way: ``best_loss`` is what ``restore(network)`` brings back when training is over.
    ``count`` says how often it was shaken.  Source: S1, N22.
    """

    fresh: ClassVar[dict[str, float]] = {
        "count": 0,
        "waited": 0,
        "best_loss": math.inf,
        "mark": math.inf,
    }
    acts_last = True
    count: int
    waited: int
    best_loss: float
    mark: float

    def __init__(
        self,
        patience: int = 10,
        scale: float = 0.5,
        *,
        rng: np.random.Generator,
    ) -> None:
        super().__init__()
        self.patience = require_count("Restart", "patience", patience)
        self.scale = require_positive("Restart", "scale", scale)
        self.rng = require_rng("Restart", rng)

    def __call__(self, state: State) -> None:
        """Note the best weights, or shake them if nothing better comes."""
        loss, measured = state.history.loss[-1], state.training_loss()
        if measured < self.best_loss:
            self.best_loss = measured
            self._keep(state.network)
        if loss < 0.999 * self.mark:
            self.mark, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited >= self.patience and not state.ending:
            self._shake(state)

    def _shake(self, state: State) -> None:
        if self.best:
            self.restore(state.network)
        for parameter in state.network.parameters():
            parameter.value += self.scale * self.rng.standard_normal(parameter.value.shape)
        if hasattr(state.optimizer, "reset"):
            state.optimizer.reset()
        self.count, self.waited = self.count + 1, 0

    def generators(self) -> list[np.random.Generator]:
        """Return what the shaking draws from."""
        return [self.rng]


class AverageWeights(_Keeper):
    """The mean of the weights along the way: of noisy steps that never settle, the middle (Polyak, Ruppert; SWA).

    Over the weights after each epoch, or with ``per="step"`` after each step, from epoch ``first`` on:

    - without ``decay`` the mean of them all, w̄ ← w̄ + (w − w̄) / n
    - with it the exponential one, w̄ ← decay w̄ + (1 − decay) w, from w itself on: about the last 1 / (1 − decay)

    Training does not notice. ``restore(network)`` puts the mean in when it is over; ``count`` says of how many it is.
    Steps count once their epoch is finished, as an epoch that diverges is taken back.
    The running statistics of ``BatchNorm`` are averaged like weights. They are near those of the averaged network, not
    equal to them: forward passes of training data in training mode bring them there.
    Raises ``ValueError`` if ``decay`` is not in [0, 1).
    Source: Polyak and Juditsky, 1992; Izmailov and others, 2018.
    """

    fresh: ClassVar[dict[str, float]] = {"count": 0}
    count: int

    def __init__(self, first: int = 1, *, decay: float | None = None, per: str = "epoch") -> None:
        super().__init__()
        self.first = require_count("AverageWeights", "first", first)
        self.decay = None if decay is None else require_share("AverageWeights", "decay", decay)
        self.per = _require_per("AverageWeights", per)

    def _forget(self) -> None:
        super()._forget()
        self.mean, self.taken = self.best, 0

    def start(self, state: State) -> None:
        """Forget the run before, or go on from its last finished epoch."""
        super().start(state)
        self.mean, self.taken = [mean.copy() for mean in self.best], self.count

    def step(self, state: State) -> None:
        """Take the weights in, if it counts steps."""
        if self.per == "step" and state.epoch + 1 >= self.first:
            self._take_in(state.network)

    def __call__(self, state: State) -> None:
        """Take the weights in, if it counts epochs; keep the mean of all until now."""
        if self.per == "epoch" and state.epoch >= self.first:
            self._take_in(state.network)
        self.best, self.count = [mean.copy() for mean in self.mean], self.taken

    def _take_in(self, network: Network) -> None:
        self.taken += 1
        if self.taken == 1:
            self.mean = [parameter.value.copy() for parameter in network.state()]
            return
        share = 1 / self.taken if self.decay is None else 1 - self.decay
        with np.errstate(under="ignore"):
            for mean, parameter in zip(self.mean, network.state(), strict=True):
                mean += share * (parameter.value - mean)


def _require_per(who: str, per: Any) -> str:
    if not (isinstance(per, str) and per in ("epoch", "step")):
        raise ValueError(f'{who} got per = {per!r}: expected "epoch" or "step"')
    return per


def _require_validation(who: str, state: State) -> None:
    losses = state.history.validation_loss
    if state.validation is None and all(math.isnan(loss) for loss in losses):
        raise ValueError(f"{who} found no validation loss: give fit validation=(x, y)")


def _number(who: str, state: Mapping[str, np.ndarray], name: str) -> float:
    """Return the number that a saved state has under ``name``; raise if there is none."""
    if not isinstance(state, Mapping):
        raise TypeError(f"{who} got state as {describe(state)}: expected what state() returned")
    found = state.get(name)
    number = isinstance(found, np.ndarray) and found.shape == () and found.dtype.kind in "fiu"
    if found is None or not number or np.isnan(found):
        raise ValueError(
            f"{who} got {name} as {describe(found)}: expected a number, as state() returned it"
        )
    return found.item()
