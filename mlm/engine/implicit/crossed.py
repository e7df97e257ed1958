"""Which fits are iterative, and how their factors are divided.

Of the factors that stay when groups have been eliminated, all effects share one dense
matrix.  Where these are too many, factors with many groups are coupled by sparse
matrices instead, of which only products are taken: one, the first, is eliminated group
by group, and the others are kept.  Effects of small factors stay with X and y.
"""

from mlm.engine.nesting import find_nesting
from mlm.engine.structure import Stage, Structure, by_group, divide
from mlm.ground.errors import DataError

# Effects left over from which a fit is iterative, if nobody decides.
LIMIT = 5_000
# Most effects that stay with X and y; fewer, but as many as LEAST, where columns for
# them would hold more numbers than NUMBERS.
FEW_OTHERS, LEAST, NUMBERS = 500, 50, 100_000_000
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
        If the iterative solver is asked for, and there is one grouping factor only.
    """
    if solver == "dense" or (solver is None and left_over(terms) <= LIMIT):
        return False
    groups = by_group(terms)
    if len(groups) < 2:
        raise DataError(
            "solver='iterative' is for crossed grouping factors, and "
            f"{next(iter(groups))} is the only one. Leave solver out: group by group, "
            "one factor takes no large matrix."
        )
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
    """Large factors as stages, the first to be eliminated, and all others left over.

    Parameters
    ----------
    terms : tuple of RandomTerm
        Of two or more grouping factors.

    Returns
    -------
    Structure
        No stage is nested in another as those of `mlm.engine.structure` are.
    """
    factors = sorted(by_group(terms).values(), key=_size, reverse=True)
    room = min(FEW_OTHERS, max(LEAST, NUMBERS // _size(factors[0])))
    large, few = factors[:], 0
    while len(large) > 2 and few + _size(large[-1]) <= room:
        few += _size(large.pop())
    large.insert(0, large.pop(_inner(large)))
    staged = {i for members in large for i in members}
    others = tuple(i for i in range(len(terms)) if i not in staged)
    return Structure(terms, tuple(Stage(m, ()) for m in large), others, None)


def _size(members):
    """Random effects of one factor: int."""
    return sum(term.b_size for term in members.values())


def _inner(factors):
    """The largest factor that is nested in another; of crossed ones, the largest: int.

    Its groups are better eliminated: those of the outer factor then hardly remain.
    """
    one_each = [next(iter(members.values())) for members in factors]
    for i, inner in enumerate(one_each):
        if any(
            inner.J > outer.J and find_nesting(inner, outer)
            for outer in one_each[i + 1 :]
        ):
            return i
    return 0
