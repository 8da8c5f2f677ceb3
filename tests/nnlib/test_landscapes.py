"""Landscapes: gradients and Hessians against nudges, places that are known, and the walk downhill."""

import numpy as np
import pytest

from nnlib.landscapes import LANDSCAPES, Beale, Quadratic, Rosenbrock, TwoValleys, descend

H = 1e-5
POINTS = np.random.default_rng(0).uniform(-2, 2, (20, 2))
every_landscape = pytest.mark.parametrize("name", LANDSCAPES)


def nudged(function, points):
    """The derivatives of ``function`` along both axes, as the last axis."""
    return np.stack(
        [(function(points + H * e) - function(points - H * e)) / (2 * H) for e in np.eye(2)],
        axis=-1,
    )


@every_landscape
def test_gradient_is_what_nudging_says(name):
    surface = LANDSCAPES[name]
    assert np.allclose(
        surface.gradient(POINTS), nudged(surface.value, POINTS), rtol=1e-6, atol=1e-7
    )


@every_landscape
def test_hessian_is_what_nudging_the_gradient_says(name):
    surface = LANDSCAPES[name]
    assert np.allclose(
        surface.hessian(POINTS), nudged(surface.gradient, POINTS), rtol=1e-6, atol=1e-6
    )


@every_landscape
def test_a_grid_is_one_call_and_a_point_is_one_too(name):
    surface = LANDSCAPES[name]
    grid = POINTS.reshape(4, 5, 2)
    assert surface.value(grid).shape == (4, 5)
    assert surface.gradient(grid).shape == (4, 5, 2)
    assert surface.hessian(grid).shape == (4, 5, 2, 2)
    assert surface.value(grid)[1, 2] == surface.value(grid[1, 2])


@every_landscape
def test_its_start_lies_on_the_map(name):
    left, right, bottom, top = LANDSCAPES[name].limits
    x, y = LANDSCAPES[name].start
    assert left < x < right
    assert bottom < y < top


def test_known_places():
    assert Rosenbrock().value(np.array([1.0, 1.0])) == 0
    assert np.allclose(Rosenbrock().gradient(np.array([1.0, 1.0])), 0)
    assert Quadratic(1, 20).value(np.array([2.0, 1.0])) == 12  # (4 + 20) / 2
    valleys = TwoValleys()
    low, high = valleys.value(np.array([[-1.0, 0.0], [1.0, 0.0]]))
    assert low == pytest.approx(-0.2)
    assert high == pytest.approx(0.2)
    assert (np.linalg.eigvalsh(LANDSCAPES["saddle"].hessian(np.zeros(2))) == [-1, 1]).all()


def test_beale_by_hand():
    bottom, surface = np.array([3.0, 0.5]), Beale()
    assert surface.value(bottom) == 0
    assert surface.gradient(bottom).tolist() == [0, 0]
    # there H = 2 Σ b bᵀ, b = (v₂ᵏ − 1, k v₁ v₂ᵏ⁻¹) = (−½, 3), (−¾, 3), (−⅞, 9/4)
    across = np.array([[-1 / 2, 3], [-3 / 4, 3], [-7 / 8, 9 / 4]])
    assert surface.hessian(bottom) == pytest.approx(2 * across.T @ across)
    # at 0 the sum is 1.5² + 2.25² + 2.625²
    assert surface.value(np.zeros(2)) == pytest.approx(np.log(1 + 14.203125))
    assert np.expm1(surface.value(np.array([-4.5, -4.5]))) == pytest.approx(1.8e5, rel=0.05)
    path = descend(surface.gradient, np.array(surface.start), learning_rate=0.02, steps=3000)
    assert path[-1] == pytest.approx(bottom, abs=1e-6)


@every_landscape
@pytest.mark.parametrize("far", [1e4, 1e6, 1e12])
def test_far_away_nothing_overflows(name, far):
    surface, places = (
        LANDSCAPES[name],
        far * np.array([[1, 1], [1, -1], [-1, 1], [-1, -1], [1, 0], [0, 1], [0, -1]]),
    )
    assert np.isfinite(surface.value(places)).all()
    assert np.isfinite(surface.gradient(places)).all()
    assert np.isfinite(surface.hessian(places)).all()


def test_a_hessian_is_the_callers_own():
    surface = Quadratic(1, 2)
    surface.hessian(np.zeros(2))[0, 0] = 7
    assert surface.hessian(np.zeros(2))[0, 0] == 1


@pytest.mark.parametrize("wrong", [np.zeros(3), np.zeros((2, 3)), np.array(1.0)])
def test_points_have_two_numbers(wrong):
    with pytest.raises(ValueError, match=r"expected \(…, 2\)"):
        Rosenbrock().value(wrong)


def test_a_list_is_no_point():
    with pytest.raises(TypeError, match="NumPy array"):
        Rosenbrock().gradient([1.0, 2.0])


def test_the_walk_by_hand():
    # C = v², slope 2v, η = 0.25: each step halves v
    path = descend(lambda v: 2 * v, np.array([8.0]), learning_rate=0.25, steps=3)
    assert path.tolist() == [[8.0], [4.0], [2.0], [1.0]]


def test_the_walk_does_not_move_its_start():
    start = np.array([1, 2])
    path = descend(lambda v: v, start, learning_rate=0.1, steps=2)
    assert start.tolist() == [1, 2]
    assert path.dtype == float


def test_a_walk_that_runs_away_stays_finite():
    path = descend(lambda v: 2 * v, np.array([1.0]), learning_rate=3.0, steps=2000)
    assert np.isfinite(path).all()
    assert abs(path[-1, 0]) > 1e6


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"learning_rate": 0, "steps": 3}, "learning_rate = 0: expected a number above 0"),
        ({"learning_rate": -1.0, "steps": 3}, "expected a number above 0"),
        ({"learning_rate": 0.1, "steps": 0}, "steps = 0: expected 1 or more"),
    ],
)
def test_wrong_use_of_the_walk(options, words):
    with pytest.raises(ValueError, match=words):
        descend(lambda v: v, np.zeros(2), **options)


def test_whole_numbers_are_points_too():
    assert Rosenbrock().value(np.array([100, 100], dtype=np.int8)) == 0.5 * 99**2 + 5 * 9900**2
    assert LANDSCAPES["plateau"].gradient(np.array([[0, 1]])).dtype == float


def test_curvatures_are_finite():
    with pytest.raises(ValueError, match="finite"):
        Quadratic(np.nan, 1)


@pytest.mark.parametrize(
    ("gradient", "start", "words"),
    [
        (lambda v: 1.0, np.zeros(2), r"gradient\(v\) of shape \(\): expected \(2,\)"),
        (lambda v: v[:, None], np.zeros(2), r"gradient\(v\) of shape \(2, 1\)"),
        (lambda v: v, np.array([]), r"empty start.*expected \(d,\)"),
        (lambda v: v, np.array(1.0), r"start of shape \(\): expected \(d,\)"),
    ],
)
def test_wrong_shapes_on_the_walk(gradient, start, words):
    with pytest.raises(ValueError, match=words):
        descend(gradient, start, learning_rate=0.1, steps=2)


def test_a_gradient_that_edits_its_place_does_not_bend_the_path():
    def rude(v):
        v *= 2
        return v

    path = descend(rude, np.array([1.0]), learning_rate=0.25, steps=2)
    assert path[:, 0].tolist() == [1.0, 0.5, 0.25]
