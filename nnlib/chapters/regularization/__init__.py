"""Chapter 07, Regularisation: its panels, its experiments and its exercises."""
