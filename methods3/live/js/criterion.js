// The criterion of a mixed model at one T, and its derivatives: for mlm.js, with its letters.

import { backward, cholesky, dot, forward } from "./algebra.js";

/**
 * The criterion (34: ML, 41: REML) at T = [t11, t21, t22], and what it is made of.
 *
 *     Ω_j = Tᵀ A_j T + I = L_j L_jᵀ  (18)        N_j = T Ω_j⁻¹ Tᵀ
 *     H = [Q e]ᵀ[Q e] − Σ_j C_j N_j C_jᵀ = R Rᵀ  (50)
 *
 * The diagonals of all L_j and of R are those of L_θ, R_X and r(θ)  (19).
 * It is infinite where fixed and random effects together explain y.
 */
export function evaluate(d, T, derivatives = true) {
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
