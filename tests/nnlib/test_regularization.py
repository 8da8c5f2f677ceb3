"""Penalties: by hand, against nudges, and in a training. What is left out at random: masks, means, all 2ᵏ of them."""

import itertools
import re

import numpy as np
import pytest

from nnlib.activations import Sigmoid
from nnlib.gradcheck import check_gradients
from nnlib.layers import Dense, Residual
from nnlib.losses import SoftmaxCrossEntropy, SquaredError
from nnlib.network import Network
from nnlib.numerics import softmax
from nnlib.optimizers import SGD
from nnlib.parameter import Parameter
from nnlib.regularization import L1, L2, DropConnect, Dropout, Penalty
from nnlib.training import fit, train_step

BOTH = pytest.mark.parametrize("kind", [L1, L2])


def weights(values):
    return Parameter(np.array(values, dtype=float), "W")


def test_by_hand():
    two = [weights([[3.0, -4.0]]), weights([1.0, 2.0])]  # the second is a row: a bias, and free
    assert L2(0.1).value(two) == pytest.approx(0.1 / 2 * 25)
    assert L1(0.1).value(two) == pytest.approx(0.1 * 7)
    L2(0.1).add_gradients(two)
    assert two[0].grad == pytest.approx(np.array([[0.3, -0.4]]))
    assert two[1].grad is None


def test_the_slope_of_l1_at_zero_is_zero():
    assert L1(0.5).slope(np.array([[0.0, -2.0, 3.0]])).tolist() == [[0.0, -0.5, 0.5]]


@BOTH
def test_the_slope_is_that_of_nudging(kind):
    rng = np.random.default_rng(0)
    parameters = Network([Dense(3, 4, rng=rng), Dense(4, 2, rng=rng)]).parameters()
    penalty = kind(0.3)

    def run():
        for parameter in parameters:
            parameter.grad = np.zeros_like(parameter.value)
        penalty.add_gradients(parameters)
        return penalty.value(parameters)

    assert check_gradients(run, parameters, rng=rng).passed


@BOTH
def test_single_precision_stays(kind):
    parameter = Parameter(np.ones((2, 2), np.float32), "W")
    kind(0.3).add_gradients([parameter])
    assert parameter.grad.dtype == np.float32


def trained(penalty, second=0.0):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((20, 3))
    y = x @ np.array([[1.0], [second], [-2.0]])
    network = Network([Dense(3, 1, rng=rng)])
    optimizer = SGD(network.parameters(), 0.1)
    options = {"epochs": 300, "batch_size": 20, "rng": rng, "penalty": penalty}
    history = fit(network, SquaredError(), optimizer, (x, y), **options)
    return network.parameters()[0].value, history, x, y


def test_ridge_regression_is_what_fit_with_l2_ends_at():
    w, _, x, y = trained(L2(0.5))
    # The slope of 1/(2n) ‖xw + b − y‖² + λ/2 ‖w‖² is 0 there; b takes the means out.
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    wanted = np.linalg.solve(x.T @ x / len(x) + 0.5 * np.eye(3), x.T @ y / len(x))
    assert w == pytest.approx(wanted, abs=1e-8)


def test_the_history_is_without_the_penalty():
    w, history, x, y = trained(L2(0.5))
    b = (y - x @ w).mean()
    assert history.loss[-1] == pytest.approx(((x @ w + b - y) ** 2).mean() / 2, abs=1e-6)


def test_l1_holds_a_small_weight_near_zero_where_l2_only_shrinks_it():
    plain, l1, l2 = (trained(penalty, second=0.2)[0][1, 0] for penalty in (None, L1(0.4), L2(0.4)))
    assert plain == pytest.approx(0.2, abs=1e-6)
    assert (
        abs(l1) < 2 * 0.1 * 0.4
    )  # it hops round 0 by a step: η times λ, and the loss's own slope, smaller than λ
    assert 2 * 0.1 * 0.4 < l2 < 0.2


@BOTH
@pytest.mark.parametrize("wrong", [0, -1.0, float("nan"), "a lot", None])
def test_a_strength_must_be_above_zero(kind, wrong):
    with pytest.raises((ValueError, TypeError), match="strength"):
        kind(wrong)


