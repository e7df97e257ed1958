"""`glm` and `glmer`: generalised linear models, without and with random effects."""

from mlm.design.matrices import design_matrices
from mlm.families.choose import family_of
from mlm.fit.terms import need_random_terms, refuse_random_terms
from mlm.ground.names import answering
from mlm.results.generalized import GeneralizedLinearModel
from mlm.results.generalized_mixed import GeneralizedLinearMixedModel


@answering
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
        One row an observation, of any library: see `lm`.  It is not changed.
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
    refuse_random_terms(design, "glm", "mlm.glmer")
    return GeneralizedLinearModel.from_design(design)


@answering
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
        One row an observation, of any library: see `lm`.  It is not changed.
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
    need_random_terms(design, "mlm.glm")
    return GeneralizedLinearMixedModel.from_design(design, nodes, se, start)
