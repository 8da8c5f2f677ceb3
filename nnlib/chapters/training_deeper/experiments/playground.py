"""The playground's runs: small networks that learn two classes of points, and every part of them can be chosen.

A network depends on the settings and the epoch alone, never on the way there: a change of a setting shows what the
*other* run would look like at the same epoch, from the same random start.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from nnlib import datasets
from nnlib.activations import Activation, ReLU, Sigmoid, Tanh
from nnlib.layers import Dense, Layer
from nnlib.losses import SigmoidCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.regularization import L1, L2, Penalty
from nnlib.training import Examples, fit

EXAMPLES = 200  # to learn from, and as many new ones

DATA: dict[str, Callable[..., Examples]] = {
    "two moons": lambda noise, rng: datasets.moons(2 * EXAMPLES, noise=noise, rng=rng),
    "circles": lambda noise, rng: datasets.circles(2 * EXAMPLES, noise=noise, rng=rng),
    "XOR": lambda noise, rng: datasets.xor(2 * EXAMPLES, noise=2 * noise + 0.1, rng=rng),
    "spirals": lambda noise, rng: datasets.spirals(2 * EXAMPLES, noise=noise / 2, rng=rng),
    "two clouds": lambda noise, rng: datasets.blobs(2 * EXAMPLES, spread=4 * noise + 0.2, rng=rng),
}
FORMULAS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "x₁": lambda x1, x2: x1,
    "x₂": lambda x1, x2: x2,
    "x₁²": lambda x1, x2: x1**2,
    "x₂²": lambda x1, x2: x2**2,
    "x₁·x₂": lambda x1, x2: x1 * x2,
    "sin πx₁": lambda x1, x2: np.sin(np.pi * x1),
    "sin πx₂": lambda x1, x2: np.sin(np.pi * x2),
}
FEATURES = {
    "x₁, x₂": ("x₁", "x₂"),
    "x₁, x₂ and their squares": ("x₁", "x₂", "x₁²", "x₂²"),
    "x₁, x₂ and x₁·x₂": ("x₁", "x₂", "x₁·x₂"),
    "x₁, x₂ and their sines": ("x₁", "x₂", "sin πx₁", "sin πx₂"),
    "x₁² and x₂² alone": ("x₁²", "x₂²"),
}
ACTIVATIONS: dict[str, type[Activation]] = {"tanh": Tanh, "ReLU": ReLU, "sigmoid": Sigmoid}
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
BATCHES = (5, 10, 20, 50, EXAMPLES)
PENALTIES: dict[str, Penalty | None] = {
    "none": None,
    "L1, λ = 0.001": L1(0.001),
    "L1, λ = 0.01": L1(0.01),
    "L2, λ = 0.001": L2(0.001),
    "L2, λ = 0.01": L2(0.01),
}


class Settings(NamedTuple):
    """All that can be chosen, but for the epoch."""

    data: str
    noise: float
    features: str
    widths: tuple[int, ...]
    activation: str
    learning_rate: float
    batch_size: int
    penalty: str


class Run:
    """One training from a fixed random start, gone on with as far as somebody wants to see it.

    ``x``, ``x_new`` are points (n, 2), ``y``, ``y_new`` labels (n,); ``examples``, ``new_examples`` are what the
    network gets of them, features (n, f) and targets (n, 1).
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.rng = np.random.default_rng(3)
        x, y = DATA[settings.data](settings.noise, self.rng)
        middle, radius = (x.min(axis=0) + x.max(axis=0)) / 2, float(np.ptp(x, axis=0).max()) / 2
        x = (x - middle) / radius  # whatever the noise, all points are in the picture
        self.x, self.x_new = x[:EXAMPLES], x[EXAMPLES:]
        self.y, self.y_new = y[:EXAMPLES], y[EXAMPLES:]
        self.network = Network(self._layers(self.inputs(self.x[:1]).shape[1]))
        self.optimizer = SGD(self.network.parameters(), settings.learning_rate)
        self.examples = self.inputs(self.x), self.y[:, None]
        self.new_examples = self.inputs(self.x_new), self.y_new[:, None]
        self.losses, self.new_losses = [self._cost(self.examples)], [self._cost(self.new_examples)]
        self.moments = [self._moment()]
        self.training = threading.Lock()  # a panel and a cell may ask for more at the same time

    def _layers(self, width: int) -> list[Layer]:
        layers: list[Layer] = []
        for neurons in self.settings.widths:
            layers += [Dense(width, neurons, rng=self.rng), ACTIVATIONS[self.settings.activation]()]
            width = neurons
        return [*layers, Dense(width, 1, rng=self.rng)]

    def _moment(self) -> Network:
        """Return a copy that answers with probabilities; what learns makes logits, so that no slope is lost."""
        return Network([*self.network.copy().layers, Sigmoid()])

    def _cost(self, examples: Examples) -> float:
        x, y = examples
        return SigmoidCrossEntropy().forward(self.network.predict(x), y)

    def inputs(self, x: np.ndarray) -> np.ndarray:
        """Return the features (n, f) of points (n, 2)."""
        names = FEATURES[self.settings.features]
        return np.column_stack([FORMULAS[name](x[:, 0], x[:, 1]) for name in names])

    def at(self, epoch: int) -> Network:
        """Return the network after ``epoch`` epochs; training goes on if it has not been that far."""
        with self.training:
            while len(self.moments) <= epoch:
                self._one_epoch()
        return self.moments[epoch]

    def _one_epoch(self) -> None:
        history = fit(
            self.network,
            SigmoidCrossEntropy(),
            self.optimizer,
            self.examples,
            epochs=1,
            batch_size=self.settings.batch_size,
            rng=self.rng,
            validation=self.new_examples,
            penalty=PENALTIES[self.settings.penalty],
        )
        self.losses += history.loss
        self.new_losses += history.validation_loss
        self.moments.append(self._moment())


@lru_cache(maxsize=16)
def run_of(settings: Settings) -> Run:
    """Return the run with these settings; the latest ones are kept."""
    return Run(settings)
