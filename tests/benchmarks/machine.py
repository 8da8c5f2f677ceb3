"""What the machine can do, as a measure for what a training step does: matrix products, and nothing else."""

import time

import numpy as np
from threadpoolctl import threadpool_info

SIDE = 2048  # of the square matrices, in float32


def product_speed(repeats=7):
    """Return (best of ``repeats``) how many multiplications a second one large product does, all cores at work."""
    a = np.random.default_rng(0).random((SIDE, SIDE), dtype=np.float32)
    best = np.inf
    for _ in range(repeats):
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return SIDE**3 / best


def told():
    """Return in words what computes the products of NumPy, and how fast."""
    blas = [one for one in threadpool_info() if one["user_api"] == "blas"]
    kernels = ", ".join(
        f"{one['internal_api']} {one['version']}, kernel {one.get('architecture')}, "
        f"{one['num_threads']} threads"
        for one in blas
    )
    return f"{kernels}; {product_speed() / 1e9:.0f} billion multiplications a second in one product"


def multiplications(network, x):
    """Return how many multiplications by weights a training step on x takes: forward, for dW, and for dx.

    The first layer with parameters needs no dx.
    """
    one, products = x[:1], []
    for layer in network.copy().layers:
        one = layer.forward(one)
        weights = sum(w.value.size for w in layer.parameters() if w.value.ndim > 1)
        products.append(weights * (one.size // one.shape[-1]))
    done = [number for number in products if number]
    return len(x) * (3 * sum(done) - done[0])
