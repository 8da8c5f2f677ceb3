"""Pooling: against sums done by hand, and what it must refuse."""

import re

import numpy as np
import pytest
from layer_cases import POOLINGS

from nnlib.activations import ReLU
from nnlib.convolution import Conv2D
from nnlib.layers import Dense
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.pooling import (
    AvgPool2D,
    GlobalAvgPool2D,
    GlobalMaxPool2D,
    L2Pool2D,
    MaxPool2D,
    WeightedAvgPool2D,
    avg_pool,
    avg_pool_grad,
    falling_weights,
    l2_pool,
    l2_pool_grad,
    max_pool,
    max_pool_grad,
    weighted_avg_pool,
    weighted_avg_pool_grad,
)

every_kind = pytest.mark.parametrize("kind", POOLINGS)

# By hand: one channel, four columns in two windows, the fifth left out.

X = np.array([[1.0, 2.0, 0.0, -3.0, 9.0], [4.0, 4.0, 0.0, 4.0, 9.0]])
DY = np.array([[10.0, 100.0]])
BY_HAND = {
    MaxPool2D: ([[4, 4]], [[0, 0, 0, 0, 0], [10, 0, 0, 100, 0]]),  # of the two 4s the first
    AvgPool2D: ([[2.75, 0.25]], [[2.5, 2.5, 25, 25, 0], [2.5, 2.5, 25, 25, 0]]),  # 11/4 and 1/4
    WeightedAvgPool2D: (
        [[2.75, 0.25]],
        [[2.5, 2.5, 25, 25, 0], [2.5, 2.5, 25, 25, 0]],
    ),  # all as far from the middle
    L2Pool2D: (  # √(1 + 4 + 16 + 16) = √37;  √(9 + 16) = 5, −3/5 and 4/5 of 100
        [[37**0.5, 5]],
        [[10 / 37**0.5, 20 / 37**0.5, 0, -60, 0], [40 / 37**0.5, 40 / 37**0.5, 0, 80, 0]],
    ),
}


@every_kind
def test_by_hand(kind):
    layer, (y, dx) = kind(2), BY_HAND[kind]
    assert layer.forward(X[None, :, :, None])[0, :, :, 0] == pytest.approx(np.array(y))
    assert layer.backward(DY[None, :, :, None])[0, :, :, 0] == pytest.approx(np.array(dx))


def test_overlapping_windows_add_up():
    x = np.array([1.0, 5.0, 2.0, 5.0]).reshape(1, 1, 4, 1)
    layer = MaxPool2D((1, 2), stride=1)
    assert layer.forward(x).ravel().tolist() == [5, 5, 5]
    assert layer.backward(np.array([1.0, 10.0, 100.0]).reshape(1, 1, 3, 1)).ravel().tolist() == [
        0,
        11,
        0,
        100,
    ]


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_of_equal_pixels_the_first_in_row_order_gets_all(stride):
    layer = MaxPool2D(2, stride)
    y = layer.forward(np.full((2, 5, 5, 3), 7.0))
    dx = layer.backward(np.ones_like(y))
    expected = np.zeros_like(dx)
    expected[:, : y.shape[1] * stride : stride, : y.shape[2] * stride : stride] = 1
    assert np.array_equal(dx, expected)


def test_largest_of_negative_numbers_is_negative():
    assert MaxPool2D(2).forward(np.full((1, 2, 2, 1), -3.0)).item() == -3


def test_largest_and_relu_can_change_places(rng):
    x, dy = rng.standard_normal((3, 6, 6, 2)), rng.standard_normal((3, 3, 3, 2))
    one, other = Network([ReLU(), MaxPool2D(2)]), Network([MaxPool2D(2), ReLU()])
    assert np.array_equal(one.forward(x), other.forward(x))
    assert np.array_equal(one.backward(dy), other.backward(dy))


def test_length_has_slope_0_at_0():
    layer = L2Pool2D(2)
    assert layer.forward(np.zeros((1, 2, 2, 1))).item() == 0
    assert not layer.backward(np.ones((1, 1, 1, 1))).any()


