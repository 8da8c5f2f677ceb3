"""Schedules by hand-worked numbers, and the two sums that tell them apart."""

import math

import pytest

from nnlib.schedules import constant, inverse, inverse_root, linear


def test_rules_by_hand():
    assert [constant(0.3)(k) for k in (0, 7)] == [0.3, 0.3]
    assert [linear(1.0, 0.2, steps=4)(k) for k in range(6)] == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2, 0.2])
    assert [inverse(1.0)(k) for k in range(4)] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])
    assert [inverse(1.0, half_life=10)(k) for k in (0, 10, 30)] == pytest.approx([1, 1 / 2, 1 / 4])
    assert [inverse_root(2.0)(k) for k in (0, 3, 99)] == pytest.approx([2, 1, 0.2])


def test_linear_stays_at_its_end_where_the_printed_formula_turns_negative():
    rule = linear(0.5, 0.01, steps=100)
    assert rule(10_000) == 0.01
    assert (1 - 200 / 100) * 0.5 + 200 / 100 * 0.01 < 0  # E16: unclamped, at k = 200


@pytest.mark.parametrize(
    ("rule", "sum_grows", "squares_grow"),
    [
        (constant(0.1), True, True),
        (linear(0.5, 0.01, steps=100), True, True),
        (inverse(0.5), True, False),
        (inverse_root(0.5), True, True),
        (lambda k: 0.5 / (k + 1) ** 2, False, False),
    ],
)
def test_the_two_sums(rule, sum_grows, squares_grow):
    # a sum that converges as 1/k² or faster gains next to nothing from 10,000 to 160,000, a divergent one a lot
    def gain(power):
        return sum(rule(k) ** power for k in range(10_000, 160_000)) / sum(rule(k) ** power for k in range(10_000))

    assert (gain(1) > 0.1) == sum_grows
    assert (gain(2) > 0.1) == squares_grow


def test_rules_are_always_positive_numbers():
    for rule in (constant(0.1), linear(0.5, 0.01, steps=7), inverse(0.1), inverse_root(0.1)):
        assert all(math.isfinite(rule(k)) and rule(k) > 0 for k in (0, 1, 7, 8, 10**6))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: constant(0), "constant got start = 0"),
        (lambda: linear(0.1, 0.0, steps=5), r"linear got end = 0\.0"),
        (lambda: linear(0.1, 0.01, steps=0), "linear got steps = 0"),
        (lambda: inverse(-1), "inverse got start = -1"),
        (lambda: inverse(0.1, half_life=0), "inverse got half_life = 0"),
        (lambda: inverse_root(math.inf), "inverse_root got start = inf"),
    ],
)
def test_wrong_use(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("rule", [linear(0.5, 0.01, steps=9), inverse(0.5), inverse_root(0.5)])
def test_there_is_no_step_before_the_first(rule):
    with pytest.raises(ValueError, match="k = -1: expected 0 or more"):
        rule(-1)
