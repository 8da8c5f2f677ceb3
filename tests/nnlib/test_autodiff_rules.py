"""Each local rule against nudges, and its two directions against each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from nnlib.autodiff_rules import RULES, unbroadcast

POSITIVE = {"log", "/", "**"}
# Shapes of the inputs, and options, for every rule of the table.
CASES = [
    *[
        (name, shapes, ())
        for name in "+-*/"
        for shapes in ([(3, 4), (3, 4)], [(3, 4), (4,)], [(), (2, 1)], [(2, 1), (3,)])
    ],
    *[("**", [(3, 4)], (np.array(power),)) for power in (2.0, -1.5, 0.0, 1.0)],
    ("**", [(1, 4)], (np.array([[2.0], [3.0]]),)),
    *[
        (name, [shape], ())
        for name in ("exp", "log", "tanh", "sigmoid", "relu")
        for shape in ((), (5,), (2, 3))
    ],
    *[
        ("@", [a, b], ())
        for a, b in (((2, 3), (3, 4)), ((3,), (3, 4)), ((2, 3), (3,)), ((3,), (3,)))
    ],
    *[
        ("@", [a, b], ())
        for a, b in (
            ((5, 2, 3), (3, 4)),
            ((5, 2, 3), (5, 3, 4)),
            ((3,), (5, 3, 4)),
            ((5, 2, 3), (3,)),
        )
    ],
    *[
        (name, [(2, 3, 4)], options)
        for name in ("sum", "mean", "max")
        for options in ((None, False), (None, True), (0, False), (-1, True), ((0, 2), False))
    ],
    *[("[]", [(3, 4)], (index,)) for index in (1, (0, -1), slice(1, None), [2, 0, 2])],
    ("reshape", [(2, 6)], ((3, 4),)),
    ("reshape", [(2, 6)], ((-1,),)),
    ("T", [(2, 3)], ()),
    ("T", [(2, 3, 4)], ()),
]
every_case = pytest.mark.parametrize(
    ("name", "shapes", "options"), CASES, ids=lambda case: str(case).replace(" ", "")
)
H = 1e-6


def made(name, shapes, options):
    rng = np.random.default_rng(0)
    x = [rng.normal(size=shape) for shape in shapes]
    x = [np.abs(part) + 0.5 for part in x] if name in POSITIVE else x
    y = np.asarray(RULES[name].forward(*x, *options))
    return x, y, rng.normal(size=y.shape), tuple(rng.normal(size=shape) for shape in shapes)


def test_every_rule_has_a_case():
    assert {name for name, *_ in CASES} == set(RULES)


@every_case
def test_pull_is_what_nudging_says(name, shapes, options):
    x, y, dy, _ = made(name, shapes, options)
    gradients = RULES[name].pull(dy, y, *x, *options)
    assert [gradient.shape for gradient in gradients] == shapes
    for i, gradient in enumerate(gradients):
        for place in np.ndindex(shapes[i]):
            nudge = np.zeros(shapes[i])
            nudge[place] = H
            up, down = (
                RULES[name].forward(
                    *[part + sign * nudge if j == i else part for j, part in enumerate(x)], *options
                )
                for sign in (1, -1)
            )
            assert gradient[place] == pytest.approx(
                ((up - down) * dy).sum() / (2 * H), rel=1e-6, abs=1e-7
            )


@every_case
def test_push_and_pull_are_transposes(name, shapes, options):
    x, y, dy, rates = made(name, shapes, options)
    pushed = RULES[name].push(rates, y, *x, *options)
    assert np.shape(pushed) == y.shape
    pulled = RULES[name].pull(dy, y, *x, *options)
    assert (pushed * dy).sum() == pytest.approx(
        sum((a * b).sum() for a, b in zip(pulled, rates, strict=True))
    )


@every_case
def test_nothing_that_comes_in_is_changed(name, shapes, options):
    x, y, dy, rates = made(name, shapes, options)
    before = [part.copy() for part in (*x, y, dy, *rates)]
    RULES[name].pull(dy, y, *x, *options)
    RULES[name].push(rates, y, *x, *options)
    assert all(np.array_equal(a, b) for a, b in zip(before, (*x, y, dy, *rates), strict=True))


@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4), st.integers(0, 1000))
def test_unbroadcasting_is_the_transpose_of_broadcasting(shapes, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=shapes.input_shapes[0])
    dy = rng.normal(size=shapes.result_shape)
    back = unbroadcast(dy, x.shape)
    assert back.shape == x.shape
    assert (back * x).sum() == pytest.approx(
        (dy * np.broadcast_to(x, dy.shape)).sum(), rel=1e-9, abs=1e-9
    )
