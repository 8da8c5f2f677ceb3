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
from nnlib.optimizers import SGD

CORNERS, XOR_TARGETS = truth_table([0, 1, 1, 0])  # (4, 2) and (4,)
MOMENTS = 50  # that a learning network is kept at, ten epochs apart


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
    network = Network([Dense(2, width, rng=rng), ReLU(), Dense(width, 1, rng=rng), Sigmoid()])
    return train_and_keep(
        network,
        BinaryCrossEntropy(),
        SGD(network.parameters(), learning_rate=0.2),
        (CORNERS, XOR_TARGETS),
        epochs=10 * MOMENTS,
        batch_size=4,
        rng=rng,
        every=10,
    )
