"""Saved networks: what is written can be read, what is damaged or foreign is told in words and takes no memory."""

import gzip
import importlib
import io
import json
import pickle
import pkgutil
import re
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import nnlib
from nnlib._forms import MODULES
from nnlib.activations import ReLU, Sigmoid
from nnlib.checkpoints import Checkpoint
from nnlib.convolution import Conv2D
from nnlib.layers import Dense, Flatten, Layer, Layered, Residual
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.optimizers import SGD
from nnlib.parameter import Parameter
from nnlib.pooling import MaxPool2D, WeightedAvgPool2D
from nnlib.regularization import DropConnect, Dropout
from nnlib.saving import FORMAT, kinds
from nnlib.training import History, State, fit

RNG = np.random.default_rng(0)


def small(seed: int = 0, width: int = 3) -> Network:
    rng = np.random.default_rng(seed)
    return Network([Dense(4, width, rng=rng), Sigmoid(), Dense(width, 2, rng=rng)])


def bits(network: Network) -> list[bytes]:
    return [parameter.value.tobytes() for parameter in network.state()]


def refusal(path: Path, content: bytes | None = None) -> str:
    """What is said when the file is loaded: one line, not long, naming the file, without an invitation to unpickle."""
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError) as caught:
        Network.load(path)
    words = str(caught.value)
    assert words.startswith(f"{path}: not a ")
    assert len(words) < len(str(path)) + 400
    assert words.isprintable()
    assert "allow_pickle" not in words
    return words


def npy(value, version=(1, 0)) -> bytes:
    content = io.BytesIO()
    np.lib.format.write_array(content, np.asarray(value), version)
    return content.getvalue()


def archive(members: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", how) as file:
        for name, member in members.items():
            file.writestr(name, member)
    return content.getvalue()


def members(network: Network, tmp_path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(network.save(tmp_path / "whole")) as file:
        return {name: file.read(name) for name in file.namelist()}


@contextmanager
def memory_below(megabytes: float):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1e6
    finally:
        tracemalloc.stop()


# Damage.


def test_every_flipped_bit_of_a_header_is_found(tmp_path):
    # arrays above NumPy's buffer of 4 kB, where nobody used to compare the checksum
    network = small(width=300)
    whole, path = bytearray(network.save(tmp_path / "model").read_bytes()), tmp_path / "model.npz"
    start = whole.index(b"\x93NUMPY")
    for place in range(start, start + 128):
        for bit in range(8):
            whole[place] ^= 1 << bit
            refusal(path, bytes(whole))
            whole[place] ^= 1 << bit
    path.write_bytes(whole)
    assert bits(Network.load(path)) == bits(network)


def test_a_flipped_bit_anywhere_is_found_or_does_not_matter(tmp_path):
    network = small()
    whole, path = bytearray(network.save(tmp_path / "model").read_bytes()), tmp_path / "model.npz"
    refused = 0
    for place in range(0, len(whole), 3):
        bit = 1 << place % 8
        whole[place] ^= bit
        path.write_bytes(whole)
        try:
            loaded = Network.load(path)
        except ValueError:
            assert "not a network that can be loaded (" in refusal(path)
            refused += 1
        else:
            assert bits(loaded) == bits(network)
        whole[place] ^= bit
    assert refused > len(whole) / 3 * 0.8


def test_bytes_after_the_values_are_refused(tmp_path):
    whole = members(small(), tmp_path)
    whole["value_0.npy"] += bytes(8)
    words = refusal(tmp_path / "model.npz", archive(whole))
    assert "value_0.npy has 232 bytes: expected 224 for shape (4, 3)" in words  # 128 + 12 · 8 + 8


def test_missing_values_are_refused(tmp_path):
    whole = members(small(), tmp_path)
    whole["value_0.npy"] = whole["value_0.npy"][:-8]
    words = refusal(tmp_path / "model.npz", archive(whole))
    assert "value_0.npy has 216 bytes: expected 224 for shape (4, 3)" in words


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("value_4.npy", npy(np.ones(3)), "it holds value_4 beside the values of its layers"),
        ("notes.npy", npy(np.ones(3)), "it holds notes beside the values"),
        ("notes.txt", b"mine", "it holds notes.txt: expected arrays alone"),
        ("value_3.npy", None, "of the values of its layers value_3 is missing"),
        ("layers.npy", None, "layers is missing"),
        ("value_1.npy", npy(np.ones((3, 1))), r"b is an array of shape (3, 1)"),
        ("value_1.npy", npy(np.ones(3, int)), "dtype int64 there: expected (3,)"),
        ("value_1.npy", npy(np.array(["a"] * 3)), "dtype <U1 there: expected (3,)"),
        ("value_1.npy", npy(np.ones(3, complex)), "value_1.npy holds neither numbers nor text"),
        ("value_1.npy", npy(np.array([{}], object)), "holds Python objects, a pickle: it is never"),
        ("value_1.npy", b"\x93NUMPY\x09\0" + bytes(300), "version"),
        ("value_1.npy", b"\x93NUMPY\2\0\xff\xff\xff\x7f" + bytes(300), "array header"),
        ("layers.npy", npy("[" * 100_000), "recursion"),
        ("layers.npy", npy('["Dense"]'), ""),
        ("layers.npy", npy('{"kind": "Dense"}'), ""),
        ("layers.npy", npy('[{"kind": ["Dense"]}]'), ""),
        ("layers.npy", npy(np.ones(3)), ""),
    ],
)
def test_an_archive_that_is_not_quite_one(name, content, words, tmp_path):
    whole = members(small(), tmp_path)
    whole |= {name: content}
    kept = {name: content for name, content in whole.items() if content is not None}
    assert words in refusal(tmp_path / "model.npz", archive(kept))


