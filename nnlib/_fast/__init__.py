"""The fast ways to do what stands elsewhere in plain words: the same functions, the same results, less time.

Nobody needs to read this to understand a network. Each function here has a readable twin of the same name and signature
in ``nnlib/convolution.py``, ``nnlib/pooling.py`` or ``nnlib/normalization.py``; ``tests/nnlib/test_fast.py`` proves the
two equal, and ``choice.py`` says from which size on the fast one takes over.

Only here are several threads used (``blocks.py``), and nothing here needs them.
"""
