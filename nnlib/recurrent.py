"""Recurrent layers: a state that goes once round the loop for each step of a sequence. First a plain one, then a gated.

A sequence is x (n, time, n_in): n examples, ``time`` steps, n_in numbers at each. Or it is x (n, time), whole numbers
that name one of n_in tokens at each step: that is the one-hot input, without a product full of zeros, as row k of W_x
*is* what a 1 at place k picks. The state h (n, n_hidden) is handed from each step to the next.

The weighted input of all steps, z_x = x @ W_x + b, has no loop in it and is made at once. What does have one are the
functions ``rnn`` and ``gru``: each stands beside its slopes, which walk the same steps backwards (back-propagation
through time). ``counts`` (n, time) says which steps are there at all: at a step that is not, the state stays as it is.
Source: N40; Elman 1990; Werbos 1990.
"""

from typing import Any

import numpy as np

from nnlib._fast.products import product
from nnlib.errors import (
    require_array,
    require_count,
    require_flag,
    require_number,
    require_rank,
    require_shape,
)
from nnlib.initializers import Initializer, glorot, orthogonal, start_values, zeros
from nnlib.layers import Layer
from nnlib.numerics import floats, sigmoid
from nnlib.parameter import Parameter


def _rows(steps: np.ndarray) -> np.ndarray:
    """All steps of all examples as rows, (n · time, …)."""
    return steps.reshape(-1, steps.shape[-1])


def _require_loop(
    who: str, start: Any, W_h: Any, counts: Any, gates: int, **others: tuple[Any, int]
) -> None:
    """Raise unless start is (n, hidden), counts (n, time), and W_h and the others, (n, time, so many · hidden), fit."""
    n, hidden = require_rank(who, "start", start, 2, "(n, hidden)").shape
    _, time = require_rank(who, "counts", counts, 2, "(n, time)").shape
    require_shape(who, "counts", counts, (n, time))
    require_shape(who, "W_h", W_h, (hidden, gates * hidden))
    for name, (value, width) in others.items():
        require_shape(who, name, value, (n, time, width * hidden))


# The plain loop.


