"""Where learning starts: one neuron that is badly wrong, the first weights, and what depth does to slopes."""

from functools import cache
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.activations import ELU, Activation, LeakyReLU, ReLU, Sigmoid, Tanh
from nnlib.batches import Split, stratified_split
from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import choice, counter, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.datasets import load_digits
from nnlib.initializers import Initializer, glorot, he, scaled, standard_normal, zeros
from nnlib.layers import Dense, Layer
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.numerics import sigmoid
from nnlib.optimizers import SGD
from nnlib.training import History, fit

STEPS = 100


@cache
def digits() -> Split:
    """Return the digits as rows (n, 64), and a stratified fifth of them to test on."""
    x, y = load_digits()
    return stratified_split(x.reshape(len(x), -1), y, held_out=0.2, rng=np.random.default_rng(0))


def outputs(cost: str, z: float, learning_rate: float, steps: int = STEPS) -> np.ndarray:
    """Return the outputs a of one neuron with x = 1 that should say 0, from weighted input z on, step by step.

    ``cost`` is "quadratic", with the slope a · a(1 − a) by z, or "cross-entropy", with the slope a.
    """
    found = []
    for _ in range(steps + 1):
        a = float(sigmoid(np.array(z)))
        found.append(a)
        slope = a * a * (1 - a) if cost == "quadratic" else a
        z -= learning_rate * 2 * slope  # w and b have this slope each, and both move z
    return np.array(found)


def draw_slow(figure: Figure, z: float, learning_rate: float) -> str:
    """Draw how a neuron that starts wrong learns with either cost, and the slope of either cost by z."""
    left, right = figures.axes(figure, columns=2)
    a = float(sigmoid(np.array(z)))
    lines = {"cross-entropy": (figures.BLUE, "-"), "quadratic": (figures.RED, "--")}
    across = np.linspace(-6, 6, 121)
    answer = sigmoid(across)
    for cost, (colour, dashes) in lines.items():
        left.plot(outputs(cost, z, learning_rate), dashes, color=colour)
        flat = cost == "quadratic"
        right.plot(
            across,
            answer * answer * (1 - answer) if flat else answer,
            dashes,
            color=colour,
            label=cost,
        )
        right.plot([z], [a * a * (1 - a) if flat else a], "o", color=colour, markersize=9)
    left.set(xlabel="step", ylabel="output a (wanted: 0)", ylim=(0, 1.02))
    left.set_xlim(0, STEPS)
    right.set(xlabel="weighted input z", ylabel="slope ∂C/∂z", ylim=(0, 1.02))
    right.legend(loc="upper left")
    left.set_title(f"start: a = {a:.3f}, η = {learning_rate:.2f}")
    right.set_title(f"slopes {a:.3f} and {a * a * (1 - a):.3f}")
    late = {cost: outputs(cost, z, learning_rate)[-1] for cost in lines}
    return (
        f"A neuron that should say 0 starts at z = {figures.minus(f'{z:.1f}')}, where it says {a:.3f}, and learns with "
        f"η = {learning_rate:.2f}. After {STEPS} steps it says {late['cross-entropy']:.3f} with cross-entropy and "
        f"{late['quadratic']:.3f} with the quadratic cost. Their slopes at the start are {a:.3f} and "
        f"{a * a * (1 - a):.4f}."
    )


def slow() -> Panel:
    """Choose how wrong a neuron starts and its learning rate."""
    return Panel(
        draw_slow,
        size=(8.4, 3.8),
        z=slider("start z", -1, 6, 4.0, step=0.5),
        learning_rate=slider("learning rate η", 0.05, 1, 0.25, step=0.05),
    )


def normal(deviation: float) -> Initializer:
    """Return the initializer w ~ N(0, deviation²)."""
    return lambda shape, rng: deviation * standard_normal(shape, rng)


STARTS: dict[str, Initializer] = {
    "all zeros": zeros,
    "N(0, 0.01²)": normal(0.01),
    "scaled, N(0, 1/d)": scaled,
    "Glorot": glorot,
    "He, N(0, 2/d)": he,
    "N(0, 1)": standard_normal,
    "N(0, 2.5²)": normal(2.5),
}


class Begun(NamedTuple):
    """The weighted inputs of the hidden layer (n, 30) before learning, and what learning then brought."""

    z: np.ndarray
    history: History


@cache
def begun(start: str, epochs: int = 10) -> Begun:
    """Train 64-30-10 with sigmoid neurons on the digits from weights that start as ``start``."""
    rng = np.random.default_rng(0)
    train, test = digits()
    hidden = Dense(64, 30, rng=rng, weights=STARTS[start])
    network = Network([hidden, Sigmoid(), Dense(30, 10, rng=rng, weights=STARTS[start])])
    z = hidden.forward(train[0])
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), learning_rate=0.5)
    return Begun(z, fit(*parts, train, epochs=epochs, batch_size=10, rng=rng, validation=test))


def draw_starts(figure: Figure, start: str, compared: str) -> str:
    """Draw how far apart the weighted inputs start, and how learning goes on from there, for two kinds of start."""
    left, right = figures.axes(figure, columns=2)
    words = []
    for name, colour, dashes in ((start, figures.BLUE, "-"), (compared, figures.RED, "--")):
        z, history = begun(name)
        heights, edges = np.histogram(z, bins=np.arange(-30.5, 31.5))
        left.stairs(heights / z.size, edges, color=colour, linestyle=dashes, linewidth=2.2)
        right.plot(range(1, 11), history.validation_accuracy, dashes, color=colour, label=name)
        flat = round(100 * float((np.abs(z) > 4).mean()))
        words.append(
            f"{name}: z spreads by {z.std():.2f}, {flat} % of it beyond ±4; after 1 epoch about "
            f"{100 * history.validation_accuracy[0]:.0f}, after 10 about {100 * history.validation_accuracy[-1]:.0f} "
            "of 100 test digits right"
        )
    left.axvspan(-4, 4, color="#F0F0F0", zorder=0)
    left.set(
        xlabel="z of the hidden neurons",
        ylabel="share, in steps of 1",
        ylim=(0, 1.05),
        xlim=(-30, 30),
    )
    left.set_title("before (grey: not saturated)")
    right.set(xlabel="epoch", ylabel="test accuracy", ylim=(0, 1.02))
    right.set_title("learning")
    right.legend(loc="lower right")
    return "; ".join(words) + "."


