"""The playground: a small network learns two classes of points, and every part of it can be changed while it runs.

A picture depends on the settings and the epoch alone, never on the way there: a change of a setting shows what the
*other* run would look like at the same epoch, from the same random start.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib import datasets
from nnlib.activations import Activation, ReLU, Sigmoid, Tanh
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Steps, choice, counter, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.layers import Dense, Layer
from nnlib.losses import BinaryCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.regularization import L1, L2, Penalty
from nnlib.training import fit

Points = tuple[np.ndarray, np.ndarray]

EXAMPLES, EPOCHS = 200, 200
EDGE = 1.1  # the pictures reach from −EDGE to EDGE on both axes
BORDER_STEPS, MAP_STEPS = 48, 24
WIDEST = 8  # neurons in a layer, as many as fit side by side

DATA: dict[str, Callable[..., Points]] = {
    "two moons": lambda noise, rng: datasets.moons(2 * EXAMPLES, noise=noise, rng=rng),
    "circles": lambda noise, rng: datasets.circles(2 * EXAMPLES, noise=noise, rng=rng),
    "XOR": lambda noise, rng: datasets.xor(2 * EXAMPLES, noise=2 * noise + 0.1, rng=rng),
    "spirals": lambda noise, rng: datasets.spirals(2 * EXAMPLES, noise=noise / 2, rng=rng),
    "two clouds": lambda noise, rng: datasets.blobs(2 * EXAMPLES, spread=4 * noise + 0.2, rng=rng),
}
FEATURES = {
    "x₁, x₂": lambda x1, x2: [x1, x2],
    "x₁, x₂ and their squares": lambda x1, x2: [x1, x2, x1**2, x2**2],
    "x₁, x₂ and x₁·x₂": lambda x1, x2: [x1, x2, x1 * x2],
    "x₁, x₂ and their sines": lambda x1, x2: [x1, x2, np.sin(np.pi * x1), np.sin(np.pi * x2)],
    "x₁² and x₂² alone": lambda x1, x2: [x1**2, x2**2],
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
    """One training from a fixed random start, gone on with as far as somebody wants to see it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.rng = np.random.default_rng(3)
        x, y = DATA[settings.data](settings.noise, self.rng)
        middle, radius = (x.min(axis=0) + x.max(axis=0)) / 2, float(np.ptp(x, axis=0).max()) / 2
        x = (x - middle) / radius  # whatever the noise, all points are in the picture
        self.x, self.x_new, self.y, self.y_new = (
            x[:EXAMPLES],
            x[EXAMPLES:],
            y[:EXAMPLES],
            y[EXAMPLES:],
        )
        self.network = Network(self._layers(self.inputs(self.x[:1]).shape[1]))
        self.optimizer = SGD(self.network.parameters(), settings.learning_rate)
        self.examples = self.inputs(self.x), self.y[:, None]
        self.new_examples = self.inputs(self.x_new), self.y_new[:, None]
        self.losses, self.new_losses = [self._cost(self.examples)], [self._cost(self.new_examples)]
        self.moments = [self.network.copy()]
        self.training = threading.Lock()  # a panel and a cell may ask for more at the same time

    def _layers(self, width: int) -> list[Layer]:
        layers: list[Layer] = []
        for neurons in self.settings.widths:
            layers += [Dense(width, neurons, rng=self.rng), ACTIVATIONS[self.settings.activation]()]
            width = neurons
        return [*layers, Dense(width, 1, rng=self.rng), Sigmoid()]

    def _cost(self, examples: Points) -> float:
        x, y = examples
        return BinaryCrossEntropy().forward(self.network.predict(x), y)

    def inputs(self, x: np.ndarray) -> np.ndarray:
        """Return the features (n, f) of points (n, 2)."""
        return np.column_stack(FEATURES[self.settings.features](x[:, 0], x[:, 1]))

    def at(self, epoch: int) -> Network:
        """Return the network after ``epoch`` epochs; training goes on where it has not been that far."""
        with self.training:
            while len(self.moments) <= epoch:
                self._one_epoch()
        return self.moments[epoch]

    def _one_epoch(self) -> None:
        options: dict[str, Any] = {
            "batch_size": self.settings.batch_size,
            "penalty": PENALTIES[self.settings.penalty],
        }
        parts = self.network, BinaryCrossEntropy(), self.optimizer
        history = fit(
            *parts, self.examples, epochs=1, validation=self.new_examples, rng=self.rng, **options
        )
        self.losses += history.loss
        self.new_losses += history.validation_loss
        self.moments.append(self.network.copy())


@lru_cache(maxsize=16)
def run_of(settings: Settings) -> Run:
    """Return the run with these settings; the latest ones are kept."""
    return Run(settings)


def _plane(steps: int) -> np.ndarray:
    across = np.linspace(-EDGE, EDGE, steps)
    return np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)


