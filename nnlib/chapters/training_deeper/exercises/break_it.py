"""Exercise 7 of chapter 05b: which of four networks climbs the sanity ladder, and where the others fall."""

from nnlib.activations import Tanh
from nnlib.chapters.kit.exercise import Exercise, NotYet
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
FAILS = {"first": "handful", "second": "gradient", "fourth": "start"}
CLUES = {
    "first": "Its loss starts as it should, and its gradient is right; but look how small it is.",
    "second": "It could even learn a little. Compare its backward with nudging.",
    "fourth": "Look at its loss before any learning, beside ln 10.",
}


def grade(fine, rungs):
    fine = fine.strip().lower() if isinstance(fine, str) else fine
    if not isinstance(fine, str) or fine not in SUSPECTS:
        raise NotYet('fine should be "first", "second", "third" or "fourth".')
    if fine != "third":
        raise NotYet(
            f"the {fine} one does not reach the top: print(climb(network, loss, train, …))."
        )
    if not isinstance(rungs, dict) or set(rungs) != set(FAILS):
        raise NotYet(
            'the third is indeed fine. rungs should be {"first": "…", "second": "…", "fourth": '
            '"…"}, and no more.'
        )
    _grade_rungs(rungs)
    return (
        "nine sigmoid layers whose slopes vanish; a tanh with a wrong derivative; weights that "
        "start too large."
    )


def _grade_rungs(rungs):
    for name, rung in FAILS.items():
        given = str(rungs[name]).strip().lower()
        if given not in ("start", "gradient", "handful", "epoch"):
            raise NotYet(
                f'the third is indeed fine. {name}: a rung is "start", "gradient" or "handful".'
            )
        if given != rung:
            raise NotYet(
                f"the third is indeed fine. The {name} one falls from a different rung. "
                f"{CLUES[name]}"
            )


def other_rung(name, rung):
    """A mistake about one of the three that fall."""
    return lambda: ("third", FAILS | {name: rung})


WRONG = {
    "the first one does not reach the top": lambda: ("first", {"third": "handful"}),
    "the second one does not reach the top": lambda: ("second", {"third": "handful"}),
    "the fourth one does not reach the top": lambda: ("fourth", {"third": "handful"}),
    f"The first one falls from a different rung. {CLUES['first']}": other_rung("first", "start"),
    f"The second one falls from a different rung. {CLUES['second']}": other_rung(
        "second", "handful"
    ),
    f"The fourth one falls from a different rung. {CLUES['fourth']}": other_rung("fourth", "epoch"),
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
