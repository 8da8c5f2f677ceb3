"""Batch normalisation: against sums done by hand; learning and predicting are two things."""

import re

import numpy as np
import pytest

from nnlib.activations import ReLU
from nnlib.callbacks import Restart
from nnlib.layers import Dense, Residual
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.normalization import BatchNorm, batch_norm, batch_norm_grad, moments
from nnlib.optimizers import SGD
from nnlib.parameter import Parameter
from nnlib.training import DivergedError, fit


def test_training_by_hand():
    layer, x = BatchNorm(1), np.array([[1.0], [3.0]])
    layer.gamma.value[...], layer.beta.value[...] = 10, 5
    # μ = 2, σ² = 1: x̂ = ∓1/√1.00001, y = 5 ∓ 10 x̂
    unit = 1 / np.sqrt(1.00001)
    assert layer.forward(x).ravel() == pytest.approx([5 - 10 * unit, 5 + 10 * unit], rel=1e-14)
    # running mean 0.9·0 + 0.1·2; running variance 0.9·1 + 0.1·(1·2/1)
    assert layer.running_mean.value == pytest.approx([0.2])
    assert layer.running_variance.value == pytest.approx([1.1])


def test_prediction_by_hand():
    layer = BatchNorm(1)
    layer.running_mean.value[...], layer.running_variance.value[...] = 2, 4 - 1e-5
    layer.gamma.value[...], layer.beta.value[...] = 10, 5
    layer.training = False
    assert layer.forward(np.array([[6.0]])).item() == pytest.approx(25)  # (6 − 2)/2 · 10 + 5
    assert layer.backward(np.array([[1.0]])).item() == pytest.approx(5)  # 10/2
    assert layer.running_mean.value == 2  # nothing is noted


def test_every_feature_is_brought_to_mean_0_and_variance_1(rng):
    y = BatchNorm(3).forward(5 + 4 * rng.standard_normal((20, 6, 6, 3)))
    assert y.mean(axis=(0, 1, 2)) == pytest.approx(0, abs=1e-12)
    assert y.var(axis=(0, 1, 2)) == pytest.approx(1, rel=1e-5)


def test_gamma_and_beta_can_undo_it(rng):
    layer, x = BatchNorm(4), 5 + 4 * rng.standard_normal((50, 4))
    layer.gamma.value[...], layer.beta.value[...] = np.sqrt(x.var(axis=0) + 1e-5), x.mean(axis=0)
    assert layer.forward(x) == pytest.approx(x)


def test_a_bias_before_it_has_no_effect_and_gets_no_gradient(rng):
    dense, layer, x = Dense(4, 3, rng=rng), BatchNorm(3), rng.standard_normal((9, 4))
    before = layer.forward(dense.forward(x))
    dense.b.value += 7
    assert layer.forward(dense.forward(x)) == pytest.approx(before)
    dense.backward(layer.backward(rng.standard_normal((9, 3))))
    assert dense.b.grad == pytest.approx(np.zeros(3), abs=1e-12)


def test_a_feature_that_never_changes_stays_finite():
    layer = BatchNorm(1)
    assert not layer.forward(np.full((5, 1), 3.0)).any()
    assert np.isfinite(layer.backward(np.arange(5.0)[:, None])).all()


def test_an_answer_in_prediction_does_not_depend_on_its_neighbours(rng):
    network, x = Network([Dense(4, 3, rng=rng), BatchNorm(3)]), rng.standard_normal((8, 4))
    network.forward(x)
    assert network.predict(x)[:1] == pytest.approx(network.predict(x[:1]))
    assert network.forward(x)[:1] != pytest.approx(network.forward(x[:2])[:1])


@pytest.mark.parametrize("shape", [(1, 3), (1, 1, 1, 3)])
def test_a_single_row_is_refused_in_training_and_welcome_in_prediction(shape):
    layer = BatchNorm(3)
    with pytest.raises(
        ValueError, match=r"BatchNorm\(3\) got a single row in training.*choose another batch_size"
    ):
        layer.forward(np.ones(shape))
    layer.training = False
    assert layer.forward(np.ones(shape)).shape == shape


def test_a_single_image_of_many_pixels_is_enough(rng):
    assert BatchNorm(3).forward(rng.standard_normal((1, 2, 2, 3))).shape == (1, 2, 2, 3)


@pytest.mark.parametrize(("features", "error"), [(0, ValueError), (2.5, TypeError)])
def test_wrong_number_of_features_is_refused(features, error):
    with pytest.raises(error, match=f"BatchNorm got features = {features}"):
        BatchNorm(features)


