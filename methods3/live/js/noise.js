// A predictor and its noisy double: what is known of the two coefficients, and what is not.

import { dot } from "./algebra.js";
import { root } from "./covariance.js";
import { random } from "./draws.js";
import { ellipse, format, moments, within } from "./numbers.js";

// Standard deviations of the noise, and pairs of coefficients that stay as a trace.
const SIZES = [0.5, 10];
const TRACE = 30;

function centred(values) {
  const { mean } = moments(values);
  return values.map((value) => value - mean);
}

/** Coefficients of y on two predictors, their covariance σ̂²(XᵀX)⁻¹, and the VIF. */
export function twoCoefficients(x, copy, y) {
  const [a, b, c] = [x, copy, y].map(centred);
  const [aa, ab, bb, ac, bc] = [dot(a, a), dot(a, b), dot(b, b), dot(a, c), dot(b, c)];
  const det = aa * bb - ab ** 2;
  const beta = [(bb * ac - ab * bc) / det, (aa * bc - ab * ac) / det];
  const sigma2 = (dot(c, c) - beta[0] * ac - beta[1] * bc) / (x.length - 3);
  const vcov = [[bb, -ab], [-ab, aa]].map((row) => row.map((v) => (sigma2 * v) / det));
  return { beta, vcov, vif: (aa * bb) / det };
}

export function noise(view, { x, y, first, alone, names, unit, reach, start }) {
  const state = view.begin({ size: start, drawn: 0, past: [] });
  const [xName, copyName] = names;
  const labelOf = (name) => `coefficient of ${name}${unit ? ` (${unit})` : ""}`;
  view.button("draw the noise again", () => {
    state.past = [...state.past, found().beta].slice(-TRACE);
    state.drawn = (state.drawn % 2 ** 30) + 1;
  });
  view.legend([
    ["orange", "point", "noise: drag it"],
    ["orange", "", "the two coefficients, ± 1 standard error"],
    ["green", "dashes", `b₁ + 2 b₂ = ${format(alone)}`],
    ["blue", "point", "earlier draws"],
  ]);
  const last = Math.max(...x);
  const cloud = view.panel({
    label: `${copyName} by ${xName}`,
    x: { label: xName, domain: [Math.min(...x) - 1, last + 1] },
    y: { label: copyName, domain: [-30, 2 * last + 30] },
  });
  const plane = view.panel({
    label: "The two coefficients",
    x: { label: labelOf(xName), domain: [alone - reach, alone + reach] },
    y: { label: labelOf(copyName), domain: [-reach / 2, reach / 2] },
  });

  function found() {
    const stream = random(state.drawn);
    const noise = state.drawn ? x.map(() => stream.normal()) : first;
    const copy = x.map((value, i) => 2 * value + state.size * noise[i]);
    return { copy, ...twoCoefficients(x, copy, y) };
  }

  return () => {
    const { copy, beta, vcov, vif } = found();
    const moved = (by) => cloud.x.domain().map((value) => [value, 2 * value + by]);
    cloud.lines("double", [moved(0)], "grey thin");
    cloud.lines("band", [moved(-state.size), moved(state.size)], "orange thin dashes");
    cloud.dots("points", x.map((value, i) => [value, copy[i]]), "blue", 2);
    const text = `standard deviation ${format(state.size, 1)}`;
    cloud.handles(
      "size",
      [{ x: last, y: 2 * last + state.size, label: "size of the noise", text }],
      { step: [0, 0.1], moved: (_, __, at) => (state.size = within(at - 2 * last, SIZES)) },
      "orange",
    );
    const sloped = (at) => [at, (alone - at) / 2];
    plane.lines("known", [[alone - reach, alone + reach].map(sloped)], "green dashes");
    plane.dots("past", state.past, "blue", 3);
    plane.lines("ellipse", [ellipse(beta, root(vcov))], "orange");
    plane.dots("here", [beta], "orange", 6);
    const se = Math.sqrt(vcov[0][0]);
    view.say(
      `Noise of ${text}, VIF ${format(vif, 1)}: the coefficients are ${format(beta[0])} ` +
        `(standard error ${format(se)}) and ${format(beta[1])}; the first plus twice the ` +
        `second is ${format(beta[0] + 2 * beta[1])}, beside ${format(alone)} for ` +
        `${xName} alone.`,
    );
  };
}
