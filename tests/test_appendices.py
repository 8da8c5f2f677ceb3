"""What stands in the appendices: letters, shapes and terms, each where it is said to be."""

import builtins
import importlib
import inspect
import io
import keyword
import re
import tokenize
import unicodedata
from functools import cache
from pathlib import Path

import nbformat
import numpy as np

from nnlib.layers import Layer
from nnlib.losses import Loss
from nnlib.optimizers import Optimizer
from nnlib.regularization import Penalty

PARTS = (Layer, Loss, Optimizer, Penalty)
ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
A1 = FOLDER / "A1_notation_and_index.ipynb"
CHAPTERS = sorted(FOLDER.glob("[0-9]*.ipynb"))
LINK = re.compile(r"\[([^]]+)\]\(([^)#]+)#cell-id=([^)]+)\)")

# What the ideas of docs/ideas.md are called; each stands in the index as it is written here.
TERMS = {
    "N1": ["perceptron", "threshold", "bias", "bias as an extra input"],
    "N2": ["decision boundary", "hyperplane", "linearly separable", "sign", "step function"],
    "N3": [
        "learning rule of the perceptron",
        "convergence of the perceptron",
        "cycling of the perceptron",
    ],
    "N4": ["neuron, in a brain", "neuroplasticity"],
    "N5": ["NAND", "AND", "XOR", "half adder", "full adder", "universal gate"],
    "N6": ["hidden layer", "ReLU"],
    "N7": [
        "multi-layer perceptron",
        "layer",
        "width",
        "depth",
        "feedforward network",
        "Boolean function",
        "logistic regression",
    ],
    "N8": ["sigmoid", "float32 and float64"],
    "N9": [
        "activation function",
        "tanh",
        "leaky ReLU",
        "ELU",
        "softmax",
        "saturated neuron",
        "dead neuron",
        "sub-gradient",
    ],
    "N10": ["universal approximation theorem", "squashing function", "tower"],
    "N11": [
        "cost",
        "loss",
        "expected loss",
        "empirical risk",
        "squared error",
        "absolute error",
        "0-1 loss",
        "cross-entropy",
        "vector of grey values",
        "one-hot vector",
    ],
    "N12": [
        "gradient",
        "gradient descent",
        "learning rate",
        "local minimum",
        "plateau",
        "saddle",
        "steepest descent",
    ],
    "N13": [
        "batch gradient descent",
        "online learning",
        "mini-batch",
        "stochastic gradient descent",
        "epoch",
    ],
    "N14": ["schedule", "linear annealing", "convex"],
    "N15": ["softmax regression", "binary cross-entropy", "negative log-likelihood"],
    "N16": ["chain rule"],
    "N17": [
        "computational graph",
        "symbolic differentiation",
        "numerical differentiation",
        "forward mode",
        "reverse mode",
        "autodiff",
    ],
    "N18": [
        "back-propagation",
        "four equations",
        "delta",
        "Hadamard product",
        "regression",
    ],
    "N19": ["training", "batch size"],
    "N20": ["initial weights", "symmetry", "scaled start"],
    "N21": ["vanishing slopes", "exploding slopes"],
    "N22": ["random restarts", "shaking the weights", "mistakes, learning from them alone"],
    "N23": ["architecture of a network", "feature", "removing connections"],
    "N24": [
        "convolution",
        "cross-correlation",
        "kernel, of a convolution",
        "padding, of an image",
        "stride",
        "channel",
        "filter",
        "window, places of a",
    ],
    "N25": ["sparse interactions", "shared weights", "equivariance", "receptive field"],
    "N26": ["pooling", "max pooling", "average pooling", "weighted average pooling", "L² pooling"],
    "N27": ["convolutional network", "flatten", "dense layer"],
    "N28": ["residual connection"],
    "N29": ["batch normalisation", "prediction mode"],
    "N30": ["representation learning", "feature map"],
    "N31": ["overfitting", "gap", "early stopping", "regularisation", "generalisation error"],
    "N32": ["L1 penalty", "L2 penalty", "penalty", "weight decay", "sparse weights"],
    "N33": ["dropout", "DropConnect", "ensemble", "sub-networks, of dropout"],
    "N34": ["augmentation", "crop", "noise, in augmentation", "rotation", "shift", "hue shift"],
    "N35": ["sampling, stratified", "learning curve"],
    "N36": ["momentum", "Nesterov", "overshoot", "velocity"],
    "N37": ["Newton's method", "Hessian", "curvature", "eigenvalue"],
    "N38": ["AdaGrad", "RMSProp", "Adam", "bias correction"],
    "N39": ["tuning", "validation data", "test data"],
    "N40": [
        "recurrent network",
        "state",
        "unrolling",
        "back-propagation through time",
        "clipping of gradients",
    ],
    "N41": [
        "distillation",
        "mixture of experts",
        "gate, in a mixture of experts",
        "soft targets",
        "temperature",
    ],
    "N42": ["saving a network"],
    "N43": ["converged", "patience", "budget", "stopping"],
}


