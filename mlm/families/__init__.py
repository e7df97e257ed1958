"""Families of responses and their links: what one row of data says of its eta."""
