"""What beginners do wrong, and what they are told: what came, and what was wanted."""

from pathlib import Path

import numpy as np
import pytest

from nnlib import batches, datasets, images, initializers, landscapes, metrics, mnist, numerics
from nnlib.activations import Sigmoid, Softmax
from nnlib.autodiff import Variable
from nnlib.checkpoints import Checkpoint
from nnlib.convolution import Conv2D
from nnlib.gradcheck import check_gradients
from nnlib.layers import Dense, Flatten, Layer
from nnlib.losses import (
    BinaryCrossEntropy,
    CrossEntropy,
    Loss,
    SoftmaxCrossEntropy,
    SquaredError,
)
from nnlib.network import Network
from nnlib.optimizers import SGD, Adam, Optimizer
from nnlib.parameter import Parameter
from nnlib.perceptron import Perceptron
from nnlib.regularization import Penalty
from nnlib.sanity import climb
from nnlib.training import fit, train_step
from nnlib.weights import load_weights

RNG = np.random.default_rng(0)
DIGITS = RNG.random((10, 8, 8, 1))
ROWS, LABELS = DIGITS.reshape(10, 64), RNG.integers(0, 10, 10)


def dense() -> Dense:
    return Dense(64, 10, rng=RNG)


def train(x=ROWS, y=LABELS, **options):
    network = Network([dense()])
    settings = {"epochs": 1, "batch_size": 5, "rng": RNG} | options
    return fit(network, SoftmaxCrossEntropy(), SGD(network.parameters()), (x, y), **settings)


class Column:
    """As pandas has them."""

    def to_numpy(self):
        return LABELS


class Tensor:
    """As PyTorch has them."""

    shape, dtype = (10,), "torch.float32"

    def detach(self):
        return self

    def numpy(self):
        return LABELS


class Model:
    """As PyTorch has them."""

    def state_dict(self):
        return {}


class Makes(Layer):
    """A layer of the learner's own, whose forward makes what it is told to."""

    def __init__(self, makes):
        self.makes = makes

    def forward(self, x):
        return self.makes(x)


class Has(Layer):
    """One whose parameters() are what it is told."""

    def __init__(self, *has):
        self.has = has

    def parameters(self):
        return list(self.has) if len(self.has) > 1 else self.has[0]


class Lettered(Optimizer):
    remembers = "velocity"


class ForgetsSum(Penalty):
    def cost(self, w):
        return self.strength * w * w


def stepped_with(grad) -> None:
    parameter = Parameter(np.zeros(10), "b")
    parameter.grad = grad
    SGD([parameter], 0.1).step()


def read_only() -> np.ndarray:
    array = np.zeros((2, 2))
    array.flags.writeable = False
    return array


def swap_a_parameter(state) -> None:
    state.network.layers[0].W = Parameter(np.zeros((64, 10)), "mine")


