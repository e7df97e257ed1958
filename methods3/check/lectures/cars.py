"""Fits of the cars: gears by weight, by a line and by links."""

from functools import cache

from scipy.special import logit

from mlm.datasets import load_mtcars
from mlm.fit import glm, lm

POUNDS = 453.59237  # kg in 1000 lb


@cache
def cars():
    """Give the cars, with a column that is 1 for automatics."""
    return load_mtcars().assign(auto=lambda table: 1 - table["am"])


@cache
def gears(response="am", link="logit"):
    """Fit gears by weight."""
    return glm(f"{response} ~ wt", cars(), family="binomial", link=link)


@cache
def straight(squeeze=None):
    """Fit a line to zeros and ones, or to the log-odds of what is near them."""
    data = cars()
    if squeeze is None:
        return lm("am ~ wt", data)
    near = logit(data["am"].clip(squeeze, 1 - squeeze))
    return lm("near ~ wt", data.assign(near=near))


def log_odds(wt):
    """Log-odds of a manual car of a weight."""
    return gears().fixef.to_numpy() @ [1, wt]


def by_line(wt, squeeze=None):
    """Height of the straight line at a weight."""
    return straight(squeeze).fixef.to_numpy() @ [1, wt]


def chance(wt, response="am", link="logit"):
    """Fitted probability of a 1 at a weight."""
    fit = gears(response, link)
    return fit.family.mean(fit.fixef.to_numpy() @ [1, wt])
