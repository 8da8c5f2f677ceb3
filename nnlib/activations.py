"""Activations: the bend after each layer. Every function stands beside its derivative.

Source: N9; S1 for ReLU's sub-gradient at 0, which is a choice between 0 and 1: ours is 0 (E35).
"""

import numpy as np

from nnlib import numerics
from nnlib.errors import require_array, require_rank, require_shape
from nnlib.layers import Layer


class Activation(Layer):
    """A function applied to each number on its own: a = f(z), dz = da · f′(z). Any shape (n, …)."""

    @staticmethod
    def function(z: np.ndarray) -> np.ndarray:
        """Return f(z), elementwise."""
        raise NotImplementedError("this activation has no function(z)")

    @staticmethod
    def derivative(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        """Return f′(z), elementwise, given also a = f(z), from which it is often cheaper."""
        raise NotImplementedError("this activation has no derivative(z, a)")

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return a = f(x), same shape as x."""
        require_array(self, "x", x)
        if x.ndim == 0:
            raise ValueError(f"{self} got x of shape (): expected (n, …), as x.reshape(1, 1) gives")
        if x.size == 0:
            raise ValueError(
                f"{self} got an empty batch of shape {x.shape}: expected at least one row"
            )
        x = x if x.dtype.kind == "f" else x.astype(float)
        a = self.function(x)
        if type(a) is not np.ndarray or a.shape != x.shape:
            require_shape(self, "the result of function", a, x.shape)
        self.cache = x, a
        return a

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx = dy · f′(x)."""
        x, a = self.recall()
        require_shape(self, "dy", dy, x.shape)
        slope = self.derivative(x, a)
        if type(slope) is not np.ndarray or slope.shape != x.shape:
            require_shape(self, "the result of derivative", slope, x.shape)
        return dy * slope


class Step(Activation):
    """f(z) = 1 if z > 0, else 0, also at 0. Its slope is 0 wherever it has one, so backward gives zeros:

    no gradient can tell such a neuron which way to change. That is why it was replaced by the sigmoid (N8, E33).
    """

    @staticmethod
    def function(z: np.ndarray) -> np.ndarray:
        """Return 1 if z > 0, else 0."""
        return (z > 0).astype(_float(z))

    @staticmethod
    def derivative(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        """Return zeros."""
        return np.zeros_like(a)


class Sign(Activation):
    """f(z) = +1 if z > 0, else −1, also at 0; slope 0 wherever it has one, so backward gives zeros (E33, E41)."""

    @staticmethod
    def function(z: np.ndarray) -> np.ndarray:
        """Return +1 if z > 0, else −1."""
        return np.where(z > 0, 1, -1).astype(_float(z))

    @staticmethod
    def derivative(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        """Return zeros."""
        return np.zeros_like(a)


class Sigmoid(Activation):
    """f(z) = 1 / (1 + e⁻ᶻ), between 0 and 1; f′ = a (1 − a), at most ¼."""

    @staticmethod
    def function(z: np.ndarray) -> np.ndarray:
        """Return σ(z)."""
        return numerics.sigmoid(z)

    @staticmethod
    def derivative(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        """Return a (1 − a)."""
        return a * (1 - a)


class Tanh(Activation):
    """f(z) = tanh z, between −1 and 1; f′ = 1 − a², at most 1."""

    @staticmethod
    def function(z: np.ndarray) -> np.ndarray:
        """Return tanh z."""
        return np.tanh(z)

    @staticmethod
    def derivative(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        """Return 1 − a²."""
        return 1 - a * a


class ReLU(Activation):
    """f(z) = max(0, z); f′ = 1 if z > 0, else 0, also at 0."""

    @staticmethod
    def function(z: np.ndarray) -> np.ndarray:
        """Return max(0, z)."""
        return np.maximum(z, 0)

    @staticmethod
    def derivative(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        """Return 1 if z > 0, else 0."""
        return z > 0


class LeakyReLU(Activation):
    """f(z) = z if z > 0, else 0.01 z; f′ = 1 if z > 0, else 0.01: a neuron that is off still learns."""

    @staticmethod
    def function(z: np.ndarray) -> np.ndarray:
        """Return z if z > 0, else 0.01 z."""
        return np.maximum(z, 0.01 * z)

    @staticmethod
    def derivative(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        """Return 1 if z > 0, else 0.01."""
        return np.where(z > 0, 1, 0.01).astype(a.dtype)


class ELU(Activation):
    """f(z) = z if z > 0, else eᶻ − 1 (α = 1); f′ = 1 if z > 0, else eᶻ = a + 1.  Source: Clevert et al. 2016."""

    @staticmethod
    def function(z: np.ndarray) -> np.ndarray:
        """Return z if z > 0, else eᶻ − 1."""
        return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))

    @staticmethod
    def derivative(z: np.ndarray, a: np.ndarray) -> np.ndarray:
        """Return 1 if z > 0, else a + 1."""
        return np.where(z > 0, 1, a + 1)


class Softmax(Layer):
    """aₖ = exp(zₖ) / Σⱼ exp(zⱼ) in each row of z (n, classes): positive, and each row sums to 1.

    Its outputs depend on one another, so backward is the whole Jacobian and not a product element by element:
    dz = a · (da − Σₖ daₖ aₖ).  Source: N9, N15; E43.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the softmax of each row of x (n, classes)."""
        a = numerics.softmax(require_rank(self, "x", x, 2, "(n, classes)"))
        self.cache = a
        return a

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx = a · (dy − Σₖ dyₖ aₖ)."""
        a = self.recall()
        require_shape(self, "dy", dy, a.shape)
        return a * (dy - (dy * a).sum(axis=-1, keepdims=True))


def _float(z: np.ndarray) -> np.dtype:
    return z.dtype if z.dtype.kind == "f" else np.dtype(float)
