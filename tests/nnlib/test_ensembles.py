"""Many networks: votes by hand, soft targets and their slopes, a mixture whose gate learns who decides where."""

import numpy as np
import pytest

from nnlib import parts
from nnlib.activations import Sigmoid, Softmax, Tanh
from nnlib.autodiff import Variable
from nnlib.ensembles import (
    Distillation,
    Ensemble,
    MixtureOfExperts,
    chances,
    mean_correlation,
    share_of_votes,
    soft_targets,
)
from nnlib.gradcheck import check_gradients
from nnlib.layers import Dense, Flatten
from nnlib.losses import SoftmaxCrossEntropy, SquaredError
from nnlib.network import Network
from nnlib.numerics import log_softmax, softmax
from nnlib.optimizers import Adam
from nnlib.parameter import Parameter
from nnlib.regularization import Dropout
from nnlib.training import fit


def always(*logits: float) -> Network:
    """A network that answers the same to everything."""
    layer = Dense(2, len(logits), rng=np.random.default_rng(0))
    layer.W.value[...], layer.b.value[...] = 0, logits
    return Network([layer])


SURE, DOUBT, OTHER = always(0, 9, 0), always(0.1, 0, 0), always(0.1, 0, 0)
X = np.zeros((4, 2))


# They vote.


def test_the_mean_listens_to_the_sure_one_and_the_majority_does_not():
    networks = [SURE, DOUBT, OTHER]
    assert Ensemble(networks).classify(X).tolist() == [1] * 4
    assert Ensemble(networks, vote="majority").classify(X).tolist() == [0] * 4


def test_the_mean_of_chances_by_hand():
    p = Ensemble([SURE, DOUBT]).predict(X)
    wanted = (softmax(np.array([[0.0, 9, 0]])) + softmax(np.array([[0.1, 0, 0]]))) / 2
    assert p == pytest.approx(np.repeat(wanted, 4, axis=0), rel=1e-12)


def test_the_share_of_votes_by_hand():
    # two of three voters say 2 about the first example, and all say 0 about the second
    votes = share_of_votes(np.array([[2, 0], [1, 0], [2, 0]]), 3)
    assert votes == pytest.approx(np.array([[0, 1 / 3, 2 / 3], [1, 0, 0]]))
    assert Ensemble([SURE, DOUBT, OTHER], vote="majority").predict(X)[0] == pytest.approx(
        [2 / 3, 1 / 3, 0]
    )


def test_of_equal_votes_the_first_class_is_taken():
    assert Ensemble([SURE, DOUBT], vote="majority").classify(X).tolist() == [0] * 4


def test_one_voter_alone_is_the_network_itself(rng):
    network, x = Network([Dense(5, 4, rng=rng)]), rng.standard_normal((7, 5))
    for vote in ("mean", "majority"):
        assert np.array_equal(Ensemble([network], vote).classify(x), network.classify(x))


@pytest.mark.parametrize("last", [Softmax, Sigmoid])
def test_outputs_that_are_chances_already_are_taken_as_such(last, rng):
    network, x = Network([Dense(5, 4, rng=rng), last()]), rng.standard_normal((7, 5))
    outputs = network.predict(x)
    assert chances(network, x) == pytest.approx(outputs / outputs.sum(axis=1, keepdims=True))
    assert chances(network, x, temperature=3.0).max() < chances(network, x).max()


def test_it_is_asked_in_prediction_mode(rng):
    network = Network([Dense(5, 6, rng=rng), Dropout(0.5, rng=rng), Dense(6, 3, rng=rng)])
    network.training = True
    x = rng.standard_normal((9, 5))
    assert np.array_equal(Ensemble([network]).predict(x), Ensemble([network]).predict(x))
    assert network.training


def test_soft_chances_of_an_ensemble_are_the_mean_of_soft_chances():
    p = Ensemble([SURE, DOUBT]).predict(X, temperature=4.0)
    wanted = (softmax(np.array([[0.0, 9, 0]]) / 4) + softmax(np.array([[0.1, 0, 0]]) / 4)) / 2
    assert p[0] == pytest.approx(wanted[0], rel=1e-12)


@pytest.mark.parametrize(
    ("networks", "vote", "error", "words"),
    [
        ([], "mean", ValueError, "Ensemble got no networks"),
        (SURE, "mean", TypeError, "expected a list of networks"),
        ([SURE, None], "mean", TypeError, "Ensemble got None at place 1: expected a Network"),
        ([SURE], "loudest", ValueError, "vote = 'loudest': expected one of mean, majority"),
    ],
)
def test_what_cannot_vote_is_refused(networks, vote, error, words):
    with pytest.raises(error, match=words):
        Ensemble(networks, vote)


