"""Networks: layers in a row, and a file that is either whole and right or refused by name."""

import io
import json
import pickle
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib import _files
from nnlib.activations import ReLU, Sigmoid, Softmax
from nnlib.convolution import Conv2D
from nnlib.layers import Dense, Flatten, Layer, Residual, receptive_field
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.pooling import MaxPool2D
from nnlib.saving import FORMAT, kinds


def small(seed: int = 0) -> Network:
    rng = np.random.default_rng(seed)
    return Network([Flatten(), Dense(4, 3, rng=rng), Sigmoid(), Dense(3, 2, rng=rng)])


def images(n: int = 5) -> np.ndarray:
    return np.random.default_rng(1).random((n, 2, 2, 1))


class RowCounter(Layer):
    """Passes x on and remembers how it was called."""

    def __init__(self):
        self.calls = []

    def forward(self, x):
        self.calls.append((len(x), self.training))
        return x


# Forward, backward, parameters, mode.


def test_forward_and_backward_pass_through_every_layer(rng):
    first, second = Dense(2, 3, rng=rng), Dense(3, 2, rng=rng)
    x, dy = rng.standard_normal((4, 2)), rng.standard_normal((4, 2))
    network = Network([first, ReLU(), second])
    z = x @ first.W.value
    assert network.forward(x) == pytest.approx(np.maximum(z, 0) @ second.W.value)
    da = dy @ second.W.value.T
    assert network.backward(dy) == pytest.approx((da * (z > 0)) @ first.W.value.T)
    assert first.W.grad == pytest.approx(x.T @ (da * (z > 0)))
    assert second.b.grad == pytest.approx(dy.sum(axis=0))


def test_backward_to_parameters_leaves_the_same_gradients():
    whole, short = small(), small()
    for network, method in ((whole, "backward"), (short, "backward_to_parameters")):
        getattr(network, method)(network.forward(images()))
    for one, other in zip(whole.parameters(), short.parameters(), strict=True):
        assert np.array_equal(one.grad, other.grad)
        assert one.grad.any()


def test_parameters_come_first_layer_first():
    names = [parameter.name for parameter in small().parameters()]
    assert names == ["Dense(4 → 3).W", "Dense(4 → 3).b", "Dense(3 → 2).W", "Dense(3 → 2).b"]


def test_mode_is_set_for_all_layers_at_once():
    network = small()
    network.training = False
    assert [layer.training for layer in network.layers] == [False] * 4
    assert network.training is False
    network.training = True
    assert [layer.training for layer in network.layers] == [True] * 4


def test_summary_reads_as_a_table():
    assert small().summary().splitlines() == [
        " 0  Flatten()              0",
        " 1  Dense(4 → 3)          15",  # 4·3 weights and 3 biases
        " 2  Sigmoid()              0",
        " 3  Dense(3 → 2)           8",
        "    parameters            23",
    ]
    assert repr(small()) == "Network(Flatten() – Dense(4 → 3) – Sigmoid() – Dense(3 → 2))"


def test_summary_groups_thousands(rng):
    assert Network([Dense(784, 30, rng=rng)]).summary().split()[-1] == "23,550"


def lenet(rng) -> Network:
    small = [
        Conv2D(1, 20, 5, rng=rng),
        ReLU(),
        MaxPool2D(2),
        Conv2D(20, 40, 5, rng=rng),
        ReLU(),
        MaxPool2D(2),
    ]
    return Network([*small, Flatten(), Dense(640, 100, rng=rng), ReLU(), Dense(100, 10, rng=rng)])


