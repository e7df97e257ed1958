"""Random terms: the groups, the effects that vary by them, and what a term owns.

One `RandomTerm` per bar owns its columns of Z, its levels, its names and its slice
of theta.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from mlm.design.effects import Columns, effect_columns
from mlm.design.grouping import Grouping, different, grouping
from mlm.design.rank import is_full_rank
from mlm.formula.bars import Bar
from mlm.formula.terms import read_effects
from mlm.ground.errors import RankDeficiencyWarning, warn
from mlm.ground.readonly import Locked, lock


@dataclass(frozen=True, eq=False)
class RandomTerm(Locked):
    """One random term of a model, with the parts of Z and theta that it owns.

    Attributes
    ----------
    name : str
        Name of the term: the grouping factor, numbered from its second use on
        (``"Subject"``, ``"Subject.1"``), as lme4 prints it.
    label : str
        What the names of its parameters end with: the grouping factor, or `name` if an
        earlier term of the same groups has one of its effects.
    bar : Bar
        The term as the formula has it.
    groups : Grouping
        Which labels make which group.
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
    label: str
    bar: Bar
    groups: Grouping
    codes: np.ndarray
    effects: Columns
    b_slice: slice
    theta_slice: slice

    @property
    def group(self):
        """Name of the grouping factor."""
        return self.bar.label

    @property
    def levels(self):
        """The groups' labels, in the order of their columns in Z: Index, length J."""
        return self.groups.levels

    @property
    def columns(self):
        """Effects that vary by group, such as ``("(Intercept)", "Days")``."""
        return self.effects.names

    @cached_property
    def k(self):
        """Number of effects per group."""
        return len(self.columns)

    @cached_property
    def J(self):
        """Number of groups."""
        return len(self.levels)

    @property
    def b_size(self):
        """Number of random effects, J k."""
        return self.J * self.k

    def parents(self, outer):
        """In which group of another term each group lies.

        Parameters
        ----------
        outer : RandomTerm

        Returns
        -------
        ndarray of int, shape (J,), or None
            None if some group lies in several.
        """
        parent = np.zeros(self.J, dtype=np.intp)
        parent[self.codes] = outer.codes
        return parent if (parent[self.codes] == outer.codes).all() else None

    def matrix(self, effects=None):
        """Columns of Z: row i holds its effects in its group's columns.

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
            f"{self.label}.{row}" if row == column else f"{self.label}.{row}.{column}"
            for j, column in enumerate(self.columns)
            for row in self.columns[j:]
        ]

    @property
    def size_names(self):
        """Names of its standard deviations and correlations, as in `confint`.

        Returns
        -------
        dict
            By row and column in the matrix of correlations, lower triangle by column.
        """
        names = {}
        for j, column in enumerate(self.columns):
            names[j, j] = f"sd_{column}|{self.label}"
            for i in range(j + 1, self.k):
                names[i, j] = f"cor_{self.columns[i]}.{column}|{self.label}"
        return names


def random_terms(formula, frame, fixed, has_scale=True):
    """Make the random terms of a formula, in lme4's order.

    Parameters
    ----------
    formula : Formula
    frame : ModelFrame
    fixed : Columns
        Of the fixed part: a term of the same effects has the same columns.
    has_scale : bool
        Whether residuals have a variance of their own, which an effect of every row
        could not be told from.

    Returns
    -------
    tuple of RandomTerm

    Raises
    ------
    FormulaError
        A term whose variances the data cannot tell.
    """
    parts, known = [], {formula.fixed: fixed}
    for bar in formula.bars:
        groups, codes = grouping(formula, bar, frame)
        if bar.effects not in known:
            known[bar.effects] = effect_columns(formula, bar.effects, frame)
        effects = known[bar.effects]
        n = len(frame) if has_scale else None
        check_groups(formula, bar, len(groups.levels), len(effects.names), frame, n)
        check_effects(formula, bar, effects)
        parts.append((bar, groups, lock(codes), effects))
    return in_order(parts)


def in_order(parts, kind=RandomTerm):
    """Random terms of their parts, in lme4's order and with the slices that they own.

    Parameters
    ----------
    parts : list of (Bar, Grouping, ndarray, Columns)
        Of each term: what the formula has, its groups, that of every row, its effects.
    kind : class
        `RandomTerm`, or a class made from it.

    Returns
    -------
    tuple of RandomTerm
    """
    sizes = [len(groups.levels) for _, groups, _, _ in parts]
    if sizes != sorted(sizes, reverse=True):
        # lme4's mkReTrms: rev(order(sizes)), ties reversed.
        parts = [parts[i] for i in np.argsort(sizes, kind="stable")[::-1]]
    names = different([bar.label for bar, *_ in parts])
    terms, q, m = [], 0, 0
    for name, (bar, groups, codes, effects) in zip(names, parts, strict=True):
        earlier = (term.columns for term in terms if term.group == bar.label)
        clash = any(set(effects.names) & set(columns) for columns in earlier)
        label, k = name if clash else bar.label, len(effects.names)
        b_slice = slice(q, q := q + k * len(groups.levels))
        theta_slice = slice(m, m := m + k * (k + 1) // 2)
        owned = (groups, codes, effects, b_slice, theta_slice)
        terms.append(kind(name, label, bar, *owned))
    return tuple(terms)


def check_groups(formula, bar, J, k, frame, n):
    """Refuse groups that effects cannot vary by.

    Parameters
    ----------
    formula : Formula
    bar : Bar
    J, k : int
        Numbers of groups, and of effects.
    frame : ModelFrame
        With the columns that form groups.
    n : int or None
        Number of rows; None where residuals have no variance of their own.

    Raises
    ------
    FormulaError
    """
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
    if n is not None and J * k >= n:
        raise formula.error(
            f"{J} groups × {k} effects = {J * k} random effects of {group!r}, but only "
            f"{n} observations: they cannot be told from the residuals.",
            "Use fewer effects, or a grouping factor with several rows a group.",
            bar.span,  # its column may stand elsewhere in the formula, too
        )
    fixed = map(set, read_effects(formula.fixed).terms)
    has_intercept = read_effects(bar.effects).intercept
    if has_intercept and set(bar.group) in fixed and not _any_number(frame, bar):
        raise formula.error(
            f"{group!r} is a fixed effect and has a random intercept: each group's "
            "level is in X already, and nothing is left to vary.",
            f"Leave {group!r} out of the fixed effects, or its random intercept.",
            bar.span,
        )


def _any_number(frame, bar):
    """Whether labels of a grouping factor are numbers, in any of its columns."""
    return any(pd.api.types.is_numeric_dtype(frame[name]) for name in bar.group)


def check_effects(formula, bar, effects):
    """Refuse effects whose variances the data cannot tell; warn of collinear ones.

    Parameters
    ----------
    formula : Formula
    bar : Bar
    effects : Columns

    Raises
    ------
    FormulaError

    Warns
    -----
    RankDeficiencyWarning
    """
    if is_full_rank(effects.R):
        return
    for name, column in zip(effects.names, effects.R.T, strict=True):
        if not column.any():
            hint = "Leave it out: nothing can vary with it."
            raise formula.error(f"{name!r} is 0 in every row.", hint, bar.span)
    warn(
        f"the random effects {', '.join(map(repr, effects.names))} of {bar.label!r} "
        "determine each other: their variances cannot be told apart. Leave one out.",
        RankDeficiencyWarning,
    )
