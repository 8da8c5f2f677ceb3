"""What several chapters measure: networks as they were while they learnt, and how much they read right."""

from typing import Any

import numpy as np

from nnlib.chapters.kit.exercise import NotYet
from nnlib.losses import Loss, SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.optimizers import SGD, Optimizer
from nnlib.training import DivergedError, Examples, State, fit


def train_and_keep(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    examples: Examples,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    every: int = 1,
    **more: Any,
) -> list[Network]:
    """Train as ``fit`` does, and return copies of the network: from the start, and after each ``every`` epochs."""
    moments = [network.copy()]

    def keep(state: State) -> None:
        if state.epoch % every == 0:
            moments.append(state.network.copy())

    options = {"epochs": epochs, "batch_size": batch_size, "rng": rng, **more}
    fit(network, loss, optimizer, examples, callbacks=[keep], **options)
    return moments


def share_right(network: Network, x: np.ndarray, y: np.ndarray) -> float:
    """Return the share, 0 to 1, of examples x whose label y (n,) the network gives.

    The label is the largest output; of a network with a single output, whether that is above ½.
    """
    outputs = network.predict(x)
    single = outputs.shape[1] == 1
    labels = outputs[:, 0] > 0.5 if single else outputs.argmax(axis=1)
    return float((labels == y.reshape(len(y))).mean())


def percent_right_after(
    network: Network,
    train: Examples,
    new: Examples,
    *,
    learning_rate: float,
    batch_size: int,
    epochs: int,
) -> float:
    """Train a network on digits, and return how many of 100 new ones it then reads right.

    For graders of what a learner chose: raises ``NotYet`` if the cost runs away.
    """
    rng = np.random.default_rng(0)
    loss, optimizer = SoftmaxCrossEntropy(), SGD(network.parameters(), learning_rate)
    try:
        fit(network, loss, optimizer, train, epochs=epochs, batch_size=batch_size, rng=rng)
    except DivergedError:
        raise NotYet(
            f"with η = {learning_rate:g} the cost ran away to infinity: smaller steps."
        ) from None
    x, y = new
    return 100 * accuracy(network.classify(x), y)
