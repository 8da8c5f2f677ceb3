"""The fast ways: equal to the readable ones to 1e-12, in the same dtype, on any number of cores, and chosen by size."""

import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlib
from nnlib import convolution, normalization, pooling
from nnlib._fast import blocks, choice
from nnlib._fast import convolution as fast_convolution
from nnlib._fast import normalization as fast_normalization
from nnlib._fast import pooling as fast_pooling
from nnlib._fast.windows import Columns, Strips
from nnlib.convolution import naive_backward, naive_forward
from nnlib.windows import parts, places

FAST = {
    name: getattr(module, name)
    for module in (fast_convolution, fast_pooling, fast_normalization)
    for name, _ in inspect.getmembers(module, inspect.isfunction)
    if not name.startswith("_") and getattr(module, name).__module__ == module.__name__
}
CHOSEN = {
    name: getattr(module, name)
    for module in (convolution, pooling, normalization)
    for name in FAST
    if hasattr(module, name)
}
READABLE = {name: function.__wrapped__ for name, function in CHOSEN.items()}
every_pair = pytest.mark.parametrize("name", FAST)


def test_every_fast_function_has_its_readable_twin_and_its_size():
    assert set(FAST) == set(READABLE) == set(choice.FROM)
    assert len(FAST) == 13


@every_pair
def test_both_are_called_in_the_same_way(name):
    assert inspect.signature(FAST[name]) == inspect.signature(READABLE[name])
    assert READABLE[name].__module__ in (f"nnlib.{kind}" for kind in NOUNS)


NOUNS = ("convolution", "pooling", "normalization")
pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))


