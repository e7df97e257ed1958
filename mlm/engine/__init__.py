"""Numbers only: the criterion of theta, its derivatives, and its minimum."""
