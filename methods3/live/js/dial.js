// How much a group's own data count: n, σ_y and σ_α in one weight, and the line it makes.

import { format, sequence, widened } from "./numbers.js";
import { ENDLESS, shrinkageWeight, sizeInWords, sizeOf } from "./weight.js";

const LABELS = {
  n: "n, observations",
  sigma_y: "σ_y, within people",
  sigma_alpha: "σ_α, between people",
};

export function dial(view, { x, y, level, names, unit, known, own, mu, beta, reach }) {
  const state = view.begin({ ...known, against: "n" });
  const [xName, yName] = names;
  const inUnit = (value) => sizeInWords(value, unit);
  const sizes = [...sequence(0, reach.sigma, 201), ENDLESS];
  const most = { n: reach.n, sigma_y: 1.1 * reach.sigma, sigma_alpha: 1.1 * reach.sigma };

  for (const key of Object.keys(LABELS))
    view.slider(key, {
      label: LABELS[key].split(",")[0],
      ...(key === "n" ? { max: reach.n, text: String } : { values: sizes }),
      ...(key !== "n" && { text: (value) => inUnit(value) }),
      after: () => (state.against = key),
    });
  view.button("as estimated", () => Object.assign(state, known));
  view.legend([
    ["orange", "point", "the weight: drag it"],
    ["green", "dashes", `${level}'s own line`],
    ["orange", "", "partially pooled"],
    ["grey", "", "population"],
  ]);
  const curve = view.panel({
    label: "Weight of the own data",
    x: { label: LABELS.n, domain: [0, reach.n] },
    y: { label: "weight λ of the own data", domain: [0, 1.05] },
  });
  const ends = widened(x, 0.05);
  const lines = view.panel({
    label: `${yName} by ${xName} of ${level}, with three lines`,
    x: { label: xName, domain: ends },
    y: { label: yName, domain: widened([...y, mu], 0.15) },
  });

  const at = (moved) => {
    const { n, sigma_y, sigma_alpha } = { ...state, ...moved };
    return shrinkageWeight(n, sizeOf(sigma_y), sizeOf(sigma_alpha));
  };
  // On the axis there is a place for ∞: the right end.
  const place = (value) => (value === ENDLESS ? most[state.against] : value);
  const valueAt = (key, where) => {
    if (key === "n") return Math.round(where);
    return where > 1.05 * reach.sigma ? ENDLESS : Math.min(where, reach.sigma);
  };

  return () => {
    const key = state.against;
    const lambda = at({});
    const label = key === "n" ? LABELS.n : `${LABELS[key]}${unit && ` (${unit})`}`;
    curve.labels(label, "weight λ of the own data");
    curve.domains([0, most[key]], [0, 1.05]);
    const swept = key === "n" ? sequence(0, reach.n, reach.n + 1) : sizes;
    const path = swept
      .map((value) => [place(value), at({ [key]: value })])
      .filter((point) => point[1] !== null);
    const far = path.findIndex(([x]) => x >= reach.sigma);
    const parts = key === "n" || far < 0 ? [path] : [path.slice(0, far + 1), path.slice(far)];
    curve.lines("curve", parts, (i) => (i ? "grey dashes" : "grey"));
    curve.texts("endless", key === "n" ? [] : [[0.955 * most[key], 0.03, ENDLESS]]);
    const where = key === "n" ? state.n : inUnit(state[key]);
    const step = key === "n" ? 1 : reach.sigma / 200;
    curve.handles(
      "weight",
      [{ x: place(state[key]), y: lambda ?? 0, label: LABELS[key], text: String(where) }],
      {
        free: true,
        // From ∞, the first step back is to the largest number.
        step: [state[key] === ENDLESS ? 0.1 * reach.sigma : step, 0],
        moved: (_, to) => {
          const up = to > reach.sigma && state[key] === reach.sigma;
          state[key] = key !== "n" && up ? ENDLESS : valueAt(key, to);
        },
      },
      "orange",
    );
    const line = (intercept) => ends.map((value) => [value, intercept + beta * value]);
    lines.dots("points", x.map((value, i) => [value, y[i]]), "blue");
    lines.lines("population", [line(mu)], "grey");
    lines.lines("own", [line(own)], "green dashes");
    const given = `n = ${state.n}, σ_y = ${inUnit(state.sigma_y)} and σ_α = ` +
      `${inUnit(state.sigma_alpha)}`;
    if (lambda === null) {
      lines.lines("pooled", [], "orange strong");
      view.say(`With ${given} the weight could be anything: nothing is known, or all is.`);
      return;
    }
    const alpha = lambda * own + (1 - lambda) * mu;
    lines.lines("pooled", [line(alpha)], "orange strong");
    view.say(
      `With ${given} the weight of ${level}'s own data is ${format(lambda, 3)}: the line ` +
        `starts at ${inUnit(alpha)}; its own would at ${inUnit(own)}, the population's ` +
        `at ${inUnit(mu)}.`,
    );
  };
}
