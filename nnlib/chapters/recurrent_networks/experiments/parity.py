"""Odd or even: a recurrent and a feedforward network of one size learn it from short sequences, and get longer ones."""

from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from nnlib.activations import Tanh
from nnlib.layers import Dense
from nnlib.losses import Loss, SigmoidCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import Adam
from nnlib.recurrent import RNN
from nnlib.steps import EachStep, PerStep
from nnlib.training import Examples, fit

SHORT, ROOM = (
    8,
    16,
)  # bits in the longest sequence learnt from; bits that the feedforward network has inputs for
HIDDEN, HIDDEN_FORWARD = 12, 10  # so that both have 181 parameters
EPOCHS, BATCH = 150, 16
SEEDS = range(5)
LENGTHS = range(1, 41)
TRIED = 400  # new sequences of each length


def all_sequences(length: int = SHORT) -> Examples:
    """Return every sequence of so many bits (n, length, 1), and the parity after each bit, of the same shape."""
    bits = np.array(list(product([0.0, 1.0], repeat=length)))[..., None]
    return bits, bits.cumsum(axis=1) % 2


def padded(bits: np.ndarray) -> np.ndarray:
    """Return sequences (n, length) as the feedforward network takes them (n, 16): bits as ±1, and 0 for none."""
    return np.pad(2 * bits - 1, ((0, 0), (0, ROOM - bits.shape[1])))


def all_beginnings() -> Examples:
    """Return every sequence of 1 to 8 bits, padded (510, 16), and its parity (510, 1): what ``all_sequences`` hold."""
    found = [all_sequences(length) for length in range(1, SHORT + 1)]
    return (
        np.concatenate([padded(bits[..., 0]) for bits, _ in found]),
        np.concatenate([parity[:, -1] for _, parity in found]),
    )


def recurrent_network(rng: np.random.Generator, hidden: int = HIDDEN) -> Network:
    """Return a recurrent layer and a neuron that reads its state at each step."""
    return Network([RNN(1, hidden, rng=rng), EachStep([Dense(hidden, 1, rng=rng)])])


def feedforward_network(rng: np.random.Generator) -> Network:
    """Return a network with as many parameters, for sequences padded to 16 bits."""
    hidden = HIDDEN_FORWARD
    return Network([Dense(ROOM, hidden, rng=rng), Tanh(), Dense(hidden, 1, rng=rng)])


class Learnt(NamedTuple):
    """A trained network and its loss by epoch."""

    network: Network
    losses: list[float]


def _learn(network: Network, loss: Loss, rate: float, examples: Examples, seed: int) -> Learnt:
    """Train by the recipe that both have in common; each has the best of three learning rates, 0.003, 0.01, 0.03."""
    history = fit(
        network,
        loss,
        Adam(network.parameters(), rate),
        examples,
        epochs=EPOCHS,
        batch_size=BATCH,
        clip=1.0,
        rng=np.random.default_rng(seed),
    )
    return Learnt(network, history.loss)


@cache
def learn_recurrent(seed: int, learning_rate: float = 0.03) -> Learnt:
    """Train the recurrent network, with the parity as a target at every step."""
    network = recurrent_network(np.random.default_rng(seed))
    loss = PerStep(SigmoidCrossEntropy())
    return _learn(network, loss, learning_rate, all_sequences(), seed)


@cache
def learn_feedforward(seed: int, learning_rate: float = 0.01) -> Learnt:
    """Train the feedforward network by the same recipe."""
    network = feedforward_network(np.random.default_rng(seed))
    return _learn(network, SigmoidCrossEntropy(), learning_rate, all_beginnings(), seed)


def share_known(network: Network, length: int, seed: int = 1) -> float:
    """Return how often a network knows the parity of a whole sequence of so many random bits, a share from 0 to 1."""
    bits = np.random.default_rng(seed).integers(0, 2, (TRIED, length)).astype(float)
    recurrent = isinstance(network.layers[0], RNN)
    outputs = network.predict(bits[..., None] if recurrent else padded(bits))
    last = outputs[:, -1, 0] if recurrent else outputs[:, 0]
    return float(((last > 0) == bits.sum(axis=1) % 2).mean())


@cache
def right_by_length(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ``share_known`` by length, of the recurrent network (40,) and of the feedforward one (16,)."""
    recurrent, forward = learn_recurrent(seed).network, learn_feedforward(seed).network
    return (
        np.array([share_known(recurrent, length) for length in LENGTHS]),
        np.array([share_known(forward, length) for length in LENGTHS if length <= ROOM]),
    )
