"""What is right and what is wrong in the answers of chapter 07 that have digits: broken recipes, and a rescue."""

from collections.abc import Callable, Iterable
from functools import cache
from types import MethodType
from typing import Any, NamedTuple

import numpy as np

from nnlib.activations import ReLU
from nnlib.batches import Split, split, stratified_split
from nnlib.chapters.kit.exercise import NotYet
from nnlib.convolution import Conv2D
from nnlib.datasets import load_digits
from nnlib.layers import Dense, Flatten, Layer, every_layer
from nnlib.network import Network
from nnlib.parameter import Parameter
from nnlib.regularization import L2, Dropout, Penalty
from nnlib.training import Examples

GIVEN = 10  # digits of each class


@cache
def _digits() -> tuple[Examples, Examples]:
    """Return 100 digits, ten of each class, and all the others, which are to be read unseen."""
    x, y = load_digits()
    rng = np.random.default_rng(0)
    given = np.concatenate(
        [rng.permutation(np.flatnonzero(y == label))[:GIVEN] for label in range(10)]
    )
    rest = np.setdiff1d(np.arange(len(y)), given)
    return (x[given], y[given]), (x[rest], y[rest])


def few_digits() -> Split:
    """Return ``(x, y), (x_validation, y_validation)``: 80 digits (n, 8, 8, 1) to learn from and 20 to choose by."""
    return stratified_split(*_digits()[0], held_out=0.2, rng=np.random.default_rng(0))


# Four recipes, three of them broken.


class Recipe(NamedTuple):
    """What a training is made of; the network has not learnt yet."""

    network: Network
    penalty: Penalty
    train: Examples
    validation: Examples


class _EveryL2(L2):
    """L2 that leaves nothing out."""

    def value(self, parameters: Iterable[Parameter]) -> float:
        return float(sum(self.cost(parameter.value) for parameter in parameters))

    def add_gradients(self, parameters: Iterable[Parameter]) -> None:
        for parameter in parameters:
            parameter.add_grad(self.slope(parameter.value))


_EveryL2.__name__ = _EveryL2.__qualname__ = "L2"  # its name would tell


def _restless(layer: Any, x: np.ndarray) -> np.ndarray:
    layer.training = True
    return Dropout.forward(layer, x)


def _recipe(
    rng: np.random.Generator,
    penalty: type[Penalty] = L2,
    *,
    drops: bool = False,
    leak: bool = False,
) -> Recipe:
    """Return a recipe with the faults asked for."""
    dropout = Dropout(0.5, rng=rng)
    if drops:
        dropout.forward = MethodType(_restless, dropout)  # type: ignore[method-assign]
    layers: list[Layer] = [
        Flatten(),
        Dense(64, 100, rng=rng),
        ReLU(),
        dropout,
        Dense(100, 10, rng=rng),
    ]
    network = Network(layers)
    for parameter in network.parameters():
        if parameter.value.ndim == 1:
            parameter.value += 0.1 * rng.standard_normal(parameter.value.shape)
    x, y = _digits()[0]
    if leak:
        x, y = np.repeat(x, 2, axis=0), np.repeat(y, 2)
    return Recipe(network, penalty(0.01), *split(x, y, held_out=0.2, rng=rng))


SUSPECTS: dict[str, Callable[[np.random.Generator], Recipe]] = {
    "first": lambda rng: _recipe(rng, _EveryL2),
    "second": lambda rng: _recipe(rng, leak=True),
    "third": lambda rng: _recipe(rng, drops=True),
    "fourth": lambda rng: _recipe(rng),
}
FAULTS = {
    "first": (
        "biases",
        "Its digits and its network are fine. Which parameters have a slope after add_gradients?",
    ),
    "second": (
        "leak",
        "Its network and its penalty are fine. Look for its validation digits among the others.",
    ),
    "third": (
        "drops",
        "Its digits and its penalty are fine. Let it predict the same digits twice.",
    ),
}


def grade_break_it(fine: Any, faults: Any) -> str:
    """Which recipe is fine, and what is wrong with the others."""
    fine = fine.strip().lower() if isinstance(fine, str) else fine
    if not isinstance(fine, str) or fine not in SUSPECTS:
        raise NotYet('fine should be "first", "second", "third" or "fourth".')
    if fine != "fourth":
        raise NotYet(
            f"the {fine} one has a fault. Ask each recipe the three questions, one after the other."
        )
    if not isinstance(faults, dict) or set(faults) != set(FAULTS):
        raise NotYet(
            'the fourth is fine indeed. faults should be {"first": "…", "second": "…", "third": "…"}.'
        )
    for name, (fault, clue) in FAULTS.items():
        given = str(faults[name]).strip().lower()
        if given not in ("leak", "drops", "biases"):
            raise NotYet(
                f'the fourth is fine indeed. {name}: a fault is "leak", "drops" or "biases".'
            )
        if given != fault:
            raise NotYet(f"the fourth is fine indeed. The {name} one has another fault. {clue}")
    return "a penalty that pulls on biases; digits that are in both parts; dropout that goes on when it predicts."


# The open end.

WANTED, PLAIN, RECORD = 91, 90, 94


def grade_rescue(network: Any) -> str:
    """A trained network without convolutions that reads 91 of 100 digits it never saw, having learnt from 100."""
    right = 100 * float((_labels(network) == _digits()[1][1]).mean())
    if any(isinstance(layer, Conv2D) for layer in every_layer(network.layers)):
        raise NotYet(
            f"{right:.1f} of 100, with convolutions: chapter 06's way. Here it should do without Conv2D."
        )
    if right < 20:
        raise NotYet(
            f"{right:.1f} of 100 unseen digits are right: it guesses. Was it trained, with pixels as they are?"
        )
    if right < WANTED:
        plain = (
            f"as a plain network gets about {PLAIN}"
            if right > PLAIN - 1.5
            else "and a plain network gets more"
        )
        raise NotYet(
            f"{right:.1f} of 100 unseen digits are right, {plain}; at least {WANTED} are wanted."
        )
    if right > 98:
        return f"{right:.1f} of 100: more than we believe 100 digits can teach. Has it seen others as well?"
    further = f"Our record is {RECORD}." if right < RECORD else f"That beats our record, {RECORD}."
    return f"{right:.1f} of 100 digits that it never saw; a plain network gets about {PLAIN}. {further}"


def _labels(network: Any) -> np.ndarray:
    """Return what the network calls the unseen digits, given as images or, where it wants them, as rows."""
    if not isinstance(network, Network):
        raise NotYet(f"a trained Network is wanted, and {type(network).__name__} came.")
    images, reasons = _digits()[1][0], []
    for x in (images, images.reshape(len(images), -1)):
        try:
            outputs = np.asarray(network.predict(x))
        except Exception as error:  # layers of the learner's own may raise anything
            reasons.append(f"{type(error).__name__}: {error}")
            continue
        if outputs.shape != (len(x), 10):
            raise NotYet(
                f"for {len(x):,} digits shape {outputs.shape} comes out; ten numbers for each are wanted."
            )
        if not np.isfinite(outputs).all():
            raise NotYet("some outputs are not finite numbers.")
        return outputs.argmax(axis=1)
    raise NotYet(f"digits as images (n, 8, 8, 1) do not go through. {reasons[0]}")
