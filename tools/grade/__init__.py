"""Marks for a folder of handed-in notebooks: each is run in a sandbox, each exercise gets a row of a table.

- ``catalogue``: the chapters with their exercises, and which chapter a notebook is of
- ``hand_ins``: the notebooks of a folder, as they are found
- ``slices``: the cells that an exercise needs
- ``guard``, ``trust``, ``inside``: what happens in the sandbox, where the learner's code runs
- ``sandbox``: starts that process, hears it and ends it
- ``marking``: one hand-in, from its text to its rows
- ``table``: the rows on paper
"""
