"""A design without some of its rows."""

from dataclasses import replace

from mlm.ground.readonly import lock


def subset(design, keep):
    """Keep some rows of a design, and all that was learned from the others.

    Categories, knots and the groups of random terms stay, also those without a row:
    their random effects are 0.

    Parameters
    ----------
    design : Design
    keep : ndarray of bool, shape (n,)

    Returns
    -------
    Design
    """
    terms = tuple(
        replace(
            term, codes=lock(term.codes[keep]), effects=_columns(term.effects, keep)
        )
        for term in design.terms
    )
    known = design.offset_columns
    return replace(
        design,
        frame=design.frame[keep],
        y=design.y[keep],
        fixed=_columns(design.fixed, keep),
        terms=terms,
        offset_columns=None if known is None else _columns(known, keep),
    )


def _columns(columns, keep):
    return replace(columns, values=columns.values[keep])
