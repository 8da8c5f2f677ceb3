"""A teacher's soft answers, and what students make of them."""

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Slider
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.many_networks.experiments.measured import COUNTS, STUDENTS, TEMPERATURES
from nnlib.chapters.many_networks.experiments.voting import parts_of_mnist, train_teacher
from nnlib.ensembles import soft_targets

# Test digits that look a little like another one.
DOUBTFUL = {"a four": 445, "a seven": 509, "a three": 13, "a six": 513}
WARM = TEMPERATURES[1:]


@cache
def _logits(place: int) -> np.ndarray:
    """Return what the teacher says about a test digit, (1, 10)."""
    x, _ = parts_of_mnist()[2]
    return train_teacher().predict(x[place : place + 1])


@demo(
    size=(8.4, 3.6),
    temperature=Slider("temperature T", 1, 10, 4, step=0.5, ticks=(1, 4)),
    digit=Choice("digit", list(DOUBTFUL), next(iter(DOUBTFUL))),
)
def soft_answers(figure: Figure, temperature: float, digit: str) -> str:
    """Draw a digit, and what the teacher thinks of each class at a temperature."""
    left, right = figures.axes(figure, columns=2)
    x, y = parts_of_mnist()[2]
    place, T = DOUBTFUL[digit], round(temperature, 1)
    p = soft_targets(_logits(place), T)[0]
    left.imshow(x[place].reshape(28, 28), cmap="gray_r")
    left.set_axis_off()
    left.set_position((0.02, 0.17, 0.28, 0.7))
    left.set_anchor("N")
    left.set_title(f"label {y[place]}")
    right.set_position((0.4, 0.17, 0.57, 0.7))
    _draw_bars(right, p, int(y[place]))
    order = np.argsort(p)[::-1]
    right.set_title(f"T = {T:g}: class {order[0]} gets {100 * p[order[0]]:.0f} %")
    return (
        f"{digit.capitalize()}, and what the teacher thinks of the ten classes at temperature "
        f"T = {T:g}: most of it goes to {order[0]}, and then to {order[1]}. The higher T, the "
        "more alike are the bars."
    )


def _draw_bars(ax: Axes, p: np.ndarray, label: int) -> None:
    """Draw the chance of each class in per cent, that of the label in another colour."""
    colours = [figures.RED if k == label else figures.BLUE for k in range(10)]
    ax.bar(range(10), 100 * p, color=colours, width=0.7)
    for k, share in enumerate(100 * p):
        ax.text(k, share + 2, f"{share:.0f}" if share >= 0.5 else "", ha="center", fontsize=12)
    ax.set(xlabel="class", ylabel="soft target (%)", xlim=(-0.6, 9.6), ylim=(0, 112))
    if len(ax.get_xticks()) != 10:
        ax.set_xticks(range(10))


@demo(
    size=(8.4, 3.8),
    temperature=Choice("soft targets at T", list(WARM), 4.0),
    count=Choice("digits", list(COUNTS), 100),
)
def students(figure: Figure, temperature: float, count: int) -> str:
    """Draw how many test digits students read, by how many they learnt from: from labels, and from soft targets."""
    ax = figures.axes(figure)
    ends = {T: _draw_students(ax, T, count) for T in (None, temperature)}
    ax.axvspan(COUNTS.index(count) - 0.2, COUNTS.index(count) + 0.2, color="#EEEEEE", zorder=0)
    ax.set(xlabel="digits that the student learns from", ylabel="read, of 100", ylim=(70, 100))
    if len(ax.get_xticks()) != 5:
        ax.set_xticks(range(5), [f"{n:,}" for n in COUNTS])
    ax.axhline(95.8, color=figures.GREEN, linestyle=":", linewidth=2, label="the teacher")
    ax.set_title(
        f"{count:,} digits: {ends[None]:.1f} by labels, {ends[temperature]:.1f} by the teacher"
    )
    figures.legend(ax, "lower right")
    figure.subplots_adjust(left=0.1, right=0.97)
    return (
        f"Students that learn from {count:,} digits read {ends[None]:.1f} of 100 test digits by "
        f"labels alone and {ends[temperature]:.1f} by soft targets at T = {temperature:g}, means "
        "of five seeds. The two curves come closer with more digits; the teacher reads 95.8."
    )


def _draw_students(ax: Axes, T: float | None, count: int) -> float:
    """Draw the students of a temperature, or of labels alone: means, and a dot for each seed. Return one mean."""
    look = {"color": figures.BLUE, "marker": "o", "label": f"soft targets, T = {T or 0:g}"}
    if T is None:
        look = {"color": figures.INK, "marker": "s", "label": "labels alone"}
    found = np.array([STUDENTS[n, T] for n in COUNTS])
    ax.plot(range(5), found.mean(axis=1), "--" if T is None else "-", **look)
    shift = -0.06 if T is None else 0.06
    for place, values in enumerate(found):
        ax.plot([place + shift] * 5, values, ".", color=look["color"], markersize=6, alpha=0.6)
    return float(found[COUNTS.index(count)].mean())
