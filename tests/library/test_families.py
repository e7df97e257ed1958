"""Families: derivatives against differences, constants and draws against formulas."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import mlm
from mlm.families import links
from mlm.families.binomial import Binomial
from mlm.families.choose import FAMILIES, family_of
from mlm.families.logistic import CHUNK
from mlm.families.own import own_link

# Linear predictors where each link has a mean that each family can have.
WIDE = np.linspace(-30, 30, 61)
BELOW = np.linspace(-30, -0.1, 41)
SHARES = np.linspace(0.02, 0.98, 25)
SIZES = np.linspace(0.1, 30, 41)


@pytest.fixture(params=["few", "many"])
def however_many(request, monkeypatch):
    """Logits of few rows go another way than those of many."""
    if request.param == "many":
        monkeypatch.setattr("mlm.families.logistic.FEW", 0)


class Cauchit:
    """A link of one's own."""

    name = "cauchit"

    def link(self, mu):
        return np.tan(np.pi * (mu - 0.5))

    def inverse(self, eta):
        return 0.5 + np.arctan(eta) / np.pi

    def derivative(self, eta):
        return 1 / (np.pi * (1 + eta**2))


CASES = {
    "logit": ("binomial", "logit", WIDE),
    "probit": ("binomial", "probit", WIDE),
    "cloglog": ("binomial", "cloglog", np.linspace(-30, 4, 61)),
    "log": ("binomial", "log", BELOW),
    "identity": ("binomial", "identity", SHARES),
    "guess": ("binomial", links.guess(0.5), WIDE),
    "cauchit": ("binomial", Cauchit(), np.linspace(-8, 8, 33)),
    "poisson log": ("poisson", "log", WIDE),
    "poisson identity": ("poisson", "identity", SIZES),
    "gaussian identity": ("gaussian", "identity", WIDE),
    "gaussian log": ("gaussian", "log", np.linspace(-30, 15, 46)),
}
EVERY = pytest.mark.parametrize("case", CASES)
RESPONSES = {
    "binomial": ([0.0, 1.0, 0.25], [None, 4.0]),
    "poisson": ([0.0, 1.0, 7.0], [None, 2.5]),
    "gaussian": ([-1.5, 0.5, 40.0], [None, 2.5]),
}


def rows(case):
    """Family, and every eta with every response and weight: one row at a time."""
    family, link, etas = CASES[case]
    ys, weights = RESPONSES[family]
    family = family_of(family, link)
    for y in ys:
        for w in weights:
            if w is None and 0 < y < 1 and family.has_trials:
                continue
            weight = None if w is None else np.full(len(etas), w)
            yield family, etas.copy(), np.full(len(etas), y), weight


def slope(function, eta):
    """Derivative of a function of single rows: Richardson's central differences."""
    h = 1e-3 * np.maximum(1, np.abs(eta)) ** 0.25
    h = np.minimum(h, np.abs(eta) / 50 + 1e-3)

    def difference(h):
        return (function(eta + h) - function(eta - h)) / (2 * h)

    first, second, third = (difference(h / k) for k in (1, 2, 4))
    a, b = (4 * second - first) / 3, (4 * third - second) / 3
    return (16 * b - a) / 15


def each(family, eta, y, weights):
    """Values of rows, each alone."""
    weights = [None] * len(eta) if weights is None else weights[:, None]
    parts = zip(eta[:, None], y[:, None], weights, strict=True)
    return np.array([family.at(*part).value for part in parts])


def near(found, expected, size, rtol=1e-8):
    """Compare, but for what the rounding of values of a size leaves of differences."""
    np.testing.assert_array_less(
        np.abs(found - expected), rtol * np.abs(expected) + 1e-11 * size + 1e-300
    )


