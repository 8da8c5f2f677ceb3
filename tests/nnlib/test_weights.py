"""Weights from PyTorch and from books: the same outputs here as there, or a table that says what does not fit."""

import io
import itertools
import re
import tracemalloc
import zipfile

import numpy as np
import pytest

from nnlib.activations import ReLU, Sigmoid
from nnlib.convolution import Conv2D
from nnlib.layers import Dense, Flatten, Layer, Residual
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.parameter import Parameter
from nnlib.pooling import AvgPool2D, GlobalAvgPool2D, MaxPool2D, WeightedAvgPool2D
from nnlib.regularization import Dropout
from nnlib.weights import LAYOUTS, load_weights


def mlp(rng, *sizes) -> Network:
    layers = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers += [Dense(n_in, n_out, rng=rng), Sigmoid()]
    return Network(layers)


def lenet(rng) -> Network:
    """Two convolutions and two dense layers, with batch normalisation before, between and behind the Flatten."""
    features = [Conv2D(2, 6, 3, padding=1, rng=rng), BatchNorm(6), ReLU(), MaxPool2D(2)]
    more = [Conv2D(6, 5, (3, 2), rng=rng), ReLU(), AvgPool2D(2), Dropout(0.5, rng=rng), Flatten()]
    head = [BatchNorm(30), Dense(30, 7, rng=rng), ReLU(), BatchNorm(7), Dense(7, 4, rng=rng)]
    return Network([*features, *more, *head])


# 12×14 pixels, 6×7 behind the first pooling, 4×6 behind the convolution, 2×3 with 5 channels where they are flattened
SHAPE = (12, 14, 2)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def torch_lenet(torch):
    nn = torch.nn
    model = nn.Sequential(
        *(nn.Conv2d(2, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 5, (3, 2)), nn.ReLU(), nn.AvgPool2d(2), nn.Dropout(0.5), nn.Flatten()),
        *(nn.BatchNorm1d(30), nn.Linear(30, 7), nn.ReLU(), nn.BatchNorm1d(7), nn.Linear(7, 4)),
    ).double()
    # some training, so that no running mean is 0
    for _ in range(3):
        model(torch.rand(8, 2, 12, 14, dtype=torch.double))
    return model.eval()


def as_npz(tmp_path, arrays, save=np.savez):
    save(tmp_path / "weights.npz", **arrays)
    return tmp_path / "weights.npz"


def state(model) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in model.state_dict().items()}


# From PyTorch.


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed, None])
def test_an_mlp_gives_the_same_outputs(save, torch, rng, tmp_path):
    nn = torch.nn
    model = nn.Sequential(nn.Linear(5, 4), nn.Sigmoid(), nn.Linear(4, 4), nn.Sigmoid()).double()
    network, x = mlp(rng, 5, 4, 4), rng.standard_normal((6, 5))
    source = model.state_dict() if save is None else as_npz(tmp_path, state(model), save)
    table = load_weights(network, source)
    theirs = model(torch.tensor(x)).detach().numpy()
    assert np.abs(network.predict(x) - theirs).max() < 1e-10
    assert table.splitlines() == [
        "Dense(5 → 4).W  (5, 4)  from 0.weight (4, 5)",
        "Dense(5 → 4).b  (4,)    from 0.bias (4,)",
        "Dense(4 → 4).W  (4, 4)  from 2.weight (4, 4)",
        "Dense(4 → 4).b  (4,)    from 2.bias (4,)",
    ]


def test_a_convolutional_network_gives_the_same_outputs(torch, rng, tmp_path):
    model, network = torch_lenet(torch), lenet(rng)
    load_weights(network, as_npz(tmp_path, state(model)), input_shape=SHAPE)
    x = rng.random((5, *SHAPE))
    theirs = model(torch.tensor(x.transpose(0, 3, 1, 2))).detach().numpy()
    assert np.abs(network.predict(x) - theirs).max() < 1e-10
    # and it goes on learning from them
    assert {p.value.flags.c_contiguous for p in network.state()} == {True}
    assert all(p.value.flags.writeable for p in network.state())


def test_a_single_layer_and_a_network_without_a_flatten(torch, rng):
    model = torch.nn.Linear(3, 2).double()
    network, x = Network([Dense(3, 2, rng=rng)]), rng.random((4, 3))
    load_weights(network, model.state_dict())  # named weight and bias alone
    assert np.abs(network.predict(x) - model(torch.tensor(x)).detach().numpy()).max() < 1e-10
    pooled = Network([Conv2D(2, 3, 3, rng=rng), GlobalAvgPool2D(), Dense(3, 2, rng=rng)])
    conv = torch.nn.Conv2d(2, 3, 3).double()
    arrays = {f"c.{n}": v for n, v in conv.state_dict().items()}
    load_weights(pooled, arrays | {f"d.{n}": v for n, v in model.state_dict().items()})
    x = rng.random((4, 5, 6, 2))
    theirs = model(conv(torch.tensor(x.transpose(0, 3, 1, 2))).mean(dim=(2, 3)))
    assert np.abs(pooled.predict(x) - theirs.detach().numpy()).max() < 1e-10