def test_several_penalties_add_up():
    network = Network([Dense(2, 1, rng=np.random.default_rng(0))])
    w = network.layers[0].W
    w.value[...] = [[3.0], [-4.0]]
    # the loss is flat: x = 0 gives W no slope. λ₂ w + λ₁ sign w = 0.3 + 0.5, −0.4 − 0.5, times η = 1
    parts = network, SquaredError(), SGD(network.parameters(), 1.0)
    train_step(*parts, np.zeros((1, 2)), np.zeros((1, 1)), [L2(0.1), L1(0.5)])
    assert w.value == pytest.approx(np.array([[3 - 0.8], [-4 + 0.9]]))


def test_fit_takes_a_list_of_penalties():
    (one, *_), (two, *_), (none, *_), (bare, *_) = (
        trained(penalty) for penalty in (L2(0.5), (L2(0.2), L2(0.3)), [], None)
    )
    assert two == pytest.approx(one, rel=1e-12)
    assert none.tobytes() == bare.tobytes()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (0.1, "got 0.1 as the penalty: expected one such as L2(0.001), or a list of them"),
        (L2, "got the class L2 as the penalty: expected one such as"),
        ("L2", "got a str as the penalty"),
        ([L1(0.1), None], "got None as the penalty"),
        ([L1(0.1), 0.1], "got 0.1 as the penalty"),
        ([[L1(0.1)]], "got a list as the penalty"),
        ({L1(0.1)}, "got a set as the penalty"),
        (Dropout(0.5, rng=np.random.default_rng(0)), "got a Dropout as the penalty"),
    ],
)
def test_what_is_no_penalty_is_refused_in_words(wrong, words):
    with pytest.raises(TypeError, match="^fit " + re.escape(words)):
        trained(wrong)
    network = Network([Dense(2, 1, rng=np.random.default_rng(0))])
    parts = network, SquaredError(), SGD(network.parameters(), 1.0)
    before = network.layers[0].W.value.copy()
    with pytest.raises(TypeError, match="^train_step " + re.escape(words)):
        train_step(*parts, np.ones((1, 2)), np.zeros((1, 1)), wrong)
    assert np.array_equal(network.layers[0].W.value, before)


@BOTH
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            Network([Dense(2, 1, rng=np.random.default_rng(0))]),
            "got a Network: expected parameters",
        ),
        (weights([[1.0]]), "got a Parameter: expected parameters"),
        ([np.ones((2, 2))], "got ndarray: expected parameters"),
        (None, "got None: expected parameters, as network.parameters"),
    ],
)
def test_what_are_no_parameters_is_refused_in_words(kind, wrong, words):
    for ask in (kind(0.1).value, kind(0.1).add_gradients):
        with pytest.raises(TypeError, match=f"{kind.__name__} {words}"):
            ask(wrong)
    assert kind(0.1).value([]) == 0


def test_it_says_what_it_is():
    assert repr(L2(0.001)) == "L2(0.001)"
    with pytest.raises(NotImplementedError, match=r"Penalty\(0.1\) has no cost: expected L1"):
        Penalty(0.1).cost(np.zeros((1, 1)))
    with pytest.raises(NotImplementedError, match=r"Penalty\(0.1\) has no slope: expected L1"):
        Penalty(0.1).slope(np.zeros((1, 1)))


# Dropout and DropConnect: what is drawn.

KEEPS = pytest.mark.parametrize("keep", [0.2, 0.5, 0.8])
LEAVING_OUT = {
    "Dropout": lambda keep, rng: Dropout(keep, rng=rng),
    "DropConnect": lambda keep, rng: DropConnect(6, 4, keep, rng=rng),
}
each_layer = pytest.mark.parametrize("make", LEAVING_OUT.values(), ids=LEAVING_OUT)


class Told(np.random.Generator):
    """A generator that draws what it is told: below ``keep`` where the mask has a 1."""

    def __init__(self):
        super().__init__(np.random.PCG64(0))
        self.mask = np.zeros(0)

    def random(self, shape):
        return np.broadcast_to(1 - self.mask, shape)


