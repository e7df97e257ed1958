// One group's points with its own line, its partially pooled one, and everybody's; and the
// plane of all groups' effects.  What the figures "drag" and "playground" have in common.

import { root, withSlope } from "./covariance.js";
import { leastSquares } from "./mlm.js";
import { ellipse, format, widened } from "./numbers.js";
import { lineWeights } from "./weight.js";

/** The words of a line: intercept and slope. */
function lineWords([intercept, slope], xName) {
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
    const names = ["everybody", "own", "pooled", "complete"];
    for (const name of names) this.points.lines(name, [], "grey");
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

  /** The line that a model without groups has: complete pooling. */
  showComplete([start, rise = 0]) {
    const line = this.ends.map((at) => [at, start + rise * at]);
    this.points.lines("complete", [line], "grey dashes");
  }

  showPlane(found, modes, j) {
    const T = root(withSlope(found.Sigma));
    const reach = T.map((row, k) => {
      const furthest = modes.map((mode) => 1.2 * Math.abs(mode[k]));
      return Math.max(2.5 * Math.hypot(...row), ...furthest) || 1;
    });
    this.plane.domains([-reach[0], reach[0]], [-reach[1], reach[1]]);
    this.plane.lines("ellipses", [1, 2].map((r) => ellipse([0, 0], T, r)), "grey");
    this.plane.dots("modes", modes, "blue", 4);
    this.plane.dots("this", j < 0 ? [] : [modes[j]], "orange", 7);
  }

  showNumbers(found, x) {
    const slopes = found.Sigma.length > 1;
    const Sigma = withSlope(found.Sigma);
    const lambda = lineWeights(Sigma, found.sigma, x);
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
