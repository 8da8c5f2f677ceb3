"""All sub-networks that dropout draws from a small network, each asked for its answer."""

from functools import cache
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np

from nnlib.numerics import sigmoid

NEURONS = 8


class Subnetworks(NamedTuple):
    """For each of all sub-networks its z (k,), and the chance of meeting it (k,); and z of the whole one, scaled."""

    z: np.ndarray
    chance: np.ndarray
    scaled: float


def all_masks(neurons: int) -> np.ndarray:
    """Return all 2^neurons masks of 0s and 1s, (2^neurons, neurons)."""
    return np.array(list(product((0.0, 1.0), repeat=neurons)))


@cache
def ask_all_subnetworks(keep: float, layers: int, size: float, seed: int = 0) -> Subnetworks:
    """Return what all sub-networks of 2-8-1 answer, or of 2-4-4-1, with weights of N(0, size²), and tanh between.

    Neurons are multiplied by 0 or 1 in the sub-networks, and by keep in the scaled network.
    """
    rng = np.random.default_rng(seed)
    widths = [2, *[NEURONS // layers] * layers, 1]
    weights = [size * rng.standard_normal(shape) for shape in pairwise(widths)]
    x = np.array([1.0, -0.5])
    masks = all_masks(NEURONS)
    share = np.full((1, NEURONS), keep)
    z = [_through(x, weights, np.split(part, layers, axis=1)) for part in (masks, share)]
    chance = np.prod(np.where(masks == 1, keep, 1 - keep), axis=1)
    return Subnetworks(z[0], chance, float(z[1][0]))


def _through(x: np.ndarray, weights: list[np.ndarray], factors: list[np.ndarray]) -> np.ndarray:
    """Return z (k,) for k masks: each hidden layer's neurons times its ``factors`` (k, width)."""
    a = np.broadcast_to(x, (len(factors[0]), 2))
    for layer, factor in zip(weights, factors, strict=False):
        a = np.tanh(a @ layer) * factor
    return (a @ weights[-1])[:, 0]


def mean_answers(found: Subnetworks) -> tuple[float, float, float]:
    """Return the sub-networks' arithmetic mean, their geometric one (renormalised), and what the scaled one says.

    All three are shares for class 1. The geometric mean of σ(z) and that of 1 − σ(z), divided by their sum.
    """
    yes, no = (float(np.exp(found.chance @ np.log(sigmoid(sign * found.z)))) for sign in (1, -1))
    return (
        float(found.chance @ sigmoid(found.z)),
        yes / (yes + no),
        float(sigmoid(np.array(found.scaled))),
    )
