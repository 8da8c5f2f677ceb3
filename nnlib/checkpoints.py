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
from nnlib.errors import describe, require_count, require_rng
from nnlib.network import Network
from nnlib.optimizers import Optimizer
from nnlib.saving import reading, require_format, saved_form, with_ending, write_arrays
from nnlib.training import Callback, History, State

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
    that have ``state()`` and ``load_state(…)``. Data, layers, optimizer and settings come from your program, which must
    be the same; η comes from the file. To start anew, remove the file. If a callback ends training, that epoch is
    not written: the same line would train it again, and end there again.
    Raises ``TypeError`` if a callback is not callable or the optimizer has no state.
    """

    def __init__(
        self,
        path: str | Path,
        every: int = 1,
        callbacks: Iterable[Callback] = (),
    ) -> None:
        self.path = with_ending(path)
        self.every = require_count("Checkpoint", "every", every)
        self.callbacks = list(callbacks)
        for callback in self.callbacks:
            if not callable(callback) or isinstance(callback, type):
                raise TypeError(
                    f"Checkpoint got {describe(callback)} as a callback: "
                    "expected one such as KeepBest()"
                )

    def __call__(self, state: State) -> bool:
        """Call the other callbacks, then write. Whether one of them ends training."""
        if any([callback(state) for callback in self.callbacks]):
            return True
        if state.epoch % self.every == 0 or state.epoch == state.epochs:
            run = _Run(state.network, state.optimizer, state.rng, self.callbacks)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_arrays(self.path, run.arrays(state.history))
        return False

    def resume(self, network: Network, optimizer: Optimizer, rng: np.random.Generator) -> History:
        """Put everything back to where the file has it and return the history; without a file an empty history.

        What a killed writer left behind is removed. Raises ``ValueError`` naming the file if it is damaged or of
        another run; then nothing is changed.
        """
        remove_leftovers(self.path)
        run = _Run(network, optimizer, rng, self.callbacks)
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

    def __repr__(self) -> str:
        return f"Checkpoint({self.path})"


class _Run:
    """All that the next step depends on, as arrays and back."""

    def __init__(
        self,
        network: Network,
        optimizer: Any,
        rng: np.random.Generator,
        callbacks: list[Callback],
    ) -> None:
        if not (hasattr(optimizer, "state") and hasattr(optimizer, "load_state")):
            raise TypeError(
                f"Checkpoint got {describe(optimizer)} as optimizer: "
                "expected state() and load_state(…)"
            )
        self.network = network
        self.remembering = {"optimizer": optimizer} | {
            f"callback {place}": callback
            for place, callback in enumerate(callbacks)
            if hasattr(callback, "load_state")
        }
        drawing: list[Any] = [
            network,
            *(callback for callback in callbacks if hasattr(callback, "generators")),
        ]
        found = [
            require_rng("Checkpoint", rng),
            *(generator for one in drawing for generator in one.generators()),
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
            for name, memory in one.state().items():
                arrays[f"{who}/{name}"] = _require_plain(
                    f"Checkpoint of {type(one).__name__}", name, memory
                )
        return arrays

    def put_back(self, arrays: Arrays) -> History:
        """Take over what ``arrays()`` gave, in place, so that what is shared stays shared; return the history."""
        history = History(**json.loads(str(arrays["history"])))
        for place, parameter in enumerate(self.network.state()):
            parameter.value[...] = arrays[f"network/{place}"]
        for who, one in self.remembering.items():
            start = f"{who}/"
            one.load_state(
                {
                    name.removeprefix(start): a
                    for name, a in arrays.items()
                    if name.startswith(start)
                }
            )
        states = json.loads(str(arrays["generators"]))
        for generator, state in zip(self.generators, states, strict=True):
            generator.bit_generator.state = state
        return history


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
    theirs, ours = _shapes(found), _shapes(own)
    for name in sorted(theirs.keys() | ours.keys()):
        if theirs.get(name) != ours.get(name):
            there = theirs.get(name, "missing")
            here = ours.get(name, "nothing of the kind")
            raise ValueError(f"{name} is {there} in the file: expected {here}")


def _shapes(arrays: Arrays) -> dict[str, str]:
    return {
        name: describe(a)
        for name, a in arrays.items()
        if name.startswith(("network/", "optimizer/"))
    }
