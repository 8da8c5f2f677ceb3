"""The exercises of chapter 08, in the order of the chapter: hints, solutions and the mistakes that are known."""

from nnlib.chapters.kit.exercise import Chapter, Exercise
from nnlib.chapters.optimizers.exercises.graders import (
    grade_adagrad_step,
    grade_adam_step,
    grade_momentum_step,
    grade_speed,
)
from nnlib.chapters.optimizers.exercises.mistakes import MISTAKES
from nnlib.chapters.optimizers.exercises.walks import (
    SUSPECTS,
    grade_break_it,
    grade_newton_step,
    grade_race,
    grade_schedule,
)
from nnlib.optimizers import SGD

__all__ = ["SUSPECTS", "chapter", "check", "hint", "solution"]

chapter = Chapter(
    momentum_step=Exercise(
        grade_momentum_step,
        hints=(
            "First the speed: the share α of the old one, and a push downhill, −η g.",
            "v = momentum * v - rate * g makes a new array; then w + v, with this new v.",
        ),
        code="""
            def momentum_step(w, v, g, rate, momentum):
                v = momentum * v - rate * g
                return w + v, v
        """,
        mistakes=MISTAKES["momentum_step"],
        noise=lambda rng: (lambda w, v, *_: (w + rng.normal(size=w.shape), v),),
    ),
    speed=Exercise(
        grade_speed,
        hints=(
            "When the speed no longer changes, v is the same before and after a step: v = α v − η g.",
            "The k-th step has the size η g (1 + α + … + αᵏ⁻¹), which is the share 1 − αᵏ of the final one.",
            "Print 1 - 0.9**k for a few k around 20.",
        ),
        code="""
            speed = 0.01 * 1 / (1 - 0.9)
            steps = 1
            while 1 - 0.9**steps < 0.9:
                steps = steps + 1
        """,
        mistakes=MISTAKES["speed"],
        noise=lambda rng: (rng.choice([0.1, rng.uniform(0.2, 9)]), int(rng.integers(30, 99))),
    ),
    adagrad_step=Exercise(
        grade_adagrad_step,
        hints=(
            "s adds up g² at every step: what is it after k of them?",
            "η |g| / √s, with s = k g². What cancels?",
        ),
        code="""
            def adagrad_step(k, g, rate):
                s = k * g**2
                return rate * abs(g) / np.sqrt(s)
        """,
        mistakes=MISTAKES["adagrad_step"],
        noise=lambda rng: (lambda *_: rng.normal(),),
    ),
    adam_step=Exercise(
        grade_adam_step,
        hints=(
            "Two running means: m of g with β₁, s of g² with β₂. Each: β times the old one, 1 − β times the new.",
            "m_hat = m / (1 - beta1**t), and s_hat likewise: names of their own, for m and s go on uncorrected.",
            "return w - rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s.",
        ),
        code="""
            def adam_step(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
                m = beta1 * m + (1 - beta1) * g
                s = beta2 * s + (1 - beta2) * g**2
                m_hat = m / (1 - beta1**t)
                s_hat = s / (1 - beta2**t)
                return w - rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s
        """,
        mistakes=MISTAKES["adam_step"],
        noise=lambda rng: (lambda w, m, s, *_: (w + rng.normal(), m, s),),
    ),
    newton_step=Exercise(
        grade_newton_step,
        hints=(
            "The step d is the one with H d = g. In one dimension: slope divided by curvature.",
            "np.linalg.solve(hessian, gradient) finds d; no inverse needs to be written out.",
        ),
        code="""
            def newton_step(w, gradient, hessian):
                return w - np.linalg.solve(hessian, gradient)
        """,
        mistakes=MISTAKES["newton_step"],
        noise=lambda rng: (lambda w, *_: w + rng.normal(size=w.shape),),
    ),
    schedule=Exercise(
        grade_schedule,
        hints=(
            "Two branches: if k < warm, the line; else the wave, with its own clock, k − warm.",
            "share = min((k - warm) / steps, 1) goes from 0 to 1 and stays there.",
            "(1 + np.cos(np.pi * share)) / 2 goes from 1 to 0. Times the height top − end, put on end.",
        ),
        code="""
            def rate(k, top, end, warm, steps):
                if k < warm:
                    return top * (k + 1) / (warm + 1)
                share = min((k - warm) / steps, 1)
                return end + (top - end) * (1 + np.cos(np.pi * share)) / 2
        """,
        mistakes=MISTAKES["schedule"],
        noise=lambda rng: (lambda *_: rng.normal(),),
    ),
    break_it=Exercise(
        grade_break_it,
        hints=(
            'w = Parameter(np.zeros(1), "w"), a suspect of [w], w.grad = np.ones(1), step(), print w.value; again.',
            "Under the steady slope of 1: the first step of each, the second and the tenth, beside nnlib's.",
            "Which steps never grow? Which shrink as 1/√k? Which begin right, and then double?",
        ),
        code="""
            right = "Nesterov"
            wrong = {"Momentum": "forgets", "RMSProp": "sums", "Adam": "never counts"}
        """,
        mistakes=MISTAKES["break_it"],
        noise=lambda rng: (
            rng.choice(["Momentum", "RMSProp", "Adam"]).item(),
            {"Nesterov": "sums"},
        ),
    ),
    race=Exercise(
        grade_race,
        hints=(
            "return Nesterov(parameters, learning_rate=…, momentum=…), for example. Begin with η = 0.01.",
            "α = 0.9 swings less than 0.95 and keeps more than 0.8. Then a larger η, until it runs away.",
            "Adam with an η of about 1 is another way: its first steps are long whatever the slope.",
        ),
        code="""
            from nnlib.optimizers import Nesterov


            def make(parameters):
                return Nesterov(parameters, learning_rate=0.012, momentum=0.9)
        """,
        mistakes=MISTAKES["race"],
        noise=lambda rng: (lambda parameters: SGD(parameters, rng.uniform(0.0001, 0.04)),),
    ),
)

check, hint, solution = chapter.check, chapter.hint, chapter.solution
