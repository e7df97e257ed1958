"""`lm`, `glm` and `lmer`: from a formula and data to a fitted model."""

from mlm.design.matrices import design_matrices, linear_design
from mlm.engine.profiled import ProfiledCriterion
from mlm.families.choose import family_of
from mlm.ground.arguments import truth
from mlm.results.generalized import GeneralizedLinearModel
from mlm.results.generalized_mixed import GeneralizedLinearMixedModel
from mlm.results.linear import LinearModel
from mlm.results.linear_mixed import LinearMixedModel


def lm(formula, data, weights=None, offset=None, na_action="drop", namespace=None):
    """Fit a linear model by least squares.

    Parameters
    ----------
    formula : str
        Such as ``"Reaction ~ Days"``; see `parse_formula`.
    data : DataFrame
        One row an observation.  It is not changed.
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
    _refuse_random_terms(design, "lm", "mlm.lmer")
    return LinearModel.from_design(design)


def _refuse_random_terms(design, name, other):
    """Refuse random terms where `name` fits none, and `other` does."""
    if design.terms:
        part, hint = design.formula.bars[0], f"Use {other} for this formula."
        problem = f"{name} fits no random terms."
        raise design.formula.error(problem, hint, part.span)


def glm(
    formula,
    data,
    family,
    link=None,
    weights=None,
    offset=None,
    na_action="drop",
    namespace=None,
):
    """Fit a generalised linear model by maximum likelihood.

    Parameters
    ----------
    formula : str
        Such as ``"correct ~ condition"``; see `parse_formula`.  With family binomial,
        the response is 0 and 1, True and False, two categories (the second, in sorted
        order or in the categorical's, is success), a proportion with `weights`, or
        ``cbind(successes, failures)``.
    data : DataFrame
        One row an observation.  It is not changed.
    family : {"binomial", "poisson", "gaussian"}
        Distribution of the response; or the `family` of another fit.
    link : str or object, optional
        ``"logit"``, ``"probit"``, ``"cloglog"``, ``"log"``, ``"identity"``; one of
        `mlm.links`, such as ``mlm.links.guess(1/2)``; or an object with the functions
        ``link``, ``inverse`` and ``derivative``.  Logit, log and identity if left out.
    weights : str or array_like, shape (n,), optional
        Numbers of trials of a binomial proportion; prior weights of other families.
    offset : str or array_like, shape (n,), optional
        Known part of the linear predictor: see `design_matrices`.
    na_action : {"drop", "raise"}
        See `design_matrices`.
    namespace : dict of str to callable, optional
        Functions that the formula may call; see `parse_formula`.

    Returns
    -------
    GeneralizedLinearModel

    Raises
    ------
    FormulaError, DataError
        As `design_matrices`; a response that the family cannot have, an unknown family
        or link, or a formula with random terms.

    Warns
    -----
    SeparationWarning
        Predictors tell some responses without error, so that no estimate is best.
    ConvergenceWarning
        No maximum was found.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, 2nd edition.

    Examples
    --------
    >>> import mlm, pandas as pd
    >>> data = pd.DataFrame({"dose": [0, 1, 2, 3], "dead": [1, 4, 9, 13], "n": 16})
    >>> mlm.glm("cbind(dead, n - dead) ~ dose", data, family="binomial")
    Generalized linear model fit by maximum likelihood
    Formula: cbind(dead, n - dead) ~ dose
    Family: binomial (logit)
    Coefficients:
    (Intercept)         dose
         -2.517        1.357
    <BLANKLINE>
        Null deviance: 24.30532  on 3  degrees of freedom
    Residual deviance:  0.07741  on 2  degrees of freedom
    AIC: 15.02
    """
    family = family_of(family, link)
    given = weights, offset, na_action, namespace, family
    design = design_matrices(formula, data, *given)
    _refuse_random_terms(design, "glm", "mlm.glmer")
    return GeneralizedLinearModel.from_design(design)


def lmer(
    formula,
    data,
    reml=True,
    weights=None,
    offset=None,
    na_action="drop",
    namespace=None,
    start=None,
):
    """Fit a linear mixed model by REML or maximum likelihood.

    Parameters
    ----------
    formula : str
        Such as ``"Reaction ~ Days + (Days | Subject)"``; see `parse_formula`.
    data : DataFrame
        One row an observation.  It is not changed.
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

    Returns
    -------
    LinearMixedModel

    Raises
    ------
    FormulaError, DataError
        As `design_matrices`, and for a formula without random terms.

    Warns
    -----
    SingularFitWarning
        The best covariance of the random effects is singular: a variance of 0, or
        a correlation of ±1.
    ConvergenceWarning
        The optimiser stopped where gradient or curvature are not a minimum's.

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), section 3.

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
    reml = truth("reml", reml)
    design = design_matrices(formula, data, weights, offset, na_action, namespace)
    _need_random_terms(design, "mlm.lm")
    return LinearMixedModel.from_design(design, reml, start)


