"""The training runs that ``course.py`` starts from the command line, each on real data."""

import argparse
import sys
import time

import numpy as np

from nnlib.activations import Sigmoid
from nnlib.chapters.kit.digits import cut_digits
from nnlib.layers import Dense, Flatten
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import Callback, History, State, fit

EPOCHS = 30


def train_digits(seed: int, callbacks: tuple[Callback, ...] = ()) -> History:
    """Train a 64-30-10 sigmoid network on 80 % of the digits and return its history, the rest as validation data.

    30 epochs of mini-batches of 10, η = 0.5. ``seed`` fixes split, weights and order.
    """
    rng = np.random.default_rng(seed)
    training, held_out = cut_digits(0.2, flat=False, rng=rng)
    network = Network([Flatten(), Dense(64, 30, rng=rng), Sigmoid(), Dense(30, 10, rng=rng)])
    optimizer = SGD(network.parameters(), learning_rate=0.5)
    return fit(
        network,
        SoftmaxCrossEntropy(),
        optimizer,
        training,
        epochs=EPOCHS,
        batch_size=10,
        rng=rng,
        validation=held_out,
        callbacks=callbacks,
    )


def _print_epoch(state: State) -> None:
    history = state.history
    print(
        f"epoch {state.epoch:>2}   loss {history.loss[-1]:.4f}   "
        f"training accuracy {history.accuracy[-1]:7.2%}   "
        f"test accuracy {history.validation_accuracy[-1]:7.2%}",
        flush=True,
    )


def _timed_run(seed: int) -> History:
    start = time.perf_counter()
    history = train_digits(seed, (_print_epoch,))
    if len(history.loss) == EPOCHS:
        seconds, accuracy = time.perf_counter() - start, history.validation_accuracy[-1]
        print(f"seed {seed}: test accuracy {accuracy:.2%} after {seconds:.1f} s\n")
    return history


def main(arguments: list[str] | None = None) -> int:
    """Train one network, or ``--seeds N`` of them, and print epochs, loss, accuracy and time; Ctrl-C ends it all."""
    parser = argparse.ArgumentParser(
        prog="course.py digits", description=(train_digits.__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--seeds",
        type=int,
        default=1,
        help="how many networks to train, each on a split of its own",
    )
    seeds = parser.parse_args(arguments).seeds
    if seeds < 1:
        parser.error(f"--seeds is {seeds}: expected 1 or more")
    accuracies = []
    for seed in range(seeds):
        history = _timed_run(seed)
        if len(history.loss) < EPOCHS:
            print(f"seed {seed}: {history.ended}; it does not count", file=sys.stderr)
            return 130
        accuracies.append(history.validation_accuracy[-1])
    if seeds > 1:
        print(
            f"mean of {seeds} seeds {np.mean(accuracies):.2%}, "
            f"from {min(accuracies):.2%} to {max(accuracies):.2%}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
