// Move where a predictor counts from: intercepts are read there, and their correlation
// with the slopes turns, though no line moves.

import { WIDE, root } from "./covariance.js";
import { criterion, fit } from "./mlm.js";
import { ellipse, format } from "./numbers.js";

/**
 * A fit with x counted from `cut`: intercepts are a + cut·b, slopes b, so that with
 * C = [[1, cut], [0, 1]] β is Cβ, Σ is CΣCᵀ, and each group's effects u are Cu.
 */
export function fromCut({ beta, Sigma: [[s11, s12], [, s22]], modes }, cut) {
  const turn = ([a, b]) => [a + cut * b, b];
  const covariance = s12 + cut * s22;
  return {
    beta: turn(beta),
    Sigma: [[s11 + cut * (s12 + covariance), covariance], [covariance, s22]],
    modes: modes.map(turn),
  };
}

export function origin(view, { x, y, group, names, predictor, start, span }) {
  const state = view.begin({ cut: start });
  const columns = (cut) => ({ "(Intercept)": 1, x: x.map((value) => value - cut) });
  const data = (cut) => ({ y, X: columns(cut), Z: columns(cut), group });
  const fitted = fit(data(0));
  const levels = [fromCut(fitted, span[0]), fromCut(fitted, span[1])];
  const heights = levels.flatMap(({ beta, modes }) => modes.map(([u]) => beta[0] + u));
  const wide = Math.max(...levels.map(({ Sigma }) => 1.15 * WIDE * Math.sqrt(Sigma[0][0])));
  const steep = 1.15 * WIDE * Math.sqrt(fitted.Sigma[1][1]);
  const room = 0.08 * (Math.max(...heights) - Math.min(...heights));
  const range = [Math.min(...heights) - room, Math.max(...heights) + 2 * room];

  view.legend([
    ["orange", "", `where ${predictor} counts from: drag it`],
    ["blue", "", "lines of all"],
    ["grey", "", "everybody's"],
    ["blue", "point", "intercepts read there"],
  ]);
  const lines = view.panel({
    label: "Lines of all groups, with the place where intercepts are read",
    x: { label: names[0], domain: span },
    y: { label: names[1], domain: range },
  });
  const plane = view.panel({
    label: "Intercepts there and slopes, less everybody's, with the ellipse of Σ",
    x: { label: "intercept there, less everybody's", domain: [-wide, wide] },
    y: { label: "slope, less everybody's", domain: [-steep, steep] },
  });
  const numbers = view.numbers("The model there");
  const people = fitted.modes.map(([u, v]) => [fitted.beta[0] + u, fitted.beta[1] + v]);
  const line = ([a, b]) => span.map((at) => [at, a + b * at]);

  return () => {
    const { cut } = state;
    const { beta, Sigma, modes } = fromCut(fitted, cut);
    const factor = root(Sigma);
    const theta = [factor[0][0], factor[1][0], factor[1][1]].map((t) => t / fitted.sigma);
    const height = criterion(data(cut), theta);
    const correlation = format(Sigma[0][1] / Math.sqrt(Sigma[0][0] * Sigma[1][1]), 2);

    lines.lines("people", people.map(line), "blue thin");
    lines.lines("everybody", [line(fitted.beta)], "grey strong");
    lines.lines("cut", [range.map((at) => [cut, at])], "orange strong");
    lines.dots("read", modes.map(([u]) => [cut, beta[0] + u]), "blue", 3.5);
    lines.handles(
      "cut",
      [{ x: cut, y: range[1] - room, label: "origin", text: `${predictor} ${format(cut, 1)}` }],
      { free: true, step: [0.1, 0], moved: (_, to) => (state.cut = Math.round(10 * to) / 10) },
      "orange",
    );
    plane.lines("zero", [[[-wide, 0], [wide, 0]], [[0, -steep], [0, steep]]], "faint");
    plane.lines("ellipse", [ellipse([0, 0], factor, WIDE)], "orange strong");
    plane.dots("modes", modes, "blue");
    numbers([
      ["everybody's intercept", format(beta[0], 1)],
      ["SD of intercepts", format(factor[0][0], 1)],
      ["SD of slopes", format(Math.sqrt(Sigma[1][1]), 2)],
      ["correlation", correlation],
      ["REML criterion", format(height, 3)],
    ]);
    view.say(
      `With ${predictor} counted from ${format(cut, 1)}, intercepts and slopes have a ` +
        `correlation of ${correlation}. The criterion is ${format(height, 3)}, as ` +
        "everywhere: it is the same model.",
    );
  };
}
