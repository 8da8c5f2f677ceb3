"""The exercises of chapter 03, in the order of the chapter."""

from nnlib.chapters.kit.exercise import Chapter
from nnlib.chapters.sigmoid.exercises import (
    break_it,
    folds,
    nudge,
    slope,
    softmax,
    tanh,
    tower,
    wave,
)

SUSPECTS = break_it.SUSPECTS
chapter = Chapter(slope, nudge, tanh, softmax, tower, break_it, folds, wave)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
