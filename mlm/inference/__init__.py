"""What is asked of the fixed effects of a fit: means, contrasts, tests of terms."""
