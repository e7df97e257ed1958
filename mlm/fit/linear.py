"""`lm` and `lmer`: linear models, and linear mixed models."""

from mlm.design.design import linear_design
from mlm.design.matrices import design_matrices
from mlm.engine.implicit.crossed import LIMIT, SOLVERS, is_iterative, left_over
from mlm.engine.profiled import ProfiledCriterion
from mlm.files.engine_sums import engine_sums
from mlm.files.passes import assembled
from mlm.files.sources import kind_of_source
from mlm.fit.terms import need_random_terms, refuse_random_terms
from mlm.ground.arguments import choice, truth
from mlm.ground.errors import MonteCarloWarning, warn
from mlm.ground.names import answering
from mlm.results.iterative import IterativeMixedModel
from mlm.results.linear import LinearModel
from mlm.results.linear_mixed import LinearMixedModel


@answering
def lm(formula, data, weights=None, offset=None, na_action="drop", namespace=None):
    """Fit a linear model by least squares.

    Parameters
    ----------
    formula : str
        Such as ``"Reaction ~ Days"``; see `parse_formula`.
    data : DataFrame
        One row an observation; of pandas, polars, pyarrow or any other library that
        narwhals reads, and of those only the columns that are used.  It is not
        changed.  What a fit gives back is pandas', its rows then numbered from 0.
    weights, offset : str or array_like, shape (n,), optional
        Prior weights and known part of the response: see `design_matrices`.
    na_action : {"drop", "raise"}
        See `design_matrices`.
    namespace : dict of str to callable, optional
        Functions that the formula may call; see `parse_formula`.

    Returns
    -------
    LinearModel

    Raises
    ------
    FormulaError, DataError
        As `design_matrices`, and for a formula with random terms.

    Examples
    --------
    >>> import mlm
    >>> mlm.lm("Reaction ~ Days", mlm.load_sleepstudy())
    Linear model fit by least squares
    Formula: Reaction ~ Days
    Coefficients:
    (Intercept)         Days
         251.41        10.47
    """
    design = design_matrices(formula, data, weights, offset, na_action, namespace)
    refuse_random_terms(design, "lm", "mlm.lmer")
    return LinearModel.from_design(design)


