"""MINQUE(0): its definition with every matrix in full; on balanced data, REML."""

import numpy as np
import pandas as pd
import pytest
from test_pls import design

import mlm
from mlm.engine.starts import LEAST, RANGE, moment_estimates, other_starts

__all__ = ["design"]

SLOPES = "Reaction ~ Days + (Days | Subject)"


def test_start_solves_the_equations_of_minque(design):
    """tr(M Vᵢ M V_m) for every element of every Σ, with n × n matrices."""
    sums = mlm.profiled_deviance(design).sums
    root = np.sqrt(design.W.diagonal())[:, None]
    X, y = root * design.X, root[:, 0] * (design.y - design.offset)
    M = np.eye(design.n) - X @ np.linalg.pinv(X)
    whitened = sums.rows().Z
    V = []
    for i, term in enumerate(design.terms):
        Z = term.matrix(whitened[i].T).toarray().reshape(design.n, term.J, term.k)
        V += [Z[:, :, a] @ Z[:, :, b].T for a in range(term.k) for b in range(term.k)]
    V.append(np.eye(design.n))
    MV = np.array([M @ Vi for Vi in V])
    system = np.einsum("iab,mab->im", MV @ M, np.array(V))
    moments = [y @ M @ Vi @ M @ y for Vi in V]
    *found, sigma2 = np.linalg.lstsq(system, moments)[0]
    smallest = LEAST * (y @ M @ y) / design.n
    place = 0
    for T in moment_estimates(sums):
        k = len(T)
        ratio = np.reshape(found[place : (place := place + k * k)], (k, k))
        size, axes = np.linalg.eigh((ratio + ratio.T) / 2 / max(sigma2, smallest))
        expected = (axes * np.clip(size, *RANGE)) @ axes.T
        np.testing.assert_allclose(T @ T.T, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("formula", "load"),
    [
        (SLOPES, mlm.load_sleepstudy),
        ("Yield ~ 1 + (1 | Batch)", mlm.load_dyestuff),
        ("diameter ~ 1 + (1 | plate) + (1 | sample)", mlm.load_penicillin),
        ("strength ~ 1 + (1 | batch / cask)", mlm.load_pastes),
    ],
)
def test_on_balanced_data_it_is_the_reml_estimate(formula, load):
    """So the search takes one evaluation; that it is the minimum, lme4 says."""
    assert mlm.lmer(formula, load()).convergence.evaluations == 1


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_start_does_not_depend_on_the_responses_unit(sleepstudy, unit):
    other = sleepstudy.assign(Reaction=sleepstudy["Reaction"] * unit)
    designs = [mlm.design_matrices(SLOPES, data) for data in (sleepstudy, other)]
    sums = [mlm.profiled_deviance(design).sums for design in designs]
    one, same = (moment_estimates(of_design)[0] for of_design in sums)
    np.testing.assert_allclose(same @ same.T, one @ one.T, rtol=1e-6)


def test_other_starts_are_as_wide_as_what_an_effect_adds_is_small():
    """One over the share that regression on the other effects leaves of a column."""
    rng = np.random.default_rng(6)
    data = pd.DataFrame({"g": np.arange(60) % 6, "y": rng.normal(size=60)})
    data["x"], data["z"] = 3 + rng.normal(size=60), rng.normal(size=60)
    formula = "y ~ 1 + (1 | g) + (0 + x | g) + (0 + z | g)"
    criterion = mlm.profiled_deviance(mlm.design_matrices(formula, data))
    columns = {"1": np.ones(60), "x": data["x"], "z": data["z"]}
    starts = other_starts(criterion)["2 × residuals"]
    for i, name in enumerate(columns):
        others = np.column_stack([columns[other] for other in columns if other != name])
        _, left, *_ = np.linalg.lstsq(others, columns[name])
        size = np.sqrt(np.sum(columns[name] ** 2) / left)
        np.testing.assert_allclose(starts[i], 2 * size[:, None], rtol=1e-9)
