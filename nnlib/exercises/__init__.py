"""Exercises that say why an answer is wrong, one module per chapter.

>>> from nnlib.exercises import perceptron as ex, todo     # doctest: +SKIP

``todo`` stands where the learner writes; then ``ex.check(name, …)``, ``ex.hint(name)``, ``ex.solution(name)``.
"""

from nnlib.exercises.engine import todo

__all__ = ["todo"]