@pytest.mark.usefixtures("however_many")
@EVERY
def test_derivatives_are_those_of_the_value(case):
    rtol = 1e-7 if case == "cauchit" else 1e-8  # whose second derivative is numerical
    for family, eta, y, weights in rows(case):
        terms = family.at(eta, y, weights, slopes=True)
        value = each(family, eta, y, weights)
        assert terms.value == pytest.approx(value.sum(), rel=1e-12)
        found = slope(lambda e, f=family, y=y, w=weights: each(f, e, y, w), eta)
        near(terms.g, found, np.maximum(np.abs(value), 1.0))
        for part, of in (("W_observed", "g"), ("W_slope", "W")):
            known = getattr(terms, of)
            found = slope(
                lambda e, f=family, y=y, w=weights, of=of: getattr(f.at(e, y, w), of),
                eta,
            )
            found = -found if part == "W_observed" else found
            near(getattr(terms, part), found, np.abs(known) * 10, rtol)


@pytest.mark.usefixtures("however_many")
@EVERY
def test_expected_weights_are_means_of_squared_scores(case):
    family, link, eta = CASES[case]
    family = family_of(family, link)
    mu = family.mean(eta)
    ones, zeros = np.ones(len(eta)), np.zeros(len(eta))
    terms = family.at(eta, mu, ones)
    mid = (eta > -3) & (eta < 1.5)  # where μ and 1 - μ have all their digits
    W = family.link.derivative(eta[mid]) ** 2 / family.variance(mu[mid])
    np.testing.assert_allclose(terms.W[mid], W, rtol=1e-9)
    if family.has_trials:
        up, down = (family.at(eta, y, None).g for y in (ones, zeros))
        # Scores a and -b with probabilities p and q: W = p a² + q b² = a b.
        np.testing.assert_allclose(terms.W, -up * down, rtol=1e-12)
    canonical = family.link == family.canonical
    assert (terms.W is terms.W_observed) == canonical
    assert terms.W_slope is None


@EVERY
def test_inverse_and_derivative_of_links(case):
    family, link, eta = CASES[case]
    link = family_of(family, link).link
    mid = eta[(eta > -3) & (eta < 1.5)]
    np.testing.assert_allclose(link.link(link.inverse(mid)), mid, atol=1e-9)
    np.testing.assert_allclose(link.derivative(mid), slope(link.inverse, mid), 1e-7)
    np.testing.assert_allclose(
        link.second(mid), slope(link.derivative, mid), rtol=1e-6, atol=1e-9
    )


@pytest.mark.usefixtures("however_many")
def test_likelihoods_are_scipys_with_the_constant():
    rng = np.random.default_rng(2)
    eta = rng.normal(size=20)
    m = rng.integers(1, 9, 20).astype(float)
    s = rng.binomial(m.astype(int), 0.4)
    for link in ("logit", "probit", "cloglog", links.guess(0.25)):
        family = family_of("binomial", link)
        found = family.at(eta, s / m, m).value + family.constant(s / m, m)
        known = stats.binom.logpmf(s, m, family.mean(eta)).sum()
        assert found == pytest.approx(known, rel=1e-12)
    family, counts = family_of("poisson"), rng.poisson(3, 20).astype(float)
    found = family.at(eta, counts, m).value + family.constant(counts, m)
    known = (m * stats.poisson.logpmf(counts, np.exp(eta))).sum()
    assert found == pytest.approx(known, rel=1e-12)
    family, y = family_of("gaussian"), rng.normal(size=20)
    found = family.at(eta, y, m).value + family.constant(y, m)
    known = stats.norm.logpdf(y, eta, 1 / np.sqrt(m)).sum()
    assert found == pytest.approx(known, rel=1e-12)


def test_bernoulli_in_chunks_is_one_trial_each():
    rng = np.random.default_rng(3)
    n = 2 * CHUNK + 5
    eta, y = 20 * rng.normal(size=n), (rng.random(n) < 0.5).astype(float)
    family = Binomial()
    one = family.at(eta, y, None, slopes=True)
    many = family.at(eta, y, np.ones(n), slopes=True)
    assert one.value == pytest.approx(many.value, rel=1e-12)
    for part in ("g", "W", "W_slope"):
        np.testing.assert_allclose(getattr(one, part), getattr(many, part), 1e-12)


