"""What helps against learning by heart: more data, the right data, each remedy alone, and all of them together."""

from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.activations import ReLU
from nnlib.callbacks import KeepBest, Patience
from nnlib.chapters.regularization.experiments.augmenting import grainy_crops, grainy_images
from nnlib.chapters.regularization.experiments.overfitting import (
    BATCH,
    RATE,
    halve_digits,
    handful_of_digits,
    mislabel,
    plain_network,
)
from nnlib.layers import Dense, Flatten, Layer
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy, zero_one_loss
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.regularization import L2, Dropout, Penalty
from nnlib.training import Augmentation, fit

STEPS, LEAST_EPOCHS, RESCUE_EPOCHS = 1500, 40, 70


def dropout_network(keep: float, *, rng: np.random.Generator) -> Network:
    """Return the plain network with dropout behind its hidden layer."""
    hidden: list[Layer] = [Flatten(), Dense(64, 64, rng=rng), ReLU(), Dropout(keep, rng=rng)]
    return Network([*hidden, Dense(64, 10, rng=rng)])


class Remedy(NamedTuple):
    """How a network is held back: what ``fit`` is given, how much dropout keeps, whether to stop early."""

    penalty: Penalty | None = None
    augment: Augmentation | None = None
    keep: float = 1.0
    early: bool = False

    def network(self, rng: np.random.Generator) -> Network:
        """Return a new network."""
        return plain_network(rng) if self.keep == 1 else dropout_network(self.keep, rng=rng)


REMEDIES = {
    "plain": Remedy(),
    "L2": Remedy(penalty=L2(0.01)),
    "dropout": Remedy(keep=0.5),
    "noise": Remedy(augment=grainy_images),
    "crops and noise": Remedy(augment=grainy_crops),
    "early stopping": Remedy(early=True),
    "all together": Remedy(penalty=L2(0.002), augment=grainy_crops, keep=0.7, early=True),
}


@cache
def share_misread(name: str, wrong: int, examples: int, seed: int = 0) -> float:
    """Return the share of test digits misread after learning so many, ``wrong`` per cent with a wrong label.

    With the remedy of that name, at least 40 epochs, and 1,500 steps.
    """
    (x, y), (x_test, y_test) = halve_digits(seed)
    rng, remedy = np.random.default_rng(seed), REMEDIES[name]
    labels = mislabel(y[:examples], wrong, rng=rng)
    network = remedy.network(rng)
    fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), RATE),
        (x[:examples], labels),
        epochs=max(LEAST_EPOCHS, STEPS * BATCH // examples),
        batch_size=BATCH,
        rng=rng,
        penalty=remedy.penalty,
        augment=remedy.augment,
    )
    return zero_one_loss(network.classify(x_test), y_test)


@cache
def learn_lopsided_sample(digit: int, count: int, seed: int = 0) -> np.ndarray:
    """Return the share of test digits of each kind (10,) that are read after learning 200 with ``count`` of a kind."""
    (x, y), (x_test, y_test) = halve_digits(seed)
    rare, others = np.flatnonzero(y == digit)[:count], np.flatnonzero(y != digit)[: 200 - count]
    rows = np.concatenate([rare, others])
    rng = np.random.default_rng(seed)
    network = plain_network(rng)
    fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), RATE),
        (x[rows], y[rows]),
        epochs=40,
        batch_size=BATCH,
        rng=rng,
    )
    right = network.classify(x_test) == y_test
    return np.array([right[y_test == kind].mean() for kind in range(10)])


@cache
def rescue_by(name: str, seed: int = 0, examples: int = 200, wrong: int = 10) -> float:
    """Return the share of test digits read after 70 epochs on a handful, with the remedy of that name."""
    data, rng = handful_of_digits(examples, wrong, seed), np.random.default_rng(seed)
    remedy = REMEDIES[name]
    network, best = remedy.network(rng), KeepBest()
    fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), RATE),
        data.training,
        epochs=RESCUE_EPOCHS,
        batch_size=2 * BATCH,
        rng=rng,
        penalty=remedy.penalty,
        augment=remedy.augment,
        validation=data.validation if remedy.early else None,
        callbacks=[best, Patience(20)] if remedy.early else [],
    )
    if remedy.early:
        best.restore(network)
    return accuracy(network.classify(data.test[0]), data.test[1])
