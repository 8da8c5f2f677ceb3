"""What chapter 02 tries out: which gates a perceptron can be, and small networks that learn XOR."""

from functools import cache
from itertools import product

import numpy as np

from nnlib.activations import ReLU, Sigmoid
from nnlib.chapters.kit.experiments import train_and_keep
from nnlib.datasets import truth_table
from nnlib.layers import Dense
from nnlib.losses import BinaryCrossEntropy
from nnlib.network import Network
from nnlib.numerics import sigmoid
from nnlib.optimizers import SGD

CORNERS, XOR_TARGETS = truth_table([0, 1, 1, 0])  # (4, 2) and (4,)
MOMENTS = 50  # that a learning network is kept at, ten epochs apart
EPOCHS, LEARNING_RATE = 10 * MOMENTS, 0.2


def find_gates(limit: int = 2) -> set[tuple[int, ...]]:
    """Return the truth tables of all perceptrons with two inputs whose w and 2b are whole numbers up to ``limit``."""
    weights = range(-limit, limit + 1)
    biases = np.arange(-2 * limit, 2 * limit + 1) / 2
    return {
        tuple(int(z > 0) for z in CORNERS @ np.array([w1, w2]) + b)
        for w1, w2, b in product(weights, weights, biases)
    }


@cache
def train_on_xor(width: int, seed: int) -> list[Network]:
    """Return a 2-width-1 ReLU network at the start and after every tenth of 500 epochs on XOR's four rows."""
    rng = np.random.default_rng(seed)
    network = _untrained(width, rng)
    return train_and_keep(
        network,
        BinaryCrossEntropy(),
        SGD(network.parameters(), LEARNING_RATE),
        (CORNERS, XOR_TARGETS),
        epochs=EPOCHS,
        batch_size=4,
        rng=rng,
        every=10,
    )


@cache
def train_many_on_xor(width: int, starts: int) -> list[Network]:
    """Return the networks that ``train_on_xor`` ends with from the starts 0, 1, 2, …

    All learn at once, their weights stacked in arrays (starts, …): a hundred times as fast as one after another.
    """
    networks = [_untrained(width, np.random.default_rng(seed)) for seed in range(starts)]
    every = [[parameter.value for parameter in network.parameters()] for network in networks]
    W1, b1, W2, b2 = (np.stack(values) for values in zip(*every, strict=True))
    b1, b2 = b1[:, None], b2[:, None]
    for _ in range(EPOCHS):
        h = np.maximum(CORNERS @ W1 + b1, 0)
        dz2 = (sigmoid(h @ W2 + b2) - XOR_TARGETS[:, None]) / len(CORNERS)
        dz1 = (dz2 @ W2.swapaxes(1, 2)) * (h > 0)
        W1, W2 = W1 - LEARNING_RATE * CORNERS.T @ dz1, W2 - LEARNING_RATE * h.swapaxes(1, 2) @ dz2
        b1, b2 = (
            b - LEARNING_RATE * dz.sum(axis=1, keepdims=True) for b, dz in ((b1, dz1), (b2, dz2))
        )
    for network, *values in zip(networks, W1, b1[:, 0], W2, b2[:, 0], strict=True):
        for parameter, value in zip(network.parameters(), values, strict=True):
            parameter.value[...] = value
    return networks


def _untrained(width: int, rng: np.random.Generator) -> Network:
    return Network([Dense(2, width, rng=rng), ReLU(), Dense(width, 1, rng=rng), Sigmoid()])