def all_masks(k, keep):
    """All 2ᵏ masks (2ᵏ, k) of 0 and 1, and the chance of each."""
    masks = np.array(list(itertools.product([0.0, 1.0], repeat=k)))
    return masks, keep ** masks.sum(axis=1) * (1 - keep) ** (k - masks.sum(axis=1))


def test_dropout_by_hand():
    rng = Told()
    rng.mask = np.array([[1.0, 0.0, 1.0]])
    layer = Dropout(0.5, rng=rng)
    assert layer.forward(np.array([[3.0, 4.0, -5.0]])).tolist() == [[6, 0, -10]]
    assert layer.backward(np.array([[1.0, 1.0, 10.0]])).tolist() == [[2, 0, 20]]


def test_dropconnect_by_hand():
    rng = Told()
    layer = DropConnect(
        2, 2, 0.5, rng=rng, weights=lambda shape, rng: np.array([[1.0, 2.0], [3.0, 4.0]])
    )
    layer.b.value[...] = [0.5, -0.5]
    rng.mask = np.array([[1.0, 0.0], [0.0, 1.0]])
    # W ⊙ M / keep = [[2, 0], [0, 8]]
    assert layer.forward(np.array([[1.0, 10.0]])).tolist() == [[2.5, 79.5]]
    assert layer.backward(np.array([[1.0, 1.0]])).tolist() == [[2, 8]]
    assert layer.W.grad.tolist() == [[2, 0], [0, 20]]  # (1, 10)ᵀ (1, 1), where M is 1, over keep
    assert layer.b.grad.tolist() == [1, 1]


@KEEPS
def test_a_share_keep_of_all_numbers_stays(keep, rng):
    y = Dropout(keep, rng=rng).forward(np.ones((200, 10, 10)))
    assert set(np.unique(y)) == {0, 1 / keep}
    assert abs((y > 0).mean() - keep) < 5 * np.sqrt(keep * (1 - keep) / y.size)


def test_every_example_and_every_number_has_a_draw_of_its_own(rng):
    kept = Dropout(0.5, rng=rng).forward(np.ones((4000, 6))) > 0
    assert len(np.unique(kept, axis=0)) == 2**6
    together = np.corrcoef(kept.T) - np.eye(6)
    assert np.abs(together).max() < 5 / np.sqrt(4000)
    neighbours = np.corrcoef(kept[:-1].ravel(), kept[1:].ravel())[0, 1]
    assert abs(neighbours) < 5 / np.sqrt(24000)


@each_layer
def test_masks_differ_from_step_to_step_and_the_seed_says_all(make):
    x = np.random.default_rng(1).standard_normal((5, 6))
    first, second = (make(0.5, np.random.default_rng(0)) for _ in range(2))
    steps = [first.forward(x) for _ in range(4)]
    assert len({y.tobytes() for y in steps}) == 4
    assert [y.tobytes() for y in steps] == [second.forward(x).tobytes() for _ in range(4)]


def test_dropconnect_leaves_the_same_weights_out_for_the_whole_mini_batch(rng):
    layer = DropConnect(6, 4, 0.5, rng=rng)
    y = layer.forward(np.eye(6))  # each row shows a row of W ⊙ M / keep
    assert ((y == 0) | np.isclose(y, 2 * layer.W.value)).all()
    assert 0 < (y == 0).sum() < y.size
    assert layer.forward(np.ones((3, 6))).std(axis=0) == pytest.approx(0)


@each_layer
def test_prediction_is_exact_and_draws_nothing(make):
    rng, x = np.random.default_rng(0), np.random.default_rng(1).standard_normal((5, 6))
    layer = make(0.5, rng)
    layer.training = False
    before = rng.bit_generator.state
    wanted = x @ layer.W.value + layer.b.value if isinstance(layer, Dense) else x
    assert layer.forward(x).tobytes() == wanted.tobytes()
    assert rng.bit_generator.state == before
    dy = np.ones(wanted.shape)
    assert np.array_equal(
        layer.backward(dy), dy @ layer.W.value.T if isinstance(layer, Dense) else dy
    )


