"""What chapter 08 walks, trains and measures: its panels draw it, and its notebook calls it."""
