"""Weights from elsewhere: PyTorch's ``state_dict``, or those of a book, put into a network of the same layers.

    # where PyTorch is: arrays by their names, nothing is pickled
    np.savez("lenet.npz", **{name: w.numpy() for name, w in model.state_dict().items()})
    # here
    print(load_weights(network, "lenet.npz", input_shape=(28, 28, 1)))

Others lay the same numbers out in another way:

    layout    W of Dense   W of Conv2D         b         what Flatten makes of an image
    nnlib     (in, out)    (kh, kw, in, out)   (out,)    pixel by pixel, each with its channels
    pytorch   (out, in)    (out, in, kh, kw)   (out,)    channel by channel
    nielsen   (out, in)    –                   (out, 1)  pixel by pixel
    dlfs      (in, out)    (out, in, kh, kw)   (out,)    channel by channel

Source: the documentation of torch.nn; M. Nielsen 2015; K. Saitoh, "Deep Learning from Scratch", 2019.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from nnlib import _npz
from nnlib._foreign import shortened
from nnlib.errors import describe, require_finite
from nnlib.layers import Flatten, Layer, every_layer
from nnlib.network import Network, require_input_shape
from nnlib.parameter import Parameter

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """Which of its axes, in our order, arrays with so many axes have; and whether an image has its channels first."""

    matrix: Shape = (0, 1)
    kernel: Shape = (0, 1, 2, 3)
    columns: bool = False
    channels_first: bool = False

    def axes(self, count: int) -> Shape:
        """Return the axes to be taken, in this order, from an array of theirs to make one of ours."""
        return {2: self.matrix, 4: self.kernel}.get(count, tuple(range(count)))

    def shape(self, ours: Shape) -> Shape:
        """Return the shape that they give to what has the shape ``ours`` here."""
        if self.columns and len(ours) == 1:
            return (*ours, 1)
        axes = self.axes(len(ours))
        return tuple(ours[axes.index(place)] for place in range(len(ours)))

    def ours(self, theirs: np.ndarray, shape: Shape) -> np.ndarray:
        """Return an array of theirs as we have it."""
        if theirs.ndim != len(shape):
            return theirs.reshape(shape)
        return theirs.transpose(self.axes(theirs.ndim))


TO_CHANNELS_LAST = (2, 3, 1, 0)
LAYOUTS = {
    "pytorch": Layout((1, 0), TO_CHANNELS_LAST, channels_first=True),
    "nnlib": Layout(),
    "nielsen": Layout((1, 0), columns=True),
    "dlfs": Layout((0, 1), TO_CHANNELS_LAST, channels_first=True),
}

# Our parameters, and what others call them.
NAMES = {
    "W": ("weight", "W", "w"),
    "b": ("bias", "b"),
    "gamma": ("weight", "gamma"),
    "beta": ("bias", "beta"),
    "running_mean": ("running_mean",),
    "running_variance": ("running_var", "running_variance"),
}
NORMALIZATION = ("gamma", "beta", "running_mean", "running_var", "running_variance")
NAME = re.compile(
    r"(?:(.+)\.)?(weight|bias|W|w|b|gamma|beta|running_mean|running_var|running_variance)_?(\d*)"
)


@dataclass(frozen=True)
class _Row:
    """One parameter and the array that it gets, either of them None if it has no partner."""

    parameter: Parameter | None
    name: str | None
    found: Shape
    # what the array must have
    wanted: Shape
    # the places of their numbers in our order, if an image was flattened before
    order: np.ndarray | None = None

    @property
    def fits(self) -> bool:
        return self.parameter is not None and self.found == self.wanted

    def cells(self) -> list[str]:
        ours = (
            ["nothing here", ""]
            if self.parameter is None
            else [self.parameter.name, f"{self.parameter.value.shape}"]
        )
        theirs = "nothing" if self.name is None else f"{self.name} {self.found}"
        return [*ours, f"from {theirs}"]


def load_weights(
    network: Network,
    source: str | Path | Mapping[str, Any],
    *,
    layout: str = "pytorch",
    input_shape: Sequence[int] | None = None,
) -> str:
    """Put weights from elsewhere into ``network`` and return a table of what went where, to be printed.

    ``source`` is an ``.npz`` file of arrays, or a dict of arrays by name, such as a ``state_dict``. The names are
    "fc1.weight" and "fc1.bias", or "W1" and "b1"; for ``BatchNorm`` also gamma, beta, running_mean and running_var.
    The layers with parameters get them in their order, from the first array of the source to the last. ``layout``
    says how the arrays are laid out: "pytorch", "nnlib", "nielsen" or "dlfs", see the top of this module.

    ``input_shape``, that of one example such as (28, 28, 1), is needed if the network has a ``Flatten`` and the layout
    its channels first: the weights behind it are then put into our order.

    The network keeps its dtype. Raises ``ValueError`` or ``TypeError`` if an array is missing, left over, of another
    shape or not finite, with a table of what fits and what does not; then nothing is changed.
    """
    _require_network(network)
    if not (isinstance(layout, str) and layout in LAYOUTS):
        names = ", ".join(f'"{name}"' for name in LAYOUTS)
        raise ValueError(f"load_weights got layout = {layout!r}: expected one of {names}")
    arrays = _arrays(source) if isinstance(source, Mapping) else _shapes(_path(source))
    what = "the source" if isinstance(source, Mapping) else f"{source}"
    _require_known(what, arrays)
    rows = _rows(network, arrays, LAYOUTS[layout], _orders(network, LAYOUTS[layout], input_shape))
    if not all(row.fits for row in rows):
        raise ValueError(_misfits(network, arrays, layout, rows, what))
    if not isinstance(source, Mapping):
        with _npz.opened(Path(source), "a file of weights") as archive:
            arrays = {row.name: archive.read(row.name) for row in rows if row.name}
    pairs = [(row, row.parameter, arrays[row.name]) for row in rows if row.parameter and row.name]
    for row, _, array in pairs:
        require_finite("load_weights", f"{row.name}", array)
    values = [_ours(row, LAYOUTS[layout], parameter, array) for row, parameter, array in pairs]
    for (_, parameter, _), value in zip(pairs, values, strict=True):
        parameter.value = value
    return _table(rows)


def _ours(row: _Row, layout: Layout, parameter: Parameter, array: np.ndarray) -> np.ndarray:
    """The array as the parameter has it: its order of numbers, its dtype."""
    ours = layout.ours(array, parameter.value.shape)
    ordered = ours if row.order is None else ours[row.order]
    with np.errstate(over="ignore"):
        value = np.array(ordered, parameter.value.dtype, order="C")
    return require_finite(f"load_weights, in {value.dtype},", f"{row.name}", value)


# The source.


def _require_network(network: Any) -> None:
    if not isinstance(network, Network):
        told = f"the class {network.__name__}" if isinstance(network, type) else describe(network)
        raise TypeError(
            f"load_weights got {told} as the network: expected load_weights(network, source)"
        )


def _path(source: Any) -> Path:
    """The name of a file; whatever else could be meant is told."""
    if not isinstance(source, str | PathLike):
        wanted = "a dict of arrays by name, or the path of an .npz file"
        if hasattr(source, "state_dict"):
            wanted = "its arrays, as its state_dict() gives"
        raise TypeError(f"load_weights got {describe(source)} as the source: expected {wanted}")
    return Path(source)


def _arrays(source: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The arrays of a dict; tensors become arrays."""
    arrays = {}
    for name, value in source.items():
        try:
            array = np.asarray(value)
        except Exception as error:
            raise TypeError(f"load_weights got {name} as {describe(value)} ({error})") from error
        if array.dtype.kind not in "fiu":
            raise TypeError(f"load_weights got {name} as {describe(value)}: expected numbers")
        arrays[str(name)] = array
    return arrays


