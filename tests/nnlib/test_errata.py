"""Where the source notes err: the wrong version fails by a number, and the right one passes.

One test for each row of the list of errata that concerns chapters 02 to 08; the others follow with their chapters.
"""

import itertools

import numpy as np
import pytest

from nnlib.activations import Sigmoid, Sign
from nnlib.batches import minibatches
from nnlib.callbacks import KeepBest
from nnlib.convolution import Conv2D
from nnlib.datasets import load_digits, truth_table
from nnlib.landscapes import LANDSCAPES, Quadratic
from nnlib.layers import Dense
from nnlib.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from nnlib.metrics import zero_one_loss
from nnlib.network import Network
from nnlib.numerics import one_hot, sigmoid, softmax
from nnlib.optimizers import SGD, AdaGrad, Adam, Newton
from nnlib.parameter import Parameter
from nnlib.perceptron import Perceptron
from nnlib.regularization import L1, L2
from nnlib.schedules import inverse, linear
from nnlib.training import fit
from nnlib.windows import output_size

H = 1e-6


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits()
    return x.reshape(len(x), -1), y


def each_gradient(x, y, weights):
    """∂C/∂W of softmax regression for each example alone: (n, 64, 10)."""
    dz = softmax(x @ weights) - one_hot(y, 10)
    return x[:, :, None] * dz[:, None, :]


def test_e5_the_normal_density_has_a_minus():
    x = np.linspace(-10, 10, 20_001)

    def area(sign):
        return np.trapezoid(np.exp(sign * x**2 / 2) / np.sqrt(2 * np.pi), x)

    assert area(-1) == pytest.approx(1, abs=1e-12)
    assert area(+1) > 1e20


def test_e6_a_single_gradient_is_no_estimate_and_a_mean_of_100_is(digits):
    each = each_gradient(*digits, np.zeros((64, 10))).reshape(len(digits[0]), -1)
    true = each.mean(axis=0)
    rng = np.random.default_rng(0)

    def error(m):
        means = np.array([each[rng.choice(len(each), m)].mean(axis=0) for _ in range(100)])
        return np.sqrt(((means - true) ** 2).sum(axis=1).mean()) / np.linalg.norm(true)

    assert error(1) > 6
    assert error(100) < 1