def test_summary_follows_an_example_through_the_layers(rng):
    assert lenet(rng).summary(input_shape=(28, 28, 1)).splitlines() == [
        " 0  Conv2D(1 → 20, 5×5)   24×24×20    sees 5×5         520",  # 25·20 + 20
        " 1  ReLU()                24×24×20    sees 5×5           0",
        " 2  MaxPool2D(2×2)        12×12×20    sees 6×6           0",  # 5 + (2 − 1)·1
        " 3  Conv2D(20 → 40, 5×5)    8×8×40  sees 14×14      20,040",  # 6 + (5 − 1)·2; 25·20·40 + 40
        " 4  ReLU()                  8×8×40  sees 14×14           0",
        " 5  MaxPool2D(2×2)          4×4×40  sees 16×16           0",  # 14 + (2 − 1)·2
        " 6  Flatten()                  640                       0",
        " 7  Dense(640 → 100)           100                  64,100",
        " 8  ReLU()                     100                       0",
        " 9  Dense(100 → 10)             10                   1,010",
        "    parameters                                      85,670",
    ]


def test_nothing_sees_more_than_there_is(rng):
    deep = Network([Conv2D(1, 1, (3, 1), padding="same", rng=rng) for _ in range(4)])
    assert [
        line.split("sees ")[1].split()[0] for line in deep.summary((6, 5, 1)).splitlines()[:-1]
    ] == [
        "3×1",
        "5×1",
        "6×1",
        "6×1",
    ]


def test_summary_leaves_no_trace(rng):
    network = Network([Conv2D(1, 2, 3, rng=rng), BatchNorm(2), Flatten()])
    before = [parameter.value.copy() for parameter in network.state()]
    network.summary((3, 3, 1))
    assert all(
        np.array_equal(p.value, value) for p, value in zip(network.state(), before, strict=True)
    )
    assert network.training
    assert all(layer.cache is None for layer in network.layers)


def test_summary_refuses_an_example_that_does_not_fit(rng):
    with pytest.raises(
        ValueError, match=r"Conv2D\(1 → 20, 5×5\) got x of shape \(1, 28, 28\): expected"
    ):
        lenet(rng).summary((28, 28))


def test_what_one_output_sees_is_what_changes_it(rng):
    network = Network(lenet(rng).layers[:6])
    x = rng.random((1, 28, 28, 1))
    moved, found = network.forward(x)[0, 1, 1].copy(), np.zeros((28, 28), bool)
    for i, j in np.ndindex(28, 28):
        nudged = x.copy()
        nudged[0, i, j, 0] += 10
        found[i, j] = not np.array_equal(network.forward(nudged)[0, 1, 1], moved)
    rows, columns = np.nonzero(found)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (
        4,
        19,
        4,
        19,
    )  # 16 × 16, from 1 · stride 4
    assert receptive_field(network.layers) == ((16, 16), (4, 4))


