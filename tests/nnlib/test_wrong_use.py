"""What beginners do wrong, and what they are told: what came, and what was wanted."""

from pathlib import Path

import numpy as np
import pytest

from nnlib import batches, datasets, initializers, metrics, numerics
from nnlib.activations import Sigmoid, Softmax
from nnlib.convolution import Conv2D
from nnlib.gradcheck import check_gradients
from nnlib.layers import Dense, Flatten
from nnlib.losses import BinaryCrossEntropy, CrossEntropy, SoftmaxCrossEntropy, SquaredError
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.parameter import Parameter
from nnlib.perceptron import Perceptron
from nnlib.training import fit

RNG = np.random.default_rng(0)
DIGITS = RNG.random((10, 8, 8, 1))
ROWS, LABELS = DIGITS.reshape(10, 64), RNG.integers(0, 10, 10)


def dense() -> Dense:
    return Dense(64, 10, rng=RNG)


def train(x=ROWS, y=LABELS, **options):
    network = Network([dense()])
    settings = {"epochs": 1, "batch_size": 5, "rng": RNG} | options
    return fit(network, SoftmaxCrossEntropy(), SGD(network.parameters()), (x, y), **settings)


# what was done, how, the error, what came, what was wanted
WRONG = [
    (
        "a seed for a generator",
        lambda: Dense(4, 3, rng=42),
        TypeError,
        "42",
        "np.random.default_rng(0)",
    ),
    ("no neurons", lambda: Dense(4, 0, rng=RNG), ValueError, "n_out = 0", "1 or more"),
    ("half a neuron", lambda: Dense(4, 2.5, rng=RNG), TypeError, "n_out = 2.5", "a whole number"),
    (
        "initial weights of another shape",
        lambda: Dense(4, 3, rng=RNG, weights=lambda shape, rng: np.zeros((3, 4))),
        ValueError,
        "Dense(4 → 3) got weights of shape (3, 4)",
        "expected (4, 3)",
    ),
    (
        "an array for an initializer",
        lambda: Dense(2, 2, rng=RNG, weights=np.ones((2, 2))),
        TypeError,
        "Dense(2 → 2) got weights as an array of shape (2, 2)",
        "layer.W.value = …",
    ),
    (
        "the name of an initializer",
        lambda: Dense(2, 2, rng=RNG, weights="he"),
        TypeError,
        "weights as a str",
        "without quotes, after from nnlib.initializers import he",
    ),
    (
        "an array for the initializer of a convolution",
        lambda: Conv2D(1, 1, 2, rng=RNG, weights=np.ones((2, 2))),
        TypeError,
        "Conv2D(1 → 1, 2×2) got weights as an array",
        "an initializer such as he",
    ),
    (
        "a masked array",
        lambda: dense().forward(np.ma.masked_less(ROWS, 0.5)),
        TypeError,
        "x as a masked array of shape (10, 64)",
        "as x.filled(0) gives",
    ),
    (
        "a matrix",
        lambda: dense().forward(ROWS.view(np.matrix)),
        TypeError,
        "x as a matrix of shape (10, 64)",
        "as x.A gives",
    ),
    (
        "the network itself into an optimizer",
        lambda: SGD(Network([dense()]), 0.1),
        TypeError,
        "SGD got a Network",
        "network.parameters()",
    ),
    (
        "the method into an optimizer",
        lambda: SGD(Network([dense()]).parameters, 0.1),
        TypeError,
        "SGD got a method",
        "network.parameters()",
    ),
    (
        "one parameter into an optimizer",
        lambda: SGD(dense().W, 0.1),
        TypeError,
        "SGD got a Parameter",
        "network.parameters()",
    ),
    (
        "the learning rate first",
        lambda: SGD(0.1, Network([dense()]).parameters()),
        TypeError,
        "SGD got 0.1",
        "network.parameters()",
    ),
    (
        "loss and network the wrong way round",
        lambda: fit(
            SquaredError(), Network([dense()]), SGD(dense().parameters()), (ROWS, LABELS), rng=RNG
        ),
        TypeError,
        "got a SquaredError as the network",
        "a Network",
    ),
    (
        "function and parameters the wrong way round",
        lambda: check_gradients(dense().parameters(), lambda: 0.0, rng=RNG),
        TypeError,
        "check_gradients got a function",
        "a list of parameters",
    ),
    (
        "outputs for labels",
        lambda: metrics.accuracy(ROWS[:, 0], LABELS),
        TypeError,
        "labels of dtype float64",
        "network.classify",
    ),
    (
        "classes of a single output",
        lambda: Network([Dense(64, 1, rng=RNG)]).classify(ROWS),
        ValueError,
        "outputs of shape (10, 1)",
        "predict(x)[:, 0] > 0.5",
    ),
    (
        "an input shape in words",
        lambda: Network([dense()]).summary("64"),
        TypeError,
        "input_shape as a str",
        "x.shape[1:]",
    ),
    (
        "softmax of words",
        lambda: numerics.softmax(["a", "b"]),
        TypeError,
        "softmax got z as a list",
        "expected numbers",
    ),
    (
        "softmax of nothing",
        lambda: numerics.softmax(np.zeros((3, 0))),
        ValueError,
        "z of shape (3, 0)",
        "(n, classes)",
    ),
    ("images into Dense", lambda: dense().forward(DIGITS), ValueError, "(10, 8, 8, 1)", "(n, 64)"),
    (
        "examples as columns",
        lambda: dense().forward(ROWS.T),
        ValueError,
        "Dense(64 → 10) got x of shape (64, 10)",
        "(n, 64)",
    ),
    (
        "one example without its axis",
        lambda: dense().forward(ROWS[0]),
        ValueError,
        "(64,)",
        "x.reshape(1, -1)",
    ),
    (
        "a list for an array",
        lambda: dense().forward([[0.0] * 64]),
        TypeError,
        "a list",
        "np.array([...])",
    ),
    (
        "an empty batch",
        lambda: dense().forward(ROWS[:0]),
        ValueError,
        "empty batch of shape (0, 64)",
        "at least one row",
    ),
    (
        "words for numbers",
        lambda: Sigmoid().forward(np.array([["a"]])),
        TypeError,
        "dtype <U1",
        "expected numbers",
    ),
    (
        "softmax of a vector",
        lambda: Softmax().forward(np.zeros(3)),
        ValueError,
        "Softmax() got x of shape (3,)",
        "(n, classes)",
    ),
    (
        "a flat batch of images",
        lambda: Flatten().forward(np.zeros(5)),
        ValueError,
        "(5,)",
        "(n, …)",
    ),
    (
        "backward first",
        lambda: dense().backward(np.zeros((1, 10))),
        RuntimeError,
        "Dense(64 → 10)",
        "before forward",
    ),
    ("no layers", lambda: Network([]), ValueError, "Network got no layers", "at least one"),
    (
        "a class for a layer",
        lambda: Network([Sigmoid]),
        TypeError,
        "place 0",
        "call the class to make one",
    ),
    (
        "layers that do not fit",
        lambda: Network([dense(), Dense(30, 10, rng=RNG)]),
        ValueError,
        "Dense(30 → 10) at place 1 after 10 outputs",
        "expected 10 inputs",
    ),
    (
        "nothing to predict",
        lambda: Network([dense()]).predict(ROWS[:0]),
        ValueError,
        "(0, 64)",
        "at least one example",
    ),
    (
        "holes in the data",
        lambda: Network([dense()]).predict(ROWS * np.nan),
        ValueError,
        "nan at [0, 0]",
        "finite numbers",
    ),
    (
        "whole numbers as network type",
        lambda: Network([dense()]).astype(int),
        ValueError,
        "int64",
        "np.float32",
    ),
    (
        "a file that is not there",
        lambda: Network.load("nowhere"),
        FileNotFoundError,
        "nowhere.npz",
        "no such file",
    ),
    (
        "a program for a network",
        lambda: Network.load(no_network()),
        ValueError,
        "no_network.npz",
        "not a network",
    ),
    (
        "labels for squared error",
        lambda: SquaredError().forward(np.zeros((10, 3)), LABELS),
        ValueError,
        "(10,)",
        "one_hot",
    ),
    (
        "a label too many",
        lambda: SoftmaxCrossEntropy().forward(np.zeros((1, 2)), np.array([2])),
        ValueError,
        "2",
        "0 to 1",
    ),
    (
        "labels as floats",
        lambda: SoftmaxCrossEntropy().forward(ROWS, LABELS / 1),
        TypeError,
        "float64",
        "astype(int)",
    ),
    (
        "logits for cross-entropy",
        lambda: CrossEntropy().forward(9 * ROWS, LABELS),
        ValueError,
        "9",
        "SoftmaxCrossEntropy",
    ),
    (
        "logits for binary cross-entropy",
        lambda: BinaryCrossEntropy().forward(np.array([[-3.0]]), np.array([0])),
        ValueError,
        "-3",
        "probabilities from 0 to 1",
    ),
    (
        "a learning rate of zero",
        lambda: SGD(dense().parameters(), 0),
        ValueError,
        "learning_rate = 0",
        "above 0",
    ),
    (
        "an optimizer of nothing",
        lambda: SGD([]),
        ValueError,
        "SGD got no parameters",
        "at least one",
    ),
    ("arrays for parameters", lambda: SGD([ROWS]), TypeError, "ndarray", "network.parameters()"),
    (
        "a parameter of whole numbers",
        lambda: Parameter(np.array([1, 2]), "w"),
        TypeError,
        "int64",
        "value.astype(float)",
    ),
    ("no epochs", lambda: train(epochs=0), ValueError, "epochs = 0", "1 or more"),
    (
        "half a batch size",
        lambda: train(batch_size=0.5),
        TypeError,
        "batch_size = 0.5",
        "a whole number",
    ),
    ("a seed for fit", lambda: train(rng=1), TypeError, "rng as 1", "np.random.default_rng(0)"),
    (
        "more labels than examples",
        lambda: train(x=ROWS[:8]),
        ValueError,
        "x with 8 rows and y with 10 rows",
        "one row of each",
    ),
    (
        "validation without labels",
        lambda: train(validation=ROWS),
        TypeError,
        "(10, 64)",
        "a pair (x, y)",
    ),
    (
        "infinite data",
        lambda: train(x=ROWS / 0.0),
        ValueError,
        "inf at [0, 0]",
        "finite numbers only",
    ),
    (
        "all data held out",
        lambda: batches.split(ROWS, LABELS, held_out=1, rng=RNG),
        ValueError,
        "1",
        "between 0 and 1",
    ),
    (
        "per cent for a share",
        lambda: batches.stratified_split(ROWS, LABELS, held_out=20, rng=RNG),
        ValueError,
        "held_out = 20",
        "such as 0.2",
    ),
    (
        "one-hot of floats",
        lambda: numerics.one_hot(np.array([1.5]), 3),
        TypeError,
        "float64",
        "whole numbers",
    ),
    (
        "accuracy of unequal lengths",
        lambda: metrics.accuracy(LABELS, LABELS[:3]),
        ValueError,
        "3 rows",
        "one row of each",
    ),
    (
        "a vector to initialize",
        lambda: initializers.he((3,), RNG),
        ValueError,
        "(3,)",
        "(d_in, d_out)",
    ),
    ("no points", lambda: datasets.moons(0, rng=RNG), ValueError, "moons got n = 0", "1 or more"),
    (
        "half a truth table",
        lambda: datasets.truth_table([0, 1]),
        ValueError,
        "[0, 1]",
        "four outputs",
    ),
    (
        "perceptron with ten classes",
        lambda: Perceptron(64).fit(ROWS, LABELS),
        ValueError,
        "labels [",
        "0 and 1",
    ),
    (
        "perceptron of another width",
        lambda: Perceptron(2).predict(ROWS),
        ValueError,
        "Perceptron(2 → 1) got x of shape (10, 64)",
        "(n, 2)",
    ),
    (
        "nothing to check",
        lambda: check_gradients(lambda: 0.0, [], rng=RNG),
        ValueError,
        "no parameters",
        "at least one",
    ),
]


def no_network() -> Path:
    path = Path("no_network.npz")
    path.write_text("print('hello')", encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("wrong", "error", "came", "wanted"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_message_says_what_came_and_what_was_wanted(wrong, error, came, wanted):
    with np.errstate(all="ignore"), pytest.raises(error) as caught:
        wrong()
    words = str(caught.value)
    assert came in words
    assert wanted in words
    assert "\n" not in words
    assert len(words) < 300


def test_the_list_is_long_and_its_names_differ():
    assert len({row[0] for row in WRONG}) == len(WRONG) >= 25