@every_kind
def test_stride_larger_than_the_window_leaves_pixels_out(kind, rng):
    layer, x = kind(1, stride=2), rng.uniform(1, 2, (2, 5, 4, 1))
    y = layer.forward(x)
    assert y == pytest.approx(x[:, ::2, ::2])
    dx = layer.backward(np.ones_like(y))
    assert dx[:, ::2, ::2] == pytest.approx(np.ones_like(y))
    assert dx.sum() == pytest.approx(y.size)


@every_kind
def test_window_as_large_as_the_image(kind, rng):
    assert kind((4, 3)).forward(rng.standard_normal((2, 4, 3, 5))).shape == (2, 1, 1, 5)


@every_kind
def test_whole_numbers_do_not_run_over(kind):
    x = np.full((1, 2, 2, 1), 200, np.uint8)
    layer = kind(2)
    assert layer.forward(x).item() == pytest.approx(400 if kind is L2Pool2D else 200)
    assert layer.backward(np.full((1, 1, 1, 1), 4.0)).sum() == pytest.approx(
        8 if kind is L2Pool2D else 4
    )


SIZE = (2, 2)
PAIRS = {
    "avg_pool": (lambda x: avg_pool(x, SIZE, SIZE), 200),
    "max_pool": (lambda x: max_pool(x, SIZE, SIZE), 200),
    "l2_pool": (lambda x: l2_pool(x, SIZE, SIZE), 400),  # √(4 · 200²)
    "weighted_avg_pool": (lambda x: weighted_avg_pool(x, np.ones(SIZE, x.dtype), SIZE), 800),
}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("n", [1, 30_000])
def test_the_functions_do_not_run_over_either(name, n):
    pool, y = PAIRS[name]
    assert (pool(np.full((n, 2, 2, 1), 200, np.uint8)) == y).all()


def test_their_slopes_do_not_run_over_either():
    x = np.full((1, 3, 2, 1), 100, np.uint8)
    dy = np.full((1, 2, 1, 1), 200, np.uint8)
    step = (1, 1)
    # the row in the middle is in both windows
    assert avg_pool_grad(dy, x, dy, SIZE, step)[0, :, 0, 0].tolist() == [50, 100, 50]
    dx, dW = weighted_avg_pool_grad(dy, x, np.full(SIZE, 3, np.uint8), step)
    assert dx[0, :, 0, 0].tolist() == [600, 1200, 600]
    assert dW.tolist() == [[40_000] * 2] * 2  # 2 · 200 · 100
    y = np.full((1, 2, 1, 1), 100, np.uint8)
    assert max_pool_grad(dy, x, y, SIZE, step)[0, :, 0, 0].tolist() == [200, 200, 0]
    assert l2_pool_grad(dy, x, 2 * y, SIZE, step)[0, :, 0, 0].tolist() == [100, 200, 100]


ONE = np.ones((2, 5, 5, 2))
NOT_FITTING = [
    (avg_pool, (ONE, 2, 2), "size = 2: expected a pair (height, width), as (2, 2)"),
    (l2_pool, (ONE, SIZE, 2), "stride = 2: expected a pair (height, width), as (2, 2)"),
    (max_pool, (ONE, (6, 2), SIZE), "images of 5×5 pixels, margins included: expected 6×2 or more"),
    (avg_pool, (ONE[0], SIZE, SIZE), "x of shape (5, 5, 2): expected (n, height, width, channels)"),
    (max_pool, ([1], SIZE, SIZE), "x as a list: expected a NumPy array"),
    (avg_pool_grad, (ONE[:1], ONE, ONE, SIZE, SIZE), "y of shape (2, 5, 5, 2): expected (2, 2, 2"),
    (max_pool_grad, (ONE[:1], ONE, ONE[:, :2, :2], SIZE, SIZE), "dy of shape (1, 5, 5, 2): expect"),
    (weighted_avg_pool, (ONE, ONE, SIZE), "W of shape (2, 5, 5, 2): expected (height, width)"),
    (weighted_avg_pool, (ONE, 2, SIZE), "W as 2: expected a NumPy array"),
    (weighted_avg_pool_grad, (ONE, ONE, np.ones(SIZE), SIZE), "dy of shape (2, 5, 5, 2): expected"),
]


