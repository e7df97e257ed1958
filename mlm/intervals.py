"""Confidence intervals: Wald and profile likelihood.

In a profile one parameter is held at a value and everything else is chosen anew, by
maximum likelihood; the interval holds the values for which the deviance rises by no
more than the quantile of chi-squared with one degree of freedom.
"""

import warnings
from dataclasses import replace

import numpy as np
from scipy.optimize import approx_fprime, brentq, minimize
from scipy.special import ndtri  # scipy.stats takes 0.3 s to import

from mlm.covariance import RelativeFactor
from mlm.errors import MlmError
from mlm.optimise import minimise
from mlm.profiled import profiled_deviance

# Deviance profiled to this accuracy puts an end of an interval right to six digits.
ACCURACY = 1e-9


def wald(fit, level):
    """Give estimate ± z standard errors for fixed effects, nothing for the others."""
    reach = ndtri((1 + level) / 2) * fit.se
    unknown = dict.fromkeys(_parameters(fit), (np.nan, np.nan))
    ends = zip(fit.fixef - reach, fit.fixef + reach, strict=True)
    return unknown | dict(zip(fit.fixef.index, ends, strict=True))


def profile(fit, level):
    """Give the ends of every parameter's profile; the fit is one by ML."""
    limit = ndtri((1 + level) / 2)
    variance = _VarianceProfile(fit)
    intervals = {}
    for name, (measure, *bounds) in _parameters(fit).items():
        best, along = measure(variance.best), variance.along(measure)
        if along is None:
            intervals[name] = (np.nan, np.nan)
            continue
        ends = [_end(along, best, bound, limit, fit.criterion) for bound in bounds]
        intervals[name] = ends
    for name, se in fit.se.items():
        best, along = fit.fixef[name], _along_fixed(fit, name)
        bounds = (best - 20 * se, best + 20 * se)
        ends = [_end(along, best, bound, limit, fit.criterion) for bound in bounds]
        intervals[name] = ends
    return intervals


def _parameters(fit):
    """By lme4's names: a measure of (theta, log sigma), and its bounds."""
    factor = RelativeFactor(fit.design.terms)
    parameters = {}
    for i, term in enumerate(fit.design.terms):
        largest = 30 * max(fit.sigma, fit.varcorr.std_dev(term.name).max())
        for c in range(term.k):
            name = term.size_names[c, c]
            parameters[name] = (_standard_deviation(factor, i, c), 0.0, largest)
            for r in range(c + 1, term.k):
                name = term.size_names[r, c]
                parameters[name] = (_correlation(factor, i, r, c), -1.0, 1.0)
    bounds = (0.01 * fit.sigma, 30 * fit.sigma)
    return parameters | {"sigma": (lambda x: np.exp(x[-1]), *bounds)}


def _standard_deviation(factor, i, c):
    def measure(x):
        return np.exp(x[-1]) * np.linalg.norm(factor.blocks(x[:-1])[i][c])

    return measure


def _correlation(factor, i, r, c):
    def measure(x):
        T = factor.blocks(x[:-1])[i]
        size = np.linalg.norm(T[r]) * np.linalg.norm(T[c])
        return T[r] @ T[c] / size if size else 0.0

    return measure


def _end(along, best, bound, limit, lowest):
    """Between best and bound, where the root of the deviance's rise is the limit."""
    if abs(bound - best) < 1e-6:
        return bound

    def excess(value):
        return np.sqrt(max(along(value) - lowest, 0)) - limit

    step = (bound - best) / 64
    inner, outer = best, best + step
    while excess(outer) < 0:
        step *= 2
        inner, outer = outer, best + step
        if abs(outer - best) >= abs(bound - best):
            outer = bound
            if excess(bound) < 0:
                return float(bound)  # the data do not exclude the boundary itself
            break
    return float(brentq(excess, inner, outer, rtol=1e-8))


class _VarianceProfile:
    """Deviance of a fit as a function of x = (theta, log sigma), and its measures."""

    def __init__(self, fit):
        self.deviance = profiled_deviance(fit.design, reml=False)
        self.best = np.append(fit.theta, np.log(fit.sigma))
        self.scale = self._standard_errors()

    def value(self, x):
        """Deviance and gradient."""
        products = self.deviance.products
        blocks = products.whiten(x[:-1])
        deviance, slopes, slope = self.deviance.at_sigma(blocks, np.exp(x[-1]))
        return deviance, np.append(products.slopes_by_theta(slopes), slope)

    def _standard_errors(self):
        """How far each element of x goes, alone, for the deviance to rise by 1."""
        errors = np.ones(len(self.best))
        for i in range(len(errors)):
            step = 1e-5 * max(1, abs(self.best[i])) * np.eye(len(errors))[i]
            rise = self.value(self.best + step)[1] - self.value(self.best - step)[1]
            errors[i] = 1 / np.sqrt(max(rise[i] / (4 * step[i]), 1e-8))
        return errors

    def along(self, measure):
        """Lowest deviance as a function of one measure; None if that never changes.

        Searches in units of standard errors around the estimate, from there and from
        the solution for the nearest value so far; the lower end counts.
        """
        origin = np.zeros(len(self.best))
        solved = {measure(self.best): (origin, self.value(self.best)[0])}

        def scaled(z):
            deviance, gradient = self.value(self.best + self.scale * z)
            return deviance, gradient * self.scale

        def held(z):
            return measure(self.best + self.scale * z)

        size = np.linalg.norm(approx_fprime(origin, held, 1e-6))
        if size == 0:  # the correlation of an effect that does not vary
            return None

        def lowest(value):
            if value in solved:
                return solved[value][1]
            constraint = {
                "type": "eq",
                "fun": lambda z: (held(z) - value) / size,
                "jac": lambda z: approx_fprime(z, held, 1e-7) / size,
            }
            nearest = min(solved, key=lambda known: abs(known - value))
            ends = []
            for start in (solved[nearest][0], origin):
                with warnings.catch_warnings():
                    # Old SLSQP says that it keeps to the bounds, which is the idea.
                    warnings.filterwarnings("ignore", "Values in x were outside")
                    found = minimize(
                        scaled,
                        start,
                        jac=True,
                        method="SLSQP",
                        constraints=constraint,
                        bounds=[(-30, 30)] * len(origin),
                        options={"ftol": ACCURACY, "maxiter": 100},
                    )
                if abs(constraint["fun"](found.x)) < 1e-5:
                    ends.append((found.x, found.fun))
            if not ends:
                raise MlmError(
                    "a profile could not be followed; use method='wald' or 'boot'."
                )
            solved[value] = min(ends, key=lambda end: end[1])
            return solved[value][1]

        return lowest


def _along_fixed(fit, name):
    """Lowest deviance as a function of one fixed effect."""
    design = fit.design
    place = design.fixed_names.index(name)
    column = design.X[:, place]
    kept = [k for i, k in enumerate(design.kept) if i != place]

    def lowest(value):
        held = replace(design, y=design.y - value * column, kept=kept)
        deviance = profiled_deviance(held, reml=False)
        theta, _ = minimise(deviance)
        return deviance(theta)

    return lowest
