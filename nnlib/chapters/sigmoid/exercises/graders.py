"""What is right and what is wrong in the answers of chapter 03, and how the learner is told."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

from nnlib import numerics
from nnlib.activations import ELU, LeakyReLU, ReLU, Sigmoid, Tanh
from nnlib.chapters.kit.exercise import Named, NotYet
from nnlib.chapters.kit.grading import call, name_mistake, number, numbers
from nnlib.numerics import sigmoid

Z = np.array([-4.0, -1.5, -0.2, 0.0, 0.7, 2.0, 5.0])


def grade_slope(slope: Any) -> str:
    """A function slope(z) that returns σ′(z) for an array z."""
    answer = numbers(call(slope, Z), "slope(z)", Z.shape)
    a = sigmoid(Z)
    if np.allclose(answer, a * (1 - a)):
        return "σ′ = σ (1 − σ); it never exceeds ¼."
    named = [
        (a, "that is the sigmoid itself, not its slope."),
        (a * (a - 1), "the sign is wrong: a sigmoid only ever rises, so its slope is positive."),
        (Z * (1 - Z), "that is z (1 − z): the formula wants the output a = σ(z), not z."),
        (
            sigmoid(a) * (1 - sigmoid(a)),
            "the sigmoid is applied twice: σ′ is taken at z, not at the output a.",
        ),
        (1 - a, "the factor σ(z) is missing: σ′ = σ (1 − σ)."),
        (1 - a * a, "that is the slope's formula for tanh, 1 − a²."),
        (a * a, "that is a · a: the second factor is what a lacks to 1."),
    ]
    name_mistake(answer, named)
    raise NotYet(_worst(answer, a * (1 - a), "slope"))


def _worst(answer: np.ndarray, right: np.ndarray, what: str) -> str:
    at = int(np.abs(answer - right).argmax())
    return f"at z = {Z[at]:g} the {what} is {right[at]:.6f}, and yours says {answer[at]:.6f}."


def slope_at(z: float) -> float:
    """Return σ′(z)."""
    a = float(sigmoid(np.array(z)))
    return a * (1 - a)


def grade_nudge(nudge: Any) -> str:
    """A function nudge(w, b, x, dw, db) that predicts the change of σ(w·x + b)."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        w, x, dw = rng.normal(size=(3, 4))
        b, db = rng.normal(size=2)
        answer = number(call(nudge, w, b, x, dw, db), "the predicted change")
        right = slope_at(w @ x + b) * (dw @ x + db)
        if not np.isclose(answer, right):
            name_mistake(np.array(answer), _wrong_nudges(w, b, x, dw, db))
            words = (
                f"for one of our examples it says {answer:.5f}, and the prediction is {right:.5f}."
            )
            raise NotYet(f"{words} Which z, which Δz?")
    return "σ′(z) (x·Δw + Δb). It is what every later chapter does for thousands of weights."


def _wrong_nudges(w: np.ndarray, b: float, x: np.ndarray, dw: np.ndarray, db: float) -> Named:
    old, new = float(w @ x + b), float((w + dw) @ x + b + db)
    a, slope, step = float(sigmoid(np.array(old))), slope_at(old), new - old
    wrong = [
        (step, "that is Δz. The output changes σ′(z) times as much."),
        (slope * (dw @ x), "the part of the bias is missing: ∂a/∂b = σ′(z)."),
        (
            slope * (dw.sum() + db),
            "each Δw counts as much as the input that it multiplies: ∂a/∂w = σ′(z) x.",
        ),
        (slope * (dw @ w + db), "z changes by x·Δw, not by w·Δw."),
        (a + slope * step, "that is the new output; only the change is asked for."),
        (sigmoid(np.array(new)) - a, "that is the real change. Predict it from the slope alone."),
        (-slope * step, "the sign is wrong: a larger z gives a larger output."),
        (slope_at(new) * step, "the slope is taken at the old z, before the nudge."),
    ]
    return [(np.array(value), words) for value, words in wrong]


def _no_tanh(_: Any) -> None:
    raise NotYet("that is np.tanh itself: make it out of the sigmoid.")


