"""Exercise 6 of chapter 03: five activations with their derivatives, of which one is wrong."""

import numpy as np

from nnlib.activations import ELU, LeakyReLU, ReLU, Sigmoid, Tanh
from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import number


def derivative(z, a):
    return np.where(z > 0, 1, a)  # wrong: below 0 it should be a + 1


derivative.__qualname__ = "ELU.derivative"  # its own name would tell

SUSPECTS = {
    "sigmoid": (Sigmoid.function, Sigmoid.derivative),
    "tanh": (Tanh.function, Tanh.derivative),
    "relu": (ReLU.function, ReLU.derivative),
    "leaky_relu": (LeakyReLU.function, LeakyReLU.derivative),
    "elu": (ELU.function, derivative),
}


def grade(name, z):
    if not isinstance(name, str) or name not in SUSPECTS:
        raise NotYet(f"name should be one of {', '.join(SUSPECTS)}, in quotation marks.")
    z = number(z, "z")
    f, d = SUSPECTS[name]
    around = np.array([z - 1e-5, z, z + 1e-5])
    below, _, above = f(around)
    numeric, claimed = (above - below) / 2e-5, float(d(around, f(around))[1])
    if name == "elu" and abs(claimed - numeric) > 1e-4:
        return (
            f"at z = {z:g} it claims {claimed:.4f}, but nudging says {numeric:.4f}. It forgot the "
            "+ 1 in a + 1."
        )
    if name == "elu":
        raise NotYet(
            "the right suspect, but there its slope is right. It is another piece of ELU that is "
            "wrong."
        )
    if abs(z) <= 1e-5 and name in ("relu", "leaky_relu"):
        raise NotYet(
            f"0 is the corner of {name}: there any slope between the two sides is a choice, not "
            "an error."
        )
    raise NotYet(
        f"innocent: at z = {z:g} {name} claims {claimed:.4f}, and nudging says {numeric:.4f}."
    )


WRONG = {
    "the right suspect, but there its slope is right": lambda: ("elu", 1.0),
    "innocent: at z = -1 leaky_relu claims 0.0100": lambda: ("leaky_relu", -1.0),
    "0 is the corner of relu": lambda: ("relu", 0.0),
    "innocent: at z = 0 tanh claims 1.0000": lambda: ("tanh", 0.0),
    "name should be one of sigmoid, tanh,": lambda: ("ELU", -1.0),
}

exercise = Exercise(
    names=("name", "z"),
    grade=grade,
    hints=(
        "Take f, d = ex.SUSPECTS[name], some z on both sides of 0, a = f(z), and compare d(z, a) "
        "with a nudge.",
        "A nudge is (f(z + h) − f(z − h)) / 2h, with h = 1e-5.",
        "Do not nudge exactly at 0, where some of them have a corner.",
    ),
    solution="""
        places = np.array([-2.0, -0.5, 0.5, 2.0])
        for suspect, (f, d) in ex.SUSPECTS.items():
            numeric = (f(places + 1e-5) - f(places - 1e-5)) / 2e-5
            wrong = np.abs(d(places, f(places)) - numeric) > 1e-4
            if wrong.any():
                name, z = suspect, places[wrong][0]
    """,
    wrong=WRONG,
    noise=lambda rng: (
        rng.choice(["sigmoid", "tanh", "relu", "leaky_relu"]).item(),
        rng.normal(),
    ),
)
