"""Losses: worked by hand, checked by nudging, and still finite where the textbook formula is not."""

import numpy as np
import pytest

from nnlib import losses
from nnlib.gradcheck import check_gradients
from nnlib.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    CrossEntropy,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
)
from nnlib.numerics import one_hot, softmax
from nnlib.parameter import Parameter

LN2, LN3, LN4 = np.log([2, 3, 4])

# loss, predictions, targets, value, gradient
BY_HAND = {
    # ((1 − 0)² + (2 − 4)²) / 2 = 2.5 and (3 − 3)² / 2 + (0 − 1)² / 2 = 0.5: mean 1.5;  dp = (p − t) / 2
    "squared": (SquaredError, [[1, 2], [3, 0]], [[0.0, 4], [3, 1]], 1.5, [[0.5, -1], [0, -0.5]]),
    # |1| + |−2| = 3 and 0 + |−1| = 1: mean 2;  dp = sign / 2, and 0 where nothing is wrong
    "absolute": (
        AbsoluteError,
        [[1, 2], [3, 0]],
        [[0.0, 4], [3, 1]],
        2.0,
        [[0.5, -0.5], [0, -0.5]],
    ),
    # −log ¼ = 2 log 2 and −log ½ = log 2: mean 1.5 log 2;  dp = −1 / (p · 2) at the right class
    "labels": (CrossEntropy, [[0.75, 0.25], [0.5, 0.5]], [1, 0], 1.5 * LN2, [[0, -2], [-1, 0]]),
    # one example spread over two classes: −½ log ½ − ½ log ½ = log 2;  −½ / ½
    "shared": (CrossEntropy, [[0.5, 0.5]], [[0.5, 0.5]], LN2, [[-1, -1]]),
    # yes at ¾: −log ¾; no at ½: −log ½;  dp = −1/¾ / 2 and 1/½ / 2
    "yes or no": (
        BinaryCrossEntropy,
        [[0.75], [0.5]],
        [1, 0],
        (LN4 - LN3 + LN2) / 2,
        [[-2 / 3], [1]],
    ),
    # two questions about one example, yes at ½ and no at ¾: log 2 + log 4;  −1/½ and 1/¼
    "two questions": (BinaryCrossEntropy, [[0.5, 0.75]], [[1.0, 0.0]], LN2 + LN4, [[-2, 4]]),
    # logits 0 and log 3 are probabilities ¼ and ¾: −log ¼;  dz = (p − t) / 1
    "logits": (SoftmaxCrossEntropy, [[0, LN3]], [0], LN4, [[-0.75, 0.75]]),
    # z = −log 3 is a probability of ¼: yes costs −log ¼, no at z = 0 costs −log ½;  dz = (σ − t) / 2
    "sure of no": (
        SigmoidCrossEntropy,
        [[-LN3], [0]],
        [1, 0],
        (LN4 + LN2) / 2,
        [[-3 / 8], [1 / 4]],
    ),
    # two questions with soft answers, at z = log 3, so σ = ¾: ¼ log 4 + ¾ (log 4 − log 3), and log 2 at z = 0;  σ − t
    "soft answers": (
        SigmoidCrossEntropy,
        [[LN3, 0]],
        [[0.75, 0.5]],
        LN4 - 0.75 * LN3 + LN2,
        [[0, 0]],
    ),
    # probabilities ¼ and ¾ asked for ⅒ and 9⁄10: ⅒ log 4 + 9⁄10 (log 4 − log 3);  p − t
    "smoothed": (
        SoftmaxCrossEntropy,
        [[0, LN3]],
        [[0.1, 0.9]],
        LN4 - 0.9 * LN3,
        [[0.15, -0.15]],
    ),
    # −log ½ and −log ¾: their mean is (log 2 + log 4/3) / 2;  dz = (p − t) / 2
    "two logits": (
        SoftmaxCrossEntropy,
        [[5, 5], [0, LN3]],
        [0, 1],
        (LN2 + LN4 - LN3) / 2,
        [[-1 / 4, 1 / 4], [1 / 8, -1 / 8]],
    ),
}


@pytest.mark.parametrize(
    ("kind", "predictions", "targets", "value", "gradient"), BY_HAND.values(), ids=BY_HAND
)
def test_by_hand(kind, predictions, targets, value, gradient):
    loss = kind()
    assert loss.forward(np.array(predictions, float), np.array(targets)) == pytest.approx(
        value, abs=1e-15
    )
    assert loss.backward() == pytest.approx(np.array(gradient), abs=1e-15)


