"""Slides of a chapter, to be projected: reveal.js decks that need no network, made of the cells' slide tags."""
