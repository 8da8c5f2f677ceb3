"""The training loop: equal to the one written by hand, bit for bit, and well-behaved however it ends."""

import io
import math
import os
import re
import signal
import sys
from functools import partial

import numpy as np
import pytest

from nnlib import augment
from nnlib.activations import Sigmoid, Softmax, Tanh
from nnlib.batches import minibatches, stratified_split
from nnlib.callbacks import AverageWeights, KeepBest, Patience, Restart
from nnlib.checkpoints import Checkpoint
from nnlib.datasets import blobs, load_digits
from nnlib.layers import Dense, Flatten, Layer, Residual
from nnlib.losses import (
    BinaryCrossEntropy,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
)
from nnlib.network import Network
from nnlib.normalization import BatchNorm
from nnlib.numerics import one_hot
from nnlib.optimizers import SGD, Adam, Momentum
from nnlib.parameter import Parameter
from nnlib.regularization import L2, Dropout
from nnlib.training import DivergedError, History, State, fit, train_step

N, BATCH = 50, 8  # 7 steps in an epoch, the last one with 2 examples
STEPS = 7


def data() -> tuple[np.ndarray, np.ndarray]:
    return blobs(N, rng=np.random.default_rng(5))


def small(seed: int = 1) -> Network:
    rng = np.random.default_rng(seed)
    return Network([Dense(2, 4, rng=rng), Sigmoid(), Dense(4, 2, rng=rng)])


def train(network: Network, *, loss=None, examples=None, rate: float = 0.5, **options) -> History:
    settings = {"epochs": 3, "batch_size": BATCH, "rng": np.random.default_rng(2)} | options
    optimizer = SGD(network.parameters(), rate)
    return fit(
        network,
        loss or SoftmaxCrossEntropy(),
        optimizer,
        data() if examples is None else examples,
        **settings,
    )


def after_steps(steps: int) -> bytes:
    """The weights after so many steps of a loop written by hand."""
    network, loss, rng = small(), SoftmaxCrossEntropy(), np.random.default_rng(2)
    optimizer, (x, y) = SGD(network.parameters(), 0.5), data()
    done = 0
    while done < steps:
        for rows in minibatches(N, BATCH, rng=rng):
            if done < steps:
                loss.forward(network.forward(x[rows]), y[rows])
                optimizer.zero_grad()
                network.backward(loss.backward())
                optimizer.step()
                done += 1
    return weights(network)


def weights(network: Network) -> bytes:
    return b"".join(parameter.value.tobytes() for parameter in network.parameters())


# One step.


def test_a_step_is_forward_backward_and_the_optimizers_step():
    # prediction 3·2 + 0 = 6, target 4: cost ½·2² = 2, dz = 2; dW = 3·2 = 6, db = 2; W ← 2 − 0.1·6, b ← 0 − 0.1·2
    network = Network([Dense(1, 1, rng=np.random.default_rng(0))])
    W, b = network.parameters()
    W.value[...] = 2
    x, y = np.array([[3.0]]), np.array([[4.0]])
    cost, predictions = train_step(network, SquaredError(), SGD([W, b], 0.1), x, y)
    assert (cost, predictions.tolist()) == (2, [[6]])  # from before the step
    assert [W.value.item(), b.value.item()] == pytest.approx([1.4, -0.2])


def test_a_penalty_adds_to_the_slopes_and_not_to_the_cost():
    one, other = small(), small()
    x, y = data()
    parts = [(net, SoftmaxCrossEntropy(), SGD(net.parameters(), 0.5)) for net in (one, other)]
    plain, _ = train_step(*parts[0], x, y)
    penalised, _ = train_step(*parts[1], x, y, L2(0.1))
    assert plain == penalised
    # W ← W − η (dW + λ W): η λ = 0.05 of the weights from before
    W = small().parameters()[0].value
    assert one.parameters()[0].value - other.parameters()[0].value == pytest.approx(0.05 * W)


def test_a_step_learns_in_training_mode_and_leaves_nothing_from_the_last_one():
    network = small()
    network.training = False
    optimizer = SGD(network.parameters(), 0.5)
    for rows in minibatches(N, BATCH, rng=np.random.default_rng(2)):
        train_step(network, SoftmaxCrossEntropy(), optimizer, *(a[rows] for a in data()))
    assert network.training
    assert weights(network) == after_steps(STEPS)


@pytest.mark.parametrize("cost", [math.nan, math.inf])
def test_a_cost_that_is_not_finite_changes_nothing(cost):
    class Broken(SoftmaxCrossEntropy):
        def forward(self, predictions, targets):
            super().forward(predictions, targets)
            return cost

    network = small()
    optimizer = Momentum(network.parameters(), 0.5)
    found, _ = train_step(network, Broken(), optimizer, *data())
    assert found is cost
    assert weights(network) == weights(small())
    assert optimizer.steps == 0


# The loop.


def test_only_the_generator_has_to_be_given():
    network = small()
    parts = network, SoftmaxCrossEntropy(), SGD(network.parameters(), 0.5)
    assert len(fit(*parts, data(), rng=np.random.default_rng(0)).loss) == 10
    with pytest.raises(TypeError, match="rng"):
        fit(*parts, data())


def test_whatever_has_the_methods_can_be_trained():
    class Line:
        """y = w x, and not one word of the library's."""

        training = True

        def __init__(self):
            self.w = Parameter(np.zeros((1, 1)), "w")

        def forward(self, x):
            self.x = x
            return x @ self.w.value

        predict = forward

        def backward_to_parameters(self, dy):
            self.w.add_grad(self.x.T @ dy)

        def parameters(self):
            return [self.w]

        state = parameters

    line, x = Line(), np.linspace(-1, 1, 20)[:, None]
    rng = np.random.default_rng(0)
    fit(line, SquaredError(), SGD([line.w], 0.5), (x, 3 * x), epochs=50, batch_size=5, rng=rng)
    assert line.w.value.item() == pytest.approx(3)


@pytest.mark.parametrize("epochs", [1, 2, 5])
def test_equals_the_loop_written_by_hand_bit_for_bit(epochs):
    network = small()
    train(network, epochs=epochs)
    assert weights(network) == after_steps(epochs * STEPS)
    assert weights(network) != weights(small())


def test_same_seed_same_bits_and_another_seed_others():
    networks = [small(), small(), small()]
    histories = [
        train(one, rng=np.random.default_rng(s)) for one, s in zip(networks, (3, 3, 4), strict=True)
    ]
    assert weights(networks[0]) == weights(networks[1]) != weights(networks[2])
    assert histories[0].loss == histories[1].loss != histories[2].loss


