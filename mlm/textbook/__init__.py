"""The textbook: the algorithms of the papers at one theta, an equation a line."""

from mlm.textbook.generalized import PIRLS, pirls
from mlm.textbook.linear import PLS, pls

__all__ = ["PIRLS", "PLS", "pirls", "pls"]
