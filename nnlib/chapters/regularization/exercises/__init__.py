"""The exercises of chapter 07, in the order of the chapter: hints, solutions and the mistakes that are known."""

from nnlib.chapters.kit.exercise import Chapter, Exercise, Mistake
from nnlib.chapters.regularization.exercises.image_graders import grade_dropout, grade_shift
from nnlib.chapters.regularization.exercises.rescue import (
    SUSPECTS,
    few_digits,
    grade_break_it,
    grade_rescue,
)
from nnlib.chapters.regularization.exercises.weights import EXERCISES
from nnlib.layers import Dense, Flatten
from nnlib.network import Network

__all__ = ["SUSPECTS", "chapter", "check", "few_digits", "hint", "solution"]

DROP = "def dropout(x, keep, rng): return "
MASK = "def dropout(x, keep, rng):\n m = rng.random(x.shape) < keep\n return "
SHIFT = "def shift_right(x): return "
SHIFTED = "def shift_right(x):\n y = np.zeros_like(x)\n "
FINE = 'fine = "fourth"; faults = '
PLAIN = """
from nnlib.activations import ReLU
from nnlib.layers import Dense, Flatten
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit
rng = np.random.default_rng(0)
network = Network([Flatten(), Dense(64, 100, rng=rng), ReLU(), Dense(100, 10, rng=rng)])
"""

