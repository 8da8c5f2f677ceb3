"""A gate that keeps or lets go, and how long plain and gated loops remember."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Slider
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.recurrent_networks.experiments.loops import random_bits
from nnlib.chapters.recurrent_networks.experiments.measured import GAPS, REMEMBERED
from nnlib.chapters.recurrent_networks.panels._unrolled import GREY

WORDS = 40


@demo(
    size=(8.4, 3.8),
    keep=Slider("kept at each step, u", 0, 1, 0.9, step=0.01, ticks=(0.5, 0.9)),
    second=Slider("bell rings again at step", 2, WORDS, 25, step=1),
)
def gate(figure: Figure, keep: float, second: float) -> str:
    """Draw a state that takes over a word when the bell rings, and in between keeps the share u of itself."""
    ax = figures.axes(figure)
    ax.set_position((0.115, 0.16, 0.645, 0.74))
    again = int(second)
    words, steps = 2 * random_bits(WORDS, 2) - 1, np.arange(1, WORDS + 1)
    rings = (steps == 1) | (steps == again)
    states = _kept(words, np.where(rings, 0.0, keep))
    ax.plot(steps, words, "o", color="#BBBBBB", markersize=5, label="words")
    star = {"color": figures.RED, "markeredgecolor": "white", "markersize": 19, "zorder": 5}
    ax.plot(steps[rings], words[rings], "*", **star, label="bell rings")
    ax.plot(steps, states, "-", color=figures.BLUE, label="state h")
    ax.plot(steps[-1:], states[-1:], "s", color=figures.BLUE, markersize=10, clip_on=False)
    ax.set(xlabel="step", ylabel="word or state", ylim=(-1.3, 1.3), yticks=[-1, 0, 1])
    ax.set_xlim(0.3, WORDS + 0.7)
    figures.legend(ax, "center left", bbox_to_anchor=(1.0, 0.5))
    since = WORDS - again
    left, end = _left(keep**since), figures.minus(f"{states[-1]:.2f}")
    steps_later = "1 step" if since == 1 else f"{since} steps"
    ax.set_title(f"u = {keep:.2f}: after {steps_later} {left} of the word is left")
    said = figures.minus(f"{words[again - 1]}")
    return (
        f"A state that keeps u = {keep:.2f} of itself at each step. At step {again} the bell rang "
        f"for the second time, with {said}; {steps_later} later {left} of that is left "
        f"among newer words, and the state is {end}."
    )


def _kept(words: np.ndarray, gates: np.ndarray) -> list[float]:
    """Return the state after each word (time,), of which the gate (time,) there keeps the share u."""
    h, states = 0.0, []
    for word, u in zip(words, gates, strict=True):
        h = u * h + (1 - u) * word
        states.append(h)
    return states


def _left(share: float) -> str:
    return "less than 0.001" if share < 0.0005 else f"{share:.3f}"


LOOKS = {
    "plain": ("plain", figures.RED, "s--"),
    "gated": ("gated", figures.BLUE, "o-"),
    "gated, half open": ("begun half open", figures.GREEN, "^-."),
}
BEST = "each at its best"


@demo(
    size=(8.4, 3.8),
    rate=Choice("learning rate η", [BEST, 0.003, 0.01, 0.03], BEST),
    gap=Choice("words since the bell", list(GAPS), 40),
)
def gaps(figure: Figure, rate: str | float, gap: int) -> str:
    """Draw how often each kind of loop knows what was said with the bell, by the number of words since."""
    ax = figures.axes(figure)
    ax.set_position((0.115, 0.16, 0.6, 0.74))
    found = {}
    for place, (kind, (name, colour, look)) in enumerate(LOOKS.items()):
        shares = [remembered(kind, words, rate) for words in GAPS]
        means = [float(np.mean(part)) for part in shares]
        across = np.array(GAPS) + 0.7 * (place - 1)
        for x, part in zip(across, shares, strict=True):
            ax.plot([x] * len(part), part, look[0], color=colour, markersize=4, alpha=0.6)
        ax.plot(across, means, look, color=colour, markersize=9, label=name)
        found[name] = means[GAPS.index(gap)]
    ax.axhline(50, color=GREY, linewidth=0.8, linestyle=":")
    ax.text(5.6, 51, "guessing", va="bottom", fontsize=12)
    ax.axvspan(gap - 2.2, gap + 2.2, color="#F0F0F0", zorder=0)
    ax.set_xticks(GAPS)
    ax.set(xlabel="words since the bell", ylabel="right of 100", xlim=(5, 65), ylim=(40, 104))
    figures.legend(ax, "center left", bbox_to_anchor=(1.0, 0.5))
    words = ", ".join(f"{kind} {mean:.0f}" for kind, mean in found.items())
    ax.set_title(f"{gap} words: {words} of 100")
    chosen = "each at its best η" if rate == BEST else f"η = {rate:g}"
    return (
        f"A plain loop, a gated one, and one begun half open, means of five seeds, {chosen}: {gap} "
        f"words after the bell they know what was said with it in {words} of 100."
    )


def remembered(kind: str, gap: int, rate: str | float) -> list[float]:
    """Return the five shares measured with a learning rate, or with the one whose mean is best."""
    by_rate = REMEMBERED[kind, gap]
    return max(by_rate.values(), key=np.mean) if rate == BEST else by_rate[float(rate)]