@st.composite
def arrays(draw, shape, dtype=float):
    """Random numbers, sometimes with ties, laid out in memory in one of several ways, and read-only."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    a = rng.standard_normal(shape)
    a = (a.round() if draw(st.booleans()) else a).astype(dtype)
    order = draw(st.sampled_from("CFRS"))
    if order == "R":
        a = a[..., ::-1][::-1]
    elif order == "S":  # every second number of a larger array
        a = np.repeat(a, 2, axis=-1)[..., ::2]
    else:
        a = a.copy(order=order)
    a.flags.writeable = False
    return a


@st.composite
def image_cases(draw, dtype=float):
    """Images, odd in size more often than not, a window and a stride."""
    size, stride = draw(pairs), draw(pairs)
    h, w = (size[i] + draw(st.integers(0, 6)) for i in (0, 1))
    shape = (draw(st.integers(1, 5)), h, w, draw(st.integers(1, 6)))
    return draw(arrays(shape, dtype)), size, stride


@st.composite
def calls(draw, name, dtype=float):
    """Arguments and options for the pair of functions called ``name``."""
    if name in ("moments", "batch_norm", "batch_norm_grad"):
        return draw(normalization_calls(name, dtype))
    x, size, stride = draw(image_cases(dtype))
    spots = (len(x), *places(x.shape, size, stride))
    if name.startswith("conv2d"):
        c_out = draw(st.integers(1, 3))
        W = draw(arrays((*size, x.shape[3], c_out), dtype))
        if name == "conv2d":
            return (x, W, draw(arrays((c_out,), dtype)), stride), {}
        options = {"needs_dx": draw(st.booleans())}
        return (draw(arrays((*spots, c_out), dtype)), x, W, stride), options
    dy = draw(arrays((*spots, x.shape[3]), dtype))
    if name.startswith("weighted"):
        W = draw(arrays(size, dtype))
        options = {"needs_dW": draw(st.booleans())}
        return ((dy, x, W, stride), options) if "grad" in name else ((x, W, stride), {})
    if "grad" not in name:
        return (x, size, stride), {}
    y = READABLE[name.removesuffix("_grad")](x, size, stride)
    return (dy, x, y, size, stride), {}


@st.composite
def normalization_calls(draw, name, dtype):
    features = draw(st.integers(1, 5))
    pixels = draw(st.just(()) | st.tuples(st.integers(1, 4), st.integers(1, 4)))
    x = draw(arrays((draw(st.integers(2, 6)), *pixels, features), dtype))
    if name == "moments":
        return (x,), {}
    mean, variance = READABLE["moments"](x)
    gamma, beta = draw(arrays((features,), dtype)), draw(arrays((features,), dtype))
    if name == "batch_norm":
        return (x, gamma, beta, mean, variance, 0.01), {}
    options = {"training": draw(st.booleans())}
    return (draw(arrays(x.shape, dtype)), x, gamma, mean, variance, 0.01), options


def as_list(result):
    return list(result) if isinstance(result, tuple) else [result]


def difference(one, other) -> float:
    """The largest difference of two arrays of one shape, beside the size of the numbers."""
    assert one.shape == other.shape
    return float(np.abs(one - other).max() / max(1.0, np.abs(other).max()))


@every_pair
@settings(max_examples=80)
@given(data=st.data())
def test_both_say_the_same(name, data):
    arguments, options = data.draw(calls(name))
    fast, readable = (as_list(way[name](*arguments, **options)) for way in (FAST, READABLE))
    for one, other in zip(fast, readable, strict=True):
        assert one is other is None or difference(one, other) <= 1e-12


@every_pair
@settings(max_examples=10)
@given(data=st.data())
def test_both_keep_float32(name, data):
    arguments, options = data.draw(calls(name, np.float32))
    for way in (FAST, READABLE):
        results = as_list(way[name](*arguments, **options))
        assert {a.dtype for a in results if a is not None} == {np.dtype(np.float32)}


@every_pair
@settings(max_examples=10)
@given(data=st.data())
def test_what_they_return_is_nobody_elses(name, data):
    arguments, options = data.draw(calls(name))
    given_arrays = [a for a in arguments if isinstance(a, np.ndarray)]
    for way in (FAST, READABLE):
        for result in as_list(way[name](*arguments, **options)):
            assert result is None or not any(np.shares_memory(result, a) for a in given_arrays)


# By blocks.


def large_call(name, rng):
    """Arguments with eleven examples, to be cut into blocks of two."""
    x, W = rng.standard_normal((11, 7, 6, 3)), rng.standard_normal((2, 3, 3, 4))
    size, stride = (2, 3), (2, 1)
    spots = (11, *places(x.shape, size, stride))
    if name.startswith("conv2d"):
        dz = rng.standard_normal((*spots, 4))
        return (x, W, W[0, 0, 0], stride) if name == "conv2d" else (dz, x, W, stride)
    features = np.ones(3)
    if name in ("moments", "batch_norm", "batch_norm_grad"):
        rest = (features, features, features, 0.1)
        known = {"moments": (x,), "batch_norm": (x, features, *rest)}
        return known.get(name, (x[::-1], x, *rest))
    dy = rng.standard_normal((*spots, 3))
    window = (W[:, :, 0, 0], stride) if name.startswith("weighted") else (size, stride)
    if "grad" not in name:
        return x, *window
    y = () if name.startswith("weighted") else (FAST[name.removesuffix("_grad")](x, *window),)
    return dy, x, *y, *window


@every_pair
@pytest.mark.parametrize("cores", [2, 3])
def test_blocks_on_several_cores_give_the_same_bits(name, cores, monkeypatch, rng):
    arguments = large_call(name, rng)
    whole = as_list(FAST[name](*arguments))
    monkeypatch.setattr(blocks, "BLOCK", 4000)
    monkeypatch.setattr(blocks, "_cores", lambda: 1)
    in_blocks = as_list(FAST[name](*arguments))
    monkeypatch.setattr(blocks, "_cores", lambda: cores)
    on_cores = as_list(FAST[name](*arguments))
    for one, other, all_at_once in zip(on_cores, in_blocks, whole, strict=True):
        assert one.tobytes() == other.tobytes()
        assert difference(one, all_at_once) <= 1e-12


@pytest.mark.parametrize("kind", [Columns, Strips])
@settings(max_examples=100)
@given(data=st.data())
def test_both_layouts_say_what_naive_loops_say(kind, data):
    (dz, x, W, stride), _ = data.draw(calls("conv2d_grad"))
    layout, flat = kind(x, W.shape[:2], stride), dz.reshape(len(dz), -1, dz.shape[3])
    z, d_input = np.empty(flat.shape), np.zeros(x.shape)
    layout.product(W, z)
    layout.d_input(flat, W, d_input)
    dx, dW, db = naive_backward(x, W, dz, stride)
    assert layout.places == dz.shape[1:3]
    assert difference(z.reshape(dz.shape), naive_forward(x, W, 0 * db, stride)) <= 1e-12
    assert difference(layout.d_weights(flat), dW) <= 1e-12
    assert difference(d_input, dx) <= 1e-12


def test_parts_are_views_in_row_order():
    x = np.arange(20.0).reshape(1, 4, 5, 1)
    found = list(parts(x, (2, 2), (2, 3)))
    assert [part[0, :, :, 0].tolist() for part in found] == [
        [[0, 3], [10, 13]],
        [[1, 4], [11, 14]],
        [[5, 8], [15, 18]],
        [[6, 9], [16, 19]],
    ]
    assert all(np.shares_memory(part, x) for part in found)


# Which of the two.


def test_the_size_of_the_first_argument_decides(monkeypatch):
    monkeypatch.setitem(choice.FROM, "double", 3)

    def double(x, times=2):
        return "fast"

    fast = double

    @choice.or_faster(fast)
    def double(x, times=2):
        """Twice as much."""
        return "readable"

    assert [double(np.ones(n)) for n in (2, 3)] == ["readable", "fast"]
    assert double(x=np.ones(3), times=1) == "fast"
    assert double.__doc__ == "Twice as much."


@pytest.mark.parametrize("name", ["max_pool", "batch_norm"])
def test_small_work_is_done_in_the_readable_way_and_large_in_the_fast(name, monkeypatch, rng):
    # both see to it that a block is cut only in the fast way
    cuts = []
    monkeypatch.setattr(blocks, "_cut", lambda n, each: cuts.append(n) or [slice(0, n)])
    for n, cut in ((2, []), (400, [400])):
        x, features = rng.standard_normal((n, 10, 10, 3)), np.ones(3)
        rest = ((2, 2), (2, 2)) if name == "max_pool" else (*[features] * 4, 0.1)
        CHOSEN[name](x, *rest)
        assert cuts == cut


def test_without_threads_everything_works_all_the_same():
    code = (
        "import threading\n"
        "def refuse(thread):\n"
        '    raise RuntimeError("can\'t start new thread")\n'
        "threading.Thread.start = refuse\n"
        "import numpy as np\n"
        "from nnlib._fast import blocks\n"
        "from nnlib.convolution import Conv2D\n"
        "blocks.BLOCK, blocks._cores = 1000, lambda: 4\n"
        "layer = Conv2D(1, 2, 3, rng=np.random.default_rng(0))\n"
        "print(layer.backward(layer.forward(np.ones((9, 8, 8, 1)))).shape)\n"
    )
    folder = Path(nnlib.__file__).parent.parent
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder
    )
    assert answer.stdout.strip() == "(9, 8, 8, 1)"


def test_arguments_may_be_named_and_come_in_any_order():
    x = np.arange(32.0).reshape(1, 4, 8, 1)
    size = stride = (2, 2)
    right = pooling.max_pool(x, size, stride)
    assert np.array_equal(pooling.max_pool(size=size, stride=stride, x=x), right)
