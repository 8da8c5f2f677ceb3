"""More examples, and the right ones; and all remedies together."""

import numpy as np
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Counter
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.regularization.experiments.measured import MISREAD, NUMBERS
from nnlib.chapters.regularization.experiments.remedies import learn_lopsided_sample, rescue_by

SEEDS = range(3)
LISTED = ("plain", "early stopping", "L2", "dropout", "crops and noise", "all together")


@demo(
    way=Choice("held back by", ["L2", "dropout", "noise"], "noise"),
    wrong=Choice("wrong labels of 100", [0, 10, 20], 10),
)
def learning_curve(figure: Figure, way: str, wrong: int) -> str:
    """Draw the share of new digits that are misread, by how many were learnt from, plain and with a remedy.

    Lines are means of five draws; shades go from the lowest to the highest of them.
    """
    ax = figures.axes(figure)
    if ax.get_xscale() != "log":
        ax.set_xscale("log")
        ax.minorticks_off()
        ax.set_xticks(NUMBERS, [str(number) for number in NUMBERS])
    words = []
    for name, colour, style in (("plain", figures.RED, "s--"), (way, figures.BLUE, "o-")):
        draws = np.array(MISREAD[name, wrong])
        means = draws.mean(axis=1)
        label = name if name == "plain" else f"with {name}"
        ax.plot(NUMBERS, means, style, color=colour, label=label)
        ax.fill_between(NUMBERS, draws.min(axis=1), draws.max(axis=1), color=colour, alpha=0.15)
        words.append(f"{means[0]:.0f} and {means[-1]:.0f} of 100")
    ax.set(xlabel="digits to learn from", ylabel="new digits misread (%)")
    ax.set(xlim=(45, 900), ylim=(0, 45), title=f"{wrong} wrong labels of 100, five draws")
    figures.legend(ax, loc="upper right")
    return (
        f"New digits misread after learning from 50 and from 800 digits, {wrong} of 100 labels "
        f"wrong, means of five draws and their spread: {words[0]} plain, {words[1]} with {way}."
    )


@demo(
    digit=Counter("the rare digit", 0, 9, 8, on_release=True, ticks=(8,)),
    count=Choice("how many of 200", [0, 1, 2, 5, 10, 20], 1),
)
def lopsided_sample(figure: Figure, digit: int, count: int) -> str:
    """Draw how many of each digit are read if one digit is rare among those learnt from."""
    ax = figures.axes(figure)
    shares = 100 * learn_lopsided_sample(digit, count)
    bars = ax.bar(range(10), shares, color=figures.BLUE, width=0.7)
    bars[digit].set(color=figures.RED)
    ax.text(digit, shares[digit] + 1.5, f"{shares[digit]:.0f}", ha="center", weight="bold")
    ax.axhline(shares.mean(), color=figures.INK, linestyle=":", linewidth=1.5)
    ax.set(xticks=range(10), xlabel="digit", ylabel="read (%)", ylim=(0, 108), xlim=(-0.6, 9.6))
    ax.set_title(f"200 digits, {count} of kind {digit}; mean {shares.mean():.0f} %")
    return (
        f"Learnt from 200 digits, {count} of them of kind {digit}: about {shares[digit]:.0f} of "
        f"100 new digits of this kind are read, and about {shares.mean():.0f} of 100 on average "
        "over all kinds (dotted)."
    )


@picture(size=(8.4, 3.6))
def rescue(figure: Figure) -> str:
    """Draw, a row for each remedy, the share of test digits read with three draws of the examples."""
    ax = figures.axes(figure)
    for row, way in enumerate(LISTED):
        shares = [100 * rescue_by(way, seed) for seed in SEEDS]
        ax.plot(shares, [row] * len(shares), "o", color=figures.BLUE, markersize=8, alpha=0.7)
        ax.plot([np.mean(shares)] * 2, [row - 0.3, row + 0.3], color=figures.INK)
    ax.set(yticks=range(len(LISTED)), yticklabels=LISTED, ylim=(len(LISTED) - 0.5, -0.5))
    ax.set(xlim=(76, 100), xlabel="test digits read (%): dots are draws, lines their means")
    figure.subplots_adjust(left=0.22, bottom=0.18, top=0.96)
    return (
        "Shares of test digits read for six ways to learn 200 digits with twenty wrong labels: "
        "lowest for plain, higher with early stopping, L2 or dropout, highest with augmentation "
        "and with all together."
    )
