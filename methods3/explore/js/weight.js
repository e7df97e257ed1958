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
