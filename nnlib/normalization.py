"""Batch normalisation: every feature brought to mean 0 and variance 1 within the batch, then to what learning likes."""

from typing import Any

import numpy as np

from nnlib.blocks import by_blocks
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
            mean, variance = self._note(*self._moments(rows), x.size // self.features)
        else:
            mean, variance = self.running_mean.value, self.running_variance.value
        scale = 1 / np.sqrt(variance + EPSILON)
        self.cache = rows, mean, scale, self.training, x.shape
        gamma, beta = self._wide(rows, self.gamma.value, self.beta.value)
        y = np.empty(rows.shape, np.result_type(rows, gamma))

        def work(some: slice) -> None:
            np.multiply(self._normal(rows[some], mean, scale), gamma, out=y[some])
            y[some] += beta

        by_blocks(work, len(rows), rows[0].nbytes)
        return y.reshape(x.shape)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx; add Σ dy x̂ to dγ and Σ dy to dβ."""
        rows, mean, scale, training, shape = self.recall()
        d_rows = require_shape(self, "dy", dy, shape).reshape(rows.shape)

        def sums(some: slice) -> np.ndarray:
            return np.stack(
                [
                    self._sum(d_rows[some] * self._normal(rows[some], mean, scale)),
                    self._sum(d_rows[some]),
                ]
            )

        d_gamma, d_beta = np.sum(by_blocks(sums, len(rows), rows[0].nbytes), axis=0)
        self.gamma.add_grad(d_gamma.copy())
        self.beta.add_grad(d_beta.copy())
        m = dy.size // self.features if training else np.inf  # in prediction nothing is shared
        slope, of_all, of_normal = self._wide(
            rows, self.gamma.value * scale, d_beta / m, d_gamma / m
        )
        dx = np.empty(rows.shape, np.result_type(d_rows, slope))

        def work(some: slice) -> None:
            shared = self._normal(rows[some], mean, scale)
            shared *= of_normal
            shared += of_all
            np.subtract(d_rows[some], shared, out=dx[some])
            dx[some] *= slope

        by_blocks(work, len(rows), rows[0].nbytes)
        return dx.reshape(shape)

    def _rows(self, x: np.ndarray) -> np.ndarray:
        """Return x with an example a row, all its pixels side by side: long rows are quicker than many short ones."""
        require_array(self, "x", x)
        if x.ndim not in (2, 4) or x.shape[-1] != self.features:
            wanted = f"(n, {self.features}) or (n, height, width, {self.features})"
            raise ValueError(f"{self} got x of shape {x.shape}: expected {wanted}")
        if x.size == 0:
            raise ValueError(
                f"{self} got an empty batch of shape {x.shape}: expected at least one example"
            )
        if self.training and x.size == self.features:
            raise ValueError(
                f"{self} got a single row in training, and one value has no spread: expected two or more. "
                "Does the last mini-batch hold one example only? Then choose another batch_size"
            )
        return (x if x.dtype.kind == "f" else x.astype(float)).reshape(len(x), -1)

    def _moments(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return μ and σ² of each feature."""
        m, each = rows.size // self.features, rows[0].nbytes
        mean = np.sum(by_blocks(lambda some: self._sum(rows[some]), len(rows), each), axis=0) / m
        (wide,) = self._wide(rows, mean)
        squares = by_blocks(lambda some: self._sum(np.square(rows[some] - wide)), len(rows), each)
        return mean, np.sum(squares, axis=0) / m

    def _note(
        self, mean: np.ndarray, variance: np.ndarray, m: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mix μ and σ² of m values into the running ones, and hand them on."""
        for running, new in (
            (self.running_mean, mean),
            (self.running_variance, variance * (m / (m - 1))),
        ):
            running.value *= 1 - NEW
            running.value += NEW * new
        return mean, variance

    def _normal(self, rows: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
        """Return x̂ of some rows."""
        mean, scale = self._wide(rows, mean, scale)
        normal = rows - mean
        normal *= scale
        return normal

    def _sum(self, rows: np.ndarray) -> np.ndarray:
        """Return the sum for each feature, (features,): over the examples, then over the pixels."""
        return rows.sum(axis=0).reshape(-1, self.features).sum(axis=0)

    def _wide(self, rows: np.ndarray, *values: np.ndarray) -> list[np.ndarray]:
        """Return values (features,) as often as there are pixels: one row that fits all examples."""
        return [np.tile(value, rows.shape[1] // self.features) for value in values]

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
