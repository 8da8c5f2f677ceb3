"""A cliff: where the end of a long loop jumps, so does the cost; and what gradient descent does there."""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from nnlib.landscapes import Landscape
from nnlib.optimizers import SGD, clip_gradients
from nnlib.parameter import Parameter


class Cliff(Landscape):
    """C = ½ (h_50 − 0.3)² by the weight and bias of one neuron's loop, h_t = tanh(w h_{t−1} + b), h_0 = ½.

    Points are (w, b). Where h_50 jumps from near 1 to near −1 the surface is a wall.
    """

    steps, target, first = 50, 0.3, 0.5
    limits = (-0.4, 2.8, -2.9, 0.7)
    start = (2.0, 0.0)

    def value(self, v: np.ndarray) -> np.ndarray:
        """Return C (…)."""
        h, *_ = _end(v[..., 0], v[..., 1], np.tanh)
        return np.asarray((h - self.target) ** 2 / 2)

    def gradient(self, v: np.ndarray) -> np.ndarray:
        """Return (∂C/∂w, ∂C/∂b), (…, 2)."""
        if v.shape == (2,):  # a single place: ten times as fast with plain numbers
            h, *slopes = _end(float(v[0]), float(v[1]), math.tanh)
        else:
            h, *slopes = _end(v[..., 0], v[..., 1], np.tanh)
        return np.stack([(h - self.target) * slope for slope in slopes], axis=-1)


def _end(w: Any, b: Any, tanh: Callable[[Any], Any]) -> tuple[Any, Any, Any]:
    """Return h_50, ∂h_50/∂w and ∂h_50/∂b: the slopes are carried along forward."""
    h, dw, db = Cliff.first, 0.0, 0.0
    for _ in range(Cliff.steps):
        new = tanh(w * h + b)
        slope = 1 - new * new
        h, dw, db = new, slope * (h + w * dw), slope * (1 + w * db)
    return h, dw, db


class Walk(NamedTuple):
    """Places (steps + 1, 2), and the cost and the length of the gradient (steps + 1,) at each."""

    places: np.ndarray
    costs: np.ndarray
    lengths: np.ndarray


@lru_cache(maxsize=64)
def walk_on_cliff(
    longest: float | None,
    learning_rate: float,
    steps: int = 300,
    start: tuple[float, float] = Cliff.start,
) -> Walk:
    """Walk by gradient descent; a gradient longer than ``longest`` is shortened to that, unless it is None."""
    surface, place = Cliff(), Parameter(np.array(start), "w, b")
    optimizer, places, lengths = SGD([place], learning_rate), [], []
    for _ in range(steps + 1):
        place.grad = surface.gradient(place.value)
        places.append(place.value.copy())
        lengths.append(float(np.linalg.norm(place.grad)))
        if longest is not None:
            clip_gradients([place], longest)
        optimizer.step()
    return Walk(np.array(places), surface.value(np.array(places)), np.array(lengths))
