// Linear mixed models of one grouping factor, fitted exactly in the reader's browser.
//
//     y = X β + Z b + ε        b_j ~ N(0, Σ) for every group j        ε ~ N(0, σ² I)
//
// Z is an intercept, or an intercept and a slope.  Letters, and the numbers in brackets,
// are those of Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1), as in
// mlm/textbook/linear.py; the algorithm is that of mlm/engine.  θ is the lower triangle
// of the relative factor Λ_j, column by column:  Σ = σ² Λ_j Λ_jᵀ  (4).
//
// Where there is an intercept alone, the slope is a column of zeros, with zeros in Λ_j.

export class DataError extends Error {
  name = "DataError";
}

// As R's lm: a column of which no larger share is new says nothing new.
const COLLINEAR = 1e-7;
// Residuals that are a smaller share of the response are rounding.
const NOTHING = 1e-13;
// The search: a step that promises less is the last, differences smaller than this are
// rounding, and what is smaller than so many standard errors may be 0, and is tried.
const STOP = 1e-11, ROUNDING = 1e-8, NEARLY_ZERO = 0.1;
const SMALLEST = 1e-5, MOST_STEPS = 100;
// Random effects, in residual standard deviations, at which the search may start.
const SIZES = [0.05, 0.2, 0.8, 3, 12, 50];
const ANGLES = Array.from({ length: 13 }, (_, i) => ((i - 6) * Math.PI) / 12);
// lme4 calls a fit singular where Λ_j has a smaller diagonal element.
const SINGULAR = 1e-4;
const EXPLAINED =
  "fixed and random effects together explain y exactly: nothing is left for σ. " +
  "Is it constant within groups?";

// ---- Columns of numbers. ----

const dot = (a, b) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};

const subtract = (a, c, b) => {
  for (let i = 0; i < a.length; i++) a[i] -= c * b[i];
};

/** Columns by name, checked; a single number stands for a column of it. */
function columns(given, n) {
  return Object.entries(given).map(([name, values]) => {
    const column = typeof values === "number" ? Array(n).fill(values) : [...values];
    if (column.length !== n)
      throw new DataError(`${name} has ${column.length} values, and y has ${n}.`);
    const bad = column.findIndex((v) => typeof v !== "number" || !Number.isFinite(v));
    if (bad >= 0)
      throw new DataError(
        `${name} is ${column[bad]} in row ${bad + 1}; leave out the row, or correct it.`,
      );
    return { name, values: Float64Array.from(column) };
  });
}

/**
 * Orthonormal columns Q, and the upper triangle R, row by row, with columns = Q R.
 *
 * Gram and Schmidt's way, with every column twice: once loses orthogonality to rounding.
 */
function orthonormal(given) {
  const Q = [], R = given.map(() => given.map(() => 0));
  given.forEach(({ name, values }, k) => {
    const q = values.slice(), size = Math.sqrt(dot(q, q));
    for (let pass = 0; pass < 2; pass++) takeOut(q, Q, (c, i) => (R[i][k] += c));
    R[k][k] = Math.sqrt(dot(q, q));
    if (!(R[k][k] > COLLINEAR * size)) {
      const others = given.slice(0, k).map((other) => other.name).join(", ");
      const why = size === 0 ? "is 0 in every row" : `is determined by ${others}`;
      throw new DataError(`${name} ${why}: it has no effect of its own; leave it out.`);
    }
    Q.push(q.map((v) => v / R[k][k]));
  });
  return { Q, R };
}

/** Take orthonormal columns out of y, in place; `note` hears how much of each. */
function takeOut(y, Q, note) {
  Q.forEach((q, i) => {
    const c = dot(q, y);
    subtract(y, c, q);
    note(c, i);
  });
}

// ---- Small matrices, row by row. ----

/** The lower triangle L with L Lᵀ = A; null if A is not positive definite. */
function cholesky(A) {
  const L = A.map((row) => new Float64Array(row.length));
  for (let i = 0; i < A.length; i++)
    for (let k = 0; k <= i; k++) {
      let rest = A[i][k];
      for (let l = 0; l < k; l++) rest -= L[i][l] * L[k][l];
      if (i === k && !(rest > 0)) return null;
      L[i][k] = i === k ? Math.sqrt(rest) : rest / L[k][k];
    }
  return L;
}

