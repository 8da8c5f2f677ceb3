"""The playground's runs: the same settings and epoch give the same network, whatever was looked at before."""

import threading

import numpy as np
import pytest

from nnlib.chapters.training_deeper.experiments.playground import (
    BATCHES,
    DATA,
    FEATURES,
    PENALTIES,
    RATES,
    Run,
    Settings,
)

USUAL = Settings("two moons", 0.15, "x₁, x₂", (4, 4), "tanh", 0.3, 10, "none")


def values(network):
    return np.concatenate([parameter.value.ravel() for parameter in network.parameters()])


def test_a_moment_does_not_depend_on_the_way_to_it():
    wandering, straight = Run(USUAL), Run(USUAL)
    for epoch in (3, 0, 7, 2):
        wandering.at(epoch)
    straight.at(7)
    for epoch in (0, 2, 7):
        assert np.array_equal(values(wandering.at(epoch)), values(straight.at(epoch)))
    assert not np.array_equal(values(straight.at(2)), values(straight.at(7)))
    assert len(straight.losses) == len(straight.new_losses) == len(straight.moments) == 8


@pytest.mark.parametrize(
    "change", [{"learning_rate": 0.1}, {"batch_size": 20}, {"penalty": "L2, λ = 0.01"}]
)
def test_what_belongs_to_training_alone_starts_from_the_same_points_and_weights(change):
    usual, changed = Run(USUAL), Run(USUAL._replace(**change))
    assert np.array_equal(usual.x, changed.x)
    assert np.array_equal(values(usual.at(0)), values(changed.at(0)))
    assert not np.array_equal(values(usual.at(1)), values(changed.at(1)))


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_all_points_lie_in_the_picture_and_no_point_is_both_old_and_new(data, noise):
    run = Run(USUAL._replace(data=data, noise=noise))
    points = np.vstack([run.x, run.x_new])
    assert np.abs(points).max() <= 1 + 1e-12
    assert len(np.unique(points, axis=0)) == len(points)
    assert set(run.y) == set(run.y_new) == {0, 1}


@pytest.mark.parametrize("activation", ["tanh", "ReLU", "sigmoid"])
@pytest.mark.parametrize("features", FEATURES)
def test_the_wildest_settings_stay_finite_and_say_nothing(activation, features):
    for penalty in PENALTIES:
        run = Run(
            Settings(
                "two clouds", 0.5, features, (8, 8, 8), activation, RATES[-1], BATCHES[0], penalty
            )
        )
        network = run.at(20)
        assert np.isfinite(values(network)).all()
        assert np.isfinite(run.losses).all()


def test_two_threads_train_no_epoch_twice():
    together, alone = Run(USUAL), Run(USUAL)
    threads = [threading.Thread(target=together.at, args=[12]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together.moments) == 13
    assert np.array_equal(values(together.at(12)), values(alone.at(12)))
