"""Exercise 2 of chapter 09: how many numbers a recurrent network learns, parameters(time, n_in, n_hidden, n_out)."""

from nnlib.chapters.kit.exercise import Exercise, Mistakes
from nnlib.chapters.kit.grading import brief, called, grade_function


def parameters(time, n_in, n_hidden, n_out):
    loop = n_in * n_hidden + n_hidden * n_hidden + n_hidden
    output = n_hidden * n_out + n_out
    return loop + output


SHARED = (
    "the same weights serve at every step: a sequence twice as long needs no more of them. time "
    "should not be in it."
)
WRONG: Mistakes = {
    SHARED: (
        lambda time, i, h, o: time * parameters(time, i, h, o),
        lambda time, i, h, o: time * (i * h + h * h + h) + h * o + o,
        lambda time, i, h, o: i * h + h * h + h + time * (h * o + o),
        lambda time, i, h, o: time * i * h + h * h + h + h * o + o,
        lambda time, i, h, o: time * i * h + h + h * o + o,
        lambda time, i, h, o: i * h + h * h + h + time * h * o + o,
        lambda time, i, h, o: i * h + (time - 1) * h * h + h + h * o + o,
        lambda time, i, h, o: i * h + time * h * h + h + h * o + o,
    ),
    "the loop is missing: W_h has n_hidden · n_hidden numbers.": (
        lambda time, i, h, o: i * h + h + h * o + o
    ),
    "each hidden neuron hears all of them, not itself alone: W_h has n_hidden rows of n_hidden.": (
        lambda time, i, h, o: i * h + h + h + h * o + o
    ),
    "the biases are missing, b and that of the output.": lambda time, i, h, o: (
        i * h + h * h + h * o
    ),
    "the bias of the output is missing.": lambda time, i, h, o: i * h + h * h + h + h * o,
    "the bias b of the loop is missing.": lambda time, i, h, o: i * h + h * h + h * o + o,
    "not one bias for each layer, but one for each neuron.": (
        lambda time, i, h, o: i * h + h * h + 1 + h * o + 1
    ),
    "that is the recurrent layer; the output layer learns too.": (
        lambda time, i, h, o: i * h + h * h + h
    ),
    "W_x is missing.": lambda time, i, h, o: h * h + h + h * o + o,
    "n_hidden too many. h_0 is zeros and not learnt, and one b is enough for the sum of two "
    "products (PyTorch's RNN has two).": lambda time, i, h, o: parameters(time, i, h, o) + h,
    "the output layer reads the state, not x: n_hidden · n_out.": (
        lambda time, i, h, o: i * h + h * h + h + i * o + o
    ),
    "that is a GRU's, which has gates; the plain layer is asked for.": (
        lambda time, i, h, o: 3 * (i * h + h * h + h) + h + h * o + o
    ),
}


def otherwise(case, got, right):
    asked = called(parameters, case)
    return f"{asked} should be {right}, but it is {brief(got)}: count on paper."


exercise = Exercise(
    names=("parameters",),
    grade=grade_function(
        parameters,
        [(8, 3, 5, 7), (8, 1, 12, 1), (40, 39, 64, 39), (3, 4, 1, 6)],
        WRONG,
        otherwise=otherwise,
        praise="however long the sequence is. A GRU layer has three times W_x, W_h and b, and "
        "n_hidden more.",
    ),
    hints=(
        "Three arrays in the recurrent layer: W_x (n_in, n_hidden), W_h (n_hidden, n_hidden), b.",
        "The output layer is a Dense layer from n_hidden to n_out. How many steps there are does "
        "not matter.",
    ),
    solution=parameters,
    wrong=WRONG,
    noise=lambda rng: (lambda *_: rng.normal(),),
)
