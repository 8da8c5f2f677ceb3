"""Saving: a network as one ``.npz`` file, its layers as JSON text beside their values as arrays. Nothing is pickled.

A layer is saved as its kind, which is the name of its class, and its ``config()``, the arguments that build it again;
then come the values, bit for bit.
"""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nnlib._files import write_whole
from nnlib.errors import describe
from nnlib.layers import Layer, Layered

FORMAT = "nnlib network 1"

Arrays = dict[str, np.ndarray]


def kind(layer: type[Layer]) -> str:
    """Return the name under which a saved network knows a class: the learner's own never hide the library's."""
    own = layer.__module__.startswith("nnlib.")
    return layer.__name__ if own else f"{layer.__module__}.{layer.__name__}"


def kinds() -> dict[str, type[Layer]]:
    """Return every class of layers defined so far, by its kind; of two with one name the newer."""
    found: dict[str, type[Layer]] = {}
    waiting = [Layer]
    while waiting:
        for layer in waiting.pop().__subclasses__():
            found[kind(layer)] = layer
            waiting.append(layer)
    return found


def saved_form(layer: Layer) -> dict[str, Any]:
    """Return all that is needed to build ``layer`` again but its values: its kind and its ``config()``."""
    config = {name: _saved(value) for name, value in layer.config().items()}
    return {"kind": kind(type(layer)), **config}


def from_saved_form(saved: dict[str, Any]) -> Layer:
    """Return a new layer from what ``saved_form`` gave. Raises ``ValueError`` if its kind is not known here."""
    config = {name: _built(value) for name, value in saved.items()}
    name = config.pop("kind")
    known = kinds()
    if name not in known:
        raise ValueError(
            f"it has a layer {name}, which is not known here: "
            "import the module that defines it first"
        )
    return known[name].from_config(config)


def _saved(value: Any) -> Any:
    """A layer's argument as JSON can hold it: layers inside become their saved forms."""
    if isinstance(value, Layer):
        return saved_form(value)
    return [_saved(one) for one in value] if isinstance(value, list | tuple) else value


def _built(value: Any) -> Any:
    """What ``_saved`` was given."""
    if isinstance(value, dict):
        return from_saved_form(value)
    return [_built(one) for one in value] if isinstance(value, list) else value


def to_arrays(network: Layered) -> Arrays:
    """Return a network as arrays: its format, its layers as JSON text, and its values."""
    layers = [saved_form(layer) for layer in network.inner()]
    values = {f"value_{i}": parameter.value for i, parameter in enumerate(network.state())}
    return {
        **values,
        "format": np.array(FORMAT),
        "layers": np.array(json.dumps(layers)),
    }


def layers_from(arrays: Arrays) -> list[Layer]:
    """Return new layers from what ``to_arrays`` gave, their values still to be filled in."""
    if str(arrays.get("format")) != FORMAT:
        raise ValueError(f"it does not say that it is a {FORMAT}")
    return [from_saved_form(layer) for layer in json.loads(str(arrays["layers"]))]


def fill(network: Layered, arrays: Arrays) -> None:
    """Give a network the values that ``to_arrays`` took. Raises ``ValueError`` if one does not fit."""
    for i, parameter in enumerate(network.state()):
        value = arrays[f"value_{i}"]
        if value.shape != parameter.value.shape or value.dtype.kind != "f":
            raise ValueError(
                f"{parameter.name} is {describe(value)} there: expected {parameter.value.shape}"
            )
        parameter.value = value


def with_ending(path: str | Path) -> Path:
    """Return ``path`` with the ending ``.npz``."""
    path = Path(path)
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write an ``.npz`` file under a temporary name and rename it, so that a crash never leaves half of one."""
    content = io.BytesIO()
    # NumPy's stubs take any name for allow_pickle
    np.savez(content, **arrays)  # type: ignore[arg-type]
    write_whole(path, content.getvalue())


@contextmanager
def reading(path: Path, what: str) -> Iterator[Arrays]:
    """Hand out the arrays of an ``.npz`` file; whatever fails inside becomes a ``ValueError`` that names the file."""
    try:
        with (
            path.open("rb") as handle,
            np.load(handle, allow_pickle=False) as file,
        ):
            arrays = {name: file[name] for name in file.files}
        yield arrays
    # a damaged zip fails in a dozen ways; the learner needs only one
    except Exception as error:
        raise ValueError(f"{path}: not {what} ({error})") from error
