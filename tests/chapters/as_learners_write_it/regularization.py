"""Chapter 07: right answers in other styles, and wrong ones that no table of formulas can make."""

import numpy as np
from learners import right, wrong

from nnlib import augment
from nnlib.activations import ReLU
from nnlib.callbacks import Scheduled
from nnlib.chapters.regularization import exercises as ex
from nnlib.chapters.regularization.exercises import _digits
from nnlib.layers import Dense, Layer
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.network import Network
from nnlib.optimizers import SGD
from nnlib.regularization import L2, Dropout
from nnlib.schedules import cosine
from nnlib.training import fit


@right("best_epoch")
def _(training, validation):
    return validation.index(min(validation)) + 1


@right("best_epoch")
def _(training, validation):
    best, lowest = 0, float("inf")
    for epoch, loss in enumerate(validation, start=1):
        if loss < lowest:
            best, lowest = epoch, loss
    return best


@right("best_epoch")
def _(training, validation):
    return np.array([1.0 + np.argsort(np.float32(validation))[0]]).squeeze()


@wrong("best_epoch", "it is epoch")
def _(training, validation):
    return 5


@wrong("best_epoch", "a few epochs in a row are no better")
def _(training, validation):
    best, waited = 0, 0  # early stopping with a patience of four
    for epoch in range(1, len(validation)):
        waited = 0 if validation[epoch] < validation[best] else waited + 1
        best = epoch if waited == 0 else best
        if waited == 4:
            break
    return best + 1


@wrong("best_epoch", "should be a single number")
def _(training, validation):
    return [np.argmin(validation) + 1]


@wrong("best_epoch", "stops with ")
def _(training, validation):
    return validation.argmin() + 1


@right("l2_step")
def _(W, b, dW, db, rate, strength):
    return [(1 - rate * strength) * W - rate * dW, b - rate * db]


@right("l2_step")
def _(W, b, dW, db, rate, strength):
    new = np.zeros_like(W)
    for i, row in enumerate(W):
        for j, w in enumerate(row):
            new[i, j] = w - rate * (dW[i, j] + strength * w)
    return new.tolist(), [b[j] - rate * db[j] for j in range(len(b))]


@right("l2_step")
def _(W, b, dW, db, rate, strength):
    W, b = W.copy(), b.copy()
    W -= rate * (dW + L2(strength).slope(W))
    b -= rate * db
    return W, b


@wrong("l2_step", "the two are swapped: W first, then b.")
def _(W, b, dW, db, rate, strength):
    return b - rate * db, W - rate * (dW + strength * W)


@wrong("l2_step", "2 arrays are expected")
def _(W, b, dW, db, rate, strength):
    return W - rate * (dW + strength * W)


@wrong("l2_step", "changes the array")
def _(W, b, dW, db, rate, strength):
    W -= rate * (dW + strength * W)
    b -= rate * db
    return W, b


@wrong("l2_step", "W: nothing has changed")
def _(W, b, dW, db, rate, strength):
    return W, b


@wrong("l2_step", "W: the pull is half")
def _(W, b, dW, db, rate, strength):
    return W - rate * (dW + strength / 2 * W), b - rate * (db + strength / 2 * b)


@wrong("l2_step", "b: at [0] it should be")
def _(W, b, dW, db, rate, strength):
    return W - rate * (dW + strength * W), b - rate * db - 1


@wrong("l2_step", "W: at [0, 0] it should be")
def _(W, b, dW, db, rate, strength):
    return W - rate * (dW + strength * W) - 1, b - rate * db


@wrong("l2_step", "b should be two numbers")
def _(W, b, dW, db, rate, strength):
    return W - rate * (dW + strength * W), (b - rate * db)[:, None]


@right("shrink")
def _():
    left = 1
    for _ in range(10):
        left -= 0.1 * 0.5 * left
    return left


@right("shrink")
def _():
    return 0.6


@right("shrink")
def _():
    return np.array([np.float32(0.5987)]).squeeze()


@wrong("shrink", "many tiny steps")
def _():
    return 0.607


@wrong("shrink", "after nine steps")
def _():
    return 0.63


@wrong("shrink", "after eleven steps")
def _():
    return 0.569


@wrong("shrink", "what is gone")
def _():
    return 0.401


@wrong("shrink", "not a percentage")
def _():
    return 59.9


@wrong("shrink", "the penalty has")
def _():
    return 1