@pytest.mark.parametrize(("function", "arguments", "words"), NOT_FITTING)
def test_what_does_not_fit_is_refused_by_the_functions_too(function, arguments, words):
    with pytest.raises(
        (TypeError, ValueError), match=f"^{function.__name__} got {re.escape(words)}"
    ):
        function(*arguments)


# Very large, very small, and not a number.


@pytest.mark.parametrize("n", [1, 30_000], ids=["readable", "fast"])
@pytest.mark.parametrize(
    ("dtype", "unit"),
    [(np.float32, 1e20), (np.float32, 1e-30), (np.float64, 1e200), (np.float64, 1e-200)],
)
def test_lengths_have_room_wherever_they_are_floats(dtype, unit, n):
    # √(3² + 4²) = 5, though 3² and 4² of these units are too large or too small
    window = np.array([[3, 0], [0, -4]], dtype) * dtype(unit)
    x = np.tile(window[None, :, :, None], (n, 1, 1, 1))
    layer = L2Pool2D(2)
    y = layer.forward(x)
    assert y.dtype == dtype
    assert y == pytest.approx(5 * unit, rel=1e-6)
    dx = layer.backward(np.full_like(y, 10))
    assert dx[-1, :, :, 0] == pytest.approx(np.array([[6, 0], [0, -8]]), rel=1e-6)


@pytest.mark.parametrize("n", [1, 30_000], ids=["readable", "fast"])
@pytest.mark.parametrize(("length", "dy"), [(1e-310, 1.0), (1e300, 1e-20)])
def test_slopes_of_lengths_have_room_too(length, dy, n):
    # dy · x / y = dy · 1, though dy / y is 1e310 or 1e-320
    layer = L2Pool2D(1)
    y = layer.forward(np.full((n, 1, 1, 4), length))
    assert y == pytest.approx(length, rel=1e-12)
    assert layer.backward(np.full_like(y, dy)) == pytest.approx(dy, rel=1e-12)


def test_an_ordinary_window_beside_an_extreme_one_is_as_ever():
    x = np.array([3.0, 4.0, 1e200, 0.0, 0.0, 0.0]).reshape(1, 1, 6, 1)
    layer = L2Pool2D((1, 2))
    assert layer.forward(x).ravel().tolist() == [5, 1e200, 0]
    assert layer.backward(np.ones((1, 1, 3, 1))).ravel() == pytest.approx([0.6, 0.8, 1, 0, 0, 0])


@pytest.mark.parametrize("n", [1, 30_000], ids=["readable", "fast"])
def test_the_largest_of_nan_is_nan_and_the_first_nan_gets_the_slope(n):
    row = np.array([1.0, 5.0, 7.0, np.nan, np.nan, np.nan])
    layer = MaxPool2D((1, 2))
    y = layer.forward(np.tile(row, (n, 1, 1, 1)).reshape(n, 1, 6, 1))
    assert np.array_equal(y[-1].ravel(), [5, np.nan, np.nan], equal_nan=True)
    dx = layer.backward(np.tile([10.0, 20, 30], (n, 1)).reshape(n, 1, 3, 1))
    assert dx[-1].ravel().tolist() == [0, 10, 0, 20, 30, 0]


def test_overlapping_windows_of_nan():
    layer = MaxPool2D((1, 2), stride=1)
    layer.forward(np.array([1.0, np.nan, 3.0, 2.0]).reshape(1, 1, 4, 1))
    # both windows that show NaN give to it, the third to the 3
    dx = layer.backward(np.array([1.0, 10.0, 100.0]).reshape(1, 1, 3, 1))
    assert dx.ravel().tolist() == [0, 11, 100, 0]


@pytest.mark.parametrize(
    "layer",
    [*(kind(2) for kind in POOLINGS), GlobalAvgPool2D(), GlobalMaxPool2D()],
    ids=str,
)
def test_nan_in_one_window_is_never_lost_and_never_in_another(layer):
    x = np.ones((2, 2, 2, 2))
    x[0, 1, 0, 1] = np.nan
    y = layer.forward(x).reshape(2, 2)
    assert np.isnan(y).tolist() == [[False, True], [False, False]]