def test_validation_does_not_change_what_is_learned():
    with_it, without = small(), small()
    train(with_it, validation=data())
    train(without)
    assert weights(with_it) == weights(without)


class Watch(Layer):
    """Passes everything on and remembers the first column of what it saw in training."""

    def __init__(self):
        self.seen, self.modes = [], []

    def forward(self, x):
        self.modes.append((self.training, len(x)))
        if self.training:
            self.seen.append(x[:, 0].tolist())
        return x

    def backward(self, dy):
        return dy


def test_examples_are_reshuffled_in_every_epoch():
    x, watch = np.column_stack([np.arange(N), np.zeros(N)]) / N, Watch()
    train(Network([watch, *small().layers]), examples=(x, data()[1]))
    assert [len(batch) for batch in watch.seen] == [8, 8, 8, 8, 8, 8, 2] * 3
    epochs = [watch.seen[start : start + STEPS] for start in (0, STEPS, 2 * STEPS)]
    for epoch in epochs:
        assert sorted(value for batch in epoch for value in batch) == x[:, 0].tolist()
    batches = [frozenset(batch) for epoch in epochs for batch in epoch]
    assert len(set(batches)) == len(
        batches
    )  # other examples together, not the same batches in another order


def test_examples_stay_with_their_targets_and_data_is_not_changed():
    x, y = np.column_stack([np.arange(N), np.arange(N)]) / N, np.arange(N)[:, None] / N

    class PairedError(SquaredError):
        def forward(self, predictions, targets):
            assert np.array_equal(watch.seen[-1], targets[:, 0])
            return super().forward(predictions, targets)

    watch, before = Watch(), (x.copy(), y.copy())
    train(
        Network([watch, Dense(2, 1, rng=np.random.default_rng(0))]),
        loss=PairedError(),
        examples=(x, y),
        rate=0.1,
    )
    assert len(watch.seen) == 3 * STEPS
    assert np.array_equal(x, before[0])
    assert np.array_equal(y, before[1])


def test_mode_is_training_then_prediction():
    watch = Watch()
    network = Network([watch, *small().layers])
    network.training = False
    train(network)
    learned = [(True, 8)] * (STEPS - 1) + [(True, 2)]
    # one example before anything is learned, to see what comes out
    assert watch.modes == [(False, 1), *3 * learned]
    assert network.training is False
    watch.modes.clear()
    train(network, validation=data())
    assert watch.modes == [(False, 1), (False, 1), *3 * [*learned, (False, N)]]


def test_dx_of_the_first_layer_is_not_computed(monkeypatch):
    network = small()
    monkeypatch.setattr(
        network.layers[0], "backward", lambda dy: pytest.fail("dx of the first layer was computed")
    )
    train(network, epochs=1)
    assert weights(network) == after_steps(STEPS)


def test_float32_stays_float32():
    (x, y), network = data(), small().astype(np.float32)
    before = weights(network)
    train(network, examples=(x.astype(np.float32), y))
    assert {parameter.value.dtype for parameter in network.parameters()} == {np.dtype(np.float32)}
    assert {parameter.grad.dtype for parameter in network.parameters()} == {np.dtype(np.float32)}
    assert weights(network) != before


# The history.


def test_history_has_one_entry_per_epoch():
    history = train(small(), epochs=4, validation=data())
    assert [len(entries) for entries in columns(history)] == [4, 4, 4, 4]
    assert np.isfinite(columns(history)).all()
    assert history.ended == "all 4 epochs are done"


def columns(history: History) -> list[list[float]]:
    return [history.loss, history.accuracy, history.validation_loss, history.validation_accuracy]


def test_history_without_validation_holds_nan():
    history = train(small())
    assert np.isnan(history.validation_loss).tolist() == [True] * 3
    assert np.isnan(history.validation_accuracy).tolist() == [True] * 3


def test_history_by_hand():
    # one weight, w = 0, b = 0: predictions 0, targets 1 and 3: C = (1 + 9) / 4 = 2.5, in one step of two examples
    network = Network(
        [Dense(1, 1, rng=np.random.default_rng(0), weights=lambda shape, rng: np.zeros(shape))]
    )
    x, y = np.array([[1.0], [1.0]]), np.array([[1.0], [3.0]])
    history = train(
        network, loss=SquaredError(), examples=(x, y), epochs=1, batch_size=2, validation=(x, y)
    )
    # dw = db = −(1 + 3) / 2 = −2, η = 0.5: w = b = 1, predictions 2: C = (1 + 1) / 4 = 0.5
    assert history.loss == [2.5]
    assert history.validation_loss == [0.5]
    assert np.isnan([history.accuracy, history.validation_accuracy]).all()


def test_loss_is_the_mean_over_examples_though_the_last_batch_is_smaller():
    network = Network(
        [Dense(1, 1, rng=np.random.default_rng(0), weights=lambda shape, rng: np.zeros(shape))]
    )
    x, y = np.zeros((3, 1)), np.array([[0.0], [0.0], [6.0]])
    history = train(
        network, loss=SquaredError(), examples=(x, y), epochs=1, batch_size=2, rate=1e-12
    )
    assert history.loss == pytest.approx([6.0])  # 36 / 2 / 3, whichever example comes alone


@pytest.mark.parametrize("as_rows", [False, True])
def test_accuracies_are_shares_of_right_answers(as_rows):
    x, labels = data()
    y = np.eye(2)[labels] if as_rows else labels
    network = small()
    history = train(network, examples=(x, y), validation=(x, y), epochs=20)
    assert history.validation_accuracy[-1] == (network.classify(x) == labels).mean() > 0.9
    assert 0 <= min(history.accuracy) <= max(history.accuracy) <= 1


@pytest.mark.parametrize("shape", [(N,), (N, 1)])
def test_a_single_output_counts_as_yes_above_one_half(shape):
    x, y = data()
    rng = np.random.default_rng(0)
    network = Network([Dense(2, 1, rng=rng), Sigmoid()])
    history = train(
        network,
        loss=BinaryCrossEntropy(),
        examples=(x, y.reshape(shape)),
        validation=(x, y),
        epochs=20,
    )
    assert history.validation_accuracy[-1] == ((network.predict(x)[:, 0] > 0.5) == y).mean() > 0.9


def test_loss_falls():
    history = train(small(), epochs=20, validation=data())
    assert history.loss[-1] < 0.5 * history.loss[0]
    assert history.validation_loss[-1] < 0.5 * history.validation_loss[0]


# Callbacks.


