// People's curves, the typical person's curve, and the average of all of them.

import { expit, format, sequence, within } from "./numbers.js";

const SPAN = [-6, 6];
// Values of u/σ at which the normal distribution is summed.
const PLACES = sequence(-8, 8, 161);
const HEIGHTS = PLACES.map((z) => Math.exp((-z * z) / 2));
const TOTAL = HEIGHTS.reduce((sum, height) => sum + height, 0);

/** Mean of logit⁻¹(η + u) over u ~ N(0, σ²). */
export function averaged(eta, sd) {
  const add = (sum, z, i) => sum + HEIGHTS[i] * expit(eta + sd * z);
  return PLACES.reduce(add, 0) / TOTAL;
}

export function average(view, { slope, sd, at, effects }) {
  const state = view.begin({ sd, slope, at });
  view.slider("sd", { label: "σ between people", max: 4, step: 0.1 });
  view.slider("slope", { label: "slope of everybody", min: 0.2, max: 2, step: 0.1 });
  view.legend([
    ["faint", "", "thirty people"],
    ["blue", "", "the typical person, u = 0: drag the point to the side"],
    ["orange", "dashes", "people's average"],
  ]);
  const left = view.panel({
    label: "Log-odds by x",
    x: { label: "x", domain: SPAN },
    y: { label: "log-odds", domain: SPAN },
  });
  const right = view.panel({
    label: "Probability by x",
    x: { label: "x", domain: SPAN },
    y: { label: "probability", domain: [-0.05, 1.05] },
  });
  const across = sequence(...SPAN, 121);
  const curve = (f) => across.map((x) => [x, f(x)]);

  return () => {
    const { sd, slope, at } = state;
    const mean = curve((x) => averaged(slope * x, sd));
    const people = effects.map((u) => (x) => slope * x + sd * u);
    left.lines("people", people.map((eta) => SPAN.map((x) => [x, eta(x)])), "faint thin");
    left.lines("typical", [SPAN.map((x) => [x, slope * x])], "blue strong");
    const odds = mean.map(([x, p]) => [x, Math.log(p / (1 - p))]);
    left.lines("average", [odds], "orange strong dashes");
    right.lines("people", people.map((eta) => curve((x) => expit(eta(x)))), "faint thin");
    right.lines("typical", [curve((x) => expit(slope * x))], "blue strong");
    right.lines("average", [mean], "orange strong dashes");
    const typical = expit(slope * at);
    const average = averaged(slope * at, sd);
    right.dots("average at", [[at, average]], "orange", 5);
    right.handles(
      "at",
      [{ x: at, y: typical, label: "where curves are read off", text: `x ${format(at, 1)}` }],
      { free: true, step: [0.1, 0], moved: (_, x) => (state.at = within(x, SPAN)) },
      "blue",
    );
    view.say(
      `At x ${format(at, 1)} the typical person's probability is ${format(typical, 4)}, and ` +
        `people's average ${format(average, 4)}. As log-odds these are ` +
        `${format(slope * at)} and ${format(Math.log(average / (1 - average)))}.`,
    );
  };
}