@pytest.mark.usefixtures("however_many")
@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "guess"])
@pytest.mark.parametrize("eta", [-1e3, -700.0, -40.0, 40.0, 700.0, 1e3])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_nothing_is_lost_far_out(link, eta, y):
    family = family_of("binomial", links.guess(0.5) if link == "guess" else link)
    for weights in (None, np.ones(1)):
        terms = family.at(np.array([eta]), np.array([y]), weights, slopes=True)
        assert np.isfinite(np.concatenate([[terms.value], *terms[1:]])).all()
        assert terms.value <= 0
        if link == "logit" and weights is not None:
            assert (terms.W > 0).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_draws_have_the_mean_and_variance(family):
    rng = np.random.default_rng(4)
    mu, weights = np.full(100_000, 0.3), np.full(100_000, 4.0)
    family = family_of(family)
    for w in (None, weights):
        y = family.simulate(mu, w, rng)
        of_rows = 1 if w is None or family.name == "poisson" else 4
        variance = family.variance(mu)[0] / of_rows
        assert y.mean() == pytest.approx(0.3, abs=5 * np.sqrt(variance / 1e5))
        assert y.var() == pytest.approx(variance, rel=0.03)
        family.check(y, w, "y", mlm.load_sleepstudy().index)


@pytest.mark.parametrize(
    ("family", "link", "words"),
    [
        ("Gamma", None, "scale has to be estimated"),
        ("inverse.gaussian", None, "scale has to be estimated"),
        ("inverse_gaussian", None, "scale has to be estimated"),
        ("negative binomial", None, "shape has to be estimated"),
        ("quasipoisson", None, "no likelihood"),
        ("bernoulli", None, "family='binomial'"),
        ("normal", None, "family='gaussian'"),
        ("multinomial", None, "several categories"),
        ("weibull", None, "no family 'weibull'; there are: 'binomial'"),
        (3, None, "family is one of 'binomial'"),
        (None, None, "family is one of"),
        (Binomial, None, "family is one of"),
        ("binomial", "cauchit", "no link 'cauchit'; of family 'binomial' there are"),
        ("binomial", 3, "link is one of"),
        ("binomial", Cauchit, "link is one of"),
        ("poisson", "logit", "is of probabilities"),
        ("gaussian", "probit", "is of probabilities"),
        ("poisson", links.guess(0.5), "is of probabilities"),
    ],
)
def test_unknown_families_and_links(family, link, words):
    with pytest.raises(mlm.DataError, match=words):
        family_of(family, link)


def wrong(**functions):
    """The link above with other functions."""
    return type("Wrong", (Cauchit,), functions)()


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (wrong(derivative=lambda s, e: 1 / (1 + e**2)), "not the slope of its inverse"),
        (wrong(link=lambda s, mu: mu), "do not undo each other"),
        (wrong(inverse=lambda s, e: 0.5), "a number for each number"),
        (wrong(inverse=lambda s, e: 1 / 0), "fails on an array"),
        (wrong(inverse=None), "link is one of"),
    ],
)
def test_links_that_are_none(link, words):
    with pytest.raises(mlm.DataError, match=words):
        own_link(link)


@pytest.mark.parametrize("share", [0, 1, -0.5, "1/2", None, np.nan])
def test_shares_of_guessing(share):
    with pytest.raises(mlm.DataError, match="share is between 0 and 1"):
        mlm.links.guess(share)


def test_equal_families_are_equal():
    assert family_of("binomial") == Binomial(links.logit)
    assert family_of("binomial", "probit") != Binomial()
    assert family_of(Binomial(), "probit").link == links.probit
    assert links.guess(0.5) == links.guess(1 / 2) != links.guess(0.25)
    assert str(family_of("binomial", links.guess(0.25))) == "binomial (guess(0.25))"


