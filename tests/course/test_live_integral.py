"""Numbers of the live figure of one group's integral, against scipy's quadrature."""

import json

import numpy as np
import pytest
from live_page import number_after, only, say
from numpy.polynomial.hermite_e import hermegauss
from scipy import optimize, stats
from scipy.integrate import quad
from test_live import READY as ALL
from test_live import sleep, toenail

import mlm
from methods3 import explore

READY = {"integral": ALL["integral"]}


def integrand(group, sigma):
    """p(y | u) φ(u), for one u."""
    eta, y = np.array(group["eta"]), np.array(group["y"])

    def of(u):
        p = 1 / (1 + np.exp(-eta - sigma * u))
        return np.prod(np.where(y == 1, p, 1 - p)) * stats.norm.pdf(u)

    return of


def mode(f):
    return optimize.minimize_scalar(lambda u: -np.log(f(u)), bracket=(-2, 0)).x


CASES = [("9", 4.0, 1), ("9", 1.5, 5), ("1", 4.0, 3), ("117", 6.0, 1), ("117", 4.0, 25)]


@only("integral")
@pytest.mark.parametrize(("who", "sigma", "nodes"), CASES)
def test_integral_and_nodes(figure, shown, who, sigma, nodes):
    group = {name: own for name, own, _ in figure.parameters["groups"]}[who]
    f = integrand(group, sigma)
    top = mode(f)
    exact = quad(f, top, 12)[0] + quad(f, -12, top)[0]
    said = say(shown, who=who, sigma=sigma, nodes=nodes)
    assert number_after("the integral is", said) == pytest.approx(exact, abs=1e-5)
    assert number_after("at u", said) == pytest.approx(top, abs=0.0051)
    step = 1e-3
    logs = np.log([f(top - step), f(top), f(top + step)])
    width = 1 / np.sqrt(-(logs[0] - 2 * logs[1] + logs[2]) / step**2)
    z, weights = hermegauss(nodes)
    heights = np.array([f(top + width * at) for at in z])
    by_nodes = width * np.sum(weights * np.exp(z**2 / 2) * heights)
    off = -2 * np.log(by_nodes / exact)
    assert number_after("is off by", said) == pytest.approx(off, abs=0.0021)


@only("integral")
def test_one_node_is_what_laplace_says_of_a_patient_alone(figure, shown):
    """−2 log L by `mlm.pirls` of the rows of one patient, at the same θ and β."""
    data = mlm.load_toenail()
    data["severe"] = (data["outcome"] == "moderate or severe").astype(int)
    formula = "severe ~ treatment * time + (1 | patientID)"
    design = mlm.design_matrices(formula, data, family="binomial")
    beta = toenail().fixef.to_numpy()
    rest = mlm.design_matrices(
        formula, data[data["patientID"] != "9"], family="binomial"
    )
    laplace = [mlm.pirls(d, [4.0], beta).criterion for d in (design, rest)]
    said = say(shown, who="9", sigma=4, nodes=1)
    assert number_after("which is Laplace's, it is", said) == pytest.approx(
        np.exp((laplace[1] - laplace[0]) / 2), abs=2e-5
    )


@only("integral")
def test_nodes_are_drawn(figure, shown):
    for nodes in (1, 7, 25):
        say(shown, who="1", sigma=4, nodes=nodes)
        assert shown.locator("[data-layer=nodes] circle").count() == nodes


def test_told_are_the_rows_of_the_patients():
    told = json.loads(json.dumps(ALL["integral"]().told()))["parameters"]
    data = mlm.load_toenail()
    for name, own, words in told["groups"]:
        rows = data[data["patientID"] == name]
        severe = (rows["outcome"] == "moderate or severe").to_numpy()
        assert own["y"] == severe.astype(float).tolist()
        assert f"{severe.sum()} of {len(rows)} visits moderate or severe" in words


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: explore.integral_by_hand(toenail(), ["0"]), "no group of patientID"),
        (lambda: explore.integral_by_hand(toenail(), []), "levels is one group"),
        (
            lambda: explore.integral_by_hand(
                mlm.lmer("Reaction ~ Days + (1 | Subject)", sleep()), ["308"]
            ),
            "fit is a fit of mlm.glmer",
        ),
        (
            lambda: explore.integral_by_hand(
                mlm.glmer(
                    "y ~ Days + (1 | Subject)",
                    sleep().assign(y=sleep()["Days"] % 4),
                    "poisson",
                ),
                ["308"],
            ),
            "fit is of another model",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::mlm.MlmWarning")
def test_the_impossible_is_named(call, words):
    with pytest.raises(mlm.DataError, match=words):
        call()