@each_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keep_1_is_the_identity_bit_for_bit(make, dtype):
    x = np.random.default_rng(1).standard_normal((5, 6)).astype(dtype)
    layer = make(1, np.random.default_rng(0))
    for parameter in layer.parameters():
        parameter.value = parameter.value.astype(dtype)
    learning = layer.forward(x)
    layer.training = False
    assert learning.tobytes() == layer.forward(x).tobytes()
    assert learning.dtype == dtype


def test_whole_numbers_become_floats(rng):
    layer, x = Dropout(0.4, rng=rng), np.arange(1, 13).reshape(3, 4)
    y = layer.forward(x)
    assert y.dtype == np.float64
    assert ((y == 0) | np.isclose(y, x / 0.4)).all()
    layer.training = False
    assert np.array_equal(layer.forward(x), x)


# Dropout and DropConnect: what comes out on average.


@each_layer
@KEEPS
def test_the_mean_over_many_masks_is_the_prediction(make, keep):
    rng = np.random.default_rng(0)
    layer, x, n = make(keep, rng), rng.standard_normal((3, 6)), 4000
    seen = np.array([layer.forward(x) for _ in range(n)])
    layer.training = False
    z_score = (seen.mean(axis=0) - layer.forward(x)) / (seen.std(axis=0, ddof=1) / np.sqrt(n))
    assert np.abs(z_score).max() < 5
    layer.training = True
    dy = rng.standard_normal(seen[0].shape)
    slopes = []
    for _ in range(n):
        layer.forward(x)
        slopes.append(layer.backward(dy))
    slopes = np.array(slopes)
    wanted = dy @ layer.W.value.T if isinstance(layer, Dense) else dy
    assert (
        np.abs((slopes.mean(axis=0) - wanted) / (slopes.std(axis=0, ddof=1) / np.sqrt(n))).max() < 5
    )


@KEEPS
def test_all_masks_of_a_layer_together_give_a_linear_output_exactly(keep):
    rng, told = np.random.default_rng(0), Told()
    hidden, out = Sigmoid().forward(rng.standard_normal((4, 6))), Dense(6, 3, rng=rng)
    masks, chance = all_masks(6, keep)
    layer, mean, as_noted = Dropout(keep, rng=told), 0.0, 0.0
    for mask, p in zip(masks, chance, strict=True):
        told.mask = mask
        mean += p * out.forward(layer.forward(hidden))
        as_noted += p * out.forward(hidden * mask)  # the notes: no scaling while learning …
    assert chance.sum() == pytest.approx(1, abs=1e-12)
    layer.training = False
    assert np.abs(mean - out.forward(layer.forward(hidden))).max() < 1e-12
    assert (
        np.abs(as_noted - hidden @ (keep * out.W.value)).max() < 1e-12
    )  # … and outgoing weights times keep
    assert np.abs(as_noted - keep * mean).max() < 1e-12  # the same means, but for the scale


@KEEPS
def test_all_masks_of_dropconnect_together_give_its_prediction_exactly(keep):
    rng, told = np.random.default_rng(0), Told()
    layer = DropConnect(4, 2, keep, rng=told)
    layer.b.value[...] = [1.0, -2.0]
    x, mean = rng.standard_normal((3, 4)), 0.0
    for mask, p in zip(*all_masks(8, keep), strict=True):
        told.mask = mask.reshape(4, 2)
        mean += p * layer.forward(x)
    layer.training = False
    assert np.abs(mean - layer.forward(x)).max() < 1e-12


