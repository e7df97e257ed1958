// The REML criterion as a landscape over θ₁ and θ₂, and the way of a search down from
// where a reader puts it.

import { WIDE, root } from "./covariance.js";
import { descend } from "./descend.js";
import { design } from "./design.js";
import { criterion, estimatesAt } from "./mlm.js";
import { ellipse, format } from "./numbers.js";

// Heights that are drawn, above the lowest point of the plane; 3.84 and 5.99 are those that
// a likelihood ratio of one or two parameters passes in 5 % of data sets.
const DROPS = [0.5, 1, 2, 3.84, 5.99, 10, 15, 20, 30, 40, 60, 80, 120];

export function landscape(view, { x, y, group, names, best, start, reach, frame }) {
  const [theta1, theta2, theta3] = start;
  const state = view.begin({ theta1, theta2, theta3 });
  const columns = { "(Intercept)": 1, x };
  const data = design({ y, X: columns, Z: columns, group });
  const [most1, most2, most3] = reach;
  const lowest = criterion(data, best);
  const planeOf = (theta3) => ([t1, t2]) => criterion(data, [t1, t2, theta3]);
  let drawn;

  const moveTo = (a, b) => Object.assign(state, { theta1: Math.max(a, 0), theta2: b });
  view.slider("theta3", {
    label: "θ₃", max: most3, step: most3 / 60, text: (value) => format(value, 2),
  });
  view.button("to the lowest point of all", () => {
    [state.theta1, state.theta2, state.theta3] = best;
  });
  view.legend([
    ["orange", "point", "θ: drag it, or click a place"],
    ["orange", "", "where the search goes from there"],
    ["green", "point", "lowest point of this plane"],
    ["blue", "", "the edge, θ₁ = 0"],
  ]);
  const land = view.panel({
    label: "Criterion over θ₁ and θ₂",
    x: { label: "θ₁", domain: [0, most1] },
    y: { label: "θ₂", domain: [-most2, most2] },
  });
  const effects = view.panel({
    label: "Random effects at this θ, with the ellipse of Σ",
    x: { label: names[0], domain: [-frame[0], frame[0]] },
    y: { label: names[1], domain: [-frame[1], frame[1]] },
  });
  const numbers = view.numbers("What this θ says");
  land.clicked(moveTo);

  // What depends on θ₃ alone is drawn anew only when it has moved.
  function drawLand(theta3) {
    if (drawn?.theta3 === theta3) return;
    const height = planeOf(theta3);
    const scale = [best[0] || 1, most2 / 4];
    // From both sides of the ridge, which is there where θ₃ is small.
    const ends = [1, -1].map((side) =>
      descend(height, [scale[0], side * scale[1]], scale).at(-1),
    );
    const low = ends.reduce((one, other) => (height(other) < height(one) ? other : one));
    drawn = { theta3, low, value: height(low), scale, height };
    const levels = DROPS.map((drop) => drawn.value + drop);
    land.contours("levels", height, levels, "grey thin");
    land.lines("edge", [[[0, -most2], [0, most2]]], "blue strong");
    land.lines("axis", [[[0, 0], [most1, 0]]], "faint dashes");
    land.dots("low", [low], "green", 6);
  }

  return () => {
    const { theta1: t1, theta2: t2, theta3: t3 } = state;
    drawLand(t3);
    const path = descend(drawn.height, [t1, t2], drawn.scale);
    land.lines("path", [path], "orange");
    land.dots("steps", path.slice(1), "orange", 3);
    const where = `θ₁ ${format(t1, 2)}, θ₂ ${format(t2, 2)}`;
    land.handles(
      "theta",
      [{ x: t1, y: t2, label: "θ", text: where }],
      { free: true, moved: (_, a, b) => moveTo(a, b) },
      "orange",
    );
    const found = estimatesAt(data, [t1, t2, t3]);
    const value = found.criterion;
    effects.lines("zero", [[[-frame[0], 0], [frame[0], 0]], [[0, -frame[1]], [0, frame[1]]]],
      "faint");
    effects.lines("ellipse", [ellipse([0, 0], root(found.Sigma), WIDE)], "orange strong");
    effects.dots("modes", found.modes, "blue");
    const slopes = Math.hypot(t2, t3);
    const correlation = t1 > 0 && slopes > 0 ? format(t2 / slopes, 2) : "none";
    numbers([
      ["SD of intercepts", format(found.sigma * t1, 1)],
      ["SD of slopes", format(found.sigma * slopes, 2)],
      ["correlation", correlation],
      ["criterion", format(value, 2)],
      ["lowest of all", format(lowest, 2)],
    ]);
    const end = path.at(-1);
    const over = criterion(data, [...end, t3]) - lowest;
    view.say(
      `At ${where}, θ₃ ${format(t3, 2)} the criterion is ${format(value, 2)}, ` +
        `${format(value - lowest, 2)} above its lowest value. The search from here ends ` +
        `after ${path.length - 1} steps at θ₁ ${format(end[0], 2)}, θ₂ ` +
        `${format(end[1], 2)}, ${format(over, 2)} above it.` +
        (t1 * t3 === 0 ? " Here the fit is singular." : ""),
    );
  };
}
