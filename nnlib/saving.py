"""Saving: a network as one ``.npz`` file, its layers as JSON text beside their values as arrays. Nothing is pickled.

A layer is saved as its kind, which is the name of its class, and its ``config()``, the arguments that build it again;
then come the values, bit for bit: all parameters in the order of the layers, then all statistics.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nnlib import _forms, _npz
from nnlib._files import require_path
from nnlib._foreign import listed, what_it_is
from nnlib._forms import kinds as kinds
from nnlib._forms import saved_form as saved_form
from nnlib._npz import Arrays
from nnlib._npz import write_arrays as write_arrays
from nnlib.errors import describe
from nnlib.layers import Layer, Layered, every_layer

FORMAT = "nnlib network 1"

# What else the library writes, and what reads it.
OTHERS = {
    "nnlib network": "a saved network, which Network.load reads",
    "nnlib checkpoint": "a checkpoint of a training run, which Checkpoint.resume reads",
}


def to_arrays(network: Layered) -> Arrays:
    """Return a network as arrays: its format, its layers as JSON text, and its values.

    Raises ``ValueError`` or ``TypeError`` if a layer could not be built again from them.
    """
    layers = network.inner()
    for layer in layers:
        _forms.require_rebuildable(layer)
    values = {f"value_{i}": each.value for i, each in enumerate(_forms.values_of(layers))}
    return {
        **values,
        "format": np.array(FORMAT),
        "layers": np.array(json.dumps([saved_form(layer) for layer in layers])),
    }


def layers_from(arrays: Arrays) -> list[Layer]:
    """Return new layers from what ``to_arrays`` gave, their values still to be filled in."""
    require_format(arrays, FORMAT)
    if "layers" not in arrays:
        raise ValueError("the array layers is missing")
    forms = json.loads(str(arrays["layers"]))
    _forms.require_room(forms, sum(array.size for array in arrays.values()))
    return [_forms.from_saved_form(form) for form in forms]


def fill(network: Layered, arrays: Arrays) -> None:
    """Give a network the values that ``to_arrays`` took. Raises ``ValueError`` unless all fit and none is left over."""
    values = {f"value_{i}": each for i, each in enumerate(_forms.values_of(network.inner()))}
    _require_names(arrays, [*values, "format", "layers"])
    for name, parameter in values.items():
        value = arrays[name]
        if value.shape != parameter.value.shape or value.dtype.kind != "f":
            raise ValueError(
                f"{parameter.name} is {describe(value)} there: expected {parameter.value.shape}"
            )
        parameter.value = value


def _require_names(arrays: Arrays, expected: list[str]) -> None:
    missing, others = (
        sorted(one - other)
        for one, other in (
            (set(expected), arrays.keys()),
            (arrays.keys(), set(expected)),
        )
    )
    if missing:
        raise ValueError(f"of the values of its layers {listed(missing)} is missing")
    if others:
        raise ValueError(f"it holds {listed(others)} beside the values of its layers")


def require_format(arrays: Arrays, wanted: str) -> None:
    """Raise ``ValueError`` unless a file says that it is of the format ``wanted``, such as "nnlib network 1"."""
    # checkpoints have it as JSON text
    found = str(arrays.get("format", "")).strip('"')
    if found == wanted:
        return
    what, _, number = found.rpartition(" ")
    ours, _, version = wanted.rpartition(" ")
    if what == ours and re.fullmatch(r"\d{1,9}", number) and int(number) > int(version):
        raise ValueError(
            f"it is a {found}, saved by a newer version of the course: update the course"
        )
    if what != ours and what in OTHERS:
        raise ValueError(f"it is of another format: {OTHERS[what]}")
    raise ValueError(
        f"it does not say that it is a {wanted}, and holds {listed(list(arrays)) or 'nothing'}: "
        "weights from elsewhere are read by nnlib.weights.load_weights"
    )


# Random generators.


class NoGenerator(np.random.Generator):
    """Stands where a loaded layer's generator would be: whoever draws from it is told how to give one."""

    def __init__(self) -> None:
        super().__init__(np.random.PCG64(0))

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_") or name == "bit_generator":
            return super().__getattribute__(name)
        raise ValueError(
            "a layer draws random numbers while it learns, and this network was loaded without "
            "a generator: expected Network.load(path, rng=np.random.default_rng(0))"
        )

    def __reduce__(self) -> tuple:
        # copies are no generators either
        return type(self), ()


def draw_from(layers: Sequence[Layer], rng: np.random.Generator) -> None:
    """Let all layers draw from ``rng``, whatever generators they were built with."""
    for layer in every_layer(layers):
        for name, value in vars(layer).items():
            if isinstance(value, np.random.Generator):
                setattr(layer, name, rng)


# Files.


def with_ending(path: str | Path, who: str = "Network.load") -> Path:
    """Return ``path`` with the ending ``.npz``."""
    path = require_path(who, path)
    if not path.name:
        raise ValueError(f"{path} is a folder: expected the name of a file")
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")


def require_file(path: str | Path) -> Path:
    """Return ``path``, with the ending ``.npz``, if there is such a file.

    Raises ``FileNotFoundError`` if there is none, ``ValueError`` if there is one without the ending.
    """
    given, path = require_path("Network.load", path), with_ending(path)
    if path.is_file():
        return path
    if path.is_dir():
        raise ValueError(f"{path} is a folder: expected a file that Network.save wrote")
    if given.is_file():
        raise ValueError(
            f"{given}: not a saved network, whose name ends in .npz ({what_it_is(given)})"
        )
    raise FileNotFoundError(f"{path}: there is no such file to load a network from")


@contextmanager
def reading(path: Path, what: str) -> Iterator[Arrays]:
    """Hand out the arrays of an ``.npz`` file; whatever fails inside becomes a ``ValueError`` that names the file.

    They take no more memory than the file has bytes.
    """
    with _npz.opened(path, what) as archive:
        if archive.packed:
            raise ValueError("its arrays are compressed or damaged: expected them as they are")
        yield {name: archive.read(name) for name in archive.members}