def test_e7_as_printed_there_is_one_batch_and_one_example_too_many():
    n, m = 1000, 10
    printed = [
        range(k, k + m + 1) for k in range(0, n + 1, m)
    ]  # k from 0 to n, each from k to k + m, all inclusive
    right = list(minibatches(n, m, rng=np.random.default_rng(0)))
    assert (len(right), len(printed)) == (n // m, n // m + 1)
    assert ({len(batch) for batch in right}, {len(batch) for batch in printed}) == ({m}, {m + 1})
    assert sorted(row for batch in right for row in batch) == list(range(n))
    seen = [row for batch in printed for row in batch]
    assert max(seen) >= n  # there is no such example
    assert len(seen) > len(set(seen))  # and some come twice


def test_e8_gradients_of_a_batch_are_added_and_not_replaced(digits):
    x, y = digits[0][:10], digits[1][:10]
    each = each_gradient(x, y, np.zeros((64, 10)))
    mean = each.mean(axis=0)
    replaced = each[-1] / 10
    dz = (softmax(np.zeros((10, 10))) - one_hot(y, 10)) / 10
    assert np.allclose(x.T @ dz, mean)
    assert np.linalg.norm(replaced - mean) > 0.5 * np.linalg.norm(mean)


def test_e11_the_slope_vanishes_at_infinity_and_not_at_1():
    slope = sigmoid(np.array([1.0, 40.0, -40.0])) * (1 - sigmoid(np.array([1.0, 40.0, -40.0])))
    assert slope[0] == pytest.approx(0.1966, abs=1e-4)
    assert slope[1:] == pytest.approx([0, 0], abs=1e-15)


def test_e14_the_derivative_of_cross_entropy_has_a_plus():
    loss, target = BinaryCrossEntropy(), np.array([[0.0]])
    p = np.array([[0.3]])
    nudged = (loss.forward(p + H, target) - loss.forward(p - H, target)) / (2 * H)
    loss.forward(p, target)
    printed = -0 / 0.3 - (1 - 0) / (1 - 0.3)
    assert loss.backward()[0, 0] == pytest.approx(nudged, rel=1e-6)
    assert printed == pytest.approx(-nudged, rel=1e-6)  # just the other way


def descent(delta, steps=50):
    """The cost ½ (h − 1)² of h = w after steps w ← w − 0.1 δ."""
    w = 0.0
    for _ in range(steps):
        w -= 0.1 * delta(w, 1.0)
    return (w - 1) ** 2 / 2


def noisy_end(rule, steps):
    """The mean square of w after ``steps`` steps w ← w − η (w + noise) from 1: on ½ w², with noise of variance 1."""
    square = 1.0
    for k in range(steps):
        square = (1 - rule(k)) ** 2 * square + rule(k) ** 2
    return square


def test_e16_a_rate_that_ends_above_0_never_settles():
    rule = linear(0.5, 0.05, steps=100)
    # Σ η² grows by 0.05² a step, for ever; that of 1/k has a limit, π²/6 · 0.5²
    assert sum(rule(k) ** 2 for k in range(100_000)) > 100_000 * 0.05**2
    assert sum(inverse(0.5)(k) ** 2 for k in range(100_000)) < np.pi**2 / 6 * 0.5**2
    for steps in (1000, 100_000):
        assert noisy_end(rule, steps) == pytest.approx(
            0.05 / (2 - 0.05), rel=1e-6
        )  # η σ² / (2 − η) is left
    assert noisy_end(inverse(0.5), 100_000) < 1e-4


def test_e16_unclamped_the_rate_turns_negative_and_climbs():
    rule = linear(0.5, 0.05, steps=100)

    def printed(k):
        return (1 - k / 100) * 0.5 + k / 100 * 0.05

    assert [rule(k) for k in range(101)] == pytest.approx([printed(k) for k in range(101)])
    assert (rule(200), printed(200)) == (0.05, pytest.approx(-0.4))
    w, climbs = 1.0, 1.0
    for k in range(300):
        w, climbs = w - rule(k) * w, climbs - printed(k) * climbs  # downhill on ½ w²
    assert abs(w) < 1e-8
    assert abs(climbs) > 1e4


def test_e20_output_minus_target_descends_and_target_minus_output_climbs():
    assert descent(lambda output, target: output - target) < 1e-4
    assert descent(lambda output, target: target - output) > 1000


def test_e23_cost_and_update_of_l1_share_one_factor():
    w, mu = np.array([[0.3, -1.2, 2.0]]), 0.7

    def slope(cost):
        return np.array([(cost(w + H * e) - cost(w - H * e)) / (2 * H) for e in np.eye(3)])

    printed = mu * np.sign(w[0])
    assert np.allclose(
        slope(lambda w: 0.5 * mu * np.abs(w).sum()), printed / 2
    )  # the printed cost has half of it
    assert np.allclose(slope(L1(mu).cost), printed)
    assert np.array_equal(L1(mu).slope(w)[0], printed)


def test_e23_with_sign_1_at_zero_a_zero_weight_hops():
    def path(sign, steps=6, rate=0.1, w=0.0):
        seen = []
        for _ in range(steps):
            w = w - rate * sign(w)  # nothing but the penalty, μ = 1
            seen.append(w)
        return np.array(seen)

    assert np.allclose(path(lambda w: 1 if w >= 0 else -1), [-0.1, 0, -0.1, 0, -0.1, 0])
    assert not path(lambda w: float(L1(1.0).slope(np.array([[w]]))[0, 0])).any()


def test_e24_the_smallest_gap_is_before_training(digits):
    x, y = digits
    learnt, held_out = (x[:60], y[:60]), (x[600:], y[600:])
    rng = np.random.default_rng(0)
    network = Network([Dense(64, 30, rng=rng), Sigmoid(), Dense(30, 10, rng=rng)])
    loss, best = SoftmaxCrossEntropy(), KeepBest()

    def gap_and_validation(network):
        train, validation = (loss.forward(network.predict(x), y) for x, y in (learnt, held_out))
        return validation - train, validation

    seen = [gap_and_validation(network)]
    watch = [best, lambda state: seen.append(gap_and_validation(state.network))]
    optimizer = SGD(network.parameters(), 0.5)
    fit(
        network,
        loss,
        optimizer,
        learnt,
        epochs=60,
        batch_size=10,
        rng=rng,
        validation=held_out,
        callbacks=watch,
    )
    gaps, validation = np.abs(np.array(seen)).T
    assert (
        gaps.argmin() == 0
    )  # as the notes would have it: keep the network that has learnt nothing
    assert validation[0] > 2.2  # no better than guessing, ln 10
    assert best.epoch == validation.argmin() > 5
    best.restore(network)
    assert gap_and_validation(network)[1] == best.loss == validation.min() < 0.8


def all_masks(k, keep):
    """All 2ᵏ masks (2ᵏ, k) of 0 and 1, and the chance of each."""
    masks = np.array(list(itertools.product([0.0, 1.0], repeat=k)))
    return masks, keep ** masks.sum(axis=1) * (1 - keep) ** (k - masks.sum(axis=1))


@pytest.mark.parametrize("keep", [0.5, 0.8])
def test_e44_outputs_are_dropped_and_outgoing_weights_are_scaled(keep):
    rng = np.random.default_rng(0)
    x, W1, W2 = (
        rng.standard_normal((20, 5)),
        rng.standard_normal((5, 8)),
        rng.standard_normal((8, 3)),
    )
    masks, chance = all_masks(8, keep)

    def mean_over_masks(network):
        return np.einsum("m,mnk->nk", chance, np.array([network(mask) for mask in masks]))

    # what holds: z = (σ(x W₁) ⊙ m) W₂ while learning, σ(x W₁) (keep W₂) in prediction
    right = mean_over_masks(lambda mask: (sigmoid(x @ W1) * mask) @ W2)
    assert np.abs(right - sigmoid(x @ W1) @ (keep * W2)).max() < 1e-12
    # as printed, incoming weights to 0: such a neuron still says ½, and no scaling by keep makes up for that
    printed = mean_over_masks(lambda mask: sigmoid(x @ (W1 * mask)) @ W2)
    assert off(printed, sigmoid(x @ W1) @ (keep * W2)) > 0.1
    assert off(printed, sigmoid(x @ (keep * W1)) @ W2) > 0.01
    assert np.allclose(sigmoid(x @ (W1 * 0)), 0.5)
    everything_off = sigmoid(x @ (W1 * 0)) @ W2
    assert np.abs(everything_off).max() > 0.5  # all neurons "off", and yet


def test_e25_one_sign_convention_and_one_factor():
    rng = np.random.default_rng(0)
    x, y, w = rng.normal(size=20), rng.normal(size=20), 0.7

    def cost(w, factor):
        return factor * ((w * x - y) ** 2).mean()

    delta = ((w * x - y) * x).mean()  # the notes' Δw per η, to be subtracted
    for factor, times in ((1.0, 2.0), (0.5, 1.0)):  # L = (x − x*)² needs a 2; with ½ it needs none
        nudged = (cost(w + H, factor) - cost(w - H, factor)) / (2 * H)
        assert nudged == pytest.approx(times * delta, rel=1e-6)
    added, subtracted = w, w
    for _ in range(100):
        added += 0.2 * ((added * x - y) * x).mean()
        subtracted -= 0.2 * ((subtracted * x - y) * x).mean()
    assert cost(subtracted, 0.5) <= cost(w, 0.5)
    assert cost(added, 0.5) > 1000 * cost(w, 0.5)


def test_e26_as_printed_the_rate_never_leaves_its_start():
    rule = linear(0.5, 0.01, steps=100)

    def printed(tau):
        for k in range(tau):  # "return" stands inside the loop
            return (1 - k / tau) * 0.5 + k / tau * 0.01

    assert printed(100) == 0.5
    assert [rule(k) for k in (0, 50, 100)] == pytest.approx([0.5, 0.255, 0.01])


def test_e27_without_its_minus_signs_a_formula_is_another():
    w, eta, f, delta = 0.8, 0.1, 0.5, 0.2
    assert w - eta * f * delta == pytest.approx(0.79)
    assert w * eta * f * delta == pytest.approx(0.008)  # as scanned: w η f δ
    k, tau = 25, 100
    assert (1 - k / tau) * 0.5 == pytest.approx(linear(0.5, 1e-12, steps=tau)(k))
    assert (1 * k / tau) * 0.5 == pytest.approx(0.125)  # as scanned: (1 k/τ), which rises


def test_e29_newton_divides_the_gradient_and_not_the_cost():
    surface, start = Quadratic(2, 10), np.array([3.0, -2.0])
    v = Parameter(start.copy(), "v")
    v.grad = surface.gradient(start)
    Newton([v], lambda: surface.hessian(v.value)).step()
    assert np.abs(v.value).max() < 1e-15  # the bottom, in one step
    # as printed, W − H⁻¹ J: J is one number, so that it can only be taken off every weight
    printed = start - np.linalg.inv(surface.hessian(start)) @ np.full(2, surface.value(start))
    assert surface.value(start) == 29
    assert printed == pytest.approx(np.array([3 - 29 / 2, -2 - 29 / 10]))
    assert surface.value(printed) > 8 * surface.value(start)


def test_e30_adam_counts_its_steps_from_1():
    surface = LANDSCAPES["bowl"]

    def printed(v, steps):
        mean, square, places = np.zeros(2), np.zeros(2), []
        for t in range(steps):  # G and A are divided by 1 − αᵗ and 1 − βᵗ, t = 0 first
            g = surface.gradient(v)
            mean, square = 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g * g
            with np.errstate(divide="ignore", invalid="ignore"):
                corrected = mean / (1 - 0.9**t), square / (1 - 0.999**t)
                v = v - 0.1 * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)
            places.append((corrected, v))
        return places

    start = np.array([-1.5, 1.0])
    (first, v1), (_, v2) = printed(start, 2)
    assert np.isinf(first).all()  # both are divided by 0
    assert np.isnan(v1).all()  # ∞/∞
    assert np.isnan(v2).all()  # and so for ever
    v = Parameter(start.copy(), "v")
    optimizer = Adam([v], learning_rate=0.1)
    for steps in (1, 299):
        for _ in range(steps):
            v.grad = surface.gradient(v.value)
            optimizer.step()
        if steps == 1:
            assert v.value == pytest.approx(np.array([-1.4, 0.9]), abs=1e-8)  # just η, downhill
    assert surface.value(v.value) < 1e-6


