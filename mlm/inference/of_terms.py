"""Tests of the terms of one fit: which combinations of coefficients each one is.

Type I tests each term for what it adds to those before it, type II to all that do not
contain it, type III to all others.  With information G of the coefficients and its
triangle G = RᵀR, the rows of R that belong to a term are its hypothesis, when the terms
that it is adjusted for come before it and the others after it.

Types as in SAS, and R's car and lmerTest.
"""

import numpy as np
import pandas as pd

from mlm.formula.computing import INTERCEPT
from mlm.formula.terms import read_effects
from mlm.ground.errors import CodingWarning, DataError, warn
from mlm.ground.printed import Printed
from mlm.inference.contrasts import joint_test
from mlm.inference.grid import one_at_a_time

# The mean of columns that are coded to sum to zero is less.
CENTRED = 1e-8


def term_tests(design, beta, uncertainty, information, type, sigma=None):
    """F or χ² of every term of the fixed part.

    Parameters
    ----------
    design : Design
    beta : ndarray, shape (p,)
    uncertainty : Constant, Satterthwaite or KenwardRoger
    information : ndarray, shape (p, p)
        Of the coefficients, up to a factor.
    type : {1, 2, 3}
    sigma : float, optional
        For sums of squares.

    Returns
    -------
    DataFrame
        One row a term, in the order of the formula.
    """
    columns = [design.fixed.terms[i] for i in design.kept]
    terms = [term for term in dict.fromkeys(columns) if term != INTERCEPT]
    if type == 3:
        _check_coding(design, columns)
    found = {}
    for term in terms:
        L = hypothesis(columns, term, information, type)
        found[term] = joint_test(L, beta, uncertainty)
    table = Printed(pd.DataFrame.from_dict(found, orient="index"))
    if sigma is not None and "F value" in table:
        squares = table["F value"] * sigma**2
        table.insert(0, "Mean Sq", squares)
        table.insert(0, "Sum Sq", squares * table["NumDF"])
    return table


def hypothesis(columns, term, information, type):
    """The rows that are 0 if a term has no effect: ndarray, shape (k, p).

    Parameters
    ----------
    columns : list of str
        Term of every coefficient.
    term : str
    information : ndarray, shape (p, p)
    type : {1, 2, 3}

    Raises
    ------
    DataError
        Where estimates do not exist.
    """
    own = [i for i, name in enumerate(columns) if name == term]
    if type == 3:
        return np.eye(len(columns))[own]
    after = range(own[-1] + 1, len(columns))
    if type == 2:
        after = [i for i, name in enumerate(columns) if contains(name, term)]
    before = [i for i in range(len(columns)) if i not in own and i not in after]
    order = [*before, *own, *after]
    try:
        R = np.linalg.cholesky(information[np.ix_(order, order)]).T
    except np.linalg.LinAlgError:
        raise DataError(
            "the data do not tell all coefficients apart, as the fit has warned: only "
            "type=3 tests each term by its own."
        ) from None
    L = np.zeros((len(own), len(columns)))
    L[:, order] = R[len(before) : len(before) + len(own)]
    return L


def contains(term, other):
    """Whether a term is another one and more: ``a:b`` contains ``a``."""
    factors, fewer = _factors(term), _factors(other)
    return fewer < factors or (other == INTERCEPT and term != INTERCEPT)


def _factors(term):
    """Names of the factors of a term: frozenset."""
    if term == INTERCEPT:
        return frozenset()
    (factors,) = read_effects(f"0 + {term}").terms
    return frozenset(factors)


def _check_coding(design, columns):
    """Warn of factors of interactions whose columns do not sum to zero over levels."""
    terms = list(dict.fromkeys(columns))
    joined = {f for term in terms if len(_factors(term)) > 1 for f in _factors(term)}
    found = []
    for name in sorted(joined & set(terms)):
        values = one_at_a_time(design, name)
        own = [i for i, term in enumerate(columns) if term == name]
        if values is not None and np.abs(values[:, own].mean(axis=0)).max() > CENTRED:
            found.append(name)
    dropped = [
        name
        for i, name in enumerate(design.fixed.names)
        if i not in design.kept and len(_factors(design.fixed.terms[i])) > 1
    ]
    if dropped:
        warn(
            "type III tests of factors with combinations that no row has depend on "
            f"which columns are left out, here {', '.join(map(repr, dropped[:3]))}. "
            "Use type=2, or leave the interaction out.",
            CodingWarning,
        )
    if found:
        warn(
            f"type III tests depend on how factors are coded, and {', '.join(found)} "
            "in an interaction does not sum to zero: other effects are not tested at "
            f"its average. Write C({found[0]}, contr.sum), or use type=2.",
            CodingWarning,
        )
