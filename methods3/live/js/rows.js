// Hide all but the first observations of one group, and watch its lines without them.

import { fit, leastSquares } from "./mlm.js";
import { format, sequence, widened } from "./numbers.js";

/** The three lines [intercept, slope] of a group that keeps its first `keep` rows. */
export function threeLines({ x, y, group }, level, keep) {
  let seen = 0;
  const rows = group.flatMap((label, i) => (label !== level || seen++ < keep ? [i] : []));
  const take = (column, of = rows) => of.map((i) => column[i]);
  const X = { "(Intercept)": 1, x: take(x) };
  const model = fit({ y: take(y), X, Z: X, group: take(group) });
  const [u, v] = model.modes[model.groups.indexOf(level)] ?? [0, 0];
  const kept = rows.filter((i) => group[i] === level);
  // One point has no line, nor have two at the same place.
  const enough = new Set(take(x, kept)).size > 1;
  return {
    own: enough
      ? leastSquares(take(y, kept), { "(Intercept)": 1, x: take(x, kept) }).beta
      : null,
    pooled: [model.beta[0] + u, model.beta[1] + v],
    everybody: leastSquares(take(y), X).beta,
  };
}

export function rows(view, { x, y, group, names, start }) {
  const [xName, yName, groupName] = names;
  const state = view.begin({ level: start[0], keep: start[1] });
  const levels = [...new Set(group)];
  const found = {};
  const of = (level) => group.flatMap((label, i) => (label === level ? [i] : []));
  view.choice("level", {
    label: groupName,
    options: levels.map((level) => [level, level]),
    after: () => (state.keep = Math.min(state.keep, of(state.level).length)),
  });
  view.legend([
    ["blue", "point", "seen"],
    ["grey", "point", "hidden: drag the border"],
    ["green", "dashes", "own line"],
    ["orange", "", "partially pooled"],
    ["grey", "", "everybody's"],
  ]);
  const ends = widened(x, 0.1);
  const range = widened(y, 0.15);
  const panel = view.panel({
    label: `${yName} by ${xName} of one ${groupName}, with three lines`,
    x: { label: xName, domain: ends },
    y: { label: yName, domain: range },
    width: 560,
    height: 320,
  });
  const line = ([a, b]) => ends.map((at) => [at, a + b * at]);

  return () => {
    const { level, keep } = state;
    const own = of(level);
    const key = `${keep} of ${level}`;
    const lines = (found[key] ??= threeLines({ x, y, group }, level, keep));
    const place = (kept) => {
      if (kept === 0) return (ends[0] + x[own[0]]) / 2;
      if (kept === own.length) return (ends[1] + x[own.at(-1)]) / 2;
      return (x[own[kept - 1]] + x[own[kept]]) / 2;
    };
    const border = place(keep);
    const beyond = [border, ends[1]];
    panel.areas("unseen", [[...beyond.map((a) => [a, range[0]]),
      ...beyond.toReversed().map((a) => [a, range[1]])]], "grey");
    panel.lines("everybody", [line(lines.everybody)], "grey");
    panel.lines("own", lines.own ? [line(lines.own)] : [], "green dashes");
    panel.lines("pooled", [line(lines.pooled)], "orange strong");
    panel.dots("points", own.map((i) => [x[i], y[i]]), (k) => (k < keep ? "blue" : "grey open"), 5);
    panel.lines("edge", [range.map((at) => [border, at])], "grey");
    // An arrow moves the border past one observation, whatever their distance.
    const step = Math.max(place(Math.min(keep + 1, own.length)) - border, 0) ||
      border - place(Math.max(keep - 1, 0));
    panel.handles(
      "kept",
      [{ x: border, y: range[0] + 0.93 * (range[1] - range[0]),
         label: "what is seen", text: `${keep} of ${own.length}` }],
      {
        free: true,
        step: [step, 0],
        moved: (_, to) => {
          const far = sequence(0, own.length, own.length + 1).map((k) => Math.abs(place(k) - to));
          state.keep = far.indexOf(Math.min(...far));
        },
      },
      "grey",
    );
    const slope = (found) => format(found[1], 1);
    view.say(
      `${level} keeps ${keep} of ${own.length} rows. Slopes: ` +
        `${lines.own ? `own ${slope(lines.own)}` : "no line of its own"}, partially pooled ` +
        `${slope(lines.pooled)}, everybody's ${slope(lines.everybody)}.`,
    );
  };
}