def test_e36_weights_are_drawn_and_are_not_the_density():
    # w = N(w | 0, 1): the number that equals the density at its own place, the same for every weight
    w = 0.5
    for _ in range(200):
        w = np.exp(-(w**2) / 2) / np.sqrt(2 * np.pi)
    assert w == pytest.approx(0.372, abs=5e-4)
    drawn = np.random.default_rng(0).standard_normal(10_000)
    assert drawn.std() == pytest.approx(1, abs=0.03)
    assert abs(drawn.mean()) < 0.03


def test_e38_the_mean_of_products_is_not_the_product_of_means(digits):
    # one sigmoid neuron that learns "is it a 1?": ∂C/∂w is the mean of (∂E/∂σ) σ′ x
    x, y = digits[0][:100], (digits[1][:100] == 1).astype(float)
    w = np.random.default_rng(0).normal(scale=0.1, size=64)
    a = sigmoid(x @ w)
    outer, inner = -y / a + (1 - y) / (1 - a), (a * (1 - a))[:, None] * x
    right = (outer[:, None] * inner).mean(axis=0)
    printed = outer.mean() * inner.mean(axis=0)  # ∂E/∂σ averaged, "the rest remains the same"
    cost = [
        -(y * np.log(s) + (1 - y) * np.log(1 - s)).mean()
        for s in (sigmoid(x @ (w + H * e)) for e in np.eye(64))
    ]
    back = [
        -(y * np.log(s) + (1 - y) * np.log(1 - s)).mean()
        for s in (sigmoid(x @ (w - H * e)) for e in np.eye(64))
    ]
    nudged = (np.array(cost) - np.array(back)) / (2 * H)
    assert np.allclose(right, nudged, atol=1e-7)
    assert np.linalg.norm(printed - right) > 0.1 * np.linalg.norm(right)


