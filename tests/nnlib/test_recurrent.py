"""Recurrent layers: by hand, against the unrolled graph, for tokens, for lengths that differ, and in pieces."""

import re

import numpy as np
import pytest

from nnlib import numerics
from nnlib.autodiff import Variable
from nnlib.gradcheck import check_gradients
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy, SquaredError
from nnlib.network import Network
from nnlib.optimizers import Adam
from nnlib.parameter import Parameter
from nnlib.recurrent import GRU, RNN, gru, gru_grad, rnn, rnn_grad
from nnlib.steps import EachStep, PerStep
from nnlib.training import fit, train_step

both = pytest.mark.parametrize("kind", [RNN, GRU])
close = {"rel": 1e-10, "abs": 1e-10}


def filled(layer, rng):
    """The layer, with random values in all its parameters."""
    for parameter in layer.parameters():
        parameter.value = rng.standard_normal(parameter.value.shape)
    return layer


def gradients(layer):
    return [parameter.grad for parameter in layer.parameters()]


# By hand.


def test_two_steps_by_hand(rng):
    layer = RNN(1, 1, rng=rng)
    layer.W_x.value[...], layer.W_h.value[...], layer.b.value[...] = 2.0, 0.5, 0.1
    # z_1 = 2 · 1 + 0.1 = 2.1, h_1 = tanh 2.1; z_2 = 2 · (−1) + 0.5 h_1 + 0.1
    first = np.tanh(2.1)
    second = np.tanh(-1.9 + 0.5 * first)
    h = layer.forward(np.array([[[1.0], [-1.0]]]))
    assert h[0, :, 0].tolist() == pytest.approx([first, second])
    # only the second state counts: dW_h = (1 − h_2²) h_1 + what comes back through h_1, whose before is 0
    layer.backward(np.array([[[0.0], [1.0]]]))
    dz_2 = 1 - second**2
    dz_1 = dz_2 * 0.5 * (1 - first**2)
    assert layer.W_h.grad[0, 0] == pytest.approx(dz_2 * first)
    assert layer.W_x.grad[0, 0] == pytest.approx(dz_1 - dz_2)
    assert layer.b.grad[0] == pytest.approx(dz_1 + dz_2)


def test_a_gate_that_is_shut_keeps_the_state_and_the_slope(rng):
    layer = filled(GRU(2, 3, rng=rng), rng)
    layer.b.value[3:6] = 1000.0  # u = 1: all is kept
    layer.start = rng.standard_normal((4, 3))
    x = rng.standard_normal((4, 50, 2))
    assert np.array_equal(layer.forward(x)[:, -1], layer.start)
    dy = np.zeros((4, 50, 3))
    dy[:, -1] = 1
    layer.backward(dy)
    assert np.array_equal(layer.d_start, np.ones((4, 3)))
    layer.b.value[
        3:6
    ] = -1000.0  # u = 0: nothing is, and with r = 0 the candidate sees the input alone
    layer.b.value[:3] = -1000.0
    z_c = x @ layer.W_x.value[:, 6:] + layer.b.value[6:]
    assert layer.forward(x) == pytest.approx(np.tanh(z_c))


# The unrolled graph.


def sigmoid(v):
    return 1 / (1 + (-v).exp())


def unrolled(kind, x, start, values, hidden):
    """All states as a list of Variables: the formulas once more, with no word about slopes."""
    W_x, W_h, b, *rest = values
    h, states = start, []
    for t in range(x.shape[1]):
        z, loop = x[:, t] @ W_x + b, h @ W_h
        if kind is RNN:
            h = (z + loop).tanh()
        else:
            r, u, c = (np.s_[:, hidden * k : hidden * (k + 1)] for k in range(3))
            kept = sigmoid(z[u] + loop[u])
            candidate = (z[c] + sigmoid(z[r] + loop[r]) * (loop[c] + rest[0])).tanh()
            h = kept * h + (1 - kept) * candidate
        states.append(h)
    return states


