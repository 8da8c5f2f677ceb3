"""What was said when the bell last rang: how long a plain loop and a gated one remember it, among other words."""

from functools import cache

import numpy as np

from nnlib.layers import Dense
from nnlib.losses import SigmoidCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import Adam
from nnlib.recurrent import GRU, RNN
from nnlib.training import Examples, fit

RATES = (0.003, 0.01, 0.03)
SEEDS = range(5)
GAPS = (10, 20, 30, 40, 60)
BEFORE, RINGS = 10, 0.3  # steps in which the bell may ring, and how likely it does
EXAMPLES, NEW, EPOCHS, BATCH = 1000, 500, 10, 50


def bell_sequences(n: int, gap: int, rng: np.random.Generator) -> Examples:
    """Return x (n, 10 + gap, 2), a word, 1 or −1, and a bell, 1 or 0, at each step; and y (n, 1), 1 or 0.

    In the first ten steps the bell rings now and then, and always at the tenth; y says whether the word was 1 then.
    """
    words = rng.choice([-1.0, 1.0], (n, BEFORE + gap))
    bell = np.zeros_like(words)
    bell[:, :BEFORE] = rng.random((n, BEFORE)) < RINGS
    bell[:, BEFORE - 1] = 1
    x = np.stack([words, bell], axis=-1).astype(np.float32)
    return x, (words[:, BEFORE - 1 : BEFORE] > 0).astype(int)


def plain_network(rng: np.random.Generator) -> Network:
    """Return a plain loop of 30 neurons and one that reads its last state: 1,021 parameters."""
    return Network([RNN(2, 30, rng=rng, last=True), Dense(30, 1, rng=rng)])


def gated_network(rng: np.random.Generator, keeps: float = 2.0) -> Network:
    """Return a gated loop of 16 and a neuron that reads its last state: 945 parameters.

    The gates that keep the state begin at σ(``keeps``) instead of ½: half-open gates forget.
    """
    loop = GRU(2, 16, rng=rng, last=True)
    loop.b.value[16:32] = keeps
    return Network([loop, Dense(16, 1, rng=rng)])


KINDS = {
    "plain": plain_network,
    "gated": gated_network,
    "gated, half open": lambda rng: gated_network(rng, keeps=0.0),
}


@cache
def share_remembered(kind: str, gap: int, learning_rate: float, seed: int) -> float:
    """Train one of ``KINDS`` on sequences with this gap; return the share of new ones that it answers rightly."""
    rng = np.random.default_rng(seed)
    network = KINDS[kind](rng).astype(np.float32)
    examples, new = bell_sequences(EXAMPLES, gap, rng), bell_sequences(NEW, gap, rng)
    fit(
        network,
        SigmoidCrossEntropy(),
        Adam(network.parameters(), learning_rate),
        examples,
        epochs=EPOCHS,
        batch_size=BATCH,
        clip=1.0,
        rng=rng,
    )
    x, y = new
    return float(((network.predict(x) > 0) == y).mean())
