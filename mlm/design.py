"""Formula and data to `Design`: y, X, Z and the names of everything.

One `RandomTerm` per bar owns its columns of Z, its levels, its names and its slice
of theta.  Nothing here knows a value of theta.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csc_array, csr_array, diags_array, hstack

from mlm.errors import IllConditionedWarning, RankDeficiencyWarning, warn
from mlm.factors import triangular_factor
from mlm.formula import Bar, Formula, parse_formula
from mlm.frame import OFFSET, WEIGHTS, Columns, effect_columns, model_frame, response

# R's lm drops a column whose part that is new is smaller than this share of it.
RANK_TOLERANCE = 1e-7
# Estimates lose about as many of their 16 digits as this number has.
ILL_CONDITIONED = 1e6


@dataclass(frozen=True, eq=False)
class RandomTerm:
    """One random term of a model, with the parts of Z and theta that it owns.

    Attributes
    ----------
    name : str
        Name of the term: the grouping factor, numbered from its second use on
        (``"Subject"``, ``"Subject.1"``), as lme4 prints it.
    bar : Bar
        The term as the formula has it.
    levels : Index, length J
        The groups, in the order of their columns in Z.
    codes : ndarray of int, shape (n,)
        Group of every row, as an index into `levels`.
    effects : Columns
        Values of the effects row by row, shape (n, k), their names, and how to compute
        them from other data.
    b_slice : slice
        Its columns of Z, and its part of b and u: J blocks of k.
    theta_slice : slice
        Its part of theta, k (k + 1) / 2 long.
    """

    name: str
    bar: Bar
    levels: pd.Index
    codes: np.ndarray
    effects: Columns
    b_slice: slice
    theta_slice: slice

    @property
    def group(self):
        """Name of the grouping factor."""
        return self.bar.label

    @property
    def columns(self):
        """Effects that vary by group, such as ``("(Intercept)", "Days")``."""
        return self.effects.names

    @property
    def k(self):
        """Number of effects per group."""
        return len(self.columns)

    @property
    def J(self):
        """Number of groups."""
        return len(self.levels)

    @property
    def b_size(self):
        """Number of random effects, J k."""
        return self.J * self.k

    def matrix(self, effects=None):
        """Give the columns of Z: row i holds its effects in its group's columns.

        Parameters
        ----------
        effects : ndarray, shape (n, k), optional
            Others than the term's own; their number k may be another too.

        Returns
        -------
        csr_array, shape (n, J k)
            Zeros are not stored.
        """
        effects = self.effects.values if effects is None else effects
        n, k = effects.shape
        columns = self.codes[:, None] * k + np.arange(k)
        row_ends = np.arange(0, n * k + 1, k)
        values = effects.flatten()  # a copy: zeros are taken out of it in place
        block = csr_array((values, columns.ravel(), row_ends), shape=(n, self.J * k))
        block.eliminate_zeros()
        return block

    @property
    def theta_names(self):
        """Names of its part of theta, as lme4 gives them (lower triangle by column)."""
        return [
            f"{self.group}.{row}" if row == column else f"{self.group}.{row}.{column}"
            for j, column in enumerate(self.columns)
            for row in self.columns[j:]
        ]


@dataclass(frozen=True, eq=False)
class Design:
    """The matrices of y = X beta + Z b + o + epsilon, before anything is estimated.

    Attributes
    ----------
    formula : Formula
    frame : DataFrame
        Rows and columns of the caller's data that are used; prior weights and offset,
        if given, as columns ``(weights)`` and ``(offset)``, as in R.
    y : ndarray, shape (n,)
        Response, in its own unit.
    fixed : Columns
        Every column that the fixed part asks for.
    kept : list of int, length p
        Which of them are in X: those that the columns before them do not determine.
    terms : tuple of RandomTerm
        Most groups first, as in lme4.
    offset_name : str or None
        Column of the caller's data that the offset came from.
    """

    formula: Formula
    frame: pd.DataFrame
    y: np.ndarray
    fixed: Columns
    kept: list[int]
    terms: tuple[RandomTerm, ...]
    offset_name: str | None = None

    @cached_property
    def X(self):
        """Fixed-effects design matrix of full column rank: ndarray, shape (n, p)."""
        return self.fixed.values[:, self.kept]

    @cached_property
    def weights(self):
        """Prior weights w, residual variances being sigma²/w: ndarray (n,), or None."""
        return self.frame[WEIGHTS].to_numpy() if WEIGHTS in self.frame else None

    @cached_property
    def offset(self):
        """What is known of y beforehand, o: ndarray, shape (n,), or 0.0."""
        return self.frame[OFFSET].to_numpy() if OFFSET in self.frame else 0.0

    @property
    def W(self):
        """Prior weights as the matrix W of residual covariance sigma² W⁻¹ (n, n)."""
        return diags_array(np.ones(self.n) if self.weights is None else self.weights)

    def weighted(self, values):
        """Give rows of `values`, shape (n, k), times the roots of their weights."""
        if self.weights is None:
            return values
        return values * np.sqrt(self.weights)[:, None]

    def with_response(self, y):
        """Give the same design with another response, shape (n,)."""
        return replace(self, y=y)

    @property
    def fixed_names(self):
        """Names of the columns of X: tuple of str, length p."""
        return tuple(self.fixed.names[i] for i in self.kept)

    @property
    def index(self):
        """Labels of the rows used, from the caller's data: length n."""
        return self.frame.index

    @cached_property
    def Z(self):
        """Random-effects design matrix: csc_array, shape (n, q).

        Columns in lme4's order: term by term, group by group, effect by effect.
        """
        if not self.terms:
            return csc_array((self.n, 0))
        return csc_array(hstack([term.matrix() for term in self.terms]))

    @property
    def n(self):
        """Number of observations."""
        return len(self.y)

    @property
    def p(self):
        """Number of fixed effects."""
        return self.X.shape[1]

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
        return [
            (level, column)
            for term in self.terms
            for level in term.levels
            for column in term.columns
        ]

    def __repr__(self):
        shapes = f"y: {self.n}, X: {self.n} × {self.p}, Z: {self.n} × {self.q}"
        groups = ", ".join(f"{t.name} ({t.J} × {t.k})" for t in self.terms)
        return f"Design({self.formula.text!r}; {shapes}; terms: {groups or 'none'})"


