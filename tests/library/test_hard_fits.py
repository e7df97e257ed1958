"""Fits with several minima, few digits or a saturated model: the best optimum, right.

Expected values are lme4's, with several optimisers and starts (`reference/hard_fits`),
the dense likelihood searched from many starts, or closed forms.
"""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, often
from scipy.optimize import minimize

import mlm
from mlm.engine.curvature import average_information
from mlm.engine.optimum import doubtful, look_elsewhere, minimise
from mlm.engine.points import Minima, Point
from mlm.engine.problem import Problem
from mlm.engine.search import settle

FOLDER = ROOT / "tests" / "reference" / "hard_fits"
FITS = json.loads((FOLDER / "criteria.json").read_text(encoding="utf-8"))["fits"]
# Tried on each push: 115 alone needs that terms of one factor are looked at together.
FEW = "115", "236", "307", "317", "351", "792", "910", "977"

pytestmark = pytest.mark.filterwarnings("ignore::mlm.MlmWarning")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case["name"],
            marks=[pytest.mark.slow] * (case["name"] in ("135", "687")),
        )
        for case in often(
            [case for case in FITS if case["name"] in FEW],
            [case for case in FITS if case["name"] not in FEW],
        )
    ],
)
def test_no_other_software_reaches_less(case):
    data = pd.read_csv(FOLDER / f"{case['name']}.csv")
    columns = {name: case[name] for name in ("weights", "offset") if case[name]}
    fit = mlm.lmer(case["formula"], data, reml=case["reml"], **columns)
    assert fit.criterion < case["criterion"] + 1e-6
    # And it is the criterion of that theta, by rows instead of cross-products.
    value = DenseCriterion(fit.criterion_function)(
        fit.criterion_function.basis.whiten(fit.theta)
    )
    assert fit.criterion == pytest.approx(value, abs=1e-6)


class DenseCriterion:
    """Criterion and slopes by one QR of all rows: no blocks, and nothing squared."""

    def __init__(self, criterion):
        design, rows = criterion.design, criterion.sums.rows()
        whitened, Q = rows.Z, rows.Q
        y, _, _ = rows.without_X(criterion.sums.response[:, None])
        Z = [
            term.matrix(M.T).toarray()
            for term, M in zip(design.terms, whitened, strict=True)
        ]
        self.terms, self.whitened = design.terms, whitened
        self.Z, self.rest = np.hstack(Z), np.hstack([Q.T, y])
        self.d, self.constant = criterion.d, criterion.constant
        self.w = np.ones(self.Z.shape[1] + self.rest.shape[1])
        self.w[self.Z.shape[1] : -1], self.w[-1] = float(criterion.reml), self.d

    def __call__(self, blocks):
        return self.expand(blocks)[0]

    def expand(self, blocks):
        n, q = self.Z.shape
        Lambda = np.zeros((q, q))
        start = 0
        for term, T in zip(self.terms, blocks, strict=True):
            part = slice(start, start := start + term.b_size)
            Lambda[part, part] = np.kron(np.eye(term.J), T)
        top = np.hstack([self.Z @ Lambda, self.rest])
        Q, R = np.linalg.qr(np.vstack([top, np.eye(q, top.shape[1])]))
        value = self.w @ np.log(np.diag(R) ** 2)
        value += self.d * (1 + np.log(2 * np.pi / self.d)) + self.constant
        G = self.Z.T @ (np.linalg.solve(R, self.w[:, None] * Q[:n].T).T)[:, :q]
        slopes, start = [], 0
        for term in self.terms:
            part = slice(start, start := start + term.b_size)
            own = G[part, part].reshape(term.J, term.k, term.J, term.k)
            slopes.append(2 * np.einsum("jajb->ab", own))
        return value, slopes

    def lowest(self, seed, starts=8):
        """The lowest criterion of quasi-Newton searches from drawn starts."""
        rng = np.random.default_rng(seed)
        sizes = [term.k**2 for term in self.terms]
        cuts = np.cumsum(sizes)[:-1]

        def blocks(x):
            parts = zip(np.split(x, cuts), self.terms, strict=True)
            return [part.reshape(term.k, term.k) for part, term in parts]

        def both(x):
            value, slopes = self.expand(blocks(x))
            return value, np.concatenate([slope.ravel() for slope in slopes])

        found = []
        for _ in range(starts):
            x0 = rng.normal(size=sum(sizes)) * 10 ** rng.uniform(-1, 1.5)
            found.append(minimize(both, x0, jac=True, method="BFGS").fun)
        return min(found)