@both
def test_slopes_are_those_of_the_unrolled_graph(kind, rng):
    layer = filled(kind(3, 4, rng=rng), rng)
    layer.start = rng.standard_normal((2, 4))
    x, dy = rng.standard_normal((2, 5, 3)), rng.standard_normal((2, 5, 4))
    their_x, start = Variable(x), Variable(layer.start)
    values = [Variable(parameter.value) for parameter in layer.parameters()]
    states = unrolled(kind, their_x, start, values, 4)
    total = sum((state * dy[:, t]).sum() for t, state in enumerate(states))
    total.backward()
    h = layer.forward(x)
    assert h == pytest.approx(np.stack([state.value for state in states], axis=1), **close)
    assert layer.backward(dy) == pytest.approx(their_x.grad, **close)
    assert layer.d_start == pytest.approx(start.grad, **close)
    for ours, theirs in zip(gradients(layer), values, strict=True):
        assert ours == pytest.approx(theirs.grad, **close)


# Tokens.


@both
@pytest.mark.parametrize("last", [False, True])
def test_tokens_are_one_hot_rows_without_the_zeros(kind, last, rng):
    layer = filled(kind(7, 4, rng=rng, last=last, padding=-1), rng)
    tokens = rng.integers(-1, 7, (5, 6))
    tokens[0], tokens[1] = -1, 3  # nothing at all; and one token again and again
    rows = np.where(
        tokens[..., None] < 0, -1, numerics.one_hot(tokens.clip(0).ravel(), 7).reshape(5, 6, 7)
    )
    h = layer.forward(rows)
    dy = rng.standard_normal(h.shape)
    layer.backward(dy)
    expected = gradients(layer)
    for parameter in layer.parameters():
        parameter.zero_grad()
    assert layer.forward(tokens) == pytest.approx(h, rel=1e-12, abs=1e-14)
    dx = layer.backward(dy)
    assert dx.shape == tokens.shape
    assert not dx.any()
    for ours, theirs in zip(gradients(layer), expected, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-14)


@both
def test_wrong_tokens_are_refused_in_words(kind, rng):
    layer = kind(7, 4, rng=rng)
    with pytest.raises(
        ValueError, match=r"got the token 7: expected tokens from 0 to 6, or padding"
    ):
        layer.forward(np.array([[0, 7]]))
    layer = kind(7, 4, rng=rng, padding=-1)
    with pytest.raises(ValueError, match=r"got the token -2: expected tokens from 0 to 6$"):
        layer.forward(np.array([[0, -1, -2]]))
    with pytest.raises(ValueError, match=r"as x\.astype\(int\) makes"):
        layer.forward(np.array([[0.0, 1.0]]))
    with pytest.raises(ValueError, match=r"one sequence alone is x\[None\]"):
        layer.forward(np.zeros((5, 7)))
    with pytest.raises(ValueError, match=r"needs its own axis, as x\[\.\.\., None\] gives"):
        kind(1, 4, rng=rng).forward(np.zeros((5, 6)))


# Lengths that differ.


@both
def test_a_padded_sequence_is_the_short_one(kind, rng):
    layer = filled(kind(3, 4, rng=rng, padding=-9), rng)
    x = rng.standard_normal((3, 6, 3))
    x[1, 4:] = x[2, :2] = -9  # at the end, and at the start
    h = layer.forward(x)
    assert not h[1, 4:].any()
    assert not h[2, :2].any()
    short, late = layer.forward(x[1:2, :4]), layer.forward(x[2:, 2:])
    assert h[1:2, :4] == pytest.approx(short, **close)
    assert h[2:, 2:] == pytest.approx(late, **close)
    layer.last = True
    assert layer.forward(x)[1:2] == pytest.approx(short[:, -1], **close)


@both
@pytest.mark.parametrize("last", [False, True])
def test_slopes_with_padding_agree_with_nudging(kind, last, rng):
    layer = filled(kind(2, 3, rng=rng, last=last, padding=-9), rng)
    x = Parameter(rng.standard_normal((4, 5, 2)), "x")
    gaps = rng.random((4, 5)) < 0.4
    dy = rng.standard_normal((4, 3) if last else (4, 5, 3))
    start = Parameter(rng.standard_normal((4, 3)), "start")

    def f() -> float:
        for parameter in layer.parameters():
            parameter.zero_grad()
        layer.start = start.value
        y = layer.forward(np.where(gaps[..., None], -9, x.value))
        x.grad = layer.backward(dy)
        start.grad = layer.d_start
        return float((y * dy).sum())

    report = check_gradients(f, [x, start, *layer.parameters()], rng=rng, every_element=True)
    assert report.worst <= 1e-7, report
    assert not x.grad[gaps].any()


