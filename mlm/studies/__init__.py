"""Studies that have no data yet: their design, and their power."""
