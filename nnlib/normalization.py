"""Batch normalisation: every feature brought to mean 0 and variance 1 within the batch, then to what learning likes."""

from typing import Any

import numpy as np

from nnlib.errors import require_array, require_count, require_shape
from nnlib.layers import Layer
from nnlib.parameter import Parameter

EPSILON = 1e-5
NEW = 0.1  # share of the newest batch in the running statistics


class BatchNorm(Layer):
    """y = γ x̂ + β with x̂ = (x − μ) / √(σ² + ε), ε = 1e-5, for every feature on its own.

    x is (n, features), or (n, height, width, features) with the channels as features: then μ and σ² run over all
    pixels, too. γ (features,) starts at 1 and β at 0; with γ = σ and β = μ the layer changes nothing, so nothing
    that could be learnt without it is lost.

    In training μ and σ² are those of the batch, m values for each feature, and running ones are noted:
    μ_run ← 0.9 μ_run + 0.1 μ, σ²_run ← 0.9 σ²_run + 0.1 σ² m / (m − 1). In prediction these are used, so that an answer
    does not depend on its neighbours. Backward in training: dβ = Σ dy, dγ = Σ dy x̂,
    dx = γ / √(σ² + ε) · (dy − (dβ + x̂ dγ) / m); in prediction dx = γ / √(σ² + ε) · dy.

    A single value has no spread: in training m = 1 is a ``ValueError``, as is x of another number of features.
    Put it before the activation; a bias before it has no effect.  Source: Ioffe & Szegedy 2015; N29.
    """

    def __init__(self, features: int) -> None:
        self.features = require_count("BatchNorm", "features", features)
        self.gamma = Parameter(np.ones(features), f"{self}.gamma")
        self.beta = Parameter(np.zeros(features), f"{self}.beta")
        self.running_mean = Parameter(np.zeros(features), f"{self}.running_mean")
        self.running_variance = Parameter(np.ones(features), f"{self}.running_variance")

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return γ x̂ + β, same shape as x."""
        rows = self._rows(x)
        if self.training:
            m = x.size // self.features
            mean = self._sum(rows) / m
            normal = rows - self._wide(mean, rows)
            variance = self._sum(np.square(normal)) / m
            self._note(mean, variance, m)
        else:
            normal, variance = rows - self._wide(self.running_mean.value, rows), self.running_variance.value
        scale = 1 / np.sqrt(variance + EPSILON)
        normal *= self._wide(scale, rows)
        self.cache = normal, scale, self.training, x.shape
        y = normal * self._wide(self.gamma.value, rows)
        y += self._wide(self.beta.value, rows)
        return y.reshape(x.shape)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx; add Σ dy x̂ to dγ and Σ dy to dβ."""
        normal, scale, training, shape = self.recall()
        rows = require_shape(self, "dy", dy, shape).reshape(normal.shape)
        d_gamma, d_beta = self._sum(rows * normal), self._sum(rows)
        self.gamma.add_grad(d_gamma)
        self.beta.add_grad(d_beta)
        if training:
            m = dy.size // self.features
            shared = normal * self._wide(d_gamma / -m, rows)
            shared -= self._wide(d_beta / m, rows)
            rows = np.add(rows, shared, out=shared)
        return (rows * self._wide(self.gamma.value * scale, rows)).reshape(shape)

    def _rows(self, x: np.ndarray) -> np.ndarray:
        """Return x with an example a row, all its pixels side by side: long rows are quicker than many short ones."""
        require_array(self, "x", x)
        if x.ndim not in (2, 4) or x.shape[-1] != self.features:
            wanted = f"(n, {self.features}) or (n, height, width, {self.features})"
            raise ValueError(f"{self} got x of shape {x.shape}: expected {wanted}")
        if x.size == 0:
            raise ValueError(f"{self} got an empty batch of shape {x.shape}: expected at least one example")
        if self.training and x.size == self.features:
            raise ValueError(
                f"{self} got a single row in training, and one value has no spread: expected two or more. "
                "Does the last mini-batch hold one example only? Then choose another batch_size"
            )
        return x.reshape(len(x), -1)

    def _sum(self, rows: np.ndarray) -> np.ndarray:
        """Return the sum for each feature, (features,): over the examples, then over the pixels."""
        return rows.sum(axis=0).reshape(-1, self.features).sum(axis=0)

    def _wide(self, values: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the values of the features as often as there are pixels, one row for all examples."""
        return np.tile(values, rows.shape[1] // self.features)

    def _note(self, mean: np.ndarray, variance: np.ndarray, m: int) -> None:
        for running, new in ((self.running_mean, mean), (self.running_variance, variance * (m / (m - 1)))):
            running.value *= 1 - NEW
            running.value += NEW * new

    def parameters(self) -> list[Parameter]:
        """Return [γ, β]."""
        return [self.gamma, self.beta]

    def statistics(self) -> list[Parameter]:
        """Return [running mean, running variance]."""
        return [self.running_mean, self.running_variance]

    def config(self) -> dict[str, Any]:
        """Return the number of features."""
        return {"features": self.features}

    def __repr__(self) -> str:
        return f"BatchNorm({self.features})"
