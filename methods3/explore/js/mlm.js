// Linear mixed models of one grouping factor, fitted exactly in the reader's browser.
//
//     y = X β + Z b + ε        b_j ~ N(0, Σ) for every group j        ε ~ N(0, σ² I)
//
// Z is an intercept, or an intercept and a slope.  Letters and numbers in brackets are
// those of Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), as in
// mlm/textbook/linear.py; the algorithm is that of mlm/engine.  θ is the lower triangle
// of the relative factor Λ_j, column by column:  Σ = σ² Λ_j Λ_jᵀ  (4).
//
// Effects are made orthonormal (design.js), and T is Λ_j for those.  Where an
// intercept varies alone, the slope is a column of zeros, and so is that of T.

import {
  DataError, backward, cholesky, columns, dot, eigen, forward, orthonormal, without,
} from "./algebra.js";
import { design } from "./design.js";

// A residual sum of squares that is a smaller share of what X leaves loses its digits.
const NOTHING = 1e-9;
// The search: a step that promises less is the last, differences smaller than this are
// rounding, and what is smaller than so many standard errors may be 0, and is tried.
const STOP = 1e-11, ROUNDING = 1e-8, NEARLY_ZERO = 0.1;
const SMALLEST = 1e-5, MOST_STEPS = 100;
// Where searches may start: random effects in residual standard deviations, and the
// angle between two that go together, from −90° to 90°.
const SIZES = [0.03, 0.1, 0.3, 1, 3, 10, 30, 100];
const ANGLES = Array.from({ length: 13 }, (_, i) => ((i - 6) * Math.PI) / 12);
// lme4 calls a fit singular where Λ_j has a smaller diagonal element.
const SINGULAR = 1e-4;
const EXPLAINED =
  "fixed and random effects together explain y exactly: nothing is left for σ. " +
  "Is it constant within groups?";

// ---- The criterion at one T, and its derivatives. ----

/**
 * The criterion (34: ML, 41: REML) at T = [t11, t21, t22], and what it is made of.
 *
 *     Ω_j = Tᵀ A_j T + I = L_j L_jᵀ  (18)        N_j = T Ω_j⁻¹ Tᵀ
 *     H = [Q e]ᵀ[Q e] − Σ_j C_j N_j C_jᵀ = R Rᵀ  (50)
 *
 * The diagonals of all L_j and of R are those of L_θ, R_X and r(θ)  (19).
 * It is infinite where fixed and random effects together explain y.
 */
function evaluate(d, T, derivatives = true) {
  const { p, w, J, A, C, N, M, E } = d, [t11, t21, t22] = T;
  const H = [];
  for (let r = 0; r < w; r++) {
    H.push(new Float64Array(w));
    H[r][r] = r < p ? 1 : d.left;
  }
  const u = new Float64Array(w), v = new Float64Array(w);
  let logDet = 0;
  for (let j = 0; j < J; j++) {
    const a11 = A[3 * j], a21 = A[3 * j + 1], a22 = A[3 * j + 2];
    const g11 = a11 * t11 + a21 * t21, g21 = a21 * t11 + a22 * t21; // A_j T
    const l11 = Math.sqrt(1 + t11 * g11 + t21 * g21), l21 = (t22 * g21) / l11;
    const l22 = Math.sqrt(1 + t22 * t22 * a22 - l21 * l21);
    logDet += 2 * Math.log(l11 * l22);
    // P = L_j⁻¹ Tᵀ, so that N_j = Pᵀ P.
    const p11 = t11 / l11, p12 = t21 / l11;
    const p21 = (-l21 * p11) / l22, p22 = (t22 - l21 * p12) / l22;
    for (let r = 0, at = 2 * w * j; r < w; r++, at += 2) {
      u[r] = p11 * C[at] + p12 * C[at + 1]; // a column of R_ZX, and of c_u  (48, 49)
      v[r] = p21 * C[at] + p22 * C[at + 1];
      for (let s = 0; s <= r; s++) H[r][s] -= u[r] * u[s] + v[r] * v[s];
    }
    if (!derivatives) continue;
    // With V = Z T Tᵀ Zᵀ + I and F = I − N_j A_j,
    // E_j = [Q e]ᵀ V⁻¹ Z_j = C_j F, and M_j = Z_jᵀ V⁻¹ Z_j = A_j F.
    const n11 = p11 * p11 + p21 * p21, n22 = p12 * p12 + p22 * p22;
    const n21 = p11 * p12 + p21 * p22;
    const f11 = 1 - n11 * a11 - n21 * a21, f12 = -n11 * a21 - n21 * a22;
    const f21 = -n21 * a11 - n22 * a21, f22 = 1 - n21 * a21 - n22 * a22;
    for (let r = 0, at = 2 * w * j; r < w; r++, at += 2) {
      E[at] = C[at] * f11 + C[at + 1] * f21;
      E[at + 1] = C[at] * f12 + C[at + 1] * f22;
    }
    M[3 * j] = a11 * f11 + a21 * f21;
    M[3 * j + 1] = a21 * f11 + a22 * f21;
    M[3 * j + 2] = a21 * f12 + a22 * f22;
    N[3 * j] = n11;
    N[3 * j + 1] = n21;
    N[3 * j + 2] = n22;
  }
  const R = cholesky(H);
  if (R === null || !Number.isFinite(logDet)) return { T, value: Infinity };
  const r2 = R[p][p] ** 2; // (19)
  let value = logDet + d.d * Math.log(r2) + d.constant;
  if (d.reml) for (let r = 0; r < p; r++) value += 2 * Math.log(R[r][r]);
  // Coefficients of Q, solving R_Xᵀ β = c_β  (51).
  const beta = backward((i, k) => R[k][i], R[p].slice(0, p));
  const point = { T, value, R, r2, beta };
  return derivatives ? { ...point, ...slopes(d, point) } : point;
}

