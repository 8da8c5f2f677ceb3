"""Chapter 06: right answers in other styles, and wrong ones that no table of formulas can make."""

import math
from copy import deepcopy

import numpy as np
from learners import right, wrong

from nnlib.activations import ReLU, Tanh
from nnlib.convolution import Conv2D, cross_correlate
from nnlib.layers import Dense, Flatten
from nnlib.pooling import GlobalMaxPool2D, MaxPool2D

# output_size


@right("output_size")
def _(n, size, stride, padding):
    return math.floor((n + 2 * padding - size) / stride) + 1


@right("output_size")
def _(n, size, stride, padding):
    return len(range(0, n + 2 * padding - size + 1, stride))


@right("output_size")
def _(n, size, stride, padding):
    count, start = 0, -padding
    while start + size <= n + padding:
        count += 1
        start += stride
    return count


@right("output_size")
def _(n, size, stride, padding):
    return np.float32((n + 2 * padding - size + stride) // stride)


@wrong("output_size", "places(28, 5, 1, 0) should be 24, but it is 29")
def _(n, size, stride, padding):
    return n + 1


@wrong("output_size", "should be a single number")
def _(n, size, stride, padding):
    places = (n + 2 * padding - size) // stride + 1
    return places, places


@wrong("output_size", "returns nothing (None)")
def _(n, size, stride, padding):
    print((n + 2 * padding - size) // stride + 1)


# correlate


@right("correlate")
def _(image, kernel):
    kh, kw = kernel.shape
    return [
        [np.sum(image[i : i + kh, j : j + kw] * kernel) for j in range(image.shape[1] - kw + 1)]
        for i in range(image.shape[0] - kh + 1)
    ]


@right("correlate")
def _(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return (windows * kernel).sum(axis=(2, 3))


@right("correlate")
def _(image, kernel):
    rows, columns = (a - b + 1 for a, b in zip(image.shape, kernel.shape, strict=True))
    result = 0
    for (u, v), weight in np.ndenumerate(kernel):
        result = result + weight * image[u : u + rows, v : v + columns]
    return result


@wrong("correlate", "as large as the image. Keep only the places where the kernel lies inside: 5×3")
def _(image, kernel):
    return np.pad(cross_correlate(image, kernel), 1)


@wrong("correlate", "one row and one column too few")
def _(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    result = np.zeros((h - kh, w - kw))
    for i, j in np.ndindex(result.shape):
        result[i, j] = (image[i : i + kh, j : j + kw] * kernel).sum()
    return result


@wrong("correlate", "adds up the rows only")
def _(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    result = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(result.shape):
        result[i, j] = sum(image[i : i + kh, j : j + kw] * kernel)
    return result


@wrong("correlate", "changes the array")
def _(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    result = np.zeros((h - kh + 1, w - kw + 1))
    for i, j in np.ndindex(result.shape):
        window = image[i : i + kh, j : j + kw]
        window *= kernel
        result[i, j] = window.sum()
    return result


@wrong("correlate", "visit every place")
def _(image, kernel):
    result = np.zeros((image.shape[0] - 2, image.shape[1] - 2))
    for i, j in np.ndindex(result.shape):
        return (image[i : i + 3, j : j + 3] * kernel).sum()


@wrong("correlate", "rows and columns of the result are swapped")
def _(image, kernel):
    return cross_correlate(image, kernel).T


@wrong("correlate", "summed in one direction only")
def _(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return (windows * kernel).sum(axis=2)


@wrong("correlate", "not summed yet")
def _(image, kernel):
    return np.lib.stride_tricks.sliding_window_view(image, kernel.shape) * kernel


@wrong("correlate", "which number is fixed in it?")
def _(image, kernel):
    result = np.zeros((image.shape[0] - 2, image.shape[1] - 2))
    for i, j in np.ndindex(result.shape):
        result[i, j] = (image[i : i + len(kernel), j : j + kernel.shape[1]] * kernel).sum()
    return result


@wrong("correlate", "which number is fixed in it?")
def _(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    result = np.zeros((h - kh + 1, w - kw + 1))
    for i in range(h - kh + 1):
        for j in range(3):
            result[i, j] = (image[i : i + kh, j : j + kw] * kernel).sum()
    return result


@wrong("correlate", "result[0, 2] should be")
def _(image, kernel):
    result = cross_correlate(image, kernel)
    result[:, 2] += 1
    return result


# edge


@right("edge")
def _():
    return [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]


@right("edge")
def _():
    return np.array([[0, 1, 0], [0, -1, 0], [0, 0, 0]], dtype=np.float32)


@right("edge")
def _():
    return np.outer([1, 0, -1], [3, 10, 3]) / 16


@right("edge")
def _():
    return ((2, 2, 2), (-1, -1, -1), (-1, -1, -1))


@right("edge")
def _():
    return -np.array([[-0.3, 0.1, 0.2]] * 3, np.float32).T


@wrong("edge", "in rows of the same length")
def _():
    return [[1, 1, 1], [0, 0, 0], [-1, -1]]


@wrong("edge", "each of its columns should sum to 0.")
def _():
    return [[1, 1, 1], [0, 0, 0], [-2, -1, 0]]


@wrong("edge", "It finds upright edges")  # as section 1 has it
def _():
    return [[-1, 0, 1]] * 3


# parameters


@right("parameters")
def _(c_in, c_out, size):
    return (size**2 * c_in + 1) * c_out


@right("parameters")
def _(c_in, c_out, size):
    layer = Conv2D(c_in, c_out, size, rng=np.random.default_rng(0))
    return sum(parameter.value.size for parameter in layer.parameters())


@right("parameters")
def _(c_in, c_out, size):
    total = 0.0
    for _filter in range(c_out):
        for _channel in range(c_in):
            total += size * size
        total += 1
    return total


@wrong("parameters", "should be a single number")
def _(c_in, c_out, size):
    return size * size * c_in * c_out, c_out


@wrong("parameters", "parameters(3, 8, 5) should be 608, but it is 1216: count on paper.")
def _(c_in, c_out, size):
    return 2 * (size * size * c_in + 1) * c_out


# field


@right("field")
def _():
    return 10.0


@right("field")
def _():
    return np.int64(10)


@right("field")
def _():
    seen, step = 1, 1
    for size, stride in ((3, 1), (3, 1), (2, 2), (3, 1)):
        seen += (size - 1) * step
        step *= stride
    return seen


@wrong("field", "the pixels across")
def _():
    return (10, 10), (2, 2)


@wrong("field", "the pixels across")
def _():
    return 10, 10


@wrong("field", "start with 1 pixel")
def _():
    return 3


# pool_back


@right("pool_back")
def _(x, dy):
    windows = x.reshape(len(dy), 2, -1, 2)
    largest = windows == windows.max(axis=(1, 3), keepdims=True)
    return (largest * dy[:, None, :, None]).reshape(x.shape)


@right("pool_back")
def _(x, dy):
    spread = np.kron(dy, np.ones((2, 2)))
    largest = np.kron(x.reshape(len(dy), 2, -1, 2).max(axis=(1, 3)), np.ones((2, 2)))
    return np.where(x == largest, spread, 0).tolist()


@right("pool_back")
def _(x, dy):
    layer = MaxPool2D(2)
    layer.forward(x[None, :, :, None])
    return layer.backward(dy[None, :, :, None])[0, :, :, 0]


@right("pool_back")
def _(x, dy):
    dx = [[0.0] * x.shape[1] for _ in range(x.shape[0])]
    for i in range(0, x.shape[0], 2):
        for j in range(0, x.shape[1], 2):
            places = [(i, j), (i, j + 1), (i + 1, j), (i + 1, j + 1)]
            row, column = max(places, key=lambda place: x[place])
            dx[row][column] = dy[i // 2, j // 2]
    return dx


@wrong("pool_back", "changes the array")
def _(x, dy):
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        dy[i, j] *= 2
    return dx


@wrong("pool_back", "the shape of dy")
def _(x, dy):
    return dy * 1


@wrong("pool_back", "the places are right, the signs are not")
def _(x, dy):
    layer = MaxPool2D(2)
    layer.forward(x[None, :, :, None])
    return -layer.backward(dy[None, :, :, None])[0, :, :, 0]


@wrong("pool_back", "whole numbers")
def _(x, dy):
    dx = np.zeros(x.shape, int)
    for i, j in np.ndindex(dy.shape):
        row, column = divmod(np.argmax(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]), 2)
        dx[2 * i + row, 2 * j + column] = dy[i, j]
    return dx


@wrong("pool_back", "which pixel of its window is largest?")
def _(x, dy):
    layer = MaxPool2D(2)
    layer.forward(x[None, :, :, None])
    return 2 * layer.backward(dy[None, :, :, None])[0, :, :, 0]


@wrong("pool_back", "your function stops with IndexError")
def _(x, dy):
    dx = np.zeros(x.shape)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            dx[i, j] = dy[i, j]
    return dx


# break_it


@right("break_it")
def _():
    return "Second", dict(first="flip", third="bias", fourth="overlap")


@right("break_it")
def _():
    return " second ", {"fourth": "Overlap", "third": "Bias", "first": "Flip"}


@right("break_it")
def _():
    names, faults = ["first", "third", "fourth"], ("flip", "bias", "overlap")
    return "second", dict(zip(names, faults, strict=True))


@wrong("break_it", "wrong should be")
def _():
    return "second", ["flip", "bias", "overlap"]


@wrong("break_it", "wrong should be")
def _():
    return "second", {"first": "flip", "second": "", "third": "bias", "fourth": "overlap"}


# lenet


@right("lenet")
def _():
    def layers(rng):
        convolution = Conv2D(1, 32, 7, rng=rng)
        return (convolution, ReLU(), GlobalMaxPool2D(), Dense(32, 10, rng=rng))

    return layers


@right("lenet")
def _():
    def layers(rng):
        made = [Conv2D(1, 8, 3, rng=rng), Tanh(), MaxPool2D(2)]
        made.append(Conv2D(8, 24, 3, rng=rng))
        return [*made, Tanh(), MaxPool2D(4), Flatten(), Dense(24, 10, rng=rng)]

    return layers


@right("lenet")
def _():
    return lambda rng: [
        *(Conv2D(1, 16, (7, 7), rng=rng), ReLU()),
        *(GlobalMaxPool2D(), Dense(16, 10, rng=rng)),
    ]


@wrong("lenet", "do not go through")
def _():
    return lambda rng: [Conv2D(1, 4, 3, rng=rng), Flatten(), Dense(100, 10, rng=rng)]


@wrong("lenet", "expected 10 outputs for each, (2, 10). Flatten() makes rows of images.")
def _():
    return lambda rng: [Conv2D(1, 10, 3, rng=rng), ReLU()]


@wrong("lenet", "expected a list of layers")
def _():
    return lambda rng: Conv2D(1, 8, 3, rng=rng)


@wrong("lenet", "call the class to make one")
def _():
    return lambda rng: [Conv2D, ReLU]


@wrong("lenet", "call the class to make one")
def _():
    return lambda rng: [ReLU, Flatten(), Dense(196, 10, rng=rng)]


@wrong("lenet", "the same layers come back at every call")
def _():
    rng = np.random.default_rng(0)
    made = [Conv2D(1, 4, 3, rng=rng), ReLU(), Flatten(), Dense(144, 10, rng=rng)]
    return lambda rng: made


@wrong("lenet", "your function stops with TypeError")
def _():
    return lambda: [Flatten(), Dense(64, 10, rng=np.random.default_rng(0))]


TRAINED = [Conv2D(1, 4, 3, rng=np.random.default_rng(0)), GlobalMaxPool2D()]
TRAINED += [Dense(4, 10, rng=np.random.default_rng(1))]


@wrong("lenet", "the same layers come back at every call")
def _():
    return lambda rng: [ReLU(), *TRAINED]


@wrong("lenet", "let rng draw them")
def _():
    return lambda rng: deepcopy(TRAINED)
