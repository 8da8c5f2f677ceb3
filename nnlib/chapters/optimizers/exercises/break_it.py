"""Exercise 7 of chapter 08: four optimizers, of which one does what its name says."""

import numpy as np

from nnlib import optimizers
from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_suspects


class Momentum(optimizers.Momentum):
    """Momentum with a fault: what it remembers is gone after every step."""

    def update(self, w, g, *memory):
        """Forget, then step."""
        for array in memory:
            array[...] = 0
        super().update(w, g, *memory)


class Nesterov(optimizers.Momentum):
    """Nesterov's momentum without a fault, put in other words."""

    def update(self, w, g, *memory):
        """Go back to the ball, w − α v, move it by the new v, and look ahead again, w + α v."""
        (v,) = memory
        w -= self.momentum * v
        v[...] = self.momentum * v - self.learning_rate * g
        w += v
        w += self.momentum * v


class RMSProp(optimizers.RMSProp):
    """RMSProp with a fault: it adds up what it should average."""

    def update(self, w, g, *memory):
        """s ← s + g²."""
        (s,) = memory
        s += g * g
        w -= self.learning_rate * g / (np.sqrt(s) + self.epsilon)


class Adam(optimizers.Adam):
    """Adam with a fault: its t stays 1."""

    def update(self, w, g, *memory):
        """Count from the beginning again, then step."""
        self.steps = 1
        super().update(w, g, *memory)


SUSPECTS = {suspect.__name__: suspect for suspect in (Momentum, Nesterov, RMSProp, Adam)}
FAULTS = {
    "Momentum": ("forgets", "Under a steady slope its steps never grow; whose steps are those?"),
    "RMSProp": ("sums", "Under a steady slope its k-th step is η/√k (exercise 3)."),
    "Adam": (
        "never counts",
        "Its first step is right. Under a steady slope the next ones grow to 2 η, then shrink to "
        "η/3.",
    ),
}

grade = grade_suspects(
    "Nesterov",
    FAULTS,
    ("forgets", "sums", "never counts", "uphill"),
    one="{}",
    clue="leaves the path of nnlib's: give both the same slope for ten steps and compare.",
    praise="a ball without a memory is SGD; RMSProp that adds up is AdaGrad; and Adam corrects a "
    "start long past.",
)


def blames(momentum, rmsprop, adam):
    """An answer that knows who is right."""
    return lambda: ("Nesterov", {"Momentum": momentum, "RMSProp": rmsprop, "Adam": adam})


exercise = Exercise(
    names=("right", "wrong"),
    grade=grade,
    hints=(
        'w = Parameter(np.zeros(1), "w"), a suspect of [w], w.grad = np.ones(1), step(), print '
        "w.value; again.",
        "Under the steady slope of 1: the first step of each, the second and the tenth, beside "
        "nnlib's. Compare by np.isclose: the same rule in other words differs in the last digit.",
        "Which steps never grow? Which shrink as 1/√k? Which begin right, and then double?",
    ),
    solution="""
        right = "Nesterov"
        wrong = {"Momentum": "forgets", "RMSProp": "sums", "Adam": "never counts"}
    """,
    wrong={
        "Adam leaves the path": lambda: ("Adam", {}),
        "right should be": lambda: ("SGD", {}),
        "wrong should be": lambda: ("Nesterov", {"Momentum": "forgets"}),
        "Momentum: a fault is": blames("sign", "sums", "forgets"),
        "Momentum has another fault. Under": blames("uphill", "sums", "never counts"),
        "RMSProp has another fault. Under": blames("forgets", "forgets", "sums"),
        "Adam has another fault. Its first": blames("forgets", "sums", "forgets"),
    },
    noise=lambda rng: (
        rng.choice(["Momentum", "RMSProp", "Adam"]).item(),
        {"Nesterov": "sums"},
    ),
)
