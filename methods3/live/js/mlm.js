// Linear mixed models of one grouping factor, fitted exactly in the reader's browser.
//
//     y = X β + Z b + ε        b_j ~ N(0, Σ) for every group j        ε ~ N(0, σ² I)
//
// Z is an intercept, or an intercept and a slope.  Letters and numbers in brackets are
// those of Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), as in
// mlm/textbook/linear.py; the algorithm is that of mlm/engine.  θ is the lower triangle
// of the relative factor Λ_j, column by column:  Σ = σ² Λ_j Λ_jᵀ  (4).
//
// Effects are made orthonormal (design.js), and T is Λ_j for those: criterion.js has the
// criterion there, and search.js finds its minimum.  Where an intercept varies alone, the
// slope is a column of zeros, and so is that of T.

import { DataError, backward, columns, dot, orthonormal, without } from "./algebra.js";
import { evaluate } from "./criterion.js";
import { design } from "./design.js";
import { EXPLAINED, minimise } from "./search.js";

// A residual sum of squares that is a smaller share of what X leaves loses its digits.
const NOTHING = 1e-9;
// lme4 calls a fit singular where Λ_j has a smaller diagonal element.
const SINGULAR = 1e-4;

/** The criterion at θ. */
export function criterion(data, theta) {
  const d = design(data);
  return evaluate(d, whitened(d, theta), false).value;
}

/** T of a θ that is given. */
function whitened(d, theta) {
  if (theta.length !== d.m || !theta.every(Number.isFinite))
    throw new DataError(`theta is ${d.m} finite number${d.m > 1 ? "s" : ""}.`);
  return d.whiten(theta);
}

/**
 * Fit a linear mixed model; `design` says of which data.
 *
 * `start` is a θ to search from first, as that of a fit of nearly the same data.
 * Results by group are in the order of `groups`.  `steps` is the path of the search,
 * and `lambda` the weight of each group's own mean where an intercept varies alone.
 */
export function fit(data, { start } = {}) {
  const d = design(data);
  const end = minimise(d, start && whitened(d, start));
  return {
    ...estimates(d, end.T),
    steps: end.steps.map((step) => ({ theta: d.theta(step.T), criterion: step.value })),
  };
}

/** A `fit` that begins where its last one ended, if that has as many θ. */
export function fitting() {
  let last = [];
  return (data) => {
    const d = design(data);
    const found = fit(d, last.length === d.m ? { start: last } : {});
    last = found.theta;
    return found;
  };
}

/** What the model estimates at a θ, the best or not: the same, but for `steps`. */
export function estimatesAt(data, theta) {
  const d = design(data);
  return estimates(d, whitened(d, theta));
}

function estimates(d, T) {
  const { value, R, r2, beta } = evaluate(d, T);
  if (!(r2 > NOTHING * d.left)) throw new DataError(EXPLAINED);
  const sigma2 = r2 / d.d, theta = d.theta(T); // (33, 40)
  const [t11, t21, t22] = theta.map((t) => t * Math.sqrt(sigma2));
  return {
    ...coefficients(d, R, beta, sigma2),
    theta,
    Sigma:
      d.q === 1
        ? [[t11 ** 2]]
        : [[t11 ** 2, t11 * t21], [t11 * t21, t21 ** 2 + t22 ** 2]],
    sigma: Math.sqrt(sigma2),
    criterion: value,
    ...effectsOfGroups(d, beta),
    lambda: d.q === 1 ? d.labels.map((_, j) => d.N[3 * j] * d.A[3 * j]) : null,
    singular: isSingular(d, T),
    groups: d.labels,
    n: d.n,
  };
}

/** β of X = Q RX, and its standard errors: σ² (RX⁻¹ R⁻ᵀ)(RX⁻¹ R⁻ᵀ)ᵀ  (51, 54). */
function coefficients({ RX, Qty }, R, beta, sigma2) {
  const byX = (b) => backward((i, k) => RX[i][k], b), squares = Qty.map(() => 0);
  Qty.forEach((_, k) => {
    const unit = Qty.map((_, i) => Number(i === k));
    byX(backward((i, l) => R[l][i], unit)).forEach((c, i) => (squares[i] += c * c));
  });
  return {
    beta: byX(Qty.map((c, i) => c + beta[i])),
    se: squares.map((square) => Math.sqrt(sigma2 * square)),
  };
}

/** b̂_j = N_j Z_jᵀ(e − Qβ)  (11, 52), and Xβ̂ + Zb̂  (13). */
function effectsOfGroups(d, beta) {
  const { w, C, N, Q, U } = d, modes = [], b = [];
  for (let j = 0; j < d.J; j++) {
    const [n11, n21, n22] = N.subarray(3 * j, 3 * j + 3), left = [0, 0];
    for (let r = 0; r < w; r++) {
      const share = r < d.p ? -beta[r] : 1;
      left[0] += share * C[2 * (w * j + r)];
      left[1] += share * C[2 * (w * j + r) + 1];
    }
    b.push([n11 * left[0] + n21 * left[1], n21 * left[0] + n22 * left[1]]);
    modes.push(d.original(...b[j]));
  }
  const fitted = Array.from(d.code, (j, i) => {
    const fixed = Q.reduce((sum, q, r) => sum + q[i] * (d.Qty[r] + beta[r]), 0);
    return U.reduce((sum, u, a) => sum + u[i] * b[j][a], fixed);
  });
  return { modes, fitted };
}

/** Whether a variance is all but 0, or a correlation ±1: a singular value of T. */
function isSingular(d, [t11, t21, t22]) {
  if (d.q === 1) return t11 < SINGULAR;
  const square = t11 ** 2 + t21 ** 2 + t22 ** 2, det = t11 * t22;
  const larger = (square + Math.sqrt(Math.max(square ** 2 - 4 * det ** 2, 0))) / 2;
  return !(det > SINGULAR * Math.sqrt(larger));
}

/**
 * Least squares, of a line or more; X has columns by name, as in `design`.
 *
 * With as many rows as columns nothing is left for `sigma` and `se`: they are NaN.
 */
export function leastSquares(y, X) {
  const n = y.length, given = columns(X, n), p = given.length;
  if (n < p) throw new DataError(`${n} rows are too few for ${p} coefficients.`);
  const [{ values }] = columns({ y }, n), { Q, R: RX } = orthonormal(given);
  const { rest, Qty } = without(values, Q), rss = dot(rest, rest);
  const I = Qty.map((_, i) => Qty.map((_, k) => Number(i === k)));
  const sigma2 = n > p ? rss / (n - p) : NaN;
  return {
    ...coefficients({ RX, Qty }, I, Qty.map(() => 0), sigma2),
    sigma: Math.sqrt(sigma2),
    rss,
    fitted: Array.from(values, (value, i) => value - rest[i]),
  };
}
