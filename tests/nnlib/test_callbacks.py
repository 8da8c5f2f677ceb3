"""Callbacks: each by a made-up history, and once in a real training."""

import math
import time

import numpy as np
import pytest

from nnlib.activations import ReLU, Sigmoid
from nnlib.callbacks import (
    AverageWeights,
    Budget,
    Converged,
    KeepBest,
    Patience,
    Restart,
    Scheduled,
)
from nnlib.checkpoints import Checkpoint
from nnlib.datasets import blobs, truth_table
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy, SquaredError
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.optimizers import SGD, Adam, Momentum
from nnlib.schedules import constant, cosine, exponential, linear
from nnlib.training import DivergedError, History, State, fit


def stopped_after(callback, losses, kind="loss"):
    """After how many epochs of this made-up history the callback ends training; None where it never does."""
    for epoch in range(1, len(losses) + 1):
        history = History(**{kind: list(losses[:epoch])})
        if callback(State(epoch, None, None, history, None)):
            return epoch
    return None


DATA = blobs(60, rng=np.random.default_rng(0), distance=1)
NEW = blobs(60, rng=np.random.default_rng(1), distance=1)


def run(callbacks, *, seed=0, width=2, epochs=6, rate=0.5, history=None, parts=None, **options):
    """A training of 60 points in batches of 10; return (network, history)."""
    rng = np.random.default_rng(seed)
    network = parts or Network(
        [Dense(2, width, rng=rng), BatchNorm(width), Dense(width, 2, rng=rng)]
    )
    settings = {"epochs": epochs, "batch_size": 10, "rng": rng, "validation": NEW} | options
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), rate)
    return network, fit(*parts, DATA, callbacks=callbacks, history=history, **settings)


def values(network):
    return [parameter.value.copy() for parameter in network.state()]


def equal(some, others):
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))


def measured(epoch, network, history):
    """A state in which the weights have the loss that the history tells."""
    state = State(epoch, network, None, history, None)
    state.training_loss = lambda: history.loss[-1]
    return state


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
        restart(measured(epoch, network, history))
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
        restart(measured(epoch, network, history))
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


# What remembers starts anew with a new run, and only then.

KEEPERS = {
    "KeepBest": KeepBest,
    "Restart": lambda: Restart(patience=2, scale=0.1, rng=np.random.default_rng(7)),
    "AverageWeights": AverageWeights,
    "AverageWeights per step": lambda: AverageWeights(decay=0.9, per="step"),
}
every_keeper = pytest.mark.parametrize("name", KEEPERS)


def remembered(keeper):
    return {name: array.tobytes() for name, array in keeper.state().items()}


@every_keeper
@pytest.mark.parametrize("width", [2, 3])
def test_a_callback_used_again_knows_nothing_of_the_network_before(name, width):
    # 12 epochs on one network, 4 on another: what is put back is the other's own
    used, fresh = KEEPERS[name](), KEEPERS[name]()
    run([used], epochs=12)
    if name == "Restart":
        used.rng = np.random.default_rng(7)
    second, _ = run([used], seed=1, width=width, epochs=4)
    other, _ = run([fresh], seed=1, width=width, epochs=4)
    assert remembered(used) == remembered(fresh)
    used.restore(second)
    fresh.restore(other)
    assert equal(values(second), values(other))


@every_keeper
def test_a_run_that_goes_on_keeps_what_is_remembered(name):
    whole, halves = KEEPERS[name](), KEEPERS[name]()
    network, _ = run([whole], epochs=9)
    rng = np.random.default_rng(0)
    parts = Network([Dense(2, 2, rng=rng), BatchNorm(2), Dense(2, 2, rng=rng)])
    _, history = run([halves], parts=parts, rng=rng, epochs=4)
    run([halves], parts=parts, rng=rng, epochs=9, history=history)
    assert remembered(whole) == remembered(halves)
    assert equal(values(network), values(parts))


@every_keeper
def test_a_run_that_goes_on_with_another_network_remembers_that_one_only(name):
    used = KEEPERS[name]()
    run([used], epochs=12)
    other, history = run([], seed=1, width=3, epochs=2)
    run([used], parts=other, epochs=4, history=history)
    used.restore(other)
    assert [array.shape for array in used.best] == [array.shape for array in values(other)]


@every_keeper
def test_a_run_that_breaks_in_its_first_epoch_leaves_nothing_to_restore(name):
    used = KEEPERS[name]()
    run([used])

    def breaks(x, rng):
        if rng.random() < 0.5:
            raise ZeroDivisionError
        return x

    if "per step" not in name:
        with pytest.raises(ZeroDivisionError):
            run([used], seed=1, augment=breaks)
        with pytest.raises(RuntimeError, match="has no weights to restore: it was not called"):
            used.restore(run([])[0])


