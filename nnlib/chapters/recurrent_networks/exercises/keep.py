"""Exercise 6 of chapter 09: how long a gate keeps, and which gate keeps long enough."""

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import name_mistake, number

STEPS, GATE = 44, 0.5 ** (1 / 100)
WRONG_STEPS = {
    "0.9⁴³ is 0.0108: just short of it.": 43,
    "round up: steps are whole numbers.": 43.709,
    "what is left shrinks by a tenth of *what is left*, not of what was there at first: 0.9ᵏ.": 10,
    "0.9²² is 0.098: that is a tenth. A hundredth is asked for.": 22,
    "after 7 steps about half is left, 0.9⁷ = 0.48. A hundredth is asked for.": 7,
    "with 1 − u = 0.1 it would be gone after 2 steps; u = 0.9 is the part that is *kept*.": 2,
    "one too many: 0.9⁴⁴ is 0.0097.": 45,
}
WRONG_GATES = {
    "a half after a single step, and 0.5¹⁰⁰ after a hundred.": 0.5,
    "half of the loss at each step is not half after all: u¹⁰⁰ = 0.5.": 1 - 0.5 / 100,
    "0.99¹⁰⁰ is 0.37, not a half.": 0.99,
    "that is 1 − u, the part that is written anew.": 1 - GATE,
    "1 keeps all of it, for ever.": 1,
    "that keeps a hundredth after 100 steps; a half is asked for.": 0.01 ** (1 / 100),
    "that is 0.5¹⁰⁰, what u = 0.5 leaves; here u is asked for, with u¹⁰⁰ = 0.5.": 0.5**100,
    "0.5/100: but u is a factor at each step, u¹⁰⁰ = 0.5.": 0.5 / 100,
}


def grade(steps, u):
    steps = number(steps, "steps")
    if steps != STEPS:
        name_mistake(steps, [(wrong, f"steps: {why}") for why, wrong in WRONG_STEPS.items()], 1e-3)
        raise NotYet("steps: at each step the state is multiplied by u, so 0.9ᵏ of it is left.")
    u, right = number(u, "u"), "steps is right. u: "
    if u > 1:
        raise NotYet(f"{right}it is a share, from 0 to 1.")
    if not 0 < u <= 1 or abs(u**100 - 0.5) > 0.01:  # 0.993 is near enough
        name_mistake(u, [(wrong, right + why) for why, wrong in WRONG_GATES.items()], 1e-4)
        raise NotYet(f"{right}u¹⁰⁰ should be 0.5. Which root is that?")
    return (
        "0.9⁴³ = 0.0108, 0.9⁴⁴ = 0.0097; and 0.5^(1/100) = 0.9931. What looks like a hair less "
        "than 1 is the difference between remembering and not."
    )


exercise = Exercise(
    names=("steps", "u"),
    grade=grade,
    hints=(
        "With c = 0 the rule is h ← u h. After k steps uᵏ of the first state is left.",
        "Print 0.9**k for a few k; and u is the number whose hundredth power is a half.",
        "u = 0.5 ** (1 / 100).",
    ),
    solution="""
        steps = 1
        while 0.9**steps >= 0.01:
            steps = steps + 1
        u = 0.5 ** (1 / 100)
    """,
    wrong={
        **{why: lambda wrong=wrong: (wrong, GATE) for why, wrong in WRONG_STEPS.items()},
        **{why: lambda wrong=wrong: (STEPS, wrong) for why, wrong in WRONG_GATES.items()},
    },
    noise=lambda rng: (rng.choice([STEPS, int(rng.integers(50, 99))]), rng.uniform(0.1, 0.9)),
)
