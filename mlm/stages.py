"""Grouping factors that are eliminated group by group, each nested in the next.

Pupils' classes lie in schools, schools in districts: once classes are eliminated,
nothing connects two schools but X and the factors left over, and schools can be
eliminated one by one too.
"""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from scipy.linalg import block_diag

# Fewer effects than this are not worth a stage of their own; and where the rest is so
# large that its products with the first stage would not fit, there is only one stage.
WORTH_A_STAGE = 50
MOST = 3e7


class Nesting:
    """In which group of an outer factor each group of an inner one lies.

    Parameters
    ----------
    parent : ndarray, shape (J,)
    """

    def __init__(self, parent):
        self.parent = parent
        order = np.argsort(parent, kind="stable")
        self._order = None if (np.diff(parent) >= 0).all() else order
        self._starts = np.flatnonzero(np.diff(parent[order], prepend=-1))

    def gather(self, values):
        """Give every inner group what its outer group has, along the last axis."""
        return values[..., self.parent]

    def sum(self, values):
        """Sum over the inner groups of every outer group, along the last axis."""
        if self._order is not None:
            values = values[..., self._order]
        return np.add.reduceat(values, self._starts, axis=-1)


def find_nesting(inner, outer):
    """Give the `Nesting` of one term's groups in another's, or None."""
    parent = np.zeros(inner.J, dtype=np.intp)
    parent[inner.codes] = outer.codes
    return Nesting(parent) if (parent[inner.codes] == outer.codes).all() else None


@dataclass(eq=False)
class Stage:
    """One grouping factor to eliminate: terms with together k effects in J groups.

    Attributes
    ----------
    members : dict of RandomTerm
        By their number in the model.
    slab : ndarray, shape (k + rows, k, J)
        A_j, and below it C_j: of the outer groups that j lies in, then of all else.
    outer : list of (Nesting, slice)
        For every later stage, and which rows of C_j are its.
    """

    members: dict
    slab: np.ndarray = None
    outer: list = field(default_factory=list)

    @cached_property
    def k(self):
        return sum(term.k for term in self.members.values())

    @cached_property
    def term(self):
        """Any of the terms: they have the same groups."""
        return next(iter(self.members.values()))

    @property
    def A(self):
        return self.slab[: self.k]

    @property
    def C(self):
        return self.slab[self.k :]

    @cached_property
    def spans(self):
        """Rows of every term among the k effects: dict of slice."""
        ends = np.cumsum([0, *(term.k for term in self.members.values())])
        return dict(zip(self.members, (slice(*s) for s in pairwise(ends)), strict=True))

    def block(self, blocks):
        """Give T, with the blocks of the terms on the diagonal."""
        if len(self.members) == 1:  # block_diag would take as long as the rest
            return blocks[next(iter(self.members))]
        return block_diag(*(blocks[i] for i in self.members))

    def split(self, T):
        """Give what stands where `block` puts the blocks: {term: (k, k) array}."""
        return {i: T[span, span] for i, span in self.spans.items()}


def make_stages(terms):
    """Decide which terms are eliminated group by group, in what order.

    First the grouping factor with the most effects, then those it is nested in.

    Parameters
    ----------
    terms : tuple of RandomTerm

    Returns
    -------
    list of Stage
        Without slabs.
    """
    factors = {}
    for i, term in enumerate(terms):
        factors.setdefault(term.group, {})[i] = term
    size = {
        group: sum(term.b_size for term in members.values())
        for group, members in factors.items()
    }
    first, *candidates = sorted(size, key=size.get, reverse=True)
    chain, left = [Stage(factors[first])], sum(size.values()) - size[first]
    for group in candidates:
        stage = Stage(factors[group])
        worth_it = size[group] >= WORTH_A_STAGE
        if worth_it and find_nesting(chain[-1].term, stage.term):
            chain.append(stage)
            left -= size[group]
    if left * size[first] > MOST:
        del chain[1:]
    for i, stage in enumerate(chain):
        start = 0
        for outer in chain[i + 1 :]:
            rows = slice(start, start := start + outer.k)
            stage.outer.append((find_nesting(stage.term, outer.term), rows))
    return chain
