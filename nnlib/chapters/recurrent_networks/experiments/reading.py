"""A network that reads a text character by character: how it learns, what it writes, what its units do."""

import re
from collections import Counter
from functools import cache
from typing import NamedTuple, cast

import numpy as np

from nnlib._fast.blocks import one_blas_thread
from nnlib.datasets import load_text
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.numerics import softmax
from nnlib.optimizers import Adam
from nnlib.recurrent import GRU, Recurrent
from nnlib.steps import EachStep, PerStep
from nnlib.training import Examples, train_step

HIDDEN, ROWS, PIECE, ROUNDS, LEARNING_RATE = 64, 32, 25, 10, 0.005
LOSS = PerStep(SoftmaxCrossEntropy())


@cache
def simple_text() -> str:
    """Return the text in small letters; its two underscores are left out."""
    return load_text().lower().replace("_", "")


@cache
def alphabet() -> str:
    """Return the 39 characters that occur, in order; a character's token is its place here."""
    return "".join(sorted(set(simple_text())))


def tokens_of(text: str) -> np.ndarray:
    """Return a text as tokens (time,)."""
    return np.array([alphabet().index(character) for character in text])


def text_of(tokens: np.ndarray) -> str:
    """Return tokens (time,) as a text."""
    return "".join(alphabet()[token] for token in tokens)


@cache
def text_parts() -> tuple[np.ndarray, np.ndarray]:
    """Return the tokens of the first nine tenths, to learn from, and of the last tenth, for validation."""
    tokens = tokens_of(simple_text())
    cut = len(tokens) * 9 // 10
    return tokens[:cut], tokens[cut:]


def side_by_side(tokens: np.ndarray, rows: int = ROWS) -> Examples:
    """Cut a text into ``rows`` parts of one length, to be read at the same time.

    Return x (rows, time) and y (rows, time), the character that comes next.
    """
    time = (len(tokens) - 1) // rows
    x, y = tokens[: rows * time], tokens[1 : rows * time + 1]
    return x.reshape(rows, time), y.reshape(rows, time)


def table_perplexity() -> float:
    """Return the perplexity on the validation text of a table: how often each character came after each other one.

    All pairs are counted in the training text, and one is added to each count.
    """
    training, new = text_parts()
    counts = np.ones((len(alphabet()), len(alphabet())))
    np.add.at(counts, (training[:-1], training[1:]), 1)
    chances = counts / counts.sum(axis=1, keepdims=True)
    return float(np.exp(-np.log(chances[new[:-1], new[1:]]).mean()))


def counting_perplexity(back: int) -> float:
    """Return the perplexity on the new text of tables that look up to ``back`` characters back, mixed.

    Where a row was seen n times with d different characters next, its counts weigh n and the shorter row's chances d.
    Source: I. Witten and T. Bell, 1991.
    """
    training, new = text_parts()
    pairs: Counter[tuple[bytes, int]] = Counter()
    for k in range(back + 1):
        pairs.update(
            (training[t - k : t].tobytes(), int(training[t])) for t in range(k, len(training))
        )
    seen: Counter[bytes] = Counter()
    different: Counter[bytes] = Counter()
    for (row, _), count in pairs.items():
        seen[row] += count
        different[row] += 1
    chances = np.full(len(new) - back, 1 / len(alphabet()))
    for k in range(back + 1):
        for place, t in enumerate(range(back, len(new))):
            row = new[t - k : t].tobytes()
            n, d = seen[row], different[row]
            if n:
                counted = pairs[row, int(new[t])]
                chances[place] = (counted + d * chances[place]) / (n + d)
    return float(np.exp(-np.log(chances).mean()))


def new_reader(rng: np.random.Generator) -> Network:
    """Return a gated loop of 64 and a layer that makes logits of each of its states, float32."""
    letters = len(alphabet())
    layers = [GRU(letters, HIDDEN, rng=rng), EachStep([Dense(HIDDEN, letters, rng=rng)])]
    return Network(layers).astype(np.float32)


def loop_of(network: Network) -> Recurrent:
    """Return the recurrent layer of a reader."""
    return cast(Recurrent, network.layers[0])


def read_once(network: Network, optimizer: Adam, x: np.ndarray, y: np.ndarray) -> list[float]:
    """Read the text once, piece by piece; the state goes on from piece to piece. Return the cost of each piece."""
    loop, costs = loop_of(network), []
    loop.start = None
    for t in range(0, x.shape[1], PIECE):
        piece = np.s_[:, t : t + PIECE]
        cost, _ = train_step(network, LOSS, optimizer, x[piece], y[piece], clip=1.0)
        loop.start = loop.end
        costs.append(cost)
    loop.start = None
    return costs


def perplexity(network: Network, tokens: np.ndarray) -> float:
    """Return e to the mean loss per character of a text."""
    return float(np.exp(LOSS.forward(network.predict(tokens[None, :-1]), tokens[None, 1:])))


class Reader(NamedTuple):
    """The network before and after learning, and by round its perplexity while it learns and on the new text."""

    before: Network
    network: Network
    training: list[float]
    validation: list[float]


@cache
def learn_to_read(seed: int = 0, rounds: int = ROUNDS) -> Reader:
    """Read the training text so many times."""
    network = new_reader(np.random.default_rng(seed))
    before, optimizer = network.copy(), Adam(network.parameters(), LEARNING_RATE)
    training_text, new_text = text_parts()
    x, y = side_by_side(training_text)
    training, validation = [], []
    with one_blas_thread():  # its products are too small to be shared out
        for _ in range(rounds):
            training.append(float(np.exp(np.mean(read_once(network, optimizer, x, y)))))
            validation.append(perplexity(network, new_text))
    return Reader(before, network, training, validation)


@cache
def slopes_in_pieces(piece: int) -> np.ndarray:
    """Return dW_h (64, 192) of the trained network for 100 characters of new text, in 32 places.

    They are read in pieces of so many characters: the state goes on, the slopes stop.
    """
    network = learn_to_read().network.astype(np.float64)
    loop, (x, y) = loop_of(network), side_by_side(text_parts()[1][: 100 * ROWS + 1])
    for t in range(0, x.shape[1], piece):
        here = np.s_[:, t : t + piece]
        LOSS.forward(network.forward(x[here]), y[here])
        network.backward(LOSS.backward() * piece / x.shape[1])
        loop.start = loop.end
    return np.asarray(loop.W_h.grad)


def write(network: Network, opening: str, length: int, temperature: float, seed: int) -> str:
    """Go on after ``opening``: draw one character after another from softmax(logits / temperature), and read it."""
    network, rng = network.copy(), np.random.default_rng(seed)
    loop, tokens = loop_of(network), tokens_of(opening)
    written: list[int] = []
    for _ in range(length):
        logits = network.forward(tokens[None])[0, -1].astype(float)
        chances = softmax(logits[None] / temperature)[0]
        written.append(int((rng.random() > chances.cumsum()).sum().clip(max=len(chances) - 1)))
        loop.start, tokens = loop.end, np.array(written[-1:])
    return text_of(np.array(written))


def states_along(network: Network, text: str) -> np.ndarray:
    """Return the states (time, 64) while a text is read, the slowest unit first.

    Slow is what changes little from character to character.
    """
    states = loop_of(network.copy()).forward(tokens_of(text)[None])[0]
    return states[:, np.abs(np.diff(states, axis=0)).mean(axis=0).argsort()]


def words_of(text: str) -> list[str]:
    """Return the words of a text: letters without anything between."""
    return re.findall("[a-z]+", text)
