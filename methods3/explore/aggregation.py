"""Explorer of aggregation: what means of unequal numbers cost."""

import warnings

import numpy as np
import pandas as pd

from methods3.explore.explorer import Explorer, Slider
from mlm.fit import lmer
from mlm.ground.arguments import seed_of
from mlm.ground.errors import SingularFitWarning, check_known
from mlm.ground.tables import data_frame
from mlm.plots.style import BLUE, GREEN, tidy


def loss_slider(data, response, condition, group, losses, seed):
    """Lose more and more trials of every second group, and watch two standard errors.

    Parameters
    ----------
    data : DataFrame
        A row a trial.
    response, condition, group : str
        Columns; the condition has two values.
    losses : sequence of float
        Per cent of trials lost, at most 15 values, each below 100.
    seed : int
        Which trials: what is lost early stays lost.

    Returns
    -------
    Explorer

    Raises
    ------
    DataError
        If the data have no such column.

    Examples
    --------
    >>> import mlm
    >>> explorer = loss_slider(
    ...     mlm.load_simulated_epochs(), "power", "condition", "subject", (0, 90), 1
    ... )
    >>> explorer.alt(0)
    'Nothing lost: standard error 0.51 from means, 0.47 from the model.'
    """
    data = data_frame("data", data, (response, condition, group))
    seed = seed_of(seed)
    for column in (response, condition, group):
        check_known("column", column, data)
    cells = [group, condition]
    order = pd.Series(np.random.default_rng(seed).random(len(data)), data.index)
    place = order.groupby([data[name] for name in cells], observed=True).rank(pct=True)
    loses = data[group].isin(data[group].unique()[::2])
    found = {}
    for loss in losses:
        kept = data[~loses | (place > loss / 100)]
        means = kept.groupby(cells, observed=True)[response].mean().unstack()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SingularFitWarning)
            fit = lmer(f"{response} ~ {condition} + ({condition} | {group})", kept)
        found[loss] = (means.diff(axis=1).iloc[:, -1].sem(), fit.se.iloc[1])
    table = pd.DataFrame(found, index=["means of means", "model"]).T

    def draw(figure, loss):
        ax = tidy(figure.subplots())
        styles = ((GREEN, "s", "--"), (BLUE, "o", "-"))
        for (name, errors), (colour, mark, dashes) in zip(
            table.items(), styles, strict=True
        ):
            ax.plot(table.index, errors, dashes, color=colour, label=name)
            ax.plot(loss, errors[loss], mark, color=colour, markersize=10)
        ax.set_ylim(0, 1.1 * table.to_numpy().max())
        ax.set_xlabel(f"trials lost by every second {group} (per cent)")
        ax.set_ylabel("standard error of the difference")
        ax.legend(frameon=False, loc="lower right")

    def alt(loss):
        by_means, by_model = table.loc[loss]
        lost = f"{loss:g} per cent lost" if loss else "Nothing lost"
        return (
            f"{lost}: standard error {by_means:.2f} from means, {by_model:.2f} from "
            "the model."
        )

    slider = Slider("trials lost (per cent)", tuple(losses), form="g")
    return Explorer(f"loss-{group.lower()}", (slider,), draw, alt, (6.4, 3.4))
