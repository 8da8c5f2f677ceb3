"""Losses: how wrong is the network, as one number, and which way is less wrong, as a gradient.

- ``loss.forward(predictions, targets) -> float`` is a sum over outputs and a mean over examples
- ``loss.backward() -> d predictions`` has the shape of the predictions

Source: N11, N15; the order is that of rising difficulty.
"""

import warnings
from typing import Any

import numpy as np

from nnlib import numerics
from nnlib.errors import require_array, require_labels, require_rank, require_shape
from nnlib.parameter import Remembers


class Loss(Remembers):
    """The contract of a loss. ``predictions`` are (n, outputs); ``targets`` the same, or labels (n,) for classes."""

    # a single output says 1 if it is above this, else 0; for logits, which are 0 at probability ½, it is 0
    threshold: float = 0.5
    # whether predictions are logits, so that the last layer is to be linear
    takes_logits: bool = False

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean loss of the batch."""
        raise NotImplementedError(f"{self} has no forward")

    def backward(self) -> np.ndarray:
        """Return the loss of the last forward differentiated by the predictions."""
        raise NotImplementedError(f"{self} has no backward")

    def check(self, predictions: np.ndarray, targets: np.ndarray) -> None:
        """Raise what ``forward`` would raise about the targets, given the shape and dtype of the predictions."""


class SquaredError(Loss):
    """C = 1/(2n) Σ ‖p − t‖²; dp = (p − t) / n. The ½ is there to cancel the 2.  Source: S0, E3."""

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return half the squared distance, summed over outputs, mean over examples."""
        difference = _difference(self, predictions, targets)
        self.cache = difference
        return float((difference * difference).sum()) / (2 * len(difference))

    def check(self, predictions: np.ndarray, targets: np.ndarray) -> None:
        """Raise unless the targets have the shape of the predictions."""
        _require_same_shape(self, predictions, targets)

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

    def check(self, predictions: np.ndarray, targets: np.ndarray) -> None:
        """Raise unless the targets have the shape of the predictions."""
        _require_same_shape(self, predictions, targets)

    def backward(self) -> np.ndarray:
        """Return sign(p − t) / n."""
        difference = self.recall()
        return np.sign(difference) / len(difference)


class CrossEntropy(Loss):
    """C = −1/n Σ tₖ log pₖ for probabilities p (n, classes); dp = −t / (p n).

    Probabilities are clipped from below at the smallest normal number of their dtype, so that log 0 never comes; a
    warning says if that cost the right class its slope. ``targets`` are labels (n,), or rows that add up to 1: one-hot,
    or shares of several classes.  Source: N11, N15.
    """

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean negative log-likelihood of the right class."""
        p = _probabilities(self, predictions)
        t = _class_rows(self, predictions, targets)
        if predictions.min() <= 0:
            _warn_if_any(self, "0 for the right class", "SoftmaxCrossEntropy", t[predictions <= 0])
        self.cache = p, t
        return float(-(t * np.log(p)).sum()) / len(p)

    def check(self, predictions: np.ndarray, targets: np.ndarray) -> None:
        """Raise unless the targets are one class for each row."""
        _class_rows(self, predictions, targets)

    def backward(self) -> np.ndarray:
        """Return −t / (p n)."""
        p, t = self.recall()
        return -t / p / len(p)


class BinaryCrossEntropy(Loss):
    """C = −1/n Σ [t log p + (1 − t) log(1 − p)], each of the K outputs a yes-or-no question of its own.

    dp = (−t / p + (1 − t) / (1 − p)) / n, p and 1 − p clipped as in ``CrossEntropy``. ``predictions`` (n, K) are
    probabilities; ``targets`` are (n, K) from 0 to 1, or labels (n,): 0 and 1 if K = 1, else made one-hot.

    1 − p is computed from p, and in float64 σ(z) is exactly 1 from z = 37 on, in float32 from z = 17 on: a network that
    is so sure and wrong loses its slope, and a warning says so. ``SigmoidCrossEntropy`` takes z itself and is exact.
    Source: S1, N15; E14 for the sign that is often lost.
    """

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean over examples of the K cross-entropies' sum."""
        p = _probabilities(self, predictions)
        q = np.maximum(1 - predictions, np.finfo(p.dtype).tiny)
        t = _answer_rows(self, predictions, targets)
        if predictions.max() >= 1:
            _warn_if_any(self, "1 for a wrong yes", "SigmoidCrossEntropy", 1 - t[predictions >= 1])
        if predictions.min() <= 0:
            _warn_if_any(self, "0 for a wrong no", "SigmoidCrossEntropy", t[predictions <= 0])
        self.cache = p, q, t
        return float(-(t * np.log(p) + (1 - t) * np.log(q)).sum()) / len(p)

    def check(self, predictions: np.ndarray, targets: np.ndarray) -> None:
        """Raise unless the targets are answers from 0 to 1."""
        _answer_rows(self, predictions, targets)

    def backward(self) -> np.ndarray:
        """Return (−t / p + (1 − t) / (1 − p)) / n."""
        p, q, t = self.recall()
        return ((1 - t) / q - t / p) / len(p)


