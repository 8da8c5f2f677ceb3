"""Losses: how wrong is the network, as one number, and which way is less wrong, as a gradient.

- ``loss.forward(predictions, targets) -> float`` is a sum over outputs and a mean over examples
- ``loss.backward() -> d predictions`` has the shape of the predictions

Source: N11, N15; the order is that of rising difficulty.
"""

from typing import Any

import numpy as np

from nnlib import numerics
from nnlib.errors import (
    require_array,
    require_labels,
    require_rank,
    require_shape,
)
from nnlib.parameter import Remembers


class Loss(Remembers):
    """The contract of a loss. ``predictions`` are (n, outputs); ``targets`` the same, or labels (n,) for classes."""

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean loss of the batch."""
        raise NotImplementedError

    def backward(self) -> np.ndarray:
        """Return the loss of the last forward differentiated by the predictions."""
        raise NotImplementedError


class SquaredError(Loss):
    """C = 1/(2n) Σ ‖p − t‖²; dp = (p − t) / n. The ½ is there to cancel the 2.  Source: S0, E3."""

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return half the squared distance, summed over outputs, mean over examples."""
        difference = _difference(self, predictions, targets)
        self.cache = difference
        return float((difference * difference).sum()) / (2 * len(difference))

    def backward(self) -> np.ndarray:
        """Return (p − t) / n."""
        difference = self.recall()
        return difference / len(difference)


class AbsoluteError(Loss):
    """C = 1/n Σ |p − t|; dp = sign(p − t) / n, and 0 if p = t.  Source: N11."""

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the absolute distance, summed over outputs, mean over examples."""
        difference = _difference(self, predictions, targets)
        self.cache = difference
        return float(np.abs(difference).sum()) / len(difference)

    def backward(self) -> np.ndarray:
        """Return sign(p − t) / n."""
        difference = self.recall()
        return np.sign(difference) / len(difference)


class CrossEntropy(Loss):
    """C = −1/n Σ tₖ log pₖ for probabilities p (n, classes); dp = −t / (p n).

    Probabilities are clipped from below at the smallest normal number of their dtype, so that log 0 never comes.
    ``targets`` are labels (n,) or one-hot rows.  Source: N11, N15.
    """

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean negative log-likelihood of the right class."""
        p = _probabilities(self, predictions)
        t = _one_hot_rows(self, predictions, targets)
        self.cache = p, t
        return float(-(t * np.log(p)).sum()) / len(p)

    def backward(self) -> np.ndarray:
        """Return −t / (p n)."""
        p, t = self.recall()
        return -t / p / len(p)


class BinaryCrossEntropy(Loss):
    """C = −1/n Σ [t log p + (1 − t) log(1 − p)], each of the K outputs a yes-or-no question of its own.

    dp = (−t / p + (1 − t) / (1 − p)) / n, p and 1 − p clipped as in ``CrossEntropy``. ``predictions`` (n, K) are
    probabilities; ``targets`` are (n, K) of 0 and 1, or labels (n,): 0 and 1 if K = 1, else made one-hot.
    Source: S1, N15; E14 for the sign that is often lost.
    """

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean over examples of the K cross-entropies' sum."""
        p = _probabilities(self, predictions)
        q = np.maximum(1 - predictions, np.finfo(p.dtype).tiny)
        if require_array(self, "targets", targets).ndim == 1 and predictions.shape[1] == 1:
            t = require_labels(self, targets, 2)[:, None].astype(p.dtype)
            require_shape(self, "targets", t, p.shape)
        else:
            t = _one_hot_rows(self, predictions, targets)
        self.cache = p, q, t
        return float(-(t * np.log(p) + (1 - t) * np.log(q)).sum()) / len(p)

    def backward(self) -> np.ndarray:
        """Return (−t / p + (1 − t) / (1 − p)) / n."""
        p, q, t = self.recall()
        return ((1 - t) / q - t / p) / len(p)


class SoftmaxCrossEntropy(Loss):
    """Softmax and cross-entropy in one: C = −1/n Σ tₖ log softmax(z)ₖ for logits z (n, classes).

    Together their derivative is as simple as it gets, dz = (softmax(z) − t) / n, and nothing overflows at ±10,000.
    ``targets`` are labels (n,) or one-hot rows.  Source: S4, N15.
    """

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean negative log-likelihood of the right class, given logits."""
        t = _one_hot_rows(self, predictions, targets)
        log_p = numerics.log_softmax(predictions)
        self.cache = log_p, t
        return float(-(t * log_p).sum()) / len(t)

    def backward(self) -> np.ndarray:
        """Return (softmax(z) − t) / n."""
        log_p, t = self.recall()
        return (np.exp(log_p) - t) / len(t)


def _rows(who: Loss, predictions: Any) -> np.ndarray:
    return require_rank(who, "predictions", predictions, 2, "(n, outputs)")


def _difference(who: Loss, predictions: Any, targets: Any) -> np.ndarray:
    _rows(who, predictions)
    require_array(who, "targets", targets)
    if targets.shape != predictions.shape:
        hint = "; labels become rows with numerics.one_hot" if targets.ndim == 1 else ""
        raise ValueError(
            f"{who} got targets of shape {targets.shape}: expected {predictions.shape}{hint}"
        )
    return predictions - targets.astype(
        predictions.dtype if predictions.dtype.kind == "f" else float,
        copy=False,
    )


def _probabilities(who: Loss, predictions: Any) -> np.ndarray:
    _rows(who, predictions)
    if predictions.dtype.kind != "f":
        raise TypeError(
            f"{who} got predictions of dtype {predictions.dtype}: expected probabilities, as floats"
        )
    # NaN passes: fit has its own words for that
    if predictions.min() < 0 or predictions.max() > 1 + 1e-6:
        raise ValueError(
            f"{who} got predictions from {predictions.min():.4g} to "
            f"{predictions.max():.4g}: expected probabilities "
            "from 0 to 1, as Sigmoid or Softmax gives; for logits there is SoftmaxCrossEntropy"
        )
    return np.maximum(predictions, np.finfo(predictions.dtype).tiny)


def _one_hot_rows(who: Loss, predictions: Any, targets: Any) -> np.ndarray:
    """Return targets as (n, classes) in the dtype of the predictions, whichever of the two forms they come in."""
    n, classes = _rows(who, predictions).shape
    require_array(who, "targets", targets)
    if targets.ndim == 1:
        require_labels(who, require_shape(who, "targets", targets, (n,)), classes)
        return numerics.one_hot(targets, classes, predictions.dtype)
    require_shape(who, "targets", targets, (n, classes))
    return targets.astype(predictions.dtype, copy=False)
