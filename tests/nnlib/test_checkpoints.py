"""Checkpoints: a run that was killed, at whatever instant, ends bit for bit as the one that was not."""

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from nnlib import checkpoints
from nnlib._files import remove_leftovers
from nnlib.activations import ReLU, Sigmoid
from nnlib.callbacks import AverageWeights, Budget, KeepBest, Patience, Restart, Scheduled
from nnlib.checkpoints import Checkpoint
from nnlib.datasets import moons
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.optimizers import SGD, AdaGrad, Adam, Momentum, Nesterov, RMSProp
from nnlib.regularization import Dropout
from nnlib.schedules import cosine, warm_up
from nnlib.training import DivergedError, History, State, fit

OPTIMIZERS = {
    "SGD": lambda parameters: SGD(parameters, 0.1),
    "Momentum": lambda parameters: Momentum(parameters, 0.05),
    "Nesterov": lambda parameters: Nesterov(parameters, 0.05),
    "AdaGrad": lambda parameters: AdaGrad(parameters, 0.05),
    "RMSProp": lambda parameters: RMSProp(parameters, 0.01),
    "Adam": lambda parameters: Adam(parameters, 0.01),
}
EPOCHS = 8


class Everything:
    """A run with all that a checkpoint has to keep: statistics, memory, generators, a schedule, callbacks."""

    def __init__(self, optimizer="Adam", width=6):
        first, second = np.random.default_rng(1), np.random.Generator(np.random.MT19937(2))
        self.rng = np.random.default_rng(3)
        self.network = Network(
            [
                *(Dense(2, width, rng=first), BatchNorm(width), ReLU(), Dropout(0.7, rng=second)),
                *(
                    Dense(width, width, rng=first),
                    Sigmoid(),
                    Dropout(0.8, rng=second),
                    Dense(width, 2, rng=first),
                ),
            ]
        )
        self.optimizer = OPTIMIZERS[optimizer](self.network.parameters())
        self.best = KeepBest()
        self.restart = Restart(patience=2, scale=0.1, rng=np.random.default_rng(4))
        self.callbacks = [Scheduled(cosine(0.05, 0.001, steps=EPOCHS)), self.best, self.restart]
        self.seen = []

    def train(self, checkpoint=None, epochs=EPOCHS, callbacks=()):
        data = moons(40, rng=np.random.default_rng(7))
        history = checkpoint.resume(self.network, self.optimizer, self.rng) if checkpoint else None
        return fit(
            self.network,
            SoftmaxCrossEntropy(),
            self.optimizer,
            data,
            epochs=epochs,
            batch_size=12,
            rng=self.rng,
            validation=moons(30, rng=np.random.default_rng(8)),
            augment=lambda x, rng: x + 0.1 * rng.standard_normal(x.shape),
            callbacks=[checkpoint] if checkpoint else [*self.callbacks, *callbacks],
            history=history,
        )

    def checkpoint(self, path, every=1, callbacks=()):
        return Checkpoint(path, every, [*self.callbacks, *callbacks])

    def facts(self):
        """All bits of the run but its history."""
        return (
            [parameter.value.tobytes() for parameter in self.network.state()],
            {name: array.tobytes() for name, array in self.optimizer.state().items()},
            *(
                str(one.bit_generator.state)
                for one in [self.rng, *self.network.generators(), self.restart.rng]
            ),
            *(
                {name: a.tobytes() for name, a in one.state().items()}
                for one in (self.best, self.restart)
            ),
        )


class Measured(State):
    """A state whose weights have the loss that the history tells."""

    def training_loss(self):
        return self.history.loss[-1]


def numbers(history):
    return [
        np.array(entries).tobytes()
        for entries in (history.loss, history.accuracy, history.validation_loss)
    ]


class Killed(BaseException):
    pass


def kill_after(epoch):
    def callback(state):
        if state.epoch == epoch:
            raise Killed

    callback.acts_last = True  # after the checkpoint was written
    return callback


# What is resumed.


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("killed_after", [1, 4, EPOCHS])
def test_a_resumed_run_is_the_uninterrupted_one_bit_for_bit(tmp_path, optimizer, killed_after):
    whole = Everything(optimizer)
    expected = whole.train()
    begun = Everything(optimizer)
    with pytest.raises(Killed):
        fit_until(begun, tmp_path / "run", killed_after)
    resumed = Everything(optimizer)
    history = resumed.train(resumed.checkpoint(tmp_path / "run"))
    assert resumed.facts() == whole.facts()
    assert numbers(history) == numbers(expected)
    assert history.ended == expected.ended == f"all {EPOCHS} epochs are done"
    assert resumed.best.epoch == whole.best.epoch > 0


