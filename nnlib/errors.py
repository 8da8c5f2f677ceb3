"""Checks that raise in the learner's words: who raised it, what it got, what it expected.

Every message has the same form, for example
``Dense(64 → 30) got x of shape (10, 784): expected (n, 64)``.
"""

from collections.abc import Sized
from inspect import signature
from typing import Any

import numpy as np


def describe(value: Any) -> str:
    """Say in a few words what ``value`` is: type, and shape if it has one."""
    if isinstance(value, np.ndarray):
        kind = {np.ma.MaskedArray: "a masked array", np.matrix: "a matrix"}.get(
            type(value), "an array"
        )
        return f"{kind} of shape {value.shape} and dtype {value.dtype}"
    if value is None or isinstance(value, bool | int | float | complex):
        return repr(value)
    article = "an" if type(value).__name__[0].lower() in "aeiou" else "a"
    return f"{article} {type(value).__name__}"


def require_array(who: Any, name: str, value: Any) -> np.ndarray:
    """Return ``value`` if it is an array of numbers, any shape; else raise ``TypeError``."""
    if not isinstance(value, np.ndarray):
        raise TypeError(
            f"{who} got {name} as {describe(value)}: "
            f"expected a NumPy array, as {_way_to_array(name, value)}"
        )
    if type(value) is not np.ndarray and isinstance(value, np.ma.MaskedArray | np.matrix):
        way = "filled(0)" if isinstance(value, np.ma.MaskedArray) else "A"
        raise TypeError(
            f"{who} got {name} as {describe(value)}: expected a plain array, as {name}.{way} gives"
        )
    if value.dtype.kind not in "fiub":
        hint = ", as astype(float) makes of them" if value.dtype.kind == "O" else ""
        raise TypeError(f"{who} got {name} of dtype {value.dtype}: expected numbers{hint}")
    return value


def _way_to_array(name: str, value: Any) -> str:
    """How an array is made of what pandas, PyTorch and others have."""
    if isinstance(value, type):
        return "np.array([...]) makes"
    if hasattr(value, "to_numpy"):
        return f"{name}.to_numpy() gives"
    if hasattr(value, "detach") and hasattr(value, "numpy"):
        return f"{name}.detach().numpy() gives"
    return "np.array([...]) makes"


def require_examples(who: Any, name: str, value: Any) -> np.ndarray:
    """Return ``value`` if it is an array (n, …) with n ≥ 1; else raise ``TypeError`` or ``ValueError``."""
    require_array(who, name, value)
    if value.ndim == 0 or len(value) == 0:
        raise ValueError(
            f"{who} got {name} of shape {value.shape}: expected (n, …) with at least one example"
        )
    return value


def require_rows(who: Any, x: Any, width: int) -> np.ndarray:
    """Return ``x`` if it has shape (n, width) with n ≥ 1; else raise ``TypeError`` or ``ValueError``."""
    require_array(who, "x", x)
    if x.ndim != 2 or x.shape[1] != width:
        hint = "; one example alone is x.reshape(1, -1)" if x.shape == (width,) else ""
        raise ValueError(f"{who} got x of shape {x.shape}: expected (n, {width}){hint}")
    if len(x) == 0:
        raise ValueError(f"{who} got an empty batch of shape {x.shape}: expected at least one row")
    return x


def require_images(who: Any, x: Any, channels: int | None = None) -> np.ndarray:
    """Return ``x`` if it has shape (n, height, width, channels), nothing of it empty; else raise.

    ``channels`` None takes any number of them.
    """
    require_array(who, "x", x)
    wanted = f"(n, height, width, {channels or 'channels'})"
    if x.ndim != 4 or (channels is not None and x.shape[3] != channels):
        hint = (
            "; grey images need their one channel, as x[..., None] gives"
            if x.ndim == 3 and channels == 1
            else ""
        )
        raise ValueError(f"{who} got x of shape {x.shape}: expected {wanted}{hint}")
    if x.size == 0:
        raise ValueError(
            f"{who} got an empty batch of shape {x.shape}: "
            f"expected {wanted} with at least one image"
        )
    return x