/**
 * Gradient and Hessian of the criterion by the elements of T.
 *
 * As functions of S = T Tᵀ, N_j has the derivative F dS Fᵀ, and M_j has −M_j dS M_j.
 * With B = d/r² v vᵀ + [H_XX⁻¹ for REML], v = [−β 1], and B_j = E_jᵀ B E_j,
 *
 *     ∂f  = Σ_j tr (M_j − B_j) dS
 *     ∂²f = Σ_j tr (2 B_j − M_j) dS M_j dS + (what changes in B)
 */
function slopes(d, { T, R, r2, beta }) {
  const { p, w, J, M, E } = d, weight = d.d / r2, reml = Number(d.reml);
  const k1 = new Float64Array(p), k2 = new Float64Array(p);
  // By the elements 11, 21 and 22 of S: gradient g, Hessian h, and but for their signs
  // the derivatives of r², of R⁻¹ times what β solves, and of H_XX as R sees it.
  const g = [0, 0, 0], h = [0, 0, 0].map(() => [0, 0, 0]), s = [0, 0, 0];
  const z = s.map(() => new Float64Array(p)), Y = s.map(() => new Float64Array(p * p));
  for (let j = 0; j < J; j++) {
    const m11 = M[3 * j], m21 = M[3 * j + 1], m22 = M[3 * j + 2], at = 2 * w * j;
    let e1 = E[at + 2 * p], e2 = E[at + 2 * p + 1]; // Z_jᵀ V⁻¹ (e − Qβ)
    for (let r = 0; r < p; r++) {
      e1 -= beta[r] * (k1[r] = E[at + 2 * r]);
      e2 -= beta[r] * (k2[r] = E[at + 2 * r + 1]);
    }
    forward(R, k1);
    forward(R, k2);
    const b11 = weight * e1 * e1 + reml * dot(k1, k1);
    const b21 = weight * e1 * e2 + reml * dot(k1, k2);
    const b22 = weight * e2 * e2 + reml * dot(k2, k2);
    g[0] += m11 - b11;
    g[1] += 2 * (m21 - b21);
    g[2] += m22 - b22;
    h[0][0] += m11 * (2 * b11 - m11);
    h[1][0] += 2 * (m11 * b21 + m21 * b11 - m11 * m21);
    h[1][1] += 2 * (b11 * m22 + 2 * b21 * m21 + b22 * m11 - m21 * m21 - m11 * m22);
    h[2][0] += m21 * (2 * b21 - m21);
    h[2][1] += 2 * (m21 * b22 + m22 * b21 - m21 * m22);
    h[2][2] += m22 * (2 * b22 - m22);
    s[0] += e1 * e1;
    s[1] += 2 * e1 * e2;
    s[2] += e2 * e2;
    for (let r = 0; r < p; r++) {
      z[0][r] += k1[r] * e1;
      z[1][r] += k1[r] * e2 + k2[r] * e1;
      z[2][r] += k2[r] * e2;
      for (let c = 0; reml && c < p; c++) {
        Y[0][r * p + c] += k1[r] * k1[c];
        Y[1][r * p + c] += k1[r] * k2[c] + k2[r] * k1[c];
        Y[2][r * p + c] += k2[r] * k2[c];
      }
    }
  }
  for (let i = 0; i < 3; i++)
    for (let k = 0; k <= i; k++) {
      const byX = reml * dot(Y[i], Y[k]) + 2 * weight * dot(z[i], z[k]);
      h[i][k] -= byX + (weight * s[i] * s[k]) / r2;
      h[k][i] = h[i][k];
    }
  // By t11, t21, t22 and t12, which is 0 here but may change:
  // s11 = t11² + t12², s21 = t11 t21 + t12 t22, s22 = t21² + t22².
  const [t11, t21, t22] = T;
  const byT = [[2 * t11, t21, 0], [0, t11, 2 * t21], [0, 0, 2 * t22], [0, t22, 0]];
  const hessian = byT.map((left) =>
    byT.map((right) => dot(left, h.map((row) => dot(row, right)))),
  );
  [2 * g[0], 2 * g[2], 2 * g[2], 2 * g[0]].forEach((own, i) => (hessian[i][i] += own));
  for (const [i, k] of [[0, 1], [1, 0], [2, 3], [3, 2]]) hessian[i][k] += g[1];
  return { gradient: byT.map((row) => dot(row, g)), hessian };
}

