"""Every rule by hand-worked steps, what they remember, and Newton's jumps."""

import io
import re

import numpy as np
import pytest

from nnlib import optimizers
from nnlib.curvature import hessian
from nnlib.landscapes import LANDSCAPES, Quadratic
from nnlib.layers import Dense
from nnlib.network import Network
from nnlib.optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Newton,
    NotFiniteError,
    Optimizer,
    RMSProp,
    clip_gradients,
)
from nnlib.parameter import Parameter
from nnlib.regularization import L2

RULES = {kind.__name__: kind for kind in (SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW)}
every_rule = pytest.mark.parametrize("rule", RULES)


def parameter(value, grad=None, dtype=float) -> Parameter:
    made = Parameter(np.array(value, dtype), "w")
    made.grad = None if grad is None else np.array(grad, dtype)
    return made


def test_one_step_by_hand():
    w = parameter([1.0, -2.0], [0.5, 1.0])
    SGD([w], learning_rate=0.1).step()
    # 1 − 0.1 · 0.5 and −2 − 0.1 · 1
    assert w.value == pytest.approx(np.array([0.95, -2.1]))


def test_downhill_in_a_bowl_each_step_takes_the_same_share():
    # loss ½ w², gradient w: each step multiplies w by 1 − 0.1
    w = parameter([1.0])
    optimizer = SGD([w], learning_rate=0.1)
    for _ in range(20):
        optimizer.zero_grad()
        w.add_grad(w.value.copy())
        optimizer.step()
    assert w.value[0] == pytest.approx(0.9**20)


def test_too_large_a_step_climbs():
    # η = 2.1 multiplies w by −1.1
    w = parameter([1.0])
    optimizer = SGD([w], learning_rate=2.1)
    for _ in range(3):
        w.grad = w.value.copy()
        optimizer.step()
    assert w.value[0] == pytest.approx(-(1.1**3))


def test_steps_happen_in_place_and_leave_the_gradient_alone():
    w = parameter([1.0, 2.0], [1.0, 1.0])
    array = w.value
    SGD([w], learning_rate=0.5).step()
    assert w.value is array
    assert array.tolist() == [0.5, 1.5]
    assert w.grad.tolist() == [1.0, 1.0]


def test_parameters_without_gradient_stay():
    still, moved = parameter([3.0]), parameter([3.0], [1.0])
    SGD([still, moved], learning_rate=1).step()
    assert still.value.tolist() == [3.0]
    assert moved.value.tolist() == [2.0]


def test_zero_grad_forgets_every_gradient():
    several = [parameter([1.0], [2.0]), parameter([[1.0]], [[5.0]])]
    optimizer = SGD(several)
    optimizer.zero_grad()
    optimizer.step()
    assert [one.grad for one in several] == [None, None]
    assert [one.value.ravel().tolist() for one in several] == [[1.0], [1.0]]


def test_learning_rate_can_be_changed_between_steps():
    w = parameter([1.0], [1.0])
    optimizer = SGD([w], learning_rate=0.5)
    optimizer.step()
    optimizer.learning_rate = 0.25
    optimizer.step()
    assert w.value.tolist() == [0.25]
    assert repr(optimizer) == "SGD(learning_rate=0.25)"


def test_float32_stays_float32():
    w = parameter([1.0, 2.0], [1.0, 1.0], np.float32)
    SGD([w], learning_rate=0.1).step()
    assert w.value.dtype == np.float32
    assert w.value.tolist() == [np.float32(1) - np.float32(0.1), np.float32(2) - np.float32(0.1)]


def test_any_iterable_of_parameters_will_do(rng):
    layer = Dense(2, 2, rng=rng)
    assert SGD(p for p in layer.parameters()).parameters == layer.parameters()


@pytest.mark.parametrize("rate", [0, -0.1, float("nan"), float("inf")])
def test_learning_rate_must_be_above_zero(rate):
    optimizer = SGD([parameter([1.0])], learning_rate=0.5)
    with pytest.raises(
        ValueError, match=f"SGD got learning_rate = {rate}: expected a number above 0"
    ):
        SGD([parameter([1.0])], learning_rate=rate)
    if rate != 0:
        with pytest.raises(
            ValueError, match=f"SGD got learning_rate = {rate}: expected .* 0 or more"
        ):
            optimizer.learning_rate = rate
    assert optimizer.learning_rate == 0.5


@every_rule
def test_a_rate_of_0_set_later_lets_training_rest(rule):
    # of momentum's rules, too, where nothing rolls yet
    w = parameter([[1.0, -2.0]], [[0.5, 1.0]])
    optimizer = RULES[rule]([w])
    optimizer.learning_rate = 0
    optimizer.step()
    assert w.value.tolist() == [[1.0, -2.0]]
    other = RULES[rule]([w])
    other.load_state(optimizer.state())
    assert other.learning_rate == 0


