"""Crossed factors with too many groups for a dense matrix: conjugate gradients."""
