"""Second derivatives: Newton's method, the curvatures of a network while it learns, and random matrices."""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.activations import Tanh
from nnlib.chapters.kit.digits import cut_digits
from nnlib.chapters.optimizers.experiments.rules import Weights
from nnlib.curvature import hessian
from nnlib.landscapes import Landscape
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import Adam, Newton, Optimizer
from nnlib.training import Examples


def make_newton(surface: Landscape, w: Weights, damping: float = 0.0) -> Optimizer:
    """Return Newton's method for walking on ``surface``, where ``w`` holds the place."""
    return Newton(w, lambda: surface.hessian(w[0].value), damping=damping)


def second_order_cost(surface: Landscape, v: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the cost (…,) at places ``at`` (…, 2) as slope and curvature at ``v`` (2,) foretell it."""
    away = at - v
    curved = np.einsum("...i,ij,...j->...", away, surface.hessian(v), away)
    return np.asarray(surface.value(v) + away @ surface.gradient(v) + curved / 2)


def kind_of_place(surface: Landscape, v: np.ndarray) -> str:
    """Say what kind of place ``v`` (2,) is."""
    if np.abs(v).max() > 10:
        return "runs away"
    if np.linalg.norm(surface.gradient(v)) > 1e-3:
        return "is on a slope"
    negative = int((np.linalg.eigvalsh(surface.hessian(v)) < 0).sum())
    return ("is in a valley", "is on a saddle", "is on a summit")[negative]


MOMENTS = (0, 20, 50, 100, 150, 200, 300, 500, 1000)  # steps at which curvatures are found


class CurvatureRun(NamedTuple):
    """At each of ``MOMENTS``: the cost (m,) and all curvatures (m, d), from the least up."""

    costs: np.ndarray
    curvatures: np.ndarray

    def negative(self) -> np.ndarray:
        """Return how many curvatures (m,) are below 0 by more than a thousandth of the largest."""
        return np.asarray((self.curvatures < -1e-3 * self.curvatures[:, -1:]).sum(axis=1))


def shrunk_digits() -> Examples:
    """Return 300 digits as pictures of 4 × 4, each pixel a mean of four, x (300, 16), and their labels (300,)."""
    (x, y), _ = cut_digits(0.2, rng=np.random.default_rng(0))
    x = x[:300].reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4))
    return x.reshape(-1, 16), y[:300]


@cache
def curvatures_while_learning(seed: int) -> CurvatureRun:
    """Train 16-8-10 tanh neurons on small digits, and find all 226 curvatures of the cost along the way."""
    rng = np.random.default_rng(seed)
    x, y = shrunk_digits()
    network = Network([Dense(16, 8, rng=rng), Tanh(), Dense(8, 10, rng=rng)])
    loss, optimizer = SoftmaxCrossEntropy(), Adam(network.parameters(), 0.01)
    costs, curvatures = [], []

    def forward_and_backward() -> float:
        optimizer.zero_grad()
        cost = loss.forward(network.forward(x), y)
        network.backward(loss.backward())
        return cost

    for k in range(MOMENTS[-1] + 1):
        if k in MOMENTS:
            table = hessian(forward_and_backward, network.parameters())
            costs.append(forward_and_backward())
            curvatures.append(np.linalg.eigvalsh(table))
        forward_and_backward()
        optimizer.step()
    return CurvatureRun(np.array(costs), np.array(curvatures))


MATRICES = 16_000


@cache
def random_eigenvalues(dimension: int) -> np.ndarray:
    """Return the eigenvalues (16000, d) of random symmetric matrices, scaled so that they reach from −1 to 1 or so."""
    a = np.random.default_rng(dimension).standard_normal((MATRICES, dimension, dimension))
    return np.linalg.eigvalsh((a + a.transpose(0, 2, 1)) / np.sqrt(8 * dimension))


def share_all_positive(dimension: int, shift: float = 0.0) -> float:
    """Return the share of random matrices all of whose eigenvalues, moved up by ``shift``, are above 0."""
    return float((random_eigenvalues(dimension)[:, 0] + shift > 0).mean())
