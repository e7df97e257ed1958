"""Shared by the tests: what lme4 says, and the data it said it about."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mlm

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = json.loads((ROOT / "tests/reference/lme4.json").read_text("utf-8"))


def reference_data(name):
    """Data frame of one reference data set."""
    if name in REFERENCE["data_sets"]:
        return pd.DataFrame(REFERENCE["data_sets"][name])
    sleepstudy = mlm.load_sleepstudy()
    if name == "unbalanced":
        left_out = np.subtract(REFERENCE["unbalanced_leaves_out"], 1)  # R counts from 1
        return sleepstudy.drop(index=left_out)
    return sleepstudy


def reference_fits():
    """Every fit of the reference as a pytest parameter with a readable name."""
    method = {True: "REML", False: "ML"}
    return [
        pytest.param(r, id=f"{r['data']}: {r['formula']} ({method[r['reml']]})")
        for r in REFERENCE["fits"]
    ]


def to_python(formula):
    """Turn R's power into Python's."""
    return formula.replace("^", "**")


@pytest.fixture
def sleepstudy():
    return mlm.load_sleepstudy()


@pytest.fixture(scope="session")
def sleep_fit():
    return mlm.lmer("Reaction ~ Days + (Days | Subject)", mlm.load_sleepstudy())
