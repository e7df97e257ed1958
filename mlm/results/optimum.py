"""Whether the optimum of a fit is the best that can be found."""

import pandas as pd

from mlm.engine.optimum import searches
from mlm.engine.theta import theta_names
from mlm.ground.errors import ConvergenceWarning, warn

# A criterion that is lower by this much is another optimum, not rounding.
LOWER = 1e-5


def optimum_check(fit):
    """Table of further searches: see `MixedModel.optimum_check`."""
    rows = {
        start: [value, value - fit.criterion, evaluations, *theta]
        for start, theta, value, evaluations in searches(
            fit.criterion_function, fit.solution.theta
        )
    }
    columns = ["criterion", "difference", "evaluations", *theta_names(fit.design.terms)]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index.name = "start"
    if table["difference"].min() < -LOWER:
        best = table["difference"].idxmin()
        warn(
            f"the search from {best!r} reached a criterion that is lower by "
            f"{-table['difference'].min():.2g}. Fit again with "
            f"start=table.loc[{best!r}], where table is what this check returns.",
            ConvergenceWarning,
        )
    return table
