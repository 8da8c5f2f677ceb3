"""Exercise 7 of chapter 05b: which of four networks climbs the sanity ladder, and where the others fall."""

from nnlib.activations import Tanh
from nnlib.chapters.kit.exercise import Exercise
from nnlib.chapters.kit.grading import grade_suspects
from nnlib.chapters.training_deeper.experiments.starting import deep_network


def with_wrong_bend(rng):
    network = deep_network(3, "tanh", "Glorot", rng=rng)
    bend = next(layer for layer in network.layers if isinstance(layer, Tanh))
    bend.derivative = lambda z, a: 1 - a  # type: ignore[method-assign] # instead of 1 − a²
    return network


SUSPECTS = {
    "first": lambda rng: deep_network(9, "sigmoid", "scaled, N(0, 1/d)", rng=rng),
    "second": with_wrong_bend,
    "third": lambda rng: deep_network(4, "ReLU", "He, N(0, 2/d)", rng=rng),
    "fourth": lambda rng: deep_network(4, "tanh", "N(0, 1)", rng=rng),
}
FAILS = {
    "first": (
        "handful",
        "Its loss starts as it should, and its gradient is right; but look how small it is.",
    ),
    "second": (
        "gradient",
        "It could even learn a little. Compare its backward with nudging.",
    ),
    "fourth": ("start", "Look at its loss before any learning, beside ln 10."),
}
RIGHT = {name: rung for name, (rung, _) in FAILS.items()}

grade = grade_suspects(
    "third",
    FAILS,
    ("start", "gradient", "handful", "epoch"),
    answers=("fine", "rungs"),
    clue="does not reach the top: print(climb(network, loss, train, …)).",
    fault="rung",
    other="falls from a different rung",
    praise="nine sigmoid layers whose slopes vanish; a tanh with a wrong derivative; weights that "
    "start too large.",
)


def other_rung(name, rung):
    """A mistake about one of the three that fall."""
    return lambda: ("third", RIGHT | {name: rung})


WRONG = {
    "the first one does not reach the top": lambda: ("first", {"third": "handful"}),
    "the second one does not reach the top": lambda: ("second", {"third": "handful"}),
    "the fourth one does not reach the top": lambda: ("fourth", {"third": "handful"}),
    f"The first one falls from a different rung. {FAILS['first'][1]}": other_rung("first", "start"),
    f"The second one falls from a different rung. {FAILS['second'][1]}": other_rung(
        "second", "handful"
    ),
    f"The fourth one falls from a different rung. {FAILS['fourth'][1]}": other_rung(
        "fourth", "epoch"
    ),
}

exercise = Exercise(
    names=("fine", "rungs"),
    grade=grade,
    hints=(
        "ladder = climb(network, SoftmaxCrossEntropy(), train, learning_rate=0.1, rng=rng); "
        "print(ladder).",
        "The last line that it prints has the rung, and what was seen there.",
    ),
    solution="""
        fine = "third"
        rungs = {"first": "handful", "second": "gradient", "fourth": "start"}
    """,
    wrong=WRONG,
    noise=lambda rng: (rng.choice(["first", "second", "fourth"]).item(), {"third": "start"}),
)
