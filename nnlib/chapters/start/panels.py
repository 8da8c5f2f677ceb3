"""The panel of chapter 00: a network whose learning you can drag through."""

from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.kit.experiments import share_right
from nnlib.chapters.start.experiments import MOMENTS, train_on_spirals

PLANE = (-2.4, 2.4, -1.15, 1.15)
ACTIVATIONS = [("tanh", "tanh"), ("none: only straight lines", "none")]


@demo(
    activation=Choice("activation", ACTIVATIONS, "tanh"),
    moment=Steps("tens of epochs", MOMENTS, value=MOMENTS, interval=150),
)
def learning(figure: Figure, activation: str, moment: int) -> str:
    """Draw what a network answers everywhere in the plane, ``moment`` × 10 epochs after it began to learn."""
    ax = figures.axes(figure)
    x, y, moments = train_on_spirals(activation)
    network = moments[moment]
    drawings.decision_regions(ax, lambda grid: network.predict(grid)[:, 0] - 0.5, PLANE, steps=110)
    drawings.points(ax, x, y, names=("one arm", "the other"), size=30)
    ax.set(xlabel="x₁", ylabel="x₂", aspect="equal")
    ax.set_title(f"after {10 * moment} epochs")
    figures.legend(ax, loc="upper left", handletextpad=0.1)
    return (
        f"Activation {activation}, after {10 * moment} epochs: the two spiral arms and what the "
        f"network answers everywhere; {_in_words(share_right(network, x, y))} of the points are on "
        "their own side."
    )


def _in_words(share: float) -> str:
    """Return a share, 0 to 1, in words that hold on every machine: training differs a little between them."""
    names = {0.95: "nearly all", 0.75: "most", 0.57: "somewhat more than half", 0.4: "about half"}
    return next((name for least, name in names.items() if share >= least), "few")
