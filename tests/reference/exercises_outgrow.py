"""Answers of the exercises 2.12 from Henderson's equations, with full matrices.

    python tests/reference/exercises_outgrow.py

Writes exercises_outgrow.json; takes some minutes and 2 GB.  lme4 is no source here: its
Cholesky factor of 8000 crossed films takes R's own BLAS hours.  Nothing of mlm is used.
The REML estimates are the fixed point of

    variance of a factor = sum of its squared effects / (groups - trace / variance)
    residual variance    = y'(y - fitted) / (n - 1)

where the trace is that of the factor's block in the inverse of the equations, times the
residual variance.  People are eliminated; the films and the intercept stay.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import linalg, sparse

PERSON, FILM = 17, 777
ENOUGH = 1e-9  # relative change of a variance


def simulated():
    """The ratings, in the words of the notebook."""
    rng = np.random.default_rng(12)
    people, films = rng.normal(0, 0.5, 20_000), rng.normal(0, 0.6, 8_000)
    ratings = pd.DataFrame({"person": rng.integers(0, 20_000, 1_000_000)})
    ratings["film"] = rng.integers(0, 8_000, 1_000_000)
    own = people[ratings["person"]] + films[ratings["film"]]
    ratings["rating"] = 3.5 + own + rng.normal(0, 0.85, 1_000_000)
    return ratings


def main():
    """Iterate to the fixed point, and write the answers."""
    ratings = simulated()
    person, film, y = (ratings[name].to_numpy() for name in ratings)
    n, q1, q2 = len(y), person.max() + 1, film.max() + 1
    counts = sparse.csr_array((np.ones(n), (person, film)), shape=(q1, q2))
    n1, n2 = np.bincount(person), np.bincount(film)
    # What people meet: the films, and the intercept behind them.
    met = sparse.hstack([counts, sparse.csr_array(n1[:, None].astype(float))]).tocsr()
    kept = np.diag(np.append(n2, n).astype(float))
    kept[-1, :-1] = kept[:-1, -1] = n2
    y1 = np.bincount(person, y)
    y2 = np.append(np.bincount(film, y), y.sum())
    variances = np.array([0.2, 0.2, 1.0])  # people, films, residual
    while True:
        before, s = variances.copy(), variances[2]
        a1 = n1 + s / variances[0]
        scaled = sparse.diags_array(1 / a1) @ met
        S = kept - (met.T @ scaled).toarray()
        S[np.arange(q2), np.arange(q2)] += s / variances[1]
        factor = linalg.cholesky(S, lower=True, overwrite_a=True, check_finite=False)
        x2 = linalg.cho_solve((factor, True), y2 - scaled.T @ y1)
        x1 = (y1 - met @ x2) / a1
        inverse, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
        inverse = np.tril(inverse) + np.tril(inverse, -1).T
        traces = [
            (1 / a1).sum() + ((scaled.T @ scaled).toarray() * inverse).sum(),
            np.trace(inverse) - inverse[-1, -1],
        ]
        effects = [x1, x2[:-1]]
        for f in range(2):
            left = len(effects[f]) - traces[f] * s / variances[f]
            variances[f] = (effects[f] @ effects[f]) / left
        variances[2] = (y @ y - y1 @ x1 - y2 @ x2) / (n - 1)
        print(np.sqrt(variances), flush=True)
        if np.abs(variances / before - 1).max() < ENOUGH:
            break
    known, new = x2[-1] + x1[PERSON] + x2[FILM], x2[-1] + x2[FILM]
    answers = {"2.12b": np.sqrt(variances).tolist(), "2.12d": [known, new]}
    text = json.dumps({"answers": answers}, indent=1) + "\n"
    Path(__file__).with_suffix(".json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