def fit_until(run, path, epoch, every=1):
    """Write checkpoints, and die right after that of ``epoch``."""
    checkpoint = run.checkpoint(path, every)
    history = checkpoint.resume(run.network, run.optimizer, run.rng)
    run.callbacks = [checkpoint, kill_after(epoch)]
    assert history.loss == []
    run.train()


def test_the_run_holds_all_that_could_be_forgotten():
    # else the test above would say nothing about it
    run = Everything()
    before = run.facts()
    run.train()
    for part, changed in zip(before, run.facts(), strict=True):
        assert part != changed
    assert run.restart.count > 0
    assert len(run.network.generators()) == 1  # shared by two layers


@pytest.mark.parametrize(
    "kind", [np.random.MT19937, np.random.PCG64DXSM, np.random.Philox, np.random.SFC64]
)
def test_every_kind_of_generator_is_resumed(tmp_path, kind):
    def network():
        return Network([Dense(2, 2, rng=np.random.default_rng(0))])

    rng, one = np.random.Generator(kind(5)), network()
    rng.integers(10, dtype=np.uint32)  # half of a 64-bit draw stays behind
    optimizer = SGD(one.parameters())
    Checkpoint(tmp_path / "run")(State(1, one, optimizer, History(*[[1.0]] * 4), rng))
    expected = [*rng.integers(1000, size=5, dtype=np.uint32), *rng.standard_normal(5)]
    again, other = np.random.Generator(kind(6)), network()
    Checkpoint(tmp_path / "run").resume(other, SGD(other.parameters()), again)
    assert [*again.integers(1000, size=5, dtype=np.uint32), *again.standard_normal(5)] == expected


def test_without_a_file_nothing_changes_and_the_history_is_empty(tmp_path):
    run = Everything()
    before = run.facts()
    assert run.checkpoint(tmp_path / "run").resume(run.network, run.optimizer, run.rng) == History()
    assert run.facts() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("every", "written"), [(1, [1, 2, 3, 4, 5, 6, 7, 8]), (3, [3, 6, 8]), (50, [8])]
)
def test_it_is_written_after_every_so_many_epochs_and_after_the_last(tmp_path, every, written):
    run, path, found = Everything(), tmp_path / "run.npz", []
    checkpoint = run.checkpoint(path, every)

    def look(state):
        if path.exists():
            with np.load(path) as file:
                epochs = len(json.loads(str(file["history"]))["loss"])
            if epochs not in found:
                found.append(epochs)

    look.acts_last = True  # after the checkpoint was written
    run.callbacks = [checkpoint, look]
    run.train()
    assert found == written


def test_epochs_that_were_not_written_are_trained_again(tmp_path):
    whole = Everything()
    whole.train()
    with pytest.raises(Killed):
        fit_until(Everything(), tmp_path / "run", 5, every=3)
    resumed = Everything()
    history = resumed.train(resumed.checkpoint(tmp_path / "run", 3))
    assert resumed.facts() == whole.facts()
    assert len(history.loss) == EPOCHS


def test_a_run_that_is_done_only_comes_back(tmp_path):
    first, second = Everything(), Everything()
    first.train(first.checkpoint(tmp_path / "run"))
    second.optimizer.step = lambda: pytest.fail("trained again")
    history = second.train(second.checkpoint(tmp_path / "run"))
    assert second.facts() == first.facts()
    assert len(history.loss) == EPOCHS


def test_a_run_goes_on_to_more_epochs(tmp_path):
    short, long, whole = Everything(), Everything(), Everything()
    short.train(short.checkpoint(tmp_path / "run"), epochs=5)
    long.train(long.checkpoint(tmp_path / "run"), epochs=9)
    whole.train(epochs=9)
    assert long.facts() == whole.facts()


def test_a_run_that_a_callback_ended_ends_there_again(tmp_path):
    def run():
        one = Everything()
        one.callbacks.append(lambda state: state.epoch == 5)
        return one

    whole, first, second = run(), run(), run()
    expected = whole.train()
    for one in (first, second):
        history = one.train(one.checkpoint(tmp_path / "run"))
        assert one.facts() == whole.facts()
        assert numbers(history) == numbers(expected)
        assert history.ended == expected.ended == "a callback ended training after epoch 5"


