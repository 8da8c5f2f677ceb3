"""The exercises of chapter 06, in the order of the chapter: hints, solutions and the mistakes that are known."""

import numpy as np

from nnlib.chapters.convolutional_networks.exercises.graders import (
    EXAMPLE,
    SUSPECTS,
    grade_break_it,
    grade_correlate,
    grade_edge,
    grade_field,
    grade_lenet,
    grade_output_size,
    grade_parameters,
    grade_pool_back,
)
from nnlib.chapters.kit.exercise import Chapter, Exercise, Mistake
from nnlib.layers import Dense, Flatten

__all__ = ["EXAMPLE", "SUSPECTS", "chapter", "check", "hint", "solution"]

PLACES = "def places(n, size, stride, padding): return "
CORRELATE = """
def correlate(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    result = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(result.shape):
        window = image[i:i + kh, j:j + kw]
        """
COUNT = "def parameters(c_in, c_out, size): return "
POOL_BACK = """
def pool_back(x, dy):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        window, d_window = (a[2 * i:2 * i + 2, 2 * j:2 * j + 2] for a in (x, dx))
        """
LAYERS = """
from nnlib.activations import ReLU, Softmax
from nnlib.convolution import Conv2D
from nnlib.layers import Dense, Flatten
from nnlib.pooling import MaxPool2D
def layers(rng):
    return """
RIGHT = 'right = "second"; wrong = '

