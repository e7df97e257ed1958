"""The course Methods 3: answers checked and graded, figures to move, set-up."""
