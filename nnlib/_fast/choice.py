"""Which of the two ways, the readable function or the fast one: decided here alone, by the size of the work."""

from collections.abc import Callable
from functools import wraps
from inspect import BoundArguments, Signature, signature
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import numpy as np

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# How many numbers the first argument must hold for the fast way to be no slower, as measured. Convolutions always gain,
# pooling once there is more than one block to share out, batch normalisation once NumPy's short rows are what costs.
POOLING, NORMALIZATION = 100_000, 16_000
FROM = {
    "conv2d": 0,
    "conv2d_grad": 0,
    **dict.fromkeys(("avg_pool", "avg_pool_grad", "weighted_avg_pool"), POOLING),
    **dict.fromkeys(("weighted_avg_pool_grad", "l2_pool", "l2_pool_grad"), POOLING),
    **dict.fromkeys(("max_pool", "max_pool_grad"), POOLING),
    **dict.fromkeys(("moments", "batch_norm", "batch_norm_grad"), NORMALIZATION),
}


class Chosen(Protocol[Arguments, Result]):
    """A function for everybody, and ``unchecked`` for layers, which have looked at their input."""

    unchecked: Callable[Arguments, Result]

    def __call__(self, *arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
        """Return what the function says of arguments that fit."""


def or_faster(
    fast: Callable[Arguments, Result], require: Callable[..., Any] | None = None
) -> Callable[[Callable[Arguments, Result]], Chosen[Arguments, Result]]:
    """Let ``fast`` take over from the readable function below this line if there is much to do.

    Both have the same signature; the first argument is the array whose size decides. The readable one stays at hand
    as ``__wrapped__``, and ``??`` shows it. First ``require`` of the function's name and its arguments raises in words
    if they do not fit, and whole numbers, whose sums would run over, become floats; ``unchecked`` leaves both out.
    """

    def pair(readable: Callable[Arguments, Result]) -> Chosen[Arguments, Result]:
        start, expected = FROM[readable.__name__], signature(readable)
        name = next(iter(expected.parameters))

        def unchecked(*arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
            first: Any = arguments[0] if arguments else options.get(name)
            return (fast if np.size(first) >= start else readable)(*arguments, **options)

        @wraps(readable)
        def chosen(*arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
            call = _bound(readable.__name__, expected, arguments, options)
            if require is not None:
                require(readable.__name__, *call.args, **call.kwargs)
            floats: Any = in_floats(call.args)
            return unchecked(*floats, **call.kwargs)

        both = cast("Chosen[Arguments, Result]", chosen)
        both.unchecked = unchecked
        return both

    return pair


def _bound(who: str, expected: Signature, arguments: Any, options: Any) -> BoundArguments:
    try:
        return expected.bind(*arguments, **options)
    except TypeError as error:
        raise TypeError(f"{who}: {error}; expected {', '.join(expected.parameters)}") from None


def in_floats(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the same arguments, arrays of whole numbers in floats: those of the others if they are exact enough."""
    dtypes = [one.dtype for one in arguments if isinstance(one, np.ndarray)]
    if all(dtype.kind == "f" for dtype in dtypes):
        return arguments
    floats = [dtype for dtype in dtypes if dtype.kind == "f"]
    least = np.result_type(*floats) if floats else np.dtype(float)
    return tuple(
        one.astype(np.result_type(one, least))
        if isinstance(one, np.ndarray) and one.dtype.kind != "f"
        else one
        for one in arguments
    )
