"""Landscapes: surfaces C(v) over two numbers v = (v₁, v₂) to walk on, each with its gradient and its Hessian.

Points are arrays (…, 2), so that a whole grid is one call. ``value`` gives (…), ``gradient`` ∇C (…, 2), and
``hessian``, the table of second derivatives ∂²C/∂vᵢ∂vⱼ, (…, 2, 2).  Source: N12.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlib.errors import (
    require_array,
    require_count,
    require_function,
    require_number,
    require_positive,
    require_rank,
    require_shape,
)

Limits = tuple[float, float, float, float]
DIVERGED = 1e6


class Landscape:
    """The contract. ``limits`` (left, right, bottom, top) frame what is worth seeing; ``start`` is a place to begin."""

    limits: Limits = (-3.4, 3.4, -1.8, 1.8)
    start: tuple[float, float] = (-1.5, 1.0)

    def value(self, v: np.ndarray) -> np.ndarray:
        """Return C(v), shape (…)."""
        raise NotImplementedError(f"{type(self).__name__} has no value")

    def gradient(self, v: np.ndarray) -> np.ndarray:
        """Return ∇C(v), shape (…, 2)."""
        raise NotImplementedError(f"{type(self).__name__} has no gradient")

    def hessian(self, v: np.ndarray) -> np.ndarray:
        """Return the second derivatives of C at v, shape (…, 2, 2)."""
        raise NotImplementedError(f"{type(self).__name__} has no hessian")


class Quadratic(Landscape):
    """C = ½ (c₁ v₁² + c₂ v₂²): a bowl if both curvatures are positive, a saddle if one is negative."""

    def __init__(self, c1: float, c2: float, start: tuple[float, float] = (-1.5, 1.0)) -> None:
        self.curvatures = np.array(
            [require_number("Quadratic", name, c) for name, c in (("c1", c1), ("c2", c2))]
        )
        if np.shape(start) != (2,):
            raise ValueError(f"Quadratic got start = {start!r}: expected two numbers")
        self.start = start

    def value(self, v: np.ndarray) -> np.ndarray:
        """Return ½ (c₁ v₁² + c₂ v₂²)."""
        x, y = _parts(self, v)
        c1, c2 = self.curvatures
        return np.asarray((c1 * x * x + c2 * y * y) / 2)

    def gradient(self, v: np.ndarray) -> np.ndarray:
        """Return (c₁ v₁, c₂ v₂)."""
        return np.stack(_parts(self, v), axis=-1) * self.curvatures

    def hessian(self, v: np.ndarray) -> np.ndarray:
        """Return the diagonal of c₁ and c₂, the same everywhere."""
        x, _ = _parts(self, v)
        return np.broadcast_to(np.diag(self.curvatures), (*x.shape, 2, 2)).copy()


class TwoValleys(Landscape):
    """C = ½ (v₁² − 1)² + 0.2 v₁ + ½ v₂²: a lower valley near v₁ = −1, a higher one near 1, a saddle between them."""

    limits = (-2.4, 2.4, -1.27, 1.27)
    start = (1.8, 1.0)

    def value(self, v: np.ndarray) -> np.ndarray:
        """Return C(v)."""
        x, y = _parts(self, v)
        return np.asarray((x * x - 1) ** 2 / 2 + 0.2 * x + y * y / 2)

    def gradient(self, v: np.ndarray) -> np.ndarray:
        """Return (2 v₁ (v₁² − 1) + 0.2, v₂)."""
        x, y = _parts(self, v)
        return np.stack([2 * x * (x * x - 1) + 0.2, y], axis=-1)

    def hessian(self, v: np.ndarray) -> np.ndarray:
        """Return the second derivatives, 6 v₁² − 2 and 1 on the diagonal."""
        x, _ = _parts(self, v)
        return _table(6 * x * x - 2, np.zeros_like(x), np.ones_like(x))


class Plateau(Landscape):
    """C = 1 − exp(−(v₁² + v₂²)): a hole in a plain. Far from the hole the ground is all but flat."""

    start = (-1.9, 1.2)

    def value(self, v: np.ndarray) -> np.ndarray:
        """Return C(v)."""
        x, y = _parts(self, v)
        return np.asarray(1 - np.exp(-(x * x + y * y)))

    def gradient(self, v: np.ndarray) -> np.ndarray:
        """Return 2 v exp(−‖v‖²)."""
        x, y = _parts(self, v)
        return 2 * np.stack([x, y], axis=-1) * np.exp(-(x * x + y * y))[..., None]

    def hessian(self, v: np.ndarray) -> np.ndarray:
        """Return (2 I − 4 v vᵀ) exp(−‖v‖²)."""
        x, y = _parts(self, v)
        e = np.exp(-(x * x + y * y))
        return _table((2 - 4 * x * x) * e, -4 * x * y * e, (2 - 4 * y * y) * e)


class Rosenbrock(Landscape):
    """C = ½ (1 − v₁)² + 5 (v₂ − v₁²)²: a bent, narrow valley that falls gently to its lowest place, (1, 1).

    After H. Rosenbrock, 1960, whose constants are 1 and 100.
    """

    limits = (-2.0, 2.0, -0.5, 1.6)
    start = (-1.2, 1.2)

    def value(self, v: np.ndarray) -> np.ndarray:
        """Return C(v)."""
        x, y = _parts(self, v)
        return np.asarray((1 - x) ** 2 / 2 + 5 * (y - x * x) ** 2)

    def gradient(self, v: np.ndarray) -> np.ndarray:
        """Return (v₁ − 1 − 20 v₁ (v₂ − v₁²), 10 (v₂ − v₁²))."""
        x, y = _parts(self, v)
        off = y - x * x
        return np.stack([x - 1 - 20 * x * off, 10 * off], axis=-1)

    def hessian(self, v: np.ndarray) -> np.ndarray:
        """Return the second derivatives."""
        x, y = _parts(self, v)
        return _table(1 - 20 * y + 60 * x * x, -20 * x, np.full_like(x, 10.0))


class Beale(Landscape):
    """C = ln(1 + Σ (cₖ − v₁ (1 − v₂ᵏ))²), k = 1, 2, 3, c = 1.5, 2.25, 2.625: lowest, 0, at (3, ½), with steep walls.

    After E. Beale, 1958, whose function is the sum alone, 10⁵ at (−4.5, −4.5); the logarithm makes its walls lower.
    """

    limits = (-0.8, 4.4, -1.35, 1.4)
    start = (0.6, 1.2)

    def value(self, v: np.ndarray) -> np.ndarray:
        """Return C(v)."""
        return np.asarray(np.log1p(self._sum(v)[0]))

    def gradient(self, v: np.ndarray) -> np.ndarray:
        """Return ∇S/(1 + S) for the sum S."""
        total, slope, _ = self._sum(v)
        return slope / (1 + total)[..., None]

    def hessian(self, v: np.ndarray) -> np.ndarray:
        """Return the second derivatives, by the quotient rule."""
        total, slope, table = self._sum(v)
        share = slope / (1 + total)[..., None]
        return table / (1 + total)[..., None, None] - share[..., :, None] * share[..., None, :]

    def _sum(self, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return S with its gradient and its Hessian."""
        x, y = _parts(self, v)
        total = np.zeros_like(x)
        gradient = np.zeros((*x.shape, 2))
        table = np.zeros((*x.shape, 2, 2))
        for k, c in enumerate((1.5, 2.25, 2.625), start=1):
            off = c - x * (1 - y**k)
            by = np.stack([y**k - 1, k * x * y ** (k - 1)], axis=-1)
            bend = k * y ** (k - 1)
            curve = k * (k - 1) * x * y ** max(k - 2, 0)
            total += off * off
            gradient += 2 * off[..., None] * by
            table += 2 * by[..., :, None] * by[..., None, :] + 2 * off[..., None, None] * _table(
                0 * bend, bend, curve
            )
        return total, gradient, table


