"""Whether a formula has random terms, which half of the models need."""


def refuse_random_terms(design, name, other):
    """Refuse a formula with random terms.

    Parameters
    ----------
    design : Design
    name : str
        The function that was called.
    other : str
        The function for such a formula.

    Raises
    ------
    FormulaError
    """
    if design.terms:
        part, hint = design.formula.bars[0], f"Use {other} for this formula."
        problem = f"{name} fits no random terms."
        raise design.formula.error(problem, hint, part.span)


def need_random_terms(design, other):
    """Refuse a formula without random terms.

    Parameters
    ----------
    design : Design
    other : str
        The function for such a formula.

    Raises
    ------
    FormulaError
    """
    if not design.terms:
        hint = f"Add one such as (1 | group), or use {other} for a model without."
        raise design.formula.error("no random term.", hint)
