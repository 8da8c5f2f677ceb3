"""Exercise 2 of chapter 08: how fast momentum gets under a steady slope, and when."""

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import name_mistake, number

SPEED, STEPS = 0.1, 22
WRONG_SPEEDS = {
    "that is the first step, η g. The speed adds up: how large is it when it no longer "
    "changes?": 0.01,
    "that is α η: the share α is added on and on, α + α² + …": 0.009,
    "divided by α. In the steady state v = α v − η g: solve that for v.": 0.01 / 0.9,
    "divided by 1 + α: a sign. v − α v = −η g.": 0.01 / 1.9,
    "multiplied by 1 − α instead of divided: momentum makes steps larger here.": 0.001,
    "that is 1/(1 − α), the number of times: multiply η g by it.": 10,
    "that is the slope g, without η and α.": 1,
}
WRONG_STEPS = {
    "21 give 89 %: just short.": 21,
    "round up: steps are whole numbers.": 21.854,
    "that is 1/(1 − α): ten steps give 1 − 0.9¹⁰ = 65 %.": 10,
    "the speed grows by less and less: nine steps give 1 − 0.9⁹ = 61 %.": 9,
    "the first step is η g, a tenth of it.": 1,
    "44 give 99 %. Nine tenths are asked for.": 44,
    "one too many: with v = 0 at the start the first step has 1 − α of the final speed, the k-th "
    "1 − αᵏ.": 23,
}


def grade(speed, steps):
    speed = abs(number(speed, "speed"))
    if abs(speed - SPEED) > 0.0005:
        name_mistake(speed, [(wrong, f"speed: {why}") for why, wrong in WRONG_SPEEDS.items()], 2e-3)
        raise NotYet(
            "speed: in the steady state v is the same before and after: v = α v − η g. "
            "Solve that for v."
        )
    steps, right = number(steps, "steps"), "speed is right. steps: "
    if steps != STEPS:
        name_mistake(steps, [(wrong, right + why) for why, wrong in WRONG_STEPS.items()], 1e-3)
        raise NotYet(
            f"{right}the k-th step has the share 1 − αᵏ of it; which k is the first with 0.9?"
        )
    return (
        "η g/(1 − α) = 0.1, ten times an ordinary step; and 1 − 0.9ᵏ is 0.89 for k = 21 and 0.90 "
        "for k = 22."
    )


exercise = Exercise(
    names=("speed", "steps"),
    grade=grade,
    hints=(
        "When the speed no longer changes, v is the same before and after a step: v = α v − η g.",
        "The k-th step has the size η g (1 + α + … + αᵏ⁻¹), which is the share 1 − αᵏ of the "
        "final one.",
        "Print 1 - 0.9**k for a few k around 20.",
    ),
    solution="""
        speed = 0.01 * 1 / (1 - 0.9)
        steps = 1
        while 1 - 0.9**steps < 0.9:
            steps = steps + 1
    """,
    wrong={
        **{why: lambda wrong=wrong: (wrong, STEPS) for why, wrong in WRONG_SPEEDS.items()},
        **{why: lambda wrong=wrong: (SPEED, wrong) for why, wrong in WRONG_STEPS.items()},
    },
    noise=lambda rng: (rng.choice([0.1, rng.uniform(0.2, 9)]), int(rng.integers(30, 99))),
)