def test_e40_mistakes_are_counted_and_minus_the_gradient_descends():
    labels, targets = np.array([1, 2, 3, 3]), np.array([1, 2, 3, 0])
    assert zero_one_loss(labels, targets) == 0.25
    assert (
        labels == targets
    ).mean() == 0.75  # as printed, 1{x = x*}: perfect answers would cost most
    v = np.array([1.0, -2.0])
    gradient = 2 * v  # of ‖v‖²
    assert ((v - 0.1 * gradient) ** 2).sum() < (v**2).sum() < ((v + 0.1 * gradient) ** 2).sum()


def test_e41_x_by_its_size_has_no_value_where_learning_begins():
    z = np.zeros(3)  # at the start w = 0, so every vote is 0
    with np.errstate(invalid="ignore"):
        assert np.isnan(z / np.abs(z)).all()
    assert Sign().forward(z).tolist() == [-1, -1, -1]
    assert Perceptron(2).fit(*truth_table([0, 0, 0, 1])).converged


def test_e42_one_pass_over_the_rows_of_and_is_never_enough():
    x, y = truth_table([0, 0, 0, 1])
    for order in map(list, itertools.permutations(range(4))):
        once = Perceptron(2).fit(x[order], y[order], epochs=1)
        assert (once.predict(x) != y).any()
        assert (once.fit(x[order], y[order]).predict(x) == y).all()


