"""Formula and data to `Design`: y, X, Z and the names of everything.

Its random terms are made in `mlm.design.random_terms`.  No theta is known here.
"""

from mlm.design.design import Design
from mlm.design.effects import effect_columns
from mlm.design.frame import model_frame
from mlm.design.parameters import check_names
from mlm.design.random_terms import random_terms
from mlm.design.rank import full_rank
from mlm.design.response import response
from mlm.families.choose import family_of
from mlm.formula.parse import parse_formula
from mlm.ground.names import answering


@answering
def design_matrices(
    formula,
    data,
    weights=None,
    offset=None,
    na_action="drop",
    namespace=None,
    family=None,
):
    """Build y, X and Z from a formula and a data frame, without fitting.

    Parameters
    ----------
    formula : str
        See `parse_formula`.
    data : DataFrame
        One row an observation, of any library: see `lm`.  It is not changed.
    weights : str or array_like, shape (n,), optional
        Prior weights, positive: a column's name, or a number for each row of `data`.
        An observation of weight w has residual variance sigma²/w, as a mean of w
        single ones has; of a binomial family, weights are numbers of trials.
    offset : str or array_like, shape (n,), optional
        What is added to the linear predictor with no coefficient, in the response's
        unit: a column's name, or a number for each row of `data`.
    na_action : {"drop", "raise"}
        Rows where a variable is missing: left out, with a warning, or refused.
    namespace : dict of str to callable, optional
        Functions that the formula may call; see `parse_formula`.
    family : str or Family, optional
        As for `glm`; a linear model if left out.

    Returns
    -------
    Design

    Raises
    ------
    FormulaError
        The formula cannot be read, or asks for what the data do not have.
    DataError
        The data cannot be used as the formula asks; the message names the column.

    Notes
    -----
    Text becomes a categorical with sorted levels; a categorical keeps its order.
    Categories are coded by treatment contrasts against the first level, as in R; so
    are True and False, also those of a comparison.  In arithmetic they are 1 and 0,
    and all numbers are floats.  The labels of a Series of weights or offsets say which
    row each value belongs to.
    Columns of X that repeat what columns before them say are dropped, with a warning.

    Examples
    --------
    >>> import mlm
    >>> mlm.design_matrices("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
    Design('Reaction ~ Days + (Days | Subject)'; y: 180, X: 180 × 2, Z: 180 × 36; \
terms: Subject (18 × 2))
    """
    formula = parse_formula(formula, namespace)
    family = None if family is None else family_of(family)
    frame = model_frame(formula, data, weights, offset, na_action)
    y, frame = response(formula, frame, family)
    fixed = effect_columns(formula, formula.fixed, frame)
    kept = full_rank(fixed)
    has_scale = family is None or family.has_scale
    terms = random_terms(formula, frame, fixed, has_scale)
    check_names(formula, [fixed.names[j] for j in kept], terms, has_scale)
    names = (None if not isinstance(one, str) else one for one in (weights, offset))
    sums = formula.offset_sum
    known = effect_columns(formula, sums, frame) if sums else None
    return Design(formula, frame, y, fixed, kept, terms, *names, known, family)
