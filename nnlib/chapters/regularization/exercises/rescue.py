"""Exercise 8 of chapter 07: a network that reads digits after learning from a hundred of them."""

import numpy as np

from nnlib.activations import ReLU
from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import article
from nnlib.chapters.regularization.exercises._digits import few_digits, given_and_unseen
from nnlib.convolution import Conv2D
from nnlib.layers import Dense, Flatten, every_layer
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit

WANTED, PLAIN, RECORD, BELIEVED = 91, 90, 94, 96


def grade(network):
    _, (images, y) = given_and_unseen()
    right = 100 * accuracy(_outputs(network, images).argmax(axis=1), y)
    read = f"{right:.1f} of 100 unseen digits are right"
    if any(isinstance(layer, Conv2D) for layer in every_layer(network.layers)):
        raise NotYet(
            f"{right:.1f} of 100, with convolutions: chapter 06's way. "
            "Here it should do without Conv2D."
        )
    if right < 20:
        raise NotYet(f"{read}: it guesses. Was it trained, with pixels as they are?")
    if right < WANTED:
        near = f"as a plain network gets about {PLAIN}"
        beside = near if right > PLAIN - 1.5 else "and a plain network gets more"
        raise NotYet(f"{read}, {beside}; expected at least {WANTED}.")
    if right > BELIEVED:
        raise NotYet(
            f"{right:.1f} of 100: more than we believe 100 digits can teach. "
            "Has it seen others as well?"
        )
    further = f"Our record is {RECORD}." if right < RECORD else f"That beats our record, {RECORD}."
    return (
        f"{right:.1f} of 100 digits that it never saw; a plain network gets about {PLAIN}. "
        f"{further}"
    )


def _outputs(network, images):
    """Return the outputs (n, 10) for images or, if it takes these, for rows."""
    if not isinstance(network, Network):
        raise NotYet(f"expected a trained Network, got {article(type(network).__name__)}.")
    reasons = []
    for x in (images, images.reshape(len(images), -1)):
        try:
            outputs = np.asarray(network.predict(x))
        except Exception as error:  # layers of the learner's own may raise anything
            reasons.append(f"{type(error).__name__}: {error}")
            continue
        if outputs.shape != (len(x), 10):
            raise NotYet(
                f"for {len(x):,} digits shape {outputs.shape} comes out; "
                "expected ten numbers for each."
            )
        if not np.isfinite(outputs).all():
            raise NotYet("some outputs are not finite numbers.")
        return outputs
    raise NotYet(f"digits as images (n, 8, 8, 1) do not go through. {reasons[0]}")


def plain(*, epochs):
    rng = np.random.default_rng(0)
    network = Network([Flatten(), Dense(64, 100, rng=rng), ReLU(), Dense(100, 10, rng=rng)])
    loss, optimizer = SoftmaxCrossEntropy(), SGD(network.parameters(), 0.1)
    fit(network, loss, optimizer, few_digits()[0], epochs=epochs, batch_size=10, rng=rng)
    return network


def single(n_in, n_out, **options):
    return Network([Flatten(), Dense(n_in, n_out, rng=np.random.default_rng(0), **options)])


def convolving():
    rng = np.random.default_rng(0)
    return Network([Conv2D(1, 4, 5, rng=rng), Flatten(), Dense(64, 10, rng=rng)])


WRONG = {
    "it guesses": lambda: single(64, 10),
    "a plain network gets": lambda: plain(epochs=100),
    "expected a trained Network, got a type": lambda: Network,
    "without Conv2D": convolving,
    "expected ten numbers for each": lambda: single(64, 5),
    "do not go through": lambda: single(49, 10),
    "not finite": lambda: single(64, 10, weights=lambda shape, rng: np.full(shape, np.nan)),
}

exercise = Exercise(
    names=("network",),
    grade=grade,
    hints=(
        "A plain network gets about 90: it learns its digits by heart. Give it more to learn: "
        "fit(…, augment=…).",
        "Which changes helped in section 9? Enlarged by up to a pixel a digit still means the "
        "same: augment.crop(x, 1, rng=rng). Dropout helps, too; moving by a whole pixel does harm.",
        "Two hidden layers of 200 with dropout; cropped digits; a learning rate that falls to "
        "0.001.",
    ),
    solution="""
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


        fit(
            network,
            SoftmaxCrossEntropy(),
            SGD(network.parameters(), 0.1),
            examples,
            epochs=150,
            batch_size=10,
            rng=rng,
            augment=varied,
            callbacks=[Scheduled(cosine(0.1, 0.001, 150))],
        )
    """,
    wrong=WRONG,
    noise=lambda rng: (Network([Flatten(), Dense(64, 10, rng=rng)]),),
)
