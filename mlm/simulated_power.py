"""Power of a planned study, by simulating it many times.

Data sets are drawn from the model with effects that the planner states, the planned
analysis is fitted to each, and its tests are counted.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtr  # scipy.stats takes 0.3 s to import

from mlm.covariance import size_names, theta_of_sizes
from mlm.design import Design
from mlm.errors import ConvergenceWarning, DataError, SingularFitWarning, check_known
from mlm.model import LinearMixedModel, LinearModel
from mlm.planning import planned_design
from mlm.proportions import proportion_interval
from mlm.refitting import Refitting, Simulated, table_of
from mlm.replicates import replicate
from mlm.simulation import check_count, check_seed, generator, simulate


def power(
    design,
    effects,
    n_sim=1000,
    seed=None,
    analysis=None,
    alpha=0.05,
    ddf="satterthwaite",
    checkpoint=None,
    progress=True,
):
    """Simulate a planned study many times, and count how often its tests reject.

    Parameters
    ----------
    design : Design
        From `planned_design`, or of a fit to a pilot study (``fit.design``).
    effects : dict or Series
        The truth, by the names of ``fit.to_frame()``: every fixed effect, ``sigma``
        and every standard deviation; correlations are 0 if left out.
    n_sim : int
        How many data sets.
    seed : int
        As for `bootstrap`.
    analysis : str, optional
        Formula that is fitted to the data, by REML; that of the design if left out.
    alpha : float
        Level of the tests, between 0 and 1.
    ddf : {"satterthwaite", None}
        Degrees of freedom of the t tests (see ``fit.summary``); None takes t for
        normal, which rejects too often where groups are few.
    checkpoint, progress
        As for `bootstrap`.

    Returns
    -------
    Power

    Raises
    ------
    DataError
        A parameter that is missing, unknown or impossible, or a bad argument.
    FormulaError
        The analysis asks for what the design does not have.

    Examples
    --------
    >>> import mlm
    >>> study = mlm.crossing(Subject=12, Days=range(10))
    >>> design = mlm.planned_design("Reaction ~ Days + (Days | Subject)", study)
    >>> effects = {"(Intercept)": 250, "Days": 5, "sigma": 25}
    >>> effects |= {"sd_(Intercept)|Subject": 25, "sd_Days|Subject": 6}
    >>> planned = mlm.power(design, effects, n_sim=400, seed=1, progress=False)
    >>> planned.to_frame().loc["Days", "power"].round(1)
    np.float64(0.7)
    """
    if not isinstance(design, Design):
        raise DataError(
            "design is a Design, from mlm.planned_design(formula, data), not "
            f"{type(design).__name__}."
        )
    if not 0 < alpha < 1:
        raise DataError(f"alpha is between 0 and 1, not {alpha!r}.")
    if ddf not in (None, "satterthwaite"):
        raise DataError(f"ddf is None or 'satterthwaite', not {ddf!r}.")
    seed = check_seed(seed)
    theta, beta, sigma = _parameters(design, effects)
    fitted = _analysed(design, analysis)
    first = simulate(design, theta, beta, sigma, [generator(seed, 0)])[:, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SingularFitWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        kind = LinearMixedModel if fitted.terms else LinearModel
        fit = kind.from_design(fitted.with_response(first))
    task = Refitting(
        kind="power",
        design=design,
        theta=theta,
        beta=beta,
        sigma=sigma,
        fit=fit,
        measure=_Tests(fit, ddf),
        seed=seed,
    )
    numbers, rows = replicate(task, check_count("n_sim", n_sim), checkpoint, progress)
    truth = pd.Series(beta, index=list(design.fixed_names)).reindex(fit.fixef.index)
    return Power(fit.formula, table_of(task, numbers, rows), n_sim, truth, alpha)


class _Tests:
    """Estimates of the fixed effects, and p values of the tests that they are 0."""

    def __init__(self, fit, ddf):
        self._ddf = ddf
        names = list(fit.fixef.index)
        self.columns = [*names, *map(_p_value, names)]

    def __call__(self, refits, places):
        estimates, t = refits.fixef.to_numpy(), (refits.fixef / refits.se).to_numpy()
        if self._ddf is None:
            p = 2 * ndtr(-np.abs(t))
        else:
            p = 2 * stdtr(refits.degrees_of_freedom.to_numpy(), -np.abs(t))
        return np.hstack([estimates, p])[places]


def _p_value(name):
    """Column of the p values of an effect."""
    return f"p of {name}"


@dataclass(frozen=True, eq=False, repr=False)
class Power(Simulated):
    """Tests of a planned study, simulated many times.

    Attributes
    ----------
    truth : Series
        The fixed effects that data were drawn with; missing for those of the analysis
        alone.
    alpha : float
        Level of the tests.
    """

    truth: pd.Series
    alpha: float

    _title = "Power of {}: {} simulated data sets"

    def to_frame(self, level=0.95):
        """Power of the test of every fixed effect.

        Parameters
        ----------
        level : float
            Of the interval for the power, which is that of a proportion (Wilson).

        Returns
        -------
        DataFrame
            ``truth``, mean ``estimate``, ``power`` (the share of data sets whose p is
            below alpha: where the truth is 0, of false positives), and the ends of its
            interval, ``lower`` and ``upper``.  A failed fit does not reject.
        """
        p = self.replicates[list(map(_p_value, self.truth.index))].to_numpy()
        rejected, n = (p < self.alpha).sum(axis=0), len(p)
        lower, upper = proportion_interval(rejected, n, "wilson", level)
        means = self.replicates[list(self.truth.index)].mean()
        share = rejected / n
        columns = {"truth": self.truth, "estimate": means, "power": share}
        return pd.DataFrame(columns | {"lower": lower, "upper": upper})


def _parameters(design, effects):
    """Read theta, beta and sigma from numbers by the names of ``fit.to_frame()``."""
    given = dict(effects)
    sizes = size_names(design.terms)
    correlations = {name: 0.0 for name in sizes if name.startswith("cor_")}
    names = [*sizes, "sigma", *design.fixed_names]
    for name in given:
        check_known("parameter", name, names)
    missing = [name for name in names if name not in correlations | given]
    if missing:
        raise DataError(
            f"effects lack {', '.join(map(repr, missing))}. They have the names of "
            "fit.to_frame(): each fixed effect, sigma, and sd_effect|group."
        )
    values = {}
    for name, value in (correlations | given).items():
        if not isinstance(value, (int, float, np.number)) or not np.isfinite(value):
            raise DataError(f"effects[{name!r}] is a number, not {value!r}.")
        values[name] = float(value)
    if not values["sigma"] > 0:
        raise DataError(f"effects['sigma'] is positive, not {values['sigma']!r}.")
    theta = theta_of_sizes(design.terms, values, values["sigma"])
    beta = np.array([values[name] for name in design.fixed_names])
    return theta, beta, values["sigma"]


def _analysed(design, formula):
    """Design of the analysis."""
    if formula is None:
        return design
    planned = planned_design(formula, design.frame, design.formula.namespace)
    response = planned.formula.response
    if response != design.formula.response:
        raise planned.formula.error(
            f"the analysis is of {response!r}, but what is simulated is "
            f"{design.formula.response!r}.",
            "Use the name of the design's response.",
            response,
        )
    return planned
