"""The course: one folder for each chapter, and ``kit``, what all of them share.

A folder holds all of a chapter but its notebook: ``panels`` (pictures to be moved), ``experiments`` (what trains and
measures) and ``exercises`` (one file each). No chapter imports another.
"""
