// A line of log-odds, and the curve of probabilities that it stands for.

import { expit, format, sequence, within } from "./numbers.js";

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
  const left = view.panel({
    label: "Log-odds by x: a line",
    x: { label: "x", domain: SPAN },
    y: { label: "log-odds", domain: ODDS },
  });
  const right = view.panel({
    label: "Probability by x: a curve",
    x: { label: "x", domain: SPAN },
    y: { label: "probability", domain: [-0.1, 1.1] },
  });
  const across = sequence(...SPAN, 121);
  const step = (panel, f, x) => [[[x, f(x)], [x + 1, f(x)], [x + 1, f(x + 1)]]];

  return () => {
    const { intercept, slope, at } = state;
    const eta = (x) => intercept + slope * x;
    const p = (x) => expit(eta(x));
    left.lines("zero", [SPAN.map((x) => [x, 0])], "grey thin");
    left.lines("graph", [SPAN.map((x) => [x, eta(x)])], "blue strong");
    left.lines("step", step(left, eta, at), "orange strong");
    right.lines("borders", [0, 1].map((y) => SPAN.map((x) => [x, y])), "grey thin");
    // Where the probability is one half, if that is in the picture.
    const middle = -intercept / slope;
    const tangent = [-0.1, 1.1].map((y) => [middle + (y - 0.5) / (slope / 4), y]);
    right.lines("tangent", Number.isFinite(middle) ? [tangent] : [], "green dashes");
    right.lines("graph", [across.map((x) => [x, p(x)])], "blue strong");
    right.lines("step", step(right, p, at), "orange strong");
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
