"""Every step of a sequence by itself: the same layers at each, and a loss at each.

What a recurrent layer gives is (n, time, n_hidden), while a ``Dense`` layer and the losses take rows. Here all steps
of all sequences become rows, (n · time, …), and are laid back.  Source: N40.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlib.errors import describe, require_array, require_rank, require_shape
from nnlib.layers import Compound, Layer, require_fitting, require_layers, returned
from nnlib.losses import Loss


class EachStep(Compound):
    """The same layers at every step: x (n, time, …) goes through them as (n · time, …), and comes out as (n, time, …).

    ``EachStep([Dense(64, 27, rng=rng)])`` turns all states of a recurrent layer into logits (n, time, 27).
    Raises ``ValueError`` if x has no axis of time.  Source: N40.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = require_layers("EachStep", layers)
        require_fitting("EachStep", self.layers)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return what the layers make of each step."""
        require_array(self, "x", x)
        if x.ndim < 3 or x.size == 0:
            raise ValueError(
                f"{self} got x of shape {x.shape}: expected (n, time, …), at least one step, "
                "as a recurrent layer with last=False gives"
            )
        y = x.reshape(-1, *x.shape[2:])
        for layer in self.layers:
            y = returned(layer, "forward", layer.forward(y))
        y = y.reshape(*x.shape[:2], *y.shape[1:])
        self.cache = x.shape, y.shape
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx; add to the gradients of the layers inside, over all steps."""
        x_shape, y_shape = self.recall()
        dy = require_shape(self, "dy", dy, y_shape).reshape(-1, *y_shape[2:])
        for layer in reversed(self.layers):
            dy = returned(layer, "backward", layer.backward(dy))
        return dy.reshape(x_shape)

    def inner(self) -> list[Layer]:
        """Return the layers inside."""
        return self.layers

    def config(self) -> dict[str, Any]:
        """Return the layers inside."""
        return {"layers": self.layers}

    def __repr__(self) -> str:
        return f"EachStep({' – '.join(map(str, self.layers))})"


class PerStep(Loss):
    """A loss at every step: C is the mean of ``loss`` over all steps of all sequences that have a target.

    predictions (n, time, outputs); targets (n, time, outputs), or labels (n, time), of which a label ``ignored`` (−1)
    says that there is nothing to predict. ``PerStep(SoftmaxCrossEntropy())`` scores the next character at every place.
    Raises ``ValueError`` if no step has a target, and what ``loss`` raises.  Source: N40.
    """

    def __init__(self, loss: Loss, ignored: int = -1) -> None:
        if not isinstance(loss, Loss):
            raise TypeError(
                f"PerStep got {describe(loss)}: expected a loss, such as SquaredError()"
            )
        self.loss, self.ignored = loss, ignored
        self.threshold, self.takes_logits = loss.threshold, loss.takes_logits

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean loss over the steps that have a target."""
        counts = self._counts(predictions, targets)
        self.cache = predictions.shape, counts
        return self.loss.forward(predictions[counts], targets[counts])

    def check(self, predictions: np.ndarray, targets: np.ndarray) -> None:
        """Raise unless the targets fit the predictions."""
        counts = self._counts(predictions, targets)
        self.loss.check(predictions[counts], targets[counts])

    def backward(self) -> np.ndarray:
        """Return d predictions, zeros where there is no target."""
        shape, counts = self.recall()
        d_counted = self.loss.backward()
        d_predictions = np.zeros(shape, d_counted.dtype)
        d_predictions[counts] = d_counted
        return d_predictions

    def _counts(self, predictions: Any, targets: Any) -> np.ndarray:
        """Which steps have a target, (n, time)."""
        steps = require_rank(self, "predictions", predictions, 3, "(n, time, outputs)").shape[:2]
        require_array(self, "targets", targets)
        if targets.shape not in (steps, predictions.shape):
            raise ValueError(
                f"{self} got targets of shape {targets.shape}: "
                f"expected labels of shape {steps}, or {predictions.shape}"
            )
        counts = targets != self.ignored if targets.ndim == 2 else np.ones(steps, bool)
        if not counts.any():
            raise ValueError(f"{self} got no target but {self.ignored}: expected one at least")
        return counts

    def __repr__(self) -> str:
        return f"PerStep({self.loss})"
