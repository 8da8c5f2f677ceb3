"""Exercise 9 of chapter 10: a small student that has seen a hundred digits, and may ask the teacher what it likes."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import article
from nnlib.chapters.many_networks.experiments.teaching import handful
from nnlib.chapters.many_networks.experiments.voting import parts_of_mnist, train_teacher
from nnlib.ensembles import Distillation, soft_targets
from nnlib.layers import Dense
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit

DIGITS, MOST = 100, 15_910  # parameters: those of 784 – 20 – 10
ALONE, SOFT, WANTED, RECORD, BELIEVED = 74, 83, 85, 91, 95.5


def hundred_digits():
    """Return x (100, 784) in float32 and its labels y (100,): always the same hundred."""
    (x, y), rows = parts_of_mnist()[0], handful(DIGITS, seed=0)
    return x[rows], y[rows]


def teacher():
    """Return a network 784 – 200 – 10 that has learnt 10,000 digits and gives logits."""
    return train_teacher().copy()


def grade(network):
    right = 100 * accuracy(_answers(network), parts_of_mnist()[2][1])
    read = f"{right:.1f} of 100 test digits are right"
    if right < 50:
        raise NotYet(f"{read}: it guesses, or nearly. Has it learnt, and with pixels as they are?")
    if right < WANTED:
        raise NotYet(f"{read}; expected at least {WANTED}. {_advice(right)}")
    if right > BELIEVED:
        raise NotYet(f"{read}: more than the teacher reads. Has it seen other digits as well?")
    further = f"Our record is {RECORD}." if right < RECORD else f"That beats our record, {RECORD}."
    # in whole digits: the next place differs from one machine to another
    return (
        f"at least {int(right)} of 100 test digits are right, after a hundred digits. Labels alone "
        f"make a student of about {ALONE}, soft targets for the hundred one of about {SOFT}. "
        f"{further}"
    )


def _advice(right):
    if right < ALONE + 4:
        return (
            f"Labels alone give about {ALONE}: let it learn from soft targets, "
            "soft_targets(teacher.predict(x), T), with Distillation(T)."
        )
    return (
        f"Soft targets for the hundred give about {SOFT} at best, with T = 8. But the teacher "
        "answers whatever you ask: make new images of the old ones."
    )


def _answers(network):
    """Return the classes that a network gives to the test digits, as rows or, if it takes these, as images."""
    if not isinstance(network, Network):
        raise NotYet(f"expected one trained Network, got {article(type(network).__name__)}.")
    parameters = sum(parameter.value.size for parameter in network.parameters())
    if parameters > MOST:
        raise NotYet(
            f"it has {parameters:,} parameters; a student may have {MOST:,}, as 784 – 20 – 10 has."
        )
    x, reasons = parts_of_mnist()[2][0], []
    for pixels in (x, x.reshape(-1, 28, 28, 1)):
        try:
            outputs = np.asarray(network.predict(pixels))
        except Exception as error:  # layers of the learner's own may raise anything
            reasons.append(f"{type(error).__name__}: {error}")
            continue
        return _classes(outputs, len(x))
    raise NotYet(f"digits as rows (n, 784) do not go through. {reasons[0]}")


def _classes(outputs, n):
    if outputs.shape != (n, 10):
        raise NotYet(
            f"for {n:,} digits shape {outputs.shape} comes out; expected ten numbers for each."
        )
    if not np.isfinite(outputs).all():
        raise NotYet("some outputs are not finite numbers.")
    return outputs.argmax(axis=1)


def single(n_in, n_out, **options):
    return Network([Dense(n_in, n_out, rng=np.random.default_rng(0), **options)])


def from_labels():
    network, (x, y) = single(784, 10), hundred_digits()
    rng = np.random.default_rng(0)
    optimizer = SGD(network.parameters(), 0.1)
    fit(*(network, SoftmaxCrossEntropy(), optimizer, (x, y)), epochs=100, batch_size=20, rng=rng)
    return network


def from_soft_targets():
    network, (x, _) = single(784, 10), hundred_digits()
    rng = np.random.default_rng(0)
    targets = soft_targets(teacher().predict(x), 8)
    optimizer = SGD(network.parameters(), 0.1)
    fit(*(network, Distillation(8), optimizer, (x, targets)), epochs=100, batch_size=20, rng=rng)
    return network


WRONG = {
    "it guesses": lambda: single(784, 10),
    "Labels alone give about 74": from_labels,
    "make new images of the old ones": from_soft_targets,
    "expected one trained Network, got a type": lambda: Network,
    "expected one trained Network, got a list": lambda: [single(784, 10), single(784, 10)],
    "a student may have 15,910": teacher,
    "expected ten numbers for each": lambda: single(784, 5),
    "do not go through": lambda: single(64, 10),
    "not finite": lambda: single(784, 10, weights=lambda shape, rng: np.full(shape, np.nan)),
}

exercise = Exercise(
    names=("my_student",),
    grade=grade,
    hints=(
        "Soft targets first: soft_targets(teacher.predict(x), 8), learnt with Distillation(8).",
        "The teacher has an answer to every image, and a cropped or turned digit is a new one: "
        "augment.crop and augment.rotate take images (n, 28, 28, 1), x.reshape(-1, 28, 28, 1).",
        "Twenty altered copies of the hundred, np.concatenate(copies), what the teacher says about "
        "all of them, and ten epochs.",
    ),
    solution="""
        from nnlib import augment
        from nnlib.activations import ReLU
        from nnlib.ensembles import Distillation, soft_targets
        from nnlib.layers import Dense
        from nnlib.network import Network
        from nnlib.optimizers import SGD
        from nnlib.training import fit

        x, y = ex.hundred_digits()
        teacher = ex.teacher()
        rng = np.random.default_rng(0)

        copies = [x]
        for _ in range(20):
            images = augment.rotate(x.reshape(-1, 28, 28, 1), 20, rng=rng)
            copies.append(augment.crop(images, 4, rng=rng).reshape(-1, 784))
        x_many = np.concatenate(copies)
        t = soft_targets(teacher.predict(x_many), 8)

        layers = [Dense(784, 20, rng=rng), ReLU(), Dense(20, 10, rng=rng)]
        my_student = Network(layers).astype(np.float32)
        optimizer = SGD(my_student.parameters(), learning_rate=0.1)
        fit(my_student, Distillation(8), optimizer, (x_many, t), epochs=10, batch_size=20, rng=rng)
    """,
    wrong=WRONG,
    noise=lambda rng: (Network([Dense(784, 10, rng=rng)]),),
)