@cache
def cells(path):
    return nbformat.read(path, as_version=4).cells


@cache
def section(name, cell_id):
    """The cells from the one with this id to the next heading."""
    ids = [cell.id for cell in cells(FOLDER / name)]
    first = ids.index(cell_id)
    found = cells(FOLDER / name)[first : first + 1]
    for cell in cells(FOLDER / name)[first + 1 :]:
        if cell.source.startswith("## "):
            break
        found.append(cell)
    return found


def text_of(found, kind):
    return "\n".join(cell.source for cell in found if cell.cell_type == kind)


def names_in(code):
    """The names in Python code, but none in its texts and comments."""
    tokens = tokenize.generate_tokens(io.StringIO(code).readline)
    names = {token.string for token in tokens if token.type == tokenize.NAME}
    return names - set(keyword.kwlist)


def rows(cell_id, source=A1):
    """The rows of the table in a cell, without its head."""
    (cell,) = [cell for cell in cells(source) if cell.id == cell_id]
    lines = [line for line in cell.source.splitlines() if line.startswith("| ")]
    return [[part.strip() for part in line.strip("|").split(" | ")] for line in lines[1:]]


# Letters.


LETTERS = [cell.id for cell in cells(A1) if cell.id.startswith("letters-")][:-1]
ROWS = [row for cell_id in LETTERS for row in rows(cell_id)]


def test_the_letters_are_found():
    assert len(LETTERS) == 7
    assert len(ROWS) > 70
    assert all(len(row) == 5 for row in ROWS)


def test_a_letter_is_said_in_its_section():
    for letters, *_, place in ROWS:
        _, name, cell_id = LINK.fullmatch(place).groups()
        first = re.search(r"\\?[A-Za-z]+", letters)[0]
        assert first in text_of(section(name, cell_id), "markdown"), letters


def test_what_a_letter_is_called_in_code_is_in_the_chapter_or_an_argument_of_the_library():
    for letter, _, _, code, place in ROWS:
        chapter = names_in_cells(LINK.fullmatch(place)[2])
        for snippet in re.findall(r"`([^`]+)`", code):
            known = names_in(snippet) <= chapter | set(dir(builtins)) or snippet in arguments()
            assert known, f"{snippet} for {letter} in {place}"


@cache
def names_in_cells(name):
    return names_in(plain(text_of(cells(FOLDER / name), "code")))


def plain(code):
    return "\n".join(line for line in code.splitlines() if not line.startswith(("%", "!")))


@cache
def arguments():
    """What the classes and functions of the library may be handed by name."""
    values = [value for module in modules() for value in vars(module).values()]
    made = [value for value in values if inspect.isfunction(value) or isinstance(value, type)]
    ours = [value for value in made if value.__module__.startswith("nnlib.")]
    codes = [
        getattr(value, "__init__", value) if isinstance(value, type) else value for value in ours
    ]
    codes = [code for code in codes if inspect.isfunction(code)]
    return {name for code in codes for name in inspect.signature(code).parameters}


@cache
def modules():
    names = sorted(path.stem for path in (ROOT / "nnlib").glob("[a-z]*.py"))
    return [importlib.import_module(f"nnlib.{name}") for name in names]


def test_letters_with_several_meanings_are_all_there():
    meanings = {}
    for row in ROWS:
        for letter in row[0].split(", "):
            meanings.setdefault(letter, set()).add(row[4])
    twice = {row[0] for row in rows("letters-twice")}
    several = {letter for letter, places in meanings.items() if len(places) > 1}
    assert several - twice == EVERYWHERE
    for row in rows("letters-twice"):
        assert len(LINK.findall(" ".join(row[1:]))) >= 2


# The same thing, of another shape: images and sequences are inputs too, and 06 has maps for z.
EVERYWHERE = {"$x$", "$z$", "$W$", "$\\lambda$"}


# Shapes.


def test_every_row_of_shapes_is_so():
    (numbers,) = [cell for cell in cells(A1) if cell.id == "otherwise-numbers"]
    names = {"np": np}
    exec(numbers.source, names)
    shown = rows("shapes")
    assert len(shown) >= 12
    for code, taken, given, why in shown:
        assert eval(code.strip("`"), names).shape == eval(given, names), code
        assert why
        found = re.fullmatch(r"(\([^()]+\)) (.) (\([^()]+\))", taken)
        if found:  # two shapes, and what the sign between them makes of them
            one, other = (np.ones(eval(part, names)) for part in found.group(1, 3))
            assert MEETS[found[2]](one, other).shape == eval(given, names), taken
        else:  # the shape of what the code begins with
            assert names[re.search(r"\w+", code)[0]].shape == eval(taken, names), taken