@pytest.mark.parametrize("rate", ["0.1", None, True, np.array([0.1])])
def test_learning_rate_must_be_a_number(rate):
    with pytest.raises(TypeError, match=r"SGD got learning_rate = .*expected a number above 0"):
        SGD([parameter([1.0])], learning_rate=rate)


def test_nothing_to_learn_is_refused():
    with pytest.raises(ValueError, match="SGD got no parameters: expected at least one"):
        SGD([])


def test_arrays_are_no_parameters():
    with pytest.raises(
        TypeError, match=r"SGD got ndarray: expected parameters, as network\.parameters\(\) gives"
    ):
        SGD([np.ones(3)])


def test_a_network_or_a_single_parameter_is_refused_in_words():
    network = Network([Dense(2, 1, rng=np.random.default_rng(0))])
    for wrong, words in (
        (network, "a Network"),
        (network.parameters, "a method"),
        (network.parameters()[0], "a Parameter"),
    ):
        with pytest.raises(TypeError, match=f"SGD got {words}: expected parameters, as network"):
            SGD(wrong, 0.1)


def test_the_contract_alone_has_no_rule():
    w = parameter([1.0], [1.0])
    with pytest.raises(NotImplementedError):
        Optimizer([w], 0.1).step()


# Each rule by hand: two steps from w = 1 with the gradients 2 and then −1.


@pytest.mark.parametrize(
    ("make", "first", "second"),
    [
        (lambda w: SGD(w, 0.1), 1 - 0.2, 0.8 + 0.1),
        # v = −0.2; then v = 0.5 · (−0.2) + 0.1 = 0
        (lambda w: Momentum(w, 0.1, momentum=0.5), 1 - 0.2, 0.8 + 0.0),
        # v = −0.2, u = 1 + 0.5 · (−0.2) − 0.2; then v = 0, u = 0.7 + 0 + 0.1
        (lambda w: Nesterov(w, 0.1, momentum=0.5), 0.7, 0.8),
        # s = 4, 0.1 · 2/(2 + 1); then s = 5, 0.1 · 1/(√5 + 1)
        (lambda w: AdaGrad(w, 0.1, epsilon=1.0), 1 - 0.2 / 3, 1 - 0.2 / 3 + 0.1 / (5**0.5 + 1)),
        # s = ¼ · 4 = 1, 0.1 · 2/(1 + 1); then s = ¾ · 1 + ¼ · 1 = 1, 0.1 · 1/(1 + 1)
        (lambda w: RMSProp(w, 0.1, decay=0.75, epsilon=1.0), 0.9, 0.95),
        # m = 1, s = 1; m̂ = 1/½ = 2, ŝ = 1/¼ = 4, 0.1 · 2/(2 + 1)
        # m = ½ − ½ = 0: no step
        (lambda w: Adam(w, 0.1, beta1=0.5, beta2=0.75, epsilon=1.0), 1 - 0.2 / 3, 1 - 0.2 / 3),
        # m = ¼ · 2 = ½, m̂ = 2, ŝ = 4; then m = ⅜ − ¼ = ⅛, m̂ = ⅛/(7/16) = 2/7, s = ½ · 2 + ½ = 1½, ŝ = 1½/¾ = 2
        (
            lambda w: Adam(w, 0.1, beta1=0.75, beta2=0.5, epsilon=1.0),
            1 - 0.2 / 3,
            1 - 0.2 / 3 - 0.1 * (2 / 7) / (2**0.5 + 1),
        ),
        # the same without correction: m = ½, s = 2; then m = ⅛, s = 1½
        (
            lambda w: Adam(w, 0.1, beta1=0.75, beta2=0.5, epsilon=1.0, bias_correction=False),
            1 - 0.1 * 0.5 / (2**0.5 + 1),
            1 - 0.1 * 0.5 / (2**0.5 + 1) - 0.1 * 0.125 / (1.5**0.5 + 1),
        ),
    ],
)
def test_two_steps_by_hand(make, first, second):
    w = parameter([1.0])
    optimizer = make([w])
    for gradient, expected in ((2.0, first), (-1.0, second)):
        w.grad = np.array([gradient])
        optimizer.step()
        assert w.value[0] == pytest.approx(expected, rel=1e-14)
    assert optimizer.steps == 2


def test_weight_decay_by_hand():
    # of each weight the share η λ = 0.1 · 0.5 goes, 1 → 0.95; then Adam's first step, η m̂ / (√ŝ + 1) with m̂ = 2, ŝ = 4
    w, b = parameter([[1.0]], [[2.0]]), parameter([1.0], [2.0])
    AdamW([w, b], 0.1, beta1=0.5, beta2=0.75, epsilon=1.0, weight_decay=0.5).step()
    assert w.value.item() == pytest.approx(0.95 - 0.2 / 3, rel=1e-14)
    assert b.value.item() == pytest.approx(1 - 0.2 / 3, rel=1e-14)  # a bias does not decay


