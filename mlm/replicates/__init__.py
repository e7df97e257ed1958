"""Many data sets: drawn, fitted again, and counted."""
