"""Exercise 7 of chapter 10: what the best of several equal networks seems to read."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet, each_mistake
from nnlib.chapters.kit.grading import brief, call, called, number

ROOM = 0.15  # standard errors by which an answer may differ


def seems(share, trials, digits, rng):
    right = rng.binomial(digits, share, (2000, trials))
    return right.max(axis=1).mean() / digits


def error(share, digits):
    """The standard error of what one network seems to read."""
    return np.sqrt(share * (1 - share) / digits)


def largest(trials):
    """The mean of the largest of so many standard normal numbers."""
    return np.random.default_rng(0).standard_normal((4000, trials)).max(axis=1).mean()


LARGEST = "the largest of all rounds: one maximum for each round, max(axis=1), and then the mean."
WRONG: Mistakes = {
    "that is what all of them read, or hardly more; but the one is chosen that seems best.": (
        lambda share, trials, digits, rng: share
    ),
    "that is the worst of them: the best is chosen, max.": lambda share, trials, digits, rng: (
        rng.binomial(digits, share, (2000, trials)).min(axis=1).mean() / digits
    ),
    "a count of digits; a share is asked for: divide by digits.": (
        lambda share, trials, digits, rng: digits * seems(share, trials, digits, rng)
    ),
    "in percent; a share between 0 and 1 is asked for.": lambda share, trials, digits, rng: (
        100 * seems(share, trials, digits, rng)
    ),
    "that is the luck alone: what it seems to read is share + luck.": (
        lambda share, trials, digits, rng: seems(share, trials, digits, rng) - share
    ),
    LARGEST: (
        lambda share, trials, digits, rng: (
            rng.binomial(digits, share, (2000, trials)).max() / digits
        ),
        lambda share, trials, digits, rng: (
            rng.binomial(digits, share, (2000, trials)).max(axis=0).mean() / digits
        ),
    ),
    "one standard error above; how much it is depends on the number of networks.": (
        lambda share, trials, digits, rng: share + error(share, digits)
    ),
    "p (1 − p) is not divided by the number of digits: the more of them, the less luck.": (
        lambda share, trials, digits, rng: share + largest(trials) * error(share, 1)
    ),
    "the sum over all networks: the best one alone is chosen.": (
        lambda share, trials, digits, rng: (
            rng.binomial(digits, share, (2000, trials)).sum(axis=1).mean() / digits
        )
    ),
    "trials and digits have changed places: each network is judged by `digits` digits.": (
        lambda share, trials, digits, rng: seems(share, digits, trials, rng)
    ),
}


def expected(share, trials, digits):
    """The mean of the best share without drawing: Σ P(best > j)/n, j = 0 … n − 1."""
    steps = np.log(digits - np.arange(digits)) - np.log(np.arange(1, digits + 1))
    logs = np.concatenate([[0.0], np.cumsum(steps + np.log(share) - np.log(1 - share))])
    below = np.cumsum(np.exp(logs + digits * np.log(1 - share)))
    return float((1 - below[:-1] ** trials).sum() / digits)


CASES = ((0.9, 10, 400), (0.8, 100, 2000), (0.6, 2, 150), (0.9, 1, 400))


def grade(function):
    for case in CASES:
        share, trials, digits = case
        asked = called(seems, case)
        answers = [
            number(call(function, *case, np.random.default_rng(seed)), asked) for seed in (0, 1, 2)
        ]
        got, unit, right = answers[0], error(share, digits), expected(*case)
        if min(answers) > right + 1.2 * unit and max(answers) < right + 4 * unit:
            raise NotYet(LARGEST)
        require_calm(answers, unit)
        if abs(got - right) > ROOM * unit:
            refuse_known(got, case)
            raise NotYet(
                f"{asked} should be about {brief(right)}, but it is {brief(got)}."
                + (" One network has no luck, on average." if trials == 1 else "")
            )
    return (
        "the best of ten equal networks seems 2.3 of 100 better than it is, by 400 digits. New "
        "digits, on which nothing was chosen, tell the truth."
    )


def require_calm(answers, unit):
    if np.ptp(answers) > 3 * ROOM * unit and max(answers) <= 1:
        lowest, highest = brief(min(answers)), brief(max(answers))
        raise NotYet(
            f"three calls gave from {lowest} to {highest}: that is chance. Take the mean over 1,000 "
            "rounds or more, each with its own best."
        )


def refuse_known(got, case):
    """Name a mistake that gives nearly the same, as near as chance allows."""
    share, _, digits = case
    rng = np.random.default_rng(5)
    for words, wrong in each_mistake(WRONG):
        theirs = wrong(*case, rng)
        if abs(got - theirs) <= ROOM * error(share, digits) * max(1, theirs):
            raise NotYet(words)


exercise = Exercise(
    names=("seems",),
    grade=grade,
    hints=(
        "rng.binomial(digits, share, (2000, trials)) has a row for each round: how many digits "
        "each network reads in it.",
        "In each round the best one is chosen: .max(axis=1), a number for each round.",
        "The mean over the rounds, divided by digits.",
    ),
    solution=seems,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.random(),),
)
