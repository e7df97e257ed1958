"""Fits side by side, in one table for a paper: `mlm.table`."""

from collections.abc import Mapping

from mlm.ground.arguments import check, choice, fitted, text, truth
from mlm.ground.errors import DataError
from mlm.ground.names import answering
from mlm.results.cells import rows_of
from mlm.results.table import OWN, Table
from mlm.results.table_notes import RATIOS, SHOWN, notes_on

FIXED, RANDOM, WHOLE = "Fixed effects", "Random effects", "Fit"
# How the rows of a fit as a whole begin, in their order.
WHOLE_ROWS = ("Observations", "Groups", "Log-likelihood", "AIC", "BIC", "R²")


@answering
def table(fits, names=None, show=None, exponentiate=False, caption=None):
    """Set fits side by side, in one table for a paper.

    Parameters
    ----------
    fits : fit, or sequence or dict of fits
        Of any kinds; the keys of a dict are the columns' heads.
    names : sequence of str, optional
        The columns' heads; "Model 1" and so on, if left out.
    show : {"se", "interval", "p"}, optional
        What stands beside each fixed effect: its standard error, its 95 % interval, or
        its p value.  If left out the standard error, and of ratios the interval.
    exponentiate : bool
        Whether fixed effects are shown as ratios, exp of themselves, and the ends of
        their intervals too: odds ratios of a logit, for instance.  A ratio has no
        standard error worth showing, as its interval is not symmetric.
    caption : str, optional
        Which response is modelled, if left out.

    Returns
    -------
    Table
        Prints as text and as HTML; ``to_latex()``, ``to_markdown()``, ``to_csv()`` and
        others give it in other forms.

    Raises
    ------
    DataError
        What is no fit, or no fits at all; names of another number, or not different;
        another `show`; ratios of a link that makes none, or their standard errors.

    Notes
    -----
    An estimate has as many decimals as show two digits of its standard error; standard
    deviations have three digits.  Intervals are Wald's, with the degrees of freedom of
    `fit.tidy`; those are Satterthwaite's for linear mixed models.

    Examples
    --------
    >>> import mlm
    >>> data = mlm.load_sleepstudy()
    >>> formulas = ["Reaction ~ Days", "Reaction ~ Days + (Days | Subject)"]
    >>> fits = [mlm.lm(formulas[0], data), mlm.lmer(formulas[1], data)]
    >>> both = mlm.table(fits, names=["Line", "Lines"])
    >>> both.parts["Fixed effects"]
    [['(Intercept)', '251.4 (6.6)', '251.4 (6.8)'], \
['Days', '10.5 (1.2)', '10.5 (1.5)']]
    >>> both.to_frame().loc[("Random effects", "Residual SD"), "Lines"]
    '25.6'
    """
    fits, names = _named(fits, names)
    exponentiate = truth("exponentiate", exponentiate)
    choice("show", show, (*SHOWN, None))
    show = show or ("interval" if exponentiate else "se")
    if exponentiate:
        _check_ratios(fits, names, show)
    every = [rows_of(fit, show, exponentiate) for fit in fits]
    parts = _parts(every)
    caption = _in_one_line(
        _caption(fits) if caption is None else text("caption", caption)
    )
    notes = notes_on(fits, names, every, show, exponentiate)
    return Table(caption, names, parts, list(map(_in_one_line, notes)))


def _in_one_line(words):
    return " ".join(words.split())


def _named(fits, names):
    """Fits and their names, once checked: two lists."""
    if isinstance(fits, Mapping):
        check(names is None, "names", "left out where fits is a dict of names", names)
        fits, names = list(fits.values()), list(fits)
    elif isinstance(fits, list | tuple):
        fits = list(fits)
    else:
        fits = [fits]
    check(fits, "fits", "a fit, or a list or dict of one or more", fits)
    for place, fit in enumerate(fits, start=1):
        fitted(f"model {place} of the table's fits", fit)
    if names is None:
        names = [f"Model {place}" for place in range(1, len(fits) + 1)]
    right = isinstance(names, list | tuple) and all(isinstance(n, str) for n in names)
    check(right, "names", "a list of text, one for each fit", names)
    if len(names) != len(fits):
        raise DataError(f"there are {len(names)} names for {len(fits)} fits: {names}.")
    names = [_in_one_line(name) for name in names]
    for name in names:
        check(name, "each of names", "some text", name)
        if [*names, *OWN].count(name) > 1:
            raise DataError(
                f"names are different, and {name!r} is there twice: {names}, and "
                f"{' and '.join(OWN)}, the table's own columns."
            )
    return fits, names


def _check_ratios(fits, names, show):
    """Refuse ratios of coefficients that make none, and their standard errors."""
    if show == "se":
        raise DataError(
            "with exponentiate=True, show is 'interval' or 'p': the interval of a "
            "ratio is not symmetric, and its standard error says little."
        )
    for fit, name in zip(fits, names, strict=True):
        family = fit.design.family
        if family is None or family.link.name not in RATIOS:
            link = family.link.name if family else "identity"
            raise DataError(
                f"exponentiate=True makes ratios of coefficients with the link "
                f"{', '.join(RATIOS)}, and that of {name!r} is {link}. Make a table "
                "of its own for it."
            )


def _caption(fits):
    formulas = [fit.design.formula for fit in fits]
    names = [formula.response_column or formula.response for formula in formulas]
    return f"Models of {' and '.join(dict.fromkeys(names))}"


def _parts(every):
    """Rows of the table by part: dict of list of list of str."""
    fixed, random, whole = (
        _joined([getattr(rows, kind) for rows in every])
        for kind in ("fixed", "random", "whole")
    )
    groups = list(dict.fromkeys(group for group, _ in random))
    labels = {}
    for rows in every:
        labels = rows.labels | labels

    def place(key):
        # Standard deviations are of one effect, correlations of two, sigma of none.
        group, effects = key
        return not effects, groups.index(group), len(effects)

    random = {labels[key]: random[key] for key in sorted(random, key=place)}
    whole = {label: whole[label] for label in sorted(whole, key=_place_in_whole)}
    parts = {FIXED: fixed, RANDOM: random, WHOLE: whole}
    return {
        title: [[_in_one_line(label), *cells] for label, cells in part.items()]
        for title, part in parts.items()
        if part
    }


def _joined(tables):
    """Cells of several fits by their keys, in the order of first appearance: dict."""
    keys = dict.fromkeys(key for table in tables for key in table)
    return {key: [table.get(key, "") for table in tables] for key in keys}


def _place_in_whole(label):
    return [label.startswith(start) for start in WHOLE_ROWS].index(True)
