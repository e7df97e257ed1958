"""R's random numbers, number for number."""

import numpy as np
import pytest

import mlm
from methods3.rstream import rnorm

# R 4.2.2: set.seed(s); x <- rnorm(10000); sprintf("%.17g", c(x[1:3], x[10000], sum(x)))
FROM_R = {
    1: (
        -0.62645381074233242,
        0.18364332422208224,
        -0.83562861241004716,
        0.25738706113151139,
        -65.370394616638549,
        -444.5143411915318,
    ),
    7: (
        2.2872471613405239,
        -1.1967716822223495,
        -0.69429251043545903,
        1.4695688289324411,
        19.2799461678078,
        147.94256892632924,
    ),
    -3: (
        0.74057147425825343,
        -0.30493604882122261,
        -1.1641229828981725,
        0.51309768521933463,
        -41.180301008846172,
        135.8468334592402,
    ),
    2147483647: (
        0.49490790107688132,
        -0.85323596952647529,
        1.5923866380039915,
        1.4143342538216335,
        14.361283085846198,
        -321.29315766779996,
    ),
    0: (
        1.2629542848807933,
        -0.3262333607056494,
        1.3297992629225006,
        -0.05560330215463849,
        104.47522918992952,
        287.67225397882805,
    ),
}


@pytest.mark.parametrize("seed", FROM_R)
def test_ten_thousand_draws_are_those_of_R(seed):
    x = rnorm(10_000, seed)
    *single, total, cubes = FROM_R[seed]
    np.testing.assert_allclose(x[[0, 1, 2, -1]], single, rtol=0, atol=1e-15)
    # Were one draw of 10 000 another number, these would be off by far more.
    assert x.sum() == pytest.approx(total, abs=1e-11)
    assert (x**3).sum() == pytest.approx(cubes, abs=1e-10)


@pytest.mark.parametrize(
    ("n", "seed", "words"),
    [
        (-1, 1, "n is a number of draws"),
        (1.5, 1, "n is a number of draws"),
        (3, 2**31, "seed is an integer"),
        (3, "a", "seed is an integer"),
        (3, True, "seed is an integer"),
    ],
)
def test_impossible_arguments_are_named(n, seed, words):
    with pytest.raises(mlm.DataError, match=words):
        rnorm(n, seed)


def test_no_draws():
    assert rnorm(0, 1).shape == (0,)
