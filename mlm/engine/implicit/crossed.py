"""Which fits are iterative, and which two factors they couple.

Of the factors that stay when groups have been eliminated, all effects share one dense
matrix.  Where these are too many, two factors with many groups each are coupled by a
sparse matrix instead, of which only products are taken; effects of other factors, if
they are few, stay with X and y.
"""

from mlm.engine.structure import LARGEST, Stage, Structure, divide
from mlm.ground.errors import DataError

# Effects left over from which a fit is iterative, if nobody decides.
LIMIT = 5_000
# Most effects that stay with X and y beside the two large factors.
FEW_OTHERS = 500
SOLVERS = ("dense", "iterative", None)


def is_iterative(terms, solver=None):
    """Decide how the random effects are solved for.

    Parameters
    ----------
    terms : tuple of RandomTerm
        One or more.
    solver : {"dense", "iterative", None}
        None decides by the number of effects that are left over (`LIMIT`).

    Returns
    -------
    bool

    Raises
    ------
    DataError
        If the iterative solver is asked for, or needed, and cannot fit these terms.
    """
    left = left_over(terms)
    if solver == "dense" or (solver is None and left <= LIMIT):
        return False
    problem = _obstacle(terms)
    if problem and solver is None and left <= LARGEST:
        return False
    if problem:
        asked = (
            "solver='iterative'"
            if solver
            else f"a model that leaves {left:,} crossed effects over, too many for "
            "dense matrices,"
        )
        raise DataError(f"{asked} cannot be fitted iteratively: {problem}")
    return True


def left_over(terms):
    """Number of effects that the dense solver would keep in one matrix.

    Parameters
    ----------
    terms : tuple of RandomTerm
        One or more.

    Returns
    -------
    int
    """
    return sum(terms[i].b_size for i in divide(terms)[1])


def crossed(terms):
    """The two factors with the most groups as stages, all others left over.

    Parameters
    ----------
    terms : tuple of RandomTerm
        Such as `is_iterative` lets pass.

    Returns
    -------
    Structure
        Its two stages are not nested.
    """
    large, others = _by_size(terms)
    stages = tuple(Stage({i: terms[i]}, ()) for i in large)
    return Structure(terms, stages, others, None)


def _by_size(terms):
    """Numbers of the two terms with the most groups, and of the others in order."""
    order = sorted(range(len(terms)), key=lambda i: terms[i].J, reverse=True)
    return tuple(order[:2]), tuple(sorted(order[2:]))


def _obstacle(terms):
    """Why terms cannot be fitted iteratively: str, or None."""
    groups = list(dict.fromkeys(term.group for term in terms))
    slopes = [term.group for term in terms if term.k > 1]
    twice = [g for g in groups if sum(term.group == g for term in terms) > 1]
    if len(groups) < 2:
        return f"{groups[0]} is the only grouping factor, and it is for crossed ones."
    if slopes or twice:
        return (
            "so far it is for one effect of each group, as in "
            f"(1 | {(slopes or twice)[0]}), which has several here. Leave out the "
            "slopes, or fit part of the data."
        )
    others = [terms[i] for i in _by_size(terms)[1]]
    number = sum(term.b_size for term in others)
    if number > FEW_OTHERS:
        names = ", ".join(term.group for term in others)
        return (
            "beside the two factors with the most groups, others may have "
            f"{FEW_OTHERS} groups together; {names} have {number:,}. Leave one out, or "
            "fit part of the data."
        )
    return None
