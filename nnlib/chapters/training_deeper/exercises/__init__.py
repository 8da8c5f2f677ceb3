"""The exercises of chapter 05b, in the order of the chapter."""

from nnlib.chapters.kit.exercise import Chapter
from nnlib.chapters.training_deeper.exercises import (
    break_it,
    clueless,
    deepest,
    first_slope,
    parameters,
    start,
    starts,
    times,
)

SUSPECTS = break_it.SUSPECTS

chapter = Chapter(times, clueless, start, first_slope, starts, parameters, break_it, deepest)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