@answering
def lmer(
    formula,
    data,
    reml=True,
    weights=None,
    offset=None,
    na_action="drop",
    namespace=None,
    start=None,
    solver=None,
):
    """Fit a linear mixed model by REML or maximum likelihood.

    Parameters
    ----------
    formula : str
        Such as ``"Reaction ~ Days + (Days | Subject)"``; see `parse_formula`.
    data : DataFrame; or path, pyarrow dataset, polars LazyFrame or dask DataFrame
        One row an observation, of any library: see `lm`.  It is not changed.
        Data that do not fit in memory are read chunk by chunk, in two passes: see
        Notes.  A path is that of a parquet file, or of a folder of such.
    reml : bool
        REML if true (as in lme4), maximum likelihood if false.
    weights, offset : str or array_like, shape (n,), optional
        Prior weights and known part of the response: see `design_matrices`.
    na_action : {"drop", "raise"}
        See `design_matrices`.
    namespace : dict of str to callable, optional
        Functions that the formula may call; see `parse_formula`.
    start : array_like or Series, shape (m,), optional
        A theta to search from, besides the usual start; the better end is kept.  It
        may be the theta of another fit, or a row of its `optimum_check`: a Series is
        read by its labels.
    solver : {"dense", "iterative", None}
        How the random effects are solved for.  ``"dense"`` is exact; of crossed
        factors, all effects but those of the largest share dense matrices, which memory
        has to hold.  ``"iterative"`` forms no matrix, and estimates traces by random
        probes, as many as keep the Monte Carlo error of each parameter within 0.5 % of
        its standard error.  Factors with few groups have no part in that error.  None
        takes it where more than 5 000 effects are left over, and says so.

    Returns
    -------
    LinearMixedModel
        With the iterative solver an `IterativeMixedModel`, whose `convergence` says how
        far the probes may be off.

    Raises
    ------
    FormulaError, DataError
        As `design_matrices`, and for a formula without random terms; or if the terms
        are not such as the solver fits.  Of data in files, what cannot be read is
        named: a file that lacks a column, or has another type of it, or is no parquet.

    Warns
    -----
    EmptyFileWarning
        A file among those that hold the data has no rows.
    MonteCarloWarning
        The fit is iterative though nobody asked for it, or its Monte Carlo error is
        larger than 0.5 % of a standard error.
    SingularFitWarning
        The best covariance of the random effects is singular: a variance of 0, or
        a correlation of ±1.
    ConvergenceWarning
        The optimiser stopped where gradient or curvature are not a minimum's.

    Notes
    -----
    Of data in files, only the columns that the formula uses are read.  The first pass
    finds which labels and categories there are, and what `center`, `scale` and
    ``np.mean(x)`` learn; the second adds up cross-products.  The estimates are those of
    the same rows in memory, to rounding.  Weights and offset are names of columns, and
    what needs a whole column at once, such as ``poly(x, 2)``, is refused.  Rows are not
    kept, so residuals, simulated responses and whatever else needs all rows are refused
    too; ``fit.predict(rows)`` predicts for any rows.
    Both passes over a dask DataFrame run on the cluster whose client is active, and
    here if there is none; the search runs here.

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), section 3.
    Gilmour, Thompson & Cullis (1995), Biometrics 51, 1440-1450 (average information).
    Hutchinson (1990), Commun. Stat. Simul. 19, 433-450 (traces by random probes).

    Examples
    --------
    >>> import mlm
    >>> mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    Linear mixed model fit by REML
    Formula: Reaction ~ Days + (Days | Subject)
    REML criterion at convergence: 1743.628
    Random effects:
     Groups   Name        Std.Dev. Corr
     Subject  (Intercept) 24.740
              Days         5.922   0.07
     Residual             25.592
    Number of obs: 180, groups:  Subject, 18
    Fixed Effects:
    (Intercept)         Days
         251.41        10.47
    """
    reml, solver = truth("reml", reml), choice("solver", solver, SOLVERS)
    given, sums = (weights, offset, na_action, namespace), None
    if kind_of_source(data) is None:
        design = design_matrices(formula, data, *given)
        need_random_terms(design, "mlm.lm")
        iterative = is_iterative(design.terms, solver)
    else:
        design, found = assembled(formula, data, *given)
        iterative = is_iterative(design.terms, solver)
        sums = engine_sums(found, design, iterative)
        del found  # of many crossed effects, as large as the sums themselves
    if not iterative:
        return LinearMixedModel._of_sums(design, reml, start, sums)
    fit = IterativeMixedModel._of_sums(design, reml, start, sums)
    if solver is None:
        warn(
            f"{left_over(design.terms):,} crossed effects would share dense matrices, "
            f"more than {LIMIT:,}, so the fit is iterative: random probes leave a "
            f"Monte Carlo error of up to {100 * fit.convergence.worst:.2g} % of a "
            "standard error (fit.convergence).",
            MonteCarloWarning,
        )
    return fit


@answering
def profiled_deviance(design, reml=True):
    """Criterion of a design as a callable of theta.

    Parameters
    ----------
    design : Design
        With at least one random term.
    reml : bool
        REML criterion if true, deviance (-2 log likelihood) if false.

    Returns
    -------
    ProfiledCriterion

    Raises
    ------
    DataError
        If there is no random term, or if the fixed effects explain the response
        exactly.

    Examples
    --------
    >>> import mlm
    >>> design = mlm.design_matrices(
    ...     "Reaction ~ Days + (1 | Subject)", mlm.load_sleepstudy()
    ... )
    >>> round(mlm.profiled_deviance(design)([1.0]), 4)
    1787.3989
    """
    linear_design(design)
    return ProfiledCriterion(design, truth("reml", reml))
