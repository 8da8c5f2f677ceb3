"""A network: layers in a row. Forward through them, backward through them, saved and loaded as one file."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlib import saving
from nnlib.errors import (
    describe,
    require_count,
    require_examples,
    require_finite,
    require_rng,
)
from nnlib.layers import (
    Layer,
    Layered,
    every_layer,
    gave_nothing,
    receptive_field,
    require_fitting,
    require_layers,
)
from nnlib.parameter import count_values

# What networks of other libraries can do, and how it is done here.
ELSEWHERE = {
    "fit": "training.fit(network, loss, optimizer, (x, y), rng=rng)",
    "compile": "training.fit(network, loss, optimizer, (x, y), rng=rng)",
    "add": "Network([…]), with all layers in one list",
    "eval": "network.predict(x), which is in prediction mode by itself",
    "train": "network.training = True, which fit and train_step do themselves",
    "zero_grad": "optimizer.zero_grad()",
    "state_dict": "network.save(path), or network.state(), a list of Parameter",
    "evaluate": "loss.forward(network.predict(x), y)",
    "score": "metrics.accuracy(network.classify(x), y)",
    "to": "network.astype(np.float32)",
}


class Network(Layered):
    """Layers in a row: ``Network([Dense(64, 30, rng=rng), Sigmoid(), Dense(30, 10, rng=rng)])``.

    Raises ``ValueError`` if there are no layers or the sizes of two do not fit, ``TypeError`` if something
    is not a layer. Layers remember what backward needs, so a network works in one thread at a time: another one, such
    as that of a window which predicts while ``fit`` runs, takes ``network.copy()``.  Source: N7.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = require_layers("Network", layers)
        inside = [id(layer) for layer in every_layer(self.layers)]
        if len(set(inside)) < len(inside):
            raise ValueError(
                "Network got the same layer at two places: "
                "expected a new one for each, as it has a memory"
            )
        require_fitting("Network", self.layers)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the output of the last layer for a batch x, rows are examples."""
        for layer in self.layers:
            x = layer.forward(x)
            if x is None:
                raise gave_nothing(layer, "forward")
        return x

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx for dy, the loss differentiated by the output; add to every parameter's ``grad``."""
        return self._back_to(0, dy)

    def backward_to_parameters(self, dy: np.ndarray) -> None:
        """Do what ``backward`` does, but leave out dx of the first layer with parameters: learning does not need it."""
        first = self.first_that_learns()
        self.layers[first].backward_to_parameters(self._back_to(first + 1, dy))

    def first_that_learns(self) -> int:
        """Return the place of the first layer with parameters, 0 if there is none."""
        if self.layers[0].parameters():
            return 0
        return next((i for i, layer in enumerate(self.layers) if layer.parameters()), 0)

    def _back_to(self, start: int, dy: np.ndarray) -> np.ndarray:
        """Go back through the layers down to the one at ``start``; return its dx."""
        for layer in reversed(self.layers[start:]):
            dy = layer.backward(dy)
            if dy is None:
                raise gave_nothing(layer, "backward")
        return dy

    def inner(self) -> list[Layer]:
        """Return the layers; what they hold, in their order, is what the network holds."""
        return self.layers

    @property
    def training(self) -> bool:
        """Whether the layers act as in learning (True) or as in prediction; set it for all of them at once."""
        return self.layers[0].training

    @training.setter
    def training(self, value: bool) -> None:
        for layer in every_layer(self.layers):
            layer.training = value

    def predict(self, x: np.ndarray, *, batch_size: int = 1000) -> np.ndarray:
        """Return the raw outputs for any number of rows of x, in prediction mode, ``batch_size`` rows at a time.

        What ``forward`` kept for ``backward`` stays as it was. Raises ``ValueError`` if x is empty or holds NaN or
        infinity.
        """
        require_count("predict", "batch_size", batch_size)
        require_finite("predict", "x", require_examples("predict", "x", x))
        layers = list(every_layer(self.layers))
        kept = [(layer.training, layer.cache) for layer in layers]
        self.training = False
        try:
            with np.errstate(under="ignore"):  # e⁻⁸⁰⁰ is 0, and meant
                parts = []
                for start in range(0, len(x), batch_size):
                    parts.append(self._output(x[start : start + batch_size]))
                    for layer in layers:  # else two batches' worth would be kept at once
                        layer.cache = None
        finally:
            # a backward that is still to come belongs to the forward before this
            for layer, (mode, cache) in zip(layers, kept, strict=True):
                layer.training, layer.cache = mode, cache
        return np.concatenate(parts)

    def _output(self, x: np.ndarray) -> np.ndarray:
        """The output for x, if it is one: layers of one's own may forget to return it, or mix up examples."""
        y = self.forward(x)
        if not isinstance(y, np.ndarray):
            hint = ": does its forward end with return?" if y is None else ""
            raise TypeError(f"{self.layers[-1]} gave {describe(y)}: expected an array{hint}")
        if y.ndim == 0 or len(y) != len(x):
            raise ValueError(
                f"{self} gave an output of shape {y.shape} for {len(x)} examples: "
                "expected a row for each of them"
            )
        return y

    def classify(self, x: np.ndarray) -> np.ndarray:
        """Return the most likely class of each row of x, (n,) whole numbers: the arg-max of ``predict``.

        Raises ``ValueError`` if there is only one output, as the largest of one is always the first.
        """
        outputs = self.predict(x)
        if outputs.ndim != 2 or outputs.shape[1] == 1:
            raise ValueError(
                f"classify got outputs of shape {outputs.shape}: expected (n, classes). "
                "For yes or no from one output, say from where on it is yes: "
                "predict(x)[:, 0] > 0.5, or > 0 for a logit"
            )
        return outputs.argmax(axis=1)

    def summary(self, input_shape: Sequence[int] | int | None = None) -> str:
        """Return a table, one line per layer: its place, what it is, its number of parameters.

        With ``input_shape``, that of one example such as (28, 28, 1) or 64, also the shape of what comes out of each
        layer and, as long as that is an image, how many pixels of the input across one of its numbers sees: its
        receptive field. Raises ``ValueError`` if such an example does not fit.
        """
        columns = [[f"{layer}" for layer in self.layers]]
        if input_shape is not None:
            columns += self._shapes(require_input_shape("summary", input_shape))
        widths = [max(map(len, column)) for column in columns]
        lines = []
        for place, (layer, *texts) in enumerate(zip(self.layers, *columns, strict=True)):
            cells = [
                texts[0].ljust(widths[0]),
                *(t.rjust(w) for t, w in zip(texts[1:], widths[1:], strict=True)),
            ]
            lines.append(f"{place:>2}  {'  '.join(cells)}  {count_values(layer.parameters()):>10,}")
        blank = "parameters".ljust(sum(widths) + 2 * (len(widths) - 1))
        return "\n".join([*lines, f"    {blank}  {count_values(self.parameters()):>10,}"])

    def _shapes(self, input_shape: tuple[int, ...]) -> list[list[str]]:
        """Two columns of the table, found by sending one example of zeros through a copy."""
        network, shapes, sees = self.copy(), [], []
        network.training = False
        y = np.zeros((1, *input_shape))
        for place, layer in enumerate(network.layers):
            y = layer.forward(y)
            field, _ = receptive_field(network.layers[: place + 1])
            shapes.append("×".join(map(str, y.shape[1:])))
            sees.append(
                f"sees {'×'.join(map(str, np.minimum(field, input_shape[:2])))}"
                if y.ndim == 4
                else ""
            )
        return [shapes, sees]

    def astype(self, dtype: Any) -> "Network":
        """Return a copy whose parameters are of ``dtype``, np.float32 or np.float64; this one stays as it is."""
        try:
            found = None if dtype is None else np.dtype(dtype)
        except TypeError:
            found = None
        if found is None or found.kind != "f":
            error, told = (TypeError, repr(dtype)) if found is None else (ValueError, f"{found}")
            raise error(f"astype got {told}: expected a float type, np.float32 or np.float64")
        network = self.copy()
        for parameter in network.state():
            parameter.value = parameter.value.astype(dtype)
        return network

    def copy(self) -> "Network":
        """Return a network with the same layers and values, sharing nothing with this one."""
        network = copy.deepcopy(self)
        for layer in every_layer(network.layers):
            layer.cache = None
        for parameter in network.parameters():
            parameter.grad = None
        return network

    def save(self, path: str | Path) -> Path:
        """Write layers and values to an ``.npz`` file (the ending is added) and return its path.

        The file is written under a temporary name and then renamed, so a crash never leaves half of one. A parameter
        that two layers share is saved for each, and the network that is loaded has two. Raises ``ValueError`` or
        ``TypeError`` if a layer of your own could not be built again from its ``config()``, and ``OSError`` naming the
        file if it cannot be written.
        """
        path = saving.with_ending(path, "Network.save")
        saving.write_arrays(path, saving.to_arrays(self))
        return path

    @staticmethod
    def load(path: str | Path, *, rng: np.random.Generator | None = None) -> "Network":
        """Return the network that ``save`` wrote; values come back bit for bit.

        Layers that draw random numbers while they learn, such as ``Dropout``, draw them from ``rng``. A network that
        only predicts needs none; if it learns without one, these layers raise ``ValueError``.

        Raises ``FileNotFoundError`` if there is no file, ``ValueError`` naming it if it is damaged, foreign, or has a
        layer of your own whose class is not defined here.
        """
        generator = saving.NoGenerator() if rng is None else require_rng("Network.load", rng)
        path = saving.require_file(path)
        with saving.reading(path, "a network that can be loaded") as arrays:
            network = Network(saving.layers_from(arrays))
            saving.fill(network, arrays)
            saving.draw_from(network.layers, generator)
        return network

    if not TYPE_CHECKING:  # to mypy, what is not there is not there

        def __getattr__(self, name: str) -> Any:
            """Say how it is done here, if it is asked for what networks of other libraries have."""
            hint = f": expected {ELSEWHERE[name]}" if name in ELSEWHERE else ""
            raise AttributeError(f"a Network has no {name}{hint}", name=name, obj=self)

    def __repr__(self) -> str:
        return f"Network({' – '.join(map(str, self.layers))})"


def require_input_shape(who: str, shape: Any) -> tuple[int, ...]:
    """Return the shape of one example as a tuple of whole numbers; else raise."""
    whole = (shape,) if isinstance(shape, int | np.integer) else shape
    if not isinstance(whole, tuple | list):
        raise TypeError(
            f"{who} got input_shape as {describe(shape)}: "
            "expected the shape of one example, such as (28, 28, 1), as x.shape[1:] gives"
        )
    return tuple(require_count(who, "input_shape", number) for number in whole)
