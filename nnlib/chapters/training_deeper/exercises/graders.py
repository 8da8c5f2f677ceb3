"""What is right and what is wrong in the answers of chapter 05b, and how the learner is told."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from nnlib.activations import Tanh
from nnlib.chapters.gradient_descent.exercises.softmax_graders import right_after
from nnlib.chapters.kit.exercise import Named, NotYet
from nnlib.chapters.kit.grading import call, name_mistake, number, numbers
from nnlib.chapters.training_deeper.panels import BENDS, DEPTH_STARTS, deep_network
from nnlib.network import Network
from nnlib.numerics import sigmoid


def grade_times(times: Any) -> str:
    """How many times larger δ is with cross-entropy than with the quadratic cost, at z = 5: 1/σ′(5)."""
    answer = number(times, "times")
    a = float(sigmoid(np.array(5.0)))
    right = 1 / (a * (1 - a))
    named: Named = [
        (1 / right, "that is how many times smaller: σ′(5). Turn it over."),
        (a, "that is δ with cross-entropy. Divide it by the other one."),
        (
            a * a * (1 - a),
            "that is δ with the quadratic cost. The question is how many times it fits into the other.",
        ),
        (1 / (a * a * (1 - a)), "δ with cross-entropy is a, not 1: the a cancels."),
        (1 / a, "the slope of the sigmoid is a (1 − a); here only a is left."),
        (1 / (1 - a), "that divides by 1 − a alone; σ′ is a (1 − a)."),
    ]
    if abs(answer / right - 1) < 0.004:
        return f"{right:.1f} times: δ is a against a · σ′(z), and σ′(5) is {1 / right:.5f}."
    for wrong, words in named:
        if abs(answer / wrong - 1) < 0.0005:
            raise NotYet(words)
    raise NotYet(
        "write both δ at z = 5, a with cross-entropy and a · a(1 − a) with the quadratic cost, and divide."
    )


def grade_clueless(clueless: Any) -> str:
    """A function clueless(classes): ln C."""
    for classes in (10, 2, 1000):
        answer = np.asarray(number(call(clueless, classes), f"clueless({classes})"))
        named: Named = [
            (np.log2(classes), "that is log₂; the loss takes the natural logarithm, np.log."),
            (np.log10(classes), "that is log₁₀; the loss takes the natural logarithm, np.log."),
            (-np.log(classes), "the sign: −ln(1/C) is +ln C."),
            (
                np.log(classes) / classes,
                "only the right class counts, with its target 1: no division by C.",
            ),
            (
                classes * np.log(classes),
                "only the right class counts, with its target 1: one term, not C.",
            ),
            (1 / classes, "that is the share; the loss is minus its logarithm."),
            (
                1 - 1 / classes,
                "that is how often it is wrong, the 0-1 loss. Cross-entropy is −ln of the share.",
            ),
        ]
        if not np.isclose(answer, np.log(classes)):
            name_mistake(answer, named)
            rounded = " Do not round it." if abs(answer - np.log(classes)) < 0.01 else ""
            raise NotYet(
                f"every class gets the share 1/C, and the loss is −ln of it: for {classes} classes "
                f"{np.log(classes):.4f}, and yours says {answer:.4f}.{rounded}"
            )
    return "ln C: 0.69 for two classes, 2.30 for ten, 6.91 for a thousand."


def grade_start(start: Any) -> str:
    """A function start(n_in, n_out, rng) → weights ~ N(0, 1/n_in)."""
    for n_in, n_out in ((400, 50), (100, 150)):
        weights, again, other = (
            numbers(
                call(start, n_in, n_out, np.random.default_rng(seed)),
                f"start({n_in}, {n_out})",
                (n_in, n_out),
            )
            for seed in (0, 0, 1)
        )
        if (np.ptp(weights, axis=1) == 0).all():
            raise NotYet(
                "all neurons (columns) have the same weights, and would stay the same for ever."
            )
        if (np.ptp(weights, axis=0) == 0).all():
            raise NotYet(
                "each neuron has the same weight for all of its inputs: draw a number for every weight."
            )
        if np.array_equal(weights, other) or not np.array_equal(weights, again):
            raise NotYet(
                "the weights do not come from the rng that came in: same seed, same weights; another, others."
            )
        spread = float(weights.std())
        if abs(weights.mean()) > 6 / np.sqrt(weights.size) * spread:
            raise NotYet("the mean is not 0.")
        _require_spread(spread, n_in, n_out)
        kurtosis = float((weights**4).mean()) / spread**4
        if not 2.6 < kurtosis < 3.6:
            raise NotYet(
                "the spread is right, but a normal distribution is wanted: rng.standard_normal or rng.normal."
            )
    return "N(0, 1/n_in): n_in terms of variance 1/n_in each add up to 1."


def _require_spread(spread: float, n_in: int, n_out: int) -> None:
    wanted = 1 / np.sqrt(n_in)
    named = (
        (1.0, "that is N(0, 1): z would spread by √n_in."),
        (1 / n_in, "the *variance* is to be 1/n_in; you divided the standard deviation by n_in."),
        (1 / np.sqrt(n_out), "it is the number of inputs that are added up, not that of outputs."),
        (np.sqrt(2 / n_in), "that is He's start, for ReLU: z has a variance of 2."),
        (np.sqrt(2 / (n_in + n_out)), "that is Glorot's start, a compromise; here only z counts."),
        (np.sqrt(n_in), "multiplied instead of divided."),
    )
    if abs(spread / wanted - 1) > 0.03:
        for wrong, words in named:
            if abs(spread / wrong - 1) < 0.03:
                raise NotYet(words)
        raise NotYet(
            f"with {n_in} inputs the standard deviation should be {wanted:.3f}, and it is {spread:.3f}."
        )


def grade_first_slope(first_slope: Any) -> str:
    """A function first_slope(w, b, x) → ∂a_L/∂w₁ of a chain of sigmoid neurons."""
    three = np.array([1.5, -2.0, 3.0]), np.array([0.3, 0.5, -0.4]), 0.7
    for w, b, x in (three, (np.array([2.0]), np.zeros(1), -0.6)):
        answer, right = (
            np.asarray(number(call(first_slope, w, b, x), "first_slope")),
            _first_slope(w, b, x),
        )
        if not np.isclose(answer, right):
            name_mistake(answer, _wrong_chains(w, b, x))
            raise NotYet(
                f"for a chain of {len(w)} a nudge says {right:.4g}, and yours says {answer:.4g}."
            )
    return "every weight but the first, every σ′, and x."


def _wrong_chains(w: np.ndarray, b: np.ndarray, x: float) -> Named:
    a, right = _chain(w, b, x), _first_slope(w, b, x)
    bends, others, again = np.prod(a * (1 - a)), np.prod(w[1:]), sigmoid(a) * (1 - sigmoid(a))
    return [
        (others * bends, "the x is missing: z₁ = w₁ x + b₁ moves x times as much as w₁."),
        (right * w[0], "w₁ itself is not a factor: the product of weights begins with w₂."),
        (
            right / x * w[0],
            "that is the slope by x: the weights begin with w₂ here, and x is the last factor.",
        ),
        (others * x, "the slopes of the sigmoids are missing."),
        (bends * x, "the weights w₂ … w_L are missing."),
        (
            right / (a[-1] * (1 - a[-1])),
            "the last neuron's σ′ is missing: the product goes from 1 to L.",
        ),
        (
            right / (a[0] * (1 - a[0])),
            "the first neuron's σ′ is missing: the product goes from 1 to L.",
        ),
        (a[-1], "that is a_L itself, not its slope."),
        (others * np.prod(a) * x, "σ′ is a (1 − a); yours has a alone."),
        (others * np.prod(again) * x, "a is σ(z) already: σ′(z) is a (1 − a)."),
        (_first_slope(w, 0 * b, x), "the biases are missing in the forward pass."),
        (
            np.prod(w[:-1]) * bends * x,
            "it is w₁ that is left out of the product, not the last weight.",
        ),
        (
            _first_slope(w, b, x, all_see_x=True),
            "only the first neuron sees x; the others see the one before.",
        ),
    ]


def _chain(w: np.ndarray, b: np.ndarray, x: float, *, all_see_x: bool = False) -> np.ndarray:
    """Return the outputs of a chain of sigmoid neurons (or, wrongly, of neurons that all see x)."""
    outputs: list[float] = []
    for weight, bias in zip(w, b, strict=True):
        before = outputs[-1] if outputs and not all_see_x else x
        outputs.append(float(sigmoid(np.array(weight * before + bias))))
    return np.array(outputs)


def _first_slope(w: np.ndarray, b: np.ndarray, x: float, *, all_see_x: bool = False) -> float:
    a = _chain(w, b, x, all_see_x=all_see_x)
    return float(np.prod(w[1:]) * np.prod(a * (1 - a)) * x)


def grade_starts(starts: Any) -> str:
    """How many starts, each with p = 0.1, for at least one success with 95 %: 29."""
    answer = number(starts, "starts")
    named = {
        28.0: "28 give 94.8 %: just short.",
        28.4: "round up: starts are whole numbers.",
        10.0: "ten give 1 − 0.9¹⁰ = 65 %.",
        9.5: "chances do not add up: with two starts it is 1 − 0.9² = 19 %, not 20 %.",
        2.0: "that would be right if nine in ten worked: 1 − 0.1^k. Here 0.9^k is the chance that all k fail.",
    }
    for wrong, words in named.items():
        if abs(answer - wrong) < 0.06:
            raise NotYet(words)
    if answer != 29:
        more = "That is more than are needed. " if answer > 29 else ""
        raise NotYet(
            f"{more}All k fail with probability 0.9^k; which k brings that to 5 % or less?"
        )
    return "29: 0.9²⁹ = 4.7 %, and 0.9²⁸ is 5.2 % still."


def grade_parameters(parameters: Any) -> str:
    """A function parameters(widths): Σ (d_in + 1) · d_out."""
    for widths in ([64, 30, 10], [5, 7], [784, 100, 100, 10]):
        answer = np.asarray(number(call(parameters, list(widths)), f"parameters({widths})"))
        pairs = list(pairwise(widths))
        weights = sum(n_in * n_out for n_in, n_out in pairs)
        named: Named = [
            (weights, "those are the weights; every neuron has a bias too."),
            (weights + sum(widths), "inputs have no bias."),
            (
                weights + sum(widths[:-1]),
                "the biases belong to the neurons that a layer leads to, not to its inputs.",
            ),
            (weights + len(widths) - 1, "not one bias a layer, but one for each neuron."),
            (weights + sum(widths[1:-1]), "the outputs have biases as well."),
            (weights + 1, "not one bias in all, but one for each neuron."),
            (
                sum((n_in + 1) * (n_out + 1) for n_in, n_out in pairs),
                "a bias is a weight more for each neuron: (d_in + 1) · d_out.",
            ),
            (
                np.prod(widths),
                "each layer joins two neighbours only: products of two widths, added up.",
            ),
        ]
        if answer != weights + sum(widths[1:]):
            name_mistake(answer, [(np.asarray(float(wrong)), words) for wrong, words in named])
            raise NotYet(
                f"for {widths} it is {weights + sum(widths[1:]):,}, and yours says {float(answer):,.0f}."
            )
    return "(d_in + 1) · d_out for each layer, added up."


def _wrong_bend(rng: np.random.Generator) -> Network:
    network = deep_network(3, "tanh", "Glorot", rng=rng)
    bend = next(layer for layer in network.layers if isinstance(layer, Tanh))
    bend.derivative = lambda z, a: 1 - a  # type: ignore[method-assign] # instead of 1 − a²
    return network


SUSPECTS: dict[str, Callable[[np.random.Generator], Network]] = {
    "first": lambda rng: deep_network(9, "sigmoid", "scaled, N(0, 1/d)", rng=rng),
    "second": _wrong_bend,
    "third": lambda rng: deep_network(4, "ReLU", "He, N(0, 2/d)", rng=rng),
    "fourth": lambda rng: deep_network(4, "tanh", "N(0, 1)", rng=rng),
}
FAILS = {"first": "handful", "second": "gradient", "fourth": "start"}


def grade_break_it(fine: Any, rungs: Any) -> str:
    """Which suspect climbs the ladder, and where the others fall."""
    fine = fine.strip().lower() if isinstance(fine, str) else fine
    if not isinstance(fine, str) or fine not in SUSPECTS:
        raise NotYet('fine should be "first", "second", "third" or "fourth".')
    if fine != "third":
        raise NotYet(
            f"the {fine} one does not reach the top: print(climb(network, loss, train, …))."
        )
    if not isinstance(rungs, dict) or set(rungs) != set(FAILS):
        raise NotYet(
            'the third is fine indeed. rungs should be {"first": "…", "second": "…", "fourth": "…"}, and no more.'
        )
    for name, rung in FAILS.items():
        given = str(rungs[name]).strip().lower()
        if given not in ("start", "gradient", "handful", "epoch"):
            raise NotYet(
                f'the third is fine indeed. {name}: a rung is "start", "gradient" or "handful".'
            )
        if given != rung:
            raise NotYet(
                f"the third is fine indeed. The {name} one falls from another rung. {CLUES[name]}"
            )
    return "nine sigmoid layers whose slopes vanish; a tanh with a wrong derivative; weights that start too large."


CLUES = {
    "first": "Its loss starts as it should, and its gradient is right; but look how small it is.",
    "second": "It could even learn a little. Compare its backward with nudging.",
    "fourth": "Look at its loss before any learning, beside ln 10.",
}


def grade_deepest(layers: Any, activation: Any, start_name: Any, learning_rate: Any) -> str:
    """A network of at least eight layers that reads 90 of 100 test digits after ten epochs."""
    depth, rate = number(layers, "layers"), number(learning_rate, "learning_rate")
    if depth != int(depth) or not 8 <= depth <= 40:
        raise NotYet("layers should be a whole number from 8 to 40.")
    if not isinstance(activation, str) or activation not in BENDS:
        raise NotYet(f"activation should be one of {', '.join(map(repr, BENDS))}.")
    if start_name not in DEPTH_STARTS:
        raise NotYet(f"start_name should be one of {', '.join(map(repr, DEPTH_STARTS))}.")
    if not 0 < rate < 1000:
        raise NotYet("the learning rate should be above 0, and below 1,000.")
    network = deep_network(int(depth), activation, start_name, rng=np.random.default_rng(0))
    right = right_after(network, rate, 10, epochs=10)
    if right < 90:
        starved = activation == "sigmoid" and start_name != "N(0, 1)"
        why = (
            "it fades with these weights (panel of section 3)"
            if starved
            else "another start, or another η?"
        )
        raise NotYet(f"{right:.0f} of 100 test digits are right, and 90 are wanted: {why}")
    return f"{right:.1f} of 100 with {depth:.0f} layers. Deeper? We got {DEEPEST} layers to learn, just."


DEEPEST = 30
