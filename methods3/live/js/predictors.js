// Two predictors that agree more or less: the bowl of the squared error, and its valley.

import { ellipse, format, within } from "./numbers.js";

// A distance from the minimum at which the lines of equal error begin; their growth.
const RINGS = [8, 16, 32, 64];
// Where the line through the predictors is held.
const HELD = 2.5;
const HALF = Math.SQRT1_2;

/** Steepness along (1, 1) and (1, −1), the axes of ((1, r), (r, 1)), and the VIF. */
export function shape(r) {
  return { along: 1 + r, across: 1 - r, vif: 1 / (1 - r ** 2) };
}

/** A matrix whose ellipses are lines of equal error: G^(−1/2) in the axes' directions. */
export function rootOf(r) {
  const { along, across } = shape(r);
  const [a, b] = [along, across].map((value) => HALF / Math.sqrt(Math.max(value, 1e-12)));
  return [[a, b], [a, -b]];
}

export function predictors(view, { x, other, truth, reach, se, draws, values, start }) {
  const state = view.begin({ r: start });
  view.slider("r", { label: "correlation r", values, text: (r) => format(r, 3) });
  view.legend([
    ["orange", "point", "the slope is r: drag it"],
    ["grey", "", "lines of equal error"],
    ["green", "point", "the true pair"],
    ["blue", "point", "estimates from new data with noise"],
  ]);
  const cloud = view.panel({
    label: "The two predictors",
    x: { label: "x₁", domain: [-3, 3] },
    y: { label: "x₂", domain: [-3, 3] },
    height: 340, square: true,
  });
  const plane = view.panel({
    label: "Mean squared error by the two coefficients",
    x: { label: "b₁", domain: [truth[0] - reach, truth[0] + reach] },
    y: { label: "b₂", domain: [truth[1] - reach, truth[1] + reach] },
    height: 340, square: true,
  });
  const numbers = view.numbers("What the correlation does");

  return () => {
    const { r } = state;
    const { along, across, vif } = shape(r);
    const rest = Math.sqrt(1 - r ** 2);
    cloud.dots("points", x.map((value, i) => [value, r * value + rest * other[i]]), "blue", 2.5);
    cloud.lines("slope", [[-3, 3].map((value) => [value, r * value])], "orange");
    cloud.handles(
      "r",
      [{ x: HELD, y: HELD * r, label: "correlation", text: format(r, 3) }],
      { step: [0, HELD / 100], moved: (_, __, y) => (state.r = within(y / HELD, [-1, 1])) },
      "orange",
    );
    const root = rootOf(r);
    plane.lines("rings", RINGS.map((radius) => ellipse(truth, root, radius)), "grey");
    const axis = (k) =>
      [-1, 1].map((side) => truth.map((at, i) => at + side * RINGS[3] * root[i][k]));
    plane.lines("axes", [0, 1].map(axis), "grey thin dashes");
    const valley = Math.min(along, across) < 1e-9;
    // Its direction: (1, −1) with predictors that agree, (1, 1) with opposite ones.
    const sign = r > 0 ? -1 : 1;
    const bottom = [-2, 2].map((k) => [truth[0] + k * reach, truth[1] + sign * k * reach]);
    plane.lines("valley", valley ? [bottom] : [], "green strong");
    const wanders = (draw) =>
      [0, 1].map((i) => truth[i] + se * (root[i][0] * draw[0] + root[i][1] * draw[1]));
    plane.dots("estimates", valley ? [] : draws.map(wanders), "blue", 2.5);
    plane.dots("truth", [truth], "green", 6);
    const inflation = valley ? "∞" : format(vif, 1);
    const steep = [across, along].sort((a, b) => a - b).map((value) => format(value, 3));
    numbers([["eigenvalues", steep.join(", ")], ["VIF", inflation]]);
    view.say(
      `Correlation ${format(r, 3)}: ` +
        `${valley ? "a valley, every pair on its bottom fits" : "a bowl"}. Its steepness is ` +
        `${steep.join(" and ")}; the variance of each coefficient is ` +
        `${valley ? "without bound" : `${inflation} times that of uncorrelated predictors`}.`,
    );
  };
}
