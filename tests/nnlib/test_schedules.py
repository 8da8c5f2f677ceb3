"""Schedules by hand-worked numbers, and the two sums that tell them apart."""

import math
import re

import numpy as np
import pytest

from nnlib import schedules
from nnlib.optimizers import SGD
from nnlib.parameter import Parameter
from nnlib.schedules import (
    constant,
    cosine,
    exponential,
    inverse,
    inverse_root,
    linear,
    step,
    warm_up,
)

RULES = {
    "constant": constant(0.1),
    "linear": linear(0.5, 0.01, steps=7),
    "inverse": inverse(0.5),
    "inverse_root": inverse_root(0.5),
    "step": step(0.5, 0.1, every=3),
    "exponential": exponential(0.5, 0.5),
    "cosine": cosine(0.5, 0.01, steps=7),
    "warm_up": warm_up(4, inverse(0.5)),
}
every_rule = pytest.mark.parametrize("name", RULES)


def test_rules_by_hand():
    assert [constant(0.3)(k) for k in (0, 7)] == [0.3, 0.3]
    assert [linear(1.0, 0.2, steps=4)(k) for k in range(6)] == pytest.approx(
        [1.0, 0.8, 0.6, 0.4, 0.2, 0.2]
    )
    assert [inverse(1.0)(k) for k in range(4)] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4])
    assert [inverse(1.0, half_life=10)(k) for k in (0, 10, 30)] == pytest.approx([1, 1 / 2, 1 / 4])
    assert [inverse_root(2.0)(k) for k in (0, 3, 99)] == pytest.approx([2, 1, 0.2])
    assert [step(0.8, 0.5, every=3)(k) for k in range(7)] == pytest.approx(
        [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2]
    )
    assert [exponential(0.8, 0.5)(k) for k in range(4)] == pytest.approx([0.8, 0.4, 0.2, 0.1])
    # cos 0 = 1, cos π/3 = ½, cos π/2 = 0, cos 2π/3 = −½, cos π = −1: shares 1, ¾, ½, ¼, 0 of the way from 1 to 0.2
    assert [cosine(1.0, 0.2, steps=6)(k) for k in (0, 2, 3, 4, 6)] == pytest.approx(
        [1.0, 0.8, 0.6, 0.4, 0.2]
    )


def test_every_schedule_is_tried():
    made = {
        name
        for name, value in vars(schedules).items()
        if getattr(value, "__module__", "") == schedules.__name__
    }
    assert {name for name in made if not name.startswith("_")} == set(RULES)


@pytest.mark.parametrize("make", [linear, cosine])
def test_annealing_goes_from_its_start_to_its_end_and_stays_there(make):
    for first, last in ((0.5, 0.01), (0.01, 0.5)):
        rule = make(first, last, steps=10)
        assert rule(0) == pytest.approx(first, rel=1e-15)
        assert [rule(k) for k in (10, 10.5, 11, 10**6)] == [last] * 4
        assert rule(5) == pytest.approx((first + last) / 2)
        walk = [rule(k) for k in range(11)]
        assert walk == sorted(walk, reverse=first > last)
        assert len(set(walk)) == 11


@pytest.mark.parametrize("make", [linear, cosine])
def test_annealing_may_end_at_0_and_not_before(make):
    rule = make(0.3, 0.0, steps=10)
    assert [rule(k) for k in (0, 10, 11, 10**6)] == [0.3, 0, 0, 0]
    assert min(rule(k) for k in range(10)) > 0
    optimizer = SGD([Parameter(np.zeros(1), "w")])
    optimizer.learning_rate = rule(10)


def test_a_warm_up_of_no_steps_is_the_rule_itself():
    for steps in (0, np.int64(0)):
        rule = warm_up(steps, cosine(0.3, 0.0, steps=10))
        assert [rule(k) for k in range(12)] == [cosine(0.3, 0.0, steps=10)(k) for k in range(12)]


def test_growth_is_told_where_it_leaves_all_numbers_and_not_before():
    # 2¹⁰²³ is below 1.8 · 10³⁰⁸, 2¹⁰²⁴ is not
    assert exponential(1.0, 2.0)(1023) == 2.0**1023
    with pytest.raises(ValueError, match="expected a factor below 1, or fewer times"):
        exponential(1.0, 2.0)(1024)


def test_cosine_is_slow_at_both_ends_and_steepest_between():
    falls = [cosine(1.0, 0.1, steps=10)(k) - cosine(1.0, 0.1, steps=10)(k + 1) for k in range(10)]
    assert falls[0] < falls[1] < falls[4]
    assert falls == pytest.approx(falls[::-1])


def test_warm_up_by_hand_and_its_joint():
    rule = warm_up(4, exponential(1.0, 0.5))
    assert [rule(k) for k in range(7)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0, 0.5, 0.25])
    rises = warm_up(100, constant(0.3))
    steps = [rises(k + 1) - rises(k) for k in range(100)]
    assert steps == pytest.approx(
        [0.3 / 101] * 100
    )  # the last one, into the joint, like all others
    assert [rises(k) for k in (100, 101, 10**6)] == [0.3] * 3
    assert [warm_up(1, constant(0.3))(k) for k in (0, 1)] == [0.15, 0.3]
    late = warm_up(10, linear(1.0, 0.1, steps=20))
    assert [late(10 + k) for k in range(25)] == [linear(1.0, 0.1, steps=20)(k) for k in range(25)]


