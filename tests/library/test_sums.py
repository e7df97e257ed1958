"""Cross-products for other weights, with structure and basis as they were."""

import numpy as np
import pytest
from test_pls import design

from mlm.engine.basis import basis
from mlm.engine.factorise import factorise
from mlm.engine.structure import structure
from mlm.engine.sums import cross_products

__all__ = ["design"]


def made(design, seed):
    """Structure and basis of a design, blocks of Λ, a response and row weights."""
    rng = np.random.default_rng(seed)
    blocks = [rng.normal(size=(term.k, term.k)) for term in design.terms]
    y, weights = rng.normal(size=design.n), rng.uniform(0.05, 4, design.n)
    return structure(design.terms), basis(design), blocks, y, weights


def dense(design, B, blocks, y, weights):
    """Normal equations of ZΛ and X with every matrix in full, rows weighted."""
    Z = [
        term.matrix(B.rows(i).T).toarray() @ np.kron(np.eye(term.J), blocks[i])
        for i, term in enumerate(design.terms)
    ]
    M = np.hstack([*Z, design.X])
    penalty = np.diag(np.repeat([1.0, 0.0], [design.q, design.p]))
    system = M.T @ (weights[:, None] * M) + penalty
    return M, system, np.linalg.solve(system, M.T @ (weights * y))


def test_weights_may_change_while_structure_and_basis_stay(design):
    """As the steps of a generalised model do, on any design and in any order."""
    S, B, blocks, y, weights = made(design, 21)
    for w in (weights, 1 / weights, weights):
        factors = factorise(cross_products(S, B, y, w), blocks)
        M, system, solution = dense(design, B, blocks, y, w)
        found, sums = factors.modes(), factors.sums
        # log|ΛᵀZᵀWZΛ + I|, and the residual sum of squares with its penalty.
        log_det = np.linalg.slogdet(system[: design.q, : design.q])[1]
        q2 = S.q2
        ours = factors.log_det + 2 * np.log(np.diag(factors.R)[:q2]).sum()
        assert ours == pytest.approx(log_det, rel=1e-9)
        residual = y - M @ solution
        r2 = residual @ (w * residual) + np.sum(solution[: design.q] ** 2)
        assert factors.R[-1, -1] ** 2 == pytest.approx(r2, rel=1e-8)
        beta = np.linalg.solve(B.RX, sums.Qty - found.rest[q2:-1])
        np.testing.assert_allclose(beta, solution[design.q :], rtol=1e-6, atol=1e-9)
        b = [modes.ravel() for modes in factors.modes_by_term(found)]
        fitted = design.Z @ np.concatenate(b) + design.X @ beta
        np.testing.assert_allclose(fitted, M @ solution, rtol=1e-6, atol=1e-8)


def test_leverage_is_that_of_the_weights(design):
    S, B, blocks, y, weights = made(design, 22)
    leverage = factorise(cross_products(S, B, y, weights), blocks).leverage()
    M, system, _ = dense(design, B, blocks, y, weights)
    hat = np.einsum("ij,ji->i", M, np.linalg.solve(system, M.T * weights))
    np.testing.assert_allclose(leverage, hat, rtol=1e-7, atol=1e-12)


def test_another_response_needs_no_other_products(design):
    S, B, _, y, weights = made(design, 23)
    sums = cross_products(S, B, y, weights)
    other = sums.with_response(2 * y[::-1])
    fresh = cross_products(S, B, 2 * y[::-1], weights)
    before = cross_products(S, B, y, weights)
    for one, two in ((other, fresh), (sums, before)):
        np.testing.assert_array_equal(one.A22, two.A22)
        np.testing.assert_array_equal(one.Qty, two.Qty)
        for a, b in zip(one.slabs, two.slabs, strict=True):
            np.testing.assert_array_equal(a, b)
