// A line of log-odds by two sliders, and one row of the data on both scales.

import { format, widened } from "./numbers.js";
import { twoScales } from "./two_scales.js";

export function odds(view, { x, y, labels, names, best, reach, farthest, start, chosen }) {
  const state = view.begin({ intercept: start[0], slope: start[1], row: labels[chosen] });
  const [axis, predictor, kind, success] = names;
  const slider = (key, label, most) =>
    view.slider(key, { label, min: -most, max: most, step: 0.1 });
  slider("intercept", "β₀", reach[0]);
  slider("slope", "β₁", reach[1]);
  view.choice("row", { label: kind, options: labels.map((label) => [label, label]) });
  view.button("to the estimates", () => ([state.intercept, state.slope] = best));
  view.legend([
    ["orange", "point", "the one chosen, on both scales"],
    ["green", "point", "log-odds 0, probability one half"],
    ["green", "dashes", "steepest slope: a quarter of β₁"],
    ["grey", "point", "the data"],
  ]);
  const span = widened(x, 0.05);
  const { left, right, draw } = twoScales(view, {
    x: axis, span, odds: [-farthest, farthest], success,
  });
  // A click chooses the nearest of the data.
  const points = x.map((at, i) => [at, y[i]]);
  right.clicked((a, b) => (state.row = labels[right.nearest(points, [a, b])]));

  return () => {
    const { intercept, slope } = state;
    const at = x[labels.indexOf(state.row)];
    const { eta, p, middle } = draw(intercept, slope);
    right.dots("data", points, "grey", 4);
    for (const [panel, height, half] of [[left, eta(at), 0], [right, p(at), 0.5]]) {
      panel.lines("where", [panel.y.domain().map((end) => [at, end])], "grey thin dashes");
      panel.dots("half", middle === null ? [] : [[middle, half]], "green", 5);
      panel.dots("chosen", [[at, height]], "orange", 7);
    }
    const sign = slope < 0 ? "−" : "+";
    const half =
      middle === null
        ? "It is the same for all."
        : `It is one half at ${format(middle, 3)}, and changes there by ` +
          `${format(slope / 4, 3)} per unit of ${predictor}.`;
    view.say(
      `${state.row}, ${predictor} ${format(at, 3)}: log-odds ${format(intercept)} ${sign} ` +
        `${format(Math.abs(slope))} · ${format(at, 3)} = ${format(eta(at))}, odds ` +
        `${format(Math.exp(eta(at)), 3)}, probability ${format(p(at), 3)}. ${half}`,
    );
  };
}
