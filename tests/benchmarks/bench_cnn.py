"""Training steps of convolutional networks, ours beside PyTorch eager: the same work in the same run.

python3 tests/benchmarks/bench_cnn.py [--repeats N] [--seconds S] [--only NAME] [--memory]

float32, ``train_step`` with SGD on random images, softmax and cross-entropy; no dx for the images, as PyTorch leaves it
out, too. PyTorch's time is its better one of 1 and 2 threads. The libraries take turns in every
repeat, each for about S seconds, and the ratios are of medians: above 1, ours is faster. The last column is the share
of the machine's own product speed that ours reaches, counting multiplications by weights alone. Memory is the peak of a
fresh process that does ten steps, above what it held before the first (VmHWM in /proc/self/status: Linux only).

OpenBLAS's threads wait for their next product by turning round and round, which keeps one core from ours; with
OPENBLAS_THREAD_TIMEOUT=18 in the environment they go to sleep after 0.1 ms. What is set is printed.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from machine import multiplications, product_speed, told

from nnlib.activations import ReLU
from nnlib.convolution import Conv2D
from nnlib.layers import Dense, Flatten
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.optimizers import SGD
from nnlib.pooling import MaxPool2D
from nnlib.training import train_step

NETWORKS = {  # image size, padding, the rest: a number is a convolution's filters, a pair its filters and window
    "LeNet, 28×28": (28, "valid", [(20, 5), (40, 5)], [100, 10], False),
    "LeNet with BatchNorm": (28, "valid", [(20, 5), (40, 5)], [100, 10], True),
    "3×3 filters, 8×8": (8, "same", [(16, 3), (32, 3)], [10], False),
}
BATCHES = (10, 64, 128)
LEARNING_RATE = 0.01


def task(name, batch_size):
    rng = np.random.default_rng(0)
    side = NETWORKS[name][0]
    return rng.random((batch_size, side, side, 1), dtype=np.float32), rng.integers(
        0, 10, batch_size
    )


def flat_size(name):
    side, padding, filters, _, _ = NETWORKS[name]
    for _, size in filters:
        side = (side if padding == "same" else side - size + 1) // 2
    return side * side * filters[-1][0]


def ours(name, batch_size):
    rng = np.random.default_rng(0)
    _, padding, filters, dense, normal = NETWORKS[name]
    layers, c_in = [], 1
    for c_out, size in filters:
        layers += [
            Conv2D(c_in, c_out, size, padding=padding, rng=rng),
            *([BatchNorm(c_out)] if normal else []),
        ]
        layers += [ReLU(), MaxPool2D(2)]
        c_in = c_out
    layers.append(Flatten())
    n_in = flat_size(name)
    for n_out in dense:
        layers += [Dense(n_in, n_out, rng=rng), ReLU()]
        n_in = n_out
    network, loss = Network(layers[:-1]).astype(np.float32), SoftmaxCrossEntropy()
    optimizer = SGD(network.parameters(), LEARNING_RATE)
    x, y = task(name, batch_size)

    def step():
        train_step(network, loss, optimizer, x, y)

    step.multiplications = multiplications(network, x)
    return step


def pytorch(name, batch_size, threads):
    import torch

    _, padding, filters, dense, normal = NETWORKS[name]
    layers, c_in = [], 1
    for c_out, size in filters:
        layers += [torch.nn.Conv2d(c_in, c_out, size, padding=padding)]
        layers += [
            *([torch.nn.BatchNorm2d(c_out)] if normal else []),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
        ]
        c_in = c_out
    layers.append(torch.nn.Flatten())
    n_in = flat_size(name)
    for n_out in dense:
        layers += [torch.nn.Linear(n_in, n_out), torch.nn.ReLU()]
        n_in = n_out
    network, loss = torch.nn.Sequential(*layers[:-1]), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE)
    x, y = task(name, batch_size)
    x, y = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)

    def step():
        torch.set_num_threads(threads)
        cost = loss(network(x), y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        cost.item()

    return step


def milliseconds(step, seconds):
    """Time of one step, after one that warms up, from as many as fit into ``seconds``."""
    step()
    start, count = time.perf_counter(), 0
    while count < 3 or time.perf_counter() - start < seconds:
        step()
        count += 1
    return 1000 * (time.perf_counter() - start) / count


def speeds(options):
    waiting = os.environ.get("OPENBLAS_THREAD_TIMEOUT", "not set")
    print(
        f"one training step, milliseconds; medians of {options.repeats}; OPENBLAS_THREAD_TIMEOUT {waiting}"
    )
    print(told())
    speed = product_speed()
    print(
        f"{'network':<22}{'batch':>6}{'ours':>9}{'torch 1':>9}{'torch 2':>9}   ratio   share of product speed"
    )
    for name in NETWORKS:
        for batch_size in BATCHES if options.only in name else ():
            steps = [
                ours(name, batch_size),
                pytorch(name, batch_size, 1),
                pytorch(name, batch_size, 2),
            ]
            times = [
                [milliseconds(step, options.seconds) for step in steps]
                for _ in range(options.repeats)
            ]
            mine, one, two = np.median(times, axis=0)
            share = steps[0].multiplications / (speed * mine / 1000)
            print(
                f"{name:<22}{batch_size:>6}{mine:9.2f}{one:9.2f}{two:9.2f}{min(one, two) / mine:8.2f}{share:8.0%}",
                flush=True,
            )


def resident(which="VmHWM"):
    """Memory of this process in MB, at its peak or, with VmRSS, now."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which)) / 1024


def peak(name, library, batch_size):
    """Print the peak above the start; meant to be run in a process of its own."""
    step = ours(name, batch_size) if library == "ours" else pytorch(name, batch_size, 2)
    before = resident("VmRSS")
    for _ in range(10):
        step()
    print(resident() - before)


def memory(batch_size=128):
    print(
        f"\npeak memory of training at batch {batch_size}, MB above the start, each in a fresh process"
    )
    for name in NETWORKS:
        one, other = (
            float(
                subprocess.run(
                    [sys.executable, __file__, "--peak", name, library],
                    capture_output=True,
                    check=True,
                ).stdout
            )
            for library in ("ours", "torch")
        )
        print(f"{name:<28}{one:9.1f}{other:9.1f} torch {other / one:8.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.3)
    parser.add_argument("--only", default="", help="part of a network's name")
    parser.add_argument("--memory", action="store_true", help="memory alone")
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        peak(*options.peak, 128)
        return
    if not options.memory:
        speeds(options)
    memory()


if __name__ == "__main__":
    main()