def test_a_name_of_rubbish_is_told_shortly(tmp_path):
    whole = members(small(), tmp_path)
    whole["\x01" * 60_000] = b""
    refusal(tmp_path / "model.npz", archive(whole))


def test_a_member_hidden_in_the_remark_of_another_is_missed(tmp_path):
    # the second entry of the directory is made the remark (comment) of the first; zipfile takes that as it is
    whole = archive({f"{name}.npy": npy(np.ones(3)) for name in "abc"})
    first, second, third = (found.start() for found in re.finditer(b"PK\1\2", whole))
    hidden = bytearray(whole)
    hidden[first + 32 : first + 34] = struct.pack("<H", third - second)
    with zipfile.ZipFile(io.BytesIO(hidden)) as file:
        assert file.namelist() == ["a.npy", "c.npy"]
    words = "it is damaged, or there are bytes behind its end"
    assert words in refusal(tmp_path / "model.npz", bytes(hidden))
    assert words in refusal(tmp_path / "model.npz", whole + b"more")
    assert "does not say that it is" in refusal(tmp_path / "model.npz", whole)


def test_two_arrays_of_one_name_are_refused(tmp_path):
    content = io.BytesIO(archive(members(small(), tmp_path)))
    with (
        zipfile.ZipFile(content, "a") as file,
        pytest.warns(UserWarning, match="Duplicate"),
    ):
        file.writestr("value_0.npy", npy(np.zeros((4, 3))))
    assert "two arrays of one name" in refusal(tmp_path / "model.npz", content.getvalue())


def test_values_in_other_orders_of_bytes_or_axes_are_the_same_numbers(tmp_path):
    network, whole = small(), members(small(), tmp_path)
    W = network.layers[0].W.value
    for same in (np.asfortranarray(W), W.astype(">f8")):
        whole["value_0.npy"] = npy(same)
        (tmp_path / "model.npz").write_bytes(archive(whole))
        loaded = Network.load(tmp_path / "model").layers[0].W.value
        assert np.array_equal(loaded, W)
        assert loaded.dtype == np.dtype(float)
        assert loaded.flags.f_contiguous == same.flags.f_contiguous
        assert loaded.flags.writeable
        assert loaded.flags.aligned


# Memory.


def test_a_packed_file_is_refused_before_it_is_unpacked(tmp_path):
    whole = members(small(), tmp_path)
    whole["value_9.npy"] = npy(np.zeros(50_000_000))
    content = archive(whole, zipfile.ZIP_DEFLATED)
    del whole
    assert len(content) < 500_000
    with memory_below(20):
        assert "compressed or damaged" in refusal(tmp_path / "model.npz", content)


