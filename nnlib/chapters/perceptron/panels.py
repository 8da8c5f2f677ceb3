"""The widgets of chapter 01. Each ``draw_x(figure, …)`` draws and returns the alt text; each ``x()`` is its panel."""

from functools import cache

import numpy as np
from matplotlib.figure import Figure

from nnlib.batches import stratified_split
from nnlib.chapters.kit import drawings, figures
from nnlib.chapters.kit.controls import Steps, choice, counter, slider
from nnlib.chapters.kit.panel import Panel
from nnlib.datasets import blobs, load_digits, truth_table
from nnlib.perceptron import Perceptron


def neuron() -> None:
    """Show the picture of a perceptron with two inputs: votes come in from the left, the answer leaves on the right."""
    figure = figures.figure(7.6, 3.0)
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
    figures.show(
        figure,
        alt="A perceptron with two inputs: x₁ = 1 with weight 1.0, x₂ = 0 with weight 0.6, and the bias −0.8. "
        "The votes sum to z = 0.2, which is above 0, so the answer is a = 1.",
    )


PLANE = (-0.6, 1.6, -0.6, 1.6)


def draw_vote(figure: Figure, w1: float, w2: float, b: float) -> str:
    """Draw the four answers of a perceptron with two yes-or-no inputs, and the line between them."""
    ax = figures.axes(figure)
    x, _ = truth_table([0, 0, 0, 0])
    w = np.array([w1, w2])
    votes = (x @ w + b).round(10)  # 0.1 + 0.2 − 0.3 is 0 for a reader
    answers = (votes > 0).astype(int)
    drawings.decision_regions(ax, lambda grid: grid @ w + b, PLANE)
    drawings.points(ax, x, answers, names=("answer 0: stay", "answer 1: go"), size=180)
    for corner, z in zip(x, votes, strict=True):
        ax.text(
            corner[0] + 0.08, corner[1] + 0.06, figures.minus(f"z = {z:+.1f}") if z else "z = 0"
        )
    ax.set(xlabel="x₁  (dry?)", ylabel="x₂  (friend comes?)", xticks=[0, 1], yticks=[0, 1])
    ax.set_title(figures.minus(f"z = {w1:.1f} x₁ {w2:+.1f} x₂ {b:+.1f}"))
    drawings.legend_right(figure)
    rows = ", ".join(
        f"({c[0]:.0f}, {c[1]:.0f}) gives {answer}" for c, answer in zip(x, answers, strict=True)
    )
    weights = figures.minus(f"w₁ = {w1:.1f}, w₂ = {w2:.1f} and b = {b:.1f}")
    return f"With {weights} the perceptron answers: {rows}."


def vote() -> Panel:
    """Three sliders for the two weights and the bias of a vote."""
    return Panel(
        draw_vote,
        w1=slider("weight w₁ (dry)", -2, 2, 1.0),
        w2=slider("weight w₂ (friend)", -2, 2, 0.6),
        b=slider("bias b", -2, 2, -0.8),
    )


def draw_line(figure: Figure, angle: float, length: float, b: float) -> str:
    """Draw the boundary w·x + b = 0 and the arrow w, for w of a given direction (degrees) and length."""
    ax = figures.axes(figure)
    radians = np.deg2rad(angle)
    direction = np.array([np.cos(radians), np.sin(radians)])
    w = (length * direction).round(10) + 0.0  # a zero without a minus sign
    distance = 0.0 - b / length
    foot = distance * direction
    drawings.decision_regions(ax, lambda grid: grid @ w + b, (-5.4, 5.4, -3, 3))
    drawings.arrow(ax, foot, foot + w, figures.POSITIVE)
    ax.plot([0, foot[0]], [0, foot[1]], ":", color=figures.INK)
    ax.plot(0, 0, "o", color=figures.INK)
    ax.set(xlabel="x₁", ylabel="x₂", aspect="equal")
    ax.set_title(
        figures.minus(
            f"w = ({w[0]:.2f}, {w[1]:.2f}),  b = {b:.1f};  from origin to line: {distance:.2f}"
        )
    )
    bias = figures.minus(f"b = {b:.1f}")
    return (
        f"The arrow w points {angle:.0f}° round with length {length:.1f}, {bias}; the boundary is at right angles "
        f"to it, {abs(distance):.2f} from the origin, {'along' if distance >= 0 else 'against'} w."
    )


