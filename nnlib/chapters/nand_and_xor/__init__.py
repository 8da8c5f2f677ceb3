"""Chapter 02, NAND and XOR: its panels, its experiments and its exercises."""
