"""`Design`: y, X, Z and the names of everything, before anything is estimated.

It is made in `mlm.design.matrices`.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, product

import numpy as np
import pandas as pd
from scipy.sparse import csc_array, diags_array, hstack

from mlm.design.effects import Columns
from mlm.design.frame import OFFSET, WEIGHTS, ModelFrame
from mlm.design.random_terms import RandomTerm
from mlm.families.family import Family
from mlm.formula.parse import Formula
from mlm.ground.arguments import kind
from mlm.ground.errors import DataError
from mlm.ground.linalg import triangular_factor
from mlm.ground.readonly import Locked, lock

A_DESIGN = "a Design, from mlm.design_matrices or of a fit (fit.design)"


@dataclass(frozen=True, eq=False)
class Design(Locked):
    """The matrices of y = X beta + Z b + o + epsilon, before anything is estimated.

    Attributes
    ----------
    formula : Formula
    frame : DataFrame
        A copy of the rows and columns that are used; weights and offset, if given, as
        columns ``(weights)`` and ``(offset)``, as in R.
    y : ndarray, shape (n,)
        Response, in its own unit; of a binomial family, proportions of successes.
    fixed : Columns
        Every column that the fixed part asks for.
    kept : tuple of int, length p
        Which of them are in X: those that the columns before them do not determine.
    terms : tuple of RandomTerm
        Most groups first, as in lme4.
    weights_name, offset_name : str or None
        Columns of the data that the arguments `weights` and `offset` came from.
    offset_columns : Columns or None
        Terms ``offset(...)`` of the formula, which are added to that.
    family : Family or None
        Of a generalised linear model.
    """

    formula: Formula
    frame: pd.DataFrame
    y: np.ndarray
    fixed: Columns
    kept: tuple[int, ...]
    terms: tuple[RandomTerm, ...]
    weights_name: str | None = None
    offset_name: str | None = None
    offset_columns: Columns | None = None
    family: Family | None = None

    # Whether rows are at hand: y, X, groups and all that is read from them.
    in_memory = True

    def __post_init__(self):
        lock(self.y)

    @cached_property
    def X(self):
        """Fixed-effects design matrix of full column rank: ndarray, shape (n, p)."""
        return lock(self.fixed.values[:, self.kept])

    @cached_property
    def RX(self):
        """Triangle of W^½ X = Q RX, diagonal not negative: shape (p, p)."""
        if self.weights is not None:
            return lock(triangular_factor(self.weighted(self.X)))
        if len(self.kept) == len(self.fixed.R):
            return self.fixed.R
        return lock(triangular_factor(self.fixed.R[:, self.kept]))

    @cached_property
    def weights(self):
        """Prior weights w (residual variances sigma²/w), or trials: (n,), or None."""
        frame = self._frame
        return lock(frame[WEIGHTS].to_numpy()) if WEIGHTS in frame else None

    @property
    def outline(self):
        """Sums by which data are told apart whose rows are not at hand: dict."""
        y = np.asarray(self.y)
        return {
            "rows": [float(self.n)],
            "responses": [y.sum(), y @ y],
            "weights": [self.log_weights],
            "offsets": [np.sum(np.square(self.offset) + np.zeros(self.n))],
        }

    @property
    def log_weights(self):
        """Sum of the logarithms of the prior weights: float, 0 without any."""
        return 0.0 if self.weights is None else float(np.log(self.weights).sum())

    @property
    def widest(self):
        """Largest prior weight over the smallest: float, 1 without any."""
        weights = self.weights
        return 1.0 if weights is None else float(weights.max() / weights.min())

    @cached_property
    def offset(self):
        """What is known of y beforehand, o: ndarray, shape (n,), or 0.0."""
        known = self._frame[OFFSET].to_numpy() if OFFSET in self._frame else 0.0
        if self.offset_columns is not None:
            known = known + self.offset_columns.values.sum(axis=1)
        return lock(known)

    @property
    def W(self):
        """Prior weights as the matrix W of residual covariance sigma² W⁻¹ (n, n)."""
        return diags_array(np.ones(self.n) if self.weights is None else self.weights)

    def weighted(self, values):
        """Multiply rows by the roots of their weights.

        Parameters
        ----------
        values : ndarray, shape (n, k)

        Returns
        -------
        ndarray, shape (n, k)
            The values themselves where the design has no weights.
        """
        if self.weights is None:
            return values
        return values * np.sqrt(self.weights)[:, None]

    def with_response(self, y):
        """Make the same design with another response, also in its frame.

        Where the response is a function, the frame has it in a column of that name, as
        R's model frames do: what it was computed from is not known any more.

        Parameters
        ----------
        y : array_like, shape (n,)

        Returns
        -------
        Design
        """
        y, formula = np.array(y, dtype=float), self.formula
        name = formula.response_column or formula.response
        gone = set(formula.response_expression.variables)
        gone -= {*formula.predictors, *formula.groups}
        columns = {name: pd.Series(y, self.index, name=name)}
        for other, column in self._frame.columns.items():
            if other not in gone:
                columns.setdefault(other, column)
        return replace(self, y=y, frame=ModelFrame(columns, self.index))

    @property
    def fixed_names(self):
        """Names of the columns of X: tuple of str, length p."""
        return tuple(self.fixed.names[i] for i in self.kept)

    @property
    def types(self):
        """`frame` without its rows: the types of columns, and their categories."""
        return self._frame.table().iloc[:0]

    @property
    def index(self):
        """Labels of the rows used, from the caller's data: length n."""
        return self._frame.index

    @cached_property
    def Z(self):
        """Random-effects design matrix: csc_array, shape (n, q).

        Columns in lme4's order: term by term, group by group, effect by effect.
        """
        if not self.terms:
            return csc_array((self.n, 0))
        return lock(csc_array(hstack([term.matrix() for term in self.terms])))

    @property
    def n(self):
        """Number of observations."""
        return len(self.y)

    @property
    def p(self):
        """Number of fixed effects."""
        return len(self.kept)

    @property
    def has_scale(self):
        """Whether a residual standard deviation, sigma, is among the parameters."""
        return self.family is None or self.family.has_scale

    @property
    def q(self):
        """Number of random effects."""
        return sum(term.b_size for term in self.terms)

    @property
    def m(self):
        """Length of theta."""
        return sum(term.k * (term.k + 1) // 2 for term in self.terms)

    @property
    def random_names(self):
        """Labels of the columns of Z: pairs of (group level, effect)."""
        pairs = (product(term.levels, term.columns) for term in self.terms)
        return [*chain.from_iterable(pairs)]

    def __repr__(self):
        shapes = f"y: {self.n}, X: {self.n} × {self.p}, Z: {self.n} × {self.q}"
        groups = ", ".join(f"{t.name} ({t.J} × {t.k})" for t in self.terms)
        return f"Design({self.formula.text!r}; {shapes}; terms: {groups or 'none'})"


def _table(self):
    """The model frame, as a table of the caller's own."""
    return vars(self)["_frame"].table()


def _columns(self, frame):
    """Keep its columns; only the dataclass's own __init__ comes here."""
    vars(self)["_frame"] = ModelFrame.of(frame)


Design.frame = property(_table, _columns)


def linear_design(design):
    """Refuse what is no design of a linear model; return one as it is.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Design

    Raises
    ------
    DataError
        Something else, or a design with a family.
    """
    kind("design", design, Design, A_DESIGN)
    if design.family is not None:
        raise DataError(
            f"this is of linear models, and the design has family {design.family}. "
            "Use mlm.glm, or make the design without family=."
        )
    return design