def test_residual_blocks_are_matched_layer_by_layer(torch, rng):
    one, two = torch.nn.Linear(3, 3).double(), torch.nn.Linear(3, 3).double()
    network = Network([Residual([Dense(3, 3, rng=rng), Sigmoid(), Dense(3, 3, rng=rng)])])
    names = {"block.0": one, "block.2": two}
    load_weights(network, {f"{n}.{k}": v for n, m in names.items() for k, v in state(m).items()})
    x = rng.random((4, 3))
    theirs = torch.tensor(x) + two(torch.sigmoid(one(torch.tensor(x))))
    assert np.abs(network.predict(x) - theirs.detach().numpy()).max() < 1e-10


def test_the_network_keeps_its_dtype(torch, rng):
    light = torch.nn.Linear(3, 2)  # float32
    network = Network([Dense(3, 2, rng=rng)])
    load_weights(network, light.state_dict())
    assert network.layers[0].W.value.dtype == np.float64
    assert np.array_equal(network.layers[0].W.value, light.weight.detach().numpy().T)
    network = network.astype(np.float32)
    load_weights(network, {"weight": np.ones((2, 3)), "bias": np.ones(2)})
    assert {p.value.dtype for p in network.parameters()} == {np.dtype(np.float32)}


def test_weights_that_are_not_learnt_need_no_array(rng):
    network = Network([WeightedAvgPool2D(2), Conv2D(1, 1, 1, rng=rng)])
    load_weights(network, {"c.weight": np.full((1, 1, 1, 1), 3.0), "c.bias": np.ones(1)})
    assert network.predict(np.ones((1, 2, 2, 1))).tolist() == [[[[4.0]]]]


# From books.


def test_nielsens_columns(rng):
    # a' = σ(W a + b) with columns, network.py of "Neural Networks and Deep Learning"
    sizes = [4, 3, 2]
    biases = [rng.standard_normal((y, 1)) for y in sizes[1:]]
    weights = [rng.standard_normal((y, x)) for x, y in itertools.pairwise(sizes)]
    network, x = mlp(rng, *sizes), rng.random((5, 4))
    arrays = {f"W{i}": w for i, w in enumerate(weights)}
    load_weights(network, arrays | {f"b{i}": b for i, b in enumerate(biases)}, layout="nielsen")
    a = x.T
    for w, b in zip(weights, biases, strict=True):
        a = 1 / (1 + np.exp(-(w @ a + b)))
    assert network.predict(x) == pytest.approx(a.T, rel=1e-12)


def test_dlfs_puts_channels_first_and_weights_as_we_do(rng):
    network = Network([Conv2D(1, 2, 2, rng=rng), Flatten(), Dense(8, 3, rng=rng)])
    W1, b1 = rng.random((2, 1, 2, 2)), rng.random(2)
    W2, b2 = rng.random((8, 3)), rng.random(3)
    arrays = {"W2": W2, "b2": b2, "W1": W1, "b1": b1}  # numbers count, not their order
    load_weights(network, arrays, layout="dlfs", input_shape=(3, 3, 1))
    x = rng.random((1, 3, 3, 1))
    z = np.array(
        [
            [
                [(x[0, i : i + 2, j : j + 2, 0] * W1[c, 0]).sum() + b1[c] for j in (0, 1)]
                for i in (0, 1)
            ]
            for c in (0, 1)
        ]
    )
    assert network.predict(x)[0] == pytest.approx(z.ravel() @ W2 + b2, rel=1e-12)


def test_a_normalisation_behind_a_layer_may_have_its_number(rng):
    network = Network([Dense(2, 3, rng=rng), BatchNorm(3), Dense(3, 1, rng=rng)])
    arrays = {
        **{"W1": np.ones((2, 3)), "b1": np.ones(3), "gamma1": np.full(3, 2.0), "beta1": np.ones(3)},
        **{"running_mean1": np.zeros(3), "running_var1": np.ones(3)},
        **{"W2": np.ones((3, 1)), "b2": np.ones(1)},
    }
    load_weights(network, arrays, layout="dlfs")
    assert network.layers[1].gamma.value.tolist() == [2, 2, 2]