# Of the whole image.


def test_whole_image_by_hand():
    x, dy = (
        np.array([[[[1.0, -1.0], [4.0, -5.0]], [[4.0, -3.0], [3.0, -1.0]]]]),
        np.array([[8.0, 4]]),
    )
    largest, mean = GlobalMaxPool2D(), GlobalAvgPool2D()
    assert largest.forward(x).tolist() == [[4, -1]]
    # of the two 4s, and of the two −1s, the first in row order
    assert largest.backward(dy)[0].tolist() == [[[0, 4], [8, 0]], [[0, 0], [0, 0]]]
    assert mean.forward(x).tolist() == [[3, -2.5]]  # 12/4 and −10/4
    assert mean.backward(dy)[0].tolist() == [[[2, 1], [2, 1]], [[2, 1], [2, 1]]]


@pytest.mark.parametrize("kind", [GlobalMaxPool2D, GlobalAvgPool2D])
def test_the_place_and_the_size_of_the_image_do_not_matter(kind, rng):
    pattern = rng.uniform(0, 1, (2, 3, 3, 4))
    small, large = np.zeros((2, 6, 6, 4)), np.zeros((2, 12, 3, 4))
    small[:, 3:, 2:5], large[:, 5:8] = pattern, pattern
    assert kind().forward(small) == pytest.approx(kind().forward(large))
    assert kind().forward(small).shape == (2, 4)


@pytest.mark.parametrize("kind", [GlobalMaxPool2D, GlobalAvgPool2D])
def test_whole_numbers_of_the_whole_image_become_floats(kind):
    y = kind().forward(np.full((1, 3, 3, 2), 200, np.uint8))
    assert (y - 201.0).tolist() == [[-1, -1]]  # in uint8 that would be 255
    assert y.dtype == float


def test_nan_is_the_largest_of_the_whole_image_and_gets_its_slope():
    layer = GlobalMaxPool2D()
    assert np.isnan(layer.forward(np.array([1, np.nan, np.nan, 9]).reshape(1, 2, 2, 1))).all()
    assert layer.backward(np.array([[3.0]])).ravel().tolist() == [0, 3, 0, 0]


def test_a_network_that_ends_in_a_whole_image_takes_any_canvas(rng):
    layers = [Conv2D(1, 4, 3, rng=rng), ReLU(), MaxPool2D(2), Conv2D(4, 3, 3, rng=rng)]
    network = Network([*layers, GlobalMaxPool2D(), Dense(3, 10, rng=rng)])
    digit = rng.uniform(0.5, 1, (1, 6, 6, 1))
    answers = []
    for top, left in ((4, 4), (4, 10), (10, 10)):  # even steps, as the pooling takes every second
        canvas = np.zeros((1, 20, 20, 1))
        canvas[:, top : top + 6, left : left + 6] = digit
        answers.append(network.predict(canvas))
    assert answers[1] == pytest.approx(answers[0])
    assert answers[2] == pytest.approx(answers[0])
    assert "10  " in network.summary((20, 20, 1))
    y = network.forward(np.ones((2, 20, 20, 1)))
    assert network.backward(np.ones_like(y)).shape == (2, 20, 20, 1)


# Weighted means.


def test_weights_fall_with_the_distance_from_the_middle():
    # distances 0, 1 and √2: 1, 1/2, 1/(1 + √2)
    w = falling_weights((3, 3))
    assert [w[1, 1], w[0, 1], w[0, 0]] == pytest.approx([1, 0.5, 1 / (1 + 2**0.5)])
    assert np.array_equal(w, w[::-1, ::-1])
    assert WeightedAvgPool2D(3).W.value == pytest.approx(w / w.sum())


