"""Chapter 07: its broken recipes can be told apart by what the library offers; what a rescue is told."""

import numpy as np
import pytest
from as_learners_write_it.regularization import Oracle

from nnlib.chapters.kit.exercise import CORRECT, NOT_YET
from nnlib.chapters.regularization import exercises as ex
from nnlib.chapters.regularization.exercises import _digits, break_it, rescue
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit


def faults_of(name):
    """What three questions find in a recipe."""
    network, penalty, train, validation = ex.SUSPECTS[name](np.random.default_rng(3))
    penalty.add_gradients(network.parameters())
    pulled = [
        parameter.value.ndim for parameter in network.parameters() if parameter.grad is not None
    ]
    seen = [(train[0] == image).all(axis=(1, 2, 3)).any() for image in validation[0]]
    again = np.array_equal(network.predict(validation[0]), network.predict(validation[0]))
    return {"biases": 1 in pulled, "leak": any(seen), "drops": not again}, str(penalty)


@pytest.mark.parametrize("name", ex.SUSPECTS)
def test_each_suspect_has_its_fault_and_no_other_and_its_names_tell_nothing(name):
    found, penalty = faults_of(name)
    expected = [break_it.FAULTS[name][0]] if name in break_it.FAULTS else []
    assert [fault for fault, there in found.items() if there] == expected
    assert penalty == "L2(0.01)"


@pytest.mark.parametrize("name", ex.SUSPECTS)
def test_suspects_can_be_trained_and_copied(name):
    rng = np.random.default_rng(0)
    network, penalty, train, validation = ex.SUSPECTS[name](rng)
    network = network.copy()
    kept = fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), 0.1),
        train,
        epochs=3,
        batch_size=10,
        rng=rng,
        penalty=penalty,
        validation=validation,
    )
    assert kept.loss[-1] < kept.loss[0]
    assert len(train[0]) == 4 * len(validation[0])


def test_few_digits_are_the_same_hundred_each_time_and_the_others_stay_hidden():
    (x, y), (x_validation, y_validation) = ex.few_digits()
    assert x.shape == (80, 8, 8, 1)
    assert x_validation.shape == (20, 8, 8, 1)
    assert np.bincount(y).tolist() == [8] * 10
    assert np.bincount(y_validation).tolist() == [2] * 10
    x[...] = 0  # a learner's own copy
    assert ex.few_digits()[0][0].any()
    given = np.concatenate([images for images, _ in ex.few_digits()])
    unseen, _ = _digits.given_and_unseen()[1]
    assert len(unseen) == 1697
    assert not any((unseen == image).all(axis=(1, 2, 3)).any() for image in given)


@pytest.mark.parametrize("rows", [True, False])
@pytest.mark.parametrize(
    ("share", "status", "words"),
    [
        (0.10, NOT_YET, "guesses"),
        (0.80, NOT_YET, "a plain network gets more"),
        ((rescue.WANTED - 0.2) / 100, NOT_YET, "as a plain network gets"),
        ((rescue.WANTED + 0.2) / 100, CORRECT, f"Our record is {rescue.RECORD}"),
        ((rescue.RECORD + 0.5) / 100, CORRECT, "beats our record"),
        (0.995, NOT_YET, "Has it seen others"),
    ],
)
def test_a_rescue_is_told_what_it_is_worth(rows, share, status, words):
    answer = ex.check("rescue", Network([Oracle(share, rows)]))
    assert answer.status == status
    assert words in answer.words
