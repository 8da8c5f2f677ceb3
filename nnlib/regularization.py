"""Regularisation: what is added to learning so that the network does better on examples that it has not seen.

Penalties on the weights: ``fit(…, penalty=L2(0.001))`` adds their slopes to those of the loss; a list of penalties,
``[L1(0.0001), L2(0.001)]``, adds them all. And layers that leave something out at random while the network learns, and
nothing when it predicts.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from nnlib.errors import (
    describe,
    require_examples,
    require_positive,
    require_rng,
    require_rows,
    require_shape,
)
from nnlib.initializers import Initializer, glorot
from nnlib.layers import Dense, Layer
from nnlib.parameter import Parameter, require_parameters


class Penalty:
    """The contract: a cost on the size of the weights, ``strength`` λ above 0.

    Only arrays of two or more axes are weights; biases and other vectors are not penalised (E17).
    Raises ``ValueError`` or ``TypeError`` if λ is not a number above 0.
    """

    def __init__(self, strength: float) -> None:
        self.strength = require_positive(type(self).__name__, "strength", strength)

    def value(self, parameters: Iterable[Parameter]) -> float:
        """Return what the weights cost, to be added to the loss."""
        costs = [self.cost(weights.value) for weights in self._weights(parameters)]
        for cost in costs:
            if not (isinstance(cost, int | float | np.number) or np.shape(cost) == ()):
                raise TypeError(
                    f"{self} got {describe(cost)} from its cost: expected a number, a sum over w"
                )
        return float(sum(costs))

    def add_gradients(self, parameters: Iterable[Parameter]) -> None:
        """Add the penalty's slope to the gradient of all weights."""
        for weights in self._weights(parameters):
            slope = self.slope(weights.value)
            # what is kept as the gradient must not be the weights themselves
            shared = weights.grad is None and np.may_share_memory(slope, weights.value)
            weights.add_grad(slope.copy() if shared else slope)

    def cost(self, w: np.ndarray) -> float:
        """Return what one array of weights costs."""
        raise NotImplementedError(
            f"{self} has no cost: expected L1(…), L2(…) or a class with its own"
        )

    def slope(self, w: np.ndarray) -> np.ndarray:
        """Return that cost differentiated by w, in the shape of w."""
        raise NotImplementedError(
            f"{self} has no slope: expected L1(…), L2(…) or a class with its own"
        )

    def _weights(self, parameters: Iterable[Parameter]) -> list[Parameter]:
        listed = list(parameters) if isinstance(parameters, Iterable) else parameters
        found = require_parameters(type(self).__name__, listed) if listed != [] else []
        return [one for one in dict.fromkeys(found) if one.value.ndim >= 2]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.strength:g})"


class L2(Penalty):
    """(λ/2) Σ w², slope λ w.

    With plain ``SGD`` each step takes the share η λ off every weight, hence its other name, "weight decay". With rules
    that divide the slope by its size, ``Adam`` for one, it is no such thing: λ w is divided too, so that small weights
    are pulled as hard as large ones. Their weight decay is ``optimizers.AdamW``.
    Nielsen's λ is n times ours, for n examples.  Source: S1, S2, S4, N32; E13 for the factor.
    """

    def cost(self, w: np.ndarray) -> float:
        """Return (λ/2) Σ w²."""
        return self.strength / 2 * float((w * w).sum())

    def slope(self, w: np.ndarray) -> np.ndarray:
        """Return λ w."""
        return self.strength * w


class L1(Penalty):
    """λ Σ |w|, slope λ sign(w), and 0 if w = 0: the same pull on large and small, so small ones end near 0.

    Not at 0: a step of η λ jumps over it and back, so they swing about 0, no further than that from it.

    Source: S1, S4, N32; E23 for sign(0) = 0.
    """

    def cost(self, w: np.ndarray) -> float:
        """Return λ Σ |w|."""
        return self.strength * float(np.abs(w).sum())

    def slope(self, w: np.ndarray) -> np.ndarray:
        """Return λ sign(w)."""
        return self.strength * np.sign(w)


def require_penalties(who: str, penalty: Any) -> list[Penalty]:
    """Return a list of penalties from one, several in a list or tuple, or None; else raise ``TypeError``."""
    penalties = penalty if isinstance(penalty, list | tuple) else [penalty]
    for one in penalties:
        if not (isinstance(one, Penalty) or penalty is None):
            told = f"the class {one.__name__}" if isinstance(one, type) else describe(one)
            raise TypeError(
                f"{who} got {told} as the penalty: "
                "expected one such as L2(0.001), or a list of them"
            )
    return [] if penalty is None else list(penalties)


