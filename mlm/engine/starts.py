"""Where the search for theta starts: estimates by moments, and other places.

Rao's MINQUE(0) (1971, J. Multivar. Anal. 1, 257-275): with y the residuals of the
response by X alone, M = I − QQᵀ, and Σᵢ = σ² Tᵢ Tᵢᵀ for one group of term i,

    E(Σ Zᵢᵀy yᵀZᵢ) = Σ_m Σ (ZᵢᵀMZ_m) Σ_m (ZᵢᵀMZ_m)ᵀ + σ² Σ ZᵢᵀMZᵢ
    E(yᵀy)         = Σ_m Σ tr(Z_mᵀMZ_m Σ_m) + σ² (n − p)

where inner sums run over groups, or pairs of groups: linear equations for all Σᵢ and
σ².  On balanced data their solution is the REML estimate itself.
"""

from itertools import combinations_with_replacement

import numpy as np

from mlm.engine.by_term import meetings, meetings_in_parts, with_X, with_y

# Smallest and largest eigenvalue of T Tᵀ, for orthonormal effects.
RANGE = 0.01, 1e4
# Smallest residual variance, as a share of the response's.
LEAST = 1e-3
# The cosine of an angle between X and average effects that is 0 but for rounding.
SHARED = 1 - 1e-6
# Other searches start at random effects that are so many times as large as the
# residuals,
WIDE = 0.5, 2.0, 8.0, 30.0, 120.0
# and at some that are drawn, with standard deviations between these.
RANDOM_STARTS, RANDOM_SEED, RANDOM_SIZES = 3, 1, (0.3, 10.0)


def moment_estimates(sums):
    """Estimate the blocks of Λ for orthonormal effects, roughly.

    Parameters
    ----------
    sums : Sums

    Returns
    -------
    list of ndarray, shape (k, k)
        One a term; not triangular, and not singular.
    """
    zy = [with_y(sums, i) for i in range(len(sums.structure.terms))]
    squares = [(part @ part.T).ravel() for part in zy]
    yy = sums.A22[-1, -1]
    return solve_moments(sums, np.array([*np.concatenate(squares), yy]))


def solve_moments(sums, moments):
    """Estimate the blocks of Λ of one response, or of many, from their moments.

    Parameters
    ----------
    sums : Sums
        Of the predictors; its response does not matter.
    moments : ndarray, shape (Σ k² + 1, ...)
        Σ Zᵢᵀy yᵀZᵢ of every term, element by element, and yᵀy.

    Returns
    -------
    list of ndarray, shape (..., k, k)
        One a term; not triangular, and not singular.
    """
    *found, sigma2 = np.linalg.lstsq(_system(sums), moments)[0]
    ratios = np.array(found) / np.maximum(sigma2, LEAST * moments[-1] / sums.n)
    blocks, place = [], 0
    for term in sums.structure.terms:
        k = term.k
        ratio = np.moveaxis(ratios[place : (place := place + k * k)], 0, -1)
        ratio = ratio.reshape(*ratio.shape[:-1], k, k)
        size, axes = np.linalg.eigh((ratio + np.swapaxes(ratio, -1, -2)) / 2)
        blocks.append(axes * np.sqrt(np.clip(size, *RANGE))[..., None, :])
    return blocks


def without_means(sums):
    """Whether there are random effects of which X has no average.

    Such effects vary around 0.  Where their average is something else, all of Σ has to
    explain it, and often there are several ways to do so.

    Parameters
    ----------
    sums : Sums

    Returns
    -------
    bool
    """
    first = sums.structure.q2
    gram = sums.A22[first:-1, first:-1]
    for i in range(len(sums.structure.terms)):
        shared = with_X(sums, i).sum(axis=-1)
        if shared.shape[0] > shared.shape[1]:
            return True
        squares = meetings(sums, i, i)[0].sum(axis=-1)
        in_X = shared @ np.linalg.solve(gram, shared.T)
        # Of some direction of effects, X has less than this share.
        if np.linalg.eigvalsh(in_X - SHARED**2 * squares)[0] < 0:
            return True
    return False


