"""Figures that answer while they are dragged: their scripts, and what carries them."""