FIXED = ["x", "0 + x", "1", "f", "f * x", "x + I(x**2)"]
RANDOM = ["(1 | g)", "(x | g)", "(x || g)", "(0 + x | g)", "(1 | g) + (1 | h)"]
RANDOM += ["(x | g) + (1 | h)", "(x + z || g)", "(x | g) + (0 + z | h)", "(f | g)"]


def hard(seed):
    """A small design with what makes fits hard: few groups, wide weights, far means."""
    rng = np.random.default_rng(seed)
    n = rng.integers(30, 90)
    data = pd.DataFrame({"f": rng.choice(["a", "b"], n)})
    for name in "xz":
        scale = 10.0 ** rng.choice([0, 0, -6, 3])
        data[name] = (rng.normal(size=n) + rng.choice([0, 1, 30])) * scale
    y = rng.choice([0, 10, 1e4]) + rng.normal(size=n)
    for name in "gh":
        J = rng.choice([2, 3, 5, 8])
        codes = rng.choice(J, n, p=rng.dirichlet(np.full(J, rng.choice([1, 20]))))
        data[name] = [f"{name}{code}" for code in codes]
        slopes = rng.choice([0, 0.3, 3]) * rng.normal(size=J)[codes]
        y = y + rng.choice([0, 0.3, 3]) * rng.normal(size=J)[codes]
        y = y + slopes * (data["x"] - data["x"].mean()) / data["x"].std()
    data["y"] = y * 10.0 ** rng.choice([0, -4, 4])
    weights = None
    if rng.uniform() < 0.3:
        weights = np.exp(rng.normal(size=n) * rng.choice([0.3, 3]))
    formula = f"y ~ {rng.choice(FIXED)} + {rng.choice(RANDOM)}"
    return mlm.design_matrices(formula, data, weights=weights), bool(
        rng.uniform() < 0.5
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", often(range(0, 60, 6), [seed for seed in range(60) if seed % 6])
)
def test_random_fits_reach_what_many_starts_reach(seed):
    try:
        criterion = mlm.profiled_deviance(*hard(seed))
    except mlm.MlmError as refused:
        pytest.skip(f"refused: {str(refused).splitlines()[0]}")
    theta, *_ = minimise(criterion)
    value = DenseCriterion(criterion)(criterion.basis.whiten(theta))
    assert criterion(theta) == pytest.approx(value, abs=1e-6)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        lowest = DenseCriterion(criterion).lowest(seed)
    assert value < lowest + 1e-4


@pytest.mark.parametrize("seed", range(12))
def test_rows_and_cross_products_agree(seed, monkeypatch):
    """Criterion, slopes, information, modes: both ways, where both have digits."""
    criterion = mlm.profiled_deviance(*hard(seed))
    rng = np.random.default_rng(seed)
    blocks = [rng.normal(size=(term.k, term.k)) for term in criterion.terms]
    found = []
    for most in (np.inf, 0.0):
        monkeypatch.setattr("mlm.engine.factorise.MOST_ROUNDING", most)
        factors = criterion.factorise(blocks)
        value, slopes, _ = criterion.at_sigma(factors, 1.3)
        assert (factors.by_rows is None) == (most > 0)
        modes = factors.modes()
        information = average_information(factors, criterion.d)
        found.append([value, *slopes, information, modes.rest, *modes.b])
    for one, other in zip(*found, strict=True):
        scale = np.abs(one).max()
        np.testing.assert_allclose(one, other, atol=1e-7 * scale, rtol=1e-7)