def test_given_weights_are_divided_by_their_sum():
    layer = WeightedAvgPool2D(2, weights=[[3, 0], [0, 1]])
    # (3·1 + 1·4)/4 and (3·0 + 1·4)/4
    assert layer.forward(X[None, :, :, None]).ravel().tolist() == [1.75, 1.0]
    assert layer.parameters() == []


def test_learnt_weights_learn(rng):
    layer, aim = WeightedAvgPool2D(2, learn=True), np.array([[0.7, 0.1], [-0.1, 0.3]])
    x = rng.standard_normal((20, 4, 4, 2))
    wanted = WeightedAvgPool2D(2)
    wanted.W.value[...] = aim
    optimizer = SGD(layer.parameters(), learning_rate=0.5)
    for _ in range(100):
        optimizer.zero_grad()
        layer.backward((layer.forward(x) - wanted.forward(x)) / 160)
        optimizer.step()
    assert layer.W.value == pytest.approx(aim, abs=1e-6)


@pytest.mark.parametrize("learn", [False, True])
def test_weights_are_saved_and_cast(learn, tmp_path):
    network = Network([WeightedAvgPool2D(2, weights=[[3, 0], [0, 1]], learn=learn)])
    loaded = Network.load(network.save(tmp_path / "pool"))
    assert np.array_equal(loaded.layers[0].W.value, network.layers[0].W.value)
    assert loaded.layers[0].learn is learn
    light = network.astype(np.float32)
    assert light.predict(np.ones((1, 2, 2, 1), np.float32)).dtype == np.float32


@pytest.mark.parametrize(
    ("weights", "error", "words"),
    [
        (np.ones((2, 3)), ValueError, "weights of shape (2, 3): expected (2, 2)"),
        ([[1, -1], [1, 1]], ValueError, "weights [[1.0, -1.0], [1.0, 1.0]]: expected none below 0"),
        (
            np.zeros((2, 2)),
            ValueError,
            "weights [[0.0, 0.0], [0.0, 0.0]]: expected none below 0, with a sum above 0",
        ),
        (np.full((2, 2), np.nan), ValueError, "weights [[nan"),
        ([[1, 2], [3]], TypeError, "a list as weights: expected an array of numbers"),
        ("falling", TypeError, "a str as weights: expected an array of numbers"),
        (
            np.full((2, 2), 1j),
            TypeError,
            "an array of shape (2, 2) and dtype complex128 as weights",
        ),
    ],
)
def test_wrong_weights_are_refused(weights, error, words):
    with pytest.raises(error, match=re.escape(f"WeightedAvgPool2D(2×2) got {words}")):
        WeightedAvgPool2D(2, weights=weights)


def test_learn_is_yes_or_no():
    with pytest.raises(TypeError, match="learn = a str: expected True or False"):
        WeightedAvgPool2D(2, learn="no")


def test_falling_weights_of_a_number_and_of_none():
    assert np.array_equal(falling_weights(3), falling_weights((3, 3)))
    with pytest.raises(ValueError, match="falling_weights got size = 0: expected 1 or more"):
        falling_weights((0, 2))


# Making one.


@every_kind
def test_names_read_well(kind):
    name = kind.__name__
    assert [str(kind(2)), str(kind((2, 3), 1)), str(kind(3, 2))] == [
        f"{name}(2×2)",
        f"{name}(2×3, stride 1)",
        f"{name}(3×3, stride 2)",
    ]


@every_kind
@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((0,), ValueError, "size = 0: expected 1 or more"),
        ((2, 0), ValueError, "stride = 0: expected 1 or more"),
        ((2.0,), TypeError, "size = 2.0: expected a whole number"),
        (((2, 2, 2),), ValueError, "size with 3 numbers"),
    ],
)
def test_wrong_arguments_are_refused(kind, arguments, error, words):
    with pytest.raises(error, match=f"^{kind.__name__} got {words}"):
        kind(*arguments)


@every_kind
def test_images_smaller_than_the_window_are_refused(kind):
    words = f"{kind.__name__}(3×3) got images of 2×5 pixels, margins included: expected 3×3 or more"
    with pytest.raises(ValueError, match=re.escape(words)):
        kind(3).forward(np.ones((1, 2, 5, 1)))