def test_l2_decays_weights_under_sgd_and_throws_small_ones_about_under_adam():
    # λ = 0.5, η = 0.1, w = (1, 0.01), the penalty alone: what is left of each weight after a step
    l2 = [L2(0.5)]

    def left(kind, penalties=l2, **options):
        w = parameter([[1.0, 0.01]], [[0.0, 0.0]])
        optimizer = kind([w], 0.1, **options)
        for penalty in penalties:
            penalty.add_gradients([w])
        optimizer.step()
        return w.value[0] / [1.0, 0.01]

    # SGD: w − η λ w = 0.95 w
    assert left(SGD) == pytest.approx(np.array([0.95, 0.95]))
    # Adam: m̂ / √ŝ = ±1 whatever the size of λ w, so each moves by η: 1 − 0.1 = 0.90 and 0.01 − 0.1 = −0.09
    assert left(Adam) == pytest.approx(np.array([0.90, -9.0]), rel=1e-4)
    # AdamW takes the share of SGD
    assert left(AdamW, (), weight_decay=0.5) == pytest.approx(np.array([0.95, 0.95]))


def test_without_decay_adamw_is_adam_bit_for_bit(rng):
    gradients = rng.standard_normal((10, 2, 3))
    walks = [
        walk(make([parameter(np.ones((2, 3)))]), gradients).tobytes()
        for make in (Adam, lambda w: AdamW(w, weight_decay=0))
    ]
    assert walks[0] == walks[1]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(-0.01, ValueError), (float("nan"), ValueError), ("0.1", TypeError), (True, TypeError)],
)
def test_weight_decay_is_0_or_more(wrong, error):
    with pytest.raises(error, match=r"AdamW got weight_decay = .*: expected a number, 0 or more"):
        AdamW([parameter([[1.0]])], weight_decay=wrong)


@every_rule
def test_reset_forgets_every_step(rule, rng):
    used, fresh = (RULES[rule](two_parameters(np.random.default_rng(1))) for _ in range(2))
    train(used, 3, seed=0)
    used.reset()
    assert same(used.state(), fresh.state())


# Gradients that are too long, of the wrong shape, or none; and parameters that are listed twice.


def test_clipping_by_hand():
    # ‖(3, 4, 0, 12)‖ = √(9 + 16 + 144) = 13; clipped to 6.5 each number is halved
    W, b, still = (
        parameter([[0.0, 0.0]], [[3.0, 4.0]]),
        parameter([0.0, 0.0], [0.0, 12.0]),
        parameter([1.0]),
    )
    assert clip_gradients([W, b, still], 6.5) == 13
    assert W.grad.tolist() == [[1.5, 2.0]]
    assert b.grad.tolist() == [0.0, 6.0]
    assert still.grad is None
    assert clip_gradients([W, b, still], 6.5) == 6.5  # short enough: nothing changes
    assert W.grad.tolist() == [[1.5, 2.0]]


@pytest.mark.parametrize("size", [1e-200, 1e-300, 1.0, 1e200, 1e308])
def test_clipping_neither_overflows_nor_vanishes(size):
    # ‖(0.6, 0.8)‖ = 1
    w = parameter([0.0, 0.0], [0.6 * size, 0.8 * size])
    with np.errstate(all="raise"):
        assert clip_gradients([w], size / 2) == pytest.approx(size, rel=1e-14)
    assert w.grad == pytest.approx(np.array([0.3, 0.4]) * size, rel=1e-14, abs=0)


def test_clipping_leaves_shared_arrays_and_single_precision_alone():
    shared = np.array([3.0, 4.0], np.float32)
    one, other = parameter([0, 0], dtype=np.float32), parameter([0, 0], dtype=np.float32)
    one.grad = other.grad = shared
    # ‖(3, 4, 3, 4)‖ = √50
    assert clip_gradients([one, other, one], 1.0) == pytest.approx(50**0.5)
    assert one.grad.dtype == np.float32
    assert one.grad == pytest.approx(np.array([3, 4]) / 50**0.5)
    assert shared.tolist() == [3, 4]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_is_told_and_nothing_is_clipped(bad):
    w, b = parameter([0.0, 0.0], [30.0, 40.0]), parameter([0.0], [bad])
    with pytest.raises(NotFiniteError, match=r"gradient of w that holds .*: expected finite"):
        clip_gradients([w, b], 1.0)
    assert w.grad.tolist() == [30.0, 40.0]


