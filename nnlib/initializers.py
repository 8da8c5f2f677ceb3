"""Where learning starts: functions that fill a weight matrix. Each is called ``f(shape, rng)``.

``shape`` is (d_in, d_out); all draw from a generator that the caller owns, so that a seed repeats a run.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlib.errors import describe, require_count, require_rng, require_shape

Initializer = Callable[[tuple[int, ...], np.random.Generator], np.ndarray]


def zeros(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return all zeros: right for biases, and for weights a start that never breaks symmetry (N20)."""
    return np.zeros(_require_shape(shape))


def standard_normal(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return w ~ N(0, 1), the plain start of Nielsen's first networks.  Source: S0, N20."""
    return require_rng("standard_normal", rng).standard_normal(_require_shape(shape))


def scaled(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return w ~ N(0, 1/d_in), which keeps z = x @ W of unit size.  Source: Nielsen 2015, ch. 3; LeCun et al. 1998."""
    d_in, _ = fans(shape)
    return require_rng("scaled", rng).standard_normal(shape) / np.sqrt(d_in)


def glorot(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return w ~ U(−r, r), r = √(6 / (d_in + d_out)): variance 2 / (d_in + d_out).  Source: Glorot & Bengio 2010."""
    limit = np.sqrt(6 / sum(fans(shape)))
    return require_rng("glorot", rng).uniform(-limit, limit, shape)


def he(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return w ~ N(0, 2/d_in), which makes up for the half that a ReLU switches off.  Source: He et al. 2015."""
    d_in, _ = fans(shape)
    return require_rng("he", rng).standard_normal(shape) * np.sqrt(2 / d_in)


def orthogonal(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return W with orthonormal columns, or rows if there are more columns: W neither stretches nor shrinks h @ W.

    It is the Q of a normal matrix's QR factorisation, with R's signs made positive so that all Q are equally likely.
    Source: Saxe, McClelland and Ganguli 2014; Mezzadri 2007 for the signs.
    """
    d_in, d_out = math.prod(_require_shape(shape)[:-1]), shape[-1]
    high = require_rng("orthogonal", rng).standard_normal((max(d_in, d_out), min(d_in, d_out)))
    q, r = np.linalg.qr(high)
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)
    return (q if d_in >= d_out else q.T).reshape(shape)


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return (inputs, outputs) of one neuron: (d_in, d_out), or for a kernel (h, w, c_in, c_out) times h·w."""
    if len(_require_shape(shape)) < 2:
        raise ValueError(
            f"an initializer got shape {shape}: expected (d_in, d_out) or (h, w, c_in, c_out)"
        )
    window = int(np.prod(shape[:-2]))
    return window * shape[-2], window * shape[-1]


def _require_shape(shape: Any) -> tuple[int, ...]:
    if not isinstance(shape, tuple | list):
        raise TypeError(
            f"an initializer got shape as {describe(shape)}: "
            "expected (d_in, d_out), and the generator second, as in he((4, 3), rng)"
        )
    return tuple(require_count("an initializer", "shape", side) for side in shape)


def start_values(
    who: Any, weights: Any, shape: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    """Return what the initializer ``weights`` makes, an array of ``shape`` that nobody else holds.

    Raises ``TypeError`` if ``weights`` is none, ``ValueError`` if it makes another shape.
    """
    if not callable(weights):
        hint = "; your own numbers go in afterwards, as layer.W.value = …"
        if isinstance(weights, str):
            hint = f"; without quotes, after from nnlib.initializers import {weights}"
        raise TypeError(
            f"{who} got weights as {describe(weights)}: expected an initializer such as he{hint}"
        )
    require_rng(who, rng)
    try:
        made = weights(shape, rng)
    except TypeError as error:
        name = getattr(weights, "__name__", type(weights).__name__)
        raise TypeError(
            f"{who} got {name} as its initializer, which fails as {name}(shape, rng) "
            f"({str(error)[:80]}): expected one such as he"
        ) from error
    return require_shape(who, "weights", made, shape).copy()
