"""Chapter 01, The perceptron: its panels, its experiments and its exercises."""
