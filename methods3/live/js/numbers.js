// Numbers: as readers see them, in rows, as ellipses and as probabilities.

/** A number as readers see it, with a true minus sign. */
export function format(value, digits = 2) {
  if (value === Infinity) return "∞";
  if (!Number.isFinite(value)) return "not defined";
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

/** Ends of an axis that leave room around numbers: `share` of their range. */
export function widened(values, share = 0.1) {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const room = share * (most - least || Math.abs(most) || 1);
  return [least - room, most + room];
}

/** `count` numbers from the first to the last, both among them. */
export function sequence(first, last, count) {
  return Array.from({ length: count }, (_, i) => first + ((last - first) * i) / (count - 1));
}

/** The least and the most kept to: `value` between the ends of `domain`. */
export function within(value, domain) {
  return Math.min(Math.max(value, domain[0]), domain[1]);
}

/** Mean and standard deviation; the latter is 0 of one number. */
export function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / Math.max(values.length - 1, 1)) };
}

/** Points of the ellipse centre + radius · root · circle; `root` is a 2 × 2 matrix. */
export function ellipse(centre, root, radius = 1) {
  return sequence(0, 2 * Math.PI, 61).map((angle) => {
    const [c, s] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return [0, 1].map((i) => centre[i] + root[i][0] * c + root[i][1] * s);
  });
}

/** The probability of log-odds η: logit⁻¹(η), (eq-logit). */
export function expit(eta) {
  return 1 / (1 + Math.exp(-eta));
}
