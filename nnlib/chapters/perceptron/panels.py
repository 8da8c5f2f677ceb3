"""The panels of chapter 01: a vote, the line it draws, how it moves by learning, and a vote of pixels."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Choice, Counter, Slider, Steps
from nnlib.chapters.kit.demo import demo, picture
from nnlib.chapters.kit.touch import Touch, Values
from nnlib.chapters.perceptron.experiments import (
    STEPS,
    Step,
    learning_data,
    learning_steps,
    mistakes_by_gap,
    train_digit_voter,
)
from nnlib.datasets import truth_table

PLANE = (-0.6, 1.6, -0.6, 1.6)
WIDE_PLANE = (-5.4, 5.4, -3, 3)
PROBLEMS = ["two clouds apart", "two clouds that touch", "XOR"]


@picture(size=(7.6, 3.0))
def neuron(figure: Figure) -> str:
    """Draw a perceptron with two inputs: votes come in from the left, the answer leaves on the right."""
    ax = figure.subplots()
    activations = [[1.0, 0.0, 1.0], [0.2], [1.0]]
    weights = [np.array([[1.0], [0.6], [-0.8]]), np.array([[1.0]])]
    drawings.network(ax, activations, weights, labels=[["1", "0", "1"], ["0.2"], ["1"]])
    names = ((-0.14, 0.33, "dry: x₁"), (-0.14, 0, "friend: x₂"), (-0.14, -0.33, "always 1"))
    for across, up, text in names:
        ax.text(across, up, text, ha="right", va="center")
    for across, up, text in ((1, 0.17, "votes: z"), (2, 0.17, "answer: a"), (1.5, 0, "above 0?")):
        ax.text(across, up, text, ha="center", va="center", backgroundcolor="white")
    for up, text in ((0.2, "w₁ = 1.0"), (0, "w₂ = 0.6"), (-0.2, "b = −0.8")):
        ax.text(0.4, up, text, ha="center", va="center", backgroundcolor="white")
    figure.subplots_adjust(left=0, right=1, top=1, bottom=0)
    return (
        "A perceptron with two inputs: x₁ = 1 with weight 1.0, x₂ = 0 with weight 0.6, and the "
        "bias −0.8. The votes sum to z = 0.2, which is above 0, so the answer is a = 1."
    )


@demo(
    w1=Slider("weight w₁ (dry)", -2, 2, 1.0),
    w2=Slider("weight w₂ (friend)", -2, 2, 0.6),
    b=Slider("bias b", -2, 2, -0.8),
)
def vote(figure: Figure, w1: float, w2: float, b: float) -> str:
    """Draw the four answers of a perceptron with two yes-or-no inputs, and the line between them."""
    ax = figures.axes(figure)
    x, _ = truth_table([0, 0, 0, 0])
    w = np.array([w1, w2])
    votes = (x @ w + b).round(10)  # 0.1 + 0.2 − 0.3 is 0 for a reader
    answers = (votes > 0).astype(int)
    drawings.decision_regions(ax, lambda grid: grid @ w + b, PLANE)
    drawings.points(ax, x, answers, names=("answer 0: stay", "answer 1: go"), size=180)
    for corner, z in zip(x, votes, strict=True):
        text = figures.minus(f"z = {z:+.1f}") if z else "z = 0"
        (across, up), side = _beside(corner, w, b)
        ax.text(across, up, text, ha=side, va="center")
    ax.set(xlabel="x₁  (dry?)", ylabel="x₂  (friend comes?)", xticks=[0, 1], yticks=[0, 1])
    first = figures.minus(f"{w1:.1f}")
    ax.set_title(f"z = {first} x₁ {figures.added(w2)} x₂ {figures.added(b)}")
    drawings.legend_right(figure)
    rows = ", ".join(
        f"({c[0]:.0f}, {c[1]:.0f}) gives {answer}" for c, answer in zip(x, answers, strict=True)
    )
    weights = figures.minus(f"w₁ = {w1:.1f}, w₂ = {w2:.1f} and b = {b:.1f}")
    return f"With {weights} the perceptron answers: {rows}."


def _beside(corner: np.ndarray, w: np.ndarray, b: float) -> tuple[np.ndarray, str]:
    """Return where a text beside a point begins, or ends, and "left" or "right": off the line w·x + b = 0 if it can."""
    size, places = np.array([0.42, 0.14]), []
    for across, side in ((1, "left"), (-1, "right")):
        for up in (1, -1):
            near = corner + np.array([across * 0.07, up * 0.13])
            ends = near + np.array([[0, -0.5], [0, 0.5], [across, -0.5], [across, 0.5]]) * size
            z = ends @ w + b
            places.append((bool(z.min() < 0 < z.max()), near, side))
    _, near, side = min(places, key=lambda place: place[0])  # the first, if all are alike
    return near, side


def _tip_at(x: float, y: float, now: Values) -> dict[str, float]:
    """Let w point at (x, y) and its arrow, which begins at the boundary, end there: length − b/length = ‖(x, y)‖."""
    reach = float(np.hypot(x, y))
    length = (reach + np.sqrt(max(reach**2 + 4 * now["b"], 0))) / 2
    return {"angle": np.rad2deg(np.arctan2(y, x)) % 360, "length": length}


@demo(
    touch=Touch(to=_tip_at, what="the tip of w"),
    angle=Slider("direction of w (degrees)", 0, 360, 30, step=5),
    length=Slider("length of w", 0.5, 3, 1.5),
    b=Slider("bias b", -3, 3, -2.0),
)
def line(figure: Figure, angle: float, length: float, b: float) -> str:
    """Draw the boundary w·x + b = 0 and the arrow w, for w of a given direction (degrees) and length."""
    ax = figures.axes(figure)
    radians = np.deg2rad(angle)
    direction = np.array([np.cos(radians), np.sin(radians)])
    w = (length * direction).round(10) + 0.0  # a zero without a minus sign
    distance = 0.0 - b / length
    foot = distance * direction
    drawings.decision_regions(ax, lambda grid: grid @ w + b, WIDE_PLANE)
    drawings.arrow(ax, foot, foot + w, figures.POSITIVE)
    _name_sides(ax, w, b, foot)
    ax.plot([0, foot[0]], [0, foot[1]], ":", color=figures.INK)
    ax.plot(0, 0, "o", color=figures.INK)
    ax.set(xlabel="x₁", ylabel="x₂", aspect="equal")
    weights = f"w = ({w[0]:.2f}, {w[1]:.2f}),  b = {b:.1f}"
    ax.set_title(figures.minus(f"{weights};  from origin to line: {distance:.2f}"))
    bias = figures.minus(f"b = {b:.1f}")
    return (
        f"The arrow w points {angle:.0f}° round with length {length:.1f}, {bias}; the boundary is "
        f"at right angles to it, {abs(distance):.2f} from the origin, "
        f"{'along' if distance >= 0 else 'against'} w; where w points to, the answer is 1."
    )


def _name_sides(ax: Axes, w: np.ndarray, b: float, foot: np.ndarray) -> None:
    """Write w beside the arrow from ``foot``, and the answers into corners that lie on their side of the line."""
    middle = foot + w / 2
    across = np.array([-w[1], w[0]]) / np.hypot(*w)
    beside = {"ha": "center", "va": "center", "clip_on": True}
    ax.text(*(middle + 0.35 * across), "w", weight="bold", **beside)
    corners = np.array([[-4.2, -2.6], [-4.2, 2.6], [4.2, -2.6], [4.2, 2.6]])
    ends = corners + np.array([1.0, 0.3]) * np.array([[[-1, -1]], [[-1, 1]], [[1, -1]], [[1, 1]]])
    z = ends @ w + b
    for answer, fits in enumerate(((z < 0).all(axis=0), (z > 0).all(axis=0))):
        if fits.any():
            places = corners[fits]
            farthest = places[np.hypot(*(places - middle).T).argmax()]
            ax.text(*farthest, f"answer {answer}", **beside)


@demo(
    problem=Choice("problem", PROBLEMS, "two clouds apart"),
    step=Steps("steps of learning", STEPS, value=1),
)
def learning(figure: Figure, problem: str, step: int) -> str:
    """Draw the boundary after ``step`` mistakes, with the example that was the last mistake in a ring."""
    ax = figures.axes(figure)
    x, y = learning_data(problem)
    steps = learning_steps(problem)
    now = steps[min(step, len(steps) - 1)]
    _draw_step(ax, x, y, now)
    drawings.legend_right(figure)
    wrong = int(((x @ now.w + now.b > 0) != y).sum())
    done = ": nothing left to learn" if wrong == 0 else ""
    ax.set_title(f"step {step}: {wrong} of {len(x)} points are wrong{done}")
    ringed = "no point"
    if now.example is not None:
        across, up = x[now.example]
        ringed = figures.minus(f"the point ({across:.1f}, {up:.1f})")
    weights = figures.minus(f"w = ({now.w[0]:.1f}, {now.w[1]:.1f}), b = {now.b:.0f}")
    state = f"{problem}, after step {step}: {wrong} of {len(x)} points are wrong; {weights}"
    return f"{state}; {ringed} was learnt from last{done}."


def _draw_step(ax: Axes, x: np.ndarray, y: np.ndarray, now: Step) -> None:
    reach = float(np.abs(x).max()) + 0.7
    limits = (-1.6 * reach, 1.6 * reach, -reach, reach)
    drawings.decision_regions(ax, lambda grid: grid @ now.w + now.b, limits)
    drawings.points(ax, x, y)
    if now.example is not None:
        ring = {"facecolor": "none", "edgecolor": figures.INK, "linewidth": 2, "zorder": 5}
        ax.scatter(*x[now.example], s=330, **ring)
    ax.set(xlabel="x₁", ylabel="x₂")


@demo(gap=Slider("gap between the classes", 0.05, 1.0, 0.3, step=0.05))
def classes_apart(figure: Figure, gap: float) -> str:
    """Draw two classes a ``gap`` apart, and say how many mistakes were made beside how many there may be."""
    ax = figures.axes(figure)
    x, y, mistakes, bound, w, b = mistakes_by_gap(round(gap, 3))
    drawings.decision_regions(ax, lambda grid: grid @ w + b, (-3.6, 3.6, -2.6, 2.6))
    ax.lines[0].set_label("learnt line")
    drawings.points(ax, x, y)
    cut = {"color": figures.INK, "linewidth": 1, "linestyle": ":", "label": "the middle"}
    ax.plot([-3, 5], [3 + np.sqrt(2), np.sqrt(2) - 5], **cut)
    ax.set(xlabel="x₁", ylabel="x₂")
    ax.set_title(f"gap {gap:.2f}: {mistakes} mistakes made, at most (R/γ)² = {bound:,.0f}")
    drawings.legend_right(figure)
    return (
        f"Two classes a gap of {gap:.2f} apart: the perceptron makes {mistakes} mistakes before it "
        f"makes no more; Novikoff's bound allows {bound:,.0f}."
    )


@picture(size=(7.6, 3.6))
def mistakes_and_bounds(figure: Figure, mistakes: np.ndarray, bounds: np.ndarray) -> str:
    """Draw mistakes (n,) and bounds (n,) for the gaps 0.05, 0.10, … on a logarithmic scale."""
    ax = figures.axes(figure)
    gaps = 0.05 * np.arange(1, len(mistakes) + 1)
    ax.semilogy(gaps, bounds, "--", color=figures.RED)
    ax.semilogy(gaps, mistakes, "o-", color=figures.BLUE)
    ax.text(gaps[-1], 2 * bounds[-1], "bound (R/γ)²", color=figures.DARK_RED, ha="right")
    ax.text(gaps[-1], 1.5 * mistakes[-1], "mistakes made", color=figures.BLUE, ha="right")
    ax.set(xlabel="gap between the classes", ylabel="number of mistakes", ylim=(1, None))
    return (
        "Mistakes made and Novikoff's bound for gaps from 0.05 to 1, on a logarithmic scale. The "
        "mistakes rise unevenly as the gap narrows, from fewer than ten to dozens, and always stay "
        "far below the bound, which rises from below a hundred to above ten thousand."
    )


@demo(size=(7.6, 3.5), example=Counter("test digit", 0, 106, 4))
def digit_vote(figure: Figure, example: int) -> str:
    """Draw one unseen digit, the weights, and their product: which pixels voted for 8 and which for 3."""
    left, middle, right = figures.axes(figure, columns=3)
    perceptron, images, labels = train_digit_voter()
    image, w = images[example], perceptron.w.reshape(8, 8)
    z = float((w * image).sum() + perceptron.b)
    answer, truth = (8 if z > 0 else 3), (8 if labels[example] else 3)
    left.imshow(image, cmap="gray_r")
    left.set_axis_off()
    drawings.weight_image(middle, w)
    drawings.weight_image(right, w * image)
    for ax in (left, middle, right):
        drawings.frames(ax, (8, 8))
    names = "votes for 8", "votes for 3"
    drawings.votes_key(middle, names, bbox_to_anchor=(1.0, -0.02))
    titles = f"test digit {example}: a {truth}", "weights", "weights × pixels"
    for ax, title in zip((left, middle, right), titles, strict=True):
        ax.set_title(title)
    verdict = "right" if answer == truth else "wrong"
    votes = figures.minus(f"z = {z:.1f}")
    title = f"all votes and the bias: {votes}, so the answer is {answer}: {verdict}"
    figure.suptitle(title, fontsize=14)
    figure.subplots_adjust(left=0.03, right=0.97, top=0.8, bottom=0.12)
    return (
        f"Test digit {example} is a {truth}; its votes sum to {votes}, so the perceptron says "
        f"{answer}: {verdict}."
    )