def require_shape(who: Any, name: str, value: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return ``value`` if it is an array of exactly ``shape``; else raise ``TypeError`` or ``ValueError``."""
    require_array(who, name, value)
    if value.shape != shape:
        raise ValueError(f"{who} got {name} of shape {value.shape}: expected {shape}")
    return value


def require_rank(who: Any, name: str, value: Any, rank: int, wanted: str) -> np.ndarray:
    """Return ``value`` if it is a non-empty array of ``rank`` dimensions, described as ``wanted``."""
    require_array(who, name, value)
    if value.ndim != rank:
        raise ValueError(f"{who} got {name} of shape {value.shape}: expected {wanted}")
    if value.size == 0:
        raise ValueError(
            f"{who} got an empty {name} of shape {value.shape}: "
            f"expected {wanted} with at least one row"
        )
    return value


def require_finite(who: Any, name: str, value: np.ndarray) -> np.ndarray:
    """Return ``value`` if it holds neither NaN nor infinity; else raise ``ValueError`` naming the first place."""
    if (
        value.dtype.kind == "f"
        and value.size
        and not (np.isfinite(value.min()) and np.isfinite(value.max()))
    ):
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(value))[0])
        raise ValueError(
            f"{who} got {name} with {value[place]} at {list(place)}: expected finite numbers only"
        )
    return value


def _require_number(who: Any, name: str, value: Any, wanted: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{who} got {name} = {describe(value)}: expected {wanted}")


def require_number(who: Any, name: str, value: Any) -> float:
    """Return ``value`` if it is a finite number; else raise ``TypeError`` or ``ValueError``."""
    _require_number(who, name, value, "a number")
    if not np.isfinite(value):
        raise ValueError(f"{who} got {name} = {value}: expected a finite number")
    return float(value)


def require_positive(who: Any, name: str, value: Any) -> float:
    """Return ``value`` if it is a finite number above zero; else raise ``TypeError`` or ``ValueError``."""
    _require_number(who, name, value, "a number above 0")
    if not 0 < value < np.inf:
        raise ValueError(f"{who} got {name} = {value}: expected a number above 0")
    return float(value)


def require_amount(who: Any, name: str, value: Any) -> float:
    """Return ``value`` if it is a finite number, zero or above; else raise ``TypeError`` or ``ValueError``."""
    _require_number(who, name, value, "a number, 0 or more")
    if not 0 <= value < np.inf:
        raise ValueError(f"{who} got {name} = {value}: expected a number, 0 or more")
    return float(value)


def require_share(who: Any, name: str, value: Any) -> float:
    """Return ``value`` if it is a number from 0 up to, but not equal to, 1; else raise."""
    _require_number(who, name, value, "a number from 0 to below 1")
    if not 0 <= value < 1:
        raise ValueError(f"{who} got {name} = {value}: expected 0 or more, and below 1")
    return float(value)


def require_count(who: Any, name: str, value: Any) -> int:
    """Return ``value`` if it is a whole number of at least one; else raise ``TypeError`` or ``ValueError``."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{who} got {name} = {describe(value)}: expected a whole number, 1 or more")
    if value < 1:
        raise ValueError(f"{who} got {name} = {value}: expected 1 or more")
    return int(value)


def require_flag(who: Any, name: str, value: Any) -> bool:
    """Return ``value`` if it is True or False; else raise ``TypeError``."""
    if not isinstance(value, bool | np.bool):
        raise TypeError(f"{who} got {name} = {describe(value)}: expected True or False")
    return bool(value)


def require_pair(who: Any, name: str, value: Any) -> tuple[int, int]:
    """Return (height, width) for a whole number, used for both, or a pair of them, each of at least one; else raise."""
    pair = value if isinstance(value, tuple | list) else (value, value)
    if len(pair) != 2:
        raise ValueError(
            f"{who} got {name} with {len(pair)} numbers: expected one, or a pair (height, width)"
        )
    return require_count(who, name, pair[0]), require_count(who, name, pair[1])


def require_rng(who: Any, rng: Any) -> np.random.Generator:
    """Return ``rng`` if it is a NumPy generator; else raise ``TypeError`` that says how to make one."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"{who} got rng as {describe(rng)}: "
            "expected a generator, as np.random.default_rng(0) makes"
        )
    return rng


def require_labels(who: Any, labels: Any, classes: int) -> np.ndarray:
    """Return ``labels`` (n,) if they are whole numbers from 0 to classes − 1; else raise."""
    require_array(who, "labels", labels)
    if labels.ndim != 1:
        raise ValueError(f"{who} got labels of shape {labels.shape}: expected (n,)")
    if labels.dtype.kind not in "iu":
        raise TypeError(
            f"{who} got labels of dtype {labels.dtype}: "
            "expected whole numbers, as labels.astype(int) makes"
        )
    if labels.size and not (labels.min() >= 0 and labels.max() < classes):
        wrong = labels[(labels < 0) | (labels >= classes)][0]
        hint = ""
        if np.isin(labels, (-1, 1)).all():
            hint = "; (y + 1) // 2 makes 0 and 1 of −1 and 1"
        elif labels.min() == 1 and labels.max() == classes:
            hint = "; y - 1 counts from 0"
        raise ValueError(
            f"{who} got the label {wrong}: expected labels from 0 to {classes - 1}{hint}"
        )
    return labels


def require_same_length(who: Any, **arrays: Sized) -> None:
    """Raise ``ValueError`` unless all the named arrays have the same number of rows."""
    if len({len(array) for array in arrays.values()}) > 1:
        lengths = " and ".join(f"{name} with {len(array)} rows" for name, array in arrays.items())
        raise ValueError(f"{who} got {lengths}: expected one row of each for every example")


def require_function(
    who: Any, function: Any, wanted: str, arguments: int = 1, role: str = ""
) -> Any:
    """Return ``function`` if it can be called with so many arguments, as far as it tells; else raise ``TypeError``."""
    if not callable(function):
        raise TypeError(f"{who} got {describe(function)}{role}: expected {wanted}")
    try:
        taken = signature(function)
    except ValueError:  # what is written in C may not tell
        return function
    try:
        taken.bind(*[None] * arguments)
    except TypeError as error:
        name = getattr(function, "__qualname__", type(function).__name__)
        told = f"{name}({', '.join(taken.parameters)})"
        raise TypeError(f"{who} got {told}{role}: expected {wanted}") from error
    return function
