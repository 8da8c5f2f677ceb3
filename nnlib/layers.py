"""Layers: what a network is built from. The contract, and the first three that keep it.

- ``layer.forward(x) -> y`` remembers what backward needs and never changes x
- ``layer.backward(dy) -> dx`` adds to each ``parameter.grad`` and never changes dy
- ``layer.parameters()`` is what an optimizer may change
- ``layer.training`` is True while learning; some layers act otherwise when they predict
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nnlib._fast.products import product
from nnlib.errors import (
    describe,
    require_array,
    require_count,
    require_examples,
    require_pair,
    require_rows,
    require_shape,
)
from nnlib.initializers import Initializer, glorot, start_values, zeros
from nnlib.numerics import floats
from nnlib.parameter import Parameter, Remembers
from nnlib.windows import Pair


class Layered:
    """Whatever may be made of layers, a network or a layer itself: it holds what the layers inside hold."""

    def inner(self) -> list["Layer"]:
        """Return the layers that this is made of, if any, in a fixed order."""
        return []

    def parameters(self) -> list[Parameter]:
        """Return what an optimizer may change, in a fixed order; first layer first, and what is shared once."""
        try:
            found = [parameter for layer in self.inner() for parameter in layer.parameters()]
            return list(dict.fromkeys(found))
        except TypeError:  # asked only now, as this is called in each step
            for layer in self.inner():
                _require_parameters_of(layer)
            raise

    def statistics(self) -> list[Parameter]:
        """Return what is saved, copied and cast like the parameters, but noted by forward and not learnt.

        No optimizer ever sees these.
        """
        return [statistic for layer in self.inner() for statistic in layer.statistics()]

    def state(self) -> list[Parameter]:
        """Return all that makes it what it is: the parameters, then the statistics."""
        return [*self.parameters(), *self.statistics()]

    def generators(self) -> list[np.random.Generator]:
        """Return what random numbers are drawn from, each generator once: a checkpoint keeps their states."""
        found = [generator for layer in self.inner() for generator in layer.generators()]
        return list({id(generator): generator for generator in found}.values())


def _require_parameters_of(layer: "Layer") -> None:
    told = layer.parameters()
    wrong: list[Any] = [told]
    if isinstance(told, list | tuple):
        wrong = [one for one in told if not isinstance(one, Parameter)]
    for one in wrong[:1]:
        raise TypeError(
            f"{layer} got {describe(one)} {'from' if one is told else 'in'} its parameters(): "
            "expected a list of Parameter; numbers go in as layer.W.value = …"
        )


class Layer(Remembers, Layered):
    """The contract of a layer. A layer without parameters only writes ``forward`` and ``backward``.

    Its own attributes may have any name but those of the methods, and ``training``, ``cache``, ``n_in`` and ``n_out``.
    """

    training: bool = True
    # numbers per row that come in and go out, if the layer fixes them
    n_in: int | None = None
    n_out: int | None = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the layer's output for a batch ``x``, rows are examples."""
        raise NotImplementedError(f"{self} has no forward")

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx for ``dy``, the loss differentiated by the output of the last forward; add to ``grad``."""
        raise NotImplementedError(f"{self} has no backward")

    def backward_to_parameters(self, dy: np.ndarray) -> None:
        """Only add to ``grad``: all that the first layer of a network needs, and cheaper if dx can be left out."""
        self.backward(dy)

    def window(self) -> tuple[Pair, Pair]:
        """Return (size, stride), each (height, width): the pixels of x that one output sees, and the step to the next.

        A layer that looks at each pixel alone, or at no images, leaves it at 1.
        """
        return (1, 1), (1, 1)

    def config(self) -> dict[str, Any]:
        """Return the arguments that build this layer again: numbers, text, layers, and lists of these."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        """Return a new layer built from what ``config`` gave."""
        return cls(**config)


METHODS = [name for name in dir(Layer) if callable(getattr(Layer, name)) and name[0] != "_"]


class Dense(Layer):
    """Every input to every output: z = x @ W + b.

    x (n, n_in), W (n_in, n_out), b (n_out,), z (n, n_out). Backward: dW = xᵀ @ dz, db = Σ dz over the batch,
    dx = dz @ Wᵀ. ``weights`` is an initializer, Glorot unless told otherwise; biases start at zero.
    Raises ``ValueError`` or ``TypeError`` naming the layer if sizes, ``rng`` or x are wrong.  Source: N7, N18.
    """

    n_in: int
    n_out: int

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        rng: np.random.Generator,
        weights: Initializer = glorot,
    ) -> None:
        self.n_in = require_count(type(self).__name__, "n_in", n_in)
        self.n_out = require_count(type(self).__name__, "n_out", n_out)
        self.W = Parameter(start_values(self, weights, (n_in, n_out), rng), f"{self}.W")
        self.b = Parameter(np.zeros(n_out), f"{self}.b")

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return z = x @ W + b."""
        self.cache = require_rows(self, x, self.n_in)
        z = product(x, self.W.value)
        z += self.b.value
        return z

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """Return dx = dz @ Wᵀ; add xᵀ @ dz to dW and the column sums of dz to db."""
        self.backward_to_parameters(dz)
        return product(dz, self.W.value.T)

    def backward_to_parameters(self, dz: np.ndarray) -> None:
        """Add xᵀ @ dz to dW and the column sums of dz to db, and leave out dx."""
        x = self.recall()
        require_shape(self, "dz", dz, (len(x), self.n_out))
        self.W.add_grad(product(x.T, dz))
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
            raise ValueError(
                f"{self} got x of shape {x.shape}: expected (n, …), a batch of examples"
            )
        if len(x) == 0:
            raise ValueError(
                f"{self} got an empty batch of shape {x.shape}: expected at least one example"
            )
        self.cache = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dy in the shape of x."""
        shape = self.recall()
        return require_shape(self, "dy", dy, (shape[0], int(np.prod(shape[1:])))).reshape(shape)


class Compound(Layer):
    """A layer made of layers: they act all at once as in learning, or as in prediction."""

    @property
    def training(self) -> bool:
        """Whether the layers inside act as in learning (True) or as in prediction."""
        return self.inner()[0].training

    @training.setter
    def training(self, value: bool) -> None:
        for layer in self.inner():
            layer.training = value


class Residual(Compound):
    """A shortcut (skip connection) around layers F: y = F(x) + x, or F(x) + projection(x) if F changes the shape.

    Any shape (n, …). Backward: dx = dx through F + dy (or + dx through the projection), so that a gradient always has
    a way back that nothing weakens. With F near zero the block does nothing at all: learning starts near the identity.
    Put the activation after it. Raises ``ValueError`` naming both shapes if they differ and there is no
    projection.  Source: He et al. 2016; S3, S4, N28.
    """

    def __init__(self, layers: Sequence[Layer], projection: Layer | None = None) -> None:
        self.layers = require_layers("Residual", layers)
        self.projection = (
            None if projection is None else require_layers("Residual", [projection])[0]
        )
        self.n_in = self.layers[0].n_in
        self.n_out = require_fitting("Residual", self.layers)
        if (
            self.projection is None
            and None not in (self.n_in, self.n_out)
            and self.n_in != self.n_out
        ):
            raise ValueError(
                f"{self} makes {self.n_out} numbers of {self.n_in}: expected as many, {PROJECTION}"
            )

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return F(x) + x, or F(x) + projection(x)."""
        y = require_examples(self, "x", x)
        for layer in self.layers:
            y = returned(layer, "forward", layer.forward(y))
        short = x if self.projection is None else self.projection.forward(x)
        if y.shape != short.shape:
            hint = f", {PROJECTION}" if self.projection is None else ""
            raise ValueError(
                f"{self} got x that becomes {short.shape} and F(x) {y.shape}: "
                f"expected equal shapes{hint}"
            )
        self.cache = y.shape
        return floats(self, "F(x)", y) + short

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx, the sum of what comes back along both ways; add to the gradients of all layers inside."""
        short = require_shape(self, "dy", dy, self.recall())
        if self.projection is not None:
            short = self.projection.backward(dy)
        for layer in reversed(self.layers):
            dy = returned(layer, "backward", layer.backward(dy))
        return dy + short

    def inner(self) -> list[Layer]:
        """Return the layers of F, and the projection if there is one."""
        return [
            *self.layers,
            *([] if self.projection is None else [self.projection]),
        ]

    def window(self) -> tuple[Pair, Pair]:
        """Return the larger size of both ways, and the stride, which is that of F."""
        (h, w), stride = receptive_field(self.layers)
        (short_h, short_w), _ = receptive_field([self.projection] if self.projection else [])
        return (max(h, short_h), max(w, short_w)), stride

    def config(self) -> dict[str, Any]:
        """Return the layers inside."""
        return {"layers": self.layers, "projection": self.projection}

    def __repr__(self) -> str:
        short = "" if self.projection is None else f"; shortcut {self.projection}"
        return f"Residual({' – '.join(map(str, self.layers))}{short})"


PROJECTION = "or a projection=… that makes x fit, such as Dense or Conv2D of size 1"


def returned(layer: Layer, method: str, value: Any) -> np.ndarray:
    """Return what a layer's method gave; raise ``TypeError`` naming it if that is nothing."""
    if value is None:
        raise gave_nothing(layer, method)
    return value


