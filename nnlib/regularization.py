"""Regularisation: what is added to learning so that the network does better on examples that it has not seen.

Penalties on the weights first. ``fit(…, penalty=L2(0.001))`` adds their slopes to those of the loss.
"""

from collections.abc import Iterable

import numpy as np

from nnlib.errors import require_positive
from nnlib.parameter import Parameter


class Penalty:
    """The contract: a cost on the size of the weights, ``strength`` λ above 0.

    Only arrays of two or more axes are weights; biases, and whatever else is a single row, are free (E17).
    Raises ``ValueError`` or ``TypeError`` where λ is not a number above 0.
    """

    def __init__(self, strength: float) -> None:
        self.strength = require_positive(type(self).__name__, "strength", strength)

    def value(self, parameters: Iterable[Parameter]) -> float:
        """Return what the weights cost, to be added to the loss."""
        return float(sum(self.cost(weights.value) for weights in _weights(parameters)))

    def add_gradients(self, parameters: Iterable[Parameter]) -> None:
        """Add the penalty's slope to the gradient of all weights."""
        for weights in _weights(parameters):
            weights.add_grad(self.slope(weights.value))

    def cost(self, w: np.ndarray) -> float:
        """Return what one array of weights costs."""
        raise NotImplementedError

    def slope(self, w: np.ndarray) -> np.ndarray:
        """Return that cost differentiated by w, in the shape of w."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.strength:g})"


class L2(Penalty):
    """(λ/2) Σ w², slope λ w: each step takes the share η λ off every weight ("weight decay").

    Nielsen's λ is n times ours, for n examples.  Source: S1, S2, S4, N32; E13 for the factor.
    """

    def cost(self, w: np.ndarray) -> float:
        """Return (λ/2) Σ w²."""
        return self.strength / 2 * float((w * w).sum())

    def slope(self, w: np.ndarray) -> np.ndarray:
        """Return λ w."""
        return self.strength * w


class L1(Penalty):
    """λ Σ |w|, slope λ sign(w), and 0 where w = 0: the same pull on large and small, so small ones end at 0.

    Source: S1, S4, N32; E23 for sign(0) = 0.
    """

    def cost(self, w: np.ndarray) -> float:
        """Return λ Σ |w|."""
        return self.strength * float(np.abs(w).sum())

    def slope(self, w: np.ndarray) -> np.ndarray:
        """Return λ sign(w)."""
        return self.strength * np.sign(w)


def _weights(parameters: Iterable[Parameter]) -> list[Parameter]:
    return [parameter for parameter in parameters if parameter.value.ndim >= 2]