def design_matrices(
    formula, data, weights=None, offset=None, na_action="drop", namespace=None
):
    """Build y, X and Z from a formula and a data frame, without fitting.

    Parameters
    ----------
    formula : str
        See `parse_formula`.
    data : DataFrame
        One row an observation.  It is not changed.
    weights : str or array_like, shape (n,), optional
        Prior weights, positive: a column's name, or a number for each row of `data`.
        An observation of weight w has residual variance sigma²/w, as a mean of w
        single ones has.
    offset : str or array_like, shape (n,), optional
        What is added to the linear predictor with no coefficient, in the response's
        unit: a column's name, or a number for each row of `data`.
    na_action : {"drop", "raise"}
        What to do with rows where a variable of the formula is missing: leave them
        out with a warning that counts them, or refuse.
    namespace : dict of str to callable, optional
        Functions that the formula may call; see `parse_formula`.

    Returns
    -------
    Design

    Raises
    ------
    FormulaError
        The formula cannot be read, or asks for what the data do not have.
    DataError
        The data cannot be used as the formula asks; the message names the column.

    Notes
    -----
    Text becomes a categorical with sorted levels; a categorical keeps its order.
    Categories are coded by treatment contrasts against the first level, as in R.
    Columns of X that repeat what columns before them say are dropped, with a warning.

    Examples
    --------
    >>> import mlm
    >>> mlm.design_matrices("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    Design('Reaction ~ Days + (Days | Subject)'; y: 180, X: 180 × 2, Z: 180 × 36; \
terms: Subject (18 × 2))
    """
    formula = parse_formula(formula, namespace)
    frame = model_frame(formula, data, weights, offset, na_action)
    y = response(formula, frame)
    fixed = effect_columns(formula, formula.fixed, frame)
    kept = _full_rank(fixed)
    terms = _random_terms(formula, frame)
    offset_name = offset if isinstance(offset, str) else None
    return Design(formula, frame, y, fixed, kept, terms, offset_name)


def _full_rank(fixed):
    """Which columns add something to those before them, as R's lm decides it."""
    R, names = triangular_factor(fixed.values), fixed.names
    basis = np.empty((len(R), 0))
    kept = []
    for j, column in enumerate(R.T):  # its columns have the lengths and angles of X's
        new = column - basis @ (basis.T @ column)
        new -= basis @ (basis.T @ new)  # twice: once loses orthogonality by rounding
        size = np.linalg.norm(new)
        if size > RANK_TOLERANCE * np.linalg.norm(column):
            kept.append(j)
            basis = np.column_stack([basis, new / size])
    dropped = [name for j, name in enumerate(names) if j not in kept]
    if dropped:
        warn(
            f"X is rank deficient: dropped {', '.join(map(repr, dropped))}, which "
            "the other columns already determine. The fit is the same whichever of "
            "them is left out; leave it out of the formula yourself to choose.",
            RankDeficiencyWarning,
        )
    if kept:
        _check_condition(R[:, kept], [names[j] for j in kept])
    return kept


