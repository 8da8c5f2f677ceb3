"""Exercise 2 of chapter 05: the gradients of r = q·p, q = u + p, p = u·v at u = 2, v = 3, swept by hand."""

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import name_mistake, number

NAMES = ("q", "p", "u", "v")
RIGHT = (6, 14, 48, 28)

# Who makes a mistake has the gradients before it right; those behind it inherit it or not.
WRONG = {
    "q: ∂r/∂q is the *other* factor, p.": lambda: (8, 14, 48, 28),
    "q: 48 is r itself.": lambda: (6 * 8, 14, 48, 28),
    "p: 8 comes straight from r; but p acts through q too: slopes add where paths meet.": (
        lambda: (6, 8, 6 + 8 * 3, 8 * 2)
    ),
    "p: 6 comes through q; p appears in r = q·p as well: slopes add where paths meet.": (
        lambda: (6, 6, 6 + 6 * 3, 6 * 2)
    ),
    "p: 8 and 6 were multiplied: along a path slopes multiply, where paths meet they add.": (
        lambda: (6, 8 * 6, 48, 28)
    ),
    "u: 42 comes through p; u appears in q = u + p as well.": lambda: (6, 14, 14 * 3, 28),
    "u: 6 comes straight from q; u appears in p = u·v as well.": lambda: (6, 14, 6, 28),
    "u: through p comes 14 · 3: the local slope of p = u·v with respect to u is v.": (
        lambda: (6, 14, 6 + 14, 28)
    ),
    "u: the local slope of p = u·v with respect to u is the other factor, v = 3.": (
        lambda: (6, 14, 6 + 14 * 2, 28)
    ),
    "u: through p comes 14 · 3: was p's own gradient complete?": lambda: (6, 14, 6 + 8 * 3, 28),
    "u: that is 8 · 3. p's gradient was not complete, and u appears in q as well.": (
        lambda: (6, 14, 8 * 3, 28)
    ),
    "v: 16 is 8 · 2: p's gradient was not complete when it was passed on.": (
        lambda: (6, 14, 48, 8 * 2)
    ),
    "v: 12 is 6 · 2: p's gradient was not complete when it was passed on.": (
        lambda: (6, 14, 48, 6 * 2)
    ),
    "v: that is p's gradient; multiply it by the local slope of p = u·v with respect to v.": (
        lambda: (6, 14, 48, 14)
    ),
    "v: the local slope of p = u·v with respect to v is u = 2.": lambda: (6, 14, 48, 14 * 3),
}


def grade(*given):
    for place, name in enumerate(NAMES):
        answer = number(given[place], name)
        if abs(answer - RIGHT[place]) > 0.005:
            mistakes = [(mistake()[place], words) for words, mistake in WRONG.items()]
            name_mistake(answer, [row for row in mistakes if row[1].startswith(name)])
            raise NotYet(f"{name}: {answer:g} is not it. Draw the graph, and start at r with 1.")
    return "6, then 8 + 6, then 6 + 14 · 3, and 14 · 2: children first."


exercise = Exercise(
    names=NAMES,
    grade=grade,
    hints=(
        "Forward: p = 6, q = 8, r = 48. Backward: r has 1; q gets the other factor.",
        "p appears in r = q·p and in q = u + p, so its gradient has two parts.",
        "u appears in q and in p: 6 · 1 + 14 · 3.",
    ),
    solution="""
        q = 6             # r = q·p: the other factor
        p = 8 + 6         # straight from r, and through q
        u = 6 + 14 * 3    # through q, and through p
        v = 14 * 2        # through p
    """,
    wrong=WRONG,
    noise=lambda rng: tuple(float(value) for value in rng.normal(size=4)),
)
