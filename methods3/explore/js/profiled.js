// The REML criterion of lines with random intercepts and slopes at any θ, and what goes
// with it: quick enough to be drawn over a plane while θ moves.
//
// Fixed and random effects have the same columns, so that all comes from sums by group:
// A_j = Z_jᵀ Z_j and c_j = Z_jᵀ y_j.  Numbers in brackets are those of Bates et al. (2015).

/** Sums by group of x, y and their products; y is taken from its mean. */
export function sumsByGroup({ x, y, group }) {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const sums = new Map(
    group.map((label) => [label, { n: 0, x: 0, xx: 0, y: 0, xy: 0, yy: 0 }]),
  );
  y.forEach((value, i) => {
    const of = sums.get(group[i]), e = value - mean;
    of.n += 1;
    of.x += x[i];
    of.xx += x[i] * x[i];
    of.y += e;
    of.xy += x[i] * e;
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
  const s11 = t1 * t1, s21 = t1 * t2, s22 = t2 * t2 + t3 * t3;
  let x11 = 0, x21 = 0, x22 = 0, e1 = 0, e2 = 0, logDet = 0, r2 = 0;
  const parts = groups.map((of) => {
    const k11 = 1 + of.n * s11 + of.x * s21, k12 = of.n * s21 + of.x * s22;
    const k21 = of.x * s11 + of.xx * s21, k22 = 1 + of.x * s21 + of.xx * s22;
    const det = k11 * k22 - k12 * k21; // |V_j|
    // Z_jᵀ V_j⁻¹ Z_j and Z_jᵀ V_j⁻¹ y_j.
    const m11 = (k22 * of.n - k12 * of.x) / det, m21 = (k22 * of.x - k12 * of.xx) / det;
    const m22 = (k11 * of.xx - k21 * of.x) / det;
    const v1 = (k22 * of.y - k12 * of.xy) / det, v2 = (k11 * of.xy - k21 * of.y) / det;
    logDet += Math.log(det);
    r2 += of.yy - of.y * (s11 * v1 + s21 * v2) - of.xy * (s21 * v1 + s22 * v2);
    x11 += m11;
    x21 += m21;
    x22 += m22;
    e1 += v1;
    e2 += v2;
    return { m11, m21, m22, v1, v2 };
  });
  const detX = x11 * x22 - x21 * x21;
  const b1 = (x22 * e1 - x21 * e2) / detX, b2 = (x11 * e2 - x21 * e1) / detX;
  r2 -= b1 * e1 + b2 * e2; // (19)
  const free = n - 2;
  const spread = free * (1 + Math.log((2 * Math.PI * r2) / free));
  const modes = () =>
    parts.map(({ m11, m21, m22, v1, v2 }) => {
      const w1 = v1 - m11 * b1 - m21 * b2, w2 = v2 - m21 * b1 - m22 * b2;
      return [s11 * w1 + s21 * w2, s21 * w1 + s22 * w2];
    });
  // (41) and (40)
  return { value: logDet + Math.log(detX) + spread, sigma: Math.sqrt(r2 / free), modes };
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
      const [one, two] = curves.map(({ direction, curve }) => direction[1] ** 2 * curve);
      curves.splice(0, 2, { direction: [0, 1], curve: one + two });
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
