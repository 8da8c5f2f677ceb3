"""Splits and mini-batches: nothing lost, nothing twice, nothing mixed up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlib.batches import minibatches, split, stratified_split

SPLITS = (split, stratified_split)


def examples(n: int, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Row i is [i, i mod classes] and its label i mod classes, so that a mix-up shows."""
    y = np.arange(n) % classes
    return np.column_stack([np.arange(n), y]), y


@pytest.mark.parametrize("cut", SPLITS)
def test_every_example_is_on_one_side_with_its_own_label(cut, rng):
    (x, y), (x_aside, y_aside) = cut(*examples(60), held_out=0.2, rng=rng)
    assert len(x) == len(y) == 48
    assert len(x_aside) == len(y_aside) == 12
    assert sorted([*x[:, 0], *x_aside[:, 0]]) == list(range(60))
    assert np.array_equal(x[:, 1], y)
    assert np.array_equal(x_aside[:, 1], y_aside)


@pytest.mark.parametrize("cut", SPLITS)
def test_both_parts_come_shuffled(cut, rng):
    for x, _ in cut(*examples(300), held_out=0.5, rng=rng):
        assert (np.diff(x[:, 0]) < 0).any()
        assert (np.diff(x[:, 1]) != 0).mean() > 0.5  # not class after class


@pytest.mark.parametrize("cut", SPLITS)
def test_a_seed_repeats_a_split(cut):
    kept = [
        cut(*examples(60), held_out=0.2, rng=np.random.default_rng(seed))[0][0]
        for seed in (1, 1, 2)
    ]
    assert np.array_equal(kept[0], kept[1])
    assert not np.array_equal(kept[0], kept[2])


def test_strata_keep_their_shares(rng):
    y = np.repeat([0, 1, 2], [100, 50, 10])
    _, (_, y_aside) = stratified_split(np.zeros((160, 1)), y, held_out=0.2, rng=rng)
    assert np.bincount(y_aside).tolist() == [20, 10, 2]


@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 2**32 - 1))
def test_minibatches_hold_every_row_once(n, batch_size, seed):
    batches = list(minibatches(n, batch_size, rng=np.random.default_rng(seed)))
    assert sorted(np.concatenate(batches)) == list(range(n))
    assert [len(batch) for batch in batches[:-1]] == [batch_size] * (len(batches) - 1)
    assert 1 <= len(batches[-1]) <= batch_size


def test_examples_are_reshuffled_and_not_only_batches(rng):
    first, second = (
        {frozenset(batch) for batch in minibatches(100, 10, rng=rng)} for _ in range(2)
    )
    assert not first & second


def test_a_seed_repeats_the_batches():
    first, again = (
        np.concatenate(list(minibatches(50, 7, rng=np.random.default_rng(3)))) for _ in range(2)
    )
    assert np.array_equal(first, again)


@pytest.mark.parametrize("cut", SPLITS)
@pytest.mark.parametrize("held_out", [0, 1, -0.1, 1.5, float("nan"), 0.001, 0.999])
def test_a_share_that_leaves_one_side_empty_is_refused(cut, held_out, rng):
    with pytest.raises(ValueError, match=f"{cut.__name__}.* got held_out = {held_out}"):
        cut(*examples(30), held_out=held_out, rng=rng)


def test_a_class_too_small_to_share_is_named(rng):
    with pytest.raises(ValueError, match=r"of class 1 got held_out = 0\.2 of 2 examples"):
        stratified_split(np.zeros((12, 1)), np.repeat([0, 1], [10, 2]), held_out=0.2, rng=rng)


@pytest.mark.parametrize("cut", SPLITS)
def test_rows_that_do_not_match_are_refused(cut, rng):
    with pytest.raises(ValueError, match="x with 3 rows and y with 2 rows"):
        cut(np.zeros((3, 1)), np.array([0, 1]), held_out=0.5, rng=rng)


@pytest.mark.parametrize(
    ("n", "batch_size", "words"),
    [(0, 1, "n = 0: expected 1 or more"), (5, 0, "batch_size = 0: expected 1 or more")],
)
def test_minibatches_refuse(n, batch_size, words, rng):
    with pytest.raises(ValueError, match=f"minibatches got {words}"):
        next(minibatches(n, batch_size, rng=rng))


@pytest.mark.parametrize(
    ("y", "error", "words"),
    [
        (np.array([], int), ValueError, "stratified_split got no examples"),
        (np.array([0.0, np.nan]), TypeError, "labels of dtype float64: expected whole numbers"),
    ],
)
def test_stratified_split_refuses_what_are_no_labels(y, error, words, rng):
    with pytest.raises(error, match=words):
        stratified_split(np.zeros((len(y), 2)), y, held_out=0.5, rng=rng)


def test_split_of_single_numbers_is_refused(rng):
    with pytest.raises(ValueError, match="expected a row for each example"):
        split(np.array(1.0), np.array(2), held_out=0.5, rng=rng)
