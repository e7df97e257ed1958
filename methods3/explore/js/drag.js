// Drag the points of one group, and see what a mixed model makes of them.

import { DataError, fit } from "./mlm.js";
import { format } from "./numbers.js";
import { PooledLines } from "./pooled.js";

const MODELS = [
  ["slopes", "own intercept and slope"],
  ["intercepts", "own intercept, common slope"],
];

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
  view.button("leave out, or bring back, the point last touched", () => lines.toggle());
  view.button("start again", () => Object.assign(state, structuredClone(start)));
  const lines = new PooledLines(view);
  lines.frame(x, y, xName, yName);

  function fitted(rows) {
    const take = (column) => rows.map((i) => column[i]);
    const X = { "(Intercept)": 1, [xName]: take(state.x) };
    const Z = state.model === "slopes" ? X : { "(Intercept)": 1 };
    const begin = theta?.length === (state.model === "slopes" ? 3 : 1) ? theta : undefined;
    const data = { y: take(state.y), X, Z, group: take(state.rows) };
    const found = fit(data, { start: begin });
    theta = found.theta;
    return found;
  }

  return () => {
    const own = state.rows.flatMap((label, i) => (label === state.group ? [i] : []));
    const rows = state.rows.map((_, i) => i).filter((i) => !state.gone.includes(i));
    const kept = own.filter((i) => !state.gone.includes(i));
    const items = own.map((i) => ({
      x: state.x[i],
      y: state.y[i],
      gone: state.gone.includes(i),
      label: `${xName} ${format(state.x[i], 0)} of ${state.group}`,
      text: `${format(state.y[i], 0)} ${unit}`,
    }));
    lines.showPoints(`${yName} by ${xName} of ${groupName} ${state.group}`, items, {
      moved: (k, _, value) => (state.y[own[k]] = value),
      toggled: (k) => {
        const others = state.gone.filter((i) => i !== own[k]);
        state.gone = others.length < state.gone.length ? others : [...others, own[k]];
      },
    });
    try {
      const words = lines.show(fitted(rows), {
        shown: state.group,
        x: kept.map((i) => state.x[i]),
        y: kept.map((i) => state.y[i]),
        xName,
        slope: true,
      });
      view.say(`${groupName} ${words}`);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      lines.clear();
      view.say(`No fit: ${error.message}`);
    }
  };
}
