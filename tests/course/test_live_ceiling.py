"""Numbers of the live figure of counts with a ceiling."""

import re

import numpy as np
import pytest
from live_page import only, say
from scipy import stats
from test_live import READY as ALL

from methods3 import explore
from mlm import DataError

READY = {"ceiling": ALL["ceiling"]}
HEIGHTS = """name => [...document.querySelectorAll(`[data-layer=${name}] circle`)]
                 .map(circle => circle.__data__[1])"""


@only("ceiling")
@pytest.mark.parametrize("n", [6, 24, 96])
@pytest.mark.parametrize("p", [0.02, 0.5, 0.75, 0.98])
@pytest.mark.one_in(3)
def test_both_distributions_are_those_of_scipy(figure, shown, n, p):
    said = say(shown, n=n, p=p)
    binomial, poisson = stats.binom(n, p), stats.poisson(n * p)
    counts = np.arange(n + 1)
    found = shown.evaluate(HEIGHTS, "binomial-dots")
    np.testing.assert_allclose(found, binomial.pmf(counts), rtol=1e-9)
    beyond = np.arange(round(1.5 * n) + 1)
    found = shown.evaluate(HEIGHTS, "poisson-dots")
    np.testing.assert_allclose(found, poisson.pmf(beyond), rtol=1e-9)
    numbers = [float(text) for text in re.findall(r"\d+\.\d+", said)]
    ratio = poisson.std() / binomial.std()
    known = [n * p, binomial.std(), poisson.std(), ratio, poisson.sf(n)]
    np.testing.assert_allclose(numbers, known, atol=0.051)
    np.testing.assert_allclose(numbers[-1], known[-1], atol=0.00051)


@pytest.mark.parametrize(("trials", "p"), [(7, 0.5), (48, 0), (48, 1), ("48", 0.5)])
def test_other_numbers_are_refused(trials, p):
    with pytest.raises(DataError, match=r"trials is one of 6|p is from 0\.02"):
        explore.count_with_ceiling(trials, p)
