"""Chapter 10, Many networks: its panels, its experiments and its exercises."""