def test_networks_with_different_classes_cannot_vote_together():
    with pytest.raises(ValueError, match="network 1 with 2 classes and network 0 with 3"):
        Ensemble([SURE, always(0, 1)]).predict(X)
    with pytest.raises(ValueError, match="gives one output: expected two or more"):
        Ensemble([always(0)]).predict(X)


# Why independent mistakes cancel.


def test_the_correlation_by_hand():
    # each has mean ½ and variance ¼; their products have means ½, 0 and ¼, less ¼ each
    same, opposite, other = [0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 0, 1]
    assert mean_correlation(np.array([same, same])) == pytest.approx(1)
    assert mean_correlation(np.array([same, opposite])) == pytest.approx(-1)
    assert mean_correlation(np.array([same, other])) == pytest.approx(0)
    assert mean_correlation(np.array([same, same, other])) == pytest.approx(1 / 3)


@pytest.mark.parametrize("voters", [2, 5, 12])
def test_the_variance_of_a_mean_is_that_of_the_formula(voters, rng):
    errors = rng.standard_normal((voters, 50)) * 2 + rng.standard_normal(50)
    rho, variance = mean_correlation(errors), errors.var(axis=1).mean()
    wanted = variance * (rho + (1 - rho) / voters)
    assert errors.mean(axis=0).var() == pytest.approx(wanted, rel=1e-10)


@pytest.mark.parametrize(
    ("errors", "words"),
    [
        (np.zeros((1, 5)), "expected two voters or more"),
        (np.zeros((3, 5)), "errors that are all equal"),
        (np.zeros(5), "expected .voters, n."),
    ],
)
def test_errors_without_a_correlation_are_refused(errors, words):
    with pytest.raises(ValueError, match=words):
        mean_correlation(errors)


# One teaches another.


def test_soft_targets_by_hand():
    # e⁰ = 1 and e^(log 3) = 3; at T = 2 it is 1 and √3
    z = np.array([[0.0, np.log(3)]])
    assert soft_targets(z, 1.0)[0] == pytest.approx([0.25, 0.75])
    assert soft_targets(z, 2.0)[0] == pytest.approx([1 / (1 + 3**0.5), 3**0.5 / (1 + 3**0.5)])


@pytest.mark.parametrize("temperature", [0, -1.0, np.inf])
def test_a_temperature_is_above_0(temperature):
    with pytest.raises(ValueError, match="soft_targets got temperature"):
        soft_targets(np.zeros((1, 2)), temperature)
    with pytest.raises(ValueError, match="Distillation got temperature"):
        Distillation(temperature)


def test_at_temperature_1_it_is_softmax_cross_entropy(rng):
    z, labels = rng.standard_normal((6, 4)), rng.integers(0, 4, 6)
    plain, warm = SoftmaxCrossEntropy(), Distillation(1.0)
    assert warm.forward(z, labels) == plain.forward(z, labels)
    assert np.array_equal(warm.backward(), plain.backward())


@pytest.mark.parametrize("temperature", [0.5, 3.0, 20.0])
def test_the_students_loss_and_its_slope(temperature, rng):
    z = Parameter(rng.standard_normal((6, 4)), "z")
    t = soft_targets(rng.standard_normal((6, 4)), temperature)
    loss = Distillation(temperature)

    def f() -> float:
        cost = loss.forward(z.value, t)
        z.grad = loss.backward()
        return cost

    by_hand = -(temperature**2) * (t * log_softmax(z.value / temperature)).sum() / 6
    assert f() == pytest.approx(by_hand, rel=1e-12)
    assert check_gradients(f, [z], rng=rng, every_element=True).worst < 1e-7


def test_at_a_high_temperature_the_student_copies_logits(rng):
    z, v = (rng.standard_normal((6, 4)) for _ in range(2))
    z, v = (logits - logits.mean(axis=1, keepdims=True) for logits in (z, v))
    loss = Distillation(1000.0)
    loss.forward(z, soft_targets(v, 1000.0))
    assert loss.backward() == pytest.approx((z - v) / (6 * 4), rel=0.02, abs=1e-4)


def test_float32_stays(rng):
    z, loss = rng.standard_normal((6, 4)).astype(np.float32), Distillation(3.0)
    loss.forward(z, soft_targets(z, 3.0))
    assert soft_targets(z, 3.0).dtype == loss.backward().dtype == np.float32


def test_a_student_learns_from_soft_targets_alone(rng):
    x, teacher = rng.standard_normal((200, 3)), Network([Dense(3, 4, rng=rng)])
    student, T = Network([Dense(3, 4, rng=rng)]), 2.0
    soft = soft_targets(teacher.predict(x), T)
    history = fit(
        *(student, Distillation(T), Adam(student.parameters(), 0.05), (x, soft)),
        epochs=30,
        rng=rng,
    )
    assert history.accuracy[-1] > 0.97
    new = rng.standard_normal((100, 3))
    assert chances(student, new) == pytest.approx(chances(teacher, new), abs=0.03)