MEETS = {"@": np.matmul, "+": np.add, "/": np.divide}


# The index.


def index():
    """Term, links and names of each line, by the cell that it stands in."""
    found = []
    for cell in cells(A1):
        if cell.id.startswith("index-"):
            head, *lines = [line for line in cell.source.splitlines() if line]
            for line in lines:
                term, places, *code = line.removeprefix("- **").replace("** – ", " – ").split(" – ")
                names = re.findall(r"`([^`]+)`", code[0]) if code else []
                found.append((head.removeprefix("### "), term, LINK.findall(places), names))
    return found


INDEX = index()


def sorted_as(term):
    """A term as it is sorted: without capitals, accents and signs."""
    plain = unicodedata.normalize("NFKD", term.lower()).replace("-", " ")
    return re.sub(r"[^a-z0-9 ]", "", plain)


def test_the_index_is_in_order_and_has_nothing_twice():
    terms = [sorted_as(term) for _, term, _, _ in INDEX]
    assert len(terms) > 200
    assert terms == sorted(terms)
    assert len(set(terms)) == len(terms)
    for letter, term, _, _ in INDEX:
        assert sorted_as(term)[0].upper() in {letter, *(str(n) for n in range(10) if "–" in letter)}


def test_the_row_of_letters_leads_to_each_letter():
    (head,) = [cell.source for cell in cells(A1) if cell.id == "index"]
    there = [cell.source.splitlines()[0] for cell in cells(A1) if cell.id.startswith("index-")]
    jumps = [(f"### {text}", name) for text, name, _ in LINK.findall(head)]
    assert jumps == [(line, A1.name) for line in there]
    assert [cell_id for _, _, cell_id in LINK.findall(head)] == [
        cell.id for cell in cells(A1) if cell.id.startswith("index-")
    ]


def test_every_idea_has_its_terms_in_the_index():
    ideas = re.findall(r"^\| (N\d+) \|", (ROOT / "docs/ideas.md").read_text("utf-8"), re.MULTILINE)
    assert list(TERMS) == ideas
    there = {re.sub(r" \(.*\)", "", term) for _, term, _, _ in INDEX} | {"delta"}
    assert {term for terms in TERMS.values() for term in terms} - there == set()
    assert "delta, δ" in {term for _, term, _, _ in INDEX}


def test_a_term_is_said_where_the_index_leads():
    for _, term, links, _ in INDEX:
        assert links, term
        for _, name, cell_id in links:
            said = " ".join(cell.source for cell in section(name, cell_id)).lower()
            found = [all(stem in said for stem in stems(words)) for words in spellings(term)]
            assert any(found), f"{term} in {name}, {cell_id}"


def spellings(term):
    """A term, and what stands behind it in brackets."""
    return [words for words in re.split(r" \(|\)", term) if words]


def stems(words):
    """The beginnings of the words that matter, as a word may stand in another form."""
    small = {"a", "as", "of", "in", "the", "and", "for", "from", "an", "to", "them", "at"}
    matter = [word for word in re.findall(r"[\w'²δ]+", words.lower()) if word not in small]
    return [word[: max(3, len(word) - 3)] for word in matter]


def test_what_a_term_is_called_in_the_library_is_there():
    for name in {name for *_, names in INDEX for name in names}:
        assert not re.search(r"\._", name)
        library, module, *parts = name.split(".")
        assert library == "nnlib"
        value = importlib.import_module(f"nnlib.{module}")
        for part in parts:
            value = getattr(value, part)


def test_every_kind_of_part_is_in_the_index():
    named = {name.rpartition(".")[2] for *_, names in INDEX for name in names}
    found = [value for module in modules() for value in vars(module).values()]
    kinds = {kind for kind in found if isinstance(kind, type) and issubclass(kind, PARTS)}
    last = {kind.__name__ for kind in kinds if not set(kind.__subclasses__()) & kinds}
    last = {name for name in last if not name.startswith("_")}
    assert len(last) > 30
    assert last - named == set()


# Both.


def test_a_link_says_where_it_leads():
    for cell in cells(A1):
        for text, name, cell_id in LINK.findall(cell.source):
            if name == A1.name or not re.match(r"\d\db?, ", text):
                continue
            head = section(name, cell_id)[0].source.splitlines()[0]
            chapter = name.split("_")[0]
            number, title = re.fullmatch(r"## (\d+) · (.+)", head).groups()
            assert text in {
                f"{chapter}, {number}",
                f"{chapter}, section {number}",
                f"{chapter}, section {number}: {title}",
            }


def test_every_chapter_is_led_to():
    linked = {name for cell in cells(A1) for _, name, _ in LINK.findall(cell.source)}
    assert {path.name for path in CHAPTERS} <= linked
