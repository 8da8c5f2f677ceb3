"""What chapter 08 walks and trains is what it says: tuned rates, the turned ravine, steps, noise, and curvatures."""

import numpy as np
import pytest

from nnlib.chapters.kit.walks import costs_along, optimizer_walk
from nnlib.chapters.optimizers.experiments.curvatures import (
    kind_of_place,
    make_newton,
    second_order_cost,
)
from nnlib.chapters.optimizers.experiments.learning import digit_parts, updates_made
from nnlib.chapters.optimizers.experiments.noise import mean_noisy_cost
from nnlib.chapters.optimizers.experiments.race import (
    STARTS,
    SURFACES,
    TUNED_RATES,
    there_from,
    tune_rate,
)
from nnlib.chapters.optimizers.experiments.rules import OPTIMIZERS
from nnlib.chapters.optimizers.experiments.streams import weight_changes
from nnlib.chapters.optimizers.panels._layout import pushed_apart
from nnlib.datasets import load_digits
from nnlib.gradcheck import check_gradients
from nnlib.landscapes import LANDSCAPES
from nnlib.optimizers import SGD, Momentum
from nnlib.parameter import Parameter


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ravine, turned", "Beale"])
def test_the_rates_of_the_race_are_those_that_tuning_finds(name):
    assert [tune_rate(name, rule) for rule in OPTIMIZERS] == pytest.approx(TUNED_RATES[name])


def test_every_landscape_has_a_rate_for_every_rule():
    assert {name: len(rates) for name, rates in TUNED_RATES.items()} == dict.fromkeys(
        SURFACES, len(OPTIMIZERS)
    )


def test_the_turned_ravine_has_its_own_gradient_and_hessian():
    surface = SURFACES["ravine, turned"]
    place = Parameter(np.array([0.7, -1.1]), "v")

    def forward_and_backward():
        place.grad = surface.gradient(place.value)
        return float(surface.value(place.value))

    assert check_gradients(forward_and_backward, [place], rng=np.random.default_rng(0)).passed
    # of a quadratic cost the Hessian's columns are gradients: H v = ∇C(v)
    assert surface.hessian(place.value) @ place.value == pytest.approx(
        surface.gradient(place.value)
    )
    assert np.linalg.eigvalsh(surface.hessian(place.value)) == pytest.approx(np.array([1, 20]))


def test_both_ravines_start_from_the_same_place():
    turned, straight = SURFACES["ravine, turned"], SURFACES["ravine"]
    assert turned.turn @ np.array(STARTS["ravine, turned"]) == pytest.approx(
        np.array(straight.start), abs=1e-3
    )


def test_a_walk_is_the_formula():
    bowl = LANDSCAPES["bowl"]
    path = optimizer_walk(bowl, lambda w: SGD(w, 0.5), steps=3, start=(8.0, -4.0))
    # each step halves the distance: 8, 4, 2, 1
    assert path.tolist() == [[8, -4], [4, -2], [2, -1], [1, -0.5]]


def test_a_walk_that_runs_away_ends_and_has_no_cost():
    bowl = LANDSCAPES["bowl"]
    path = optimizer_walk(bowl, lambda w: SGD(w, 5.0), steps=50)
    assert np.isfinite(path).all()
    assert np.isnan(costs_along(bowl, path)[-1])


def test_weight_changes_are_differences_of_places():
    # v = −1, −1.5, −1.75 for a slope of 1 and a half kept
    assert weight_changes(lambda w: Momentum(w, 1.0, 0.5), np.ones(3)).tolist() == [-1, -1.5, -1.75]


def test_without_noise_all_walkers_are_one():
    # plain descent with η = 0.1: (0.9² · 4 + 0) / 2 after the first step from (2, 2), as 1 − 0.1 · 10 = 0
    assert mean_noisy_cost("plain", "constant", 1.0, 0.0)[:2] == pytest.approx(np.array([22, 1.62]))


def test_the_second_order_cost_of_a_bowl_is_the_bowl():
    bowl = LANDSCAPES["bowl"]
    at = np.random.default_rng(0).uniform(-2, 2, (5, 2))
    assert second_order_cost(bowl, np.array([0.3, 1.0]), at) == pytest.approx(bowl.value(at))


def test_places_are_named_by_their_curvatures():
    two = LANDSCAPES["two valleys"]
    valley, saddle = (
        optimizer_walk(two, lambda w: make_newton(two, w), steps=20, start=s)[-1]
        for s in ((-2, 1), (0, 1))
    )
    assert kind_of_place(two, valley) == "is in a valley"
    assert kind_of_place(two, saddle) == "is on a saddle"
    assert kind_of_place(two, np.array([1.8, 1.0])) == "is on a slope"


def test_updates_are_counted_as_fit_makes_them():
    # 1,079 training digits: 108 batches of 10, the last with 9
    assert len(digit_parts()[0][0]) == 1079
    assert updates_made(10).tolist() == [108 * epoch for epoch in range(1, 11)]


def test_the_three_parts_are_all_digits_once():
    rows = np.concatenate([x for x, _ in digit_parts()])
    x, _ = load_digits()
    assert sorted(map(bytes, rows)) == sorted(map(bytes, x.reshape(len(x), -1)))


def test_who_swings_out_again_is_not_there():
    costs = np.array([3.0, 0.001, 0.5, 0.001, 0.001])
    assert there_from(costs, 0.01) == 3
    assert there_from(costs[:3], 0.01) == 3  # never, in three steps
    assert there_from(np.array([0.001, np.nan]), 0.01) == 2  # it has run away
    assert there_from(np.array([0.001]), 0.01) == 0


def test_names_that_would_overlap_move_apart():
    # five at one place by the edge, one apart from them
    heights = pushed_apart([1.0, 1.0, 1.1, 1.0, 1.0, 0.5], [0, 0, 0, 0, 0, 9], 0.2, 1.0, (0.4, 1.2))
    assert heights[5] == 0.5
    together = sorted(heights[:5])
    assert np.diff(together).min() > 0.19
    assert max(heights) <= 1.2
    assert max(heights) == heights[2]