/** L⁻¹ b, in the place of b. */
function forward(L, b) {
  for (let i = 0; i < L.length; i++) {
    for (let k = 0; k < i; k++) b[i] -= L[i][k] * b[k];
    b[i] /= L[i][i];
  }
  return b;
}

/** U⁻¹ b of an upper triangle, of which `at` gives the elements, in the place of b. */
function backward(n, at, b) {
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i] -= at(i, k) * b[k];
    b[i] /= at(i, i);
  }
  return b;
}

/** Eigenvalues and eigenvectors (columns) of a symmetric matrix, Jacobi's way. */
function eigen(A) {
  const n = A.length, D = A.map((row) => [...row]);
  const V = A.map((row, i) => row.map((_, k) => Number(i === k)));
  for (let sweep = 0; sweep < 30; sweep++) {
    let turned = false;
    for (let i = 0; i < n; i++)
      for (let k = i + 1; k < n; k++) {
        const small = 1e-17 * Math.sqrt(Math.abs(D[i][i] * D[k][k]));
        if (Math.abs(D[i][k]) <= small || D[i][k] === 0) continue;
        turned = true;
        const half = (D[k][k] - D[i][i]) / (2 * D[i][k]);
        const t = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(half, 1));
        const c = 1 / Math.hypot(t, 1), s = t * c;
        for (const M of [D, V])
          for (const row of M)
            [row[i], row[k]] = [c * row[i] - s * row[k], s * row[i] + c * row[k]];
        for (let l = 0; l < n; l++)
          [D[i][l], D[k][l]] = [c * D[i][l] - s * D[k][l], s * D[i][l] + c * D[k][l]];
      }
    if (!turned) break;
  }
  return { values: D.map((row, i) => row[i]), vectors: V };
}

// ---- The design: what a fit needs to know of the data, summed by group. ----

/**
 * Check the data, and sum their products by group.
 *
 *     design({
 *       y: [...], group: [...],
 *       X: { "(Intercept)": 1, Days: [...] },     fixed effects, by name
 *       Z: { "(Intercept)": 1, Days: [...] },     random effects: one or two
 *       reml: true,                               or false, for maximum likelihood
 *     })
 *
 * Effects become orthonormal first, those of a group times √n: whatever the units and
 * origins of the predictors, what follows sees the same numbers.
 */
export function design(data) {
  return data instanceof Design ? data : new Design(data);
}

class Design {
  constructor({ y, X, Z = { "(Intercept)": 1 }, group, reml = true }) {
    const n = y.length, root = Math.sqrt(n);
    const [response] = columns({ y }, n);
    const fixed = columns(X, n), effects = columns(Z, n);
    const p = fixed.length, q = effects.length;
    if (q < 1 || q > 2)
      throw new DataError(`${q} random effects: there may be one, or two.`);
    if (group.length !== n)
      throw new DataError(`group has ${group.length} values, and y has ${n}.`);
    const labels = [...new Set(group)], J = labels.length;
    if (J < 2) throw new DataError(`${J} group: a variance between groups needs two.`);
    if (n <= p)
      throw new DataError(`${n} rows, but ${p} fixed effects: nothing is left for σ.`);
    if (n <= J * q)
      throw new DataError(
        `${J} groups × ${q} effects are ${J * q} random effects, but there are only ` +
          `${n} rows: they cannot be told from residuals.`,
      );
    const number = new Map(labels.map((label, j) => [label, j]));
    const code = Int32Array.from(group, (label) => number.get(label));

    const { Q, R: RX } = orthonormal(fixed);
    // y less what X says of it alone, which is Q Qᵀy.
    const e = response.values.slice(), Qty = Array(p).fill(0);
    for (let pass = 0; pass < 2; pass++) takeOut(e, Q, (c, i) => (Qty[i] += c));
    const left = dot(e, e), whole = dot(response.values, response.values);
    if (!Number.isFinite(whole + Qty.reduce((a, b) => a + b, 0)))
      throw new DataError("the numbers are too large to square: use another unit.");
    if (!(left > NOTHING ** 2 * whole))
      throw new DataError("the fixed effects explain y exactly: nothing is left to fit.");
    const { U, R } = lowerBasis(effects, root);

    // A_j = Z_jᵀ Z_j, by group: its elements 11, 21 and 22.
    // C_j = [Q e]ᵀ Z_j, by group: p + 1 rows of two.
    const w = p + 1, rows = [...Q, e];
    const A = new Float64Array(3 * J), C = new Float64Array(2 * w * J);
    for (let i = 0; i < n; i++) {
      const j = code[i], u = U[0][i], v = q === 2 ? U[1][i] : 0;
      A[3 * j] += u * u;
      A[3 * j + 1] += u * v;
      A[3 * j + 2] += v * v;
      for (let r = 0; r < w; r++) {
        C[2 * (w * j + r)] += rows[r][i] * u;
        C[2 * (w * j + r) + 1] += rows[r][i] * v;
      }
    }
    const logDetX = RX.reduce((sum, row, i) => sum + 2 * Math.log(row[i]), 0);
    Object.assign(this, { n, p, q, J, w, reml, labels, code, A, C, left, Q, RX, Qty });
    Object.assign(this, { y: response.values, U, R, names: fixed.map((f) => f.name) });
    this.m = q === 1 ? 1 : 3;
    this.unit = 1 / Math.sqrt(4 * J); // about the standard error of a small T
    this.d = reml ? n - p : n;
    this.constant = (reml ? logDetX : 0) + this.d * (1 + Math.log((2 * Math.PI) / this.d));
    // Room for what `evaluate` knows of every group: N_j, M_j, and E_j.
    this.N = new Float64Array(3 * J);
    this.M = new Float64Array(3 * J);
    this.E = new Float64Array(2 * w * J);
    Object.freeze(this);
  }

