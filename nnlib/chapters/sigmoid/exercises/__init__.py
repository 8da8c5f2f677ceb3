"""The exercises of chapter 03, in the order of the chapter: hints, solutions and the mistakes that are known."""

from nnlib.chapters.kit.exercise import Chapter, Exercise, Mistake
from nnlib.chapters.sigmoid.exercises.graders import (
    SUSPECTS,
    grade_break_it,
    grade_folds,
    grade_nudge,
    grade_slope,
    grade_softmax,
    grade_tanh,
    grade_tower,
    grade_wave,
)

__all__ = ["SUSPECTS", "chapter", "check", "hint", "solution"]

SIGMOID = "s = lambda z: 1 / (1 + np.exp(-z))"

chapter = Chapter(
    slope=Exercise(
        grade_slope,
        hints=(
            "First a = σ(z): 1 / (1 + np.exp(-z)).",
            "Then the slope is a times what is missing to 1.",
        ),
        code="""
            def slope(z):
                a = 1 / (1 + np.exp(-z))
                return a * (1 - a)
        """,
        mistakes=(
            Mistake(f"{SIGMOID}\ndef slope(z): return s(z)", "the sigmoid itself"),
            Mistake(f"{SIGMOID}\ndef slope(z): return s(z) * (s(z) - 1)", "the sign is wrong"),
            Mistake("def slope(z): return z * (1 - z)", "wants the output"),
            Mistake(f"{SIGMOID}\ndef slope(z): return s(s(z)) * (1 - s(s(z)))", "applied twice"),
            Mistake(f"{SIGMOID}\ndef slope(z): return 1 - s(z)", "factor σ(z) is missing"),
            Mistake(f"{SIGMOID}\ndef slope(z): return 1 - s(z) ** 2", "formula for tanh"),
            Mistake("def slope(z): return np.exp(-z) / (1 + np.exp(-z))", "factor σ(z) is missing"),
            Mistake(f"{SIGMOID}\ndef slope(z): return s(z) ** 2", "that is a · a"),
        ),
        noise=lambda rng: (lambda z: rng.random(len(z)),),
    ),
    nudge=Exercise(
        grade_nudge,
        hints=(
            "z changes by Δz = x·Δw + Δb.",
            "The output changes by about σ′(z) Δz, with σ′(z) = a (1 − a) at the old z = w·x + b.",
        ),
        code="""
            def nudge(w, b, x, dw, db):
                a = 1 / (1 + np.exp(-(w @ x + b)))
                return a * (1 - a) * (x @ dw + db)
        """,
        mistakes=(
            Mistake("def nudge(w, b, x, dw, db): return x @ dw + db", "that is Δz"),
            Mistake(
                f"{SIGMOID}\ndef nudge(w, b, x, dw, db):\n a = s(w @ x + b)\n return a * (1 - a) * (x @ dw)",
                "part of the bias is missing",
            ),
            Mistake(
                f"{SIGMOID}\ndef nudge(w, b, x, dw, db):\n a = s(w @ x + b)\n return a * (1 - a) * (dw.sum() + db)",
                "the input that it multiplies",
            ),
            Mistake(
                f"{SIGMOID}\ndef nudge(w, b, x, dw, db):\n a = s(w @ x + b)\n return a * (1 - a) * (w @ dw + db)",
                "not by w·Δw",
            ),
            Mistake(
                f"{SIGMOID}\ndef nudge(w, b, x, dw, db):\n a = s(w @ x + b)\n return a + a * (1 - a) * (x @ dw + db)",
                "only the change",
            ),
            Mistake(
                f"{SIGMOID}\ndef nudge(w, b, x, dw, db): return s((w + dw) @ x + b + db) - s(w @ x + b)",
                "that is the real change",
            ),
            Mistake(
                f"{SIGMOID}\ndef nudge(w, b, x, dw, db):\n a = s((w + dw) @ x + b + db)\n"
                " return a * (1 - a) * (x @ dw + db)",
                "at the old z",
            ),
            Mistake(
                f"{SIGMOID}\ndef nudge(w, b, x, dw, db):\n a = s(w @ x + b)\n return -a * (1 - a) * (x @ dw + db)",
                "the sign is wrong",
            ),
        ),
        noise=lambda rng: (lambda *_: rng.normal(),),
    ),
    tanh=Exercise(
        grade_tanh,
        hints=(
            "σ goes from 0 to 1, tanh from −1 to 1: twice as high, and 1 lower.",
            "Slope at 0: σ has ¼, tanh has 1.",
        ),
        code="""
            def tanh(z):
                return 2 / (1 + np.exp(-2 * z)) - 1
        """,
        mistakes=(
            Mistake(f"{SIGMOID}\ndef tanh(z): return 2 * s(z) - 1", "what about the width"),
            Mistake(f"{SIGMOID}\ndef tanh(z): return s(2 * z)", "from 0 to 1"),
            Mistake(f"{SIGMOID}\ndef tanh(z): return 2 * s(2 * z)", "from 0 to 2"),
            Mistake(f"{SIGMOID}\ndef tanh(z): return 2 * s(z / 2) - 1", "squeezed"),
            Mistake(f"{SIGMOID}\ndef tanh(z): return 1 - 2 * s(2 * z)", "upside down"),
            Mistake(f"{SIGMOID}\ndef tanh(z): return s(2 * z) - 0.5", "half as high"),
            Mistake("def tanh(z): return np.tanh(z)", "np.tanh itself"),
        ),
        noise=lambda rng: (lambda z: rng.normal(size=len(z)),),
    ),
    softmax=Exercise(
        grade_softmax,
        hints=(
            "Divide the scores by T, take exp of each, and divide by their sum.",
            "For large scores: z − z.max() first. Why does that change nothing else?",
        ),
        code="""
            def softmax(z, T):
                powers = np.exp((z - z.max()) / T)
                return powers / powers.sum()
        """,
        mistakes=(
            Mistake("def softmax(z, T): return np.exp(z / T)", "the sum is not 1"),
            Mistake("def softmax(z, T):\n p = np.exp(-z / T)\n return p / p.sum()", "turned round"),
            Mistake(
                "def softmax(z, T):\n p = np.exp(z / T - z.max())\n return p / p.sum()",
                "*before* dividing",
            ),
            Mistake(
                "def softmax(z, T):\n p = np.exp((z - abs(z).max()) / T)\n return p / p.sum()",
                "(-1000, -999)",
            ),
            Mistake(
                "def softmax(z, T):\n p = np.exp((z - z.mean()) / T)\n return p / p.sum()",
                "(2000, 0)",
            ),
            Mistake("def softmax(z, T):\n p = np.exp(z)\n return p / p.sum()", "T is not used"),
            Mistake("def softmax(z, T):\n p = np.exp(z) / T\n return p / p.sum()", "T is not used"),
            Mistake(
                "def softmax(z, T):\n p = np.exp(z)\n return p / p.sum() / T",
                "T belongs into the exponent",
            ),
            Mistake(
                "def softmax(z, T):\n p = np.exp(z * T)\n return p / p.sum()", "even the shares out"
            ),
            Mistake("def softmax(z, T): return z / z.sum()", "can be negative"),
            Mistake(
                "def softmax(z, T):\n with np.errstate(all='ignore'):\n  p = np.exp(z / T)\n  return p / p.sum()",
                "right for small scores",
            ),
        ),
        noise=lambda rng: (lambda z, _: rng.random(len(z)),),
    ),
    tower=Exercise(
        grade_tower,
        hints=(
            "A step σ(W x + b) stands where W x + b = 0. So b = −W · edge.",
            "Steepness 100: W = (100, 100), and b = (−100 · 0.2, −100 · 0.5).",
            "The first step gives 0.7, the second takes it away.",
        ),
        code="""
            W = np.array([100.0, 100.0])
            b = np.array([-20.0, -50.0])    # −100 · 0.2 and −100 · 0.5
            v = np.array([0.7, -0.7])
        """,
        mistakes=(
            Mistake(
                "W = np.array([100., 100.]); b = np.array([20., 50.]); v = np.array([.7, -.7])",
                "at −0.5 and −0.2",
            ),
            Mistake(
                "W = np.array([100., 100.]); b = np.array([-.2, -.5]); v = np.array([.7, -.7])",
                "without W",
            ),
            Mistake(
                "W = np.array([100., 100.]); b = np.array([-20., -50.]); v = np.array([.7, .7])",
                "take away",
            ),
            Mistake(
                "W = np.array([100., 100.]); b = np.array([-20., -50.]); v = np.array([-.7, .7])",
                "swapped",
            ),
            Mistake(
                "W = np.array([10., 10.]); b = np.array([-2., -5.]); v = np.array([.7, -.7])",
                "too soft",
            ),
            Mistake(
                "W = np.array([100., 100.]); b = np.array([-20., -50.]); v = np.array([1., -1.])",
                "0.7 is wanted",
            ),
            Mistake(
                "W = np.array([100., 100.]); b = np.array([-30., -50.]); v = np.array([.7, -.7])",
                "stand at x = 0.30",
            ),
            Mistake(
                "W = np.array([100., 100.]); b = np.array([-20., -50.]); v = np.array([.7, -.62])",
                "left over",
            ),
            Mistake(
                "W = np.array([50., 50.]); b = np.array([-10., -25.]); v = np.array([.7, -.7])",
                "too soft",
            ),
            Mistake("W = np.zeros(2); b = np.zeros(2); v = np.ones(2)", "flat line"),
        ),
        noise=lambda rng: tuple(rng.normal(size=(3, 2))),
    ),
    break_it=Exercise(
        grade_break_it,
        hints=(
            "Take f, d = ex.SUSPECTS[name], some z on both sides of 0, a = f(z), and compare d(z, a) with a nudge.",
            "A nudge is (f(z + h) − f(z − h)) / 2h, with h = 1e-5.",
            "Do not nudge exactly at 0, where some of them have a corner.",
        ),
        code="""
            places = np.array([-2.0, -0.5, 0.5, 2.0])
            for suspect, (f, d) in ex.SUSPECTS.items():
                numeric = (f(places + 1e-5) - f(places - 1e-5)) / 2e-5
                wrong = np.abs(d(places, f(places)) - numeric) > 1e-4
                if wrong.any():
                    name, z = suspect, places[wrong][0]
        """,
        mistakes=(
            Mistake('name, z = "elu", 1.0', "the right suspect"),
            Mistake('name, z = "leaky_relu", -1.0', "innocent"),
            Mistake('name, z = "relu", 0.0', "the corner"),
            Mistake('name, z = "tanh", 0.0', "innocent"),
            Mistake('name, z = "ELU", -1.0', "should be one of"),
        ),
        noise=lambda rng: (
            rng.choice(["sigmoid", "tanh", "relu", "leaky_relu"]).item(),
            rng.normal(),
        ),
    ),
    folds=Exercise(
        grade_folds,
        hints=("Pieces double with each layer: 2¹⁰ after ten.", "A bend lies between two pieces."),
        code="""
            neurons = 2**10 - 1
        """,
        mistakes=(
            Mistake("neurons = 1024", "counts the one at 0"),
            Mistake("neurons = 20", "the deep one"),
            Mistake("neurons = 512", "teeth"),
            Mistake("neurons = 1000", "1,024"),
            Mistake("neurons = 10", "number of layers"),
        ),
        noise=lambda rng: (rng.integers(2000, 5000),),
    ),
    wave=Exercise(
        grade_wave,
        hints=(
            "A ReLU neuron max(0, x − k) bends at k; with W = −1 and b = k it bends there too, and is on to the left.",
            "Given the bends, the best v and d are least squares: np.linalg.lstsq of the hidden columns and a 1.",
            "A wave is nearly straight where it crosses 0, and bends most at its top: put the bends there.",
        ),
        code="""
            bends = np.array([0.187, 0.326, 0.669, 0.808])
            W = np.array([-1.0, -1.0, 1.0, -1.0])
            b = -W * bends
            x = np.linspace(0, 1, 201)
            columns = np.column_stack([np.maximum(x[:, None] * W + b, 0), np.ones(201)])
            *v, d = np.linalg.lstsq(columns, np.sin(2 * np.pi * x))[0]
        """,
        mistakes=(
            Mistake(
                "W = np.ones(2); b = -np.array([0, .5]); v = np.array([2., -4.]); d = 0.0",
                "it is off by",
            ),
            Mistake(
                "W = np.ones(3); b = np.ones(2); v = np.ones(3); d = 0.0",
                "b should be of shape (3,)",
            ),
            Mistake("W = []; b = []; v = []; d = 0.0", "one weight for each hidden neuron"),
        ),
        noise=lambda rng: (*rng.normal(size=(3, 6)), rng.normal()),
    ),
)

check, hint, solution = chapter.check, chapter.hint, chapter.solution
