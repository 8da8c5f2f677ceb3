"""A layer as JSON text can hold it, and back: its kind, and the arguments that build it again."""

import importlib
import inspect
import json
import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from nnlib._foreign import shortened
from nnlib.errors import describe
from nnlib.layers import Layer, Layered, every_layer
from nnlib.parameter import Parameter

# Where the library defines layers.
MODULES = (
    *("layers", "activations", "convolution", "pooling", "normalization"),
    *("recurrent", "steps", "regularization", "ensembles"),
)

CHAPTERS = "nnlib.chapters."

# Arguments that do not make a layer's arrays any larger.
NO_SIZES = ("stride", "padding")
# So many numbers, 80 MB of them, a network may ask for without being asked where they are.
ROOM = 10_000_000

Form = dict[str, Any]


# Classes and their kinds.


def kind(layer: type[Layer]) -> str:
    """Return the name under which a saved network knows a class: the learner's own never hide the library's."""
    return f"{layer.__module__}.{layer.__name__}" if _is_own(layer) else layer.__name__


def _is_own(layer: type[Layer]) -> bool:
    """Whether it is not the library's: the learner has written it, or a chapter, for an exercise."""
    return not layer.__module__.startswith("nnlib.") or layer.__module__.startswith(CHAPTERS)


def kinds() -> dict[str, type[Layer]]:
    """Return every class of layers defined so far, by its kind; of two with one name the newer."""
    found: dict[str, type[Layer]] = {}
    waiting = [Layer]
    while waiting:
        for layer in waiting.pop().__subclasses__():
            found[kind(layer)] = layer
            waiting.append(layer)
    return found


def _class_of(name: str) -> type[Layer]:
    """The class of a kind; the library's modules are imported if it is not known yet."""
    if name not in kinds():
        for module in MODULES:
            importlib.import_module(f"nnlib.{module}")
    known = kinds()
    if name not in known:
        raise ValueError(f"it has a layer {name}, which is not known here: {_where(name)}")
    return known[name]


def _where(name: str) -> str:
    """Where a class is defined that is not known, as far as its kind tells."""
    module, _, own = name.rpartition(".")
    if not module:
        return "it is from a newer version of the course, so update it"
    if module == "__main__":
        return f"run the cell that defines the class {own} first"
    return f"import the module {module}, which defines it, first"


# Forms.


def saved_form(layer: Layer) -> Form:
    """Return all that is needed to build ``layer`` again but its values: its kind and its ``config()``.

    Raises ``TypeError`` if ``config()`` holds what JSON text cannot.
    """
    config = layer.config()
    if not isinstance(config, dict) or "kind" in config:
        got = "one named kind" if isinstance(config, dict) else describe(config)
        raise TypeError(
            f"{layer} cannot be saved: its config() returns {got}, expected a dict of arguments "
            "by name, none of them kind"
        )
    return {
        "kind": kind(type(layer)),
        **{name: _saved(layer, name, value) for name, value in config.items()},
    }


def from_saved_form(saved: Form) -> Layer:
    """Return a new layer from what ``saved_form`` gave. Raises ``ValueError`` if its kind is not known here."""
    config = {name: _built(value) for name, value in saved.items()}
    return _class_of(config.pop("kind")).from_config(config)


def _saved(layer: Layer, name: str, value: Any) -> Any:
    """A layer's argument as JSON can hold it: layers inside become their saved forms."""
    if isinstance(value, Layer):
        return saved_form(value)
    if isinstance(value, list | tuple):
        return [_saved(layer, name, one) for one in value]
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(
        f"{layer} cannot be saved: its config() returns {name} as {describe(value)}, "
        "expected numbers, text, layers, and lists of these"
    )


def _built(value: Any) -> Any:
    """What ``_saved`` was given."""
    if isinstance(value, dict):
        return from_saved_form(value)
    return [_built(one) for one in value] if isinstance(value, list) else value


# Values.


def values_of(layers: Iterable[Layer]) -> list[Parameter]:
    """Return all parameters, then all statistics, in the order of the layers.

    Each layer gives its own: one that two layers share is there twice.
    """
    layers = list(layers)
    return [*_own("parameters", layers), *_own("statistics", layers)]


def _own(which: str, layers: Iterable[Layer]) -> list[Parameter]:
    found: list[Parameter] = []
    for layer in layers:
        if getattr(type(layer), which) is getattr(Layered, which):
            found += _own(which, layer.inner())
        else:
            found += getattr(layer, which)()
    return found


# What is saved can be loaded.


def require_rebuildable(layer: Layer) -> None:
    """Raise ``ValueError`` or ``TypeError`` unless ``saved_form`` builds the same layer again."""
    form = saved_form(layer)
    for one in every_layer([layer]):
        _require_all_arguments(one)
    try:
        again = from_saved_form(form)
        form_again = saved_form(again)
    except Exception as error:
        raise ValueError(
            f"{layer} cannot be saved: building it again from its config() fails "
            f"({shortened(error)}). config() returns the arguments of __init__, by name; "
            "what it cannot hold, such as rng, from_config(config) adds, as Dropout does"
        ) from error
    if json.dumps(form_again) != json.dumps(form):
        raise ValueError(
            f"{layer} cannot be saved: built again from its config() {layer.config()} "
            f"it becomes {again} with {again.config()}"
        )
    shapes, theirs = ([v.value.shape for v in values_of([one])] for one in (layer, again))
    if shapes != theirs:
        raise ValueError(
            f"{layer} cannot be saved: its values have the shapes {shapes}, but built again "
            f"from its config() {layer.config()} it has {theirs}"
        )


def _require_all_arguments(layer: Layer) -> None:
    """Raise if ``config()`` of a learner's layer leaves out an argument, which would be lost without a word.

    ``rng`` and functions, such as an initializer, matter only while a layer is made.
    """
    cls = type(layer)
    maker = next(one for one in cls.__mro__ if "from_config" in vars(one))
    if not _is_own(cls) or _is_own(maker):
        return
    config = layer.config()
    missing = [
        name
        for name, argument in inspect.signature(cls).parameters.items()
        if name not in config and not _only_starts(argument)
    ]
    if missing:
        example = ", ".join(f'"{name}": self.{name}' for name in missing)
        raise ValueError(
            f"{layer} cannot be saved: {cls.__name__}(…) takes {', '.join(missing)}, "
            f"which its config() leaves out; expected config(self) to return {{{example}}}"
        )


def _only_starts(argument: inspect.Parameter) -> bool:
    """Whether it matters only while a layer is made, or stands for others."""
    start = argument.default is not argument.empty and callable(argument.default)
    several = argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD)
    return start or several or argument.name == "rng"


def require_room(forms: Any, numbers: int) -> None:
    """Raise if layers of the library ask for far more numbers than the file holds, before memory is taken for them."""
    asked = _asked(forms)
    if asked > numbers + ROOM:
        raise ValueError(f"its layers ask for {asked:,} numbers, but it holds {numbers:,}")


def _asked(value: Any) -> int:
    """How many numbers the library's layers hold at most: the product of their sizes."""
    if isinstance(value, list):
        return sum(map(_asked, value))
    if not isinstance(value, dict):
        return 0
    sizes = [
        size
        for name, one in value.items()
        if name not in NO_SIZES
        for size in (one if isinstance(one, list) else [one])
        if type(size) is int and size > 0
    ]
    own = "." in str(value.get("kind"))
    return (0 if own else math.prod(sizes)) + sum(map(_asked, value.values()))
