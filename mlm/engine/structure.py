"""Which random effects are eliminated group by group, in which order, and which not.

Pupils' classes lie in schools, schools in districts: once classes are eliminated,
nothing connects two schools but X and the other factors, and schools can be eliminated
one by one too.  All other factors share one dense matrix with X and y.

A `Structure` is made once a design, from groups alone: it knows no weights and no
response.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from mlm.engine.meetings import CROWDED, Meetings, find_meetings
from mlm.engine.nesting import find_nesting
from mlm.ground.errors import DataError

# A grouping factor with fewer effects is not eliminated group by group.
WORTH_A_STAGE = 50
# Largest product of the effects of the first stage and of the dense rest that memory
# holds beside a second stage.
MOST_TOGETHER = 3e7
# Random effects in the dense rest, of which there are half a dozen matrices.
LARGEST = 20_000
# Numbers in the coupling of the first stage with the rest below which dense matrices
# are quicker than sparse ones, whatever their fill.
FEW = 30_000


@dataclass(frozen=True, eq=False)
class Stage:
    """One grouping factor to eliminate: terms with together k effects in J groups.

    Attributes
    ----------
    terms : dict of RandomTerm
        By their number in the model.
    parents : tuple of (Nesting, slice)
        For every later stage, and which rows of C_j are its (`mlm.engine.sums`).
    """

    terms: dict
    parents: tuple

    @cached_property
    def k(self):
        """Number of effects of a group."""
        return sum(term.k for term in self.terms.values())

    @cached_property
    def term(self):
        """One of the terms: all have the same groups."""
        return next(iter(self.terms.values()))

    @property
    def J(self):
        """Number of groups."""
        return self.term.J

    @cached_property
    def spans(self):
        """Rows of every term among the k effects: dict of slice."""
        ends = np.cumsum([0, *(term.k for term in self.terms.values())])
        return dict(zip(self.terms, (slice(*s) for s in pairwise(ends)), strict=True))

    def block(self, blocks):
        """The factor's block T of Λ.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            One for each term of the model.

        Returns
        -------
        ndarray, shape (k, k)
            Block diagonal; k is the number of effects of all the stage's terms.
        """
        if len(self.terms) == 1:  # no copy
            return blocks[next(iter(self.terms))]
        T = np.zeros((self.k, self.k))  # block_diag would take as long as the rest
        for i, span in self.spans.items():
            T[span, span] = blocks[i]
        return T

    def joined(self, parts):
        """Arrays of its terms, one below the other.

        Parameters
        ----------
        parts : list of ndarray, shape (k, ...)
            One for each term of the model.

        Returns
        -------
        ndarray, shape (k, ...)
            Of one term, the array itself.
        """
        if len(self.terms) == 1:  # no copy
            return parts[next(iter(self.terms))]
        return np.vstack([parts[i] for i in self.terms])

    def split(self, T):
        """The terms' blocks of a matrix for the whole stage.

        Parameters
        ----------
        T : ndarray, shape (k, k)

        Returns
        -------
        dict of ndarray, shape (k, k)
            By number of the term, for its own effects.
        """
        return {i: T[span, span] for i, span in self.spans.items()}


@dataclass(frozen=True, eq=False)
class Structure:
    """Order of elimination, and index arrays.

    Attributes
    ----------
    terms : tuple of RandomTerm
    stages : tuple of Stage
        Grouping factors that are eliminated group by group: the one with the most
        effects, and those that it is nested in.
    others : tuple of int
        The other terms, by number.
    meetings : Meetings or None
        Which of their groups meet a group of the only stage, where these are few; the
        coupling is then stored sparse.
    """

    terms: tuple
    stages: tuple
    others: tuple
    meetings: Meetings | None

    @cached_property
    def q2(self):
        """Number of random effects of the other terms, q₂."""
        return sum(self.terms[i].b_size for i in self.others)

    @cached_property
    def rows(self):
        """Rows of each other term among the q₂: dict of slice."""
        ends = np.cumsum([0, *(self.terms[i].b_size for i in self.others)])
        return dict(zip(self.others, (slice(*s) for s in pairwise(ends)), strict=True))

    @cached_property
    def order(self):
        """Terms by number, stage by stage, others last: list of int."""
        return [*(i for stage in self.stages for i in stage.terms), *self.others]

    @cached_property
    def in_order_of_terms(self):
        """Places of the elements of all blocks of Λ, given in `order`: ndarray."""
        sizes = [self.terms[i].k ** 2 for i in self.order]
        parts = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
        places = dict(zip(self.order, parts, strict=True))
        return np.concatenate([places[i] for i in range(len(self.terms))])

    def rest_times(self, blocks, M, transposed=False):
        """Λ₂ M, or Λ₂ᵀ M: the other terms' blocks of Λ times their rows of M.

        Parameters
        ----------
        blocks : list of ndarray, shape (k, k)
            One for each term of the model.
        M : ndarray, shape (q₂ + …, …)
            Further rows stay as they are.
        transposed : bool

        Returns
        -------
        ndarray, shape (q₂ + …, …)
        """
        product = M.copy()
        for i, rows in self.rows.items():
            term, T = self.terms[i], blocks[i].T if transposed else blocks[i]
            if term.k == 1:
                product[rows] *= T[0, 0]
            else:
                groups = M[rows].reshape(term.J, term.k, -1)
                product[rows] = (T @ groups).reshape(M[rows].shape)
        return product


def structure(terms, worth=WORTH_A_STAGE, few=FEW, crowded=CROWDED, meet=find_meetings):
    """Decide which terms are eliminated group by group, in what order.

    First the grouping factor with the most effects, then those it is nested in.

    Parameters
    ----------
    terms : tuple of RandomTerm
    worth : int
        Effects that a factor needs to be eliminated group by group.
    few : int
        Numbers in a coupling below which it is stored dense.
    crowded : float
        Share of groups that meet from which it is stored dense.
    meet : callable
        Finds the meetings: `find_meetings`, or the same where there are no rows.

    Returns
    -------
    Structure

    Raises
    ------
    DataError
        If there is no term, or if the dense rest would not fit in memory.
    """
    if not terms:
        raise DataError("a criterion of theta needs a random term.")
    stages, others = divide(terms, worth)
    q2 = sum(terms[i].b_size for i in others)
    if q2 > LARGEST:
        groups = ", ".join(dict.fromkeys(terms[i].group for i in others))
        raise DataError(
            f"the groups of {groups} are crossed with those of "
            f"{stages[0].term.group}, and are too many: mlm would need dense "
            f"matrices of {q2} × {q2}. Leave out a term, or fit part of the data."
        )
    meetings = None
    if len(stages) == 1 and q2 * stages[0].J >= few:
        meetings = meet([terms[i] for i in others], stages[0].term, crowded)
    return Structure(terms, stages, others, meetings)


def divide(terms, worth=WORTH_A_STAGE):
    """Which terms are eliminated group by group, and which are left over.

    Parameters
    ----------
    terms : tuple of RandomTerm
    worth : int
        See `structure`.

    Returns
    -------
    stages : tuple of Stage
    others : tuple of int
        Terms by number.
    """
    chain = _chain(by_group(terms), worth)
    stages = tuple(_stage(members, chain[i + 1 :]) for i, members in enumerate(chain))
    staged = {i for members in chain for i in members}
    return stages, tuple(i for i in range(len(terms)) if i not in staged)


def by_group(terms):
    """Terms of each grouping factor.

    Parameters
    ----------
    terms : tuple of RandomTerm

    Returns
    -------
    dict of dict
        By name of the factor, and by number of the term.
    """
    factors = {}
    for i, term in enumerate(terms):
        factors.setdefault(term.group, {})[i] = term
    return factors


def _chain(factors, worth):
    """Terms of each stage by number: list of dict."""
    size = {
        group: sum(term.b_size for term in members.values())
        for group, members in factors.items()
    }
    first, *candidates = sorted(size, key=size.get, reverse=True)
    chain, left = [factors[first]], sum(size.values()) - size[first]
    for group in candidates:
        inner, outer = (next(iter(m.values())) for m in (chain[-1], factors[group]))
        if size[group] >= worth and find_nesting(inner, outer):
            chain.append(factors[group])
            left -= size[group]
    return chain[:1] if left * size[first] > MOST_TOGETHER else chain


def _stage(members, outer):
    """Stage of some terms, and where those of later stages stand in its rows."""
    inner, parents, start = next(iter(members.values())), [], 0
    for others in outer:
        rows = slice(start, start := start + sum(term.k for term in others.values()))
        parents.append((find_nesting(inner, next(iter(others.values()))), rows))
    return Stage(members, tuple(parents))
