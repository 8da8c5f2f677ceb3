"""What chapter 09 measures: the cliff, slopes through time, gaps, and the reader of a text."""

import numpy as np
import pytest

from nnlib.chapters.recurrent_networks.experiments import cliff, gaps, loops, measured, reading


@pytest.mark.parametrize("place", [(1.5, 0.1), (2.0, 0.0), (0.4, -0.8)])
def test_the_slopes_of_the_cliff_are_those_of_its_heights(place):
    surface, v, step = cliff.Cliff(), np.array(place), 1e-6
    nudged = [(surface.value(v + d) - surface.value(v - d)) / (2 * step) for d in step * np.eye(2)]
    assert np.allclose(surface.gradient(v), nudged, rtol=1e-4)
    assert np.allclose(surface.gradient(v), surface.gradient(v[None])[0])


def test_clipping_changes_nothing_where_the_slopes_are_short():
    free, clipped = cliff.walk_on_cliff(None, 0.05, 20), cliff.walk_on_cliff(1.0, 0.05, 20)
    assert free.lengths.max() < 1
    assert np.array_equal(free.places, clipped.places)


@pytest.mark.parametrize("kind", loops.LOOPS)
@pytest.mark.parametrize("bent", [True, False])
def test_singular_values_are_those_of_a_nudged_state(kind, bent):
    """The strongest stretch over three steps is found again by nudging the state before them."""
    rng = np.random.default_rng(0)
    W_h = loops.loop_matrix(kind, 0.9, rng)
    inputs = 0.1 * rng.standard_normal((3, loops.HIDDEN))

    def end(h):
        for x in inputs:
            h = np.tanh(x + h @ W_h) if bent else x + h @ W_h
        return h

    start = np.zeros(loops.HIDDEN)
    rows = [(end(start + d) - end(start - d)) / 2e-6 for d in 1e-6 * np.eye(loops.HIDDEN)]
    expected = np.linalg.svd(np.array(rows), compute_uv=False)
    assert np.allclose(loops.slopes_through_time(kind, 0.9, bent, 3)[-1], expected, atol=1e-6)


def test_the_parity_machine_is_never_wrong():
    bits = loops.random_bits(500, seed=3)
    states = loops.machine_states(10, bits)
    assert ((states[:, 0] - states[:, 1] > 1) == bits.cumsum() % 2).all()


def test_the_last_bell_is_the_one_that_counts():
    x, y = gaps.bell_sequences(200, 7, np.random.default_rng(0))
    assert x.shape == (200, 17, 2)
    for words, bell, said in zip(x[..., 0], x[..., 1], y[:, 0], strict=True):
        last = np.flatnonzero(bell)[-1]
        assert last == 9
        assert said == (words[last] > 0)
    assert 1.5 < x[:, :9, 1].sum(axis=1).mean() < 4  # it has rung before


@pytest.mark.parametrize("kind", gaps.KINDS)
def test_what_is_printed_was_measured(kind):
    printed = measured.REMEMBERED[kind, 10][0.01][0]
    assert abs(100 * gaps.share_remembered(kind, 10, 0.01, seed=0) - printed) < 3


def test_every_measured_row_is_there():
    assert set(measured.REMEMBERED) == {(k, n) for k in gaps.KINDS for n in measured.GAPS}
    assert measured.GAPS == gaps.GAPS
    for by_rate in measured.REMEMBERED.values():
        assert tuple(by_rate) == gaps.RATES
        assert all(len(shares) == len(gaps.SEEDS) for shares in by_rate.values())


def test_a_text_becomes_tokens_and_a_text_again():
    text = reading.simple_text()
    assert reading.text_of(reading.tokens_of(text[:500])) == text[:500]
    x, y = reading.side_by_side(np.arange(101), rows=4)
    assert x.shape == y.shape == (4, 25)
    assert np.array_equal(y, x + 1)


def test_the_coldest_writer_takes_what_is_likeliest():
    network = reading.new_reader(np.random.default_rng(0))
    token = reading.tokens_of(reading.write(network, "alice", 1, temperature=1e-4, seed=5))[0]
    assert token == network.predict(reading.tokens_of("alice")[None])[0, -1].argmax()


@pytest.mark.parametrize("longest", [None, 1.0, 0.1])
@pytest.mark.parametrize("learning_rate", [0.01, 0.05, 0.1, 0.2])
def test_no_walk_leaves_the_map_of_the_cliff(longest, learning_rate):
    left, right, low, high = cliff.Cliff.limits
    w, b = cliff.walk_on_cliff(longest, learning_rate).places.T
    assert left <= w.min() <= w.max() <= right
    assert low <= b.min() <= b.max() <= high