@pytest.mark.parametrize(
    "layer",
    [
        {"kind": "Dense", "n_in": 15_000, "n_out": 15_000},
        {"kind": "DropConnect", "n_in": 15_000, "n_out": 15_000, "keep": 0.5},
        {"kind": "Conv2D", "c_in": 5_000, "c_out": 5_000, "size": [3, 3], "stride": [1, 1], "padding": 0},
        {"kind": "BatchNorm", "features": 10**9},
        {"kind": "WeightedAvgPool2D", "size": [30_000, 30_000], "stride": [1, 1], "learn": True},
        {"kind": "Residual", "layers": [{"kind": "Dense", "n_in": 15_000, "n_out": 15_000}]},
        {"kind": "Dense", "n_in": 10**30, "n_out": 10**30},
    ],
    ids=["Dense", "DropConnect", "Conv2D", "BatchNorm", "WeightedAvgPool2D", "Residual", "beyond"],
)  # fmt: skip
def test_layers_that_the_file_cannot_fill_are_refused_before_they_are_built(layer, tmp_path):
    parts = {"format.npy": npy(FORMAT), "layers.npy": npy(json.dumps([layer]))}
    with memory_below(20):
        words = refusal(tmp_path / "model.npz", archive(parts))
    assert re.search(r"its layers ask for [\d,]+ numbers, but it holds \d+\)", words)


def test_many_layers_are_counted_together(tmp_path):
    layers = [{"kind": "Dense", "n_in": 1000, "n_out": 1000}] * 50
    parts = {"format.npy": npy(FORMAT), "layers.npy": npy(json.dumps(layers))}
    with memory_below(20):
        words = refusal(tmp_path / "model.npz", archive(parts))
    assert "ask for 50,000,000 numbers" in words


def test_strides_and_paddings_take_no_room(rng, tmp_path):
    layers = [Conv2D(1, 2, 3, stride=4000, padding=4000, rng=rng), MaxPool2D(3, stride=40_000)]
    network = Network([*layers, MaxPool2D(2000)])
    assert str(Network.load(network.save(tmp_path / "model"))) == str(network)


# Foreign files.


def safetensors() -> bytes:
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4)


