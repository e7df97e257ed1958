"""What shares of the variance of a response a mixed model explains."""

from dataclasses import dataclass

import pandas as pd

from mlm.ground.arguments import choice
from mlm.inference.explained import shares
from mlm.results.fitted import FittedModel


@dataclass(frozen=True, eq=False, repr=False)
class WithShares(FittedModel):
    """A fitted model whose random effects have a share of the variance."""

    def r2(self, scale="latent"):
        """Shares of the response's variance that the model explains.

        Parameters
        ----------
        scale : {"latent", "observation"}
            Of a model with a family: beside the variance of the variable behind the
            response (π²/3 of a logit), or of the response itself, both on the scale of
            the link.

        Returns
        -------
        Series
            ``marginal``, by the fixed effects, and ``conditional``, by these and the
            random effects; those of single rows, as in ``(1 | row)``, explain nothing.

        Raises
        ------
        DataError
            Another scale, or a link that has no such variance.

        References
        ----------
        Nakagawa & Schielzeth (2013); random slopes as Johnson (2014).

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
        >>> fit.r2().round(3).to_dict()
        {'marginal': 0.279, 'conditional': 0.799}
        """
        fixed, random, residual = self._shares(scale)
        whole = fixed + random + residual
        explained = {"marginal": fixed / whole, "conditional": (fixed + random) / whole}
        return pd.Series(explained)

    def icc(self, scale="latent"):
        """Intraclass correlation: the share of the random effects in the variance.

        Parameters
        ----------
        scale : {"latent", "observation"}
            As for `r2`.

        Returns
        -------
        Series
            ``adjusted``, of the variance that fixed effects leave, and ``unadjusted``,
            of all.

        Raises
        ------
        DataError
            As `r2`.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lmer("Yield ~ 1 + (1 | Batch)", mlm.load_dyestuff())
        >>> fit.icc().round(3).to_dict()
        {'adjusted': 0.418, 'unadjusted': 0.418}
        """
        fixed, random, residual = self._shares(scale)
        left = random + residual
        return pd.Series(
            {"adjusted": random / left, "unadjusted": random / (left + fixed)}
        )

    def _shares(self, scale):
        choice("scale", scale, ("latent", "observation"))
        known = self.design, self.solution.theta, self.solution.beta, self.sigma
        return shares(*known, scale)
