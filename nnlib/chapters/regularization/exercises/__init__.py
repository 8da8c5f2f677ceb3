"""The exercises of chapter 07, in the order of the chapter."""

from nnlib.chapters.kit.exercise import Chapter
from nnlib.chapters.regularization.exercises import (
    _digits,
    best_epoch,
    break_it,
    dropout,
    l1_slope,
    l2_step,
    rescue,
    shift,
    shrink,
)

SUSPECTS, few_digits = break_it.SUSPECTS, _digits.few_digits

chapter = Chapter(best_epoch, l2_step, shrink, l1_slope, dropout, shift, break_it, rescue)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