FOREIGN = {
    "empty": (b"", "it is empty"),
    "text": (b"my network\n" * 50, "it is text"),
    "notebook": (b'{"cells": []}', "it is text"),
    "a page": (b"\n<!DOCTYPE html>\n<html>Sign in</html>", "a web page: was the wrong link saved?"),
    "a page in capitals": (b"<HTML><body>404</body></HTML>", "a web page"),
    "gzip": (gzip.compress(b"weights"), "packed by gzip: unpack it first"),
    "pickle": (pickle.dumps({"W1": [1.0]}), "a pickle, which is never opened, as it can run any"),
    "pickle 2": (pickle.dumps([1.0], protocol=2), "a pickle, which is never opened"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(90), "an HDF5 file, as Keras writes: save its arrays"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(90), "a picture (PNG)"),
    "one array": (npy(np.ones(3)), "a single array (.npy): save its arrays by np.savez"),
    "IDX": (b"\0\0\x08\x01\0\0\0\1\7", "an IDX file: nnlib.mnist.load_idx"),
    "safetensors": (safetensors(), "a file of safetensors: save its arrays by np.savez"),
    "arrays": (
        archive({"x.npy": npy(np.ones(3)), "y.npy": npy(3)}),
        f"it does not say that it is a {FORMAT}, and holds x, y: weights from elsewhere are read by",
    ),
    "PyTorch": (
        archive({"model/data.pkl": b"", "model/data/0": b""}),
        "a file of PyTorch, which is never opened, as it can run any program: save its arrays by",
    ),
    "Keras": (archive({"config.json": b"", "model.weights.h5": b""}), "a file of Keras"),
    "another zip": (archive({f"{i}.csv": b"" for i in range(7)}), "a zip archive of 0.csv, 1.csv"),
    "an empty zip": (archive({}), "a zip archive of nothing, not of arrays"),
    "half a zip": (archive({"x.npy": npy(np.ones(90))})[:300], "damaged or not complete"),
    "noise": (bytes(range(1, 200)) * 9, "no zip archive"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_file_is_told_for_what_it_is(name, tmp_path):
    content, words = FOREIGN[name]
    assert words in refusal(tmp_path / "model.npz", content)


def test_a_real_file_of_pytorch_is_told_for_what_it_is(tmp_path):
    torch = pytest.importorskip("torch")
    for path in (tmp_path / "model.npz", tmp_path / "model.pt"):
        torch.save(torch.nn.Linear(3, 2).state_dict(), path)
        assert "a file of PyTorch, which is never opened" in refusal(path)
    torch.save({}, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    assert "a pickle, which is never opened" in refusal(tmp_path / "old.pth")


def test_a_file_without_the_ending_is_not_said_to_be_missing(tmp_path):
    (tmp_path / "model.pt").write_bytes(FOREIGN["pickle"][0])
    words = refusal(tmp_path / "model.pt")
    assert "model.pt: not a saved network, whose name ends in .npz (it is a pickle" in words
    ours = small().save(tmp_path / "model").rename(tmp_path / "model.bak")
    assert f"{ours}: not a saved network, whose name ends in .npz" in refusal(ours)


def test_a_folder_is_told_to_be_one(tmp_path):
    (tmp_path / "model.npz").mkdir()
    with pytest.raises(ValueError, match=r"model\.npz is a folder: expected a file that Network"):
        Network.load(tmp_path / "model")


def test_a_newer_format_is_told_to_be_newer(tmp_path):
    for newer in ("nnlib network 2", "nnlib network 13"):
        parts = {"format.npy": npy(newer), "anything.npy": npy(3)}
        words = refusal(tmp_path / "model.npz", archive(parts))
        assert (
            f"it is a {newer}, saved by a newer version of the course: update the course" in words
        )
    for other in ("nnlib network 0", "nnlib network", "nnlib network x", ""):
        words = refusal(tmp_path / "model.npz", archive({"format.npy": npy(other)}))
        assert f"it does not say that it is a {FORMAT}, and holds format" in words


def test_checkpoints_and_networks_are_told_apart(rng, tmp_path):
    network = small()
    optimizer, checkpoint = SGD(network.parameters(), 0.1), Checkpoint(tmp_path / "run")
    checkpoint(State(1, network, optimizer, History(), rng))
    words = refusal(tmp_path / "run.npz")
    assert "a checkpoint of a training run, which Checkpoint.resume reads" in words
    network.save(tmp_path / "run")
    with pytest.raises(ValueError, match=r"a saved network, which Network\.load reads"):
        checkpoint.resume(network, optimizer, rng)


# Classes that are not known.

LATER = """
import sys
from nnlib.network import Network
assert "nnlib.activations" not in sys.modules
network = Network.load(sys.argv[1])
print(network)
"""


def test_in_a_new_session_the_librarys_layers_are_found(rng, tmp_path):
    layers = [Conv2D(1, 2, 3, rng=rng), BatchNorm(2), ReLU(), MaxPool2D(2), Flatten()]
    network = Network([*layers, Dropout(0.5, rng=rng), DropConnect(8, 2, 0.5, rng=rng), Sigmoid()])
    path = network.save(tmp_path / "model")
    child = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", LATER, path],
        capture_output=True,
        text=True,
        encoding="utf8",
        check=True,
    )
    assert child.stdout.strip() == str(network)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("__main__.Scale", "which is not known here: run the cell that defines the class"),
        ("mine.layers.Scale", "import the module mine.layers, which defines it, first"),
        ("Transformer", "it is from a newer version of the course, so update it"),
    ],
)  # fmt: skip
def test_where_a_class_is_to_be_had(kind, words, tmp_path):
    parts = {"format.npy": npy(FORMAT), "layers.npy": npy(json.dumps([{"kind": kind}]))}
    assert words in refusal(tmp_path / "model.npz", archive(parts))


def test_all_modules_that_define_layers_are_known():
    for module in pkgutil.iter_modules(nnlib.__path__, "nnlib."):
        if not module.ispkg:
            importlib.import_module(module.name)
    found = {
        layer.__module__ for layer in kinds().values() if layer.__module__.startswith("nnlib.")
    }
    assert {name for name in found if ".chapters." not in name} <= {f"nnlib.{m}" for m in MODULES}


# Layers of one's own.


class Own(Layer):
    def forward(self, x):
        return x


class Scale(Own):
    def __init__(self, factor=1.0):
        self.factor = factor


class Told(Scale):
    def config(self):
        return {"factor": self.factor}


class Needs(Own):
    def __init__(self, n, *, other=2):
        self.n = n


class Half(Own):
    def __init__(self, n, m=1):
        self.n, self.m = n, m

    def config(self):
        return {"n": self.n}


class Wider(Dense):
    def __init__(self, n_in, n_out, gain=1.0, **rest):
        super().__init__(n_in, n_out, **rest)
        self.gain = gain