# In pieces.


@both
def test_a_text_read_in_pieces_gives_the_same_states(kind, rng):
    layer = filled(kind(3, 4, rng=rng), rng)
    x = rng.standard_normal((2, 9, 3))
    whole = layer.forward(x)
    pieces = []
    for start in (0, 3, 6):
        pieces.append(layer.forward(x[:, start : start + 3]))
        layer.start = layer.end
    assert np.concatenate(pieces, axis=1) == pytest.approx(whole, **close)


@both
def test_slopes_end_where_the_piece_begins(kind, rng):
    layer = filled(kind(3, 4, rng=rng), rng)
    x, dy = rng.standard_normal((2, 6, 3)), np.zeros((2, 3, 4))
    dy[:, -1] = 1
    layer.forward(x[:, :3])
    layer.start = before = layer.end
    layer.forward(x[:, 3:])
    layer.backward(dy)
    cut = [gradient.copy() for gradient in gradients(layer)]
    for parameter in layer.parameters():
        parameter.zero_grad()
    layer.start = before + 0  # the same numbers, wherever they are from
    layer.forward(x[:, 3:])
    layer.backward(dy)
    assert [a.tolist() for a in cut] == [a.tolist() for a in gradients(layer)]
    assert layer.d_start.any()  # what a step further back would have had


@both
def test_a_start_that_does_not_fit_is_refused_in_words(kind, rng):
    layer = kind(3, 4, rng=rng)
    layer.start = np.zeros((2, 4))
    words = (
        f"{layer} got start of shape (2, 4) for 5 sequences: expected (5, 4), or layer.start = None"
    )
    with pytest.raises(ValueError, match=re.escape(words)):
        layer.forward(np.zeros((5, 6, 3)))
    layer.start = [0.0]
    with pytest.raises(TypeError, match="got start as a list: expected a NumPy array"):
        layer.forward(np.zeros((5, 6, 3)))


def test_predicting_leaves_the_end_of_training_alone(rng):
    network = Network([GRU(5, 4, rng=rng)])
    network.forward(np.array([[0, 1, 2]]))
    end = network.layers[0].end
    network.predict(np.array([[3, 3, 3], [4, 4, 4]]))
    assert np.array_equal(network.layers[0].end, end)


# The functions alone.


def test_functions_refuse_what_does_not_fit(rng):
    z_x, start, W_h, counts = np.ones((2, 5, 3)), np.ones((2, 3)), np.eye(3), np.ones((2, 5), bool)
    h = rnn(z_x, start, W_h, counts)
    with pytest.raises(ValueError, match=r"rnn got z_x of shape \(2, 5, 4\): expected \(2, 5, 3\)"):
        rnn(np.ones((2, 5, 4)), start, W_h, counts)
    with pytest.raises(ValueError, match=r"rnn got W_h of shape \(3, 4\): expected \(3, 3\)"):
        rnn(z_x, start, np.ones((3, 4)), counts)
    with pytest.raises(
        ValueError, match=r"rnn_grad got dh of shape \(2, 3\): expected \(2, 5, 3\)"
    ):
        rnn_grad(start, h, start, W_h, counts)
    with pytest.raises(ValueError, match=r"gru got W_h of shape \(3, 3\): expected \(3, 9\)"):
        gru(z_x, start, W_h, np.zeros(3), counts)
    with pytest.raises(ValueError, match=r"gru_grad got gates of shape .* expected \(4, 2, 5, 3\)"):
        gru_grad(h, h, h, start, np.ones((3, 9)), counts)


# Built and saved.


def test_wrong_arguments_are_refused_by_name(rng):
    with pytest.raises(ValueError, match="RNN got n_hidden = 0: expected 1 or more"):
        RNN(3, 0, rng=rng)
    with pytest.raises(TypeError, match="GRU got padding = a str: expected a number"):
        GRU(3, 2, rng=rng, padding="0")
    with pytest.raises(TypeError, match="got rng as None: expected a generator"):
        GRU(3, 2, rng=None)
    with pytest.raises(TypeError, match="GRU got last = a str: expected True or False"):
        GRU(3, 2, rng=rng, last="yes")


