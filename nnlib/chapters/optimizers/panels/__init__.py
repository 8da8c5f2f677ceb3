"""The panels of chapter 08.

``momentum`` has the ravine, the ball and Nesterov, ``adaptive`` a rate for each weight, ``racing`` all rules at once,
``curvature`` Newton, the curvatures of a network and how rare minima are; ``falling`` has schedules under noise,
``digits`` the digits under every optimizer and batch size.
"""

from nnlib.chapters.kit.demo import declared_in

globals().update(declared_in(__name__))