@pytest.mark.usefixtures("however_many")
def test_tails_keep_their_digits():
    """Against the first terms of their series; 1 - p would be rounding."""
    eta, one, zero = np.array([-35.0, -30.0]), np.ones(2), np.zeros(2)
    small = np.exp(eta)
    for weights in (None, one):
        right = Binomial().at(-eta, one, weights)
        assert right.value == pytest.approx(-np.log1p(small).sum(), rel=1e-12, abs=0)
        np.testing.assert_allclose(right.g, small / (1 + small), rtol=1e-12)
        left = Binomial().at(eta, zero, weights)
        assert left.value == pytest.approx(right.value, rel=1e-12, abs=0)
        np.testing.assert_allclose(left.g, -right.g, rtol=1e-12)
    cloglog = Binomial(links.cloglog)
    terms = cloglog.at(eta, one, None, slopes=True)
    np.testing.assert_allclose(terms.W_observed, small / 2, rtol=1e-12)
    np.testing.assert_allclose(terms.W, small, rtol=1e-12)
    np.testing.assert_allclose(terms.W_slope, small, rtol=1e-12)
    probit = Binomial(links.probit)
    far = np.array([30.0, 35.0])
    terms = probit.at(far, one, None)
    np.testing.assert_allclose(terms.g, stats.norm.pdf(far), rtol=1e-12)
    assert terms.value == pytest.approx(-stats.norm.sf(far).sum(), rel=1e-12, abs=0)


@pytest.mark.parametrize("eta", [-150.0, -199.0, -201.0, -1e3, -1e5, -1e8])
def test_probit_far_below_is_its_series(eta):
    """Mills' ratio: φ/Φ is near -η - 1/η, and its slope near -1."""
    x = -eta
    terms = Binomial(links.probit).at(np.array([eta]), np.ones(1), None)
    assert terms.g[0] == pytest.approx(x + 1 / x - 2 / x**3, rel=1e-10)
    assert terms.W_observed[0] == pytest.approx(1 - 1 / x**2, rel=1e-6)
    other = Binomial(links.probit).at(np.array([x]), np.zeros(1), None)
    assert other.g[0] == -terms.g[0]


@pytest.mark.parametrize("trials", [None, np.array([1.0, 4.0, 50.0])])
def test_shares_of_counts_are_scipys(trials):
    mu = np.array([0.0, 0.3, 1.0])
    for count in (-1.0, 0.0, 1.0, 3.0, 4.0, 60.0):
        counts = np.full(3, count)
        binomial = Binomial().cdf(counts, mu, trials)
        expected = stats.binom.cdf(count, 1 if trials is None else trials, mu)
        np.testing.assert_allclose(binomial, expected, atol=1e-14)
        poisson = family_of("poisson").cdf(counts, 20 * mu, None)
        np.testing.assert_allclose(poisson, stats.poisson.cdf(count, 20 * mu))


@pytest.mark.parametrize("family", ["binomial", "trials", "poisson", "gaussian"])
def test_quantile_residuals_are_normal_if_the_model_is_right(family):
    rng = np.random.default_rng(6)
    data = pd.DataFrame({"x": rng.normal(size=4000), "m": rng.integers(1, 9, 4000)})
    mu = 1 / (1 + np.exp(-data["x"]))
    formula, name = "y ~ x", family
    data["y"] = {
        "binomial": rng.binomial(1, mu),
        "poisson": rng.poisson(np.exp(data["x"])),
        "gaussian": data["x"] + rng.normal(size=4000),
        "trials": rng.binomial(data["m"], mu),
    }[family]
    if family == "trials":
        formula, name = "cbind(y, m - y) ~ x", "binomial"
    fit = mlm.glm(formula, data, name)
    residuals = fit.residuals("quantile")
    assert stats.kstest(residuals, "norm").pvalue > 0.05
    assert abs(np.corrcoef(residuals, data["x"])[0, 1]) < 0.05
    pd.testing.assert_series_equal(residuals, fit.residuals("quantile"))
    wrong = mlm.glm(formula.replace("x", "1"), data, name).residuals("quantile")
    assert np.corrcoef(wrong, data["x"])[0, 1] > 0.2
