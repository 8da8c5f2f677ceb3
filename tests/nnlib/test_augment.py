"""Augmentation: by hand, against NumPy's quarter turns and matplotlib's colours, and what every function promises."""

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.colors import hsv_to_rgb, rgb_to_hsv

from nnlib import augment
from nnlib.augment import (
    crop,
    cropped,
    hue_shift,
    hue_shifted,
    noise,
    rotate,
    rotated,
    translate,
    translated,
)
from nnlib.datasets import load_digits, load_photo

EXACT = {
    "translated": lambda x, share=1: translated(x, share * 2, -share),
    "rotated": lambda x, share=1: rotated(x, share * 33.3),
    "cropped": lambda x, share=1: cropped(x, share * 1, share * 2, share * 3),
    "hue_shifted": lambda x, share=1: hue_shifted(x, share * 77.7),
}
RANDOM = {
    "translate": lambda x, rng, share=1: translate(x, share * 3, rng=rng),
    "rotate": lambda x, rng, share=1: rotate(x, share * 50.0, rng=rng),
    "crop": lambda x, rng, share=1: crop(x, share * 4, rng=rng),
    "hue_shift": lambda x, rng, share=1: hue_shift(x, share * 90, rng=rng),
    "noise": lambda x, rng, share=1: noise(x, share * 0.3, rng=rng),
}
ALL = {
    name: lambda x, share=1, f=f: f(x, np.random.default_rng(1), share)
    for name, f in RANDOM.items()
} | EXACT
every_function = pytest.mark.parametrize("name", ALL)
every_random = pytest.mark.parametrize("name", RANDOM)
every_exact = pytest.mark.parametrize("name", EXACT)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def colours(*shape, dtype=np.float64):
    """Random colours, among them all corners of the cube and greys: there maxima tie and chroma is 0."""
    x = np.random.default_rng(0).random(shape)
    x[:, 0, 0], x[:, 0, 1], x[:, 1, 0], x[:, 1, 1] = (
        (0, 0, 0),
        (1, 1, 1),
        (1, 1, 0),
        (0.5, 0.5, 0.5),
    )
    return x.astype(dtype)


def image(rows):
    return np.array(rows, float)[None, ..., None]


def grey(x):
    return x[0, ..., 0].tolist()


# What all promise.


@every_function
@both_dtypes
def test_shape_dtype_and_range_stay_and_something_happens(name, dtype):
    for shape in ((4, 6, 9, 3), (4, 9, 6, 3), (3, 7, 7, 3)):
        x = colours(*shape, dtype=dtype)
        y = ALL[name](x)
        assert (y.shape, y.dtype) == (x.shape, dtype)
        assert 0 <= y.min() <= y.max() <= 1
        assert not np.allclose(y, x)


@every_function
@both_dtypes
def test_strength_zero_is_the_identity_bit_for_bit(name, dtype):
    for shape in ((4, 6, 9, 3), (3, 8, 8, 3)):
        x = colours(*shape, dtype=dtype)
        assert ALL[name](x, 0).tobytes() == x.tobytes()


@every_function
def test_x_is_neither_changed_nor_given_back(name):
    x = colours(4, 6, 9, 3)
    before = x.copy()
    x.flags.writeable = False
    for share in (0, 1):
        y = ALL[name](x, share)
        assert not np.shares_memory(y, x)
        y[...] = 0.5
    assert np.array_equal(x, before)


@every_function
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_nothing_leaves_the_range_where_x_is_at_its_end(name, value):
    y = ALL[name](np.full((5, 6, 9, 3), value))
    assert 0 <= y.min() <= y.max() <= 1


@every_function
def test_grey_images_and_single_channels_are_as_good_as_colours(name):
    if "hue" not in name:
        x = colours(4, 6, 9, 3)
        if name != "noise":  # which draws for each number
            assert ALL[name](x[..., 1:2]).tobytes() == ALL[name](x)[..., 1:2].tobytes()
        assert ALL[name](np.concatenate([x, x], axis=3)).shape == (4, 6, 9, 6)