class SoftmaxCrossEntropy(Loss):
    """Softmax and cross-entropy in one: C = −1/n Σ tₖ log softmax(z)ₖ for logits z (n, classes).

    Together their derivative is as simple as it gets, dz = (softmax(z) − t) / n, and nothing overflows at ±10,000.
    ``targets`` are labels (n,), or rows that add up to 1: one-hot, or softer ones, as ``one_hot(…, smoothing=0.1)``
    makes.  Source: S4, N15.
    """

    threshold, takes_logits = 0.0, True

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean negative log-likelihood of the right class, given logits."""
        t = _class_rows(self, predictions, targets)
        log_p = numerics.log_softmax(predictions)
        self.cache = log_p, t
        return float(-(t * log_p).sum()) / len(t)

    def check(self, predictions: np.ndarray, targets: np.ndarray) -> None:
        """Raise unless the targets are one class for each row."""
        _class_rows(self, predictions, targets)

    def backward(self) -> np.ndarray:
        """Return (softmax(z) − t) / n."""
        log_p, t = self.recall()
        return (np.exp(log_p) - t) / len(t)


class SigmoidCrossEntropy(Loss):
    """Sigmoid and binary cross-entropy in one: C = −1/n Σ [t log σ(z) + (1 − t) log σ(−z)] for logits z (n, K).

    As log σ(z) = −log(1 + e⁻ᶻ), C = 1/n Σ [log(1 + e^−|z|) + max(z, 0) − z t], which overflows nowhere, and
    dz = ((1 − t) σ(z) − t σ(−z)) / n, which is σ(z) − t without the difference of two numbers that are nearly equal:
    exact for both answers, up to ±10,000 and in float32 too. ``targets`` are (n, K) from 0 to 1, or labels (n,):
    0 and 1 if K = 1, else made one-hot.  Source: S1, N15.
    """

    threshold, takes_logits = 0.0, True

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean over examples of the K cross-entropies' sum, given logits."""
        t = _answer_rows(self, predictions, targets)
        z = numerics.floats(self, "predictions", predictions)
        self.cache = z, t
        # −z t as max(−z, 0) t − max(z, 0) t: two parts that never cancel
        sure = (1 - t) * np.maximum(z, 0) + t * np.maximum(-z, 0)
        return float((np.log1p(np.exp(-np.abs(z))) + sure).sum()) / len(z)

    def check(self, predictions: np.ndarray, targets: np.ndarray) -> None:
        """Raise unless the targets are answers from 0 to 1."""
        _answer_rows(self, predictions, targets)

    def backward(self) -> np.ndarray:
        """Return ((1 − t) σ(z) − t σ(−z)) / n."""
        z, t = self.recall()
        return ((1 - t) * numerics.sigmoid(z) - t * numerics.sigmoid(-z)) / len(z)


def _rows(who: Loss, predictions: Any) -> np.ndarray:
    return require_rank(who, "predictions", predictions, 2, "(n, outputs)")


def _float_type(predictions: np.ndarray) -> Any:
    return predictions.dtype if predictions.dtype.kind == "f" else float


def _require_same_shape(who: Loss, predictions: Any, targets: Any) -> None:
    n, outputs = _rows(who, predictions).shape
    require_array(who, "targets", targets)
    if targets.shape != predictions.shape:
        hint = ""
        if targets.shape == (n,):
            hint = "; y[:, None] makes a column of one number for each example"
            if outputs > 1:
                hint = f"; labels become rows with numerics.one_hot(y, {outputs})"
        raise ValueError(
            f"{who} got targets of shape {targets.shape}: expected {predictions.shape}{hint}"
        )


def _difference(who: Loss, predictions: Any, targets: Any) -> np.ndarray:
    _require_same_shape(who, predictions, targets)
    kind = _float_type(predictions)
    return predictions.astype(kind, copy=False) - targets.astype(kind, copy=False)