@every_keeper
@pytest.mark.parametrize(
    ("other", "error", "words"),
    [
        (
            lambda rng: Network([Dense(2, 3, rng=rng), BatchNorm(3), Dense(3, 2, rng=rng)]),
            ValueError,
            r"keeps an array of shape \(2, 2\) of another network: expected \(2, 3\), as Dense\(2 → 3\).W has",
        ),
        (
            lambda rng: Network([Dense(2, 2, rng=rng)]),
            ValueError,
            r"keeps 8 arrays of another network: expected the 2 of Network\(Dense\(2 → 2\)\)",
        ),
        (lambda rng: None, TypeError, "got None to restore: expected a network"),
        (lambda rng: [1, 2], TypeError, "got a list to restore: expected a network"),
        (lambda rng: Network, TypeError, "got a type to restore: expected a network"),
        (lambda rng: Dense(2, 2, rng=rng), TypeError, "got a Dense to restore: expected a network"),
    ],
)
def test_weights_that_do_not_fit_are_refused_in_words(name, other, error, words):
    used = KEEPERS[name]()
    run([used])
    network = other(np.random.default_rng(0))
    before = values(network) if isinstance(network, Network) else []
    with pytest.raises(error, match=f"{name.split()[0]} {words}"):
        used.restore(network)
    if before:
        assert equal(values(network), before)


def test_a_copy_of_the_network_may_be_given_the_weights():
    keep = KeepBest()
    network, _ = run([keep])
    copy = network.copy()
    keep.restore(copy)
    keep.restore(network)
    assert equal(values(copy), values(network))


@every_keeper
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda state: state.pop("weights_1"),
            "got weights_1 as None: expected an array of floats",
        ),
        (
            lambda state: state.update(weights_0=np.array(["a"])),
            "got weights_0 as an array of .*U1",
        ),
        (lambda state: state.update(other=np.zeros(2)), "got weights_8 as None"),
    ],
)
def test_a_state_that_makes_no_sense_is_refused_and_nothing_changes(name, change, words):
    source, target = KEEPERS[name](), KEEPERS[name]()
    run([source])
    run([target], seed=1)
    before, state = remembered(target), source.state()
    change(state)
    with pytest.raises(ValueError, match=words):
        target.load_state(state)
    assert remembered(target) == before
    for number in source.fresh:
        for wrong in (None, 3.0, np.zeros(2), np.array("a"), np.array(np.nan)):
            with pytest.raises(ValueError, match=f"got {number} as .*: expected a number"):
                target.load_state(source.state() | {number: wrong})
    for wrong in (None, 3, [1]):
        with pytest.raises(TypeError, match=r"got state as .*: expected what state\(\) returned"):
            target.load_state(wrong)
    assert remembered(target) == before


