"""Every question of the chapters: is it well asked, and is its right answer what the numbers say?"""

import importlib
import pkgutil
from collections import Counter
from itertools import product

import numpy as np
import pytest

import nnlib.chapters
from nnlib.chapters.kit.predict import Question


def questions_in(chapter):
    module = importlib.import_module(f"nnlib.chapters.{chapter}.questions")
    return {name: value for name, value in vars(module).items() if isinstance(value, Question)}


CHAPTERS = [
    module.name for module in pkgutil.iter_modules(nnlib.chapters.__path__) if module.name != "kit"
]
QUESTIONS = {
    f"{chapter}.{name}": question
    for chapter in CHAPTERS
    for name, question in questions_in(chapter).items()
}
MEASURED = {}


def measured(chapter):
    """Declare that a function works out the right answer to the question of its name, as its place in the answers."""

    def declare(function):
        MEASURED[f"{chapter}.{function.__name__}"] = function
        return function

    return declare


def only(*verdicts):
    """Return the place of the one verdict that is true."""
    assert sum(map(bool, verdicts)) == 1, verdicts
    return [bool(verdict) for verdict in verdicts].index(True)


# How they are asked.


def test_every_chapter_has_two_at_least():
    assert all(len(questions_in(chapter)) >= 2 for chapter in CHAPTERS)


@pytest.mark.parametrize("key", QUESTIONS)
def test_it_is_short_and_a_question(key):
    question = QUESTIONS[key]
    assert "?" in question.question
    assert len(question.question) <= 130
    assert max(map(len, question.answers)) <= 60
    assert 30 <= len(question.because) <= 130
    assert question.because.endswith(".")
    assert not any(answer.endswith(".") for answer in question.answers)


def test_the_right_answer_has_no_place_of_its_own():
    places = Counter(question.answers.index(question.right) for question in QUESTIONS.values())
    assert set(places) == {0, 1, 2}
    assert max(places.values()) < len(QUESTIONS) / 2
    for chapter in CHAPTERS:
        found = questions_in(chapter).values()
        assert len({question.answers.index(question.right) for question in found}) > 1, chapter


def test_length_does_not_give_it_away():
    longest = [max(q.answers, key=len) == q.right for q in QUESTIONS.values()]
    assert sum(longest) < len(longest) / 2


# Whether they are right.


def test_every_question_is_measured():
    assert set(MEASURED) == set(QUESTIONS)


@pytest.mark.parametrize("key", QUESTIONS)
def test_the_right_answer_is_what_the_numbers_say(key):
    question = QUESTIONS[key]
    assert question.answers[MEASURED[key]()] == question.right


@measured("start")
def before_learning():
    from nnlib.chapters.start.experiments import train_on_spirals

    x, y, moments = train_on_spirals("tanh")
    edges = [np.linspace(x[:, axis].min(), x[:, axis].max(), 40) for axis in (0, 1)]
    plane = np.stack(np.meshgrid(*edges), axis=-1)
    right = ((moments[0].predict(x)[:, 0] > 0.5) == y).mean()
    side = (moments[0].predict(plane.reshape(-1, 2)) > 0.5).mean()
    return only(right > 0.7, right < 0.6 and 0.2 < side < 0.8, side in (0, 1))


@measured("start")
def only_straight():
    from nnlib.chapters.start.experiments import train_on_spirals

    x, y, moments = train_on_spirals("none")
    right = [((network.predict(x)[:, 0] > 0.5) == y).mean() for network in moments]
    return only(right[-1] > 0.55 and max(right) < 2 / 3, right[-1] > 0.9, right[-1] < 0.55)


@measured("start")
def unseen_digits():
    from nnlib.activations import Sigmoid
    from nnlib.chapters.kit.digits import cut_digits
    from nnlib.layers import Dense
    from nnlib.losses import SoftmaxCrossEntropy
    from nnlib.metrics import accuracy
    from nnlib.network import Network
    from nnlib.optimizers import SGD
    from nnlib.training import fit

    rng = np.random.default_rng(0)
    training, (x, y) = cut_digits(0.2, rng=rng)
    network = Network([Dense(64, 30, rng=rng), Sigmoid(), Dense(30, 10, rng=rng)])
    loss, optimizer = SoftmaxCrossEntropy(), SGD(network.parameters(), learning_rate=0.5)
    fit(network, loss, optimizer, training, epochs=10, batch_size=10, rng=rng)
    right = accuracy(network.classify(x), y)
    return only(right < 0.6, 0.6 < right < 0.9, right > 0.9)