def test_nothing_to_clip_has_no_length():
    assert clip_gradients([parameter([1.0])], 1.0) == 0
    assert clip_gradients([parameter([1.0], [0.0])], 1.0) == 0


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (
            lambda w: ([w], 0),
            ValueError,
            "clip_gradients got max_norm = 0: expected a number above 0",
        ),
        (lambda w: ([w], None), TypeError, "clip_gradients got max_norm = None"),
        (lambda w: (w, 1.0), TypeError, "clip_gradients got a Parameter: expected parameters, as"),
        (lambda w: ([w.grad], 1.0), TypeError, "clip_gradients got ndarray: expected parameters"),
        (lambda w: ([], 1.0), ValueError, "clip_gradients got no parameters"),
        (lambda w: (1.0, [w]), TypeError, "clip_gradients got max_norm = a list"),
    ],
)
def test_wrong_use_of_clipping(arguments, error, words):
    with pytest.raises(error, match=re.escape(words)):
        clip_gradients(*arguments(parameter([1.0], [1.0])))


@pytest.mark.parametrize("rule", [*RULES, "Newton"])
@pytest.mark.parametrize(
    ("gradient", "error", "words"),
    [
        (np.ones((2, 1)), ValueError, "of shape (2, 1): expected (2,)"),
        (np.ones(1), ValueError, "of shape (1,): expected (2,)"),
        (np.float64(1), TypeError, "as np.float64(1.0): expected a NumPy array"),
        (1.0, TypeError, "as 1.0: expected a NumPy array"),
        ([1.0, 1.0], TypeError, "as a list: expected a NumPy array"),
        (np.array(["a", "b"]), TypeError, "of dtype <U1: expected numbers"),
    ],
)
def test_a_gradient_that_does_not_fit_is_named_and_nothing_moves(rule, gradient, error, words):
    # (2, 1) and (1,) would be broadcast, and two weights would be stepped by the wrong slopes
    first, second = parameter([1.0], [1.0]), parameter([1.0, 2.0])
    second.name, second.grad = "Dense(2 → 2).b", gradient
    both = [first, second]
    optimizer = Newton(both, lambda: np.eye(3)) if rule == "Newton" else RULES[rule](both)
    with pytest.raises(error, match=re.escape(f"got the gradient of Dense(2 → 2).b {words}")):
        optimizer.step()
    assert (first.value.tolist(), second.value.tolist(), optimizer.steps) == ([1.0], [1.0, 2.0], 0)


def test_a_number_is_a_slope_to_learn_a_number_by():
    # ∂(w²)/∂w = 2 w: what NumPy makes of an array of shape () is a number
    w = Parameter(np.array(3.0), "w")
    w.grad = 2 * w.value
    SGD([w], 0.25).step()
    assert w.value == 1.5


@every_rule
def test_a_parameter_that_is_listed_twice_is_stepped_once(rule):
    once, twice = parameter([[1.0]], [[2.0]]), parameter([[1.0]], [[2.0]])
    for optimizer in (RULES[rule]([once]), RULES[rule]([twice, twice])):
        optimizer.step()
    assert twice.value == once.value
    assert RULES[rule]([twice, twice]).parameters == [twice]


def test_tied_weights_are_one_parameter(rng):
    a, b = Dense(2, 2, rng=rng), Dense(2, 2, rng=rng)
    b.W = a.W
    network, W = Network([a, b]), a.W.value.copy()
    assert network.parameters() == [a.W, a.b, b.b]
    network.forward(np.ones((1, 2)))
    network.backward(np.ones((1, 2)))
    L2(0.5).add_gradients(network.parameters())
    slope = a.W.grad.copy()  # of both places, and of one penalty
    assert L2(0.5).value([a.W, a.W]) == L2(0.5).value([a.W]) == pytest.approx((W * W).sum() / 4)
    SGD(network.parameters(), 0.1).step()
    assert a.W.value == pytest.approx(W - 0.1 * slope, rel=1e-15)


def test_every_rule_is_tried():
    made = {
        name
        for name, kind in vars(optimizers).items()
        if isinstance(kind, type) and issubclass(kind, Optimizer)
    }
    assert made == set(RULES) | {"Newton", "Optimizer"}


def walk(optimizer, gradients, rates=None):
    """All places of the first parameter, the start included, on the way along given gradients."""
    (w,) = optimizer.parameters
    places = [w.value.copy()]
    for step, gradient in enumerate(gradients):
        if rates is not None:
            optimizer.learning_rate = rates[step]
        w.grad = gradient.copy()
        optimizer.step()
        places.append(w.value.copy())
    return np.array(places)


def test_momentum_gathers_speed_up_to_1_over_1_minus_alpha():
    places = walk(Momentum([parameter([0.0])], 0.1, momentum=0.9), [np.ones(1)] * 300)
    assert np.diff(places[:, 0])[0] == pytest.approx(-0.1)
    assert np.diff(places[:, 0])[-1] == pytest.approx(-0.1 / (1 - 0.9))