class Upsample(Layer):
    """A learner's own: each pixel ``size`` × ``size`` times. What it calls its attributes is its own business."""

    def __init__(self, size):
        self.size, self.stride, self.padding = size, 1 / size, "none"

    def forward(self, x):
        return x.repeat(self.size, axis=1).repeat(self.size, axis=2)

    def backward(self, dy):
        n, h, w, c = dy.shape
        return dy.reshape(n, h // self.size, self.size, w // self.size, self.size, c).sum((2, 4))


def test_an_own_layer_may_call_its_attributes_size_and_stride(rng):
    network = Network([Conv2D(1, 2, 3, rng=rng), Upsample(2), Residual([Upsample(1), ReLU()])])
    assert "8×8×2  sees 3×3" in network.summary((6, 6, 1))
    x = rng.standard_normal((2, 6, 6, 1))
    assert network.backward(network.forward(x)).shape == x.shape
    assert receptive_field(network.layers) == ((3, 3), (1, 1))
    assert Network([Residual([Upsample(2)], Upsample(2))]).forward(x).shape == (2, 12, 12, 1)


def test_an_own_layer_says_what_it_looks_at():
    class Blur(Upsample):
        def window(self):
            return 3, (2, 1)

    # 3, then 3 + 2 · 2 rows and 3 + 2 · 1 columns
    assert receptive_field([Blur(1), Blur(1)]) == ((7, 5), (4, 1))
    Blur.window = lambda self: 3
    with pytest.raises(TypeError, match=r"Blur\(\) got a window\(\) that gives 3: expected a pair"):
        receptive_field([Blur(1)])
    Blur.window = lambda self: (3, "a")
    with pytest.raises(TypeError, match=r"Blur\(\) got window stride = a str: expected a whole"):
        receptive_field([Blur(1)])


def test_what_no_layers_see_is_one_pixel():
    assert receptive_field([]) == ((1, 1), (1, 1))
    for wrong in (Network([ReLU()]), None, [3], ReLU()):
        with pytest.raises(TypeError, match=r"^receptive_field got .*: expected a"):
            receptive_field(wrong)


@pytest.mark.parametrize("name", ["window", "inner", "parameters", "config"])
def test_an_attribute_that_hides_a_method_is_told(name):
    layer = Upsample(2)
    setattr(layer, name, 3)
    words = (
        rf"got Upsample\(\) at place 0, whose {name} is 3: {name}\(\) is a method of every layer"
    )
    for whole in (Network, Residual):
        with pytest.raises(TypeError, match=words):
            whole([layer])


@pytest.mark.parametrize("value", [[], property(lambda self: 3)])
def test_what_hides_a_method_in_the_class_is_told_too(value):
    own = type("Own", (Upsample,), {"parameters": value})
    with pytest.raises(TypeError, match=r"Own\(\) at place 0, whose parameters is .* is a method"):
        Network([own(2)])


class Silent(Sigmoid):
    """Forgets to return what it computed, in one of its methods."""

    def __init__(self, method):
        self.method = method

    def forward(self, x):
        y = super().forward(x)
        return None if self.method == "forward" else y

    def backward(self, dy):
        dx = super().backward(dy)
        return None if self.method == "backward" else dx


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("method", ["forward", "backward"])
def test_a_layer_that_forgets_to_return_is_named(method, inside, rng):
    own = Residual([Silent(method)]) if inside else Silent(method)
    network, x = Network([Dense(2, 2, rng=rng), own]), np.ones((3, 2))
    words = rf"^Silent\(\) gave None from {method}: does it end with return\?$"
    with pytest.raises(TypeError, match=words):
        network.backward(network.predict(x) if method == "forward" else network.forward(x))


@pytest.mark.parametrize(
    ("layers", "error", "words"),
    [
        ([], ValueError, "no layers: expected at least one"),
        (Sigmoid(), TypeError, "a Sigmoid: expected a list of layers"),
        (None, TypeError, "None: expected a list of layers"),
        ([Sigmoid], TypeError, r"a type at place 0: expected a layer; call the class to make one"),
        ([Sigmoid(), "ReLU"], TypeError, "a str at place 1: expected a layer"),
    ],
)
def test_what_is_no_row_of_layers_is_refused(layers, error, words):
    with pytest.raises(error, match=f"^Network got {words}"):
        Network(layers)


def test_sizes_that_do_not_fit_are_refused_before_any_data(rng):
    with pytest.raises(
        ValueError, match=r"Dense\(4 → 2\) at place 2 after 3 outputs: expected 3 inputs"
    ):
        Network([Dense(2, 3, rng=rng), Sigmoid(), Dense(4, 2, rng=rng)])


# Prediction.


@pytest.mark.parametrize(("rows", "calls"), [(1, [1]), (4, [4]), (5, [4, 1]), (11, [4, 4, 3])])
def test_predict_takes_any_number_of_rows_in_prediction_mode(rows, calls):
    counter = RowCounter()
    x = np.arange(2.0 * rows).reshape(rows, 2)
    assert np.array_equal(Network([counter]).predict(x, batch_size=4), x)
    assert counter.calls == [(count, False) for count in calls]


def test_predict_in_batches_equals_forward():
    network = small()
    assert network.predict(images(50), batch_size=7) == pytest.approx(
        network.forward(images(50)), rel=1e-12
    )


def test_predict_keeps_no_batch_while_it_works_on_the_next():
    """A convolutional network keeps a hundred times as much as it is given."""

    found = []

    class Keeper(Layer):
        def forward(self, x):
            found.append(self.cache)
            self.cache = x
            return x

    Network([Keeper()]).predict(np.ones((5, 2)), batch_size=2)
    assert found == [None, None, None]


@pytest.mark.parametrize(
    "modes", [(True, True, True, True), (False, False, False, False), (True, False, True, False)]
)
def test_predict_puts_the_mode_back(modes):
    network = small()
    for layer, mode in zip(network.layers, modes, strict=True):
        layer.training = mode
    network.predict(images())
    with pytest.raises(ValueError, match="expected"):
        network.predict(np.ones((2, 5)))
    assert tuple(layer.training for layer in network.layers) == modes


def test_predict_gives_raw_outputs_and_classify_their_largest(rng):
    network = Network(
        [
            Dense(
                2,
                3,
                rng=rng,
                weights=lambda shape, rng: np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 9.0]]),
            )
        ]
    )
    x = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    assert network.predict(x).tolist() == [[1, 2, 0], [0, 0, 9], [-1, -2, -9]]
    assert network.classify(x).tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("x", "error", "words"),
    [
        (images(0), ValueError, "predict got x of shape \\(0, 2, 2, 1\\)"),
        (
            images() * np.nan,
            ValueError,
            r"predict got x with nan at \[0, 0, 0, 0\]: expected finite numbers only",
        ),
        (images() + np.inf, ValueError, "predict got x with inf"),
        ([[1.0]], TypeError, "predict got x as a list: expected a NumPy array"),
        (np.ones((2, 5)), ValueError, r"Dense\(4 → 3\) got x of shape \(2, 5\): expected \(n, 4\)"),
    ],
)
def test_predict_refuses(x, error, words):
    with pytest.raises(error, match=words):
        small().predict(x)