@pytest.mark.parametrize("mean", [0.0, 1e4, 1e8])
def test_a_far_mean_without_an_intercept_has_a_closed_form(mean):
    """y_ij = b_i + e_ij with E(b) = 0: balanced, so sums of squares give REML = ML."""
    rng = np.random.default_rng(4)
    J, n = 8, 6
    y = mean + rng.normal(size=J)[:, None] + rng.normal(size=(J, n))
    data = pd.DataFrame({"y": y.ravel(), "g": np.repeat(np.arange(J), n)})
    data["x"] = np.tile([1.0, -1.0], J * n // 2)  # 0 on average in every group
    fit = mlm.lmer("y ~ 0 + x + (1 | g)", data, reml=False)
    slope = (y * [1, -1, 1, -1, 1, -1]).mean()
    within = y - y.mean(axis=1, keepdims=True) - slope * np.array([1, -1] * (n // 2))
    sigma2 = (within**2).sum() / (J * (n - 1))
    between = n * (y.mean(axis=1) ** 2).mean()  # sigma2 + n sigma_b2
    deviance = J * (n - 1) * np.log(sigma2) + J * np.log(between)
    deviance += J * n * (1 + np.log(2 * np.pi))
    assert fit.criterion == pytest.approx(deviance, abs=1e-5 if mean > 1e7 else 1e-8)
    assert fit.sigma == pytest.approx(np.sqrt(sigma2), rel=1e-6)


def test_a_point_that_cannot_be_evaluated_is_a_step_to_take_back(sleepstudy):
    design = mlm.design_matrices("Reaction ~ Days + (Days | Subject)", sleepstudy)
    best = mlm.profiled_deviance(design)
    theta, *_ = minimise(best)
    for error in (mlm.DataError("no"), np.linalg.LinAlgError("no"), None):
        criterion, calls = mlm.profiled_deviance(design), []

        def failing(factors, calls=calls, error=error):
            calls.append(factors)
            if len(calls) % 2 == 0:
                return best.of_factors(factors)
            if error is None:
                return np.nan
            raise error  # at the start, too

        criterion.of_factors = failing
        found, _, convergence = minimise(criterion)
        assert len(calls) > 2
        assert convergence.converged
        assert best(found) == pytest.approx(best(theta), abs=1e-6)


def test_a_criterion_that_nowhere_exists_is_refused(sleepstudy):
    data = sleepstudy.assign(y=sleepstudy["Subject"].cat.codes * 1.0)
    with pytest.raises(mlm.DataError, match="nothing left for the residuals"):
        mlm.lmer("y ~ 1 + (1 | Subject)", data)


def two_minima():
    """848 of the hard fits: a minimum at 0, and a better one inside."""
    data = pd.read_csv(FOLDER / "848.csv")
    return mlm.lmer("y ~ f + x2 + f:x2 + (0 + x1 | g)", data, reml=False)


def test_optimum_check_tells_of_several_minima():
    fit = two_minima()
    table = fit.optimum_check()
    assert list(table.columns[:3]) == ["criterion", "difference", "evaluations"]
    assert list(table.columns[3:]) == list(fit.theta.index)
    assert table["difference"].min() > -1e-6
    # Some searches end at the other minimum, where the variance is 0: lm's deviance.
    at_zero = fit.criterion_function([0.0])
    assert (np.abs(table["criterion"] - at_zero) < 1e-6).any()
    for _, row in table.iterrows():
        assert row["criterion"] == pytest.approx(
            fit.criterion_function(row.iloc[3:]), abs=1e-6
        )
    assert table.loc["this fit, no derivatives", "difference"] == pytest.approx(
        0, abs=1e-6
    )


def test_optimum_check_warns_of_a_better_optimum(monkeypatch):
    monkeypatch.setattr("mlm.engine.optimum.doubtful", lambda problem, end: False)
    fit = two_minima()
    with pytest.warns(mlm.ConvergenceWarning, match=r"Fit again with start=") as told:
        table = fit.optimum_check()
    best = table["criterion"].idxmin()
    assert f"start=table.loc[{best!r}]" in str(told[0].message)
    theta = table.loc[best].iloc[3:]
    data = pd.read_csv(FOLDER / "848.csv")
    again = mlm.lmer(fit.formula, data, reml=False, start=theta)
    assert again.criterion == pytest.approx(table["criterion"].min(), abs=1e-6)
    assert again.criterion < fit.criterion - 0.2


def test_a_start_only_helps(sleepstudy):
    formula = "Reaction ~ Days + (Days | Subject)"
    fit = mlm.lmer(formula, sleepstudy)
    far = fit.theta * 1e4
    for start in (far, far.to_numpy(), fit.theta[::-1], [0, 0, 0]):
        found = mlm.lmer(formula, sleepstudy, start=start)
        assert found.criterion == pytest.approx(fit.criterion, abs=1e-8)
    with pytest.raises(mlm.DataError, match="start"):
        mlm.lmer(formula, sleepstudy, start=fit.fixef)


def test_a_false_zero_is_left(sleepstudy):
    """At 0 the gradient is 0, optimum or not."""
    design = mlm.design_matrices("Reaction ~ Days + (1 | Subject)", sleepstudy)
    criterion = mlm.profiled_deviance(design)
    problem = Problem(criterion)
    zero = [np.zeros((1, 1))]
    point = Point.of(zero)
    nothing = np.zeros(1)
    found = look_elsewhere(
        problem, Minima(point, problem.value(point), nothing, nothing)
    )
    assert found.value == pytest.approx(1786.465, abs=1e-3)  # lme4's REML criterion


def test_a_start_without_a_criterion_is_made_smaller(sleepstudy):
    """The square of 1e154 is more than a number can be, that of 1e153 is not."""
    criterion = mlm.profiled_deviance(
        mlm.design_matrices("Reaction ~ Days + (1 | Subject)", sleepstudy)
    )
    point = Point.of([np.full((1, 1), 1e154)])
    with np.errstate(all="ignore"):
        assert np.isinf(criterion.value(point))
        assert np.isfinite(settle(Problem(criterion), point).value)


def test_a_zero_is_doubted(sleepstudy):
    """Though the gradient is 0 there, the groups are many and the weights equal."""
    criterion = mlm.profiled_deviance(
        mlm.design_matrices("Reaction ~ Days + (1 | Subject)", sleepstudy)
    )
    problem, nothing = Problem(criterion), np.zeros(1)
    for size in (0.0, 1.0):
        point = Point.of([np.full((1, 1), size)])
        end = Minima(point, problem.value(point), nothing, nothing)
        assert doubtful(problem, end) == (size == 0)


@pytest.mark.parametrize(("weight", "is_far"), [(10.0, False), (1e9, True)])
def test_weights_far_apart_start_it_elsewhere_too(monkeypatch, weight, is_far):
    """However many groups there are."""
    data = mlm.crossing(g=50, x=4)
    data["y"] = np.random.default_rng(5).normal(size=200)
    data["w"] = np.where(data.index == 30, weight, 1)
    criterion = mlm.profiled_deviance(
        mlm.design_matrices("y ~ x + (x | g)", data, weights="w")
    )
    seen = []
    monkeypatch.setattr(
        "mlm.engine.optimum.other_starts", lambda given: seen.append(given) or {}
    )
    problem = Problem(criterion)
    look_elsewhere(problem, settle(problem, criterion.start()))
    assert seen == [criterion] * is_far


@pytest.mark.parametrize(("few", "is_doubted"), [(4, True), (5, False)])
def test_few_groups_of_one_factor_are_doubted(few, is_doubted):
    """Though the other factor has many, and no variance is 0."""
    data = mlm.crossing(g=few, h=20, again=2)
    data["y"] = np.random.default_rng(few).normal(size=len(data))
    criterion = mlm.profiled_deviance(
        mlm.design_matrices("y ~ 1 + (1 | g) + (1 | h)", data)
    )
    problem, nothing = Problem(criterion), np.zeros(1)
    point = Point.of([np.eye(1), np.eye(1)])
    end = Minima(point, problem.value(point), nothing, nothing)
    assert doubtful(problem, end) == is_doubted


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::mlm.SingularFitWarning")
@pytest.mark.parametrize("seed", [12, 27, 30, 38, 41])
def test_what_vanishes_is_0_and_not_nearly_0(seed):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(rng.normal(size=(60, 2)), columns=["y", "z"])
    data["g"], data["h"] = np.arange(60) // 6, rng.integers(0, 5, 60)
    theta = mlm.lmer("y ~ 1 + (1 | g) + (z | h)", data).theta
    small = theta.abs() < 1e-10
    assert small.any()
    assert (theta[small] == 0).all()


@pytest.mark.filterwarnings("default::mlm.ConvergenceWarning")
def test_a_search_that_is_cut_short_says_so(sleepstudy, monkeypatch):
    monkeypatch.setattr("mlm.engine.search.MOST_STEPS", 1)
    formula = "Reaction ~ Days + (Days | Subject)"
    with pytest.warns(mlm.ConvergenceWarning, match="did not converge after"):
        fit = mlm.lmer(formula, sleepstudy.sample(frac=0.5, random_state=1), reml=False)
    assert not fit.convergence.converged
    assert fit.convergence.gradient > 1e-3
