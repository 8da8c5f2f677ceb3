"""Chapter 05b, Training deeper networks: its panels, its experiments and its exercises."""