def other_starts(criterion):
    """Blocks of Λ to start from, besides the criterion's own start.

    Effects that are nearly collinear with those of other terms of their group, as an
    intercept and a year in ``(year || g)``, matter by what is new in them: they start
    at as many times the size.

    Parameters
    ----------
    criterion : object
        With ``terms`` and a ``basis``.

    Returns
    -------
    dict of list of ndarray, shape (k, k)
        By what they are.
    """
    terms, basis = criterion.terms, criterion.basis
    news = [np.ones(term.k) for term in terms]
    for group in {term.group for term in terms}:
        members = [i for i, term in enumerate(terms) if term.group == group]
        if len(members) > 1:
            collinear = np.linalg.pinv(basis.products(members), hermitian=True)
            sizes = np.sqrt(np.diag(collinear))
            for i in members:
                news[i], sizes = sizes[: terms[i].k], sizes[terms[i].k :]
    starts = {
        f"{size:g} × residuals": [size * np.diag(new) for new in news] for size in WIDE
    }
    rng = np.random.default_rng(RANDOM_SEED)
    for i in range(RANDOM_STARTS):
        starts[f"random {i + 1}"] = [
            rng.normal(size=(term.k, term.k))
            * np.exp(rng.uniform(*np.log(RANDOM_SIZES)))
            for term in terms
        ]
    return starts


def _system(sums):
    """Coefficients of the moments' equations: shape (Σ k² + 1, Σ k² + 1)."""
    terms = range(len(sums.structure.terms))
    P = [with_X(sums, i) for i in terms]
    P2 = [_pair_sums(Pi, Pi) for Pi in P]
    total = [_total(sums, i, P[i]) for i in terms]
    squares = {}  # of G = ZᵢᵀZ_m − PᵢᵀP_m; the second part is there for all pairs
    for i, m in combinations_with_replacement(terms, 2):
        squares[i, m] = _squares(sums, i, m, P) + P2[i] @ P2[m].T
        squares[m, i] = squares[i, m].T
    freedom = sums.n - sums.p
    return np.block(
        [
            [
                np.block([[squares[i, m] for m in terms] for i in terms]),
                np.concatenate(total)[:, None],
            ],
            [np.concatenate(total), freedom],
        ]
    )


def _pair_sums(F, G):
    """Σ F ⊗ G over the last axis.

    Parameters
    ----------
    F, G : ndarray, shape (r, c, number)

    Returns
    -------
    ndarray, shape (r², c²)
    """
    r, c, number = F.shape
    sums = F.reshape(r * c, number) @ G.reshape(r * c, number).T
    return sums.reshape(r, c, r, c).transpose(0, 2, 1, 3).reshape(r * r, c * c)


def _squares(sums, i, m, P):
    """Part of Σ G ⊗ G in the pairs of groups that meet, G = ZᵢᵀMZ_m.

    Parameters
    ----------
    sums : Sums
    i, m : int
        Numbers of the terms.
    P : list of ndarray, shape (k, p, J)
        ZᵀQ of every term.

    Returns
    -------
    ndarray, shape (kᵢ², k_m²)
    """
    total = 0.0
    for G, j, h in meetings_in_parts(sums, i, m):
        D = np.zeros_like(G)
        for one, other in zip(*(P[t].swapaxes(0, 1) for t in (i, m)), strict=True):
            D += one[:, None, j] * other[:, h]
        total = total + _pair_sums(G, G - D) - _pair_sums(D, G)
    return total


def _total(sums, i, P):
    """Σ ZᵢᵀMZᵢ over the groups of term i, as a vector: ndarray, shape (kᵢ²,)."""
    own = meetings(sums, i, i)[0].sum(axis=-1)
    return (own - np.einsum("axj,bxj->ab", P, P)).ravel()
