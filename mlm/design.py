"""Formula and data to `Design`: y, X, Z and the names of everything.

One `RandomTerm` per bar owns its columns of Z, its levels, its names and its slice
of theta.  Nothing here knows a value of theta.
"""

import re
import warnings
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd
from formulaic import model_matrix
from formulaic.errors import FormulaicError
from scipy.sparse import csc_array, csr_array, hstack

from mlm.errors import DataError, MissingValuesWarning, RankDeficiencyWarning
from mlm.formula import Formula, parse_formula, variables

# R's lm drops a column whose part that is new is smaller than this share of it.
RANK_TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class RandomTerm:
    """One random term of a model, with the parts of Z and theta that it owns.

    Attributes
    ----------
    name : str
        Name of the term: the grouping factor, numbered from its second use on
        (``"Subject"``, ``"Subject.1"``), as lme4 prints it.
    group : str
        The grouping factor.
    columns : tuple of str, length k
        Effects that vary by group, such as ``("(Intercept)", "Days")``.
    levels : Index, length J
        The groups, in the order of their columns in Z.
    b_slice : slice
        Its columns of Z, and its part of b and u: J blocks of k.
    theta_slice : slice
        Its part of theta, k (k + 1) / 2 long.
    """

    name: str
    group: str
    columns: tuple[str, ...]
    levels: pd.Index
    b_slice: slice
    theta_slice: slice

    @property
    def k(self):
        """Number of effects per group."""
        return len(self.columns)

    @property
    def J(self):
        """Number of groups."""
        return len(self.levels)

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
    """The matrices of y = X beta + Z b + epsilon, before anything is estimated.

    Attributes
    ----------
    formula : Formula
    y : ndarray, shape (n,)
        Response, in its own unit.
    X : ndarray, shape (n, p)
        Fixed-effects design matrix, of full column rank.
    Z : csc_array, shape (n, q)
        Random-effects design matrix; columns in lme4's order (term, group, effect).
    terms : tuple of RandomTerm
        Most groups first, as in lme4.
    fixed_names : tuple of str, length p
    index : Index, length n
        Labels of the rows used, from the caller's data.
    """

    formula: Formula
    y: np.ndarray
    X: np.ndarray
    Z: csc_array
    terms: tuple[RandomTerm, ...]
    fixed_names: tuple[str, ...]
    index: pd.Index

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
        return self.Z.shape[1]

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


def design_matrices(formula, data, na_action="drop"):
    """Build y, X and Z from a formula and a data frame, without fitting.

    Parameters
    ----------
    formula : str
        See `parse_formula`.
    data : DataFrame
        One row an observation.  It is not changed.
    na_action : {"drop", "raise"}
        What to do with rows where a variable of the formula is missing: leave them
        out with a warning that counts them, or refuse.

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
    formula = parse_formula(formula)
    frame = _model_frame(formula, data, na_action)
    y = _response(formula, frame)
    X, fixed_names = _full_rank(*_columns(formula, formula.fixed, frame))
    terms, blocks = _random_terms(formula, frame)
    Z = hstack(blocks, format="csc") if blocks else csc_array((len(y), 0))
    return Design(formula, y, X, csc_array(Z), terms, fixed_names, frame.index)


def _model_frame(formula, data, na_action):
    """Rows and columns of `data` that the formula uses, checked."""
    if na_action not in ("drop", "raise"):
        raise DataError(f"na_action is 'drop' or 'raise', not {na_action!r}.")
    if not isinstance(data, pd.DataFrame):
        raise DataError(
            f"the data must be a pandas DataFrame, not {type(data).__name__}."
        )
    parts = [formula.response, formula.fixed]
    parts += [part for bar in formula.bars for part in (bar.effects, *bar.group)]
    used = list(dict.fromkeys(name for part in parts for name in variables(part)))
    for name in used:
        if name not in data.columns:
            close = get_close_matches(name, map(str, data.columns), n=1)
            there = ", ".join(map(repr, data.columns))
            hint = f"Did you mean {close[0]!r}? " if close else ""
            hint += f"The data have: {there}."
            raise formula.error(f"no column {name!r} in the data.", hint, name)
        if (count := (data.columns == name).sum()) > 1:
            raise DataError(f"{count} columns are called {name!r}; rename all but one.")
    frame = _without_missing(data[used], na_action)
    for name, column in frame.items():
        if pd.api.types.is_float_dtype(column) and np.isinf(column).any():
            row = column.index[np.isinf(column)][0]
            raise DataError(
                f"column {name!r} is infinite at row {row!r}; "
                "correct the value, or set it to missing."
            )
        if isinstance(column.dtype, pd.CategoricalDtype):
            frame = frame.assign(**{name: column.cat.remove_unused_categories()})
    return frame


def _without_missing(frame, na_action):
    missing = frame.isna()
    bad_rows = missing.any(axis=1)
    if bad_rows.any():
        counts = missing.sum()
        detail = ", ".join(f"{name!r} ({c})" for name, c in counts.items() if c)
        problem = f"{bad_rows.sum()} of {len(frame)} rows have missing values: {detail}"
        if na_action == "raise":
            raise DataError(f"{problem}. Remove or fill them, or use na_action='drop'.")
        warnings.warn(f"{problem}; left out.", MissingValuesWarning, stacklevel=4)
    frame = frame[~bad_rows]
    if frame.empty:
        raise DataError(
            "no rows to fit: the data are empty, or every row lacks a value."
        )
    return frame


def _columns(formula, expression, frame):
    """Design columns of one expression, with the names R gives them."""
    for name in variables(expression):
        column = frame[name]
        numeric = pd.api.types.is_numeric_dtype(column)
        if not numeric and column.nunique() < 2:
            raise formula.error(
                f"{name!r} has one level only ({column.iloc[0]!r}).",
                "Leave it out: what does not vary explains nothing.",
                name,
            )
    try:
        matrix = model_matrix(expression, frame, na_action="ignore", context={})
    except FormulaicError as error:
        hint = "Effects are joined by + - * : and functions such as np.log(x), I(x**2)."
        problem = f"cannot read {expression!r}: {error}"
        raise formula.error(problem, hint, expression) from error
    names = ["(Intercept)" if c == "Intercept" else c for c in matrix.columns]
    names = tuple(re.sub(r"\[(?:T\.)?([^\]]*)\]", r"\1", name) for name in names)
    values = matrix.to_numpy(dtype=float)
    if not np.isfinite(values).all():
        bad = names[np.flatnonzero(~np.isfinite(values).all(axis=0))[0]]
        hint = "Check its arguments: a logarithm of 0, or a division by 0?"
        raise formula.error(f"{bad!r} is not finite everywhere.", hint, expression)
    return values, names


def _response(formula, frame):
    name = formula.response
    if name in frame and not pd.api.types.is_numeric_dtype(frame[name]):
        raise formula.error(
            f"the response {name!r} is not numeric but {frame[name].dtype}.",
            "Use a numeric column, or convert it with pd.to_numeric.",
            name,
        )
    values, names = _columns(formula, f"0 + {name}", frame)
    if len(names) != 1:
        hint = "One column, or a function of one such as np.log(y)."
        raise formula.error(
            f"the response {name!r} is {len(names)} columns.", hint, name
        )
    y = values[:, 0]
    if np.ptp(y) == 0:
        problem = f"the response {name!r} is constant."
        raise formula.error(problem, "There is nothing to explain.", name)
    return y


def _full_rank(X, names):
    """Keep the columns that add something to those before them, as R's lm does."""
    basis = np.empty((len(X), 0))
    kept = []
    for j, column in enumerate(X.T):
        new = column - basis @ (basis.T @ column)
        new -= basis @ (basis.T @ new)  # twice: once loses orthogonality by rounding
        size = np.linalg.norm(new)
        if size > RANK_TOLERANCE * np.linalg.norm(column):
            kept.append(j)
            basis = np.column_stack([basis, new / size])
    dropped = [name for j, name in enumerate(names) if j not in kept]
    if dropped:
        warnings.warn(
            f"X is rank deficient: dropped {', '.join(map(repr, dropped))}, which "
            "the other columns already determine.",
            RankDeficiencyWarning,
            stacklevel=4,
        )
    return X[:, kept], tuple(names[j] for j in kept)


