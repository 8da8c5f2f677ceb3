"""Chapter 02: right answers in other styles, and wrong ones that no table can make."""

from itertools import product

import numpy as np
from learners import right, wrong


@right("majority")
def _():
    return [1, 1, 1], -1


@right("majority")
def _():
    return (2, 3, 4), np.float32(-4.5)


@right("majority")
def _():
    return np.full(3, 10, dtype=np.int16), -15


@wrong("majority", "w should be of shape (3,), but it has shape (2,)")
def _():
    return np.ones(2), -1.5


@wrong("majority", "for x = [0 1 1] the majority says 1, but yours says 0")
def _():
    return [3.0, 1.0, 1.0], -2.0


@right("implies")
def _():
    return (["n", "b", "b"], ["out", "n", "a"])


@right("implies")
def _():
    return np.array([["n", "a", "b"], ["out", "a", "n"]])


@right("implies")
def _():
    inner = [("x", "a", "b")]
    inner.append(("y", "x", "x"))
    inner.append(("z", "y", "y"))
    return [*inner, ("out", "z", "a")]


@wrong("implies", "no gate makes 'not b', which 'out' uses")
def _():
    return [("out", "a", "not b")]


@wrong("implies", "'nb' is used before it is made: put its gate above that of 'out'")
def _():
    return [("out", "a", "nb"), ("nb", "b", "b")]


@wrong("implies", "the wire 'x' is made twice")
def _():
    return [("x", "a", "b"), ("x", "a", "a"), ("out", "x", "x")]


@wrong("implies", 'the gate NOT a is ("not a", "a", "a").')
def _():
    return [("not b", "b"), ("out", "a", "not b")]


@wrong("implies", "three names each")
def _():
    return [("not b", 1, 1), ("out", "a", "not b")]


@wrong("implies", "no gate makes the wire 'out'")
def _():
    return [("not b", "b", "b"), ("answer", "a", "not b")]


@wrong("implies", "it answers [1, 1, 0, 0], but it should answer [1, 1, 0, 1]")
def _():
    return [("out", "a", "a")]


@right("collapse")
def _(W1, b1, W2, b2):
    return [np.dot(W1, W2).astype(np.float32), (b1 @ W2 + b2).astype(np.float32)]


@right("collapse")
def _(W1, b1, W2, b2):
    nothing = np.zeros(len(W1))
    b = (nothing @ W1 + b1) @ W2 + b2
    W = [(one @ W1 + b1) @ W2 + b2 - b for one in np.eye(len(W1))]
    return W, b


@right("collapse")
def _(W1, b1, W2, b2):
    W = [[0.0] * W2.shape[1] for _ in W1]
    b = list(b2)
    for k in range(W2.shape[1]):
        for j in range(len(b1)):
            b[k] += b1[j] * W2[j][k]
            for i in range(len(W1)):
                W[i][k] += W1[i][j] * W2[j][k]
    return W, b


@wrong(
    "collapse",
    "stops with ValueError: in W2 @ W1, W2 is (4, 2) and W1 is (3, 4). In a product the inner two "
    "numbers must agree; here they are 2 and 3. The other way round, W1 @ W2, they do.",
)
def _(W1, b1, W2, b2):
    return W2 @ W1, b1 @ W2 + b2


@wrong("collapse", "W is not right")
def _(W1, b1, W2, b2):
    return -W1 @ W2, b1 @ W2 + b2


@wrong("collapse", "W is right, b is not")
def _(W1, b1, W2, b2):
    return W1 @ W2, (b1 + 1) @ W2 + b2


@wrong("collapse", "2 arrays are expected, return W, b; but one ndarray came back")
def _(W1, b1, W2, b2):
    return W1 @ W2


@wrong("collapse", "edits it in place")
def _(W1, b1, W2, b2):
    b2 += b1 @ W2
    return W1 @ W2, b2


@wrong("collapse", "W should be of shape (3, 2), but it has shape (2, 3)")
def _(W1, b1, W2, b2):
    return (W1 @ W2).T, b1 @ W2 + b2


@right("best_line")
def _():
    return (1 / 2, 1 / 2), -1 / 4


@right("best_line")
def _():
    x = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
    w1, w2, b = np.linalg.lstsq(x, np.array([0, 0, 0, 1]))[0]
    return [w1, w2], b


@right("best_line")
def _():
    w, b = np.zeros(2, dtype=np.float32), np.float32(0)
    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1])
    for _ in range(400):
        error = x @ w + b - y
        w, b = w - error @ x / 4, b - error.mean()
    return w, b


@wrong("best_line", "a perceptron for AND")
def _():
    return [2, 2], -3


@wrong("best_line", "w should be two numbers")
def _():
    return 0.5, -0.25


