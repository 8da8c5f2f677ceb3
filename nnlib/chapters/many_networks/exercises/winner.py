"""Exercise 7 of chapter 10: what the winner of a search seems to read, and what it truly reads."""

from functools import cache

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, Mistakes, NotYet, each_mistake
from nnlib.chapters.kit.grading import brief, call, parts

# By which an answer may differ: in standard errors of one network; in the range of the shares.
ROOM = 0.15
RANGE_ROOM = 0.08


def winner(shares, digits, rng):
    shares = np.asarray(shares)
    read = rng.binomial(digits, shares, (2000, len(shares)))
    best = read.argmax(axis=1)
    return read.max(axis=1).mean() / digits, shares[best].mean()


def searches(shares, digits, rng):
    """How many digits each network reads in each of many searches, as shares (searches, networks)."""
    return rng.binomial(digits, shares, (2000, len(shares))) / digits


def changed(change):
    """A mistake that makes ``change(seems, truly, shares, digits)`` of the right answer."""

    def answer(shares, digits, rng):
        return change(*winner(shares, digits, rng), shares, digits)

    return answer


def worst(shares, digits, rng):
    read = searches(shares, digits, rng)
    return read.min(axis=1).mean(), shares[read.argmin(axis=1)].mean()


LARGEST = (
    "what it seems to read: that is the largest of all searches. One maximum for each search, "
    "max(axis=1), and then the mean."
)
WRONG: Mistakes = {
    "the two are swapped: first what it seems to read, then what it truly reads.": changed(
        lambda seems, truly, *_: (truly, seems)
    ),
    "what it truly reads: that is the best there is. Chance picks others too: shares[which], with "
    "the argmax of each search.": changed(lambda seems, truly, shares, _: (seems, shares.max())),
    "what it truly reads: that is the mean of all networks, as if lots were drawn. The better ones "
    "win more often: shares[which], with the argmax of each search.": (
        changed(lambda seems, truly, shares, _: (seems, shares.mean()))
    ),
    "what it truly reads is in shares, at the places of the winners; yours is what it seems to "
    "read once more.": changed(lambda seems, *_: (seems, seems)),
    "that is the truly best network, twice. Nobody knows which it is: each search chooses anew, by "
    "what was read in it.": lambda shares, digits, rng: (shares.max(), shares.max()),
    "what it seems to read: a count of digits; divide by digits.": changed(
        lambda seems, truly, shares, digits: (digits * seems, truly)
    ),
    "in percent; shares between 0 and 1 are asked for.": changed(
        lambda seems, truly, *_: (100 * seems, 100 * truly)
    ),
    "what it seems to read: that is the mean of all networks; the best of each search is chosen, "
    "max(axis=1).": changed(lambda seems, truly, shares, _: (shares.mean(), truly)),
    "what it seems to read is more than what it truly reads: the count of the winner, and not the "
    "true share of it.": changed(lambda seems, truly, *_: (truly, truly)),
    LARGEST: (
        lambda shares, digits, rng: (
            searches(shares, digits, rng).max(),
            winner(shares, digits, rng)[1],
        )
    ),
    "that is the *worst* of each search: max and argmax.": worst,
    "what it truly reads: that is *which* network wins; what does it read? shares[which].": (
        lambda shares, digits, rng: (
            winner(shares, digits, rng)[0],
            searches(shares, digits, rng).argmax(axis=1).mean(),
        )
    ),
    "what it truly reads: that is the luck, by which the two differ; shares[which] is asked for.": (
        changed(lambda seems, truly, *_: (seems, seems - truly))
    ),
}
CASES = (
    (np.array([0.9, 0.9, 0.9, 0.93, 0.9, 0.9, 0.9, 0.9]), 400),
    (np.array([0.7, 0.75, 0.8, 0.65, 0.6]), 50),
    (np.full(20, 0.85), 1000),
    (np.array([0.7]), 100),
)


@cache
def expected(place):
    """The right answer to a case, from 50,000 searches, and by how much the two may differ from it."""
    shares, digits = CASES[place]
    rng = np.random.default_rng(0)
    right = np.mean([winner(shares, digits, rng) for _ in range(25)], axis=0)
    unit = np.sqrt(shares.mean() * (1 - shares.mean()) / digits)
    return right, np.array([ROOM * unit, RANGE_ROOM * np.ptp(shares) + 1e-6])


def grade(function):
    for place, case in enumerate(CASES):
        answers = [asked(function, case, seed) for seed in (0, 1, 2)]
        right, room = expected(place)
        seems = [answer[0] for answer in answers]
        if right[0] + 5 * room[0] < min(seems) and max(seems) < min(1, right[0] + 35 * room[0]):
            raise NotYet(LARGEST)
        require_calm(answers, room)
        if (abs(answers[0] - right) > room).any():
            refuse_known(answers[0], case, room)
            raise NotYet(in_numbers(answers[0], right, room, case))
    return (
        "the winner seems better than it is, and it is not always the best one. New digits, on "
        "which nothing was chosen, tell what it truly reads."
    )


def asked(function, case, seed):
    """What the learner's function answers, as two numbers."""
    result = call(function, *case, np.random.default_rng(seed))
    return np.array(parts(result, ("seems", "truly"), [(), ()]))


def require_calm(answers, room):
    spread = np.ptp(answers, axis=0)
    if (spread > 3 * room + 1e-9).any() and np.max(answers) <= 1:
        lowest, highest = (brief(edge(answers, axis=0)) for edge in (np.min, np.max))
        raise NotYet(
            f"three calls gave answers from {lowest} to {highest}: that is chance. Take the mean "
            "over 1,000 searches or more, each with a winner of its own."
        )


def refuse_known(got, case, room):
    """Name a mistake that gives nearly the same, as near as chance allows."""
    rng = np.random.default_rng(5)
    for words, wrong in each_mistake(WRONG):
        theirs = np.array(wrong(*case, rng))
        if (abs(got - theirs) <= room * np.where(theirs > 1, 20 * theirs, 1)).all():
            raise NotYet(words)


def in_numbers(got, right, room, case):
    shares, digits = case
    which = int(np.argmax(abs(got - right) > room))
    name = ("what it seems to read", "what it truly reads")[which]
    alone = " A single network has no luck, on average." if len(shares) == 1 else ""
    return (
        f"for {len(shares)} networks and {digits} digits, {name} should be about "
        f"{brief(right[which])}, but it is {brief(got[which])}.{alone}"
    )


exercise = Exercise(
    names=("winner",),
    grade=grade,
    hints=(
        "read = rng.binomial(digits, shares, (2000, len(shares))) has a row for each search. The "
        "winner of each: read.argmax(axis=1).",
        "What it seems to read: read.max(axis=1), divided by digits. The mean over the searches.",
        "What it truly reads: shares[best], with best = read.argmax(axis=1) and shares an array. "
        "The mean again.",
    ),
    solution=winner,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.random(2),),
)
