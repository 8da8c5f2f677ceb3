"""Chapter 08: right answers in other styles, and wrong ones that no table of formulas can make."""

from learners import right, wrong


@right("momentum_step")
def _(w, v, g, rate, momentum):
    v = v.copy()
    v *= momentum
    v -= rate * g
    return [w + v, v]


@wrong("momentum_step", "2 things are expected")
def _(w, v, g, rate, momentum):
    v = momentum * v - rate * g
    return w + v


@wrong("momentum_step", "changes the array")
def _(w, v, g, rate, momentum):
    v *= momentum
    v -= rate * g
    return w + v, v
