"""One pass there and back through recurrent layers, ours beside PyTorch eager: the same work in the same run.

python3 tests/benchmarks/bench_rnn.py [--repeats N]

x is (32, 50, 64), n_hidden 64: outputs, and the gradients of x and of all parameters. PyTorch's time is its better one
of 1 and 2 threads. The libraries take turns in every repeat, and the ratios are of medians: above 1, ours is faster.
"""

import argparse
import time

import numpy as np
import torch
from machine import told

from nnlib._fast.blocks import one_blas_thread
from nnlib.network import Network
from nnlib.recurrent import GRU, RNN

N, TIME, WIDTH, HIDDEN = 32, 50, 64, 64


def ours(kind, dtype, x, dy):
    network = Network([kind(WIDTH, HIDDEN, rng=np.random.default_rng(0))]).astype(dtype)

    def there_and_back():
        with one_blas_thread():  # as fit has it
            for parameter in network.parameters():
                parameter.zero_grad()
            network.forward(x)
            network.backward(dy)

    return there_and_back


def pytorch(kind, dtype, x, dy, threads):
    layer = getattr(torch.nn, kind.__name__)(WIDTH, HIDDEN, batch_first=True)
    layer.to(getattr(torch, np.dtype(dtype).name))
    x, dy = torch.tensor(x, requires_grad=True), torch.tensor(dy)

    def there_and_back():
        torch.set_num_threads(threads)
        layer.zero_grad()
        x.grad = None
        y, _ = layer(x)
        y.backward(dy)

    return there_and_back


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=50)
    options = parser.parse_args()
    print(told())
    print(f"x ({N}, {TIME}, {WIDTH}), {HIDDEN} hidden; medians of {options.repeats}, milliseconds")
    print(f"{'layer':<6}{'numbers':<10}{'ours':>8}{'torch 1':>9}{'torch 2':>9}   ratio")
    rng = np.random.default_rng(0)
    for kind in (RNN, GRU):
        for dtype in (np.float64, np.float32):
            x, dy = (rng.standard_normal((N, TIME, k)).astype(dtype) for k in (WIDTH, HIDDEN))
            task = (kind, dtype, x, dy)
            rivals = [ours(*task), pytorch(*task, 1), pytorch(*task, 2)]
            times = [[1000 * seconds(work) for work in rivals] for _ in range(options.repeats)]
            mine, one, two = np.median(times, axis=0)
            print(
                f"{kind.__name__:<6}{np.dtype(dtype).name:<10}{mine:8.2f}{one:9.2f}{two:9.2f}"
                f"{min(one, two) / mine:8.2f}"
            )


if __name__ == "__main__":
    main()