def test_every_loss_is_here():
    defined = {kind for kind in losses.Loss.__subclasses__() if kind.__module__ == losses.__name__}
    assert defined == {kind for kind, *_ in BY_HAND.values()} == set(EXAMPLES)


def of_any_size(rng, n, k):
    return rng.standard_normal((n, k)), rng.standard_normal((n, k))


def of_classes(rng, n, k):
    return softmax(rng.standard_normal((n, k))), rng.integers(0, k, n)


def of_questions(rng, n, k):
    return rng.uniform(0.05, 0.95, (n, k)), rng.integers(0, 2, (n, k)).astype(float)


def of_logits(rng, n, k):
    return 3 * rng.standard_normal((n, k)), rng.integers(0, k, n)


def of_signs(rng, n, k):
    return 3 * rng.standard_normal((n, k)), rng.integers(0, 2, (n, k)).astype(float)


EXAMPLES = {
    SquaredError: of_any_size,
    AbsoluteError: of_any_size,
    CrossEntropy: of_classes,
    BinaryCrossEntropy: of_questions,
    SoftmaxCrossEntropy: of_logits,
    SigmoidCrossEntropy: of_signs,
}
every_loss = pytest.mark.parametrize("kind", EXAMPLES)
every_class_loss = pytest.mark.parametrize(
    "kind", [CrossEntropy, SoftmaxCrossEntropy, BinaryCrossEntropy, SigmoidCrossEntropy]
)


@every_loss
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("n", "k"), [(1, 2), (4, 2), (6, 3)])
def test_gradients_agree_with_nudging(kind, seed, n, k):
    rng = np.random.default_rng(seed)
    loss, (values, targets) = kind(), EXAMPLES[kind](rng, n, k)
    predictions = Parameter(values, "predictions")

    def f() -> float:
        cost = loss.forward(predictions.value, targets)
        predictions.grad = loss.backward()
        return cost

    report = check_gradients(f, [predictions], rng=rng, every_element=True)
    assert report.worst <= 1e-7, report


@every_loss
def test_batch_is_the_mean_of_its_rows(kind, rng):
    predictions, targets = EXAMPLES[kind](rng, 5, 3)
    loss, costs, gradients = kind(), [], []
    for i in range(5):
        costs.append(loss.forward(predictions[i : i + 1], targets[i : i + 1]))
        gradients.append(loss.backward() / 5)
    assert loss.forward(predictions, targets) == pytest.approx(np.mean(costs))
    assert loss.backward() == pytest.approx(np.concatenate(gradients))


@every_class_loss
def test_labels_and_one_hot_rows_agree(kind, rng):
    predictions, labels = of_classes(rng, 6, 4)
    by_label, by_row = kind(), kind()
    assert (
        by_label.forward(predictions, labels) == by_row.forward(predictions, one_hot(labels, 4)) > 0
    )
    assert np.array_equal(by_label.backward(), by_row.backward())


@pytest.mark.parametrize("kind", [BinaryCrossEntropy, SigmoidCrossEntropy])
def test_labels_and_a_column_agree_for_one_question(kind, rng):
    predictions, targets = EXAMPLES[kind](rng, 6, 1)
    by_label, by_row = kind(), kind()
    assert (
        by_label.forward(predictions, targets[:, 0].astype(int))
        == by_row.forward(predictions, targets)
        > 0
    )
    assert np.array_equal(by_label.backward(), by_row.backward())


def test_softmax_cross_entropy_is_both_in_one(rng):
    z, labels = of_logits(rng, 6, 4)
    apart = CrossEntropy().forward(softmax(z), labels)
    assert SoftmaxCrossEntropy().forward(z, labels) == pytest.approx(apart)


EXTREMES = [
    (SquaredError, [[1e4, -1e4]], [[-1e4, 1e4]], 4e8),  # ½ (2e4² + 2e4²)
    (AbsoluteError, [[1e4, -1e4]], [[-1e4, 1e4]], 4e4),
    (SoftmaxCrossEntropy, [[1e4, -1e4]], [0], 0),
    (SoftmaxCrossEntropy, [[1e4, -1e4]], [1], 2e4),
    (SoftmaxCrossEntropy, [[1e4, -1e4], [-1e4, -1e4]], [0, 1], LN2 / 2),
    (CrossEntropy, [[1, 0]], [0], 0),
    (BinaryCrossEntropy, [[1], [0]], [1, 0], 0),
    (SigmoidCrossEntropy, [[1e4], [-1e4]], [1, 0], 0),
    (SigmoidCrossEntropy, [[1e4]], [0], 1e4),
    (SigmoidCrossEntropy, [[-1e4]], [1], 1e4),
    (SigmoidCrossEntropy, [[17.0]], [0], 17),  # where σ is 1 in float32
    (SigmoidCrossEntropy, [[40.0], [-40.0]], [0, 1], 40),  # where σ is 1 in float64
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("kind", "predictions", "targets", "value"), EXTREMES)
def test_extremes_stay_finite(kind, predictions, targets, value, dtype):
    loss, targets = kind(), np.array(targets)
    with np.errstate(all="raise", under="ignore"):
        cost = loss.forward(
            np.array(predictions, dtype), targets.astype(dtype) if targets.ndim == 2 else targets
        )
        gradient = loss.backward()
    assert cost == pytest.approx(value, rel=1e-6)
    assert gradient.dtype == dtype
    assert np.isfinite(gradient).all()


