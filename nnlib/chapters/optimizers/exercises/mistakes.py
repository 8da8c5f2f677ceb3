"""The known wrong answers of chapter 08: code that makes each, and words that the reply must then contain."""

from nnlib.chapters.kit.exercise import Mistake

MOMENTUM = "def momentum_step(w, v, g, rate, momentum):\n    "
ADAGRAD = "def adagrad_step(k, g, rate): return "
ADAM = "def adam_step(w, m, s, g, t, rate, beta1=0.9, beta2=0.999, epsilon=1e-8):\n    "
MEANS = ADAM + "m, s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g * g\n    "
STEP = "\n    return w - rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s"
HATS = MEANS + "m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)\n    "
NEWTON = "def newton_step(w, gradient, hessian): return "
RATE = """
def rate(k, top, end, warm, steps):
    up, share = (k + 1) / (warm + 1), min((k - warm) / steps, 1)
    wave, line = (1 + np.cos(np.pi * share)) / 2, 1 - share
    """
RIGHT = 'right = "Nesterov"; wrong = '
MAKE = "from nnlib.optimizers import *\ndef make(parameters): return "

MISTAKES: dict[str, tuple[Mistake, ...]] = {
    "momentum_step": (
        Mistake(MOMENTUM + "v = momentum * v + rate * g\n    return w + v, v", "goes uphill"),
        Mistake(MOMENTUM + "v = momentum * v - rate * g\n    return w - v, v", "not w − v"),
        Mistake(MOMENTUM + "return w + v, momentum * v - rate * g", "the old one"),
        Mistake(
            MOMENTUM + "v = momentum * v - rate * g\n    return w + rate * v, v",
            "η is in v already",
        ),
        Mistake(
            MOMENTUM + "v = momentum * v - rate * g\n    return w - rate * g, v", "does not use it"
        ),
        Mistake(
            MOMENTUM + "v = momentum * v - rate * g\n    return v, w + v", "in the other order"
        ),
        Mistake(MOMENTUM + "v = momentum * v - rate * g\n    return v, v", "not a place"),
        Mistake(MOMENTUM + "v = momentum * v - rate * g\n    return w, v", "w has not moved"),
        Mistake(MOMENTUM + "v = momentum * v - rate * g\n    return w + v", "2 arrays are wanted"),
        Mistake(
            MOMENTUM + "v = momentum * v - (1 - momentum) * rate * g\n    return w + v, v",
            "factor 1 − α",
        ),
        Mistake(MOMENTUM + "v = momentum * v + g\n    return w - rate * v, v", "Here η g is in v"),
        Mistake(MOMENTUM + "v = -rate * g\n    return w + v, v", "that is SGD"),
        Mistake(
            MOMENTUM + "v = momentum * v - rate * g\n    return w + momentum * v - rate * g, v",
            "as Nesterov does",
        ),
        Mistake(MOMENTUM + "v = v - rate * g\n    return w + v, v", "α is missing"),
        Mistake(MOMENTUM + "v = momentum * v - g\n    return w + v, v", "η is missing"),
        Mistake(MOMENTUM + "v = rate * v - momentum * g\n    return w + v, v", "are swapped"),
        Mistake(MOMENTUM + "v = momentum * (v - rate * g)\n    return w + v, v", "the old v alone"),
        Mistake(
            MOMENTUM + "v = momentum * v - rate * g\n    return w + 2 * v, v", "by nothing else"
        ),
        Mistake(
            MOMENTUM + "v *= momentum\n    v -= rate * g\n    return w + v, v", "changes the array"
        ),
        Mistake(
            MOMENTUM + "v = momentum * v - rate * g\n    w += v\n    return w, v",
            "changes the array",
        ),
    ),
    "speed": (
        Mistake("speed, steps = 0.01, 22", "the first step"),
        Mistake("speed, steps = 0.009, 22", "α η"),
        Mistake("speed, steps = 0.0111, 22", "divided by α"),
        Mistake("speed, steps = 0.01 / 1.9, 22", "divided by 1 + α"),
        Mistake("speed, steps = 0.001, 22", "instead of divided"),
        Mistake("speed, steps = 10, 22", "the number of times"),
        Mistake("speed, steps = 1, 22", "without η and α"),
        Mistake("speed, steps = 0.1, 21", "just short"),
        Mistake("speed, steps = 0.1, 21.854", "round up"),
        Mistake("speed, steps = 0.1, 10", "65 %"),
        Mistake("speed, steps = 0.1, 9", "61 %"),
        Mistake("speed, steps = 0.1, 1", "a tenth of it"),
        Mistake("speed, steps = 0.1, 44", "Nine tenths"),
        Mistake("speed, steps = 0.1, 23", "one too many"),
    ),
    "adagrad_step": (
        Mistake(ADAGRAD + "rate / k", "√k, not k"),
        Mistake(ADAGRAD + "rate", "does not depend on k"),
        Mistake(ADAGRAD + "rate * np.sqrt(k)", "instead of divided"),
        Mistake(ADAGRAD + "rate / np.sqrt(k + 1)", "not k + 1"),
        Mistake(ADAGRAD + "rate / np.sqrt(k - 1)", "not k − 1"),
        Mistake(
            "def adagrad_step(k, g, rate): return rate / np.sqrt(np.float64(k - 1)) if k < 2 else rate / k**0.5",
            "is infinite",
        ),
        Mistake(ADAGRAD + "-rate / np.sqrt(k)", "the size of a step"),
        Mistake(ADAGRAD + "-rate * g / np.sqrt(k * g**2)", "the size of a step"),
        Mistake(ADAGRAD + "rate * g / np.sqrt(k * g**2)", "the size of a step"),
        Mistake(ADAGRAD + "rate * g / (k * g**2)", "the root is missing"),
        Mistake(ADAGRAD + "rate * abs(g) / (k * g**2)", "the root is missing"),
        Mistake(ADAGRAD + "rate * g / np.sqrt(k)", "still depends on g"),
        Mistake(ADAGRAD + "rate * abs(g) / k", "still depends on g"),
        Mistake(ADAGRAD + "rate / np.sqrt(k * g**2)", "the g above is missing"),
        Mistake(ADAGRAD + "rate * g", "SGD's step"),
        Mistake(ADAGRAD + "rate * g / np.sqrt(k * abs(g))", "adds up squares"),
    ),
    "adam_step": (
        Mistake(MEANS + "m_hat, s_hat = m, s" + STEP, "m̂ = m/(1 − β₁ᵗ) is missing"),
        Mistake(
            MEANS + "m_hat, s_hat = m / (1 - beta1**(t - 1)), s / (1 - beta2**(t - 1))" + STEP,
            "not βᵗ⁻¹",
        ),
        Mistake(
            MEANS
            + "u = max(t - 1, 3 * (t > 1))\n    m_hat, s_hat = m / (1 - beta1**u), s / (1 - beta2**u)"
            + STEP,
            "at t = 1 it is infinite",
        ),
        Mistake(
            MEANS + "m_hat, s_hat = m / (1 - beta1**(t + 1)), s / (1 - beta2**(t + 1))" + STEP,
            "not βᵗ⁺¹",
        ),
        Mistake(
            MEANS + "m_hat, s_hat = m * (1 - beta1**t), s * (1 - beta2**t)" + STEP,
            "too small: divide",
        ),
        Mistake(
            MEANS + "m_hat, s_hat = m / (1 - beta1 * t), s / (1 - beta2 * t)" + STEP,
            "is 1 - beta**t",
        ),
        Mistake(
            MEANS + "m_hat, s_hat = m / (1 - beta1), s / (1 - beta2)" + STEP, "1 − βᵗ, not 1 − β"
        ),
        Mistake(MEANS + "m_hat, s_hat = m / (1 - beta1**t), s" + STEP, "s is not"),
        Mistake(MEANS + "m_hat, s_hat = m, s / (1 - beta2**t)" + STEP, "m is not"),
        Mistake(
            MEANS + "m, s = m / (1 - beta1**t), s / (1 - beta2**t)\n    m_hat, s_hat = m, s" + STEP,
            "uncorrected",
        ),
        Mistake(HATS + "return w + rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s", "uphill"),
        Mistake(HATS + "return w, m, s", "w has not moved"),
        Mistake(
            HATS + "return w - rate * g / (np.sqrt(s_hat) + epsilon), m, s", "made of m̂, not of g"
        ),
        Mistake(
            HATS + "return w - rate * m_hat / (np.sqrt(s_hat) + epsilon), s, m", "in another order"
        ),
        Mistake(
            HATS + "return m, s, w - rate * m_hat / (np.sqrt(s_hat) + epsilon)", "in another order"
        ),
        Mistake(
            HATS + "return w - rate * m_hat / (np.sqrt(s_hat) + epsilon)", "3 arrays are wanted"
        ),
        Mistake(
            HATS + "return w - rate * m_hat / np.sqrt(s_hat + epsilon), m, s", "inside the root"
        ),
        Mistake(HATS + "return w - rate * m_hat / np.sqrt(s_hat), m, s", "ε is missing"),
        Mistake(
            HATS + "return w - rate * (m_hat / np.sqrt(s_hat) + epsilon), m, s", "or the brackets"
        ),
        Mistake(
            HATS + "return w - rate * m_hat / np.sqrt(s_hat) + epsilon, m, s", "or the brackets"
        ),
        Mistake(HATS + "return w - m_hat / (np.sqrt(s_hat) + epsilon), m, s", "η is missing"),
        Mistake(
            ADAM + "m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)\n    "
            "m, s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g * g" + STEP,
            "the old ones",
        ),
        Mistake(
            MEANS + "m_hat, s_hat = m / (1 - beta1)**t, s / (1 - beta2)**t" + STEP, "not (1 − β)ᵗ"
        ),
        Mistake(
            MEANS + "m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta1**t)" + STEP, "β₁ is in both"
        ),
        Mistake(
            MEANS + "m_hat, s_hat = m / (1 - beta2**t), s / (1 - beta2**t)" + STEP, "β₂ is in both"
        ),
        Mistake(
            HATS + "n = np.sqrt(1 - beta2**t) / (1 - beta1**t)\n    "
            "return w - rate * n * m / (np.sqrt(s) + epsilon), m, s",
            "shorter form",
        ),
        Mistake(HATS + "return w - rate * m_hat / (s_hat + epsilon), m, s", "the root is missing"),
        Mistake(HATS.replace("g * g", "g") + STEP, "takes g"),
        Mistake(HATS.replace("g * g", "abs(g)") + STEP, "takes |g|"),
        Mistake(
            HATS.replace("(1 - beta1) * g", "g").replace("(1 - beta2) * g", "g") + STEP,
            "means, not sums",
        ),
        Mistake(
            HATS.replace("(1 - beta1)", "beta1").replace("(1 - beta2)", "beta2") + STEP, "β twice"
        ),
        Mistake(
            HATS.replace("=0.9,", "=0.999,").replace("=0.999, e", "=0.9, e") + STEP, "are swapped"
        ),
        Mistake(
            ADAM + "m *= beta1\n    m += (1 - beta1) * g\n    return w, m, s", "changes the array"
        ),
    ),
    "newton_step": (
        Mistake(NEWTON + "w - abs(np.linalg.solve(hessian, gradient))", "its signs say"),
        Mistake(NEWTON + "w - hessian @ gradient", "do not multiply"),
        Mistake(NEWTON + "w + hessian @ gradient", "and uphill"),
        Mistake(NEWTON + "w + np.linalg.solve(hessian, gradient)", "the sign"),
        Mistake(NEWTON + "-np.linalg.solve(hessian, gradient)", "add it to w"),
        Mistake(NEWTON + "np.linalg.solve(hessian, gradient)", "w minus that"),
        Mistake(NEWTON + "w - gradient / hessian", "number by number"),
        Mistake(NEWTON + "w - np.linalg.inv(hessian) * gradient", "number by number"),
        Mistake(NEWTON + "w - (1 / hessian) @ gradient", "not the inverse"),
        Mistake(NEWTON + "w - gradient / np.diag(hessian)", "the diagonal alone"),
        Mistake(NEWTON + "w - gradient", "H is not used"),
        Mistake(NEWTON + "w - np.linalg.solve(hessian, w)", "not to w"),
        Mistake(NEWTON + "w - gradient / np.linalg.norm(hessian)", "size of H"),
        Mistake(NEWTON + "w - gradient / np.linalg.det(hessian)", "determinant"),
        Mistake(NEWTON + "w - np.linalg.solve(hessian, gradient) / 2", "half of the step"),
        Mistake(
            "def newton_step(w, g, h):\n    w -= np.linalg.solve(h, g)\n    return w",
            "changes the array",
        ),
        Mistake(NEWTON + "w - np.linalg.solve(abs(hessian), gradient)", "is H times"),
    ),
    "schedule": (
        Mistake(
            RATE + "share = (k - warm) / steps\n    wave = (1 + np.cos(np.pi * share)) / 2\n"
            "    return top * up if k < warm else end + (top - end) * wave",
            "rises again",
        ),
        Mistake(
            RATE + "return top * up if k < warm else top + (end - top) * (k - warm) / steps",
            "below 0",
        ),
        Mistake(RATE + "return top * up if k < warm else end + (top - end) * line", "a line down"),
        Mistake(
            RATE + "return top * k / warm if k < warm else end + (top - end) * wave", "goes nowhere"
        ),
        Mistake(
            RATE + "return top * k / (warm + 1) if k < warm else end + (top - end) * wave",
            "goes nowhere",
        ),
        Mistake(
            RATE + "return top * (k + 1) / warm if k < warm else end + (top - end) * wave",
            "one step early",
        ),
        Mistake(
            RATE + "return top if k < warm else end + (top - end) * wave", "warm-up is missing"
        ),
        Mistake(
            RATE.replace("k - warm", "k")
            + "return top * up if k < warm else end + (top - end) * wave",
            "clock",
        ),
        Mistake(
            RATE.replace("k - warm", "k - warm + 1")
            + "return top * up if k < warm else end + (top - end) * wave",
            "one off at the joint",
        ),
        Mistake(
            RATE.replace("/ steps", "/ (steps - warm)")
            + "return top * up if k < warm else end + (top - end) * wave",
            "the way down alone",
        ),
        Mistake(
            RATE + "return top * up if k < warm else end + (top - end) * 2 * wave", "is missing"
        ),
        Mistake(
            RATE.replace("np.pi", "2 * np.pi")
            + "return top * up if k < warm else end + (top - end) * wave",
            "a whole wave",
        ),
        Mistake(
            RATE.replace("np.pi * ", "")
            + "return top * up if k < warm else end + (top - end) * wave",
            "π is missing",
        ),
        Mistake(
            RATE.replace("np.pi", "np.pi / 2")
            + "return top * up if k < warm else end + (top - end) * wave",
            "a quarter",
        ),
        Mistake(
            RATE + "return top * up if k < warm else end + (top - end) * np.cos(np.pi / 2 * share)",
            "cos(π/2",
        ),
        Mistake(
            RATE
            + "if k > warm + steps: return 0.0\n    return top * up if k < warm else end + (top - end) * wave",
            "after the way down",
        ),
        Mistake(
            RATE
            + "if k >= warm + steps: return 0.0\n    return top * up if k < warm else end + (top - end) * wave",
            "after the way down",
        ),
        Mistake(
            RATE.replace("1 + np.cos", "1 - np.cos")
            + "return top * up if k < warm else end + (top - end) * wave",
            "the wave goes up",
        ),
        Mistake(
            RATE + "return top * up if k < warm else end + (top - end) * (2 * wave - 1)",
            "from 1 to −1",
        ),
        Mistake(RATE + "return top * up if k < warm else top * wave", "it should fall to end"),
        Mistake(
            RATE + "return top * up if k < warm else end + top * wave", "top − end is its height"
        ),
        Mistake(RATE + "return end * up if k < warm else top + (end - top) * wave", "are swapped"),
        Mistake(
            RATE + "return top * up if k < warm else end + (top - end) * wave**2", "on the way down"
        ),
    ),
    "break_it": (
        Mistake('right = "Adam"; wrong = {}', "Adam leaves the path"),
        Mistake('right = "SGD"; wrong = {}', "right should be"),
        Mistake(
            RIGHT + '{"Momentum": "uphill", "RMSProp": "sums", "Adam": "never counts"}',
            "Momentum has another",
        ),
        Mistake(
            RIGHT + '{"Momentum": "forgets", "RMSProp": "forgets", "Adam": "sums"}',
            "RMSProp has another",
        ),
        Mistake(
            RIGHT + '{"Momentum": "forgets", "RMSProp": "sums", "Adam": "forgets"}',
            "Adam has another",
        ),
        Mistake(RIGHT + '{"Momentum": "sign", "RMSProp": "sums", "Adam": "forgets"}', "a fault is"),
        Mistake(RIGHT + '{"Momentum": "forgets"}', "wrong should be"),
    ),
    "race": (
        Mistake(MAKE + "SGD(parameters, 0.044)", "SGD leaves 0.02 at best"),
        Mistake(MAKE + "SGD(parameters, 0.1)", "runs away to infinity"),
        Mistake(MAKE + "Adam(parameters)", "is wanted from both"),
        Mistake(MAKE + "AdaGrad(parameters, 1.3)", "is wanted from both"),
        Mistake(
            "from nnlib.landscapes import Rosenbrock\n"
            + MAKE
            + "Newton(parameters, lambda: Rosenbrock().hessian(parameters[0].value))",
            "Newton would win",
        ),
        Mistake(
            "from nnlib.optimizers import SGD\nfrom nnlib.parameter import Parameter\n"
            "def make(parameters): return SGD([Parameter(np.ones(2), 'v')])",
            "the first step moves nothing",
        ),
        Mistake("def make(parameters): return 'Adam'", "should return an optimizer, as"),
        Mistake("def make(parameters): print(parameters)", "returns nothing"),
    ),
}