  /** T = R Λ_j, the factor for orthonormal effects, of θ. */
  whiten([t11, t21 = 0, t22 = 0]) {
    const [r11, r21, r22] = this.R;
    return [r11 * t11, r21 * t11 + r22 * t21, r22 * t22];
  }

  /** θ of T. */
  theta([t11, t21, t22]) {
    return [...this.original(t11, t21), t22 / this.R[2]].slice(0, this.m);
  }

  /** Effects as they were given, from two of orthonormal ones. */
  original(first, second) {
    const [r11, r21, r22] = this.R, b = first / r11;
    return this.q === 1 ? [b] : [b, (second - r21 * b) / r22];
  }
}

/**
 * Effects = U R, with U orthonormal times √n and R a lower triangle, [11, 21, 22].
 *
 * Lower, so that a lower triangle Λ_j stays one.
 */
function lowerBasis(given, root) {
  const { Q, R } = orthonormal(given), times = (c) => (v) => v * c;
  if (Q.length === 1) return { U: [Q[0].map(times(root))], R: [R[0][0] / root, 0, 1] };
  const [[a, b], [, c]] = R, h = Math.hypot(b, c), [first, second] = Q;
  return {
    U: [
      first.map((v, i) => ((c * v - b * second[i]) / h) * root),
      first.map((v, i) => ((b * v + c * second[i]) / h) * root),
    ],
    R: [(a * c) / h, (a * b) / h, h].map(times(1 / root)),
  };
}

// ---- The criterion at one T, and its derivatives. ----

