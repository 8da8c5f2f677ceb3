"""Exercise 10 of chapter 09: a recurrent network that adds binary numbers of any length."""

import numpy as np

from nnlib.activations import Sigmoid
from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet
from nnlib.history import History
from nnlib.layers import Dense
from nnlib.network import Network
from nnlib.recurrent import RNN
from nnlib.steps import EachStep

DIGITS, SUMS = 50, 200  # of the sums that a network is asked
FEWEST = 13  # parameters with which we know that it can be done


def additions(digits, n, *, rng):
    """Return n sums of two random binary numbers, from the last digit to the first.

    x (n, digits, 2) are the digits of the two numbers, y (n, digits, 1) those of their sum; the last carry is dropped.
    """
    x = rng.integers(0, 2, (n, digits, 2)).astype(float)
    y, carry = np.zeros((n, digits, 1)), np.zeros(n)
    for t in range(digits):
        total = x[:, t].sum(axis=1) + carry
        y[:, t, 0], carry = total % 2, total // 2
    return x, y


def grade(network):
    if not isinstance(network, Network):
        raise NotYet(f"adder should be a trained Network([…]), but it is {type(network).__name__}.")
    short, long = (right_sums(network, digits) for digits in (4, DIGITS))
    if long < SUMS:
        raise NotYet(f"of {SUMS} sums of {DIGITS} digits {long} are right. {advice(short)}")
    parameters = sum(parameter.value.size for parameter in network.parameters())
    fewer = (
        f"Fewer? {FEWEST} can do it, set by hand."
        if parameters > FEWEST
        else "We know of no fewer."
    )
    return f"all {SUMS} sums of {DIGITS} digits are right, with {parameters} parameters. {fewer}"


def right_sums(network, digits):
    """How many new sums are right in all digits."""
    x, y = additions(digits, SUMS, rng=np.random.default_rng(49))
    try:
        logits = network.predict(x)
    except ValueError as error:
        raise NotYet(f"the network does not take sums of {digits} digits: {error}") from None
    if logits.shape != y.shape:
        raise NotYet(
            f"for x of shape {x.shape} the network gives {logits.shape}; it should give {y.shape}, "
            "a logit for each digit: EachStep([Dense(…, 1, rng=rng)])."
        )
    if ((logits >= 0) & (logits <= 1)).all():
        raise NotYet(
            "all outputs are from 0 to 1. Logits are asked for: the sigmoid is in "
            "SigmoidCrossEntropy, and does not belong into the network."
        )
    return int(((logits > 0) == (y == 1)).all(axis=(1, 2)).sum())


def advice(short):
    if short == SUMS:
        return (
            "Of those of 4 digits all are: it carries, but not for ever. Train longer, or on "
            "longer sums, so that its states go to their ends."
        )
    return (
        f"Of those of 4 digits {short} are. Has its loss come down to nearly 0? If not: more "
        "epochs, another η, more hidden neurons, or another start (seed)."
    )


def untrained(hidden, seed=0):
    rng = np.random.default_rng(seed)
    return Network([RNN(2, hidden, rng=rng), EachStep([Dense(hidden, 1, rng=rng)])])


def squashed():
    """A network that gives probabilities."""
    rng = np.random.default_rng(0)
    return Network([RNN(2, 4, rng=rng), EachStep([Dense(4, 1, rng=rng), Sigmoid()])])


WRONG: Mistakes = {
    "of 200 sums of 50 digits 0 are right": (
        lambda: untrained(6),
        lambda: untrained(3, seed=1),
    ),
    "a logit for each digit": lambda: Network([RNN(2, 1, rng=np.random.default_rng(0), last=True)]),
    "Logits are asked for": squashed,
    "does not take sums of": lambda: Network([Dense(2, 1, rng=np.random.default_rng(0))]),
    "a trained Network([…]), but it is History": lambda: History(),
}

exercise = Exercise(
    names=("adder",),
    grade=grade,
    hints=(
        "Network([RNN(2, 8, rng=rng), EachStep([Dense(8, 1, rng=rng)])]), the loss "
        "PerStep(SigmoidCrossEntropy()), Adam with η = 0.03, clip=1.0.",
        "200 sums of 12 digits, batches of 10, 60 epochs: the loss should end below 0.01.",
        "Fewer parameters: 3 hidden neurons can count 1, 2 and 3 ones, with some luck of the "
        "start. With 2, set by hand, one is the carry, and one the number of ones.",
    ),
    solution="""
        from nnlib.layers import Dense
        from nnlib.losses import SigmoidCrossEntropy
        from nnlib.network import Network
        from nnlib.optimizers import Adam
        from nnlib.recurrent import RNN
        from nnlib.steps import EachStep, PerStep
        from nnlib.training import fit

        rng = np.random.default_rng(0)
        adder = Network([RNN(2, 8, rng=rng), EachStep([Dense(8, 1, rng=rng)])])
        loss, optimizer = PerStep(SigmoidCrossEntropy()), Adam(adder.parameters(), 0.03)
        sums = ex.additions(12, 200, rng=rng)
        fit(adder, loss, optimizer, sums, epochs=60, batch_size=10, clip=1.0, rng=rng)
    """,
    wrong=WRONG,
    noise=lambda rng: (untrained(int(rng.integers(1, 9)), int(rng.integers(99))),),
)
