"""What is timed: models and data, in the words of every package."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

import mlm

# Data of other packages, as the tests of `mlm.glmer` have them.
DATA = Path(__file__).parents[1] / "tests/reference/glmm/data"


class Case(NamedTuple):
    """One model on one data set.

    `fixed` and `random` are the formula in two parts, for packages that want it so, the
    factor with the most groups first: packages give theta in the order of the terms;
    `repeats` is how often a quick package fits it.  `family` is that of a generalised
    model, with the canonical link; `trials`, the column with the number of trials of a
    proportion; `nodes`, those of quadrature.
    """

    name: str
    fixed: str
    random: tuple[str, ...]
    data: Callable[[], pd.DataFrame]
    repeats: int = 3
    family: str | None = None
    trials: str | None = None
    nodes: int = 1

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


def counted(n, groups, family="binomial", slope=0.0, items=0):
    """Zeros and ones, or counts: random intercepts, and slopes or a crossed factor."""
    rng = np.random.default_rng(20260104)
    g, x = rng.integers(0, groups, n), rng.normal(size=n)
    eta = -0.5 + 0.7 * x + rng.normal(size=groups)[g]
    data = pd.DataFrame({"x": x, "g": g})
    if slope:
        eta += slope * rng.normal(size=groups)[g] * x
    if items:
        data["h"] = rng.integers(0, items, n)
        eta += 0.8 * rng.normal(size=items)[data["h"]]
    mean = np.exp(eta)
    draw = (
        rng.poisson(mean) if family == "poisson" else rng.binomial(1, mean / (1 + mean))
    )
    return data.assign(y=draw)


def published(name, categories=()):
    """Data of another package; numbers that are labels become text."""
    (file,) = DATA.glob(f"{name}.csv*")
    data = pd.read_csv(file)
    return data.assign(**{c: c + data[c].astype(str) for c in categories})


def slopes(n, groups, repeats=3):
    name = f"slopes, n = {n:_}, {groups:_} groups".replace("_", " ")
    return Case(name, "y ~ x", ("x | g",), lambda: simulated(n, groups), repeats)


LINEAR = [
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

# Generalised models: `mlm.glmer`.
GENERALISED = [
    Case(
        "cbpp, proportions",
        "proportion ~ period",
        ("1 | herd",),
        lambda: published("cbpp", ["period"]),
        20,
        "binomial",
        "size",
    ),
    Case(
        "contraception",
        "yes ~ age10 + age10_squared + urban + livch",
        ("1 | district",),
        lambda: published("Contraception").eval("age10_squared = age10**2"),
        20,
        "binomial",
    ),
    Case(
        "toenail",
        "severe ~ treatment * time",
        ("1 | patientID",),
        lambda: published("toenail"),
        20,
        "binomial",
    ),
    Case(
        "toenail, 20 nodes",
        "severe ~ treatment * time",
        ("1 | patientID",),
        lambda: published("toenail"),
        10,
        "binomial",
        nodes=20,
    ),
    Case(
        "grouseticks, counts, nested",
        "TICKS ~ YEAR + cHEIGHT",
        ("1 | INDEX", "1 | BROOD", "1 | LOCATION"),
        lambda: published("grouseticks", ["YEAR"]),
        10,
        "poisson",
    ),
    Case(
        "VerbAgg, crossed",
        "yes ~ Anger + Gender + btype + situ",
        ("1 | id", "1 | item"),
        lambda: published("VerbAgg"),
        5,
        "binomial",
    ),
    Case(
        "0 and 1, n = 100 000, 10 000 groups",
        "y ~ x",
        ("1 | g",),
        lambda: counted(10**5, 10**4),
        family="binomial",
    ),
    Case(
        "0 and 1, n = 100 000, 10 000 groups, slopes",
        "y ~ x",
        ("x | g",),
        lambda: counted(10**5, 10**4, slope=0.5),
        family="binomial",
    ),
    Case(
        "counts, n = 100 000, 10 000 groups",
        "y ~ x",
        ("1 | g",),
        lambda: counted(10**5, 10**4, "poisson"),
        family="poisson",
    ),
    Case(
        "0 and 1, n = 100 000, crossed 2000 × 200",
        "y ~ x",
        ("1 | g", "1 | h"),
        lambda: counted(10**5, 2000, items=200),
        family="binomial",
    ),
    Case(
        "0 and 1, n = 1 000 000, 100 000 groups",
        "y ~ x",
        ("1 | g",),
        lambda: counted(10**6, 10**5),
        family="binomial",
    ),
]

# For the plot: one thing grows, the other stays.
BY_ROWS = [slopes(n, n // 10) for n in (10**3, 10**4, 10**5, 10**6)]
BY_GROUPS = [slopes(10**5, J) for J in (10, 100, 1000, 10**4, 3 * 10**4)]