def draw_playground(
    figure: Figure, epoch: int, layer_1: int, layer_2: int, layer_3: int, **chosen: Any
) -> str:
    """Draw what the network answers everywhere, what each hidden neuron answers, and both losses so far."""
    widths = tuple(width for width in (layer_1, layer_2, layer_3) if width)
    settings = Settings(widths=widths, **{**chosen, "noise": round(chosen["noise"], 2)})
    run = run_of(settings)
    network = run.at(epoch)
    border, maps, losses = figures.axes(figure, columns=3)
    border.set_position((0.085, 0.15, 0.36, 0.75))
    maps.set_position((0.55, 0.48, 0.42, 0.5))
    losses.set_position((0.58, 0.15, 0.39, 0.22))
    right = [share_right(network, *examples) for examples in (run.examples, run.new_examples)]
    paint_border(border, run, network)
    border.set_title(f"epoch {epoch}: {right[0]} % right, new points {right[1]} %", fontsize=13)
    paint_maps(maps, run, network)
    paint_losses(losses, run.losses[: epoch + 1], run.new_losses[: epoch + 1])
    return words(settings, epoch, right)


def words(settings: Settings, epoch: int, right: list[int]) -> str:
    """Say the settings, and how good the network is."""
    neurons = " – ".join(map(str, settings.widths))
    layers = (
        f"by hidden {settings.activation} neurons {neurons}"
        if neurons
        else "without a hidden layer"
    )
    return (
        f"{settings.data[0].upper()}{settings.data[1:]} with noise {settings.noise:.2f}, from {settings.features}, "
        f"{layers}; η = {settings.learning_rate:g}, batches of {settings.batch_size}, penalty "
        f"{settings.penalty}. After {epoch} epochs about {right[0]} of 100 training points and about {right[1]} of 100 "
        "new points are on their own side."
    )


def share_right(network: Network, inputs: np.ndarray, y: np.ndarray) -> int:
    """Return how many of 100 examples get the right answer."""
    return round(100 * float(((network.predict(inputs) > 0.5) == y).mean()))


def paint_border(ax: Axes, run: Run, network: Network) -> None:
    """Draw the training points and where the network's answer changes."""
    limits = (-EDGE, EDGE, -EDGE, EDGE)
    drawings.decision_regions(
        ax, lambda x: network.predict(run.inputs(x))[:, 0] - 0.5, limits, BORDER_STEPS
    )
    drawings.points(ax, run.x, run.y, size=22)
    ax.set(xlabel="x₁", ylabel="x₂")


def paint_maps(ax: Axes, run: Run, network: Network) -> None:
    """Draw, a row for each layer, what its neurons answer in the plane: green above 0, purple below.

    The colours are full at 1, or at the layer's largest answer where that is above 1.
    """
    values = run.inputs(_plane(MAP_STEPS))
    rows = [values]
    for layer in network.layers[:-2]:  # without the output neuron, which the large picture shows
        values = layer.forward(values)
        if isinstance(layer, Activation):
            rows.append(values)
    cell, frames = MAP_STEPS + 4, []
    sheet = np.full((4 * cell, WIDEST * cell), np.nan)
    for row, answers in enumerate(rows):
        largest = max(1.0, float(np.abs(answers).max()))
        for column, neuron in enumerate((answers / largest).T):
            top, left = row * cell, column * cell
            block = neuron.reshape(MAP_STEPS, MAP_STEPS)[
                ::-1
            ]  # the first row of a sheet is its top
            sheet[top : top + MAP_STEPS, left : left + MAP_STEPS] = block
            frames.append(Rectangle((left - 0.5, top - 0.5), MAP_STEPS, MAP_STEPS))
        name = f"layer {row}" if row else "inputs"
        ax.text(-4, row * cell + MAP_STEPS / 2, name, ha="right", va="center", fontsize=12)
    drawings.weight_image(ax, sheet, largest=1)
    ax.add_collection(
        PatchCollection(frames, facecolor="none", edgecolor=figures.INK, linewidth=0.6)
    )


def paint_losses(ax: Axes, losses: list[float], new_losses: list[float]) -> None:
    """Draw the losses from epoch 0 on, each with a dot at the present one."""
    last = len(losses) - 1
    for values, (colour, dashes) in ((losses, figures.TRAINING), (new_losses, figures.VALIDATION)):
        ax.plot(values, dashes, color=colour)
        ax.plot([last], values[-1:], "o", color=colour)
    ax.set(
        xlabel="epoch",
        xlim=(0, max(last, 10) * 1.03),
        ylim=(0, max(1.0, 1.1 * max(losses + new_losses))),
    )
    ax.set_title("loss (dashed: new points)")


def playground() -> Panel:
    """Choose data, network and training, press play, and change anything while it runs."""
    return Panel(
        draw_playground,
        size=(9.0, 3.9),
        columns=2,
        data=choice("data", list(DATA), "two moons"),
        noise=slider("noise", 0, 0.5, 0.15, step=0.05, on_release=True),
        features=choice("features", list(FEATURES), "x₁, x₂"),
        layer_1=counter("neurons, layer 1", 0, WIDEST, 4, on_release=True),
        activation=choice("activation", list(ACTIVATIONS), "tanh"),
        layer_2=counter("neurons, layer 2", 0, WIDEST, 4, on_release=True),
        learning_rate=choice("learning rate η", list(RATES), 0.3),
        layer_3=counter("neurons, layer 3", 0, WIDEST, 0, on_release=True),
        batch_size=choice("batch size", list(BATCHES), 10),
        penalty=choice("penalty", list(PENALTIES), "none"),
        epoch=Steps("epoch", EPOCHS, value=25, interval=80),
    )
