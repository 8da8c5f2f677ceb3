"""Convolution: against naive loops, against sums done by hand, and what it must refuse."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layer_cases import close, convolutions, results, sides

from nnlib.convolution import (
    Conv2D,
    conv2d,
    conv2d_grad,
    convolve,
    cross_correlate,
    naive_backward,
    naive_forward,
)
from nnlib.initializers import he
from nnlib.layers import Flatten
from nnlib.network import Network
from nnlib.windows import margins, output_size


@settings(max_examples=60)
@given(case=convolutions())
def test_as_naive_loops_have_it(case):
    layer, x, dz = case
    (top, bottom), (left, right) = sides(layer, x)
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)))
    dx, dW, db = naive_backward(padded, layer.W.value, dz, layer.stride)
    dx = dx[:, top : top + x.shape[1], left : left + x.shape[2]]
    z = naive_forward(padded, layer.W.value, layer.b.value, layer.stride)
    for mine, slow in zip(results(*case), (z, dx, dW, db), strict=True):
        assert close(mine, slow)


# By hand.

STAIRS = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
CORNER = np.array([[1.0, 0.0], [0.0, 10.0]])


def test_cross_correlation_by_hand():
    # 1·1 + 10·5 = 51, 1·2 + 10·6 = 62;  1·4 + 10·8 = 84, 1·5 + 10·9 = 95
    assert cross_correlate(STAIRS, CORNER).tolist() == [[51, 62], [84, 95]]


def test_convolution_by_hand():
    # the kernel turned by 180° is [[10, 0], [0, 1]]: 10·1 + 1·5 = 15, 10·2 + 6 = 26;  10·4 + 8 = 48, 10·5 + 9 = 59
    assert convolve(STAIRS, CORNER).tolist() == [[15, 26], [48, 59]]


def test_a_single_bright_pixel_shows_the_kernel_upright_or_upside_down(rng):
    image, kernel = np.zeros((5, 5)), rng.standard_normal((3, 3))
    image[2, 2] = 1
    assert np.array_equal(convolve(image, kernel), kernel)
    assert np.array_equal(cross_correlate(image, kernel), kernel[::-1, ::-1])


def test_the_two_agree_where_turning_changes_nothing(rng):
    image = rng.standard_normal((5, 6))
    assert convolve(image, np.ones((2, 3))) == pytest.approx(
        cross_correlate(image, np.ones((2, 3)))
    )


def test_convolution_commutes_and_cross_correlation_does_not():
    a, b = np.arange(9.0).reshape(3, 3), np.arange(9.0, 18.0).reshape(3, 3)
    assert convolve(a, b) == convolve(b, a)  # one number each, as they are equally large
    a[0, 0] = 7
    assert convolve(a, b) == convolve(b, a)
    assert convolve(a, b) != cross_correlate(a, b)


@pytest.mark.parametrize("slide", [cross_correlate, convolve])
def test_sliding_refuses_what_does_not_fit(slide):
    name = slide.__name__
    with pytest.raises(
        ValueError, match=rf"{name} got kernel of shape \(4, 1\): expected at most \(3, 3\)"
    ):
        slide(STAIRS, np.ones((4, 1)))
    with pytest.raises(
        ValueError, match=rf"{name} got image of shape \(3, 3, 1\): expected \(height, width\)"
    ):
        slide(STAIRS[..., None], CORNER)
    with pytest.raises(
        ValueError, match=rf"{name} got kernel of shape \(2,\): expected \(height, width\)"
    ):
        slide(STAIRS, np.ones(2))
    with pytest.raises(ValueError, match=f"{name} got an empty kernel"):
        slide(STAIRS, np.ones((0, 2)))
    with pytest.raises(TypeError, match=f"{name} got kernel as a list"):
        slide(STAIRS, [[1.0]])


def test_layer_by_hand():
    layer = Conv2D(1, 2, 2, rng=np.random.default_rng(0))
    layer.W.value[:, :, 0, 0], layer.W.value[:, :, 0, 1] = CORNER, 1
    layer.b.value[...] = [0.5, -1]
    x = STAIRS.reshape(1, 3, 3, 1)
    # first filter as above, + 0.5;  second: 1 + 2 + 4 + 5 − 1 = 11, 2 + 3 + 5 + 6 − 1 = 15; 4 + 5 + 7 + 8 − 1 = 23, 27
    assert layer.forward(x)[0, :, :, 0].tolist() == [[51.5, 62.5], [84.5, 95.5]]
    assert layer.forward(x)[0, :, :, 1].tolist() == [[11, 15], [23, 27]]
    dz = np.zeros((1, 2, 2, 2))
    dz[0, 0, 0, 0], dz[0, 1, 1, 1] = 2, 3
    # twice the corner at the top left; three everywhere at the bottom right: in the middle 2·10 + 3
    assert layer.backward(dz)[0, :, :, 0].tolist() == [[2, 0, 0], [0, 23, 3], [0, 3, 3]]
    assert layer.W.grad[:, :, 0, 0].tolist() == [
        [2, 4],
        [8, 10],
    ]  # twice the window at the top left
    assert layer.W.grad[:, :, 0, 1].tolist() == [
        [15, 18],
        [24, 27],
    ]  # three times that at the bottom right
    assert layer.b.grad.tolist() == [2, 3]


def test_channels_are_added_up():
    layer = Conv2D(2, 1, 1, rng=np.random.default_rng(0))
    layer.W.value[0, 0, :, 0] = [1, 10]
    assert layer.forward(np.array([[[[3.0, 4.0]]]])).tolist() == [[[[43.0]]]]


def test_same_with_an_odd_number_of_zeros_has_one_more_at_the_end():
    layer = Conv2D(1, 1, (1, 2), stride=1, padding="same", rng=np.random.default_rng(0))
    layer.W.value[...] = 1
    assert layer.forward(np.array([1.0, 2.0, 4.0]).reshape(1, 1, 3, 1)).ravel().tolist() == [
        3,
        6,
        4,
    ]
    # 5 pixels at stride 2: ⌈5 / 2⌉ = 3 places need 2·2 + 2 = 6, so one zero, after;  4 pixels at stride 3, window 5:
    # 2 places need 3 + 5 = 8, two before, two after
    assert margins(5, 2, 2, "same") == (0, 1)
    assert margins(4, 5, 3, "same") == (2, 2)
    assert margins(6, 1, 3, "same") == (0, 0)  # never fewer than none


@pytest.mark.parametrize(
    ("n", "size", "stride", "padding", "places"),
    [
        (28, 5, 1, 0, 24),  # (28 − 5)/1 + 1
        (28, 5, 2, 0, 12),  # ⌊23/2⌋ + 1
        (28, 5, 3, 0, 8),  # ⌊23/3⌋ + 1
        (28, 5, 1, 2, 28),  # (28 + 4 − 5)/1 + 1
        (28, 5, 1, "same", 28),
        (28, 5, 3, "same", 10),  # ⌈28/3⌉
        (28, 5, 3, "valid", 8),
        (5, 5, 1, 0, 1),
        (5, 2, 4, 0, 1),  # a stride larger than the window
        (6, 2, 4, 0, 2),
        (1, 3, 1, 1, 1),
    ],
)
def test_output_size_by_hand(n, size, stride, padding, places, rng):
    assert output_size(n, size, stride=stride, padding=padding) == places
    layer = Conv2D(
        1,
        1,
        (size, 1),
        stride=(stride, 1),
        padding=padding if isinstance(padding, str) else 0,
        rng=rng,
    )
    if isinstance(padding, str) or padding == 0:
        assert layer.forward(np.ones((1, n, 2, 1))).shape == (1, places, 2, 1)


@given(n=st.integers(1, 40), size=st.integers(1, 9), stride=st.integers(1, 9))
def test_same_gives_a_place_for_each_stride(n, size, stride):
    assert output_size(n, size, stride=stride, padding="same") == -(-n // stride)
    before, after = margins(n, size, stride, "same")
    assert after - before in (0, 1)


# Zeros around it.


def test_padding_by_rows_and_by_columns_by_hand():
    layer = Conv2D(1, 1, 1, padding=(1, 2), rng=np.random.default_rng(0))
    layer.W.value[...] = 10
    # a row of zeros above and below, two columns on the left and the right
    z = layer.forward(np.array([[[[1.0], [2.0]]]]))
    assert z[0, :, :, 0].tolist() == [[0] * 6, [0, 0, 10, 20, 0, 0], [0] * 6]
    assert layer.backward(np.arange(18.0).reshape(1, 3, 6, 1)).ravel().tolist() == [80, 90]


@pytest.mark.parametrize("padding", [(1, 1), [1, 1], (np.int64(1), 1), 1])
def test_equal_paddings_are_one(padding, rng):
    layer = Conv2D(1, 2, 3, padding=padding, rng=rng)
    assert (layer.padding, layer.config()["padding"]) == (1, 1)
    assert str(layer) == "Conv2D(1 → 2, 3×3, padding 1)"


def test_a_pair_is_in_the_name(rng):
    assert str(Conv2D(1, 2, 3, padding=(0, 2), rng=rng)) == "Conv2D(1 → 2, 3×3, padding 0×2)"
    assert str(Conv2D(1, 2, 3, padding=(0, 0), rng=rng)) == "Conv2D(1 → 2, 3×3)"


def test_a_file_from_before_paddings_were_pairs_still_loads(rng, tmp_path):
    network = Network([Conv2D(1, 2, 3, padding=1, stride=(2, 1), rng=rng)])
    path = network.save(tmp_path / "old")
    with np.load(path) as file:
        arrays = dict(file)
    old = '"c_in": 1, "c_out": 2, "size": [3, 3], "stride": [2, 1], "padding": 1'
    assert str(arrays["layers"]) == f'[{{"kind": "Conv2D", {old}}}]'  # as version 0.1 wrote it
    assert str(Network.load(path)) == str(network)


# What makes it a convolution.


def test_a_shifted_image_gives_a_shifted_answer_away_from_the_border(rng):
    layer, x = Conv2D(1, 4, 3, rng=rng), np.zeros((1, 12, 12, 1))
    x[0, 3:7, 3:7, 0] = rng.standard_normal((4, 4))
    moved = np.roll(x, (2, 3), axis=(1, 2))
    assert np.roll(layer.forward(x), (2, 3), axis=(1, 2)) == pytest.approx(
        layer.forward(moved), abs=1e-14
    )


def test_a_window_as_large_as_the_image_is_a_dense_layer(rng):
    layer, x = Conv2D(2, 3, (4, 5), rng=rng), rng.standard_normal((6, 4, 5, 2))
    assert layer.forward(x).reshape(6, 3) == pytest.approx(
        x.reshape(6, 40) @ layer.W.value.reshape(40, 3)
    )


def test_size_1_is_a_dense_layer_over_channels(rng):
    layer, x = Conv2D(4, 3, 1, rng=rng), rng.standard_normal((2, 3, 5, 4))
    assert layer.forward(x) == pytest.approx(x @ layer.W.value[0, 0])


def test_whole_numbers_are_good_enough_for_pixels(rng):
    layer, x = (
        Conv2D(1, 2, 3, padding=1, rng=rng),
        rng.integers(0, 256, (2, 5, 5, 1), dtype=np.uint8),
    )
    assert np.array_equal(layer.forward(x), layer.forward(x.astype(float)))


def test_result_does_not_depend_on_what_was_seen_before(rng):
    layer, x = Conv2D(3, 4, 3, rng=rng), rng.standard_normal((9, 8, 8, 3))
    z = layer.forward(x)
    kept = z.copy()
    dx = layer.backward(z)
    kept_dx = dx.copy()
    for other in (2 * x, x[:2], rng.standard_normal((4, 5, 9, 3))):
        layer.backward(layer.forward(other))
    assert np.array_equal(z, kept)  # no array that was handed out is used again
    assert np.array_equal(dx, kept_dx)
    assert np.array_equal(layer.forward(x), kept)
    assert np.array_equal(layer.backward(z), kept_dx)


# Making one.


def test_start_names_and_words(rng):
    layer = Conv2D(20, 40, 5, rng=rng)
    limit = np.sqrt(6 / (25 * 20 + 25 * 40))
    assert 0.95 * limit < np.abs(layer.W.value).max() <= limit
    assert not layer.b.value.any()
    assert [parameter.name for parameter in layer.parameters()] == [
        "Conv2D(20 → 40, 5×5).W",
        "Conv2D(20 → 40, 5×5).b",
    ]
    assert (
        str(Conv2D(1, 2, (3, 5), stride=2, padding="same", rng=rng))
        == "Conv2D(1 → 2, 3×5, stride 2, padding same)"
    )
    assert (
        str(Conv2D(1, 2, 3, stride=(1, 2), padding=1, rng=rng))
        == "Conv2D(1 → 2, 3×3, stride 1×2, padding 1)"
    )
    assert str(Conv2D(1, 2, 3, padding="valid", rng=rng)) == "Conv2D(1 → 2, 3×3)"


def test_weights_come_from_an_initializer_and_are_ones_own(rng):
    mine = np.ones((3, 3, 1, 2))
    layer = Conv2D(1, 2, 3, rng=rng, weights=lambda shape, rng: mine)
    layer.W.value += 1
    assert mine.max() == 1
    assert Conv2D(8, 8, 3, rng=rng, weights=he).W.value.std() == pytest.approx(
        np.sqrt(2 / 72), rel=0.1
    )
    with pytest.raises(
        ValueError,
        match=r"Conv2D\(1 → 2, 3×3\) got weights of shape \(3, 3\): expected \(3, 3, 1, 2\)",
    ):
        Conv2D(1, 2, 3, rng=rng, weights=lambda shape, rng: np.ones((3, 3)))


@pytest.mark.parametrize("arguments", [(1, 2, 3), (2, 3, (1, 3))])
@pytest.mark.parametrize(
    "options",
    [{}, {"stride": (2, 1), "padding": "same"}, {"padding": 2}, {"padding": (2, 0)}],
)
def test_saved_and_loaded(arguments, options, rng, tmp_path):
    network = Network([Conv2D(*arguments, **options, rng=rng), Flatten()])
    loaded = Network.load(network.save(tmp_path / "conv"))
    assert loaded.layers[0].padding == network.layers[0].padding
    x = rng.standard_normal((2, 5, 5, arguments[0]))
    assert str(loaded) == str(network)
    assert np.array_equal(loaded.predict(x), network.predict(x))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"c_in": 0}, ValueError, "c_in = 0: expected 1 or more"),
        ({"c_out": 2.0}, TypeError, "c_out = 2.0: expected a whole number"),
        ({"size": 0}, ValueError, "size = 0: expected 1 or more"),
        ({"size": (2, 0)}, ValueError, "size = 0: expected 1 or more"),
        ({"size": (2, 2, 2)}, ValueError, "size with 3 numbers: expected one, or a pair"),
        ({"size": "3"}, TypeError, "size = a str: expected a whole number"),
        ({"stride": 0}, ValueError, "stride = 0: expected 1 or more"),
        ({"stride": 1.5}, TypeError, "stride = 1.5: expected a whole number"),
        ({"padding": -1}, ValueError, "padding = -1: expected 0 or more"),
        (
            {"padding": "full"},
            TypeError,
            'padding = \'full\': expected a whole number, "same" or "valid"',
        ),
        ({"padding": 0.5}, TypeError, "padding = 0.5: expected a whole number"),
        ({"padding": None}, TypeError, "padding = None: expected a whole number"),
        ({"padding": (1, -2)}, ValueError, "padding = -2: expected 0 or more"),
        ({"padding": (1, 2.5)}, TypeError, "padding = 2.5: expected a whole number"),
        (
            {"padding": (1, 2, 3)},
            TypeError,
            "padding = (1, 2, 3): expected a pair of whole numbers (above and below, left and right)",
        ),
        ({"padding": ("same", 1)}, TypeError, "padding = ('same', 1): expected a pair of whole"),
        ({"padding": ((1, 1), 2)}, TypeError, "padding = ((1, 1), 2): expected a pair of whole"),
        ({"weights": "he"}, TypeError, "weights as a str: expected an initializer such as he"),
        (
            {"weights": np.ones(3)},
            TypeError,
            "weights as an array of shape (3,) and dtype float64: expected an init",
        ),
        ({"rng": 0}, TypeError, "rng as 0: expected a generator"),
    ],
)
def test_wrong_arguments_are_refused(change, error, words, rng):
    with pytest.raises(error, match=f"^Conv2D.* got {re.escape(words)}"):
        Conv2D(**({"c_in": 1, "c_out": 2, "size": 3, "rng": rng} | change))


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((2, 5, 5, 3), "x of shape (2, 5, 5, 3): expected (n, height, width, 1)"),
        (
            (2, 5, 5),
            "x of shape (2, 5, 5): expected (n, height, width, 1); grey images need their one channel",
        ),
        (
            (0, 5, 5, 1),
            "an empty batch of shape (0, 5, 5, 1): expected (n, height, width, 1) with at least one image",
        ),
        (
            (2, 2, 5, 1),
            "images of 2×5 pixels, margins included: expected 3×3 or more, as large as the window",
        ),
    ],
)
def test_wrong_images_are_refused(shape, words, rng):
    with pytest.raises(ValueError, match=re.escape(f"Conv2D(1 → 2, 3×3) got {words}")):
        Conv2D(1, 2, 3, rng=rng).forward(np.zeros(shape))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"n": 4, "size": 5}, ValueError, "a window of 5 on 4 pixels: expected one that fits"),
        ({"n": 0, "size": 1}, ValueError, "n = 0"),
        ({"n": 4, "size": 0}, ValueError, "size = 0"),
        ({"n": 4, "size": 1, "stride": 0}, ValueError, "stride = 0"),
        ({"n": 4, "size": 1, "padding": -2}, ValueError, "padding = -2"),
        ({"n": 4, "size": 1, "padding": (1, 2)}, TypeError, "a pair as padding: expected one axis"),
        ({"n": 4, "size": (1, 1)}, TypeError, "size = a tuple: expected a whole number"),
    ],
)
def test_output_size_refuses(arguments, error, words):
    with pytest.raises(error, match=f"output_size got {words}"):
        output_size(**arguments)


# Whole numbers.

WHOLE = [np.uint8, np.int8, np.int16, np.uint16, np.int64, bool]


@pytest.mark.parametrize("slide", [cross_correlate, convolve])
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64])
def test_sliding_over_whole_numbers_stays_whole_and_does_not_run_over(slide, dtype):
    # 9 · 200 · 2 = 3600, far above 255
    y = slide(np.full((4, 4), 200, dtype), np.full((3, 3), 2, dtype))
    assert y.tolist() == [[3600] * 2] * 2
    assert y.dtype == np.int64


def test_sliding_over_truth_values_counts():
    assert cross_correlate(np.ones((3, 3), bool), np.eye(3, dtype=bool)).tolist() == [[3]]


def test_sums_beyond_int64_are_floats():
    image, kernel = np.full((3, 3), 10**12), np.full((3, 3), -(10**9))
    assert cross_correlate(image, kernel) == pytest.approx(np.array([[-9e21]]))
    smallest = np.full((1, 1), np.iinfo(np.int64).min)
    assert cross_correlate(smallest, -np.ones((1, 1), int)) == pytest.approx(2.0**63)


@pytest.mark.parametrize("dtype", WHOLE)
def test_whole_numbers_do_not_run_over(dtype, rng):
    most = 1 if dtype is bool else 100
    x, W = (rng.integers(0, most + 1, size).astype(dtype) for size in ((2, 5, 5, 2), (3, 3, 2, 4)))
    b = np.full(4, most, dtype)
    dz = rng.integers(0, most + 1, (2, 3, 3, 4)).astype(dtype)
    exact = [array.astype(float) for array in (x, W, b, dz)]
    z, back = conv2d(*exact[:3]), conv2d_grad(exact[3], *exact[:2])
    for mine in (conv2d(x, W, b), naive_forward(x, W, b), conv2d(x=x, W=W, b=b)):
        assert np.array_equal(mine, z)
    for mine in (conv2d_grad(dz, x, W), naive_backward(x, W, dz)):
        assert all(np.array_equal(one, other) for one, other in zip(mine, back, strict=True))


def test_whole_images_follow_the_precision_of_the_weights(rng):
    x, W, b = rng.integers(0, 256, (2, 5, 5, 1), np.uint8), np.ones((3, 3, 1, 2)), np.zeros(2)
    assert conv2d(x, W, b).dtype == np.float64
    assert conv2d(x, W.astype(np.float32), b.astype(np.float32)).dtype == np.float32


# The functions by themselves.

X, W, B = np.ones((2, 5, 5, 2)), np.ones((3, 3, 2, 4)), np.ones(4)
DZ = np.ones((2, 3, 3, 4))
NOT_FITTING = [
    (conv2d, (X[..., :1], W, B), "x of shape (2, 5, 5, 1): expected (n, height, width, 2)"),
    (conv2d, (X, W, B, 2), "stride = 2: expected a pair (height, width), as (2, 2)"),
    (conv2d, (X, W, B, [2, 2]), "stride = [2, 2]: expected a pair"),
    (conv2d, (X, W, B, (0, 1)), "stride = 0: expected 1 or more"),
    (conv2d, (X, W, B, (1.0, 1)), "stride = 1.0: expected a whole number"),
    (conv2d, (X[:, :2], W, B), "images of 2×5 pixels, margins included: expected 3×3 or more"),
    (conv2d, (X, W[0], B), "W of shape (3, 2, 4): expected (kh, kw, c_in, c_out)"),
    (conv2d, (X, W, B[:1]), "b of shape (1,): expected (4,)"),
    (conv2d, (X, W, 0), "b as 0: expected a NumPy array"),
    (conv2d, (X.tolist(), W, B), "x as a list: expected a NumPy array"),
    (conv2d_grad, (DZ[:1], X, W), "dz of shape (1, 3, 3, 4): expected (2, 3, 3, 4)"),
    (conv2d_grad, (DZ[:, :1], X, W), "dz of shape (2, 1, 3, 4): expected (2, 3, 3, 4)"),
    (conv2d_grad, (DZ, X[..., :1], W), "x of shape (2, 5, 5, 1): expected (n, height, width, 2)"),
    (naive_forward, (X[..., :1], W, B), "x of shape (2, 5, 5, 1): expected (n, height, width, 2)"),
    (naive_forward, (X, W, B, 2), "stride = 2: expected a pair (height, width), as (2, 2)"),
    (naive_backward, (X[..., :1], W, DZ), "x of shape (2, 5, 5, 1)"),
    (naive_backward, (X, W, DZ[:1]), "dz of shape (1, 3, 3, 4): expected (2, 3, 3, 4)"),
]


@pytest.mark.parametrize(("function", "arguments", "words"), NOT_FITTING)
def test_what_does_not_fit_is_refused_by_the_functions_too(function, arguments, words):
    with pytest.raises(
        (TypeError, ValueError), match=f"^{function.__name__} got {re.escape(words)}"
    ):
        function(*arguments)


def test_a_missing_argument_is_named():
    with pytest.raises(
        TypeError, match=r"^conv2d: missing a required argument: 'b'; expected x, W, b"
    ):
        conv2d(X, W)
