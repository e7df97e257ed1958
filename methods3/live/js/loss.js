// Trials are lost: what a mean of means then knows of a difference, and what a model knows.

import { random } from "./draws.js";
import { fit } from "./mlm.js";
import { format, moments, widened, within } from "./numbers.js";

// Per cent of the trials that can be lost: some stay.
const MOST = 95;
// Standard errors that stay as a trace.
const TRACE = 400;

/** Where a row comes among those of its group and condition, at random: above 0, up to 1. */
export function places({ group, second }, seed) {
  const { uniform } = random(seed);
  const cells = new Map();
  group.forEach((j, i) => {
    const cell = 2 * j + second[i];
    if (!cells.has(cell)) cells.set(cell, []);
    cells.get(cell).push([uniform(), i]);
  });
  const found = group.map(() => 0);
  for (const own of cells.values()) {
    own.sort(([a], [b]) => a - b);
    own.forEach(([, i], rank) => (found[i] = (rank + 1) / own.length));
  }
  return found;
}

/** Rows that are kept when every second group, from the first on, loses a share of them. */
export function kept({ group }, places, share) {
  return group.flatMap((j, i) => (j % 2 === 0 && places[i] <= share ? [] : [i]));
}

/** The difference of the conditions by means of means and by the model, and by group. */
export function differences({ y, group, second }, rows) {
  const [ys, of, x] = [y, group, second].map((all) => rows.map((i) => all[i]));
  const X = { "(Intercept)": 1, second: x };
  const model = fit({ y: ys, X, Z: X, group: of });
  const count = 1 + Math.max(...of);
  const sums = Array.from({ length: count }, () => [[0, 0], [0, 0]]);
  of.forEach((j, i) => {
    sums[j][x[i]][0] += 1;
    sums[j][x[i]][1] += ys[i];
  });
  const own = sums.map(([[n, a], [m, b]]) => b / m - a / n);
  const { mean, sd } = moments(own);
  const modes = new Map(model.groups.map((j, k) => [j, model.modes[k][1]]));
  return {
    own,
    errors: sums.map(([[n], [m]]) => model.sigma * Math.sqrt(1 / n + 1 / m)),
    partial: own.map((_, j) => model.beta[1] + modes.get(j)),
    means: [mean, sd / Math.sqrt(count)],
    model: [model.beta[1], model.se[1]],
  };
}

export function loss(view, { y, group, second, names, seed }) {
  const state = view.begin({ lost: 0, draw: 1, past: [] });
  const [yName, groupName, trials] = names;
  const data = { y, group, second };
  let known = {};
  const found = () => {
    const { lost, draw } = state;
    if (known.draw !== draw) known = { draw, places: places(data, seed + draw) };
    if (known.lost !== lost) {
      const rows = kept(data, known.places, lost / 100);
      known = { draw, places: known.places, lost, ...differences(data, rows) };
    }
    return known;
  };
  const note = () => {
    const { means, model } = found();
    state.past = [...state.past, [state.lost, means[1], model[1]]].slice(-TRACE);
  };
  view.button("lose others instead", () => {
    state.draw += 1;
    note();
  });
  view.button("start again", () => Object.assign(state, { lost: 0, draw: 1, past: [] }));
  view.legend([
    ["green", "dashes", "own difference ± 1 standard error; means of means"],
    ["orange", "", "the model's"],
    ["orange", "point", `lose ${trials}: drag it to the right`],
  ]);
  const start = found();
  const count = start.own.length;
  // Those who lose trials stand on the left.
  const place = (j) => (j % 2 === 0 ? j / 2 : Math.ceil(count / 2) + 1 + (j - 1) / 2);
  const ends = ({ own, errors }) => own.flatMap((d, j) => [d - errors[j], d + errors[j]]);
  const groups = view.panel({
    label: `Difference of each ${groupName}`,
    x: { label: `half that loses ${trials} | half that keeps them`, domain: [-1, count + 1] },
    y: { label: `difference of ${yName}`, domain: [0, 1] },
    xTicks: 0,
  });
  const errors = view.panel({
    label: "Standard errors of the difference",
    x: { label: `${trials} lost by every second ${groupName} (%)`, domain: [-3, 100] },
    y: { label: "standard error", domain: [0, 1] },
  });

  return () => {
    const { own, partial, means, model } = found();
    groups.domains(groups.x.domain(), widened([...ends(start), ...ends(known)], 0.03));
    const across = (at) => groups.x.domain().map((x) => [x, at]);
    groups.lines("means", [across(means[0])], "green dashes");
    groups.lines("model", [across(model[0])], "orange");
    const bar = (value, j) => [-1, 1].map((side) => [place(j), value + side * known.errors[j]]);
    groups.lines("errors", own.map(bar), "green");
    groups.dots("own", own.map((value, j) => [place(j), value]), "green open", 4);
    groups.dots("partial", partial.map((value, j) => [place(j), value]), "orange", 4);

    const { lost, past } = state;
    const highest = Math.max(...past.map((row) => row[1]), means[1], 2 * start.means[1]);
    errors.domains(errors.x.domain(), [0, 1.1 * highest]);
    errors.dots("past means", past.map((row) => [row[0], row[1]]), "green", 2);
    errors.dots("past model", past.map((row) => [row[0], row[2]]), "orange", 2);
    errors.dots("now", [[lost, means[1]]], "green open", 6);
    const item = { x: lost, y: model[1], label: `${trials} lost`, text: `${lost} per cent` };
    const moved = (_, x) => {
      const lost = within(Math.round(x), [0, MOST]);
      if (lost === state.lost) return;
      state.lost = lost;
      note();
    };
    errors.handles("lost", [item], { free: true, step: [1, 0], moved }, "orange");
    const said = ([value, error]) => `${format(value)} (standard error ${format(error)})`;
    view.say(
      `${lost ? `${lost} per cent lost` : "Nothing lost"}: the difference is ` +
        `${said(means)} by means of means, ${said(model)} by the model.`,
    );
  };
}