@pytest.mark.parametrize(("size", "error"), [(0, ValueError), (2.5, TypeError)])
def test_predict_refuses_a_wrong_batch_size(size, error):
    with pytest.raises(error, match=f"predict got batch_size = {size}"):
        small().predict(images(), batch_size=size)


# Copies.


def test_astype_returns_a_copy_of_that_type():
    network = small()
    before = network.predict(images())
    light = network.astype(np.float32)
    assert {parameter.value.dtype for parameter in light.parameters()} == {np.dtype(np.float32)}
    assert light.predict(images().astype(np.float32)).dtype == np.float32
    assert light.predict(images().astype(np.float32)) == pytest.approx(before, abs=1e-6)
    assert {parameter.value.dtype for parameter in network.parameters()} == {np.dtype(np.float64)}
    assert np.array_equal(network.predict(images()), before)


@pytest.mark.parametrize("dtype", [int, bool, complex])
def test_astype_refuses_what_is_no_float(dtype):
    with pytest.raises(ValueError, match=f"astype got {np.dtype(dtype)}: expected a float type"):
        small().astype(dtype)


@pytest.mark.parametrize("duplicate", [Network.copy, lambda network: network.astype(np.float64)])
def test_copies_share_nothing(duplicate):
    network = small()
    network.backward(network.forward(images()))
    twin = duplicate(network)
    for one, other in zip(network.parameters(), twin.parameters(), strict=True):
        assert np.array_equal(one.value, other.value)
        assert not np.shares_memory(one.value, other.value)
        assert other.grad is None
        other.value += 1
    assert {id(layer) for layer in network.layers}.isdisjoint(id(layer) for layer in twin.layers)
    assert np.array_equal(network.predict(images()), small().predict(images()))
    with pytest.raises(RuntimeError, match="backward was called before forward"):
        duplicate(network).backward(np.ones((5, 2)))


# Saving and loading.


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_saved_comes_back_bit_for_bit(dtype, tmp_path):
    network = small().astype(dtype)
    loaded = Network.load(network.save(tmp_path / "model"))
    assert repr(loaded) == repr(network)
    for one, other in zip(network.parameters(), loaded.parameters(), strict=True):
        assert one.value.tobytes() == other.value.tobytes()
        assert one.value.dtype == other.value.dtype
        assert one.name == other.name
    x = images().astype(dtype)
    assert loaded.predict(x).tobytes() == network.predict(x).tobytes()