# Back-propagation. One network for all: two sigmoid layers, squared error, seven examples.


def network_pass(weights, x, y):
    """Return the cost ½‖a − y‖², mean over examples, and all that a backward pass needs."""
    w1, b1, w2, b2 = weights
    z1 = x @ w1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ w2 + b2
    a2 = sigmoid(z2)
    return ((a2 - y) ** 2).sum() / (2 * len(x)), z1, a1, z2, a2


def bend(z):
    return sigmoid(z) * (1 - sigmoid(z))


def right_gradients(weights, x, y):
    _, z1, a1, z2, a2 = network_pass(weights, x, y)
    dz2 = (a2 - y) * bend(z2) / len(x)
    dz1 = (dz2 @ weights[2].T) * bend(z1)
    return [x.T @ dz1, dz1.sum(axis=0), a1.T @ dz2, dz2.sum(axis=0)]


def nudged_gradients(weights, x, y):
    slopes = []
    for part in weights:
        slope = np.zeros_like(part)
        for place in np.ndindex(part.shape):
            kept = part[place]
            ends = []
            for sign in (1, -1):
                part[place] = kept + sign * H
                ends.append(network_pass(weights, x, y)[0])
            part[place] = kept
            slope[place] = (ends[0] - ends[1]) / (2 * H)
        slopes.append(slope)
    return slopes


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in ((4, 3), (3,), (3, 3), (3,))]
    x, y = rng.normal(size=(7, 4)), rng.integers(0, 2, (7, 3)).astype(float)
    right = right_gradients(weights, x, y)
    assert all(
        np.allclose(a, b, atol=1e-8)
        for a, b in zip(right, nudged_gradients(weights, x, y), strict=True)
    )
    return weights, x, y, right


def off(wrong, right):
    """By how much of its length a gradient is off."""
    return np.linalg.norm(wrong - right) / np.linalg.norm(right)


def test_e9_the_slope_is_taken_at_z_and_not_at_the_output(network):
    weights, x, y, right = network
    _, z1, a1, z2, a2 = network_pass(weights, x, y)
    dz2 = (a2 - y) * bend(a2) / len(x)  # as printed, at the output layer
    assert off(a1.T @ dz2, right[2]) > 0.1
    dz2 = (a2 - y) * bend(z2) / len(x)
    dz1 = (dz2 @ weights[2].T) * bend(a1)  # as printed, in the recursion
    assert off(x.T @ dz1, right[0]) > 0.1
    assert not np.allclose(z1, a1)


