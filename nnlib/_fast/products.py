"""A large matrix product, its columns shared out over the cores: what wide layers cost.

The library beneath NumPy has threads of its own for this, but they spin while they wait for each other, which on a
busy machine takes many times as long as one thread alone. Ours sleep.

In a browser there is no such library and no thread: NumPy's sums over indices are the faster products there.
"""

import sys
from functools import partial
from itertools import pairwise

import numpy as np

from nnlib._fast.blocks import on_cores

# Multiplications from which on two cores gain more than waking a thread costs; how many the first block does while the
# other wakes; and the most to leave for a block.
WORTH, WAKING, EACH = 20_000_000, 4_000_000, 100_000_000
COLUMNS = 16  # a block's width is a multiple of: what the processor takes at once
IN_A_BROWSER = sys.platform == "emscripten"
# Multiplications, and neighbours in memory, from which on a sum over indices is faster there: twice, often.
ENOUGH, NEIGHBOURS = 20_000, 20


def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return a @ b, (n, k) @ (k, m): in blocks of columns, cut by sizes alone, if it is large."""
    (n, k), m = a.shape, b.shape[1]
    if IN_A_BROWSER:
        neighbours = m if b.flags.c_contiguous else k
        many = n * k * m >= ENOUGH and neighbours >= NEIGHBOURS
        return np.einsum("ij,jk->ik", a, b) if many else a @ b
    if n * k * m < WORTH:
        return a @ b
    z = np.empty((n, m), np.result_type(a, b))
    on_cores([partial(np.matmul, a, b[:, some], out=z[:, some]) for some in _cut(n * k, m)])
    return z


def _cut(each: int, m: int) -> list[slice]:
    """The slices of m columns, with so many multiplications each; the first is a little wider."""
    count = 2 * -(-each * m // (2 * EACH))
    ends = [int(m * i / count + (WAKING // 2) * (count - i) / each) for i in range(1, count)]
    ends = [0, *(min(m, -(-end // COLUMNS) * COLUMNS) for end in ends), m]
    return [slice(*pair) for pair in pairwise(ends) if pair[0] < pair[1]]