@right("l1_slope")
def _(w, strength):
    return np.where(w > 0, strength, np.where(w < 0, -strength, 0))


@right("l1_slope")
def _(w, strength):
    slope = [strength if v > 0 else -strength if v < 0 else 0 for v in w.ravel()]
    return np.reshape(slope, w.shape)


@right("l1_slope")
def _(w, strength):
    slope = np.zeros_like(w)
    for place in np.ndindex(w.shape):
        slope[place] = strength * ((w[place] > 0) - int(w[place] < 0))
    return slope


@wrong("l1_slope", "stops with ")
def _(w, strength):
    slope = np.zeros(w.shape)  # two axes and no other number of them
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            slope[i, j] = strength * np.sign(w[i, j])
    return slope


@right("l1_slope")
def _(w, strength):
    return strength * ((w > 0).astype(int) - (w < 0).astype(int))


@wrong("l1_slope", "0 / 0")
def _(w, strength):
    return strength * abs(w) / w


@wrong("l1_slope", "0 / 0")
def _(w, strength):
    return w / abs(w)


@wrong("l1_slope", "of shape (3, 2)")
def _(w, strength):
    return strength * np.sign(w).sum()


@wrong("l1_slope", "it should be")
def _(w, strength):
    return strength * np.sign(w) + 0.1


@right("dropout")
def _(x, keep, rng):
    return x * rng.binomial(1, keep, x.shape) / keep


@right("dropout")
def _(x, keep, rng):
    return np.where(rng.random(x.shape) > 1 - keep, x / keep, 0)


@right("dropout")
def _(x, keep, rng):
    y = x.copy()
    y[rng.random(x.shape, dtype=np.float32) >= keep] = 0
    return (y * (1 / keep)).tolist()


@right("dropout")
def _(x, keep, rng):
    n, d = x.shape
    return [[x[i, j] / keep * (rng.random() < keep) for j in range(d)] for i in range(n)]


@wrong("dropout", "exactly as many are kept each time")
def _(x, keep, rng):
    y = np.zeros(x.size)
    chosen = rng.choice(x.size, round(keep * x.size), replace=False)
    y[chosen] = x.ravel()[chosen] / keep
    return y.reshape(x.shape)


@wrong("dropout", "changes the array")
def _(x, keep, rng):
    x *= rng.random(x.shape) < keep
    return x / keep


@wrong("dropout", "one stays because another goes")
def _(x, keep, rng):
    u = rng.random(x.shape)
    u[1::2] = 1 - u[: len(x) - 1 : 2] if len(x) % 2 else 1 - u[::2]  # each second row a mirror
    return x * (u < keep) / keep


@wrong("dropout", "one stays because another goes")
def _(x, keep, rng):
    u = rng.random(x.shape)
    half = len(x) // 2
    u[len(x) - half :] = 1 - u[:half][::-1]  # the last row mirrors the first
    return x * (u < keep) / keep


@wrong("dropout", "one stays because another goes")
def _(x, keep, rng):
    u = rng.random(x.size)
    half = x.size // 2
    u[x.size - half :] = 1 - u[:half][::-1]  # the last number mirrors the first
    return x * (u.reshape(x.shape) < keep) / keep


@wrong("dropout", "same seed, same mask")
def _(x, keep, rng):
    return x * (np.random.random(x.shape) < keep) / keep


@wrong("dropout", "should be of shape (400, 50)")
def _(x, keep, rng):
    return x[rng.random(x.shape) < keep] / keep


@right("shift")
def _(x):
    return np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 0)))[:, :, :-1]


@right("shift")
def _(x):
    y = np.roll(x, 1, axis=2)
    y[:, :, 0] = 0
    return y


@right("shift")
def _(x):
    y = x.copy()
    for j in range(x.shape[2]):
        y[:, :, j] = x[:, :, j - 1] if j > 0 else 0
    return y


@right("shift")
def _(x):
    return np.concatenate([np.zeros_like(x[:, :, :1]), x[:, :, :-1]], axis=2)


@right("shift")
def _(x):
    return augment.translated(x, 0, 1)


@wrong("shift", "float32 came in and float64 goes out")
def _(x):
    y = np.zeros(x.shape)
    y[:, :, 1:] = x[:, :, :-1]
    return y


@wrong("shift", "changes the array")
def _(x):
    x[:, :, 1:] = x[:, :, :-1]
    x[:, :, 0] = 0
    return x


