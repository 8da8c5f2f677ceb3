"""Experts and their gate: who decides where, and who gets no work at all."""

from functools import cache
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Steps
from nnlib.chapters.kit.demo import demo
from nnlib.chapters.many_networks.experiments.sharing import (
    EPOCHS,
    EVERY,
    EXPERTS,
    GROUNDS,
    chessboard,
    gated,
    learn_chessboard,
    learn_ground,
    share_right,
    squared_error,
    work_of_experts,
)
from nnlib.network import Network

SIDE = 81
LINE = np.linspace(-1, 1, SIDE)
GRID = np.stack(np.meshgrid(LINE, LINE), axis=-1).reshape(-1, 2)
LEVELS = np.linspace(-2.4, 2.4, 13)
BALANCES = (0.0, 0.05, 0.2)
PLACES = np.array([-2 / 3, 0, 2 / 3])
CENTRES = np.stack(np.meshgrid(PLACES, PLACES), axis=-1).reshape(-1, 2)  # of the board's squares


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
    _draw_key(places[0])
    places[0].set_title(f"{ground}, epoch {EVERY * step}")
    places[1].set_title(f"mixture: error {wrong[mixture]:.3f}")
    places[2].set_title(f"single: error {wrong[single]:.3f}")
    figure.subplots_adjust(left=0.03, right=0.97, top=0.9, bottom=0.08, wspace=0.08)
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


def _draw_key(ax: Axes) -> None:
    """Draw, below a ground, which colour is low and which is high."""
    middles = (LEVELS[:-1] + LEVELS[1:]) / 2
    colours = figures.HEIGHTS(np.linspace(0, 1, len(middles)))
    ax.bar(middles / 4, 0.1, width=0.1, bottom=-1.17, color=colours, clip_on=False)
    for place, word, side in ((-0.66, "low", "right"), (0.66, "high", "left")):
        ax.text(place, -1.12, word, ha=side, va="center", fontsize=12)


@cache
def _scores(network: Network) -> np.ndarray:
    """Return log gₖ on the grid (EXPERTS, SIDE, SIDE): differences are linear, so borders are exact between points."""
    shares = np.maximum(gated(network).shares(GRID), 1e-300)
    return np.log(shares).T.reshape(EXPERTS, SIDE, SIDE)


def _draw_borders(ax: Axes, network: Network, avoid: np.ndarray | None = None) -> None:
    """Draw each border once, and the number of its expert in each region, beside the places (n, 2) to ``avoid``."""
    scores = _scores(network)
    highest = scores.max(axis=0)
    for one, other in combinations(scores, 2):
        lead = np.where(np.maximum(one, other) == highest, one - other, np.nan)
        if np.nanmin(lead, initial=0) < 0 < np.nanmax(lead, initial=0):
            ax.contour(LINE, LINE, lead, levels=[0], colors=figures.INK, linewidths=1.6)
    for k, score in enumerate(scores):
        mine = GRID[(score == highest).ravel()]
        if len(mine) > 0.02 * len(GRID):
            box = {"facecolor": "white", "edgecolor": figures.INK, "boxstyle": "circle,pad=0.25"}
            place = _place_for_number(mine, avoid)
            ax.text(*place, str(k + 1), ha="center", va="center", bbox=box, zorder=4)


def _place_for_number(region: np.ndarray, avoid: np.ndarray | None) -> np.ndarray:
    """Return the point of a region (n, 2) nearest to its middle that is free and not at the frame, if any is."""
    far = np.hypot(*(region - region.mean(axis=0)).T) + 4 * (np.abs(region).max(axis=1) > 0.87)
    if avoid is not None:
        gaps = np.hypot(*(region[:, None] - avoid).transpose(2, 0, 1)).min(axis=1)
        far = far + 4 * (gaps < 0.24)
    return region[far.argmin()]


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
    _draw_borders(left, network, avoid=CENTRES)
    work, right_answers = work_of_experts(network), share_right(network)
    _draw_work(right, work)
    right.set_title(f"λ = {balance:g}, seed {seed}: {100 * right_answers:.0f} of 100 right")
    figure.subplots_adjust(left=0.05, right=0.97, bottom=0.16)
    left.set_position((0.03, 0.06, 0.4, 0.82))
    right.set_position((0.55, 0.17, 0.42, 0.71))
    told = "more than" if right_answers > 0.8 else "fewer than"
    idle = int((work < 0.05).sum())
    words = "every expert works" if idle == 0 else f"{idle} of four experts hardly works"
    return (
        f"A chessboard of 3 × 3 squares, learnt by four experts with balance λ = {balance:g} from "
        f"seed {seed}: {words}, and {told} 80 of 100 points are right. The mark in "
        "each square of the board is its true class, a circle or a square; the tint is the answer."
    )


def _draw_work(ax: Axes, work: np.ndarray) -> None:
    """Draw the share of the work (EXPERTS,) that each expert does."""
    ax.bar(range(1, EXPERTS + 1), 100 * work, color="#999999", width=0.7)
    for k, share in enumerate(100 * work):
        ax.text(k + 1, share + 2, f"{share:.0f}", ha="center")
    ax.set(xlabel="expert", ylabel="share of the work (%)", ylim=(0, 85), xlim=(0.4, 4.6))
    if ax.get_xticks().tolist() != [1, 2, 3, 4]:
        ax.set_xticks(range(1, EXPERTS + 1))


def _draw_squares(ax: Axes) -> None:
    """Draw the borders of the squares as they are, and the mark of its class in each."""
    drawings.points(ax, CENTRES, chessboard(CENTRES), size=90)
    for place in (-1 / 3, 1 / 3):
        ax.axhline(place, color="#888888", linestyle=":", linewidth=1.4)
        ax.axvline(place, color="#888888", linestyle=":", linewidth=1.4)
    ax.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal", title="tint: answer, marks: truth")
    if len(ax.get_xticks()):
        ax.set(xticks=[], yticks=[])