SURE_AND_WRONG = [
    (CrossEntropy, [[1, 0]], [1], "0 for the right class", "SoftmaxCrossEntropy"),
    (BinaryCrossEntropy, [[1]], [0], "1 for a wrong yes", "SigmoidCrossEntropy"),
    (BinaryCrossEntropy, [[0]], [1], "0 for a wrong no", "SigmoidCrossEntropy"),
    (BinaryCrossEntropy, [[1, 0.5]], [[0.5, 0.5]], "1 for a wrong yes", "SigmoidCrossEntropy"),
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("kind", "predictions", "targets", "wrong", "exact"), SURE_AND_WRONG)
def test_a_slope_that_was_rounded_away_is_told(kind, predictions, targets, wrong, exact, dtype):
    loss, words = kind(), f"probability of exactly {wrong}: .* {exact} is exact"
    with pytest.warns(UserWarning, match=words):
        cost = loss.forward(np.array(predictions, dtype), np.array(targets))
    clipped = -np.log(np.finfo(dtype).tiny)
    # a whole mistake costs −log tiny; half of one ½ of it, and log 2 beside it for ½ asked for ½
    whole = len(predictions[0]) == 1 or kind is CrossEntropy
    assert cost == pytest.approx(float(clipped if whole else clipped / 2 + LN2), rel=1e-6)
    assert np.isfinite(loss.backward()).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_are_exact_on_both_sides(dtype):
    z = np.array([[-1e4, -1000, -88, -40, -17, -1, 0, 1, 17, 40, 88, 1000, 1e4]], dtype).T
    loss = SigmoidCrossEntropy()
    for label, sign in ((0, 1), (1, -1)):
        for number in z:
            # −log σ(∓z) = log(1 + e^±z) = logaddexp(0, ±z), and its slope ±1/(1 + e^∓z), in twice the digits
            wide = np.longdouble(sign * number[0])
            cost = loss.forward(number[None], np.array([label]))
            assert cost == pytest.approx(float(np.logaddexp(np.longdouble(0), wide)), rel=1e-6)
            slope = (
                sign / (1 + np.exp(-wide)) if wide > 0 else sign * np.exp(wide) / (1 + np.exp(wide))
            )
            digits = 1e-6 if dtype == np.float32 else 1e-14
            tiny = np.finfo(dtype).smallest_normal
            assert float(loss.backward()[0, 0]) == pytest.approx(float(slope), rel=digits, abs=tiny)


@pytest.mark.parametrize("start", [20.0, -20.0])
def test_a_sure_mistake_is_unlearnt_from_both_sides(start):
    # a float32 neuron at z = ±20 that wants the other answer: σ(20) is exactly 1 there
    z = np.array([[start]], np.float32)
    loss, target = SigmoidCrossEntropy(), np.array([0 if start > 0 else 1])
    for _ in range(100):
        loss.forward(z, target)
        z = z - np.float32(0.5) * loss.backward()
    assert z[0, 0] * np.sign(start) < 0


def test_labels_that_are_smoothed_ask_for_less_than_certainty():
    # ⅒ shared between 4 classes: the right one keeps 0.9 + 0.025
    rows = one_hot(np.array([2]), 4, smoothing=0.1)
    assert rows == pytest.approx(np.array([[0.025, 0.025, 0.925, 0.025]]))
    # the loss is lowest where softmax(z) is what is asked for
    loss = SoftmaxCrossEntropy()
    loss.forward(np.log(rows), rows)
    assert loss.backward() == pytest.approx(np.zeros((1, 4)), abs=1e-15)


def test_gradient_of_a_hopeless_logit_is_still_there():
    loss = SoftmaxCrossEntropy()
    loss.forward(np.array([[1e4, -1e4]]), np.array([1]))
    assert loss.backward().tolist() == [[1.0, -1.0]]