@wrong("shift", "should be")
def _(x):
    y = np.zeros_like(x)
    y[:, :, 2:] = x[:, :, :-2]
    return y


@wrong("shift", "should be of shape (2, 5, 6, 3)")
def _(x):
    return np.pad(x, ((0, 0), (0, 0), (1, 1), (0, 0)))


@right("break_it")
def _():
    return " Fourth ", {"third": "drops", "first": "Biases", "second": "leak"}


@right("break_it")
def _():
    return "fourth", dict(zip(["first", "second", "third"], ["biases", "leak", "drops"]))  # noqa: B905


@right("break_it")
def _():
    """Ask each recipe the three questions."""
    faults = {}
    for name, make in ex.SUSPECTS.items():
        network, penalty, (x, _), (x_validation, _) = make(np.random.default_rng(9))
        penalty.add_gradients(network.parameters())
        if any(p.grad is not None and p.value.ndim == 1 for p in network.parameters()):
            faults[name] = "biases"
        elif any((x == image).all(axis=(1, 2, 3)).any() for image in x_validation):
            faults[name] = "leak"
        elif (network.predict(x) != network.predict(x)).any():
            faults[name] = "drops"
    (fine,) = set(ex.SUSPECTS) - set(faults)
    return fine, faults


@wrong("break_it", "The first one has another fault. Its digits and its network are fine")
def _():
    return "fourth", {"first": "leak", "second": "drops", "third": "biases"}


@wrong("break_it", "faults should be")
def _():
    return "fourth", ["biases", "leak", "drops"]


class Oracle(Layer):
    """Knows the answer to a share of the unseen digits; takes rows or images."""

    def __init__(self, share, rows):
        self.share, self.rows = share, rows

    def forward(self, x):
        if x.ndim != (2 if self.rows else 4):
            raise ValueError("another shape")
        images, labels = _digits.given_and_unseen()[1]
        places = {image.tobytes(): i for i, image in enumerate(images)}
        place = np.array([places[image.tobytes()] for image in x])
        known = place < self.share * len(labels)
        return np.eye(10)[np.where(known, labels[place], (labels[place] + 1) % 10)]


@right("rescue")
def _():
    return Network([Oracle(0.92, rows=False)])


@right("rescue")
def _():
    return Network([Oracle(0.95, rows=True)])


@right("rescue")
def _():
    """Rows in float32, one hidden layer, and a changed image for each row."""
    (x, y), (x_more, y_more) = ex.few_digits()
    x = np.concatenate([x, x_more]).reshape(-1, 64).astype(np.float32)
    y = np.concatenate([y, y_more])
    rng = np.random.default_rng(0)
    hidden = [Dense(64, 200, rng=rng), ReLU(), Dropout(0.5, rng=rng)]
    network = Network([*hidden, Dense(200, 10, rng=rng)]).astype(np.float32)

    def cropped(rows, rng):
        return augment.crop(rows.reshape(-1, 8, 8, 1), 1, rng=rng).reshape(-1, 64)

    fit(
        network,
        SoftmaxCrossEntropy(),
        SGD(network.parameters(), 0.2),
        (x, y),
        epochs=80,
        batch_size=10,
        rng=rng,
        augment=cropped,
        callbacks=[Scheduled(cosine(0.2, 0.002, 80))],
    )
    return network


@wrong("rescue", "Has it seen others as well?")
def _():
    return Network([Oracle(1.0, rows=False)])


@wrong("rescue", "it guesses")
def _():
    return Network([Oracle(0.1, rows=True)])


@wrong("rescue", "and a plain network gets more")
def _():
    return Network([Oracle(0.8, rows=False)])


@wrong("rescue", "as a plain network gets about 90")
def _():
    return Network([Oracle(0.908, rows=True)])


@wrong("rescue", "a plain network gets")
def _():
    """All hundred digits, and nothing against learning them by heart."""
    (x, y), (x_more, y_more) = ex.few_digits()
    x, y = np.concatenate([x, x_more]).reshape(-1, 64), np.concatenate([y, y_more])
    rng = np.random.default_rng(1)
    network = Network([Dense(64, 100, rng=rng), ReLU(), Dense(100, 10, rng=rng)])
    loss, optimizer = SoftmaxCrossEntropy(), SGD(network.parameters(), 0.1)
    fit(network, loss, optimizer, (x, y), epochs=60, batch_size=10, rng=rng)
    return network
