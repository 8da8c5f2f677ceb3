"""What all chapters share: panels and their controls, exercises, one way to draw, to cut the digits and to train."""