/**
 * The criterion (34: ML, 41: REML) at T = [t11, t21, t22], and what it is made of.
 *
 *     Ω_j = Tᵀ A_j T + I = L_j L_jᵀ  (18)        N_j = T Ω_j⁻¹ Tᵀ
 *     H = [Q e]ᵀ[Q e] − Σ_j C_j N_j C_jᵀ = R Rᵀ  (50)
 *
 * The diagonals of all L_j and of R are those of L_θ, R_X and r(θ)  (19).  Infinite where
 * fixed and random effects together explain y.
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
    // With V = Z T Tᵀ Zᵀ + I, E_j = [Q e]ᵀ V⁻¹ Z_j = C_j F and M_j = Z_jᵀ V⁻¹ Z_j = A_j F,
    // where F = I − N_j A_j.
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
  const beta = backward(p, (i, k) => R[k][i], R[p].slice(0, p));
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
  // By the elements 11, 21 and 22 of S: gradient, Hessian, and derivatives of r² (but for
  // the sign), of R⁻¹ Qᵀ(e − Qβ), and of log |H_XX|, as a matrix.
  const g = [0, 0, 0], h = [0, 0, 0].map(() => [0, 0, 0]), s = [0, 0, 0];
  const z = s.map(() => new Float64Array(p)), Y = s.map(() => new Float64Array(p * p));
  for (let j = 0; j < J; j++) {
    const m11 = M[3 * j], m21 = M[3 * j + 1], m22 = M[3 * j + 2], at = 2 * w * j;
    let e1 = E[at + 2 * p], e2 = E[at + 2 * p + 1]; // Z_jᵀ V⁻¹ (e − Qβ)
    for (let r = 0; r < p; r++) {
      e1 -= beta[r] * (k1[r] = E[at + 2 * r]);
      e2 -= beta[r] * (k2[r] = E[at + 2 * r + 1]);
    }
    solveRows(R, p, k1);
    solveRows(R, p, k2);
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
  // By t11, t21, t22 and t12, which is 0 here: s11 = t11² + t12², s21 = t11 t21 + t12 t22,
  // s22 = t21² + t22².
  const [t11, t21, t22] = T;
  const byT = [[2 * t11, t21, 0], [0, t11, 2 * t21], [0, 0, 2 * t22], [0, t22, 0]];
  const hessian = byT.map((left) =>
    byT.map((right) => dot(left, h.map((row) => dot(row, right)))),
  );
  [2 * g[0], 2 * g[2], 2 * g[2], 2 * g[0]].forEach((own, i) => (hessian[i][i] += own));
  for (const [i, k] of [[0, 1], [1, 0], [2, 3], [3, 2]]) hessian[i][k] += g[1];
  return { gradient: byT.map((row) => dot(row, g)), hessian };
}

/** The first rows of L⁻¹ b, in the place of b. */
function solveRows(L, rows, b) {
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < i; k++) b[i] -= L[i][k] * b[k];
    b[i] /= L[i][i];
  }
}

/** The criterion at θ and its derivatives by θ: `{ value, gradient }`. */
export function criterion(data, theta) {
  const d = design(data);
  checkTheta(d, theta);
  const { value, gradient = [NaN, NaN, NaN] } = evaluate(d, d.whiten(theta));
  const [r11, r21, r22] = d.R, [g11, g21, g22] = gradient;
  const byTheta = [r11 * g11 + r21 * g21, r22 * g21, r22 * g22];
  return { value, gradient: byTheta.slice(0, d.m) };
}

function checkTheta(d, theta) {
  if (theta.length !== d.m || !theta.every(Number.isFinite))
    throw new DataError(`theta is ${d.m} finite number${d.m > 1 ? "s" : ""}.`);
}

// ---- The search. ----

/**
 * Newton's method from T, damped (Levenberg, Marquardt) where it would climb.
 *
 * The criterion depends on T Tᵀ alone, so that its slope is 0 wherever a column of T is 0,
 * at a minimum or not.  The search never steps there; `settle` looks there afterwards.
 */
function descend(d, start) {
  // The lower triangle of the same T Tᵀ, but nowhere 0 on the diagonal.
  const clear = ([t11, t21, t22, t12 = 0]) => {
    const first = Math.max(Math.hypot(t11, t12), SMALLEST * d.unit);
    if (d.q === 1) return [first, 0, 0];
    const second = Math.abs(t11 * t22 - t12 * t21) / first;
    return [first, (t11 * t21 + t12 * t22) / first, Math.max(second, SMALLEST * d.unit)];
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
    if (there.value <= end.value + ROUNDING) end = { ...there, steps: end.steps };
  };
  if (small(end.T[0])) attempt([0, 0, Math.hypot(end.T[1], end.T[2])]);
  if (d.q === 2 && small(end.T[2])) attempt([end.T[0], end.T[1], 0]);
  return end;
}

/** The lowest minimum that is found: from `start`, a T, and wherever a grid dips. */
function minimise(d, start) {
  const starts = d.q === 1
    ? dips(d, SIZES, [0], (size) => [size, 0, 0])
    : [
        ...dips(d, SIZES, SIZES, (size, other) => [size, 0, other]),
        // Correlations of ±1, or nearly.
        ...dips(d, SIZES, ANGLES, (size, angle) => [
          size * Math.cos(angle),
          size * Math.sin(angle),
          d.unit,
        ]),
      ];
  if (start) starts.unshift(start);
  if (!starts.length) throw new DataError(EXPLAINED);
  const ends = starts.map((T) => settle(d, T));
  return ends.reduce((best, end) => (end.value < best.value - ROUNDING ? end : best));
}

