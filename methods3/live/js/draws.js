// Data at random, for mlm.js: "draw again".

import { INTERCEPT, groups } from "./design.js";
import { DataError, columns } from "./algebra.js";
import { root, withSlope } from "./covariance.js";

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
  // 52 bits, in the middle of their cells: never 0, never 1.
  const uniform = () => ((next() >>> 6) * 2 ** 26 + (next() >>> 6) + 0.5) / 2 ** 52;
  // Box and Muller's; of each pair the second is not used.
  const normal = () =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** Twice a gamma variable of shape k/2: χ² with k > 1 degrees (Marsaglia and Tsang 2000). */
export function chiSquared(k, { normal, uniform }) {
  if (k === 1) return normal() ** 2;
  const d = k / 2 - 1 / 3;
  for (;;) {
    const z = normal();
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(uniform()) < z ** 2 / 2 + d - d * v + d * Math.log(v)) return 2 * d * v;
  }
}

/**
 * Draw y = Xβ + Zb + ε, with X, Z and group as in `design`.
 *
 * `Sigma` is [[s11]] or [[s11, s21], [s21, s22]], and may be singular.  Also gives the
 * effects `b` that were drawn, in the order in which groups first come.
 */
export function simulate({ X, Z = INTERCEPT, group, beta, Sigma, sigma }, { normal }) {
  const n = group.length, fixed = columns(X, n), effects = columns(Z, n);
  const { labels, code } = groups(group, n);
  if (beta.length !== fixed.length || Sigma.length !== effects.length)
    throw new DataError(
      `beta needs ${fixed.length} numbers, and Sigma ${effects.length} rows.`,
    );
  const [[s11], [s21, s22]] = withSlope(Sigma);
  if (!(s11 >= 0 && s22 >= 0 && s21 ** 2 <= s11 * s22 * (1 + 1e-12)))
    throw new DataError("Sigma is no covariance: a variance is negative, or |r| > 1.");
  const [[t11], [t21, t22]] = root(withSlope(Sigma));
  const b = labels.map(() => {
    const first = normal(), second = normal();
    return [t11 * first, t21 * first + t22 * second].slice(0, effects.length);
  });
  const sum = (parts, weights, i) =>
    parts.reduce((total, { values }, k) => total + values[i] * weights[k], 0);
  const y = Array.from(
    code,
    (j, i) => sum(fixed, beta, i) + sum(effects, b[j], i) + sigma * normal(),
  );
  return { y, b, groups: labels };
}
