// One step of log-odds from any probability: a difference, a risk ratio, an odds ratio.

import { expit, format, sequence, within } from "./numbers.js";

// The rarest and the surest that a probability can be dragged to.
const ENDS = [0.01, 0.99];
const [LEAST, MOST] = ENDS.map((p) => Math.log(p / (1 - p)));

export function answers(view, { start, span, largest }) {
  const state = view.begin({ eta: Math.log(start[0] / (1 - start[0])), step: start[1] });
  view.slider("step", {
    label: "step of log-odds",
    min: -largest,
    max: largest,
    step: 0.1,
    text: (step) => format(step),
  });
  view.button("odds ratio 2", () => (state.step = Math.LN2));
  view.button("step 0.4", () => (state.step = 0.4));
  view.legend([
    ["blue", "point", "the probability before the step: drag it"],
    ["orange", "point", "after the step, and the difference"],
    ["blue", "", "risk ratio"],
    ["green", "dashes", "odds ratio"],
  ]);
  const curve = view.panel({
    label: "Probability by log-odds",
    x: { label: "log-odds", domain: span },
    y: { label: "probability", domain: [0, 1] },
  });
  const differences = view.panel({
    label: "Difference of the probabilities, by the probability before the step",
    x: { label: "probability before", domain: [0, 1] },
    y: { label: "difference", domain: [0, 1] },
  });
  const ratios = view.panel({
    label: "Risk ratio and odds ratio, by the probability before the step",
    x: { label: "probability before", domain: [0, 1] },
    y: { label: "ratio", domain: [0, 2] },
  });
  const across = sequence(...span, 121);
  const places = sequence(-9, 9, 181);

  return () => {
    const { eta, step } = state;
    const odds = Math.exp(step);
    const [p, then] = [expit(eta), expit(eta + step)];
    curve.lines("graph", [across.map((x) => [x, expit(x)])], "grey strong");
    curve.lines("step", [[[eta, p], [eta + step, p], [eta + step, then]]], "orange strong");
    curve.dots("after", [[eta + step, then]], "orange", 5);
    curve.handles(
      "before",
      [{ x: eta, y: p, label: "probability before the step", text: format(p, 3) }],
      { free: true, step: [0.1, 0], moved: (_, x) => (state.eta = within(x, [LEAST, MOST])) },
      "blue",
    );
    // The largest difference is where the step lies evenly around one half.
    const most = Math.max(Math.abs(expit(step / 2) - expit(-step / 2)), 0.05) * 1.2;
    differences.domains([0, 1], step < 0 ? [-most, 0] : [0, most]);
    const steps = places.map((x) => [expit(x), expit(x + step) - expit(x)]);
    differences.lines("graph", [steps], "orange strong");
    differences.dots("now", [[p, then - p]], "orange", 5);
    ratios.domains([0, 1], [0, Math.max(1.2 * odds, 1.4)]);
    ratios.lines("odds", [[[0, odds], [1, odds]]], "green dashes");
    const risks = places.map((x) => [expit(x), expit(x + step) / expit(x)]);
    ratios.lines("graph", [risks], "blue strong");
    ratios.dots("now", [[p, then / p]], "blue", 5);
    const points = 100 * (then - p);
    view.say(
      `From ${format(p, 3)} to ${format(then, 3)}: ${format(Math.abs(points), 1)} points ` +
        `${points < 0 ? "less" : "more"}, a risk ratio of ${format(then / p)}. The odds go ` +
        `from ${format(p / (1 - p), 3)} to ${format(then / (1 - then), 3)}, an odds ratio ` +
        `of ${format(odds)}.`,
    );
  };
}