def test_patience_looks_at_the_resumed_history(tmp_path):
    state = State(3, None, None, History(validation_loss=[1.0, 2.0, 2.0]), None)
    assert Checkpoint(tmp_path / "run", callbacks=[Patience(2)])(state) is True


def test_callbacks_come_back_as_they_were():
    run, fresh = Everything(), Everything()
    for epoch, loss in enumerate(
        [2.0, 1.0, 1.0], start=1
    ):  # the last is no better: one epoch waited
        history = History([loss], [1.0], [loss], [1.0])
        for callback in (run.best, run.restart):
            callback(Measured(epoch, run.network, run.optimizer, history, run.rng))
    run.restart.count = 3
    assert (run.restart.waited, run.best.epoch) == (1, 2)
    for one, other in ((run.best, fresh.best), (run.restart, fresh.restart)):
        other.load_state(one.state())
        for name in set(vars(one)) - {"rng"}:
            assert str(getattr(other, name)) == str(getattr(one, name)), name


def test_a_budget_counts_the_seconds_of_all_parts(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    budget, later = Budget(10), Budget(10)

    def begins(one, epoch):
        one.start(State(epoch, None, None, None, None))

    def spent(one, epoch):
        return one(State(epoch, None, None, None, None))

    begins(budget, 0)
    now[0] += 6
    assert not spent(budget, 1)
    now[0] += 100  # killed, and some time later
    later.load_state(budget.state())
    now[0] += 100  # the data is loaded
    begins(later, 1)
    now[0] += 3
    assert not spent(later, 2)
    now[0] += 1
    assert spent(later, 3)
    begins(later, 0)  # a new run
    now[0] += 9
    assert not spent(later, 1)


# What is refused, and that nothing is half loaded.


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The bytes of a checkpoint after three epochs."""
    path = tmp_path_factory.mktemp("written") / "run.npz"
    with pytest.raises(Killed):
        fit_until(Everything(), path, 3)
    return path.read_bytes()


def refused(path, run, words="not a checkpoint that this run can go on from"):
    before = run.facts()
    with pytest.raises(ValueError, match=words) as caught:
        run.checkpoint(path).resume(run.network, run.optimizer, run.rng)
    assert str(path) in str(caught.value)
    assert run.facts() == before


def test_a_file_cut_anywhere_is_refused_and_nothing_changes(tmp_path, written):
    path, run = tmp_path / "run.npz", Everything()
    places = {
        *range(0, len(written), 251),
        *range(0, 40, 4),
        *range(len(written) - 30, len(written)),
    }
    for place in sorted(places):
        path.write_bytes(written[:place])
        refused(path, run)
    assert len(places) > 80


def test_a_file_with_one_wrong_byte_is_refused_or_harmless(tmp_path, written):
    path, whole, refusals = tmp_path / "run.npz", Everything(), 0
    path.write_bytes(written)
    whole.checkpoint(path).resume(whole.network, whole.optimizer, whole.rng)
    for place in range(7, len(written), 401):
        path.write_bytes(written[:place] + bytes([written[place] ^ 0x55]) + written[place + 1 :])
        run = Everything()
        before = run.facts()
        try:
            run.checkpoint(path).resume(run.network, run.optimizer, run.rng)
        except ValueError:
            refusals += 1
            assert run.facts() == before
        else:
            assert run.facts() == whole.facts()  # a date, or an attribute, that nobody reads
    assert refusals > 20


def npz(**arrays):
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def npy(value):
    content = io.BytesIO()
    np.save(content, value)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        npz(x=np.ones(3)),
        npy(np.ones(3)),
        npy(np.array([{}], object)),
        npz(format="nnlib checkpoint 0"),
    ],
    ids=["empty", "text", "other arrays", "one array", "a pickle", "another format"],
)
def test_a_foreign_file_is_refused(tmp_path, content):
    path = tmp_path / "run.npz"
    path.write_bytes(content)
    refused(path, Everything())


class Trap:
    """Unpickled, it would write a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_nothing_is_ever_unpickled(tmp_path, written):
    path, sprung = tmp_path / "run.npz", tmp_path / "sprung"
    path.write_bytes(changed(written, history=np.array([Trap(sprung)], object)))
    refused(path, Everything())
    assert not sprung.exists()
    with np.load(path, allow_pickle=True) as file:
        assert file["history"].shape == (1,)
    assert sprung.exists()  # it was a trap


def test_a_saved_network_is_no_checkpoint(tmp_path):
    run = Everything()
    refused(run.network.save(tmp_path / "run"), run, "of another format")


def test_a_folder_of_that_name_is_refused(tmp_path):
    (tmp_path / "run.npz").mkdir()
    refused(tmp_path / "run.npz", Everything())


# What callbacks keep.


def without(written, *names):
    with np.load(io.BytesIO(written)) as file:
        return npz(**{name: file[name] for name in file.files if name not in names})


def members(written, who):
    with np.load(io.BytesIO(written)) as file:
        return [name for name in file.files if name.startswith(f"{who}/")]


def test_any_member_that_is_missing_is_noticed(tmp_path, written):
    path, run = tmp_path / "run.npz", Everything()
    names = [*members(written, "callback 1"), *members(written, "callback 2")]
    assert len(names) == 2 + 4 + 2 * len(run.network.state())
    for name in [*names, "network/0", "optimizer/means_0", "generators", "kinds"]:
        path.write_bytes(without(written, name))
        refused(path, run)


def test_a_missing_member_is_noticed_in_files_of_older_versions_too(tmp_path, written):
    # these do not tell their members; but weights have a number each, and the network knows how many there are
    path, run = tmp_path / "run.npz", Everything()
    path.write_bytes(without(written, "members"))
    assert len(run.checkpoint(path).resume(run.network, run.optimizer, run.rng).loss) == 3
    run = Everything()
    for name in [*members(written, "callback 1"), *members(written, "callback 2")]:
        path.write_bytes(without(written, "members", name))
        refused(path, run)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("callback 1/weights_0", lambda w: w[:-1]),
        ("callback 1/weights_0", lambda w: w.T),
        ("callback 1/weights_0", lambda w: w.astype(np.float32)),
        ("callback 2/weights_3", lambda w: w[None]),
        ("callback 2/best_loss", lambda number: number.astype(np.float32)),
        ("callback 1/epoch", lambda number: np.array(str(number))),
        ("network/3", lambda w: w.astype(np.float32)),
    ],
)
def test_a_member_of_another_shape_or_type_is_noticed(tmp_path, written, name, change):
    path, run = tmp_path / "run.npz", Everything()
    with np.load(io.BytesIO(written)) as file:
        path.write_bytes(npz(**{**file, name: change(file[name])}))
    refused(path, run, f"{name} is an array of shape .* in the file: expected an array of shape")


