"""Exercise 9 of chapter 09: four recurrent layers, of which one has the right gradients."""

import numpy as np

from nnlib import recurrent
from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_suspects


def suspect(back):
    """Return nnlib's plain recurrent layer with another way back, ``back(dh, h, start, W_h)``."""

    class RNN(recurrent.RNN):
        """h_t = tanh(x_t @ W_x + h_{t−1} @ W_h + b)."""

        def _loop_back(self, dh, h, *others):
            start, _ = others
            return back(dh, h, start, self.W_h.value)

    return RNN


def before(h, start):
    """The state that each step began with."""
    return np.concatenate([start[:, None], h[:, :-1]], axis=1)


def first(dh, h, start, W_h):
    """Every step is blamed for what goes out of it, and for nothing else."""
    dz = dh * (1 - h**2)
    return dz, dz[:, 0] @ W_h.T, np.einsum("nti,ntj->ij", before(h, start), dz)


def second(dh, h, start, W_h):
    """W_h is blamed by the state that it has made, not by the one that it was multiplied by."""
    dz, d_start, _ = third(dh, h, start, W_h)
    return dz, d_start, np.einsum("nti,ntj->ij", h, dz)


def third(dh, h, start, W_h):
    """No fault: each step hands back what it is blamed for, in other words than nnlib's."""
    d, dz = dh.copy(), np.empty_like(h)
    for t in range(h.shape[1] - 1, 0, -1):
        dz[:, t] = d[:, t] - d[:, t] * h[:, t] ** 2
        d[:, t - 1] += np.einsum("nj,ij->ni", dz[:, t], W_h)
    dz[:, 0] = d[:, 0] - d[:, 0] * h[:, 0] ** 2
    return dz, dz[:, 0] @ W_h.T, np.einsum("nti,ntj->ij", before(h, start), dz)


def fourth(dh, h, start, W_h):
    """On the way back the weights lead the same way as on the way there."""
    dz, later = np.empty_like(h), np.zeros_like(start)
    for t in reversed(range(h.shape[1])):
        dz[:, t] = (dh[:, t] + later) * (1 - h[:, t] ** 2)
        later = dz[:, t] @ W_h
    return dz, later, np.einsum("nti,ntj->ij", before(h, start), dz)


SUSPECTS = {back.__name__: suspect(back) for back in (first, second, third, fourth)}
FAULTS = {
    "first": (
        "forgets",
        "With time = 1 it passes, with time = 2 it does not, not even with one hidden neuron.",
    ),
    "second": ("late", "Its W_x and b are right for any time. W_h is wrong, even with time = 1."),
    "fourth": (
        "turned",
        "With time = 1 it passes; with a single hidden neuron it does so for any time.",
    ),
}
grade = grade_suspects(
    "third",
    FAULTS,
    ("forgets", "late", "turned", "no bend"),
    clue="does not pass: ask check_gradients, as in section 4, with time = 3 or more.",
    praise="time = 1 shows who goes wrong at a single step, one hidden neuron who turns W_h "
    "round, and a report names the parameter.",
)


def blames(first, second, fourth):
    """An answer that knows who is right."""
    return lambda: ("third", {"first": first, "second": second, "fourth": fourth})


exercise = Exercise(
    names=("right", "wrong"),
    grade=grade,
    hints=(
        "Print check_gradients(f, network.parameters(), rng=rng) for each suspect: one passes.",
        "Then the same with x of one step, x[:, :1], and targets of one: whoever passes now goes "
        "wrong between steps only.",
        "And with one hidden neuron: a 1 × 1 matrix is its own transpose.",
    ),
    solution="""
        right = "third"
        wrong = {"first": "forgets", "second": "late", "fourth": "turned"}
    """,
    wrong={
        "the first one does not pass": lambda: ("first", {}),
        "the second one does not pass": lambda: ("second", {}),
        "the fourth one does not pass": lambda: ("fourth", {}),
        "The first one has another fault. With time = 1 it passes": blames(
            "turned", "late", "forgets"
        ),
        "The second one has another fault. Its W_x and b are right": blames(
            "forgets", "no bend", "turned"
        ),
        "The fourth one has another fault. With time = 1": blames("forgets", "late", "no bend"),
        'The fourth one: a fault is "forgets"': blames("forgets", "late", "sign"),
        'wrong should be {"first": "…", "second": "…", "fourth": "…"}': lambda: ("third", {}),
    },
    noise=lambda rng: (rng.choice(["first", "second", "fourth"]).item(), {"third": "late"}),
)
