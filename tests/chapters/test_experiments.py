"""What several chapters measure."""

import numpy as np
import pytest

from nnlib.chapters.backpropagation.experiments import RATES, right_with
from nnlib.chapters.kit.digits import cut_digits
from nnlib.chapters.kit.exercise import NotYet
from nnlib.chapters.kit.experiments import percent_right_after
from nnlib.chapters.nand_and_xor.experiments import train_many_on_xor, train_on_xor
from nnlib.chapters.start import command
from nnlib.layers import Dense
from nnlib.network import Network
from nnlib.training import History


def straight():
    return Network([Dense(64, 10, rng=np.random.default_rng(0))])


def percent_right(network, learning_rate, epochs):
    train, new = cut_digits(0.2, rng=np.random.default_rng(4))
    options = {"learning_rate": learning_rate, "batch_size": 10, "epochs": epochs}
    return percent_right_after(network, train, new, **options)


def test_percent_right_after_trains_and_counts_the_test_digits():
    early, late = (percent_right(straight(), 0.1, epochs) for epochs in (1, 3))
    assert 80 < early < late < 98


def test_a_cost_that_runs_away_is_an_answer_to_the_learner():
    deep = Network([*straight().layers, Dense(10, 10, rng=np.random.default_rng(0))])
    with pytest.raises(NotYet, match="with η = 999 the cost ran away"):
        percent_right(deep, 999, 3)


@pytest.mark.parametrize("width", [2, 4, 8])
def test_many_networks_learn_xor_at_once_as_they_would_alone(width):
    together = train_many_on_xor(width, starts=5)
    for seed in (0, 3, 4):
        alone = train_on_xor(width, seed)[-1]
        pairs = zip(together[seed].parameters(), alone.parameters(), strict=True)
        assert all(np.allclose(mine.value, other.value, atol=1e-9) for mine, other in pairs)


@pytest.mark.slow
def test_a_hidden_layer_reads_more_of_mnist_whatever_the_seed():
    none, thirty, hundred = (
        np.array([right_with(hidden, seed) for seed in range(5)]) for hidden in RATES
    )
    assert 0.911 < none.mean() < 0.915
    assert 0.937 < thirty.mean() < 0.944
    assert 0.958 < hundred.mean() < 0.965
    assert none.max() < thirty.min() < thirty.max() < hundred.min()


def test_a_run_from_the_command_line_that_was_interrupted_does_not_count(monkeypatch, capsys):
    def interrupted(seed, callbacks):
        whole = [0.5] * (command.EPOCHS if seed == 0 else 3)
        ended = "you interrupted training in epoch 4"
        return History(whole, whole, whole, whole, ended)

    monkeypatch.setattr(command, "train_digits", interrupted)
    assert command.main(["--seeds", "3"]) == 130
    said = capsys.readouterr()
    assert "seed 0: test accuracy 50.00%" in said.out
    assert "seed 1: you interrupted training in epoch 4; it does not count" in said.err
    assert "mean" not in said.out


def test_digits_move_down_and_to_the_right_and_nothing_comes_in():
    from nnlib.chapters.convolutional_networks.experiments import move_digits

    x = np.zeros((2, 28, 28, 1), np.float32)
    x[:, 5, 6], x[:, 27, 0] = 1, 1
    moved = move_digits(x, np.array([[2, -1], [-4, 4]]))
    assert moved.shape == x.shape
    assert moved.dtype == np.float32
    assert np.argwhere(moved[0, :, :, 0]).tolist() == [[7, 5]]  # the other one has left the picture
    assert np.argwhere(moved[1, :, :, 0]).tolist() == [[1, 10], [23, 4]]


def test_moved_digits_are_those_in_place_with_as_many_of_each():
    from nnlib.chapters.convolutional_networks.experiments import mnist_digits

    sizes = {"training": 3000, "validation": 1000, "test": 2000}
    for name, size in sizes.items():
        (x, y), (x_moved, y_moved) = (
            getattr(mnist_digits(moved=moved), name) for moved in (False, True)
        )
        assert len(x) == len(x_moved) == size
        assert np.bincount(y).tolist() == [size // 10] * 10
        assert np.array_equal(y, y_moved)
        assert not np.array_equal(x, x_moved)
