"""A large teacher, which has seen many digits, and small students, which see few."""

from functools import cache

import numpy as np

from nnlib.chapters.many_networks.experiments.voting import (
    parts_of_mnist,
    small_network,
    teacher_network,
    train_teacher,
)
from nnlib.ensembles import Distillation, soft_targets
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.training import fit

STEPS, BATCH, RATE = 1500, 20, 0.1


@cache
def teacher_logits() -> np.ndarray:
    """Return what the teacher says about the 10,000 digits to learn from: its logits (n, 10)."""
    return train_teacher().predict(parts_of_mnist()[0][0])


def handful(count: int, seed: int, without: int | None = None) -> np.ndarray:
    """Return the places of so many digits, drawn from the 10,000; none of the kind ``without``."""
    _, y = parts_of_mnist()[0]
    places = np.flatnonzero(y != without) if without is not None else np.arange(len(y))
    return np.random.default_rng(1000 + seed).permutation(places)[:count]


def train_student(
    count: int,
    temperature: float | None,
    seed: int = 0,
    *,
    logits: np.ndarray | None = None,
    without: int | None = None,
    rate: float = RATE,
) -> Network:
    """Return a network 784 – 20 – 10 that has learnt so many digits in 1,500 steps of 20.

    From labels alone if ``temperature`` is None, else from the soft targets of the teacher, or of other ``logits``.
    """
    (x, y), rows = parts_of_mnist()[0], handful(count, seed, without)
    targets, loss = y[rows], SoftmaxCrossEntropy()
    if temperature is not None:
        said = teacher_logits() if logits is None else logits
        targets, loss = soft_targets(said[rows], temperature), Distillation(temperature)
    rng = np.random.default_rng(seed)
    student = small_network(rng)
    optimizer = SGD(student.parameters(), learning_rate=rate)
    epochs = max(1, STEPS * BATCH // count)
    fit(
        *(student, loss, optimizer, (x[rows], targets)),
        epochs=epochs,
        batch_size=BATCH,
        rng=rng,
    )
    return student


@cache
def share_read(count: int, temperature: float | None, seed: int = 0) -> float:
    """Return the share of the 5,000 test digits that such a student reads."""
    x, y = parts_of_mnist()[2]
    return accuracy(train_student(count, temperature, seed).classify(x), y)


@cache
def read_by_student_of_a_poor_teacher(count: int, temperature: float, seed: int = 0) -> float:
    """Return the share read by a student whose teacher had the same few labels as the student, and no others."""
    (x, y), rows = parts_of_mnist()[0], handful(count, seed)
    rng = np.random.default_rng(seed)
    teacher = teacher_network(rng)
    optimizer = SGD(teacher.parameters(), learning_rate=RATE)
    fit(
        *(teacher, SoftmaxCrossEntropy(), optimizer, (x[rows], y[rows])),
        epochs=40,
        batch_size=BATCH,
        rng=rng,
    )
    student = train_student(count, temperature, seed, logits=teacher.predict(x))
    x_test, y_test = parts_of_mnist()[2]
    return accuracy(student.classify(x_test), y_test)
