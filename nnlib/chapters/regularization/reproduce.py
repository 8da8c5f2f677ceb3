"""The numbers of Nielsen's book, measured again on MNIST: what ``course.py reproduce`` runs.

Michael Nielsen, *Neural Networks and Deep Learning* (2015), splits MNIST into 50,000 images to learn from, 10,000 to
validate and 10,000 to test, and mostly tells the test accuracy of the best epoch of one run ("peak"). A best epoch that
was chosen on test data flatters. So here every setting is run with several seeds, and two numbers are told for each:
the test accuracy at the epoch that is best on *validation* data, and the peak, to compare with his.
"""

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from nnlib._files import write_whole
from nnlib.activations import Sigmoid
from nnlib.initializers import standard_normal
from nnlib.layers import Dense, Flatten
from nnlib.losses import BinaryCrossEntropy, Loss, SquaredError
from nnlib.metrics import accuracy
from nnlib.mnist import load_mnist
from nnlib.network import Network
from nnlib.numerics import one_hot
from nnlib.optimizers import SGD
from nnlib.regularization import L2
from nnlib.training import Examples, State, fit

TRAINING = 50_000  # the first so many of MNIST's 60,000 are to learn from, the rest to validate
RESULTS = Path("results")  # in the folder it is started from; those that ship are in data/results
Data = tuple[Examples, Examples, Examples]  # training, validation, test


@dataclass(frozen=True)
class Setting:
    """One line of the table: a 784-``hidden``-10 sigmoid network by SGD, mini-batches of 10, and what Nielsen got.

    ``strength`` is his λ of L2, which is n times ours; ``peak`` the test accuracy in his book.
    """

    words: str
    peak: float
    loss: type[Loss]
    hidden: int = 30
    epochs: int = 30
    learning_rate: float = 0.5
    images: int = TRAINING
    strength: float = 0.0


SETTINGS = {
    "few-images": Setting(
        "784-30-10, cross-entropy, η = 0.5, 1,000 images, 400 epochs",
        0.8227,
        BinaryCrossEntropy,
        30,
        400,
        images=1000,
    ),
    "few-images-l2": Setting(
        "the same with L2, λ = 0.1", 0.871, BinaryCrossEntropy, 30, 400, images=1000, strength=0.1
    ),
    "quadratic-30": Setting(
        "784-30-10, quadratic cost, η = 3, 30 epochs", 0.9542, SquaredError, learning_rate=3.0
    ),
    "quadratic-100": Setting(
        "784-100-10, quadratic cost, η = 3, 30 epochs", 0.9659, SquaredError, 100, learning_rate=3.0
    ),
    "cross-entropy-30": Setting(
        "784-30-10, cross-entropy, η = 0.5, 30 epochs", 0.9549, BinaryCrossEntropy
    ),
}


def start(hidden: int, rng: np.random.Generator) -> Network:
    """Return a 784-``hidden``-10 sigmoid network, float64, with all weights *and* biases from N(0, 1)."""
    dense = [
        Dense(784, hidden, rng=rng, weights=standard_normal),
        Dense(hidden, 10, rng=rng, weights=standard_normal),
    ]
    for layer in dense:
        layer.b.value[...] = rng.standard_normal(layer.b.value.shape)
    return Network([Flatten(), dense[0], Sigmoid(), dense[1], Sigmoid()])


def load() -> Data:
    """Return MNIST as training, validation and test examples, targets as one-hot rows (n, 10)."""
    (x, labels), (x_test, labels_test) = load_mnist()
    y, y_test = one_hot(labels, 10), one_hot(labels_test, 10)
    return (x[:TRAINING], y[:TRAINING]), (x[TRAINING:], y[TRAINING:]), (x_test, y_test)


def run(setting: Setting, data: Data, seed: int) -> dict[str, float]:
    """Train once and return test accuracies with their epochs, and the seconds that it took, measuring included.

    Raises ``KeyboardInterrupt`` if it was interrupted, as half a run has no result.
    """
    (x, y), validation, (x_test, y_test) = data
    rng = np.random.default_rng(seed)
    network, tested = start(setting.hidden, rng), []

    def look(state: State) -> None:
        tested.append(accuracy(state.network.classify(x_test), y_test.argmax(axis=1)))

    began = time.perf_counter()
    history = fit(
        network,
        setting.loss(),
        SGD(network.parameters(), setting.learning_rate),
        (x[: setting.images], y[: setting.images]),
        epochs=setting.epochs,
        batch_size=10,
        rng=rng,
        validation=validation,
        penalty=L2(setting.strength / setting.images) if setting.strength else None,
        callbacks=[look],
    )
    if len(history.loss) < setting.epochs:
        raise KeyboardInterrupt
    seconds = round(time.perf_counter() - began, 1)
    return {"seed": seed, **_chosen(history.validation_accuracy, tested), "seconds": seconds}


