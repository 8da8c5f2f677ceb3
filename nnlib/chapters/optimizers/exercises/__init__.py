"""The exercises of chapter 08, in the order of the chapter, and the suspects of exercise 7."""

from nnlib.chapters.kit.exercise import Chapter
from nnlib.chapters.optimizers.exercises import (
    adagrad_step,
    adam_step,
    break_it,
    momentum_step,
    newton_step,
    race,
    schedule,
    speed,
)

chapter = Chapter(
    momentum_step,
    speed,
    adagrad_step,
    adam_step,
    newton_step,
    schedule,
    break_it,
    race,
)
check, hint, solution = chapter.check, chapter.hint, chapter.solution
SUSPECTS = break_it.SUSPECTS