@every_function
def test_order_in_memory_does_not_matter(name):
    x = colours(4, 6, 9, 3)
    assert np.array_equal(ALL[name](np.asfortranarray(x)), ALL[name](x))
    assert np.array_equal(ALL[name](np.repeat(x, 2, axis=0)[::2]), ALL[name](x))


@every_exact
def test_one_image_alone_is_as_in_a_batch(name):
    x = colours(5, 6, 9, 3)
    alone = np.concatenate([ALL[name](x[i : i + 1]) for i in range(5)])
    assert ALL[name](x).tobytes() == alone.tobytes()


@pytest.mark.parametrize(
    ("exact", "amounts"),
    [
        (translated, [[0, 1, -2, 9], [1, 0, 3, -1]]),
        (rotated, [[0, 90, -17.5, 400]]),
        (cropped, [[0, 1, 0, 2], [2, 0, 0, 1], [4, 1, 0, 2]]),
        (hue_shifted, [[0, 120, -30, 359.5]]),
    ],
)
def test_each_image_gets_its_own_amount(exact, amounts):
    x = colours(4, 6, 9, 3)
    one_by_one = [exact(x[i : i + 1], *(amount[i] for amount in amounts)) for i in range(4)]
    assert exact(x, *map(np.array, amounts)).tobytes() == np.concatenate(one_by_one).tobytes()


@pytest.mark.parametrize("n", [64, 65])
@every_exact
def test_blocks_of_a_large_batch_meet(name, n):
    x = np.tile(colours(1, 60, 80, 3), (n, 1, 1, 1))  # 7 MB
    assert (ALL[name](x) == ALL[name](x[:1])).all()


# By hand.

NINE = image([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]])