@pytest.mark.parametrize("rates", [np.full(30, 0.1), np.linspace(0.2, 0.01, 30)])
def test_nesterov_is_its_own_formula_seen_from_the_place_ahead(rates, rng):
    table, alpha = np.diag([1.0, 5.0]), 0.8
    w, v, ahead = np.array([3.0, -2.0]), np.zeros(2), []
    for eta in rates:
        ahead.append(w + alpha * v)
        v = alpha * v - eta * table @ (w + alpha * v)
        w = w + v
    u = parameter([3.0, -2.0])
    optimizer, shown = Nesterov([u], 0.1, momentum=alpha), []
    for eta in rates:
        shown.append(u.value.copy())
        optimizer.learning_rate, u.grad = eta, table @ u.value
        optimizer.step()
    assert np.array(shown) == pytest.approx(np.array(ahead), rel=1e-12, abs=1e-14)
    assert u.value - alpha * optimizer.memory[0][0] == pytest.approx(w, rel=1e-12, abs=1e-14)


def test_momentum_keeps_its_speed_when_the_rate_is_halved():
    # η = 1, α = ½, g = 1: v = −1, then η = ½: v = −½ − ½ = −1, where PyTorch's −η (½ · 1 + 1) is −¾
    places = walk(Momentum([parameter([0.0])], momentum=0.5), [np.ones(1)] * 2, rates=[1.0, 0.5])
    assert places[:, 0].tolist() == [0, -1, -2]


def test_adagrad_only_slows_down(rng):
    gradients = np.abs(rng.standard_normal((50, 3))) * [1e-3, 1.0, 1e3] + 1e-6
    places = walk(AdaGrad([parameter([0.0, 0.0, 0.0])], learning_rate=0.5), gradients)
    rates = -np.diff(places, axis=0) / gradients
    assert (np.diff(rates, axis=0) < 0).all()  # of small gradients, too: E47
    forgetful = walk(RMSProp([parameter([0.0, 0.0, 0.0])], learning_rate=0.5), gradients)
    assert (np.diff(-np.diff(forgetful, axis=0) / gradients, axis=0) > 0).any()


def test_first_steps_of_adam_are_as_long_as_the_rate_and_need_their_correction():
    for size in (1e-3, 1.0, 1e3):
        (_, first), (_, bare) = (
            walk(Adam([parameter([0.0])], 0.01, bias_correction=corrected), [np.full(1, size)])[
                :, 0
            ]
            for corrected in (True, False)
        )
        assert first == pytest.approx(-0.01, rel=1e-4)
        assert bare == pytest.approx(-0.01 * 0.1 / 0.001**0.5, rel=1e-3)  # 3.2 times as long


@every_rule
def test_zeros_as_gradients_move_nothing_at_rest(rule):
    w = parameter([1.0, -2.0], [0.0, 0.0])
    RULES[rule]([w]).step()
    assert w.value.tolist() == [1.0, -2.0]


@every_rule
def test_each_element_goes_its_own_way(rule, rng):
    gradients = rng.standard_normal((10, 2, 3))
    together = walk(RULES[rule]([parameter(np.ones((2, 3)))]), gradients)
    alone = walk(RULES[rule]([parameter(np.ones((1, 1)))]), gradients[:, 1:, 2:])
    assert together[:, 1:, 2:].tolist() == alone.tolist()


@every_rule
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_steps_are_in_place_keep_the_dtype_and_leave_gradients_alone(rule, dtype, rng):
    w, idle = Parameter(np.ones((2, 3), dtype), "w"), Parameter(np.ones(2, dtype), "idle")
    optimizer, held = RULES[rule]([w, idle]), (w.value, idle.value)
    for _ in range(3):
        w.grad = rng.standard_normal((2, 3)).astype(dtype)
        before = w.grad.copy()
        optimizer.step()
        assert np.array_equal(w.grad, before)
    assert w.value is held[0]
    assert (w.value != 1).all()
    assert idle.value is held[1]
    assert (idle.value == 1).all()
    assert {array.dtype for memory in optimizer.memory for array in memory} <= {np.dtype(dtype)}
    assert w.value.dtype == idle.value.dtype == dtype


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Momentum, "momentum"),
        (Nesterov, "momentum"),
        (RMSProp, "decay"),
        (Adam, "beta1"),
        (Adam, "beta2"),
        (AdamW, "beta1"),
        (AdamW, "beta2"),
    ],
)
def test_shares_are_from_0_to_below_1(kind, name):
    w = [parameter([1.0], [1.0])]
    for wrong in (1, 1.0, -0.1, 1.5, float("nan"), float("inf")):
        with pytest.raises(
            ValueError,
            match=f"{kind.__name__} got {name} = {wrong}: expected 0 or more, and below 1",
        ):
            kind(w, **{name: wrong})
    for wrong in ("x", None, True, [0.9]):
        with pytest.raises(
            TypeError,
            match=rf"{kind.__name__} got {name} = .*: expected a number from 0 to below 1",
        ):
            kind(w, **{name: wrong})
    kind(w, **{name: 0}).step()
    assert np.isfinite(w[0].value).all()