def grade_tanh(tanh: Any) -> str:
    """A function tanh(z) made of σ alone."""
    with mock.patch.object(np, "tanh", _no_tanh):
        answer = numbers(call(tanh, Z), "tanh(z)", Z.shape)
    if np.allclose(answer, np.tanh(Z)):
        return "tanh is the sigmoid, stretched to twice the height, squeezed to half the width, and moved down by 1."
    named = [
        (
            2 * sigmoid(Z) - 1,
            "the height is right, from −1 to 1. At 0 tanh has slope 1, and yours ½: what about the width?",
        ),
        (sigmoid(2 * Z), "the width is right; the height still goes from 0 to 1."),
        (2 * sigmoid(2 * Z), "nearly: it goes from 0 to 2."),
        (2 * sigmoid(Z / 2) - 1, "wider than before: σ(2z) is squeezed, σ(z/2) is stretched."),
        (1 - 2 * sigmoid(2 * Z), "turned upside down."),
        (
            sigmoid(2 * Z) - 0.5,
            "moved down to 0, and still only half as high: it goes from −½ to ½.",
        ),
    ]
    name_mistake(answer, named)
    raise NotYet(_worst(answer, np.tanh(Z), "tanh"))


INSIDE, OUTSIDE = (
    np.linspace(0.25, 0.45, 21),
    np.concatenate([np.linspace(-1, 0.15, 24), np.linspace(0.55, 2, 30)]),
)


def grade_tower(W: Any, b: Any, v: Any) -> str:
    """Two sigmoid neurons whose weighted sum is 0.7 between 0.2 and 0.5 and 0 elsewhere."""
    W, b, v = numbers(W, "W", (2,)), numbers(b, "b", (2,)), numbers(v, "v", (2,))
    _grade_edges(W, b)

    def made(x: Any) -> np.ndarray:
        return np.asarray(sigmoid(np.reshape(x, (-1, 1)) * W + b) @ v)

    far = float(made(2.0)[0])
    if abs(far) > 0.02:
        raise NotYet(
            f"far to the right {far:.2f} is left over: the second step has to take away what the first gave."
        )
    if np.allclose(made(INSIDE), -0.7, atol=0.05):
        raise NotYet("it goes down to −0.7: the signs in v are swapped.")
    if np.abs(W).min() < 55:
        raise NotYet(
            f"the walls are too soft: steepness {np.abs(W).min():.0f} makes a hill, not a tower. Try 100."
        )
    if abs(middle := float(made(0.35)[0]) - 0.7) > 0.03:
        raise NotYet(
            f"the edges are right. In the middle it is {middle + 0.7:.2f}, and 0.7 is wanted."
        )
    error = max(float(np.abs(made(INSIDE) - 0.7).max()), float(np.abs(made(OUTSIDE)).max()))
    if error > 0.06:
        raise NotYet(
            f"nearly: near a wall it is off by {error:.2f}. Are the edges just at 0.2 and 0.5?"
        )
    return f"a tower; away from its walls it is off by {error:.3f} at most."


def _grade_edges(W: np.ndarray, b: np.ndarray) -> None:
    if (W == 0).any():
        raise NotYet("a weight of 0 gives a flat line: W is the steepness of each step.")
    edges = np.sort(-b / W)
    if np.allclose(edges, [0.2, 0.5], atol=0.03):
        return
    if np.allclose(edges, [-0.5, -0.2]):
        raise NotYet(
            "the edges are at −0.5 and −0.2: a step stands where W x + b = 0, so b is −W times the edge."
        )
    if np.allclose(np.sort(-b), [0.2, 0.5]):
        raise NotYet("b is −edge, without W: the step stands where W x + b = 0, so b = −W · edge.")
    raise NotYet(
        f"the steps stand at x = {edges[0]:.2f} and {edges[1]:.2f}, wanted are 0.2 and 0.5: where is W x + b = 0?"
    )


def grade_softmax(softmax: Any) -> str:
    """A function softmax(z, T) for one row of scores z."""
    z = np.array([2.0, 0.5, -1.0, 0.0])
    for temperature in (1.0, 0.5, 3.0):
        answer = numbers(call(softmax, z, temperature), "softmax(z, T)", z.shape)
        powers = np.exp(z / temperature)
        mirrored = np.exp(-z / temperature)
        right = powers / powers.sum()
        named = [
            (powers, "positive already, but the sum is not 1: divide by it."),
            (
                np.exp(z * temperature) / np.exp(z * temperature).sum(),
                "a high temperature should even the shares out: divide z by T.",
            ),
            (np.exp(z) / np.exp(z).sum() / temperature, "T belongs into the exponent: exp(z / T)."),
            (np.exp(z) / np.exp(z).sum(), "T is not used yet: exp(z / T)."),
            (z / z.sum(), "shares of z itself can be negative; of exp(z / T) they never are."),
            (
                mirrored / mirrored.sum(),
                "turned round: the largest score must get the largest share.",
            ),
        ]
        if not np.allclose(answer, right):
            name_mistake(answer, named)
            raise NotYet(
                f"the first share of (2, 0.5, −1, 0) at T = {temperature} is {right[0]:.4f}, yours {answer[0]:.4f}."
            )
    return _grade_large(softmax)


