"""Which of the two ways, the readable function or the fast one: decided here alone, by the size of the work."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

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


def or_faster(
    fast: Callable[Arguments, Result],
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Let ``fast`` take over from the readable function below this line if there is much to do.

    Both have the same signature; the first argument is the array whose size decides. The readable one stays at hand
    as ``__wrapped__``, and ``??`` shows it.
    """

    def pair(
        readable: Callable[Arguments, Result],
    ) -> Callable[Arguments, Result]:
        start = FROM[readable.__name__]
        name = next(iter(signature(readable).parameters))

        @wraps(readable)
        def chosen(*arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
            first: Any = arguments[0] if arguments else options.get(name)
            return (fast if np.size(first) >= start else readable)(*arguments, **options)

        return chosen

    return pair