def rnn(z_x: np.ndarray, start: np.ndarray, W_h: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return all states h (n, time, hidden) of h_t = tanh(z_x,t + h_{t−1} @ W_h).

    z_x (n, time, hidden), start (n, hidden) is h_0, W_h (hidden, hidden), counts (n, time) True or False.
    """
    _require_loop("rnn", start, W_h, counts, 1, z_x=(z_x, 1))
    h, states = start, []
    for t in range(z_x.shape[1]):
        there = counts[:, t, None]
        h = np.where(there, np.tanh(z_x[:, t] + h @ W_h), h)
        states.append(h)
    return np.stack(states, axis=1)


def rnn_grad(
    dh: np.ndarray, h: np.ndarray, start: np.ndarray, W_h: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (dz_x, d_start, dW_h) for dh (n, time, hidden), the loss differentiated by the states h as they go out.

    A state matters in two ways: it goes out, dh_t, and it goes into the next step, ``later``. Both add up, then
    dz_t = (dh_t + later)(1 − h_t²), dW_h = Σ_t h_{t−1}ᵀ @ dz_t, and back to the step before flows dz_t @ W_hᵀ.
    """
    _require_loop("rnn_grad", start, W_h, counts, 1, dh=(dh, 1), h=(h, 1))
    dz, dW_h, later = np.zeros_like(h), np.zeros_like(W_h), np.zeros_like(start)
    for t in reversed(range(h.shape[1])):
        there, before = counts[:, t, None], h[:, t - 1] if t > 0 else start
        d = dh[:, t] + later
        dz[:, t] = np.where(there, d * (1 - h[:, t] ** 2), 0)
        dW_h += before.T @ dz[:, t]
        later = dz[:, t] @ W_h.T + np.where(there, 0, d)
    return dz, later, dW_h


# The gated loop.


def gru(
    z_x: np.ndarray, start: np.ndarray, W_h: np.ndarray, b_h: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (h, gates): all states (n, time, hidden), and r, u, c, m (4, n, time, hidden), which backward needs.

    r = σ(z_r + h W_r) how much of the state the candidate sees, u = σ(z_u + h W_u) how much of it is kept,
    m = h W_c + b_h, the candidate c = tanh(z_c + r m), and the new state h ← u h + (1 − u) c.
    z_x (n, time, 3 hidden) holds z_r, z_u, z_c side by side, W_h (hidden, 3 hidden) W_r, W_u, W_c.
    """
    _require_loop("gru", start, W_h, counts, 3, z_x=(z_x, 3))
    require_shape("gru", "b_h", b_h, start.shape[1:])
    h, states, kept = start, [], []
    W_r, W_u, W_c = np.split(W_h, 3, axis=1)
    for t in range(z_x.shape[1]):
        z_r, z_u, z_c = np.split(z_x[:, t], 3, axis=1)
        r, u = sigmoid(z_r + h @ W_r), sigmoid(z_u + h @ W_u)
        m = h @ W_c + b_h
        c = np.tanh(z_c + r * m)
        h = np.where(counts[:, t, None], u * h + (1 - u) * c, h)
        states.append(h)
        kept.append(np.stack([r, u, c, m]))
    return np.stack(states, axis=1), np.stack(kept, axis=2)


def gru_grad(
    dh: np.ndarray,
    h: np.ndarray,
    gates: np.ndarray,
    start: np.ndarray,
    W_h: np.ndarray,
    counts: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (dz_x, d_start, dW_h, db_h) for dh (n, time, hidden).

    With d = dh_t + later: dz_c = d (1 − u)(1 − c²), dz_u = d (h_{t−1} − c) u (1 − u), dz_r = dz_c m r (1 − r),
    dm = dz_c r; back flow d u and [dz_r, dz_u, dm] @ W_hᵀ. The part d u passes no weight at all: what the gate keeps,
    it keeps of the slope too.
    """
    _require_loop("gru_grad", start, W_h, counts, 3, dh=(dh, 1), h=(h, 1))
    require_shape("gru_grad", "gates", gates, (4, *h.shape))
    dz_x = np.zeros((*h.shape[:2], W_h.shape[1]), h.dtype)
    db_h = np.zeros_like(h[0, 0])
    dW_h, later = np.zeros_like(W_h), np.zeros_like(start)
    for t in reversed(range(h.shape[1])):
        there, before = counts[:, t, None], h[:, t - 1] if t > 0 else start
        r, u, c, m = gates[:, :, t]
        d = np.where(there, dh[:, t] + later, 0)
        dz_c = d * (1 - u) * (1 - c**2)
        dz_u = d * (before - c) * u * (1 - u)
        dz_r, dm = dz_c * m * r * (1 - r), dz_c * r
        dz_x[:, t] = np.concatenate([dz_r, dz_u, dz_c], axis=1)
        d_loop = np.concatenate([dz_r, dz_u, dm], axis=1)
        dW_h += before.T @ d_loop
        db_h += dm.sum(axis=0)
        later = np.where(there, d * u + d_loop @ W_h.T, dh[:, t] + later)
    return dz_x, later, dW_h, db_h


# The layers.


class Recurrent(Layer):
    """What ``RNN`` and ``GRU`` have in common: all but the loop itself.

    ``start`` (n, n_hidden) is the state before the first step; None, as it is at first, stands for zeros. ``end`` is
    the state after the last step of the last forward, and ``d_start`` after backward the loss differentiated by
    ``start``. A long text is read in pieces by ``layer.start = layer.end`` between them: the state goes on, and the
    slopes end where the piece begins (truncated back-propagation through time). ``start`` is not saved.
    """

    n_in: int
    gates = 1  # blocks of n_hidden columns that W_x, W_h and b are made of
    start: np.ndarray | None = None
    d_start: np.ndarray | None = None

    def __init__(
        self,
        n_in: int,
        n_hidden: int,
        *,
        rng: np.random.Generator,
        last: bool = False,
        padding: float | None = None,
        weights: Initializer = glorot,
        loop_weights: Initializer = orthogonal,
    ) -> None:
        who = type(self).__name__
        self.n_in = require_count(who, "n_in", n_in)
        self.n_hidden = require_count(who, "n_hidden", n_hidden)
        self.n_out = self.n_hidden if last else None
        self.last = require_flag(who, "last", last)
        self.padding = None if padding is None else require_number(who, "padding", padding)
        self.W_x = self._blocks("W_x", weights, n_in, rng)
        self.W_h = self._blocks("W_h", loop_weights, n_hidden, rng)
        self.b = Parameter(np.zeros(self.gates * n_hidden), f"{self}.b")

    def _blocks(self, name: str, start: Initializer, rows: int, rng: Any) -> Parameter:
        """A matrix with a block of columns for each gate, each block started by itself."""
        shape = (rows, self.n_hidden)
        blocks = [start_values(self, start, shape, rng) for _ in range(self.gates)]
        return Parameter(np.concatenate(blocks, axis=1), f"{self}.{name}")

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the states (n, time, n_hidden), 0 where nothing was read; or the last ones (n, n_hidden)."""
        x, counts = self._steps(x)
        z_x = self._from_input(x)
        start = self._start(len(x), z_x.dtype)
        h, *kept = self._loop(z_x, start, counts)
        self.cache = x, h, kept, start, counts
        return h[:, -1].copy() if self.last else np.where(counts[..., None], h, 0)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Return dx, zeros where x is tokens, which have no slope; add to the gradients of all parameters."""
        dz_x = self._back(dy)
        x = self.recall()[0]
        if x.ndim == 2:
            return np.zeros(x.shape, dz_x.dtype)
        return product(_rows(dz_x), self.W_x.value.T).reshape(x.shape)

    def backward_to_parameters(self, dy: np.ndarray) -> None:
        """Only add to the gradients of all parameters, and leave out dx."""
        self._back(dy)

    def _back(self, dy: np.ndarray) -> np.ndarray:
        """Return dz_x for dy; add to the gradients of all parameters."""
        x, h, kept, start, counts = self.recall()
        require_shape(self, "dy", dy, start.shape if self.last else h.shape)
        dh = np.zeros_like(h)
        if self.last:
            dh[:, -1] = dy
        else:
            dh[counts] = dy[counts]
        dz_x, self.d_start, dW_h, *others = self._loop_back(dh, h, *kept, start, counts)
        for parameter, gradient in zip(
            self.parameters(),
            [self._input_slopes(x, dz_x), dW_h, _rows(dz_x).sum(axis=0), *others],
            strict=True,
        ):
            parameter.add_grad(gradient)
        return dz_x

    @property
    def end(self) -> np.ndarray:
        """The states after the last step of the last forward, (n, n_hidden)."""
        _, h, *_ = self.recall()
        return h[:, -1].copy()

    def _start(self, n: int, dtype: Any) -> np.ndarray:
        """The state before the first step."""
        shape = (n, self.n_hidden)
        if self.start is None:
            return np.zeros(shape, dtype)
        require_array(self, "start", self.start)
        if self.start.shape != shape:
            raise ValueError(
                f"{self} got start of shape {self.start.shape} for {n} sequences: "
                f"expected {shape}, or layer.start = None to begin at zero"
            )
        return self.start.astype(dtype)

    def _loop(self, z_x: np.ndarray, start: np.ndarray, counts: np.ndarray) -> tuple:
        """Return the states, and whatever else the way back needs."""
        raise NotImplementedError(f"{self} has no loop")

    def _loop_back(self, dh: np.ndarray, h: np.ndarray, *others: np.ndarray) -> tuple:
        """Return dz_x, d_start, dW_h, and the gradients of whatever other parameters there are."""
        raise NotImplementedError(f"{self} has no loop")

    # What comes in: numbers, or tokens.

    def _steps(self, x: Any) -> tuple[np.ndarray, np.ndarray]:
        """Return x, numbers as floats, and which of its steps count, (n, time)."""
        require_array(self, "x", x)
        tokens = x.ndim == 2 and x.dtype.kind in "iu"
        if not tokens and (x.ndim != 3 or x.shape[2] != self.n_in):
            raise ValueError(f"{self} got x of shape {x.shape}: {self._wanted(x)}")
        if x.size == 0:
            raise ValueError(
                f"{self} got an empty batch of shape {x.shape}: expected one sequence and one step "
                "at least"
            )
        counts = np.ones(x.shape[:2], bool)
        if self.padding is not None:
            counts = x != self.padding if tokens else (x != self.padding).any(axis=2)
        return (self._tokens(x, counts), counts) if tokens else (floats(self, "x", x), counts)

    def _wanted(self, x: np.ndarray) -> str:
        wanted = f"expected (n, time, {self.n_in}), or tokens (n, time) as whole numbers"
        if x.ndim == 2 and self.n_in == 1:
            return f"{wanted}; one number at each step needs its own axis, as x[..., None] gives"
        if x.ndim == 2 and x.shape[1] == self.n_in:
            return f"{wanted}; one sequence alone is x[None]"
        if x.ndim == 2:
            return f"{wanted}, as x.astype(int) makes"
        return wanted

    def _tokens(self, x: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Return tokens that all can be looked up: 0 in place of those that do not count."""
        wrong = counts & ((x < 0) | (x >= self.n_in))
        if wrong.any():
            raise ValueError(
                f"{self} got the token {x[wrong][0]}: expected tokens from 0 to {self.n_in - 1}"
                + (
                    ""
                    if self.padding is not None
                    else ", or padding=… that says which to pass over"
                )
            )
        return np.where(counts, x, 0)

    def _from_input(self, x: np.ndarray) -> np.ndarray:
        """Return z_x = x @ W_x + b of all steps, (n, time, gates · n_hidden)."""
        if x.ndim == 2:
            return self.W_x.value[x] + self.b.value
        z_x = product(_rows(x), self.W_x.value)
        z_x += self.b.value
        return z_x.reshape(*x.shape[:2], -1)

    def _input_slopes(self, x: np.ndarray, dz_x: np.ndarray) -> np.ndarray:
        """Return xᵀ @ dz_x over all steps; of tokens, the sum of the rows at which each one stood."""
        if x.ndim == 3:
            return product(_rows(x).T, _rows(dz_x))
        order = x.ravel().argsort(kind="stable")
        tokens, first = np.unique(x.ravel()[order], return_index=True)
        dW = np.zeros(self.W_x.value.shape, dz_x.dtype)
        dW[tokens] = np.add.reduceat(_rows(dz_x)[order], first)
        return dW

    def parameters(self) -> list[Parameter]:
        """Return [W_x, W_h, b]."""
        return [self.W_x, self.W_h, self.b]

    def config(self) -> dict[str, Any]:
        """Return the sizes, whether only the last state goes out, and what stands for nothing."""
        return {
            "n_in": self.n_in,
            "n_hidden": self.n_hidden,
            "last": self.last,
            "padding": self.padding,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Layer":
        """Return a new layer of the same size, all zeros until its values are filled in."""
        rng = np.random.default_rng()
        return cls(**config, weights=zeros, loop_weights=zeros, rng=rng)

    def __repr__(self) -> str:
        last = ", last" if getattr(self, "last", False) else ""
        return f"{type(self).__name__}({self.n_in} → {self.n_hidden}{last})"


class RNN(Recurrent):
    """The plain recurrent layer: h_t = tanh(x_t @ W_x + h_{t−1} @ W_h + b), one step after another.

    x (n, time, n_in), or tokens (n, time); W_x (n_in, n_hidden), W_h (n_hidden, n_hidden), b (n_hidden,). All states
    go out, (n, time, n_hidden), or with ``last=True`` the last alone, (n, n_hidden). Sequences of different lengths
    are filled up with ``padding``: a step at which x is that value everywhere is passed over, the state stays, and 0
    goes out. W_x starts by ``weights`` (Glorot), W_h by ``loop_weights`` (orthogonal: it neither stretches nor
    shrinks), b at zero. Backward is ``rnn_grad``, through time. Raises ``ValueError`` or ``TypeError`` naming the
    layer if sizes, ``rng`` or x are wrong.  Source: Elman 1990; N40.
    """

    def _loop(self, z_x: np.ndarray, start: np.ndarray, counts: np.ndarray) -> tuple:
        return (rnn(z_x, start, self.W_h.value, counts),)

    def _loop_back(self, dh: np.ndarray, h: np.ndarray, *others: np.ndarray) -> tuple:
        start, counts = others
        return rnn_grad(dh, h, start, self.W_h.value, counts)


class GRU(Recurrent):
    """The gated recurrent unit: gates, from 0 to 1, say how much of the state is kept and how much is new.

    r = σ(x W_xr + h W_hr + b_r), u = σ(x W_xu + h W_hu + b_u), c = tanh(x W_xc + b_c + r (h W_hc + b_h)) and
    h ← u h + (1 − u) c, all but the products elementwise. Other books call the update gate z, which means a weighted
    input here, and some let it weigh the new part, as Chung et al. 2014 do; ours weighs the old one, as Cho et al. and
    PyTorch have it. r acts after the product with W_hc, as in PyTorch; the printed paper has it before, (r h) W_hc.
    x and what goes out as in ``RNN``; W_x (n_in, 3 n_hidden), W_h (n_hidden, 3 n_hidden) and b (3 n_hidden,) hold the
    columns of r, u and c side by side, b_h is (n_hidden,). Arguments, starts and errors as in ``RNN``.
    Source: Cho et al. 2014; N40.
    """

    gates = 3

    def __init__(self, n_in: int, n_hidden: int, **options: Any) -> None:
        super().__init__(n_in, n_hidden, **options)
        self.b_h = Parameter(np.zeros(n_hidden), f"{self}.b_h")

    def _loop(self, z_x: np.ndarray, start: np.ndarray, counts: np.ndarray) -> tuple:
        return gru(z_x, start, self.W_h.value, self.b_h.value, counts)

    def _loop_back(self, dh: np.ndarray, h: np.ndarray, *others: np.ndarray) -> tuple:
        gates, start, counts = others
        return gru_grad(dh, h, gates, start, self.W_h.value, counts)

    def parameters(self) -> list[Parameter]:
        """Return [W_x, W_h, b, b_h]."""
        return [*super().parameters(), self.b_h]