def gave_nothing(layer: Layer, method: str) -> TypeError:
    """Return the error that names a layer whose method gave None."""
    return TypeError(f"{layer} gave None from {method}: does it end with return?")


def every_layer(layers: Sequence[Layer]) -> Iterator[Layer]:
    """Yield all layers in order, each before those that it is made of."""
    for layer in layers:
        yield layer
        yield from every_layer(layer.inner())


def receptive_field(layers: Sequence[Layer]) -> tuple[Pair, Pair]:
    """Return (size, stride), each (height, width): the window of the input that one output of all ``layers`` sees.

    Layer after layer: size ← size + (its size − 1) · stride, then stride ← stride · its stride, both as its ``window``
    has them. Raises ``TypeError`` or ``ValueError`` if something is not a layer, or its window is not two pairs.
    """
    (h, w), (down, right) = (1, 1), (1, 1)
    for layer in [] if layers == [] else require_layers("receptive_field", layers):
        size, stride = _window(layer)
        h, w = h + (size[0] - 1) * down, w + (size[1] - 1) * right
        down, right = down * stride[0], right * stride[1]
    return (h, w), (down, right)


def _window(layer: Layer) -> tuple[Pair, Pair]:
    window = layer.window()
    if not (isinstance(window, tuple | list) and len(window) == 2):
        raise TypeError(
            f"{layer} got a window() that gives {describe(window)}: expected a pair (size, stride)"
        )
    return require_pair(layer, "window size", window[0]), require_pair(
        layer, "window stride", window[1]
    )


