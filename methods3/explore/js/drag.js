// Drag the points of one group, and see what a mixed model makes of them.

import { ellipse, format, widened } from "./live.js";
import { DataError, fit, leastSquares } from "./mlm.js";

const MODELS = [
  ["slopes", "own intercept and slope"],
  ["intercepts", "own intercept, common slope"],
];

/**
 * How much a group's own line counts: the diagonal of W = ΣA(ΣA + σ²I)⁻¹, A = ZᵀZ.
 *
 * The modes are W times what the group's own line is away from everybody's.
 */
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
  // Where the last search ended: the next begins there.
  let theta;

  view.choice("group", {
    label: groupName,
    options: () => [...new Set(state.rows)].map((label) => [label, label]),
  });
  view.choice("model", { label: "model", options: MODELS });
  view.button(`add a ${groupName.toLowerCase()} with one point`, () => {
    state.group = `new ${new Set(state.rows).size + 1}`;
    state.rows.push(state.group);
    state.x.push(x[0]);
    state.y.push(Math.max(...y));
  });
  view.button("leave out, or bring back, the point last touched", () => {
    points.toggle("points", points.current.points ?? 0);
  });
  view.button("start again", () => Object.assign(state, structuredClone(start)));
  view.legend([
    ["blue", "point", "points to drag"],
    ["green", "dashes", "own line"],
    ["orange", "", "partially pooled"],
    ["grey", "", "everybody"],
  ]);
  const ends = widened(x, 0.05);
  const points = view.panel({
    label: `${yName} by ${xName} of one ${groupName}`,
    x: { label: xName, domain: ends },
    y: { label: yName, domain: widened(y, 0.25) },
  });
  const plane = view.panel({
    label: `Random effects of every ${groupName}, with ellipses of Σ`,
    x: { label: "random intercept", domain: [-1, 1] },
    y: { label: "random slope", domain: [-1, 1] },
  });
  const numbers = view.numbers("What the model estimates");
  const slopes = () => state.model === "slopes";

  function showPoints(own) {
    const items = own.map((i) => ({
      x: state.x[i],
      y: state.y[i],
      gone: state.gone.includes(i),
      label: `${xName} ${format(state.x[i], 0)} of ${state.group}`,
      text: `${format(state.y[i], 0)} ${unit}`,
    }));
    points.handles("points", items, {
      moved: (k, _, value) => (state.y[own[k]] = value),
      toggled: (k) => {
        const others = state.gone.filter((i) => i !== own[k]);
        state.gone = others.length < state.gone.length ? others : [...others, own[k]];
      },
    });
  }

  function fitted(rows) {
    const take = (column) => rows.map((i) => column[i]);
    const X = { "(Intercept)": 1, [xName]: take(state.x) };
    const Z = slopes() ? X : { "(Intercept)": 1 };
    const begin = theta?.length === (slopes() ? 3 : 1) ? theta : undefined;
    const data = { y: take(state.y), X, Z, group: take(state.rows) };
    const found = fit(data, { start: begin });
    theta = found.theta;
    return found;
  }

  function showPlane({ theta: [t11, t21 = 0, t22 = 0], sigma }, modes, j) {
    const root = [[sigma * t11, 0], [sigma * t21, sigma * t22]];
    const reach = root.map((row, k) => {
      const furthest = modes.map((mode) => 1.2 * Math.abs(mode[k]));
      return Math.max(2.5 * Math.hypot(...row), ...furthest) || 1;
    });
    plane.domains([-reach[0], reach[0]], [-reach[1], reach[1]]);
    plane.lines("ellipses", [1, 2].map((r) => ellipse([0, 0], root, r)), "grey");
    plane.dots("modes", modes, "blue", 4);
    plane.dots("this", j < 0 ? [] : [modes[j]], "orange", 7);
  }

  return () => {
    const own = state.rows.flatMap((label, i) => (label === state.group ? [i] : []));
    const kept = own.filter((i) => !state.gone.includes(i));
    const rows = state.rows.map((_, i) => i).filter((i) => !state.gone.includes(i));
    showPoints(own);
    let found;
    try {
      found = fitted(rows);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      for (const name of ["everybody", "own", "pooled"]) points.lines(name, [], "grey");
      numbers([]);
      view.say(`No fit: ${error.message}`);
      return;
    }
    const [a, b] = found.beta;
    const modes = found.modes.map(([intercept, slope = 0]) => [intercept, slope]);
    const j = found.groups.indexOf(state.group);
    const [u, v] = modes[j] ?? [0, 0];
    const line = (intercept, slope) => ends.map((at) => [at, intercept + slope * at]);
    const days = kept.map((i) => state.x[i]);
    const heights = kept.map((i) => state.y[i]);
    const ownLine =
      new Set(days).size > 1 && days.length > 2
        ? leastSquares(heights, { "(Intercept)": 1, [xName]: days }).beta
        : null;
    points.lines("everybody", [line(a, b)], "grey");
    points.lines("own", ownLine ? [line(...ownLine)] : [], "green dashes");
    points.lines("pooled", [line(a + u, b + v)], "orange strong");
    showPlane(found, modes, j);

    const Sigma = slopes() ? found.Sigma : [[found.Sigma[0][0], 0], [0, 0]];
    const [first, second] = weights(Sigma, found.sigma, days);
    const sds = [Math.sqrt(Sigma[0][0]), Math.sqrt(Sigma[1][1])];
    numbers(
      [
        ["λ of the intercept", format(first, 2)],
        slopes() && ["λ of the slope", format(second, 2)],
        ["SD of intercepts", format(sds[0], 2)],
        slopes() && ["SD of slopes", format(sds[1], 2)],
        slopes() && ["correlation", format(Sigma[0][1] / (sds[0] * sds[1]), 2)],
        ["σ", format(found.sigma, 2)],
        ["REML criterion", format(found.criterion, 2)],
      ].filter(Boolean),
    );
    const told = (intercept, slope) => `${format(intercept, 1)} + ${format(slope, 1)} ${xName}`;
    view.say(
      `${groupName} ${state.group}: ` +
        (ownLine ? `own line ${told(...ownLine)}, ` : "too few points for a line of its own, ") +
        `partially pooled ${told(a + u, b + v)}, everybody ${told(a, b)}.` +
        (found.singular ? " The fit is singular." : ""),
    );
  };
}
