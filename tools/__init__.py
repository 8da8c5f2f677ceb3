"""What is made of the course beside the course itself: the site, the slides, the marks. ``course.py`` calls it."""
