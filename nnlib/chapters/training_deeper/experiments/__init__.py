"""What chapter 05b trains and measures; its notebook imports these modules by name."""
