"""What chapter 03 shows: one soft neuron, the bends, and what a layer of them can draw."""

from nnlib.chapters.kit.demo import declared_in

globals().update(declared_in(__name__))