def border_along(w, b):
    """Return how far from the origin, along the arrow w, the answer becomes 1."""
    far = np.linspace(0, 5, 50_001)
    answers = far[:, None] * w / np.linalg.norm(w) @ w + b > 0
    return far[answers.argmax()]


@measured("start")
def late_lambda():
    factor = 2
    late, kept = (lambda x: x * factor), (lambda x, factor=factor: x * factor)
    factor = 5
    said = late(10), kept(10)
    return only(said == (50, 20), said == (20, 20), said == (50, 50))


@measured("start")
def axis_zero():
    left = np.ones((2, 3)).sum(axis=0).size
    return only(left == 1, left == 2, left == 3)


@measured("perceptron")
def longer_arrow():
    w, b = np.array([1.3, 0.75]), -2.0
    before, after = border_along(w, b), border_along(1.5 * w, b)
    return only(after > before, after < before, after == before)


@measured("perceptron")
def doubled():
    w, b = np.array([1.3, 0.75]), -2.0
    ratio = border_along(2 * w, 2 * b) / border_along(w, b)
    return only(np.isclose(ratio, 2), np.isclose(ratio, 0.5), np.isclose(ratio, 1))


@measured("perceptron")
def every_step():
    from nnlib.chapters.perceptron.experiments import learning_data, learning_steps

    x, y = learning_data("two clouds apart")
    wrong = [((x @ step.w + step.b > 0) != y).sum() for step in learning_steps("two clouds apart")]
    change = np.diff(wrong)
    return only((change > 0).any(), (change < 0).all(), change.max() == 0)


@measured("nand_and_xor")
def carry():
    from nnlib.circuits import TWO_BIT_ADDER

    bits = np.array(list(product((0, 1), repeat=4)))
    a, b = 2 * bits[:, 0] + bits[:, 1], 2 * bits[:, 2] + bits[:, 3]
    lit = TWO_BIT_ADDER.wires(bits)["low carry"] == 1
    both_odd, one_odd = (a % 2 + b % 2 == 2), (a % 2 + b % 2 == 1)
    return only(*(np.array_equal(lit, where) for where in (both_odd, a + b > 3, one_odd)))


@measured("nand_and_xor")
def least_bend():
    from nnlib.perceptron import Perceptron

    z = np.array([[0.0, -1], [1, 0], [1, 0], [2, 1]])
    y = np.array([0, 1, 1, 0])

    def border_fits(bend):
        h = z + bend * (np.maximum(z, 0) - z)
        return Perceptron(2).fit(h, y, epochs=20_000).converged

    assert not border_fits(0)
    fits = [border_fits(bend) for bend in (0.1, 0.6, 1)]
    return [[False, False, True], [False, True, True], [True, True, True]].index(fits)


@measured("nand_and_xor")
def from_every_start():
    from nnlib.chapters.nand_and_xor.experiments import CORNERS, XOR_TARGETS, train_on_xor

    ends = [train_on_xor(2, seed)[-1].predict(CORNERS)[:, 0] > 0.5 for seed in range(20)]
    share = np.mean([(end == XOR_TARGETS).all() for end in ends])
    return only(share > 0.9, share < 0.25, 0.25 < share < 0.9)


@measured("sigmoid")
def steeper():
    from nnlib.numerics import sigmoid

    x = np.array([-3, -0.01, 0, 0.01, 3])
    off = np.abs(sigmoid(1e6 * x) - (x > 0)) > 0.1
    return only(
        off[[0, 4]].any(), not off.any(), off.tolist() == [False, False, True, False, False]
    )


@measured("sigmoid")
def half_the_nudge():
    from nnlib.numerics import sigmoid

    a = sigmoid(np.array(0.5))
    whole, half = (abs(sigmoid(0.5 + dz) - a - a * (1 - a) * dz) for dz in (0.2, 0.1))
    share = half / whole
    return only(0.4 < share < 0.6, 0.2 < share < 0.3, share > 0.9)


