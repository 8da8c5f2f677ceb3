"""Chapter 04, Gradient descent: its panels, its experiments and its exercises."""