def _probabilities(who: Loss, predictions: Any) -> np.ndarray:
    _rows(who, predictions)
    if predictions.dtype.kind != "f":
        raise TypeError(
            f"{who} got predictions of dtype {predictions.dtype}: expected probabilities, as floats"
        )
    # NaN passes: fit has its own words for that
    if predictions.min() < 0 or predictions.max() > 1 + 1e-6:
        logits = "Sigmoid" if isinstance(who, BinaryCrossEntropy) else "Softmax"
        raise ValueError(
            f"{who} got predictions from {predictions.min():.4g} to "
            f"{predictions.max():.4g}: expected probabilities "
            f"from 0 to 1, as {logits} gives; for logits there is {logits}CrossEntropy"
        )
    return np.maximum(predictions, np.finfo(predictions.dtype).tiny)


def _warn_if_any(who: Loss, wrong: str, exact: str, weight: np.ndarray) -> None:
    """Warn if predictions that are sure beyond all digits, and wrong by ``weight``, are among those that count."""
    if (weight > 0).any():
        warnings.warn(
            f"{who} got a probability of exactly {wrong}: the true one was rounded "
            "away, so the loss is a guess and no slope comes back. "
            f"Leave out the last layer and take the logits: {exact} is exact",
            stacklevel=4,
        )


def _class_rows(who: Loss, predictions: Any, targets: Any) -> np.ndarray:
    """Return one class for each example as rows (n, classes) that add up to 1, whichever form they come in."""
    classes = _rows(who, predictions).shape[1]
    if classes == 1:
        binary = "SigmoidCrossEntropy" if who.takes_logits else "BinaryCrossEntropy"
        raise ValueError(
            f"{who} got predictions of shape {predictions.shape}: expected two outputs "
            f"or more, one for each class; for one output, yes or no, there is {binary}"
        )
    rows = _target_rows(who, predictions, targets, classes)
    if rows is not targets:  # made of labels
        return rows
    if not (rows.min() >= 0 and np.abs(rows.sum(axis=1) - 1).max() <= 1e-3):
        raise ValueError(_wrong_rows(who, rows))
    return rows.astype(_float_type(predictions), copy=False)


def _wrong_rows(who: Loss, rows: np.ndarray) -> str:
    """Say which row is not one, and what to do about it."""
    wrong = ~((rows >= 0).all(axis=1) & (np.abs(rows.sum(axis=1) - 1) <= 1e-3))
    place = int(wrong.argmax())
    row = ", ".join(f"{number:.4g}" for number in rows[place, :10])
    hint = "; for several right classes at once there is SigmoidCrossEntropy"
    if rows.min() < 0:
        hint = (
            "; targets of −1 and 1 become 0 and 1 by (y + 1) / 2. "
            "Or are predictions and targets swapped?"
        )
    elif (rows.max(axis=1) == rows.sum(axis=1)).all() and rows.max() > 1:
        hint = f"; y / {rows.max():.4g} makes 1 of the largest"
    return (
        f"{who} got targets whose row {place} is [{row}]: "
        f"expected rows of 0 or more that add up to 1, such as one-hot rows{hint}"
    )


def _answer_rows(who: Loss, predictions: Any, targets: Any) -> np.ndarray:
    """Return answers from 0 (no) to 1 (yes) to K questions as (n, K), whichever form they come in."""
    outputs = _rows(who, predictions).shape[1]
    rows = _target_rows(who, predictions, targets, outputs)
    if not (rows.min() >= 0 and rows.max() <= 1):
        hint = "; −1 and 1 become 0 and 1 by (y + 1) / 2" if rows.min() < 0 else ""
        raise ValueError(
            f"{who} got targets from {rows.min():.4g} to {rows.max():.4g}: "
            f"expected 0 for no, 1 for yes{hint}"
        )
    return rows.astype(_float_type(predictions), copy=False)


def _target_rows(who: Loss, predictions: np.ndarray, targets: Any, classes: int) -> np.ndarray:
    """Return targets (n, classes) themselves, or the rows that labels (n,) stand for; else raise."""
    n = len(predictions)
    require_array(who, "targets", targets)
    if targets.ndim == 1:
        require_labels(who, require_shape(who, "targets", targets, (n,)), max(classes, 2))
        if classes == 1:
            return targets[:, None]
        return numerics.rows_of(targets, classes, _float_type(predictions))
    if targets.shape == (n, 1) != (n, classes):
        raise ValueError(
            f"{who} got targets of shape {targets.shape}: expected labels of shape ({n},), "
            "as y[:, 0] makes of a column"
        )
    return require_shape(who, "targets", targets, (n, classes))
