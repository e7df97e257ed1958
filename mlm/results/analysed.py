"""What an analysis asks of the fixed effects of any fit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlm.ground.arguments import check, choice, kind, share, whole_number
from mlm.inference.contrasts import ADJUSTMENTS, Contrasts
from mlm.inference.given import combinations_of
from mlm.inference.marginal import marginal_means, marginal_slopes, scale_of
from mlm.inference.of_terms import term_tests
from mlm.inference.uncertainty import Constant
from mlm.results.estimates import Estimates

DDF = ("satterthwaite", "kenward-roger", None)


@dataclass(frozen=True, eq=False, repr=False)
class Analysed(Estimates):
    """Means, contrasts, slopes and tests of terms.

    ``ddf`` says where the degrees of freedom of a linear mixed model come from:
    ``"satterthwaite"``, ``"kenward-roger"`` (with its covariance; of REML fits), or
    None, which takes t for normal.  Other models have one way each; with a family,
    Kenward and Roger's is none.
    """

    def _uncertainty(self, ddf):
        """How well the fixed effects are known: see `mlm.inference.uncertainty`."""
        choice("ddf", ddf, DDF)
        return Constant(self.vcov.to_numpy(), float(self._df()))

    def _df(self):
        """Degrees of freedom of all tests; infinite where they are normal."""
        return np.inf

    def _scale(self, type):
        """The family, where means are wanted on the response's scale."""
        choice("type", type, ("response", "link"))
        return self.design.family if type == "response" else None

    def means(
        self, names=(), at=None, by=(), level=0.95, ddf="satterthwaite", type="response"
    ):
        """Estimate marginal means: what the model expects, averaged evenly.

        Parameters
        ----------
        names : str or sequence of str
            Predictors for whose combinations means are wanted; none: one mean.
        at : dict, optional
            Values of predictors: of numbers, which otherwise have their mean (both
            values, if there are two, and all that ``C()`` makes a factor of), or some
            levels of a factor.  Variables of an offset may be among them.
        by : str or sequence of str
            Further predictors, within whose values means are compared.
        level : float
            Of intervals.
        ddf : {"satterthwaite", "kenward-roger", None}
            Of a linear mixed model: see `Analysed`.
        type : {"response", "link"}
            Of a model with a family: means μ of the averaged linear predictors, or
            these.  Where the formula computes the response, means are of that, as of
            ``log(y)``, and their note says so.

        Returns
        -------
        Means
            With `pairs` and `contrast`.

        Raises
        ------
        DataError
            An unknown predictor, level or choice.

        Notes
        -----
        Every level of what is averaged over counts alike, whatever the data have.  A
        mean over combinations of which no row of the data tells is nan.  An offset has
        its mean, as the note says; with ``offset(log(hours))`` in the formula,
        ``at={"hours": 1}`` gives rates per hour.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lmer("angle ~ recipe + (1 | recipe:replicate)", mlm.load_cake())
        >>> fit.means("recipe").to_frame()["mean"].round(2).tolist()
        [33.12, 31.64, 31.6]
        """
        wanted = (
            _predictors("names", names),
            _values(at),
            _predictors("by", by),
            share("level", level),
        )
        self._scale(type)
        known = self.design, self.solution.beta, self._uncertainty(ddf)
        return marginal_means(*known, *wanted, type)

    def slopes(self, predictor, by=(), at=None, level=0.95, ddf="satterthwaite"):
        """Estimate slopes of a numeric predictor, averaged evenly over all else.

        Parameters
        ----------
        predictor : str
        by : str or sequence of str
            Predictors for whose values slopes are wanted.
        at, level, ddf
            As for `means`.

        Returns
        -------
        Means
            Slopes of the linear predictor, with `pairs` and `contrast`.

        Raises
        ------
        DataError
            An unknown predictor; one that is no number, or that the model knows by
            ``C()`` or comparisons alone; or a place where the model jumps.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lmer("angle ~ recipe * temp + (1 | replicate)", mlm.load_cake())
        >>> fit.slopes("temp", by="recipe").to_frame()["slope"].round(3).tolist()
        [0.154, 0.165, 0.156]
        """
        known = self.design, self.solution.beta, self._uncertainty(ddf)
        return marginal_slopes(
            *known, predictor, _predictors("by", by), _values(at), share("level", level)
        )

    def contrast(self, L, adjust="none", level=0.95, ddf="satterthwaite"):
        """Estimate combinations of the fixed effects, and test them.

        Parameters
        ----------
        L : array_like, shape (p,) or (k, p), dict, Series or DataFrame
            Weights of all fixed effects, in their order; or by their names, 0 if left
            out.  A dict of dicts, or the index of a DataFrame, names them.
        adjust : {"none", "holm", "bonferroni"}
            How p values and intervals allow for there being several.
        level, ddf
            As for `means`.

        Returns
        -------
        Contrasts
            With `test`, of all together.

        Raises
        ------
        DataError
            Another shape, an unknown name, weights of 0 alone, or another choice.

        Examples
        --------
        >>> import mlm
        >>> fit = mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
        >>> fit.contrast({"(Intercept)": 1, "Days": 9}).to_frame()["estimate"].round(3)
        0    345.611
        Name: estimate, dtype: float64
        """
        choice("adjust", adjust, ADJUSTMENTS[:-1])
        labels, values = combinations_of(L, list(self.design.fixed_names))
        known = self.solution.beta, self._uncertainty(ddf), share("level", level)
        scale = scale_of(self.design)
        return Contrasts(
            labels,
            values,
            *known,
            adjust=adjust,
            together=len(values),
            says=scale and f"Estimates are on the scale of {scale}.",
        )

    def anova(self, type=3, ddf="satterthwaite"):
        """Test every term of the fixed part.

        Parameters
        ----------
        type : {1, 2, 3}
            Given the terms before it in the formula; given all terms that do not
            contain it (as ``a:b`` contains ``a``); given all others.  Type 3 of a term
            depends on how the factors are coded that it interacts with.
        ddf : {"satterthwaite", "kenward-roger", None}
            As for `means`.

        Returns
        -------
        DataFrame
            One row a term: ``Sum Sq``, ``Mean Sq``, ``NumDF``, ``DenDF``, ``F value``
            and ``Pr(>F)``; ``Chisq``, ``Df`` and ``Pr(>Chisq)`` by Wald, where degrees
            of freedom are infinite.  To compare two fits, use `mlm.anova`.

        Raises
        ------
        DataError
            Another type or `ddf`.

        Warns
        -----
        CodingWarning
            Type 3, and a factor of an interaction does not sum to zero.

        Examples
        --------
        >>> import mlm
        >>> formula = "angle ~ recipe + temperature + (1 | recipe:replicate)"
        >>> mlm.lmer(formula, mlm.load_cake()).anova()["F value"].round(3).tolist()
        [0.249, 20.514]
        """
        type = whole_number("type", type, 1, "1, 2 or 3", most=3)
        known = self.design, self.solution.beta, self._uncertainty(ddf)
        sigma = self.sigma if self.design.has_scale else None
        return term_tests(*known, self._information(), type, sigma)

    def _information(self):
        """Information of the coefficients, up to a factor: ndarray, shape (p, p)."""
        return np.linalg.inv(self.vcov.to_numpy())


def _predictors(name, given):
    """Names of predictors as a list: one stands for itself."""
    listed = [given] if isinstance(given, str) else given
    right = isinstance(listed, Sequence) and all(isinstance(one, str) for one in listed)
    check(right, name, "the name of a predictor, or a list of names", given)
    return list(listed)


def _values(at):
    """Values of predictors, by their names: dict."""
    return {} if at is None else dict(kind("at", at, Mapping, "a dict of values"))
