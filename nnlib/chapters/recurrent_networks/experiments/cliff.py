"""A cliff: where the end of a long loop jumps, so does the cost; and what gradient descent does there."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from nnlib.landscapes import Landscape
from nnlib.optimizers import SGD, clip_gradients
from nnlib.parameter import Parameter


class Cliff(Landscape):
    """C = ½ (h_50 − 0.3)² by the weight and bias of one neuron's loop, h_t = tanh(w h_{t−1} + b), h_0 = ½.

    Points are (w, b). Where h_50 jumps from near 1 to near −1 the surface is a wall.
    """

    steps, target, first = 50, 0.3, 0.5
    limits = (-0.4, 2.8, -1.9, 0.5)
    start = (2.0, 0.0)

    def value(self, v: np.ndarray) -> np.ndarray:
        """Return C (…)."""
        h, _ = self._end(v)
        return (h - self.target) ** 2 / 2

    def gradient(self, v: np.ndarray) -> np.ndarray:
        """Return (∂C/∂w, ∂C/∂b), (…, 2)."""
        h, slopes = self._end(v)
        return (h - self.target)[..., None] * slopes

    def _end(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return h_50 (…) and its slopes with respect to w and b (…, 2), carried along forward."""
        w, b = v[..., 0], v[..., 1]
        h, dh = np.full(w.shape, self.first), np.zeros(v.shape)
        for _ in range(self.steps):
            direct = np.stack([h, np.ones_like(h)], axis=-1)
            h = np.tanh(w * h + b)
            dh = (1 - h**2)[..., None] * (direct + w[..., None] * dh)
        return h, dh


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
