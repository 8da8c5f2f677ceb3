"""Exercise 8 of chapter 08: a hundred steps in the bent valley, by slopes alone."""

import numpy as np

from nnlib.chapters.kit.exercise import Exercise, NotYet
from nnlib.chapters.kit.grading import call
from nnlib.landscapes import DIVERGED, Rosenbrock
from nnlib.optimizers import SGD, AdaGrad, Adam, Newton
from nnlib.parameter import Parameter

STEPS, ENOUGH, BEST_SGD, RECORD = 100, 1e-3, 0.02, 1.5e-8
STARTS = (Rosenbrock.start, (1.5, 0.0))
UNTOLD, SHARE_LEFT = (Rosenbrock.start[0] + 0.05, Rosenbrock.start[1] - 0.05), 0.05
# The numbers that an optimizer is given count from here, so that slopes are honest and the place tells nothing.
ORIGIN = np.array([3.0, -2.5])


def grade(make):
    reached = [walk(make, start) for start in STARTS]
    ends = " and ".join(
        f"{cost:.0e} from {start}" for cost, start in zip(reached, STARTS, strict=True)
    )
    words = f"after {STEPS} steps C is {ends}"
    if max(reached) >= ENOUGH:
        raise NotYet(
            f"{words}; it should be less than {ENOUGH:g} from both. SGD leaves {BEST_SGD:g} at "
            "best."
        )
    if walk(make, UNTOLD) > SHARE_LEFT * Rosenbrock().value(np.array(UNTOLD)):
        raise NotYet(
            f"{words}, but from a start that was not told it does not get down. Does it know "
            "these two?"
        )
    ours = "That beats ours," if max(reached) < 0.9 * RECORD else "Ours got to"
    return (
        f"{words}. {ours} {RECORD:.1e}, the best of 200,000 settings on these two starts. From "
        "others it does worse."
    )


def walk(make, start):
    """The cost after 100 steps from a start; what cannot walk is told."""
    landscape, parameter = Rosenbrock(), Parameter(start - ORIGIN, "v")
    optimizer = call(make, [parameter])
    require_optimizer(optimizer)
    if not np.array_equal(parameter.value, start - ORIGIN):
        raise NotYet(
            "make has moved the parameters: it should return an optimizer and leave them where "
            "they are. Only step() moves them, by their slopes."
        )
    for k in range(1, STEPS + 1):
        parameter.grad = landscape.gradient(parameter.value + ORIGIN)
        call(lambda: [optimizer.step()])
        require_place(parameter.value + ORIGIN, start, k)
    return float(landscape.value(parameter.value + ORIGIN))


def require_optimizer(optimizer):
    if isinstance(optimizer, Newton):
        raise NotYet(
            "Newton would win: from both starts it is there, to ten digits, in a dozen steps. But "
            "it sees the table of second derivatives, 4 numbers here and 10¹² for a network of a "
            "million weights. The race is for those who see slopes."
        )
    is_class = isinstance(optimizer, type)
    if is_class or not callable(getattr(optimizer, "step", None)):
        got = f"the class {optimizer.__name__}" if is_class else type(optimizer).__name__
        raise NotYet(
            "make should return an optimizer, as Momentum(parameters, 0.01) makes, but it returns "
            f"{got}."
        )


def require_place(v, start, k):
    if np.isnan(v).any():
        raise NotYet(
            f"from {start} v is no longer a number at step {k}. Is something divided by 0?"
        )
    if np.abs(v).max() > DIVERGED:
        raise NotYet(
            f"from {start} it runs away to infinity, at step {k}: a smaller η, or less momentum?"
        )
    if k == 1 and np.allclose(v, start, rtol=0, atol=1e-14):
        raise NotYet(
            "the first step moves nothing. Is a new optimizer made of the parameters that make "
            "gets?"
        )


def hands_in(make):
    """An answer that is this function."""
    return lambda: make


WRONG = {
    "SGD leaves 0.02 at best": hands_in(lambda parameters: SGD(parameters, 0.044)),
    "runs away to infinity": hands_in(lambda parameters: SGD(parameters, 0.1)),
    "less than 0.001 from both": (
        hands_in(Adam),
        hands_in(lambda parameters: AdaGrad(parameters, 1.3)),
    ),
    "Newton would win": hands_in(
        lambda parameters: Newton(parameters, lambda: Rosenbrock().hessian(parameters[0].value))
    ),
    "the first step moves nothing": hands_in(
        lambda parameters: SGD([Parameter(np.ones(2), "v")], 0.1)
    ),
    "it returns str": hands_in(lambda parameters: "Adam"),
    "it returns the class Adam": hands_in(lambda parameters: Adam),
}

exercise = Exercise(
    names=("make",),
    grade=grade,
    hints=(
        "return Nesterov(parameters, learning_rate=…, momentum=…), for example. Begin with "
        "η = 0.01.",
        "α = 0.9 swings less than 0.95 and keeps more than 0.8. Then a larger η, until it runs "
        "away.",
        "Adam with an η of about 1 is another way: its first steps are long whatever the slope.",
    ),
    solution="""
        from nnlib.optimizers import Nesterov


        def make(parameters):
            return Nesterov(parameters, learning_rate=0.012, momentum=0.9)
    """,
    wrong=WRONG,
    noise=lambda rng: (lambda parameters: SGD(parameters, rng.uniform(0.0001, 0.04)),),
)
