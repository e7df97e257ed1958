// The t test of a slope as it comes out if the slope is there: power, and density of t.
//
// T = N / U, where N is normal with mean δ (the slope in its standard errors) and standard
// deviation 1, and df · U² is a chi-square variable.

import { sequence } from "./numbers.js";

// Values of U, up to so many standard deviations of it above 1.
const COUNT = 240, FAR = 8;
const TWO_PI = Math.sqrt(2 * Math.PI);
const normal = (z) => Math.exp((-z * z) / 2) / TWO_PI;
const known = new Map();

/** Values u of U, how likely each is, and how likely more than it. */
function spread(df) {
  if (known.has(df)) return known.get(df);
  const last = 1 + FAR / Math.sqrt(2 * df), step = last / COUNT;
  const u = sequence(step / 2, last - step / 2, COUNT);
  // Up to a factor, without powers that overflow: u^(df − 1) e^(−df u² / 2) is 1 at 1.
  const height = u.map((v) => Math.exp((df - 1) * Math.log(v) - (df * (v * v - 1)) / 2));
  const total = height.reduce((sum, h) => sum + h, 0);
  const share = height.map((h) => h / total);
  let left = 1;
  const more = share.map((s) => (left -= s) + s / 2);
  known.set(df, { u, share, more, step });
  return known.get(df);
}

/** Probability of |T| > limit: 1 − ∫ c (φ(cu − δ) + φ(cu + δ)) P(U > u) du, c the limit. */
export function power(df, limit, delta) {
  const { u, more, step } = spread(df);
  const inside = u.reduce((sum, v, i) => {
    const both = normal(limit * v - delta) + normal(limit * v + delta);
    return sum + limit * step * both * more[i];
  }, 0);
  return Math.min(Math.max(1 - inside, 0), 1);
}

/** Density of T at t: the mean of U φ(tU − δ). */
export function density(df, delta, t) {
  const { u, share } = spread(df);
  return u.reduce((sum, v, i) => sum + share[i] * v * normal(t * v - delta), 0);
}

/** Squared standard error of the slope: of people who differ, and of trials that scatter. */
export function parts({ sd, sigma, last }, people, trials) {
  // Σ(x − x̄)² of n trials, evenly from 0 to the last day.
  const spreadOfDays = (last ** 2 * trials * (trials + 1)) / (12 * (trials - 1));
  return [sd ** 2 / people, sigma ** 2 / spreadOfDays / people];
}
