"""How the time and memory of training grow with the number of examples and the width of the network, as a picture.

python3 tests/benchmarks/growth.py [--repeats N] [--picture FILE.png]

float32, one epoch of ``fit`` on random images of 784 pixels, plain SGD. First 784-100-10 with batches of 10 on 1,000,
10,000 and 60,000 images; then 784-w-w-10 with batches of 128 on 2,560 images, for w from 32 to 2,048. The exponent is
the slope of log time over log examples, or over log multiplications where the products are most of the work (w ≥ 256):
1 says that twice as much takes twice as long. The sizes take turns in every repeat, and the times are medians. Memory
is the peak of a fresh process, above what it held before the first step (Linux only).
"""

import argparse
import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
from bench_cnn import resident
from machine import multiplications, told
from matplotlib.figure import Figure

from nnlib.activations import ReLU
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit

EXAMPLES, WIDTHS = (1_000, 10_000, 60_000), (32, 64, 128, 256, 512, 1024, 2048)
FEW, LARGE = 2_560, 256


def epoch(sizes, batch_size, n):
    """Return (a function that trains one epoch, its multiplications)."""
    rng = np.random.default_rng(0)
    x, y = rng.random((n, sizes[0]), dtype=np.float32), rng.integers(0, 10, n)
    layers = [Dense(sizes[0], sizes[1], rng=rng)]
    for n_in, n_out in pairwise(sizes[1:]):
        layers += [ReLU(), Dense(n_in, n_out, rng=rng)]
    network, loss = Network(layers).astype(np.float32), SoftmaxCrossEntropy()
    optimizer = SGD(network.parameters(), 0.01)

    def run():
        fit(network, loss, optimizer, (x, y), epochs=1, batch_size=batch_size, rng=rng)

    return run, multiplications(network, x)


def medians(runs, repeats):
    """Return the median seconds of each, all taking turns."""
    times = []
    for _ in range(repeats + 1):
        times.append([])
        for run in runs:
            start = time.perf_counter()
            run()
            times[-1].append(time.perf_counter() - start)
    return np.median(times[1:], axis=0)  # the first warms up


def exponent(x, y):
    return np.polyfit(np.log(x), np.log(y), 1)[0]


def peak(width):
    """Print the peak above the start; meant to be run in a process of its own."""
    run, _ = epoch((784, width, width, 10), 128, FEW)
    before = resident("VmRSS")
    run()
    print(resident() - before)


def memory(width):
    command = [sys.executable, __file__, "--peak", str(width)]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)


def draw(path, by_examples, by_width, megabytes):
    figure = Figure((12, 3.6), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    left.loglog(EXAMPLES, by_examples / EXAMPLES * 1e6, "o-")
    left.set(title="784-100-10, batch 10", xlabel="examples", ylabel="µs an example")
    left.set_ylim(bottom=1, top=100)
    middle.loglog(WIDTHS, by_width / FEW * 1e6, "o-")
    middle.set(title="784-w-w-10, batch 128", xlabel="width w", ylabel="µs an example")
    right.loglog(WIDTHS, megabytes, "o-")
    right.set(title="the same: memory", xlabel="width w", ylabel="MB above the start")
    middle.set_ylim(1, 1000)
    right.set_ylim(1, 1000)
    for ax in (middle, right):
        ax.set_xticks(WIDTHS, [f"{w:,}" for w in WIDTHS], fontsize=8)
        ax.minorticks_off()
    figure.savefig(path, dpi=100)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--picture", help="where to draw it")
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        peak(options.peak)
        return
    print(told())
    runs = [epoch((784, 100, 10), 10, n)[0] for n in EXAMPLES]
    by_examples = medians(runs, options.repeats)
    for n, seconds in zip(EXAMPLES, by_examples, strict=True):
        print(f"{n:>7,} examples {seconds:8.3f} s {seconds / n * 1e6:8.1f} µs an example")
    print(f"exponent {exponent(EXAMPLES, by_examples):.3f}")
    runs, works = zip(*(epoch((784, w, w, 10), 128, FEW) for w in WIDTHS), strict=True)
    by_width, megabytes = medians(runs, options.repeats), [memory(w) for w in WIDTHS]
    for w, work, seconds, mb in zip(WIDTHS, works, by_width, megabytes, strict=True):
        print(
            f"width {w:>5} {seconds / FEW * 1e6:8.1f} µs an example "
            f"{work / seconds / 1e9:6.1f} billion multiplications a second {mb:7.1f} MB"
        )
    large = [w >= LARGE for w in WIDTHS]
    print(f"exponent {exponent(np.array(works)[large], by_width[large]):.3f}")
    if options.picture:
        draw(options.picture, by_examples, by_width, megabytes)


if __name__ == "__main__":
    main()
