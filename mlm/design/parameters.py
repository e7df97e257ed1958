"""The parameters beside the fixed effects, by the names that tables give them.

Standard deviations and correlations of random effects, term by term, and then sigma:
this is the only place that knows of sigma among them.
"""

import numpy as np

from mlm.ground.errors import DataError
from mlm.ground.linalg import lower_factor, lower_triangle

SIGMA = "sigma"


def parameter_names(terms, has_scale=True):
    """Names of all standard deviations and correlations, and sigma: list of str.

    In the order of `confint`; without sigma where the model has none.
    """
    names = [name for term in terms for name in term.size_names.values()]
    return [*names, SIGMA] if has_scale else names


def parameters(terms, blocks, sigma, has_scale=True):
    """Standard deviations, correlations and sigma by their names.

    Parameters
    ----------
    terms : tuple of RandomTerm
    blocks : list of ndarray, shape (..., k, k)
        Relative factor T of each term.
    sigma : float or ndarray, shape (...)
        Unit of the blocks.
    has_scale : bool
        Whether sigma is one of the parameters.

    Returns
    -------
    dict
        Floats, or arrays of shape (...); a correlation with an effect that does not
        vary is not a number.
    """
    values = []
    for T in blocks:
        length = np.linalg.norm(T, axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            direction = T / np.where(length > 0, length, np.nan)[..., None]
        for i in range(T.shape[-1]):
            values.append(sigma * length[..., i])
            for j in range(i + 1, T.shape[-1]):
                cosine = direction[..., i, :] * direction[..., j, :]
                values.append(cosine.sum(axis=-1))
    names = parameter_names(terms, has_scale)
    return dict(zip(names, [*values, sigma][: len(names)], strict=True))


def theta_of_parameters(terms, values):
    """Theta for standard deviations and correlations: the inverse of `parameters`.

    Parameters
    ----------
    terms : tuple of RandomTerm
    values : dict of float
        By the names of `parameter_names`; sigma is positive, and 1 if left out.

    Returns
    -------
    ndarray, shape (m,)

    Raises
    ------
    DataError
        A negative standard deviation, a correlation beyond ±1, or correlations that
        no effects can have together.
    """
    return np.concatenate(
        [np.empty(0)] + [_theta_of_term(term, values) for term in terms]
    )


def _theta_of_term(term, values):
    """Its part of theta: ndarray, shape (k (k + 1) / 2,)."""
    deviations, correlations = np.empty(term.k), np.eye(term.k)
    for (i, j), name in term.size_names.items():
        value = values[name]
        if i == j:
            deviations[i] = value
            if value < 0:
                raise DataError(f"{name!r} is 0 or more, not {value!r}.")
        else:
            correlations[i, j] = correlations[j, i] = value
            if not -1 <= value <= 1:
                raise DataError(f"{name!r} is between -1 and 1, not {value!r}.")
    shares, axes = np.linalg.eigh(correlations)
    if shares[0] < -1e-8:
        raise DataError(
            f"no effects of {term.name!r} have these correlations together: their "
            "matrix is not positive semi-definite."
        )
    root = deviations[:, None] * axes * np.sqrt(np.maximum(shares, 0))
    return lower_factor(root / values.get(SIGMA, 1.0))[lower_triangle(term.k)]


def check_names(formula, fixed, terms, has_scale=True):
    """Refuse fixed effects that have the name of another parameter.

    Parameters
    ----------
    formula : Formula
    fixed : list of str
        Names of the fixed effects.
    terms : tuple of RandomTerm
    has_scale : bool
        Whether sigma is one of the parameters.

    Raises
    ------
    FormulaError
    """
    taken = parameter_names(terms, has_scale)
    for name in fixed:
        if name in taken:
            hint = "Rename the column."
            problem = (
                f"the effect {name!r} has the name that another parameter has in tables"
            )
            if name == SIGMA:
                problem += ", the residual standard deviation"
            raise formula.error(f"{problem}.", hint, name)