def test_epsilon_and_share_can_be_chosen():
    layer = BatchNorm(1, epsilon=3, share=0.5)
    # μ = 2, σ² = 1, √(1 + 3) = 2; running mean 0.5·0 + 0.5·2, running variance 0.5·1 + 0.5·(1·2/1)
    assert layer.forward(np.array([[1.0], [3.0]])).ravel().tolist() == [-0.5, 0.5]
    assert layer.running_mean.value.tolist() == [1]
    assert layer.running_variance.value.tolist() == [1.5]
    # of opposite dy nothing is shared but by x̂: dγ = −0.5·1 + 0.5·(−1) = −1, dx = 1/2 · (±1 − (∓0.5 · −1)/2)
    assert layer.backward(np.array([[1.0], [-1.0]])).ravel().tolist() == [0.375, -0.375]
    assert layer.gamma.grad.tolist() == [-1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epsilon": 0}, "epsilon = 0: expected a number above 0"),
        ({"share": 1}, "share = 1: expected 0 or more, and below 1"),
    ],
)
def test_wrong_epsilon_and_share_are_refused(options, words):
    with pytest.raises(ValueError, match=f"BatchNorm got {words}"):
        BatchNorm(3, **options)


def test_epsilon_and_share_are_saved(tmp_path):
    network = Network([BatchNorm(3, epsilon=0.5, share=0.25)])
    loaded = Network.load(network.save(tmp_path / "model")).layers[0]
    assert (loaded.epsilon, loaded.share) == (0.5, 0.25)


def test_a_huge_epsilon_leaves_nearly_nothing_and_a_tiny_one_all():
    x = np.array([[1.0], [3.0]])
    # (1 − 2)/√(1 + 1e20) = −1e-10;  (1 − 2)/√(1 + 1e-300) = −1
    assert BatchNorm(1, epsilon=1e20).forward(x).ravel() == pytest.approx([-1e-10, 1e-10])
    assert BatchNorm(1, epsilon=1e-300).forward(x).ravel().tolist() == [-1, 1]


def test_a_share_of_0_notes_nothing_and_one_near_1_only_the_last():
    x = np.array([[1.0], [3.0]])
    none, nearly_all = BatchNorm(1, share=0), BatchNorm(1, share=0.9)
    for layer in (none, nearly_all):
        layer.forward(x)
    assert (none.running_mean.value.item(), none.running_variance.value.item()) == (0, 1)
    assert nearly_all.running_mean.value.item() == pytest.approx(1.8)  # 0.1 · 0 + 0.9 · 2
    assert nearly_all.running_variance.value.item() == pytest.approx(1.9)  # 0.1 · 1 + 0.9 · 2
    none.training = False
    assert none.forward(x).ravel() == pytest.approx(x.ravel() / np.sqrt(1.00001))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"epsilon": -1}, ValueError, "epsilon = -1"),
        ({"epsilon": np.inf}, ValueError, "epsilon = inf"),
        ({"epsilon": np.nan}, ValueError, "epsilon = nan"),
        ({"epsilon": "small"}, TypeError, "epsilon = a str: expected a number above 0"),
        ({"epsilon": [1e-5] * 3}, TypeError, "epsilon = a list"),
        ({"epsilon": True}, TypeError, "epsilon = True"),
        ({"share": -0.1}, ValueError, "share = -0.1"),
        ({"share": np.nan}, ValueError, "share = nan"),
        ({"share": None}, TypeError, "share = None: expected a number from 0 to below 1"),
    ],
)
def test_what_is_no_epsilon_and_no_share(options, error, words):
    with pytest.raises(error, match=f"BatchNorm got {re.escape(words)}"):
        BatchNorm(3, **options)