def test_callbacks_see_the_state_after_each_epoch():
    seen, network = [], small()

    def look(state: State) -> None:
        assert state.network is network
        seen.append((state.epoch, len(state.history.loss), len(state.history.validation_loss)))

    history = train(network, callbacks=[look])
    assert seen == [(1, 1, 1), (2, 2, 2), (3, 3, 3)]
    assert len(history.loss) == 3


def test_a_callback_that_returns_true_ends_training_after_all_have_looked():
    network, late = small(), []
    history = train(
        network,
        epochs=9,
        callbacks=[lambda state: state.epoch == 2, lambda state: late.append(state.epoch)],
    )
    assert [len(entries) for entries in columns(history)] == [2, 2, 2, 2]
    assert late == [1, 2]
    assert weights(network) == after_steps(2 * STEPS)
    assert history.ended == "a callback ended training after epoch 2"


def test_a_callback_may_change_the_learning_rate():
    network, halved = small(), small()

    def halve(state: State) -> None:
        state.optimizer.learning_rate /= 2

    train(halved, epochs=2, callbacks=[halve])
    rng = np.random.default_rng(2)
    train(network, epochs=1, rng=rng)
    train(network, epochs=1, rng=rng, rate=0.25)
    assert weights(halved) == weights(network)


class Told:
    """Notes what each hook is told: its name, the epochs and the steps that are done."""

    def __init__(self):
        self.seen = []

    def start(self, state):
        self.seen.append(("start", state.epoch, state.steps))

    def step(self, state):
        self.seen.append(("step", state.epoch, state.steps))

    def __call__(self, state):
        self.seen.append(("epoch", state.epoch, state.steps))


def test_hooks_are_told_the_start_each_step_and_each_epoch():
    told = Told()
    history = train(small(), epochs=2, callbacks=[told])
    first = [("step", 0, step) for step in range(1, 8)]
    second = [("step", 1, step) for step in range(8, 15)]
    assert told.seen == [("start", 0, 0), *first, ("epoch", 1, 7), *second, ("epoch", 2, 14)]
    later = Told()
    train(small(), epochs=3, callbacks=[later], history=history)
    third = [("step", 2, step) for step in range(15, 22)]
    assert later.seen == [("start", 2, 14), *third, ("epoch", 3, 21)]
    done = Told()
    train(small(), epochs=3, callbacks=[done], history=history)
    assert done.seen == []  # nothing is trained, so nothing starts


def test_a_step_is_seen_after_it_was_made():
    class Look(Told):
        def step(self, state):
            self.seen.append(weights(state.network))

    look = Look()
    train(small(), epochs=1, callbacks=[look])
    assert look.seen[1:-1] == [after_steps(step) for step in range(1, STEPS + 1)]


def test_who_acts_last_is_called_when_all_others_have_looked():
    order = []

    def note(name, *, last=False, answer=None):
        def callback(state):
            order.append((name, state.ending))
            return answer

        if last:
            callback.acts_last = True
        return callback

    callbacks = [note("a", last=True), note("b"), note("c", last=True), note("d", answer=True)]
    train(small(), epochs=5, callbacks=callbacks)
    # who is asked after the one that ends training, knows
    assert order == [("b", False), ("d", False), ("a", True), ("c", True)]


def test_states_that_a_callback_keeps_stay_as_they_were():
    states = []
    train(small(), epochs=3, callbacks=[lambda state: states.append(state)])
    assert [(state.epoch, state.steps) for state in states] == [(1, 7), (2, 14), (3, 21)]
    assert {(state.epochs, state.steps_in_all) for state in states} == {(3, 21)}


def test_the_training_loss_is_that_of_the_present_weights():
    (x, y), network, found = data(), small(), []
    drop = Network([*network.layers, Dropout(0.5, rng=np.random.default_rng(0))])

    def look(state):
        loss = SoftmaxCrossEntropy().forward(state.network.predict(x), y)
        assert state.training_loss() == loss != state.history.loss[-1]
        found.append(loss)

    history = train(drop, callbacks=[look], penalty=L2(0.1))
    assert len(set(found)) == 3
    plain = Network([*small().layers, Dropout(0.5, rng=np.random.default_rng(0))])
    assert train(plain, penalty=L2(0.1)).loss == history.loss  # measuring draws nothing
    with pytest.raises(RuntimeError, match="no loss and examples to measure: fit makes one"):
        State(1, network, None, History(), None).training_loss()


@pytest.mark.parametrize("answer", [0.5, "stop", 1, np.ones(2), []])
def test_a_callback_answers_yes_no_or_nothing(answer):
    with pytest.raises(TypeError, match=r"fit got .* from the callback .*: expected True, to end"):
        train(small(), callbacks=[lambda state: answer])
    for right in (None, False, np.False_):
        assert len(train(small(), callbacks=[lambda state, right=right: right]).loss) == 3
    assert len(train(small(), callbacks=[lambda state: np.True_]).loss) == 1


# Errors, and what is not lost by them.


def break_at(epoch, error=ZeroDivisionError, hook="epoch"):
    def fail(state):
        if state.epoch == epoch:
            raise error("broken")

    callback = fail if hook == "epoch" else lambda state: None
    if hook != "epoch":
        setattr(callback, hook, fail)
    return callback


class BrokenLoss(SoftmaxCrossEntropy):
    """Fails at a given call of forward or backward, counted from 1."""

    def __init__(self, forward=0, backward=0):
        self.left = {"forward": forward, "backward": backward}

    def count(self, name):
        self.left[name] -= 1
        if self.left[name] == 0:
            raise ZeroDivisionError("broken")

    def forward(self, predictions, targets):
        self.count("forward")
        return super().forward(predictions, targets)

    def backward(self):
        self.count("backward")
        return super().backward()


CALLS = iter(range(1000))


def broken_augment(x, rng):
    if next(CALLS) == STEPS + 3:
        raise ZeroDivisionError("broken")
    return x


# what breaks, and how many epochs and steps are done by then
BREAKS = {
    "a callback": ({"callbacks": [break_at(2)]}, 2, 14),
    "a step hook": ({"callbacks": [break_at(1, hook="step")]}, 1, 8),
    "a start hook": ({"callbacks": [break_at(0, hook="start")]}, 0, 0),
    "a callback that exits": ({"callbacks": [break_at(2, error=SystemExit)]}, 2, 14),
    "the first epoch": ({"callbacks": [break_at(1)]}, 1, 7),
    "the loss": ({"loss": BrokenLoss(forward=STEPS + 3)}, 1, 9),
    "the slope": ({"loss": BrokenLoss(backward=STEPS + 3)}, 1, 9),
    "before the end of an epoch": ({"loss": BrokenLoss(backward=3)}, 0, 2),
    "validation": ({"loss": BrokenLoss(forward=2 * STEPS + 2), "validation": data()}, 1, 14),
    "augment": ({"augment": broken_augment}, 1, 10),
}