def test_our_own_arrays_by_their_own_names(rng):
    one, other = lenet(rng), lenet(rng)
    arrays = {f"{i}.{p.name.rpartition('.')[2]}": p.value for i, layer in enumerate(one.layers)
              for p in layer.parameters() + layer.statistics()}  # fmt: skip
    load_weights(other, arrays, layout="nnlib")
    x = rng.random((2, *SHAPE))
    assert other.predict(x).tobytes() == one.predict(x).tobytes()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(3,), (2, 5), (3, 2, 1, 6), (2, 3, 4), ()])
def test_a_layout_gives_back_what_it_says(layout, shape):
    theirs = np.random.default_rng(0).random(LAYOUTS[layout].shape(shape))
    assert LAYOUTS[layout].ours(theirs, shape).shape == shape


# What does not fit.


def arrays_of(*sizes) -> dict[str, np.ndarray]:
    found = {}
    for place, (n_in, n_out) in enumerate(itertools.pairwise(sizes), start=1):
        found |= {f"fc{place}.weight": np.ones((n_out, n_in)), f"fc{place}.bias": np.ones(n_out)}
    return found


def refusal(network, source, error=ValueError, **options) -> str:
    """What is said, and that nothing was changed."""
    before = [p.value.tobytes() for p in network.state()]
    with pytest.raises(error) as caught:
        load_weights(network, source, **options)
    assert [p.value.tobytes() for p in network.state()] == before
    return str(caught.value)


def test_another_shape_is_shown_in_a_table(rng):
    words = refusal(mlp(rng, 5, 4, 2), arrays_of(5, 4, 3))
    assert words.splitlines() == [
        'load_weights: the source does not fit with layout="pytorch", so nothing was changed',
        "✓ Dense(5 → 4).W  (5, 4)  from fc1.weight (4, 5)",
        "✓ Dense(5 → 4).b  (4,)    from fc1.bias (4,)",
        "✗ Dense(4 → 2).W  (4, 2)  from fc2.weight (3, 4): expected (2, 4)",
        "✗ Dense(4 → 2).b  (2,)    from fc2.bias (3,): expected (2,)",
    ]


def test_another_order_is_told(rng):
    arrays = arrays_of(5, 4, 2)
    swapped = {n: arrays[n] for n in ("fc2.weight", "fc2.bias", "fc1.weight", "fc1.bias")}
    words = refusal(mlp(rng, 5, 4, 2), swapped)
    assert "from fc2.weight (2, 4): expected (4, 5); it would fit Dense(4 → 2).W: is the" in words


@pytest.mark.parametrize("name", ["fc1.weight", "fc2.bias"])
def test_a_missing_array_is_told(name, rng):
    arrays = arrays_of(5, 4, 2)
    shape = arrays.pop(name).shape
    assert f"from nothing: expected an array of shape {shape}" in refusal(mlp(rng, 5, 4, 2), arrays)


def test_a_missing_layer_is_told(rng):
    words = refusal(mlp(rng, 5, 4, 2), arrays_of(5, 4))
    assert "✗ Dense(4 → 2).W  (4, 2)  from nothing: expected an array of shape (2, 4)" in words


def test_an_array_too_many_is_told(rng):
    words = refusal(mlp(rng, 5, 4), arrays_of(5, 4, 2))
    assert re.search(
        r"✗ nothing here +from fc2\.weight \(2, 4\): the network has no place for", words
    )
    words = refusal(mlp(rng, 5, 4), arrays_of(5, 4) | {"fc1.running_mean": np.ones(4)})
    assert re.search(r"✗ nothing here +from fc1\.running_mean \(4,\): the network has no pl", words)


def test_transposed_weights_are_told_with_the_layout_that_fits(rng):
    arrays = {n: a.T for n, a in arrays_of(5, 4, 2).items()}
    words = refusal(mlp(rng, 5, 4, 2), arrays)
    assert "from fc1.weight (5, 4): expected (4, 5); it is transposed, and W.T fits" in words
    assert words.endswith('All of them fit with layout="nnlib".')
    arrays = {"W1": np.ones((4, 5)), "b1": np.ones((4, 1))}
    words = refusal(mlp(rng, 5, 4), arrays)
    assert "from b1 (4, 1): expected (4,); it is a column, and b.ravel() fits" in words
    assert words.endswith('All of them fit with layout="nielsen".')


def test_a_flatten_needs_the_shape_of_the_image(rng):
    network = Network([Flatten(), Dense(4, 2, rng=rng)])
    words = refusal(network, arrays_of(4, 2))
    assert "got no input_shape, and the network has a Flatten" in words
    assert "expected that of one example, such as (28, 28, 1)" in words
    load_weights(network, arrays_of(4, 2), input_shape=(2, 2, 1))
    load_weights(network, {n: a.T for n, a in arrays_of(4, 2).items()}, layout="nnlib")


