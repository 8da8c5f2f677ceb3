"""The panels of chapter 06.

``looking`` has kernels, windows, moves and pooling on a photograph; ``seeing`` what a layer costs, how far it sees and
how slopes go back through it; ``learning`` networks at work.
"""

from nnlib.chapters.kit.demo import declared_in

globals().update(declared_in(__name__))
