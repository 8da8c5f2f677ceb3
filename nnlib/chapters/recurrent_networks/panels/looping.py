"""A loop unrolled in time, a machine that knows odd from even, and what a network learns in its place."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Counter, Slider, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.recurrent_networks.experiments.loops import (
    PULSE,
    loop_states,
    machine_states,
    random_bits,
)
from nnlib.chapters.recurrent_networks.experiments.parity import (
    LENGTHS,
    SEEDS,
    SHORT,
    right_by_length,
)
from nnlib.chapters.recurrent_networks.panels._unrolled import GREY, PALE, bare, edge, node, sub
from nnlib.history import History


@picture(size=(8.4, 2.9))
def cover(figure: Figure) -> str:
    """Draw a network with a loop, and the same network unrolled over four steps."""
    ax = figures.axes(figure)
    ax.set_position((0, 0, 1, 1))
    _draw_column(ax, 0, "x", "h", "y")
    around = np.linspace(-0.75 * np.pi, 0.78 * np.pi, 60)
    circle = np.stack([0.42 + 0.3 * np.cos(around), 1 + 0.3 * np.sin(around)], axis=1)
    look = {"arrowstyle": "-|>", "color": figures.BLUE, "linewidth": 2, "mutation_scale": 16}
    ax.add_patch(FancyArrowPatch(path=Path(circle), **look, zorder=1))
    ax.text(0.91, 1, "Wₕ", ha="center", va="center", color=figures.BLUE)
    ax.text(1.34, 1, "=", ha="center", va="center", fontsize=26)
    for t in range(5):
        if t > 0:
            _draw_column(ax, 1.9 + t, sub("x", t), sub("h", t), sub("y", t))
            edge(ax, (0.9 + t, 1), (1.9 + t, 1), figures.BLUE)
            ax.text(1.4 + t, 1.22, "Wₕ", ha="center", color=figures.BLUE)
        else:
            node(ax, 1.9, 1, "h₀", "white")
    bare(ax, 6.5, -0.5, 2.5)
    return (
        "On the left a network with a loop: from the input x to the state h, from h to the output "
        "y, and from h back to h, by the weights W_h. On the right the same network unrolled over "
        "four steps: four copies side by side, each with an input and an output of its own, and an "
        "arrow with the same weights W_h from each state to the next, beginning at h_0."
    )


def _draw_column(ax: Axes, x: float, given: str, state: str, output: str) -> None:
    for y, text, colour in ((0, given, "white"), (1, state, "#DCEBF5"), (2, output, "white")):
        node(ax, x, y, text, colour)
        if y > 0:
            edge(ax, (x, y - 1), (x, y), GREY)


@demo(
    size=(8.4, 3.4),
    w_h=Slider("weight of the loop", -2, 2, 0.5, step=0.1, ticks=(0, 1)),
    step=Steps("step t", len(PULSE), 2, interval=700),
)
def unrolled(figure: Figure, w_h: float, step: int) -> str:
    """Draw one neuron with a loop, unrolled: what it is given, and its state up to a step."""
    ax = figures.axes(figure)
    ax.set_position((0, 0, 1, 0.9))
    states = loop_states(np.array(PULSE), 1.0, w_h)
    for t, state in enumerate(states):
        seen = t <= step
        words = figures.minus(f"{state:.2f}") if seen else "?"
        node(ax, t, 1, words, "#DCEBF5" if seen else "white")
        ax.text(t, 1.42, sub("h", t), ha="center", color=figures.INK)
        if t == 0:
            continue
        colour = figures.BLUE if seen else PALE
        edge(ax, (t - 1, 1), (t, 1), colour)
        edge(ax, (t, 0), (t, 1), figures.INK if seen else PALE)
        node(ax, t, 0, f"{PULSE[t - 1]:.0f}", "white")
        ax.text(t + 0.31, -0.08, sub("x", t), ha="left", color=figures.INK)
        ax.text(t - 0.5, 0.72, figures.minus(f"{w_h:.1f}"), ha="center", color=figures.BLUE)
    bare(ax, len(PULSE) + 0.6, -0.45, 1.7)
    now = figures.minus(f"{states[step]:.3f}")
    weight = figures.minus(f"{w_h:.1f}")
    ax.set_title(f"after step {step}: the state is {now}")
    return (
        f"One neuron unrolled over {len(PULSE)} steps, given 1 and then zeros, with the weight "
        f"{weight} in its loop: after step {step} its state is {now}."
    )


BITS = 24


@demo(
    size=(8.4, 3.8),
    gain=Slider("gain k", 1, 10, 2.0, step=0.5),
    seed=Counter("which bits", 0, 9, 1),
    step=Steps("bits read", BITS, BITS, interval=300),
)
def machine(figure: Figure, gain: float, seed: int, step: int) -> str:
    """Draw what the two neurons of the parity machine say bit by bit, and what their difference makes of it."""
    above, below = _two_rows(figure)
    bits = random_bits(BITS, seed)
    read = bits[:step]
    states = machine_states(gain, read) if step else np.zeros((0, 2))
    truth = np.cumsum(read) % 2
    wrong = int(((states[:, 0] - states[:, 1] > 1) != truth).sum())
    _draw_neurons(above, states)
    _draw_parity(below, (states[:, 0] - states[:, 1]) / 2, truth)
    below.set_xticks(range(1, BITS + 1), [str(bit) for bit in bits])
    for ax in (above, below):
        ax.set_xlim(0.4, BITS + 0.6)
        figures.legend(ax, "center left", bbox_to_anchor=(1.0, 0.5), handlelength=1.6)
    words = f"wrong after {wrong} of {step} bits"
    above.set_title(f"gain {gain:.1f}: {words}")
    return (
        f"The parity machine with gain {gain:.1f}, row {seed} of {BITS} random bits, "
        f"{int(read.sum())} of the first {step} are 1: {words}."
    )


def _draw_neurons(ax: Axes, states: np.ndarray) -> None:
    """Draw the states (time, 2) of the two neurons."""
    looks = ((figures.BLUE, "o-", "h₁: over ½?"), (figures.GREEN, "s--", "h₂: over 1½?"))
    steps = np.arange(1, len(states) + 1)
    for column, (colour, mark, name) in enumerate(looks):
        ax.plot(steps, states[:, column], mark, color=colour, markersize=5, label=name)
    ax.set(ylim=(-1.15, 1.15), ylabel="state", yticks=[-1, 0, 1])


def _draw_parity(ax: Axes, parity: np.ndarray, truth: np.ndarray) -> None:
    """Draw what the machine takes for the parity (time,), and what it is."""
    steps, wrong = np.arange(1, len(truth) + 1), (parity > 0.5) != truth
    ax.step(steps, truth, where="mid", color=GREY, linewidth=1.4, label="truth")
    ax.plot(steps[~wrong], parity[~wrong], "o", color=figures.BLUE, label="right")
    ax.plot(steps[wrong], parity[wrong], "X", color=figures.RED, markersize=10, label="wrong")
    ax.axhline(0.5, color=GREY, linewidth=0.8, linestyle=":")
    ax.set(ylim=(-0.15, 1.15), ylabel="(h₁ − h₂)/2", yticks=[0, 1], xlabel="the bits")


def _two_rows(figure: Figure) -> tuple[Axes, Axes]:
    above, below = figures.axes(figure, columns=2)
    above.set_position((0.115, 0.56, 0.62, 0.34))
    below.set_position((0.115, 0.16, 0.62, 0.28))
    above.set_xticks([])
    return above, below


@demo(
    size=(8.4, 3.8),
    length=Slider("length", 1, LENGTHS[-1], SHORT, step=1, ticks=(8, 16)),
    seed=Counter("start number", SEEDS[0], SEEDS[-1], 0, on_release=True),
)
def longer(figure: Figure, length: float, seed: int) -> str:
    """Draw how often a recurrent and a feedforward network know the parity, by the length of the sequence."""
    ax = figures.axes(figure)
    ax.set_position((0.115, 0.16, 0.6, 0.74))
    bits, found = int(length), {}
    looks = (("recurrent", figures.BLUE, "o-"), ("feedforward", figures.RED, "s--"))
    for (name, colour, dashes), shares in zip(looks, right_by_length(seed), strict=True):
        right = 100 * shares
        shown = min(bits, len(right))
        ax.plot(LENGTHS[:shown], right[:shown], dashes, color=colour, markersize=4, label=name)
        found[name] = right[bits - 1] if bits <= len(right) else np.nan
        ax.plot([bits], [found[name]], dashes[0], color=colour, markersize=12, clip_on=False)
    ax.axvspan(0, SHORT + 0.5, color="#F0F0F0", zorder=0)
    ax.axhline(50, color=GREY, linewidth=0.8, linestyle=":")
    ax.axvline(bits, color=GREY, linewidth=1)
    ax.set(xlabel="bits in the sequence", ylabel="right of 100", xlim=(0.5, 40.5), ylim=(-4, 108))
    ax.text(SHORT / 2 + 0.7, 9, "learnt", ha="center", fontsize=12)
    figures.legend(ax, "center left", bbox_to_anchor=(1.0, 0.5))
    words = ", ".join(f"{name} {_roughly(share)}" for name, share in found.items())
    count = "1 bit" if bits == 1 else f"{bits} bits"
    ax.set_title(f"{count}: {words}")
    return (
        f"How often two networks know the parity, by length, from start number {seed}. Sequences "
        f"of {count}: {words}."
    )


def _roughly(share: float) -> str:
    """Return a share of 100 as text that another processor would write too."""
    if np.isnan(share):
        return "has no inputs"
    if share < 40:
        return "below 40 of 100"
    return "guesses" if share < 60 else "above 90 of 100" if share > 90 else "60 to 90 of 100"


@picture(size=(7.6, 3.6))
def parity_losses(figure: Figure, history: History) -> str:
    """Draw the loss by epoch while a recurrent network learns odd and even."""
    ax = figures.axes(figure)
    ax.plot(range(1, len(history.loss) + 1), history.loss, color=figures.BLUE)
    ax.axhline(np.log(2), color=GREY, linestyle=":", linewidth=1.4)
    ax.text(len(history.loss), np.log(2) + 0.02, "guessing", ha="right")
    ax.set(xlabel="epoch", ylabel="loss", ylim=(0, 0.8))
    ax.set_title("slow, then sudden: the rule is found")
    return (
        "The loss of the recurrent network by epoch: it starts at that of guessing, 0.69, falls "
        "slowly at first, then steeply within a few epochs, and is near 0 for most of the 150."
    )
