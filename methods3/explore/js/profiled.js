// The REML criterion of lines with random intercepts and slopes at any θ, and what goes
// with it: quick enough to be drawn over a plane while θ moves.
//
// Fixed and random effects have the same columns, so that all comes from sums by group:
// A_j = Z_jᵀ Z_j and c_j = Z_jᵀ y_j.  Numbers in brackets are those of Bates et al. (2015).

const times = ([[a, b], [c, d]], [[e, f], [g, h]]) => [
  [a * e + b * g, a * f + b * h],
  [c * e + d * g, c * f + d * h],
];
const on = ([[a, b], [c, d]], [u, v]) => [a * u + b * v, c * u + d * v];
const determinant = ([[a, b], [c, d]]) => a * d - b * c;
const inverse = (A) => {
  const det = determinant(A);
  return [
    [A[1][1] / det, -A[0][1] / det],
    [-A[1][0] / det, A[0][0] / det],
  ];
};

/** Sums by group of x, y and what they are multiplied; y is taken from its mean. */
export function sumsByGroup({ x, y, group }) {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const sums = new Map(group.map((label) => [label, { A: [[0, 0], [0, 0]], c: [0, 0], yy: 0 }]));
  y.forEach((value, i) => {
    const of = sums.get(group[i]), z = [1, x[i]], e = value - mean;
    z.forEach((left, k) => {
      z.forEach((right, l) => (of.A[k][l] += left * right));
      of.c[k] += left * e;
    });
    of.yy += e * e;
  });
  return { n: y.length, groups: [...sums.values()] };
}

/**
 * Criterion, σ and conditional modes at θ = [θ₁, θ₂, θ₃], with S = Λ_j Λ_jᵀ  (4).
 *
 * V_j = I + Z_j S Z_jᵀ, and with K_j = I + A_j S,  Z_jᵀ V_j⁻¹ = K_j⁻¹ Z_jᵀ.
 */
export function profiled({ n, groups }, [t1, t2, t3]) {
  const S = [[t1 * t1, t1 * t2], [t1 * t2, t2 * t2 + t3 * t3]];
  const X = [[0, 0], [0, 0]], e = [0, 0];
  let logDet = 0, r2 = 0;
  const parts = groups.map(({ A, c, yy }) => {
    const AS = times(A, S);
    const K = [[1 + AS[0][0], AS[0][1]], [AS[1][0], 1 + AS[1][1]]];
    const over = inverse(K), M = times(over, A), v = on(over, c), Sv = on(S, v);
    logDet += Math.log(determinant(K));
    r2 += yy - c[0] * Sv[0] - c[1] * Sv[1];
    for (const k of [0, 1]) {
      X[k][0] += M[k][0];
      X[k][1] += M[k][1];
      e[k] += v[k];
    }
    return { M, v };
  });
  const beta = on(inverse(X), e);
  r2 -= beta[0] * e[0] + beta[1] * e[1]; // (19)
  const free = n - 2;
  // (41)
  const value =
    logDet + Math.log(determinant(X)) + free * (1 + Math.log((2 * Math.PI * r2) / free));
  const modes = () =>
    parts.map(({ M, v }) => {
      const Mb = on(M, beta);
      return on(S, [v[0] - Mb[0], v[1] - Mb[1]]);
    });
  return { value, sigma: Math.sqrt(r2 / free), modes }; // (42)
}

/**
 * Newton's method for a function of two numbers, the first 0 or more: the points where it
 * stood.  Derivatives are differences over `scale`, the longest step; where it would climb
 * it is damped.
 */
export function descend(f, start, scale) {
  const path = [start];
  // Where both numbers are 0 a criterion of Λ Λᵀ is level, at its lowest point or not.
  let here = [Math.max(start[0], 1e-3 * scale[0]), start[1]];
  let value = f(here), damping = 0;
  for (let step = 0; step < 60; step++) {
    const { slope, curves } = derivatives(f, here, value, scale);
    if (here[0] === 0 && slope[0] > 0) {
      // Down is beyond the edge: along it.
      const along = curves.reduce((sum, { direction, curve }) => sum + direction[1] ** 2 * curve, 0);
      curves.splice(0, 2, { direction: [0, 1], curve: along });
    }
    const move = [0, 0];
    for (const { direction, curve } of curves) {
      const down = direction[0] * slope[0] + direction[1] * slope[1];
      const length = down / (Math.abs(curve) + 1e-6 + damping);
      direction.forEach((share, k) => (move[k] -= share * length));
    }
    const far = Math.max(Math.hypot(...move), 1);
    const there = here.map((at, k) => at + (scale[k] * move[k]) / far);
    there[0] = Math.max(there[0], 0);
    const lower = value - f(there);
    if (lower > 0) {
      [here, value] = [there, value - lower];
      path.push(here);
      damping = damping < 0.1 ? 0 : damping / 10;
    } else damping = Math.max(10 * damping, 0.1);
    if ((lower >= 0 && lower < 1e-6) || damping > 1e9) break;
  }
  return path;
}

/** Slope, and curvature along its two main directions, in units of `scale`. */
function derivatives(f, here, middle, scale) {
  const h = 1e-3;
  const at = (i, k) => f([here[0] + i * h * scale[0], here[1] + k * h * scale[1]]);
  const [right, left, up, down] = [at(1, 0), at(-1, 0), at(0, 1), at(0, -1)];
  const a = (right - 2 * middle + left) / h ** 2;
  const d = (up - 2 * middle + down) / h ** 2;
  const b = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * h ** 2);
  const angle = Math.atan2(2 * b, a - d) / 2;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return {
    slope: [(right - left) / (2 * h), (up - down) / (2 * h)],
    curves: [
      { direction: [c, s], curve: a * c * c + 2 * b * c * s + d * s * s },
      { direction: [-s, c], curve: a * s * s - 2 * b * c * s + d * c * c },
    ],
  };
}
