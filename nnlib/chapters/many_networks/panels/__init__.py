"""The panels of chapter 10.

``voting`` has the cover, the vote, why mistakes cancel and dropout's sub-networks; ``teaching`` soft targets and what
students make of them; ``sharing`` experts and their gate; ``searching`` grids, random search and winners by luck.
"""

from nnlib.chapters.kit.demo import declared_in

globals().update(declared_in(__name__))
