// New people, again and again: whose lines are nearer to the true ones?

import { WIDE, covariance, root } from "./covariance.js";
import { random, simulate } from "./draws.js";
import { fit, leastSquares } from "./mlm.js";
import { ellipse, format, sequence } from "./numbers.js";

const KINDS = [
  ["own", "green"],
  ["everybody's", "grey"],
  ["partially pooled", "orange"],
];
// Draws that are kept for the averages.
const MOST = 300;

/** A new data set of the model, and lines [intercept, slope] of each kind, by person. */
export function drawn({ beta, Sigma, sigma, people, days }, seed) {
  const of = sequence(0, people * days - 1, people * days);
  const x = of.map((i) => i % days);
  const group = of.map((i) => Math.floor(i / days));
  const X = { "(Intercept)": 1, x };
  const { y, b } = simulate({ X, Z: X, group, beta, Sigma, sigma }, random(seed));
  const points = b.map((_, j) => y.slice(j * days, (j + 1) * days));
  const first = { "(Intercept)": 1, x: x.slice(0, days) };
  const model = fit({ y, X, Z: X, group });
  const everybody = leastSquares(y, X).beta;
  const shifted = ([u, v], [a, c]) => [a + u, c + v];
  return {
    points,
    true: b.map((effects) => shifted(effects, beta)),
    own: points.map((values) => leastSquares(values, first).beta),
    "everybody's": b.map(() => everybody),
    "partially pooled": model.modes.map((effects) => shifted(effects, model.beta)),
    singular: model.singular,
  };
}

/** Root mean squared error of lines on days 0, 1, … of all people. */
export function errorOf(lines, truth, days) {
  let sum = 0;
  lines.forEach(([a, b], j) => {
    for (let day = 0; day < days; day++)
      sum += (a - truth[j][0] + (b - truth[j][1]) * day) ** 2;
  });
  return Math.sqrt(sum / (lines.length * days));
}