def test_translated_by_hand():
    assert grey(translated(NINE, 1, 0)) == [[0, 0, 0], [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]
    assert grey(translated(NINE, 0, 1)) == [[0, 0.1, 0.2], [0, 0.4, 0.5], [0, 0.7, 0.8]]
    assert grey(translated(NINE, -2, -1)) == [[0.8, 0.9, 0], [0, 0, 0], [0, 0, 0]]
    for far in (3, -3, 1000, -1000):
        assert not translated(NINE, far, 0).any()
        assert not translated(NINE, 0, far).any()


@pytest.mark.parametrize("size", [3, 8])
def test_quarter_turns_are_numpys_and_anticlockwise(size):
    x = colours(4, size, size, 3)
    for quarters in range(-4, 9):
        assert np.array_equal(rotated(x, 90 * quarters), np.rot90(x, quarters, axes=(1, 2)))
    # anticlockwise: what was at the top is at the left
    assert grey(rotated(NINE, 90)) == [[0.3, 0.6, 0.9], [0.2, 0.5, 0.8], [0.1, 0.4, 0.7]]


def test_half_a_turn_of_an_oblong_image():
    x = colours(2, 4, 7, 3)
    assert np.array_equal(rotated(x, 180), x[:, ::-1, ::-1])
    assert np.array_equal(rotated(x, -720), x)


def test_rotated_by_45_degrees_by_hand():
    # The middle stays. A corner is √2 from it, so it shows what was √2 above: outside by 0.41, 0.59 of the edge pixel.
    x = image([[0, 1, 0], [0, 1, 0], [0, 0, 0]])
    share = 1 - (np.sqrt(2) - 1)
    assert rotated(x, 45)[0, 0, 0, 0] == pytest.approx(share)  # anticlockwise: to the top left
    assert rotated(x, -45)[0, 0, 2, 0] == pytest.approx(share)
    assert rotated(x, 45)[0, 1, 1, 0] == pytest.approx(1)
    # the pixel above the middle shows the place (−0.707, 0.707): a square with the 1 at two of four corners
    assert rotated(x, 45)[0, 0, 1, 0] == pytest.approx(1 - np.sqrt(0.5))


def test_rotated_there_and_back_is_what_it_was_where_the_image_is_smooth():
    i, j = np.meshgrid(*[np.linspace(-1, 1, 65)] * 2, indexing="ij")
    x = np.exp(-4 * ((i - 0.2) ** 2 + (j + 0.1) ** 2))[None, ..., None]
    assert np.abs(rotated(rotated(x, 25), -25) - x)[:, 16:-16, 16:-16].max() < 0.01
    assert np.abs(rotated(x, 25) - x).max() > 0.1


def test_cropped_by_hand():
    # one pixel fewer of three: a window of two, and halfway between its corners their mean
    x = image([[0, 0.2, 1], [0.4, 0.6, 1], [1, 1, 1]])
    assert np.allclose(grey(cropped(x, 0, 0, 1)), [[0, 0.1, 0.2], [0.2, 0.3, 0.4], [0.4, 0.5, 0.6]])
    assert np.allclose(grey(cropped(x, 1, 1, 1)), [[0.6, 0.8, 1], [0.8, 0.9, 1], [1, 1, 1]])
    assert np.allclose(grey(cropped(x, 0, 1, 1)), [[0.2, 0.6, 1], [0.4, 0.7, 1], [0.6, 0.8, 1]])
    assert np.allclose(grey(cropped(x, 1, 0, 2)), 0.4)  # a window of one pixel


def test_corners_of_the_window_become_corners_of_the_image():
    x = colours(1, 8, 8, 3)
    for pixels in range(8):
        for top in range(pixels + 1):
            y, last = cropped(x, top, pixels - top, pixels), 7 - pixels
            assert np.allclose(y[0, 0, 0], x[0, top, pixels - top])
            assert np.allclose(y[0, -1, -1], x[0, top + last, pixels - top + last])


def test_a_crop_stretches_nothing_though_the_image_is_oblong():
    i, j = np.meshgrid(np.arange(13.0), np.arange(9.0), indexing="ij")
    down, right = (cropped(axis[None, ..., None] / 12, 3, 1, 4)[0, ..., 0] * 12 for axis in (i, j))
    # 9 columns, window of 5: steps of 4/8 = 1/2 in both directions, so 13 rows show 12 / 2 + 1 = 7
    assert np.allclose(down[:, 0], 3 + np.arange(13) / 2)
    assert np.allclose(right[0], 1 + np.arange(9) / 2)
    assert np.allclose(
        cropped(i[None, ..., None] / 12, 6, 4, 4)[0, -1, :, 0], 1
    )  # as far down as it goes


@both_dtypes
def test_a_constant_image_stays_as_it_is_in_every_crop_and_in_the_middle_of_a_turn(dtype):
    x = np.random.default_rng(0).random((50, 1, 1, 1)).astype(dtype) * np.ones(
        (1, 60, 51, 3), dtype
    )
    for top, left, pixels in ((0, 0, 10), (11, 10, 10), (8, 7, 7), (6, 3, 33), (59, 50, 50)):
        assert np.array_equal(cropped(x, top, left, pixels), x)
    assert np.array_equal(rotated(x, 17.3)[:, 20:40, 15:36], x[:, 20:40, 15:36])


@pytest.mark.parametrize("side", range(2, 60))
def test_no_window_reaches_over_the_border_by_rounding(side):
    x = np.full((side, side, side, 1), 0.7)
    pixels = np.arange(side)
    assert (cropped(x, pixels, pixels, pixels) == 0.7).all()


@given(arrays(np.float64, (1, 3, 4, 1), elements=st.floats(0, 1)), st.floats(-360, 360))
def test_what_lies_between_pixels_lies_between_their_values(x, degrees):
    for y in (
        rotated(x, degrees),
        cropped(x, 0, 1, 1),
        cropped(1 - x, 1, 0, 1),
        rotated(1 - x, degrees),
    ):
        assert 0 <= y.min() <= y.max() <= 1


def test_a_third_of_a_turn_permutes_the_channels():
    x = colours(4, 6, 9, 3)
    assert hue_shifted(x, 120) == pytest.approx(
        x[..., [2, 0, 1]], abs=5e-15
    )  # what was red is green
    assert hue_shifted(x, -120) == pytest.approx(x[..., [1, 2, 0]], abs=5e-15)
    assert np.array_equal(hue_shifted(x, 360), x)
    red = np.array([[[[1.0, 0, 0]]]])
    assert hue_shifted(red, np.array([60]))[0, 0, 0] == pytest.approx([1, 1, 0])
    assert hue_shifted(red, 30)[0, 0, 0] == pytest.approx([1, 0.5, 0])
    assert hue_shifted(red, 200)[0, 0, 0] == pytest.approx(colorsys.hsv_to_rgb(200 / 360, 1, 1))


def test_hue_shifted_is_matplotlibs_way_there_and_back():
    x = colours(2000, 5, 4, 3)
    degrees = np.random.default_rng(1).uniform(-800, 800, 2000)
    hsv = rgb_to_hsv(x)
    hsv[..., 0] = (hsv[..., 0] + degrees[:, None, None] / 360) % 1
    assert np.abs(hue_shifted(x, degrees) - hsv_to_rgb(hsv)).max() <= 1e-12
    assert np.abs(hue_shifted(x.astype(np.float32), degrees) - hsv_to_rgb(hsv)).max() <= 1e-5


def test_grey_and_lightness_have_no_hue():
    x = np.repeat(colours(3, 4, 4, 3)[..., :1], 3, axis=3)
    assert hue_shifted(x, 99) == pytest.approx(x, abs=1e-15)
    x = colours(3, 4, 4, 3)
    assert hue_shifted(x, 99).max(axis=3) == pytest.approx(x.max(axis=3), abs=1e-15)
    assert hue_shifted(x, 99).min(axis=3) == pytest.approx(x.min(axis=3), abs=1e-15)


@given(arrays(np.float64, (1, 2, 3, 3), elements=st.floats(0, 1)), st.floats(-1000, 1000))
def test_hue_there_and_back(x, degrees):
    there = hue_shifted(x, degrees)
    assert 0 <= there.min() <= there.max() <= 1
    assert np.abs(hue_shifted(there, -degrees) - x).max() <= 1e-10


@given(
    arrays(np.float64, (1, 4, 5, 1), elements=st.floats(0, 1)),
    st.integers(-4, 4),
    st.integers(-4, 4),
)
def test_moved_there_and_back_only_the_border_is_lost(x, down, right):
    back = translated(translated(x, down, right), -down, -right)
    i, j = np.arange(4)[:, None], np.arange(5)
    kept = (i + down >= 0) & (i + down < 4) & (j + right >= 0) & (j + right < 5)
    assert np.array_equal(back, x * kept[..., None])


# What is drawn.


@every_random
def test_the_seed_says_all(name):
    x = colours(20, 6, 9, 3)
    first, again, other = (RANDOM[name](x, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first.tobytes() == again.tobytes() != other.tobytes()
    rng = np.random.default_rng(3)
    assert RANDOM[name](x, rng).tobytes() != RANDOM[name](x, rng).tobytes()  # anew in each call


@every_random
def test_every_image_has_a_draw_of_its_own(name):
    x = np.tile(colours(1, 6, 9, 3), (40, 1, 1, 1))
    y = RANDOM[name](x, np.random.default_rng(0))
    assert len({one.tobytes() for one in y}) > (6 if name in ("translate", "crop") else 39)


def told(monkeypatch, exact):
    """Lets the random function run and returns what it told the exact one."""
    seen = []
    whole = getattr(augment, exact)
    monkeypatch.setattr(
        augment, exact, lambda x, *amounts: [seen.extend(amounts), whole(x, *amounts)][1]
    )
    return seen


def test_translate_covers_both_ends_and_both_directions_alike(monkeypatch, rng):
    seen = told(monkeypatch, "translated")
    translate(np.zeros((5000, 1, 1, 1)), 2, rng=rng)
    for counts in (np.unique(direction, return_counts=True) for direction in seen):
        assert counts[0].tolist() == [-2, -1, 0, 1, 2]
        assert np.abs(counts[1] - 1000).max() < 5 * np.sqrt(5000 * 0.2 * 0.8)
    assert abs(np.corrcoef(*seen)[0, 1]) < 5 / np.sqrt(5000)


@pytest.mark.parametrize(("drawn", "exact"), [(rotate, "rotated"), (hue_shift, "hue_shifted")])
def test_angles_are_uniform_from_end_to_end(monkeypatch, rng, drawn, exact):
    seen = told(monkeypatch, exact)
    drawn(np.zeros((5000, 1, 1, 3)), 30, rng=rng)
    angles = seen[0]
    assert -30 <= angles.min() < -29.9 < 29.9 < angles.max() <= 30
    counts, _ = np.histogram(angles, 10, (-30, 30))
    assert np.abs(counts - 500).max() < 5 * np.sqrt(5000 * 0.1 * 0.9)


@pytest.mark.parametrize(
    ("shape", "downmost"), [((8, 8), [0, 1, 2]), ((15, 8), [0, 2, 4]), ((8, 15), [0, 1, 2])]
)
def test_crop_covers_all_windows_that_fit(monkeypatch, rng, shape, downmost):
    seen = told(monkeypatch, "cropped")
    crop(np.zeros((4000, *shape, 1)), 2, rng=rng)
    top, left, pixels = seen
    sizes, counts = np.unique(pixels, return_counts=True)
    assert sizes.tolist() == [0, 1, 2]
    assert np.abs(counts - 4000 / 3).max() < 5 * np.sqrt(4000 * 2 / 9)
    assert [top[pixels == size].max() for size in range(3)] == downmost
    assert [left[pixels == size].max() for size in range(3)] == [
        0,
        *[(shape[1] - 1) * p // 7 for p in (1, 2)],
    ]
    assert min(top.min(), left.min()) == 0


def test_noise_has_its_mean_and_spread_and_is_clipped(rng):
    x = np.full((50, 20, 20, 1), 0.5)
    y = noise(x, 0.05, rng=rng)  # ten standard deviations from the ends: nothing to clip
    standard_error = 0.05 / np.sqrt(x.size)
    assert abs(y.mean() - 0.5) < 5 * standard_error
    assert abs(y.std() - 0.05) < 5 * standard_error / np.sqrt(2)
    edge = noise(np.zeros((50, 20, 20, 1)), 0.05, rng=rng)
    assert (edge == 0).mean() == pytest.approx(0.5, abs=0.02)
    assert np.array_equal(noise(x, 0, rng=rng), x)


def test_it_works_on_the_data_of_the_course(rng):
    digits, photo = load_digits()[0][:50], load_photo()[None, ::4, ::4]
    for f in (
        lambda x: translate(x, 1, rng=rng),
        lambda x: rotate(x, 10, rng=rng),
        lambda x: crop(x, 1, rng=rng),
    ):
        for x in (digits, photo):
            assert f(x).shape == x.shape
            assert f(x).mean() == pytest.approx(x.mean(), rel=0.25)
    assert hue_shift(photo, 30, rng=rng).max(axis=-1) == pytest.approx(photo.max(axis=-1))


# What is refused.

X = colours(4, 6, 9, 3)
NAN = X.copy()
NAN[1, 2, 3, 0] = np.nan
WRONG_X = [
    (X[0], ValueError, r"got x of shape \(6, 9, 3\): expected \(n, height, width, "),
    (X[:0], ValueError, "got an empty batch"),
    (X.tolist(), TypeError, "got x as a list: expected a NumPy array"),
    (NAN, ValueError, r"got x with nan at \[1, 2, 3, 0\]: expected finite numbers only"),
    (255 * X, ValueError, r"got x from 0 to 255: expected numbers in \[0, 1\]"),
    (X - 0.5, ValueError, r"got x from -0\.5 to 0\.5: expected numbers in \[0, 1\]"),
    (
        (255 * X).astype(np.uint8),
        TypeError,
        r"got x of dtype uint8: expected floats in \[0, 1\], as x / 255 makes",
    ),
]


@every_function
@pytest.mark.parametrize(("x", "error", "words"), WRONG_X)
def test_wrong_x_is_refused_in_words(name, x, error, words):
    with pytest.raises(error, match=f"^{name} {words}"):
        ALL[name](x)


@pytest.mark.parametrize("name", ["hue_shift", "hue_shifted"])
def test_grey_images_have_no_hue(name):
    with pytest.raises(
        ValueError,
        match=f"^{name} got x of shape .*expected .* red, green and blue; grey has no hue",
    ):
        ALL[name](X[..., :1])


@every_random
@pytest.mark.parametrize(
    ("strength", "error", "words"),
    [
        (-1, ValueError, "= -1: expected a number, 0 or more"),
        (float("nan"), ValueError, "= nan: expected a number, 0 or more"),
        (float("inf"), ValueError, "= inf: expected a number, 0 or more"),
        (True, TypeError, "= True: expected a number"),
        ("much", TypeError, "= a str: expected a number"),
        (np.ones(4), TypeError, "= an array of shape"),
    ],
)
def test_wrong_strengths_are_refused_in_words(name, strength, error, words):
    with pytest.raises(error, match=f"^{name} got .*{words}"):
        getattr(augment, name)(X, strength, rng=np.random.default_rng(0))


@every_random
@pytest.mark.parametrize("rng", [None, 42])
def test_a_generator_is_wanted(name, rng):
    with pytest.raises(TypeError, match=f"^{name} got rng as {rng}: expected a generator"):
        getattr(augment, name)(X, 1, rng=rng)
    with pytest.raises(TypeError, match="rng"):
        getattr(augment, name)(X, 1)


@pytest.mark.parametrize(
    ("do", "error", "words"),
    [
        (
            lambda: translated(X, 0.5, 0),
            ValueError,
            r"translated got down = 0\.5: expected whole pixels",
        ),
        (
            lambda: translated(X, 0, np.array([1, 2, 1.5, 0])),
            ValueError,
            r"got right = 1\.5: expected whole pixels",
        ),
        (
            lambda: translated(X, np.ones(3), 0),
            ValueError,
            r"got down of shape \(3,\): expected one number, or \(4,\)",
        ),
        (
            lambda: translated(X, [1, 2, 3, 4], 0),
            TypeError,
            "got down as a list: expected a number, or an array",
        ),
        (lambda: rotated(X, np.nan), ValueError, r"rotated got degrees with nan"),
        (lambda: rotated(X, degrees=True), TypeError, r"rotated got degrees as True"),
        (
            lambda: rotated(X, np.array(["a"] * 4)),
            TypeError,
            r"got degrees of dtype <U1: expected numbers",
        ),
        (lambda: hue_shifted(X, np.ones((4, 1))), ValueError, r"got degrees of shape \(4, 1\)"),
        (lambda: cropped(X, 0, 0, 6), ValueError, "cropped got pixels = 6: expected 0 to 5"),
        (lambda: cropped(X, 0, 0, -1), ValueError, "cropped got pixels = -1: expected 0 to 5"),
        (lambda: cropped(X, 3, 0, 2), ValueError, "cropped got top = 3: expected 0 to 2"),
        (lambda: cropped(X, 0, 4, 2), ValueError, "cropped got left = 4: expected 0 to 3"),
        (
            lambda: cropped(X, np.array([0, 0, -1, 0]), 0, 2),
            ValueError,
            "cropped got top = -1: expected 0 to 2",
        ),
        (
            lambda: cropped(X, 0, np.array([0, 2, 2, 0]), np.array([1, 1, 2, 2])),
            ValueError,
            "left = 2: expected 0 to 1",
        ),
        (
            lambda: crop(X, 6, rng=np.random.default_rng(0)),
            ValueError,
            "crop got pixels = 6: expected 0 to 5",
        ),
        (
            lambda: crop(X, 1.5, rng=np.random.default_rng(0)),
            ValueError,
            r"crop got pixels = 1\.5: expected whole",
        ),
        (
            lambda: translate(X, 0.5, rng=np.random.default_rng(0)),
            ValueError,
            r"translate got pixels = 0\.5",
        ),
    ],
)
def test_wrong_amounts_are_refused_in_words(do, error, words):
    with pytest.raises(error, match=words):
        do()
