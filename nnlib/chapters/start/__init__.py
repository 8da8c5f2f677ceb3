"""Chapter 00, Start here: its panels, its experiments and its exercises."""