export function again(view, { start, reach, names, unit, seed }) {
  const state = view.begin({ ...start, draw: 1, person: 1, errors: [] });
  const renew = () => {
    state.errors = [];
    state.person = Math.min(state.person, state.people);
  };
  const slide = (key, label, options) => view.slider(key, { label, after: renew, ...options });
  const decimals = (value) => format(value, 1);
  slide("sd_intercept", "SD of intercepts", { max: reach.intercept, text: decimals });
  slide("sd_slope", "SD of slopes", { max: reach.slope, step: 0.1, text: decimals });
  slide("correlation", "correlation", {
    min: -1, max: 1, step: 0.05, text: (value) => format(value, 2),
  });
  slide("sigma", "σ", { min: 1, max: reach.sigma, text: decimals });
  slide("people", "people", { min: 4, max: 60, text: String });
  slide("days", "days", { min: 3, max: 20, text: String });
  const next = () => {
    state.draw += 1;
    state.errors = [...state.errors, errorsOf(drawNow())].slice(-MOST);
  };
  view.button("draw again", next);
  view.button("draw 20", () => sequence(1, 20, 20).forEach(next));
  view.legend([
    ["blue", "", "the truth"],
    ["green", "dashes", "own line"],
    ["grey", "", "everybody's line"],
    ["orange", "", "partially pooled"],
  ]);
  const plane = view.panel({
    label: "Lines of all people: slope by intercept",
    x: { label: "intercept (click a person)", domain: [0, 1] },
    y: { label: "slope", domain: [0, 1] },
  });
  const one = view.panel({
    label: "One person's data and lines",
    x: { label: names[0], domain: [0, 1] },
    y: { label: names[1], domain: [0, 1] },
  });
  const errors = view.panel({
    label: "Error of each kind of line, by draw",
    x: { label: "draw", domain: [0, 1] },
    y: { label: `error, average so far${unit && ` (${unit})`}`, domain: [0, 1] },
    width: 560, height: 220,
  });
  let known = {};

  const model = () => ({
    beta: [state.intercept, state.slope],
    Sigma: covariance(state.sd_intercept, state.sd_slope, state.correlation),
    sigma: state.sigma,
    people: state.people,
    days: state.days,
  });
  function drawNow() {
    const key = JSON.stringify([model(), state.draw]);
    if (known.key !== key) known = { key, found: drawn(model(), seed + state.draw) };
    return known.found;
  }
  const errorsOf = (found) => KINDS.map(([kind]) => errorOf(found[kind], found.true, state.days));
  plane.clicked((a, b) => {
    state.person = 1 + plane.nearest(drawNow()["partially pooled"], [a, b]);
  });

  return () => {
    const found = drawNow();
    if (state.errors.length === 0) state.errors = [errorsOf(found)];
    showPlane(found);
    showOne(found);
    const { errors: all } = state;
    const means = KINDS.map((_, k) => {
      let sum = 0;
      return all.map((row, i) => (sum += row[k]) / (i + 1));
    });
    const most = Math.max(...all.flat());
    errors.domains([0.5, Math.max(all.length, 10) + 0.5], [0, 1.1 * most]);
    const style = (k, more) => `${KINDS[k][1]} ${more}`;
    errors.lines("means", means.map((m) => m.map((v, i) => [i + 1, v])), (k) => style(k, "strong"));
    errors.dots("draws", all.flatMap((row, i) => row.map((v) => [i + 1, v])),
      (i) => style(i % 3, ""), 2);
    const last = all.at(-1);
    const inUnit = (value) => `${format(value, 1)}${unit && ` ${unit}`}`;
    const list = (values) =>
      KINDS.map(([kind], k) => `${kind} ${inUnit(values[k])}`).join(", ");
    view.say(
      `Error of the lines in this draw: ${list(last)}. Average of ${all.length} ` +
        `${all.length === 1 ? "draw" : "draws"}: ${list(means.map((m) => m.at(-1)))}.` +
        (found.singular ? " This fit is singular." : ""),
    );
  };

  function showPlane(found) {
    const { beta, Sigma } = model();
    const sds = [state.sd_intercept, state.sd_slope];
    const noise = state.sigma / Math.sqrt(state.days);
    const away = (k) => Math.max(...found.own.map((line) => 1.1 * Math.abs(line[k] - beta[k])));
    const wide = Math.max(3.2 * Math.hypot(sds[0], 1.9 * noise), away(0));
    const steep = Math.max(3.2 * Math.hypot(sds[1], (3.5 * noise) / state.days), away(1));
    plane.domains([beta[0] - wide, beta[0] + wide], [beta[1] - steep, beta[1] + steep]);
    plane.lines("ellipse", [ellipse(beta, root(Sigma), WIDE)], "blue");
    plane.lines("pull", found.own.map((from, j) => [from, found["partially pooled"][j]]), "faint");
    plane.dots("own", found.own, "green open", 3.5);
    plane.dots("truth", found.true, "blue", 3);
    plane.dots("pooled", found["partially pooled"], "orange", 3.5);
    plane.dots("all", [found["everybody's"][0]], "grey", 6);
    const j = state.person - 1;
    plane.dots("this", [found["partially pooled"][j]], "orange", 7);
  }

  function showOne(found) {
    const j = state.person - 1;
    const last = state.days - 1;
    const values = found.points.flat();
    const [low, high] = [Math.min(...values), Math.max(...values)];
    one.domains([-0.3, last + 0.3], [low - 0.05 * (high - low), high + 0.05 * (high - low)]);
    const line = ([a, b]) => [0, last].map((day) => [day, a + b * day]);
    one.texts("who", [[0, high, `person ${state.person}`]]);
    one.dots("points", found.points[j].map((value, day) => [day, value]), "blue", 3.5);
    one.lines("truth", [line(found.true[j])], "blue strong");
    one.lines("all", [line(found["everybody's"][j])], "grey");
    one.lines("own", [line(found.own[j])], "green dashes");
    one.lines("pooled", [line(found["partially pooled"][j])], "orange strong");
  }
}