@pytest.mark.parametrize("kind", [AdaGrad, RMSProp, Adam, AdamW])
def test_epsilon_is_above_0(kind):
    for wrong in (0, -1e-8, float("nan"), float("inf")):
        with pytest.raises(
            ValueError, match=f"{kind.__name__} got epsilon = {wrong}: expected a number above 0"
        ):
            kind([parameter([1.0])], epsilon=wrong)
    for wrong in ("x", None, True):
        with pytest.raises(TypeError, match=f"{kind.__name__} got epsilon = "):
            kind([parameter([1.0])], epsilon=wrong)


# What a rule remembers, saved and loaded.


def two_parameters(rng):
    return [
        Parameter(rng.standard_normal(shape), name) for shape, name in (((3, 2), "W"), ((2,), "b"))
    ]


def train(optimizer, steps, seed):
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        for place in optimizer.parameters:
            place.grad = rng.standard_normal(place.value.shape)
        optimizer.step()


def through_a_file(state):
    """What np.load gives back for what np.savez wrote, without pickles."""
    file = io.BytesIO()
    np.savez(file, **state)
    file.seek(0)
    return np.load(file, allow_pickle=False)


@every_rule
@pytest.mark.parametrize("stop", [0, 1, 2, 5])
@pytest.mark.parametrize("carry", [dict, through_a_file])
def test_interrupted_and_loaded_it_goes_on_bit_for_bit(rule, stop, carry, rng):
    whole = RULES[rule](two_parameters(np.random.default_rng(1)), learning_rate=0.03)
    halves = RULES[rule](two_parameters(np.random.default_rng(1)), learning_rate=0.03)
    for optimizer in (whole, halves):
        train(optimizer, stop, seed=2)
    copies = [Parameter(place.value.copy(), place.name) for place in halves.parameters]
    other = RULES[rule](copies, learning_rate=0.7)
    other.load_state(carry(halves.state()))
    for optimizer in (whole, other):
        train(optimizer, 5, seed=3)
    assert all(
        a.value.tobytes() == b.value.tobytes()
        for a, b in zip(whole.parameters, copies, strict=True)
    )
    assert same(whole.state(), other.state())


def same(a, b) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


@every_rule
def test_a_state_is_a_copy(rule, rng):
    optimizer = RULES[rule](two_parameters(rng))
    train(optimizer, 1, seed=0)
    state = optimizer.state()
    kept = {name: array.copy() for name, array in state.items()}
    train(optimizer, 1, seed=1)
    assert same(state, kept)
    other = RULES[rule](two_parameters(rng))
    other.load_state(state)
    train(other, 1, seed=1)
    assert same(state, kept)


def changed(**changes):
    return lambda state: {**state, **changes}


@pytest.mark.parametrize(
    ("damage", "error", "words"),
    [
        (
            lambda state: None,
            TypeError,
            "Adam(learning_rate=0.001) got state as None: expected what state() returned",
        ),
        (
            lambda state: list(state),
            TypeError,
            "got state as a list: expected what state() returned",
        ),
        (lambda state: {}, ValueError, "got the state of None: expected that of Adam"),
        (changed(rule=np.array("SGD")), ValueError, "got the state of SGD: expected that of Adam"),
        (
            changed(means_1=np.zeros(3)),
            ValueError,
            "its means_1 is an array of shape (3,) and dtype float64, expected",
        ),
        (
            changed(squares_1=np.zeros(2, np.float32)),
            ValueError,
            "its squares_1 is an array of shape (2,) and dtype f",
        ),
        (
            changed(squares_1=np.array(["a", "b"])),
            ValueError,
            "its squares_1 is an array of shape (2,) and dtype <U1",
        ),
        (
            changed(squares_1=[0.0, 0.0]),
            ValueError,
            "another network: its squares_1 is a list, expected an array of",
        ),
        (changed(squares_2=np.zeros(2)), ValueError, "dtype float64, expected None"),
        (
            lambda state: {k: v for k, v in state.items() if k != "squares_1"},
            ValueError,
            "its squares_1 is None",
        ),
        (
            changed(steps=np.array(-1)),
            ValueError,
            "got a state with steps = -1: expected 0 or more",
        ),
        (
            changed(steps=np.array(1.5)),
            ValueError,
            "its steps is an array of shape () and dtype float64",
        ),
        (
            changed(learning_rate=np.array(np.nan)),
            ValueError,
            "Adam got learning_rate = nan: expected a number, 0 or more",
        ),
        (
            changed(learning_rate=np.array(-0.1)),
            ValueError,
            "Adam got learning_rate = -0.1: expected a number, 0 or more",
        ),
    ],
)
def test_a_wrong_state_is_refused_and_changes_nothing(damage, error, words, rng):
    source, target = (Adam(two_parameters(rng)) for _ in range(2))
    train(source, 3, seed=0)
    train(target, 2, seed=1)
    before = target.state()
    with pytest.raises(error, match=re.escape(words)):
        target.load_state(damage(source.state()))
    assert same(target.state(), before)