@measured("sigmoid")
def too_far():
    from nnlib.chapters.sigmoid.experiments import INPUTS, train_one_neuron

    path = np.array(train_one_neuron("ReLU", 1.2))
    assert not (path[1, 0] * INPUTS + path[1, 1] > 0).any()
    moves = np.abs(np.diff(path[1:], axis=0))
    back = (path[-1, 0] * INPUTS + path[-1, 1] > 0).any()
    return only((moves == 0).all(), back, moves.max() > 0 and not back)


@measured("gradient_descent")
def useless_cost():
    from nnlib.chapters.gradient_descent.experiments import PLACES, cost_of_bias

    def slope(cost, place, h=1e-6):
        return (cost_of_bias(cost, place + h) - cost_of_bias(cost, place - h)) / (2 * h)

    costs = ("0-1 loss", "absolute error", "squared error")
    return only(*(all(slope(cost, place + 0.01) == 0 for place in PLACES[::20]) for cost in costs))


@measured("gradient_descent")
def large_rate():
    from nnlib.chapters.gradient_descent.experiments import walk_on_curve

    walk = walk_on_curve("bowl", -2.0, 1.05, 10)
    across = (walk[1:] * walk[:-1] < 0).all()
    outward = np.diff(np.abs(walk)) > 0
    return only(not across, across and not outward.any(), across and outward.all())


@measured("gradient_descent")
def one_digit():
    from nnlib.chapters.gradient_descent.experiments import example_gradients

    each = example_gradients()
    true = each.mean(axis=0)
    off = np.sqrt(((each - true) ** 2).sum(axis=1).mean()) / np.linalg.norm(true)
    return only(0.05 < off < 0.2, 7 < off < 9, 0.5 < off < 2)


@measured("backpropagation")
def best_step():
    from nnlib.chapters.backpropagation.experiments import TRUE_SLOPE, measured_slope

    errors = np.abs(measured_slope("central", np.array([1e-15, 1e-5, 0.1])) - TRUE_SLOPE)
    return int(errors.argmin())


@measured("backpropagation")
def many_paths():
    from nnlib.autodiff import Variable, count_paths

    x = Variable(0.5)
    y = x
    for _ in range(20):
        y = y.tanh() + y.sigmoid()
    paths = count_paths(y, x)
    return only(paths == 40, paths == 400, 900_000 < paths < 1_100_000)


@measured("backpropagation")
def against():
    from nnlib.chapters.backpropagation.experiments import Y, first_weights, pass_both_ways

    weights = first_weights()
    assert weights.W2[0, 0] == -1.2
    here, there = pass_both_ways(weights), pass_both_ways(weights, ("hidden 1", 0.1))
    assert here.a2[0] < Y[0]
    return only(there.cost > here.cost, there.cost < here.cost, there.cost == here.cost)


@measured("backpropagation")
def hidden_layer():
    from nnlib.chapters.backpropagation.experiments import right_with

    right = right_with(100, seed=0)
    return only(0.90 < right < 0.92, 0.95 < right < 0.97, right > 0.99)


@measured("training_deeper")
def faster_at_first():
    from nnlib.chapters.training_deeper.experiments.starting import neuron_outputs

    crossed, squared = (
        neuron_outputs(cost, 4.0, 0.25, 5) for cost in ("cross-entropy", "quadratic")
    )
    gained, other = (found[0] - found[-1] for found in (crossed, squared))
    return only(gained > 2 * other, other > 2 * gained, 0.5 < gained / other < 2)


@measured("training_deeper")
def ten_layers():
    from nnlib.chapters.training_deeper.experiments.starting import measure_sizes

    slopes = measure_sizes(10, "sigmoid", "scaled, N(0, 1/d)").slopes
    ratio = slopes[-1] / slopes[0]
    return only(0.3 < ratio < 3, 3 < ratio < 30, 3e5 < ratio < 3e6)


@measured("training_deeper")
def more_neurons():
    from nnlib.chapters.training_deeper.experiments.shapes import train_architecture

    few, many = (train_architecture(width, 1) for width in (16, 192))
    assert 11 < many.parameters / few.parameters < 13
    gain = many.history.validation_accuracy[-1] - few.history.validation_accuracy[-1]
    return only(gain > 0.035, abs(gain) < 0.035, gain < -0.035)


