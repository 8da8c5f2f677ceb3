"""A sweep of real trainings, one after another here and on pools of processes: how many times as fast.

python3 tests/benchmarks/bench_sweep.py [--repeats N] [--trials N] [--epochs N] [--processes N]

Each trial trains 784-100-10 in float32 on 10,000 images of random pixels, batches of 10, and takes a second or more.
"here" is ``sweep.run`` without an executor; the pool is started beforehand, as a sweep pays for that only once.
Both take turns in every repeat; the ratio is of medians, and the load of the machine is printed beside each.
"""

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
from machine import told

from nnlib import sweep
from nnlib.activations import ReLU
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit


def train(learning_rate, epochs, *, rng):
    data = np.random.default_rng(0)
    x, y = data.random((10_000, 784), dtype=np.float32), data.integers(0, 10, 10_000)
    layers = [Dense(784, 100, rng=rng), ReLU(), Dense(100, 10, rng=rng)]
    network = Network(layers).astype(np.float32)
    optimizer = SGD(network.parameters(), learning_rate)
    history = fit(
        network, SoftmaxCrossEntropy(), optimizer, (x, y), epochs=epochs, batch_size=10, rng=rng
    )
    return history.loss[-1]


def timed(space, epochs, pool):
    """Return (seconds of the whole sweep, its results)."""
    start = time.perf_counter()
    task = partial(train, epochs=epochs)
    results = sweep.run(task, space, pool, rng=np.random.default_rng(0), results=None)
    return time.perf_counter() - start, results


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    space = sweep.grid(learning_rate=np.geomspace(0.001, 0.1, options.trials))
    print(told())
    times = []
    with ProcessPoolExecutor(options.processes) as pool:
        timed(space[: options.processes], 1, pool)
        for _ in range(options.repeats):
            (here, alone), (there, beside) = (timed(space, options.epochs, p) for p in (None, pool))
            assert alone.rows == beside.rows
            times.append((here, there))
            load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
            print(
                f"here {here:6.2f} s ({np.median(alone.seconds):.2f} s a trial), "
                f"{options.processes} processes {there:6.2f} s, {here / there:.2f} times; load {load:.1f}",
                flush=True,
            )
    here, there = np.median(times, axis=0)
    print(f"medians: {here:.2f} s, {there:.2f} s: {here / there:.2f} times as fast")


if __name__ == "__main__":
    main()