@pytest.mark.parametrize(
    "pair", [(Momentum, Nesterov), (AdaGrad, RMSProp), (RMSProp, AdaGrad), (SGD, Momentum)]
)
def test_rules_that_keep_alike_arrays_are_told_apart(pair, rng):
    taken, given = pair
    with pytest.raises(
        ValueError, match=f"got the state of {taken.__name__}: expected that of {given.__name__}"
    ):
        given(two_parameters(rng)).load_state(taken(two_parameters(rng)).state())


# Newton.


def at(surface, place, dtype=float, **options):
    v = Parameter(np.array(place, dtype), "v")
    return v, Newton([v], lambda: surface.hessian(v.value), **options)


def newton_step(surface, v, optimizer):
    v.grad = surface.gradient(v.value).astype(v.value.dtype)
    optimizer.step()
    return v.value


@pytest.mark.parametrize("seed", range(5))
def test_newton_is_at_the_bottom_of_any_bowl_after_one_step(seed):
    rng = np.random.default_rng(seed)
    root, bottom = rng.standard_normal((5, 5)), rng.standard_normal(5)
    table = root @ root.T + 0.1 * np.eye(5)
    W, b = Parameter(100 * rng.standard_normal((2, 2)), "W"), Parameter(rng.standard_normal(1), "b")

    def f() -> float:
        off = np.concatenate([W.value.ravel(), b.value]) - bottom
        slope = table @ off
        W.grad, b.grad = slope[:4].reshape(2, 2), slope[4:]
        return float(off @ slope / 2)

    f()
    Newton([W, b], lambda: hessian(f, [W, b])).step()
    assert np.concatenate([W.value.ravel(), b.value]) == pytest.approx(bottom, abs=1e-5)
    f()
    Newton([W, b], lambda: table).step()
    assert np.concatenate([W.value.ravel(), b.value]) == pytest.approx(bottom, abs=1e-12)


def test_newton_goes_to_a_saddle():
    v, optimizer = at(LANDSCAPES["saddle"], [-1.5, 0.3])
    assert newton_step(LANDSCAPES["saddle"], v, optimizer).tolist() == [0, 0]
    v, optimizer = at(
        LANDSCAPES["saddle"], [-1.5, 0.3], damping=2.0
    )  # more than the bend of −1: away from it
    assert newton_step(LANDSCAPES["saddle"], v, optimizer) == pytest.approx(
        np.array([-1.5 + 1.5 / 3, 0.3 + 0.3 / 1])
    )
    assert LANDSCAPES["saddle"].value(v.value) < LANDSCAPES["saddle"].value(np.array([-1.5, 0.3]))


def test_newton_with_damping_by_hand():
    # H = diag(1, 4), μ = 1, η = ½: half of (2/2, 8/5)
    v, optimizer = at(Quadratic(1, 4), [2.0, 2.0], learning_rate=0.5, damping=1)
    assert newton_step(Quadratic(1, 4), v, optimizer) == pytest.approx(np.array([2 - 0.5, 2 - 0.8]))
    assert optimizer.steps == 1


def test_newton_runs_down_a_bent_valley():
    valley = LANDSCAPES["Rosenbrock"]
    v, optimizer = at(valley, valley.start)
    for _ in range(12):
        newton_step(valley, v, optimizer)
    assert v.value == pytest.approx(np.ones(2), abs=1e-9)


def test_newton_keeps_float32_and_its_place_in_memory():
    v, optimizer = at(LANDSCAPES["ravine"], [2.0, 1.0], np.float32, damping=1e-3)
    held = v.value
    assert newton_step(LANDSCAPES["ravine"], v, optimizer) == pytest.approx(np.zeros(2), abs=3e-3)
    assert v.value is held
    assert held.dtype == np.float32