def test_an_image_of_another_shape_is_told(rng):
    network = Network([Flatten(), Dense(4, 2, rng=rng)])
    words = refusal(network, arrays_of(4, 2), input_shape=(3, 2, 1))
    assert "Dense(4 → 2) got x of shape (1, 6): expected (n, 4)" in words


def test_blocks_behind_a_flatten_are_left_to_the_reader(rng):
    network = Network([Flatten(), Residual([Dense(4, 4, rng=rng)])])
    words = refusal(network, arrays_of(4, 4), input_shape=(2, 2, 1))
    assert "cannot put the weights of Residual(Dense(4 → 4)) behind a Flatten into order" in words


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"fc1.bias": np.full(4, np.nan)}, ValueError, "got fc1.bias with nan at [0]: expected finite"),
        ({"fc1.bias": np.full(4, "a")}, TypeError, "of shape (4,) and dtype <U1: expected numbers"),
        ({"fc1.bias": None}, TypeError, "got fc1.bias as None: expected numbers"),
        ({"fc1.bias": [[1], [2, 3]]}, TypeError, "got fc1.bias as a list"),
        ({"fc1.scale": np.ones(4)}, ValueError, 'an array named fc1.scale: expected names such as "fc1.weight"'),
    ],
)  # fmt: skip
def test_arrays_that_are_none_are_told(changes, error, words, rng):
    assert words in refusal(mlp(rng, 5, 4), arrays_of(5, 4) | changes, error)


def test_tensors_that_still_learn_are_told(torch, rng):
    source = dict(torch.nn.Linear(5, 4).named_parameters())
    assert "got weight as a Parameter (Can't call numpy()" in refusal(
        mlp(rng, 5, 4), source, TypeError
    )


def test_another_layout_is_told(rng):
    words = refusal(mlp(rng, 5, 4), arrays_of(5, 4), layout="keras")
    assert words.endswith('\'keras\': expected one of "pytorch", "nnlib", "nielsen", "dlfs"')


def test_a_layer_of_ones_own_goes_by_its_names(rng):
    class Scale(Layer):
        def __init__(self, n):
            self.factor = Parameter(np.ones(n), "Scale.factor")

        def parameters(self):
            return [self.factor]

    words = refusal(Network([Scale(3)]), {"s.weight": np.ones(3)})
    assert "✗ Scale.factor  (3,)  from nothing: expected an array of shape (3,)" in words


# Files.


def test_a_file_that_is_missing_is_named(rng, tmp_path):
    path = tmp_path / "nowhere.npz"
    assert refusal(mlp(rng, 5, 4), path, FileNotFoundError).startswith(f"{path}: there is no such")


def test_a_file_of_pytorch_is_never_unpickled(torch, rng, tmp_path):
    path = tmp_path / "model.pt"
    torch.save(torch.nn.Linear(5, 4).state_dict(), path)
    words = refusal(mlp(rng, 5, 4), path)
    assert f"{path}: not a file of weights (it is a file of PyTorch, which is never opened" in words
    assert "save its arrays by np.savez" in words


def test_a_saved_network_is_no_file_of_weights(rng, tmp_path):
    path = mlp(rng, 5, 4).save(tmp_path / "model")
    words = refusal(mlp(rng, 5, 4), path)
    assert f"{path}: not a file of weights (it is written by nnlib: Network.load or" in words


def test_a_large_packed_array_takes_no_memory(rng, tmp_path):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in (arrays_of(5, 4) | {"big.weight": np.zeros((5000, 5000))}).items():
            with file.open(f"{name}.npy", "w") as member:
                np.save(member, array)
    (tmp_path / "w.npz").write_bytes(content.getvalue())
    tracemalloc.start()
    words = refusal(mlp(rng, 5, 4), tmp_path / "w.npz")
    assert tracemalloc.get_traced_memory()[1] < 5e6
    tracemalloc.stop()
    assert "from big.weight (5000, 5000): the network has no place for it" in words
    assert words.startswith(f"load_weights: {tmp_path / 'w.npz'} does not fit")


def test_a_damaged_file_is_refused_and_nothing_changes(rng, tmp_path):
    path = as_npz(tmp_path, arrays_of(5, 4))
    whole = bytearray(path.read_bytes())
    for place in range(0, len(whole), 7):
        whole[place] ^= 16
        path.write_bytes(whole)
        network = mlp(rng, 5, 4)
        before = network.layers[0].W.value.tobytes()
        try:
            load_weights(network, path)
        except ValueError:
            assert network.layers[0].W.value.tobytes() == before
        else:
            assert set(network.layers[0].W.value.ravel()) == {1.0}
        whole[place] ^= 16
