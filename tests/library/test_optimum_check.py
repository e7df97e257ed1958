"""What a user can do who doubts an optimum: search again, and start elsewhere."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mlm

SLOPES = "Reaction ~ Days + (Days | Subject)"


@pytest.fixture(scope="module")
def fit():
    return mlm.lmer(SLOPES, mlm.load_sleepstudy())


@pytest.mark.slow
def test_every_search_ends_at_the_only_minimum(fit):
    table = fit.optimum_check()
    assert table.index.is_unique
    np.testing.assert_allclose(table["criterion"], fit.criterion, atol=1e-5)
    np.testing.assert_allclose(
        table["difference"], table["criterion"] - fit.criterion, atol=1e-12
    )
    for _, ended in table[fit.theta.index].iterrows():
        np.testing.assert_allclose(ended, fit.theta, atol=1e-3)


@pytest.mark.slow
def test_a_fit_that_is_not_at_its_best_is_told_where_to_start(fit):
    """The row that the warning names can be handed to `lmer` as it is."""
    wrong = replace(
        fit, solution=fit.criterion_function.solve(1.5 * fit.solution.theta)
    )
    with pytest.warns(mlm.ConvergenceWarning, match=r"start=table\.loc\['") as told:
        table = wrong.optimum_check()
    (warning,) = told
    named = str(warning.message).split("table.loc['")[1].split("']")[0]
    assert table.loc[named, "difference"] < -1
    again = mlm.lmer(SLOPES, mlm.load_sleepstudy(), start=table.loc[named])
    assert again.criterion == pytest.approx(fit.criterion, abs=1e-6)


def test_a_start_that_is_a_series_is_read_by_its_labels(fit, monkeypatch):
    seen, minimise = [], mlm.results.linear_mixed.minimise

    def record(criterion, start=None):
        seen.append(start)
        return minimise(criterion, start)

    monkeypatch.setattr(mlm.results.linear_mixed, "minimise", record)
    row = pd.concat([pd.Series({"criterion": 1.0}), fit.theta[::-1]])
    for start in (fit.theta, row, list(fit.theta), fit.theta.to_numpy()):
        mlm.lmer(SLOPES, mlm.load_sleepstudy(), start=start)
    np.testing.assert_array_equal(seen, np.tile(fit.theta, (4, 1)))


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ([1.0, 0.0], "start is 3 finite numbers"),
        ([1.0, np.nan, 1.0], "start is 3 finite numbers"),
        (["a", 0.0, 1.0], "start is 3 finite numbers"),
        (pd.Series([1.0, 0.0, 1.0]), r"Subject\.Days; this one has the labels 0, 1, 2"),
        (pd.Series(1.0, ["Subject.Days", "Subject.Days"]), "one value for each of"),
    ],
)
def test_bad_starts(start, words):
    with pytest.raises(mlm.DataError, match=words):
        mlm.lmer(SLOPES, mlm.load_sleepstudy(), start=start)