@pytest.mark.parametrize("who", ["callback 1", "callback 2"])
def test_weights_of_another_network_are_noticed_though_the_file_says_that_they_are_its(
    tmp_path, written, who
):
    path, run = tmp_path / "run.npz", Everything()
    with np.load(io.BytesIO(written)) as file:
        arrays = dict(file) | {f"{who}/weights_0": np.zeros((5, 5))}
        told = json.loads(str(arrays.pop("members")))
        told[f"{who}/weights_0"] = "an array of shape (5, 5) and dtype float64"
        path.write_bytes(npz(**arrays, members=json.dumps(told)))
    refused(path, run, r"keeps an array of shape \(5, 5\) of another network: expected \(2, 6\)")


def test_an_own_callback_is_told_of_a_missing_member(tmp_path):
    class Own:
        """Would not notice: it takes what there is."""

        seen = 3

        def __call__(self, state):
            pass

        def state(self):
            return {"seen": np.array(self.seen), "other": np.zeros(2)}

        def load_state(self, state):
            self.seen = state.get("seen", np.array(0))

    def run():
        one = Everything()
        one.callbacks = [Own()]
        return one

    path, first = tmp_path / "run.npz", run()
    first.train(first.checkpoint(path), epochs=1)
    path.write_bytes(without(path.read_bytes(), "callback 0/seen"))
    second = run()
    with pytest.raises(ValueError, match="callback 0/seen is missing in the file"):
        second.checkpoint(path).resume(second.network, second.optimizer, second.rng)
    assert second.callbacks[0].seen == 3


