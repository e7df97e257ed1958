"""What one fit says in a table beside others: rows of text, rounded for readers.

Rows have keys, by which those of several fits meet.
"""

from dataclasses import dataclass

import numpy as np

from mlm.ground.errors import DataError
from mlm.ground.text import KNOWN

# For what is not a number, such as the correlation with an effect that does not vary.
UNDEFINED = "–"
# Beyond these decimals, and from this size on, powers of ten are easier to read.
MOST_DECIMALS, LARGE = 6, 1e7
# Significant digits of what has no standard error.
DIGITS = 3
SMALL_P = 0.001


@dataclass(frozen=True)
class Rows:
    """What one fit says: cells by their keys, and the labels of the keys.

    Attributes
    ----------
    fixed, random, whole : dict of str
        Cells of the fixed effects, the random ones, and of the fit as a whole.
    labels : dict of str
        Of the keys of the random effects.
    df : str
        Which distribution intervals and p values are from; empty without any.
    """

    fixed: dict
    random: dict
    whole: dict
    labels: dict
    df: str


def rows_of(fit, show, exponentiate):
    """What a fit says.

    Parameters
    ----------
    fit : FittedModel
    show : {"se", "interval", "p"}
        What stands beside an estimate.
    exponentiate : bool
        Whether fixed effects are shown as ratios.

    Returns
    -------
    Rows
    """
    # Satterthwaite's degrees of freedom cost time, and standard errors need none.
    tidy = fit.tidy(ddf=None if show == "se" else "satterthwaite")
    fixed = tidy.iloc[: fit.design.p]
    cells = {
        row.term: fixed_cell(row, show, exponentiate)
        for row in fixed.itertuples(index=False)
    }
    sizes = tidy["estimate"].to_numpy()[fit.design.p :]
    random, labels = _random(fit.design.terms, sizes)
    return Rows(cells, random, _whole(fit), labels, _distribution(fit, fixed))


def numbers(values, errors):
    """Numbers with the decimals that show two digits of their standard errors.

    Parameters
    ----------
    values, errors : sequence of float
        A standard error for each.

    Returns
    -------
    list of str
        With powers of ten if one of them needs them.

    Examples
    --------
    >>> numbers([251.4051, 6.8246], [6.8246, 6.8246])
    ['251.4', '6.8']
    """
    values = [float(f"{value:.{KNOWN - 1}e}") for value in values]
    last = [_exponent(error, 1) - 1 for error in errors]
    powers = any(
        -place > MOST_DECIMALS or LARGE <= abs(value) < np.inf
        for value, place in zip(values, last, strict=True)
    )
    pairs = zip(values, last, strict=True)
    return [_written(value, place, powers) for value, place in pairs]


def _exponent(value, digits):
    """The power of ten of a number's first digit, once rounded to 1 + `digits`."""
    return int(f"{value:.{digits}e}".partition("e")[2])


def _written(value, last, powers):
    """A number to the digit at 10 to the power of `last`: str, never -0."""
    if np.isnan(value):
        return UNDEFINED
    if np.isinf(value):
        return "∞" if value > 0 else "-∞"
    if not powers:
        text = f"{value:.{max(0, -last)}f}"
    else:
        digits = max(0, _exponent(value, 0) - last)
        text = f"{value:.{digits}e}" if value else "0"
    return text.lstrip("-") if float(text) == 0 else text


def alone(value):
    """A number without a standard error, to three significant digits: str."""
    if not np.isfinite(value) or value == 0:
        return _written(value, 0, False)
    # Two digits are shown of an error; of one a tenth as large, they are three of it.
    return numbers([value], [float(f"{abs(value):.{DIGITS - 1}e}") / 10])[0]


def decimal(value, decimals):
    """A number with so many decimals: str."""
    return _written(value, -decimals, False)


def fixed_cell(row, show, exponentiate):
    """The cell of a fixed effect, a row of `fit.tidy`: str."""
    estimate, error = row.estimate, row.std_error
    ends = [row.conf_low, row.conf_high]
    values = np.array([estimate, *ends])
    errors = np.full(3, error)
    if exponentiate:
        with np.errstate(over="ignore"):
            values = np.exp(values)
        # A ratio is known to a share of itself: each end has its own decimals.
        errors = np.clip(values * error, np.finfo(float).tiny, np.finfo(float).max)
    if not (np.isfinite(error) and error > 0):
        return alone(values[0])
    if show == "interval":
        at, low, high = numbers(values, errors)
        return f"{at} [{low}, {high}]"
    if show == "p":
        (at,) = numbers(values[:1], errors[:1])
        return f"{at} ({_p_words(row.p_value)})"
    at, size = numbers([estimate, error], [error, error])
    return f"{at} ({size})"


def _p_words(p):
    if np.isnan(p):
        return f"p = {UNDEFINED}"
    return f"p = {p:.3f}" if p >= SMALL_P else f"p < {SMALL_P}"


def _random(terms, sizes):
    """Cells of the random part, standard deviations first, and labels of their keys."""
    cells, labels, sizes = {}, {}, list(sizes)
    for term in terms:
        for i, j in term.size_names:
            # Which of two effects is first in a formula does not matter.
            effects = frozenset([term.columns[i], term.columns[j]])
            key, size = (term.group, effects), sizes.pop(0)
            if i == j:
                labels[key] = f"{term.group}: SD {term.columns[i]}"
                cells[key] = alone(size)
            else:
                pair = f"{term.columns[i]}, {term.columns[j]}"
                labels[key] = f"{term.group}: cor {pair}"
                cells[key] = decimal(size, 2)
    if sizes:  # what is left is sigma, which some families do not have
        key = ("", frozenset())
        cells[key], labels[key] = alone(sizes[0]), "Residual SD"
    return cells, labels


def _whole(fit):
    """Cells of the fit as a whole, by their labels."""
    cells = {"Observations": str(fit.nobs)}
    if fit.design.terms:
        cells |= {f"Groups: {group}": str(J) for group, J in fit.ngroups.items()}
    kind = " (REML)" if fit.reml else ""
    cells[f"Log-likelihood{kind}"] = decimal(fit.loglik, 1)
    cells |= {"AIC": decimal(fit.aic, 1), "BIC": decimal(fit.bic, 1)}
    return cells | _explained(fit)


def _explained(fit):
    """Shares of the variance, of a mixed model whose link has them."""
    if not fit.design.terms:
        return {}
    try:
        shares = fit.r2()
    except DataError:
        return {}
    return {f"R² {name}": decimal(share, 3) for name, share in shares.items()}


def _distribution(fit, fixed):
    """Where intervals and p values of a fit come from: str."""
    if fixed.empty:
        return ""
    if np.isinf(fixed["df"]).all():
        return "normal quantiles"
    of = "Satterthwaite's" if fit.design.terms else "residual"
    return f"t with {of} degrees of freedom"
