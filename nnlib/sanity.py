"""The sanity ladder: four cheap questions to a network before it is trained for long, each harder than the last.

1. *start*: does it begin as clueless as it should, with a loss of ln C for C classes?
2. *gradient*: does ``backward`` say what nudging says?
3. *handful*: can it learn ten examples by heart? If not, more data will not help.
4. *epoch*: does the loss fall over a few epochs of everything?

Source: N23; A. Karpathy, "A recipe for training neural networks", 2019.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlib.errors import (
    require_labels,
    require_positive,
    require_rng,
    require_same_length,
)
from nnlib.gradcheck import check_gradients
from nnlib.losses import Loss
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import DivergedError, fit

HANDFUL, TRIES, EPOCHS = 10, 300, 3


@dataclass(frozen=True)
class Rung:
    """One question: its name, whether the answer is good, and what was seen, in words."""

    name: str
    passed: bool
    words: str

    def __str__(self) -> str:
        return f"{'✓' if self.passed else '✗'} {self.name}: {self.words}"


@dataclass
class Ladder:
    """The rungs that were climbed, up to the first that did not hold; printing it gives a line for each."""

    rungs: list[Rung] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether all four rungs hold."""
        return len(self.rungs) == 4 and all(rung.passed for rung in self.rungs)

    def __str__(self) -> str:
        return "\n".join(str(rung) for rung in self.rungs)


def climb(
    network: Network,
    loss: Loss,
    examples: tuple[np.ndarray, np.ndarray],
    *,
    learning_rate: float,
    rng: np.random.Generator,
) -> Ladder:
    """Ask the four questions of a classifier that was not trained yet; stop at the first that fails.

    ``examples`` are (x, y) with labels y (n,). All is tried on copies: the network itself stays as it is.
    Raises ``ValueError`` or ``TypeError`` if an argument is wrong.
    """
    require_positive("climb", "learning_rate", learning_rate)
    require_rng("climb", rng)
    x, y = examples
    require_same_length("climb", x=x, y=y)
    classes = network.predict(x[:1]).shape[1]
    require_labels("climb", y, classes)
    ladder = Ladder()
    rungs: list[Callable[[], Rung]] = [
        lambda: _start(network, loss, x, y, classes),
        lambda: _gradient(network.copy(), loss, x[:HANDFUL], y[:HANDFUL], rng),
        lambda: _handful(network.copy(), loss, x[:HANDFUL], y[:HANDFUL], learning_rate, rng),
        lambda: _epoch(network.copy(), loss, x, y, learning_rate, rng),
    ]
    for rung in rungs:
        ladder.rungs.append(rung())
        if not ladder.rungs[-1].passed:
            break
    return ladder


def _start(network: Network, loss: Loss, x: np.ndarray, y: np.ndarray, classes: int) -> Rung:
    cost, clueless = loss.forward(network.predict(x), y), math.log(classes)
    nothing = f"knowing nothing about {classes} classes is ln {classes} = {clueless:.2f}"
    words = f"the loss is {cost:.2f}; {nothing}"
    if cost > 1.5 * clueless:
        return Rung(
            "start",
            passed=False,
            words=f"{words}. It is sure of wrong answers: smaller weights, or scaled inputs",
        )
    if cost < 0.5 * clueless:
        return Rung(
            "start",
            passed=False,
            words=f"{words}. It knows too much: "
            "was it trained already, or is the loss another one?",
        )
    return Rung("start", passed=True, words=words)


def _gradient(
    network: Network,
    loss: Loss,
    x: np.ndarray,
    y: np.ndarray,
    rng: np.random.Generator,
) -> Rung:
    network = network.astype(np.float64)
    network.training = False
    x = x.astype(np.float64)

    def run() -> float:
        for parameter in network.parameters():
            parameter.zero_grad()
        cost = loss.forward(network.forward(x), y)
        network.backward(loss.backward())
        return cost

    report = check_gradients(run, network.parameters(), rng=rng, tolerance=1e-5)
    return Rung("gradient", report.passed, str(report))


def _handful(
    network: Network,
    loss: Loss,
    x: Any,
    y: Any,
    rate: float,
    rng: np.random.Generator,
) -> Rung:
    try:
        fit(
            network,
            loss,
            SGD(network.parameters(), rate),
            (x, y),
            epochs=TRIES,
            batch_size=len(x),
            rng=rng,
        )
    except DivergedError as error:
        return Rung("handful", passed=False, words=f"{error}")
    right = accuracy(network.classify(x), y)
    words = f"after {TRIES} steps on {len(x)} examples it knows {right:.0%} of them"
    hint = (
        ""
        if right == 1
        else ". It cannot even learn by heart: too small, a dead layer, or a wrong learning rate"
    )
    return Rung("handful", right == 1, words + hint)


def _epoch(
    network: Network,
    loss: Loss,
    x: Any,
    y: Any,
    rate: float,
    rng: np.random.Generator,
) -> Rung:
    before = loss.forward(network.predict(x), y)
    try:
        fit(
            network,
            loss,
            SGD(network.parameters(), rate),
            (x, y),
            epochs=EPOCHS,
            batch_size=HANDFUL,
            rng=rng,
        )
    except DivergedError as error:
        return Rung("epoch", passed=False, words=f"{error}")
    after = loss.forward(network.predict(x), y)
    words = f"the loss goes from {before:.2f} to {after:.2f} in {EPOCHS} epochs"
    return Rung(
        "epoch",
        after < 0.9 * before,
        words if after < 0.9 * before else f"{words}. Try another learning rate",
    )