/** Points of a grid of T that are lower than those next to them. */
function dips(d, rows, columns, at) {
  const grid = rows.map((row) =>
    columns.map((column) => evaluate(d, at(row, column), false)),
  );
  const value = (i, k) => grid[i]?.[k]?.value ?? Infinity;
  return grid.flatMap((row, i) =>
    row
      .filter((here, k) =>
        [value(i - 1, k), value(i + 1, k), value(i, k - 1), value(i, k + 1)].every(
          (other) => here.value < other,
        ),
      )
      .map(({ T }) => T),
  );
}

/**
 * Fit a linear mixed model; `design` says of which data.
 *
 * `start` is a θ to search from, as that of a fit of nearly the same data.  Effects of
 * groups are in the order in which the groups first come, which is that of `groups`.
 * `steps` is the path of the search, and `lambda` the weight of each group's own mean,
 * where an intercept is the only random effect.
 */
export function fit(data, { start } = {}) {
  const d = design(data), { p, w, J, q, A, C, N } = d;
  if (start !== undefined) checkTheta(d, start);
  const { steps, ...end } = minimise(d, start && d.whiten(start));
  const { T, value, R, r2, beta } = evaluate(d, end.T);
  if (!(r2 > NOTHING * d.left)) throw new DataError(EXPLAINED);
  const sigma2 = r2 / d.d, theta = d.theta(T); // (33, 40)

  const at = { T, R, beta };
  const { modes, condvar, fitted } = effectsOfGroups(d, at, sigma2);
  const [s11, s21, s22] = [theta[0] ** 2, theta[0] * theta[1], Math.hypot(theta[1], theta[2]) ** 2];
  return {
    ...coefficients(d, at, sigma2),
    theta,
    Sigma: d.q === 1 ? [[sigma2 * s11]] : [[s11, s21], [s21, s22]].map((row) => row.map((v) => sigma2 * v)),
    sigma: Math.sqrt(sigma2),
    criterion: value,
    modes, condvar, fitted,
    lambda: d.q === 1 ? Array.from(d.labels, (_, j) => d.N[3 * j] * d.A[3 * j]) : null,
    singular: isSingular(d, T),
    groups: d.labels,
    n: d.n,
    steps: steps.map((step) => ({ theta: d.theta(step.T), criterion: step.value })),
  };
}

/** β, of X = Q RX, and its standard errors: σ² (RX⁻¹ R⁻ᵀ)(RX⁻¹ R⁻ᵀ)ᵀ  (51, 54). */
function coefficients(d, { R, beta }, sigma2) {
  const byX = (b) => backward(d.p, (i, k) => d.RX[i][k], b);
  const squares = Array(d.p).fill(0);
  for (let k = 0; k < d.p; k++) {
    const unit = Array.from(beta, (_, i) => Number(i === k));
    byX(backward(d.p, (i, l) => R[l][i], unit)).forEach((c, i) => (squares[i] += c * c));
  }
  return {
    beta: byX(d.Qty.map((c, i) => c + beta[i])),
    se: squares.map((square) => Math.sqrt(sigma2 * square)),
  };
}

/** b̂_j = N_j Z_jᵀ(e − Qβ)  (11, 52), its covariance σ² N_j  (58), and Xβ̂ + Zb̂  (13). */
function effectsOfGroups(d, { beta }, sigma2) {
  const { p, w, C, N, Q, U, code } = d, modes = [], condvar = [], b = [];
  for (let j = 0; j < d.J; j++) {
    const [n11, n21, n22] = N.subarray(3 * j, 3 * j + 3), left = [0, 0];
    for (let r = 0; r < w; r++) {
      const share = r < p ? -beta[r] : 1;
      left[0] += share * C[2 * (w * j + r)];
      left[1] += share * C[2 * (w * j + r) + 1];
    }
    b.push([n11 * left[0] + n21 * left[1], n21 * left[0] + n22 * left[1]]);
    modes.push(d.original(...b[j]));
    const first = d.original(n11, n21), second = d.original(n21, n22);
    condvar.push(first.map((c, i) => d.original(sigma2 * c, sigma2 * second[i])));
  }
  const fitted = Array.from(code, (j, i) => {
    let mu = U[0][i] * b[j][0] + (d.q === 2 ? U[1][i] * b[j][1] : 0);
    for (let r = 0; r < p; r++) mu += Q[r][i] * (d.Qty[r] + beta[r]);
    return mu;
  });
  return { modes, condvar, fitted };
}

