"""Parametric bootstrap: what an estimate would do if the data were drawn again.

Data sets are simulated from a fit and the model is fitted to each of them (Efron &
Tibshirani 1993, chapter 6; lme4's bootMer).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from mlm.ground.arguments import fitted, function, number, seed_of, truth, whole_number
from mlm.ground.errors import DataError
from mlm.ground.names import answering
from mlm.ground.readonly import copying
from mlm.replicates.run import replicate
from mlm.replicates.task import (
    CONVERGED,
    SINGULAR,
    RefitTask,
    SimulationResult,
    table_of,
)

DATA_SETS = "a number of data sets, 1 or more"


@answering
def bootstrap(fit, statistic=None, n=1000, seed=None, checkpoint=None, progress=True):
    """Simulate data sets from a fit, and fit the model to each.

    Parameters
    ----------
    fit : LinearMixedModel or LinearModel
    statistic : callable, optional
        Of a fit: gives a number, or several by name (Series or dict).  If left out,
        every estimate, as in ``fit.to_frame()``.
    n : int
        How many data sets.
    seed : int
        The same seed gives the same replicates to the last bit, however many workers
        there are; replicate i is the same for every n.
    checkpoint : str or Path, optional
        A Parquet file that keeps what is done.  If it exists, only what it lacks is
        computed.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Bootstrap

    Raises
    ------
    DataError
        No seed, a bad number, a statistic that is no number, or a checkpoint of another
        fit, statistic or seed.

    Warns
    -----
    InterruptedWarning
        Ctrl-C was pressed: what is done is given back.

    Notes
    -----
    Short runs stay in this process.  Longer ones go to all cores, by joblib's loky
    backend with one BLAS thread a core, or wherever ``joblib.parallel_config`` says.

    Examples
    --------
    >>> import mlm
    >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    >>> boot = mlm.bootstrap(fit, n=4000, seed=1, progress=False)
    >>> abs(boot.se["Days"] - fit.se["Days"]) < 0.05
    np.True_
    """
    fitted("fit", fit)
    n = whole_number("n", n, 1, DATA_SETS)
    progress = truth("progress", progress)
    measure = _Estimates(fit) if statistic is None else _Statistic(fit, statistic)
    task = RefitTask(
        kind="bootstrap",
        design=fit.design,
        draw=fit.draw,
        fit=fit,
        measure=measure,
        seed=seed_of(seed),
        # What follows from the data, which are told from others to the last bit.
        given={k: f"{v:.6g}" for k, v in fit.to_frame()["estimate"].items()},
    )
    numbers, rows = replicate(task, n, checkpoint, progress)
    return Bootstrap(fit.formula, table_of(task, numbers, rows), n, measure.estimate)


class _Estimates:
    """Every estimate, of all fits at once."""

    def __init__(self, fit):
        self.estimate = fit.to_frame()["estimate"]
        self.columns = list(self.estimate.index)

    def __call__(self, refits, places):
        return refits.to_frame().to_numpy()[places]


class _Statistic:
    """A statistic of the caller's, fit by fit."""

    def __init__(self, fit, statistic):
        self._function = function("statistic", statistic)
        self.columns, values = self._of(fit)
        if not self.columns or {CONVERGED, SINGULAR} & {*self.columns}:
            raise DataError(
                "the statistic must give a number or more, none of them called "
                f"{CONVERGED!r} or {SINGULAR!r}; it gives {self.columns}."
            )
        self.estimate = pd.Series(values, index=self.columns, name="estimate")

    def _of(self, fit):
        """Names and numbers."""
        given = self._function(fit)
        if isinstance(given, pd.Series):
            given = given.to_dict()
        if not isinstance(given, Mapping):
            given = {"statistic": given}
        try:
            return list(given), np.array([float(value) for value in given.values()])
        except (TypeError, ValueError) as error:
            raise DataError(
                "the statistic must give a number, or several by name (a Series or a "
                f"dict), not {given!r}."
            ) from error

    def __call__(self, refits, places):
        rows = []
        for names, values in map(self._of, map(refits.__getitem__, places)):
            if names != self.columns:
                raise DataError(
                    f"the statistic gave {self.columns} for the fit, but {names} for a "
                    "replicate."
                )
            rows.append(values)
        return np.array(rows)


@copying("estimate")
@dataclass(frozen=True, eq=False, repr=False)
class Bootstrap(SimulationResult):
    """Replicates of a statistic, and what they say of it.

    Attributes
    ----------
    estimate : Series
        The statistic of the fit itself.
    """

    estimate: pd.Series

    _title = "Parametric bootstrap of {}: {} replicates"

    @property
    def values(self):
        """The replicates without ``(converged)`` and ``(singular)``: DataFrame."""
        return self.replicates[self.estimate.index]

    @property
    def bias(self):
        """Mean of the replicates less the estimate: Series."""
        return self.values.mean() - self.estimate

    @property
    def se(self):
        """Standard deviation of the replicates, the bootstrap's standard error."""
        return self.values.std()

    def confint(self, level=0.95):
        """Percentile intervals: quantiles of the replicates.

        Parameters
        ----------
        level : float
            Between 0 and 1.

        Returns
        -------
        DataFrame
            Two columns, the ends, named as those of ``fit.confint``.
        """
        ends = interval_ends(level)
        found = self.values.quantile(list(ends.values())).T
        return found.set_axis(list(ends), axis=1)

    def to_frame(self, level=0.95):
        """Estimate, bias, standard error and interval of each part.

        Parameters
        ----------
        level : float
            Of the intervals.

        Returns
        -------
        DataFrame
            A row for each part.
        """
        table = {"estimate": self.estimate, "bias": self.bias, "se": self.se}
        return pd.DataFrame(table).join(self.confint(level))


def interval_ends(level):
    """Names and shares of the two ends of an interval: dict.

    Raises
    ------
    DataError
        If level is not between 0 and 1.
    """
    wanted = "between 0 and 1, such as 0.95"
    level = number("level", level, wanted, lambda v: 0 < (1 - v) / 2 < 0.5)
    exact, digits = Decimal(level), 3
    # As many digits as tell the tail, and the level itself, which may be close to 0.
    while True:
        lower = Decimal(f"{50 * (1 - exact):.{digits}g}").normalize()
        if abs(100 - 2 * lower - 100 * exact) <= exact:
            break
        digits += 1
    names = (f"{end:f} %" for end in (lower, 100 - lower))
    return dict(zip(names, ((1 - level) / 2, (1 + level) / 2), strict=True))
