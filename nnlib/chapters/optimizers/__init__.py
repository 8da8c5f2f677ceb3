"""Chapter 08, Optimizers: its panels, its experiments and its exercises."""