def require_layers(who: str, layers: Any) -> list[Layer]:
    """Return ``layers`` as a list if it is a non-empty list of layers, no method hidden; else raise in words."""
    if not isinstance(layers, list | tuple):
        raise TypeError(f"{who} got {describe(layers)}: expected a list of layers")
    if not layers:
        raise ValueError(f"{who} got no layers: expected at least one")
    for place, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            hint = "; call the class to make one, with (…)" if isinstance(layer, type) else ""
            raise TypeError(f"{who} got {describe(layer)} at place {place}: expected a layer{hint}")
        for name in METHODS:
            if not callable(value := getattr(layer, name)):
                raise TypeError(
                    f"{who} got {layer} at place {place}, whose {name} is {describe(value)}: "
                    f"{name}() is a method of every layer, so the attribute needs another name"
                )
    return list(layers)


def require_fitting(who: str, layers: Sequence[Layer]) -> int | None:
    """Return the numbers per row that come out, if known; raise if the sizes of two layers in a row do not fit."""
    width: int | None = None
    for place, layer in enumerate(layers):
        if width is not None and layer.n_in is not None and layer.n_in != width:
            raise ValueError(
                f"{who} got {layer} at place {place} after {width} outputs: expected {width} inputs"
            )
        width = width if layer.n_out is None else layer.n_out
    return width