def test_between_whole_numbers():
    assert linear(1.0, 0.2, steps=4)(1.5) == pytest.approx(0.7)
    assert step(0.8, 0.5, every=3)(2.99) == 0.8
    assert step(0.8, 0.5, every=3)(3.01) == 0.4
    assert exponential(0.8, 0.25)(0.5) == pytest.approx(0.4)
    assert warm_up(4, constant(1.0))(0.5) == pytest.approx(0.3)


@every_rule
def test_whatever_a_rule_says_is_a_learning_rate(name):
    optimizer = SGD([Parameter(np.zeros(1), "w")])
    for k in (0, np.int64(3), np.float32(3), 3.5, 10**5, 10**6):
        eta = RULES[name](k)
        assert type(eta) is float
        optimizer.learning_rate = eta
    assert RULES[name](3) == RULES[name](np.int64(3)) == RULES[name](3.0)


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
        return sum(rule(k) ** power for k in range(10_000, 160_000)) / sum(
            rule(k) ** power for k in range(10_000)
        )

    assert (gain(1) > 0.1) == sum_grows
    assert (gain(2) > 0.1) == squares_grow


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: constant(0), "constant got start = 0"),
        (
            lambda: linear(0.1, -0.1, steps=5),
            r"linear got end = -0\.1: expected a number, 0 or more",
        ),
        (lambda: linear(0.1, 0.01, steps=0), "linear got steps = 0"),
        (lambda: inverse(-1), "inverse got start = -1"),
        (lambda: inverse(0.1, half_life=0), "inverse got half_life = 0"),
        (lambda: inverse_root(math.inf), "inverse_root got start = inf"),
        (lambda: step(0, 0.1, every=3), "step got start = 0"),
        (lambda: step(0.1, -0.1, every=3), r"step got factor = -0\.1"),
        (lambda: step(0.1, 0.1, every=0), "step got every = 0"),
        (lambda: exponential(math.nan, 0.1), "exponential got start = nan"),
        (lambda: exponential(0.1, 0), "exponential got factor = 0"),
        (lambda: cosine(0, 0.1, steps=3), "cosine got start = 0"),
        (lambda: cosine(0.1, -1, steps=3), "cosine got end = -1: expected a number, 0 or more"),
        (lambda: cosine(0.1, 0.01, steps=-1), "cosine got steps = -1"),
        (
            lambda: warm_up(-1, constant(0.1)),
            "warm_up got steps = -1: expected a number, 0 or more",
        ),
        (lambda: warm_up(3, lambda k: -1.0)(0), "warm_up, from its rule for k = 0, got η = -1.0"),
        (
            lambda: exponential(0.5, 2.0)(2000),
            "factor of 2 that is used 2000 times: that makes a larger",
        ),
        (
            lambda: exponential(1e300, 1e10)(1),
            "exponential got a factor of 1e.10 that is used 1 times",
        ),
        (lambda: step(0.5, 10.0, every=3)(3000), "step got a factor of 10 that is used 1000 times"),
        (lambda: warm_up(3, exponential(0.5, 2.0))(5000), "exponential got a factor of 2"),
    ],
)
def test_wrong_use(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: constant("0.1"), "constant got start = a str: expected a number above 0"),
        (lambda: constant(start=True), "constant got start = True"),
        (lambda: linear(0.1, None, steps=3), "linear got end = None"),
        (
            lambda: linear(0.1, 0.01, steps=2.5),
            "linear got steps = 2.5: expected a whole number, 1 or more",
        ),
        (lambda: step(0.1, "half", every=3), "step got factor = a str"),
        (lambda: step(0.1, 0.5, every=True), "step got every = True"),
        (lambda: warm_up("4", constant(0.1)), "warm_up got steps = a str"),
        (lambda: warm_up(steps=False, rule=constant(0.1)), "warm_up got steps = False"),
        (lambda: warm_up(0.0, constant(0.1)), "warm_up got steps = 0.0: expected a whole number"),
        (lambda: warm_up(constant(0.1), 4), "warm_up got steps = a function"),
        (lambda: warm_up(4, cosine), "warm_up got cosine(start, end, steps): expected a rule"),
        (lambda: warm_up(4, lambda k: None)(0), "warm_up, from its rule for k = 0, got η = None"),
        (lambda: warm_up(4, 0.1), "warm_up got 0.1: expected a rule, as cosine(…) makes"),
    ],
)
def test_what_is_no_number(make, words):
    with pytest.raises(TypeError, match=re.escape(words)):
        make()


@every_rule
def test_there_is_no_step_before_the_first(name):
    for k in (-1, -0.5, math.nan, math.inf):
        with pytest.raises(
            ValueError, match=f"a schedule got k = {k}: expected a number, 0 or more"
        ):
            RULES[name](k)
    for k in ("3", None, True):
        with pytest.raises(TypeError, match=r"a schedule got k = .*: expected a number, 0 or more"):
            RULES[name](k)
