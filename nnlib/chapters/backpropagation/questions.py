"""The questions of chapter 05 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

best_step = predict(
    "By central difference, which step h measures the slope best?",
    answers=("the smallest, 10⁻¹⁵", "one between, about 10⁻⁵", "a large one, about 0.1"),
    right="one between, about 10⁻⁵",
    because="A large h is spoilt by the bend of the curve, a tiny one by rounding.",
)
many_paths = predict(
    "How many paths lead through 20 layers of two neurons each?",
    answers=("40", "400", "about a million"),
    right="about a million",
    because="Each layer doubles them, and 2²⁰ is 1,048,576.",
)
against = predict(
    "Hidden neuron 1 has the output weight −1.2, and the answer is too low. What does more "
    "of its z do to the cost?",
    answers=("it raises the cost", "it lowers the cost", "it leaves the cost as it is"),
    right="it raises the cost",
    because="By its negative weight it makes an answer still lower that is too low already.",
)
