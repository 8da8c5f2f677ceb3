"""nnlib: the small NumPy library that the course is taught with.

Notation, the same in every chapter and every module. Rows are examples.

    x  (n, d_in)        inputs, one example a row
    W  (d_in, d_out)    weights: column j belongs to neuron j
    b  (d_out,)         biases
    z  = x @ W + b      weighted inputs, (n, d_out)
    a  = f(z)           activations, (n, d_out)
    dz, dW, db, dx      the loss differentiated by z, W, b, x: same shapes as these

Images are (n, height, width, channels). A loss is a mean over examples.

Reading order. A file needs only those before it; a name with an underscore is plumbing, which you may skip.

    Ground:    errors, parameter, numerics, windows, _fast, initializers, _browser, _files, _foreign,
               _npz, _idx, mnist, images, datasets, batches, augment, metrics, _notes, landscapes, gradcheck, curvature,
               autodiff_rules, _numpy_words, autodiff
    Blocks:    perceptron, circuits, layers, activations, losses, convolution, pooling, normalization, recurrent,
               steps, regularization, _rules, optimizers, schedules
    Whole:     _forms, saving, network, weights, _interrupt, _progress, _checks, parts, _hooks, history, training,
               callbacks, checkpoints, sanity, ensembles, _trials, _records, _results, sweep
    Chapters:  chapters

This file imports nothing, so that an import names the file to read: ``from nnlib.layers import Dense``.
"""

__version__ = "0.2.0"