def test_e10_the_slope_of_a_bias_is_delta_itself(network):
    weights, x, y, right = network
    _, _, _, z2, a2 = network_pass(weights, x, y)
    delta = (a2 - y) * bend(z2) / len(x)
    assert np.allclose(delta.sum(axis=0), right[3])
    assert off((delta * bend(z2)).sum(axis=0), right[3]) > 0.5  # δ σ′(z): the bend twice


def test_e13_the_penalty_has_no_half_left_in_its_slope():
    w, strength, m = np.array([0.3, -1.2, 2.0]), 0.7, 5

    def penalty(w):
        return strength / (2 * m) * (w**2).sum()

    nudged = np.array([(penalty(w + H * e) - penalty(w - H * e)) / (2 * H) for e in np.eye(3)])
    assert np.allclose(strength / m * w, nudged)
    assert np.allclose(strength / (2 * m) * w, nudged / 2)  # as printed: half of it
    ours = L2(strength / m)
    assert ours.cost(w[:, None]) == pytest.approx(penalty(w))
    assert np.allclose(ours.slope(w), nudged)


def test_e15_equal_weights_never_part_and_zeros_never_start():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 4)), rng.integers(0, 2, (20, 3)).astype(float)
    for start in (0.0, 0.5):
        weights = [np.full(shape, start) for shape in ((4, 3), (3,), (3, 3), (3,))]
        for _ in range(50):
            slopes = right_gradients(weights, x, y)
            weights = [value - 0.5 * slope for value, slope in zip(weights, slopes, strict=True)]
        assert np.allclose(weights[0], weights[0][:, :1])  # all hidden neurons are the same one
        assert np.ptp(weights[2], axis=0).max() < 1e-12
    assert not np.allclose(weights[0], weights[0][:1])  # though the weights themselves have moved
    # tanh and ReLU hidden neurons that start at 0 say 0, so neither layer's weights ever move
    hidden, outgoing = np.zeros((20, 3)), np.zeros((3, 3))
    delta = rng.normal(size=(20, 3))
    assert not (hidden.T @ delta).any()
    assert not (delta @ outgoing.T).any()


def test_e18_one_convention_for_the_indices(network):
    weights, x, y, right = network
    _, z1, _, z2, a2 = network_pass(weights, x, y)
    dz2 = (a2 - y) * bend(z2) / len(x)
    mixed = (dz2 @ weights[2]) * bend(z1)  # forward i → j, backward k → j: the transpose is lost
    assert off(x.T @ mixed, right[0]) > 0.5


def test_e37_the_sum_over_examples_belongs_outside(network):
    weights, x, y, right = network
    _, _, a1, z2, a2 = network_pass(weights, x, y)
    deltas = (a2 - y) * bend(z2) / len(x)
    printed = np.outer(a1[0], deltas.sum(axis=0))  # the sum inside δ, times one example's input
    assert np.allclose(sum(np.outer(a, d) for a, d in zip(a1, deltas, strict=True)), right[2])
    assert off(printed, right[2]) > 0.1


def test_e39_the_inner_sum_runs_over_the_next_layer(network):
    weights, x, y, right = network
    _, z1, _, z2, a2 = network_pass(weights, x, y)
    dz2 = (a2 - y) * bend(z2) / len(x)
    own_index = dz2 * np.diag(weights[2]) * bend(z1)  # terms with j in place of the summed p
    summed = np.einsum("np,jp->nj", dz2, weights[2]) * bend(z1)
    assert np.allclose(x.T @ summed, right[0])
    assert off(x.T @ own_index, right[0]) > 0.3


def test_e43_softmax_couples_its_outputs():
    rng = np.random.default_rng(1)
    z, target = rng.normal(size=4), 2
    a = softmax(z[None, :])[0]
    by_output = np.where(np.arange(4) == target, -1 / a, 0)  # ∂C/∂a of −ln a_t
    nudged = np.array(
        [
            (
                np.log(softmax((z - H * e)[None, :])[0, target])
                - np.log(softmax((z + H * e)[None, :])[0, target])
            )
            / (2 * H)
            for e in np.eye(4)
        ]
    )
    jacobian = np.diag(a) - np.outer(a, a)
    assert np.allclose(jacobian.T @ by_output, nudged, atol=1e-8)
    assert np.allclose(a - np.eye(4)[target], nudged, atol=1e-8)
    printed = a * (1 - a) * by_output  # element by element: only the right class would ever be told
    assert (printed[np.arange(4) != target] == 0).all()
    assert off(printed, nudged) > 0.3


