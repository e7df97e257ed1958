"""From a formula and data to a fitted model: look here first."""

from mlm.fit.generalized import glm, glmer
from mlm.fit.linear import lm, lmer, profiled_deviance

__all__ = ["glm", "glmer", "lm", "lmer", "profiled_deviance"]