chapter = Chapter(
    output_size=Exercise(
        grade_output_size,
        hints=(
            "With zeros on both sides there are n + 2 · padding pixels.",
            "The window can move on by n + 2 · padding − size pixels. How many steps of stride fit in?",
            "Round down with //; and the first place, before any step, counts too.",
        ),
        code="""
            def places(n, size, stride, padding):
                return (n + 2 * padding - size) // stride + 1
        """,
        mistakes=(
            Mistake(PLACES + "(n + padding - size) // stride + 1", "padding is on both sides"),
            Mistake(PLACES + "(n + 2 * padding - size) // stride", "one too few"),
            Mistake(
                PLACES + "(n + 2 * padding - size) // (stride + 1) + 1", "stride − 1 are left out"
            ),
            Mistake(PLACES + "-(-(n + 2 * padding - size) // stride) + 1", "rounded up"),
            Mistake(PLACES + "(n + 2 * padding - size) / stride + 1", "round down, with //"),
            Mistake(PLACES + "(n + 2 * padding + size) // stride + 1", "instead of − size"),
            Mistake(PLACES + "n + 2 * padding - size // stride + 1", "brackets"),
            Mistake(PLACES + "(n + 2 * padding) // stride", "fit in whole"),
            Mistake(PLACES + "(n - size) // stride + 1", "padding is missing"),
            Mistake(PLACES + "n + 2 * padding - size + 1", "stride is missing"),
            Mistake(PLACES + "(n + 2 * padding - size + 1) // stride", "behind the division"),
        ),
        noise=lambda rng: (lambda *_: rng.normal(),),
    ),
    correlate=Exercise(
        grade_correlate,
        hints=(
            "The result has h − kh + 1 rows and w − kw + 1 columns. Make it with np.zeros, and visit every i, j.",
            "At place i, j the kernel lies on image[i:i + kh, j:j + kw].",
            "Multiply that window by the kernel, number by number (*), and add up all with .sum().",
        ),
        code="""
            def correlate(image, kernel):
                h, w = image.shape
                kh, kw = kernel.shape
                result = np.zeros((h - kh + 1, w - kw + 1))
                for i in range(h - kh + 1):
                    for j in range(w - kw + 1):
                        window = image[i : i + kh, j : j + kw]
                        result[i, j] = (window * kernel).sum()
                return result
        """,
        mistakes=(
            Mistake(
                CORRELATE + "result[i, j] = (window * kernel[::-1, ::-1]).sum()\n    return result",
                "180°",
            ),
            Mistake(
                CORRELATE + "result[i, j] = (window * kernel.T).sum()\n    return result",
                "transposed",
            ),
            Mistake(
                CORRELATE + "result[i, j] = (window * kernel).sum()\n    return np.pad(result, 1)",
                "large as the image",
            ),
            Mistake(
                CORRELATE + "result[i, j] = (window * kernel).sum()\n    return result[:-1, :-1]",
                "one row and one",
            ),
            Mistake(
                CORRELATE + "result[i, j] = sum(window * kernel)\n    return result",
                "adds up the rows only",
            ),
            Mistake(
                CORRELATE
                + "window *= kernel\n        result[i, j] = window.sum()\n    return result",
                "changes the array",
            ),
            Mistake(
                CORRELATE + "result[i, j] = (window @ kernel).sum()\n    return result",
                "matrix product",
            ),
            Mistake(
                CORRELATE + "result[i, j] = (window * kernel).mean()\n    return result",
                "not their mean",
            ),
            Mistake(CORRELATE + "pass\n    return result", "zeros everywhere"),
            Mistake(CORRELATE + "return (window * kernel).sum()", "visit every place"),
        ),
        noise=lambda rng: (lambda *_: rng.normal(size=(5, 3)),),
    ),
    edge=Exercise(
        grade_edge,
        hints=(
            "Compare what is on the right with what is on the left: one with weights above 0, the other below.",
            "Each row should sum to 0, such as −1, 0, 1.",
        ),
        code="""
            kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
        """,
        mistakes=(
            Mistake("kernel = [[-1, 0, 2], [-1, 0, 2], [-1, 0, 2]]", "make that 0"),
            Mistake("kernel = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]", "*darker*"),
            Mistake("kernel = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]", "transpose it"),
            Mistake("kernel = np.zeros((3, 3))", "zeros find nothing"),
            Mistake("kernel = [-1, 0, 1]", "of shape (3, 3)"),
            Mistake("kernel = [[-1, 2, -1]] * 3", "upright lines"),
            Mistake("kernel = [[0, 0, 1], [0, 0, 0], [-1, 0, 0]]", "rows should sum to 0"),
            Mistake("kernel = [[1, 0, -1], [0, 0, 0], [-1, 0, 1]]", "corners"),
        ),
        noise=lambda rng: (rng.normal(size=(3, 3)),),
    ),
    parameters=Exercise(
        grade_parameters,
        hints=(
            "One filter has a window of size · size weights for each channel that comes in, and one bias.",
            "There are c_out filters.",
        ),
        code="""
            def parameters(c_in, c_out, size):
                weights = size * size * c_in * c_out
                biases = c_out
                return weights + biases
        """,
        mistakes=(
            Mistake(COUNT + "size**2 * c_in * c_out", "has a bias too"),
            Mistake(COUNT + "size**2 * c_in * c_out + 1", "one bias in all"),
            Mistake(COUNT + "size**2 * c_in * c_out + c_in", "not for each input channel"),
            Mistake(COUNT + "size**2 * c_out + c_out", "c_in is missing"),
            Mistake(COUNT + "size * c_in * c_out + c_out", "size², not size"),
            Mistake(COUNT + "size**2 * c_in + 1", "that is one filter"),
            Mistake(COUNT + "size**2 * (c_in + c_out) + c_out", "not c_in + c_out"),
            Mistake(COUNT + "(size**2 * c_in + 1) * (c_out + 1)", "one number more"),
        ),
        noise=lambda rng: (lambda *_: rng.normal(),),
    ),
    field=Exercise(
        grade_field,
        hints=(
            "One pixel to start with; a 3×3 convolution adds one on each side, 2 in all.",
            "1, 3, 5 after two convolutions, 6 after the pooling. From there on neighbours are two pixels apart.",
            "receptive_field([Conv2D(1, 1, 3, rng=rng), …, MaxPool2D(2), …]) from nnlib.layers does it for you.",
        ),
        code="""
            field = 1
            field = field + 2  # convolution, 3×3
            field = field + 2  # convolution, 3×3
            field = field + 1  # pooling, 2×2: from here on a step is two pixels
            field = field + 2 * 2  # convolution, 3×3
        """,
        mistakes=(
            Mistake("field = 8", "two pixels apart"),
            Mistake("field = 11", "windows overlap"),
            Mistake("field = 54", "do not multiply"),
            Mistake("field = 7", "left out"),
            Mistake("field = 100", "*across*"),
            Mistake("field = 9", "adds one pixel"),
            Mistake("field = 6", "up to the pooling"),
            Mistake("field = ((10, 10), (2, 2))", "the pixels across"),
        ),
        noise=lambda rng: (int(rng.integers(20, 90)),),
    ),
    pool_back=Exercise(
        grade_pool_back,
        hints=(
            "Begin with dx = np.zeros(x.shape), and visit each window: x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].",
            "np.argmax(window) counts row by row, from 0 to 3: row and column are divmod(np.argmax(window), 2).",
            "dx[2 * i + row, 2 * j + column] = dy[i, j].",
        ),
        code="""
            def pool_back(x, dy):
                dx = np.zeros(x.shape)
                for i in range(dy.shape[0]):
                    for j in range(dy.shape[1]):
                        window = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                        row, column = divmod(np.argmax(window), 2)
                        dx[2 * i + row, 2 * j + column] = dy[i, j]
                return dx
        """,
        mistakes=(
            Mistake(POOL_BACK + "d_window[...] = dy[i, j] / 4\n    return dx", "mean pooling"),
            Mistake(POOL_BACK + "d_window[...] = dy[i, j]\n    return dx", "all four get dy"),
            Mistake(
                POOL_BACK + "d_window.flat[window.argmin()] = dy[i, j]\n    return dx",
                "the smallest",
            ),
            Mistake(POOL_BACK + "d_window.flat[window.argmax()] = 1\n    return dx", "dy, not 1"),
            Mistake(
                POOL_BACK + "d_window[...] = (window.T == window.max()) * dy[i, j]\n    return dx",
                "swapped",
            ),
            Mistake(POOL_BACK + "dy[i, j] *= 2\n    return dx", "changes the array"),
            Mistake("def pool_back(x, dy): return dy * 1", "the shape of dy"),
            Mistake(
                POOL_BACK + "d_window.flat[window.argmax()] = window.max()\n    return dx",
                "not the pixel itself",
            ),
            Mistake(
                POOL_BACK + "d_window[0, 0] = dy[i, j]\n    return dx", "always the first pixel"
            ),
            Mistake(
                POOL_BACK + "d_window[...] = (window == x.max()) * dy[i, j]\n    return dx",
                "largest pixel of all",
            ),
        ),
        noise=lambda rng: (lambda x, _: rng.normal(size=x.shape),),
    ),
    break_it=Exercise(
        grade_break_it,
        hints=(
            "Compare dx, dW and db of each with naive_backward(x, W, dz) from nnlib.convolution: one agrees in all.",
            "Where db is off: divide it by the right one. Where dx is off: is it wrong everywhere?",
            "Take a dz of zeros with a single 1: dx should then show a filter, upright. With a second 1 beside it, two "
            "filters that overlap.",
        ),
        code="""
            right = "second"
            wrong = {"first": "flip", "third": "bias", "fourth": "overlap"}
        """,
        mistakes=(
            Mistake('right = "first"; wrong = {}', "differs from naive_backward"),
            Mistake(
                RIGHT + '{"first": "overlap", "third": "bias", "fourth": "flip"}',
                "The first one has another",
            ),
            Mistake(
                RIGHT + '{"first": "flip", "third": "overlap", "fourth": "bias"}',
                "The third one has another",
            ),
            Mistake(
                RIGHT + '{"first": "flip", "third": "bias", "fourth": "flip"}',
                "The fourth one has another",
            ),
            Mistake(RIGHT + '{"first": "flip"}', "wrong should be"),
            Mistake(RIGHT + '{"first": "dx", "third": "db", "fourth": "dx"}', "a fault is"),
            Mistake('right = "fifth"; wrong = {}', "right should be"),
        ),
        noise=lambda rng: (rng.choice(["first", "third", "fourth"]).item(), {"second": "flip"}),
    ),
    lenet=Exercise(
        grade_lenet,
        hints=(
            "Convolution, ReLU, pooling; once more; then Flatten() and Dense(…, 10, rng=rng).",
            'With padding="same" an image keeps its size; MaxPool2D(2) makes 8×8 into 4×4, then 2×2.',
            "Network(layers(rng)).summary((8, 8, 1)) shows shapes and parameters. 8 filters, then 20.",
        ),
        code="""
            from nnlib.activations import ReLU
            from nnlib.convolution import Conv2D
            from nnlib.layers import Dense, Flatten
            from nnlib.pooling import MaxPool2D


            def layers(rng):
                return [
                    Conv2D(1, 8, 3, padding="same", rng=rng),
                    ReLU(),
                    MaxPool2D(2),  # 4×4
                    Conv2D(8, 20, 3, padding="same", rng=rng),
                    ReLU(),
                    MaxPool2D(2),  # 2×2, 20 channels
                    Flatten(),
                    Dense(80, 10, rng=rng),
                ]
        """,
        mistakes=(
            Mistake(LAYERS + "[Flatten(), Dense(64, 10, rng=rng)]", "no convolution"),
            Mistake(
                LAYERS + "[Conv2D(1, 16, 3, rng=rng), Flatten(), Dense(576, 10, rng=rng)]",
                "5,930 parameters",
            ),
            Mistake(
                LAYERS + "[Conv2D(1, 4, 3, rng=rng), Flatten(), Dense(100, 10, rng=rng)]",
                "do not go through",
            ),
            Mistake(LAYERS + "[Conv2D(1, 10, 3, rng=rng), ReLU()]", "Flatten()"),
            Mistake(
                LAYERS + "[Conv2D(1, 4, 8, rng=rng), Flatten(), Dense(4, 10, rng=rng), Softmax()]",
                "the Softmax",
            ),
            Mistake(
                LAYERS + "[Conv2D(1, 1, 8, rng=rng), Flatten(), Dense(1, 10, rng=rng)]",
                "are wanted",
            ),
            Mistake(
                "big = lambda shape, rng: rng.normal(0, 1000, shape)"
                + LAYERS
                + "[*(Conv2D(c, 8, 3, rng=rng, weights=big) for c in (1, 8)), Flatten(), Dense(128, 10, rng=rng)]",
                "ran away to infinity",
            ),
            Mistake(LAYERS + "Conv2D(1, 8, 3, rng=rng)", "expected a list of layers"),
        ),
        noise=lambda rng: (
            lambda _: [
                Flatten(),
                Dense(int(rng.integers(10, 99)), 10, rng=np.random.default_rng(0)),
            ],
        ),
    ),
)

check, hint, solution = chapter.check, chapter.hint, chapter.solution