def test_a_budget_begins_with_each_new_run_and_with_its_first_step(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def epoch_of_ten_seconds(x, rng):
        now[0] += 10 / 6  # six mini-batches
        return x

    budget = Budget(25)
    for _ in range(2):  # the second network has as long as the first
        now[0] += 1000
        _, history = run([budget], epochs=9, augment=epoch_of_ten_seconds)
        # 10, 20 and 30 seconds after the first step: the third epoch is the one in which they are used up
        assert len(history.loss) == 3
    _, short = run([Budget(5)], epochs=9, augment=epoch_of_ten_seconds)
    assert len(short.loss) == 1  # a long first epoch is not free
    _, history = run([budget], epochs=1, augment=epoch_of_ten_seconds)
    assert len(history.loss) == 1
    now[0] += 1000  # between two parts of a run no time is used
    _, history = run([budget], epochs=9, history=history, augment=epoch_of_ten_seconds)
    assert len(history.loss) == 3


def test_callbacks_that_need_validation_say_so_before_the_first_step():
    for callback in (Patience(2), KeepBest()):
        network = Network([Dense(2, 2, rng=np.random.default_rng(0))])
        before = values(network)
        with pytest.raises(ValueError, match="found no validation loss: give fit validation"):
            run([callback], parts=network, validation=None)
        assert equal(values(network), before)


# Schedules.


def rates(callback, *, epochs=3, rate=5.0, history=None):
    """The η of each of the six steps of each epoch, and the one that is left in the end."""
    seen = []

    class Watched(SGD):
        def step(self):
            seen.append(self.learning_rate)
            super().step()

    network = Network([Dense(2, 2, rng=np.random.default_rng(0))])
    optimizer = Watched(network.parameters(), rate)
    options = {"epochs": epochs, "batch_size": 10, "rng": np.random.default_rng(0)}
    parts = network, SoftmaxCrossEntropy(), optimizer, DATA
    history = fit(*parts, callbacks=[callback], history=history, **options)
    return seen, optimizer.learning_rate, history


def test_a_schedule_by_epochs_sets_the_first_rate_and_none_after_the_last():
    # rule(3) = 0 is not asked for, nor rule(4) = −0.067
    def rule(k):
        return 0.2 * (1 - k / 3)

    seen, left, history = rates(Scheduled(rule))
    assert seen == [0.2] * 6 + [rule(1)] * 6 + [rule(2)] * 6
    assert left == rule(2)
    assert len(history.loss) == 3


def test_a_schedule_by_steps_sets_the_rate_of_each_step_and_none_after_the_last():
    asked = []

    def rule(k):
        asked.append(k)
        return 0.2 / (1 + k)

    seen, left, _ = rates(Scheduled(rule, per="step"))
    assert asked == list(range(18))
    assert seen == [0.2 / (1 + k) for k in range(18)]
    assert left == 0.2 / 18


@pytest.mark.parametrize("per", ["epoch", "step"])
def test_a_schedule_goes_on_where_the_run_does(per):
    rule = linear(0.5, 0.01, steps=40)
    whole, _, _ = rates(Scheduled(rule, per=per), epochs=5)
    first, _, history = rates(Scheduled(rule, per=per), epochs=2)
    second, _, _ = rates(Scheduled(rule, per=per), epochs=5, history=history)
    assert first + second == whole


@pytest.mark.parametrize("per", ["epoch", "step"])
def test_a_rate_of_0_lets_training_rest(per):
    network = Network([Dense(2, 2, rng=np.random.default_rng(0))])
    before = values(network)
    run([Scheduled(lambda k: 0, per=per)], parts=network)
    assert equal(values(network), before)
    run([Scheduled(cosine(0.5, 0.0, steps=2), per="epoch")], parts=network)
    assert not equal(values(network), before)


@pytest.mark.parametrize(
    ("rule", "error", "words"),
    [
        (
            lambda k: 0.2 * (1 - k / 2) - 0.01,
            ValueError,
            "from its rule for epoch 3, got η = -0.01",
        ),
        (lambda k: math.nan if k else 0.1, ValueError, "for epoch 2, got η = nan"),
        (lambda k: None if k else 0.1, TypeError, "for epoch 2, got η = None: expected a number"),
        (lambda k: linear if k else 0.1, TypeError, "for epoch 2, got η = a function"),
        (exponential(1e300, 1e5), ValueError, "exponential got a factor of 100000 that is used"),
    ],
)
def test_a_rule_that_gives_no_rate_is_told_and_the_epochs_stay(rule, error, words):
    with pytest.raises(error, match=words) as caught:
        rates(Scheduled(rule), epochs=9)
    assert 1 <= len(caught.value.history.loss) <= 2


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (
            lambda: Scheduled(cosine),
            TypeError,
            r"Scheduled got cosine\(start, end, steps\): expected a",
        ),
        (
            lambda: Scheduled(lambda: 0.1),
            TypeError,
            r"lambda>\(\): expected a rule, as cosine",
        ),
        (lambda: Scheduled(constant(0.1), per="steps"), ValueError, "got per = 'steps': expected"),
        (lambda: Scheduled(constant(0.1), per=None), ValueError, 'expected "epoch" or "step"'),
        (lambda: Scheduled(constant(0.1), 3), ValueError, "Scheduled got per = 3"),
        (lambda: AverageWeights(0), ValueError, "AverageWeights got first = 0"),
        (lambda: AverageWeights("3"), TypeError, "AverageWeights got first = a str"),
        (lambda: AverageWeights(decay=1), ValueError, "AverageWeights got decay = 1: expected 0"),
        (lambda: AverageWeights(decay="a"), TypeError, "AverageWeights got decay = a str"),
        (lambda: AverageWeights(per="batch"), ValueError, "AverageWeights got per = 'batch'"),
    ],
)
def test_wrong_arguments(make, error, words):
    with pytest.raises(error, match=words):
        make()


# Restart keeps the weights that had the loss it tells, forgets the optimizer's memory, and acts last.


def xor(seed, callbacks, epochs=300, kind=SGD, rate=0.1):
    rng = np.random.default_rng(seed)
    x, y = truth_table([0, 1, 1, 0])
    examples = x, y[:, None].astype(float)
    network = Network([Dense(2, 3, rng=rng), ReLU(), Dense(3, 1, rng=rng)])
    optimizer = kind(network.parameters(), rate)
    options = {"epochs": epochs, "batch_size": 4, "rng": rng, "callbacks": callbacks}
    history = fit(network, SquaredError(), optimizer, examples, **options)
    return network, history, lambda net: SquaredError().forward(net.predict(x), examples[1])