def _shapes(path: Path) -> dict[str, Any]:
    """What an ``.npz`` file holds, by name, without reading it: shapes alone."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such file to load weights from")
    with _npz.opened(path, "a file of weights") as archive:
        if {"format", "layers"} <= archive.members.keys():
            raise ValueError("it is written by nnlib: Network.load or Checkpoint.resume reads it")
        for name, member in archive.members.items():
            if member.dtype.kind not in "fiu":
                raise ValueError(f"{name} is of dtype {member.dtype}: expected arrays of numbers")
        return dict(archive.members)


def _require_known(what: str, names: Iterable[str]) -> None:
    """Raise if a name does not say what its array is."""
    for name in names:
        if not NAME.fullmatch(name) and not _is_counter(name):
            raise ValueError(
                f"load_weights: {what} holds an array named {shortened(name, 60)}: "
                'expected names such as "fc1.weight" and "fc1.bias", or "W1" and "b1"'
            )


def _is_counter(name: str) -> bool:
    """Whether it is what PyTorch counts and we do not."""
    return name.rpartition(".")[2] == "num_batches_tracked"


def _groups(names: Iterable[str]) -> list[dict[str, str]]:
    """The arrays of each layer, {what it is: its name}, in their order; those with numbers in that of the numbers."""
    groups: dict[tuple, dict[str, str]] = {}
    for name in names:
        found = NAME.fullmatch(name)
        if _is_counter(name) or not found:
            continue
        layer, what, number = found.groups()
        # of W1, b1, gamma1 and beta1 two belong to a layer, and two to the normalisation behind it
        key = (layer or "", int(number or 0), layer is None and what in NORMALIZATION)
        groups.setdefault(key, {})[what] = name
    numbered = all(layer == "" for layer, _, _ in groups)
    return [groups[key] for key in (sorted(groups) if numbered else groups)]


# What goes where.


def _rows(
    network: Network,
    arrays: Mapping[str, Any],
    layout: Layout,
    orders: Mapping[int, np.ndarray],
) -> list[_Row]:
    """Each parameter with its array: the layers in a row, each with the next group of arrays."""
    rows = []
    for layer, group in zip_longest(_layers(network), _groups(arrays)):
        left = dict(group or {})
        for parameter in [] if layer is None else [*layer.parameters(), *layer.statistics()]:
            role = parameter.name.rpartition(".")[2]
            what = next((one for one in NAMES.get(role, ()) if one in left), None)
            name = None if what is None else left.pop(what)
            found = () if name is None else tuple(arrays[name].shape)
            wanted = layout.shape(parameter.value.shape)
            order = None if role == "b" else orders.get(id(layer))
            rows.append(_Row(parameter, name, found, wanted, order))
        rows += [_Row(None, name, tuple(arrays[name].shape), ()) for name in left.values()]
    return rows


def _layers(network: Network) -> Iterator[Layer]:
    """The layers that hold parameters of their own."""
    for layer in every_layer(network.layers):
        if not layer.inner() and layer.parameters():
            yield layer


def _orders(
    network: Network, layout: Layout, input_shape: Sequence[int] | None
) -> dict[int, np.ndarray]:
    """For layers whose inputs are a flattened image: where among theirs each of our numbers is found."""
    if not (layout.channels_first and any(isinstance(one, Flatten) for one in network.layers)):
        return {}
    if input_shape is None:
        raise ValueError(
            "load_weights got no input_shape, and the network has a Flatten, which puts the "
            "numbers of an image into another order there: "
            "expected that of one example, such as (28, 28, 1)"
        )
    y = np.zeros((1, *require_input_shape("load_weights", input_shape)))
    orders, order, twin = {}, None, network.copy()
    twin.training = False
    for layer, same in zip(network.layers, twin.layers, strict=True):
        if isinstance(layer, Flatten) and y.ndim == 4:
            _, h, w, c = y.shape
            order = np.arange(h * w * c).reshape(c, h, w).transpose(1, 2, 0).ravel()
        elif order is not None and layer.parameters():
            if layer.inner():
                raise ValueError(
                    f"load_weights cannot put the weights of {layer} behind a Flatten into order: "
                    "set them by hand"
                )
            orders[id(layer)] = order
            # what normalises keeps the order, and every output of a Dense sees all numbers
            order = order if layer.n_out is None else None
        y = same.forward(y)
    return orders


# In words.


def _table(rows: Sequence[_Row], marks: Sequence[str] | None = None) -> str:
    table = [row.cells() for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for cells, mark in zip(table, marks or [""] * len(rows), strict=True):
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append(f"{mark}{line}".rstrip())
    return "\n".join(lines)


def _misfits(
    network: Network, arrays: Mapping[str, Any], layout: str, rows: Sequence[_Row], what: str
) -> str:
    """What fits and what does not, and what else was perhaps meant."""
    lines = _table(rows, ["✓ " if row.fits else "✗ " for row in rows]).splitlines()
    told = [
        line if row.fits else f"{line}: {_why(row, rows)}"
        for line, row in zip(lines, rows, strict=True)
    ]
    others = [
        name
        for name, other in LAYOUTS.items()
        if name != layout and all(row.fits for row in _rows(network, arrays, other, {}))
    ]
    hint = f'\nAll of them fit with layout="{others[0]}".' if others else ""
    head = f'load_weights: {what} does not fit with layout="{layout}", so nothing was changed'
    return "\n".join([head, *told]) + hint


def _why(row: _Row, rows: Sequence[_Row]) -> str:
    if row.parameter is None:
        return "the network has no place for it"
    if row.name is None:
        return f"expected an array of shape {row.wanted}"
    words = f"expected {row.wanted}"
    if len(row.wanted) == 2 and row.found == row.wanted[::-1]:
        return f"{words}; it is transposed, and W.T fits"
    if row.found == (*row.wanted, 1):
        return f"{words}; it is a column, and b.ravel() fits"
    places = [
        other.parameter.name for other in rows if other.wanted == row.found and other.parameter
    ]
    return f"{words}; it would fit {places[0]}: is the order another?" if places else words
