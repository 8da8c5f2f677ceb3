"""What ``fit`` accepts, and how it refuses the rest: in words, before anything is learned."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from nnlib.errors import (
    describe,
    require_count,
    require_examples,
    require_finite,
    require_positive,
    require_rng,
    require_same_length,
)
from nnlib.parameter import Parameter
from nnlib.regularization import Penalty, require_penalties

Examples = tuple[np.ndarray, np.ndarray]


@runtime_checkable
class NetworkLike(Protocol):
    """What can be trained: a ``Network``, or anything else with these methods."""

    training: bool

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return predictions for a batch x."""

    def backward_to_parameters(self, dy: np.ndarray) -> None:
        """Add to the gradients of the parameters."""

    def parameters(self) -> Sequence[Parameter]:
        """Return what is learned."""

    def state(self) -> Sequence[Parameter]:
        """Return the parameters and all else that makes the network what it is."""

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return predictions for any number of rows."""


@runtime_checkable
class LossLike(Protocol):
    """What says how wrong predictions are: a ``Loss``, or anything else with these methods."""

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the loss, a mean over the examples."""

    def backward(self) -> np.ndarray:
        """Return d predictions."""


@runtime_checkable
class OptimizerLike(Protocol):
    """What changes the parameters: an ``Optimizer``, or anything else with these methods."""

    learning_rate: float

    def zero_grad(self) -> None:
        """Forget all gradients."""

    def step(self) -> None:
        """Change the parameters by their gradients."""


def require_pairs(who: str, examples: Any) -> Examples:
    """Return (x, y) if they are two arrays of finite numbers with a row for each example; else raise."""
    if not (isinstance(examples, tuple | list) and len(examples) == 2):
        raise TypeError(f"{who} got examples as {describe(examples)}: expected a pair (x, y)")
    x, y = examples
    for name, array in (("x", x), ("y", y)):
        require_finite(who, name, require_examples(who, name, array))
    require_same_length(who, x=x, y=y)
    return x, y


def require_parts(network: Any, loss: Any, optimizer: Any) -> None:
    """Raise if a part cannot do its work, or if the optimizer works for another network."""
    _require_part("network", network, NetworkLike)
    _require_part("loss", loss, LossLike)
    _require_part("optimizer", optimizer, OptimizerLike)
    ours = set(network.parameters())
    theirs = set(getattr(optimizer, "parameters", ours))
    if ours.isdisjoint(theirs):
        raise ValueError(
            f"fit got {optimizer} of another network's parameters: expected those of {network}"
        )
    for parameter in theirs - ours:
        raise ValueError(
            f"fit got {optimizer} with {parameter}, which the network does not have: make the "
            "optimizer after the last change of the network's layers, from network.parameters()"
        )


def require_step(who: str, network: Any, loss: Any, optimizer: Any, penalty: Any) -> list[Penalty]:
    """Return the penalties as a list; raise if a part is of another kind. Asks one method each, to be quick."""
    for name, part, method in (
        ("network", network, "backward_to_parameters"),
        ("loss", loss, "backward"),
        ("optimizer", optimizer, "step"),
    ):
        if isinstance(part, type) or not hasattr(part, method):
            raise TypeError(f"{who} got {describe(part)} as the {name}: expected {_METHODS[name]}")
    return require_penalties(who, penalty)


def _require_part(name: str, part: Any, kind: Any) -> None:
    if isinstance(part, type):
        called = part.__name__
        raise TypeError(
            f"fit got the class {called} as the {name}: expected an object, as {called}(…) makes"
        )
    if not isinstance(part, kind):
        raise TypeError(f"fit got {describe(part)} as the {name}: expected {_METHODS[name]}")


_METHODS = {
    "network": "a Network, or something with its methods",
    "loss": "a loss such as SquaredError(), with forward and backward",
    "optimizer": "one such as SGD(network.parameters()), with zero_grad and step",
}


def require_numbers(epochs: Any, batch_size: Any, rng: Any) -> None:
    """Raise unless there are whole numbers of epochs and rows, and a generator."""
    require_count("fit", "epochs", epochs)
    require_count("fit", "batch_size", batch_size)
    require_rng("fit", rng)


def require_extras(penalty: Any, clip: Any, augment: Any) -> None:
    """Raise if what may be left out is given and is of the wrong kind."""
    require_penalties("fit", penalty)
    if clip is not None:
        require_positive("fit", "clip", clip)
    if not (augment is None or callable(augment)):
        raise TypeError(
            f"fit got {describe(augment)} as augment: "
            "expected a function of x and rng that returns x"
        )