def _grade_large(softmax: Callable[..., Any]) -> str:
    for first, second, temperature in (
        (1000, 999, 1.0),
        (1000, 999, 0.5),
        (-1000, -999, 1.0),
        (2000, 0, 1.0),
    ):
        z = np.array([first, second], dtype=float)
        with np.errstate(all="ignore"):
            answer = np.asarray(call(softmax, z, temperature), dtype=float)
        where = f"for z = ({first}, {second}) at T = {temperature:g}"
        if not np.isfinite(answer).all():
            raise NotYet(
                f"right for small scores; {where} it gives {answer}. Take the largest score off *before* dividing by T."
            )
        if not np.allclose(answer, numerics.softmax(z / temperature), atol=1e-6):
            raise NotYet(
                f"right for small scores; {where} it should say {numerics.softmax(z / temperature)}, yours {answer}."
            )
    return "positive, sums to 1, and safe: taking the same number off every score changes nothing but the overflow."


def _wrong_elu(z: np.ndarray, a: np.ndarray) -> np.ndarray:
    return np.where(z > 0, 1, a)


# Activations with their derivatives, each called with z and a = f(z). One of the derivatives is wrong.
SUSPECTS: dict[str, tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]] = {
    "sigmoid": (Sigmoid.function, Sigmoid.derivative),
    "tanh": (Tanh.function, Tanh.derivative),
    "relu": (ReLU.function, ReLU.derivative),
    "leaky_relu": (LeakyReLU.function, LeakyReLU.derivative),
    "elu": (ELU.function, _wrong_elu),
}


def grade_break_it(name: Any, z: Any) -> str:
    """The suspect whose derivative is wrong, and a place where it is."""
    if not isinstance(name, str) or name not in SUSPECTS:
        raise NotYet(f"name should be one of {', '.join(SUSPECTS)}, in quotation marks.")
    z = number(z, "z")
    f, derivative = SUSPECTS[name]
    around = np.array([z - 1e-5, z, z + 1e-5])
    below, _, above = f(around)
    numeric = (above - below) / 2e-5
    claimed = float(derivative(around, f(around))[1])
    if name == "elu" and abs(claimed - numeric) > 1e-4:
        return f"at z = {z:g} it claims {claimed:.4f}, and nudging says {numeric:.4f}. It forgot the + 1 in a + 1."
    if name == "elu":
        raise NotYet(
            "the right suspect, but there its slope is right. It is another piece of ELU that is wrong."
        )
    if abs(z) <= 1e-5 and name in ("relu", "leaky_relu"):
        raise NotYet(
            f"0 is the corner of {name}: there any slope between the two sides is a choice, not an error."
        )
    raise NotYet(
        f"innocent: at z = {z:g} {name} claims {claimed:.4f}, and nudging says {numeric:.4f}."
    )


def grade_folds(neurons: Any) -> str:
    """How many ReLU neurons one hidden layer needs for what ten layers of two draw: 2¹⁰ − 1 bends."""
    n = number(neurons, "neurons")
    named = {
        1024: "that counts the one at 0, which gives the first piece its slope; between 1,024 pieces, how many bends?",
        20: "that is how many the deep one has, in ten layers of two.",
        512: "that many *teeth*, and each has two pieces.",
        1000: "near; but 2¹⁰ is 1,024, not 1,000.",
        10: "that is the number of layers.",
    }
    if n in named:
        raise NotYet(named[int(n)])
    if n != 1023:
        raise NotYet(
            "each layer doubles the pieces: 2, 4, 8, … And a hidden ReLU neuron in a single layer makes one bend."
        )
    return "1,023 bends, against 20 neurons in ten layers."


def grade_wave(W: Any, b: Any, v: Any, d: Any) -> str:
    """One hidden ReLU layer that follows sin(2πx) on [0, 1] within 0.1, with few neurons."""
    count = np.size(W)
    if count == 0 or count > 1000:
        raise NotYet(
            f"W should hold one weight for each hidden neuron, 1 to 1,000 of them, and it has {count}."
        )
    W, b, v = (numbers(part, name, (count,)) for part, name in ((W, "W"), (b, "b"), (v, "v")))
    x = np.linspace(0, 1, 1001)
    answer = np.maximum(x[:, None] * W + b, 0) @ v + number(d, "d")
    off = np.abs(answer - np.sin(2 * np.pi * x))
    worst = int(off.argmax())
    if off[worst] > 0.1:
        raise NotYet(
            f"with {count} neurons it is off by {off[worst]:.3f} at x = {x[worst]:.2f}; 0.1 is allowed. "
            "More bends, or better places?"
        )
    record = "We know of none with fewer." if count <= 4 else "It can be done with 4."
    return f"within {off[worst]:.3f}, with {count} ReLU neurons. {record}"
