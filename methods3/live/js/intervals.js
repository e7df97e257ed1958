// Three 95 % intervals of a proportion: which of them leave the range from 0 to 1?

import { expit, format, within } from "./numbers.js";

const Z = 1.959963984540054;

/** Ends of a 95 % interval of k successes in n, by name of the method. */
export function proportionIntervals(k, n) {
  const p = k / n;
  const half = Z * Math.sqrt((p * (1 - p)) / n);
  const middle = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const wide = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  const logit = Math.log(p / (1 - p));
  const se = 1 / Math.sqrt(n * p * (1 - p));
  return {
    Wald: [p - half, p + half],
    Wilson: [middle - wide, middle + wide],
    logit: k === 0 || k === n ? null : [expit(logit - Z * se), expit(logit + Z * se)],
  };
}

export function intervals(view, { sizes, start }) {
  const state = view.begin({ successes: start[0], n: start[1] });
  view.slider("n", {
    label: "sample size n", values: sizes, text: String,
    after: () => (state.successes = Math.min(state.successes, state.n)),
  });
  const panel = view.panel({
    label: "Three intervals of a proportion",
    x: { label: "proportion, with 95 % intervals", domain: [-0.3, 1.3] },
    y: { label: "", domain: [-0.6, 3.4] },
    width: 560,
    height: 240,
    yTicks: 0,
  });
  view.legend([
    ["blue", "", "inside 0 to 1"],
    ["orange", "", "outside: no proportion is there"],
  ]);
  const move = (successes) => {
    state.successes = Math.round(within(successes, [0, state.n]));
  };

  return () => {
    const { successes, n } = state;
    const found = Object.entries(proportionIntervals(successes, n));
    panel.lines("edges", [0, 1].map((edge) => [[edge, -0.6], [edge, 3.4]]), "grey");
    const inside = ([low, high]) => [Math.max(low, 0), Math.min(high, 1)];
    const bars = found.map(([, ends], i) => [ends ?? [0, 1], 2 - i]);
    const between = ([a, b], at) => [[a, at], [b, at]];
    panel.lines("inside", bars.map(([e, at]) => between(inside(e), at)), (i) =>
      found[i][1] ? "blue strong" : "faint dashes",
    );
    const below = bars.filter(([[low]]) => low < 0).map(([e, at]) => between([e[0], 0], at));
    const above = bars.filter(([e]) => e[1] > 1).map(([e, at]) => between([1, e[1]], at));
    panel.lines("outside", [...below, ...above], "orange strong");
    panel.texts("names", found.map(([name], i) => [-0.28, 2.2 - i, name]));
    const where = `${successes} of ${n}`;
    const handle = { x: successes / n, y: 3, label: "the proportion", text: where };
    panel.handles(
      "proportion",
      [handle],
      { free: true, step: [1 / n, 0], moved: (_, x) => move(x * n) },
      "blue",
    );
    const said = found.map(([name, ends]) =>
      ends ? `${name} ${format(ends[0], 3)} to ${format(ends[1], 3)}` : `no ${name} interval`,
    );
    view.say(`${where}: ${said.join(", ")}.`);
  };
}
