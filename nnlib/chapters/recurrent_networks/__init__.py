"""Chapter 09, Recurrent networks: its panels, its experiments and its exercises."""