class Dropout(Layer):
    """Keeps each number of x with the chance ``keep`` and divides it by that; else 0. In prediction it does nothing.

    Any shape (n, …); every number of every example is drawn anew in each forward pass. y = x m / keep with m = 0 or 1:
    the mean over m is x itself ("inverted dropout"). The notes leave y = x m and multiply the *outgoing* weights by
    keep for prediction, which gives the same means (E44). Backward: dx = dy m / keep, the same m.
    Raises ``ValueError`` if ``keep`` is not in (0, 1].  Source: Srivastava and others, 2014; S4, N33.
    """

    def __init__(self, keep: float, *, rng: np.random.Generator) -> None:
        self.keep = _require_keep(self, keep)
        self.rng = require_rng("Dropout", rng)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return x m / keep while learning, x itself in prediction."""
        require_examples(self, "x", x)
        x = x if x.dtype.kind == "f" else x.astype(float)
        self.cache = _mask(x, self.keep, self.rng) if self.training else np.ones_like(x)
        return x * self.cache

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx = dy m / keep."""
        mask = self.recall()
        return require_shape(self, "dy", dy, mask.shape) * mask

    def generators(self) -> list[np.random.Generator]:
        """Return the layer's own."""
        return [self.rng]

    def config(self) -> dict[str, Any]:
        """Return keep."""
        return {"keep": self.keep}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Layer:
        """Return a new layer with a generator of its own."""
        return cls(**config, rng=np.random.default_rng())

    def __repr__(self) -> str:
        return f"Dropout(keep {self.keep:g})"


class DropConnect(Dense):
    """A ``Dense`` whose single weights are kept with the chance ``keep``: z = x @ (W ⊙ M / keep) + b, M of 0s and 1s.

    M is drawn anew in each forward pass, for the whole mini-batch (Wan draws one for each example); biases stay. In
    prediction it is a ``Dense``. Backward: dW = (xᵀ @ dz) ⊙ M / keep, dx = dz @ (W ⊙ M / keep)ᵀ.
    Raises ``ValueError`` if ``keep`` is not in (0, 1].  Source: Wan and others, 2013; S4, N33.
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        keep: float,
        *,
        rng: np.random.Generator,
        weights: Initializer = glorot,
    ) -> None:
        # first, as it is in the parameters' names
        self.keep = _require_keep(self, keep)
        super().__init__(n_in, n_out, rng=rng, weights=weights)
        self.rng = rng

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return z = x @ (W ⊙ M / keep) + b while learning, x @ W + b in prediction."""
        require_rows(self, x, self.n_in)
        W = self.W.value
        mask = _mask(W, self.keep, self.rng) if self.training else np.ones_like(W)
        self.cache = x, mask
        return x @ (W * mask) + self.b.value

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """Return dx = dz @ (W ⊙ M / keep)ᵀ; add (xᵀ @ dz) ⊙ M / keep to dW and the column sums of dz to db."""
        self.backward_to_parameters(dz)
        _, mask = self.recall()
        return dz @ (self.W.value * mask).T

    def backward_to_parameters(self, dz: np.ndarray) -> None:
        """Add to dW and db, and leave out dx."""
        x, mask = self.recall()
        require_shape(self, "dz", dz, (len(x), self.n_out))
        self.W.add_grad((x.T @ dz) * mask)
        self.b.add_grad(dz.sum(axis=0))

    def generators(self) -> list[np.random.Generator]:
        """Return the layer's own."""
        return [self.rng]

    def config(self) -> dict[str, Any]:
        """Return n_in, n_out and keep."""
        return {**super().config(), "keep": self.keep}

    def __repr__(self) -> str:
        return f"DropConnect({self.n_in} → {self.n_out}, keep {self.keep:g})"


def _mask(like: np.ndarray, keep: float, rng: np.random.Generator) -> np.ndarray:
    """Return an array of the shape and dtype of ``like``: 1/keep with the chance ``keep``, else 0."""
    return (rng.random(like.shape) < keep).astype(like.dtype) / like.dtype.type(keep)


def _require_keep(who: Layer, keep: Any) -> float:
    if require_positive(type(who).__name__, "keep", keep) > 1:
        raise ValueError(
            f"{type(who).__name__} got keep = {keep}: "
            "expected a share above 0 and up to 1, such as 0.5; "
            "it is the chance of being kept, not of being dropped"
        )
    return float(keep)
