"""Shared by the tests: what lme4 says, and the data it said it about."""

import json
import os
import warnings
from collections import Counter
from functools import cache
from itertools import cycle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mlm

pytest_plugins = ["browser", "handed_in", "live_page"]

ROOT = Path(__file__).resolve().parents[1]
# The deep run: all that is drawn at random, every page in every view.
WEEKLY = bool(os.environ.get("WEEKLY"))
# So many cases of a test are no long table.
FEW = 4
# The other cores run other tests: nothing here asks for them by itself.
if os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")
REFERENCE = json.loads((ROOT / "tests/reference/lme4.json").read_text("utf-8"))


def often(few, more):
    """Give cases of a test: a few of every kind on each push, and more every week."""
    return [*few, *more] if WEEKLY else [*few]


def pytest_addoption(parser):
    parser.addoption(
        "--one-in",
        type=int,
        default=1,
        metavar="N",
        help=f"of a test with more than {FEW} cases, take one case in N",
    )


def pytest_collection_modifyitems(config, items):
    """Leave out what `--one-in` says, and what ``one_in`` says except every week.

    Of each n cases in a row one is kept: the first, then of the next n the second, and
    so on, or what alternates in a table would be kept always or never.
    """
    names = [item.nodeid.partition("[")[0] for item in items]
    cases, seen, kept, left_out = Counter(names), Counter(), [], []
    for item, name in zip(items, names, strict=True):
        mark = None if WEEKLY else item.get_closest_marker("one_in")
        n = mark.args[0] if mark else 1
        if cases[name] > FEW:
            n *= config.getoption("--one-in")
        block, place = divmod(seen[name], n)
        (kept if place == block % n else left_out).append(item)
        seen[name] += 1
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


def in_turn(cases, others):
    """Give each case one of the others, in turn; every week each has all of them."""
    if WEEKLY:
        return [(*case, other) for case in cases for other in others]
    return [(*case, other) for case, other in zip(cases, cycle(others), strict=False)]


@cache
def reference_data(name):
    """Data frame of one reference data set."""
    if name in REFERENCE["data_sets"]:
        return pd.DataFrame(REFERENCE["data_sets"][name])
    sleepstudy = mlm.load_sleepstudy()
    if name == "unbalanced":
        left_out = np.subtract(REFERENCE["unbalanced_leaves_out"], 1)  # R counts from 1
        return sleepstudy.drop(index=left_out)
    if name == "from_day_2":
        return sleepstudy[sleepstudy["Days"] >= 2]
    return getattr(mlm, f"load_{name}")()


def reference_fits(large=True):
    """Every fit of the reference as a pytest parameter with a readable name."""
    return [
        pytest.param(record, id=name_of(record), marks=[pytest.mark.slow] * is_large)
        for record in REFERENCE["fits"]
        for is_large in [record["data"] == "insteval"]
        if large or not is_large
    ]


def name_of(record):
    method = "REML" if record["reml"] else "ML"
    weights = ", weighted" if record["weights"] else ""
    return f"{record['data']}: {record['formula']} ({method}{weights})"


def to_python(formula):
    """Turn R's power into Python's."""
    return formula.replace("^", "**")


def arguments(record):
    """Formula, data, weights and offset of one reference fit."""
    given = {key: record[key] or None for key in ("weights", "offset")}
    data = reference_data(record["data"])
    return {"formula": to_python(record["formula"]), "data": data} | given


def reference_design(record):
    return mlm.design_matrices(**arguments(record))


def reference_fit(record):
    """Our fit of a reference, made once."""
    return _fit(REFERENCE["fits"].index(record))


@cache
def _fit(i):
    record = REFERENCE["fits"][i]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", mlm.SingularFitWarning)
        return mlm.lmer(**arguments(record), reml=record["reml"])


@pytest.fixture
def sleepstudy():
    return mlm.load_sleepstudy()


@pytest.fixture(scope="session")
def sleep_fit():
    return mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