def starts() -> Panel:
    """Choose two ways for weights to start, and compare."""
    names = list(STARTS)
    return Panel(
        draw_starts,
        size=(8.4, 3.8),
        start=choice("weights start as", names, "scaled, N(0, 1/d)"),
        compared=choice("compared with", names, "N(0, 2.5²)"),
    )


BENDS: dict[str, type[Activation]] = {
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "ReLU": ReLU,
    "leaky ReLU": LeakyReLU,
    "ELU": ELU,
}
DEPTH_STARTS = ("scaled, N(0, 1/d)", "Glorot", "He, N(0, 2/d)", "N(0, 1)")
WIDTH = 30


def deep_network(layers: int, activation: str, start: str, *, rng: np.random.Generator) -> Network:
    """Return a network for the digits with ``layers`` dense layers, 30 neurons in each hidden one."""
    parts: list[Layer] = []
    width = 64
    for _ in range(layers - 1):
        parts += [Dense(width, WIDTH, rng=rng, weights=STARTS[start]), BENDS[activation]()]
        width = WIDTH
    return Network([*parts, Dense(width, 10, rng=rng, weights=STARTS[start])])


class Sizes(NamedTuple):
    """How far the outputs of each hidden layer differ between digits, and how large each layer's ∂C/∂W is."""

    spreads: np.ndarray
    slopes: np.ndarray


@cache
def sizes(layers: int, activation: str, start: str) -> Sizes:
    """Measure a new network of ``layers`` dense layers on 100 digits, in root mean squares."""
    (x, y), _ = digits()
    x, y = x[:100], y[:100]
    network = deep_network(layers, activation, start, rng=np.random.default_rng(0))
    spreads, a = [], x
    for layer in network.layers:
        a = layer.forward(a)
        spreads.append(rms(a - a.mean(axis=0)))
    loss = SoftmaxCrossEntropy()
    loss.forward(a, y)
    network.backward(loss.backward())
    slopes = [
        rms(layer.W.grad)
        for layer in network.layers
        if isinstance(layer, Dense) and layer.W.grad is not None
    ]
    return Sizes(np.array(spreads[1::2]), np.array(slopes))


def rms(values: np.ndarray) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt((values**2).mean()))


def draw_depth(figure: Figure, layers: int, activation: str, start: str) -> str:
    """Draw for each layer how far its outputs differ between digits, and how large its slopes are."""
    left, right = figures.axes(figure, columns=2)
    found = sizes(layers, activation, start)
    _powers(left, np.arange(1, layers), found.spreads, figures.BLUE)
    _powers(right, np.arange(1, layers + 1), found.slopes, figures.GRADIENT)
    left.set_title("forward: spread of the outputs")
    right.set_title("backward: size of ∂C/∂W")
    first, last = (figures.power_of_ten(value) for value in (found.slopes[0], found.slopes[-1]))
    return (
        f"{layers} layers, {activation}, weights {start}: the slopes of the first layer are about {first} in size, "
        f"those of the last about {last}; the outputs of the last hidden layer differ between digits by about "
        f"{figures.power_of_ten(found.spreads[-1])}."
    )


def _powers(ax: Axes, places: np.ndarray, values: np.ndarray, colour: str) -> None:
    figures.log_scale(ax, [1e-15, 1e-10, 1e-5, 1, 1e5, 1e10])
    ax.plot(places, values, "o-", color=colour)
    ax.set(xlabel="layer", xlim=(0.5, 20.5), xticks=[1, 5, 10, 15, 20], ylim=(1e-16, 1e13))


def depth() -> Panel:
    """Choose how deep a network is, its activation, and how its weights start."""
    return Panel(
        draw_depth,
        size=(8.4, 3.8),
        layers=counter("layers", 2, 20, 10),
        activation=choice("activation", list(BENDS), "sigmoid"),
        start=choice("weights start as", list(DEPTH_STARTS), "scaled, N(0, 1/d)"),
    )


def cover() -> None:
    """Show the picture that the chapter starts with: the slopes of 20 layers, vanishing or not."""
    figure = figures.figure(8.4, 2.6)
    ax = figures.axes(figure)
    for activation, start, colour, dashes in (
        ("tanh", "scaled, N(0, 1/d)", figures.BLUE, "o-"),
        ("sigmoid", "scaled, N(0, 1/d)", figures.RED, "s--"),
    ):
        _powers(ax, np.arange(1, 21), sizes(20, activation, start).slopes, colour)
        ax.lines[-1].set(linestyle=dashes[1:], marker=dashes[0], label=activation)
    ax.set(ylabel="size of ∂C/∂W", ylim=(1e-15, 10))
    ax.legend(loc="lower right")
    figure.subplots_adjust(bottom=0.22)
    figures.show(
        figure,
        alt="How large the slopes of each of 20 layers are, on a scale of powers of ten. With tanh all of them are of "
        "about one size; with sigmoid they shrink from layer to layer towards the input, to about 10⁻¹⁴.",
    )