@pytest.mark.parametrize("name", BREAKS)
def test_no_finished_epoch_is_lost_by_an_error(name):
    options, epochs, steps = BREAKS[name]
    network = small()
    with pytest.raises((ZeroDivisionError, SystemExit), match="broken") as caught:
        train(network, epochs=5, **options)
    history = caught.value.history
    assert [len(entries) for entries in columns(history)] == [epochs] * 4
    assert history.loss == train(small(), epochs=5).loss[:epochs]
    assert weights(network) == after_steps(steps)
    assert network.training is False
    assert re.fullmatch(r".* training was ended by \w+: broken", history.ended)
    notes = "".join(getattr(caught.value, "__notes__", []))
    assert (f"({epochs} epochs) is in error.history" in notes) == (epochs > 0)


def test_a_history_that_goes_on_keeps_growing_until_the_error():
    history = train(small(), epochs=2)
    with pytest.raises(ZeroDivisionError) as caught:
        train(small(), epochs=9, history=history, callbacks=[break_at(4)])
    assert caught.value.history is history
    assert len(history.loss) == 4


def test_training_inside_a_callback_hands_over_the_outer_history():
    def inner(state):
        if state.epoch == 3:
            network, options = divergent()
            train(network, epochs=200, batch_size=10, **options)

    with pytest.raises(DivergedError) as caught:
        train(small(), epochs=5, callbacks=[inner])
    assert len(caught.value.history.loss) == 3
    assert "after epoch 3 training was ended by DivergedError" in caught.value.history.ended


# Divergence.