@KEEPS
def test_the_geometric_mean_of_all_softmax_networks_is_the_prediction(keep):
    # log pₘ = zₘ − log Σ exp zₘ: its mean is z of the mean network, but for a number that all classes share
    rng, told = np.random.default_rng(0), Told()
    hidden, out = Sigmoid().forward(rng.standard_normal((4, 6))), Dense(6, 3, rng=rng)
    out.W.value *= 4
    layer, masks = Dropout(keep, rng=told), all_masks(6, keep)
    logs, plain = 0.0, 0.0
    for mask, p in zip(*masks, strict=True):
        told.mask = mask
        probabilities = softmax(out.forward(layer.forward(hidden)))
        logs += p * np.log(probabilities)
        plain += p * probabilities
    geometric = np.exp(logs)
    assert geometric.sum(axis=1).max() < 0.95  # so it needs to be renormalised
    geometric /= geometric.sum(axis=1, keepdims=True)
    layer.training = False
    prediction = softmax(out.forward(layer.forward(hidden)))
    assert np.abs(geometric - prediction).max() < 1e-12
    assert np.abs(plain - prediction).max() > 0.01  # the arithmetic mean is another one


def test_with_two_hidden_layers_the_geometric_mean_is_only_near():
    rng, told = np.random.default_rng(0), Told()
    first, out = Dense(6, 5, rng=rng), Dense(5, 3, rng=rng)
    first.W.value *= 4
    out.W.value *= 4
    hidden, layer, logs = (
        Sigmoid().forward(rng.standard_normal((4, 6))),
        Dropout(0.5, rng=told),
        0.0,
    )
    for mask, p in zip(*all_masks(6, 0.5), strict=True):
        told.mask = mask
        z = out.forward(Sigmoid().forward(first.forward(layer.forward(hidden))))
        logs += p * np.log(softmax(z))
    layer.training = False
    prediction = softmax(out.forward(Sigmoid().forward(first.forward(layer.forward(hidden)))))
    error = np.abs(softmax(logs) - prediction).max()
    assert 1e-3 < error < 0.2


# Dropout and DropConnect: in a network.


def dropping(rng, keep=0.5):
    return Network(
        [
            Dense(6, 8, rng=rng),
            Residual([Sigmoid(), Dropout(keep, rng=rng), Dense(8, 8, rng=rng)]),
            DropConnect(8, 3, 0.75, rng=rng),
        ]
    )


def test_generators_are_found_wherever_they_are_each_once(rng):
    network = dropping(rng)
    assert network.generators() == [rng]
    other = np.random.default_rng(1)
    assert Network([Dropout(0.5, rng=rng), Residual([Dropout(0.5, rng=other)])]).generators() == [
        rng,
        other,
    ]
    assert Network([Dense(2, 2, rng=rng)]).generators() == []


def test_prediction_mode_reaches_what_is_inside_and_learning_goes_on_as_before(rng):
    network, x = dropping(rng), rng.standard_normal((5, 6))
    network.training = True
    assert network.predict(x).tobytes() == network.predict(x).tobytes()
    assert network.forward(x).tobytes() != network.forward(x).tobytes()


def test_a_copy_draws_the_same_from_a_generator_of_its_own(rng):
    network, x = dropping(rng), np.random.default_rng(1).standard_normal((5, 6))
    network.training = True
    copy = network.copy()
    assert len(copy.generators()) == 1
    assert copy.generators()[0] is not rng
    before = rng.bit_generator.state
    theirs = copy.forward(x)
    assert rng.bit_generator.state == before
    assert network.forward(x).tobytes() == theirs.tobytes()


def test_saved_and_loaded_keep_stays_and_learning_can_go_on(rng, tmp_path):
    network, x = dropping(rng, keep=0.3), rng.standard_normal((20, 6))
    loaded = Network.load(network.save(tmp_path / "net"), rng=rng)
    assert (loaded.layers[1].layers[1].keep, loaded.layers[2].keep) == (0.3, 0.75)
    assert str(loaded) == str(network)
    assert loaded.predict(x).tobytes() == network.predict(x).tobytes()
    assert loaded.generators() == [rng]
    loaded.training = True
    assert loaded.forward(x).tobytes() != loaded.forward(x).tobytes()