@pytest.mark.parametrize(
    ("name", "written"), [("model", "model.npz"), ("model.npz", "model.npz"), ("v1.2", "v1.2.npz")]
)
def test_ending_is_added(name, written, tmp_path):
    assert small().save(str(tmp_path / name)) == tmp_path / written
    assert [path.name for path in tmp_path.iterdir()] == [written]
    assert len(Network.load(str(tmp_path / name)).layers) == 4


def test_file_holds_no_pickle(tmp_path):
    with np.load(small().save(tmp_path / "model"), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    assert {array.dtype.kind for array in arrays.values()} == {"U", "f"}
    assert str(arrays["format"]) == FORMAT
    assert json.loads(str(arrays["layers"]))[1] == {"kind": "Dense", "n_in": 4, "n_out": 3}


def test_saving_again_replaces_the_file(tmp_path):
    small(0).save(tmp_path / "model")
    small(1).save(tmp_path / "model")
    assert np.array_equal(
        Network.load(tmp_path / "model").predict(images()), small(1).predict(images())
    )


@pytest.mark.parametrize("error", [OSError("the disk is full"), KeyboardInterrupt()])
def test_failing_save_leaves_the_old_file_and_nothing_else(error, tmp_path, monkeypatch):
    old = small(0).save(tmp_path / "model").read_bytes()

    def fail(_):
        assert len(list(tmp_path.iterdir())) == 2  # something is there already, under another name
        raise error

    monkeypatch.setattr(_files.os, "fsync", fail)
    with pytest.raises(type(error)):
        small(1).save(tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]
    assert (tmp_path / "model.npz").read_bytes() == old


def test_save_writes_under_another_name_and_renames(tmp_path, monkeypatch):
    def crash(source, target):
        assert Path(source).parent == tmp_path  # else it could not be renamed in one go
        assert Path(target) == tmp_path / "model.npz"
        with np.load(source) as file:  # whole before it is renamed
            assert "layers" in file
        raise OSError("the power failed")

    monkeypatch.setattr(Path, "replace", crash)
    with pytest.raises(OSError, match="the power failed"):
        small().save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path / "nothing.npz"))):
        Network.load(tmp_path / "nothing")


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> bytes:
    return small().save(tmp_path_factory.mktemp("saved") / "model").read_bytes()


@pytest.fixture(scope="module")
def damaged(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("damaged") / "model.npz"


def assert_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(f"{path}: not a network that can be loaded (")):
        Network.load(path)


def test_file_truncated_anywhere_is_refused_by_name(saved, damaged):
    for length in [*range(0, len(saved), 17), len(saved) - 1]:
        assert_refused(damaged, saved[:length])


@given(content=st.binary(max_size=200))
def test_random_bytes_are_refused_by_name(content, damaged):
    assert_refused(damaged, content)


@given(
    start=st.sampled_from([b"PK\x03\x04", b"\x93NUMPY\x01\x00", b"\x80\x04"]),
    rest=st.binary(max_size=200),
)
def test_random_bytes_behind_a_known_start_are_refused_by_name(start, rest, damaged):
    assert_refused(damaged, start + rest)


def test_one_flipped_bit_in_a_value_is_refused_by_name(saved, damaged):
    weights = small().parameters()[0].value.tobytes()
    broken = bytearray(saved)
    broken[saved.index(weights) + 3] ^= 1
    assert_refused(damaged, bytes(broken))