@measured("convolutional_networks")
def right_minus_left():
    from nnlib.convolution import cross_correlate

    kernel = np.array([[-1.0, 0, 1]] * 3)
    rising = np.repeat([[0.0, 0, 0, 1, 1, 1]], 6, axis=0)
    images = (np.ones((6, 6)), rising, rising.T)
    return only(*(np.abs(cross_correlate(image, kernel)).max() > 1 for image in images))


@measured("convolutional_networks")
def fewer_products():
    from nnlib.chapters.convolutional_networks.experiments import layer_costs

    products = {name: cost[1] for name, cost in layer_costs(28, 1, 5, 20).items()}
    by_windows = products["windows"] < products["dense"]
    by_sharing = products["shared"] < products["windows"]
    return only(
        by_windows and not by_sharing, by_sharing and not by_windows, by_windows and by_sharing
    )


@measured("convolutional_networks")
def which_moves():
    from nnlib.chapters.convolutional_networks.experiments import equivariance_error

    kernel = np.array([[-1.0, 0, 1]] * 3)
    moves = (("shift", 4), ("turn", 15), ("enlarge", 30))
    same = [equivariance_error(kernel, how, amount) < 0.01 for how, amount in moves]
    return [[True, True, True], [True, True, False], [True, False, False]].index(same)


@measured("regularization")
def wrong_labels():
    from nnlib.chapters.regularization.experiments.overfitting import train_and_measure

    share = train_and_measure(200, wrong=10).accuracy[60]
    return only(0.85 < share < 0.93, share < 0.6, share > 0.97)


@measured("regularization")
def upside_down():
    from nnlib.augment import rotated
    from nnlib.chapters.regularization.experiments.augmenting import train_on_upright_digits
    from nnlib.chapters.regularization.experiments.overfitting import handful_of_digits

    x, y = handful_of_digits(450).test
    said = train_on_upright_digits().classify(rotated(x[y == 6], 180))
    shares = np.bincount(said, minlength=10) / len(said)
    return only(shares[6] > 0.8, shares[9] > 0.8, shares.max() < 0.5)


@measured("regularization")
def a_single_eight():
    from nnlib.chapters.regularization.experiments.remedies import learn_lopsided_sample

    share = learn_lopsided_sample(8, 1)[8]
    return only(share < 0.35, 0.45 < share < 0.75, share > 0.8)


@measured("optimizers")
def first_to_leave():
    from nnlib.chapters.kit.walks import optimizer_walk
    from nnlib.landscapes import LANDSCAPES
    from nnlib.optimizers import SGD

    ravine = LANDSCAPES["ravine"]
    for rate in (0.05, 0.11, 0.5):
        walk = np.abs(
            optimizer_walk(ravine, lambda w, r=rate: SGD(w, r), steps=10, start=(0.1, 0.1))
        )
        left = (walk[-1] > walk[0]).tolist()
        if any(left):
            return [[True, False], [False, True], [True, True]].index(left)
    raise AssertionError("no rate is too large")


@measured("optimizers")
def steady_slope():
    from nnlib.chapters.optimizers.experiments.streams import weight_changes
    from nnlib.optimizers import SGD, Momentum

    slopes = np.ones(200)
    ball = weight_changes(lambda w: Momentum(w, 0.01, 0.9), slopes)[-1]
    times = ball / weight_changes(lambda w: SGD(w, 0.01), slopes)[-1]
    return only(np.isclose(times, 1.9), np.isclose(times, 9), np.isclose(times, 10))


@measured("optimizers")
def jumps():
    from nnlib.chapters.kit.walks import optimizer_walk
    from nnlib.chapters.optimizers.experiments.curvatures import make_newton
    from nnlib.landscapes import LANDSCAPES

    ravine = LANDSCAPES["ravine"]
    needed = []
    for start in ((-3.0, 0.6), (1.0, -1.7), (100.0, 40.0)):
        walk = optimizer_walk(ravine, lambda w: make_newton(ravine, w), steps=30, start=start)
        needed.append(int(np.isclose(walk, 0, atol=1e-9).all(axis=1).argmax()))
    return only(needed == [1, 1, 1], min(needed) > 15, len(set(needed)) > 1)


