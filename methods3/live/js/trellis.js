// A panel for every group, and σ_α from 0 (complete pooling) to ∞ (none).

import { format, sequence, within } from "./numbers.js";
import { ENDLESS, shrinkageWeight, sizeInWords, sizeOf } from "./weight.js";

// What a group's data and lines take of its place; above them is its name.
const INSIDE = { left: 0.07, width: 0.86, bottom: 0.04, height: 0.76 };
// Left of this many units wide a page has room for three panels in a row.
const NARROW = 500;

/** The σ_α that gives a weight to n observations: the inverse of (12.4). */
export function sigmaOfWeight(weight, n, sigmaY) {
  return weight >= 0.9995 ? ENDLESS : sigmaY * Math.sqrt(weight / (n * (1 - weight)));
}

export function trellis(view, { groups, x, y, own, mu, beta, sigma, estimate, names, unit }) {
  const state = view.begin({ sigma_alpha: estimate });
  const inUnit = (value) => sizeInWords(value, unit);
  view.slider("sigma_alpha", {
    label: "σ_α",
    values: [
      ...sequence(0, 2 * estimate, 41),
      ...sequence(2.25 * estimate, 7 * estimate, 20),
      ENDLESS,
    ],
    text: (value) => inUnit(value),
  });
  view.button("as estimated", () => (state.sigma_alpha = estimate));
  view.legend([
    ["grey", "", "everybody"],
    ["green", "dashes", "own data alone"],
    ["orange", "", "partially pooled"],
  ]);
  const columns = view.middle.clientWidth < NARROW ? 3 : 6;
  const rows = Math.ceil(groups.length / columns);
  const ends = (values) => [Math.min(...values), Math.max(...values)];
  const spanX = ends(x.flat());
  const fitted = own.flatMap((intercept) => spanX.map((at) => intercept + beta * at));
  const spanY = ends([...y.flat(), ...fitted]);
  const to = (ends) => ends.map((end) => format(end, 0)).join(" to ");
  const panel = view.panel({
    label: `A panel for every group: ${names.join(" and ")}, with three lines`,
    x: { label: `${names[0]}: ${to(spanX)} in each panel`, domain: [0, columns] },
    y: { label: `${names[1]}: ${to(spanY)} in each panel`, domain: [0, rows] },
    width: 120 * columns + 68,
    height: 105 * rows + 56,
    xTicks: 0,
    yTicks: 0,
  });
  const share = (value, [low, high]) => (value - low) / (high - low);
  const corner = (j) => [j % columns, rows - 1 - Math.floor(j / columns)];
  const put = (j) => ([a, b]) => {
    const [column, row] = corner(j);
    return [
      column + INSIDE.left + INSIDE.width * share(a, spanX),
      row + INSIDE.bottom + INSIDE.height * share(b, spanY),
    ];
  };
  const line = (intercept, j) => spanX.map((at) => put(j)([at, intercept + beta * at]));
  // The group whose own line is the farthest from everybody's has the line to drag.
  const distances = own.map((intercept) => Math.abs(intercept - mu));
  const held = distances.indexOf(Math.max(...distances));
  const middle = (spanX[0] + spanX[1]) / 2;

  return () => {
    const weightOf = (j) => shrinkageWeight(x[j].length, sigma, sizeOf(state.sigma_alpha));
    const alphas = own.map((intercept, j) => mu + weightOf(j) * (intercept - mu));
    const frames = groups.map((_, j) => {
      const [column, row] = corner(j);
      const [a, b] = [column + 0.02, column + 0.98];
      return [[a, row + 0.82], [a, row + 0.02], [b, row + 0.02]];
    });
    panel.lines("frames", frames, "faint");
    panel.texts("groups", groups.map((name, j) => {
      const [column, row] = corner(j);
      return [column + 0.07, row + 0.83, name];
    }));
    panel.dots("points", groups.flatMap((_, j) => x[j].map((at, i) => put(j)([at, y[j][i]]))),
      "blue", 2.2);
    panel.lines("everybody", groups.map((_, j) => line(mu, j)), "grey");
    panel.lines("own", own.map(line), "green dashes");
    panel.lines("pooled", alphas.map(line), "orange strong");
    const [atX, atY] = put(held)([middle, alphas[held] + beta * middle]);
    const pulled = Math.round(100 * weightOf(held));
    panel.handles(
      "held",
      [{ x: atX, y: atY, label: `line of ${groups[held]}`, text: `${pulled} % its own` }],
      {
        moved: (_, __, place) => {
          const [none, all] = [mu, own[held]].map((a) => put(held)([middle, a + beta * middle])[1]);
          const weight = within((place - none) / (all - none), [0, 1]);
          state.sigma_alpha = sigmaOfWeight(weight, x[held].length, sigma);
        },
      },
      "orange",
    );
    const mean = x.flat().length / groups.length;
    const weight = shrinkageWeight(mean, sigma, sizeOf(state.sigma_alpha));
    view.say(
      `With σ_α = ${inUnit(state.sigma_alpha)} the lines lie ` +
        `${format(100 * weight, 0)} % of the way from everybody's to their own. The data ` +
        `say ${inUnit(estimate)}.`,
    );
  };
}
