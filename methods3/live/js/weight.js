// How much a group's own data count, and standard deviations that may be infinite.

import { format } from "./numbers.js";

/** The last position of a slider; Infinity itself cannot be told in JSON. */
export const ENDLESS = "∞";

/** A standard deviation of the state as a number. */
export function sizeOf(value) {
  return value === ENDLESS ? Infinity : value;
}

/** The same in words, with its unit if it has one. */
export function sizeInWords(value, unit) {
  return value === ENDLESS || !unit ? format(sizeOf(value), 1) : `${format(value, 1)} ${unit}`;
}

/**
 * Weight of a group's own estimate, n σ_α² / (n σ_α² + σ_y²)  (Gelman & Hill 2007, in eq.
 * 12.4); null where it could be anything.
 */
export function shrinkageWeight(n, sigmaY, sigmaAlpha) {
  const own = n * sigmaAlpha ** 2;
  if (own === Infinity && sigmaY < Infinity) return 1;
  const weight = own / (own + sigmaY ** 2);
  return Number.isNaN(weight) ? null : weight;
}

/**
 * How much a group's own line counts: the diagonal of W = ΣA(ΣA + σ²I)⁻¹, A = ZᵀZ.
 *
 * The modes are W times what the group's own line is away from everybody's.
 */
export function lineWeights([[s11, s12], [s21, s22]], sigma, x) {
  const a11 = x.length;
  const a12 = x.reduce((sum, value) => sum + value, 0);
  const a22 = x.reduce((sum, value) => sum + value * value, 0);
  const [p, q] = [s11 * a11 + s12 * a12, s11 * a12 + s12 * a22];
  const [r, s] = [s21 * a11 + s22 * a12, s21 * a12 + s22 * a22];
  const more = sigma * sigma;
  const det = (p + more) * (s + more) - q * r;
  return [(p * (s + more) - q * r) / det, (s * (p + more) - q * r) / det];
}
