"""R's random numbers, number for number: what ``set.seed(seed); rnorm(n)`` gives.

R's default generators since version 1.7: Mersenne Twister, seeded by 625 steps of a
congruential generator after 50 to scramble the seed, and normal deviates by inversion,
from 54 bits that two draws give.
"""

import numpy as np

from mlm.ground.arguments import in_memory, whole_number

# R's unif_rand never gives 0 or 1.
UNIT = 2.3283064365386963e-10
# BIG in R's snorm.c: the first draw gives the upper 27 bits.
BIG = 134217728
# Wichura's algorithm AS 241 (1988, Appl. Stat. 37, 477-484), PPND16: coefficients of
# numerator and denominator, highest power first, as R's qnorm has them.
CENTRE = (
    (
        2509.0809287301226727,
        33430.575583588128105,
        67265.770927008700853,
        45921.953931549871457,
        13731.693765509461125,
        1971.5909503065514427,
        133.14166789178437745,
        3.387132872796366608,
    ),
    (
        5226.495278852545925,
        28729.085735721942674,
        39307.89580009271061,
        21213.794301586595867,
        5394.1960214247511077,
        687.1870074920579083,
        42.313330701600911252,
        1.0,
    ),
)
MIDDLE = (
    (
        7.7454501427834140764e-4,
        0.0227238449892691845833,
        0.24178072517745061177,
        1.27045825245236838258,
        3.64784832476320460504,
        5.7694972214606914055,
        4.6303378461565452959,
        1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9,
        5.475938084995344946e-4,
        0.0151986665636164571966,
        0.14810397642748007459,
        0.68976733498510000455,
        1.6763848301838038494,
        2.05319162663775882187,
        1.0,
    ),
)
TAIL = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        0.0012426609473880784386,
        0.026532189526576123093,
        0.29656057182850489123,
        1.7848265399172913358,
        5.4637849111641143699,
        6.6579046435011037772,
    ),
    (
        2.04426310338993978564e-15,
        1.4215117583164458887e-7,
        1.8463183175100546818e-5,
        7.868691311456132591e-4,
        0.0148753612908506148525,
        0.13692988092273580531,
        0.59983220655588793769,
        1.0,
    ),
)


def rnorm(n, seed):
    """Draw standard normal numbers as R does after ``set.seed(seed)``.

    Parameters
    ----------
    n : int
        How many, 0 or more.
    seed : int
        As for R's ``set.seed``: a 32-bit integer, which may be negative.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    DataError
        If `n` or `seed` is no such integer.

    Examples
    --------
    >>> rnorm(3, seed=1).round(8).tolist()  # R: set.seed(1); rnorm(3)
    [-0.62645381, 0.18364332, -0.83562861]
    """
    n = whole_number("n", n, 0, "a number of draws, 0 or more")
    in_memory("n", n, 2)
    wanted = "an integer between -2³¹ and 2³¹"
    seed = whole_number("seed", seed, 1 - 2**31, wanted, most=2**31 - 1)
    u = _uniform(2 * n, seed)
    return _normal_quantile((np.floor(BIG * u[0::2]) + u[1::2]) / BIG)


def _uniform(n, seed):
    """R's ``runif``: ndarray, shape (n,), between 0 and 1, both excluded."""
    state = seed % 2**32
    key = np.empty(624, dtype=np.uint32)
    for step in range(-51, 624):  # 50 to scramble, 1 for R's own counter
        state = (69069 * state + 1) % 2**32
        if step >= 0:
            key[step] = state
    twister = np.random.MT19937()
    twister.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": 624}}
    u = twister.random_raw(n) * UNIT
    return np.clip(u, UNIT / 2, 1 - UNIT / 2)


def _normal_quantile(p):
    """R's ``qnorm`` for 0 < p < 1."""
    q = p - 0.5
    inner = 0.180625 - q * q
    r = np.sqrt(-np.log(np.minimum(p, 1 - p)))
    centre = q * _ratio(CENTRE, inner)
    outer = np.where(r <= 5, _ratio(MIDDLE, r - 1.6), _ratio(TAIL, r - 5))
    return np.where(np.abs(q) <= 0.425, centre, np.copysign(outer, q))


def _ratio(coefficients, x):
    numerator, denominator = coefficients
    return np.polyval(numerator, x) / np.polyval(denominator, x)
