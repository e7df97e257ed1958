"""Words of other formulas, R's and patsy's, and what to write here instead."""

CATEGORY = "Write C(x), or make the column categorical: .astype('category')."
COLUMN_FIRST = "Compute it as a column of the data first, and use that column."
LEARNED = (
    "It takes all rows together, and new data have other rows: write center(x), "
    "scale(x) or np.mean(x), or compute a column of the data first."
)
BASE = "Write C(f, contr.treatment('c')), with the level that the others are held to."
SMOOTH = "Smooth terms are not part of lme4's models; bs(x, df=4) is a spline."
ONE_RESPONSE = "Fit one response at a time."
HINTS = {
    "offset": "It stands alone, as a term that is added: y ~ x + offset(log(t)).",
    "weights": "Give them as an argument instead: weights='name of the column'.",
    "factor": CATEGORY,
    "as.factor": CATEGORY,
    "as.character": CATEGORY,
    "ordered": "Write C(f, contr.poly).",
    "as.ordered": "Write C(f, contr.poly).",
    "as.numeric": "Convert the column first, with pd.to_numeric.",
    "as.integer": "Convert the column first, with .astype(int).",
    "as.logical": "Convert the column first, with .astype(bool).",
    "droplevels": "Leave it out: levels that are not used are left out anyway.",
    "relevel": BASE,
    "reorder": "Order the levels: C(f, levels=['c', 'a', 'b']).",
    "interaction": "Write a:b.",
    "cut": "Cut the column first, with pd.cut.",
    "ifelse": "Write np.where(x > 3, 1, 0).",
    "cbind": ONE_RESPONSE,
    "c": f"{ONE_RESPONSE} A list of numbers is [1, 2].",
    "Surv": "Survival models are not part of this library.",
    "s": SMOOTH,
    "te": SMOOTH,
    "t2": SMOOTH,
    "ns": "Write cr(x, df=4, constraints='center'), a natural cubic spline.",
    "pmin": "Write np.minimum(x, z).",
    "pmax": "Write np.maximum(x, z).",
    "min": "Write np.min(x): predictions keep that of the fitted data.",
    "max": "Write np.max(x): predictions keep that of the fitted data.",
    "mean": "Write np.mean(x): predictions keep that of the fitted data.",
    "median": "Write np.median(x): predictions keep that of the fitted data.",
    "sd": "Write x.std(), which divides by n - 1 as R's sd; predictions keep it.",
    "var": "Write x.var(), which divides by n - 1 as R's; predictions keep it.",
    "sum": "Write np.sum(x): predictions keep that of the fitted data.",
    "rank": LEARNED,
    "quantile": LEARNED,
    "ave": LEARNED,
    "cumsum": LEARNED,
    "diff": LEARNED,
    "length": LEARNED,
    "lag": f"Which row comes before depends on the group. {COLUMN_FIRST}",
    "shift": f"Which row comes before depends on the group. {COLUMN_FIRST}",
    "abs": "Write np.abs(x).",
    "round": "Write np.round(x, 1).",
    "ceiling": "Write np.ceil(x).",
    "asin": "Write np.arcsin(x).",
    "acos": "Write np.arccos(x).",
    "atan": "Write np.arctan(x).",
    "logb": "Write np.log(x).",
    "is.na": "Write np.isnan(x).",
    "logit": "Write np.log(p / (1 - p)).",
    "qlogis": "Write np.log(p / (1 - p)).",
    "plogis": "Write 1 / (1 + np.exp(-x)) within I().",
    "exp10": "Write I(10**x).",
    "polym": "Write poly(x, 2) and poly(z, 2), or their product poly(x, 2):poly(z, 2).",
    "identity": "Write I(x).",
    "Q": "Write the name in backticks: `reaction time`.",
    "standardize": "Write scale(x, ddof=0); R's scale(x) divides by n - 1.",
    "Treatment": BASE,
    "Sum": "Write C(f, contr.sum).",
    "Poly": "Write C(f, contr.poly).",
    "Helmert": "Write C(f, contr.helmert).",
    "Diff": "Write C(f, contr.diff).",
    "contr.treatment": BASE,
    "contr.sum": "Write C(f, contr.sum).",
    "contr.helmert": "Write C(f, contr.helmert).",
    "contr.poly": "Write C(f, contr.poly).",
    "contr.SAS": "Write C(f, contr.SAS).",
    "contr.custom": "Write C(f, [[1, 0], [0, 1], [-1, -1]]): a row for each level.",
    "contr": "Contrasts stand within C(): C(f, contr.sum).",
    "hashed": CATEGORY,
    "str": CATEGORY,
    "int": "Write np.floor(x).",
    "float": "Leave it out: numbers are floats.",
    "bool": "Write a comparison: I(x > 0).",
    "TRUE": "Write True.",
    "FALSE": "Write False.",
    "T": "Write True.",
    "F": "Write False.",
    "NULL": "Leave it out.",
    "NA": "Leave it out.",
}
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
    return HINTS.get(name)


def method_hint(name):
    """What to write instead of a column's method or attribute, ``x.name``."""
    return LEARNED if name in TOGETHER else DOTS
