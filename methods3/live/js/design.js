// What a fit needs to know of the data, for mlm.js: products, summed by group.

import { DataError, columns, dot, orthonormal, without } from "./algebra.js";

// Residuals that are a smaller share of the response are rounding.
const NOTHING = 1e-13;
export const INTERCEPT = { "(Intercept)": 1 };

/** Groups in the order in which they first come, and the number of each row's. */
export function groups(group, n) {
  if (group.length !== n)
    throw new DataError(`group has ${group.length} values, and y has ${n}.`);
  const labels = [...new Set(group)];
  const number = new Map(labels.map((label, j) => [label, j]));
  return { labels, code: Int32Array.from(group, (label) => number.get(label)) };
}

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
  constructor({ y, X, Z = INTERCEPT, group, reml = true }) {
    const n = y.length, fixed = columns(X, n), effects = columns(Z, n);
    const [{ values: response }] = columns({ y }, n);
    const { labels, code } = groups(group, n);
    const p = fixed.length, q = effects.length, J = labels.length;
    checkSizes(n, p, q, J);
    Object.assign(this, { n, p, q, J, reml, labels, code });
    this.m = q === 1 ? 1 : 3; // elements of θ
    this.d = reml ? n - p : n;
    this.unit = 1 / Math.sqrt(4 * J); // about the standard error of a small Λ_j

    const { Q, R: RX } = orthonormal(fixed);
    const { rest: e, Qty } = without(response, Q); // y = Q Qty + e
    this.left = dot(e, e);
    const whole = dot(response, response);
    if (!Number.isFinite(whole))
      throw new DataError("y is too large to square: express it in another unit.");
    if (!(this.left > NOTHING ** 2 * whole))
      throw new DataError("the fixed effects explain y exactly: nothing is left.");
    Object.assign(this, { Q, RX, Qty }, lowerBasis(effects, Math.sqrt(n)));
    const logDet = RX.reduce((sum, row, i) => sum + 2 * Math.log(row[i]), 0);
    const profiled = this.d * (1 + Math.log((2 * Math.PI) / this.d));
    this.constant = (reml ? logDet : 0) + profiled;
    this.sum([...Q, e]);
    Object.freeze(this);
  }

  /** A_j = Z_jᵀ Z_j, as elements 11, 21, 22; C_j = [Q e]ᵀ Z_j, as p + 1 rows of two. */
  sum(rows) {
    const { n, J, U, code } = this, w = rows.length;
    const A = new Float64Array(3 * J), C = new Float64Array(2 * w * J);
    for (let i = 0; i < n; i++) {
      const j = code[i], u = U[0][i], v = U[1]?.[i] ?? 0;
      A[3 * j] += u * u;
      A[3 * j + 1] += u * v;
      A[3 * j + 2] += v * v;
      for (let r = 0; r < w; r++) {
        C[2 * (w * j + r)] += rows[r][i] * u;
        C[2 * (w * j + r) + 1] += rows[r][i] * v;
      }
    }
    // And room for what the criterion knows of every group: N_j, M_j and E_j.
    const [N, M, E] = [A, A, C].map((like) => new Float64Array(like.length));
    Object.assign(this, { w, A, C, N, M, E });
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

/** Refuse sizes of which no model can be estimated. */
function checkSizes(n, p, q, J) {
  if (q < 1 || q > 2)
    throw new DataError(`${q} random effects: there may be one, or two.`);
  if (J < 2)
    throw new DataError("only one group: a variance between groups needs two.");
  if (n <= p)
    throw new DataError(`${n} rows for ${p} fixed effects: nothing is left for σ.`);
  if (n <= J * q)
    throw new DataError(
      `${J} groups × ${q} effects = ${J * q} random effects, but only ${n} rows: ` +
        "they cannot be told from the residuals.",
    );
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