/** The criterion at θ. */
export function criterion(data, theta) {
  const d = design(data);
  return evaluate(d, whitened(d, theta), false).value;
}

/** Its derivatives by θ. */
export function gradient(data, theta) {
  const d = design(data), [r11, r21, r22] = d.R;
  const [g11, g21, g22] = evaluate(d, whitened(d, theta)).gradient;
  return [r11 * g11 + r21 * g21, r22 * g21, r22 * g22].slice(0, d.m);
}

/** T of a θ that is given. */
function whitened(d, theta) {
  if (theta.length !== d.m || !theta.every(Number.isFinite))
    throw new DataError(`theta is ${d.m} finite number${d.m > 1 ? "s" : ""}.`);
  return d.whiten(theta);
}

// ---- The search. ----

/**
 * Newton's method from T, damped (Levenberg, Marquardt) where it would climb.
 *
 * The criterion depends on T Tᵀ alone, so that its slope is 0 wherever a column of T is
 * 0, at a minimum or not: the search never steps there; `settle` looks afterwards.
 * Steps change t12 too, and T is turned back to a triangle: so valleys are straight.
 */
function descend(d, start) {
  // The lower triangle of the same T Tᵀ, but nowhere 0 on the diagonal.
  const least = SMALLEST * d.unit;
  const clear = ([t11, t21, t22, t12 = 0]) => {
    const first = Math.hypot(t11, t12);
    if (d.q === 1) return [Math.max(first, least), 0, 0];
    if (first < least) return [least, 0, Math.max(Math.hypot(t21, t22), least)];
    const second = Math.abs(t11 * t22 - t12 * t21) / first;
    return [first, (t11 * t21 + t12 * t22) / first, Math.max(second, least)];
  };
  let here = evaluate(d, clear(start)), damping = 0;
  const steps = [here];
  for (let step = 0; step < MOST_STEPS && Number.isFinite(here.value); step++) {
    const { move, promised } = newton(d, here, damping);
    const moved = clear(move.map((change, i) => (here.T[i] ?? 0) + change));
    const there = evaluate(d, moved), kept = (here.value - there.value) / promised;
    if (kept > 0.1 || (promised < STOP && there.value <= here.value + STOP)) {
      here = there;
      steps.push(here);
      if (kept > 0.5) damping /= 10;
    } else damping = Math.max(10 * damping, 0.03);
    if (promised < (kept > 0.1 ? STOP : ROUNDING)) break;
  }
  return { ...here, steps };
}

