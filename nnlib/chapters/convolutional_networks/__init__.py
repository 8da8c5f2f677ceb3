"""Chapter 06, Convolutional networks: its panels, its experiments and its exercises."""
