"""A small convolutional network on real MNIST, over several seeds: test accuracy after each epoch, and the time.

python3 tests/benchmarks/mnist_cnn.py [--seeds N] [--epochs N]

conv 20@5×5 – ReLU – pool 2 – conv 40@5×5 – ReLU – pool 2 – 100 – ReLU – 10 on all 60,000 training digits, float32,
plain SGD with batches of 10 and a learning rate that falls in a straight line.
"""

import argparse
import time

import numpy as np

from nnlib.activations import ReLU
from nnlib.callbacks import Scheduled
from nnlib.convolution import Conv2D
from nnlib.initializers import he
from nnlib.layers import Dense, Flatten
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.mnist import load_mnist
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.pooling import MaxPool2D
from nnlib.schedules import linear
from nnlib.training import fit

BATCH, START, END = 10, 0.06, 0.004


def network(rng):
    layers = [
        Conv2D(1, 20, 5, rng=rng, weights=he),
        MaxPool2D(2),
        ReLU(),
    ]  # ReLU after the pooling: the same, cheaper
    layers += [Conv2D(20, 40, 5, rng=rng, weights=he), MaxPool2D(2), ReLU(), Flatten()]
    layers += [Dense(640, 100, rng=rng, weights=he), ReLU(), Dense(100, 10, rng=rng)]
    return Network(layers).astype(np.float32)


def train(seed, epochs, train_set, test_set):
    rng = np.random.default_rng(seed)
    model, rule = network(rng), linear(START, END, epochs)
    start = time.perf_counter()

    def say(state):
        right = 100 * accuracy(model.classify(test_set[0]), test_set[1])
        print(
            f"seed {seed}, epoch {state.epoch}: {right:.2f} %, {time.perf_counter() - start:.0f} s",
            flush=True,
        )

    options = {
        "epochs": epochs,
        "batch_size": BATCH,
        "rng": rng,
        "callbacks": [Scheduled(rule), say],
    }
    fit(model, SoftmaxCrossEntropy(), SGD(model.parameters(), rule(0)), train_set, **options)
    return 100 * accuracy(model.classify(test_set[0]), test_set[1]), time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    sets = load_mnist()
    results = [train(seed, arguments.epochs, *sets) for seed in range(arguments.seeds)]
    rights, seconds = np.array(results).T
    print(
        f"after {arguments.epochs} epochs: {rights.mean():.2f} % (from {rights.min():.2f} to {rights.max():.2f})"
    )
    print(f"{seconds.mean():.0f} s a run, tests included")


if __name__ == "__main__":
    main()
