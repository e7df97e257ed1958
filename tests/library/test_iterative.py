"""The iterative solver: against lme4, the dense solver, and dense linear algebra."""

import pickle
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from conftest import REFERENCE, WEEKLY, in_turn, often, reference_data

import mlm
from mlm.engine.curvature import average_information
from mlm.engine.implicit import conjugate, crossed, crossings
from mlm.engine.implicit.criterion import Errors, ImplicitCriterion
from mlm.engine.implicit.crossing import Crossing
from mlm.engine.implicit.factors import coupled_at
from mlm.engine.implicit.minimum import minimise
from mlm.engine.implicit.probes import Probes, probes
from mlm.engine.points import Point
from mlm.engine.profiled import ProfiledCriterion
from mlm.engine.starts import moment_estimates
from mlm.results.anova import check_borne

FORMULA = "y ~ x + (1 | a) + (1 | b)"
IGNORE_SINGULAR = pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")
INSTEVAL = [record for record in REFERENCE["fits"] if record["data"] == "insteval"]


def ratings(seed, J=(600, 250), n=6000, theta=(0.7, 0.4), small=0.0):
    """Simulated ratings, some of them twice: users a, films b, which some prefer."""
    rng = np.random.default_rng(seed)
    a, c = rng.integers(0, J[0], n), rng.integers(0, 6, n)
    b = rng.choice(J[1], n, p=rng.dirichlet(np.full(J[1], 0.7)))
    y = theta[0] * rng.normal(size=J[0])[a] + theta[1] * rng.normal(size=J[1])[b]
    y += small * rng.normal(size=6)[c] + rng.normal(size=n)
    x, w = rng.normal(size=n), rng.uniform(0.5, 3, n)
    data = pd.DataFrame({"y": y + x / 2, "x": x, "a": a, "b": b, "c": c, "w": w})
    return pd.concat([data, data.head(n // 10)], ignore_index=True)


def careers(seed, workers=1500, firms=200, years=6, moving=0.05):
    """Simulated wages: workers a in firms b, whom few leave."""
    rng = np.random.default_rng(seed)
    at, parts = rng.integers(0, firms, workers), []
    for _ in range(years):
        parts.append(pd.DataFrame({"a": np.arange(workers), "b": at}))
        moves = rng.random(workers) < moving
        at = np.where(moves, rng.integers(0, firms, workers), at)
    data = pd.concat(parts, ignore_index=True)
    y = (
        0.8 * rng.normal(size=workers)[data["a"]]
        + 0.4 * rng.normal(size=firms)[data["b"]]
    )
    return data.assign(x=rng.normal(size=len(y)), y=y + 0.5 * rng.normal(size=len(y)))


def pair(formula, data, **given):
    """The fits of both solvers."""
    fits = [mlm.lmer(formula, data, solver=s, **given) for s in ("iterative", "dense")]
    return fits[0], fits[1]


def least_error(fit):
    """Of theta and σ, no standard error is smaller: all effects known, 1/√(2J)."""
    J = [term.J for term in fit.design.terms]
    return np.append(fit.theta / np.sqrt(np.multiply(2, J)), fit.sigma / np.sqrt(2e5))


def assert_same(fit, theta, sigma, share=0.01):
    """Within 1 % of a standard error."""
    assert fit.convergence.converged
    least = least_error(fit)[:-1]
    assert (np.abs(fit.theta.to_numpy() - theta) <= share * least).all()
    assert fit.sigma == pytest.approx(sigma, rel=share / np.sqrt(2 * fit.nobs))


def standard_errors(dense, step=1e-4):
    """Standard errors of theta, by differences of the dense criterion's gradient."""
    theta, gradient = dense.theta.to_numpy(), dense.criterion_function.gradient
    rows = [
        gradient(theta + step * e) - gradient(theta - step * e)
        for e in np.eye(len(theta))
    ]
    return np.sqrt(np.diag(2 * np.linalg.inv(np.array(rows) / (2 * step))))


# What it computes, against dense linear algebra.


def system(design, blocks):
    """V, and orthonormal effects Z of each factor, effect by effect, densely."""
    root = np.ones(design.n) if design.weights is None else np.sqrt(design.weights)
    V, factors = np.eye(design.n), {}
    for term, T in zip(design.terms, blocks, strict=True):
        effects = root[:, None] * term.effects.values
        R = np.linalg.cholesky(effects.T @ effects / design.n).T
        effects = np.linalg.solve(R.T, effects.T)
        groups = np.eye(term.J)[term.codes]
        Z = [own[:, None] * groups for own in effects]
        for u in np.array(T).T:  # of each column of T, V has a sum of its own
            through = sum(t * own for t, own in zip(u, Z, strict=True))
            V += through @ through.T
        factors.setdefault(term.group, []).extend(Z)
    return V, factors


def diagonal(*t):
    """Blocks of Λ of single effects."""
    return [np.array([[own]]) for own in t]


SLOPES = [np.array([[0.7, 0.0], [0.2, 0.3]]), np.array([[0.4, 0.1], [-0.5, 0.6]])]
SINGULAR = [np.array([[0.5, 0.0], [0.3, 0.0]]), np.zeros((2, 2))]
THREE = "y ~ x + (1 | a) + (1 | b) + (1 | c)"
SYSTEMS = {
    "two factors": (FORMULA, diagonal(0.7, 0.4)),
    "effects far larger than residuals": (FORMULA, diagonal(30.0, 20.0)),
    "none of the first": (FORMULA, diagonal(0.0, 0.5)),
    "none of the kept": (FORMULA, diagonal(0.5, 0.0)),
    "three factors": (THREE, diagonal(0.7, 0.4, 0.6)),
    "slopes": ("y ~ x + (x | a) + (x | b)", SLOPES),
    "slopes without variance": ("y ~ x + (x | a) + (x | b)", SINGULAR),
    "factors in two terms": (
        "y ~ x + (1 | a) + (0 + x | a) + (x | b) + (0 + x | c)",
        [*diagonal(0.7, 0.3), SLOPES[1], *diagonal(0.5)],
    ),
    "a factor within another": ("y ~ x + (1 | a) + (1 | c / b)", diagonal(0.3, 2, 4.0)),
}


@pytest.mark.parametrize(("name", "weighted"), in_turn([(s,) for s in SYSTEMS], [0, 1]))
def test_with_all_directions_traces_are_exact(name, weighted, monkeypatch):
    monkeypatch.setattr(crossed, "FEW_OTHERS", 0)
    monkeypatch.setattr("mlm.engine.implicit.probes.TOLERANCE", 1e-10)
    formula, blocks = SYSTEMS[name]
    given = {"weights": "w"} if weighted else {}
    design = mlm.design_matrices(formula, ratings(1, J=(60, 30), n=400), **given)
    sums = ImplicitCriterion(design, reml=True).sums
    coupled = coupled_at(sums, blocks)
    found = Probes(np.eye(coupled.size), 2, 1).traces(coupled)
    V, factors = system(design, blocks)
    assert found.log_det == pytest.approx(np.linalg.slogdet(V)[1], rel=1e-9)
    assert len(found.slopes) == len(factors)
    for stage, slope in zip(sums.structure.stages, found.slopes, strict=True):
        Z = np.array(factors[stage.term.group])
        W = np.linalg.solve(V, Z.transpose(1, 0, 2).reshape(len(V), -1))
        truth = np.einsum("anj,nbj->ab", Z, W.reshape(len(V), *Z.shape[::2]))
        np.testing.assert_allclose(slope, truth, atol=1e-8 * np.abs(truth).max())
    np.testing.assert_allclose(found.error, 0, atol=1e-12)


@pytest.mark.slow
def test_probes_are_unbiased_and_state_their_error():
    """2000 of them, without directions: their mean is within 3 errors."""
    data = careers(2, workers=100, firms=30)
    design = mlm.design_matrices("y ~ x + (x | a) + (1 | b)", data)
    sums = ImplicitCriterion(design, reml=True).sums
    blocks = [np.array([[1.5, 0.2], [0.3, 0.5]]), *diagonal(0.8)]
    nothing = np.zeros((sums.G.shape[1], 1))
    found = Probes(nothing, 2000, 1).traces(coupled_at(sums, blocks))
    V, factors = system(design, blocks)
    truth = [np.linalg.slogdet(V)[1]]
    for Z in factors.values():
        inner = [[np.sum(one * np.linalg.solve(V, two)) for two in Z] for one in Z]
        truth.extend(np.ravel(inner))
    off = np.array([found.log_det, *np.concatenate([s.ravel() for s in found.slopes])])
    error = np.sqrt(np.diag(found.error))
    assert (error > 0).all()
    assert np.abs((off - truth) / error).max() < 3


def test_directions_and_first_probes_stay_what_they_are():
    design = mlm.design_matrices(FORMULA, ratings(1))
    criterion = ImplicitCriterion(design, reml=True)
    known = criterion.probes
    np.testing.assert_allclose(known.Q.T @ known.Q, np.eye(4), atol=1e-12)
    more = known.more(60)
    assert (more.columns(0)[:, :8] == known.columns(0)).all()
    assert more.columns(32).shape == (len(known.Q), 28)
    drawn = known.columns(0) + known.Q @ (known.Q.T @ known.columns(0))
    assert np.abs(drawn.mean()) < 0.1  # half the signs are −1
    other = probes(coupled_at(criterion.sums, diagonal(0.5, 0.5)), seed=2)
    assert not np.allclose(other.columns(0), known.columns(0))


def test_conjugate_gradients_solve_and_know_the_logarithm():
    rng = np.random.default_rng(1)
    axes, _ = np.linalg.qr(rng.normal(size=(40, 40)))
    values = np.linspace(0, 0.98, 40)
    E, B = (axes * values) @ axes.T, rng.normal(size=(40, 3))
    B[:, 2] = 0
    found = conjugate.solve(lambda v: (E @ v, 2 * v), B, 1e-12)
    np.testing.assert_allclose(found.beside, 2 * found.X, atol=1e-12)
    np.testing.assert_allclose(found.X, np.linalg.solve(np.eye(40) - E, B), atol=1e-9)
    x = np.clip(values, 1e-9, None)
    phi = np.where(values > 0, (np.log1p(-x) + x) / x**2, -0.5)
    exact = np.einsum("ic,i,ic->c", axes.T @ B, phi, axes.T @ B)
    np.testing.assert_allclose(conjugate.log_remainders(found), exact, rtol=1e-9)


def test_turned_effects_give_the_same_traces():
    """Blocks with the same TTᵀ are the same model: probes must not tell them apart."""
    design = mlm.design_matrices("y ~ x + (x | a) + (x | b)", ratings(1, J=(60, 30)))
    criterion = ImplicitCriterion(design, reml=True)
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(2, 2)))
    one, other = (
        criterion.factorise(blocks).traces
        for blocks in (SLOPES, [T @ turn for T in SLOPES])
    )
    assert one.log_det == pytest.approx(other.log_det, rel=1e-10)
    np.testing.assert_allclose(one.slopes, other.slopes, rtol=1e-8)


def test_second_derivatives_say_nothing_of_turns():
    """The search else steps along what is 0 but for a rough solution."""
    data = sloping(1, J=(60, 30), n=400)
    design = mlm.design_matrices("y ~ x + (x | a) + (x | b)", data)
    criteria = ImplicitCriterion(design, reml=True), ProfiledCriterion(design, True)
    ours, dense = (
        average_information(own.factorise(SLOPES), own.d) for own in criteria
    )
    np.testing.assert_allclose(ours, dense, atol=0.01 * np.abs(dense).max())
    np.testing.assert_allclose(ours, ours.T, atol=1e-13 * np.abs(ours).max())
    turn = np.array([[0, 1], [-1, 0]])
    for place, T in enumerate(SLOPES):
        turned = np.zeros(8)
        turned[4 * place : 4 * place + 4] = (T @ turn).ravel()
        assert np.abs(ours @ turned).max() < 1e-13 * np.abs(ours).max()


def test_threads_change_no_bit(monkeypatch):
    data = sloping(1, J=(60, 30), n=400)
    design = mlm.design_matrices("y ~ x + (x | a) + (x | b)", data)
    monkeypatch.setattr(crossings, "SHARED", 0)
    coupled = coupled_at(ImplicitCriterion(design, reml=True).sums, SLOPES)
    v = np.random.default_rng(1).normal(size=(coupled.size, 5))
    found, seen = [], []
    pool = crossings.ThreadPoolExecutor
    monkeypatch.setattr(
        crossings, "ThreadPoolExecutor", lambda n: seen.append(n) or pool(n)
    )
    for threads in (1, 2):
        monkeypatch.setattr(crossings, "THREADS", threads)
        found.append([coupled.product(v), coupled.remainders(v, 1e-8)[0]])
    assert set(seen) == {2}
    for one, other in zip(*found, strict=True):
        assert (one == other).all()


@pytest.mark.slow
def test_pairs_are_multiplied_in_parts(monkeypatch):
    """Parts of a few groups and of two halves, against a single one."""
    data = sloping(1, J=(60, 30), n=400)
    design = mlm.design_matrices("y ~ x + (x | a) + (x | b) + (1 | c)", data)
    monkeypatch.setattr(crossed, "FEW_OTHERS", 0)
    blocks, found = [*SLOPES, *diagonal(0.6)], []
    for rows in (1000, 7):
        monkeypatch.setattr("mlm.engine.implicit.crossing.ROWS", rows)
        sums = ImplicitCriterion(design, reml=True).sums
        coupled = coupled_at(sums, blocks)
        right = [sums.right(f) for f in range(3)]
        v = np.random.default_rng(1).normal(size=(coupled.size, 3))
        found.append(
            [
                *(coupled.log_det, *coupled.slopes, coupled.product(v)),
                *(coupled.remainders(v, 1e-10)[0], *coupled.solve(right)[0]),
                *moment_estimates(sums),
            ]
        )
        monkeypatch.setattr(crossings, "SHARED", 0)
    for whole, parts in zip(*found, strict=True):
        np.testing.assert_allclose(whole, parts, rtol=1e-9, atol=1e-12)


def crossing(kind, rng, J=(30, 11), pairs=200):
    """Pairs of groups, and all products of k and m effects densely: (k, m, J, J)."""
    one, other = (rng.integers(0, size, pairs) for size in J)
    k, m = (2, 3) if kind == "slopes" else (1, 1)
    values = (
        rng.normal(size=(k, m, pairs)) if kind == "slopes" else np.ones((1, 1, pairs))
    )
    if kind == "alike":
        one, other = np.divmod(np.unique(one * J[1] + other), J[1])
        values = np.full((1, 1, len(one)), 0.3)
    dense = np.zeros((k, m, *J))
    for v, whole in zip(
        values.reshape(k * m, -1), dense.reshape(k * m, *J), strict=True
    ):
        np.add.at(whole, (one, other), v)
    found = Crossing.of(values, one, other, J)
    if kind == "counts":  # as files have them, over a unit
        small = found.values.astype(np.uint8)
        found = Crossing(small, 0.5, found.other, found.ends, J[1])
        dense /= 2
    return found, dense


@pytest.mark.parametrize("kind", ["slopes", "alike", "counts"])
def test_pairs_are_multiplied_as_a_dense_matrix(kind, monkeypatch):
    monkeypatch.setattr("mlm.engine.implicit.crossing.PAIRS", 30)
    monkeypatch.setattr(crossings, "SHARED", 0)
    rng = np.random.default_rng(1)
    (known, dense), (more, others) = (
        crossing(kind, rng, J) for J in [(30, 11), (30, 7)]
    )
    assert len(known.blocks()) > 4
    assert (known.values.strides[-1] == 0) == (kind == "alike")
    k = len(dense)
    G = crossings.Crossings([known, more])
    whole = [D.transpose(0, 2, 1, 3).reshape(k * 30, -1) for D in (dense, others)]
    whole = np.hstack(whole)
    b, c, y = (rng.normal(size=(size, 4)) for size in (*2 * G.shape[1:], G.shape[0]))
    N = rng.normal(size=(k, k, 30))
    of_all = np.zeros((k, 30, k, 30))
    of_all[:, np.arange(30), :, np.arange(30)] = N.transpose(2, 0, 1)
    of_all = of_all.reshape(30 * k, -1)
    one, other = (of_all @ whole @ v for v in (b, c))
    sums = np.einsum("ajc,bjc->abc", *(v.reshape(k, 30, 4) for v in (one, other)))
    pairs = [
        (G.sparse().toarray(), whole),
        (G.times(b), whole @ b),
        (G.transposed_times(y), whole.T @ y),
        (G.there_and_back(N, b), whole.T @ of_all @ whole @ b),
        (G.pair_sums(N, b, c), (sums + sums.transpose(1, 0, 2)) / 2),
        (G.meeting, np.count_nonzero(whole.reshape(k, 30, -1)[0], axis=1)),
    ]
    N = N + N.transpose(1, 0, 2)
    at_other = np.einsum("acjh,abj,bdjh->cdh", dense, N, dense)
    pairs.append((known.at_other(N), at_other))
    M = rng.normal(size=(dense.shape[1],) * 2)[:, :, None] * np.ones(11)
    M = M + M.transpose(1, 0, 2)
    pairs.append((known.at_first(M), np.einsum("acjh,cdh,bdjh->abj", dense, M, dense)))
    turned = known.transposed()
    assert turned.values.dtype == known.values.dtype
    pairs.append((turned.at_first(N), at_other))
    for found, truth in pairs:
        np.testing.assert_allclose(found, truth, atol=1e-12)


def test_a_singular_system_is_refused():
    with pytest.raises(mlm.DataError, match="cannot be told apart"):
        conjugate.solve(lambda v: (v, v), np.ones((3, 1)), 1e-12)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize(
    "formula",
    [FORMULA, "y ~ x + (1 | c) + (1 | b) + (0 + x | a)", "y ~ 0 + (1|a)+(1|b)"],
)
def test_solutions_are_exact(formula, reml):
    """Fixed effects, their errors, σ, modes, curvature and spread at one theta."""
    data = ratings(3, small=0.5)
    design = mlm.design_matrices(formula, data, weights="w", offset=data["x"] / 3)
    ours, dense = ImplicitCriterion(design, reml), ProfiledCriterion(design, reml)
    theta = np.array([0.5, 0.3, 0.4][: len(design.terms)])
    one, other = ours.solve(theta), dense.solve(theta)
    assert one.sigma == pytest.approx(other.sigma, rel=1e-11)
    np.testing.assert_allclose(one.beta, other.beta, atol=1e-10)
    np.testing.assert_allclose(one.vcov, other.vcov, rtol=1e-9)
    for mine, theirs in zip(one.b, other.b, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-9 * np.abs(theirs).max())
    assert one.criterion == pytest.approx(other.criterion, abs=0.1)
    blocks = ours.basis.whiten(theta)
    np.testing.assert_allclose(
        [T[0, 0] for T in ours.start().blocks],
        [T[0, 0] for T in dense.start().blocks],
        rtol=1e-9,
    )
    mine, theirs = ours.factorise(blocks), dense.factorise(blocks)
    rows = theirs.sums.rows()
    codes = [term.codes[:50] for term in design.terms]
    asked = codes, [z[:, :50] for z in rows.Z], rows.Q[:, :50]
    np.testing.assert_allclose(
        mine.row_spread(*asked), theirs.row_spread(*asked), rtol=1e-8
    )


# The fits.


@pytest.mark.slow
@pytest.mark.parametrize("record", INSTEVAL)
def test_insteval_is_lme4s(record):
    """Within 1 % of a standard error, and the criterion within 3 of its own errors."""
    data = reference_data("insteval")
    fit = mlm.lmer(record["formula"], data, record["reml"], solver="iterative")
    assert_same(fit, list(record["theta"].values()), record["sigma"])
    se = np.array(list(record["se"].values()))
    theirs = list(record["fixef"].values())
    np.testing.assert_allclose((fit.fixef - theirs) / se, 0, atol=1e-3)
    np.testing.assert_allclose(fit.se, se, rtol=1e-3)
    off = fit.criterion - record["criterion"]
    assert 0 < abs(off) < 3 * fit.convergence.criterion_error
    assert fit.convergence.worst < 0.005


def sloping(seed, size=(0.5, 0.4), **given):
    """Ratings by users a and films b, on whom x has effects of their own as well."""
    data, rng = ratings(seed, **given), np.random.default_rng([seed, 1])
    for group, sd in zip("ab", size, strict=True):
        data["y"] += (
            sd * rng.normal(size=data[group].max() + 1)[data[group]] * data["x"]
        )
    return data


def places(seed, **given):
    """Ratings by users a of films b, which they saw in 50 places c."""
    data, rng = ratings(seed, **given), np.random.default_rng([seed, 1])
    c = rng.integers(0, 50, len(data))
    return data.assign(c=c, y=data["y"] + 0.5 * rng.normal(size=50)[c])


def parts(seed, J=(400, 60, 500), n=5000, theta=(0.5, 0.8, 0.6)):
    """Answers by persons a to items b, in versions c that each belong to one item."""
    rng = np.random.default_rng(seed)
    a, c = rng.integers(0, J[0], n), rng.integers(0, J[2], n)
    b = rng.integers(0, J[1], J[2])[c]
    data = pd.DataFrame({"a": a, "b": b, "c": c, "x": rng.normal(size=n)})
    data["y"] = data["x"] / 3 + rng.normal(size=n)
    for group, sd in zip("abc", theta, strict=True):
        data["y"] += sd * rng.normal(size=data[group].max() + 1)[data[group]]
    return data


CASES = {
    "ratings": (FORMULA, ratings(1), {}),
    "weights": (FORMULA, ratings(2), {"weights": "w", "reml": False}),
    "effects far larger than residuals": (
        *(FORMULA, ratings(3, J=(200, 80), n=2000, theta=(80.0, 30.0))),
        {},
    ),
    "few movers": (FORMULA, careers(4), {}),
    "many movers": (FORMULA, careers(5, moving=0.5), {"reml": False}),
    "three factors": (THREE, parts(1).assign(c=lambda d: d["c"] % 97), {}),
    "parts of items": ("y ~ x + (1 | a) + (1 | b / c)", parts(2), {}),
    "slopes": ("y ~ x + (x | a) + (x | b)", sloping(3), {}),
    "slopes apart, of weighted rows": (
        "y ~ x + (x || a) + (0 + x | b) + (1 | b)",
        sloping(4, J=(200, 80), n=2500),
        {"weights": "w", "reml": False},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_fit_is_the_dense_one(name, monkeypatch):
    """The larger two factors and, here, all others are too large for X and y."""
    monkeypatch.setattr(crossed, "FEW_OTHERS", 10)
    formula, data, given = CASES[name]
    fit, dense = pair(formula, data, **given)
    assert len(fit.criterion_function.sums.structure.stages) == len(fit.ngroups)
    assert fit.convergence.converged
    off = (fit.theta - dense.theta) / standard_errors(dense)
    assert np.abs(off).max() < 0.01
    assert fit.sigma == pytest.approx(dense.sigma, rel=0.01 / np.sqrt(2 * fit.nobs))
    np.testing.assert_allclose((fit.fixef - dense.fixef) / dense.se, 0, atol=0.01)
    assert fit.convergence.worst <= 0.005
    off = fit.criterion - dense.criterion
    assert abs(off) < 3 * fit.convergence.criterion_error


@pytest.mark.slow
def test_with_thousands_of_kept_groups_dense_steps_end_there():
    """The step that dense matrices would take from where it ends, once."""
    data = ratings(6, J=(8000, 3000), n=40_000)
    fit = mlm.lmer(FORMULA, data, solver="iterative")
    assert min(fit.ngroups.values()) > 2500
    dense = ProfiledCriterion(fit.design, reml=True)
    blocks = dense.basis.whiten(fit.theta)
    here = dense.expand(Point.of(blocks))
    step = np.linalg.solve(here.curvature[0], here.slopes[0])
    se = np.sqrt(2 * np.diag(np.linalg.inv(here.curvature[0])))
    assert np.abs(step / se).max() < 0.01
    off = fit.criterion - here.value[0]
    assert abs(off) < 3 * fit.convergence.criterion_error


@pytest.mark.slow
@IGNORE_SINGULAR
@pytest.mark.parametrize("theta", [(0.7, 0.0), (0.0, 0.5), (0.0, 0.0)])
def test_a_variance_of_0_is_found_exactly(theta):
    """At 0 nothing is left to probes: both solvers find the same numbers."""
    seed = {(0.7, 0.0): 1, (0.0, 0.5): 5, (0.0, 0.0): 6}[theta]
    fit, dense = pair(FORMULA, ratings(seed, theta=theta).drop_duplicates())
    assert fit.is_singular
    assert (fit.theta == 0).tolist() == [t == 0 for t in theta]
    np.testing.assert_allclose(fit.theta, dense.theta, atol=1e-6)
    assert fit.criterion == pytest.approx(dense.criterion, abs=1e-6)
    assert fit.convergence.worst == 0
    assert fit.convergence.criterion_error == 0
    assert "Std.Dev." in repr(fit)


@pytest.mark.slow
@IGNORE_SINGULAR
@pytest.mark.parametrize("groups", ["(x | a) + (x | b)", "(x || a) + (x || b)"])
def test_slopes_that_do_not_vary_end_on_the_boundary(groups):
    """Of films: with a correlation, the best one is ±1; else the variance is 0."""
    data = sloping(32, size=(0.3, 0.0), J=(300, 100), n=2000)
    fit, dense = pair(f"y ~ x + {groups}", data)
    assert fit.is_singular
    assert dense.is_singular
    assert fit.theta.iloc[-1] < 1e-8
    assert dense.theta.iloc[-1] < 1e-8
    np.testing.assert_allclose(fit.theta, dense.theta, atol=3e-4)
    off = fit.criterion - dense.criterion
    assert abs(off) < 3 * fit.convergence.criterion_error
    assert fit.convergence.monte_carlo[fit.theta.index[-1]] == 0


def test_a_model_without_fixed_effects_is_fitted():
    fit, dense = pair("y ~ 0 + (1 | a) + (1 | b)", ratings(1))
    assert_same(fit, dense.theta.to_numpy(), dense.sigma)
    assert list(fit.convergence.monte_carlo)[-1] == "sigma"
    assert "No fixed effect coefficients" in repr(fit)


def test_small_factors_are_exact():
    """Six groups, for which probes would be far off, keep what dense matrices say."""
    data = ratings(7, small=0.6)
    fit, dense = pair("y ~ x + (1 | c) + (1 | a) + (1 | b)", data)
    assert_same(fit, dense.theta.to_numpy(), dense.sigma)
    c = fit.convergence.monte_carlo
    assert c["c.(Intercept)"] < c["a.(Intercept)"] / 10


def calibration(formula, data, seeds):
    """Rms over seeds of what is off the dense answer, over what is stated.

    Of theta, log σ, the fixed effects and the criterion.
    """
    dense = mlm.lmer(formula, data, solver="dense")
    truth = [*dense.theta, np.log(dense.sigma), *dense.fixef, dense.criterion]
    sums, off, stated = ImplicitCriterion(dense.design, reml=True).sums, [], []
    for seed in range(seeds):
        criterion = ImplicitCriterion(dense.design, reml=True, sums=sums, seed=seed)
        at, _, told = minimise(criterion)
        off.append(
            np.subtract([*at.theta, np.log(at.sigma), *at.beta, at.criterion], truth)
        )
        stated.append([*np.diag(told._covariance), told.criterion_error**2])
    return np.sqrt(np.mean(np.square(off), axis=0) / np.mean(stated, axis=0))


CALIBRATED = {
    "many movers": (FORMULA, careers(9, workers=300, firms=60, moving=0.4)),
    "ratings": (FORMULA, ratings(8, J=(300, 100), n=2500)),
    "slopes": ("y ~ x + (x | a) + (x | b)", sloping(8, J=(300, 100), n=2500)),
    "three factors": (THREE, places(8, J=(300, 100), n=2500)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CALIBRATED)
def test_stated_errors_of_traces_are_those_over_seeds(name, monkeypatch):
    """At one theta, all directions give the exact traces."""
    monkeypatch.setattr(crossed, "FEW_OTHERS", 0)
    design = mlm.design_matrices(*CALIBRATED[name])
    criterion, seeds = ImplicitCriterion(design, reml=True), 100
    coupled = coupled_at(criterion.sums, [T[0] for T in criterion.start().blocks])
    found = [probes(coupled, seed).traces(coupled) for seed in range(seeds)]
    found.append(Probes(np.eye(coupled.size), 2, 1).traces(coupled))
    flat = [[t.log_det, *np.concatenate([s.ravel() for s in t.slopes])] for t in found]
    off = np.subtract(flat[:-1], flat[-1])
    stated = np.mean([t.error for t in found[:-1]], axis=0)
    rms = np.sqrt(np.mean(off**2, axis=0))
    np.testing.assert_allclose(rms / np.sqrt(np.diag(stated)), 1, atol=0.3)
    assert (np.abs(off.mean(axis=0)) < 4 * rms / np.sqrt(seeds)).all()


@pytest.mark.parametrize("size", [0.3, 0.5, 0.8, 1.0, 1.2])
def test_probes_that_decide_by_their_error_state_it_wide_enough(size):
    """Drawn at random: 8 probes whose true error is so large a share of the target."""
    rng, target = np.random.default_rng(1), 0.005
    told, true, plain = [], [], []
    for _ in range(2000):
        number, variance = 8, (size * target) ** 2
        while True:
            drawn = variance * 8 / number * rng.chisquare(number - 1) / (number - 1)
            errors = Errors(None, np.array([[drawn]]), np.ones(1), np.zeros(1))
            worst = errors.widened(number, target).shares[0]
            if worst <= target:
                break
            number = int(np.ceil(1.2 * number * (worst / target) ** 2))
        told.append(worst**2)
        plain.append(drawn)
        true.append(variance * 8 / number)
    ratio, without = (np.sqrt(np.mean(true) / np.mean(own)) for own in (told, plain))
    assert 0.9 < ratio < 1.1
    if 0.8 <= size <= 1:
        assert without > 1.1


@pytest.mark.slow
@pytest.mark.parametrize("name", often(["many movers"], [*CALIBRATED][1:]))
def test_stated_errors_are_those_over_seeds(name, monkeypatch):
    monkeypatch.setattr(crossed, "FEW_OTHERS", 0)
    ratio = calibration(*CALIBRATED[name], seeds=100 if WEEKLY else 40)
    np.testing.assert_allclose(ratio, 1, atol=0.3)


@pytest.mark.slow
def test_stated_shares_are_of_the_standard_errors():
    """Standard errors of theta from second derivatives of the dense criterion."""
    data = careers(4)
    fit, dense = pair(FORMULA, data)
    se = standard_errors(dense)
    ours = np.sqrt(np.diag(fit.convergence._covariance)[:2]) / se
    shares = list(fit.convergence.monte_carlo.values())
    np.testing.assert_allclose(shares[:2], ours, rtol=0.1)


def test_probes_are_added_until_the_error_is_small():
    fit = mlm.lmer(FORMULA, careers(4), solver="iterative")
    assert 24 < fit.convergence.probes < 1000
    assert 0.002 < fit.convergence.worst <= 0.005


@pytest.mark.slow
@pytest.mark.parametrize(("name", "enough"), [("ratings", True), ("slopes", False)])
def test_few_probes_have_to_be_sure(name, enough, monkeypatch):
    """Where columns cost much, a fit begins with four, which know little of errors."""
    monkeypatch.setattr("mlm.engine.implicit.probes.MANY", 0)
    formula, data = CALIBRATED[name]
    fit = mlm.lmer(formula, data, solver="iterative")
    known = fit.criterion_function.probes
    assert known.Q.shape[1] == 2
    assert (fit.convergence.probes == 4) == enough
    assert fit.convergence.worst <= (0.001 if enough else 0.005)
    assert enough or fit.convergence.probes >= 8


def test_too_few_probes_are_told_of(monkeypatch):
    monkeypatch.setattr("mlm.engine.implicit.minimum.MOST_PROBES", 30)
    with pytest.warns(mlm.MonteCarloWarning, match="with 30 probes"):
        fit = mlm.lmer(FORMULA, careers(4), solver="iterative")
    assert fit.convergence.probes == 30
    assert not fit.convergence.reached


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (careers(7, moving=0.02), 24),
        (ratings(12, J=(3000, 2000), n=5000), 6),
        (ratings(2, J=(3000, 2000), n=4000), 24),
    ],
    ids=["few movers", "few ratings", "fewer ratings"],
)
def test_noise_of_values_does_not_stop_a_search(data, number, monkeypatch):
    """Values by probes rise along steps that slopes by probes call for."""
    monkeypatch.setattr("mlm.engine.implicit.minimum.TARGET", 1.0)
    design = mlm.design_matrices(FORMULA, data)
    criterion = ImplicitCriterion(design, reml=True).with_probes(number)
    told = minimise(criterion)[2]
    assert told.probes == number
    assert told.gradient < 5e-5


def test_the_same_seed_gives_the_same_bits():
    one, other = (mlm.lmer(FORMULA, ratings(1), solver="iterative") for _ in range(2))
    assert (one.theta == other.theta).all()
    assert one.criterion == other.criterion
    assert (one.ranef["a"] == other.ranef["a"]).all(axis=None)


@pytest.mark.slow
def test_a_start_is_searched_from_as_well():
    fit = mlm.lmer(FORMULA, ratings(1), solver="iterative")
    far = mlm.lmer(FORMULA, ratings(1), solver="iterative", start=[30.0, 0.01])
    assert_same(far, fit.theta.to_numpy(), fit.sigma, share=1e-3)
    assert far.convergence.evaluations > fit.convergence.evaluations


# Which solver.


@pytest.mark.slow
def test_many_crossed_effects_are_fitted_iteratively_and_said_so():
    data = ratings(10, J=(7000, 6500), n=70_000)
    with pytest.warns(
        mlm.MonteCarloWarning, match="crossed effects would share"
    ) as said:
        fit = mlm.lmer(FORMULA, data)
    assert fit.convergence.solver == "iterative"
    assert len([w for w in said if w.category is mlm.MonteCarloWarning]) == 1
    left = min(fit.ngroups.values())
    assert f"{left:,}" in str(said[0].message)
    assert np.abs(fit.theta - [0.7, 0.4]).max() < 0.05  # the truth it was drawn from


@pytest.mark.slow
def test_the_limit_decides(monkeypatch):
    data = ratings(1)
    assert mlm.lmer(FORMULA, data).convergence.solver == "dense"
    monkeypatch.setattr(crossed, "LIMIT", data["b"].nunique() - 1)
    with pytest.warns(mlm.MonteCarloWarning):
        assert mlm.lmer(FORMULA, data).convergence.solver == "iterative"
    assert mlm.lmer(FORMULA, data, solver="dense").convergence.solver == "dense"
    with pytest.warns(mlm.MonteCarloWarning):
        slopes = mlm.lmer("y ~ x + (x | a) + (0 + x | b)", sloping(1))
    assert slopes.convergence.solver == "iterative"


def test_which_factors_are_large(monkeypatch):
    """The innermost of nested ones is the first; small ones stay with X and y."""
    data = parts(1, J=(700, 20, 200)).assign(d=lambda d: d["x"] > 0)

    def stages(formula):
        found = crossed.crossed(mlm.design_matrices(formula, data).terms)
        return [stage.term.group for stage in found.stages], found.others

    formula = "y ~ x + (x | a) + (1 | b / c) + (1 | d)"
    assert stages(formula) == (["a", "c:b"], (2, 3))
    monkeypatch.setattr(crossed, "FEW_OTHERS", 0)
    assert stages(formula) == (["c:b", "a", "b", "d"], ())
    assert stages("y ~ x + (x | a) + (1 | c) + (1 | a)") == (["a", "c"], ())
    monkeypatch.setattr(crossed, "FEW_OTHERS", 500)
    monkeypatch.setattr(crossed, "LEAST", 10)
    monkeypatch.setattr(crossed, "NUMBERS", 10 * 1400)
    assert stages(formula) == (["c:b", "a", "b"], (3,))


def test_one_factor_takes_no_iterations():
    with pytest.raises(mlm.DataError, match="a is the only one") as told:
        mlm.lmer("y ~ x + (x | a)", ratings(1), solver="iterative")
    assert "solver='iterative' is for crossed" in str(told.value)


@pytest.mark.slow
def test_nothing_to_explain_is_refused():
    data = ratings(1, J=(60, 30), n=400)
    for y in (1 + 2 * data["x"], data["a"] + 3.0 * data["b"]):
        with pytest.raises(mlm.DataError, match="explain the response exactly"):
            mlm.lmer(FORMULA, data.assign(y=y), solver="iterative")


# After the fit.


@pytest.fixture(scope="module")
def fits():
    return pair("y ~ x + (1 | a) + (1 | c) + (1 | b)", ratings(11, small=0.5))


def test_what_follows_from_estimates_is_there(fits):
    fit, dense = fits
    for name in ("fitted", "resid"):
        np.testing.assert_allclose(getattr(fit, name), getattr(dense, name), atol=1e-3)
    assert fit.simulate(2, seed=3).shape == (fit.nobs, 2)
    np.testing.assert_allclose(fit.r2(), dense.r2(), atol=1e-4)
    wald = fit.confint("wald").dropna(), dense.confint("wald").dropna()
    np.testing.assert_allclose(*wald, rtol=1e-4)
    tests = fit.anova(ddf=None), dense.anova(ddf=None)
    np.testing.assert_allclose(*tests, rtol=1e-3)
    copied = pickle.loads(pickle.dumps(fit))
    assert repr(copied) == repr(fit)


@pytest.mark.slow
def test_predictions_and_their_errors_are_the_dense_ones(fits):
    fit, _ = fits
    new = pd.DataFrame(
        {"x": [0.0, 1.0, np.nan], "a": [1, -5, 2], "b": [3, 4, 5], "c": 1}
    )
    for given in ({"interval": "new"}, {"interval": "mean", "random": False}):
        ours, theirs = (f.predict(new, allow_new_levels=True, **given) for f in fits)
        for column in ("prediction", "se"):
            np.testing.assert_allclose(
                ours[column], theirs[column], rtol=1e-3, atol=1e-3
            )
    with pytest.raises(mlm.DataError, match="at most 10,000"):
        fit.predict(pd.concat([ratings(11)] * 2), se=True)


def test_conditional_variances_of_asked_groups(fits):
    fit, dense = fits
    for group in "abc":
        levels = fit.ranef[group].index[[2, 0, 1]]
        found = fit.conditional_variances(group, levels)
        assert found.index.equals(levels)
        theirs = dense.condvar[group][[2, 0, 1], 0]
        np.testing.assert_allclose(found, theirs, rtol=1e-3)
    with pytest.raises(mlm.DataError, match="no group of c 'z'"):
        fit.conditional_variances("c", ["z"])
    with pytest.raises(mlm.DataError, match="no grouping factor 'z'"):
        fit.conditional_variances("z", [1])


@pytest.mark.parametrize(
    ("formula", "data"),
    [
        ("y ~ x + (x | a) + (x | b) + (1 | c)", sloping(8, J=(300, 100), n=2500)),
        (FORMULA, careers(9, workers=300, firms=60)),
        ("y ~ x + (1 | a) + (1 | b / c)", parts(2, J=(100, 60, 200), n=2000)),
    ],
    ids=["slopes", "few movers", "parts of items"],
)
def test_conditional_variances_of_all_groups_state_their_error(formula, data):
    """At one theta, against the dense inverse."""
    design = mlm.design_matrices(formula, data)
    criterion = ImplicitCriterion(design, reml=True)
    blocks = [T[0] for T in criterion.start().blocks]
    found = criterion.factorise(blocks).conditional_variances()
    exact = ProfiledCriterion(design, reml=True).factorise(blocks)
    for group, truth in exact.conditional_variances().items():
        assert found.variances[group].shape == truth.shape
        ours, theirs = (
            np.sqrt(np.einsum("jaa->ja", own))
            for own in (found.variances[group], truth)
        )
        off = np.sqrt(np.mean((ours / theirs - 1) ** 2))
        few = group in {design.terms[i].group for i in criterion.sums.structure.others}
        if few:
            assert off < 1e-9
        else:
            assert off == pytest.approx(found.errors[group], rel=0.3)
        largest = np.abs(found.variances[group] - truth).max()
        assert largest < 10 * max(found.errors[group], 1e-9) * np.abs(truth).max()
        assert found.errors[group] <= 0.005


@pytest.mark.slow
def test_conditional_variances_of_all_groups_are_handed_out(fits, monkeypatch):
    fit, dense = fits
    for group, truth in dense.condvar.items():
        np.testing.assert_allclose(fit.condvar[group], truth, rtol=0.01)
    assert list(fit.condvar_errors) == list(fit.condvar)
    assert fit.condvar_errors["c"] == 0 < fit.condvar_errors["a"] < 0.005
    monkeypatch.setattr("mlm.engine.implicit.spread.TARGET", 1.0)
    monkeypatch.setattr("mlm.results.iterative.CLOSE", 0.005)
    again = mlm.lmer(FORMULA, careers(4), solver="iterative")
    with pytest.warns(mlm.MonteCarloWarning, match="conditional standard deviations"):
        assert max(again.condvar_errors.values()) > 0.005


def test_degrees_of_freedom_are_the_dense_ones(fits):
    ours, theirs = (f.degrees_of_freedom for f in fits)
    np.testing.assert_allclose(ours, theirs, rtol=0.01)
    means = [f.means("x", at={"x": [0, 1]}).to_frame() for f in fits]
    for column in ("se", "df"):
        np.testing.assert_allclose(means[0][column], means[1][column], rtol=0.01)


def test_degrees_of_freedom_are_not_made_of_noise(monkeypatch):
    monkeypatch.setattr("mlm.engine.implicit.minimum.MOST_PROBES", 8)
    with pytest.warns(mlm.MonteCarloWarning):
        fit = mlm.lmer(FORMULA, careers(4), solver="iterative")
    share = f"{100 * fit.convergence.worst:.2g} %"
    with pytest.raises(mlm.DataError, match=f"lost in the Monte Carlo error, {share}"):
        fit.summary(ddf="satterthwaite")


@pytest.mark.slow
def test_refit_is_a_fit_of_the_new_response(fits):
    fit, _ = fits
    y = fit.simulate(1, seed=4)[0]
    again, alone = (
        fit.refit(y),
        mlm.lmer(fit.formula, ratings(11, small=0.5).assign(y=y), solver="dense"),
    )
    assert again.convergence.solver == "iterative"
    assert_same(again, alone.theta.to_numpy(), alone.sigma)
    both = fit.refit(np.array([y, 2 * y]).T)
    np.testing.assert_allclose(2 * both[0].sigma, both[1].sigma, rtol=1e-6)
    assert fit.refit_ml().convergence.solver == "iterative"


REFUSED = {
    "leverage": lambda fit: fit.leverage,
    "leverage of residuals": lambda fit: fit.residuals("studentised"),
    "profile": lambda fit: fit.confint(),
    "optimum_check": lambda fit: fit.optimum_check(),
    "influence": lambda fit: fit.influence("c"),
    "degrees of freedom by": lambda fit: fit.tidy(ddf="kenward-roger"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_unsound_is_refused_with_the_figure(name, fits):
    with pytest.raises(mlm.DataError, match="an iterative fit has no") as told:
        REFUSED[name](fits[0])
    assert name.split(" of ")[0] in str(told.value)
    assert any(letter.isdigit() for letter in str(told.value))


@pytest.mark.slow
def test_likelihoods_are_compared_where_the_error_is_small(fits):
    data, (_, dense) = ratings(11, small=0.5), fits
    given = {"data": data, "reml": False, "solver": "iterative"}
    groups = "(1 | a) + (1 | c) + (1 | b)"
    large, small = (mlm.lmer(f"y ~ {x} + {groups}", **given) for x in ("x", "1"))
    chisq = mlm.anova(small, large)["Chisq"].iloc[1]
    exact = mlm.lmer(f"y ~ 1 + {groups}", data, reml=False), dense.refit_ml()
    truth = exact[0].criterion - exact[1].criterion
    assert chisq == pytest.approx(truth, abs=0.1)
    assert mlm.drop1(large)["LRT"].iloc[1] == pytest.approx(truth, abs=0.1)
    # A column that takes nothing: what remains of y has no part of it.
    data["none"] = np.random.default_rng(2).normal(size=len(data))
    known = [*(pd.get_dummies(data[g]).to_numpy(float) for g in "ab"), data[["x", "y"]]]
    known = np.hstack(known)
    data["none"] -= known @ np.linalg.lstsq(known, data["none"])[0]
    more = mlm.lmer(f"y ~ x + none + {groups}", **given)
    apart = abs(more.criterion - large.criterion)
    error = np.hypot(*(f.convergence.criterion_error for f in (more, large)))
    assert apart < 10 * error
    with pytest.raises(mlm.DataError, match=rf"Monte Carlo error of {error:.2g}"):
        mlm.anova(large, more)
    with pytest.raises(mlm.DataError, match="too much for a likelihood-ratio test"):
        mlm.drop1(more)


def test_a_difference_is_tested_if_it_is_ten_times_its_error():
    """Errors of both models add by their squares: 3 and 4 make 5."""

    def model(criterion, error):
        return SimpleNamespace(criterion=criterion, _criterion_error=error)

    check_borne(model(100.0, 3.0), model(151.0, 4.0))
    check_borne(model(100.0, 0.0), model(100.0, 0.0))
    with pytest.raises(mlm.DataError, match=r"differ by 49, .* error of 5:"):
        check_borne(model(149.0, 3.0), model(100.0, 4.0))


@pytest.mark.slow
def test_printing_shows_no_digit_that_the_error_does_not_bear():
    fit, dense = pair(FORMULA, careers(4))
    told = fit.convergence
    line = next(line for line in repr(fit).splitlines() if line.startswith("REML"))
    shown = line.split(": ")[1]
    decimals = len(shown.split(".")[1]) if "." in shown else 0
    assert 0.5 * 10.0**-decimals >= told.criterion_error
    assert f"{told.probes} probes (seed 1)" in repr(fit)
    assert "Monte Carlo error" in fit.summary().__repr__()
    assert "Monte Carlo error" in fit._repr_html_()
    exact = dict(zip(fit.ngroups, dense.varcorr.to_frame()["sdcor"], strict=False))
    lines = repr(fit.varcorr).splitlines()[1:]
    found = {line.split()[0]: line.split()[-1] for line in lines}
    assert set(exact) <= set(found)
    for group, truth in exact.items():
        unit = 10.0 ** -len(found[group].split(".")[1])
        assert abs(float(found[group]) - truth) < 3 * unit
    assert len(repr(dense.varcorr)) > len(repr(fit.varcorr))


def test_convergence_says_what_was_done(fits):
    told = fits[0].convergence
    assert list(told.monte_carlo) == [
        *("a.(Intercept)", "b.(Intercept)", "c.(Intercept)", "sigma"),
        *("(Intercept)", "x"),
    ]
    assert told.seed == 1
    assert 1 < told.iterations < 100
    assert (told.eigenvalues > 0).all()
    assert fits[1].convergence.solver == "dense"


def test_engine_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mlm.lmer(FORMULA, ratings(1), solver="iterative")
