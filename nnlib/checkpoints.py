"""Checkpoints: a training run that was killed goes on where it was, as if nothing had happened.

A run is more than its weights. What its next step depends on is the network's state, the optimizer's memory, the
history, what callbacks remember, and the place that each random generator has reached. A checkpoint keeps all of it,
in one file, which is the old one or the new one and never half of one.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from nnlib._files import remove_leftovers
from nnlib._hooks import Hooks
from nnlib.errors import describe, require_count, require_finite, require_rng
from nnlib.history import Callback, History, State, require_history
from nnlib.network import Network
from nnlib.optimizers import Optimizer
from nnlib.saving import reading, require_format, saved_form, with_ending, write_arrays

FORMAT = "nnlib checkpoint 1"

Arrays = dict[str, np.ndarray]


class Checkpoint:
    """Writes the whole run to ``path`` (``.npz`` is added) after every ``every``-th epoch and after the last one.

    The same line starts a run and, after a crash, goes on with it; the result is the same, bit for bit::

        best = KeepBest()
        checkpoint = Checkpoint("run", callbacks=[best, Patience(5)])
        fit(network, loss, optimizer, (x, y), epochs=50, batch_size=32, rng=rng, callbacks=[checkpoint],
            history=checkpoint.resume(network, optimizer, rng))

    Hand it all the other ``callbacks``: it calls them first, so that what they change is in the file, and resumes those
    that have ``state()`` and ``load_state(…)``. Generators that neither ``fit`` nor a layer nor a callback has, such as
    one of an ``augment`` function's own, are to be named in ``generators``; without that they start anew.

    Data, layers, optimizer and settings come from your program, which must be the same; η comes from the file. To start
    anew, remove the file. If a callback ends training, that epoch is not written: the same line would train it again,
    and end there again. Raises ``TypeError`` if a callback or generator is none, or the optimizer has no state, and
    ``ValueError`` if ``augment`` has ``generators()`` that were not named.
    """

    acts_last = True

    def __init__(
        self,
        path: str | Path,
        every: int = 1,
        callbacks: Iterable[Callback] = (),
        generators: Iterable[np.random.Generator] = (),
    ) -> None:
        self.path = with_ending(path, "Checkpoint")
        self.every = require_count("Checkpoint", "every", every)
        self.hooks = Hooks("Checkpoint", callbacks)
        self.callbacks = self.hooks.given
        if isinstance(generators, np.random.Generator) or not isinstance(generators, Iterable):
            raise TypeError(
                f"Checkpoint got generators as {describe(generators)}: expected a list of them"
            )
        self.drawn_from = [require_rng("Checkpoint", one) for one in generators]

    def start(self, state: State) -> None:
        """Tell the other callbacks; look whether all generators are kept that are known to be drawn from."""
        drawing = getattr(state.augment, "generators", None)
        kept = {id(one) for one in self._run(state).generators}
        if drawing is not None and not {id(one) for one in drawing()} <= kept:
            raise ValueError(
                "Checkpoint got an augment that draws from generators of its own, which would not "
                "be kept: expected Checkpoint(…, generators=augment.generators())"
            )
        self.hooks.start(state)

    def step(self, state: State) -> None:
        """Tell the other callbacks."""
        self.hooks.step(state)

    def __call__(self, state: State) -> bool:
        """Call the other callbacks, then write. Whether one of them ends training."""
        if self.hooks.epoch(state):
            return True
        if state.epoch % self.every == 0 or state.epoch == state.epochs:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_arrays(self.path, self._run(state).arrays(state.history))
        return False

    def resume(self, network: Network, optimizer: Optimizer, rng: np.random.Generator) -> History:
        """Put everything back to where the file has it and return the history; without a file an empty history.

        What a killed writer left behind is removed. Raises ``ValueError`` naming the file if it is damaged or of
        another run; then nothing is changed.
        """
        remove_leftovers(self.path)
        run = _Run(network, optimizer, rng, self)
        before = run.arrays(History())
        if not self.path.exists():
            return History()
        try:
            with reading(self.path, "a checkpoint that this run can go on from") as arrays:
                _require_same_run(arrays, before)
                return run.put_back(arrays)
        except ValueError:
            run.put_back(before)
            raise

    def _run(self, state: State) -> "_Run":
        return _Run(state.network, state.optimizer, state.rng, self)

    def __repr__(self) -> str:
        return f"Checkpoint({self.path})"


class _Run:
    """All that the next step depends on, as arrays and back."""

    def __init__(
        self,
        network: Network,
        optimizer: Any,
        rng: np.random.Generator,
        checkpoint: Checkpoint,
    ) -> None:
        if isinstance(network, type) or not hasattr(network, "generators"):
            raise TypeError(f"Checkpoint got {describe(network)} as network: expected a Network")
        self.network = network
        callbacks = checkpoint.callbacks
        self.remembering = {"optimizer": optimizer} | {
            f"callback {place}": callback
            for place, callback in enumerate(callbacks)
            if hasattr(callback, "load_state") or hasattr(callback, "state")
        }
        for who, one in self.remembering.items():
            if not (hasattr(one, "state") and hasattr(one, "load_state")):
                raise TypeError(
                    f"Checkpoint got {describe(one)} as {who}: "
                    "expected state() and load_state(…), both of them"
                )
        drawing: list[Any] = [
            network,
            *(callback for callback in callbacks if hasattr(callback, "generators")),
        ]
        found = [
            require_rng("Checkpoint", rng),
            *(generator for one in drawing for generator in one.generators()),
            *checkpoint.drawn_from,
        ]
        # a shared one once
        self.generators = list({id(generator): generator for generator in found}.values())

    def arrays(self, history: History) -> Arrays:
        """Return everything under its name: numbers as arrays, the rest as JSON text."""
        texts = {
            "format": FORMAT,
            "layers": [saved_form(layer) for layer in self.network.layers],
            "kinds": {name: type(one).__name__ for name, one in self.remembering.items()},
            "generators": [generator.bit_generator.state for generator in self.generators],
            "history": asdict(history),
        }
        arrays = {
            name: np.array(json.dumps(text, default=np.ndarray.tolist))
            for name, text in texts.items()
        }
        for place, parameter in enumerate(self.network.state()):
            arrays[f"network/{place}"] = parameter.value.copy()
        for who, one in self.remembering.items():
            told, state = f"Checkpoint of {type(one).__name__}", one.state()
            if not isinstance(state, dict):
                raise TypeError(
                    f"{told} got its state as {describe(state)}: expected a dict of arrays"
                )
            for name, memory in state.items():
                arrays[f"{who}/{name}"] = _require_plain(told, name, memory)
        return {"members": np.array(json.dumps(_members(arrays))), **arrays}

    def put_back(self, arrays: Arrays) -> History:
        """Take over what ``arrays()`` gave, in place, so that what is shared stays shared; return the history."""
        history = require_history("it", History(**json.loads(str(arrays["history"]))))
        for place, parameter in enumerate(self.network.state()):
            parameter.value[...] = require_finite("network", f"{place}", arrays[f"network/{place}"])
        for who, one in self.remembering.items():
            start = f"{who}/"
            found = {
                name.removeprefix(start): a for name, a in arrays.items() if name.startswith(start)
            }
            one.load_state(found)
            if hasattr(one, "require_network"):
                one.require_network(self.network)
        self._put_back_generators(json.loads(str(arrays["generators"])))
        return history

    def _put_back_generators(self, states: list[dict[str, Any]]) -> None:
        kinds = [state["bit_generator"] for state in states]
        own = [generator.bit_generator.state["bit_generator"] for generator in self.generators]
        if kinds != own:
            raise ValueError(f"it has the random generators {kinds}: expected {own}")
        for generator, state in zip(self.generators, states, strict=True):
            generator.bit_generator.state = state


def _require_plain(who: str, name: str, value: Any) -> np.ndarray:
    """Return ``value`` if it is an array of numbers or text; anything else would be pickled."""
    if not (isinstance(value, np.ndarray) and value.dtype.kind in "fiubU"):
        raise TypeError(
            f"{who} got {name} as {describe(value)}: expected an array of numbers or of text"
        )
    return value


def _require_same_run(found: Arrays, own: Arrays) -> None:
    """Raise ``ValueError`` saying what differs if the file is of another format, network, optimizer or callbacks."""
    require_format(found, FORMAT)
    words = {
        "layers": "network",
        "kinds": "optimizer or callbacks",
    }
    for name, what in words.items():
        if str(found.get(name)) != str(own[name]):
            raise ValueError(f"it is of another {what}: {found.get(name)}, expected {own[name]}")
    fixed = ("network/", "optimizer/")
    _require_same_members(_members(found, fixed), _members(own, fixed))
    if "members" in found:  # what callbacks keep depends on the epoch, so the file says it
        _require_same_members(_members(found), json.loads(str(found["members"])))


def _require_same_members(theirs: dict[str, str], ours: dict[str, str]) -> None:
    for name in sorted(theirs.keys() | ours.keys()):
        if theirs.get(name) != ours.get(name):
            there = theirs.get(name, "missing")
            here = ours.get(name, "nothing of the kind")
            raise ValueError(f"{name} is {there} in the file: expected {here}")


def _members(arrays: Arrays, starts: tuple[str, ...] = ("",)) -> dict[str, str]:
    return {
        name: describe(a)
        for name, a in arrays.items()
        if name != "members" and name.startswith(starts)
    }
