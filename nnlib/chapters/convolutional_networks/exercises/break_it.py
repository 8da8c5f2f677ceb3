"""Exercise 7 of chapter 06: four ways back through a convolution, of which one is right."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_suspects


def suspect(*, flip=False, overwrite=False, mean=False):
    """Return the way back through a convolution without padding, stride 1, with the mistakes asked for."""

    def backward(x, W, b, dz):
        dx, dW, kernel = np.zeros(x.shape), np.zeros(W.shape), W[::-1, ::-1] if flip else W
        for i, j in np.ndindex(dz.shape[1:3]):
            here = np.s_[:, i : i + W.shape[0], j : j + W.shape[1]]
            share = np.einsum("nk,uvck->nuvc", dz[:, i, j], kernel)
            dx[here] = share if overwrite else dx[here] + share
            dW += np.einsum("nuvc,nk->uvck", x[here], dz[:, i, j])
        return dx, dW, dz.mean(axis=(0, 1, 2)) if mean else dz.sum(axis=(0, 1, 2))

    return backward


SUSPECTS = {
    "first": suspect(flip=True),
    "second": suspect(),
    "third": suspect(mean=True),
    "fourth": suspect(overwrite=True),
}
rng = np.random.default_rng(3)  # x, W, b, dz to try them on
EXAMPLE = tuple(
    rng.standard_normal(shape) for shape in ((2, 5, 4, 2), (3, 2, 2, 3), (3,), (2, 3, 3, 3))
)
FAULTS = {
    "first": (
        "flip",
        "Its dW and db are right. With a dz of 0 but for a single 1: what does dx look like beside "
        "W?",
    ),
    "third": ("bias", "Its dx and dW are right."),
    "fourth": (
        "overlap",
        "Its dW and db are right. In dx only the corners are, which a single window sees.",
    ),
}
grade = grade_suspects(
    "second",
    FAULTS,
    ("overlap", "flip", "bias"),
    clue="differs from naive_backward(x, W, dz): compare dx, dW and db one by one.",
    praise="a kernel turned by 180° on the way back; a mean where a sum belongs; shares "
    "overwritten, not added up.",
)


def faults(first, third, fourth):
    """An answer that finds the right one, and takes the others' faults for these."""
    return lambda: ("second", {"first": first, "third": third, "fourth": fourth})


exercise = Exercise(
    names=("right", "wrong"),
    grade=grade,
    hints=(
        "Compare dx, dW and db of each with naive_backward(x, W, dz) from nnlib.convolution: one "
        "agrees in all.",
        "If db is off: divide it by the right one. If dx is off: is it wrong everywhere?",
        "Take a dz of zeros with a single 1: dx should then show a filter, upright. With a second "
        "1 beside it, two filters that overlap.",
    ),
    solution="""
        right = "second"
        wrong = {"first": "flip", "third": "bias", "fourth": "overlap"}
    """,
    wrong={
        "right should be": lambda: ("fifth", {}),
        "the first one differs from naive_backward": lambda: ("first", {}),
        "the third one differs from naive_backward": lambda: ("third", {}),
        "wrong should be": lambda: ("second", {"first": "flip"}),
        "a fault is": faults("dx", "db", "dx"),
        "The first one has another fault": faults("overlap", "bias", "flip"),
        "The third one has another fault": faults("flip", "overlap", "bias"),
        "The fourth one has another fault": faults("flip", "bias", "flip"),
    },
    noise=lambda rng: (rng.choice(["first", "third", "fourth"]).item(), {"second": "flip"}),
)