def test_single_precision_stays_single_in_learning(rng):
    network, x = dropping(rng).astype(np.float32), rng.standard_normal((20, 6)).astype(np.float32)
    optimizer, y = SGD(network.parameters(), 0.1), rng.integers(0, 3, 20)
    fit(network, SoftmaxCrossEntropy(), optimizer, (x, y), epochs=2, batch_size=5, rng=rng)
    network.training = True
    assert network.forward(x).dtype == np.float32
    assert {parameter.value.dtype for parameter in network.parameters()} == {np.dtype(np.float32)}


def test_training_with_dropout_is_the_same_bits_for_the_same_seed():
    def run():
        rng = np.random.default_rng(4)
        network, x, y = dropping(rng), rng.standard_normal((20, 6)), rng.integers(0, 3, 20)
        options = {"epochs": 3, "batch_size": 5, "rng": rng}
        return fit(
            network, SoftmaxCrossEntropy(), SGD(network.parameters(), 0.5), (x, y), **options
        ).loss

    assert run() == run()


def test_a_whole_network_with_dropout_agrees_with_nudging(rng):
    network, x, y = dropping(rng), rng.standard_normal((5, 6)), rng.integers(0, 3, 5)
    network.training = True
    loss, start = SoftmaxCrossEntropy(), rng.bit_generator.state

    def run():
        rng.bit_generator.state = start  # the same masks each time
        for parameter in network.parameters():
            parameter.zero_grad()
        cost = loss.forward(network.forward(x), y)
        network.backward(loss.backward())
        return cost

    report = check_gradients(
        run, network.parameters(), rng=np.random.default_rng(0), every_element=True
    )
    assert report.worst < 1e-6, report


def test_masks_drawn_anew_are_found_out_by_the_gradient_check(rng):
    network, x, y = dropping(rng), rng.standard_normal((5, 6)), rng.integers(0, 3, 5)
    loss = SoftmaxCrossEntropy()

    def run():
        for parameter in network.parameters():
            parameter.zero_grad()
        cost = loss.forward(network.forward(x), y)
        network.backward(loss.backward())
        return cost

    with pytest.raises(ValueError, match="or it draws random numbers"):
        check_gradients(run, network.parameters(), rng=np.random.default_rng(0))


@each_layer
@pytest.mark.parametrize(
    ("keep", "error", "words"),
    [
        (0, ValueError, "keep = 0: expected a number above 0"),
        (-0.5, ValueError, "keep = -0.5: expected a number above 0"),
        (
            1.5,
            ValueError,
            "keep = 1.5: expected a share above 0 and up to 1, such as 0.5; it is the chance of being k",
        ),
        (float("nan"), ValueError, "keep = nan: expected"),
        (True, TypeError, "keep = True: expected"),
        ("x", TypeError, "keep = a str: expected"),
        (None, TypeError, "keep = None: expected"),
    ],
)
def test_a_wrong_keep_is_refused_in_words(make, keep, error, words):
    with pytest.raises(error, match=f"^Drop(out|Connect) got {words}"):
        make(keep, np.random.default_rng(0))


@each_layer
def test_it_says_what_it_is_and_wants_a_generator(make, rng):
    layer = make(0.25, rng)
    assert str(layer) in ("Dropout(keep 0.25)", "DropConnect(6 → 4, keep 0.25)")
    assert all(parameter.name.startswith(f"{layer}.") for parameter in layer.parameters())
    with pytest.raises(TypeError, match=r"^Drop.* got rng as 0: expected a generator"):
        make(0.25, 0)


def test_dropconnect_says_its_own_name_where_its_size_is_wrong(rng):
    with pytest.raises(ValueError, match=r"^DropConnect got n_in = 0"):
        DropConnect(0, 4, 0.5, rng=rng)
    with pytest.raises(TypeError, match=r"^DropConnect got n_out = 2\.5"):
        DropConnect(4, 2.5, 0.5, rng=rng)


def test_a_slope_that_is_the_weights_themselves_leaves_them_as_they_are():
    class Whole(Penalty):
        def slope(self, w):
            return w

    weights = Parameter(np.ones((2, 2)), "W")
    for _ in range(2):
        Whole(1.0).add_gradients([weights])
    assert weights.value.tolist() == [[1, 1], [1, 1]]
    assert weights.grad.tolist() == [[2, 2], [2, 2]]
