"""Profile intervals: against the dense normal likelihood, lme4, and themselves."""

import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import chi2, norm, t

import mlm
from mlm import plots

# Formulas over made data: columns x, z (a group's), w and h, groups g, and crossed c.
FORMULAS = (
    "y ~ x + (1 | g)",
    "y ~ x + z + (1 | g) + (1 | c)",
    "y ~ x + (x | g)",
    "y ~ 1 + (x | g)",
    "y ~ 0 + x + (0 + x | g)",
    "y ~ x + (x || g)",
    "y ~ x * z + (x | g) + (1 | c)",
    "y ~ x + h + (x + h | g)",
    "y ~ 1 + (1 | g/c)",
)


def made(seed):
    """A formula with data for it: groups few or many, effects none or large."""
    rng = np.random.default_rng(seed)
    J, n = rng.integers(4, 9), 6
    g = np.repeat(np.arange(J), n)
    c = rng.integers(0, 4, J * n)
    x, h = rng.normal(rng.choice([0, 3]), 1, J * n), rng.normal(size=J * n)
    z = rng.normal(size=J)[g]
    sizes = rng.choice([0.0, 0.5, 1.5], size=3)
    b = rng.normal(size=(J, 3)) * sizes
    y = 1 + b[g, 0] + (0.5 + b[g, 1]) * x + b[g, 2] * h + rng.normal(size=4)[c] * 0.5
    data = pd.DataFrame({"g": g, "c": c, "x": x, "h": h, "z": z})
    data["y"] = y + rng.normal(size=J * n)
    data["w"] = rng.uniform(0.5, 3, J * n) if seed % 4 == 0 else 1.0
    return FORMULAS[seed % len(FORMULAS)], data.astype({"g": str, "c": str})


class Dense:
    """-2 log likelihood with one parameter held, by n × n matrices and nothing else.

    Standard deviations may have any sign, and correlations are cosines of angles, so
    that boundaries are inside.
    """

    def __init__(self, design):
        self.X, self.y = design.X, design.y - design.offset
        self.residual = np.ones(design.n) if design.weights is None else design.weights
        self.terms = [
            (term.effects.values, term.codes[:, None] == term.codes)
            for term in design.terms
        ]

    def lowest(self, held, value, starts, seed):
        """Lowest deviance with ("sd", i, c), ("cor", i, c, r), … at a value."""
        X, y = self.X, self.y
        if held[0] == "beta":
            y, X = y - value * X[:, held[1]], np.delete(X, held[1], axis=1)
        orders = [np.arange(effects.shape[1]) for effects, _ in self.terms]
        if held[0] in ("sd", "cor"):  # held effects first
            first = list(held[2:])
            orders[held[1]] = np.array([*first, *np.delete(orders[held[1]], first)])
        counts = [k * (k + 1) // 2 for k in map(len, orders)]
        scale = np.std(y - X @ np.linalg.lstsq(X, y)[0]) if X.size else np.std(y)

        def deviance(free):
            log_sigma, *rest = np.split(free, np.cumsum([1, *counts[:-1]]))
            log_sigma = np.log(value) if held[0] == "sigma" else log_sigma[0]
            V = np.diag(np.exp(2 * log_sigma) / self.residual)
            for i, (part, order) in enumerate(zip(rest, orders, strict=True)):
                effects, same = self.terms[i]
                L = _factor(part, len(order), held if held[1:2] == (i,) else (), value)
                rows = effects[:, order] @ L
                V = V + same * (rows @ rows.T)
            try:
                L = np.linalg.cholesky(V)
            except np.linalg.LinAlgError:
                return 1e10
            white = np.linalg.solve(L, np.column_stack([X, y]))
            r = white[:, -1]
            if X.size:
                Q = np.linalg.qr(white[:, :-1])[0]
                r = r - Q @ (Q.T @ r)
            return 2 * np.log(np.diag(L)).sum() + r @ r + len(y) * np.log(2 * np.pi)

        rng, found = np.random.default_rng(seed), []
        for _ in range(starts):
            sizes = [rng.uniform(0.2, 1.2, count) for count in counts]
            start = np.concatenate([[np.log(scale) - 0.3], *sizes])
            for (begin, _), order in zip(
                pairwise(np.cumsum([1, *counts, 0])), orders, strict=False
            ):
                start[begin : begin + len(order)] *= scale
            found.append(minimize(deviance, start, options={"maxiter": 400}).fun)
        return min(found)


def _factor(part, k, held, value):
    """Cholesky factor from k standard deviations and angles; a held one replaced."""
    sd, angles = part[:k].copy(), list(part[k:])
    if held and held[0] == "sd":
        sd[0] = value
    if held and held[0] == "cor":
        angles[0] = np.arccos(value)
    L, used = np.zeros((k, k)), 0
    for r in range(k):
        left = 1.0
        for c in range(r):
            L[r, c], left = left * np.cos(angles[used]), left * np.sin(angles[used])
            used += 1
        L[r, r] = left
    if held and held[0] == "cor":  # signs of the two would turn it round
        sd[:2] = np.abs(sd[:2])
    return sd[:, None] * L


def parameters(design):
    """What `Dense` can hold, in the order of `confint`."""
    held = []
    for i, term in enumerate(design.terms):
        for c in range(term.k):
            held.append(("sd", i, c))
            held += [("cor", i, c, r) for r in range(c + 1, term.k)]
    return [*held, ("sigma",), *(("beta", j) for j in range(design.p))]