def _chosen(validated: list[float], tested: list[float]) -> dict[str, float]:
    """Return test accuracies: where validation is best (the first of several), where test is best, and the last."""
    best, peak = int(np.argmax(validated)), int(np.argmax(tested))
    return {
        "validated": tested[best],
        "validated_epoch": best + 1,
        "peak": tested[peak],
        "peak_epoch": peak + 1,
        "last": tested[-1],
    }


def result(name: str, runs: list[dict[str, float]]) -> dict[str, Any]:
    """Return what is written: the setting, Nielsen's number, ours as mean, lowest, highest, each run, where and when.

    ``validated`` is test accuracy at the epoch that is best on validation data, ``peak`` at the one best on test data.
    """
    setting = SETTINGS[name]
    spread = {
        key: {
            "mean": round(float(np.mean(values)), 6),
            "lowest": min(values),
            "highest": max(values),
        }
        for key in ("validated", "peak", "last")
        for values in [[one[key] for one in runs]]
    }
    return {
        "setting": name,
        "words": setting.words,
        "nielsen_peak": setting.peak,
        **spread,
        "seconds": float(np.median([one["seconds"] for one in runs])),
        "runs": runs,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
    }


def machine() -> dict[str, str]:
    """Return what decides about speed and rounding: processor, system, Python, NumPy, and the kind of numbers."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    for row in info.read_text(encoding="utf-8").splitlines() if info.exists() else []:
        if row.startswith("model name"):
            model = row.partition(":")[2].strip()
            break
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "system": platform.system(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numbers": "float64",
    }


def line(found: dict[str, Any]) -> str:
    """Return one result as a line of the table."""
    ours = [
        f"{found[key]['mean']:7.2%} ({found[key]['lowest']:.2%} to {found[key]['highest']:.2%})"
        for key in ("validated", "peak")
    ]
    return (
        f"{found['setting']:<16}  {found['nielsen_peak']:7.2%}   {'   '.join(ours)}   "
        f"{found['seconds']:6.1f} s"
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the settings named, or all, print a table and write each result to its own JSON file."""
    options = _options(arguments)
    try:
        options.to.mkdir(parents=True, exist_ok=True)
        _measure(options.settings, options.seeds, options.to)
    except (OSError, ValueError) as error:  # no MNIST, a damaged one, a folder that is not writable
        print(f"course.py reproduce: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "course.py reproduce: interrupted; settings with a line in the table are written",
            file=sys.stderr,
        )
        return 130
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    """Return what was asked for; what cannot be done ends the command in words."""
    parser = argparse.ArgumentParser(
        prog="course.py reproduce", description=(__doc__ or "").split("\n")[0]
    )
    add = parser.add_argument
    add("settings", nargs="*", metavar="SETTING", help=f"of {', '.join(SETTINGS)}; without it all")
    add("--seeds", type=int, default=3, help="how many networks to train for each setting")
    add("--to", type=Path, default=RESULTS, help="the folder to write to (else results)")
    options = parser.parse_args(arguments)
    options.settings = options.settings or list(SETTINGS)
    unknown = [name for name in options.settings if name not in SETTINGS]
    if unknown:
        parser.error(f"there is no setting {unknown[0]}: expected {', '.join(SETTINGS)}")
    if options.seeds < 1:
        parser.error(f"--seeds is {options.seeds}: expected 1 or more")
    return options


def _measure(names: list[str], seeds: int, folder: Path) -> None:
    data = load()
    ours = "ours, epoch best on validation   ours, best epoch on test"
    print(f"{'setting':<16}  Nielsen   {ours}    a run", flush=True)
    for name in names:
        found = result(name, [run(SETTINGS[name], data, seed) for seed in range(seeds)])
        write_whole(
            folder / f"{name}.json", json.dumps(found, indent=1, ensure_ascii=False).encode()
        )
        print(line(found), flush=True)


if __name__ == "__main__":
    sys.exit(main())
