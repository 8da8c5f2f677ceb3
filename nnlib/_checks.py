"""What ``fit`` accepts, and how it refuses the rest: in words, before anything is learned."""

import warnings
from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from nnlib.activations import Sigmoid, Softmax
from nnlib.errors import (
    describe,
    require_count,
    require_examples,
    require_finite,
    require_function,
    require_positive,
    require_rng,
    require_same_length,
)
from nnlib.parameter import Parameter
from nnlib.regularization import Penalty, require_penalties

Examples = tuple[np.ndarray, np.ndarray]

LARGE = 50.0  # inputs beyond it are hardly meant so: pixels go to 255


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
    require_learner("fit", network, loss)
    _require_part("fit", "optimizer", optimizer, OptimizerLike)
    require_own(network, optimizer)


def require_own(network: Any, optimizer: Any) -> None:
    """Raise if the optimizer works for another network, or for parameters that this one no longer has."""
    ours = set(network.parameters())
    theirs = set(learned_by(optimizer, network))
    if ours.isdisjoint(theirs):
        raise ValueError(
            f"fit got {optimizer} of another network's parameters: expected those of {network}"
        )
    for parameter in theirs - ours:
        raise ValueError(
            f"fit got {optimizer} with {parameter}, which the network does not have: make the "
            "optimizer after the last change of the network's layers, from network.parameters()"
        )


def require_learner(who: str, network: Any, loss: Any) -> None:
    """Raise unless one can be trained and the other says how wrong it is."""
    _require_part(who, "network", network, NetworkLike)
    _require_part(who, "loss", loss, LossLike)


def learned_by(optimizer: Any, network: Any) -> Sequence[Parameter]:
    """Return the parameters that an optimizer has; of one that does not tell, the network's."""
    told = getattr(optimizer, "parameters", network.parameters)
    return told() if callable(told) else told


def require_slopes(network: Any, optimizer: Any) -> None:
    """Raise after a backward pass that left the optimizer nothing to go by. Ends at the first gradient, to be quick."""
    for parameter in learned_by(optimizer, network):
        if parameter.grad is not None:
            return
    raise ValueError(
        f"{optimizer} got no gradient from the backward pass of {network}: "
        "expected the optimizer of this network, made from network.parameters()"
    )


def require_cost(loss: Any, cost: Any) -> float:
    """Return what a loss gave if it is a number; else raise ``TypeError``."""
    if isinstance(cost, float):  # most are, and this is asked in each step
        return cost
    if isinstance(cost, int | np.number | np.ndarray) and np.ndim(cost) == 0:
        return cost  # type: ignore[return-value]
    raise TypeError(
        f"{loss} gave {describe(cost)} as the loss: expected a number, the mean over the examples"
    )


def require_step(who: str, network: Any, loss: Any, optimizer: Any, penalty: Any) -> list[Penalty]:
    """Return the penalties as a list; raise if a part is of another kind. Asks one method each, to be quick."""
    _require_method(who, "network", network, "backward_to_parameters")
    _require_method(who, "loss", loss, "backward")
    _require_method(who, "optimizer", optimizer, "step")
    return [] if penalty is None else require_penalties(who, penalty)


def _require_method(who: str, name: str, part: Any, method: str) -> None:
    if isinstance(part, type) or not hasattr(part, method):
        raise TypeError(f"{who} got {describe(part)} as the {name}: expected {_METHODS[name]}")


def _require_part(who: str, name: str, part: Any, kind: Any) -> None:
    if isinstance(part, type):
        called = part.__name__
        raise TypeError(
            f"{who} got the class {called} as the {name}: expected an object, as {called}(…) makes"
        )
    if not isinstance(part, kind):
        raise TypeError(f"{who} got {describe(part)} as the {name}: expected {_METHODS[name]}")


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
    if augment is not None:
        wanted = "a function of x and rng that returns x"
        require_function("fit", augment, wanted, arguments=2, role=" as augment")


def look_ahead(
    network: NetworkLike,
    loss: LossLike,
    examples: Examples,
    validation: Examples | None,
    batch_size: int,
) -> None:
    """Raise now what would be raised in the middle of an epoch, and warn about what is hardly ever meant."""
    require_fitting(network, loss, examples, "fit")
    if validation is not None:
        require_fitting(network, loss, validation, "fit's validation")
    require_batches(network, examples, batch_size)
    scale = unscaled(examples[0])
    if not scale and validation is not None and (other := unscaled(validation[0])):
        scale = f"in the validation data {other}"
    for words in (scale, twice(network, loss)):
        if words:
            warnings.warn(f"fit: {words}", stacklevel=3)


def require_fitting(network: NetworkLike, loss: LossLike, examples: Examples, who: str) -> None:
    """Raise what the network or the loss would have to say later, before anything is learned.

    One example is sent through the network, in prediction mode, to see the shape of its outputs.
    """
    x, y = examples
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        outputs = network.predict(x[:1])
    if not hasattr(loss, "check"):
        return
    predictions = np.broadcast_to(np.zeros(1, outputs.dtype), (len(y), *outputs.shape[1:]))
    try:
        loss.check(predictions, y)
    except (TypeError, ValueError) as error:
        error.add_note(f"{who}: this is about the targets y; nothing was learned yet")
        raise


def require_batches(network: Any, examples: Examples, batch_size: int) -> None:
    """Raise if the last mini-batch holds a single example and the network cannot learn from one alone."""
    x, _ = examples
    noting = len(network.state()) > len(network.parameters()) and hasattr(network, "copy")
    if not noting or not (len(x) % batch_size == 1 or batch_size == 1):
        return
    trial = network.copy()
    trial.training = True
    try:
        trial.forward(x[:1])
    except ValueError as error:
        raise ValueError(
            f"fit got {len(x)} examples and batch_size = {batch_size}, "
            f"which leaves a mini-batch of one example: {error}"
        ) from None


def unscaled(x: np.ndarray) -> str:
    """Say if inputs are much larger than what weights start for; else return an empty text."""
    largest = float(max(abs(float(x.min())), abs(float(x.max()))))
    if largest < LARGE:
        return ""
    way = "x / 255" if largest <= 255 else f"x / {largest:.4g}, or (x - x.mean(0)) / x.std(0)"
    return (
        f"the inputs reach up to {largest:.4g}. Weights start for inputs of about −1 to 1; "
        f"scale them first, as {way} does"
    )


def twice(network: Any, loss: Any) -> str:
    """Say if the network ends in what the loss does anyway; else return an empty text."""
    last = getattr(network, "layers", [None])[-1]
    if not (getattr(loss, "takes_logits", False) and isinstance(last, Softmax | Sigmoid)):
        return ""
    kind = type(last).__name__
    return (
        f"the network ends in {kind}, and {loss} takes logits, as it does that step itself. "
        f"So it is done twice, and learning is slow: leave out the last {kind}"
    )
