"""Experts and their gate: who decides where, and who gets no work at all."""

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import figures
from nnlib.chapters.kit.controls import Choice, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.many_networks.experiments.sharing import (
    EPOCHS,
    EVERY,
    EXPERTS,
    GROUNDS,
    gated,
    learn_chessboard,
    learn_ground,
    share_right,
    squared_error,
    work_of_experts,
)
from nnlib.network import Network

SIDE = 45
LINE = np.linspace(-1, 1, SIDE)
GRID = np.stack(np.meshgrid(LINE, LINE), axis=-1).reshape(-1, 2)
LEVELS = np.linspace(-2.4, 2.4, 13)
BALANCES = (0.0, 0.05, 0.2)
COLOURS = (figures.BLUE, figures.RED, figures.GREEN, figures.NEGATIVE)


@demo(
    size=(8.4, 3.5),
    step=Steps("moment", EPOCHS // EVERY, EPOCHS // EVERY, interval=500),
    ground=Choice("ground", list(GROUNDS), "patchwork"),
)
def experts(figure: Figure, step: int, ground: str) -> str:
    """Draw the ground, what the mixture and the single network make of it, and where each expert decides."""
    places = figures.axes(figure, columns=3)
    mixture, single = (learn_ground(kind, ground)[step] for kind in ("mixture", "single"))
    wrong = {one: squared_error(one, ground) for one in (mixture, single)}
    _draw_heights(places[0], GROUNDS[ground](GRID))
    for ax, network in zip(places[1:], (mixture, single), strict=True):
        _draw_heights(ax, network.predict(GRID)[:, 0])
    _draw_borders(places[1], mixture)
    places[0].set_title(f"{ground}, epoch {EVERY * step}")
    places[1].set_title(f"mixture: {wrong[mixture]:.3f}")
    places[2].set_title(f"single: {wrong[single]:.3f}")
    figure.subplots_adjust(left=0.03, right=0.97, top=0.9, bottom=0.04, wspace=0.08)
    better = "smaller" if wrong[mixture] < wrong[single] else "larger"
    return (
        f"The {ground} from above, the bluer the higher, and beside it what a mixture of four "
        f"experts and a single network make of it after epoch {EVERY * step}. The mixture's "
        f"squared error is the {better} one. Lines part the regions of the experts."
    )


def _draw_heights(ax: Axes, heights: np.ndarray) -> None:
    """Draw heights (SIDE², ) over the square in bands."""
    z = np.clip(heights.reshape(SIDE, SIDE), LEVELS[0], LEVELS[-1])
    ax.contourf(LINE, LINE, z, levels=LEVELS, cmap=figures.HEIGHTS)
    ax.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal")
    if len(ax.get_xticks()):
        ax.set(xticks=[], yticks=[])


@cache
def _leads(network: Network) -> np.ndarray:
    """Return by how much each expert's share is above that of all others (EXPERTS, SIDE, SIDE)."""
    g = gated(network).shares(GRID).T.reshape(EXPERTS, SIDE, SIDE)
    return np.stack([g[k] - np.delete(g, k, axis=0).max(axis=0) for k in range(EXPERTS)])


def _draw_borders(ax: Axes, network: Network) -> None:
    """Draw the regions' borders, and the number of its expert in each."""
    for k, lead in enumerate(_leads(network)):
        mine = lead > 0
        if 0 < mine.mean() < 1:
            ax.contour(LINE, LINE, lead, levels=[0], colors=figures.INK, linewidths=1.6)
        if mine.mean() > 0.02:
            row, column = np.argwhere(mine).mean(axis=0).round().astype(int)
            box = {"facecolor": "white", "edgecolor": figures.INK, "boxstyle": "circle,pad=0.25"}
            ax.text(LINE[column], LINE[row], str(k + 1), ha="center", va="center", bbox=box)


@demo(
    size=(8.4, 3.6),
    balance=Choice("balance λ", list(BALANCES), 0.0),
    seed=Steps("seed", 7, 5, interval=900),
)
def balance(figure: Figure, balance: float, seed: int) -> str:
    """Draw what the mixture answers on a chessboard, and how much each expert works."""
    left, right = figures.axes(figure, columns=2)
    network = learn_chessboard(balance, seed)[-1]
    z = network.predict(GRID)[:, 0].reshape(SIDE, SIDE)
    most = max(1.0, 2 * float(np.abs(z).max()))
    left.contourf(LINE, LINE, z, levels=[-most, 0, most], colors=figures.CLASS_TINTS)
    _draw_squares(left)
    _draw_borders(left, network)
    work, right_answers = work_of_experts(network), share_right(network)
    right.bar(range(1, EXPERTS + 1), 100 * work, color=COLOURS, width=0.7)
    for k, share in enumerate(100 * work):
        right.text(k + 1, share + 2, f"{share:.0f}", ha="center")
    right.set(xlabel="expert", ylabel="share of the work (%)", ylim=(0, 85), xlim=(0.4, 4.6))
    if right.get_xticks().tolist() != [1, 2, 3, 4]:
        right.set_xticks(range(1, EXPERTS + 1))
    right.set_title(f"λ = {balance:g}, seed {seed}: {100 * right_answers:.0f} of 100 right")
    figure.subplots_adjust(left=0.05, right=0.97, bottom=0.16)
    left.set_position((0.03, 0.06, 0.4, 0.82))
    right.set_position((0.55, 0.17, 0.42, 0.71))
    told = "more than" if right_answers > 0.8 else "fewer than"
    idle = int((work < 0.05).sum())
    words = "every expert works" if idle == 0 else f"{idle} of four experts hardly works"
    return (
        f"A chessboard of 3 × 3 squares, learnt by four experts with balance λ = {balance:g} from "
        f"seed {seed}: {words}, and {told} 80 of 100 points are right."
    )


def _draw_squares(ax: Axes) -> None:
    """Draw the borders of the squares as they are."""
    for place in (-1 / 3, 1 / 3):
        ax.axhline(place, color="#888888", linestyle=":", linewidth=1.4)
        ax.axvline(place, color="#888888", linestyle=":", linewidth=1.4)
    ax.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal", title="answers, and who decides")
    if len(ax.get_xticks()):
        ax.set(xticks=[], yticks=[])
