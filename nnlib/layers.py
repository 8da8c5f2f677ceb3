"""Layers: what a network is built from. The contract, and the first two that keep it.

- ``layer.forward(x) -> y`` remembers what backward needs and never changes x
- ``layer.backward(dy) -> dx`` adds to each ``parameter.grad`` and never changes dy
- ``layer.parameters()`` is what an optimizer may change
- ``layer.training`` is True while learning; some layers act otherwise when they predict
"""

from typing import Any, ClassVar

import numpy as np

from nnlib.errors import describe, require_array, require_count, require_rng, require_rows, require_shape
from nnlib.initializers import Initializer, glorot, zeros
from nnlib.parameter import Parameter, Remembers


class Layer(Remembers):
    """The contract of a layer. A layer without parameters only writes ``forward`` and ``backward``."""

    kinds: ClassVar[dict[str, type["Layer"]]] = {}

    training: bool = True
    n_in: int | None = None  # numbers per row that come in and go out, where the layer fixes them
    n_out: int | None = None

    def __init_subclass__(cls, **keywords: Any) -> None:
        """Remember every kind of layer by name, so that a saved network can be built again."""
        super().__init_subclass__(**keywords)
        Layer.kinds[cls.kind()] = cls

    @classmethod
    def kind(cls) -> str:
        """Return the name under which a saved network knows this class: the learner's own never hide the library's."""
        return cls.__name__ if cls.__module__.startswith("nnlib.") else f"{cls.__module__}.{cls.__name__}"

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the layer's output for a batch ``x``, rows are examples."""
        raise NotImplementedError(f"{self} has no forward")

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx for ``dy``, the loss differentiated by the output of the last forward; add to ``grad``."""
        raise NotImplementedError(f"{self} has no backward")

    def backward_to_parameters(self, dy: np.ndarray) -> None:
        """Only add to ``grad``: all that the first layer of a network needs, and cheaper where dx is left out."""
        self.backward(dy)

    def parameters(self) -> list[Parameter]:
        """Return the layer's parameters, in a fixed order."""
        return []

    def config(self) -> dict[str, Any]:
        """Return the arguments that build this layer again, as saving needs them: numbers, text, lists."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        """Return a new layer built from what ``config`` gave."""
        return cls(**config)


class Dense(Layer):
    """Every input to every output: z = x @ W + b.

    x (n, n_in), W (n_in, n_out), b (n_out,), z (n, n_out). Backward: dW = xᵀ @ dz, db = Σ dz over the batch,
    dx = dz @ Wᵀ. ``weights`` is an initializer, Glorot unless told otherwise; biases start at zero.
    Raises ``ValueError`` or ``TypeError`` naming the layer where sizes, ``rng`` or x are wrong.  Source: N7, N18.
    """

    n_in: int
    n_out: int

    def __init__(self, n_in: int, n_out: int, *, rng: np.random.Generator, weights: Initializer = glorot) -> None:
        self.n_in = require_count("Dense", "n_in", n_in)
        self.n_out = require_count("Dense", "n_out", n_out)
        values = weights((n_in, n_out), require_rng(self, rng))
        self.W = Parameter(require_shape(self, "weights", values, (n_in, n_out)).copy(), f"{self}.W")
        self.b = Parameter(np.zeros(n_out), f"{self}.b")

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return z = x @ W + b."""
        self.cache = require_rows(self, x, self.n_in)
        z = x @ self.W.value
        z += self.b.value
        return z

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """Return dx = dz @ Wᵀ; add xᵀ @ dz to dW and the column sums of dz to db."""
        self.backward_to_parameters(dz)
        return dz @ self.W.value.T

    def backward_to_parameters(self, dz: np.ndarray) -> None:
        """Add xᵀ @ dz to dW and the column sums of dz to db, and leave out dx."""
        x = self.recall()
        require_shape(self, "dz", dz, (len(x), self.n_out))
        self.W.add_grad(x.T @ dz)
        self.b.add_grad(dz.sum(axis=0))

    def parameters(self) -> list[Parameter]:
        """Return [W, b]."""
        return [self.W, self.b]

    def config(self) -> dict[str, Any]:
        """Return n_in and n_out."""
        return {"n_in": self.n_in, "n_out": self.n_out}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        """Return a new layer of the same size, all zeros until its values are filled in."""
        return cls(**config, weights=zeros, rng=np.random.default_rng())

    def __repr__(self) -> str:
        return f"Dense({self.n_in} → {self.n_out})"


class Flatten(Layer):
    """Each example to one row: x (n, height, width, channels) becomes (n, height·width·channels).

    Nothing is computed; backward gives dy its old shape again.  Source: N11.
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return x as (n, numbers per example)."""
        require_array(self, "x", x)
        if x.ndim < 2:
            raise ValueError(f"{self} got x of shape {x.shape}: expected (n, …), a batch of examples")
        if len(x) == 0:
            raise ValueError(f"{self} got an empty batch of shape {x.shape}: expected at least one example")
        self.cache = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dy in the shape of x."""
        shape = self.recall()
        return require_shape(self, "dy", dy, (shape[0], int(np.prod(shape[1:])))).reshape(shape)


def require_layers(who: str, layers: Any) -> list[Layer]:
    """Return ``layers`` as a list if it is a non-empty list of layers; else raise in words."""
    if not isinstance(layers, list | tuple):
        raise TypeError(f"{who} got {describe(layers)}: expected a list of layers")
    if not layers:
        raise ValueError(f"{who} got no layers: expected at least one")
    for place, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            hint = "; call the class to make one, with (…)" if isinstance(layer, type) else ""
            raise TypeError(f"{who} got {describe(layer)} at place {place}: expected a layer{hint}")
    return list(layers)
