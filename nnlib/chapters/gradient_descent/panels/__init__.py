"""What chapter 04 shows: costs, walks downhill, noisy gradients, and digits read by softmax regression."""

from nnlib.chapters.kit.demo import declared_in

globals().update(declared_in(__name__))