@every_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_stays_and_the_loss_is_a_plain_number(kind, dtype, rng):
    predictions, targets = EXAMPLES[kind](rng, 4, 3)
    loss = kind()
    targets = targets.astype(dtype) if targets.dtype.kind == "f" else targets
    assert type(loss.forward(predictions.astype(dtype), targets)) is float
    assert loss.backward().dtype == dtype


@every_loss
def test_what_came_in_is_not_changed(kind, rng):
    predictions, targets = EXAMPLES[kind](rng, 4, 3)
    before = predictions.copy(), targets.copy()
    loss = kind()
    loss.forward(predictions, targets)
    gradient = loss.backward()
    gradient[...] = np.nan
    assert np.array_equal(predictions, before[0])
    assert np.array_equal(targets, before[1])
    assert np.isfinite(loss.backward()).all()


@every_loss
def test_backward_before_forward_is_refused_in_words(kind):
    with pytest.raises(
        RuntimeError, match=rf"{kind.__name__}\(\): backward was called before forward"
    ):
        kind().backward()


@every_loss
def test_nan_comes_out_as_nan(kind, rng):
    predictions, targets = EXAMPLES[kind](rng, 4, 3)
    predictions[1, 1:] = predictions[1, 0] = np.nan
    assert np.isnan(kind().forward(predictions, targets))


@every_loss
@pytest.mark.parametrize(
    ("predictions", "error", "words"),
    [
        (np.zeros(3), ValueError, r"predictions of shape \(3,\): expected \(n, outputs\)"),
        (np.zeros((0, 2)), ValueError, "an empty predictions"),
        ([[0.5, 0.5]], TypeError, "predictions as a list: expected a NumPy array"),
    ],
)
def test_wrong_predictions_are_refused_by_name(kind, predictions, error, words):
    with pytest.raises(error, match=rf"^{kind.__name__}\(\) got {words}"):
        kind().forward(predictions, np.zeros(3, int))


@every_class_loss
@pytest.mark.parametrize(
    ("targets", "error", "words"),
    [
        (np.array([0, 2]), ValueError, "the label 2: expected labels from 0 to 1"),
        (np.array([0, -1]), ValueError, "the label -1: expected labels from 0 to 1"),
        (np.array([0.0, 1.0]), TypeError, "labels of dtype float64: expected whole numbers"),
        (np.array([0, 1, 1]), ValueError, r"targets of shape \(3,\): expected \(2,\)"),
        (np.zeros((2, 3)), ValueError, r"targets of shape \(2, 3\): expected \(2, 2\)"),
    ],
)
def test_wrong_targets_are_refused_by_name(kind, targets, error, words):
    with pytest.raises(error, match=rf"^{kind.__name__}\(\) got {words}"):
        kind().forward(np.full((2, 2), 0.5), targets)


@pytest.mark.parametrize("kind", [SquaredError, AbsoluteError])
def test_labels_where_rows_are_wanted_come_with_a_hint(kind):
    with pytest.raises(
        ValueError,
        match=r"targets of shape \(2,\): expected \(2, 3\); labels become rows with .*one_hot",
    ):
        kind().forward(np.zeros((2, 3)), np.array([0, 1]))


@pytest.mark.parametrize(
    ("kind", "exact"),
    [(CrossEntropy, "SoftmaxCrossEntropy"), (BinaryCrossEntropy, "SigmoidCrossEntropy")],
)
@pytest.mark.parametrize("logits", [[[-0.5, 1.5]], [[0.0, 2.0]]])
def test_logits_where_probabilities_are_wanted_come_with_a_hint(kind, exact, logits):
    with pytest.raises(ValueError, match=rf"expected probabilities from 0 to 1.* there is {exact}"):
        kind().forward(np.array(logits), np.array([0]))


@pytest.mark.parametrize("kind", [SquaredError, AbsoluteError])
@pytest.mark.parametrize("targets_dtype", [np.float64, np.int64])
def test_targets_do_not_decide_the_dtype(kind, targets_dtype):
    loss = kind()
    loss.forward(np.ones((2, 3), np.float32), np.zeros((2, 3), targets_dtype))
    assert loss.backward().dtype == np.float32


@pytest.mark.parametrize("kind", [CrossEntropy, BinaryCrossEntropy])
def test_probabilities_are_floats(kind):
    with pytest.raises(
        TypeError,
        match=rf"^{kind.__name__}\(\) got predictions of dtype int64: expected probabilities",
    ):
        kind().forward(np.array([[1, 0]]), np.array([0]))