@pytest.mark.parametrize("n", [2, 20_000], ids=["readable", "fast"])
def test_whole_numbers_do_not_run_over(n):
    x = np.tile(np.array([[100], [200]], np.uint8), (n // 2, 1))
    one = np.ones(1, np.uint8)
    mean, variance = moments(x)
    assert (mean.tolist(), variance.tolist()) == ([150], [2500])  # 50²
    # ±50/√(2500 + 0) · 1 + 1
    y = batch_norm(x, one, one, mean, variance, 0)
    assert y[:2].ravel().tolist() == [0, 2]
    dy = np.full_like(x, 250)
    _, d_gamma, d_beta = batch_norm_grad(dy, x, one, mean, variance, 0)
    assert d_gamma == pytest.approx(0, abs=1e-6)
    assert d_beta == pytest.approx(250 * n)


ONE, ROWS = np.ones(2), np.ones((3, 2))
NOT_FITTING = [
    (moments, (np.ones((5, 5, 2)),), ValueError, "x of shape (5, 5, 2): expected (n, features) or"),
    (moments, (np.ones((0, 2)),), ValueError, "x of shape (0, 2): expected"),
    (moments, ([1, 2],), TypeError, "x as a list: expected a NumPy array"),
    (
        batch_norm,
        (ROWS, np.ones(3), ONE, ONE, ONE, 1),
        ValueError,
        "gamma of shape (3,): expected (2",
    ),
    (batch_norm, (ROWS, 1, ONE, ONE, ONE, 1), TypeError, "gamma as 1: expected a NumPy array"),
    (batch_norm, (ROWS, ONE, ONE, ONE, ONE, -1), ValueError, "epsilon = -1: expected a number, 0"),
    (
        batch_norm_grad,
        (ROWS[:1], ROWS, ONE, ONE, ONE, 1),
        ValueError,
        "dy of shape (1, 2): expected",
    ),
    (batch_norm_grad, (ROWS, ROWS, ONE, ONE, 1, 1), TypeError, "variance as 1: expected a NumPy"),
]


@pytest.mark.parametrize(("function", "arguments", "error", "words"), NOT_FITTING)
def test_what_does_not_fit_is_refused_by_the_functions_too(function, arguments, error, words):
    with pytest.raises(error, match=f"^{function.__name__} got {re.escape(words)}"):
        function(*arguments)


# The running statistics: part of the network, none of the optimizer's business.


def normalised(rng):
    inside = Residual([Dense(3, 3, rng=rng), BatchNorm(3), ReLU()])
    return Network([Dense(4, 3, rng=rng), BatchNorm(3), ReLU(), inside, Dense(3, 2, rng=rng)])


def statistics(network) -> list[np.ndarray]:
    return [statistic.value.copy() for statistic in network.state()[len(network.parameters()) :]]


def test_an_optimizer_never_sees_them(rng):
    network = normalised(rng)
    seen = {parameter.name for parameter in SGD(network.parameters()).parameters}
    assert {"BatchNorm(3).gamma", "BatchNorm(3).beta"} <= seen
    assert not {"BatchNorm(3).running_mean", "BatchNorm(3).running_variance"} & seen
    assert len(statistics(network)) == 4


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_they_are_saved_loaded_and_cast(dtype, rng, tmp_path):
    network = normalised(rng).astype(dtype)
    x = (3 + rng.standard_normal((20, 4))).astype(dtype)
    network.forward(x)
    loaded = Network.load(network.save(tmp_path / "model"))
    for one, other in zip(statistics(network), statistics(loaded), strict=True):
        assert one.dtype == other.dtype == dtype
        assert one.tobytes() == other.tobytes()
        assert one.any()
    assert loaded.predict(x).tobytes() == network.predict(x).tobytes()
    assert loaded.predict(x).dtype == dtype


def test_copies_have_their_own(rng):
    network, x = normalised(rng), 3 + rng.standard_normal((20, 4))
    before = statistics(network)
    twin = network.copy()
    twin.forward(x)
    assert all(
        np.array_equal(one, other) for one, other in zip(statistics(network), before, strict=True)
    )
    assert not np.array_equal(statistics(twin)[0], before[0])


def test_fit_puts_them_back_where_it_diverges(rng):
    network = normalised(rng)
    x, y = rng.standard_normal((20, 4)), rng.integers(0, 2, 20)
    before = statistics(network)
    network.layers[-1].W.value[...] = 1e308  # the loss overflows at the first step
    network.layers[-1].W.value[:, 0] *= -1
    with pytest.raises(DivergedError):
        fit(
            network,
            SoftmaxCrossEntropy(),
            SGD(network.parameters(), 0.1),
            (x, y),
            epochs=1,
            batch_size=10,
            rng=rng,
        )
    assert all(
        np.array_equal(one, other) for one, other in zip(statistics(network), before, strict=True)
    )


def test_restart_puts_them_back_with_the_weights(rng):
    network, restart = normalised(rng), Restart(rng=rng)
    x, y = rng.standard_normal((20, 4)), rng.integers(0, 2, 20)
    optimizer = SGD(network.parameters(), 0.1)
    seen = []
    fit(network, SoftmaxCrossEntropy(), optimizer, (x, y), epochs=2, batch_size=10, rng=rng,
        callbacks=[restart, lambda state: seen.append(statistics(state.network))])  # fmt: skip
    network.forward(100 + x)
    network.training = True
    network.forward(100 + x)
    restart.restore(network)
    best = seen[0] if restart.waited else seen[1]
    assert all(
        np.array_equal(one, other) for one, other in zip(statistics(network), best, strict=True)
    )


def test_they_are_no_other_kind_of_array():
    assert all(isinstance(statistic, Parameter) for statistic in BatchNorm(2).statistics())


@pytest.mark.parametrize("missing", ["value_4", "value_5"])
def test_a_file_without_them_is_refused(missing, rng, tmp_path):
    path = Network([Dense(4, 3, rng=rng), BatchNorm(3)]).save(tmp_path / "model")
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files if name != missing}
    np.savez(path, **arrays)
    with pytest.raises(
        ValueError, match=f"{re.escape(str(path))}: not a network that can be loaded .*{missing}"
    ):
        Network.load(path)
