// Design matrices that grow with the people: X gets longer, and Z also wider and emptier.

import { format } from "./numbers.js";

// Room between X and Z for the words above X, in units of the panel.
const GAP = 90;
const PARTS = ["1", "slope", "both"];

/** What a part of the formula has for a row: a one, the predictor, or both. */
const own = { 1: () => [1], slope: (x) => [x], both: (x) => [1, x] };

/**
 * X and Z of the first groups: `rows`, `columns`, and entries `[row, column, value]` that
 * are not 0.  `code` numbers each row's group, and rises.
 */
export function designOf({ x, code }, groups, fixed, random) {
  const rows = code.filter((j) => j < groups).length;
  const made = (part, shift) => {
    const entries = x.slice(0, rows).flatMap((value, i) =>
      own[part](value).map((entry, k, all) => [i, k + shift(code[i]) * all.length, entry]),
    );
    return entries.filter(([, , entry]) => entry !== 0);
  };
  const q = own[random](0).length * groups;
  return {
    X: { rows, columns: own[fixed](0).length, entries: made(fixed, () => 0) },
    Z: { rows, columns: q, entries: made(random, (j) => j) },
  };
}

export function growing(view, { x, code, names, start }) {
  const [xName, yName, group] = names;
  const groups = code.at(-1) + 1;
  const state = view.begin({ groups: start, fixed: "both", random: "both" });
  const formula = { 1: "1", slope: `0 + ${xName}`, both: xName };
  const choose = (key, label, parts, text) =>
    view.choice(key, { label, options: parts.map((part) => [part, text(formula[part])]) });
  choose("fixed", "fixed effects", ["1", "both"], (part) => `${yName} ~ ${part}`);
  choose("random", "random effects", PARTS, (part) => `(${part} | ${group})`);
  view.legend([
    ["blue", "", "an entry above 0; the darker, the larger"],
    ["orange", "point", "drag the corner: more groups, or fewer"],
  ]);
  const ends = Array.from({ length: groups }, (_, j) => code.lastIndexOf(j) + 1);
  const sizes = ends.map((end, j) => end - (ends[j - 1] ?? 0));
  const most = Math.max(...x.map(Math.abs)) || 1;
  const panel = view.panel({
    label: "X and Z",
    x: { label: "columns", domain: [0, 1] },
    y: { label: "rows", domain: [-1.03 * x.length, 0.07 * x.length] },
    width: 560,
    height: 420,
    xTicks: 0,
    yTicks: 0,
  });
  const share = GAP / panel.inner[0];
  const wide = (2 + 2 * groups) / (1 - share - 0.03);
  const left = { X: 0, Z: 2 + share * wide };
  panel.domains([0, wide], panel.y.domain());
  const frame = (from, columns, rows) => [
    [from, 0], [from + columns, 0], [from + columns, -rows], [from, -rows], [from, 0],
  ];
  const nearest = (rows) => {
    const away = ends.map((end) => Math.abs(end - rows));
    return 1 + away.indexOf(Math.min(...away));
  };
  const counted = (n) => `${n} ${n === 1 ? "group" : "groups"}`;

  function paint(name, { entries }) {
    const [across, down] = [panel.x(1) - panel.x(0), panel.y(0) - panel.y(1)];
    panel
      .layer(`${name} entries`)
      .selectAll("rect")
      .data(entries)
      .join("rect")
      .attr("class", ([, , value]) => `cell ${value < 0 ? "orange" : "blue"}`)
      .attr("x", ([, k]) => panel.x(left[name] + k))
      .attr("y", ([i]) => panel.y(-i))
      .attr("width", across)
      .attr("height", down)
      .attr("fill-opacity", ([, , value]) => 0.3 + (0.7 * Math.abs(value)) / most);
  }

  return () => {
    const { fixed, random } = state;
    const made = designOf({ x, code }, state.groups, fixed, random);
    const rooms = [frame(left.X, 2, x.length), frame(left.Z, 2 * groups, x.length)];
    panel.lines("rooms", rooms, "faint thin");
    const said = Object.entries(made).map(([name, { rows, columns }]) => {
      paint(name, made[name]);
      panel.lines(`${name} frame`, [frame(left[name], columns, rows)], "grey");
      return `${name}: ${rows} × ${columns}`;
    });
    panel.texts("sizes", [[left.X, 2, said[0]], [left.Z, 2, said[1]]]);
    const { rows, columns, entries } = made.Z;
    panel.handles(
      "corner",
      [{
        x: left.Z + columns, y: -rows,
        label: "how many groups", text: counted(state.groups),
      }],
      {
        step: [0, Math.max(...sizes)],
        moved: (_, __, y) => (state.groups = nearest(-y)),
      },
      "orange",
    );
    view.say(
      `${counted(state.groups)} of ${group}, ${yName} ~ ${formula[fixed]} + ` +
        `(${formula[random]} | ${group}): X is ${rows} × ${made.X.columns}, Z is ${rows} × ` +
        `${columns}; ${format((100 * entries.length) / (rows * columns), 1)} % of Z is not 0.`,
    );
  };
}
