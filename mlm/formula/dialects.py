"""Words of other formulas, R's and patsy's, and what to write here instead.

Single words are in the table of `mlm.ground.names`; here is what holds of many.
"""

import re
from difflib import get_close_matches

from mlm.formula.functions import RESERVED, numpy_function
from mlm.ground.names import table

COLUMN_FIRST = "Compute it as a column of the data first, and use that column."
LEARNED = (
    "It takes all rows together, and new data have other rows: write center(x), "
    "scale(x) or np.mean(x), or compute a column of the data first."
)
ONE_RESPONSE = "Fit one response at a time."
GROUPS = "After the bar stands a column (g), or columns joined as a:b or a/b."
# Methods of pandas, and functions of numpy, that take all rows together.
TOGETHER = {
    "nanmean",
    "average",
    "nanmedian",
    "nansum",
    "prod",
    "nanstd",
    "nanvar",
    "nanmin",
    "nanmax",
    "amin",
    "amax",
    "ptp",
    "quantile",
    "percentile",
    "rank",
    "sort",
    "argsort",
    "unique",
    "cumsum",
    "cumprod",
    "diff",
    "gradient",
    "shift",
    "rolling",
    "expanding",
    "ewm",
    "pct_change",
    "groupby",
    "count",
    "size",
    "shape",
    "corrcoef",
    "cov",
    "roll",
}
ONLY_ROW_WISE = (
    "Of numpy there are the functions that compute row by row, such as np.log, "
    "np.sqrt, np.maximum, np.where, np.clip, np.round. Compute others as a column of "
    "the data, or give a function of your own: namespace={'f': f}, then f(x)."
)
DOTS = (
    "A name with dots stands in backticks there: np.log(`reaction.time`). Functions of "
    "your own can be given: namespace={'f': f}, then f(x)."
)


def function_hint(name):
    """What to write instead of a function, or None where nothing is known of it."""
    if name.startswith("np."):
        method = name.removeprefix("np.")
        return LEARNED if method in TOGETHER else ONLY_ROW_WISE
    if name.startswith(("numpy.", "math.")):
        return f"Write np.{name.partition('.')[2]}(x)."
    return table()["formula"].get(name)


def unknown_function_hint(name):
    """What to write instead of a function that is neither known nor given."""
    if hint := function_hint(name):
        return hint
    if numpy_function(name):
        return f"Write np.{name}(x)."
    close = get_close_matches(name, RESERVED, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    return f"{hint}A function of yours is given with namespace={{{name!r}: {name}}}."


def operator_hint(sign):
    """What to write instead of a sign between effects, or None."""
    return table()["operators"].get(sign)


def grouping_hint(group):
    """What to write instead of something after a bar that is no column."""
    function = re.match(r"[\w.]+(?=\s*\()", group)
    key = function[0] if function else next(filter(group.count, "*+,"), "")
    return table()["grouping"].get(key, GROUPS)


def method_hint(name):
    """What to write instead of a column's method or attribute, ``x.name``."""
    return LEARNED if name in TOGETHER else DOTS
