"""The panels of chapter 05b.

``starting`` has a neuron that is badly wrong, the first weights and the sizes of slopes by depth; ``shapes`` has
learning from mistakes, architectures and a regression; ``playground`` has all of it in one.
"""

from nnlib.chapters.kit.demo import declared_in

globals().update(declared_in(__name__))
