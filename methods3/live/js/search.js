// Where the criterion is smallest: for mlm.js, with its letters.

import { DataError, eigen } from "./algebra.js";
import { evaluate } from "./criterion.js";

// A step that promises less is the last, differences smaller than this are rounding, and
// what is smaller than so many standard errors may be 0, and is tried.
const STOP = 1e-11, ROUNDING = 1e-8, NEARLY_ZERO = 0.1;
const SMALLEST = 1e-5, MOST_STEPS = 100;
// Where searches may start: random effects in residual standard deviations, and the
// angle between two that go together, from −90° to 90°.
const SIZES = [0.03, 0.1, 0.3, 1, 3, 10, 30, 100];
const ANGLES = Array.from({ length: 13 }, (_, i) => ((i - 6) * Math.PI) / 12);
export const EXPLAINED =
  "fixed and random effects together explain y exactly: nothing is left for σ. " +
  "Is it constant within groups?";

/**
 * Newton's method from T, damped (Levenberg, Marquardt) where it would climb.
 *
 * The criterion depends on T Tᵀ alone, so that its slope is 0 wherever a column of T is
 * 0, at a minimum or not: the search never steps there; `settle` looks afterwards.
 * Steps change t12 too, and T is turned back to a triangle: so valleys are straight.
 */
function descend(d, start) {
  // The lower triangle of the same T Tᵀ, but nowhere 0 on the diagonal.
  const least = SMALLEST * d.unit;
  const clear = ([t11, t21, t22, t12 = 0]) => {
    const first = Math.hypot(t11, t12);
    if (d.q === 1) return [Math.max(first, least), 0, 0];
    if (first < least) return [least, 0, Math.max(Math.hypot(t21, t22), least)];
    const second = Math.abs(t11 * t22 - t12 * t21) / first;
    return [first, (t11 * t21 + t12 * t22) / first, Math.max(second, least)];
  };
  let here = evaluate(d, clear(start)), damping = 0;
  const steps = [here];
  for (let step = 0; step < MOST_STEPS && Number.isFinite(here.value); step++) {
    const { move, promised } = newton(d, here, damping);
    const moved = clear(move.map((change, i) => (here.T[i] ?? 0) + change));
    const there = evaluate(d, moved), kept = (here.value - there.value) / promised;
    if (kept > 0.1 || (promised < STOP && there.value <= here.value + STOP)) {
      here = there;
      steps.push(here);
      if (kept > 0.5) damping /= 10;
    } else damping = Math.max(10 * damping, 0.03);
    if (promised < (kept > 0.1 ? STOP : ROUNDING)) break;
  }
  return { ...here, steps };
}

/** Newton's step, with T in about its standard errors, and the decrease it promises. */
function newton(d, { T: [t11, t21, t22], gradient, hessian }, damping) {
  const first = d.unit * Math.hypot(1, t11), second = d.unit * Math.hypot(1, t21, t22);
  const scale = [first, second, second, first].slice(0, d.q ** 2);
  const g = scale.map((c, i) => c * gradient[i]);
  const { values, vectors } = eigen(
    scale.map((c, i) => scale.map((other, k) => c * other * hessian[i][k])),
  );
  // Along directions of negative curvature it goes down, not to the saddle.
  const move = [0, 0, 0, 0];
  let promised = 0;
  values.forEach((value, k) => {
    const slope = g.reduce((sum, gi, i) => sum + gi * vectors[i][k], 0);
    const length = slope / (Math.max(Math.abs(value), 1e-9) + damping);
    promised += (slope * length) / 2;
    scale.forEach((c, i) => (move[i] -= c * vectors[i][k] * length));
  });
  return { move, promised };
}

/** Descend, and set variances that vanish to exactly 0. */
function settle(d, start) {
  let end = descend(d, start);
  const small = (t) => Math.abs(t) < NEARLY_ZERO * d.unit;
  const attempt = (T) => {
    const there = evaluate(d, T, false);
    if (there.value > end.value + ROUNDING) return;
    end = { ...there, steps: [...end.steps, there] };
  };
  if (small(end.T[0])) attempt([0, 0, Math.hypot(end.T[1], end.T[2])]);
  if (d.q === 2 && small(end.T[2])) attempt([end.T[0], end.T[1], 0]);
  return end;
}

/**
 * The lowest minimum that is found: from wherever a grid dips.
 *
 * With a `start`, a T, from there, and from dips that are lower than where it leads.
 */
export function minimise(d, start) {
  // Without a correlation, nearly with one of ±1 (minima are often there), and between.
  const straight = (size, other) => [size, 0, other];
  const tilted = (size, a, other) => [size * Math.cos(a), size * Math.sin(a), other];
  const places = [];
  if (d.q === 1) places.push(...dips(d, SIZES, [0], straight));
  else {
    places.push(...dips(d, SIZES, SIZES, straight));
    places.push(...dips(d, SIZES, ANGLES, (size, a) => tilted(size, a, d.unit)));
    places.push(...dips(d, SIZES, ANGLES, (size, a) => tilted(size, a, size)));
  }
  if (!places.length) throw new DataError(EXPLAINED);
  const first = start ? [settle(d, start)] : [];
  const lower = start ? places.filter(({ value }) => value < first[0].value) : places;
  const ends = [...first, ...lower.map(({ T }) => settle(d, T))];
  return ends.reduce((best, end) => (end.value < best.value - ROUNDING ? end : best));
}

/** Points of a grid of T that are lower than those next to them. */
function dips(d, rows, columns, at) {
  const grid = rows.map((row) =>
    columns.map((column) => evaluate(d, at(row, column), false)),
  );
  const value = (i, k) => grid[i]?.[k]?.value ?? Infinity;
  return grid.flatMap((row, i) =>
    row.filter(
      (here, k) =>
        here.value <= Math.min(value(i - 1, k), value(i, k - 1)) &&
        here.value < Math.min(value(i + 1, k), value(i, k + 1)),
    ),
  );
}
