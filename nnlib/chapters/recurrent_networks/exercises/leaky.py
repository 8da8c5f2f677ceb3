"""Exercise 7 of chapter 09: the way back through a loop that keeps a share u, leaky(dh, h, c, start, W_h, u)."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import brief, call, name_function, parts


def leaky(dh, h, c, start, W_h, u):
    dz, dW_h, later = np.zeros(h.shape), np.zeros(W_h.shape), np.zeros(start.shape)
    for t in reversed(range(h.shape[1])):
        before = h[:, t - 1] if t > 0 else start
        d = dh[:, t] + later
        dz[:, t] = d * (1 - u) * (1 - c[:, t] ** 2)
        dW_h = dW_h + before.T @ dz[:, t]
        later = d * u + dz[:, t] @ W_h.T
    return dz, dW_h


def before(h, start):
    return np.concatenate([start[:, None], h[:, :-1]], axis=1)


def summed(states, dz):
    """Σ_t of the states, transposed, times dz_t."""
    return np.einsum("nti,ntj->ij", states, dz)


# The sweep in its two parts. A mistake is made by putting a wrong one in the place of one of them.


def right_dz(d, h, c, u):
    return d * (1 - u) * (1 - c**2)


def right_back(d, dz, W_h, u):
    return d * u + dz @ W_h.T


def swept(
    dz_of=right_dz,
    back=right_back,
    turn=reversed,
    add=lambda d, later: d + later,
    kept=lambda d, later: d,
):
    """A mistake in dz; dW_h is made of that dz."""

    def sweep(dh, h, c, start, W_h, u):
        dz, later = np.zeros(h.shape), np.zeros(start.shape)
        for t in turn(range(h.shape[1])):
            d = add(dh[:, t], later)
            dz[:, t] = dz_of(d, h[:, t], c[:, t], u)
            later = back(kept(d, later), dz[:, t], W_h, u)
        return dz, summed(before(h, start), dz)

    return sweep


def of_weights(total):
    """A mistake in dW_h alone: ``total(dz, h, c, start)``."""

    def sweep(dh, h, c, start, W_h, u):
        dz, _ = leaky(dh, h, c, start, W_h, u)
        return dz, total(dz, h, c, start)

    return sweep


LAST = "dz of the last step is right. Before it, "
ONLY = "dz is right. "
WRONG = {
    "both are right, in the other order: return dz, dW_h.": lambda *case: leaky(*case)[::-1],
    f"{LAST}what was kept is missing: h_{{t−1}} goes into h_t by itself as well, times u.": swept(
        back=lambda d, dz, W_h, u: dz @ W_h.T
    ),
    f"{LAST}the way through W_h is missing: h_{{t−1}} goes into z_t as well.": swept(
        back=lambda d, dz, W_h, u: d * u
    ),
    f"{LAST}W_h is transposed: dz @ W_h.T.": swept(back=lambda d, dz, W_h, u: d * u + dz @ W_h),
    f"{LAST}u and 1 − u are swapped: u is what is kept.": swept(
        back=lambda d, dz, W_h, u: d * (1 - u) + dz @ W_h.T
    ),
    f"{LAST}a slope that is kept is kept times u.": swept(
        back=lambda d, dz, W_h, u: d + dz @ W_h.T
    ),
    f"{LAST}what is kept passes no bend: it is (dh_t + later) u, not dz_t u.": swept(
        back=lambda d, dz, W_h, u: dz * u + dz @ W_h.T
    ),
    f"{LAST}all that arrives at h_t is kept by u, dh_t + later; yours keeps only one of them.": (
        swept(kept=lambda d, later: later),
        swept(kept=lambda d, later: d - later),
    ),
    f"{LAST}u weighs only what is kept; dz has its 1 − u already.": swept(
        back=lambda d, dz, W_h, u: u * (d + dz @ W_h.T)
    ),
    f"{LAST}dz has its 1 − u already; it comes in twice.": swept(
        back=lambda d, dz, W_h, u: d * u + (1 - u) * dz @ W_h.T
    ),
    f"{LAST}later is missing: what comes back from step t + 1.": swept(
        back=lambda d, dz, W_h, u: 0 * d
    ),
    f"{LAST}dh_t is missing: each state goes out as well.": swept(
        add=lambda d, later: later if later.any() else d
    ),
    "the share 1 − u is missing in dz: only that much of c gets into h.": swept(
        lambda d, h, c, u: d * (1 - c**2)
    ),
    "u and 1 − u are swapped in dz: 1 − u is the share of c.": swept(
        lambda d, h, c, u: d * u * (1 - c**2)
    ),
    "u and 1 − u are swapped, in dz and on the way back: u is what is kept.": swept(
        lambda d, h, c, u: d * u * (1 - c**2), lambda d, dz, W_h, u: d * (1 - u) + dz @ W_h.T
    ),
    "the bend is taken at h, but tanh gave c: 1 − c².": swept(
        lambda d, h, c, u: d * (1 - u) * (1 - h**2)
    ),
    "that is the plain loop of section 4; here h_t is a mixture: u comes in twice.": swept(
        lambda d, h, c, u: d * (1 - h**2), lambda d, dz, W_h, u: dz @ W_h.T
    ),
    "the bend is missing: times 1 − c².": swept(lambda d, h, c, u: d * (1 - u)),
    "the bend is 1 − c², with the square.": swept(lambda d, h, c, u: d * (1 - u) * (1 - c)),
    "c is tanh(z) already: 1 − c², and no tanh is taken again.": swept(
        lambda d, h, c, u: d * (1 - u) * (1 - np.tanh(c) ** 2)
    ),
    "it walks forwards. later comes from step t + 1, so begin at the last step.": swept(turn=iter),
    "dz is in the order of the sweep, last step first: turn it round.": lambda *case: (
        leaky(*case)[0][:, ::-1],
        leaky(*case)[1],
    ),
    f"{ONLY}dW_h takes h_{{t−1}}, the state that W_h was multiplied by; yours takes h_t.": (
        of_weights(lambda dz, h, c, start: summed(h, dz))
    ),
    f"{ONLY}dW_h takes h_{{t−1}}, the whole state, kept part and all; yours takes c.": (
        of_weights(lambda dz, h, c, start: summed(before(c, start), dz)),
        of_weights(lambda dz, h, c, start: summed(c, dz)),
    ),
    f"{ONLY}In dW_h the first step is missing: before it the state is start.": of_weights(
        lambda dz, h, c, start: summed(h[:, :-1], dz[:, 1:])
    ),
    f"{ONLY}In dW_h, h[:, t - 1] at t = 0 is h[:, -1], the *last* state; it should be start.": (
        of_weights(lambda dz, h, c, start: summed(np.roll(h, 1, axis=1), dz))
    ),
    f"{ONLY}dW_h is transposed: h_{{t−1}} comes in, so its neurons are the rows.": of_weights(
        lambda dz, h, c, start: summed(before(h, start), dz).T
    ),
    f"{ONLY}dW_h adds up all steps; yours is that of the one visited last: +=.": of_weights(
        lambda dz, h, c, start: start.T @ dz[:, 0]
    ),
    f"{ONLY}dW_h is a sum over the steps, not a mean.": of_weights(
        lambda dz, h, c, start: summed(before(h, start), dz) / h.shape[1]
    ),
    f"{ONLY}dW_h is not divided by n: that is in dh already.": of_weights(
        lambda dz, h, c, start: summed(before(h, start), dz) / len(h)
    ),
    "the sign is wrong: the minus belongs to the update.": lambda *case: tuple(
        -part for part in leaky(*case)
    ),
}


def case(n, time, n_hidden, u, rng):
    dh, start, W_h = (
        rng.normal(size=shape)
        for shape in ((n, time, n_hidden), (n, n_hidden), (n_hidden, n_hidden))
    )
    start, c = np.tanh(start), np.tanh(rng.normal(size=dh.shape))
    h, states = start, []
    for t in range(time):
        h = u * h + (1 - u) * c[:, t]
        states.append(h)
    return dh, np.stack(states, axis=1), c, start, W_h, u


rng = np.random.default_rng(19)
CASES = [
    case(*sizes, rng) for sizes in ((3, 4, 2, 0.8), (2, 1, 3, 0.3), (1, 6, 4, 0.6), (4, 5, 3, 0.0))
]


def grade(function):
    for case in CASES:
        result, right = call(function, *case), leaky(*case)
        if not is_right(result, right):
            name_function(result, case, WRONG)
            got = parts(result, ("dz", "dW_h"), [part.shape for part in right])
            raise NotYet(otherwise(case, *got, *right))
    return (
        "what is kept of the state is kept of the slope: with u = 0 it is the plain loop, and with "
        "u near 1 the slope comes back from far."
    )


def is_right(result, right):
    try:
        return len(result) == 2 and all(map(near, result, right))
    except (TypeError, ValueError):
        return False


def near(got, right):
    is_like = np.shape(got) == right.shape
    return is_like and np.allclose(got, right, rtol=1e-5, atol=1e-5 * abs(right).max())


def otherwise(case, dz, dW_h, right_dz, right_dW_h):
    *_, u = case
    _, time, n_hidden = case[0].shape
    where = f"for u = {u:g}, {time} step{'s' * (time > 1)} and {n_hidden} hidden neurons"
    steps = [t for t in range(time) if not near(dz[:, t], right_dz[:, t])]
    if not steps:
        return (
            f"{where} dz is right. dW_h[0, 0] should be {brief(right_dW_h[0, 0])}, but it is "
            f"{brief(dW_h[0, 0])}: Σ_t h_{{t−1}}ᵀ dz_t, with start before the first step."
        )
    if steps[-1] == time - 1:
        return (
            f"{where} dz of the last step is wrong. Nothing comes later: how much does h_t move "
            "with z_t?"
        )
    return (
        f"{where} dz is right at the last step and wrong at step {steps[-1] + 1} of {time}. There "
        "are two ways from h_{t−1} to h_t: do both come back?"
    )


exercise = Exercise(
    names=("leaky",),
    grade=grade,
    hints=(
        "Start from through_time of section 4. h_t = u h_{t−1} + (1 − u) tanh(z_t): what is "
        "∂h_t/∂z_t now?",
        "With d = dh_t + later: dz_t = d (1 − u)(1 − c_t²).",
        "h_{t−1} gets into h_t in two ways, by itself and through z_t: later = d * u + dz_t @ "
        "W_h.T.",
    ),
    solution=leaky,
    wrong=WRONG,
    noise=lambda rng: (lambda dh, h, c, start, W_h, u: (rng.normal(size=h.shape), W_h),),
)
