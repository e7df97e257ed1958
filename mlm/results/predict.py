"""Predictions, and how sure they are: what `fit.predict` returns.

The variance of a prediction is that of z'(b̃ - b) + x'(β̂ - β) (`mlm.engine.spread`) for
groups that were fitted, z'Σz + x'Var(β̂)x for others; σ²/w comes to it where a new
observation is predicted.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlm.design.new_rows import new_rows
from mlm.ground.arguments import choice, share, truth
from mlm.ground.printed import Printed
from mlm.inference.predicted import around
from mlm.results.tabled import Tabled

INTERVALS = (None, "mean", "new")


@dataclass(frozen=True, eq=False, repr=False)
class WithPredictions(Tabled):
    """A fit that predicts."""

    def predict(
        self,
        new_data=None,
        random=True,
        allow_new_levels=False,
        se=False,
        interval=None,
        level=0.95,
    ):
        """Predict the response, and say how sure that is.

        Parameters
        ----------
        new_data : DataFrame, optional
            Where to predict, of any library: see `lm`; the fitted data if left out.
        random : bool
            Whether to add the random effects of each row's group: the prediction for
            that group if true, for the average group if false.
        allow_new_levels : bool
            Whether a group that was not fitted counts as the average group.
        se : bool
            Whether to add standard errors.
        interval : {None, "mean", "new"}
            Whether to add an interval for the mean of the row's group, or for a new
            observation of it.  With ``random=False`` these are the mean of the average
            group, and an observation of a new one.
        level : float
            Of the interval.

        Returns
        -------
        Series, or DataFrame with `se` or `interval`
            In the response's unit, on the index of the data; missing where a variable
            that is needed is missing.  A table has ``prediction``, ``se`` of the mean,
            ``lower`` and ``upper`` ends, and ``uncertainty``: in words, what is not
            known of the row.

        Notes
        -----
        Fixed effects are always uncertain.  A fitted group adds what is not known of
        its effects, a new one their variance, a new observation the residual variance
        (over its weight).  Ends are quantiles of t, of a mixed model with
        Satterthwaite's degrees of freedom for the variance of that prediction.

        Raises
        ------
        FormulaError
            A column is not there.
        DataError
            A category, or a group, was not in the fitted data; or a column is of
            another type than it was there (text, numbers, True and False).

        Examples
        --------
        >>> import mlm
        >>> sleepstudy = mlm.load_sleepstudy()
        >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", sleepstudy)
        >>> fit.predict(sleepstudy.head(1), random=False).round(3).tolist()
        [251.405]
        >>> table = fit.predict(sleepstudy.head(1), interval="new")
        >>> table[["prediction", "lower", "upper"]].round(1).to_numpy().tolist()
        [[253.7, 197.6, 309.7]]
        >>> table["uncertainty"].item()
        'fixed effects, effects of Subject, a new observation'
        """
        asked = random, allow_new_levels, se, interval, level
        return predictions(self, new_data, *asked)

    def _prediction_variance(self, rows, residual=0.0):
        """Variances of rows, with so many times sigma², and degrees of freedom."""
        variance = np.sum((rows.X @ self.vcov.to_numpy()) * rows.X, axis=1)
        return variance + self.sigma**2 * residual, self._df()

    def _new_observations(self, rows, eta, level):
        """Ends of intervals of new observations: ndarray, shape (2, n)."""
        weights = rows.weights
        residual = 1.0 if weights is None else 1 / weights
        return around(eta, *self._prediction_variance(rows, residual), level)


def predictions(
    fit, data, random, allow_new_levels, se, interval, level, type="response"
):
    """Predict: see `WithPredictions.predict`.

    Parameters
    ----------
    fit : WithPredictions
    data : DataFrame or None
    random, allow_new_levels, se : bool
    interval : {None, "mean", "new"}
    level : float
    type : {"response", "link"}
        Of a model with a family.

    Returns
    -------
    Series, or DataFrame with `se` or `interval`
    """
    random = truth("random", random)
    allow_new_levels = truth("allow_new_levels", allow_new_levels)
    se, level = truth("se", se), share("level", level)
    choice("interval", interval, INTERVALS)
    scale = fit._scale(type)
    new = interval == "new"
    wanted = {"effects": random or new, "groups": random, "weights": new}
    rows = new_rows(fit.design, data, allow_new_levels, **wanted)
    eta = rows.linear_predictor(fit.solution)
    mean = eta if scale is None else scale.mean(eta)
    if not se and interval is None:
        return pd.Series(mean, index=rows.index)
    variance, df = fit._prediction_variance(rows)
    error = np.sqrt(variance)
    table = Printed({"prediction": mean, "se": error}, index=rows.index)
    if scale is not None:
        with np.errstate(all="ignore"):  # where estimates do not exist
            table["se"] = error * np.abs(scale.link.derivative(eta))
    if interval == "mean":
        ends = around(eta, variance, df, level)
        ends = ends if scale is None else np.sort(scale.mean(ends), axis=0)
        table["lower"], table["upper"] = ends
    if interval == "new":
        table["lower"], table["upper"] = fit._new_observations(rows, eta, level)
    words = _words(fit.design, rows, random, new)
    table["uncertainty"] = np.where(np.isnan(eta), "", words)
    return table


def _words(design, rows, random, new):
    """What the uncertainty of each row is made of: ndarray of str, shape (n,)."""
    words = np.full(len(rows.data), "fixed effects", dtype=object)
    known = {
        term.group: codes for term, codes in zip(design.terms, rows.codes, strict=True)
    }
    if random or new:
        for group, codes in known.items():
            words += np.where(codes < 0, f", a new {group}", f", effects of {group}")
    return words + ", a new observation" if new else words