def divergent() -> tuple[Network, dict]:
    """A straight-line fit that is far from stable: each step multiplies the distance by about −100."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((40, 3))
    return Network([Dense(3, 1, rng=rng)]), {
        "loss": SquaredError(),
        "examples": (x, x[:, :1]),
        "rate": 100.0,
    }


def test_divergence_says_at_which_step_and_what_usually_causes_it():
    network, options = divergent()
    with pytest.raises(DivergedError) as caught:
        train(network, epochs=200, batch_size=10, **options)
    words, history = str(caught.value), caught.value.history
    epoch = len(history.loss) + 1
    assert f"at step {int(words.split('at step ')[1].split()[0])} of epoch {epoch}" in words
    assert "learning rate that is too large (it is 100)" in words
    assert f"back to those from before epoch {epoch}" in words
    assert f"in epoch {epoch}" in history.ended
    assert np.isfinite(history.loss).all()
    assert network.training is False


def test_divergence_puts_back_the_weights_from_before_the_epoch():
    network, options = divergent()
    with pytest.raises(DivergedError) as caught:
        train(network, epochs=200, batch_size=10, **options)
    reference, options = divergent()
    train(reference, epochs=len(caught.value.history.loss), batch_size=10, **options)
    assert weights(network) == weights(reference)
    assert np.isfinite(network.parameters()[0].value).all()


def test_a_loss_that_is_nan_names_its_step():
    class FailsAtStep(SoftmaxCrossEntropy):
        calls = 0

        def forward(self, predictions, targets):
            self.calls += 1
            return (
                float("nan") if self.calls == STEPS + 3 else super().forward(predictions, targets)
            )

    network = small()
    with pytest.raises(DivergedError, match="the loss became nan at step 3 of epoch 2") as caught:
        train(network, loss=FailsAtStep())
    assert weights(network) == after_steps(STEPS)
    assert len(caught.value.history.loss) == 1


def test_divergence_in_floats_warns_of_nothing_else(recwarn):
    network, options = divergent()
    with pytest.raises(DivergedError):
        train(network, epochs=200, batch_size=10, **options)
    assert [str(warning.message) for warning in recwarn] == []


def test_weights_that_overflow_in_the_last_step_of_an_epoch_are_put_back():
    x, y = np.full((4, 1), 1e3), np.full((4, 1), 1e5)
    network = Network([Dense(1, 1, rng=np.random.default_rng(0))])
    before = weights(network)
    with (
        pytest.raises(DivergedError, match="weights became infinite at step 1 of epoch 1"),
        pytest.warns(UserWarning, match="the inputs reach up to 1000.*scale them"),
    ):
        train(network, loss=SquaredError(), examples=(x, y), rate=1e308)
    assert weights(network) == before


# Ctrl-C. A handler of the test's own stands in for Python's, so that it can be seen to be put back and never called.


@pytest.fixture
def own_handler():
    called = []

    def handler(*_):
        called.append("too late")

    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
        assert signal.getsignal(signal.SIGINT) is handler
        assert called == []
    finally:
        signal.signal(signal.SIGINT, before)


def raise_it() -> None:
    raise KeyboardInterrupt


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def press_twice() -> None:
    press_ctrl_c()
    press_ctrl_c()


class InterruptedLoss(SoftmaxCrossEntropy):
    """Is interrupted in its forward pass at a given step, counted from 1."""

    def __init__(self, step: int, interrupt) -> None:
        self.step, self.interrupt, self.calls = step, interrupt, 0

    def forward(self, predictions, targets):
        self.calls += 1
        if self.calls == self.step:
            self.interrupt()
        return super().forward(predictions, targets)


real_signal = pytest.mark.skipif(sys.platform == "win32", reason="os.kill ends the process there")
# how it is interrupted, and how many steps are finished that were not before: a signal waits for the running step
INTERRUPTS = [
    pytest.param(raise_it, 0, id="raised"),
    pytest.param(press_ctrl_c, 1, id="signal", marks=real_signal),
    pytest.param(press_twice, 0, id="two signals", marks=real_signal),
]


@pytest.mark.usefixtures("own_handler")
@pytest.mark.parametrize(("interrupt", "finished"), INTERRUPTS)
@pytest.mark.parametrize("step", [1, 3, STEPS, STEPS + 1, 2 * STEPS + 4])
def test_interrupt_in_a_step_keeps_the_last_finished_one(interrupt, finished, step):
    network = small()
    history = train(network, loss=InterruptedLoss(step, interrupt), epochs=5)
    assert weights(network) == after_steps(step - 1 + finished)
    assert [len(entries) for entries in columns(history)] == [(step - 1) // STEPS] * 4
    assert history.ended == f"you interrupted training in epoch {(step - 1) // STEPS + 1}"
    assert network.training is False


@pytest.mark.usefixtures("own_handler")
@pytest.mark.parametrize(("interrupt", "_"), INTERRUPTS)
@pytest.mark.parametrize("epoch", [1, 2])
def test_interrupt_in_a_callback_keeps_the_finished_epoch(interrupt, _, epoch):
    network = small()
    history = train(
        network, epochs=5, callbacks=[lambda state: interrupt() if state.epoch == epoch else None]
    )
    assert weights(network) == after_steps(epoch * STEPS)
    assert [len(entries) for entries in columns(history)] == [epoch] * 4
    assert "interrupted" in history.ended


@pytest.mark.usefixtures("own_handler")
@pytest.mark.parametrize(("interrupt", "_"), INTERRUPTS)
def test_interrupt_in_validation_leaves_lists_of_one_length(interrupt, _):
    network = small()
    history = train(network, loss=InterruptedLoss(STEPS + 1, interrupt), validation=data())
    assert weights(network) == after_steps(STEPS)
    assert len({len(entries) for entries in columns(history)}) == 1
    assert "interrupted" in history.ended


@pytest.mark.usefixtures("own_handler")
def test_interrupt_is_reported_in_one_sentence(capsys):
    train(small(), loss=InterruptedLoss(3, raise_it))
    printed = capsys.readouterr()
    assert (
        printed.err
        == "you interrupted training in epoch 1; the network is that of the last finished step\n"
    )
    assert printed.out == ""


@pytest.mark.usefixtures("own_handler")
@pytest.mark.parametrize("ending", ["done", "stopped", "failed"])
def test_handler_is_put_back_however_it_ends(ending):
    endings = {
        "done": lambda state: None,
        "stopped": lambda state: True,
        "failed": lambda state: 1 / 0,
    }
    handlers = []

    def look(state: State):
        handlers.append(signal.getsignal(signal.SIGINT))
        return endings[ending](state)

    before = signal.getsignal(signal.SIGINT)
    try:
        train(small(), callbacks=[look])
    except ZeroDivisionError:
        assert ending == "failed"
    assert handlers[0] is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_training_goes_on_after_an_interrupt():
    network = small()
    train(network, loss=InterruptedLoss(3, raise_it))
    history = train(network)
    assert len(history.loss) == 3
    assert history.ended == "all 3 epochs are done"


# Silence and words.


def test_nothing_is_printed_where_there_is_no_terminal(capfd):
    history = train(small(), validation=data())
    assert capfd.readouterr() == ("", "")
    assert len(history.loss) == 3


X, Y = data()
BAD = X.copy()
BAD[3, 1] = np.nan
LATE = Y.copy()
LATE[-1] = 7


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        (
            {"examples": (BAD, Y)},
            ValueError,
            r"fit got x with nan at \[3, 1\]: expected finite numbers only",
        ),
        ({"examples": (X, np.full((N, 2), np.inf))}, ValueError, r"fit got y with inf at \[0, 0\]"),
        ({"validation": (BAD, Y)}, ValueError, r"fit's validation got x with nan at \[3, 1\]"),
        ({"examples": (X, Y[:-1])}, ValueError, "fit got x with 50 rows and y with 49 rows"),
        (
            {"examples": (X[:0], Y[:0])},
            ValueError,
            r"fit got x of shape \(0, 2\): expected .* at least one",
        ),
        ({"examples": X}, TypeError, r"expected a pair \(x, y\)"),
        ({"examples": (X.tolist(), Y)}, TypeError, "fit got x as a list: expected a NumPy array"),
        ({"epochs": 0}, ValueError, "fit got epochs = 0: expected 1 or more"),
        ({"epochs": 2.0}, TypeError, "fit got epochs = 2.0: expected a whole number"),
        ({"batch_size": -1}, ValueError, "fit got batch_size = -1: expected 1 or more"),
        ({"rng": 0}, TypeError, "fit got rng as 0: expected a generator"),
        ({"examples": (X, Y + 1)}, ValueError, "got the label 2: expected labels from 0 to 1"),
        (
            {"examples": (X[:, :1], Y)},
            ValueError,
            r"Dense\(2 → 4\) got x of shape \(1, 1\): expected \(n, 2\)",
        ),
        # what only the last mini-batch, or the validation after the epoch, would meet
        ({"examples": (X, LATE)}, ValueError, "got the label 7: expected labels from 0 to 1"),
        ({"validation": (X[:, :1], Y)}, ValueError, r"got x of shape \(1, 1\): expected \(n, 2\)"),
        ({"validation": (X, LATE)}, ValueError, "got the label 7: expected labels from 0 to 1"),
        ({"validation": (X, Y[:, None])}, ValueError, r"targets of shape \(50, 1\): .*y\[:, 0\]"),
    ],
)
def test_bad_data_is_refused_before_anything_is_learned(options, error, words):
    network = small()
    with pytest.raises(error, match=words):
        train(network, **options)
    assert weights(network) == weights(small())


@pytest.mark.parametrize(
    ("place", "part", "error", "words"),
    [
        (
            0,
            SoftmaxCrossEntropy(),
            TypeError,
            "a SoftmaxCrossEntropy as the network: expected a Network",
        ),
        (
            1,
            SoftmaxCrossEntropy,
            TypeError,
            r"the class SoftmaxCrossEntropy as the loss: .* as SoftmaxCrossEntropy\(…\) makes",
        ),
        (
            2,
            SGD,
            TypeError,
            r"the class SGD as the optimizer: expected an object, as SGD\(…\) makes",
        ),
        (
            2,
            SGD(small().parameters()),
            ValueError,
            "another network's parameters: expected those of Network",
        ),
    ],
)
def test_a_part_in_the_wrong_place_is_named(place, part, error, words):
    network = small()
    parts = [network, SoftmaxCrossEntropy(), SGD(network.parameters())]
    parts[place] = part
    with pytest.raises(error, match=f"^fit got .*{words}"):
        fit(*parts, data(), epochs=1, batch_size=5, rng=np.random.default_rng(0))


@pytest.mark.parametrize("callbacks", [print, [None], 3])
def test_callbacks_are_a_list_of_functions(callbacks):
    with pytest.raises(TypeError, match=r"fit got callbacks as .*expected a list of functions"):
        train(small(), callbacks=callbacks)


class WithoutState:
    def __call__(self):
        pass


class WithoutStateAtStart(Told):
    def start(self):
        pass


KEEP = KeepBest()


@pytest.mark.parametrize(
    ("callbacks", "error", "words"),
    [
        (Patience(5), TypeError, "as a Patience: expected a list of .* one only: .Patience"),
        (lambda state: None, TypeError, "callbacks as a function: .* also if there is one only"),
        ([Patience], TypeError, "as the class Patience at place 0, to be called with"),
        ([print, [print]], TypeError, "as a list with a list at place 1"),
        ("Patience", TypeError, "callbacks as a str"),
        (None, TypeError, "callbacks as None"),
        ([lambda: None], TypeError, r"lambda>\(\): expected a callback, a function of the state"),
        ([lambda state, epoch: None], TypeError, r"lambda>\(state, epoch\): expected a callback"),
        ([WithoutState()], TypeError, r"WithoutState\(\): expected a callback"),
        ([WithoutStateAtStart()], TypeError, r"WithoutStateAtStart.start\(\): expected a callback"),
        ([KEEP, KEEP], ValueError, "the callback KeepBest twice: expected each once"),
        ([Checkpoint("run", callbacks=[KEEP]), KEEP], ValueError, "the callback KeepBest twice"),
    ],
)
def test_what_is_no_callback_is_refused_before_the_first_step(callbacks, error, words):
    network = small()
    with pytest.raises(error, match=f"^fit got .*{words}"):
        train(network, callbacks=callbacks)
    assert weights(network) == weights(small())


def test_any_callable_will_do(monkeypatch):
    seen = []
    train(
        small(),
        callbacks=(one for one in [seen.append, partial(print, end="", file=io.StringIO())]),
    )
    assert [state.epoch for state in seen] == [1, 2, 3]


# The optimizer's parameters.


def test_layers_that_the_optimizer_has_not_stay_as_they_are():
    network = small()
    frozen, learning = network.layers[0].parameters(), network.layers[2].parameters()
    before = [parameter.value.copy() for parameter in frozen]
    fit(
        *(network, SoftmaxCrossEntropy(), SGD(learning, 0.5), data()),
        **{"epochs": 2, "batch_size": BATCH, "rng": np.random.default_rng(0), "clip": 0.5},
    )
    assert all(np.array_equal(p.value, old) for p, old in zip(frozen, before, strict=True))
    assert weights(network) != weights(small())


def test_an_optimizer_made_before_a_parameter_was_replaced_is_refused():
    network = small()
    optimizer = SGD(network.parameters(), 0.5)
    network.layers[0].W = Parameter(np.zeros((2, 4)), "W of my own")
    with pytest.raises(
        ValueError, match="which the network does not have: make the optimizer after"
    ):
        fit(network, SoftmaxCrossEntropy(), optimizer, data(), rng=np.random.default_rng(0))
    both = SGD([*network.parameters(), *small().parameters()], 0.5)
    with pytest.raises(ValueError, match="which the network does not have"):
        fit(network, SoftmaxCrossEntropy(), both, data(), rng=np.random.default_rng(0))


# Clipping.


def test_clipped_steps_are_as_long_as_they_may_be():
    # SGD goes η ‖g‖ at most, here 0.5 · 0.01 each step; the way of all steps is no longer than their sum
    network, free = small(), small()
    history = train(network, epochs=1, clip=0.01)
    way = np.concatenate(
        [
            (mine.value - start.value).ravel()
            for mine, start in zip(network.parameters(), small().parameters(), strict=True)
        ]
    )
    assert 0 < np.linalg.norm(way) <= STEPS * 0.5 * 0.01 * (1 + 1e-12)
    train(free, epochs=1, clip=1e6)
    assert weights(free) == after_steps(STEPS)
    assert len(history.loss) == 1


def test_a_penalty_is_clipped_too():
    network = small()
    before = network.parameters()[0].value.copy()
    x, y = data()
    optimizer = SGD(network.parameters(), 1.0)
    train_step(network, SoftmaxCrossEntropy(), optimizer, x, y, L2(1e6), clip=0.1)
    assert np.linalg.norm(network.parameters()[0].value - before) <= 0.1 * (1 + 1e-12)


def test_clipping_holds_what_would_run_away():
    network, options = divergent()
    history = train(network, epochs=3, batch_size=10, clip=0.001, **options)
    assert len(history.loss) == 3
    with pytest.raises(DivergedError):
        train(divergent()[0], epochs=200, batch_size=10, **options)


def test_a_slope_that_is_not_finite_diverges_with_the_step_that_had_it():
    class Breaks(SoftmaxCrossEntropy):
        calls = 0

        def backward(self):
            self.calls += 1
            return super().backward() * (np.nan if self.calls == STEPS + 3 else 1)

    network = small()
    with pytest.raises(
        DivergedError, match=r"gradient became infinite at step 3 of epoch 2"
    ) as caught:
        train(network, loss=Breaks(), clip=1e6)
    assert weights(network) == after_steps(STEPS)
    assert "gradient of Dense" in str(caught.value.__cause__)
    assert len(caught.value.history.loss) == 1


@pytest.mark.parametrize(
    ("clip", "error"), [(0, ValueError), (-1.0, ValueError), ("5", TypeError), (True, TypeError)]
)
def test_a_wrong_clip_is_refused(clip, error):
    with pytest.raises(error, match=r"fit got clip = .*: expected a number above 0"):
        train(small(), clip=clip)


@pytest.mark.parametrize(
    ("place", "part", "words"),
    [
        (0, SoftmaxCrossEntropy(), "a SoftmaxCrossEntropy as the network: expected a Network"),
        (0, Network, "a type as the network: expected a Network"),
        (1, SGD(small().parameters()), "a SGD as the loss: expected a loss such as"),
        (1, None, "None as the loss: expected a loss"),
        (2, SoftmaxCrossEntropy(), "a SoftmaxCrossEntropy as the optimizer: expected one such as"),
        (2, SGD, "a type as the optimizer: expected one such as"),
    ],
)
def test_a_step_names_a_part_in_the_wrong_place(place, part, words):
    network = small()
    parts = [network, SoftmaxCrossEntropy(), SGD(network.parameters())]
    parts[place] = part
    with pytest.raises(TypeError, match=f"^train_step got {words}"):
        train_step(*parts, *data())


@pytest.mark.parametrize("given", [None, np.ones(3), "0.5", [0.5]])
def test_a_loss_gives_a_number(given):
    class Own(SoftmaxCrossEntropy):
        def forward(self, predictions, targets):
            super().forward(predictions, targets)
            return given

    network = small()
    words = r"Own\(\) gave .* as the loss: expected a number, the mean over the examples"
    with pytest.raises(TypeError, match=words):
        train(network, loss=Own())
    assert weights(network) == weights(small())


def test_an_optimizer_may_tell_its_parameters_as_a_network_does():
    class Own:
        learning_rate = 0.5

        def __init__(self, network):
            self.parameters = network.parameters

        def zero_grad(self):
            for parameter in self.parameters():
                parameter.zero_grad()

        def step(self):
            for parameter in self.parameters():
                parameter.value -= 0.5 * parameter.grad

    network = small()
    options = {"epochs": 1, "batch_size": BATCH, "rng": np.random.default_rng(2), "clip": 1e6}
    fit(network, SoftmaxCrossEntropy(), Own(network), data(), **options)
    assert weights(network) == after_steps(STEPS)
    with pytest.raises(ValueError, match="another network's parameters"):
        fit(network, SoftmaxCrossEntropy(), Own(small()), data(), **options)


# What the program has set.


@real_signal
def test_a_program_that_ignores_ctrl_c_goes_on_ignoring_it():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        network = small()
        history = train(network, loss=InterruptedLoss(3, press_ctrl_c))
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert history.ended == "all 3 epochs are done"
    assert weights(network) == after_steps(3 * STEPS)


def test_numbers_too_small_to_tell_are_no_error_where_numpy_raises():
    # σ(−800) = e⁻⁸⁰⁰ underflows, in training, validation and what callbacks measure
    def run():
        network, (x, y) = small(), data()
        network.layers[0].b.value[0] = -800
        rng = np.random.default_rng(3)
        callbacks = [Restart(patience=1, scale=1e-3, rng=rng), AverageWeights(decay=0.5)]
        optimizer = Adam(network.parameters(), 0.01)
        options = {"epochs": 3, "rng": rng, "validation": (x, y), "callbacks": callbacks}
        fit(network, SoftmaxCrossEntropy(), optimizer, (x, y), **options)
        return weights(network)

    quiet = run()
    with np.errstate(all="raise"):
        assert run() == quiet


# Augmentation.


def test_augment_is_called_once_for_each_mini_batch_with_fits_generator():
    x, _ = data()
    rng, seen = np.random.default_rng(2), []

    def look(batch, given):
        assert given is rng
        seen.append(batch.copy())
        return batch

    train(small(), rng=rng, augment=look, epochs=2, validation=data())
    assert [len(batch) for batch in seen] == 2 * [8, 8, 8, 8, 8, 8, 2]
    for epoch in (seen[:STEPS], seen[STEPS:]):
        assert sorted(map(tuple, np.concatenate(epoch))) == sorted(map(tuple, x))


def test_an_augmentation_that_changes_nothing_changes_no_bit():
    plain, same = small(), small()
    histories = [train(plain), train(same, augment=lambda x, rng: x)]
    assert weights(plain) == weights(same)
    assert histories[0].loss == histories[1].loss


def test_what_augment_returns_is_what_is_learnt_from():
    moved, by_hand = small(), small()
    x, y = data()
    train(moved, augment=lambda x, rng: x + 1)
    train(by_hand, examples=(x + 1, y))
    assert weights(moved) == weights(by_hand) != weights(small())


def test_augment_may_write_into_what_it_got_and_the_callers_x_stays():
    x, y = data()
    before = x.copy()

    def zero(batch, rng):
        batch[...] = 0
        return batch

    train(small(), examples=(x, y), augment=zero)
    assert np.array_equal(x, before)


def test_validation_is_not_augmented():
    network = small()
    history = train(network, augment=lambda x, rng: 0 * x, validation=data(), epochs=1)
    x, y = data()
    assert history.validation_loss == [SoftmaxCrossEntropy().forward(network.predict(x), y)]


def test_images_are_augmented_as_the_course_does_it():
    x, y = load_digits()

    def run(change):
        network = Network([Flatten(), Dense(64, 10, rng=np.random.default_rng(0))])
        fit(
            network,
            SoftmaxCrossEntropy(),
            SGD(network.parameters(), 0.5),
            (x[:100], y[:100]),
            epochs=1,
            batch_size=10,
            rng=np.random.default_rng(0),
            augment=change,
        )
        return weights(network)

    assert run(None) == run(lambda x, rng: augment.rotate(x, 0, rng=np.random.default_rng(0)))
    assert run(None) != run(lambda x, rng: augment.translate(x, 1, rng=rng))
    assert run(lambda x, rng: augment.noise(x, 0.1, rng=rng)) == run(
        lambda x, rng: augment.noise(x, 0.1, rng=rng)
    )


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (
            lambda x, rng: x[:-1],
            ValueError,
            r"fit's augment got its result of shape \(7, 2\): expected \(8, 2\)",
        ),
        (
            lambda x, rng: x.tolist(),
            TypeError,
            "fit's augment got its result as a list: expected a NumPy array",
        ),
        (
            lambda x, rng: None,
            TypeError,
            "fit's augment got its result as None: expected a NumPy array",
        ),
        (0.1, TypeError, "fit got 0.1 as augment: expected a function of x and rng that returns x"),
        (lambda x: x, TypeError, r"lambda>\(x\) as augment: expected a function of x and rng"),
        (
            lambda x, rng: x * np.nan,
            ValueError,
            r"fit's augment got its result with nan at \[0, 0\]: expected finite numbers",
        ),
    ],
)
def test_a_wrong_augmentation_is_refused_in_words(wrong, error, words):
    network = small()
    with pytest.raises(error, match=words):
        train(network, augment=wrong)
    assert weights(network) == weights(small())


# Going on.


def test_three_and_four_epochs_are_seven_bit_for_bit():
    def run(*epochs):
        network, rng = small(), np.random.default_rng(2)
        optimizer, history, seen = Momentum(network.parameters(), 0.1), None, []
        options = {
            "batch_size": BATCH,
            "rng": rng,
            "validation": data(),
            "augment": lambda x, rng: x + rng.random(),
        }
        for last in epochs:
            callbacks = [lambda state: seen.append(state.epoch)]
            parts = network, SoftmaxCrossEntropy(), optimizer, data()
            given = history
            history = fit(*parts, epochs=last, history=given, callbacks=callbacks, **options)
            assert given is None or history is given  # it is the same one, that grows
        return weights(network), history, seen

    whole, parts = run(7), run(3, 7)
    assert parts == whole
    assert parts[2] == [1, 2, 3, 4, 5, 6, 7]
    assert len(parts[1].validation_loss) == 7
    assert parts[1].ended == "all 7 epochs are done"


def test_epochs_that_are_done_are_not_done_again():
    network, rng = small(), np.random.default_rng(2)
    history = train(network, rng=rng)
    before, losses, state = weights(network), list(history.loss), rng.bit_generator.state
    for epochs in (3, 2):
        assert (
            train(network, rng=rng, epochs=epochs, history=history, callbacks=[lambda state: 1 / 0])
            is history
        )
    assert (weights(network), history.loss) == (before, losses)
    assert rng.bit_generator.state == state
    assert not network.training


def test_an_empty_history_is_filled():
    mine = History()
    assert train(small(), history=mine) is mine
    assert len(mine.loss) == 3


def test_a_history_has_one_entry_for_each_epoch():
    with pytest.raises(ValueError, match=r"fit got a history with .*: expected one entry for each"):
        train(small(), history=History([1.0, 0.5]))
    with pytest.raises(TypeError, match="fit got a history whose loss are not all numbers"):
        train(small(), history=History(["a"], [1.0], [1.0], [1.0]))


def test_a_loss_of_numpys_numbers_becomes_a_history_of_pythons():
    class Own(SoftmaxCrossEntropy):
        def forward(self, predictions, targets):
            return np.float32(super().forward(predictions, targets))

    history = train(small(), loss=Own(), validation=data())
    assert {type(entry) for entries in columns(history) for entry in entries} == {float}


@pytest.mark.parametrize("wrong", [[1.0, 0.5], 3, History])
def test_a_history_is_what_fit_returned(wrong):
    network = small()
    with pytest.raises(
        TypeError, match=r"^fit got .* as the history: expected what an earlier fit returned"
    ):
        train(network, history=wrong)
    assert weights(network) == weights(small())


# The whole of it, on real data.


def test_digits_are_learned():
    accuracies = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        x, y = load_digits()
        training, held_out = stratified_split(x.reshape(len(x), 64), y, held_out=0.2, rng=rng)
        network = Network([Dense(64, 30, rng=rng), Sigmoid(), Dense(30, 10, rng=rng)])
        optimizer = SGD(network.parameters(), learning_rate=0.5)
        fit(network, SoftmaxCrossEntropy(), optimizer, training, epochs=30, batch_size=10, rng=rng)
        accuracies.append((network.classify(held_out[0]) == held_out[1]).mean())
    assert np.mean(accuracies) >= 0.95
    assert min(accuracies) >= 0.93


def test_a_last_mini_batch_of_one_is_told_before_the_first_step():
    rng = np.random.default_rng(0)
    network = Network([Dense(2, 4, rng=rng), BatchNorm(4), Dense(4, 2, rng=rng)])
    before = [value.value.copy() for value in network.state()]
    words = (
        "fit got 41 examples and batch_size = 8, which leaves a mini-batch of one example: Batch"
    )
    with pytest.raises(ValueError, match=words):
        train(network, examples=(X[:41], Y[:41]), batch_size=8)
    for value, old in zip(network.state(), before, strict=True):
        assert np.array_equal(value.value, old)
    train(network, examples=(X[:40], Y[:40]), batch_size=8)  # 40 of 8 leave none


@pytest.mark.parametrize(("factor", "way"), [(255, "x / 255"), (1e4, r"x\.std\(0\)")])
def test_inputs_that_are_not_scaled_are_noticed_once(factor, way):
    x = np.abs(X) / np.abs(X).max() * factor
    with pytest.warns(
        UserWarning, match=f"^fit: the inputs reach up to .* scale them.*{way}"
    ) as told:
        train(small(), examples=(x, Y), rate=1e-6)
    assert len(told) == 1


@pytest.mark.parametrize("last", [Softmax, Sigmoid])
def test_softmax_twice_is_noticed(last):
    network = Network([*small().layers, last()])
    with pytest.warns(
        UserWarning, match=f"ends in {last.__name__}, and SoftmaxCross.* twice.*leave"
    ):
        train(network)


@pytest.mark.parametrize("form", [lambda y: y, lambda y: y.astype(float)])
def test_signs_are_counted_by_their_sign(form):
    signs = form(np.where(X[:, :1] > 0, 1, -1))
    network = Network([Dense(2, 1, rng=np.random.default_rng(0)), Tanh()])
    history = train(network, loss=SquaredError(), examples=(X, signs), epochs=30)
    assert history.accuracy[-1] > 0.95


@pytest.mark.parametrize(
    ("loss", "last"), [(BinaryCrossEntropy, Sigmoid), (SigmoidCrossEntropy, None)]
)
def test_yes_and_no_are_counted_from_the_middle_of_their_loss(loss, last):
    rng = np.random.default_rng(0)
    network = Network([Dense(2, 1, rng=rng), *([last()] if last else [])])
    answers = (X[:, 0] > 0).astype(int)
    history = train(network, loss=loss(), examples=(X, answers), validation=(X, answers), epochs=30)
    z = X @ network.parameters()[0].value + network.parameters()[1].value
    assert history.validation_accuracy[-1] == ((z[:, 0] > 0) == answers).mean() > 0.9


def test_whole_numbers_to_predict_are_no_classes():
    amounts = np.arange(N)[:, None] % 7
    network = Network([Dense(2, 1, rng=np.random.default_rng(0))])
    history = train(network, loss=SquaredError(), examples=(X, amounts), rate=0.01)
    assert np.isnan(history.accuracy).all()


def test_soft_rows_are_counted_by_their_largest():
    soft = one_hot(Y, 2, smoothing=0.2)
    hard, smooth = train(small()), train(small(), examples=(X, soft))
    assert smooth.accuracy[-1] == pytest.approx(hard.accuracy[-1], abs=0.1)
    assert smooth.loss[-1] > hard.loss[-1]


def test_predicting_between_forward_and_backward_changes_no_gradient():
    rng = np.random.default_rng(0)
    network = Network(
        [
            Dense(2, 6, rng=rng),
            BatchNorm(6),
            Residual([Dense(6, 6, rng=rng), Tanh()]),
            Dropout(0.5, rng=rng),
            Dense(6, 2, rng=rng),
        ]
    )
    loss, state = SoftmaxCrossEntropy(), rng.bit_generator.state

    def gradients(look):
        rng.bit_generator.state = state
        for parameter in network.parameters():
            parameter.zero_grad()
        loss.forward(network.forward(X), Y)
        look()
        network.backward(loss.backward())
        return [parameter.grad for parameter in network.parameters()]

    alone = gradients(lambda: None)
    looked = gradients(lambda: network.classify(X[::-1].copy()))
    for one, other in zip(alone, looked, strict=True):
        assert np.array_equal(one, other)


def test_validation_that_is_not_scaled_is_noticed():
    scaled = np.abs(X) / np.abs(X).max()
    with pytest.warns(UserWarning, match="^fit: in the validation data the inputs reach up to 255"):
        train(small(), examples=(scaled, Y), validation=(255 * scaled, Y))
