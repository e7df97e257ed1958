// Plan a study: drag people against trials, between lines of equal power and equal cost.

import { density, parts, power } from "./power.js";
import { format, sequence, within } from "./numbers.js";

// Of each line of equal power.
const STYLES = ["grey", "blue strong", "green dashes"];
// The estimate in standard errors, where densities are drawn.
const T = sequence(-4.5, 11, 78);
// Behind all limits, and above all curves; from one line of words to the next.
const WORDS = 3.4, LINE = 15;

export function plan(view, parameters) {
  const { people, limits, levels, needed, sigma, last, unit, start, reach } = parameters;
  const state = view.begin({
    people: start.people, trials: start.trials, slope: start.slope, sd: start.sd, cost: 0,
  });
  const decimals = (value) => `${format(value, 1)} ${unit}`;
  view.slider("slope", {
    label: "true slope", min: 0.5, max: reach.slope, step: 0.1, text: decimals,
  });
  view.slider("sd", {
    label: "SD of slopes between subjects", max: reach.sd, step: 0.1, text: decimals,
  });
  view.slider("cost", {
    label: "a subject costs", max: 200, step: 10,
    text: (value) => `${value} measurements more`,
  });
  view.legend([
    ...levels.map((level, k) => [
      STYLES[k].split(" ")[0], STYLES[k].split(" ")[1] ?? "", `power ${level}`,
    ]),
    ["orange", "point", "your plan: drag it"],
    ["orange", "dashes", "plans of the same cost"],
    ["blue", "point", "the best of them"],
  ]);
  const [fewest, most] = [people[0], people.at(-1)];
  const { trials: ends } = reach;
  const plane = view.panel({
    label: "Plans: trials of each subject by subjects",
    x: { label: "subjects", domain: [fewest - 1, most + 1] },
    y: { label: "trials of each subject", domain: [0, ends[1] + 6] },
  });
  const test = view.panel({
    label: "Distribution of t",
    x: { label: "t: estimated slope, in its standard errors", domain: [T[0], T.at(-1)] },
    y: { label: "", domain: [0, 0.46] },
    yTicks: 0,
  });
  const bar = view.panel({
    label: "Squared standard error of the slope",
    x: { label: `squared standard error, (${unit})²`, domain: [0, 1] },
    y: { label: "", domain: [0, 1] },
    width: 560,
    height: 110,
    yTicks: 0,
  });

  const partsOf = (J, n) => parts({ sd: state.sd, sigma, last }, J, n);
  const deltaOf = ([a, b]) => state.slope / Math.sqrt(a + b);
  const powerOf = (J, n) => power(J - 1, limits[J - fewest], deltaOf(partsOf(J, n)));
  const costOf = (J, n) => J * (state.cost + n);

  /** The line of equal power: with n trials the slope is δ standard errors from here on. */
  function contour(deltas) {
    const trials = sequence(...ends, ends[1] - ends[0] + 1);
    return trials.flatMap((n) => {
      const beyond = people.map((J, i) => deltaOf(partsOf(J, n)) - deltas[i]);
      const i = beyond.findIndex((value) => value >= 0);
      if (i < 1) return [];
      return [[people[i] - beyond[i] / (beyond[i] - beyond[i - 1]), n]];
    });
  }

  /** The plan with most power that costs no more. */
  function bestFor(cost) {
    let best = { power: -1 };
    for (const J of people) {
      const n = Math.min(Math.floor(cost / J - state.cost), ends[1]);
      if (n < ends[0]) continue;
      const found = powerOf(J, n);
      if (found > best.power + 1e-9) best = { people: J, trials: n, power: found };
    }
    return best;
  }

  return () => {
    const { people: J, trials: n, slope } = state;
    const found = partsOf(J, n);
    const [square, here, cost] = [found[0] + found[1], powerOf(J, n), costOf(J, n)];
    const best = bestFor(cost);
    plane.lines("equal", needed.map(contour), (k) => STYLES[k]);
    const same = sequence(fewest, most, 120).map((at) => [at, cost / at - state.cost]);
    const inside = same.filter(([, at]) => at > 0 && at <= 2 * ends[1]);
    plane.lines("cost", [inside], "orange dashes");
    plane.dots("best", [[best.people, best.trials]], "blue", 6);
    const counted = `${J} subjects with ${n} trials each`;
    plane.handles(
      "plan",
      [{ x: J, y: n, label: "your plan", text: counted }],
      {
        free: true,
        step: [1, 1],
        moved: (_, x, y) => {
          state.people = within(Math.round(x), [fewest, most]);
          state.trials = within(Math.round(y), ends);
        },
      },
      "orange",
    );

    const limit = limits[J - fewest];
    const curve = (delta) => T.map((t) => [t, density(J - 1, delta, t)]);
    const there = curve(deltaOf(found));
    const beyond = there.filter(([t]) => t > limit);
    const from = [limit, density(J - 1, deltaOf(found), limit)];
    test.areas("beyond", [[[limit, 0], from, ...beyond, [T.at(-1), 0]]], "orange full");
    test.lines("curves", [curve(0), there], (k) => ["grey dashes", "blue strong"][k]);
    test.lines("limits", [-limit, limit].map((at) => [[at, 0], [at, 0.46]]), "grey");
    const words = [
      "dashes: slope 0", `blue: slope ${format(slope, 1)}`, `shaded: power ${format(here)}`,
    ];
    test.texts("legend", words.map((text, k) => [WORDS, test.y.invert(12 + LINE * k), text]));

    const largest = partsOf(fewest, ends[0]).reduce((sum, part) => sum + part);
    bar.domains([0, 1.05 * largest], [0, 1]);
    const box = (left, right) => [[left, 0.1], [right, 0.1], [right, 0.6], [left, 0.6]];
    bar.areas("parts", [box(0, found[0]), box(found[0], square)],
      (k) => ["orange full", "blue full"][k]);
    const share = Math.round((100 * found[0]) / square);
    bar.texts("words", [[0, 0.75, `people differ: ${share} % · trials scatter: ${100 - share} %`]]);
    view.say(
      `${counted}, ${J * n} measurements: the slope's standard error is ` +
        `${format(Math.sqrt(square))} ${unit}, and ${share} % of its square are differences ` +
        `between people; the test rejects beyond t = ${format(limit)}; power ` +
        `${format(here, 3)}. Of the plans that cost no more, the best has ${best.people} ` +
        `subjects with ${best.trials} trials each: power ${format(best.power, 3)}.`,
    );
  };
}