def archive(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def altered(saved: bytes, **changes) -> bytes:
    """The saved network with some arrays replaced, or left out where they are None."""
    with np.load(io.BytesIO(saved)) as file:
        arrays = {name: file[name] for name in file.files} | changes
    return archive(**{name: array for name, array in arrays.items() if array is not None})


def test_an_unaltered_copy_loads(saved, damaged):
    damaged.write_bytes(altered(saved))
    assert len(Network.load(damaged).layers) == 4


def layers(*configs) -> np.ndarray:
    return np.array(json.dumps(configs))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": None}, "it does not say that it is a nnlib network 1"),
        (
            {"format": np.array("nnlib network 2")},
            "it is a nnlib network 2, saved by a newer version",
        ),
        ({"layers": None}, "layers"),
        ({"layers": np.array("[{")}, "Expecting"),
        ({"layers": layers()}, "no layers"),
        (
            {"layers": layers({"kind": "Transformer"})},
            "a layer Transformer, which is not known here",
        ),
        ({"layers": layers({"n_in": 4})}, "kind"),
        ({"layers": layers({"kind": "Sigmoid", "n_in": 4})}, "Sigmoid() takes no arguments"),
        (
            {"layers": layers({"kind": "Dense", "n_in": 4, "n_out": 0})},
            "n_out = 0: expected 1 or more",
        ),
        (
            {"layers": layers({"kind": "Dense", "n_in": 4, "n_out": "3"})},
            "n_out = a str: expected a whole number",
        ),
        ({"value_2": None}, "value_2"),
        ({"value_0": np.zeros((3, 4))}, r"Dense(4 → 3).W is an array of shape (3, 4)"),
        ({"value_1": np.zeros(())}, r"Dense(4 → 3).b is an array of shape ()"),
        ({"value_0": np.zeros((4, 3), int)}, "dtype int64"),
        ({"value_0": np.full((4, 3), "a")}, "dtype <U1"),
    ],
)
def test_foreign_archive_is_refused_with_name_and_reason(changes, reason, saved, damaged):
    damaged.write_bytes(altered(saved, **changes))
    with pytest.raises(
        ValueError, match=re.escape(f"{damaged}: not a network") + f".*{re.escape(reason)}"
    ):
        Network.load(damaged)


def test_other_files_of_a_lesson_are_refused_by_name(damaged):
    array, table, empty = io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.save(array, np.ones(3))
    with zipfile.ZipFile(table, "w") as file:
        file.writestr("readme.txt", "no network")
    zipfile.ZipFile(empty, "w").close()
    for content in (
        array.getvalue(),
        table.getvalue(),
        empty.getvalue(),
        b"",
        b'{"cells": []}',
        archive(x=np.ones(3)),
    ):
        assert_refused(damaged, content)


class Trap:
    """Shows by its trace whether a pickle was opened."""

    opened: list[str] = []  # noqa: RUF012

    def __reduce__(self):
        return Trap.opened.append, ("a pickle was opened",)


@pytest.mark.parametrize("name", ["value_0", "layers", "format", "extra"])
def test_pickles_are_never_opened(name, saved, damaged):
    assert_refused(damaged, altered(saved, **{name: np.array([Trap()], dtype=object)}))
    assert Trap.opened == []


def test_a_layer_of_ones_own_is_saved_by_its_name(tmp_path):
    path = Network([RowCounter(), Softmax()]).save(tmp_path / "own")
    assert type(Network.load(path).layers[0]) is RowCounter


def test_a_layer_of_ones_own_never_hides_the_librarys():
    own = type("Dense", (Layer,), {"__module__": "__main__"})
    newer = type("Dense", (Layer,), {"__module__": "__main__"})  # the same cell, run again
    assert kinds()["Dense"] is Dense
    assert kinds()["__main__.Dense"] is newer is not own


def test_one_layer_cannot_stand_at_two_places(rng):
    bend = Sigmoid()
    with pytest.raises(ValueError, match="same layer at two places: expected a new one for each"):
        Network([Dense(2, 3, rng=rng), bend, Dense(3, 2, rng=rng), bend])


# Layers inside a layer.


def block(rng, projection=None) -> Residual:
    return Residual([Dense(3, 4, rng=rng), Sigmoid(), Dense(4, 3, rng=rng)], projection)


