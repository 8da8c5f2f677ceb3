"""What chapter 09 trains and measures; its notebook imports these modules by name."""
