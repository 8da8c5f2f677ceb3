"""Where learning starts: functions that fill a weight matrix. Each is called ``f(shape, rng)``.

``shape`` is (d_in, d_out); all draw from a generator that the caller owns, so that a seed repeats a run.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlib.errors import describe, require_rng, require_shape

Initializer = Callable[[tuple[int, ...], np.random.Generator], np.ndarray]


def zeros(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return all zeros: right for biases, and for weights a start that never breaks symmetry (N20)."""
    return np.zeros(shape)


def standard_normal(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return w ~ N(0, 1), the plain start of Nielsen's first networks.  Source: S0, N20."""
    return require_rng("standard_normal", rng).standard_normal(shape)


def scaled(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return w ~ N(0, 1/d_in), which keeps z = x @ W of unit size.  Source: Nielsen 2015, ch. 3; LeCun et al. 1998."""
    return require_rng("scaled", rng).standard_normal(shape) / np.sqrt(fans(shape)[0])


def glorot(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return w ~ U(−r, r), r = √(6 / (d_in + d_out)): variance 2 / (d_in + d_out).  Source: Glorot & Bengio 2010."""
    limit = np.sqrt(6 / sum(fans(shape)))
    return require_rng("glorot", rng).uniform(-limit, limit, shape)


def he(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Return w ~ N(0, 2/d_in), which makes up for the half that a ReLU switches off.  Source: He et al. 2015."""
    return require_rng("he", rng).standard_normal(shape) * np.sqrt(2 / fans(shape)[0])


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return (inputs, outputs) of one neuron: (d_in, d_out), or for a kernel (h, w, c_in, c_out) times h·w."""
    if len(shape) < 2:
        raise ValueError(
            f"an initializer got shape {shape}: expected (d_in, d_out) or (h, w, c_in, c_out)"
        )
    window = int(np.prod(shape[:-2]))
    return window * shape[-2], window * shape[-1]


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
    return require_shape(who, "weights", weights(shape, require_rng(who, rng)), shape).copy()
