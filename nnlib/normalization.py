"""Batch normalisation: every feature brought to mean 0 and variance 1 within the batch, then to a learned scale, shift.

First the functions and their slopes, then the layer. x is (n, features), or (n, height, width, features) with the
channels as features; sums run over everything but the features, m values for each.
Source: Ioffe & Szegedy 2015; N29.
"""

from typing import Any

import numpy as np

from nnlib._fast import normalization as fast
from nnlib._fast.choice import or_faster
from nnlib._notes import notes_are_taken
from nnlib.errors import (
    require_amount,
    require_array,
    require_count,
    require_positive,
    require_shape,
    require_share,
)
from nnlib.layers import Layer
from nnlib.numerics import floats
from nnlib.parameter import Parameter


def _require_features(who: str, x: Any, **of_features: Any) -> None:
    """Raise unless x is (n, features) or (n, height, width, features), and each of the others (features,)."""
    require_array(who, "x", x)
    if x.ndim not in (2, 4) or x.size == 0:
        raise ValueError(
            f"{who} got x of shape {x.shape}: "
            "expected (n, features) or (n, height, width, features), nothing of it empty"
        )
    for name, values in of_features.items():
        require_shape(who, name, values, x.shape[-1:])


def _require_forward(
    who: str, x: Any, gamma: Any, beta: Any, mean: Any, variance: Any, epsilon: Any
) -> None:
    _require_features(who, x, gamma=gamma, beta=beta, mean=mean, variance=variance)
    require_amount(who, "epsilon", epsilon)


def _require_backward(
    who: str,
    dy: Any,
    x: Any,
    gamma: Any,
    mean: Any,
    variance: Any,
    epsilon: Any,
    *,
    training: bool = True,
) -> None:
    _require_features(who, x, gamma=gamma, mean=mean, variance=variance)
    require_shape(who, "dy", dy, x.shape)
    require_amount(who, "epsilon", epsilon)


@or_faster(fast.moments, _require_features)
def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean μ and the variance σ² of each feature, (features,) each."""
    rows = x.reshape(-1, x.shape[-1])  # (m, features)
    return rows.mean(axis=0), rows.var(axis=0)


@or_faster(fast.batch_norm, _require_forward)
def batch_norm(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float,
) -> np.ndarray:
    """Return y = γ x̂ + β with x̂ = (x − μ) / √(σ² + ε), the same shape as x.

    ``gamma``, ``beta``, ``mean`` and ``variance`` hold one number for each feature; ``epsilon`` is a single number.
    """
    x_hat = (x - mean) / np.sqrt(variance + epsilon)
    return gamma * x_hat + beta


@or_faster(fast.batch_norm_grad, _require_backward)
def batch_norm_grad(
    dy: np.ndarray,
    x: np.ndarray,
    gamma: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float,
    *,
    training: bool = True,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (dx, dγ, dβ): dβ = Σ dy and dγ = Σ dy x̂, summed over the m values of each feature.

    In training μ and σ² depend on x too, so dx = γ / √(σ² + ε) · (dy − (dβ + x̂ dγ) / m).
    In prediction they are constants, so dx = γ / √(σ² + ε) · dy.
    """
    axes = tuple(range(x.ndim - 1))  # all but the last, which is the features
    m = x.size // x.shape[-1]
    std = np.sqrt(variance + epsilon)
    x_hat = (x - mean) / std
    d_gamma, d_beta = (dy * x_hat).sum(axis=axes), dy.sum(axis=axes)
    through_batch = (d_beta + x_hat * d_gamma) / m if training else 0
    return gamma / std * (dy - through_batch), d_gamma, d_beta


class BatchNorm(Layer):
    """y = γ x̂ + β with x̂ = (x − μ) / √(σ² + ε), for each feature separately.

    x is (n, features), or (n, height, width, channels) with the channels as features; then μ and σ² are taken over all
    pixels too. γ starts at 1 and β at 0. With γ = √(σ² + ε) and β = μ the layer changes nothing, so nothing is lost.

    In training μ and σ² come from the batch, m values for each feature, and running averages follow them with
    ``share`` s: μ_run ← (1 − s) μ_run + s μ, and the same for σ², times m / (m − 1), as a sample's variance is slightly
    too small. In prediction the running averages are used, so an answer does not depend on its neighbours.

    One value has no variance, so m = 1 in training raises ``ValueError``, as do x of another number of features,
    ``epsilon`` not above 0 and ``share`` outside [0, 1). Put this layer before the activation; a bias before it has no
    effect.  Source: Ioffe & Szegedy 2015; N29.
    """

    def __init__(self, features: int, *, epsilon: float = 1e-5, share: float = 0.1) -> None:
        self.features = require_count("BatchNorm", "features", features)
        self.epsilon = require_positive("BatchNorm", "epsilon", epsilon)
        self.share = require_share("BatchNorm", "share", share)
        self.gamma = Parameter(np.ones(features), f"{self}.gamma")
        self.beta = Parameter(np.zeros(features), f"{self}.beta")
        self.running_mean = Parameter(np.zeros(features), f"{self}.running_mean")
        self.running_variance = Parameter(np.ones(features), f"{self}.running_variance")

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return γ x̂ + β, same shape as x."""
        x = self._require_values(x)
        if self.training:
            mean, variance = moments.unchecked(x)
            if notes_are_taken():
                self._update_running(mean, variance, m=x.size // self.features)
        else:
            mean, variance = self.running_mean.value, self.running_variance.value
        self.cache = x, mean, variance, self.training
        return batch_norm.unchecked(
            x, self.gamma.value, self.beta.value, mean, variance, self.epsilon
        )

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx; add to dγ and dβ."""
        x, mean, variance, training = self.recall()
        require_shape(self, "dy", dy, x.shape)
        dx, d_gamma, d_beta = batch_norm_grad.unchecked(
            dy, x, self.gamma.value, mean, variance, self.epsilon, training=training
        )
        self.gamma.add_grad(d_gamma)
        self.beta.add_grad(d_beta)
        return dx

    def _update_running(self, mean: np.ndarray, variance: np.ndarray, m: int) -> None:
        """Move the running averages towards μ and σ² of this batch."""
        unbiased = variance * (m / (m - 1))
        for running, new in ((self.running_mean, mean), (self.running_variance, unbiased)):
            running.value *= 1 - self.share
            running.value += self.share * new

    def _require_values(self, x: np.ndarray) -> np.ndarray:
        """Return x as floats if it fits and, in training, has a spread; else raise."""
        require_array(self, "x", x)
        if x.ndim not in (2, 4) or x.shape[-1] != self.features:
            fitting = f"(n, {self.features}) or (n, height, width, {self.features})"
            raise ValueError(f"{self} got x of shape {x.shape}: expected {fitting}")
        if x.size == 0:
            raise ValueError(
                f"{self} got an empty batch of shape {x.shape}: expected at least one example"
            )
        if self.training and x.size == self.features:
            raise ValueError(
                f"{self} got a single row in training, and one value has no "
                "spread: expected two or more. "
                "Does the last mini-batch hold one example only? Then choose another batch_size"
            )
        return floats(self, "x", x)

    def parameters(self) -> list[Parameter]:
        """Return [γ, β]."""
        return [self.gamma, self.beta]

    def statistics(self) -> list[Parameter]:
        """Return [running mean, running variance]."""
        return [self.running_mean, self.running_variance]

    def config(self) -> dict[str, Any]:
        """Return the number of features, ε and the share."""
        return {"features": self.features, "epsilon": self.epsilon, "share": self.share}

    def __repr__(self) -> str:
        return f"BatchNorm({self.features})"
