"""Second derivatives, against what they approximate."""

import numpy as np
import pandas as pd
import pytest
from test_pls import design

import mlm
from mlm.engine.curvature import average_information
from mlm.engine.optimum import minimise
from mlm.engine.points import Point

__all__ = ["design"]


@pytest.mark.parametrize(
    "formula",
    ["Reaction ~ Days + (Days | Subject)", "Reaction ~ Days + (1 | Subject)"],
)
def test_average_information_is_the_hessian_of_balanced_data(sleepstudy, formula):
    """At the optimum of balanced data observed and expected information agree."""
    deviance = mlm.profiled_deviance(mlm.design_matrices(formula, sleepstudy))
    theta, *_ = minimise(deviance)
    blocks = deviance.basis.whiten(theta)
    information = average_information(deviance.factorise(blocks), deviance.d)
    k = len(blocks[0])

    def slope(T):
        return deviance.expand(Point.of([T])).slopes[0]

    step = 1e-6
    for i, row in enumerate(information):
        shift = step * (np.arange(k * k) == i).reshape(k, k)
        change = slope(blocks[0] + shift) - slope(blocks[0] - shift)
        scale = np.abs(information).max()
        np.testing.assert_allclose(row, change / (2 * step), atol=1e-5 * scale)


def test_average_information_is_what_its_definition_says(design):
    """wᵢᵀPwⱼ and eᵀwᵢ with every matrix in full."""
    rng = np.random.default_rng(3)
    deviance = mlm.profiled_deviance(design, reml=True)
    blocks = [rng.normal(size=(term.k, term.k)) for term in design.terms]
    found = average_information(deviance.factorise(blocks), deviance.d)

    root = np.sqrt(design.W.diagonal())[:, None]
    X, y = root * design.X, root[:, 0] * (design.y - design.offset)
    whitened = deviance.sums.rows().Z
    Z, V = [], np.eye(design.n)
    for i, term in enumerate(design.terms):
        Z.append(term.matrix(whitened[i].T).toarray())
        Lambda = np.kron(np.eye(term.J), blocks[i])
        V += Z[i] @ Lambda @ Lambda.T @ Z[i].T
    inverse = np.linalg.inv(V)
    P = inverse - inverse @ X @ np.linalg.inv(X.T @ inverse @ X) @ X.T @ inverse
    e = P @ y
    w = []
    for i, term in enumerate(design.terms):
        for place in range(term.k**2):
            unit = (np.arange(term.k**2) == place).reshape(term.k, term.k) * 1.0
            slope = unit @ blocks[i].T + blocks[i] @ unit.T
            w.append(Z[i] @ np.kron(np.eye(term.J), slope) @ Z[i].T @ e)
    w, r2 = np.array(w), y @ P @ y
    expected = (w @ P @ w.T - np.outer(w @ e, w @ e) / r2) * (design.n - design.p) / r2
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, atol=1e-8 * scale)


@pytest.mark.parametrize("label", ["g.(Intercept)", 0, "Subject"])
def test_labels_of_a_start_are_those_of_theta(label, sleepstudy):
    start = pd.Series([1.0], index=[label])
    with pytest.raises(mlm.DataError, match="start, if it is a Series"):
        mlm.lmer("Reaction ~ Days + (1 | Subject)", sleepstudy, start=start)