@pytest.mark.parametrize("seed", range(6))
def test_what_restart_restores_has_the_loss_that_it_tells(seed):
    restart = Restart(patience=20, rng=np.random.default_rng(seed))
    network, _, loss = xor(seed, [restart])
    restart.restore(network)
    assert loss(network) == restart.best_loss
    plain, _, _ = xor(seed, [])
    assert loss(network) <= loss(plain) or restart.count > 0  # its last weights are not worse


def test_restart_at_the_edge_of_stability_keeps_what_is_good_and_not_what_follows():
    # C = ½ w², η = 1.9: w ← −0.9 w: within an epoch of one step the loss told is the one before it
    network = Network([Dense(1, 1, rng=np.random.default_rng(0))])
    network.layers[0].W.value[...] = 1.0
    restart = Restart(patience=50, rng=np.random.default_rng(0))
    parts = network, SquaredError(), SGD(network.parameters()[:1], 1.9)
    x = np.ones((1, 1))
    fit(*parts, (x, 0 * x), epochs=5, rng=np.random.default_rng(0), callbacks=[restart])
    assert restart.best_loss == pytest.approx(0.9**10 / 2)
    restart.restore(network)
    assert network.layers[0].W.value.item() == pytest.approx(-(0.9**5))


@pytest.mark.parametrize("kind", [Momentum, Adam])
def test_a_shake_makes_the_optimizer_forget(kind):
    forgotten = []

    class Watch:
        acts_last = True

        def __call__(self, state):
            memory = state.optimizer.memory
            forgotten.append(all((array == 0).all() for one in memory for array in one))
            assert (state.optimizer.steps == 0) == forgotten[-1]

    restart = Restart(patience=5, scale=1e-9, rng=np.random.default_rng(0))
    xor(0, [restart, Watch()], kind=kind, rate=1e-9, epochs=20)  # stalls at once
    # the first epoch sets the mark; then every fifth without a fall
    assert [epoch for epoch, zero in enumerate(forgotten, start=1) if zero] == [6, 11, 16]
    assert restart.count == 3


def test_a_shake_asks_no_more_of_an_optimizer_than_fit_does():
    class Own:
        learning_rate = 1.0

        def zero_grad(self):
            pass

        def step(self):
            pass

    network = Network([Dense(2, 2, rng=np.random.default_rng(0))])
    restart = Restart(patience=1, rng=np.random.default_rng(0))
    options = {"epochs": 4, "rng": np.random.default_rng(0), "callbacks": [restart]}
    fit(network, SoftmaxCrossEntropy(), Own(), DATA, **options)
    assert restart.count == 3


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("first", [False, True])
def test_whoever_looks_sees_the_weights_from_before_the_shake(tmp_path, inside, first):
    # with a shake of 100 the weights after it would be seen at once
    keep, restart = KeepBest(), Restart(patience=1, scale=100.0, rng=np.random.default_rng(0))
    callbacks = [restart, keep] if first else [keep, restart]
    if inside:
        callbacks = [Checkpoint(tmp_path / "run", callbacks=callbacks)]
    network, history = run(callbacks, rate=1e-9, epochs=4)
    assert restart.count == 3
    keep.restore(network)
    found = SoftmaxCrossEntropy().forward(network.predict(NEW[0]), NEW[1])
    assert found == keep.loss == min(history.validation_loss)


def test_outside_of_the_checkpoint_too(tmp_path):
    restart = Restart(patience=1, scale=100.0, rng=np.random.default_rng(0))
    seen = []

    def look(state):
        seen.append(np.abs(state.network.layers[0].W.value).max())

    run([Checkpoint(tmp_path / "run", callbacks=[restart]), look], rate=1e-9, epochs=2)
    assert restart.count == 1
    assert max(seen) < 5


def test_weights_are_not_shaken_when_training_is_over():
    restart = Restart(patience=1, scale=100.0, rng=np.random.default_rng(0))
    network, _ = run([restart, lambda state: state.epoch == 2], rate=1e-9, epochs=9)
    assert restart.count == 0
    assert np.abs(network.layers[0].W.value).max() < 5


# The mean of the weights.


