"""Judge a model by its design: what it says of the data, however it is written.

`y ~ x + (x | g)`, `y ~ 1 + x + (1 + x | g)` and a fit of either are the same answer:
columns of X and of each group's effects span the same, and groups are the same rows.
"""

import numpy as np

from mlm.design.matrices import design_matrices
from mlm.ground.errors import MlmError

NO_MODEL = (
    "Give a formula in quotes, or a fit of it, such as `mlm.lmer(formula, data)`."
)

OTHER_RESPONSE = "Left of the ~ stands `{}`: what is to be explained?"


def judged(formula, load):
    """Make a function that compares a model with the one that is asked for.

    Parameters
    ----------
    formula : str
        One way to write the model that is asked for.
    load : callable
        Gives the data.

    Returns
    -------
    callable of object
        Takes a formula, or a fit, and gives what is wrong with it, and nothing if it
        is right.

    Examples
    --------
    >>> from mlm.datasets import load_sleepstudy
    >>> problem = judged("Reaction ~ Days + (Days | Subject)", load_sleepstudy)
    >>> problem("Reaction ~ 1 + Days + (1 + Days | Subject)")
    ''
    >>> problem("Reaction ~ Days + (1 | Subject)")
    'You have an intercept for each Subject, but one slope for all.'
    """

    def problem(answer):
        data = load()
        try:
            given = _design(answer, data)
        except MlmError as error:
            return _unbuilt(error, answer, formula, data)
        if given is None:
            return NO_MODEL
        wanted = design_matrices(formula, data)
        given = _in_order(given, wanted, data)
        return next(_differences(given, wanted), "")

    return problem


def _design(answer, data):
    """The design of a formula or a fit; None of anything else."""
    if isinstance(answer, str):
        return design_matrices(answer, data)
    return getattr(answer, "design", None)


def _unbuilt(error, answer, formula, data):
    """Why a formula makes no design, and what to do about it."""
    response, wanted = (text.partition("~")[0].strip() for text in (answer, formula))
    if response in data and response != wanted:
        return OTHER_RESPONSE.format(response)
    said, *_, advice = str(error).splitlines()
    if "mlm.glm" in advice:  # another chapter
        advice = ""
    elif said.startswith("no column"):
        advice += " If you have made the column, give your fit instead of a formula."
    return f"This model cannot be built: {said} {advice}".rstrip()


def _in_order(given, wanted, data):
    """The design of the data's rows, where those of a fit are the same in other order.

    Whoever sorts a table before a fit has the same model.
    """
    if not _resorted(given.y, wanted.y):
        return given
    try:
        again = design_matrices(given.formula.text, data)
    except MlmError:  # it knows a column that the data have not
        return given
    rows, ours = (np.column_stack([d.y, d.X]) for d in (again, given))
    same = rows.shape == ours.shape and np.allclose(_sorted(rows), _sorted(ours))
    return again if same else given


def _resorted(given, wanted):
    """Whether two arrays have the same numbers, in another order."""
    if given.shape != wanted.shape or np.allclose(given, wanted):
        return False
    return np.allclose(np.sort(given), np.sort(wanted))


def _sorted(rows):
    """Rows in the order of their first column, and of the others where it is equal."""
    return rows[np.lexsort(rows.T[::-1])]


def _differences(given, wanted):
    """What is wrong with a design, the most fundamental first."""
    if len(given.y) != len(wanted.y):
        yield (
            f"Your model has {len(given.y)} rows, where {len(wanted.y)} are meant: all "
            "in which nothing is missing."
        )
    elif _resorted(given.y, wanted.y):
        yield (
            "The rows of your table are in another order than in the data: fit the "
            "model to the table as it was loaded."
        )
    elif not np.allclose(given.y, wanted.y):
        response = given.formula.response
        if response == wanted.formula.response:
            yield (
                f"Your table has other values of `{response}` than the data: load them "
                "anew, and fit the model again."
            )
        yield OTHER_RESPONSE.format(response)
    else:
        yield from _groups(given, wanted)
        yield from _fixed(given, wanted)


def _groups(given, wanted):
    """Differences in what varies, and by what."""
    ours, theirs = _by_rows(given.terms), _by_rows(wanted.terms)
    if not ours:
        yield "Nothing varies between groups yet: there is no `( … | … )`."
    strange = [terms[0].label for rows, terms in ours.items() if rows not in theirs]
    missing = [rows for rows in theirs if rows not in ours]
    if missing and strange:
        yield (
            f"`{strange[0]}` makes other groups than those that are meant: which rows "
            "share a random effect?"
        )
    if strange:
        yield f"Nothing was said that varies by `{strange[0]}`: leave its bracket out."
    if missing:
        yield "A grouping factor is missing: what else do rows share?"
    for rows, terms in theirs.items():
        if rows in ours:
            yield from _effects(ours[rows], terms)


def _by_rows(terms):
    """Terms by their groups: which rows belong together, whatever the labels."""
    found = {}
    for term in terms:
        _, first, codes = np.unique(term.codes, return_index=True, return_inverse=True)
        order = np.argsort(np.argsort(first))  # groups as they come
        found.setdefault(order[codes].tobytes(), []).append(term)
    return found


def _effects(ours, theirs):
    """Differences in the effects that one factor's groups have."""
    group = theirs[0].label.partition(".")[0]
    all_ours, all_theirs = _joined(ours), _joined(theirs)
    ones = np.ones((len(all_ours), 1))
    start, wanted_start = _within(ones, all_ours), _within(ones, all_theirs)
    if _within(all_ours, all_theirs) and not _within(all_theirs, all_ours):
        if wanted_start and not start:
            yield (
                f"Each {group} has a slope of its own in yours, but all have the same "
                "intercept."
            )
        elif start and np.linalg.matrix_rank(all_ours) == 1:
            yield f"You have an intercept for each {group}, but one slope for all."
        yield f"Not all that varies by {group} varies in yours."
    if not _within(all_ours, all_theirs):
        names = [
            repr(name)
            for term in ours
            for name, column in zip(
                term.effects.names, term.effects.values.T, strict=True
            )
            if not _within(column[:, None], all_theirs)
        ]
        yield f"It was not said that this varies by {group}: {', '.join(names)}."
    if len(ours) > len(theirs):
        yield (
            f"The random effects of {group} may be correlated, and in yours they may "
            "not: that is what `||`, or a bracket for each, says."
        )
    if len(ours) < len(theirs):
        yield (
            f"The random effects of {group} are not to be correlated: `|` lets them, "
            "`||` does not."
        )


def _fixed(given, wanted):
    """Differences in the fixed effects."""
    strange = set(given.fixed.terms) - set(wanted.fixed.terms)
    if not _within(given.X, wanted.X):
        if strange:
            yield f"`{min(strange)}` is not among the fixed effects that are meant."
        yield (
            "The fixed effects have the right names, and other columns: is a number "
            "taken for a category, or the other way round?"
        )
    if not _within(wanted.X, given.X):
        yield "A fixed effect is missing: what has no coefficient for all yet?"


def _joined(terms):
    """Columns of effects side by side: ndarray, shape (n, k)."""
    return np.hstack([term.effects.values for term in terms])


def _within(columns, others):
    """Whether columns lie in the span of others."""
    both = np.hstack([columns, others])
    return np.linalg.matrix_rank(both) == np.linalg.matrix_rank(others)
