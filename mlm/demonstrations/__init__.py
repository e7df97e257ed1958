"""Ideas made visible: collinearity, pooling, likelihood and Newton's method."""
