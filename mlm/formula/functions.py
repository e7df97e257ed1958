"""Functions that a formula may call, and the arguments that they take.

Numpy's compute row by row and know nothing of other rows.  The others learn from the
fitted data (a mean, knots, levels); `mlm.formula.evaluation` computes both.
"""

from functools import partial

import numpy as np

from mlm.ground.arguments import shown
from mlm.ground.errors import DataError

# Most columns that one function may ask for.
MOST_COLUMNS = 50
# Known without np.: R's functions of these names, and exp2.
BARE = {"abs", "exp", "exp2", "expm1", "floor", "log", "log10", "log1p", "log2", "sign"}
BARE |= {"sqrt", "trunc", "sin", "cos", "tan", "sinh", "cosh", "tanh"}
CONSTANTS = {"pi": np.pi, "e": np.e}
# Functions of numpy that are no ufuncs, but compute row by row.
ROW_WISE = {
    "where": (np.where, 3, 3),
    "clip": (np.clip, 3, 3),
    "round": (lambda x, digits=0: np.round(x, int(digits)), 1, 2),
}
# One number of all rows, as numpy and as pandas (after a dot) have it.
SUMMARIES = {
    f"{prefix}{name}": getattr(np, name)
    for prefix in ("np.", ".")
    for name in ("mean", "median", "min", "max", "sum", "std", "var")
}
SUMMARIES |= {f".{name}": partial(getattr(np, name), ddof=1) for name in ("std", "var")}
NUMBER, TEXT, TRUTH, LIST = (int, float), (str,), (bool,), (list,)
CUBIC = {
    "df": (int,),
    "knots": LIST,
    "lower_bound": NUMBER,
    "upper_bound": NUMBER,
    "constraints": TEXT,
    "extrapolation": TEXT,
}
# What learns from the fitted data: arguments after the first, and their types.
TRANSFORMS = {
    "C": {"contrasts": (list, dict), "levels": LIST},
    "center": {},
    "scale": {"center": TRUTH + NUMBER, "scale": TRUTH + NUMBER, "ddof": NUMBER},
    "poly": {"degree": (int,), "raw": TRUTH},
    "bs": {
        "df": (int,),
        "knots": LIST,
        "degree": (int,),
        "include_intercept": TRUTH,
        "lower_bound": NUMBER,
        "upper_bound": NUMBER,
        "extrapolation": TEXT,
    },
    "cr": CUBIC,
    "cs": CUBIC,
    "cc": CUBIC,
}
CONTRASTS = {
    "treatment": {"base": NUMBER + TEXT},
    "SAS": {"base": NUMBER + TEXT},
    "sum": {},
    "poly": {"scores": LIST},
    "helmert": {"reverse": TRUTH, "scale": TRUTH},
    "diff": {"backward": TRUTH},
}
RESERVED = {"np", "contr", "I", "offset", *BARE, *TRANSFORMS}


class PartError(Exception):
    """What is wrong with a part of a formula; a FormulaError is made of it above.

    Parameters
    ----------
    problem, hint : str
    part : str, optional
        Text of the bad part.
    """

    def __init__(self, problem, hint, part=None):
        super().__init__(problem, hint, part)  # these are pickled
        self.problem, self.hint, self.part = problem, hint, part


def numpy_function(name):
    """A function of numpy that computes row by row, with its number of arguments.

    Returns
    -------
    tuple of (callable, int, int) or None
        Function, least and most arguments; None where there is no such function.
    """
    if name in ROW_WISE:
        return ROW_WISE[name]
    found = getattr(np, name, None)
    if isinstance(found, np.ufunc) and found.nout == 1 and found.signature is None:
        return found, found.nin, found.nin
    return None


def check_namespace(namespace):
    """Refuse what is no function, or hides a function that formulas know."""
    if namespace is None:
        return {}
    if not isinstance(namespace, dict):
        raise DataError(
            "namespace is a dict of functions by name, such as {'f': f}, not a "
            f"{type(namespace).__name__}."
        )
    for name, function in namespace.items():
        if not (isinstance(name, str) and name.isascii() and name.isidentifier()):
            raise DataError(
                f"namespace has {name!r}, which is no name of a function: use letters, "
                "digits and _, such as {'f': f}."
            )
        if not callable(function):
            raise DataError(
                f"namespace[{name!r}] is not a function, but {shown(function)}. Write "
                "a number into the formula, or make it a column of the data."
            )
        if name in RESERVED:
            raise DataError(f"formulas know {name!r} already; give it another name.")
    return dict(namespace)
