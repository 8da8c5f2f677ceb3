"""Large products in blocks of columns: the same product, and the same bits on any number of cores."""

import threading

import numpy as np
import pytest

from nnlib._fast import blocks, products
from nnlib.activations import ReLU
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import Momentum
from nnlib.training import fit

product = products.product


@pytest.fixture
def small(monkeypatch):
    """Cut products of any size, into several blocks, the first wider by 2,000 multiplications."""
    monkeypatch.setattr(products, "WORTH", 0)
    monkeypatch.setattr(products, "EACH", 20_000)
    monkeypatch.setattr(products, "WAKING", 4_000)


def on(cores, monkeypatch):
    monkeypatch.setattr(blocks, "_cores", lambda: cores)
    blocks._jobs.cache_clear()


@pytest.fixture(autouse=True)
def forget_threads():
    yield
    blocks._jobs.cache_clear()


SHAPES = [(1, 1, 1), (1, 7, 40), (40, 7, 1), (3, 50, 1000), (64, 33, 17), (128, 30, 100)]


@pytest.mark.parametrize("in_a_browser", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_the_product(shape, dtype, in_a_browser, small, monkeypatch, rng):
    monkeypatch.setattr(products, "IN_A_BROWSER", in_a_browser)
    n, k, m = shape
    x, W = rng.random((n, k)).astype(dtype), rng.random((k, m)).astype(dtype)
    dz = rng.random((n, m)).astype(dtype)
    close = {"rtol": 1e-12 if dtype is np.float64 else 1e-5}
    for a, b in [(x, W), (x.T, dz), (dz, W.T)]:
        found = product(a, b)
        assert found.dtype == dtype
        assert found.flags.c_contiguous
        assert np.allclose(found, a.astype(float) @ b.astype(float), **close)


def test_in_a_browser_sums_over_indices_take_the_large_products(monkeypatch, rng):
    monkeypatch.setattr(products, "IN_A_BROWSER", True)
    taken = []

    def einsum(how, a, b):
        taken.append((a.shape, b.shape))
        return a @ b

    monkeypatch.setattr(products.np, "einsum", einsum)
    x, dz, W = rng.random((100, 784)), rng.random((100, 30)), rng.random((784, 30))
    for a, b in [(x, W), (x.T, dz), (dz, W.T), (x, W[:, :10].copy()), (x[:1], W[:, :10].copy())]:
        product(a, b)
    assert taken == [((100, 784), (784, 30)), ((784, 100), (100, 30)), ((100, 30), (30, 784))]


@pytest.mark.parametrize("m", [1, 15, 16, 17, 31, 32, 33, 100, 512, 2048])
@pytest.mark.parametrize("each", [1, 100, 10_000, 1_000_000])
def test_blocks_cover_every_column_once_and_the_first_is_no_smaller(each, m):
    cut = products._cut(each, m)
    assert [column for some in cut for column in range(some.start, some.stop)] == list(range(m))
    widths = [some.stop - some.start for some in cut]
    assert widths[0] == max(widths)
    assert all(some.start % products.COLUMNS == 0 for some in cut)


def test_a_wide_layer_of_the_course_takes_two_blocks():
    first, second = products._cut(128 * 784, 512)
    assert (first.stop, second.stop) == (288, 512)


def wide(seed):
    """Train a network whose products are cut, one of them into odd blocks."""
    rng = np.random.default_rng(seed)
    sizes = [int(size) for size in rng.integers(400, 800, 3)]
    layers = [Dense(sizes[0], sizes[1], rng=rng), ReLU(), Dense(sizes[1], sizes[2], rng=rng)]
    network = Network([*layers, ReLU(), Dense(sizes[2], 10, rng=rng)]).astype(np.float32)
    x, y = rng.random((300, sizes[0]), dtype=np.float32), rng.integers(0, 10, 300)
    optimizer = Momentum(network.parameters(), 0.01)
    fit(network, SoftmaxCrossEntropy(), optimizer, (x, y), epochs=1, batch_size=128, rng=rng)
    return [one.value for one in network.parameters()]


@pytest.mark.parametrize("seed", range(5))
def test_the_same_bits_come_out_on_any_number_of_cores(seed, monkeypatch):
    found = []
    for cores in (1, 2, 3, 64):
        on(cores, monkeypatch)
        found.append(wide(seed))
    for other in found[1:]:
        for a, b in zip(found[0], other, strict=True):
            assert a.tobytes() == b.tobytes()


def test_a_dense_layer_shares_out_all_three_products(small, monkeypatch, rng):
    on(2, monkeypatch)
    shared = []

    def watched(works):
        shared.append(len(works))
        return blocks.on_cores(works)

    monkeypatch.setattr(products, "on_cores", watched)
    layer = Dense(40, 60, rng=rng)
    layer.forward(rng.random((20, 40)))
    layer.backward(rng.random((20, 60)))
    assert shared == [3, 3, 3]  # x @ W, xᵀ @ dz, dz @ Wᵀ


def test_two_blocks_run_at_once(small, monkeypatch):
    on(2, monkeypatch)
    meet, names = threading.Barrier(2), set()

    def matmul(a, b, out):
        meet.wait(10)
        names.add(threading.current_thread().name)
        out[...] = a @ b

    monkeypatch.setattr(products.np, "matmul", matmul)
    found = product(np.ones((10, 20)), np.ones((20, 100)))
    assert np.array_equal(found, np.full((10, 100), 20.0))
    assert len(names) == 2
