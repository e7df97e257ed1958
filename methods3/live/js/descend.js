// Where Newton's method goes in a plane, from wherever it is put.

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