def test_residual_by_hand():
    layer = Residual([Dense(1, 1, rng=np.random.default_rng(0))])
    layer.layers[0].W.value[...], layer.layers[0].b.value[...] = 3, 1
    # 3·2 + 1 + 2 = 9;  dx = 3·10 + 10
    assert layer.forward(np.array([[2.0]])).tolist() == [[9]]
    assert layer.backward(np.array([[10.0]])).tolist() == [[40]]
    assert [parameter.grad.tolist() for parameter in layer.parameters()] == [[[20]], [10]]


def test_residual_with_a_projection_by_hand():
    layer = Residual(
        [Dense(1, 2, rng=np.random.default_rng(0))],
        projection=Dense(1, 2, rng=np.random.default_rng(0)),
    )
    for parameter, value in zip(
        layer.parameters(), ([[3, 4]], [1, 0], [[5, 6]], [0, 0]), strict=True
    ):
        parameter.value[...] = value
    # 3·2 + 1 + 5·2 = 17 and 4·2 + 6·2 = 20;  dx = 10·(3 + 5) + 1·(4 + 6)
    assert layer.forward(np.array([[2.0]])).tolist() == [[17, 20]]
    assert layer.backward(np.array([[10.0, 1.0]])).tolist() == [[90]]


def test_a_block_of_zeros_is_the_identity(rng):
    layer, x = block(rng), rng.standard_normal((4, 3))
    layer.layers[-1].W.value[...] = 0
    assert np.array_equal(layer.forward(x), x)
    assert np.array_equal(layer.backward(x), x)


def test_residual_of_images_may_change_their_size(rng):
    inside = [Conv2D(2, 4, 3, stride=2, padding="same", rng=rng), BatchNorm(4), ReLU()]
    layer = Residual(inside, projection=Conv2D(2, 4, 1, stride=2, rng=rng))
    assert layer.forward(rng.standard_normal((3, 7, 6, 2))).shape == (3, 4, 3, 4)
    assert layer.window() == ((3, 3), (2, 2))
    assert str(layer) == (
        "Residual(Conv2D(2 → 4, 3×3, stride 2, padding same) – BatchNorm(4) – ReLU(); "
        "shortcut Conv2D(2 → 4, 1×1, stride 2))"
    )


def test_residual_sees_what_the_wider_of_both_ways_sees(rng):
    inside = [Conv2D(2, 4, (1, 3), rng=rng, padding="same")]
    layer = Residual(inside, projection=Conv2D(2, 4, (5, 1), rng=rng, padding="same"))
    assert layer.window() == ((5, 3), (1, 1))
    # after a pooling that sees 2 × 2 with stride 2: 2 + 4 · 2 rows and 2 + 2 · 2 columns
    assert receptive_field([MaxPool2D(2), layer]) == ((10, 6), (2, 2))


def test_residual_of_whole_numbers_does_not_run_over():
    x = np.full((2, 3), 200, np.uint8)
    assert Residual([Flatten()]).forward(x).tolist() == [[400] * 3] * 2


def test_residual_refuses_shapes_that_differ(rng):
    with pytest.raises(
        ValueError,
        match=r"makes 4 numbers of 3: expected as many, or a projection=… that makes x fit",
    ):
        Residual([Dense(3, 4, rng=rng)])
    layer = Residual([Conv2D(2, 4, 3, padding="same", rng=rng)])
    words = r"got x that becomes \(3, 5, 5, 2\) and F\(x\) \(3, 5, 5, 4\): expected equal shapes, or a projection=…"
    with pytest.raises(ValueError, match=words):
        layer.forward(np.ones((3, 5, 5, 2)))
    layer = Residual(
        [Dense(3, 1, rng=rng)], projection=Dense(3, 3, rng=rng)
    )  # NumPy would stretch it in silence
    with pytest.raises(
        ValueError, match=r"got x that becomes \(5, 3\) and F\(x\) \(5, 1\): expected equal shapes$"
    ):
        layer.forward(np.ones((5, 3)))


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda rng: Residual([]), ValueError, "Residual got no layers"),
        (
            lambda rng: Residual(Sigmoid()),
            TypeError,
            "Residual got a Sigmoid: expected a list of layers",
        ),
        (
            lambda rng: Residual([Sigmoid()], projection=3),
            TypeError,
            "Residual got 3 at place 0: expected a layer",
        ),
        (
            lambda rng: Residual([Dense(3, 4, rng=rng), Dense(3, 3, rng=rng)]),
            ValueError,
            r"Residual got Dense\(3 → 3\) at place 1 after 4 outputs: expected 4 inputs",
        ),
        (
            lambda rng: Network([Dense(3, 2, rng=rng), block(rng)]),
            ValueError,
            r"Network got Residual\(.*\) at place 1 after 2 outputs: expected 2 inputs",
        ),
    ],
)
def test_blocks_that_cannot_work_are_refused(make, error, words, rng):
    with pytest.raises(error, match=words):
        make(rng)


