"""The questions of chapter 05b that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

faster_at_first = predict(
    "The neuron is as wrong as can be. With which cost does it learn faster at first?",
    answers=("with cross-entropy", "with the quadratic cost", "with both alike"),
    right="with cross-entropy",
    because=(
        "In the quadratic cost the slope of the saturated sigmoid is left as a factor, and it "
        "is nearly 0."
    ),
)
ten_layers = predict(
    "Ten sigmoid layers, scaled weights. How do the slopes of the first layer compare with "
    "the last?",
    answers=("about as large", "about ten times smaller", "about a million times smaller"),
    right="about a million times smaller",
    because=(
        "Each layer on the way back multiplies by a slope of at most ¼, and nothing makes up "
        "for it."
    ),
)
more_neurons = predict(
    "From 16 to 192 hidden neurons: twelve times the parameters. And the validation digits?",
    answers=("far more of them are read", "about as many are read", "fewer are read"),
    right="about as many are read",
    because="Sixteen already read nine digits in ten; all the others add about one in a hundred.",
)