def _random_terms(formula, frame):
    """The random terms in lme4's order, and each one's columns of Z."""
    parts = []
    for bar in formula.bars:
        codes, levels = _grouping(bar, frame)
        effects, columns = _columns(formula, bar.effects, frame)
        _check_grouping(formula, bar, len(levels), len(columns), len(frame))
        parts.append((bar.label, columns, levels, _group_block(effects, codes, levels)))
    sizes = [len(levels) for _, _, levels, _ in parts]
    if any(np.diff(sizes) > 0):  # lme4's mkReTrms: rev(order(sizes)), ties reversed
        parts = [parts[i] for i in np.argsort(sizes, kind="stable")[::-1]]
    terms, q, m = [], 0, 0
    for label, columns, levels, block in parts:
        uses = sum(term.group == label for term in terms)
        name = f"{label}.{uses}" if uses else label
        b_slice = slice(q, q := q + block.shape[1])
        theta_slice = slice(m, m := m + len(columns) * (len(columns) + 1) // 2)
        terms.append(RandomTerm(name, label, columns, levels, b_slice, theta_slice))
    return tuple(terms), [block for *_, block in parts]


def _grouping(bar, frame):
    """Group number of every row, and the labels of the groups."""
    factors = [pd.Categorical(frame[name]) for name in bar.group]
    if len(factors) == 1:
        return factors[0].codes.astype(np.int64), factors[0].categories
    codes = np.zeros(len(frame), dtype=np.int64)
    for factor in factors:
        codes = codes * len(factor.categories) + factor.codes
    _, first, codes = np.unique(codes, return_index=True, return_inverse=True)
    names = zip(*(factor[first] for factor in factors), strict=True)
    return codes, pd.Index([":".join(map(str, name)) for name in names])


def _check_grouping(formula, bar, J, k, n):
    group = bar.label
    if J < 2:
        raise formula.error(
            f"the grouping factor {group!r} has one level only.",
            "A variance between groups needs at least two, better six, groups.",
            group,
        )
    if k == 0:
        hint = f"Write (1 | {group}) for an intercept that varies by group."
        raise formula.error("a random term without effects.", hint, bar.effects)
    if J * k >= n:
        raise formula.error(
            f"{J} groups × {k} effects = {J * k} random effects of {group!r}, but only "
            f"{n} observations: they cannot be told from the residuals.",
            "Use fewer effects, or a grouping factor with several rows a group.",
            group,
        )


def _group_block(effects, codes, levels):
    """Columns of Z for one term: row i holds its effects in its group's columns."""
    n, k = effects.shape
    columns = codes[:, None] * k + np.arange(k)
    row_ends = np.arange(0, n * k + 1, k)
    shape = (n, len(levels) * k)
    values = effects.flatten()  # a copy: zeros are taken out of it in place
    block = csr_array((values, columns.ravel(), row_ends), shape=shape)
    block.eliminate_zeros()
    return block