chapter = Chapter(
    **EXERCISES,
    dropout=Exercise(
        grade_dropout,
        hints=(
            "rng.random(x.shape) has a number from 0 to 1 for each number of x; it is below keep with the chance keep.",
            "(rng.random(x.shape) < keep) is the mask m; True counts as 1, False as 0.",
            "Without more, the mean over all masks would be keep · x. Which division makes it x?",
        ),
        code="""
            def dropout(x, keep, rng):
                m = rng.random(x.shape) < keep
                return x * m / keep
        """,
        mistakes=(
            Mistake(MASK + "x * m", "scaling is missing"),
            Mistake(MASK + "x * m * keep", "times keep instead"),
            Mistake(MASK + "x * m / (1 - keep)", "divided by the chance to be dropped"),
            Mistake(MASK + "x * m * (1 - keep)", "times the chance to be dropped"),
            Mistake(MASK + "x * m / np.sqrt(keep)", "√keep"),
            Mistake(MASK + "x * m / keep**2", "twice"),
            Mistake(MASK + "x * m / m.mean()", "kept in this draw"),
            Mistake(MASK + "x * m / m.mean(axis=1, keepdims=True)", "kept in this draw"),
            Mistake(MASK + "x * m * x.sum() / (x * m).sum()", "in every draw"),
            Mistake(MASK + "x * m / keep + 0.5 * m", "what stays should be"),
            Mistake(DROP + "x * (rng.random(x.shape) > keep) / keep", "the chance to *stay*"),
            Mistake(
                DROP + "x * (rng.random(x.shape) < 1 - keep) / (1 - keep)", "the chance to *stay*"
            ),
            Mistake(DROP + "x * (rng.random(x.shape) < keep / 2) / keep", "should stay, and"),
            Mistake(
                DROP + "x * (rng.random(x.shape[1]) < keep) / keep", "same mask for every example"
            ),
            Mistake(DROP + "x * (rng.random((len(x), 1)) < keep) / keep", "whole examples"),
            Mistake(
                DROP + "x * (np.random.default_rng(0).random(x.shape) < keep) / keep", "same seed"
            ),
            Mistake(DROP + "x * (np.random.random(x.shape) < keep) / keep", "same seed"),
            Mistake(
                DROP
                + "x * (rng.permuted(np.indices(x.shape)[1], axis=1) < keep * x.shape[1]) / keep",
                "by itself",
            ),
            Mistake(DROP + "x * (rng.random() < keep) / keep", "one draw decides for all"),
            Mistake(MASK + "m", "the mask alone"),
            Mistake(MASK + "m / keep", "the mask alone"),
            Mistake(DROP + "x * 1", "nothing is dropped"),
            Mistake(DROP + "0 * x", "everything is 0"),
            Mistake(
                "def dropout(x, keep, rng):\n x *= rng.random(x.shape) < keep\n return x / keep",
                "changes the array",
            ),
            Mistake(
                "def dropout(x, keep, rng): return x * (rng.random(x.shape) < min(keep, 0.9)) / keep",
                "with keep = 1",
            ),
        ),
        noise=lambda rng: (lambda x, *_: rng.normal(size=x.shape),),
    ),
    shift=Exercise(
        grade_shift,
        hints=(
            "Begin with an image that is all black: np.zeros_like(x).",
            "x[:, :, :-1] are all columns but the last, x[:, :, 1:] all but the first.",
        ),
        code="""
            def shift_right(x):
                y = np.zeros_like(x)
                y[:, :, 1:] = x[:, :, :-1]
                return y
        """,
        mistakes=(
            Mistake(SHIFT + "np.roll(x, 1, axis=2)", "goes round in a circle"),
            Mistake(SHIFT + "np.roll(x, -1, axis=2)", "to the left"),
            Mistake(SHIFT + "np.roll(x, 1, axis=1)", "columns are axis 2"),
            Mistake(SHIFT + "np.roll(x, 1, axis=0)", "images changed places"),
            Mistake(SHIFT + "np.roll(x, 1, axis=3)", "channels changed places"),
            Mistake(SHIFT + "np.roll(x, 1)", "one long row"),
            Mistake(
                "def shift_right(x):\n y = np.roll(x, 1, axis=2)\n y[:, :, -1] = 0\n return y",
                "came round",
            ),
            Mistake(SHIFTED + "y[:, :, :, 1:] = x[:, :, :, :-1]\n return y", "channels moved on"),
            Mistake(SHIFT + "x[:, :, :-1]", "narrower now"),
            Mistake(SHIFTED + "y[:, :, :-1] = x[:, :, 1:]\n return y", "to the left"),
            Mistake(SHIFTED + "y[:, 1:] = x[:, :-1]\n return y", "one pixel down"),
            Mistake(SHIFTED + "y[:, :-1] = x[:, 1:]\n return y", "one pixel up"),
            Mistake(SHIFTED + "y[1:] = x[:-1]\n return y", "axis 0 is examples"),
            Mistake(
                SHIFTED + "y[:, :, 1:] = x[:, :, :-1]\n y[:, :, 0] = x[:, :, 0]\n return y",
                "now twice",
            ),
            Mistake(
                SHIFTED + "y[:, :, 1:] = x[:, :, :-1]\n y[:, :, 0] = 1\n return y", "white comes in"
            ),
            Mistake(SHIFT + "np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 0)))", "wider now"),
            Mistake(
                SHIFT + "np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 0)))[:, :, :-1] * 1.0",
                "float64 goes out",
            ),
            Mistake(
                "def shift_right(x):\n x[:, :, 1:] = x[:, :, :-1]\n x[:, :, 0] = 0\n return x",
                "changes the array",
            ),
            Mistake(SHIFT + "x[:, :, ::-1]", "mirrored"),
            Mistake(SHIFT + "x", "nothing has moved"),
            Mistake(SHIFTED + "y[:, :, 2:] = x[:, :, :-2]\n return y", "should be"),
        ),
        noise=lambda rng: (lambda x: rng.random(x.shape),),
    ),
    break_it=Exercise(
        grade_break_it,
        hints=(
            "network.predict(x) twice: the same? Then penalty.add_gradients(network.parameters()): "
            "which parameter.grad is None afterwards, and which should be?",
            "(train[0] == image).all(axis=(1, 2, 3)).any() says whether an image is among those to learn from.",
        ),
        code="""
            fine = "fourth"
            faults = {"first": "biases", "second": "leak", "third": "drops"}
        """,
        mistakes=(
            Mistake('fine = "first"; faults = {}', "has a fault"),
            Mistake('fine = "fifth"; faults = {}', "fine should be"),
            Mistake(FINE + '{"first": "biases"}', "faults should be"),
            Mistake(
                FINE + '{"first": "leak", "second": "drops", "third": "biases"}',
                "The first one has another",
            ),
            Mistake(
                FINE + '{"first": "biases", "second": "drops", "third": "leak"}',
                "The second one has another",
            ),
            Mistake(
                FINE + '{"first": "biases", "second": "leak", "third": "leak"}',
                "The third one has another",
            ),
            Mistake(FINE + '{"first": "bias", "second": "leak", "third": "drops"}', "a fault is"),
        ),
        noise=lambda rng: (rng.choice(["first", "second", "third"]).item(), {"fourth": "leak"}),
    ),
    rescue=Exercise(
        grade_rescue,
        hints=(
            "A plain network gets about 90: it learns its digits by heart. Give it more to learn: fit(…, augment=…).",
            "Which changes helped in section 9? Enlarged by up to a pixel a digit still means the same: "
            "augment.crop(x, 1, rng=rng). Dropout helps, too; moving by a whole pixel does harm.",
            "Two hidden layers of 200 with dropout; cropped digits; a learning rate that falls to 0.001.",
        ),
        code="""
            from nnlib import augment
            from nnlib.activations import ReLU
            from nnlib.callbacks import Scheduled
            from nnlib.layers import Dense, Flatten
            from nnlib.losses import SoftmaxCrossEntropy
            from nnlib.network import Network
            from nnlib.optimizers import SGD
            from nnlib.regularization import Dropout
            from nnlib.schedules import cosine
            from nnlib.training import fit

            (x, y), (x_more, y_more) = ex.few_digits()
            examples = np.concatenate([x, x_more]), np.concatenate([y, y_more])

            rng = np.random.default_rng(0)
            layers = [Flatten()]
            for n_in in (64, 200):
                layers += [Dense(n_in, 200, rng=rng), ReLU(), Dropout(0.5, rng=rng)]
            network = Network([*layers, Dense(200, 10, rng=rng)])


            def varied(x, rng):
                return augment.crop(x, 1, rng=rng)


            loss, optimizer = SoftmaxCrossEntropy(), SGD(network.parameters(), 0.1)
            slower = Scheduled(cosine(0.1, 0.001, 150))
            sizes = {"epochs": 150, "batch_size": 10}
            fit(network, loss, optimizer, examples, **sizes, rng=rng, augment=varied, callbacks=[slower])
        """,
        mistakes=(
            Mistake(PLAIN, "it guesses"),
            Mistake(
                PLAIN
                + "fit(network, SoftmaxCrossEntropy(), SGD(network.parameters(), 0.1), ex.few_digits()[0], "
                "epochs=100, batch_size=10, rng=rng)",
                "a plain network gets",
            ),
            Mistake(PLAIN + "network = Network", "a trained Network is wanted"),
            Mistake(
                "from nnlib.convolution import Conv2D\n" + PLAIN + "network.layers[:1] = "
                "[Conv2D(1, 4, 5, rng=rng), Flatten()]",
                "without Conv2D",
            ),
            Mistake(
                PLAIN + "network = Network([Flatten(), Dense(64, 5, rng=rng)])",
                "ten numbers for each",
            ),
            Mistake(
                PLAIN + "network = Network([Flatten(), Dense(49, 10, rng=rng)])",
                "do not go through",
            ),
            Mistake(
                PLAIN
                + "network = Network([Dense(64, 10, rng=rng, weights=lambda shape, rng: np.full(shape, np.nan))])",
                "not finite",
            ),
        ),
        noise=lambda rng: (Network([Flatten(), Dense(64, 10, rng=rng)]),),
    ),
)

check, hint, solution = chapter.check, chapter.hint, chapter.solution
