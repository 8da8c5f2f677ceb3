"""One epoch of four networks, ours beside PyTorch eager and scikit-learn: the same work in the same run.

python3 tests/benchmarks/bench_mlp.py [--repeats N] [--examples N]

float32, mini-batch SGD, softmax and cross-entropy, every epoch reshuffled, on MNIST. Ours is ``fit``, as the
course uses it. PyTorch's time is its better one of 1 and 2 threads. The libraries take turns in every repeat, and the
ratios are of medians: above 1, ours is faster. The last column is the share of the machine's own product speed that
ours reaches, counting multiplications by weights alone.
"""

import argparse
import time
import warnings
from itertools import pairwise

import numpy as np
import torch
from machine import multiplications, product_speed, told
from sklearn.neural_network import MLPClassifier

from nnlib.activations import ReLU, Sigmoid
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.mnist import load_mnist
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit

SETTINGS = [((784, 30, 10), "sigmoid", 10), ((784, 100, 10), "sigmoid", 10)]
SETTINGS += [((784, 256, 128, 10), "relu", 64), ((784, 512, 512, 10), "relu", 128)]
LEARNING_RATE = 0.1


def examples(n):
    (x, y), _ = load_mnist()
    return x[:n].reshape(-1, 784), y[:n]


def ours(x, y, sizes, activation, batch_size):
    rng = np.random.default_rng(0)
    layers = []
    for n_in, n_out in pairwise(sizes):
        layers += [Dense(n_in, n_out, rng=rng), {"sigmoid": Sigmoid, "relu": ReLU}[activation]()]
    network = Network(layers[:-1]).astype(np.float32)
    optimizer = SGD(network.parameters(), LEARNING_RATE)

    def epoch():
        loss = SoftmaxCrossEntropy()
        fit(network, loss, optimizer, (x, y), epochs=1, batch_size=batch_size, rng=rng)

    epoch.multiplications = multiplications(network, x)
    return epoch


def pytorch(x, y, sizes, activation, batch_size, threads):
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    layers = []
    for n_in, n_out in pairwise(sizes):
        layers += [
            torch.nn.Linear(n_in, n_out),
            {"sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU}[activation](),
        ]
    network, loss = torch.nn.Sequential(*layers[:-1]), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE)

    def epoch():
        torch.set_num_threads(threads)
        order, total = torch.randperm(len(x)), 0.0
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            cost = loss(network(x[rows]), y[rows])
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
            total += cost.item() * len(rows)

    return epoch


def scikit_learn(x, y, sizes, activation, batch_size):
    name = {"sigmoid": "logistic", "relu": "relu"}[activation]
    network = MLPClassifier(
        sizes[1:-1], activation=name, solver="sgd", alpha=0, batch_size=batch_size, momentum=0, max_iter=1,
        learning_rate_init=LEARNING_RATE,
    )  # fmt: skip
    return lambda: network.fit(x, y)


def seconds(epoch):
    start = time.perf_counter()
    epoch()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--examples", type=int, default=60_000)
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # scikit-learn warns that one epoch is not enough
    x, y = examples(options.examples)
    print(told())
    speed = product_speed()
    print(f"one epoch on {len(x):,} examples of MNIST; medians of {options.repeats}, seconds")
    print(
        f"{'network':<22}{'batch':>6}{'ours':>8}{'torch 1':>9}{'torch 2':>9}{'sklearn':>9}"
        "   ratio to torch, sklearn   share"
    )
    for sizes, activation, batch_size in SETTINGS:
        task = (x, y, sizes, activation, batch_size)
        rivals = [ours(*task), pytorch(*task, 1), pytorch(*task, 2), scikit_learn(*task)]
        times = [[seconds(epoch) for epoch in rivals] for _ in range(options.repeats)]
        mine, one, two, sklearn = np.median(times, axis=0)
        shown = "".join(f"{value:9.2f}" for value in (one, two, sklearn))
        title = "-".join(map(str, sizes))
        print(
            f"{title:<22}{batch_size:>6}{mine:8.2f}{shown}{min(one, two) / mine:9.2f}{sklearn / mine:9.2f}"
            f"{rivals[0].multiplications / (speed * mine):9.0%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
