"""Exercise 2 of chapter 10: how many voters for half the variance, and what no number of voters gets below."""

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import name_mistake, number

ENOUGH, FLOOR, RHO = 4, 0.3, 1 / 15
WRONG_ENOUGH = {
    "two would do if the errors had no correlation; with ρ = 0.3 two leave 0.3 + 0.7/2 = 0.65.": 2,
    "three leave 0.3 + 0.7/3 = 0.533: just too much.": 3,
    "voters are whole numbers: round up.": 3.5,
    "one too many: four leave 0.3 + 0.7/4 = 0.475.": 5,
    "at that K it is 0.7/K that is a half; the ρ before it counts too.": 1.4,
}
WRONG_FLOOR = {
    "it never gets to 0: the part that all voters share, ρ, does not cancel.": 0,
    "that part cancels: (1 − ρ)/K. What stays?": 0.7,
    "that is a quarter of the way: with K without an end (1 − ρ)/K becomes 0. What stays?": 0.475,
    "that is half the variance: more voters get below it.": 0.5,
}
WRONG_RHO = {
    "with ρ = 0 four leave 0.25, which is better than 0.3: there is room for some correlation.": 0,
    "that is ρ + (1 − ρ)/4 for ρ = 0.3; which ρ gives 0.3?": 0.475,
    "0.3 − 0.25 = 0.05 is right, but ρ is not only added: ρ + (1 − ρ)/4 = 0.25 + 0.75 ρ. Divide by "
    "0.75.": 0.05,
    "with 0.075 four leave 0.3063: a little too much.": 0.075,
    "with the same ρ four leave 0.475. It must be smaller.": 0.3,
    "the sign: 0.25 + 0.75 ρ = 0.3.": -1 / 15,
    "multiplied by 0.75 instead of divided: 0.25 + 0.75 ρ = 0.3.": 0.0375,
    "a sign: ρ + (1 − ρ)/4 has a minus in it, so that it is 0.25 + 0.75 ρ.": 0.04,
}


def answer_to(got, right, name, wrong, otherwise, so_far="", tolerance=1e-3):
    got = number(got, name)
    if abs(got - right) > tolerance:
        name_mistake(got, [(value, f"{so_far}{name}: {why}") for why, value in wrong.items()], 2e-3)
        raise NotYet(f"{so_far}{name}: {otherwise}")


def grade(enough, floor, rho):
    formula = "Var = ρ + (1 − ρ)/K"
    answer_to(
        *(enough, ENOUGH, "enough", WRONG_ENOUGH),
        f"{formula}, with ρ = 0.3: which K is the first with 0.5 or less?",
    )
    answer_to(
        *(floor, FLOOR, "floor", WRONG_FLOOR),
        f"{formula}: which of the two parts is left when K grows without an end?",
        "enough is right. ",
    )
    answer_to(
        *(rho, RHO, "rho", WRONG_RHO),
        f"{formula}, with K = 4: for which ρ is that 0.3?",
        "enough and floor are right. ",
        5e-4,
    )
    return (
        "4 voters for a half; 0.3, however many there are; and four whose correlation is 1/15 are "
        "as good as all of those. It pays to have voters who differ."
    )


def instead(enough=ENOUGH, floor=FLOOR, rho=RHO):
    return lambda: (enough, floor, rho)


exercise = Exercise(
    names=("enough", "floor", "rho"),
    grade=grade,
    hints=(
        "Var(mean of K voters) = σ² (ρ + (1 − ρ)/K), with σ² = 1 and ρ = 0.3. Put in K = 1, 2, 3 …",
        "The second part, (1 − ρ)/K, becomes as small as you like. The first one does not depend "
        "on K.",
        "For four voters it is ρ + (1 − ρ)/4 = 0.25 + 0.75 ρ. Set that equal to the floor.",
    ),
    solution="""
        enough = 1
        while 0.3 + 0.7 / enough > 0.5:
            enough = enough + 1
        floor = 0.3
        rho = (floor - 0.25) / 0.75  # 0.25 + 0.75 rho = floor
    """,
    wrong={
        **{f"enough: {why}": instead(enough=value) for why, value in WRONG_ENOUGH.items()},
        **{f"floor: {why}": instead(floor=value) for why, value in WRONG_FLOOR.items()},
        **{f"rho: {why}": instead(rho=value) for why, value in WRONG_RHO.items()},
    },
    noise=lambda rng: (int(rng.integers(6, 99)), rng.uniform(1, 9), rng.uniform(1, 9)),
)