def test_hooks_reach_the_callbacks_inside(tmp_path):
    seen = []

    class Look:
        def start(self, state):
            seen.append(("start", state.epoch, state.steps))

        def step(self, state):
            seen.append(("step", state.steps))

        def __call__(self, state):
            seen.append(("epoch", state.epoch, state.steps))

    first, second = Everything(), Everything()
    first.train(first.checkpoint(tmp_path / "run", callbacks=[Look()]), epochs=1)
    expected = [("start", 0, 0), *(("step", k) for k in range(1, 5)), ("epoch", 1, 4)]
    assert seen == expected
    second.train(second.checkpoint(tmp_path / "run", callbacks=[Look()]), epochs=2)
    later = [("start", 1, 4), *(("step", k) for k in range(5, 9)), ("epoch", 2, 8)]
    assert seen == expected + later


@pytest.mark.parametrize("killed_after", [2, 5])
def test_schedules_and_averages_by_steps_are_resumed_bit_for_bit(tmp_path, killed_after):
    def run():
        one = Everything()
        one.averages = [AverageWeights(2, per="step"), AverageWeights(decay=0.9)]
        by_steps = Scheduled(warm_up(7, cosine(0.05, 0.0, steps=25)), per="step")
        one.callbacks = [by_steps, *one.callbacks[1:], *one.averages]
        return one

    whole, begun, resumed = run(), run(), run()
    whole.train()
    with pytest.raises(Killed):
        fit_until(begun, tmp_path / "run", killed_after)
    resumed.train(resumed.checkpoint(tmp_path / "run"))
    assert resumed.facts() == whole.facts()
    for one, other in zip(resumed.averages, whole.averages, strict=True):
        assert one.count == other.count > 0
        assert [w.tobytes() for w in one.best] == [w.tobytes() for w in other.best]


def test_an_epoch_that_another_callback_ends_is_not_written_either(tmp_path):
    run, path = Everything(), tmp_path / "run"
    checkpoint = run.checkpoint(path)
    run.callbacks = [checkpoint, lambda state: state.epoch == 3]
    run.train()
    resumed = Everything()
    assert (
        len(resumed.checkpoint(path).resume(resumed.network, resumed.optimizer, resumed.rng).loss)
        == 2
    )


# Random generators that fit does not know.