@measured("recurrent_networks")
def latched():
    from nnlib.chapters.recurrent_networks.experiments.loops import loop_states

    state = loop_states(np.array([1.0] + [0.0] * 50), w_x=1.0, w_h=2.0)[-1]
    return only(abs(state) < 0.1, state > 2, 0.9 < state < 1)


@measured("recurrent_networks")
def twelve_bits():
    from nnlib.chapters.recurrent_networks.experiments.parity import learn_feedforward, share_known

    share = share_known(learn_feedforward(0).network, 12)
    return only(share > 0.9, 0.35 < share < 0.65, share < 0.1)


@measured("recurrent_networks")
def twenty_back():
    from nnlib.chapters.recurrent_networks.experiments.loops import slopes_through_time

    left = slopes_through_time("orthogonal", 0.5, bent=False, steps=20)[-1]
    return only(*(np.allclose(left, part, rtol=0.1) for part in (1e-6, 1 / 40, 1 / 20)))


@measured("recurrent_networks")
def clipped():
    from nnlib.optimizers import clip_gradients
    from nnlib.parameter import Parameter

    w = Parameter(np.zeros(2), "w")
    w.grad = np.array([30.0, 40.0])
    clip_gradients([w], 5)
    return only(*(np.allclose(w.grad, used) for used in ((5, 5), (3, 4), (0, 0))))


@measured("recurrent_networks")
def half_open():
    state = 1.0
    for _ in range(10):
        state = 0.5 * state + (1 - 0.5) * 0  # words that add nothing
    return only(*(np.isclose(state, part, rtol=0.1) for part in (1 / 20, 1 / 1000, 1 / 2)))


@measured("recurrent_networks")
def hesitates():
    from nnlib.losses import SoftmaxCrossEntropy
    from nnlib.steps import PerStep

    logits = np.log(np.full((1, 5, 8), 1 / 8))
    perplexity = np.exp(PerStep(SoftmaxCrossEntropy()).forward(logits, np.array([[0, 3, 7, 1, 2]])))
    return only(*(np.isclose(perplexity, value) for value in (1 / 8, np.log(8), 8)))


@measured("many_networks")
def own_digits():
    from nnlib.chapters.many_networks.experiments.voting import WAYS, errors_by_count

    same, own = (errors_by_count(way, "mean")[-1] for way in WAYS)
    return only(same < own - 0.01, own < same - 0.01, abs(own - same) < 0.01)


@measured("many_networks")
def a_thousand_voters():
    from nnlib.chapters.many_networks.experiments.voting import correlated_votes

    errors = correlated_votes(0.5, 1000, 4000, np.random.default_rng(0))
    variance = errors.mean(axis=0).var()
    return only(variance < 0.01, 0.01 < variance < 0.1, 0.4 < variance < 0.6)


@measured("many_networks")
def never_seen():
    from nnlib.chapters.many_networks.experiments.teaching import train_student
    from nnlib.chapters.many_networks.experiments.voting import parts_of_mnist

    x, y = parts_of_mnist()[2]
    shares = []
    for seed in range(3):
        student = train_student(1000, 8.0, seed, without=8)
        shares.append((student.classify(x[y == 8]) == 8).mean())
    share = np.mean(shares)
    return only(share == 0, 0 < share < 0.2, share > 0.5)


@measured("many_networks")
def rates_tried():
    from nnlib.chapters.many_networks.experiments.searching import grid_points, random_points

    rng = np.random.default_rng(0)
    grid, drawn = (len(set(make(rng)[:, 0].tolist())) for make in (grid_points, random_points))
    return [(9, 9), (3, 9), (3, 3)].index((grid, drawn))


@measured("many_networks")
def unequal_parts():
    from nnlib.layers import Dense
    from nnlib.losses import SquaredError

    rng = np.random.default_rng(0)
    layer, x, y = Dense(3, 1, rng=rng), rng.standard_normal((100, 3)), rng.standard_normal((100, 1))
    slopes = []
    for rows in (slice(0, 80), slice(80, 100), slice(0, 100)):
        loss = SquaredError()
        layer.W.zero_grad()
        loss.forward(layer.forward(x[rows]), y[rows])
        layer.backward(loss.backward())
        slopes.append(layer.W.grad)
    first, second, whole = slopes
    ways = (0.8 * first + 0.2 * second, (first + second) / 2, first + second)
    return only(*(np.allclose(way, whole) for way in ways))