def line() -> Panel:
    """Three sliders for the direction and length of w, and for b."""
    return Panel(
        draw_line,
        angle=slider("direction of w (degrees)", 0, 360, 30, step=5),
        length=slider("length of w", 0.5, 3, 1.5),
        b=slider("bias b", -3, 3, -2.0),
    )


Step = tuple[np.ndarray, float, int | None]


@cache
def learning_data(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the points and labels (0, 1) of one of the three problems that ``learning`` offers."""
    if name == "XOR":
        return truth_table([0, 1, 1, 0])
    rng = np.random.default_rng(8)
    return blobs(30, rng=rng, distance=3.6 if name == "two clouds apart" else 2.0, spread=0.75)


@cache
def learning_steps(name: str, most: int = 40) -> list[Step]:
    """Return (w, b, the example of the mistake) at the start and after each mistake, at most ``most`` of them."""
    x, y = learning_data(name)
    perceptron = Perceptron(2)
    steps: list[Step] = [(perceptron.w, perceptron.b, None)]
    mistake = True
    while mistake and len(steps) <= most:
        mistake = False
        for i in range(len(x)):
            if len(steps) <= most and perceptron.learn(x[i], 1 if y[i] else -1):
                mistake = True
                steps.append((perceptron.w, perceptron.b, i))
    return steps


def draw_learning(figure: Figure, problem: str, step: int) -> str:
    """Draw the boundary after ``step`` mistakes, with the example that was the last mistake in a ring."""
    ax = figures.axes(figure)
    x, y = learning_data(problem)
    steps = learning_steps(problem)
    w, b, mistake = steps[min(step, len(steps) - 1)]
    reach = float(np.abs(x).max()) + 0.7
    drawings.decision_regions(
        ax, lambda grid: grid @ w + b, (-1.6 * reach, 1.6 * reach, -reach, reach)
    )
    drawings.points(ax, x, y)
    if mistake is not None:
        ax.scatter(
            *x[mistake], s=330, facecolor="none", edgecolor=figures.INK, linewidth=2, zorder=5
        )
    wrong = int(((x @ w + b > 0) != y).sum())
    done = ": nothing left to learn" if wrong == 0 else ""
    ax.set(xlabel="x₁", ylabel="x₂")
    ax.set_title(f"step {step}: {wrong} of {len(x)} points are wrong{done}")
    drawings.legend_right(figure)
    ringed = (
        "no point"
        if mistake is None
        else figures.minus(f"the point ({x[mistake][0]:.1f}, {x[mistake][1]:.1f})")
    )
    weights = figures.minus(f"w = ({w[0]:.1f}, {w[1]:.1f}), b = {b:.0f}")
    state = f"{problem}, after step {step}: {wrong} of {len(x)} points are wrong; {weights}"
    return f"{state}; {ringed} was learnt from last{done}."


def learning() -> Panel:
    """Step through what a perceptron learns, mistake by mistake, on three problems."""
    return Panel(
        draw_learning,
        problem=choice(
            "problem", ["two clouds apart", "two clouds that touch", "XOR"], "two clouds apart"
        ),
        step=Steps("steps of learning", 40, value=1),
    )


@cache
def mistakes_by_gap(gap: float, n: int = 150) -> tuple[np.ndarray, np.ndarray, int, float]:
    """Return points n, labels, the number of mistakes until none is left, and the bound (R/γ)².

    A square of side 4 is cut along the line w·x + b = 0, w = (1, 1)/√2 and b = −1, and the halves are moved apart by
    ``gap``. The bias counts as the weight of a constant input 1, so R² has a 1 more and γ = distance / √(1 + b²).
    """
    rng = np.random.default_rng(5)
    w, b = np.array([1.0, 1.0]) / np.sqrt(2), -1.0
    x = rng.uniform(-2, 2, (n, 2))
    y = (x @ w + b > 0).astype(int)
    x = x + np.where(y == 1, 0.5, -0.5)[:, None] * gap * w
    perceptron = Perceptron(2).fit(x, y, epochs=1000)
    margin = float(np.abs(x @ w + b).min() / np.sqrt(1 + b * b))
    radius = float(np.sqrt((x * x).sum(axis=1) + 1).max())
    return x, y, sum(perceptron.mistakes), (radius / margin) ** 2


def draw_gap(figure: Figure, gap: float) -> str:
    """Draw two classes a ``gap`` apart, and say how many mistakes were made beside how many there may be."""
    ax = figures.axes(figure)
    x, y, mistakes, bound = mistakes_by_gap(round(gap, 3))
    drawings.points(ax, x, y)
    ax.plot(
        [-3, 5], [3 + np.sqrt(2), np.sqrt(2) - 5], color=figures.INK, linewidth=1, linestyle=":"
    )
    ax.set(xlim=(-5.2, 5.2), ylim=(-3.4, 3.4), xlabel="x₁", ylabel="x₂")
    ax.set_title(f"gap {gap:.2f}: {mistakes} mistakes made, at most (R/γ)² = {bound:,.0f}")
    drawings.legend_right(figure)
    return (
        f"Two classes a gap of {gap:.2f} apart: the perceptron makes {mistakes} mistakes before it makes no more; "
        f"Novikoff's bound allows {bound:,.0f}."
    )


def mistakes_and_bounds(mistakes: np.ndarray, bounds: np.ndarray) -> None:
    """Show mistakes and bounds for the gaps 0.05, 0.10, … on a logarithmic scale."""
    figure = figures.figure(7.6, 3.6)
    ax = figures.axes(figure)
    gaps = 0.05 * np.arange(1, len(mistakes) + 1)
    ax.semilogy(gaps, bounds, "--", color=figures.RED)
    ax.semilogy(gaps, mistakes, "o-", color=figures.BLUE)
    ax.text(gaps[-1], 2 * bounds[-1], "bound (R/γ)²", color=figures.RED, ha="right")
    ax.text(gaps[-1], 1.5 * mistakes[-1], "mistakes made", color=figures.BLUE, ha="right")
    ax.set(xlabel="gap between the classes", ylabel="number of mistakes", ylim=(1, None))
    figures.show(
        figure,
        alt="Mistakes made and Novikoff's bound for gaps from 0.05 to 1, on a logarithmic scale. The mistakes rise "
        "unevenly as the gap narrows, from fewer than ten to dozens, and always stay far below the bound, which rises "
        "from below a hundred to above ten thousand.",
    )


def gap() -> Panel:
    """One slider: the width of the gap between two classes."""
    return Panel(draw_gap, gap=slider("gap between the classes", 0.05, 1.0, 0.3, step=0.05))


@cache
def digit_voter(first: int = 3, second: int = 8) -> tuple[Perceptron, np.ndarray, np.ndarray]:
    """Return a perceptron that tells two digits apart, and images (n, 8, 8) and labels (0 or 1) that it never saw."""
    x, y = load_digits()
    rows = (y == first) | (y == second)
    pixels, labels = x[rows].reshape(-1, 64), (y[rows] == second).astype(int)
    rng = np.random.default_rng(0)
    (x, y), (x_test, y_test) = stratified_split(pixels, labels, held_out=0.3, rng=rng)
    return Perceptron(64).fit(x, y, rng=rng), x_test.reshape(-1, 8, 8), y_test


def draw_digit_vote(figure: Figure, example: int) -> str:
    """Draw one unseen digit, the weights, and their product: which pixels voted for 8 and which for 3."""
    left, middle, right = figures.axes(figure, columns=3)
    perceptron, images, labels = digit_voter()
    image, w = images[example], perceptron.w.reshape(8, 8)
    z = float((w * image).sum() + perceptron.b)
    answer, truth = (8 if z > 0 else 3), (8 if labels[example] else 3)
    left.imshow(image, cmap="gray_r")
    left.set_axis_off()
    drawings.weight_image(middle, w)
    drawings.weight_image(right, w * image)
    left.set_title(f"test digit {example}: a {truth}")
    middle.set_title("weights")
    right.set_title("weights × pixels")
    verdict = "right" if answer == truth else "wrong"
    figure.suptitle(
        f"all votes and the bias: {figures.minus(f'z = {z:.1f}')}, so the answer is {answer}: {verdict}",
        fontsize=14,
    )
    figure.subplots_adjust(left=0.03, right=0.97, top=0.78, bottom=0.03)
    return f"Test digit {example} is a {truth}; its votes sum to z = {z:.1f}, so the perceptron says {answer}: {verdict}."


def digit_vote() -> Panel:
    """One slider: which of the unseen digits is put to the vote."""
    _, images, _ = digit_voter()
    return Panel(
        draw_digit_vote, size=(7.6, 3.1), example=counter("test digit", 0, len(images) - 1, 4)
    )
