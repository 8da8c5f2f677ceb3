"""The panels of chapter 05.

``computing`` has a graph swept backwards and slopes by differences, ``neurons`` δ and a network with every number,
``reading`` what a hidden layer learns from digits, and how training goes, epoch by epoch.
"""

from nnlib.chapters.kit.demo import declared_in

globals().update(declared_in(__name__))
