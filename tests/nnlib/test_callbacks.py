"""Callbacks: each by a made-up history, and once in a real training."""

import math
import time

import numpy as np
import pytest

from nnlib.activations import Sigmoid
from nnlib.callbacks import Budget, Converged, KeepBest, Patience, Restart, Scheduled
from nnlib.datasets import blobs
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.optimizers import SGD
from nnlib.schedules import linear
from nnlib.training import History, State, fit


def stopped_after(callback, losses, kind="loss"):
    """After how many epochs of this made-up history the callback ends training; None where it never does."""
    for epoch in range(1, len(losses) + 1):
        history = History(**{kind: list(losses[:epoch])})
        if callback(State(epoch, None, None, history, None)):
            return epoch
    return None


def train(callbacks, epochs=40, validation=None):
    rng = np.random.default_rng(0)
    x, y = blobs(60, rng=rng)
    network = Network([Dense(2, 2, rng=rng)])
    optimizer = SGD(network.parameters(), learning_rate=0.5)
    data = validation and (x, y)
    options = {
        "epochs": epochs,
        "batch_size": 10,
        "rng": rng,
        "callbacks": callbacks,
        "validation": data,
    }
    return fit(network, SoftmaxCrossEntropy(), optimizer, (x, y), **options), optimizer


def test_converged_waits_for_its_patience():
    flat = Converged(tolerance=0.01, patience=3)
    assert stopped_after(flat, [1, 0.5, 0.4, 0.399, 0.398, 0.397, 0.396]) == 6
    assert (
        stopped_after(flat, [1, 0.5, 0.499, 0.498, 0.3, 0.299, 0.298]) is None
    )  # two small falls, never three
    assert stopped_after(Converged(0.01, patience=1), [1, 0.5, 0.499]) == 3


def test_converged_counts_a_rise_as_no_progress_and_nothing_as_too_early():
    assert stopped_after(Converged(0.01, patience=2), [1.0, 1.1, 1.2]) == 3
    assert stopped_after(Converged(0.01, patience=1), [1.0]) is None


def test_patience_counts_from_the_best():
    assert stopped_after(Patience(2), [3, 2, 1, 1.5, 1.2, 0.5], "validation_loss") == 5
    assert stopped_after(Patience(3), [3, 2, 1, 1.5, 1.2, 0.5], "validation_loss") is None
    assert (
        stopped_after(Patience(2), [1, 1, 1], "validation_loss") == 3
    )  # as good as the best is not better


def test_patience_wants_validation_data():
    with pytest.raises(ValueError, match="give fit validation"):
        train([Patience(2)])
    history, _ = train([Patience(2)], validation=True)
    assert all(math.isfinite(loss) for loss in history.validation_loss)


def test_budget_ends_training_when_the_time_is_up():
    started = time.monotonic()
    history, _ = train([lambda _: time.sleep(0.02), Budget(0.1)], epochs=1000)
    assert 2 <= len(history.loss) <= 10
    assert time.monotonic() - started < 5
    assert "a callback ended training" in history.ended


