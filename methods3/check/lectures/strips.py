"""Question 3.7c: a likelihood as an integral, by strips."""

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import binom, norm

from methods3.check.lectures.left_out import counted, herds_height, of_herds, saturated
from methods3.check.questions import Mistake, Question
from mlm.datasets import load_cbpp


def sick(u=0.0):
    """Log-probability of every row where its herd's effect is u: shape (56, …)."""
    data, fit = load_cbpp(), of_herds(25)
    k, n = (data[name].to_numpy()[:, None] for name in ("incidence", "size"))
    eta = fit.design.X @ fit.fixef.to_numpy()
    return binom.logpmf(k, n, expit(eta[:, None] + u))


def at_zero():
    """Minus two times the log-likelihood if all herds are typical."""
    return -2 * sick().sum()


def by_strips(spread=1.0, dense=True, each=False, wide=True):
    """Minus two times the log-likelihood by strips, with a step forgotten.

    `spread` is the power of the standard deviation that is taken for it.
    """
    sigma = of_herds(25).varcorr.std_dev("herd").iloc[0]
    u = np.linspace(-8 * sigma, 8 * sigma, 2001)
    width = u[1] - u[0] if wide else 1.0
    logs = pd.DataFrame(sick(u))
    if not each:
        logs = logs.groupby(load_cbpp()["herd"].to_numpy()).sum()
    density = norm.pdf(u, scale=sigma**spread) if dense else np.ones_like(u)
    return -2 * np.log(np.exp(logs.to_numpy()) @ density * width).sum()


STRIPS = {
    "3.7c": Question(
        herds_height,
        kind="deviance",
        digits=7,
        mistakes=(
            Mistake(
                lambda: herds_height(1),
                "That is by Laplace's approximation, one bell for each herd.",
            ),
            Mistake(
                lambda: herds_height() - saturated(),
                "That is what lme4 prints: it leaves out a constant with several "
                "nodes. What would it be with all of them?",
            ),
            Mistake(
                lambda: herds_height() - counted(),
                "The binomial coefficients are missing: in how many ways can so many "
                "of a herd be the sick ones?",
            ),
            Mistake(
                lambda: -herds_height() / -2,
                "That is −log L, and not twice that.",
            ),
            Mistake(
                lambda: at_zero(),
                "That is with every herd's u at 0. Sum over all that u can be, with "
                "its density.",
            ),
            Mistake(
                lambda: by_strips(spread=2),
                "The variance stands where the standard deviation belongs.",
            ),
            Mistake(
                lambda: by_strips(spread=0.5),
                "You took the root of `sigma`, which is a standard deviation already.",
            ),
            Mistake(
                lambda: by_strips(dense=False),
                "The density of u is missing: likely values count more.",
            ),
            Mistake(
                lambda: by_strips(each=True),
                "You integrated each row alone. The rows of a herd share one u: their "
                "product comes first.",
            ),
            Mistake(
                lambda: by_strips(wide=False),
                "The width of the strips is missing.",
            ),
            Mistake(
                lambda: by_strips(spread=0),
                "The standard deviation of the density is 1 there. It is that of the "
                "herds.",
            ),
            Mistake(
                lambda: herds_height() + 10,
                "That is AIC. The five parameters are charged for.",
            ),
        ),
        hint="All constants count: binomial coefficients, and those of the density.",
    ),
}
