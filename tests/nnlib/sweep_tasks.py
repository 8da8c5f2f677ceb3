"""Tasks for the tests of sweeps, in a file of their own: other processes import them from here."""

import os
import signal
import time
import uuid
from pathlib import Path

import numpy as np

from nnlib.activations import ReLU
from nnlib.datasets import moons
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit


def draw(width, shift=0.0, *, rng):
    """Quick, and different with every generator."""
    return {"mean": float(rng.standard_normal(width).mean()) + shift, "first": rng.random()}


def train(learning_rate, hidden, *, rng):
    """A real training; its data are the same in all trials."""
    x, y = moons(200, rng=np.random.default_rng(7))
    layers = [Dense(2, hidden, rng=rng), ReLU(), Dense(hidden, 2, rng=rng)]
    network = Network(layers)
    optimizer = SGD(network.parameters(), learning_rate)
    history = fit(network, SoftmaxCrossEntropy(), optimizer, (x, y), epochs=2, rng=rng)
    return {"loss": history.loss[-1], "accuracy": history.accuracy[-1]}


def fail_at_zero(number, *, rng):
    return 1 / number + 0 * rng.random()


def count(number, folder, seconds=0.05, *, rng):
    """Leave a file for each time that it was begun, and another when it ended."""
    mark(folder, "begun", number)
    time.sleep(seconds)
    value = rng.random()
    mark(folder, "ended", number)
    return value


def mark(folder, what, number):
    (Path(folder) / f"{what}-{number}-{uuid.uuid4().hex}").touch()


def kill_own_worker_once(number, folder, *, rng):
    """The worker that comes to number 2 first is killed, as one is that takes too much memory."""
    killed = Path(folder) / "killed"
    if number == 2 and not killed.exists():
        killed.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return count(number, folder, rng=rng)


def kill_workers_when_the_others_are_written(number, file, *, rng):
    """Number 2 kills whoever works at it, but not before two lines of results are on file after the first.

    What a worker has finished and not yet handed over when it dies, Dask may lose too.
    """
    if number == 2:
        while len(Path(file).read_text(encoding="utf-8").splitlines()) < 3:
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def learn_for_long(number, folder, *, rng):
    """Train a moment for the first two numbers, for a minute for the others; 1 if it came to its end."""
    mark(folder, "begun", number)
    x, y = moons(200, rng=rng)
    network, epochs = Network([Dense(2, 2, rng=rng)]), 2 if number < 2 else 10**5
    optimizer = SGD(network.parameters(), 0.1)
    history = fit(network, SoftmaxCrossEntropy(), optimizer, (x, y), epochs=epochs, rng=rng)
    mark(folder, "ended", number)
    return len(history.loss) == epochs


def blas_threads(number, *, rng):
    from threadpoolctl import threadpool_info

    np.ones((2, 2)) @ np.ones((2, 2))
    return max(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")
