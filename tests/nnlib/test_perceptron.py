"""The perceptron: its rule worked by hand, the gates it can learn and the one it cannot."""

import re

import numpy as np
import pytest

from nnlib.datasets import blobs, truth_table
from nnlib.perceptron import Perceptron

GATES = {
    "nand": [1, 1, 1, 0],
    "and": [0, 0, 0, 1],
    "or": [0, 1, 1, 1],
    "never": [0, 0, 0, 0],
    "always": [1, 1, 1, 1],
}


def test_first_pass_over_nand_by_hand():
    # start w = (0, 0), b = 0
    # (0,0) → 1: z = 0, answer 0, mistake: w = (0, 0), b = 1
    # (0,1) → 1: z = 1, right;  (1,0) → 1: z = 1, right
    # (1,1) → 0: z = 1, answer 1, mistake: w = (−1, −1), b = 0
    neuron = Perceptron(2).fit(*truth_table([1, 1, 1, 0]), epochs=1)
    assert neuron.w.tolist() == [-1, -1]
    assert neuron.b == 0
    assert neuron.mistakes == [2]
    assert not neuron.converged


def test_learning_rate_scales_each_step():
    neuron = Perceptron(2).fit(*truth_table([1, 1, 1, 0]), epochs=1, learning_rate=0.5)
    assert neuron.w.tolist() == [-0.5, -0.5]
    assert neuron.b == 0


def test_one_example_by_hand():
    neuron = Perceptron(2)
    assert neuron.learn(np.array([2.0, 3.0]), 1) is True  # z = 0 is no yes
    assert (neuron.w.tolist(), neuron.b) == ([2.0, 3.0], 1.0)
    assert neuron.learn(np.array([1.0, 0.0]), 1) is False  # z = 3
    assert (neuron.w.tolist(), neuron.b) == ([2.0, 3.0], 1.0)


def test_learning_rate_scales_weights_and_bias_of_one_example():
    neuron = Perceptron(2)
    neuron.learn(np.array([2.0, 3.0]), 1, learning_rate=0.5)
    assert (neuron.w.tolist(), neuron.b) == ([1.0, 1.5], 0.5)


@pytest.mark.parametrize("outputs", GATES.values(), ids=GATES)
def test_gates_are_learned(outputs):
    x, y = truth_table(outputs)
    neuron = Perceptron(2).fit(x, y)
    assert neuron.predict(x).tolist() == outputs
    assert neuron.converged
    assert neuron.mistakes[-1] == 0


def test_xor_is_not():
    x, y = truth_table([0, 1, 1, 0])
    neuron = Perceptron(2).fit(x, y, epochs=200)
    assert not neuron.converged
    assert len(neuron.mistakes) == 200
    assert (neuron.predict(x) == y).mean() <= 0.75


def test_on_the_line_the_answer_is_no():
    assert Perceptron(2).predict(np.array([[0.0, 0.0], [5.0, -3.0]])).tolist() == [0, 0]


def test_labels_of_minus_and_plus_one_are_answered_in_kind():
    x, y = truth_table([0, 1, 1, 1])
    plain, signed = Perceptron(2).fit(x, y), Perceptron(2).fit(x, 2 * y - 1)
    assert signed.predict(x).tolist() == [-1, 1, 1, 1]
    assert np.array_equal(plain.w, signed.w)
    assert plain.b == signed.b


def test_scores_are_the_votes():
    neuron = Perceptron(2)
    neuron.w, neuron.b = np.array([2.0, -1.0]), 0.5
    assert neuron.scores(np.array([[1.0, 1.0], [0.0, 3.0]])).tolist() == [1.5, -2.5]


def test_mistakes_stay_below_novikoffs_bound(rng):
    x, y = blobs(200, rng=rng, distance=8)
    neuron = Perceptron(2).fit(x, y, epochs=1000)
    assert neuron.converged
    signs, rows = 2 * y - 1, np.column_stack([x, np.ones(len(x))])  # the bias as one more weight
    direction = np.array([1.0, 1.0, 0.0]) / np.sqrt(2)
    margin = (signs * (rows @ direction)).min()
    assert margin > 0
    assert sum(neuron.mistakes) <= (np.linalg.norm(rows, axis=1).max() / margin) ** 2


def test_order_is_as_given_or_drawn_from_rng(rng):
    x, y = blobs(50, rng=rng, distance=1)
    given = Perceptron(2).fit(x, y, epochs=3)
    drawn, again = (
        Perceptron(2).fit(x, y, epochs=3, rng=np.random.default_rng(1)) for _ in range(2)
    )
    assert np.array_equal(drawn.w, again.w)
    assert not np.array_equal(given.w, drawn.w)


