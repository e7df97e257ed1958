// One normal curve over values that are seen, and one number of it that readers change: the
// heights of the curve at the values multiply to the likelihood of that number.

import { density, scientific } from "./likelihood.js";
import { format, sequence } from "./numbers.js";

// Densities are drawn in thousandths: their ticks are short.
const K = 1000;

/** Mean and standard deviation of the curve, by the number that is changed. */
const CURVES = {
  mean: (mean, { sd }) => [mean, sd],
  // Of means of `each` observations: people differ by θσ, and single days by σ.
  theta: (theta, { sigma, each }) => [0, sigma * Math.sqrt(theta ** 2 + 1 / each)],
};

/** The logarithm of the heights' product. */
export function logOf(kind, numbers, values, at) {
  const [mean, sd] = CURVES[kind](at, numbers);
  const squares = values.reduce((sum, value) => sum + ((value - mean) / sd) ** 2, 0);
  return -squares / 2 - values.length * Math.log(Math.sqrt(2 * Math.PI) * sd);
}

export function bell(view, { kind, numbers, values, names, reach, step, digits, span, start }) {
  const state = view.begin({ at: start, seen: [], shown: false });
  const one = values.length === 1;
  const [symbol, valueName, unit] = names;
  const height = (at) => {
    const log = logOf(kind, numbers, values, at);
    return one ? K * Math.exp(log) : log;
  };
  const [low, high] = reach;
  const grid = sequence(low, high, Math.round((high - low) / step) + 1);
  const heights = grid.map(height);
  const best = grid[heights.indexOf(Math.max(...heights))];
  view.slider("at", {
    label: symbol, min: low, max: high, step, text: (value) => format(value, digits),
  });
  view.button("show the whole curve", () => (state.shown = true), () => !state.shown);
  view.legend([
    ["orange", "", "what is expected"],
    ["blue", "", one ? "its height at what was seen" : "its height at each person"],
    ["grey", "point", "tried so far"],
  ]);
  const topOf = (at) => K * density(0, 0, CURVES[kind](at, numbers)[1]);
  const top = Math.max(...grid.map(topOf));
  const plane = view.panel({
    label: `Density of ${valueName}`,
    x: { label: `${valueName} (${unit})`, domain: span },
    y: { label: `density (1/${K} per ${unit})`, domain: [0, 1] },
  });
  const least = one ? 0 : height(best) - 40;
  const room = one ? 0.1 * height(best) : 3;
  const trace = view.panel({
    label: `${one ? "Likelihood" : "Log-likelihood"} by ${symbol}`,
    x: { label: symbol, domain: reach },
    y: { label: one ? `likelihood (1/${K})` : "log-likelihood", domain: [least, height(best) + room] },
  });
  const across = sequence(...span, 121);
  const go = (at) => {
    const steps = Math.round((at - low) / step);
    state.at = Number((low + steps * step).toFixed(6));
  };

  return () => {
    const { at, shown } = state;
    if (!state.seen.includes(at)) state.seen = [...state.seen, at].slice(-200);
    const [mean, sd] = CURVES[kind](at, numbers);
    plane.domains(span, [0, 1.15 * Math.max(topOf(at), top / 4)]);
    plane.lines("curve", [across.map((x) => [x, K * density(x, mean, sd)])], "orange strong");
    const bars = values.map((x) => [[x, 0], [x, K * density(x, mean, sd)]]);
    plane.lines("heights", bars, "blue");
    plane.dots("values", values.map((x) => [x, 0]), "blue", 4);
    const points = (some) => some.map((value) => [value, height(value)]);
    trace.lines("whole", shown ? [points(grid)] : [], "grey");
    trace.dots("seen", points(state.seen), "grey", 2.5);
    const text = `${symbol} ${format(at, digits)}`;
    trace.handles(
      "here",
      [{ x: at, y: Math.max(height(at), least), label: symbol, text }],
      { free: true, step: [step, 0], moved: (_, x) => go(x) },
      "orange",
    );
    const known = state.seen.reduce((a, b) => (height(b) > height(a) ? b : a));
    const found = one
      ? `the density at ${format(values[0], 0)} ${unit} is ${format(height(at) / K, 4)}`
      : `the ${values.length} heights multiply to ${scientific(height(at))}: the ` +
        `log-likelihood is ${format(height(at), 1)}`;
    view.say(
      `With ${text}, ${found}. The best so far is ${format(known, digits)}` +
        (shown ? `; the best of all ${format(best, digits)}.` : "."),
    );
  };
}
