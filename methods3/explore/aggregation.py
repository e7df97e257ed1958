"""A live figure of aggregation: what means of unequal numbers cost."""

import pandas as pd

from methods3.explore.columns import complete_rows
from methods3.live.figure import Live
from mlm.fit import lmer
from mlm.ground.arguments import numbers, seed_of
from mlm.ground.errors import DataError
from mlm.plots.style import GREEN, ORANGE, tidy

# Of each group in each condition, so that some are left when nearly all are lost.
FEWEST = 3


def lose_trials(data, response, condition, group, seed, *, trials="trials"):
    """Lose more and more trials of every second group, and watch two standard errors.

    Parameters
    ----------
    data : DataFrame
        A row a trial.
    response, condition, group : str
        Columns; the condition has two values, and the difference is that of its second
        from its first.
    seed : int
        Which trials: what is lost early stays lost.
    trials : str
        What rows are called.

    Returns
    -------
    Live

    Raises
    ------
    DataError
        If the data have no such column, the condition has not two values, or there is
        one group only, or one with fewer than 3 trials in a condition.

    Examples
    --------
    >>> import mlm
    >>> epochs = mlm.load_simulated_epochs()
    >>> figure = lose_trials(epochs, "power", "condition", "subject", seed=1)
    >>> figure.alt.split(": ")[1]
    'standard error 0.51 from means of means, 0.47 from the model.'
    """
    seed = seed_of(seed)
    data = complete_rows(data, response, condition, group)
    y = numbers(response, data[response])
    values = data[condition].astype("category").cat.remove_unused_categories()
    second = values.cat.codes.to_numpy()
    code, labels = pd.factorize(data[group])
    sizes = data.groupby([code, second]).size()
    if set(second) != {0, 1}:
        raise DataError(
            f"{condition} has two values, not {values.cat.categories.size}."
        )
    if not 4 <= 2 * len(labels) == len(sizes) or sizes.min() < FEWEST:
        raise DataError(
            f"there must be two groups of {group} or more, each with {FEWEST} rows or "
            f"more for each value of {condition}: leave out those that have fewer."
        )
    table = pd.DataFrame({"y": y, "x": second, "g": code})
    means = table.groupby(["g", "x"])["y"].mean().unstack()
    own = means[1] - means[0]
    fit = lmer("y ~ x + (x | g)", table)
    found = {
        "means of means": (own.mean(), own.sem()),
        "the model": (fit.fixef["x"], fit.se["x"]),
    }

    def draw(figure):
        ax = tidy(figure.subplots())
        for place, (colour, (value, error)) in enumerate(
            zip((GREEN, ORANGE), found.values(), strict=True)
        ):
            ax.errorbar(value, -place, xerr=error, fmt="o", color=colour)
        ax.set_yticks([0, -1], found)
        ax.set(ylim=(-1.6, 0.6), xlabel=f"difference of {response} ± standard error")

    said = [f"{error:.2f} from {name}" for name, (_, error) in found.items()]
    return Live(
        f"loss-{group.lower()}",
        "loss",
        f"Lose {trials}, and compare two standard errors",
        {
            "y": y.tolist(),
            "group": code.tolist(),
            "second": second.tolist(),
            "names": [response, group, trials],
            "seed": seed,
        },
        draw,
        f"With all {trials}: standard error {', '.join(said)}.",
        (6.4, 2.4),
    )
