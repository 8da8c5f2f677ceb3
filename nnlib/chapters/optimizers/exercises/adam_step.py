"""Exercise 4 of chapter 08: one step of Adam."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import grade_function, parts


def adam_step(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    return w - rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s


# Adam in its three parts. A mistake is made by putting a wrong one in the place of one of them.


def right_means(m, s, g):
    return 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2


def right_hats(m, s, t):
    return m / (1 - 0.9**t), s / (1 - 0.999**t)


def right_place(w, m_hat, s_hat, rate):
    return w - rate * m_hat / (np.sqrt(s_hat) + 1e-8)


def adam(means=right_means, hats=right_hats, place=right_place):
    def step(w, m, s, g, t, rate):
        m, s = means(m, s, g)
        m_hat, s_hat = hats(m, s, t)
        return place(w, m_hat, s_hat, rate), m, s

    return step


def divided_by(correction):
    """Adam whose m and s are divided by ``correction(β, t)``."""
    return adam(hats=lambda m, s, t: (m / correction(0.9, t), s / correction(0.999, t)))


def with_old_hats(w, m, s, g, t, rate):
    m_hat, s_hat = right_hats(m, s, t)
    return right_place(w, m_hat, s_hat, rate), *right_means(m, s, g)


def with_bare_g(w, m, s, g, t, rate):
    m, s = right_means(m, s, g)
    _, s_hat = right_hats(m, s, t)
    return right_place(w, g, s_hat, rate), m, s


def keeps_hats(w, m, s, g, t, rate):
    m, s = right_means(m, s, g)
    m_hat, s_hat = right_hats(m, s, t)
    return right_place(w, m_hat, s_hat, rate), m_hat, s_hat


def short_form(w, m, s, g, t, rate):
    m, s = right_means(m, s, g)
    both = np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return w - rate * both * m / (np.sqrt(s) + 1e-8), m, s


def with_constants(**constants):
    return lambda w, m, s, g, t, rate: adam_step(w, m, s, g, t, rate, **constants)


def ignoring(*names):
    """Adam that takes the usual values of these, whatever comes in."""

    def step(w, m, s, g, t, rate, *settings):
        given = dict(zip(("beta1", "beta2", "epsilon"), settings, strict=bool(settings)))
        usual = {name: value for name, value in given.items() if name not in names}
        return adam_step(w, m, s, g, t, rate, **usual)

    return step


def reordered(*order):
    return lambda *case: tuple(adam_step(*case)[k] for k in order)


WRONG = {
    "all three are right, in another order: return w, m, s.": (
        reordered(0, 2, 1),
        reordered(1, 2, 0),
    ),
    "m and s are right. The sign of the step: it goes uphill.": adam(
        place=lambda w, m_hat, s_hat, rate: right_place(w, -m_hat, s_hat, rate)
    ),
    "m and s are right, and w has not moved, or hardly: η m̂/(√ŝ + ε) is to be taken off, where ε "
    "stands in the brackets and divides.": (
        adam(place=lambda w, *_: w),
        adam(place=lambda w, m_hat, s_hat, rate: w - rate * m_hat / np.sqrt(s_hat) * 1e-8),
    ),
    "m and s are right. η is missing in the step.": adam(
        place=lambda w, m_hat, s_hat, rate: right_place(w, m_hat, s_hat, 1.0)
    ),
    "m and s are right. The hats are made of the old ones: take the new m and s.": with_old_hats,
    "m and s are right. The step is made of m̂, not of g.": with_bare_g,
    "w is right. m̂ and ŝ are for this step only: return m and s uncorrected.": keeps_hats,
    "m and s are right. The correction m̂ = m/(1 − β₁ᵗ) is missing.": divided_by(lambda β, t: 1),
    "the powers are βᵗ, not βᵗ⁻¹: t counts from 1.": divided_by(lambda β, t: 1 - β ** (t - 1)),
    "t counts from 1 already: βᵗ, not βᵗ⁺¹.": divided_by(lambda β, t: 1 - β ** (t + 1)),
    "multiplied by 1 − βᵗ; m and s are too small: divide.": divided_by(lambda β, t: 1 / (1 - β**t)),
    "1 − βᵗ, not 1 − β: the correction fades as t grows.": divided_by(lambda β, t: 1 - β),
    "1 − βᵗ, not (1 − β)ᵗ: the power belongs to β alone.": divided_by(lambda β, t: (1 - β) ** t),
    "β₁ is in both hats: ŝ = s/(1 − β₂ᵗ).": divided_by(lambda β, t: 1 - 0.9**t),
    "β₂ is in both hats: m̂ = m/(1 − β₁ᵗ).": divided_by(lambda β, t: 1 - 0.999**t),
    "m is corrected, s is not: ŝ = s/(1 − β₂ᵗ).": adam(hats=lambda m, s, t: (m / (1 - 0.9**t), s)),
    "s is corrected, m is not: m̂ = m/(1 − β₁ᵗ).": adam(
        hats=lambda m, s, t: (m, s / (1 - 0.999**t))
    ),
    "the old m and s are forgotten: m ← β₁ m + (1 − β₁) g, and s likewise. At t = 1 both are 0, "
    "and nobody sees it.": (
        adam(means=lambda m, s, g: (0.1 * g, 0.001 * g**2)),
        adam(means=lambda m, s, g: (g, g**2)),
        adam(lambda m, s, g: (0.1 * g, 0.001 * g**2), lambda m, s, t: (m / 0.1, s / 0.001)),
    ),
    "s is right. The old m is forgotten: m ← β₁ m + (1 − β₁) g.": adam(
        means=lambda m, s, g: (0.1 * g, 0.999 * s + 0.001 * g**2)
    ),
    "m is right. The old s is forgotten: s ← β₂ s + (1 − β₂) g².": adam(
        means=lambda m, s, g: (0.9 * m + 0.1 * g, 0.001 * g**2)
    ),
    "β₁ and β₂ are swapped: 0.9 for m, 0.999 for s.": with_constants(beta1=0.999, beta2=0.9),
    "the factors 1 − β are missing: m and s are means, not sums.": adam(
        means=lambda m, s, g: (0.9 * m + g, 0.999 * s + g**2)
    ),
    "β and 1 − β: m ← β m + (1 − β) g; yours has β twice.": adam(
        means=lambda m, s, g: (0.9 * (m + g), 0.999 * (s + g**2))
    ),
    "s is the mean of g², and yours takes g.": adam(
        means=lambda m, s, g: (0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g)
    ),
    "s is the mean of g², and yours takes |g|.": adam(
        means=lambda m, s, g: (0.9 * m + 0.1 * g, 0.999 * s + 0.001 * abs(g))
    ),
    "the root is missing: m̂/(√ŝ + ε).": adam(
        place=lambda w, m_hat, s_hat, rate: right_place(w, m_hat, s_hat**2, rate)
    ),
    "close: ε is not added to the root, or the brackets are missing: m̂/(√ŝ + ε), else small "
    "gradients get another step.": with_constants(epsilon=0),
    "close: that is the paper's shorter form, with both corrections in η. There ε joins the "
    "uncorrected √s, which makes a difference for small gradients. Here it is √ŝ + ε.": short_form,
    "close: ε is inside the root, √(ŝ + ε). For gradients near 1 nobody sees a difference; for "
    "small ones, of 1e-4 here, the step is too short. As libraries have it, ε is outside: "
    "√ŝ + ε.": adam(place=lambda w, m_hat, s_hat, rate: w - rate * m_hat / np.sqrt(s_hat + 1e-8)),
    "right for the usual β₁, β₂ and ε; but others came in, and yours does not use them: 0.9, "
    "0.999 and 1e-8 should not stand in it as numbers.": (
        ignoring("beta1", "beta2", "epsilon"),
        ignoring("beta1", "beta2"),
        ignoring("beta1"),
        ignoring("beta2"),
        ignoring("epsilon"),
    ),
}


def cases():
    rng = np.random.default_rng(4)
    for t, rate, size in ((3, 0.1, 1.0), (1, 0.02, 1.0), (1, 0.5, 1e-4), (1000, 0.01, 1.0)):
        w, m, s, g = rng.normal(size=(4, 4))
        before = 0 if t == 1 else size
        yield w, before * m, np.square(before * s), size * g, t, rate
    w, m, s, g = rng.normal(size=(4, 4))
    yield w, m, s**2, g, 2, 0.1, 0.7, 0.95, 0.1  # β₁, β₂ and ε other than usual


def read(answer, case):
    is_three = isinstance(answer, tuple | list) and len(answer) == 3
    w, t = np.asarray(answer[0] if is_three else 0.0), case[4]
    if w.dtype.kind == "f" and not np.isfinite(w).all():
        raise NotYet(
            "at t = 1 it is infinite: 1 − β⁰ = 0. t counts from 1, so the powers are βᵗ, not βᵗ⁻¹."
            if t == 1
            else "w is not a number: a root of something below 0? s is a mean of squares; "
            "1 − βᵗ is 1 - beta**t."
        )
    return parts(answer, ("w", "m", "s"), [case[0].shape] * 3)


def otherwise(case, got, right):
    size = 1e-4 if abs(case[3]).max() < 0.01 else 1
    pairs = zip("wms", got, right, strict=True)
    wrong = [name for name, one, other in pairs if not np.allclose(one, other, atol=1e-14)]
    settings = zip(("β₁", "β₂", "ε"), case[6:], strict=bool(case[6:]))
    given = "".join(f", {name} = {value:g}" for name, value in settings)
    return (
        f"for t = {case[4]}{given} and gradients of about {size:g} the new {' and '.join(wrong)} "
        f"{'is' if len(wrong) == 1 else 'are'} not right: take it line by line."
    )


grade = grade_function(
    adam_step,
    list(cases()),
    WRONG,
    read=read,
    otherwise=otherwise,
    tolerance=1e-6,
    praise="two running means, both corrected for their start at 0, and a step of about η whatever "
    "the size of g.",
)

exercise = Exercise(
    names=("adam_step",),
    grade=np.errstate(all="ignore")(grade),  # a division by 0 gets a reply
    hints=(
        "Two running means: m of g with β₁, s of g² with β₂. Each: β times the old one, 1 − β "
        "times the new.",
        "m_hat = m / (1 - beta1**t), and s_hat likewise: names of their own, for m and s go on "
        "uncorrected.",
        "return w - rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s.",
    ),
    solution=adam_step,
    wrong=WRONG,
    noise=lambda rng: (lambda w, m, s, *_: (w + rng.normal(), m, s),),
)
