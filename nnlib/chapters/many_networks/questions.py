"""The questions of chapter 10 that have answers to choose from."""

from nnlib.chapters.kit.predict import predict

own_digits = predict(
    "Fifteen networks vote. Which team misreads fewer new digits?",
    answers=(
        "the one whose members all learnt the same 1,000 digits",
        "the one whose members learnt 1,000 digits each, of their own",
        "both misread about as many",
    ),
    right="the one whose members learnt 1,000 digits each, of their own",
    because=(
        "Members that learnt from different digits make different mistakes, and different "
        "mistakes are outvoted."
    ),
)
a_thousand_voters = predict(
    "Errors of variance 1, each two of them with correlation ½. What is the variance of the mean "
    "of a thousand?",
    answers=("about 0.001", "about 0.03", "about 0.5"),
    right="about 0.5",
    because="What all of them share does not cancel, however many there are: ρ is the floor.",
)
never_seen = predict(
    "A student learns from soft targets at T = 8, and there is no 8 among its digits. Of 100 "
    "new 8s, how many will it read?",
    answers=("none", "about 10", "half of them or more"),
    right="half of them or more",
    because=(
        "The soft targets of other digits say how much of an 8 is in each of them, and at a high "
        "temperature they say it loudly."
    ),
)
rates_tried = predict(
    "Nine trials of η and λ, on a grid of 3 × 3 and at random. How many different η do the two "
    "try?",
    answers=("nine and nine", "three and nine", "three and three"),
    right="three and nine",
    because="On a grid each learning rate is tried three times, with three strengths.",
)
unequal_parts = predict(
    "Two machines take the gradients of their mean losses, over 80 and 20 examples. What is that "
    "of all 100?",
    answers=("0.8 times the first and 0.2 times the second", "the mean of the two", "their sum"),
    right="0.8 times the first and 0.2 times the second",
    because="Every example counts the same, so each machine counts by its share of the examples.",
)
