// One group's points with its own line, its partially pooled one, and everybody's; and the
// plane of all groups' effects.  What the figures "drag" and "playground" have in common.

import { leastSquares } from "./mlm.js";
import { ellipse, format, widened } from "./numbers.js";

/**
 * How much a group's own line counts: the diagonal of W = ΣA(ΣA + σ²I)⁻¹, A = ZᵀZ.
 *
 * The modes are W times what the group's own line is away from everybody's.
 */
export function weights([[s11, s12], [s21, s22]], sigma, x) {
  const a11 = x.length;
  const a12 = x.reduce((sum, value) => sum + value, 0);
  const a22 = x.reduce((sum, value) => sum + value * value, 0);
  const [p, q] = [s11 * a11 + s12 * a12, s11 * a12 + s12 * a22];
  const [r, s] = [s21 * a11 + s22 * a12, s21 * a12 + s22 * a22];
  const more = sigma * sigma;
  const det = (p + more) * (s + more) - q * r;
  return [(p * (s + more) - q * r) / det, (s * (p + more) - q * r) / det];
}

/** Σ and a root of it, 2 × 2, also where there is no random slope. */
export function covariance({ Sigma, theta: [t11, t21 = 0, t22 = 0], sigma }) {
  return {
    Sigma: Sigma.length > 1 ? Sigma : [[Sigma[0][0], 0], [0, 0]],
    root: [[sigma * t11, 0], [sigma * t21, sigma * t22]],
  };
}

/** The words of a line: intercept and slope. */
export function lineWords([intercept, slope], xName) {
  return slope === undefined
    ? format(intercept, 1)
    : `${format(intercept, 1)} + ${format(slope, 1)} ${xName}`.replace("+ −", "− ");
}

/** Two panels, and functions that draw in them. */
export class PooledLines {
  constructor(view) {
    view.legend([
      ["blue", "point", "points to drag"],
      ["green", "dashes", "own line (no pooling)"],
      ["orange", "", "partially pooled"],
      ["grey", "", "everybody (fixed effects)"],
    ]);
    const axis = (label) => ({ label, domain: [0, 1] });
    this.points = view.panel({ label: "Points", x: axis("x"), y: axis("y") });
    this.plane = view.panel({
      label: "Random effects of all groups, with ellipses of Σ",
      x: axis("random intercept"),
      y: axis("random slope"),
    });
    this.numbers = view.numbers("What the model estimates");
  }

  /** Axes that hold all data, with room to drag. */
  frame(x, y, xName, yName) {
    this.ends = widened(x, 0.05);
    this.points.labels(xName, yName);
    this.points.domains(this.ends, widened(y, 0.25));
  }

  /** The points of one group; see `Panel.handles` for the items and their handlers. */
  showPoints(label, items, handlers) {
    this.points.describe(label);
    this.points.handles("points", items, handlers);
  }

  /** Leave out, or bring back, the point that was touched last. */
  toggle() {
    this.points.toggle("points", this.points.current.points ?? 0);
  }

  /** Nothing is fitted. */
  clear() {
    for (const name of ["everybody", "own", "pooled"]) this.points.lines(name, [], "grey");
    for (const name of ["modes", "this"]) this.plane.dots(name, [], "blue");
    this.plane.lines("ellipses", [], "grey");
    this.numbers([]);
  }

  /**
   * Lines of one group, `shown`, whose points are x and y, and what the model estimates.
   * Gives the words for it.
   */
  show(found, { shown, x, y, xName, slope }) {
    const [a, b = 0] = found.beta;
    const j = found.groups.indexOf(shown);
    const modes = found.modes.map(([intercept, s = 0]) => [intercept, s]);
    const [u, v] = modes[j] ?? [0, 0];
    const many = x.length > 2 && new Set(x).size > 1;
    const X = [["(Intercept)", 1], ...(slope ? [[xName, x]] : [])];
    const own = (slope ? many : x.length > 0) ? leastSquares(y, X).beta : null;
    const pooled = slope ? [a + u, b + v] : [a + u];
    const line = ([start, rise = 0]) => this.ends.map((at) => [at, start + rise * at]);
    this.points.lines("everybody", [line([a, b])], "grey");
    this.points.lines("own", own ? [line(own)] : [], "green dashes");
    this.points.lines("pooled", [line(pooled)], "orange strong");
    this.showPlane(found, modes, j);
    this.showNumbers(found, x);
    const words = own ? `own line ${lineWords(own, xName)}, ` : "too few points for an own line, ";
    return (
      `${shown}: ${words}partially pooled ${lineWords(pooled, xName)}, everybody ` +
      `${lineWords(found.beta, xName)}.${found.singular ? " The fit is singular." : ""}`
    );
  }

  showPlane(found, modes, j) {
    const { root } = covariance(found);
    const reach = root.map((row, k) => {
      const furthest = modes.map((mode) => 1.2 * Math.abs(mode[k]));
      return Math.max(2.5 * Math.hypot(...row), ...furthest) || 1;
    });
    this.plane.domains([-reach[0], reach[0]], [-reach[1], reach[1]]);
    this.plane.lines("ellipses", [1, 2].map((r) => ellipse([0, 0], root, r)), "grey");
    this.plane.dots("modes", modes, "blue", 4);
    this.plane.dots("this", j < 0 ? [] : [modes[j]], "orange", 7);
  }

  showNumbers(found, x) {
    const { Sigma } = covariance(found);
    const slopes = found.Sigma.length > 1;
    const lambda = weights(Sigma, found.sigma, x);
    const sds = [Math.sqrt(Sigma[0][0]), Math.sqrt(Sigma[1][1])];
    const rows = [["λ of the intercept", lambda[0]], ["SD of intercepts", sds[0]]];
    if (slopes) {
      rows.push(["λ of the slope", lambda[1]], ["SD of slopes", sds[1]]);
      rows.push(["correlation", Sigma[0][1] / (sds[0] * sds[1])]);
    }
    rows.push(["σ", found.sigma], ["criterion", found.criterion]);
    this.numbers(rows.map(([name, value]) => [name, format(value, 2)]));
  }
}
