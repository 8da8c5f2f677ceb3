"""The questions of chapter 05 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

best_step = predict(
    "With a central difference, which step h measures the slope best?",
    answers=("the smallest, 10⁻¹⁵", "one in between, about 10⁻⁵", "a large one, about 0.1"),
    right="one in between, about 10⁻⁵",
    because="A large h is spoilt by the bend of the curve, a tiny one by rounding.",
)
many_paths = predict(
    "Two ways lead from each layer to the next. How many paths lead through 20 layers?",
    answers=("40", "400", "about a million"),
    right="about a million",
    because="Each layer doubles them, and 2²⁰ is 1,048,576.",
)
against = predict(
    "Hidden neuron 1 has the output weight −1.2, and the answer is too low. What does more "
    "of its z do to the cost?",
    answers=("it raises the cost", "it lowers the cost", "it leaves the cost as it is"),
    right="it raises the cost",
    because="Through its negative weight it lowers an answer that is already too low.",
)
hidden_layer = predict(
    "Softmax regression reads about 91 of 100 new digits. With a hidden layer of 100 neurons?",
    answers=("about 91 as well", "about 96", "more than 99"),
    right="about 96",
    because=(
        "Straight borders are not enough for these digits; a hidden layer can bend them. The rest "
        "takes more digits, and chapter 06."
    ),
)