def test_scheduled_sets_the_rate_of_the_next_epoch():
    seen = []
    rule = linear(0.5, 0.1, steps=4)
    _, optimizer = train(
        [Scheduled(rule), lambda state: seen.append(state.optimizer.learning_rate)], epochs=5
    )
    assert seen == pytest.approx([0.4, 0.3, 0.2, 0.1, 0.1])
    assert optimizer.learning_rate == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Converged(tolerance=0), "Converged got tolerance = 0"),
        (lambda: Converged(patience=0), "Converged got patience = 0"),
        (lambda: Patience(0), "Patience got epochs = 0"),
        (lambda: Budget(-1), "Budget got seconds = -1"),
    ],
)
def test_wrong_use(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_converged_takes_a_loss_of_nothing_for_converged():
    assert stopped_after(Converged(0.01, patience=2), [0.0, 0.0, 0.0]) == 3


def test_patience_survives_an_epoch_without_a_number():
    assert stopped_after(Patience(2), [3, math.nan, 1, 2, 2], "validation_loss") == 5


def test_a_budget_can_wait_and_be_used_again():
    budget = Budget(0.2)
    for _ in range(2):
        time.sleep(0.25)
        history, _ = train([budget], epochs=3)
        assert len(history.loss) == 3


def test_a_class_is_no_callback_and_a_number_is_no_rule():
    with pytest.raises(TypeError, match=r"callbacks such as Patience\(5\)"):
        train([Patience])
    with pytest.raises(TypeError, match=r"Scheduled got 0\.1: expected a rule"):
        Scheduled(0.1)


def test_restart_shakes_the_weights_where_the_cost_stalls_and_keeps_the_best():
    rng = np.random.default_rng(0)
    network = Network([Dense(2, 2, rng=rng)])
    restart = Restart(patience=2, scale=0.1, rng=rng)
    history, weights = History(), []
    for epoch, loss in enumerate([1.0, 0.5, 0.6, 0.7, 0.4, 0.8, 0.9], start=1):
        network.layers[0].W.value[0, 0] = epoch
        history.loss.append(loss)
        restart(State(epoch, network, None, history, None))
        weights.append(network.layers[0].W.value.copy())
    assert restart.count == 2  # after epochs 4 and 7, each the second without a new best
    assert [weights[epoch - 1][0, 0] == epoch for epoch in range(1, 8)] == [
        True,
        True,
        True,
        False,
        True,
        True,
        False,
    ]
    assert abs(weights[6][0, 0] - 5) < 1  # shaken from the best, that of epoch 5, and not from 7
    restart.restore(network)
    assert network.layers[0].W.value[0, 0] == 5
    assert restart.best_loss == 0.4


def test_restart_takes_creeping_for_a_stall_and_keeps_what_it_brought():
    network = Network([Dense(2, 2, rng=np.random.default_rng(0))])
    restart = Restart(patience=3, rng=np.random.default_rng(0))
    history = History()
    for epoch in range(1, 5):
        history.loss.append(1 - 1e-5 * epoch)
        restart(State(epoch, network, None, history, None))
    assert restart.count == 1
    assert restart.best_loss == history.loss[-1]


def test_restart_helps_xor_out_of_a_bad_place():
    from nnlib.activations import ReLU
    from nnlib.datasets import truth_table
    from nnlib.losses import BinaryCrossEntropy

    x, y = truth_table([0, 1, 1, 0])

    def solved(seed, shake):
        rng = np.random.default_rng(seed)
        network = Network([Dense(2, 2, rng=rng), ReLU(), Dense(2, 1, rng=rng), Sigmoid()])
        restart = Restart(patience=30, scale=1.0, rng=rng)
        options = {
            "epochs": 600,
            "batch_size": 4,
            "rng": rng,
            "callbacks": [restart] if shake else [],
        }
        fit(network, BinaryCrossEntropy(), SGD(network.parameters(), 0.5), (x, y), **options)
        if shake:
            restart.restore(network)
        return bool(((network.predict(x)[:, 0] > 0.5) == y).all())

    plain, shaken = (sum(solved(seed, shake) for seed in range(12)) for shake in (False, True))
    assert shaken >= plain + 3


def shown(keep, losses):
    """A network whose first weight is the epoch, shown to ``keep`` with these validation losses."""
    network = Network([Dense(2, 2, rng=np.random.default_rng(0)), BatchNorm(2)])
    history = History()
    for epoch, loss in enumerate(losses, start=1):
        network.layers[0].W.value[0, 0] = epoch
        network.layers[1].statistics()[0].value[...] = 10 * epoch
        history.validation_loss.append(loss)
        assert keep(State(epoch, network, None, history, None)) is None  # it never ends training
    return network


@pytest.mark.parametrize(
    ("losses", "epoch"),
    [
        ([3, 2, 1, 1.5, 1.2], 3),
        ([1, 1, 1], 1),  # the first of equals: it has learnt the least by heart
        ([3, 2, 1], 3),
        ([3, math.nan, 2, math.nan], 3),
        ([math.nan, 3, 4], None),
    ],
)
def test_keep_best_keeps_the_epoch_with_the_lowest_validation_loss(losses, epoch):
    keep = KeepBest()
    if epoch is None:  # as if there were no validation data
        with pytest.raises(
            ValueError, match="KeepBest found no validation loss: give fit validation"
        ):
            shown(keep, losses)
        return
    network = shown(keep, losses)
    assert (keep.epoch, keep.loss) == (epoch, losses[epoch - 1])
    assert network.layers[0].W.value[0, 0] == len(losses)  # nothing is put back until asked for
    keep.restore(network)
    assert network.layers[0].W.value[0, 0] == epoch
    assert (network.layers[1].statistics()[0].value == 10 * epoch).all()
    network.layers[0].W.value[...] = 99  # what was put back is not what is kept
    keep.restore(network)
    assert network.layers[0].W.value[0, 0] == epoch


def test_keep_best_in_a_training_puts_back_what_predicted_best():
    rng = np.random.default_rng(3)
    x, y = blobs(60, rng=rng, distance=1)
    examples, held_out = (x[:12], y[:12]), (x[12:], y[12:])
    network = Network([Dense(2, 20, rng=rng), BatchNorm(20), Sigmoid(), Dense(20, 2, rng=rng)])
    loss, keep, optimizer = SoftmaxCrossEntropy(), KeepBest(), SGD(network.parameters(), 1.0)
    options = {
        "epochs": 60,
        "batch_size": 6,
        "rng": rng,
        "validation": held_out,
        "callbacks": [keep, Patience(20)],
    }
    history = fit(network, loss, optimizer, examples, **options)
    losses = history.validation_loss
    assert keep.epoch == 1 + int(np.argmin(losses)) == len(losses) - 20
    assert loss.forward(network.predict(held_out[0]), held_out[1]) == losses[-1] > 1.1 * min(losses)
    keep.restore(network)
    assert (
        loss.forward(network.predict(held_out[0]), held_out[1]) == keep.loss == min(losses)
    )  # bit for bit


def test_keep_best_wants_validation_data_and_a_training():
    with pytest.raises(ValueError, match="KeepBest found no validation loss: give fit validation"):
        train([KeepBest()])
    with pytest.raises(
        RuntimeError, match="KeepBest has no weights to restore: it was not called by fit yet"
    ):
        KeepBest().restore(Network([Dense(2, 2, rng=np.random.default_rng(0))]))


def test_wrong_use_of_restart():
    with pytest.raises(TypeError, match="Restart got rng as None"):
        Restart(rng=None)
    with pytest.raises(ValueError, match="scale = 0"):
        Restart(scale=0, rng=np.random.default_rng(0))
    with pytest.raises(RuntimeError, match="no weights to restore"):
        Restart(rng=np.random.default_rng(0)).restore(None)
