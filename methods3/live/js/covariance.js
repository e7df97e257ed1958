// Covariance matrices of two: an intercept and a slope.

/** The ellipse with 95 % of the random effects has this many standard deviations. */
export const WIDE = Math.sqrt(5.991);

/** Σ of two standard deviations and a correlation. */
export function covariance(first, second, correlation) {
  const between = correlation * first * second;
  return [[first * first, between], [between, second * second]];
}

/** Σ of an intercept and a slope, also where the slope does not vary. */
export function withSlope(Sigma) {
  return Sigma.length > 1 ? Sigma : [[Sigma[0][0], 0], [0, 0]];
}

/** The lower triangle L with L Lᵀ = Σ. */
export function root([[s11, s12], [, s22]]) {
  const first = Math.sqrt(s11), tilt = first > 0 ? s12 / first : 0;
  return [[first, 0], [tilt, Math.sqrt(Math.max(s22 - tilt * tilt, 0))]];
}
