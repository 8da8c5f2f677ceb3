"""The panels of chapter 09.

``looping`` has a loop unrolled, a machine for parity, and what was learnt in its place; ``slopes`` the sweep back
through time, slopes that vanish and explode, and a cliff; ``gates`` a gate, and how long loops remember; ``reading``
what a network writes that has read a text, and what one of its units watches.
"""

from nnlib.chapters.kit.demo import declared_in

globals().update(declared_in(__name__))
