// Two panels: a line of log-odds, and the curve of probabilities that it stands for.

import { expit, sequence } from "./numbers.js";

/** `{ left, right, draw }`: `draw` takes intercept and slope, and gives η and p by x. */
export function twoScales(view, { x, span, odds, success = "" }) {
  const left = view.panel({
    label: `Log-odds by ${x}: a line`,
    x: { label: x, domain: span },
    y: { label: "log-odds", domain: odds },
  });
  const right = view.panel({
    label: `Probability by ${x}: a curve`,
    x: { label: x, domain: span },
    y: { label: `probability${success && ` of ${success}`}`, domain: [-0.1, 1.1] },
  });
  const across = sequence(...span, 121);

  function draw(intercept, slope) {
    const eta = (at) => intercept + slope * at;
    const p = (at) => expit(eta(at));
    left.lines("zero", [span.map((at) => [at, 0])], "grey thin");
    left.lines("graph", [span.map((at) => [at, eta(at)])], "blue strong");
    right.lines("borders", [0, 1].map((y) => span.map((at) => [at, y])), "grey thin");
    // Where the probability is one half; a flat line has no such place.
    const middle = slope === 0 ? null : -intercept / slope;
    const tangent = [-0.1, 1.1].map((y) => [middle + (y - 0.5) / (slope / 4), y]);
    right.lines("tangent", middle === null ? [] : [tangent], "green dashes");
    right.lines("graph", [across.map((at) => [at, p(at)])], "blue strong");
    return { eta, p, middle };
  }

  return { left, right, draw };
}