@right("xnor")
def _():
    return [0, -1], [-1, 2], 1


@right("xnor")
def _():
    return (-1.0, 0.0), (2.0, -1.0), np.float32(1)


@right("xnor")
def _():
    v = np.array([-2, 4]) // 2
    return np.array([0, -1], dtype=np.int8), v, 1.0


@wrong("xnor", "it answers [1, 2, 2, 3], but it should answer [1, 0, 0, 1], exactly")
def _():
    return [0.0, 0.0], [-1.0, 2.0], 1.0


@wrong("xnor", "d should be a single number")
def _():
    return [0, -1], [-1, 2], [1, 1]


@right("build")
def _(rows):
    return np.where(rows.T == 1, -1, 1), np.count_nonzero(rows, axis=1) - 0.25


@right("build")
def _(rows):
    n, d = rows.shape
    W, b = np.ones((d, n), dtype=np.float32), []
    for k in range(n):
        for i in range(d):
            if rows[k, i]:
                W[i, k] = -1
        b.append(sum(rows[k]) - 0.5)
    return [W, b]


@right("build")
def _(rows):
    W = [[10 if bit == 0 else -10 for bit in column] for column in rows.T]
    return W, [10 * int(row.sum()) - 1 for row in rows]


@right("build")
def _(rows):
    return np.array([1, -1])[rows].T, [np.bincount(row, minlength=2)[1] - 0.5 for row in rows]


@right("build")
def _(rows):
    W = [[(1, -1)[bit] for bit in row] for row in rows]
    return np.transpose(W), rows.sum(axis=1) - 0.5


@right("build")
def _(rows):
    return 2 * (rows ^ 1).T - 1, (rows & 1).sum(axis=1) - 0.5


@wrong("build", "W should be of shape (2, 2), but it has shape (1, 2)")
def _(rows):
    return 1 - 2 * rows[:1], rows.sum(axis=1) - 0.5


@wrong("build", "b should be two numbers")
def _(rows):
    return (1 - 2 * rows).T, -0.5


@wrong("build", "W should be of shape (3, 4)")
def _(rows):
    W = 1 - 2 * rows
    return (W.T if len(rows) < 3 else W), rows.sum(axis=1) - 0.5


@wrong("build", "in place")
def _(rows):
    rows *= -2
    rows += 1
    return rows.T, (rows < 0).sum(axis=1) - 0.5


@right("break_it")
def _():
    return [[0, 1, 1], [1, 0, 1]]


@right("break_it")
def _():
    return {(1, 0, 1), (0, 1, 1)}


@right("break_it")
def _():
    return [row for row in product((0, 1), repeat=3) if sum(row) == 2 and row[2]]


@right("break_it")
def _():
    return np.array([[1, 0, 1], [0, 1, 1]], dtype=bool)


@wrong("break_it", "each 0 or 1")
def _():
    return [[0, 1, 2]]


@wrong("break_it", "takes the rows themselves")
def _():
    return np.array([False, False, False, True, False, True, False, False])


@right("equal")
def _():
    gates = []
    for k in "10":
        a, b = f"a{k}", f"b{k}"
        gates += [(f"n{k}", a, b), (f"p{k}", a, f"n{k}"), (f"q{k}", f"n{k}", b)]
        gates += [(f"x{k}", f"p{k}", f"q{k}"), (f"s{k}", f"x{k}", f"x{k}")]
    return [*gates, ("no", "s1", "s0"), ("out", "no", "no")]


@right("equal")
def _():
    gates = []

    def nand(a, b):
        gates.append([f"w{len(gates)}", a, b])
        return gates[-1][0]

    def same(a, b):
        both, neither = nand(a, b), nand(nand(a, a), nand(b, b))
        return nand(both, neither)

    no = nand(same("a1", "b1"), same("a0", "b0"))
    gates.append(["out", no, no])
    return np.array(gates)


@right("equal")
def _():
    xor1 = (("n1", "a1", "b1"), ("p1", "a1", "n1"), ("q1", "n1", "b1"), ("x1", "p1", "q1"))
    xor0 = (("n0", "a0", "b0"), ("p0", "a0", "n0"), ("q0", "n0", "b0"), ("x0", "p0", "q0"))
    nots = (("s1", "x1", "x1"), ("s0", "x0", "x0"))
    return xor1 + xor0 + nots + (("no", "s1", "s0"), ("out", "no", "no"))


@wrong("equal", "for a = 00 and b = 01 it answers 1")
def _():
    return [
        *[("n1", "a1", "b1"), ("p1", "a1", "n1"), ("q1", "n1", "b1"), ("x1", "p1", "q1")],
        ("out", "x1", "x1"),
    ]
