"""The panels of chapter 07.

``learning`` has the gap and early stopping; ``penalties`` L2 and L1; ``dropping`` dropout, DropConnect and the ensemble
of all sub-networks; ``changing`` augmentation; ``examples`` more data, the right data, and all remedies together.
"""

from nnlib.chapters.kit.demo import declared_in

globals().update(declared_in(__name__))