# They share out the work.


def mixture(rng: np.random.Generator, balance: float = 0.0) -> MixtureOfExperts:
    experts = [Dense(2, 3, rng=rng), [Dense(2, 5, rng=rng), Tanh(), Dense(5, 3, rng=rng)]]
    return MixtureOfExperts(experts, Dense(2, 2, rng=rng), balance=balance)


def test_the_mixture_by_hand():
    one, other = (Dense(1, 1, rng=np.random.default_rng(0)) for _ in range(2))
    gate = Dense(1, 2, rng=np.random.default_rng(0))
    one.W.value[...], other.W.value[...] = 2, -1
    gate.W.value[...], gate.b.value[...] = 0, [np.log(3), 0]
    layer = MixtureOfExperts([one, other], gate)
    # a gate of ¾ and ¼, experts 2x and −x: 1.5x − 0.25x
    assert layer.forward(np.array([[1.0], [2.0]])) == pytest.approx(np.array([[1.25], [2.5]]))
    assert layer.shares(np.zeros((3, 1))) == pytest.approx(np.repeat([[0.75, 0.25]], 3, axis=0))
    # dx through the experts: ¾ · 2 − ¼; the gate's weights are 0, so nothing comes through it
    assert layer.backward(np.ones((2, 1))) == pytest.approx(np.full((2, 1), 1.25))
    # dg = (2x, −x), mean of both 1.25x: the gate's slopes are ¾ (2 − 1.25) x and ¼ (−1 − 1.25) x
    assert gate.b.grad == pytest.approx([0.5625 * 3, -0.5625 * 3])


