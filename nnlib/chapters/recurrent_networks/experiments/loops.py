"""Loops small enough to see through: one neuron, a machine of two, and slopes through many steps."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from nnlib.initializers import orthogonal, standard_normal
from nnlib.recurrent import RNN

PULSE = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)  # an input of 1, and then nothing more


def loop_states(x: np.ndarray, w_x: float, w_h: float, b: float = 0.0) -> np.ndarray:
    """Return the states (time + 1,) of one neuron with a loop, h_t = tanh(w_x x_t + w_h h_{t−1} + b), h_0 = 0 first."""
    states = [0.0]
    for number in x:
        states.append(float(np.tanh(w_x * number + w_h * states[-1] + b)))
    return np.array(states)


def parity_machine(gain: float) -> RNN:
    """Return chapter 02's XOR as a loop: two neurons whose difference, halved, is the parity of the bits so far.

    With p = (h_1 − h_2)/2 for the parity before this step, one asks whether x + p > ½, the other whether x + p > 1½;
    the larger ``gain``, the more sharply.
    """
    machine = RNN(1, 2, rng=np.random.default_rng(0))
    machine.W_x.value = gain * np.array([[1.0, 1.0]])
    machine.W_h.value = gain * np.array([[0.5, 0.5], [-0.5, -0.5]])
    machine.b.value = gain * np.array([-0.5, -1.5])
    return machine


def machine_states(gain: float, bits: np.ndarray) -> np.ndarray:
    """Return the two states (time, 2) of the machine at each step while it reads ``bits`` (time,)."""
    return parity_machine(gain).forward(bits[None, :, None].astype(float))[0]


def random_bits(time: int, seed: int) -> np.ndarray:
    """Return so many bits, each 0 or 1 by the toss of a coin."""
    return np.random.default_rng(seed).integers(0, 2, time)


# Back through time.


class Sweep(NamedTuple):
    """States (time + 1,), and by step (time,): what comes from that step's own cost, what from later, and dz."""

    states: np.ndarray
    own: np.ndarray
    later: np.ndarray
    dz: np.ndarray


def sweep_back(x: np.ndarray, targets: np.ndarray, w_x: float, w_h: float) -> Sweep:
    """Sweep back through one neuron's loop with the cost ½(h_t − y_t)² at each step; a target NaN is none."""
    h = loop_states(x, w_x, w_h)
    own = np.where(np.isnan(targets), 0.0, h[1:] - targets)
    later, dz = np.zeros(len(x)), np.zeros(len(x))
    for t in reversed(range(len(x))):
        dz[t] = (own[t] + later[t]) * (1 - h[t + 1] ** 2)
        if t > 0:
            later[t - 1] = dz[t] * w_h
    return Sweep(h, own, later, dz)


HIDDEN, LOOPS = 20, ("orthogonal", "normal")


def loop_matrix(kind: str, size: float, rng: np.random.Generator) -> np.ndarray:
    """Return W_h (20, 20) of spectral radius ``size``: "orthogonal" times it, or "normal" numbers scaled to it."""
    if kind == "orthogonal":
        return size * orthogonal((HIDDEN, HIDDEN), rng)
    W = standard_normal((HIDDEN, HIDDEN), rng)
    return size * W / np.abs(np.linalg.eigvals(W)).max()


@lru_cache(maxsize=64)
def slopes_through_time(kind: str, size: float, bent: bool, steps: int) -> np.ndarray:
    """Return the singular values (steps, 20) of ∂h_T/∂h_{T−k}, k = 1, 2, …, largest first.

    The loop, with tanh if it is ``bent``, reads small random numbers; nothing has been learnt.
    """
    rng = np.random.default_rng(0)
    W_h = loop_matrix(kind, size, rng)
    h, states = np.zeros(HIDDEN), []
    for _ in range(steps):
        z = 0.1 * rng.standard_normal(HIDDEN) + h @ W_h
        h = np.tanh(z) if bent else z
        states.append(h)
    product, values = np.eye(HIDDEN), []
    for h in reversed(states):
        slopes = 1 - h**2 if bent else np.ones(HIDDEN)
        product = product @ (slopes[:, None] * W_h.T)  # dh_T through one more step back
        values.append(np.linalg.svd(product, compute_uv=False))
    return np.array(values)
