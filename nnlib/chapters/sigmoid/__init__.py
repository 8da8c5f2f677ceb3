"""Chapter 03, Sigmoid: its panels, its experiments and its exercises."""
