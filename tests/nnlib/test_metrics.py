"""Metrics, counted by hand."""

import numpy as np
import pytest

from nnlib.metrics import (
    accuracy,
    confusion_matrix,
    count_right,
    kind_of_targets,
    zero_one_loss,
)

ANSWERS, TARGETS = np.array([0, 2, 1, 1]), np.array([0, 1, 1, 2])


def test_by_hand():
    # right: the first and the third of four
    assert accuracy(ANSWERS, TARGETS) == 0.5
    assert (
        zero_one_loss(np.array([1, 1, 0, 1]), np.array([1, 1, 1, 1])) == 0.25
    )  # one mistake in four


def test_confusion_matrix_by_hand():
    # row = target, column = answer: 0 as 0; 1 once as 2, once as 1; 2 as 1
    assert confusion_matrix(ANSWERS, TARGETS, 3).tolist() == [[1, 0, 0], [0, 1, 1], [0, 1, 0]]


def test_confusion_matrix_counts_every_example_once(rng):
    answers, targets = rng.integers(0, 5, (2, 1000))
    counts = confusion_matrix(answers, targets, 5)
    assert counts.sum(axis=1).tolist() == np.bincount(targets, minlength=5).tolist()
    assert counts.sum(axis=0).tolist() == np.bincount(answers, minlength=5).tolist()
    assert np.trace(counts) / 1000 == accuracy(answers, targets)


@pytest.mark.parametrize("metric", [accuracy, zero_one_loss])
@pytest.mark.parametrize(
    ("labels", "targets", "error", "words"),
    [
        (np.array([0, 1]), np.array([0]), ValueError, "labels with 2 rows and targets with 1 rows"),
        (np.array([], int), np.array([], int), ValueError, "empty"),
        (np.array([[0], [1]]), np.array([0, 1]), ValueError, r"shape \(2, 1\): expected \(n,\)"),
        ([0, 1], np.array([0, 1]), TypeError, "a list: expected a NumPy array"),
    ],
)
def test_refused(metric, labels, targets, error, words):
    with pytest.raises(error, match=words):
        metric(labels, targets)


def test_confusion_matrix_refuses_a_label_beyond_the_classes():
    with pytest.raises(ValueError, match="got the label 2: expected labels from 0 to 1"):
        confusion_matrix(ANSWERS, TARGETS, 2)


# targets, their kind, predictions, how many are right
COUNTED = {
    "labels": ([0, 2, 1], "labels", [[3, 1, 2], [0, 1, 2], [0, 1, 2]], 2),
    "two classes": ([0, 1, 1], "bits", [[3, 1], [0, 1], [1, 0]], 2),
    "one-hot": ([[1, 0], [0, 1]], "rows", [[3, 1], [3, 1]], 1),
    "soft rows": ([[0.7, 0.3], [0.4, 0.6]], "rows", [[3, 1], [3, 1]], 1),
    "yes or no": ([0, 1, 1], "bits", [[0.4], [0.6], [0.5]], 2),
    "a column of them": ([[0.0], [1.0]], "bits", [[0.4], [0.6]], 2),
    "signs": ([-1, 1, 1], "signs", [[-0.1], [0.1], [-0.9]], 2),
    "several right": ([[1, 1, 0], [0, 1, 0]], "numbers", [[1, 1, 0], [0, 1, 0]], np.nan),
    "amounts": ([0, 1, 7], "labels", [[0.1], [0.9], [7.2]], np.nan),
    "a column of amounts": ([[0], [1], [7]], "numbers", [[0.1], [0.9], [7.2]], np.nan),
    "floats": ([0.5, 1.5], "numbers", [[0.5], [1.5]], np.nan),
    "signs of several outputs": ([-1, 1], "signs", [[3, 1], [3, 1]], np.nan),
    "negative amounts": ([-3, 1, 2], "numbers", [[3, 1], [3, 1], [1, 2]], np.nan),
    "images": (np.zeros((2, 3, 3, 1)), "numbers", np.zeros((2, 3, 3, 1)), np.nan),
}


@pytest.mark.parametrize(("targets", "kind", "predictions", "right"), COUNTED.values(), ids=COUNTED)
def test_right_answers_are_counted_if_there_are_any(targets, kind, predictions, right):
    targets = np.array(targets)
    assert kind_of_targets(targets) == kind
    assert count_right(np.array(predictions, float), targets, kind) == pytest.approx(
        right, nan_ok=True
    )


def test_a_logit_says_yes_above_0():
    assert count_right(np.array([[0.2], [-0.2]]), np.array([1, 0]), "bits", threshold=0.0) == 2
    assert count_right(np.array([[0.2], [-0.2]]), np.array([1, 0]), "bits") == 1