/** Newton's step, with T in about its standard errors, and the decrease it promises. */
function newton(d, { T: [t11, t21, t22], gradient, hessian }, damping) {
  const first = d.unit * Math.hypot(1, t11), second = d.unit * Math.hypot(1, t21, t22);
  const scale = [first, second, second, first].slice(0, d.q ** 2);
  const g = scale.map((c, i) => c * gradient[i]);
  const { values, vectors } = eigen(
    scale.map((c, i) => scale.map((other, k) => c * other * hessian[i][k])),
  );
  // Along directions of negative curvature it goes down, not to the saddle.
  const move = [0, 0, 0, 0];
  let promised = 0;
  values.forEach((value, k) => {
    const slope = g.reduce((sum, gi, i) => sum + gi * vectors[i][k], 0);
    const length = slope / (Math.max(Math.abs(value), 1e-9) + damping);
    promised += (slope * length) / 2;
    scale.forEach((c, i) => (move[i] -= c * vectors[i][k] * length));
  });
  return { move, promised };
}

/** Descend, and set variances that vanish to exactly 0. */
function settle(d, start) {
  let end = descend(d, start);
  const small = (t) => Math.abs(t) < NEARLY_ZERO * d.unit;
  const attempt = (T) => {
    const there = evaluate(d, T, false);
    if (there.value > end.value + ROUNDING) return;
    end = { ...there, steps: [...end.steps, there] };
  };
  if (small(end.T[0])) attempt([0, 0, Math.hypot(end.T[1], end.T[2])]);
  if (d.q === 2 && small(end.T[2])) attempt([end.T[0], end.T[1], 0]);
  return end;
}

/**
 * The lowest minimum that is found: from wherever a grid dips.
 *
 * With a `start`, a T, from there, and from dips that are lower than where it leads.
 */
function minimise(d, start) {
  // Without a correlation, nearly with one of ±1 (minima are often there), and between.
  const straight = (size, other) => [size, 0, other];
  const tilted = (size, a, other) => [size * Math.cos(a), size * Math.sin(a), other];
  const places = [];
  if (d.q === 1) places.push(...dips(d, SIZES, [0], straight));
  else {
    places.push(...dips(d, SIZES, SIZES, straight));
    places.push(...dips(d, SIZES, ANGLES, (size, a) => tilted(size, a, d.unit)));
    places.push(...dips(d, SIZES, ANGLES, (size, a) => tilted(size, a, size)));
  }
  if (!places.length) throw new DataError(EXPLAINED);
  const first = start ? [settle(d, start)] : [];
  const lower = start ? places.filter(({ value }) => value < first[0].value) : places;
  const ends = [...first, ...lower.map(({ T }) => settle(d, T))];
  return ends.reduce((best, end) => (end.value < best.value - ROUNDING ? end : best));
}

/** Points of a grid of T that are lower than those next to them. */
function dips(d, rows, columns, at) {
  const grid = rows.map((row) =>
    columns.map((column) => evaluate(d, at(row, column), false)),
  );
  const value = (i, k) => grid[i]?.[k]?.value ?? Infinity;
  return grid.flatMap((row, i) =>
    row.filter(
      (here, k) =>
        here.value <= Math.min(value(i - 1, k), value(i, k - 1)) &&
        here.value < Math.min(value(i + 1, k), value(i, k + 1)),
    ),
  );
}

// ---- Estimates. ----

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
    ...effectsOfGroups(d, beta, sigma2),
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

/** b̂_j = N_j Z_jᵀ(e − Qβ)  (11, 52), its covariance σ² N_j  (58), Xβ̂ + Zb̂  (13). */
function effectsOfGroups(d, beta, sigma2) {
  const { w, C, N, Q, U } = d, modes = [], condvar = [], b = [];
  for (let j = 0; j < d.J; j++) {
    const [n11, n21, n22] = N.subarray(3 * j, 3 * j + 3), left = [0, 0];
    for (let r = 0; r < w; r++) {
      const share = r < d.p ? -beta[r] : 1;
      left[0] += share * C[2 * (w * j + r)];
      left[1] += share * C[2 * (w * j + r) + 1];
    }
    b.push([n11 * left[0] + n21 * left[1], n21 * left[0] + n22 * left[1]]);
    modes.push(d.original(...b[j]));
    const first = d.original(n11, n21), second = d.original(n21, n22);
    condvar.push(first.map((c, i) => d.original(sigma2 * c, sigma2 * second[i])));
  }
  const fitted = Array.from(d.code, (j, i) => {
    const fixed = Q.reduce((sum, q, r) => sum + q[i] * (d.Qty[r] + beta[r]), 0);
    return U.reduce((sum, u, a) => sum + u[i] * b[j][a], fixed);
  });
  return { modes, condvar, fitted };
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
