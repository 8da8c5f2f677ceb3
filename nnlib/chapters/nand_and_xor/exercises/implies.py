"""Exercise 2 of chapter 02: *a implies b* from NAND gates."""

from nnlib.chapters.kit.exercise import Exercise, NotYet, each_mistake
from nnlib.chapters.kit.grading import name_mistake
from nnlib.chapters.nand_and_xor.exercises._shared import circuit, every_row


def answers_of(gates):
    return circuit(["a", "b"], gates).run(every_row(2))[:, 0].tolist()


WRONG = {
    "that is *b implies a*: the two inputs are swapped.": (
        lambda: [("not a", "a", "a"), ("out", "b", "not a")]
    ),
    "that is OR: which of the two has to be turned round first?": (
        lambda: [("not a", "a", "a"), ("not b", "b", "b"), ("out", "not a", "not b")]
    ),
    "that is *a and not b*, just the opposite of *a implies b*.": (
        lambda: [("not b", "b", "b"), ("x", "a", "not b"), ("out", "x", "x")]
    ),
    "that is NAND itself: one input has to be turned round first.": lambda: [("out", "a", "b")],
}


def grade(gates):
    answers = answers_of(gates)
    if answers != [1, 1, 0, 1]:
        name_mistake(answers, [(answers_of(made()), words) for words, made in each_mistake(WRONG)])
        raise NotYet(
            f"for (a, b) = (0,0), (0,1), (1,0), (1,1) it answers {answers}, but it should answer "
            "[1, 1, 0, 1]."
        )
    return f"0 only where a is 1 and b is 0, with {len(gates)} NAND."


exercise = Exercise(
    names=("gates",),
    grade=grade,
    hints=(
        "NAND(a, x) is 0 only where a and x are both 1.",
        "So x has to be 1 where b is 0: x = NOT b.",
    ),
    solution="""
        gates = [("not b", "b", "b"), ("out", "a", "not b")]
    """,
    wrong=WRONG,
    noise=lambda rng: ([("out", *rng.choice(["a", "b"], 2).tolist())],),
)
