"""Chapter 05, Back-propagation: its panels, its experiments and its exercises."""