def test_newton_takes_a_missing_gradient_for_0():
    v, w = parameter([1.0], [1.0]), parameter([1.0])
    Newton([v, w], lambda: np.array([[2.0, 1.0], [1.0, 2.0]])).step()
    # (d₁, d₂) = H⁻¹ (1, 0) = (2/3, −1/3)
    assert [v.value[0], w.value[0]] == pytest.approx([1 / 3, 4 / 3])


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        (
            np.diag([1.0, 0.0]),
            ValueError,
            "Hessian that cannot be inverted: in some direction there is no curvature",
        ),
        (np.eye(3), ValueError, "got hessian() of shape (3, 3): expected (2, 2)"),
        (np.ones(2), ValueError, "got hessian() of shape (2,): expected (2, 2)"),
        (
            np.diag([1.0, np.nan]),
            ValueError,
            "got hessian() with nan at [1, 1]: expected finite numbers only",
        ),
        ([[1.0, 0.0], [0.0, 1.0]], TypeError, "got hessian() as a list: expected a NumPy array"),
    ],
)
def test_wrong_hessians_are_refused_and_nothing_moves(table, error, words):
    v = parameter([1.0, 2.0], [1.0, 1.0])
    optimizer = Newton([v], lambda: table)
    with pytest.raises(
        error, match=r"Newton\(learning_rate=1\) got.*" + re.escape(words.removeprefix("got"))
    ):
        optimizer.step()
    assert v.value.tolist() == [1.0, 2.0]
    assert optimizer.steps == 0


def test_damping_mends_a_flat_direction():
    v = parameter([1.0, 2.0], [1.0, 0.0])
    Newton([v], lambda: np.diag([1.0, 0.0]), damping=0.001).step()
    assert v.value == pytest.approx(np.array([1 - 1 / 1.001, 2.0]))


def test_newtons_arguments():
    v = [parameter([1.0])]
    for wrong in (-1, -1e-9, float("nan"), float("inf")):
        with pytest.raises(
            ValueError, match=f"Newton got damping = {wrong}: expected a number, 0 or more"
        ):
            Newton(v, lambda: np.eye(1), damping=wrong)
    for wrong in ("x", None, True):
        with pytest.raises(
            TypeError, match=r"Newton got damping = .*: expected a number, 0 or more"
        ):
            Newton(v, lambda: np.eye(1), damping=wrong)
    with pytest.raises(
        TypeError,
        match=r"Newton got hessian as an array of .*: expected a function that returns it",
    ):
        Newton(v, np.eye(1))
    with pytest.raises(
        TypeError,
        match=r"Newton got hessian as 0.1: expected a function .*η is given by name, Newton\(.*0.1\)",
    ):
        Newton(v, 0.1)
    with pytest.raises(NotImplementedError, match="has no rule for one array alone"):
        Newton(v, lambda: np.eye(1)).update(np.ones(1), np.ones(1))


# What an optimizer sees.


def test_gradients_add_up_in_a_parameter_until_they_are_forgotten():
    w = parameter([0.0, 0.0])
    w.add_grad(np.array([1.0, 2.0]))
    w.add_grad(np.array([10.0, 20.0]))
    assert w.grad.tolist() == [11.0, 22.0]
    w.zero_grad()
    assert w.grad is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([1.0], "value as a list: expected a NumPy array"),
        (np.array([1]), "value of dtype int64: expected floats"),
        (np.array(["a"]), "value of dtype <U1: expected numbers"),
    ],
)
def test_a_parameter_holds_floats_only(value, words):
    with pytest.raises(TypeError, match=f"Parameter w got {words}"):
        Parameter(value, "w")


def test_a_parameter_names_itself():
    assert repr(parameter([[1.0, 2.0]])) == "Parameter(w, shape (1, 2))"


class Rebinding(Optimizer):
    """Gives the name w to another array, which nobody sees."""

    def update(self, w, g, *memory):
        w = w - self.learning_rate * g


class Returning(Optimizer):
    """Hands back new weights, as if somebody took them."""

    def update(self, w, g, *memory):
        return w - self.learning_rate * g


class InPlace(Optimizer):
    """Does what it should, and hands back w besides."""

    def update(self, w, g, *memory):
        w -= self.learning_rate * g
        return w


def moved_by(rule, grad):
    parameter = Parameter(np.ones(2), "w")
    parameter.grad = grad
    optimizer = rule([parameter], 0.1)
    for _ in range(2):
        optimizer.step()


@pytest.mark.parametrize("rule", [Rebinding, Returning])
def test_an_own_rule_that_changes_nothing_is_told_so_once(rule):
    with pytest.warns(UserWarning, match="changed nothing in its first step.*w -= ") as told:
        moved_by(rule, np.ones(2))
    assert len(told) == 1


@pytest.mark.parametrize("grad", [np.zeros(2), None])
def test_without_a_slope_there_is_nothing_to_change(grad):
    moved_by(Rebinding, grad)  # warnings are errors


def test_an_own_rule_that_moves_the_weights_may_return_what_it_likes():
    moved_by(InPlace, np.ones(2))
