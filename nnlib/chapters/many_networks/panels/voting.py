"""The vote: a smooth border from nine rough ones, errors by the number of voters, and why mistakes cancel."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Counter, Slider
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.many_networks.experiments.voting import (
    SUBNETWORKS,
    VOTERS,
    WAYS,
    correlated_votes,
    errors_by_count,
    misread_by_subnetworks,
    misread_by_the_whole,
    train_on_moons,
)
from nnlib.ensembles import chances
from nnlib.history import History

TEAMS = {WAYS[0]: WAYS[0], WAYS[1]: "digits of their own"}
LOOKS = {WAYS[0]: (figures.BLUE, "--", "s"), WAYS[1]: (figures.GREEN, "-", "o")}
VOTES = {"mean of chances": "mean", "majority": "majority"}
MOST = 30  # voters in the picture of the formula


@picture(size=(8.4, 3.6))
def cover(figure: Figure) -> str:
    """Draw the borders of nine networks beside that of their vote."""
    left, right = figures.axes(figure, columns=2)
    x, y, networks = train_on_moons()
    limits = (-1.9, 2.9, -1.4, 1.9)
    across, up = np.linspace(*limits[:2], 80), np.linspace(*limits[2:], 60)
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    p = np.stack([chances(network, grid)[:, 1] for network in networks])
    for one in p:
        z = one.reshape(60, 80)
        left.contour(across, up, z, levels=[0.5], colors=figures.INK, linewidths=1.2)
    mean = p.mean(axis=0).reshape(60, 80)
    right.contourf(across, up, mean, levels=[0, 0.5, 1], colors=figures.CLASS_TINTS)
    right.contour(across, up, mean, levels=[0.5], colors=figures.INK, linewidths=2.4)
    for ax, title in ((left, "nine networks"), (right, "their vote")):
        drawings.points(ax, x, y, size=26)
        ax.set(xlim=limits[:2], ylim=limits[2:], title=title, xticks=[], yticks=[])
    figure.subplots_adjust(left=0.02, right=0.98, top=0.9, bottom=0.03, wspace=0.05)
    return (
        "Sixty points of two classes. On the left the borders that nine networks draw between "
        "them, each rough in a way of its own; on the right the border of their vote, which is "
        "smoother than any of the nine."
    )


@demo(
    size=(8.4, 3.8),
    count=Counter("voters", 1, VOTERS, 3),
    way=Choice("each learns from", list(WAYS), WAYS[1]),
    vote=Choice("vote", list(VOTES), "mean of chances"),
)
def voters(figure: Figure, count: int, way: str, vote: str) -> str:
    """Draw how many digits are misread by the number of voters, for voters who learnt alike and who did not."""
    ax = figures.axes(figure)
    numbers = np.arange(1, count + 1)
    for name, (colour, dashes, marker) in LOOKS.items():
        errors = 100 * errors_by_count(name, VOTES[vote])[:count]
        look = {"color": colour, "marker": marker, "markersize": 4, "label": TEAMS[name]}
        ax.plot(numbers, errors, dashes, linewidth=3.2 if name == way else 1.6, **look)
    now = 100 * errors_by_count(way, VOTES[vote])[count - 1]
    ax.plot([count], [now], LOOKS[way][2], color=figures.RED, markersize=11, zorder=5)
    ax.set(xlabel="voters", ylabel="misread, of 100", xlim=(0.5, 15.5), ylim=(7, 14))
    team = way if count == 1 else TEAMS[way]
    ax.set_title(f"{_voters(count)}, {team}: {now:.1f} of 100 misread")
    figures.legend(ax, "upper right")
    figure.subplots_adjust(left=0.1, right=0.97)
    return (
        f"{_voters(count).capitalize()}, {vote}, each of which learnt from {way}: about "
        f"{now:.0f} of 100 test digits are misread. {_told(count)}"
    )


def _told(count: int) -> str:
    """Return what the curves of both teams look like so far."""
    if count == 1:
        return "A dot for each team: voters with the same digits, and with digits of their own."
    lower = ", the lower one for those with digits of their own" if count > 2 else ""
    return f"Two curves from 1 to {count} voters, one for each team{lower}."


def _voters(count: int) -> str:
    return "1 voter" if count == 1 else f"{count} voters"


@demo(
    size=(8.4, 3.8),
    rho=Slider("correlation ρ", 0, 1, 0, step=0.05, ticks=(0.55, 0.75)),
    count=Counter("voters", 1, MOST, 10),
)
def cancelling(figure: Figure, rho: float, count: int) -> str:
    """Draw the errors of one voter and of the mean of several, and the variance by the number of voters."""
    left, right = figures.axes(figure, columns=2)
    rho = round(rho, 2)
    errors = correlated_votes(rho, MOST, 4000, np.random.default_rng(0))
    mean = errors[:count].mean(axis=0)
    _draw_spread(left, errors[0], mean, count)
    _draw_variances(right, rho)
    right.plot([count], [rho + (1 - rho) / count], "o", color=figures.BLUE, markersize=11)
    right.set(xlabel="voters", ylabel="variance of their mean", xlim=(0, 31))
    right.set_ylim(-0.12, 1.08)
    if right.get_xticks().tolist() != [1, 10, 20, 30]:
        right.set_xticks([1, 10, 20, 30])
    now = rho + (1 - rho) / count
    right.set_title(f"ρ = {rho:.2f}, {_voters(count)}: {now:.2f}")
    figures.legend(right, "upper right" if rho < 0.6 else "lower right")
    figure.subplots_adjust(wspace=0.4)
    return (
        f"Errors of variance 1 with correlation ρ = {rho:.2f}: the mean of {_voters(count)} has "
        f"the variance {now:.2f} by the formula. It falls with more voters, but never below the "
        f"dashed line at {rho:.2f}."
    )


@cache
def _variances(rho: float) -> np.ndarray:
    """Return the variance of the mean of 1, 2, … voters, counted over 4,000 examples."""
    errors = correlated_votes(rho, MOST, 4000, np.random.default_rng(0))
    return (np.cumsum(errors, axis=0) / np.arange(1, MOST + 1)[:, None]).var(axis=1)


def _draw_variances(ax: Axes, rho: float) -> None:
    """Draw the variance of the mean by the number of voters, by the formula and counted, and its floor."""
    numbers = np.arange(1, MOST + 1)
    ax.plot(numbers, rho + (1 - rho) / numbers, "-", color=figures.BLUE, label="formula")
    ax.plot(numbers, _variances(rho), "x", color=figures.INK, markersize=5, label="counted")
    ax.axhline(rho, color=figures.RED, linestyle="--", linewidth=1.6)
    words = {"color": figures.DARK_RED, "fontsize": 12}
    ax.text(31, rho - 0.03, "floor ρσ²", ha="right", va="top", **words)


def _draw_spread(ax: Axes, one: np.ndarray, mean: np.ndarray, count: int) -> None:
    """Draw how the errors of one voter, and of the mean, are spread."""
    bins, highest = np.linspace(-3.5, 3.5, 36), 0.0
    looks = {"one": (one, "#999999", 4), "mean": (mean, figures.BLUE, 2.4)}
    for name, (values, colour, width) in looks.items():
        heights, edges = np.histogram(values, bins=bins, density=True)
        ax.stairs(heights, edges, color=colour, linewidth=width, label=name)
        highest = max(highest, float(heights.max()))
    ax.set(xlabel="error", ylabel="how often", xlim=(-3.5, 3.5), ylim=(0, 1.2 * highest))
    ax.set_title(f"one voter, and the mean of {count}")
    figures.legend(ax, "upper right")


@demo(size=(8.4, 3.6), count=Counter("sub-networks", 1, SUBNETWORKS, 1))
def masks(figure: Figure, count: int) -> str:
    """Draw how many digits the mean of several sub-networks misreads, and the whole network, scaled."""
    ax = figures.axes(figure)
    errors, whole = 100 * misread_by_subnetworks(), 100 * misread_by_the_whole()
    numbers = np.arange(1, SUBNETWORKS + 1)
    ax.plot(numbers, errors, "o-", color=figures.BLUE, markersize=4, label="mean of sub-networks")
    ax.axhline(whole, color=figures.RED, linestyle="--", label="the whole network, once")
    ax.plot([count], [errors[count - 1]], "o", color=figures.BLUE, markersize=11)
    ax.set(xlabel="sub-networks", ylabel="misread, of 100", xlim=(0, 41), ylim=(4.5, 8))
    some = "1 sub-network misreads" if count == 1 else f"{count} sub-networks misread"
    ax.set_title(f"{some} {errors[count - 1]:.1f} of 100, the whole {whole:.1f}")
    figures.legend(ax, "upper right")
    figure.subplots_adjust(left=0.1, right=0.97)
    who = f"The mean of {count} sub-networks that dropout leaves"
    if count == 1:
        who = "1 of the sub-networks that dropout leaves"
    return (
        f"{who} misreads {_roughly(errors[count - 1])} of 100 test digits; the whole network, "
        f"asked once, {_roughly(whole)}. The curve falls from about 7 for one sub-network towards "
        "the line of the whole network."
    )


def _roughly(percent: float) -> str:
    """Return what all machines agree on."""
    return "about 7" if percent > 6.5 else "5 or 6"


@picture(size=(7.6, 3.2))
def falling(figure: Figure, histories: Sequence[History]) -> str:
    """Draw the loss of several networks by epoch."""
    ax = figures.axes(figure)
    for history in histories:
        ax.plot(range(1, len(history.loss) + 1), history.loss, color=figures.BLUE, linewidth=1.6)
    ax.set(xlabel="epoch", ylabel="loss on its own digits", ylim=(0, 1.8))
    ax.set_title(f"{len(histories)} networks, one line each")
    ax.set_xticks(range(2, len(histories[0].loss) + 1, 2))
    figure.subplots_adjust(bottom=0.18)
    return (
        f"The loss of {len(histories)} networks by epoch, a line each: all fall in nearly the "
        "same way from more than 1 to less than 0.2, fast at first and then slowly."
    )
