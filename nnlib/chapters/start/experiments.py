"""What chapter 00 trains: a small network on two spiral arms, as it was while it learnt."""

from functools import cache

import numpy as np

from nnlib.activations import Sigmoid, Tanh
from nnlib.chapters.kit.experiments import train_and_keep
from nnlib.datasets import spirals
from nnlib.layers import Dense
from nnlib.losses import BinaryCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD

MOMENTS = 40  # that a learning network is kept at, ten epochs apart
POINTS = 300


@cache
def train_on_spirals(activation: str) -> tuple[np.ndarray, np.ndarray, list[Network]]:
    """Return points (n, 2), labels (n,), and a 2-24-24-1 network at the start and after every tenth epoch.

    ``activation`` is "tanh", or "none" for a network without a bend.
    """
    rng = np.random.default_rng(1)
    x, y = spirals(POINTS, rng=rng, turns=1.5)
    first, second, last = Dense(2, 24, rng=rng), Dense(24, 24, rng=rng), Dense(24, 1, rng=rng)
    if activation == "tanh":
        network = Network([first, Tanh(), second, Tanh(), last, Sigmoid()])
    else:
        network = Network([first, second, last, Sigmoid()])
    optimizer = SGD(network.parameters(), learning_rate=0.5 if activation == "tanh" else 0.1)
    moments = train_and_keep(
        network,
        BinaryCrossEntropy(),
        optimizer,
        (x, y),
        epochs=10 * MOMENTS,
        batch_size=20,
        rng=rng,
        every=10,
    )
    return x, y, moments
