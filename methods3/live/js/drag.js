// Drag the points of one group, and see what a mixed model makes of them.

import { DataError } from "./algebra.js";
import { element } from "./live.js";
import { fitting } from "./mlm.js";
import { format } from "./numbers.js";
import { PooledLines } from "./pooled.js";

const MODELS = [
  ["slopes", "own intercept and slope"],
  ["intercepts", "own intercept, common slope"],
];

export function drag(view, { x, y, group, names, unit, first }) {
  const [xName, yName, groupName] = names;
  // What is moved, as [row, y]; what is left out; and of everybody new the only y.
  const start = { group: first, model: "slopes", moved: [], gone: [], added: [] };
  const state = view.begin(start);
  const people = [...new Set(group)];
  const fit = fitting();

  /** The data as they are now: `{ x, y, rows }`. */
  function present() {
    const count = state.added.length;
    const label = (k) => `new ${people.length + k + 1}`;
    const data = {
      x: [...x, ...Array(count).fill(x[0])],
      y: [...y, ...state.added],
      rows: [...group, ...state.added.map((_, k) => label(k))],
    };
    for (const [i, value] of state.moved) data.y[i] = value;
    return data;
  }

  view.choice("group", {
    label: groupName,
    options: () => [...new Set(present().rows)].map((label) => [label, label]),
  });
  view.choice("model", { label: "model", options: MODELS });
  view.button(`add a ${groupName.toLowerCase()} with one point`, () => {
    state.added = [...state.added, Math.max(...y)];
    state.group = present().rows.at(-1);
  });
  view.button("leave out, or bring back, the point last touched", () => lines.toggle());
  view.button("start again", () => Object.assign(state, structuredClone(start)));
  const lines = new PooledLines(view);
  lines.frame(x, y, xName, yName);
  const fold = element(view.below, "details");
  element(fold, "summary", {}, "This state as text, to copy");
  const text = element(fold, "pre", { tabindex: 0, "aria-label": "State of the figure" });

  function move(i, value) {
    if (i >= y.length) state.added = state.added.with(i - y.length, value);
    else state.moved = [...state.moved.filter(([row]) => row !== i), [i, value]];
  }

  function toggle(i) {
    const others = state.gone.filter((row) => row !== i);
    state.gone = others.length < state.gone.length ? others : [...others, i];
  }

  function fitted(data, rows) {
    const take = (column) => rows.map((i) => column[i]);
    const X = { "(Intercept)": 1, [xName]: take(data.x) };
    const Z = state.model === "slopes" ? X : { "(Intercept)": 1 };
    return fit({ y: take(data.y), X, Z, group: take(data.rows) });
  }

  return () => {
    text.textContent = JSON.stringify(state);
    const data = present();
    const own = data.rows.flatMap((label, i) => (label === state.group ? [i] : []));
    const rows = data.rows.map((_, i) => i).filter((i) => !state.gone.includes(i));
    const kept = own.filter((i) => !state.gone.includes(i));
    const items = own.map((i) => ({
      x: data.x[i],
      y: data.y[i],
      gone: state.gone.includes(i),
      label: `${xName} ${format(data.x[i], 0)} of ${state.group}`,
      text: `${format(data.y[i], 0)} ${unit}`,
    }));
    lines.showPoints(`${yName} by ${xName} of ${groupName} ${state.group}`, items, {
      moved: (k, _, value) => move(own[k], Number(value.toFixed(2))),
      toggled: (k) => toggle(own[k]),
    });
    try {
      const words = lines.show(fitted(data, rows), {
        shown: state.group,
        x: kept.map((i) => data.x[i]),
        y: kept.map((i) => data.y[i]),
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
