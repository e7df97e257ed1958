"""Words about separation: which columns and rows have no finite estimates, and why."""

import numpy as np

# Of rows and columns, that a message names.
MOST = 5
INTERCEPT = "(Intercept)"
ADVICE = (
    "Their estimates, standard errors and z say where the search stopped, and nothing "
    "else. Leave them out, join categories, or collect rows that differ."
)


def separation_words(design, apart):
    """Say what is separated: which coefficients, which rows, what they have in common.

    Parameters
    ----------
    design : Design
    apart : Separation

    Returns
    -------
    str
    """
    moving = [
        name
        for name, d in zip(design.fixed_names, apart.direction, strict=True)
        if d != 0
    ]
    named = [name for name in moving if name != INTERCEPT] or moving
    y, labels = design.y[apart.rows], design.index[apart.rows].tolist()
    rows = _listed(labels)
    if np.ptp(design.y) == 0:
        return (
            f"separation: the response is {y[0]:g} in every row, so that no finite "
            f"estimates are best: the likelihood rises without end. {ADVICE}"
        )
    what = "all 0" if not y.any() else "all 1" if y.all() else "told without error"
    return (
        f"separation: no finite estimate of {_listed(named)} is best; the responses of "
        f"{len(labels)} rows ({rows}) are {what} by it, and the likelihood rises "
        f"without end. {ADVICE}"
    )


def _listed(names):
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(map(repr, names[:MOST])) + more
