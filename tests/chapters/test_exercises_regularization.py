"""The exercises of chapter 07: its broken recipes can be told apart by what the library offers, right answers vary."""

import numpy as np
import pytest

from nnlib.activations import ReLU
from nnlib.chapters.kit.exercise import CORRECT, NOT_YET
from nnlib.chapters.regularization import exercises as ex
from nnlib.chapters.regularization.exercises import rescue
from nnlib.layers import Dense, Layer
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
    expected = [rescue.FAULTS[name][0]] if name in rescue.FAULTS else []
    assert [fault for fault, there in found.items() if there] == expected
    assert penalty == "L2(0.01)"


@pytest.mark.parametrize("name", ex.SUSPECTS)
def test_suspects_can_be_trained_and_copied(name):
    rng = np.random.default_rng(0)
    network, penalty, train, validation = ex.SUSPECTS[name](rng)
    network = network.copy()
    optimizer = SGD(network.parameters(), 0.1)
    kept = fit(
        network,
        SoftmaxCrossEntropy(),
        optimizer,
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
    given, (unseen, _) = (
        np.concatenate([*(part[0] for part in ex.few_digits())]),
        rescue._digits()[1],
    )
    assert len(unseen) == 1697
    assert not any((unseen == image).all(axis=(1, 2, 3)).any() for image in given)


def test_right_answers_may_be_written_otherwise():
    assert ex.check("best_epoch", lambda t, v: v.index(min(v)) + 1).status == CORRECT
    decay = lambda W, b, dW, db, rate, strength: [
        (1 - rate * strength) * W - rate * dW,
        b - rate * db,
    ]
    assert ex.check("l2_step", decay).status == CORRECT
    assert ex.check("shrink", 0.6).status == CORRECT
    assert (
        ex.check("l1_slope", lambda w, c: np.where(w > 0, c, np.where(w < 0, -c, 0))).status
        == CORRECT
    )
    assert (
        ex.check("dropout", lambda x, keep, rng: x * rng.binomial(1, keep, x.shape) / keep).status
        == CORRECT
    )
    assert ex.check(
        "dropout", lambda x, keep, rng: np.where(rng.random(x.shape) > 1 - keep, x / keep, 0)
    ).status == (CORRECT)
    padded = lambda x: np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 0)))[:, :, :-1]  # noqa: E731
    assert ex.check("shift", padded).status == CORRECT


class _Oracle(Layer):
    """Knows the answer to a share of the unseen digits; takes rows or images."""

    def __init__(self, share, rows):
        self.share, self.rows = share, rows

    def forward(self, x):
        if x.ndim != (2 if self.rows else 4):
            raise ValueError("another shape")
        images, right = rescue._digits()[1]
        places = {image.tobytes(): i for i, image in enumerate(images)}
        place = np.array([places[image.tobytes()] for image in x])
        known = place < self.share * len(right)
        return np.eye(10)[np.where(known, right[place], (right[place] + 1) % 10)]


@pytest.mark.parametrize("rows", [True, False])
@pytest.mark.parametrize(
    ("share", "status", "words"),
    [
        (0.10, NOT_YET, "guesses"),
        (0.80, NOT_YET, "a plain network gets more"),
        ((rescue.WANTED - 0.2) / 100, NOT_YET, "as a plain network gets"),
        ((rescue.WANTED + 0.2) / 100, CORRECT, f"Our record is {rescue.RECORD}"),
        ((rescue.RECORD + 0.5) / 100, CORRECT, "beats our record"),
        (0.995, CORRECT, "Has it seen others"),
    ],
)
def test_a_rescue_is_told_what_it_is_worth(rows, share, status, words):
    answer = ex.check("rescue", Network([_Oracle(share, rows)]))
    assert answer.status == status
    assert words in answer.words


def test_a_plain_network_is_not_a_rescue():
    rng = np.random.default_rng(1)
    parts = ex.few_digits()
    x, y = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
    network = Network([Dense(64, 100, rng=rng), ReLU(), Dense(100, 10, rng=rng)])
    optimizer = SGD(network.parameters(), 0.1)
    fit(
        network,
        SoftmaxCrossEntropy(),
        optimizer,
        (x.reshape(-1, 64), y),
        epochs=60,
        batch_size=10,
        rng=rng,
    )
    assert ex.check("rescue", network).status == NOT_YET