def shown_weights(average, weights, per_epoch=1):
    """Show it a network whose one number takes these values, ``per_epoch`` steps in each epoch."""
    network = Network([Dense(1, 1, rng=np.random.default_rng(0))])
    state = State(0, network, None, History(), None)
    average.start(state)
    for step, value in enumerate(weights, start=1):
        network.layers[0].W.value[...] = value
        average.step(state)
        if step % per_epoch == 0:
            state.epoch += 1
            average(state)
    average.restore(network)
    return network.layers[0].W.value.item()


def test_averages_by_hand():
    weights = [8.0, 4.0, 6.0, 2.0]
    assert shown_weights(AverageWeights(), weights) == 5  # (8 + 4 + 6 + 2) / 4
    assert shown_weights(AverageWeights(first=2), weights) == 4  # (4 + 6 + 2) / 3
    assert shown_weights(AverageWeights(first=4), weights) == 2
    # 8 → ½ · 8 + ½ · 4 = 6 → ½ · 6 + ½ · 6 = 6 → ½ · 6 + ½ · 2 = 4
    assert shown_weights(AverageWeights(decay=0.5), weights) == 4
    assert shown_weights(AverageWeights(decay=0), weights) == 2  # no memory: the last
    # two steps in an epoch: after the epochs there are 4 and 2
    assert shown_weights(AverageWeights(), weights, per_epoch=2) == 3
    assert shown_weights(AverageWeights(per="step"), weights, per_epoch=2) == 5
    assert shown_weights(AverageWeights(2, per="step"), weights, per_epoch=2) == 4  # (6 + 2) / 2
    assert shown_weights(AverageWeights(decay=0.5, per="step"), weights, per_epoch=2) == 4


def test_an_average_says_of_how_many_it_is_and_does_not_change_training():
    average = AverageWeights(first=3, per="step")
    with_it, history = run([average], epochs=5)
    without, expected = run([], epochs=5)
    assert average.count == 3 * 6
    assert equal(values(with_it), values(without))
    assert history.loss == expected.loss
    with pytest.raises(RuntimeError, match="AverageWeights has no weights to restore"):
        AverageWeights().restore(with_it)


def test_running_statistics_are_averaged_like_weights():
    average, seen = AverageWeights(), []
    network, _ = run([average, lambda state: seen.append(values(state.network))])
    average.restore(network)
    for place, value in enumerate(values(network)):
        assert value == pytest.approx(
            np.mean([moment[place] for moment in seen], axis=0), rel=1e-12
        )
    assert len(values(network)) == 8  # two of them are means, and variances, of BatchNorm


@pytest.mark.parametrize("options", [{"decay": 0.5}, {}])
def test_an_epoch_that_diverged_is_no_part_of_the_average(options):
    # C = ½ w², w ← (1 − η) w = −w/2 at η = 1.5, two steps in an epoch; then η = 10²⁰⁰
    network = Network([Dense(1, 1, rng=np.random.default_rng(0))])
    network.layers[0].W.value[...] = 1.0
    average = AverageWeights(per="step", **options)
    jump = Scheduled(lambda k: 1.5 if k < 2 else 1e200, per="step")
    parts = network, SquaredError(), SGD(network.parameters()[:1], 1.5)
    x = np.ones((2, 1))
    settings = {"epochs": 9, "batch_size": 1, "rng": np.random.default_rng(0)}
    with pytest.raises(DivergedError) as caught:
        fit(*parts, (x, 0 * x), callbacks=[jump, average], **settings)
    assert len(caught.value.history.loss) == 1
    average.restore(network)
    # after the steps of the first epoch w was −1/2 and 1/4: half of each
    assert network.layers[0].W.value.item() == -1 / 8
    assert average.count == 2


@pytest.mark.parametrize("options", [{"per": "step"}, {"decay": 0.99, "per": "step"}, {}])
def test_the_mean_of_noisy_steps_is_better_than_the_last_of_them(options):
    # a plane through noisy points, learnt one by one with a constant η: the last place is off, the mean hardly
    ratios = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((100, 5))
        y = x @ rng.standard_normal((5, 1)) + rng.standard_normal((100, 1))
        network = Network([Dense(5, 1, rng=rng)])
        average = AverageWeights(first=5, **options)
        parts = network, SquaredError(), SGD(network.parameters(), 0.05)
        fit(*parts, (x, y), epochs=40, batch_size=1, rng=rng, callbacks=[average])
        best, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(100)]), y, rcond=None)
        floor = SquaredError().forward(np.column_stack([x, np.ones(100)]) @ best, y)
        last = SquaredError().forward(network.predict(x), y) - floor
        average.restore(network)
        ratios.append((SquaredError().forward(network.predict(x), y) - floor) / last)
    assert max(ratios) < 1
    assert np.median(ratios) < 0.3
