"""Fits as other packages take them; nothing here is imported unless it is asked for."""
