"""Power of a planned study, by simulating it many times.

Data sets are drawn from the model with effects that the planner states, the planned
analysis is fitted to each, and its tests are counted.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import ndtr, stdtr  # scipy.stats takes 0.3 s to import

from mlm.design.design import Design
from mlm.design.frame import OFFSET, WEIGHTS
from mlm.design.parameters import SIGMA, parameter_names, theta_of_parameters
from mlm.ground.arguments import (
    choice,
    kind,
    number,
    positive,
    seed_of,
    share,
    text,
    truth,
    whole_number,
)
from mlm.ground.errors import (
    ConvergenceWarning,
    DataError,
    SeparationWarning,
    SingularFitWarning,
    check_known,
)
from mlm.ground.names import answering
from mlm.ground.readonly import copying
from mlm.replicates.bootstrap import DATA_SETS
from mlm.replicates.draw import generator, simulate
from mlm.replicates.proportions import proportion_interval
from mlm.replicates.run import replicate
from mlm.replicates.task import RefitTask, SimulationResult, table_of
from mlm.results.generalized import GeneralizedLinearModel
from mlm.results.generalized_mixed import GeneralizedLinearMixedModel
from mlm.results.linear import LinearModel
from mlm.results.linear_mixed import LinearMixedModel
from mlm.studies.plan import planned_design

# By whether there is a family, and whether there are random terms.
MODELS = {
    (False, False): LinearModel,
    (False, True): LinearMixedModel,
    (True, False): GeneralizedLinearModel,
    (True, True): GeneralizedLinearMixedModel,
}


@answering
def power(
    design,
    effects,
    n=1000,
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
        (where the model has one) and every standard deviation; correlations are 0 if
        left out.  With a family, on the scale of its link.
    n : int
        How many data sets.
    seed : int
        As for `bootstrap`.
    analysis : str, optional
        Formula that is fitted to the data, with the design's weights, offset and
        family; that of the design if left out.  Linear mixed models are fitted by
        REML, others by maximum likelihood (Laplace's approximation).
    alpha : float
        Level of the tests, between 0 and 1.
    ddf : {"satterthwaite", None}
        Degrees of freedom of the t tests (see ``fit.summary``); None takes t for
        normal, which rejects too often where groups are few.  Tests of a family
        without a scale are z tests.
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
    >>> planned = mlm.power(design, effects, n=400, seed=1, progress=False)
    >>> planned.to_frame().loc["Days", "power"].round(1)
    np.float64(0.7)
    """
    kind("design", design, Design, "a Design, from mlm.planned_design or of a fit")
    n = whole_number("n", n, 1, DATA_SETS)
    seed = seed_of(seed)
    alpha = share("alpha", alpha)
    choice("ddf", ddf, (None, "satterthwaite"))
    progress = truth("progress", progress)
    if analysis is not None:
        text("analysis", analysis, "the text of a formula")
    values = _values(design, effects)
    theta = theta_of_parameters(design.terms, values)
    beta = np.array([values[name] for name in design.fixed_names])
    draw = partial(simulate, design, theta, beta, values.get(SIGMA, 1.0))
    fitted = _analysed(design, analysis)
    first = draw([generator(seed, 0)])[:, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SingularFitWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", SeparationWarning)
        model = MODELS[design.family is not None, bool(fitted.terms)]
        fit = model.from_design(fitted.with_response(first))
    task = RefitTask(
        kind="power",
        design=design,
        draw=draw,
        fit=fit,
        measure=_Tests(fit, ddf),
        seed=seed,
        given={k: f"{v:.17g}" for k, v in values.items()} | {"ddf": ddf},
    )
    numbers, rows = replicate(task, n, checkpoint, progress)
    drawn_with = pd.Series(beta, index=list(design.fixed_names))
    drawn_with = drawn_with.reindex(fit.fixef.index)
    return Power(fit.formula, table_of(task, numbers, rows), n, drawn_with, alpha)


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


@copying("truth")
@dataclass(frozen=True, eq=False, repr=False)
class Power(SimulationResult):
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


def _values(design, effects):
    """Numbers of all parameters, by the names of ``fit.to_frame()``: dict."""
    kind("effects", effects, (Mapping, pd.Series), "a dict or a Series of numbers")
    given = dict(effects)
    sizes = parameter_names(design.terms, design.has_scale)
    correlations = {name: 0.0 for name in sizes if name.startswith("cor_")}
    names = [*sizes, *design.fixed_names]
    for name in given:
        check_known("parameter", name, names)
    missing = [name for name in names if name not in correlations | given]
    if missing:
        raise DataError(
            f"effects lack {', '.join(map(repr, missing))}. They have the names of "
            "fit.to_frame(): each fixed effect, sd_effect|group, and sigma where the "
            "model has one."
        )
    values = {
        name: number(f"effects[{name!r}]", value)
        for name, value in (correlations | given).items()
    }
    if SIGMA in values:
        positive("effects['sigma']", values[SIGMA])
    return values


def _analysed(design, formula):
    """Design of the analysis, with the weights and the offset of the study."""
    if formula is None:
        return design
    frame, namespace = design.frame, design.formula.namespace
    weights, offset = frame.get(WEIGHTS), frame.get(OFFSET)
    family = design.family
    planned = planned_design(formula, frame, weights, offset, namespace, family)
    response = planned.formula.response
    if response != design.formula.response:
        raise planned.formula.error(
            f"the analysis is of {response!r}, but what is simulated is "
            f"{design.formula.response!r}.",
            "Use the name of the design's response.",
            response,
        )
    return planned
