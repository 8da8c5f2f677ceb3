"""What is right and what is wrong in the answers of chapter 05, and how the learner is told."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlib.activations import Sigmoid
from nnlib.chapters.gradient_descent.exercises.softmax_graders import right_after
from nnlib.chapters.kit.exercise import Named, NotYet
from nnlib.chapters.kit.grading import call, name_mistake, number, numbers
from nnlib.layers import Dense
from nnlib.network import Network
from nnlib.numerics import sigmoid


def grade_chain(slope: Any) -> str:
    """A function slope(w): the derivative of σ(w²)²."""
    for w in (0.7, -1.1):
        answer = np.asarray(number(call(slope, w), "slope(w)"))
        a = float(sigmoid(np.array(w * w)))
        right = 2 * a * a * (1 - a) * 2 * w
        named: Named = [
            (
                2 * a,
                "that is the outermost slope alone; two more functions stand between it and w.",
            ),
            (
                2 * a * a * (1 - a),
                "the innermost slope is missing: w² moves 2w times as much as w.",
            ),
            (
                a * (1 - a) * 2 * w,
                "the outermost slope is missing: the square of σ moves 2σ times as much as σ.",
            ),
            (2 * a * 2 * w, "the slope of the sigmoid is missing: a (1 − a)."),
            (
                2 * w * w * w * w * (1 - w * w) * 2 * w,
                "σ′ is a (1 − a) with the output a, not with w².",
            ),
            (a * a, "that is C itself, not its slope."),
            (right / 2, "half of it: has every square its 2?"),
            (-right, "the sign is wrong."),
            (
                2 * a * (1 - a) * 2 * w,
                "one factor a is lost: the outermost slope is 2a, and σ′ is a (1 − a).",
            ),
        ]
        if not np.isclose(answer, right):
            name_mistake(answer, named)
            raise NotYet(f"at w = {w} a nudge says {right:.6f}, and yours says {answer:.6f}.")
    return "three slopes, multiplied: 2a · a(1 − a) · 2w."


SWEEP_MISTAKES = {
    ("q", 8.0): "∂r/∂q is the *other* factor, p.",
    ("q", 48.0): "48 is r itself.",
    ("p", 8.0): "8 comes straight from r; but p acts through q too: slopes add where paths meet.",
    ("p", 6.0): "6 comes through q; p stands in r = q·p as well: slopes add where paths meet.",
    (
        "p",
        48.0,
    ): "8 and 6 were multiplied: along a path slopes multiply, where paths meet they add.",
    ("u", 42.0): "42 comes through p; u stands in q = u + p as well.",
    ("u", 6.0): "6 comes straight from q; u stands in p = u·v as well.",
    ("u", 20.0): "through p comes 14 · 3: the local slope of p = u·v by u is v.",
    ("u", 34.0): "the local slope of p = u·v by u is the other factor, v = 3.",
    ("u", 30.0): "through p comes 14 · 3: was p's own gradient complete?",
    ("u", 24.0): "that is 8 · 3. p's gradient was not complete, and u stands in q as well.",
    ("v", 16.0): "16 is 8 · 2: p's gradient was not complete when it was passed on.",
    ("v", 12.0): "12 is 6 · 2: p's gradient was not complete when it was passed on.",
    ("v", 14.0): "that is p's gradient; times the local slope of p = u·v by v.",
    ("v", 42.0): "the local slope of p = u·v by v is u = 2.",
}


def grade_sweep(q: Any, p: Any, u: Any, v: Any) -> str:
    """The gradients of r = q·p, q = u + p, p = u·v at u = 2, v = 3, so p = 6, q = 8, r = 48."""
    wanted = {"q": 6.0, "p": 14.0, "u": 48.0, "v": 28.0}
    for (name, right), value in zip(wanted.items(), (q, p, u, v), strict=True):
        answer = number(value, name)
        if not np.isclose(answer, right, rtol=1e-4):
            words = {wrong: why for (of, wrong), why in SWEEP_MISTAKES.items() if of == name}
            raise NotYet(
                f"{name}: "
                + words.get(answer, f"{answer:g} is not it. Draw the graph, start at r with 1.")
            )
    return "6, then 8 + 6, then 6 + 14 · 3, and 14 · 2: children first."


def grade_output_delta(output_delta: Any) -> str:
    """A function output_delta(a, y) → dz of the mean squared error behind a sigmoid."""
    rng = np.random.default_rng(0)
    a, y = rng.uniform(0.1, 0.9, (5, 3)), rng.integers(0, 2, (5, 3)).astype(float)
    answer = numbers(call(output_delta, a, y), "dz", (5, 3))
    slope = a * (1 - a)
    right = (a - y) * slope / 5
    if np.allclose(answer, right):
        return "(a − y) σ′(z) / n, with σ′(z) = a (1 − a)."
    again = sigmoid(a) * (1 - sigmoid(a))
    named: Named = [
        (-right, "the sign is wrong: output minus target."),
        (5 * right, "the cost is a mean over the examples: 1/n is missing."),
        (right / 3, "divided by the number of *examples*, 5 here, not by all 15 numbers."),
        (2 * right, "twice too large: the ½ cancels the 2."),
        (right / 2, "half of it: the derivative of ½ e² is e."),
        (-5 * right, "two things: output minus target, and 1/n is missing."),
        (5 * right / 3, "divided by the number of outputs, 3; it is the number of examples, 5."),
        ((a - y) / 5, "σ′ is missing: with the squared error nothing cancels it."),
        (
            (a - y) * again / 5,
            "σ′ is taken at a, but it belongs to z: a is σ(z) already, so σ′(z) = a (1 − a).",
        ),
        ((a - y) * again, "σ′ is taken at a instead of z, and 1/n is missing."),
        (slope * 0 + (a - y), "σ′ and 1/n are missing."),
    ]
    name_mistake(answer, named)
    raise NotYet(f"dz[0, 0] is {answer[0, 0]:.5f}, and a nudge of z says {right[0, 0]:.5f}.")


def grade_hidden_delta(hidden_delta: Any) -> str:
    """A function hidden_delta(dz_next, W_next, a) → dz one sigmoid layer back."""
    rng = np.random.default_rng(1)
    dz_next, w_next, a = (
        rng.normal(size=(6, 4)),
        rng.normal(size=(4, 4)),
        rng.uniform(0.1, 0.9, (6, 4)),
    )
    back, slope = dz_next @ w_next.T, a * (1 - a)
    answer = numbers(call(hidden_delta, dz_next, w_next, a), "dz", (6, 4))
    if not np.allclose(answer, back * slope):
        named: Named = [
            (back, "through the weights it is right; now through the bend: times σ′(z)."),
            (
                (dz_next @ w_next) * slope,
                "W is not transposed: δ comes back *against* the direction of the weights.",
            ),
            (
                back * sigmoid(a) * (1 - sigmoid(a)),
                "σ′ is taken at a, but a is σ(z) already: a (1 − a).",
            ),
            (back * a, "σ′ is a (1 − a), not a."),
            (-back * slope, "the sign is wrong: nothing turns round on the way back."),
            (back * slope / 6, "dz_next has its 1/n already."),
            (back * (1 - a * a), "that is the slope of tanh."),
            (slope * dz_next, "δ has to go back through the weights first."),
        ]
        name_mistake(answer, named)
        raise NotYet(
            f"dz[0, 0] should be {(back * slope)[0, 0]:.5f}, and it is {answer[0, 0]:.5f}."
        )
    few = numbers(
        call(hidden_delta, dz_next[:, :2], w_next[:, :2], a), "dz before a layer of 2", (6, 4)
    )
    if not np.allclose(few, (dz_next[:, :2] @ w_next[:, :2].T) * slope):
        raise NotYet(
            "right before a layer of 4 neurons, and wrong before one of 2: which number is fixed in it?"
        )
    return "back through Wᵀ, then through the bend."


def grade_gradients(gradients: Any) -> str:
    """A function gradients(x, dz) → dW, db."""
    rng = np.random.default_rng(2)
    x, dz = rng.normal(size=(5, 4)), rng.normal(size=(5, 3))
    result = call(gradients, x, dz)
    if not (isinstance(result, tuple | list) and len(result) == 2):
        raise NotYet(
            f"the function should return two things, dW and db; it returned {type(result).__name__}."
        )
    if np.shape(result[0]) == (3,) and np.shape(result[1]) == (4, 3):
        raise NotYet("the two are swapped: dW comes first.")
    if np.shape(result[0]) == (3, 4):
        raise NotYet(
            "dW has the shape (d_out, d_in) = (3, 4): it should have that of W, (4, 3). Transpose x, not dz."
        )
    if np.shape(result[1]) == (1, 3):
        raise NotYet("db should have the shape of b, (3,), without keepdims.")
    weights, biases = numbers(result[0], "dW", (4, 3)), numbers(result[1], "db", (3,))
    named: Named = [
        (x.T @ dz / 5, "dz has its 1/n already; here it is divided once more."),
        (
            np.outer(x[-1], dz[-1]),
            "only the last example is left: each should be added, not replace the one before.",
        ),
        (
            np.outer(x.mean(axis=0), dz.mean(axis=0)),
            "the mean of products is not the product of means.",
        ),
        (-(x.T @ dz), "the sign is wrong: the minus belongs to the update."),
    ]
    name_mistake(weights, named)
    if not np.allclose(weights, x.T @ dz):
        raise NotYet(
            f"dW[0, 0] should be {(x.T @ dz)[0, 0]:.5f}: every example adds x times dz to it."
        )
    if not np.allclose(biases, dz.sum(axis=0)):
        name_mistake(biases, _wrong_biases(dz))
        raise NotYet(
            "dW is right. A bias moves z by as much as it moves itself: add up the rows of dz."
        )
    return "what came in times what comes back, summed over the batch."


def _wrong_biases(dz: np.ndarray) -> Named:
    return [
        (dz.mean(axis=0), "dW is right. db sums the rows of dz: its 1/n is in dz already."),
        (-dz.sum(axis=0), "dW is right. In db the sign is wrong."),
        (dz[-1], "dW is right. In db only the last example is left."),
    ]


def grade_paths(paths: Any) -> str:
    """How many paths lead through three hidden layers of ten from one input to one output: 10³."""
    answer = number(paths, "paths")
    named = {
        30.0: "paths multiply, they do not add: each of 10 ways goes on in 10 ways.",
        200.0: "that counts the edges between hidden layers; a path is a choice of one neuron in each.",
        260.0: "that counts all edges; a path is a choice of one neuron in each hidden layer.",
        36.0: "that counts neurons and inputs; a path is a choice of one neuron in each hidden layer.",
        10000.0: "three hidden layers, so only three choices: 10 · 10 · 10.",
        100.0: "there are three hidden layers, so three choices.",
        8000.0: "that is for all 4 inputs and 2 outputs together.",
        2000.0: "one output, not both.",
        4000.0: "one input, not all four.",
    }
    if answer in named:
        raise NotYet(named[answer])
    if answer != 1000:
        raise NotYet(
            "on its way a path chooses one neuron in each hidden layer. How many choices are there?"
        )
    return "10 · 10 · 10; and the sweep visits 36 nodes."


def _step(
    *, order: bool = False, slope_at_output: bool = False
) -> Callable[..., tuple[np.ndarray, ...]]:
    """Return one step of gradient descent on a sigmoid network with squared error, with the mistakes asked for."""

    def step(
        W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, eta: float
    ) -> tuple[np.ndarray, ...]:
        a1 = sigmoid(x @ W1 + b1)
        a2 = sigmoid(a1 @ W2 + b2)
        bend = [sigmoid(a) if slope_at_output else a for a in (a1, a2)]
        dz2 = (a2 - y) * bend[1] * (1 - bend[1]) / len(x)
        new_w2 = W2 - eta * a1.T @ dz2
        dz1 = (dz2 @ (new_w2 if order else W2).T) * bend[0] * (1 - bend[0])
        return W1 - eta * x.T @ dz1, b1 - eta * dz1.sum(axis=0), new_w2, b2 - eta * dz2.sum(axis=0)

    return step


def _example() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(3)
    shapes = ((4, 3), (3,), (3, 2), (2,))
    weights = [1.5 * rng.normal(size=shape) for shape in shapes]
    return *weights, rng.normal(size=(5, 4)), rng.integers(0, 2, (5, 2)).astype(float)


EXAMPLE = _example()  # W1, b1, W2, b2, x, y to try the suspects on
SUSPECTS = {"first": _step(order=True), "second": _step(slope_at_output=True), "third": _step()}


def grade_break_it(right: Any, wrong: Any) -> str:
    """Which suspect is right, and what the others get wrong."""
    if not isinstance(right, str) or right not in SUSPECTS:
        raise NotYet('right should be "first", "second" or "third".')
    if right != "third":
        raise NotYet(
            f"the {right} one does not move every parameter by −η times its slope: nudge them, W1 too."
        )
    if not isinstance(wrong, dict) or set(wrong) != {"first", "second"}:
        raise NotYet(
            'the third is right indeed. wrong should be of the form {"first": "…", "second": "…"}.'
        )
    for name, fault in (("first", "order"), ("second", "slope")):
        given = str(wrong[name]).strip().lower()
        if given not in ("sign", "order", "slope"):
            raise NotYet(
                f'the third is right indeed. {name}: a fault is "sign", "order" or "slope".'
            )
        if given != fault:
            raise NotYet(
                f"the third is right indeed. The {name} one has another fault. {HELP[name]}"
            )
    return (
        "the first sends δ back through weights already changed; the second takes σ′ at the output."
    )


HELP = {
    "first": "Its W2 and b2 are right, its W1 and b1 nearly, the more nearly the smaller η is.",
    "second": "All four are wrong, W2 and b2 too, and no η mends it.",
}


def grade_smallest(hidden: Any, learning_rate: Any, batch_size: Any) -> str:
    """A hidden width, learning rate and batch size that read 96 of 100 test digits after ten epochs."""
    width, size, rate = (
        number(hidden, "hidden"),
        number(batch_size, "batch_size"),
        number(learning_rate, "learning_rate"),
    )
    if width != int(width) or not 1 <= width <= 300:
        raise NotYet("hidden should be a whole number of neurons, 1 to 300.")
    if size != int(size) or not 5 <= size <= 1438:
        raise NotYet("the batch size should be a whole number from 5 to 1,438.")
    if not 0 < rate < 1000:
        raise NotYet("the learning rate should be above 0, and below 1,000.")
    rng = np.random.default_rng(0)
    network = Network([Dense(64, int(width), rng=rng), Sigmoid(), Dense(int(width), 10, rng=rng)])
    right = right_after(network, rate, int(size), epochs=10)
    if right < 96:
        raise NotYet(
            f"{right:.1f} of 100 test digits are right, 96 are wanted: another η, smaller batches, more neurons?"
        )
    fewer = f"Fewer? {FEWEST} can do it." if width > FEWEST else "We know of none with fewer."
    return f"{right:.1f} of 100 with {width:.0f} hidden neurons. {fewer}"


FEWEST = 8