class Started(Own):
    """Takes functions and a generator, which only matter at the start."""

    def __init__(self, n, *, rng, start=np.zeros):
        self.n, self.rng = n, rng
        self.w = Parameter(start(n), "w")

    def parameters(self):
        return [self.w]

    def config(self):
        return {"n": self.n}

    @classmethod
    def from_config(cls, config):
        return cls(**config, rng=np.random.default_rng())


class Forgets(Started):
    from_config = classmethod(lambda cls, config: cls(**config))


class Any(Own):
    """Returns what it is told to as its config()."""

    def __init__(self, what=None, **rest):
        self.what, self.rest = what, rest

    def config(self):
        return self.what


class Deaf(Told):
    def __init__(self, factor=1.0):
        super().__init__(1.0 if factor == 2.0 else 2.0)


class Grows(Own):
    """Makes its values when it is first used."""

    def __init__(self):
        self.w = None

    def parameters(self):
        return [] if self.w is None else [self.w]


def grown() -> Grows:
    layer = Grows()
    layer.w = Parameter(np.ones(3), "w")
    return layer


def with_other_weights() -> Dense:
    layer = Dense(4, 3, rng=np.random.default_rng(0))
    layer.b = Parameter(np.ones((3, 1)), "b")
    return layer


UNSAVABLE = {
    "no config": (lambda: Scale(3.0), 'leaves out; expected config(self) to return {"factor": self.factor}'),
    "required": (lambda: Needs(3), "Needs(…) takes n, other, which its config() leaves out"),
    "one of two": (lambda: Half(3, 4), "Half(…) takes m, which its config() leaves out"),
    "inherited": (lambda: Wider(4, 3, 2.0, rng=RNG), "Wider(…) takes gain, which its config() leaves out"),
    "inside": (lambda: Residual([Scale(3.0)]), "Scale(…) takes factor"),
    "no from_config": (lambda: Forgets(3, rng=RNG), "missing 1 required keyword-only argument: 'rng'). config()"),
    "another": (lambda: Deaf(2.0), "it becomes Deaf() with {'factor': 2.0}"),
    "grows": (grown, "the shapes [(3,)], but built again from its config() {} it has []"),
    "other weights": (with_other_weights, "its values have the shapes [(4, 3), (3, 1)], but built again"),
    "an array": (lambda: Any({"what": np.ones(3)}), "what as an array of shape (3,) and dtype float64, expected"),
    "a function": (lambda: Any({"what": [abs]}), "returns what as a builtin_function_or_method"),
    "a dict": (lambda: Any({"what": {"a": 1}}), "returns what as a dict"),
    "a complex number": (lambda: Any({"what": 1j}), "returns what as 1j"),
    "kind": (lambda: Any({"kind": "soft", "what": None}), "its config() returns one named kind"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSAVABLE)
def test_what_could_not_be_loaded_is_not_saved(name, tmp_path):
    make, words = UNSAVABLE[name]
    with pytest.raises((ValueError, TypeError), match=re.escape(words)) as caught:
        Network([make()]).save(tmp_path / "model")
    assert " cannot be saved: " in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_config_that_is_none_is_refused(tmp_path):
    layer = Told(2.0)
    layer.config = lambda: None
    with pytest.raises(TypeError, match="returns None, expected a dict of arguments by name"):
        Network([layer]).save(tmp_path / "model")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Told(3.0),
        lambda: Told(np.float32(0.5)),
        lambda: Told(np.int64(3)),
        lambda: Told(np.bool_(1)),
        lambda: Told(float("nan")),
        lambda: Told([1, (2, 3), None, "four"]),
        lambda: Told([Told(1), Sigmoid()]),
        lambda: Started(3, rng=np.random.default_rng(0)),
        lambda: Residual([Told(2.0), Started(3, rng=np.random.default_rng(0))]),
    ],
)
def test_what_is_saved_can_be_loaded(make, tmp_path):
    network = Network([make()])
    path = network.save(tmp_path / "model")
    loaded = Network.load(path)
    assert bits(loaded) == bits(network)
    again = loaded.save(tmp_path / "again")
    assert again.read_bytes()[-500:-30] == path.read_bytes()[-500:-30]
    with np.load(path) as one, np.load(again) as other:
        assert str(one["layers"]) == str(other["layers"])


# Tied weights.