def test_e48_weights_are_changed_after_the_sweep(network):
    weights, x, y, right = network
    _, z1, a1, z2, a2 = network_pass(weights, x, y)
    dz2 = (a2 - y) * bend(z2) / len(x)
    for eta in (1.0, 0.1):
        changed = weights[2] - eta * a1.T @ dz2  # inside the sweep
        inside = x.T @ ((dz2 @ changed.T) * bend(z1))
        assert off(inside, right[0]) > 0.01 * eta


def test_e45_from_window_to_window_stride_minus_1_pixels_are_skipped():
    image = np.zeros((1, 28, 28, 1))
    right, skipped = [], []
    for stride in (1, 2, 3):
        layer = Conv2D(1, 1, 5, stride=stride, rng=np.random.default_rng(0))
        right.append(layer.forward(image).shape[1])
        skipped.append(
            len(range(0, 28 - 5 + 1, stride + 1))
        )  # as printed: that many pixels lie between
        assert right[-1] == output_size(28, 5, stride=stride) == len(range(0, 28 - 5 + 1, stride))
    assert right == [24, 12, 8]
    assert skipped == [12, 8, 6]


def lenet_savings():
    """How many times fewer weights a convolution has than a dense layer between the same two images, layer by layer."""
    layers = (
        (28 * 28 * 1, 24 * 24 * 20, 5 * 5 * 1 * 20),
        (12 * 12 * 20, 8 * 8 * 40, 5 * 5 * 20 * 40),
    )
    return [n_in * n_out / weights for n_in, n_out, weights in layers]


def test_e46_savings_shrink_for_later_layers():
    first, second = lenet_savings()
    assert (round(first), round(second)) == (18_063, 369)
    assert not second > first  # as printed


def off_by(layer, x) -> float:
    """How far the answer to a moved image is from the moved answer, as a share of the largest number."""
    moved = np.roll(layer(x), 1, axis=1)
    return float(np.abs(layer(np.roll(x, 1, axis=1)) - moved)[:, 2:-2].max() / np.abs(moved).max())


def test_e46_equivariance_comes_from_sharing_alone():
    rng = np.random.default_rng(0)
    x = np.zeros((1, 12, 12, 1))
    x[0, 4:8, 4:8, 0] = rng.standard_normal((4, 4))
    # sparse, not shared: 3×3 windows, with weights of their own at every place
    windows = np.lib.stride_tricks.sliding_window_view
    own = rng.standard_normal((12, 12, 3, 3))
    border = (0, 0), (1, 1), (1, 1), (0, 0)

    def sparse(x):
        return np.einsum("nijcuv,ijuv->nij", windows(np.pad(x, border), (3, 3), axis=(1, 2)), own)[
            ..., None
        ]

    # shared, not sparse: one kernel that reaches from any pixel to any other
    shared = Conv2D(1, 1, 23, padding=11, rng=rng).forward
    assert off_by(Conv2D(1, 1, 3, padding=1, rng=rng).forward, x) < 1e-12
    assert off_by(shared, x) < 1e-12
    assert off_by(sparse, x) > 0.3


def test_e47_adagrad_increases_no_rate():
    w = Parameter(np.zeros(2), "w")
    optimizer, rates = AdaGrad([w], learning_rate=0.1), []
    for k in range(50):
        before = w.value.copy()
        w.grad = np.array([0.001, 1.0]) * (
            1 + k % 3
        )  # one slope that is small and one that is large
        optimizer.step()
        rates.append((before - w.value) / w.grad)
    falls = np.array(rates)
    assert (np.diff(falls, axis=0) < 0).all()  # as printed, the first would have to rise
    assert falls[-1, 0] / falls[0, 0] == pytest.approx(
        falls[-1, 1] / falls[0, 1], rel=1e-6
    )  # by the same share
    assert falls[-1, 0] == pytest.approx(
        1000 * falls[-1, 1], rel=1e-6
    )  # small slopes have more only beside the large