@every_loss
def test_targets_must_be_an_array(kind):
    with pytest.raises(
        TypeError, match=rf"^{kind.__name__}\(\) got targets as a list: expected a NumPy array"
    ):
        kind().forward(np.array([[0.5, 0.5]]), [1])


@pytest.mark.parametrize("kind", [SquaredError, AbsoluteError])
def test_numbers_to_predict_without_their_column_come_with_a_hint(kind):
    words = r"targets of shape \(7,\): expected \(7, 1\); y\[:, None\] makes a column"
    with pytest.raises(ValueError, match=words):
        kind().forward(np.zeros((7, 1)), np.full(7, 164.0))


HALF = np.full((2, 3), 0.5)
NOT_ONE_HOT = [
    ([[-0.1, 0.5, 0.6], [1, 0, 0]], r"row 0 is \[-0.1, 0.5, 0.6\].* add up to 1"),
    ([[1, 0, 0], [2, 0.5, 0.6]], r"row 1 is \[2, 0.5, 0.6\]"),
    ([[255, 0, 0], [0, 0, 255]], r"row 0 is \[255, 0, 0\].*; y / 255 makes"),
    ([[1, 1, 0], [0, 1, 0]], "row 0 .*several right classes at once there is SigmoidCrossEntropy"),
    ([[0, 0, 0], [0, 1, 0]], "row 0 is .0, 0, 0."),
    ([[1, -1, -1], [-1, 1, -1]], r"row 0 is .*−1 and 1 become 0 and 1 by \(y \+ 1\) / 2"),
    ([[np.nan, 1, 0], [0, 1, 0]], "row 0 is .nan, 1, 0."),
]


@pytest.mark.parametrize("kind", [CrossEntropy, SoftmaxCrossEntropy])
@pytest.mark.parametrize(("targets", "words"), NOT_ONE_HOT)
def test_rows_that_do_not_add_up_to_1_are_refused(kind, targets, words):
    with pytest.raises(ValueError, match=rf"^{kind.__name__}\(\) got targets whose {words}"):
        kind().forward(HALF, np.array(targets, float))


@pytest.mark.parametrize("kind", [BinaryCrossEntropy, SigmoidCrossEntropy])
@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ([[-1], [1]], r"targets from -1 to 1: expected 0 for no, 1 for yes; −1 and 1 become"),
        ([[0], [7]], "targets from 0 to 7"),
        ([[0], [np.nan]], "targets from nan to nan"),
    ],
)
def test_answers_beyond_yes_and_no_are_refused(kind, targets, words):
    with pytest.raises(ValueError, match=rf"^{kind.__name__}\(\) got {words}"):
        kind().forward(np.full((2, 1), 0.5), np.array(targets, float))


@pytest.mark.parametrize("kind", [BinaryCrossEntropy, SigmoidCrossEntropy])
def test_signs_as_labels_come_with_a_hint(kind):
    with pytest.raises(
        ValueError, match=r"the label -1: expected .*; \(y \+ 1\) // 2 makes 0 and 1"
    ):
        kind().forward(np.full((2, 1), 0.5), np.array([-1, 1]))


def test_labels_that_count_from_1_come_with_a_hint():
    with pytest.raises(ValueError, match=r"the label 3: expected labels from 0 to 2; y - 1 counts"):
        SoftmaxCrossEntropy().forward(np.zeros((3, 3)), np.array([1, 2, 3]))


@every_class_loss
def test_a_column_of_labels_comes_with_a_hint(kind):
    with pytest.raises(ValueError, match=r"targets of shape \(2, 1\): .*y\[:, 0\]"):
        kind().forward(HALF, np.array([[0], [1]]))


@pytest.mark.parametrize(
    ("kind", "binary"),
    [(CrossEntropy, "BinaryCrossEntropy"), (SoftmaxCrossEntropy, "SigmoidCrossEntropy")],
)
def test_one_class_alone_is_refused(kind, binary):
    with pytest.raises(ValueError, match=rf"shape \(2, 1\): expected two outputs .*{binary}"):
        kind().forward(HALF[:, :1], np.array([0, 0]))


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, bool])
def test_whole_numbers_as_logits_are_computed_as_floats(dtype):
    z = np.array([[1, 0, 1]], dtype)
    for kind, targets in ((SoftmaxCrossEntropy, [1]), (SigmoidCrossEntropy, [[0, 1, 1]])):
        loss, exact = kind(), kind()
        assert loss.forward(z, np.array(targets)) == exact.forward(
            z.astype(float), np.array(targets)
        )
        assert np.array_equal(loss.backward(), exact.backward())
