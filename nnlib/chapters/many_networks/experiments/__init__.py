"""What chapter 10 trains and measures.

``voting`` has networks that vote, and how alike their mistakes are; ``teaching`` a large teacher and its small
students; ``sharing`` mixtures of experts in the plane; ``searching`` grids and random search; ``measured`` has what
takes longer.
"""
