"""What live figures are given of data and fits: checked, and as JSON has it."""

from mlm.ground.arguments import fitted
from mlm.ground.errors import DataError, check_known
from mlm.ground.tables import data_frame
from mlm.plots.style import with_unit


def complete_rows(data, *names):
    """Columns of a table, without the rows that miss one of them.

    Parameters
    ----------
    data : DataFrame
    *names : str

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        If `data` is no table, or has no such column.
    """
    data = data_frame("data", data, names)
    for name in names:
        check_known("column", name, data)
    return data[list(names)].dropna()


def axis_names(fit, units):
    """Names of the axes on which a fit's lines are drawn.

    Parameters
    ----------
    fit : LinearMixedModel
        With one predictor.
    units : tuple of (str, str)
        Of predictor and response.

    Returns
    -------
    list of str
        Predictor and response, with their units.
    """
    names = fit.fixef.index[1], fit.design.formula.response
    return [with_unit(*pair) for pair in zip(names, units, strict=True)]


def lines_of_groups(fit):
    """Predictor, response and groups of a fit in which every group has a line.

    Parameters
    ----------
    fit : LinearMixedModel
        Of one predictor, with a random intercept and slope of one grouping factor.

    Returns
    -------
    dict
        Lists ``x``, ``y`` and ``group``, a row each.

    Raises
    ------
    DataError
        If `fit` is no fit, or of another model.
    """
    fitted("fit", fit)
    terms, X = fit.design.terms, fit.design.X
    lines = len(terms) == 1 and terms[0].columns == tuple(fit.fixef.index)
    if not lines or X.shape[1] != 2 or not (X[:, 0] == 1).all():
        raise DataError(
            "the fit has a line for every group: an intercept and one predictor, fixed "
            "and random, as y ~ x + (x | group)."
        )
    labels = [str(level) for level in terms[0].levels]
    return {
        "x": X[:, 1].tolist(),
        "y": fit.design.y.tolist(),
        "group": [labels[code] for code in terms[0].codes],
    }
