"""Whether a criterion is likely to have several minima."""

from collections import Counter

import numpy as np

from mlm.engine.problem import LARGE

# With so few groups for each term of a factor other minima are likely; with so many
# they are not.
FEW_GROUPS, MANY_GROUPS = 5, 50


def several_likely(criterion):
    """Whether several minima are likely, whatever a search of one finds.

    So it is where there are few groups, and also with more of them where the average
    of random effects is not in X; and where weights are far apart.

    Parameters
    ----------
    criterion : object
        See `mlm.engine.problem`.

    Returns
    -------
    bool
    """
    terms, shared = criterion.terms, sharing(criterion)
    few = any(FEW_GROUPS * shared[term.group] > term.J for term in terms)
    return few or criterion.wide or criterion.apart


def large(problem, ends):
    """Whether several effects of not many groups are large: then minima lie in valleys.

    Parameters
    ----------
    problem : Problem
    ends : Minima

    Returns
    -------
    ndarray of bool, shape (R,)
    """
    found = np.zeros(len(ends.value), dtype=bool)
    for term, T in zip(problem.criterion.terms, ends.point.blocks, strict=True):
        if term.k > 1 and term.J < MANY_GROUPS:
            found |= (T**2).sum(axis=(1, 2)) > LARGE
    return found


def sharing(criterion):
    """How many terms each grouping factor has.

    Parameters
    ----------
    criterion : object
        With ``terms``.

    Returns
    -------
    Counter
        By the factor's name.
    """
    return Counter(term.group for term in criterion.terms)
