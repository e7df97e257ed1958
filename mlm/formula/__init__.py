"""Text of a formula to the columns that it names.  Nothing here knows of models."""