@both
def test_each_block_of_the_loop_starts_orthogonal(kind, rng):
    layer = kind(3, 6, rng=rng)
    for block in np.split(layer.W_h.value, layer.gates, axis=1):
        assert block.T @ block == pytest.approx(np.eye(6), abs=1e-12)


@both
def test_all_arguments_are_saved(kind, rng, tmp_path):
    layer = filled(kind(5, 4, rng=rng, last=True, padding=-1), rng)
    network = Network([layer, Dense(4, 2, rng=rng)])
    loaded = Network.load(network.save(tmp_path / "a"))
    tokens = rng.integers(-1, 5, (3, 7))
    assert np.array_equal(loaded.predict(tokens), network.predict(tokens))
    assert loaded.layers[0].config() == {"n_in": 5, "n_hidden": 4, "last": True, "padding": -1.0}


# Each step by itself.


def test_each_step_is_the_layers_applied_to_each_step(rng):
    dense = Dense(3, 2, rng=rng)
    layer, x = EachStep([dense]), rng.standard_normal((4, 5, 3))
    assert layer.forward(x) == pytest.approx(
        np.stack([x[:, t] @ dense.W.value for t in range(5)], 1)
    )


def test_a_loss_at_each_step_is_the_mean_over_the_steps_with_a_target(rng):
    logits, labels = rng.standard_normal((3, 4, 5)), rng.integers(0, 5, (3, 4))
    labels[0, 2:] = labels[2, 0] = -1
    loss, plain = PerStep(SoftmaxCrossEntropy()), SoftmaxCrossEntropy()
    there = labels >= 0
    assert loss.forward(logits, labels) == plain.forward(logits[there], labels[there])
    d = loss.backward()
    assert np.array_equal(d[there], plain.backward())
    assert not d[~there].any()
    targets = rng.standard_normal((3, 4, 5))
    numbers = PerStep(SquaredError())
    assert numbers.forward(logits, targets) == pytest.approx(((logits - targets) ** 2).sum() / 24)
    assert numbers.backward() == pytest.approx((logits - targets) / 12)


def test_a_loss_at_each_step_refuses_in_words():
    loss = PerStep(SoftmaxCrossEntropy())
    with pytest.raises(ValueError, match=r"expected labels of shape \(3, 4\), or \(3, 4, 5\)"):
        loss.forward(np.zeros((3, 4, 5)), np.zeros(3, int))
    with pytest.raises(ValueError, match=r"got no target but -1: expected one at least"):
        loss.forward(np.zeros((3, 4, 5)), np.full((3, 4), -1))
    with pytest.raises(ValueError, match=r"got predictions of shape \(3, 5\): expected \(n, time"):
        loss.forward(np.zeros((3, 5)), np.zeros((3, 4), int))
    with pytest.raises(TypeError, match=r"PerStep got an int: expected a loss|PerStep got 3"):
        PerStep(3)


@both
def test_fit_learns_to_repeat_what_was_two_steps_ago(kind, rng):
    x = rng.integers(0, 3, (400, 8))
    y = np.full_like(x, -1)
    y[:, 2:] = x[:, :-2]
    network = Network([kind(3, 16, rng=rng), EachStep([Dense(16, 3, rng=rng)])])
    loss = PerStep(SoftmaxCrossEntropy())
    history = fit(
        *(network, loss, Adam(network.parameters(), learning_rate=0.02), (x, y)),
        validation=(x[:50], y[:50]),
        epochs=15,
        clip=5.0,
        rng=rng,
    )
    assert history.loss[0] > 0.5
    assert history.validation_loss[-1] < 0.1
    assert np.isnan(history.accuracy[-1])


def test_train_step_goes_on_from_piece_to_piece(rng):
    network = Network([GRU(4, 8, rng=rng), EachStep([Dense(8, 4, rng=rng)])]).astype(np.float32)
    optimizer, loss = Adam(network.parameters(), learning_rate=0.01), PerStep(SoftmaxCrossEntropy())
    tokens = rng.integers(0, 4, (5, 31))
    for start in (0, 10, 20):
        piece = tokens[:, start : start + 11]
        cost, predictions = train_step(
            network, loss, optimizer, piece[:, :-1], piece[:, 1:], clip=1.0
        )
        network.layers[0].start = network.layers[0].end
    assert np.isfinite(cost)
    assert predictions.dtype == np.float32
    assert network.layers[0].start.dtype == np.float32
