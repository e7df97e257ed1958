"""Generalised linear mixed models: fits by Laplace's approximation or quadrature."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mlm.design import covariance
from mlm.design.design import A_DESIGN, Design
from mlm.engine.basis import basis
from mlm.engine.laplace_fit import covariance_by_hessian, estimates
from mlm.engine.one_factor import laplace
from mlm.engine.quadrature import QuadratureCriterion
from mlm.engine.structure import structure
from mlm.engine.working import WorkingModel
from mlm.ground.arguments import choice, kind, whole_number
from mlm.ground.errors import ConvergenceWarning, DataError, warn
from mlm.ground.readonly import handed_out
from mlm.results.family_model import FamilyModel
from mlm.results.generalized_summary import GeneralizedMixedSummary
from mlm.results.mixed import MixedModel
from mlm.results.printout import likelihood_lines
from mlm.results.separated import no_maximum, warn_of
from mlm.results.surface import OverBeta

ERRORS = ("hessian", "rx")
# Linear predictors that quadrature may come to.
FAR = 30.0
# Of quadrature for all effects of a group together.
MOST_NODES = 10_000


@dataclass(frozen=True, eq=False, repr=False)
class GeneralizedLinearMixedModel(FamilyModel, MixedModel):
    """A generalised linear mixed model fitted by `mlm.glmer`.

    `criterion` is -2 log likelihood with all constants; `sigma` is 1.

    Attributes
    ----------
    criterion_function : LaplaceCriterion
        The criterion of Λ and β.
    nodes : int
    se_method : {"hessian", "rx"}
        How integrals were taken, and where standard errors come from: see `glmer`.
    """

    nodes: int
    se_method: str

    refits_together = False

    @property
    def title(self):
        """What was fitted, and how."""
        how = {0: "Laplace, beta at the joint mode", 1: "Laplace"}.get(
            self.nodes, f"adaptive Gauss-Hermite quadrature, nodes = {self.nodes}"
        )
        return f"Generalized linear mixed model fit by maximum likelihood ({how})"

    @classmethod
    def from_design(cls, design, nodes=1, se="hessian", start=None):
        """Fit a design that has a family; arguments are as for `glmer`."""
        kind("design", design, Design, A_DESIGN)
        choice("se", se, ERRORS)
        nodes = whole_number("nodes", nodes, 0, "a number of nodes, 0 or more")
        _check(design, nodes)
        if start is not None:
            start = covariance.start_theta(design.terms, start)
        fit = cls._search(design, nodes, se if nodes else "rx", start)
        fit._warn()
        return fit

    @classmethod
    def _search(cls, design, nodes, se, start=None):
        """The fit, without a warning."""
        rows = design.family, design.y, design.weights, design.offset
        model = WorkingModel(
            structure(design.terms), basis(design), *rows, joint=nodes == 0
        )
        criterion = QuadratureCriterion(model, nodes) if nodes > 1 else laplace(model)
        solution, convergence = estimates(criterion, start)
        return cls(design, solution, criterion, convergence, nodes, se)

    def _settings(self):
        return {"nodes": self.nodes, "se": self.se_method}

    def _fit_of_rows(self, design, keep):
        start = self.solution.theta
        return self._search(design, self.nodes, self.se_method, start)

    def _refit(self, y):
        design = self.design.with_response(y)
        name = "the new response"
        self.family.check(design.y, design.weights, name, design.index)
        return self._search(design, self.nodes, self.se_method)

    @cached_property
    def _no_maximum(self):
        """Why the likelihood has no maximum; empty if nothing speaks against one."""
        return no_maximum(self.design, self._eta(), self.solution.vcov)

    @property
    def converged(self):
        """Whether the estimates exist, and the search ended at them."""
        return super().converged and not self._no_maximum

    @property
    def convergence_words(self):
        """How the search ended, or why it could not: str."""
        return self._no_maximum or super().convergence_words

    def _warn(self):
        if words := self._no_maximum:
            warn_of(words)
        else:
            super()._warn()
        design, way = self.design, self.family.directions(self.design.y)
        for term in design.terms:
            if way.all() and _constant_within(design.y, term):
                warn(
                    f"every group of {term.group!r} has equal responses: nothing "
                    "varies within groups, and the likelihood hardly falls however "
                    "large their variance is. Its estimate says little.",
                    ConvergenceWarning,
                )

    @handed_out
    def vcov(self):
        """Covariance of the fixed effects: DataFrame, p × p; see `se_method`."""
        covariance = self.solution.vcov
        if self.se_method == "hessian":
            found = covariance_by_hessian(self.criterion_function, self.solution)
            if found is None:
                warn(
                    "the Hessian is not that of a minimum: standard errors are those "
                    "of known variances, as with se='rx', and too small.",
                    ConvergenceWarning,
                )
            else:
                covariance = found
        names = self._fixed_index
        return pd.DataFrame(covariance, index=names, columns=names)

    @property
    def deviance(self):
        """-2 log likelihood with all constants, lme4's word: float; as `criterion`."""
        return self.criterion

    @property
    def df_residual(self):
        """Observations less all parameters, as in lme4: int."""
        return self.nobs - self.n_parameters

    @property
    def _blocks(self):
        """Blocks of Λ for orthonormal effects: list of ndarray, shape (k, k)."""
        return self.criterion_function.basis.whiten(self.solution.theta)

    def _around(self, blocks, beta):
        criterion = self.criterion_function
        return criterion.around(blocks, criterion.basis.RX @ beta)

    @cached_property
    def _factors(self):
        criterion = self.criterion_function
        return criterion.factorise(
            self._blocks, criterion.basis.RX @ self.solution.beta
        )

    def _factorisation(self):
        return self._factors  # the mode is found anew, to other last digits

    def _surface(self):
        """The criterion over Λ and β, for profiles: `OverBeta`."""
        if self.nodes == 0:
            raise DataError(
                "with nodes=0 β is not where the likelihood is highest, and a profile "
                "has no lowest point. Fit with nodes=1, or use method='wald' or 'boot'."
            )
        return OverBeta(self, self._blocks, self._expand)

    def _expand(self, blocks, beta):
        """Its value at blocks and β, and derivatives by both."""
        here = self._around(blocks, beta)
        return here.value, here.slopes, here.by_beta @ self.criterion_function.basis.RX

    @handed_out
    def leverage(self):
        """Diagonal of the working model's hat matrix: Series, 0 to 1."""
        return pd.Series(self._factorisation().leverage(), index=self.design.index)

    def summary(self):
        """Table of estimates, standard errors and z tests, as lme4's summary.

        Returns
        -------
        GeneralizedMixedSummary
        """
        lines = self._criterion_lines(1), self._variance_lines(variance=True)
        return GeneralizedMixedSummary(self, None, *lines)

    def _criterion_lines(self, decimals):
        return likelihood_lines(self, decimals)