/** Whether a variance is all but 0, or a correlation ±1: the smaller singular value. */
function isSingular(d, [t11, t21, t22]) {
  if (d.q === 1) return t11 < SINGULAR;
  const square = t11 * t11 + t21 * t21 + t22 * t22, det = t11 * t22;
  const larger = Math.sqrt((square + Math.sqrt(Math.max(square ** 2 - 4 * det ** 2, 0))) / 2);
  return !(det > SINGULAR * larger);
}

// ---- Least squares, and data to fit. ----

/**
 * A line, or more: least squares.
 *
 * `X` has columns by name, as in `design`.  With as many rows as columns `sigma` and `se`
 * are NaN: nothing is left to estimate them.
 */
export function leastSquares(y, X) {
  const [response] = columns({ y }, y.length), given = columns(X, y.length);
  const p = given.length;
  if (y.length < p)
    throw new DataError(`${y.length} rows are too few for ${p} coefficients.`);
  const { Q, R } = orthonormal(given);
  const e = response.values.slice(), Qty = Array(p).fill(0);
  for (let pass = 0; pass < 2; pass++) takeOut(e, Q, (c, i) => (Qty[i] += c));
  const rss = dot(e, e), sigma2 = rss / (y.length - p);
  const identity = Array.from(Q, (_, i) => Array.from(Q, (_, k) => Number(i === k)));
  const d = { p, Qty, RX: R };
  return {
    ...coefficients(d, { R: identity, beta: Array(p).fill(0) }, sigma2),
    sigma: Math.sqrt(sigma2),
    rss,
    fitted: Array.from(e, (rest, i) => response.values[i] - rest),
  };
}

/** Numbers at random, the same for the same seed: `uniform()` and `normal()`. */
export function random(seed) {
  // Doty-Humphrey's sfc32.
  let a = 0, b = seed | 0, c = Math.floor(seed / 2 ** 32) | 0, count = 1;
  const next = () => {
    const drawn = (((a + b) | 0) + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  };
  for (let i = 0; i < 15; i++) next();
  // 53 bits, in the middle of their cells: never 0, never 1.
  const uniform = () => ((next() >>> 6) * 2 ** 26 + (next() >>> 6) + 0.5) / 2 ** 52;
  // Box and Muller's; of each pair the second is not used.
  const normal = () =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/**
 * Draw y from the model, with X, Z and group as in `design`.
 *
 * `Sigma` may be singular, as [[s11]] or [[s11, s12], [s12, s22]].  Gives `y`, and the
 * effects `b` that were drawn for each group, in the order of `groups`.
 */
export function simulate({ X, Z = { "(Intercept)": 1 }, group, beta, Sigma, sigma }, { normal }) {
  const n = group.length, fixed = columns(X, n), effects = columns(Z, n);
  const t11 = Math.sqrt(Sigma[0][0]), t21 = t11 > 0 && Sigma[1] ? Sigma[1][0] / t11 : 0;
  const t22 = Sigma[1] ? Math.sqrt(Math.max(Sigma[1][1] - t21 ** 2, 0)) : 0;
  const groups = [...new Set(group)];
  const b = groups.map(() => {
    const first = normal(), second = normal();
    return [t11 * first, t21 * first + t22 * second].slice(0, effects.length);
  });
  const number = new Map(groups.map((label, j) => [label, j]));
  const y = Array.from(group, (label, i) => {
    const own = b[number.get(label)];
    const mean = fixed.reduce((sum, { values }, k) => sum + values[i] * beta[k], 0);
    const more = effects.reduce((sum, { values }, k) => sum + values[i] * own[k], 0);
    return mean + more + sigma * normal();
  });
  return { y, b, groups };
}