def test_fit_goes_on_from_where_it_was(rng):
    x, y = blobs(50, rng=rng, distance=1)
    once = Perceptron(2).fit(x, y, epochs=4)
    twice = Perceptron(2).fit(x, y, epochs=2).fit(x, y, epochs=2)
    assert np.array_equal(once.w, twice.w)
    assert once.b == twice.b


def test_data_is_not_changed(rng):
    x, y = blobs(20, rng=rng)
    before = x.copy(), y.copy()
    Perceptron(2).fit(x, y).predict(x)
    assert np.array_equal(x, before[0])
    assert np.array_equal(y, before[1])


X, Y = truth_table([1, 1, 1, 0])


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda p: p.fit(X[:, :1], Y), ValueError, r"x of shape \(4, 1\): expected \(n, 2\)"),
        (lambda p: p.fit(X.tolist(), Y), TypeError, "x as a list: expected a NumPy array"),
        (lambda p: p.fit(X, Y[:3]), ValueError, "x with 4 rows and labels with 3 rows"),
        (lambda p: p.fit(X, Y + 1), ValueError, r"labels \[1, 2\]: expected 0 and 1"),
        (lambda p: p.fit(X, Y[:, None]), ValueError, r"labels of shape \(4, 1\): expected \(n,\)"),
        (lambda p: p.fit(X, Y, epochs=0), ValueError, "epochs = 0: expected 1 or more"),
        (
            lambda p: p.fit(X, Y, learning_rate=-1),
            ValueError,
            "learning_rate = -1: expected a number above 0",
        ),
        (lambda p: p.fit(X, Y, rng=3), TypeError, "rng as 3: expected a generator"),
        (lambda p: p.fit(X * np.nan, Y), ValueError, r"x with nan at \[0, 0\]"),
        (
            lambda p: p.predict(X[0]),
            ValueError,
            r"x of shape \(2,\): expected \(n, 2\); one example alone",
        ),
        (lambda p: p.predict(X[:0]), ValueError, "empty batch"),
        (lambda p: p.predict(X + np.inf), ValueError, "x with inf"),
    ],
)
def test_wrong_use_names_the_perceptron(wrong, error, words):
    with pytest.raises(error, match=rf"^Perceptron\(2 → 1\) got .*{words}"):
        wrong(Perceptron(2))


@pytest.mark.parametrize(("n_in", "error"), [(0, ValueError), (2.0, TypeError), ("2", TypeError)])
def test_wrong_size(n_in, error):
    with pytest.raises(error, match="Perceptron got n_in = "):
        Perceptron(n_in)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([0.0, 1.0], 1), TypeError, "x as a list: expected a NumPy array"),
        ((np.ones(3), 1), ValueError, "x of shape (3,): expected (2,)"),
        ((np.ones((4, 2)), 1), ValueError, "x of shape (4, 2): expected (2,)"),
        ((np.array([np.nan, 1]), 1), ValueError, "x with nan at [0]: expected finite numbers only"),
        ((np.ones(2), 0), ValueError, "sign = 0: expected -1 or 1, as 2 * label - 1 of a label"),
        ((np.ones(2), "yes"), ValueError, "sign = 'yes': expected -1 or 1"),
        ((np.ones(2), np.ones(2)), ValueError, "sign = array([1., 1.]): expected -1 or 1"),
        ((np.ones(2), 1, -0.5), ValueError, "learning_rate = -0.5: expected a number above 0"),
    ],
)
def test_one_example_and_its_class(arguments, error, words):
    neuron = Perceptron(2)
    with pytest.raises(error, match=re.escape(f"Perceptron(2 → 1) got {words}")):
        neuron.learn(*arguments)
    assert not neuron.w.any()


@pytest.mark.parametrize(
    ("w", "b", "words"),
    [
        (np.ones(3), 0.0, "w of shape (3,) and b of shape (): expected (2,) and a single number"),
        (np.ones((2, 1)), 0.0, "w of shape (2, 1) and b of shape (): expected (2,)"),
        (np.ones(2), np.ones(4), "w of shape (2,) and b of shape (4,): expected (2,)"),
    ],
)
def test_weights_set_by_hand_have_to_fit(w, b, words):
    neuron = Perceptron(2)
    neuron.w, neuron.b = w, b
    with pytest.raises(ValueError, match=re.escape(f"Perceptron(2 → 1) got {words}")):
        neuron.predict(np.ones((4, 2)))


def test_whole_numbers_do_not_run_over():
    neuron = Perceptron(2)
    neuron.learn(np.array([200, 100], np.uint8), -1, 1)
    neuron.learn(np.array([200, 100], np.uint8), 1, 2)
    # nothing at first, as z = 0 is no yes; then 0 + 2 · (200, 100)
    assert neuron.w.tolist() == [400, 200]
