"""The digits, learnt by every optimizer, and with mini-batches of every size."""

import time
from functools import cache
from typing import NamedTuple

import numpy as np

from nnlib.activations import Tanh
from nnlib.callbacks import Scheduled
from nnlib.chapters.kit.digits import Examples, cut_digits
from nnlib.chapters.optimizers.experiments.rules import OPTIMIZERS
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.schedules import Rule, constant
from nnlib.training import DivergedError, History, State, fit

EPOCHS = 10
DIGIT_RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


@cache
def digit_parts(seed: int = 0) -> tuple[Examples, ...]:
    """Return the digits, x (n, 64), in three parts: 60 % to train, 20 % to choose by, 20 % to test once."""
    return cut_digits(0.2, validation=0.25, rng=np.random.default_rng(seed))


class DigitsRun(NamedTuple):
    """By epoch (10,): loss while training, loss and accuracy on the validation digits, seconds; and the network.

    If training diverged, the losses and seconds of the epochs after it are NaN, the accuracies 0.1: a guess.
    """

    loss: np.ndarray
    validation_loss: np.ndarray
    accuracy: np.ndarray
    seconds: np.ndarray
    network: Network


class Clock:
    """Notes after each epoch how many ``seconds`` have gone by since it was made."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.seconds: list[float] = []

    def __call__(self, _: State) -> None:
        """Note the time."""
        self.seconds.append(time.perf_counter() - self.start)


@cache
def train_on_digits(
    optimizer: str,
    eta: float,
    batch_size: int = 50,
    seed: int = 0,
    rho: float = 0.99,
    schedule: Rule | None = None,
) -> DigitsRun:
    """Train 64-30-10 tanh neurons on the digits for ten epochs by one of ``OPTIMIZERS``.

    η is constant unless there is a ``schedule``. Adam keeps its own β₂ = 0.999; ``rho`` is RMSProp's.
    """
    training, validation, _ = digit_parts(seed)
    rng = np.random.default_rng(seed)
    network = Network([Dense(64, 30, rng=rng), Tanh(), Dense(30, 10, rng=rng)])
    rate = schedule or constant(eta)
    memory = 0.999 if optimizer == "Adam" else rho
    clock = Clock()
    try:
        history = fit(
            network,
            SoftmaxCrossEntropy(),
            OPTIMIZERS[optimizer](network.parameters(), rate(0), 0.9, memory),
            training,
            validation=validation,
            epochs=EPOCHS,
            batch_size=batch_size,
            rng=rng,
            callbacks=[Scheduled(rate), clock],
        )
    except DivergedError as error:
        history = error.history
    return _run(history, clock.seconds, network)


def _run(history: History, seconds: list[float], network: Network) -> DigitsRun:
    def padded(values: list[float], fill: float) -> np.ndarray:
        return np.array([*values, *[fill] * (EPOCHS - len(values))])

    return DigitsRun(
        padded(history.loss, np.nan),
        padded(history.validation_loss, np.nan),
        padded(history.validation_accuracy, 0.1),
        padded(seconds, np.nan),
        network,
    )


def updates_made(batch_size: int) -> np.ndarray:
    """Return how often the weights had changed after each epoch (10,) on the training digits."""
    (x, _), *_ = digit_parts()
    return np.arange(1, EPOCHS + 1) * float(-(-len(x) // batch_size))
