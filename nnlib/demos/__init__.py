"""The widgets of the course, one module per chapter: ``draw_x(figure, …)`` does the work, ``x()`` wires the sliders."""
