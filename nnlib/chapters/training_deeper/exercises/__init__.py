"""The exercises of chapter 05b, in the order of the chapter: hints, solutions and the mistakes that are known."""

from nnlib.chapters.kit.exercise import Chapter, Exercise, Mistake
from nnlib.chapters.training_deeper.exercises.graders import (
    SUSPECTS,
    grade_break_it,
    grade_clueless,
    grade_deepest,
    grade_first_slope,
    grade_parameters,
    grade_start,
    grade_starts,
    grade_times,
)

__all__ = ["SUSPECTS", "chapter", "check", "hint", "solution"]

CLUELESS = "def clueless(classes): return "
START = "def start(n_in, n_out, rng): return "
CHAIN = """
def first_slope(w, b, x):
    slope, a = 1.0, x
    s = lambda z: 1 / (1 + np.exp(-z))
    outputs = []
    for weight, bias in zip(w, b):
        a = s(weight * a + bias)
        outputs.append(a)
    o = np.array(outputs)
    return """
COUNT = "def parameters(w):\n pairs = list(zip(w, w[1:]))\n return "

chapter = Chapter(
    times=Exercise(
        grade_times,
        hints=(
            "δ is a with cross-entropy, and a · σ′(z) with the quadratic cost.",
            "What is left is 1/σ′(5).",
        ),
        code="""
            a = 1 / (1 + np.exp(-5))
            times = 1 / (a * (1 - a))
        """,
        mistakes=(
            Mistake("times = 0.006648", "Turn it over"),
            Mistake("times = 0.99331", "Divide it by the other one"),
            Mistake("times = 0.0066037", "fits into the other"),
            Mistake("times = 151.425", "the a cancels"),
            Mistake("times = 1.006738", "only a is left"),
            Mistake("times = 149.413", "divides by 1 − a alone"),
        ),
        noise=lambda rng: (rng.uniform(2, 100),),
    ),
    clueless=Exercise(
        grade_clueless,
        hints=("Each class gets the share 1/C, the right one too.", "−ln(1/C)."),
        code="""
            def clueless(classes):
                return np.log(classes)
        """,
        mistakes=(
            Mistake(CLUELESS + "np.log2(classes)", "log₂"),
            Mistake(CLUELESS + "np.log10(classes)", "log₁₀"),
            Mistake(CLUELESS + "np.log(1 / classes)", "the sign"),
            Mistake(CLUELESS + "np.log(classes) / classes", "no division by C"),
            Mistake(CLUELESS + "classes * np.log(classes)", "one term, not C"),
            Mistake(CLUELESS + "1 / classes", "minus its logarithm"),
            Mistake(CLUELESS + "1 - 1 / classes", "0-1 loss"),
            Mistake(CLUELESS + "round(np.log(classes), 2)", "Do not round"),
        ),
        noise=lambda rng: (lambda _: rng.normal(),),
    ),
    start=Exercise(
        grade_start,
        hints=(
            "z adds up n_in products; variances of independent terms add.",
            "rng.standard_normal((n_in, n_out)) has variance 1. Divided by c, it has variance 1/c².",
        ),
        code="""
            def start(n_in, n_out, rng):
                return rng.standard_normal((n_in, n_out)) / np.sqrt(n_in)
        """,
        mistakes=(
            Mistake(START + "rng.standard_normal((n_in, n_out))", "z would spread by √n_in"),
            Mistake(
                START + "rng.standard_normal((n_in, n_out)) / n_in",
                "divided the standard deviation",
            ),
            Mistake(
                START + "rng.standard_normal((n_in, n_out)) / np.sqrt(n_out)", "not that of outputs"
            ),
            Mistake(START + "rng.standard_normal((n_in, n_out)) * np.sqrt(2 / n_in)", "He's start"),
            Mistake(
                START + "rng.standard_normal((n_in, n_out)) * np.sqrt(2 / (n_in + n_out))",
                "Glorot's start",
            ),
            Mistake(
                START + "rng.standard_normal((n_in, n_out)) * np.sqrt(n_in)", "instead of divided"
            ),
            Mistake(START + "np.zeros((n_in, n_out))", "all neurons (columns)"),
            Mistake(START + "rng.random((n_in, n_out)) / np.sqrt(n_in)", "mean is not 0"),
            Mistake(
                START + "rng.uniform(-1, 1, (n_in, n_out)) * np.sqrt(3 / n_in)",
                "normal distribution is wanted",
            ),
            Mistake(START + "rng.normal(0, 0.05, (n_in, n_out))", "with 100 inputs"),
            Mistake(
                START + "rng.normal(0, n_in**-0.5, (n_in, 1)) * np.ones((1, n_out))",
                "all neurons (columns)",
            ),
            Mistake(
                START + "rng.normal(0, n_in**-0.5, (1, n_out)) * np.ones((n_in, 1))",
                "for all of its inputs",
            ),
            Mistake(
                START + "rng.laplace(0, (2 * n_in) ** -0.5, (n_in, n_out))",
                "normal distribution is wanted",
            ),
            Mistake(
                START + "np.random.default_rng(0).standard_normal((n_in, n_out)) / np.sqrt(n_in)",
                "same seed, same weights",
            ),
            Mistake(
                START + "np.random.default_rng().normal(0, n_in**-0.5, (n_in, n_out))",
                "same seed, same weights",
            ),
            Mistake(
                START + "rng.standard_normal((n_out, n_in)) / np.sqrt(n_in)", "has shape (50, 400)"
            ),
        ),
        noise=lambda rng: (
            lambda n_in, n_out, _: rng.uniform(2, 9) * rng.standard_normal((n_in, n_out)),
        ),
    ),
    first_slope=Exercise(
        grade_first_slope,
        hints=(
            "Go forward first and keep every a; σ′(z) is a (1 − a).",
            "np.prod(w[1:]) times the product of all a (1 − a) times x.",
        ),
        code="""
            def first_slope(w, b, x):
                slope, a = x, x
                for weight, bias in zip(w, b, strict=True):
                    a = 1 / (1 + np.exp(-(weight * a + bias)))
                    slope = slope * weight * a * (1 - a)
                return slope / w[0]
        """,
        mistakes=(
            Mistake(CHAIN + "np.prod(w[1:]) * np.prod(o * (1 - o))", "the x is missing"),
            Mistake(CHAIN + "np.prod(w) * np.prod(o * (1 - o)) * x", "w₁ itself is not a factor"),
            Mistake(CHAIN + "np.prod(w) * np.prod(o * (1 - o))", "the slope by x"),
            Mistake(CHAIN + "np.prod(w[1:]) * x", "slopes of the sigmoids are missing"),
            Mistake(CHAIN + "np.prod(o * (1 - o)) * x", "weights w₂"),
            Mistake(CHAIN + "np.prod(w[1:]) * np.prod((o * (1 - o))[:-1]) * x", "last neuron's σ′"),
            Mistake(CHAIN + "np.prod(w[1:]) * np.prod((o * (1 - o))[1:]) * x", "first neuron's σ′"),
            Mistake(CHAIN + "o[-1]", "a_L itself"),
            Mistake(CHAIN + "np.prod(w[1:]) * np.prod(o) * x", "a alone"),
            Mistake(CHAIN + "np.prod(w[1:]) * np.prod(s(o) * (1 - s(o))) * x", "a is σ(z) already"),
            Mistake(CHAIN + "np.prod(w[:-1]) * np.prod(o * (1 - o)) * x", "not the last weight"),
            Mistake(
                CHAIN.replace("+ bias", "") + "np.prod(w[1:]) * np.prod(o * (1 - o)) * x",
                "biases are missing",
            ),
            Mistake(
                CHAIN.replace("* a", "* x") + "np.prod(w[1:]) * np.prod(o * (1 - o)) * x",
                "only the first neuron",
            ),
        ),
        noise=lambda rng: (lambda *_: rng.normal(),),
    ),
    starts=Exercise(
        grade_starts,
        hints=("The chance that all k fail is 0.9^k.", "ln 0.05 / ln 0.9, rounded up."),
        code="""
            starts = int(np.ceil(np.log(0.05) / np.log(0.9)))
        """,
        mistakes=(
            Mistake("starts = 28", "just short"),
            Mistake("starts = np.log(0.05) / np.log(0.9)", "round up"),
            Mistake("starts = 10", "65 %"),
            Mistake("starts = 9.5", "do not add up"),
            Mistake("starts = 2", "nine in ten"),
            Mistake("starts = 40", "more than are needed"),
        ),
        noise=lambda rng: (int(rng.integers(30, 500)),),
    ),
    parameters=Exercise(
        grade_parameters,
        hints=(
            "A layer from d_in to d_out has d_in · d_out weights and d_out biases.",
            "Layer i leads from widths[i] to widths[i + 1].",
        ),
        code="""
            def parameters(widths):
                return sum((widths[i] + 1) * widths[i + 1] for i in range(len(widths) - 1))
        """,
        mistakes=(
            Mistake(COUNT + "sum(i * o for i, o in pairs)", "has a bias too"),
            Mistake(COUNT + "sum(i * o for i, o in pairs) + sum(w)", "inputs have no bias"),
            Mistake(COUNT + "sum(i * (o + 1) for i, o in pairs)", "not to its inputs"),
            Mistake(COUNT + "sum(i * o + 1 for i, o in pairs)", "one for each neuron"),
            Mistake(COUNT + "sum(i * o for i, o in pairs) + sum(w[1:-1])", "outputs have biases"),
            Mistake(COUNT + "sum(i * o for i, o in pairs) + 1", "one bias in all"),
            Mistake(COUNT + "sum((i + 1) * (o + 1) for i, o in pairs)", "a weight more"),
            Mistake(COUNT + "int(np.prod(w))", "two neighbours only"),
        ),
        noise=lambda rng: (lambda _: int(rng.integers(1, 100)),),
    ),
    break_it=Exercise(
        grade_break_it,
        hints=(
            "ladder = climb(network, SoftmaxCrossEntropy(), train, learning_rate=0.1, rng=rng); print(ladder).",
            "The last line that it prints has the rung, and what was seen there.",
        ),
        code="""
            fine = "third"
            rungs = {"first": "handful", "second": "gradient", "fourth": "start"}
        """,
        mistakes=(
            Mistake('fine = "second"; rungs = {}', "does not reach the top"),
            Mistake('fine = "fifth"; rungs = {}', "fine should be"),
            Mistake('fine = "third"; rungs = {"first": "handful"}', "rungs should be"),
            Mistake(
                'fine = "third"; rungs = {"first": "start", "second": "gradient", "fourth": "handful"}',
                "look how small it is",
            ),
            Mistake(
                'fine = "third"; rungs = {"first": "handful", "second": "handful", "fourth": "start"}',
                "Compare its backward",
            ),
            Mistake(
                'fine = "third"; rungs = {"first": "handful", "second": "gradient", "fourth": "handful"}',
                "beside ln 10",
            ),
            Mistake(
                'fine = "third"; rungs = {"first": "top", "second": "gradient", "fourth": "handful"}',
                "a rung is",
            ),
        ),
        noise=lambda rng: (rng.choice(["first", "second", "fourth"]).item(), {"third": "start"}),
    ),
    deepest=Exercise(
        grade_deepest,
        hints=(
            "tanh with a scaled start, or ReLU with He's; then try rates between 0.01 and 0.1.",
            "The deeper, the smaller η: 0.03 is a place to begin.",
        ),
        code="""
            layers = 12
            activation = "tanh"
            start_name = "scaled, N(0, 1/d)"
            learning_rate = 0.03
        """,
        mistakes=(
            Mistake(
                'layers, activation, start_name, learning_rate = 8, "sigmoid", "Glorot", 0.1',
                "it fades",
            ),
            Mistake(
                'layers, activation, start_name, learning_rate = 8, "tanh", "N(0, 1)", 0.0001',
                "another start, or",
            ),
            Mistake(
                'layers, activation, start_name, learning_rate = 6, "tanh", "Glorot", 0.1',
                "from 8 to 40",
            ),
            Mistake(
                'layers, activation, start_name, learning_rate = 8, "Tanh", "Glorot", 0.1',
                "one of 'sigmoid'",
            ),
            Mistake(
                'layers, activation, start_name, learning_rate = 8, "tanh", "zeros", 0.1',
                "start_name should be",
            ),
            Mistake(
                'layers, activation, start_name, learning_rate = 8, "tanh", "Glorot", 0', "above 0"
            ),
        ),
        noise=lambda rng: (int(rng.integers(8, 12)), "sigmoid", "Glorot", rng.uniform(0.001, 0.01)),
    ),
)

check, hint, solution = chapter.check, chapter.hint, chapter.solution