def tied(rng) -> Network:
    a, b = Dense(3, 3, rng=rng), Dense(3, 3, rng=rng)
    b.W = a.W
    inside = [Dense(3, 3, rng=rng), BatchNorm(3), Dense(3, 3, rng=rng)]
    inside[2].W = inside[0].W
    return Network([a, Sigmoid(), b, Residual(inside)])


def once(self):
    """Each parameter once, as an optimizer wants them."""
    found = [parameter for layer in self.inner() for parameter in layer.parameters()]
    return list({id(parameter): parameter for parameter in found}.values())


@pytest.mark.parametrize("owner", [None, Network, Layered])
def test_tied_weights_come_back_untied(owner, rng, tmp_path, monkeypatch):
    network = tied(rng)
    x = rng.standard_normal((5, 3))
    if owner is not None:
        monkeypatch.setattr(owner, "parameters", once)
    loaded = Network.load(network.save(tmp_path / "model"))
    assert loaded.predict(x).tobytes() == network.predict(x).tobytes()
    one, _, other, _ = loaded.layers
    assert one.W is not other.W
    assert one.W.value.tobytes() == other.W.value.tobytes()


# The format.


def test_the_values_are_all_parameters_and_then_all_statistics(rng, tmp_path):
    inside = [Dense(2, 2, rng=rng), BatchNorm(2)]
    network = Network([BatchNorm(2), Residual(inside), Dense(2, 1, rng=rng)])
    with np.load(network.save(tmp_path / "model")) as file:
        assert sorted(file.files) == sorted(
            ["format", "layers", *(f"value_{i}" for i in range(12))]
        )
        for place, value in enumerate(network.state()):
            assert file[f"value_{place}"].tobytes() == value.value.tobytes()
        assert file.files[-2:] == ["format", "layers"]
    # γ, β; W, b, γ, β; W, b; and the running means and variances of both
    assert len(network.state()) == 2 + 4 + 2 + 4


# Generators.


def dropping(rng) -> Network:
    layers = [Dense(4, 8, rng=rng), Dropout(0.5, rng=rng), DropConnect(8, 8, 0.5, rng=rng)]
    return Network([*layers, Residual([Dropout(0.5, rng=rng)]), Dense(8, 2, rng=rng)])


def train(network: Network, seed: int) -> list[float]:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((40, 4)), rng.integers(0, 2, 40)
    return fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), 0.1),
        (x, y),
        epochs=2,
        rng=np.random.default_rng(seed),
    ).loss


def test_same_seed_same_numbers_after_loading(rng, tmp_path):
    path = dropping(rng).save(tmp_path / "model")

    def losses(seed):
        return train(Network.load(path, rng=np.random.default_rng(seed)), seed=5)

    assert losses(1) == losses(1) != losses(2)


def test_all_layers_draw_from_the_generator_that_is_given(rng, tmp_path):
    loaded = Network.load(dropping(rng).save(tmp_path / "model"), rng=rng)
    assert loaded.generators() == [rng]


@pytest.mark.parametrize("change", [lambda n: n, Network.copy, lambda n: n.astype(np.float32)])
def test_without_a_generator_a_loaded_network_predicts_and_says_what_learning_needs(
    change, rng, tmp_path
):
    network, x = dropping(rng), rng.standard_normal((5, 4))
    loaded = change(Network.load(network.save(tmp_path / "model")))
    assert loaded.predict(x) == pytest.approx(network.predict(x), abs=1e-5)
    with pytest.raises(ValueError, match=r"loaded without a generator: expected Network\.load\(pa"):
        train(loaded, seed=0)


def test_what_is_no_generator_is_refused(rng, tmp_path):
    path = dropping(rng).save(tmp_path / "model")
    with pytest.raises(TypeError, match="load got rng as 0: expected a generator"):
        Network.load(path, rng=0)


def test_an_own_layer_draws_from_it_too(rng, tmp_path):
    path = Network([Started(3, rng=rng)]).save(tmp_path / "model")
    assert Network.load(path, rng=rng).layers[0].rng is rng


def test_weights_that_stay_are_saved_too(tmp_path):
    pool = WeightedAvgPool2D(2, weights=[[1, 0], [0, 1]])
    loaded = Network.load(Network([pool]).save(tmp_path / "model"))
    assert loaded.layers[0].W.value.tolist() == [[0.5, 0], [0, 0.5]]
