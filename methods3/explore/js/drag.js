// Drag the points of one group, and see what a mixed model makes of them.

import { ellipse, format, widened } from "./live.js";
import { DataError, fit, leastSquares } from "./mlm.js";

const MODELS = [
  ["slopes", "own intercept and slope"],
  ["intercepts", "own intercept, common slope"],
];

/** Weights of a group's own intercept and slope: the diagonal of ΣA(ΣA + σ²I)⁻¹. */
export function weights([[s11, s12], [s21, s22]], sigma, x) {
  const a11 = x.length;
  const a12 = x.reduce((sum, value) => sum + value, 0);
  const a22 = x.reduce((sum, value) => sum + value * value, 0);
  const [p, q] = [s11 * a11 + s12 * a12, s11 * a12 + s12 * a22];
  const [r, s] = [s21 * a11 + s22 * a12, s21 * a12 + s22 * a22];
  const more = sigma * sigma;
  const det = (p + more) * (s + more) - q * r;
  return [(p * (s + more) - q * r) / det, (s * (p + more) - q * r) / det];
}

export function drag(view, { x, y, group, names, unit, first }) {
  const [xName, yName, groupName] = names;
  const start = { group: first, model: "slopes", x, y, rows: group, gone: [] };
  const state = view.begin(start);
  let theta;

  view.choice("group", {
    label: groupName,
    options: [...new Set(group)].map((label) => [label, label]),
  });
  view.choice("model", { label: "model", options: MODELS, after: () => (theta = undefined) });
  view.button(`add a ${groupName.toLowerCase()} with one point`, () => add());
  view.button("start again", () => Object.assign(state, structuredClone(start)));
  view.legend([
    ["blue", "point", "points: drag them"],
    ["green", "dashes", "own line"],
    ["orange", "", "partially pooled"],
    ["grey", "", "everybody"],
  ]);
  const ends = widened(x, 0.05);
  const lines = view.panel({
    label: `${yName} by ${xName} of one ${groupName}`,
    x: { label: xName, domain: ends },
    y: { label: yName, domain: widened(y, 0.25) },
  });
  const plane = view.panel({
    label: "Random effects of all, with the ellipse of Σ",
    x: { label: "random intercept", domain: [-1, 1] },
    y: { label: "random slope", domain: [-1, 1] },
  });
  const numbers = view.numbers("What the model estimates");

  function add() {
    const label = `new ${new Set(state.rows).size + 1}`;
    state.x.push(x[0]);
    state.y.push(y.reduce((sum, value) => sum + value, 0) / y.length);
    state.rows.push(label);
    state.group = label;
  }

  function fitted(rows) {
    const take = (column) => rows.map((i) => column[i]);
    const days = take(state.x);
    const Z = { "(Intercept)": 1 };
    if (state.model === "slopes") Z[xName] = days;
    const X = { "(Intercept)": 1, [xName]: days };
    return fit({ y: take(state.y), X, Z, group: take(state.rows) }, { start: theta });
  }

  return () => {
    const all = state.x.map((_, i) => i);
    const own = all.filter((i) => state.rows[i] === state.group);
    const rows = all.filter((i) => !state.gone.includes(i));
    const kept = own.filter((i) => !state.gone.includes(i));
    lines.handles(
      "points",
      own.map((i) => ({
        x: state.x[i],
        y: state.y[i],
        gone: state.gone.includes(i),
        label: `${xName} ${format(state.x[i], 0)} of ${state.group}`,
        text: `${format(state.y[i], 0)} ${unit}`,
      })),
      {
        moved: (k, _, value) => (state.y[own[k]] = value),
        toggled: (k) => {
          const i = own[k];
          const without = state.gone.filter((row) => row !== i);
          state.gone = without.length < state.gone.length ? without : [...without, i];
        },
      },
    );
    let found;
    try {
      found = fitted(rows);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      theta = undefined;
      for (const name of ["everybody", "own", "pooled"]) lines.lines(name, [], "grey");
      view.say(`No fit: ${error.message}`);
      return;
    }
    theta = found.theta;
    show(found, kept);
  };

  function show(found, kept) {
    const [a, b] = found.beta;
    const line = (intercept, slope) => ends.map((at) => [at, intercept + slope * at]);
    const modes = found.modes.map(([u, v = 0]) => [u, v]);
    const j = found.groups.indexOf(state.group);
    const [u, v] = j < 0 ? [0, 0] : modes[j];
    lines.lines("everybody", [line(a, b)], "grey");
    const x = kept.map((i) => state.x[i]);
    const canHaveLine = new Set(x).size > 1;
    const own = canHaveLine
      ? leastSquares(kept.map((i) => state.y[i]), { "(Intercept)": 1, slope: x }).beta
      : null;
    lines.lines("own", own ? [line(...own)] : [], "green dashes");
    lines.lines("pooled", [line(a + u, b + v)], "orange strong");

    const Sigma = pad(found.Sigma);
    const sds = [Math.sqrt(Sigma[0][0]), Math.sqrt(Sigma[1][1])];
    const reach = [0, 1].map((k) => {
      const most = Math.max(3 * sds[k], ...modes.map((mode) => 1.2 * Math.abs(mode[k])));
      return most || 1;
    });
    plane.domains([-reach[0], reach[0]], [-reach[1], reach[1]]);
    const root = factor(found);
    plane.lines("ellipses", [1, 2].map((r) => ellipse([0, 0], root, r)), "grey");
    plane.dots("modes", modes, (i) => (i === j ? "orange" : "blue"), 4);
    plane.dots("this", j < 0 ? [] : [modes[j]], "orange", 6);

    const [lambda, forSlope] = weights(Sigma, found.sigma, x);
    const correlation = Sigma[0][1] / (sds[0] * sds[1]);
    const slopes = state.model === "slopes";
    numbers([
      ["λ of the intercept", format(lambda, 2)],
      ...(slopes ? [["λ of the slope", format(forSlope, 2)]] : []),
      ["SD of intercepts", format(sds[0], 2)],
      ...(slopes ? [["SD of slopes", format(sds[1], 2)]] : []),
      ...(slopes ? [["correlation", format(correlation, 2)]] : []),
      ["σ", format(found.sigma, 2)],
      ["REML criterion", format(found.criterion, 2)],
    ]);
    const sentence = own
      ? `own line ${format(own[0], 1)} + ${format(own[1], 1)} ${xName}; `
      : "no line of its own; ";
    view.say(
      `${groupName} ${state.group}: ${sentence}partially pooled ${format(a + u, 1)} + ` +
        `${format(b + v, 1)} ${xName}; everybody ${format(a, 1)} + ${format(b, 1)} ` +
        `${xName}.${found.singular ? " The fit is singular." : ""}`,
    );
  }

  const pad = (Sigma) => (Sigma.length > 1 ? Sigma : [[Sigma[0][0], 0], [0, 0]]);

  function factor({ theta: [t11, t21 = 0, t22 = 0], sigma }) {
    return [
      [sigma * t11, 0],
      [sigma * t21, sigma * t22],
    ];
  }
}