class Grainy:
    """An augmentation with a generator of its own."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def __call__(self, x, rng):
        return x + 0.1 * self.rng.standard_normal(x.shape)

    def generators(self):
        return [self.rng]


def grainy(path, epochs, augment, generators):
    run = Everything()
    checkpoint = Checkpoint(path, callbacks=run.callbacks, generators=generators)
    history = checkpoint.resume(run.network, run.optimizer, run.rng)
    fit(
        *(
            run.network,
            SoftmaxCrossEntropy(),
            run.optimizer,
            moons(40, rng=np.random.default_rng(7)),
        ),
        **{"epochs": epochs, "batch_size": 12, "rng": run.rng, "augment": augment},
        validation=moons(30, rng=np.random.default_rng(8)),
        callbacks=[checkpoint],
        history=history,
    )
    return run.facts()


def test_a_generator_of_an_augmentations_own_is_resumed(tmp_path):
    one, two, three = Grainy(5), Grainy(5), Grainy(6)
    whole = grainy(tmp_path / "whole", 6, one, one.generators())
    grainy(tmp_path / "run", 3, two, two.generators())
    assert grainy(tmp_path / "run", 6, three, three.generators()) == whole


def test_a_generator_that_would_not_be_kept_is_told_before_the_first_step(tmp_path):
    with pytest.raises(ValueError, match=r"expected Checkpoint\(…, generators=augment.generators"):
        grainy(tmp_path / "run", 3, Grainy(5), [])
    assert list(tmp_path.iterdir()) == []
    one = Grainy(5)
    grainy(tmp_path / "run", 1, one, one.generators())
    refused(tmp_path / "run.npz", Everything(), "it has the random generators .*: expected")


@pytest.mark.parametrize("wrong", [np.random.default_rng(0), 3, [3], None, ["rng"]])
def test_generators_are_a_list_of_them(tmp_path, wrong):
    with pytest.raises(TypeError, match=r"Checkpoint got (generators|rng) as .*: expected a"):
        Checkpoint(tmp_path / "run", generators=wrong)


# A disk that does not take the file.


def test_no_epoch_is_lost_if_the_checkpoint_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way of a folder")
    run = Everything()
    run.callbacks = [Checkpoint(tmp_path / "file" / "run", every=2, callbacks=run.callbacks)]
    with pytest.raises(OSError) as caught:
        run.train()
    assert len(caught.value.history.loss) == 2
    assert "(2 epochs) is in error.history" in "".join(caught.value.__notes__)
    assert "after epoch 2 training was ended by" in caught.value.history.ended
    assert run.network.training is False


def other_activation(run):
    run.network.layers[2] = Sigmoid()


def in_float32(run):
    run.network = run.network.astype(np.float32)
    run.optimizer = Adam(run.network.parameters(), 0.01)


def fewer_generators(run):
    for layer in (run.network.layers[3], run.network.layers[6]):
        layer.rng = run.rng


def other_generator(run):
    run.rng = np.random.Generator(np.random.Philox(0))


def without_callbacks(run):
    run.callbacks = run.callbacks[:1]


def for_some_parameters(run):
    run.optimizer = Adam(run.network.parameters()[:4], 0.01)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_activation, "of another network"),
        (in_float32, "network/0 is an array of shape .2, 6. and dtype float64 in the file"),
        (fewer_generators, "not a checkpoint"),
        (other_generator, "not a checkpoint"),
        (without_callbacks, "of another optimizer or callbacks"),
        (for_some_parameters, "optimizer/.* in the file: expected nothing of the kind"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(tmp_path, written, change, words):
    path, run = tmp_path / "run.npz", Everything()
    path.write_bytes(written)
    change(run)
    refused(path, run, words)


def test_a_checkpoint_of_another_optimizer_or_size_is_refused(tmp_path, written):
    path = tmp_path / "run.npz"
    path.write_bytes(written)
    refused(path, Everything("RMSProp"), "of another optimizer")
    refused(path, Everything(width=7), "of another network")


def changed(written, **changes):
    with np.load(io.BytesIO(written)) as file:
        return npz(**{**file, **changes})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("history", "{"),
        ("history", '{"lost": []}'),
        ("generators", "[]"),
        ("generators", '[{"bit_generator": "PCG64"}, {}]'),
        ("optimizer/learning_rate", np.array(-1.0)),
        ("callback 1/epoch", np.array([1, 2])),
        ("callback 1/epoch", np.array(-1)),
        ("callback 1/loss", np.array(np.nan)),
        ("callback 2/best_loss", np.array(np.nan)),
        ("callback 2/waited", np.array(-1)),
        ("history", '{"loss": [1.0]}'),
        (
            "history",
            '{"loss": ["a"], "accuracy": [1], "validation_loss": [1], "validation_accuracy": [1]}',
        ),
        ("generators", "[{}, {}, {}]"),
        ("generators", "3"),
        ("members", "{}"),
        ("members", "3"),
    ],
)
def test_what_fails_late_changes_nothing_either(tmp_path, written, name, value):
    path = tmp_path / "run.npz"
    path.write_bytes(changed(written, **{name: np.array(value)}))
    refused(path, Everything())
    path.write_bytes(changed(written))  # it was the change that was refused
    run = Everything()
    assert len(run.checkpoint(path).resume(run.network, run.optimizer, run.rng).loss) == 3


def test_no_pickle_is_ever_written(tmp_path):
    class Strange:
        def __call__(self, state):
            return False

        def state(self):
            return {"thing": np.array([{}], object)}

        def load_state(self, state):
            raise AssertionError

    run = Everything()
    checkpoint = Checkpoint(tmp_path / "run", callbacks=[Strange()])
    with pytest.raises(
        TypeError,
        match=r"Checkpoint of Strange got thing as an array of shape .1,. and dtype object",
    ):
        checkpoint(State(1, run.network, run.optimizer, History(), run.rng))
    assert list(tmp_path.iterdir()) == []


def test_wrong_use(tmp_path):
    run = Everything()
    with pytest.raises(ValueError, match="Checkpoint got every = 0"):
        Checkpoint("run", every=0)
    with pytest.raises(TypeError, match=r"the class KeepBest at place 0, to be called with"):
        Checkpoint("run", callbacks=[KeepBest])
    with pytest.raises(TypeError, match="rng as 3: expected a generator"):
        Checkpoint(tmp_path / "run").resume(run.network, run.optimizer, 3)
    with pytest.raises(TypeError, match=r"as optimizer: expected state\(\)"):
        Checkpoint(tmp_path / "run").resume(run.network, object(), run.rng)
    with pytest.raises(TypeError, match="Checkpoint got None as network: expected a Network"):
        Checkpoint(tmp_path / "run").resume(None, run.optimizer, run.rng)


class Half:
    def __init__(self, **methods):
        vars(self).update(methods)

    def __call__(self, state):
        pass


@pytest.mark.parametrize(
    ("callback", "words"),
    [
        (Half(state=dict), r"got a Half as callback 0: expected state\(\) and load_state"),
        (Half(load_state=print), r"got a Half as callback 0: expected state\(\) and load_state"),
        (
            Half(state=list, load_state=print),
            "Checkpoint of Half got its state as a list: expected a",
        ),
        (Half(state=lambda: {"a": 3}, load_state=print), "of Half got a as 3: expected an array"),
    ],
)
def test_a_callback_that_remembers_by_half_is_refused_before_the_first_step(
    tmp_path, callback, words
):
    run = Everything()
    before = run.facts()
    with pytest.raises(TypeError, match=words):
        run.train(Checkpoint(tmp_path / "run", callbacks=[callback]))
    assert run.facts() == before


def test_a_checkpoint_inside_another_writes_its_own_file(tmp_path):
    run = Everything()
    inner = Checkpoint(tmp_path / "inner", callbacks=run.callbacks)
    run.train(Checkpoint(tmp_path / "outer", callbacks=[inner]), epochs=2)
    for name in ("inner", "outer"):
        assert (tmp_path / f"{name}.npz").exists()


def test_names_and_folders(tmp_path):
    assert Checkpoint("a/run").path == Checkpoint("a/run.npz").path == Path("a/run.npz")
    assert Checkpoint("run.v2").path == Path("run.v2.npz")
    run = Everything()
    run.train(run.checkpoint(tmp_path / "new" / "folder" / "run"), epochs=1)
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["run.npz"]


def test_the_same_program_started_twice_does_not_kill_the_first(tmp_path, monkeypatch):
    # the second resumes while the first is about to rename what it has written
    first, second, path = Everything(), Everything(), tmp_path / "run.npz"

    def meanwhile(_):
        second.checkpoint(path).resume(second.network, second.optimizer, second.rng)

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert len(first.train(first.checkpoint(path), epochs=3).loss) == 3
    monkeypatch.undo()
    third = Everything()
    assert len(third.checkpoint(path).resume(third.network, third.optimizer, third.rng).loss) == 3
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


def test_only_own_leftovers_are_removed(tmp_path):
    own, others = (
        ["run.npz.01234abc.part"],
        ["run.npz", "run.npz.part", "run2.npz.01234abc.part", "run_npz.01234abc.part"],
    )
    for name in own + others:
        (tmp_path / name).touch()
    remove_leftovers(tmp_path / "run.npz")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(others)
    remove_leftovers(tmp_path / "nowhere" / "run.npz")


# Where the loss diverges.


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_divergence_puts_the_optimizers_memory_back_too(optimizer):
    class Breaks(SoftmaxCrossEntropy):
        calls = 0

        def backward(self):
            self.calls += 1
            return super().backward() * (
                np.nan if self.calls == 10 else 1
            )  # in the third epoch of four steps

    def run():
        network = Network(
            [
                Dense(2, 4, rng=np.random.default_rng(0)),
                Sigmoid(),
                Dense(4, 2, rng=np.random.default_rng(1)),
            ]
        )
        return network, OPTIMIZERS[optimizer](network.parameters())

    def train(network, optimizer, loss, epochs):
        x, y = moons(40, rng=np.random.default_rng(7))
        fit(
            network,
            loss,
            optimizer,
            (x, y),
            epochs=epochs,
            batch_size=10,
            rng=np.random.default_rng(0),
        )

    (broken, memory), (sound, expected) = run(), run()
    with pytest.raises(DivergedError):
        train(broken, memory, Breaks(), 5)
    train(sound, expected, SoftmaxCrossEntropy(), 2)
    assert {name: a.tobytes() for name, a in memory.state().items()} == {
        name: a.tobytes() for name, a in expected.state().items()
    }


def test_an_optimizer_that_tells_nothing_may_diverge_too():
    class Own:
        learning_rate = 1.0

        def zero_grad(self):
            for parameter in network.parameters():
                parameter.zero_grad()

        def step(self):
            network.parameters()[0].value[...] = np.nan

    network = Network([Dense(2, 2, rng=np.random.default_rng(0))])
    before = network.parameters()[0].value.copy()
    with pytest.raises(DivergedError):
        fit(
            network,
            SoftmaxCrossEntropy(),
            Own(),
            moons(20, rng=np.random.default_rng(0)),
            epochs=1,
            batch_size=5,
            rng=np.random.default_rng(0),
        )
    assert np.array_equal(network.parameters()[0].value, before)


# The kill itself: a process of its own, ended without a word at whatever instant.

CHILD = """
import hashlib, sys
import numpy as np
from nnlib import _files
from nnlib.activations import ReLU
from nnlib.callbacks import KeepBest
from nnlib.checkpoints import Checkpoint
from nnlib.datasets import moons
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import Adam
from nnlib.regularization import Dropout
from nnlib.training import fit

