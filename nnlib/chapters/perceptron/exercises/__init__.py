"""The exercises of chapter 01, in the order of the chapter."""

from nnlib.chapters.kit.exercise import Chapter
from nnlib.chapters.perceptron.exercises import (
    break_it,
    distance,
    or_gate,
    predict,
    slowest,
    threshold,
    update,
)

chapter = Chapter(or_gate, threshold, predict, distance, update, break_it, slowest)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
broken_fit = break_it.broken_fit