def _need_random_terms(design, other):
    if not design.terms:
        hint = f"Add one such as (1 | group), or use {other} for a model without."
        raise design.formula.error("no random term.", hint)


def glmer(
    formula,
    data,
    family,
    link=None,
    nodes=1,
    weights=None,
    offset=None,
    na_action="drop",
    namespace=None,
    se="hessian",
    start=None,
):
    """Fit a generalised linear mixed model by maximum likelihood.

    θ and β are searched for together, with exact derivatives.  The likelihood has all
    its constants, whatever `nodes`: fits with different ones compare.

    Parameters
    ----------
    formula : str
        Such as ``"correct ~ condition + (condition | subject)"``; responses are those
        of `glm`, random terms those of `lmer`.  ``(1 | row)``, with a level for every
        row, takes overdispersion up.
    data : DataFrame
        One row an observation.  It is not changed.
    family : {"binomial", "poisson"}
        Distribution of the response; or the `family` of another fit.
    link, weights, offset, na_action, namespace
        As for `glm`.
    nodes : int
        How the integrals over the random effects are taken, lme4's nAGQ: 1, Laplace's
        approximation; more, adaptive Gauss-Hermite quadrature with so many nodes for
        each effect of a group, with one grouping factor; 0, Laplace's with β at the
        joint mode with the random effects, which is quick and not quite at the
        maximum.
    se : {"hessian", "rx"}
        Standard errors from second derivatives by θ and β (as lme4's, exact); or as
        if the variances were known, which is quicker and too small.  With ``nodes=0``
        always the latter.
    start : array_like or Series, shape (m,), optional
        A theta to search from, besides the usual start: see `lmer`.

    Returns
    -------
    GeneralizedLinearMixedModel

    Raises
    ------
    FormulaError, DataError
        As `glm`, and for a formula without random terms, family gaussian, or several
        nodes with several grouping factors.

    Warns
    -----
    SingularFitWarning, ConvergenceWarning
        As `lmer`; or nothing varies within groups.
    SeparationWarning
        Predictors tell some responses without error, so that no estimate is best.

    References
    ----------
    Breslow & Clayton (1993), J. Am. Stat. Assoc. 88, 9-25; D. Bates, Computational
    methods for mixed models (lme4's vignette "Theory").

    Examples
    --------
    >>> import mlm
    >>> sleepstudy = mlm.load_sleepstudy()
    >>> slow = sleepstudy.assign(slow=(sleepstudy["Reaction"] > 300).astype(int))
    >>> mlm.glmer("slow ~ Days + (1 | Subject)", slow, family="binomial")
    Generalized linear mixed model fit by maximum likelihood (Laplace)
    Formula: slow ~ Days + (1 | Subject)
    Family: binomial (logit)
         AIC      BIC   logLik deviance df.resid
    180.3262 189.9051 -87.1631 174.3262      177
    Random effects:
     Groups  Name        Std.Dev.
     Subject (Intercept) 1.735
    Number of obs: 180, groups:  Subject, 18
    Fixed Effects:
    (Intercept)         Days
        -3.1955       0.5852
    """
    family = family_of(family, link)
    given = weights, offset, na_action, namespace, family
    design = design_matrices(formula, data, *given)
    _need_random_terms(design, "mlm.glm")
    return GeneralizedLinearMixedModel.from_design(design, nodes, se, start)


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