def _check_condition(R, names):
    """Warn of columns that are nearly collinear (Belsley's condition number)."""
    _, singular, directions = np.linalg.svd(R / np.linalg.norm(R, axis=0))
    number = singular[0] / singular[-1]
    if number > ILL_CONDITIONED:
        share = np.abs(directions[-1])
        culprits = [name for name, s in zip(names, share, strict=True) if s > 0.3]
        warn(
            f"X is ill-conditioned (condition number {number:.0e}): "
            f"{', '.join(map(repr, culprits))} nearly determine each other, so their "
            "estimates have large standard errors and lose digits. Centre the "
            "predictors, use poly(x, 2) for powers, or leave one of them out.",
            IllConditionedWarning,
        )


def _random_terms(formula, frame):
    """Make the random terms, in lme4's order."""
    parts = []
    for bar in formula.bars:
        codes, levels = _grouping(formula, bar, frame)
        effects = effect_columns(formula, bar.effects, frame)
        _check_grouping(formula, bar, len(levels), effects, frame)
        parts.append((bar, levels, codes, effects))
    sizes = [len(levels) for _, levels, _, _ in parts]
    if any(np.diff(sizes) > 0):  # lme4's mkReTrms: rev(order(sizes)), ties reversed
        parts = [parts[i] for i in np.argsort(sizes, kind="stable")[::-1]]
    terms, q, m = [], 0, 0
    for bar, levels, codes, effects in parts:
        uses = sum(term.group == bar.label for term in terms)
        name = f"{bar.label}.{uses}" if uses else bar.label
        k = len(effects.names)
        b_slice = slice(q, q := q + k * len(levels))
        theta_slice = slice(m, m := m + k * (k + 1) // 2)
        owned = (levels, codes, effects, b_slice, theta_slice)
        terms.append(RandomTerm(name, bar, *owned))
    return tuple(terms)


def _grouping(formula, bar, frame):
    """Group number of every row, and the labels of the groups."""
    try:
        factors = [pd.Categorical(frame[name]) for name in bar.group]
    except TypeError as error:
        raise formula.error(
            f"values of {bar.label!r} cannot be sorted into groups: {error}.",
            "Use a column of text, numbers or categories.",
            bar.label,
        ) from error
    if len(factors) == 1:
        return factors[0].codes.astype(np.int64), factors[0].categories
    codes = np.zeros(len(frame), dtype=np.int64)
    for factor in factors:
        codes = codes * len(factor.categories) + factor.codes
    _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
    names = zip(*(factor[first] for factor in factors), strict=True)
    return codes, pd.Index([":".join(map(str, name)) for name in names])


def _check_grouping(formula, bar, J, effects, frame):
    group, k, n = bar.label, len(effects.names), len(frame)
    if J < 2:
        raise formula.error(
            f"the grouping factor {group!r} has one level only.",
            "A variance between groups needs at least two, better six, groups.",
            group,
        )
    if k == 0:
        hint = f"Write (1 | {group}) for an intercept that varies by group."
        raise formula.error("a random term without effects.", hint, bar.effects)
    for name, column in zip(effects.names, effects.values.T, strict=True):
        if not column.any():
            hint = "Leave it out: nothing can vary with it."
            raise formula.error(f"{name!r} is 0 in every row.", hint, bar.span)
    R = triangular_factor(effects.values)
    if (np.diag(R) <= RANK_TOLERANCE * np.linalg.norm(R, axis=0)).any():
        warn(
            f"the random effects {', '.join(map(repr, effects.names))} of {group!r} "
            "determine each other: their variances cannot be told apart. Leave one "
            "out.",
            RankDeficiencyWarning,
        )
    if J * k >= n:
        raise formula.error(
            f"{J} groups × {k} effects = {J * k} random effects of {group!r}, but only "
            f"{n} observations: they cannot be told from the residuals.",
            "Use fewer effects, or a grouping factor with several rows a group.",
            group,
        )
    fixed = [part.strip() for part in formula.fixed.split("+")]
    is_factor = not pd.api.types.is_numeric_dtype(frame[bar.group[0]])
    if "(Intercept)" in effects.names and group in fixed and is_factor:
        raise formula.error(
            f"{group!r} is a fixed effect and has a random intercept: each group's "
            "level is in X already, and nothing is left to vary.",
            f"Leave {group!r} out of the fixed effects, or its random intercept.",
            bar.span,
        )