LANDSCAPES: dict[str, Landscape] = {
    "bowl": Quadratic(1, 1),
    "ravine": Quadratic(1, 20, start=(-3.0, 0.6)),
    "saddle": Quadratic(1, -1, start=(-1.5, 0.0)),
    "two valleys": TwoValleys(),
    "plateau": Plateau(),
    "Rosenbrock": Rosenbrock(),
    "Beale": Beale(),
}


def descend(
    gradient: Callable[[np.ndarray], np.ndarray],
    start: np.ndarray,
    *,
    learning_rate: float,
    steps: int,
) -> np.ndarray:
    """Walk v ← v − η ∇C from ``start`` (d,) and return the path (steps + 1, d), the start included.

    A walk that diverges (beyond 10⁶) ends there; the rest of the path repeats its last place.
    Raises ``ValueError`` if η is not above 0, there is no step, or ``gradient`` gives another shape than (d,).
    Source: S0, N12.
    """
    require_function("descend", gradient, "a function of v, such as landscape.gradient")
    rate = require_positive("descend", "learning_rate", learning_rate)
    path = [require_rank("descend", "start", start, 1, "(d,)").astype(float)]
    for _ in range(require_count("descend", "steps", steps)):
        v = path[-1]
        slope = require_shape("descend", "gradient(v)", np.asarray(gradient(v.copy())), v.shape)
        path.append(v - rate * slope if np.abs(v).max() < DIVERGED else v)
    return np.array(path)


def _parts(who: Landscape, v: Any) -> tuple[np.ndarray, np.ndarray]:
    name = type(who).__name__
    require_array(name, "v", v)
    if v.ndim == 0 or v.shape[-1] != 2:
        raise ValueError(
            f"{name} got v of shape {v.shape}: expected (…, 2), two numbers for each point"
        )
    v = v.astype(float)
    return v[..., 0], v[..., 1]


def _table(xx: np.ndarray, xy: np.ndarray, yy: np.ndarray) -> np.ndarray:
    return np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-2)