def test_a_layer_cannot_stand_both_inside_and_outside(rng):
    bend = Sigmoid()
    with pytest.raises(ValueError, match="same layer at two places"):
        Network([bend, Residual([bend])])


def test_mode_reaches_the_layers_inside_and_comes_back(rng):
    inner = [BatchNorm(3), ReLU()]
    network = Network([Residual([Residual(inner)])])
    network.training = False
    assert [layer.training for layer in inner] == [False, False]
    inner[1].training = True  # odd, but the learner's own business
    network.predict(np.ones((2, 3)))
    assert [layer.training for layer in inner] == [False, True]
    network.training = True
    assert network.layers[0].training
    assert [layer.training for layer in inner] == [True, True]


def test_blocks_within_blocks_are_saved_copied_and_cast(rng, tmp_path):
    network = Network(
        [Residual([block(rng, Dense(3, 3, rng=rng)), BatchNorm(3)]), Dense(3, 2, rng=rng)]
    )
    x = rng.standard_normal((6, 3))
    network.backward(network.forward(x))
    loaded, light = Network.load(network.save(tmp_path / "model")), network.astype(np.float32)
    assert str(loaded) == str(network)
    assert len(network.parameters()) == 4 + 2 + 2 + 2
    assert loaded.predict(x).tobytes() == network.predict(x).tobytes()
    assert light.predict(x.astype(np.float32)).dtype == np.float32
    for parameter in light.parameters():
        assert parameter.grad is None
    with pytest.raises(RuntimeError, match="backward was called before forward"):
        network.copy().layers[0].layers[0].layers[0].backward(x)


def test_a_deep_row_of_blocks_lets_the_gradient_through(rng):
    def first_gradient(wrap):
        layers = [wrap([Dense(8, 8, rng=rng), Sigmoid()]) for _ in range(30)]
        network = Network([layer for group in layers for layer in group])
        network.forward(rng.standard_normal((5, 8)))
        network.backward(np.ones((5, 8)))
        return np.abs(network.parameters()[0].grad).max()

    assert first_gradient(lambda layers: layers) < 1e-12
    assert first_gradient(lambda layers: [Residual(layers)]) > 1e-3


def test_what_layers_share_is_listed_once():
    rng = np.random.default_rng(0)
    a, b, c = (Dense(2, 2, rng=rng) for _ in range(3))
    b.W, c.b = a.W, a.b
    network = Network([a, Residual([b, c])])
    assert network.parameters() == network.state() == [a.W, a.b, b.b, c.W]
    assert len(network.copy().parameters()) == 4


def test_what_a_network_does_not_have_is_told_as_python_tells_it(rng):
    network = Network([Dense(2, 2, rng=rng)])
    assert not hasattr(network, "load_state")
    with pytest.raises(AttributeError, match=r"a Network has no predicts$") as caught:
        network.predicts(1)
    assert (caught.value.name, caught.value.obj) == ("predicts", network)
    assert repr(pickle.loads(pickle.dumps(network))) == repr(network)
