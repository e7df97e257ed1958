// Lay a line through points by hand: squares of the residuals, and the bowl of their sum,
// whose bottom is hidden until readers ask where it is.

import { ellipse, format, widened } from "./numbers.js";

// Sums of squares that are drawn, over the smallest possible.
const RINGS = [1.05, 1.5, 3, 6, 12, 25];

export function line(view, { x, y, names, best, root, smallest, reach, start }) {
  const state = view.begin({ intercept: start[0], slope: start[1], shown: false });
  const [xName, yName] = names;
  const ends = widened(x, 0.05);
  const points = view.panel({
    label: `${yName} by ${xName}, with a line`,
    x: { label: xName, domain: ends },
    y: { label: yName, domain: widened(y, 0.6) },
  });
  const bowl = view.panel({
    label: "Sum of squares by intercept and slope",
    x: { label: "intercept", domain: reach[0] },
    y: { label: "slope", domain: reach[1] },
  });
  view.legend([
    ["orange", "point", "this line: drag it"],
    ["green", "point", "least squares, when you ask for it"],
  ]);
  view.slider("intercept", {
    label: "intercept", min: reach[0][0], max: reach[0][1], step: 0.5,
  });
  view.slider("slope", { label: "slope", min: reach[1][0], max: reach[1][1], step: 0.1 });
  view.button("to least squares", () => {
    [state.intercept, state.slope] = best;
    state.shown = true;
  });
  const rings = RINGS.map((ring) => ellipse(best, root, Math.sqrt((ring - 1) * smallest)));
  // A square's side on the screen is the residual's length there.
  const perUnit = Math.abs(points.y(1) - points.y(0)) / Math.abs(points.x(1) - points.x(0));
  const square = (i, fitted) => {
    const side = (y[i] - fitted) * perUnit;
    const corners = [[0, 0], [side, 0], [side, 1], [0, 1], [0, 0]];
    return corners.map(([across, up]) => [x[i] + across, fitted + up * (y[i] - fitted)]);
  };

  return () => {
    const { intercept, slope, shown } = state;
    const at = (value) => intercept + slope * value;
    const sum = x.reduce((total, value, i) => total + (y[i] - at(value)) ** 2, 0);
    points.areas("squares", x.map((value, i) => square(i, at(value))), "orange");
    points.lines("line", [ends.map((value) => [value, at(value)])], "orange strong");
    points.dots("points", x.map((value, i) => [value, y[i]]), "blue");
    bowl.lines("rings", shown ? rings : [], "grey thin");
    bowl.dots("best", shown ? [best] : [], "green", 5);
    const where = `intercept ${format(intercept, 1)}, slope ${format(slope, 1)}`;
    bowl.handles(
      "here",
      [{ x: intercept, y: slope, label: "this line", text: where }],
      {
        free: true,
        moved: (_, a, b) => {
          [state.intercept, state.slope] = [a, b];
        },
      },
      "orange",
    );
    const line = ([a, b]) => `${format(a, 1)} + ${format(b, 1)} ${xName}`;
    view.say(
      `The line ${line([intercept, slope])} has a sum of squares of ${format(sum, 0)}, ` +
        `${format(sum / smallest, 2)} times the smallest` +
        (shown ? `, which is that of ${line(best)}.` : "."),
    );
  };
}