def test_the_mixture_equals_autodiff(rng):
    layer, x, dy = mixture(rng), rng.standard_normal((6, 2)), rng.standard_normal((6, 3))
    v = [Variable(p.value) for p in layer.parameters()]
    their_x = Variable(x)
    f = [their_x @ v[0] + v[1], (their_x @ v[2] + v[3]).tanh() @ v[4] + v[5]]
    e = (their_x @ v[6] + v[7]).exp()
    g = e / (e @ np.ones((2, 1)))
    y = (g @ np.array([[1.0], [0.0]])) * f[0] + (g @ np.array([[0.0], [1.0]])) * f[1]
    (y * dy).sum().backward()
    assert layer.forward(x) == pytest.approx(y.value, rel=1e-12)
    assert layer.backward(dy) == pytest.approx(their_x.grad, rel=1e-10, abs=1e-12)
    for parameter, theirs in zip(layer.parameters(), v, strict=True):
        assert parameter.grad == pytest.approx(theirs.grad, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("balance", [0.0, 0.3, 5.0])
def test_the_slope_of_the_balance(balance, rng):
    layer, values, dy = mixture(rng, balance), rng.standard_normal((6, 2)), np.ones((6, 3))
    x = Parameter(values, "x")

    def f() -> float:
        for parameter in layer.parameters():
            parameter.zero_grad()
        y = layer.forward(x.value)
        x.grad = layer.backward(dy)
        return float((y * dy).sum()) + layer.balance_cost()

    report = check_gradients(f, [x, *layer.parameters()], rng=rng, every_element=True)
    assert report.worst < 1e-7, report


def test_the_balance_costs_least_where_all_work_alike(rng):
    layer = mixture(rng, balance=0.5)
    gate = layer.gate[0]
    gate.W.value[...] = 0
    for logits, cost in (([0, 0], 0.5), ([50, 0], 1.0)):
        gate.b.value[...] = logits
        layer.forward(np.ones((4, 2)))
        assert layer.balance_cost() == pytest.approx(cost)


def test_the_balance_pulls_only_while_it_learns(rng):
    layer, x = mixture(rng, balance=10.0), rng.standard_normal((5, 2))
    layer.training = False
    layer.forward(x)
    layer.backward(np.zeros((5, 3)))
    assert not any(parameter.grad.any() for parameter in layer.parameters())


def test_training_reaches_all_layers_inside(rng):
    inside = Dropout(0.5, rng=rng)
    layer = MixtureOfExperts(
        [[inside, Dense(2, 1, rng=rng)], Dense(2, 1, rng=rng)], Dense(2, 2, rng=rng)
    )
    layer.training = False
    assert not inside.training
    assert layer.generators() == [rng]


def test_networks_become_parts_and_files_bring_them_back(rng, tmp_path):
    experts = [Network([Dense(4, 6, rng=rng), Tanh(), Dense(6, 2, rng=rng)]) for _ in range(3)]
    gate = Network([Dense(4, 5, rng=rng), Tanh(), Dense(5, 3, rng=rng)])
    network = Network([Flatten(), MixtureOfExperts(experts, gate, balance=0.1)])
    x = rng.standard_normal((5, 2, 2, 1))
    loaded = Network.load(network.save(tmp_path / "mixture"))
    assert np.array_equal(loaded.predict(x), network.predict(x))
    assert loaded.layers[1].balance == 0.1
    assert str(loaded) == str(network)
    assert network.layers[1].parameters()[0] is experts[0].parameters()[0]


def test_it_is_never_learned_from_in_parts(rng):
    # the balance looks across the batch
    layer = MixtureOfExperts([Flatten(), Flatten()], [Flatten(), Dense(4, 2, rng=rng)], balance=1.0)
    assert not parts._is_ours(Network([layer]), SquaredError())
    assert not parts._is_ours(Network([Dense(4, 2, rng=rng)]), Distillation(2.0))
    assert parts._is_ours(Network([Dense(4, 2, rng=rng)]), SquaredError())


def test_the_gate_learns_who_decides_where(rng):
    # |x|: a straight line on either side of 0, and two experts that can only draw straight lines
    x = rng.uniform(-1, 1, (200, 1))
    layer = MixtureOfExperts([Dense(1, 1, rng=rng), Dense(1, 1, rng=rng)], Dense(1, 2, rng=rng))
    network = Network([layer])
    history = fit(
        *(network, SquaredError(), Adam(network.parameters(), 0.05), (x, np.abs(x))),
        epochs=100,
        rng=rng,
    )
    assert history.loss[-1] < 0.002 < 0.02 < history.loss[0]
    left, right = layer.shares(np.array([[-0.7], [0.7]]))
    assert np.abs(left - right).max() > 0.9


@pytest.mark.parametrize(
    ("experts", "gate", "error", "words"),
    [
        ([(2, 1)], (2, 1), ValueError, "got 1 experts: expected two or more"),
        ([(2, 1)] * 3, (2, 2), ValueError, "a gate with 2 outputs: expected 3, one for each"),
        ([(2, 1), (3, 1)], (2, 2), ValueError, "different inputs .expert 0 2, expert 1 3"),
        ([(2, 1), (2, 4)], (2, 2), ValueError, "different outputs .expert 0 1, expert 1 4"),
    ],
)
def test_a_mixture_that_does_not_fit_is_refused(experts, gate, error, words, rng):
    with pytest.raises(error, match=words):
        MixtureOfExperts([Dense(*sizes, rng=rng) for sizes in experts], Dense(*gate, rng=rng))


def test_what_is_no_expert_is_refused(rng):
    line = Dense(2, 2, rng=rng)
    with pytest.raises(TypeError, match="expected a list of experts"):
        MixtureOfExperts(line, line)
    with pytest.raises(TypeError, match=r"MixtureOfExperts \(expert 1\) got None"):
        MixtureOfExperts([line, None], line)
    with pytest.raises(ValueError, match="balance = -1"):
        MixtureOfExperts([line, Dense(2, 2, rng=rng)], line, balance=-1)


def test_the_same_layer_twice_is_refused_by_the_network(rng):
    line = Dense(2, 2, rng=rng)
    with pytest.raises(ValueError, match="the same layer at two places"):
        Network([MixtureOfExperts([line, line], Dense(2, 2, rng=rng))])


def test_experts_that_answer_in_other_shapes_are_found_at_the_first_forward(rng):
    layer = MixtureOfExperts([Flatten(), Tanh()], Dense(4, 2, rng=rng))
    with pytest.raises(ValueError, match="an expert 1 that answers"):
        layer.forward(np.ones((3, 4, 1)))


# Many machines: a gradient is a mean.


def gradient_of(part: tuple) -> list[np.ndarray]:
    """The gradient of a network's loss on (x, y), as a worker on another machine would take it."""
    network, x, y = part
    loss = SoftmaxCrossEntropy()
    loss.forward(network.forward(x), y)
    network.backward(loss.backward())
    return [parameter.grad for parameter in network.parameters()]


@pytest.mark.slow
def test_dask_takes_the_parts_of_a_gradient_like_any_executor(rng):
    distributed = pytest.importorskip("distributed")
    network, x = Network([Dense(5, 3, rng=rng)]), rng.standard_normal((12, 5))
    y = rng.integers(0, 3, 12)
    whole = gradient_of((network.copy(), x, y))
    cuts = [slice(0, 3), slice(3, 12)]
    here = {"processes": False, "dashboard_address": None, "n_workers": 1}
    parts = [(network.copy(), x[rows], y[rows]) for rows in cuts]
    with distributed.Client(**here) as client, client.get_executor() as executor:
        few, many = executor.map(gradient_of, parts)
    for one, other, wanted in zip(few, many, whole, strict=True):
        assert 3 / 12 * one + 9 / 12 * other == pytest.approx(wanted, rel=1e-12)
