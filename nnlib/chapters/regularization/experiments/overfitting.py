"""Few digits, some of them with a wrong label, and a network with more weights than it needs to know them by heart."""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.activations import ReLU
from nnlib.callbacks import Patience
from nnlib.chapters.kit.digits import Examples, cut_digits
from nnlib.chapters.kit.experiments import train_and_keep
from nnlib.layers import Dense, Flatten
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import History, State

RATE, BATCH, EPOCHS = 0.2, 10, 100
VALIDATION = 400


class Handful(NamedTuple):
    """Few digits to learn from, 400 to validate on and about 900 to test on, each x (n, 8, 8, 1) and labels y (n,)."""

    training: Examples
    validation: Examples
    test: Examples


@cache
def halve_digits(seed: int) -> tuple[Examples, ...]:
    """Return half of the digits to learn from, and half to test on, each x (n, 8, 8, 1) and labels y (n,)."""
    return cut_digits(0.5, flat=False, rng=np.random.default_rng(seed))


def mislabel(y: np.ndarray, wrong: int, *, rng: np.random.Generator) -> np.ndarray:
    """Return labels y (n,) of which the first ``wrong`` per cent are not what they were."""
    labels, count = y.copy(), len(y) * wrong // 100
    labels[:count] = (labels[:count] + rng.integers(1, 10, count)) % 10
    return labels


@cache
def handful_of_digits(examples: int, wrong: int = 0, seed: int = 0) -> Handful:
    """Return ``examples`` digits, up to 450, to learn from; the first ``wrong`` per cent of them have a wrong label."""
    (x, y), test = halve_digits(seed)
    labels = mislabel(y[:examples], wrong, rng=np.random.default_rng(seed))
    return Handful((x[:examples], labels), (x[-VALIDATION:], y[-VALIDATION:]), test)


def plain_network(rng: np.random.Generator) -> Network:
    """Return a network 64-64-10 with ReLU: 4,810 parameters, more than there are examples by far."""
    return Network([Flatten(), Dense(64, 64, rng=rng), ReLU(), Dense(64, 10, rng=rng)])


class Measured(NamedTuple):
    """Loss and accuracy of a training from before the first epoch on (EPOCHS + 1,), all measured after the epoch."""

    loss: np.ndarray
    accuracy: np.ndarray
    validation_loss: np.ndarray
    validation_accuracy: np.ndarray


@cache
def train_and_measure(examples: int, wrong: int = 0, seed: int = 0) -> Measured:
    """Train a plain network on a handful, and measure it in each epoch on what it learns from and on what is new."""
    data, rng = handful_of_digits(examples, wrong, seed), np.random.default_rng(seed)
    network = plain_network(rng)
    moments = train_and_keep(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), RATE),
        data.training,
        epochs=EPOCHS,
        batch_size=BATCH,
        rng=rng,
    )
    rows = [
        [*loss_and_accuracy(moment, *data.training), *loss_and_accuracy(moment, *data.validation)]
        for moment in moments
    ]
    return Measured(*np.array(rows).T)


def loss_and_accuracy(network: Network, x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return how a network does on images x (n, 8, 8, 1) with labels y (n,)."""
    outputs = network.predict(x)
    return SoftmaxCrossEntropy().forward(outputs, y), accuracy(outputs.argmax(axis=1), y)


def stopping_epoch(losses: np.ndarray, patience: int) -> int:
    """Return the epoch after which ``Patience`` ends a training with these validation losses, from epoch 0 on."""
    network = plain_network(np.random.default_rng(0))
    optimizer, rule = SGD(network.parameters(), RATE), Patience(patience)
    for epoch in range(1, len(losses)):
        history = History(validation_loss=[*losses[1 : epoch + 1]])
        if rule(State(epoch, network, optimizer, history, np.random.default_rng(0))):
            return epoch
    return len(losses) - 1
