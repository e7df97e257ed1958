// Likelihood by hand: the density of each point under a line with a band, and their product,
// whose largest value is hidden until readers ask where it is.

import { format, sequence, widened, within } from "./numbers.js";

// Log-likelihoods that are drawn, below the largest possible.
const DROPS = [16, 8, 4, 2, 0.5];

/** Density of y under a normal distribution, (eq-density). */
export function density(y, mean, sigma) {
  return Math.exp(-((y - mean) ** 2) / (2 * sigma ** 2)) / (Math.sqrt(2 * Math.PI) * sigma);
}

/** Log-likelihood of a line, (eq-loglik-line), its intercept the best for its slope. */
export function logLikelihood({ n, smallest, spread, best }, slope, sigma) {
  const rss = smallest + spread * (slope - best) ** 2;
  return (-n / 2) * Math.log(2 * Math.PI * sigma ** 2) - rss / (2 * sigma ** 2);
}

/** A number that may be very small, in words: 3.4 × 10⁻²³, from its logarithm. */
export function scientific(log) {
  let power = Math.floor(log / Math.LN10);
  let digits = Math.exp(log - power * Math.LN10).toFixed(1);
  if (digits === "10.0") [digits, power] = ["1.0", power + 1];
  const raised = [...String(power)].map((d) => (d === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]));
  return `${digits} × 10${raised.join("")}`;
}

export function likelihood(view, { x, y, names, unit, sums, reach, start }) {
  const state = view.begin({ slope: start[0], sigma: start[1], shown: false });
  const { best, meanX, meanY, smallest, n } = sums;
  const top = [best, Math.sqrt(smallest / n)];
  view.button("to the largest", () => {
    [state.slope, state.sigma] = top;
    state.shown = true;
  });
  view.legend([
    ["orange", "point", "this line and its band: drag them"],
    ["blue", "", "density of each point"],
    ["green", "point", "the largest likelihood, when you ask for it"],
  ]);
  // Longer than a gap, else they are a few pixels on a phone: at other heights are others.
  const sorted = [...new Set(x)].sort((a, b) => a - b);
  const gap = Math.min(...sorted.slice(1).map((value, i) => value - sorted[i]));
  const scale = (1.6 * gap) / density(0, 0, top[1]);
  const ends = [sorted[0] - 0.5 * gap, sorted.at(-1) + 1.6 * gap];
  const points = view.panel({
    label: `${names[1]} by ${names[0]}, with a line and a band`,
    x: { label: names[0], domain: ends },
    y: { label: names[1], domain: widened(y, 0.6) },
  });
  const plane = view.panel({
    label: "Log-likelihood by slope and σ",
    x: { label: "slope", domain: reach[0] },
    y: { label: unit ? `σ (${unit})` : "σ", domain: reach[1] },
  });
  const largest = logLikelihood(sums, ...top);
  const height = ([slope, sigma]) => logLikelihood(sums, slope, sigma);
  const rings = DROPS.map((drop) => largest - drop);
  const last = sorted.at(-1);
  const turn = (slope) => (state.slope = within(slope, reach[0]));
  const widen = (sigma) => (state.sigma = within(sigma, reach[1]));

  return () => {
    const { slope, sigma, shown } = state;
    const at = (value) => meanY + slope * (value - meanX);
    const band = (width) => [
      ...ends.map((value) => [value, at(value) - width * sigma]),
      ...ends.toReversed().map((value) => [value, at(value) + width * sigma]),
    ];
    points.areas("bands", [2, 1].map(band), "orange");
    points.lines("line", [ends.map((value) => [value, at(value)])], "orange");
    const bell = (value) =>
      sequence(-3, 3, 31).map((z) => [
        value + scale * density(z, 0, 1) / sigma, at(value) + z * sigma,
      ]);
    points.lines("bells", sorted.map(bell), "faint thin");
    const bars = x.map((value, i) => [
      [value, y[i]], [value + scale * density(y[i], at(value), sigma), y[i]],
    ]);
    points.lines("densities", bars, "blue strong");
    points.dots("points", x.map((value, i) => [value, y[i]]), "blue", 3.5);
    const said = [`slope ${format(slope, 1)}`, `σ ${format(sigma, 1)}`];
    points.handles(
      "line",
      [
        { x: last, y: at(last), label: "the line's end: its slope", text: said[0] },
        { x: sorted[0], y: at(sorted[0]) + sigma, label: "the band's edge: σ", text: said[1] },
      ],
      {
        moved: (i, _, value) =>
          i ? widen(value - at(sorted[0])) : turn((value - meanY) / (last - meanX)),
      },
      "orange",
    );
    plane.contours("rings", height, shown ? rings : [], "grey thin");
    plane.dots("top", shown ? [top] : [], "green", 5);
    plane.handles(
      "here",
      [{ x: slope, y: sigma, label: "slope and σ", text: said.join(", ") }],
      { free: true, moved: (_, a, b) => [turn(a), widen(b)] },
      "orange",
    );
    const log = height([slope, sigma]);
    view.say(
      `With ${said.join(" and ")}, the ${n} densities multiply to ${scientific(log)}: the ` +
        `log-likelihood is ${format(log)}. The largest possible is ${format(largest)}` +
        (shown ? `, at slope ${format(top[0], 1)} and σ ${format(top[1], 1)}.` : "."),
    );
  };
}
