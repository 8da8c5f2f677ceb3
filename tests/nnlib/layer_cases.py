"""Random convolutions and poolings for hypothesis, and what two test modules or more compare with."""

import numpy as np
from hypothesis import strategies as st

from nnlib.convolution import Conv2D
from nnlib.pooling import AvgPool2D, L2Pool2D, MaxPool2D, WeightedAvgPool2D
from nnlib.windows import margins

POOLINGS = [MaxPool2D, AvgPool2D, WeightedAvgPool2D, L2Pool2D]
pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))


def close(one, other, tolerance=1e-10) -> bool:
    """Whether two arrays have one shape and the same numbers to ten digits; hundreds of cases, so no approx."""
    return one.shape == other.shape and np.allclose(one, other, rtol=tolerance, atol=tolerance)


@st.composite
def convolutions(draw):
    """A layer with random values, an input that it fits, and a gradient for its output."""
    size, stride = draw(pairs), draw(pairs)
    padding = draw(st.sampled_from([0, 1, 2, (1, 0), (0, 2), (3, 1), "same", "valid"]))
    zeros = {"valid": (0, 0), "same": size}.get(padding, both_ways(padding))
    least = [max(1, size[i] - 2 * zeros[i]) for i in (0, 1)]
    h, w = (draw(st.integers(least[i], least[i] + 6)) for i in (0, 1))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    layer = Conv2D(
        draw(st.integers(1, 7)),
        draw(st.integers(1, 3)),
        size,
        stride=stride,
        padding=padding,
        rng=rng,
    )
    layer.b.value[...] = rng.standard_normal(layer.c_out)
    x = rng.standard_normal((draw(st.integers(1, 3)), h, w, layer.c_in))
    return layer, x, rng.standard_normal(layer.forward(x).shape)


@st.composite
def poolings(draw):
    """A layer, an input that it fits, and a gradient for its output."""
    size, stride = draw(pairs), draw(st.none() | pairs)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(POOLINGS))
    layer = kind(size, stride)
    if kind is WeightedAvgPool2D and draw(st.booleans()):
        layer = kind(size, stride, weights=rng.uniform(0, 1, size))
    h, w = (size[i] + draw(st.integers(0, 6)) for i in (0, 1))
    x = rng.standard_normal((draw(st.integers(1, 3)), h, w, draw(st.integers(1, 3))))
    if kind is MaxPool2D and draw(st.booleans()):
        x = x.round()  # many ties: PyTorch's choice is ours
    return layer, x, rng.standard_normal(layer.forward(x).shape)


def results(layer, x, dz):
    """Forward and the three gradients."""
    for parameter in layer.parameters():
        parameter.zero_grad()
    return layer.forward(x), layer.backward(dz), layer.W.grad, layer.b.grad


def sides(layer, x):
    """The zeros (above, below) and (left, right) of x."""
    padding = both_ways(layer.padding)
    return [margins(x.shape[i + 1], layer.size[i], layer.stride[i], padding[i]) for i in (0, 1)]


def both_ways(padding):
    """A padding for rows and one for columns."""
    return padding if isinstance(padding, tuple) else (padding, padding)
