"""Slopes on their way back through time: one sweep step by step, what many steps make of them, and a cliff."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Slider, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.recurrent_networks.experiments.cliff import Cliff, walk_on_cliff
from nnlib.chapters.recurrent_networks.experiments.loops import (
    LOOPS,
    Sweep,
    slopes_through_time,
    sweep_back,
)
from nnlib.chapters.recurrent_networks.panels._unrolled import GREY, PALE, bare, edge, node, sub

GIVEN = (1.0, -0.5, 0.5, 0.0)
WANTED = {
    "at the last step": (np.nan, np.nan, np.nan, 0.5),
    "at every step": (0.2, 0.4, -0.3, 0.5),
}


@demo(
    size=(8.4, 3.9),
    targets=Choice("targets", list(WANTED), "at the last step"),
    w_h=Slider("weight of the loop", -2, 2, 0.8, step=0.1),
    step=Steps("steps back", len(GIVEN), 2, interval=900),
)
def swept_back(figure: Figure, targets: str, w_h: float, step: int) -> str:
    """Draw the unrolled neuron with its states, and the slopes that the sweep back has found so far."""
    ax = figures.axes(figure)
    ax.set_position((0, 0, 1, 0.9))
    sweep = sweep_back(np.array(GIVEN), np.array(WANTED[targets]), 1.0, w_h)
    last = len(GIVEN)
    for t in range(last + 1):
        node(ax, t, 1, figures.minus(f"{sweep.states[t]:.2f}"), "#DCEBF5")
        ax.text(t - 0.2, 1.3, sub("h", t), ha="center")
        if t > 0:
            ax.text(t, 2.3, _target(WANTED[targets][t - 1]), ha="center")
            edge(ax, (t - 1, 1), (t, 1), PALE)
            edge(ax, (t, 0), (t, 1), PALE)
            node(ax, t, 0, figures.minus(f"{GIVEN[t - 1]:.1f}"), "white")
            _draw_slopes(ax, sweep, t, w_h, seen=t > last - step)
    _name_rows(ax)
    bare(ax, last + 0.8, -0.35, 2.55, left=-0.5)
    at = sweep.states[:-1]
    total = float((at * sweep.dz)[last - step :].sum())
    words = figures.minus(f"{total:.3f}")
    ax.set_title(f"{step} of {last} steps back: ∂C/∂wₕ so far {words}")
    return (
        f"One neuron unrolled over four steps, targets {targets}, weight of the loop "
        f"{figures.minus(f'{w_h:.1f}')}. After {step} steps back the slope of that weight has "
        f"added up to {words}."
    )


def _name_rows(ax: Axes) -> None:
    ax.text(0.5, 2.3, "target", ha="right")
    ax.text(0.5, 2.03, "own = h − y", ha="right", color=figures.DARK_ORANGE)
    ax.text(0.5, 1.76, "later", ha="right", color=figures.DARK_ORANGE)


def _target(y: float) -> str:
    return "–" if np.isnan(y) else figures.minus(f"y = {y:.1f}")


def _draw_slopes(ax: Axes, sweep: Sweep, t: int, w_h: float, *, seen: bool) -> None:
    """Write what arrives at step t from its own cost and from later, and dz."""
    if not seen:
        return
    own, later, dz = (figures.minus(f"{part[t - 1]:.3f}") for part in sweep[1:])
    look = {"ha": "center", "color": figures.DARK_ORANGE}
    ax.text(t, 2.03, own, **look)
    ax.text(t, 1.76, later, **look)
    ax.text(t + 0.07, 0.56, f"dz {dz}", **{**look, "ha": "left", "weight": "bold"})
    edge(ax, (t, 1), (t - 1, 1), figures.ORANGE, bend=0.35)


STEPS_BACK = 50
LEAST = 1e-15  # of the largest: smaller ones are made of rounding errors


@demo(
    size=(8.4, 3.9),
    kind=Choice("loop starts", list(LOOPS), "orthogonal"),
    size_of_loop=Slider("size of W_h", 0.7, 1.25, 1.0, step=0.05, ticks=(1,)),
    bend=Choice("state", ["tanh", "no bend"], "tanh"),
    step=Steps("steps back", STEPS_BACK, 20, interval=100),
)
def through_time(figure: Figure, kind: str, size_of_loop: float, bend: str, step: int) -> str:
    """Draw by how much a change of the state long ago is stretched or shrunk on its way to the present."""
    ax = figures.axes(figure)
    ax.set_position((0.115, 0.16, 0.61, 0.74))
    size = round(size_of_loop, 2)
    values = np.vstack([np.ones(20), slopes_through_time(kind, size, bend == "tanh", STEPS_BACK)])
    figures.log_scale(ax, [1e-15, 1e-10, 1e-5, 1, 1e5])
    _draw_stretches(ax, values, step)
    ax.axhline(1, color=GREY, linewidth=0.8, linestyle=":")
    ax.axvline(step, color=GREY, linewidth=1)
    ax.set(xlabel="steps back", ylabel="stretch (singular value)", xlim=(0, 50), ylim=(1e-16, 1e6))
    figures.legend(ax, "center left", bbox_to_anchor=(1.0, 0.5))
    most, half = map(_size_in_words, (values[step, 0], np.median(values[step])))
    steps = "1 step" if step == 1 else f"{step} steps"
    title = f"{steps} back, a change is stretched × {most} at most, × {half} in the middle"
    ax.set_title(title, x=0.61, fontsize=13)
    return (
        f"Slopes through a loop of 20 neurons, {kind}, size {size:.2f}, state with {bend}: "
        f"{step} steps back a change is multiplied by about {most} at most, and by about {half} "
        "in a direction in the middle."
    )


def _draw_stretches(ax: Axes, values: np.ndarray, step: int) -> None:
    """Draw the largest, the middle and the least of the singular values (steps + 1, 20), and mark a step."""
    for name, line, colour, dashes in (
        ("stretched most", values[:, 0], figures.BLUE, "-"),
        ("in the middle", np.median(values, axis=1), figures.GREEN, "-."),
        ("stretched least", values[:, -1], figures.RED, "--"),
    ):
        line = np.where(line < LEAST * values[:, 0], np.nan, line)
        ax.plot(line, dashes, color=colour, label=name)
        ax.plot([step], line[step], "o", color=colour, markersize=9, clip_on=False)


def _size_in_words(value: float) -> str:
    """Return a size as text: with two digits, or as a power of ten where that is easier to read."""
    return f"{value:.2f}" if 0.01 <= value < 100 else figures.power_of_ten(value)


CLIFF = Cliff()
CLIPS = {"not clipped": None, "longest 1": 1.0, "longest 0.1": 0.1}


@demo(
    size=(8.4, 3.9),
    clip=Choice("gradient", list(CLIPS), "not clipped"),
    learning_rate=Slider("learning rate η", 0.01, 0.2, 0.05, step=0.01),
    step=Steps("step", 300, 120, interval=60),
)
def cliff(figure: Figure, clip: str, learning_rate: float, step: int) -> str:
    """Draw a walk of gradient descent by a cliff, and the lengths of its gradients."""
    chart, curve = figures.axes(figure, columns=2)
    chart.set_position((0.08, 0.16, 0.4, 0.74))
    curve.set_position((0.6, 0.16, 0.34, 0.74))
    walk = walk_on_cliff(CLIPS[clip], round(learning_rate, 2))
    drawings.landscape(chart, CLIFF, 121)
    chart.set(xlabel="weight w", ylabel="bias b")
    places = walk.places[: step + 1]
    drawings.path(chart, places)
    figures.log_scale(curve, [1e-4, 1e-2, 1, 1e2, 1e4])
    curve.plot(walk.lengths[: step + 1], color=figures.ORANGE, linewidth=1.4)
    curve.set(xlabel="step", ylabel="length of ∇C", xlim=(0, 300), ylim=(1e-5, 1e5))
    cost, longest = walk.costs[step], walk.lengths[: step + 1].max()
    size = f"{float(f'{longest:.2g}'):,.6g}"
    chart.set_title(f"step {step}: C = {cost:.2f}")
    curve.set_title(f"longest gradient so far: {size}")
    return (
        f"A walk of {step} steps by a cliff with η = {learning_rate:.2f}, gradient {clip}: the "
        f"cost is {cost:.2f}, and the longest gradient so far {size} long."
    )