def _check(design, nodes):
    """Refuse a design whose model is not fitted here, or not with so many nodes."""
    if design.family is None:
        raise DataError("the design has no family; give family= to its maker.")
    if design.family.has_scale:
        raise DataError(
            f"family {design.family}: a residual variance beside random effects is "
            "what mlm.lmer fits, for the identity link. With another link, use R's "
            "glmmTMB; or fit the response's logarithm by mlm.lmer."
        )
    groups = list(dict.fromkeys(term.group for term in design.terms))
    if nodes > 1 and len(groups) > 1:
        raise DataError(
            f"nodes={nodes} needs one grouping factor, and there are {len(groups)}: "
            f"{', '.join(groups)}. Use nodes=1, Laplace's approximation."
        )
    family = design.family
    with np.errstate(all="ignore"):
        ends = family.mean(np.array([-FAR, FAR]))
    if nodes > 1 and not ((ends >= family.lowest) & (ends <= family.highest)).all():
        raise DataError(
            f"nodes={nodes} asks for means at all effects, and with the link "
            f"{family.link.name} some are none that {family.name} responses have. Use "
            "nodes=1, or the canonical link."
        )
    k = sum(term.k for term in design.terms)
    if nodes > 1 and nodes**k > MOST_NODES:
        raise DataError(
            f"nodes={nodes} for {k} effects of a group are {nodes}^{k} nodes; with "
            f"more than {MOST_NODES} a fit takes too long. Use fewer."
        )


def _constant_within(y, term):
    """Whether no group's responses differ: bool."""
    highest, lowest = np.full(term.J, -np.inf), np.full(term.J, np.inf)
    np.maximum.at(highest, term.codes, y)
    np.minimum.at(lowest, term.codes, y)
    return bool((highest == lowest).all() and np.ptp(y) > 0)