path, epochs, fatal = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if fatal:
    import itertools, os, signal
    count = itertools.count(1)
    _files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL) if next(count) == fatal else None
rng, drop = np.random.default_rng(0), np.random.default_rng(1)
x, y = moons(60, rng=rng)
network = Network([Dense(2, 64, rng=rng), ReLU(), Dropout(0.8, rng=drop), Dense(64, 64, rng=rng), ReLU(),
                   Dropout(0.8, rng=drop), Dense(64, 2, rng=rng)])
optimizer, best = Adam(network.parameters(), 0.01), KeepBest()
checkpoint = Checkpoint(path, callbacks=[best])
history = checkpoint.resume(network, optimizer, rng)
print(len(history.loss), flush=True)
history = fit(network, SoftmaxCrossEntropy(), optimizer, (x, y), epochs=epochs, batch_size=20, rng=rng,
              validation=(x, y), callbacks=[checkpoint], history=history)
values = [parameter.value for parameter in network.state()] + best.best + [np.array(history.loss)]
print(len(history.loss), best.epoch, hashlib.sha256(b"".join(value.tobytes() for value in values)).hexdigest())
"""
LONG = 150  # epochs


def child(path, epochs, fatal=0):
    environment = os.environ | {
        "PYTHONPATH": str(Path(checkpoints.__file__).parents[1]),
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [sys.executable, "-c", CHILD, str(path), str(epochs), str(fatal)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def outcome(path, epochs):
    """Run to the end; return how many epochs were found, and the result."""
    process = child(path, epochs)
    words, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    first, last = words.splitlines()
    return int(first), last


@pytest.mark.slow
def test_killed_at_twenty_random_instants_it_ends_the_same(tmp_path):
    _, expected = outcome(tmp_path / "uninterrupted", LONG)
    instants, path = np.random.default_rng(0), tmp_path / "run.npz"
    kills, found, leftovers, results = 0, [], 0, []
    while kills < 20:
        process = child(path, LONG)
        found.append(int(process.stdout.readline()))  # it is about to train
        own = f".{process.pid:08x}."  # it may have begun to write already
        leftovers_before = [name for name in parts(tmp_path) if own not in name]
        time.sleep(instants.uniform(0, 0.3))
        process.kill()
        words, _ = process.communicate(timeout=60)
        if words:  # it was done before
            results.append(words.strip())
            path.unlink()
            continue
        assert leftovers_before == []  # that of the kill before was removed
        leftovers += len(parts(tmp_path))
        kills += 1
    results.append(outcome(path, LONG)[1])
    assert set(results) == {expected}
    assert (
        len({epochs for epochs in found if epochs > 0}) >= 5
    )  # it was killed at many places, and went on from them
    print(f"found {found}, {leftovers} killed in writing, {len(results)} runs")


def parts(folder):
    return [path.name for path in folder.iterdir() if path.name.endswith(".part")]


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill is another thing there")
@pytest.mark.parametrize("fatal", [1, 4])
def test_killed_in_the_middle_of_writing_it_ends_the_same(tmp_path, fatal):
    path = tmp_path / "run.npz"
    dying = child(path, 10, fatal)
    dying.communicate(timeout=60)
    assert dying.returncode != 0
    assert len(parts(tmp_path)) == 1
    _, expected = outcome(tmp_path / "uninterrupted", 10)
    assert outcome(path, 10) == (fatal - 1, expected)
    assert parts(tmp_path) == []
