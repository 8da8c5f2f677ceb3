"""The exercises of chapter 09, in the order of the chapter, with the suspects of exercise 9 and the sums of 10."""

from nnlib.chapters.kit.exercise import Chapter
from nnlib.chapters.recurrent_networks.exercises import (
    adder,
    alarm,
    break_it,
    clip,
    keep,
    leaky,
    parameters,
    perplexity,
    step,
    weight_slope,
)

chapter = Chapter(
    step,
    parameters,
    alarm,
    weight_slope,
    clip,
    keep,
    leaky,
    perplexity,
    break_it,
    adder,
)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
SUSPECTS, additions = break_it.SUSPECTS, adder.additions
