"""Formula and data frame to y, X, Z and the names of everything."""
