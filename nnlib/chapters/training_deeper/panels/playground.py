"""The playground: a small network learns two classes of points, and every part of it can be changed while it runs."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nnlib.activations import Activation
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Counter, Slider, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.kit.experiments import share_right
from nnlib.chapters.training_deeper.experiments.playground import (
    ACTIVATIONS,
    BATCHES,
    DATA,
    FEATURES,
    PENALTIES,
    RATES,
    Run,
    Settings,
    run_of,
)
from nnlib.network import Network

EPOCHS = 200
EDGE = 1.1  # the pictures reach from −EDGE to EDGE on both axes
BORDER_STEPS, MAP_STEPS = 48, 24
WIDEST = 8  # neurons in a layer, as many as fit side by side


@demo(
    size=(9.0, 3.9),
    data=Choice("data", list(DATA), "two moons"),
    noise=Slider("noise", 0, 0.5, 0.15, step=0.05, on_release=True),
    features=Choice("features", list(FEATURES), "x₁, x₂"),
    layer_1=Counter("neurons, layer 1", 0, WIDEST, 4, on_release=True),
    activation=Choice("activation", list(ACTIVATIONS), "tanh"),
    layer_2=Counter("neurons, layer 2", 0, WIDEST, 4, on_release=True),
    learning_rate=Choice("learning rate η", list(RATES), 0.3),
    layer_3=Counter("neurons, layer 3", 0, WIDEST, 0, on_release=True),
    batch_size=Choice("batch size", list(BATCHES), 10),
    penalty=Choice("penalty", list(PENALTIES), "none"),
    epoch=Steps("epoch", EPOCHS, value=25, interval=80),
)
def playground(
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
    seen, new = (
        round(100 * share_right(network, *examples))
        for examples in (run.examples, run.new_examples)
    )
    _draw_border(border, run, network)
    border.set_title(f"epoch {epoch}: {seen} % right, new points {new} %", fontsize=13)
    _draw_maps(maps, run, network)
    _draw_losses(losses, run.losses[: epoch + 1], run.new_losses[: epoch + 1])
    return (
        f"{_in_words(settings)}. After {epoch} epochs about {seen} of 100 training points and "
        f"about {new} of 100 new points are on their own side."
    )


def _in_words(settings: Settings) -> str:
    neurons = " – ".join(map(str, settings.widths))
    hidden = f"by hidden {settings.activation} neurons {neurons}"
    return (
        f"{settings.data[0].upper()}{settings.data[1:]} with noise {settings.noise:.2f}, from "
        f"{settings.features}, {hidden if neurons else 'without a hidden layer'}; "
        f"η = {settings.learning_rate:g}, batches of {settings.batch_size}, penalty "
        f"{settings.penalty}"
    )


def _draw_border(ax: Axes, run: Run, network: Network) -> None:
    """Draw the training points and where the network's answer changes."""
    limits = (-EDGE, EDGE, -EDGE, EDGE)
    drawings.decision_regions(
        ax, lambda x: network.predict(run.inputs(x))[:, 0] - 0.5, limits, BORDER_STEPS
    )
    drawings.points(ax, run.x, run.y, size=22)
    ax.set(xlabel="x₁", ylabel="x₂")


def _draw_maps(ax: Axes, run: Run, network: Network) -> None:
    """Draw, a row for each layer, what its neurons answer in the plane: green above 0, purple below.

    The colours are full at 1, or at the layer's largest answer if that is above 1.
    """
    cell, frames = MAP_STEPS + 4, []
    sheet = np.full((4 * cell, WIDEST * cell), np.nan)
    for row, answers in enumerate(_answers_by_layer(run, network)):
        largest = max(1.0, float(np.abs(answers).max()))
        for column, neuron in enumerate((answers / largest).T):
            top, left = row * cell, column * cell
            block = neuron.reshape(MAP_STEPS, MAP_STEPS)[::-1]  # a sheet begins at its top
            sheet[top : top + MAP_STEPS, left : left + MAP_STEPS] = block
            frames.append(Rectangle((left - 0.5, top - 0.5), MAP_STEPS, MAP_STEPS))
        name = f"layer {row}" if row else "inputs"
        ax.text(-4, row * cell + MAP_STEPS / 2, name, ha="right", va="center", fontsize=12)
    drawings.weight_image(ax, sheet, largest=1)
    look = {"facecolor": "none", "edgecolor": figures.INK, "linewidth": 0.6}
    ax.add_collection(PatchCollection(frames, **look))


def _answers_by_layer(run: Run, network: Network) -> list[np.ndarray]:
    """Return what the inputs and the neurons of each hidden layer are over the plane, (points, neurons) each."""
    across = np.linspace(-EDGE, EDGE, MAP_STEPS)
    plane = np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)
    values = run.inputs(plane)
    answers = [values]
    for layer in network.layers[:-2]:  # without the output neuron, which the large picture shows
        values = layer.forward(values)
        if isinstance(layer, Activation):
            answers.append(values)
    return answers


def _draw_losses(ax: Axes, losses: list[float], new_losses: list[float]) -> None:
    """Draw the losses from epoch 0 on, each with a dot at the present one."""
    last = len(losses) - 1
    for values, (colour, dashes) in ((losses, figures.TRAINING), (new_losses, figures.VALIDATION)):
        ax.plot(values, dashes, color=colour)
        ax.plot([last], values[-1:], "o", color=colour)
    ax.set(xlabel="epoch", xlim=(0, max(last, 10) * 1.03))
    ax.set(ylim=(0, max(1.0, 1.1 * max(losses + new_losses))))
    ax.set_title("loss (dashed: new points)")
