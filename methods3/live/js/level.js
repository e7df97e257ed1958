// One group's data taken apart: fixed effects, random effects, residuals.

import { format, widened } from "./numbers.js";

export function level(view, { x, y, group, groups, fixed, effects, names, start }) {
  const state = view.begin({ group: start });
  const [xName, yName, groupName] = names;
  view.choice("group", { label: groupName, options: groups.map((label) => [label, label]) });
  view.legend([
    ["grey", "", "everybody: fixed effects"],
    ["orange", "", "with random effects"],
    ["blue", "", "residuals"],
    ["grey", "point", "random effects of all: choose one"],
  ]);
  const ends = widened(x, 0.05);
  const points = view.panel({
    label: `${yName} by ${xName} of one ${groupName}`,
    x: { label: xName, domain: ends },
    y: { label: yName, domain: widened(y, 0.08) },
  });
  const reach = [0, 1].map((k) => 1.15 * Math.max(...effects.map((pair) => Math.abs(pair[k]))));
  const plane = view.panel({
    label: "Random effects of all",
    x: { label: "random intercept", domain: [-reach[0], reach[0]] },
    y: { label: "random slope", domain: [-reach[1], reach[1]] },
  });
  plane.clicked((a, b) => (state.group = groups[plane.nearest(effects, [a, b])]));

  return () => {
    const j = groups.indexOf(state.group);
    const own = fixed.map((value, k) => value + effects[j][k]);
    const line = ([intercept, slope]) => ends.map((at) => [at, intercept + slope * at]);
    const those = group.flatMap((label, i) => (label === state.group ? [i] : []));
    points.lines("everybody", [line(fixed)], "grey strong");
    points.lines("own", [line(own)], "orange strong");
    const residual = (i) => [[x[i], own[0] + own[1] * x[i]], [x[i], y[i]]];
    points.lines("residuals", those.map(residual), "blue");
    points.dots("points", those.map((i) => [x[i], y[i]]), "blue");
    const [a, b] = reach;
    plane.lines("zero", [[[-a, 0], [a, 0]], [[0, -b], [0, b]]], "faint");
    plane.lines("effect", [[[0, 0], effects[j]]], "orange");
    plane.dots("all", effects, "grey", 4);
    plane.dots("this", [effects[j]], "orange", 7);
    const parts = fixed.map((value, k) => {
      const effect = effects[j][k];
      const change = `${effect < 0 ? "−" : "+"} ${format(Math.abs(effect), 1)}`;
      return `${format(value, 1)} ${change} = ${format(own[k], 1)}`;
    });
    const sizes = those.map((i) => Math.abs(y[i] - own[0] - own[1] * x[i]));
    view.say(
      `${groupName} ${state.group}: intercept ${parts[0]}, slope ${parts[1]}; the longest ` +
        `residual is ${format(Math.max(...sizes), 1)}.`,
    );
  };
}
