// A line of log-odds, and the curve of probabilities that it stands for.

import { format, within } from "./numbers.js";
import { twoScales } from "./two_scales.js";

const SPAN = [-6, 6];
const ODDS = [-8, 8];
// Where the line is held to turn it; its steepest slope and its highest place at 0.
const HELD = 2;
const STEEPEST = 4;
const HIGHEST = 4;

export function logistic(view, { start }) {
  const state = view.begin({ intercept: start[0], slope: start[1], at: start[2] });
  view.legend([
    ["blue", "point", "the line: drag it up and down"],
    ["orange", "point", "one step of x: drag it to the side"],
    ["green", "dashes", "a quarter of the slope"],
  ]);
  const { left, right, draw } = twoScales(view, { x: "x", span: SPAN, odds: ODDS });
  const step = (f, x) => [[[x, f(x)], [x + 1, f(x)], [x + 1, f(x + 1)]]];

  return () => {
    const { intercept, slope, at } = state;
    const { eta, p } = draw(intercept, slope);
    left.lines("step", step(eta, at), "orange strong");
    right.lines("step", step(p, at), "orange strong");
    left.handles(
      "line",
      [
        { x: 0, y: intercept, label: "intercept", text: format(intercept, 1) },
        { x: HELD, y: eta(HELD), label: "slope", text: format(slope, 1) },
      ],
      {
        step: [0, 0.2],
        moved: (i, _, y) => {
          if (i) state.slope = within((y - intercept) / HELD, [-STEEPEST, STEEPEST]);
          else state.intercept = within(y, [-HIGHEST, HIGHEST]);
        },
      },
      "blue",
    );
    right.handles(
      "at",
      [{ x: at, y: p(at), label: "where the step begins", text: `x ${format(at, 1)}` }],
      { free: true, step: [0.1, 0], moved: (_, x) => (state.at = within(x, [-6, 5])) },
      "orange",
    );
    view.say(
      `From x ${format(at, 1)} to ${format(at + 1, 1)} the log-odds change by ` +
        `${format(slope)}, and the probability by ${format(p(at + 1) - p(at), 3)}, from ` +
        `${format(p(at), 3)} to ${format(p(at + 1), 3)}. A quarter of the slope is ` +
        `${format(slope / 4, 3)}.`,
    );
  };
}
