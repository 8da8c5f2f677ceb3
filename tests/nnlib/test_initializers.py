"""Initial weights: their spread is what the docstring promises, and a seed repeats them."""

import numpy as np
import pytest

from nnlib.initializers import fans, glorot, he, scaled, standard_normal, zeros

SHAPE = (300, 200)  # d_in, d_out: 60,000 values, so a standard deviation is known to 0.3 %
RANDOM = (standard_normal, scaled, glorot, he)


@pytest.mark.parametrize(
    ("initializer", "deviation"),
    [
        (standard_normal, 1),
        (scaled, np.sqrt(1 / 300)),
        (glorot, np.sqrt(2 / (300 + 200))),
        (he, np.sqrt(2 / 300)),
    ],
)
def test_mean_and_spread(initializer, deviation, rng):
    weights = initializer(SHAPE, rng)
    assert weights.shape == SHAPE
    assert weights.dtype == np.float64
    assert weights.std() == pytest.approx(deviation, rel=0.02)
    assert abs(weights.mean()) < 0.02 * deviation


def test_glorot_is_uniform_up_to_its_limit(rng):
    limit = np.sqrt(6 / (300 + 200))
    weights = np.abs(glorot(SHAPE, rng))
    assert 0.999 * limit < weights.max() <= limit
    assert np.median(weights) == pytest.approx(limit / 2, rel=0.02)


def test_zeros(rng):
    assert zeros((2, 3), rng).tolist() == [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]


@pytest.mark.parametrize("initializer", RANDOM)
def test_a_seed_repeats_and_another_does_not(initializer):
    first, again, other = (initializer((4, 3), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("initializer", RANDOM)
def test_a_seed_in_place_of_a_generator_is_refused(initializer):
    with pytest.raises(TypeError, match=rf"{initializer.__name__} got rng as 0.*default_rng"):
        initializer((4, 3), 0)


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ((64, 30), (64, 30)),
        ((3, 5, 2, 7), (30, 105)),  # a window of 3·5 pixels: 15·2 numbers come in, 15·7 go out
    ],
)
def test_fans_by_hand(shape, wanted):
    assert fans(shape) == wanted


def test_fans_of_a_vector_are_refused():
    with pytest.raises(ValueError, match=r"shape \(3,\): expected \(d_in, d_out\)"):
        fans((3,))
