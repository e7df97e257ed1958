// Draw a group's observations again: its own mean dances, its pooled estimate hardly does.

import { random } from "./draws.js";
import { format, moments, widened } from "./numbers.js";
import { shrinkageWeight } from "./weight.js";

// Draws that are shown.
const SHOWN = 50;
// Where things are across the first panel: observations, and the two estimates.
const PLACES = { houses: [0, 1], own: 1.35, pooled: 1.7 };

/** `count` observations around `truth`, the same for the same seed. */
export function observations(truth, sigma, count, seed) {
  const { normal } = random(seed);
  return Array.from({ length: count }, () => truth + sigma * normal());
}

export function county(view, parameters) {
  const { groups, values, mu, sigma, between, start, names, seed } = parameters;
  const [yName, groupName, one, many] = names;
  const poolOf = (own, n) => {
    const weight = shrinkageWeight(n, sigma, between);
    return weight * own + (1 - weight) * mu;
  };
  const estimates = values.map((own) => poolOf(moments(own).mean, own.length));
  const state = view.begin({ group: start, draw: 0, truth: estimates[start] });
  view.slider("group", {
    label: groupName,
    max: groups.length - 1,
    text: (i) => `${groups[i]}, ${counted(values[i].length)}`,
    after: () => Object.assign(state, { draw: 0, truth: estimates[state.group] }),
  });
  view.button(`draw the ${many} again`, () => (state.draw += 1));
  view.button(`draw ${SHOWN} times`, () => (state.draw += SHOWN));
  view.button("back to the data", () => {
    Object.assign(state, { draw: 0, truth: estimates[state.group] });
  });
  view.legend([
    ["green", "point", "own mean"],
    ["orange", "point", "partially pooled"],
    ["grey", "", `all of them: ${format(mu, 2)}`],
    ["blue", "dashes", "true mean of new draws: drag it"],
  ]);
  const range = widened(values.flat(), 0.05);
  const houses = view.panel({
    label: `${yName} of the ${many}, with the two estimates`,
    x: { label: `${many}, and the two estimates`, domain: [-0.1, 1.95] },
    y: { label: yName, domain: range },
    xTicks: 0,
  });
  const dance = view.panel({
    label: `Estimates of the last ${SHOWN} draws`,
    x: { label: "draw", domain: [0, SHOWN + 1] },
    y: { label: yName, domain: range },
  });
  const counted = (n) => `${n} ${n === 1 ? one : many}`;

  return () => {
    const { group, draw, truth } = state;
    const n = values[group].length;
    const first = Math.max(1, draw - SHOWN + 1);
    const draws = Array.from({ length: draw === 0 ? 0 : draw - first + 1 }, (_, i) => first + i);
    const again = (k) => observations(truth, sigma, n, seed + 1000 * group + k);
    const owns = draws.map((k) => moments(again(k)).mean);
    const pooled = owns.map((own) => poolOf(own, n));
    const now = draw === 0 ? values[group] : again(draw);
    const own = moments(now).mean;
    const estimate = poolOf(own, n);
    const se = sigma / Math.sqrt(n);
    // Of α_j given the data: 1/(n/σ_y² + 1/σ_α²).
    const sd = 1 / Math.sqrt(n / sigma ** 2 + 1 / between ** 2);

    const across = (panel, at) => panel.x.domain().map((x) => [x, at]);
    for (const panel of [houses, dance]) {
      panel.lines("mu", [across(panel, mu)], "grey");
      panel.lines("truth", [across(panel, truth)], "blue dashes");
    }
    const [left, right] = PLACES.houses;
    const spread = (i) => left + ((right - left) * (i + 0.5)) / n;
    houses.dots("houses", now.map((value, i) => [spread(i), value]), "blue", 3);
    const bar = (x, middle, half) => [[x, middle - half], [x, middle + half]];
    houses.lines("bars", [bar(PLACES.own, own, se), bar(PLACES.pooled, estimate, sd)],
      (i) => ["green strong", "orange strong"][i]);
    houses.dots("estimates", [[PLACES.own, own], [PLACES.pooled, estimate]],
      (i) => ["green", "orange"][i], 6);
    houses.handles(
      "truth",
      [{ x: -0.05, y: truth, label: "true mean of new draws", text: format(truth, 2) }],
      { moved: (_, __, to) => (state.truth = to) },
      "blue",
    );
    dance.domains([first - 1, first + SHOWN], range);
    dance.dots("own", owns.map((y, i) => [draws[i], y]), "green", 4);
    dance.dots("pooled", pooled.map((y, i) => [draws[i], y]), "orange", 4);

    const weight = shrinkageWeight(n, sigma, between);
    const spreads =
      owns.length > 1
        ? ` Over ${owns.length} draws own means have a standard deviation of ` +
          `${format(moments(owns).sd, 2)}, partially pooled ones ` +
          `${format(moments(pooled).sd, 2)}.`
        : "";
    view.say(
      `${groups[group]}, ${counted(n)}${draw === 0 ? "" : `, draw ${draw}`}: own mean ` +
        `${format(own, 2)} ± ${format(se, 2)}, weight ${format(weight, 2)}, partially ` +
        `pooled ${format(estimate, 2)} ± ${format(sd, 2)}; true mean of new draws ` +
        `${format(truth, 2)}.${spreads}`,
    );
  };
}
