"""Fitted models, and all that is asked of them."""
