"""What is timed: models and data, in the words of every package."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

import mlm


class Case(NamedTuple):
    """One model on one data set.

    `fixed` and `random` are the formula in two parts, for packages that want it so, the
    factor with the most groups first: packages give theta in the order of the terms;
    `repeats` is how often a quick package fits it.
    """

    name: str
    fixed: str
    random: tuple[str, ...]
    data: Callable[[], pd.DataFrame]
    repeats: int = 3

    @property
    def formula(self):
        return " + ".join([self.fixed, *(f"({term})" for term in self.random)])


def simulated(n, groups):
    """One grouping factor with random intercepts and slopes."""
    rng = np.random.default_rng(20260101)
    g, x = rng.integers(0, groups, n), rng.normal(size=n)
    b = rng.normal(size=(groups, 2)) * [1.0, 0.5]
    y = 1 + x + b[g, 0] + b[g, 1] * x + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "g": g})


def crossed(n, groups, items):
    """Two crossed factors with random intercepts; most pairs never meet."""
    rng = np.random.default_rng(20260102)
    g, h, x = rng.integers(0, groups, n), rng.integers(0, items, n), rng.normal(size=n)
    y = 1 + x + rng.normal(size=groups)[g] + 0.5 * rng.normal(size=items)[h]
    return pd.DataFrame({"y": y + rng.normal(size=n), "x": x, "g": g, "h": h})


def nested(schools):
    """Five pupils in each of four classes of every school."""
    rng = np.random.default_rng(20260103)
    c = np.repeat(np.arange(4 * schools), 5)
    s, x = c // 4, rng.normal(size=20 * schools)
    y = 1 + x + rng.normal(size=schools)[s] + 0.5 * rng.normal(size=4 * schools)[c]
    return pd.DataFrame({"y": y + rng.normal(size=len(x)), "x": x, "s": s, "c": c})


def slopes(n, groups, repeats=3):
    name = f"slopes, n = {n:_}, {groups:_} groups".replace("_", " ")
    return Case(name, "y ~ x", ("x | g",), lambda: simulated(n, groups), repeats)


CASES = [
    Case(
        "sleepstudy, slopes",
        "Reaction ~ Days",
        ("Days | Subject",),
        mlm.load_sleepstudy,
        30,
    ),
    Case(
        "sleepstudy, intercepts",
        "Reaction ~ Days",
        ("1 | Subject",),
        mlm.load_sleepstudy,
        30,
    ),
    Case("Dyestuff", "Yield ~ 1", ("1 | Batch",), mlm.load_dyestuff, 30),
    Case("Dyestuff2, singular", "Yield ~ 1", ("1 | Batch",), mlm.load_dyestuff2, 30),
    Case(
        "Penicillin, crossed",
        "diameter ~ 1",
        ("1 | plate", "1 | sample"),
        mlm.load_penicillin,
        30,
    ),
    Case(
        "Pastes, nested",
        "strength ~ 1",
        ("1 | sample", "1 | batch"),
        mlm.load_pastes,
        30,
    ),
    Case("InstEval, two factors", "y ~ 1", ("1 | s", "1 | d"), mlm.load_insteval),
    Case(
        "InstEval, three terms",
        "y ~ service",
        ("1 | s", "1 | d", "1 | dept:service"),
        mlm.load_insteval,
    ),
    Case(
        "crossed, n = 100 000, 2000 × 200",
        "y ~ x",
        ("1 | g", "1 | h"),
        lambda: crossed(10**5, 2000, 200),
    ),
    Case(
        "nested, n = 100 000, 5000 schools × 4 classes",
        "y ~ x",
        ("1 | c", "1 | s"),
        lambda: nested(5000),
    ),
    slopes(10**4, 10**3, 10),
    slopes(10**5, 10**4),
    slopes(10**6, 10**5),
    slopes(10**6, 100),
    slopes(10**7, 10**6, 1),
]

# For the plot: one thing grows, the other stays.
BY_ROWS = [slopes(n, n // 10) for n in (10**3, 10**4, 10**5, 10**6)]
BY_GROUPS = [slopes(10**5, J) for J in (10, 100, 1000, 10**4, 3 * 10**4)]