def optimized_by(rule):
    network = Network([dense()])
    return train_step(network, SoftmaxCrossEntropy(), rule(network.parameters(), 0.1), ROWS, LABELS)


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
    (
        "a column of pandas",
        lambda: train(y=Column()),
        TypeError,
        "fit got y as a Column",
        "y.to_numpy()",
    ),
    (
        "a tensor of PyTorch",
        lambda: dense().forward(Tensor()),
        TypeError,
        "got x as a Tensor",
        "x.detach().numpy()",
    ),
    (
        "objects that are numbers",
        lambda: train(x=ROWS.astype(object)),
        TypeError,
        "x of dtype object",
        "astype(float)",
    ),
    (
        "a single number for an activation",
        lambda: Sigmoid().forward(np.array(1.0)),
        ValueError,
        "Sigmoid() got x of shape ()",
        "(n, …)",
    ),
    (
        "softmax of an array with a mask",
        lambda: numerics.softmax(np.ma.masked_less(ROWS, 0.5)),
        TypeError,
        "z as a masked array",
        "z.filled(0)",
    ),
    (
        "softmax of ragged rows",
        lambda: numerics.softmax([[1.0], [1.0, 2.0]]),
        TypeError,
        "softmax got z as a list",
        "expected numbers",
    ),
    (
        "smoothing in the place of the type",
        lambda: numerics.one_hot(LABELS, 10, 0.1),
        TypeError,
        "dtype = 0.1",
        "smoothing=0.1",
    ),
    (
        "soft rows of whole numbers",
        lambda: numerics.one_hot(LABELS, 10, int, smoothing=0.1),
        TypeError,
        "dtype = int",
        "one of floats",
    ),
    (
        "a type of objects for one-hot rows",
        lambda: numerics.one_hot(LABELS, 10, object),
        TypeError,
        "dtype = object",
        "np.float32",
    ),
    (
        "NumPy's own zeros as an initializer",
        lambda: Dense(4, 3, rng=RNG, weights=np.zeros),
        TypeError,
        "got zeros as its initializer, which fails as zeros(shape, rng)",
        "one such as he",
    ),
    (
        "an initializer without rng",
        lambda: Dense(4, 3, rng=RNG, weights=lambda shape: np.zeros(shape)),
        TypeError,
        "Dense(4 → 3) got <lambda>",
        "one such as he",
    ),
    (
        "a number for the shape of an initializer",
        lambda: initializers.glorot(3, RNG),
        TypeError,
        "shape as 3",
        "(d_in, d_out)",
    ),
    (
        "generator and shape the wrong way round",
        lambda: initializers.zeros(RNG, (3, 2)),
        TypeError,
        "shape as a Generator",
        "the generator second",
    ),
    (
        "no inputs for an initializer",
        lambda: initializers.he((0, 2), RNG),
        ValueError,
        "shape = 0",
        "1 or more",
    ),
    (
        "a value that cannot be changed",
        lambda: Parameter(read_only(), "W"),
        ValueError,
        "Parameter W got a value that is read-only",
        "value.copy()",
    ),
    (
        "the gradient of another library",
        lambda: stepped_with(Tensor()),
        TypeError,
        "the gradient of b as a Tensor",
        "a NumPy array",
    ),
    (
        "an own rule that remembers letters",
        lambda: optimized_by(Lettered),
        TypeError,
        "remembers = 'velocity'",
        "('velocity',)",
    ),
    (
        "Adam in float16",
        lambda: Adam(Network([dense()]).astype(np.float16).parameters()),
        ValueError,
        "epsilon = 1e-08, which is 0 in float16",
        "1e-4",
    ),
    (
        "an own penalty that forgets the sum",
        lambda: ForgetsSum(0.1).value([Parameter(ROWS, "W")]),
        TypeError,
        "an array of shape (10, 64)",
        "expected a number",
    ),
    (
        "an own layer that forgets return",
        lambda: Network([Makes(lambda x: None)]).predict(ROWS),
        TypeError,
        "Makes() gave None",
        "return",
    ),
    (
        "an own layer that makes lists",
        lambda: Network([Makes(np.ndarray.tolist)]).predict(ROWS),
        TypeError,
        "Makes() gave a list",
        "expected an array",
    ),
    (
        "an own layer that mixes up examples",
        lambda: Network([Makes(lambda x: x.mean(axis=0))]).predict(ROWS),
        ValueError,
        "shape (64,) for 10 examples",
        "a row for each",
    ),
    (
        "an array for a parameter",
        lambda: SGD(Network([Has(np.zeros(3), np.zeros(2))]).parameters()),
        TypeError,
        "Has() got an array of shape (3,) and dtype float64 in its parameters()",
        "layer.W.value = …",
    ),
    (
        "own parameters that are not returned",
        lambda: SGD(Network([Has(None)]).parameters()),
        TypeError,
        "Has() got None from its parameters()",
        "a list of Parameter",
    ),
    (
        "an own loss without a slope",
        lambda: Loss().backward(),
        NotImplementedError,
        "Loss()",
        "no backward",
    ),
    (
        "a step of another network's optimizer",
        lambda: train_step(
            Network([dense()]), SoftmaxCrossEntropy(), SGD(dense().parameters()), ROWS, LABELS
        ),
        ValueError,
        "got no gradient from the backward pass",
        "network.parameters()",
    ),
    (
        "a parameter that is swapped while it learns",
        lambda: train(epochs=2, callbacks=[swap_a_parameter]),
        ValueError,
        "which the network does not have",
        "make the optimizer after",
    ),
    (
        "the ladder with the class of a loss",
        lambda: climb(Network([dense()]), SquaredError, (ROWS, LABELS), learning_rate=0.1, rng=RNG),
        TypeError,
        "climb got the class SquaredError as the loss",
        "SquaredError(…)",
    ),
    (
        "the ladder with a list of layers",
        lambda: climb([dense()], SquaredError(), (ROWS, LABELS), learning_rate=0.1, rng=RNG),
        TypeError,
        "climb got a list as the network",
        "a Network",
    ),
    (
        "fit as a method",
        lambda: Network([dense()]).fit(ROWS, LABELS),
        AttributeError,
        "Network has no fit",
        "training.fit(network, loss, optimizer, (x, y), rng=rng)",
    ),
    (
        "the prediction mode of PyTorch",
        lambda: Network([dense()]).eval(),
        AttributeError,
        "Network has no eval",
        "network.predict(x)",
    ),
    (
        "a type of PyTorch's name",
        lambda: Network([dense()]).astype("torch.float32"),
        TypeError,
        "'torch.float32'",
        "np.float32",
    ),
    (
        "no type at all",
        lambda: Network([dense()]).astype(None),
        TypeError,
        "astype got None",
        "np.float32",
    ),
    (
        "nowhere to save",
        lambda: Network([dense()]).save(None),
        TypeError,
        "Network.save got None",
        "the name of a file",
    ),
    (
        "a folder to save in",
        lambda: Network([dense()]).save("."),
        ValueError,
        ". is a folder",
        "the name of a file",
    ),
    (
        "a checkpoint without a name",
        lambda: Checkpoint(3),
        TypeError,
        "Checkpoint got 3",
        "the name of a file",
    ),
    (
        "pictures by a list",
        lambda: images.load_images(["7.png"]),
        TypeError,
        "load_images got a list",
        "the name of a file or folder",
    ),
    (
        "a folder for an IDX file",
        lambda: mnist.read_idx(".", 3),
        FileNotFoundError,
        ". is not a file",
        "an IDX file",
    ),
    (
        "the model of another library",
        lambda: load_weights(Network([dense()]), Model()),
        TypeError,
        "load_weights got a Model",
        "state_dict()",
    ),
    (
        "weights for the class of networks",
        lambda: load_weights(Network, {"fc.weight": ROWS}),
        TypeError,
        "the class Network",
        "load_weights(network, source)",
    ),
    (
        "weights that are too large for the network's type",
        lambda: load_weights(
            Network([dense()]).astype(np.float16),
            {"fc.weight": np.full((10, 64), 1e6), "fc.bias": np.zeros(10)},
        ),
        ValueError,
        "in float16, got fc.weight with inf at [0, 0]",
        "finite numbers",
    ),
    (
        "a text for a share",
        lambda: batches.split(ROWS, LABELS, held_out="0.2", rng=RNG),
        TypeError,
        "held_out = a str",
        "a number",
    ),
    (
        "noise below zero",
        lambda: datasets.moons(10, rng=RNG, noise=-0.1),
        ValueError,
        "moons got noise = -0.1",
        "0 or more",
    ),
    (
        "turns that are no number",
        lambda: datasets.spirals(10, rng=RNG, turns=np.nan),
        ValueError,
        "turns = nan",
        "a finite number",
    ),
    (
        "names for the number of classes",
        lambda: metrics.confusion_matrix(LABELS, LABELS, ["a", "b"]),
        TypeError,
        "classes = a list",
        "a whole number",
    ),
    (
        "a kind of targets that there is not",
        lambda: metrics.count_right(ROWS, LABELS, "label"),
        ValueError,
        "kind = 'label'",
        "labels, rows",
    ),
    (
        "a landscape for its slope",
        lambda: landscapes.descend(landscapes.Beale(), np.ones(2), learning_rate=0.1, steps=3),
        TypeError,
        "descend got a Beale",
        "landscape.gradient",
    ),
    (
        "a loss that takes arguments",
        lambda: check_gradients(lambda x: 0.0, dense().parameters(), rng=RNG),
        TypeError,
        "check_gradients got",
        "without arguments",
    ),
    (
        "a text for the value of a variable",
        lambda: setattr(Variable(1.0), "value", "2"),
        TypeError,
        "Variable got a str",
        "expected numbers",
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
